"""The wire: what one question through ЭҮШ costs the client, beside its own crypto floor."""

from __future__ import annotations

import asyncio
import contextlib
import json
import pickle
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.operations import Operation
from bench.parts import start
from simulators.country import temporary_installation
from simulators.installation import Installation
from simulators.participants import write_settings


@dataclass(frozen=True)
class RoundTrip:
    """Milliseconds of CPU of the client's process: medians of many turns."""

    ask: float
    floor: float
    exchange: float
    """A bare HTTP exchange of the same size."""
    operations: Sequence[Operation]

    @property
    def ratio(self) -> float:
        """How many times the floor a question costs."""
        return self.ask / self.floor

    @property
    def ratio_with_exchange(self) -> float:
        """The same with the bare exchange added to the floor: no client does without it."""
        return self.ask / (self.floor + self.exchange)


async def measure(asks: int = 300) -> RoundTrip:
    """Ask ГБД ФЛ through ЭҮШ, each a process of its own, from a client that is pinned to one core."""
    async with temporary_installation() as installation, contextlib.AsyncExitStack() as stack:
        installation.save()
        await write_settings(installation)
        for name in ("world", "shep"):
            part = await start(name, installation.folder)
            stack.push_async_callback(part.stop)
        with tempfile.TemporaryDirectory() as folder:
            record = Path(folder) / "operations"
            await _client(installation, 1, "record", record)
            spent = json.loads(await _client(installation, asks, "measure", record))
            operations = await asyncio.to_thread(lambda: pickle.loads(record.read_bytes()))
        return RoundTrip(**{name: statistics.median(taken) for name, taken in spent.items()}, operations=operations)


async def _client(installation: Installation, *arguments: object) -> bytes:
    command = [sys.executable, "-m", "bench.wire_client", str(installation.folder), *map(str, arguments)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError("the client failed; its reason stands above")
    return out
