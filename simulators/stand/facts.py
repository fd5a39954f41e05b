"""What whoever tests needs to know of a running stand: as JSON for programs, as lines for a person."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from simulators.installation import Installation
from simulators.integrator import ORGANISATION, PASSWORD, SENDER_ID, key_file
from simulators.keys import KEY_PASSWORD
from simulators.population.cast import ORGANISATIONS, PEOPLE, CastPerson
from simulators.stand.command import FILE


def facts_of(installation: Installation, registry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts; `registry` is what ЭҮШ says of itself."""
    folder = installation.folder.resolve()
    own = next(each for each in registry["systems"] if each["sender_id"] == SENDER_ID)
    return {
        "strict": installation.strict,
        "gateways": {name: _gateway(installation, name) for name in ("shep", "rshep")},
        "system": {
            "sender_id": SENDER_ID,
            "password": PASSWORD,
            "organisation": ORGANISATION.name_ru,
            "bin": str(ORGANISATION.bin),
            "key": {
                **{name: str(key_file(folder, name)) for name in ("rsa", "gost")},
                "password": KEY_PASSWORD,
            },
            "certificate": {name: str(key_file(folder, name).with_suffix(".cer")) for name in ("rsa", "gost")},
            "push_url": own.get("push_url"),
        },
        "services": {
            channel: [each["service_id"] for each in registry["services"] if each["channel"] == channel]
            for channel in ("sync", "async")
        },
        "anchors": str(folder / "anchors"),
        "nca": f"{installation.address('world')}/nca",
        "clock": f"{installation.address('world')}/time/clock",
        "people": [{"iin": str(person.iin), "name": person.full_name_kk, "what": what} for person, what in _people()],
        "organisations": [
            {"bin": str(each.bin), "name": each.name_ru}
            for each in (ORGANISATION, ORGANISATIONS["karaganda-employment"])
        ],
    }


def told(facts: Mapping[str, Any], folder: Path, *, seconds: float, usual: bool) -> Iterator[str]:
    """Yield the lines that a person reads; `usual` says that the folder need not be named."""
    shep, rshep, system = facts["gateways"]["shep"], facts["gateways"]["rshep"], facts["system"]
    where = "" if usual else f" --data {folder}"
    yield from (
        "",
        f"Ready after {seconds:.0f} s. Everything and everybody here is SIMULATED.",
        "",
        f"  ЭҮШ, questions    {shep['sync']}    description: {shep['sync_wsdl']}",
        f"  ЭҮШ, messages     {shep['async']}            description: {shep['async_wsdl']}",
        f"  journal           {shep['journal']}",
        f"  registry, faults  {shep['admin']}/registry, /systems, /messages, /faults",
        f"  its certificate   {_near(shep['certificate'])}",
        f"  ЭҮӨШ              {rshep['sync']}, {rshep['async']}, {rshep['admin']}",
        f"  НУЦ               {facts['nca']}/  (its certificates: {_near(facts['anchors'])})",
        f"  schema            {'strict: what the XSD refuses is refused' if facts['strict'] else 'lenient'}",
        "",
        "Your system:",
        f"  senderId          {system['sender_id']}",
        f"  password          {system['password']}",
        f"  RSA key           {_near(system['key']['rsa'])}, password {system['key']['password']}",
        f"  GOST key          {_near(system['key']['gost'])}, password {system['key']['password']}",
        f"  BIN               {system['bin']}, {system['organisation']}",
        f"  messages for you  {_handing(system['push_url'])}",
        "",
        f"Services, questions: {', '.join(facts['services']['sync'])}",
        f"Services, messages:  {', '.join(facts['services']['async'])}",
        "",
        "To ask about:",
        *(f"  IIN {each['iin']}  {each['name']:<34} {each['what']}" for each in facts["people"]),
        *(f"  BIN {each['bin']}  {each['name']}" for each in facts["organisations"]),
        "",
        "One request that works, in another terminal:",
        f"  .venv/bin/qyzmet stand ask{where}",
        "",
        f"The same facts for programs: {folder / FILE}. Ctrl-C stops everything.",
        "",
    )


def _near(path: str) -> str:
    """Return the path as it is typed here, where that is shorter."""
    return min(path, os.path.relpath(path), key=len)


def _handing(push_url: str | None) -> str:
    return (
        f"are pushed to {push_url}"
        if push_url
        else "wait until you fetch them (getMessages); --push-url has them pushed"
    )


def _gateway(installation: Installation, name: str) -> dict[str, str]:
    address = installation.address(name)
    return {
        "sync": f"{address}{SYNC_PATH}",
        "sync_wsdl": f"{address}{SYNC_PATH}?wsdl",
        "async": f"{address}{ASYNC_PATH}",
        "async_wsdl": f"{address}{ASYNC_PATH}?wsdl",
        "admin": f"{address}/admin",
        "journal": f"{address}/admin/journal",
        "certificate": str(installation.folder.resolve() / "gateways" / f"{name}.cer"),
    }


def _people() -> Iterator[tuple[CastPerson, str]]:
    yield PEOPLE["applicant-karaganda"], "lives in Karaganda"
    yield PEOPLE["applicant-almaty"], "a guardian in Almaty"
    yield PEOPLE["applicant-dead"], "has died"
    yield PEOPLE["applicant-absent"], "is not in ГБД ФЛ"
