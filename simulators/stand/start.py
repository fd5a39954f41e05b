"""A stand raised as processes of this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from dataclasses import fields, replace

import aiohttp

from simulators import integrator
from simulators.installation import Ports
from simulators.raising import Raised, is_free, raising, taken
from simulators.stand.command import CHOSEN_PORTS, FILE, FOLDER
from simulators.stand.facts import facts_of, told
from simulators.stand.registering import AdminRefused, register, registry_of
from simulators.supervisor import ProcessFailed


async def stand(given: argparse.Namespace) -> int:
    """Raise the stand; returns 0 after Ctrl-C, 1 when something did not start or ended by itself."""
    started = time.monotonic()
    said = sys.stderr if given.json else sys.stdout
    ports = _ports(given)
    if held := taken(ports, CHOSEN_PORTS):
        sys.stderr.write(
            f"qyzmet stand: these ports are taken: {', '.join(held)}. Does a stand or `qyzmet up` run already? "
            "--free-ports takes others.\n"
        )
        return 1
    try:
        async with raising(given.data, ports, strict=given.strict) as raised:
            said.write("Starting the state databases and the gateways…\n")
            said.flush()
            await raised.supervisor.start("world")
            await asyncio.gather(*(raised.supervisor.start(name) for name in ("shep", "rshep")))
            facts = await _facts(raised, given)
            written = json.dumps(facts, ensure_ascii=False, indent=2) + "\n"
            await asyncio.to_thread((given.data / FILE).write_text, written, encoding="utf-8")
            if given.json:
                sys.stdout.write(written)
            else:
                seconds = time.monotonic() - started
                sys.stdout.write("\n".join(told(facts, given.data, seconds=seconds, usual=given.data == FOLDER)))
            sys.stdout.flush()
            return await raised.until_stopped("qyzmet stand")
    except (ProcessFailed, AdminRefused) as error:
        sys.stderr.write(f"qyzmet stand: {error}\n")
        return 1
    finally:
        said.write("The stand is stopped; the next `qyzmet stand` finds this state again.\n")


async def _facts(raised: Raised, given: argparse.Namespace) -> dict[str, object]:
    """Say where the integrator's messages go, where that was asked, and return what the stand is like."""
    installation = raised.installation
    admins = [f"{installation.address(name)}/admin" for name in ("shep", "rshep")]
    async with aiohttp.ClientSession() as http:
        if given.push_url or given.pull:
            await register(
                http,
                admins,
                sender_id=integrator.SENDER_ID,
                password=integrator.PASSWORD,
                certificate={"bin": str(integrator.ORGANISATION.bin)},
                push_url=given.push_url,
            )
        return facts_of(installation, await registry_of(http, admins[0]))


def _ports(given: argparse.Namespace) -> Ports:
    """Return the ports that were chosen, else those of the last time, else the usual ones."""
    file = given.data / "installation.json"
    ports = Ports(**json.loads(file.read_text(encoding="utf-8"))["ports"]) if file.exists() else Ports()
    free = Ports.free()
    chosen = {name: getattr(given, f"{name}_port") for name in CHOSEN_PORTS}
    ports = replace(ports, **{name: port for name, port in chosen.items() if port is not None})
    for field in fields(Ports):
        gives_way = field.name not in CHOSEN_PORTS or (given.free_ports and chosen[field.name] is None)
        if gives_way and not is_free(getattr(ports, field.name)):
            ports = replace(ports, **{field.name: getattr(free, field.name)})
    return ports
