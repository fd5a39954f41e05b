"""What `qyzmet up` and `qyzmet stand` do alike: ports, the database, the processes, the wait for Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path

from gateway.store.embedded import EmbeddedPostgres
from simulators.installation import LOOPBACK, Installation, Ports
from simulators.supervisor import Supervisor


@dataclass(frozen=True)
class Raised:
    """An installation whose parts may be started, and the wish to stop."""

    installation: Installation
    supervisor: Supervisor
    stop: asyncio.Event

    async def until_stopped(self, command: str) -> int:
        """Wait for Ctrl-C and return 0; return 1, saying which, when a part ended by itself."""
        stopping, ending = asyncio.create_task(self.stop.wait()), asyncio.create_task(self.supervisor.wait())
        await asyncio.wait({stopping, ending}, return_when=asyncio.FIRST_COMPLETED)
        if stopping.done():
            ending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ending
            return 0
        stopping.cancel()
        name = ending.result()
        log = self.installation.folder / "logs" / f"{name}.log"
        sys.stderr.write(f"{command}: {name} ended by itself; see {log}\n")
        return 1


@contextlib.asynccontextmanager
async def raising(folder: Path, ports: Ports, *, strict: bool = False) -> AsyncIterator[Raised]:
    """Prepare the installation in `folder`; when the context ends, what was started is stopped.

    The database is that of `QYZMET_DATABASE_URL`, else an embedded one in the folder.
    """
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    stop = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        admin_url = os.environ.get("QYZMET_DATABASE_URL")
        if not admin_url:
            server = EmbeddedPostgres(folder)
            admin_url = await asyncio.to_thread(server.start)
            stack.push_async_callback(asyncio.to_thread, server.stop)
        supervisor = Supervisor(folder)
        stack.push_async_callback(supervisor.stop_all)
        installation = await asyncio.to_thread(
            lambda: Installation.at(folder, ports=ports, admin_url=admin_url, strict=strict)
        )
        await asyncio.to_thread(installation.save)
        yield Raised(installation, supervisor, stop)


def taken(ports: Ports, names: Iterable[str]) -> list[str]:
    """Return those of the named ports that somebody listens on, as a person reads them."""
    held = [name for name in names if not is_free(getattr(ports, name))]
    return [f"{getattr(ports, name)} ({name})" for name in held]


def is_free(port: int) -> bool:
    """Whether nobody listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
