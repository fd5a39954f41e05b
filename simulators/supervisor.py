"""The processes of a simulated country: started, watched, stopped, and, in outage tests, killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

ORDER = ("world", "shep", "rshep", "desk", "channels")
"""Who must stand before whom: the world makes the keys, the gateways know the participants by them."""


class ProcessFailed(RuntimeError):
    """A process ended before it was ready."""

    def __init__(self, name: str, log: Path) -> None:
        tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
        super().__init__(f"{name} did not start; the end of {log}:\n{tail}")
        self.name = name


@dataclass
class _Running:
    process: asyncio.subprocess.Process
    log: Path


class Supervisor:
    """Starts each part as its own process over one installation folder.

    A part ends by itself when its standard input closes, so nothing outlives the supervisor, however that one ends.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[str, _Running] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop_all()

    async def start(self, name: str, *, patience: float = 60) -> None:
        """Start a part and return when it says that it is ready; raises `ProcessFailed`, and leaves nothing behind."""
        if self.alive(name):
            raise ValueError(f"{name} runs already")
        logs = self._folder / "logs"
        logs.mkdir(exist_ok=True)
        log = logs / f"{name}.log"
        with log.open("ab") as errors:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "simulators.part",
                name,
                str(self._folder),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                start_new_session=True,  # Ctrl-C goes to the supervisor alone, which then stops the parts in order
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
            )
        self._running[name] = _Running(process, log)
        assert process.stdout is not None
        said = b""
        try:
            with contextlib.suppress(TimeoutError):
                said = await asyncio.wait_for(process.stdout.readline(), patience)
        finally:
            if said.strip() != b"ready":
                await self.kill(name)
        if said.strip() != b"ready":
            raise ProcessFailed(name, log)

    async def start_all(self) -> None:
        """Start every part in order; the gateways start side by side, and so do the participants."""
        await self.start("world")
        await asyncio.gather(*(self.start(name) for name in ORDER[1:]))

    def pid(self, name: str) -> int:
        """Return the process id of a part."""
        return self._running[name].process.pid

    def alive(self, name: str) -> bool:
        """Return whether the part runs."""
        running = self._running.get(name)
        return running is not None and running.process.returncode is None

    async def stop(self, name: str) -> None:
        """Let a part finish what it has in hand and end."""
        await self._end(name, signal.SIGTERM)

    async def kill(self, name: str) -> None:
        """End a part at once, as kill -9 does."""
        await self._end(name, signal.SIGKILL)

    async def stop_all(self) -> None:
        """Stop every part, side by side."""
        await asyncio.gather(*(self.stop(name) for name in list(self._running)))

    async def wait(self) -> str:
        """Return the name of the first part that ends by itself."""
        tasks = {asyncio.create_task(one.process.wait()): name for name, one in self._running.items()}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return tasks[done.pop()]
        finally:
            for task in tasks:
                task.cancel()

    async def _end(self, name: str, how: signal.Signals) -> None:
        running = self._running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            running.process.send_signal(how)
        try:
            await asyncio.wait_for(running.process.wait(), 15)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                running.process.kill()
            await running.process.wait()
