"""A participant whose memory is measured: `python -m bench.attachment_child FOLDER URL`.

Reads a line from its input for each turn: what to do, and how large the file is. `serve` opens the doors instead and
answers with their address. Answers each line with how far the memory of the process rose at the worst moment, in bytes,
above where it stood before; what was freed goes back to the system first.
"""

from __future__ import annotations

import asyncio
import base64
import ctypes
import gc
import os
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import aiohttp
from aiohttp import web

from gateway.clock import RealClock
from gateway.eds.certificate import read_certificate
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.shep.client import Sender, ShepClient
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm, Receipt
from gateway.shep.participant import Participant
from tests.unit.shep.pki import key_of


def payload_of(form: PayloadForm, size: int, *, lines: bool = False) -> Payload:
    """A document with a file of so many bytes."""
    file = (base64.encodebytes if lines else base64.b64encode)(os.urandom(size))
    return Payload(form, b"".join([b"<data><file>", file, b"</file></data>"]))


class Watched:
    """Takes what is pushed and lets it go."""

    async def receive(self, message: AsyncMessage, *, gateway: str) -> Receipt:
        """Return the receipt."""
        return Receipt(message.message_id or "", message.correlation_id or "", RealClock().now())


class Child:
    """The participant, as client and as server."""

    def __init__(self, folder: Path, url: str, http: aiohttp.ClientSession) -> None:
        clock = RealClock()
        shep, root = (read_certificate((folder / f"{name}.cer").read_bytes()) for name in ("shep", "root"))
        checker = CertificateChecker(Anchors.of([root]), None, clock)
        self._client = ShepClient(
            http,
            sync_url=url,
            async_url=url,
            sender=Sender("DESK", "secret"),
            key=key_of("DESK"),
            gateway_certificates=[shep],
            checker=checker,
            clock=clock,
            timeout=120,
            patience=0,
        )
        self._participant = Participant(
            gateways={"shep": [shep]}, key=key_of("DESK"), checker=checker, clock=clock, receiver=Watched()
        )

    async def ask(self, form: PayloadForm, size: int) -> int:
        """Ask for a file."""
        held: list[object] = []

        async def work() -> None:
            answer = await self._client.ask("FILES", Payload(form, b"<data/>"))
            assert answer.payload is not None
            assert len(answer.payload.xml) > size
            held.append(answer)

        return await rise(work)

    async def send(self, form: PayloadForm, size: int) -> int:
        """Send a file; the payload is counted with what is taken to send it."""
        payload = payload_of(form, size)
        message = AsyncMessage("FILES", MessageType.NOTIFICATION, payload, correlation_id="1")
        return len(payload.xml) + await rise(partial(self._client.send, message))

    async def push(self, _form: PayloadForm, _size: int) -> int:
        """Be pushed a file from outside, until the next line comes."""
        return await rise(partial(asyncio.to_thread, _told))

    async def serve(self, _form: PayloadForm, _size: int) -> int:
        """Open the doors and return the port."""
        app = web.Application()
        app.add_routes(self._participant.routes())
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return int(runner.addresses[0][1])


async def rise(work: Callable[[], Awaitable[object]]) -> int:
    """Return how far the memory rises while `work` is done."""
    before = _lowered()
    await work()
    return _status("VmHWM") - before


def _lowered() -> int:
    """Give back what is free, forget the peak, and return what is held."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


async def run(folder: Path, url: str) -> None:
    """Do what each line says."""
    async with aiohttp.ClientSession() as http:
        child = Child(folder, url, http)
        while line := (await asyncio.to_thread(sys.stdin.readline)).split():
            told = await getattr(child, line[0])(PayloadForm(line[1]), int(line[2]))
            sys.stderr.write(f"{told}\n")
            sys.stderr.flush()


def _told() -> None:
    sys.stderr.write("ready\n")
    sys.stderr.flush()
    sys.stdin.readline()


def main() -> None:
    """Read the arguments and run."""
    folder, url = sys.argv[1:]
    asyncio.run(run(Path(folder), url))


if __name__ == "__main__":
    main()
