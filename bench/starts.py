"""Starts: what the imports of each part cost, and how soon everything stands when it is started again."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass

import aiohttp

from bench.parts import start
from simulators.installation import Installation
from simulators.supervisor import ORDER

BARE = "aiohttp.web"
"""A bare web server: the measure of the others."""
MODULES = {"gateway.app": "channels, desk", "simulators.world": "world", "simulators.gateways": "shep, rshep"}
_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)")
_ROUNDS = 3


@dataclass(frozen=True)
class Import:
    """The CPU seconds of importing a module in a new interpreter, and the packages that take most of it."""

    module: str
    cpu: float
    heaviest: list[tuple[str, float]]


@dataclass(frozen=True)
class Start:
    """How long the parts took, started in the order of `make up`; the pages are milliseconds at the portal."""

    total: float
    parts: dict[str, tuple[float, float]]
    first_page: float
    later_page: float


def imports() -> list[Import]:
    """Import each module in new interpreters; the least CPU of three counts."""
    return [Import(module, min(_cpu(module) for _ in range(_ROUNDS)), _heaviest(module)) for module in (BARE, *MODULES)]


async def start_again(installation: Installation) -> Start:
    """Start every part, stop it, start it again and measure that."""
    for measured in (False, True):
        began = time.monotonic()
        parts = [await start(ORDER[0], installation.folder)]
        parts += await asyncio.gather(*(start(name, installation.folder) for name in ORDER[1:]))
        total = time.monotonic() - began
        if measured:
            await asyncio.sleep(2)
            pages = await _pages(installation.address("portal"))
            found = {part.name: (part.seconds, part.cpu_at_start) for part in parts}
        await asyncio.gather(*(part.stop() for part in parts))
    return Start(total, found, pages[0], sum(pages[5:]) / len(pages[5:]))


async def _pages(portal: str) -> list[float]:
    taken = []
    async with aiohttp.ClientSession() as http:
        for _ in range(15):
            began = time.monotonic()
            async with http.get(f"{portal}/services") as answer:
                answer.raise_for_status()
                await answer.read()
            taken.append(1000 * (time.monotonic() - began))
    return taken


def _cpu(module: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _heaviest(module: str) -> list[tuple[str, float]]:
    command = [sys.executable, "-X", "importtime", "-c", f"import {module}"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | {"LC_ALL": "C"})
    packages: Counter[str] = Counter()
    for taken, name in _LINE.findall(done.stderr):
        packages[name.split(".")[0]] += int(taken)
    whole = sum(packages.values())
    return [(name, taken / whole) for name, taken in packages.most_common(6)]
