"""The parts of the country as processes, so that the CPU of one of them can be read from outside."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PLAIN = "simulators.part"


class PartFailed(RuntimeError):
    """A part ended before it was ready."""


@dataclass
class Part:
    """A part that runs; `seconds` is how long it took from the start of the process until it was ready."""

    name: str
    process: asyncio.subprocess.Process
    seconds: float
    cpu_at_start: float

    def cpu(self) -> float:
        """CPU seconds of all its threads since its start, by the process's CPU clock (nanoseconds, Linux)."""
        return cpu_of(self.process.pid)

    async def stop(self) -> None:
        """Let it end as Ctrl-C does."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        await asyncio.wait_for(self.process.wait(), 30)


def cpu_of(pid: int) -> float:
    """CPU seconds of a process: clock_getcpuclockid(3), whose number is made of the process id."""
    return time.clock_gettime((~pid << 3) | 2)


def cpu_of_tree(pid: int) -> float:
    """CPU seconds of a process and of all that it started and that still run, by /proc (hundredths of a second)."""
    spent: dict[int, float] = {}
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            own = int(stat.parent.name)
            spent[own] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            children.setdefault(int(fields[1]), []).append(own)
    found, waiting = 0.0, [pid]
    while waiting:
        one = waiting.pop()
        found += spent.get(one, 0.0)
        waiting += children.get(one, [])
    return found


async def start(name: str, folder: Path, *, module: str = PLAIN, env: dict[str, str] | None = None) -> Part:
    """Start a part by the same protocol as `qyzmet up` does; raises `PartFailed`."""
    began = time.monotonic()
    (folder / "logs").mkdir(exist_ok=True)
    log = folder / "logs" / f"{name}.log"
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            name,
            str(folder),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env=os.environ | (env or {}),
        )
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 90)
    if line.strip() != b"ready":
        await process.wait()
        raise PartFailed(f"{name}: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
    return Part(name, process, time.monotonic() - began, cpu_of(process.pid))
