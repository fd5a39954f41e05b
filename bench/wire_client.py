"""A participant that asks ГБД ФЛ through ЭҮШ: `python -m bench.wire_client FOLDER ASKS record|measure FILE`.

Pinned to one core, it asks one question after another. `record` keeps the operations of the trust core that the last
question took. `measure` prints as JSON what each turn cost in milliseconds of CPU: the question; those operations done
again; a bare HTTP exchange of the same size with the same gateway. Before each of the three the process waits as long
as an answer takes, while others use the machine: a processor comes back to all three with its caches cold.
"""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import sys
import time
from pathlib import Path

import aiohttp
import uvloop

from bench.floor import Floor, load_private
from bench.operations import Operation
from bench.recorder import install
from gateway.clock import RealClock
from gateway.eds.certificate import read_certificate
from gateway.eds.keys import SigningKey
from gateway.registries.gbdfl_messages import SERVICE_ID, ByIin, build_question
from gateway.shep.client import Sender, ShepClient
from gateway.shep.messages import Payload, PayloadForm
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from simulators.installation import Installation
from simulators.keys import system_password
from simulators.population.cast import PEOPLE, SYSTEMS
from simulators.world import checker_of, key_of_system

WARM_UP = 20
_WAIT = 0.02


class Client:
    """The desk as a client of ЭҮШ, asking about one person."""

    def __init__(self, installation: Installation, http: aiohttp.ClientSession, key: SigningKey) -> None:
        clock = RealClock()
        self._http = http
        self._url = installation.address("shep") + SYNC_PATH
        self._shep = ShepClient(
            http,
            sync_url=self._url,
            async_url=installation.address("shep") + ASYNC_PATH,
            sender=Sender(SYSTEMS["desk"].sender_id, system_password(installation, "desk at the gateway")),
            key=key,
            gateway_certificates=[read_certificate((installation.folder / "gateways" / "shep.cer").read_bytes())],
            checker=checker_of(installation, http, clock),
            clock=clock,
        )
        question = build_question(
            ByIin(PEOPLE["applicant-karaganda"].iin), message_id="bench", at=clock.now(), sender_code="BENCH"
        )
        self._payload = Payload(PayloadForm.TYPED, question)

    async def ask(self) -> int:
        """Ask once; return the size of the answer in bytes."""
        answer = await self._shep.ask(SERVICE_ID, self._payload)
        return len(answer.envelope)

    async def exchange(self, size: int) -> None:
        """Send so many bytes that are no message, and read the refusal."""
        async with self._http.post(self._url, data=b" " * size, headers={"Content-Type": "text/xml"}) as answer:
            await answer.read()


async def record(client: Client) -> list[Operation]:
    """Return the operations of one question that is not the first."""
    kept: list[Operation] = []
    install(kept)
    for _ in range(WARM_UP):
        kept.clear()
        await client.ask()
    return kept


async def measure(client: Client, floor: Floor, asks: int) -> dict[str, list[float]]:
    """Return what each turn cost, by its kind."""
    size = 0
    for _ in range(WARM_UP):
        size = await client.ask()
    spent: dict[str, list[float]] = {"ask": [], "floor": [], "exchange": []}
    for _ in range(asks):
        for kind, taken in spent.items():
            await asyncio.sleep(_WAIT)
            began = time.process_time()
            if kind == "ask":
                await client.ask()
            elif kind == "floor":
                floor.once()
            else:
                await client.exchange(size)
            taken.append(1000 * (time.process_time() - began))
    return spent


async def run(installation: Installation, asks: int, mode: str, file: Path) -> None:
    """Do what the mode says."""
    async with aiohttp.ClientSession() as http:
        client = Client(installation, http, await asyncio.to_thread(key_of_system, installation, "desk"))
        if mode == "record":
            kept = pickle.dumps(await record(client))
            await asyncio.to_thread(file.write_bytes, kept)
            return
        key = load_private(
            (installation.folder / "keys" / "desk.p12").read_bytes(), system_password(installation, "desk")
        )
        floor = Floor([pickle.loads(await asyncio.to_thread(file.read_bytes))], key=key)
        sys.stdout.write(json.dumps(await measure(client, floor, asks)))


def main() -> None:
    """Read the arguments and run."""
    folder, asks, mode, file = sys.argv[1:]
    os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})
    uvloop.run(run(Installation.load(Path(folder)), int(asks), mode, Path(file)))


if __name__ == "__main__":
    main()
