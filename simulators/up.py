"""`qyzmet up`: the whole country as processes on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

from gateway.eds.algorithms import RSA_KEY
from gateway.eds.certificate import read_certificate
from simulators.demo import applicants, prepare_demo
from simulators.installation import Installation, Ports
from simulators.keys import KEY_PASSWORD
from simulators.participants import (
    APPLICANT_PASSWORD,
    OPERATOR_PASSWORD,
    STAFF_PASSWORD,
    operators,
    staff_of_desk,
    write_settings,
)
from simulators.population.cast import PEOPLE, CastPerson, KeyState
from simulators.population.powers import CAST as POWERS
from simulators.raising import is_free, raising, taken
from simulators.supervisor import ProcessFailed

_NCALAYER = ("ncalayer", "ncalayer_plain")
_SPOILED = {KeyState.EXPIRED: "expired", KeyState.REVOKED: "revoked", KeyState.ON_HOLD: "on hold"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the command's arguments."""
    parser.add_argument("--data", type=Path, default=Path(".qyzmet"), help="where everything is kept (.qyzmet)")


def run(given: argparse.Namespace) -> int:
    """Carry the command out; returns 0 after Ctrl-C, 1 when something did not start or ended by itself."""
    return asyncio.run(_up(given.data))


async def _up(folder: Path) -> int:
    started = time.monotonic()
    ports, remarks = _ports()
    if held := taken(ports, (name for name in asdict(ports) if name not in _NCALAYER)):
        sys.stderr.write(f"qyzmet up: these ports are taken: {', '.join(held)}. Is another `qyzmet up` running?\n")
        return 1
    try:
        async with raising(folder, ports) as raised:
            await write_settings(raised.installation)
            sys.stdout.write("Starting the world, the gateways, the desk and the portal…\n")
            await raised.supervisor.start_all()
            await prepare_demo(raised.installation)
            _welcome(raised.installation, remarks, seconds=time.monotonic() - started)
            return await raised.until_stopped("qyzmet up")
    except ProcessFailed as error:
        sys.stderr.write(f"qyzmet up: {error}\n")
        return 1
    finally:
        sys.stdout.write("Everything is stopped; the next `make up` finds this state again.\n")


def _ports() -> tuple[Ports, list[str]]:
    """Return the usual ports; those of NCALayer give way to the real program, which is said aloud."""
    ports, remarks = Ports(), []
    free = Ports.free()
    for name in _NCALAYER:
        if not is_free(getattr(ports, name)):
            instead = getattr(free, name)
            remarks.append(
                f"port {getattr(ports, name)} is held (by the real NCALayer?); the simulated one is on {instead}"
            )
            ports = replace(ports, **{name: instead})
    return ports, remarks


def _welcome(installation: Installation, remarks: list[str], *, seconds: float) -> None:
    lines = [
        "",
        f"Ready after {seconds:.0f} s. Everything and everybody here is SIMULATED.",
        "",
        f"  portal             {installation.address('portal')}",
        f"  operators' windows {installation.address('arm')}, hall and call screen at /hall and /board/<department>",
        f"  provider's desk    {installation.address('desk')}",
        f"  NCALayer           {installation.address('ncalayer_plain')}/window, wss on {installation.ports.ncalayer}",
        f"  НУЦ                {installation.address('world')}/nca/",
        f"  clock              {installation.address('world')}/time/clock",
        f"  ЭҮШ (journal)      {installation.address('shep')}/admin/journal",
        f"  ЭҮӨШ (journal)     {installation.address('rshep')}/admin/journal",
        f"  registries, store  {installation.address('world')}/gbdfl, /gbdul, /tempstorage",
        *(f"  note               {remark}" for remark in remarks),
        "",
        f"At the portal: IIN and password {APPLICANT_PASSWORD}. Every key's password is {KEY_PASSWORD}.",
        *_listed(installation, applicants(), _remark),
        "",
        f"At the desk: IIN and password {STAFF_PASSWORD}.",
        *_listed(installation, staff_of_desk(), lambda person: f"{person.post}, {person.organisation}"),
        "",
        f"At the windows of the State Corporation: IIN, password {OPERATOR_PASSWORD} and the number of a window.",
        *_listed(installation, operators(), lambda person: f"{person.post}, {person.department}"),
        "",
        "Powers of attorney in БНАЖ, to be typed at a window:",
        *_powers(),
        "",
        "Ctrl-C stops everything.",
        "",
    ]
    sys.stdout.write("\n".join(lines))
    sys.stdout.flush()


def _listed(
    installation: Installation, people: Iterable[CastPerson], remark: Callable[[CastPerson], str]
) -> Iterator[str]:
    """Yield a line of each person: IIN, name, algorithm of the key, and who or what they are."""
    for person in people:
        algorithm = _algorithm(installation, person.id)
        yield f"  {person.iin}  {person.full_name_kk:<34} {algorithm:<4}  {remark(person)}"


def _powers() -> list[str]:
    """Return the powers of attorney between people of the cast, each with what is the matter with it."""
    people = {str(person.iin): person for person in PEOPLE.values()}
    return [
        f"  {power.number}  {power.attested_on:%d.%m.%Y}  {principal} for {representative} "
        f"{people[representative].full_name_kk} ({name})"
        for name, power in POWERS.items()
        for principal in power.principals
        for representative in power.representatives
        if principal in people and power.known_to_enis
    ]


def _algorithm(installation: Installation, person: str) -> str:
    """Return the short name of the algorithm of a person's signing key, as the certificate has it."""
    certificate = read_certificate((installation.folder / "people" / f"{person}-sign.cer").read_bytes())
    return "RSA" if certificate.key_algorithm == RSA_KEY else "GOST"


def _remark(person: CastPerson) -> str:
    if person.key in _SPOILED:
        return f"key {_SPOILED[person.key]}: condition 2 fails"
    return {
        "applicant-karaganda": "unemployed-certificate, the good path",
        "applicant-almaty": "guardianship-certificate, the good path",
        "applicant-absent": "not in ГБД ФЛ: condition 3 fails",
        "applicant-dead": "ГБД ФЛ says: dead",
        "applicant-temirtau": "lives in Temirtau: the portal proposes that office",
        "applicant-kokpekti": "lives in Kokpekti, far from the district's office",
        "applicant-talgar": "lives in Talgar, Almaty Region: birth-registration",
        "applicant-other": "not registered yet: try the registration",
    }[person.id]
