"""One part of the simulated country as a process: `python -m simulators.part NAME FOLDER`.

It says `ready` on its standard output when it serves, and ends when its standard input closes or on SIGTERM.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import uvloop

from gateway.serving import settle
from simulators.installation import Installation


@contextlib.asynccontextmanager
async def part(name: str, folder: Path) -> AsyncIterator[None]:
    """Run the world, a gateway (shep, rshep) or a participant (channels, desk) over an installation."""
    installation = await asyncio.to_thread(Installation.load, folder)
    async with contextlib.AsyncExitStack() as stack:
        if name == "world":
            from simulators.world import world

            await stack.enter_async_context(world(installation))
        elif name in ("shep", "rshep"):
            from simulators.gateways import gateway

            await stack.enter_async_context(gateway(installation, name))
        else:
            os.environ["QYZMET_CONFIG"] = str(folder / "settings.yaml")
            from gateway.app import channels, desk
            from gateway.settings import Settings

            settings = await asyncio.to_thread(Settings)
            await stack.enter_async_context({"channels": channels, "desk": desk}[name](settings))
        yield


async def _run(name: str, folder: Path) -> None:
    stop = _Stop()
    async with part(name, folder):
        stop.may_wait = True
        settle()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await stop.asked.wait()


class _Stop:
    """Heeds SIGTERM, SIGINT and the end of the input; a part that is not ready yet is given up at once."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.may_wait = False
        self._work = asyncio.current_task()
        loop = asyncio.get_running_loop()
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(one, self._ask)
        loop.add_reader(sys.stdin.fileno(), self._read)

    def _ask(self) -> None:
        self.asked.set()
        if not self.may_wait and self._work is not None:
            self._work.cancel()

    def _read(self) -> None:
        if not os.read(sys.stdin.fileno(), 1024):
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            self._ask()


def main() -> None:
    """Run the part that the arguments name."""
    from gateway.web.logs import configure_logs

    configure_logs(sys.stderr)
    with contextlib.suppress(asyncio.CancelledError), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(sys.argv[1], Path(sys.argv[2])))


if __name__ == "__main__":
    main()
