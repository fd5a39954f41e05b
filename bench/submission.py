"""CPU of the gateway for one portal submission: from the POST of the signed application to its hand-over to ЭҮШ.

Every applicant is another person with another certificate. Two ways are taken:

- `met`: the certificate was chosen in this very process within the minute, so its path is known and the НУЦ's word on
  its status is fresh: what happens to a person who signs at once;
- `new`: this process has never seen the certificate (another one served the page, or it was started anew), so the path
  is built and validated and the НУЦ is asked.
"""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bench.applicants import Applicants
from bench.applications import Applications, Filled, Signed
from bench.floor import Count, Floor, load_private
from bench.operations import Operation
from bench.parts import PLAIN, Part, start
from bench.recorder import FILE
from bench.watched import FILE as STALLS
from bench.watched import Stall
from simulators.installation import Installation
from simulators.keys import system_password

_WARM_UP = 10
_RECORDED = 4
_CHUNK = 5
_SETTLE = 0.05
AT_ONCE = 8
_IDLE_SECONDS = 2.0


class Way(StrEnum):
    """Whether the process knows the applicant's certificate."""

    MET = "met"
    NEW = "new"


@dataclass(frozen=True)
class Spent:
    """What a batch cost the gateway's process."""

    submissions: int
    chunks: tuple[float, ...]
    """CPU milliseconds of one submission in each of the chunks that the batch was sent in."""
    seconds: float
    idle: float
    """CPU seconds that the same process spends in a second without any submission."""

    @property
    def milliseconds(self) -> float:
        """CPU milliseconds of one submission, all that the process did meanwhile included: the chunks' median."""
        return statistics.median(self.chunks)

    @property
    def idle_milliseconds(self) -> float:
        """How much of that the process would have spent in the same time without work."""
        return 1000 * self.idle * self.seconds / self.submissions


@dataclass(frozen=True)
class Figure:
    """A way's result: the gateway, the floor, the ratio."""

    way: Way
    alone: Spent
    together: Spent | None
    floor: float
    parsing: float
    counts: list[Count]

    @property
    def ratio(self) -> float:
        """How many times the floor the gateway spends on one submission."""
        return self.alone.milliseconds / self.floor


@dataclass
class Bench:
    """The country without desk and region: what comes after the hand-over is not looked at."""

    installation: Installation
    applicants: Applicants
    applications: Applications

    async def measure(self, number: int) -> list[Figure]:
        """Measure both ways: `number` submissions one after another, and for `new` as many more at once."""
        floors = await self._floors()
        figures = []
        part, signed = await self._ready(Way.MET, number)
        spent, floor, parsing = await self._batch(part, floors[Way.MET], signed)
        figures.append(Figure(Way.MET, spent, None, floor, parsing, floors[Way.MET].counts()))
        await part.stop()
        part, signed = await self._ready(Way.NEW, 2 * number)
        spent, floor, parsing = await self._batch(part, floors[Way.NEW], signed[:number])
        together = await self._together(part, signed[number:])
        figures.append(Figure(Way.NEW, spent, together, floor, parsing, floors[Way.NEW].counts()))
        await part.stop()
        return figures

    async def stalls(self, number: int) -> dict[str, list[Stall]]:
        """Return the turns of the event loop over a millisecond: of the start, of the pages, of the submissions."""
        kept = self.installation.folder / "stalls"
        began = time.monotonic()
        part = await start("channels", self.installation.folder, module="bench.watched", env={STALLS: os.fspath(kept)})
        ready = time.monotonic()
        filled = await self._filled(_WARM_UP + number)
        signed = await self.applications.choose_and_sign(filled)
        await self.applications.send(signed[:_WARM_UP])
        sending = time.monotonic()
        await self.applications.send(signed[_WARM_UP:])
        end = time.monotonic()
        await part.stop()
        found = [Stall(*row) for row in json.loads(await asyncio.to_thread(kept.read_text, "utf-8"))]
        spans = {"start": (began, ready), "first pages": (ready, sending), "submissions": (sending, end)}
        return {name: [one for one in found if a <= one.at < b] for name, (a, b) in spans.items()}

    async def _ready(
        self, way: Way, number: int, *, module: str = PLAIN, env: dict[str, str] | None = None
    ) -> tuple[Part, list[Signed]]:
        """Start the channels and bring applications to where only the POST is missing."""
        folder = self.installation.folder
        part = await start("channels", folder, module=module, env=env)
        warm_up = await self._filled(_WARM_UP)
        filled = await self._filled(number)
        if way is Way.NEW:
            signed = await self.applications.choose_and_sign([*warm_up, *filled])
            await part.stop()
            part = await start("channels", folder, module=module, env=env)
            await self.applications.send(signed[:_WARM_UP])
            return part, signed[_WARM_UP:]
        await self.applications.send(await self.applications.choose_and_sign(warm_up))
        return part, await self.applications.choose_and_sign(filled)

    async def _filled(self, number: int) -> list[Filled]:
        return await self.applications.fill_in(await self.applicants.make(number))

    async def _batch(self, part: Part, floor: Floor, signed: Sequence[Signed]) -> tuple[Spent, float, float]:
        """Measure gateway and floor by turns, so that both meet the same machine; returns also the parsing's floor."""
        seconds = 0.0
        chunks: list[float] = []
        floors: list[float] = []
        for begin in range(0, len(signed), _CHUNK):
            floors.append(await asyncio.to_thread(floor.milliseconds, seconds=0.1))
            chunk = signed[begin : begin + _CHUNK]
            before = part.cpu()
            seconds += _SETTLE + await self.applications.send(chunk)
            await asyncio.sleep(_SETTLE)
            chunks.append(1000 * (part.cpu() - before) / len(chunk))
        parsing = await asyncio.to_thread(floor.milliseconds, seconds=0.3, parses=True)
        return Spent(len(signed), tuple(chunks), seconds, await self._idle(part)), statistics.median(floors), parsing

    async def _together(self, part: Part, signed: Sequence[Signed]) -> Spent:
        before = part.cpu()
        seconds = await self.applications.send(signed, at_once=AT_ONCE)
        await asyncio.sleep(_SETTLE)
        spent = 1000 * (part.cpu() - before) / len(signed)
        return Spent(len(signed), (spent,), seconds + _SETTLE, await self._idle(part))

    async def _idle(self, part: Part) -> float:
        before = part.cpu()
        await asyncio.sleep(_IDLE_SECONDS)
        return (part.cpu() - before) / _IDLE_SECONDS

    async def _floors(self) -> dict[Way, Floor]:
        """Record what is really done, in a process of its own, and make the floors of it."""
        password = system_password(self.installation, "channels")
        file = self.installation.folder / "keys" / "channels.p12"
        key = await asyncio.to_thread(lambda: load_private(file.read_bytes(), password))
        kept = self.installation.folder / "operations"
        floors = {}
        for way in Way:
            env = {FILE: os.fspath(kept)}
            part, signed = await self._ready(way, _RECORDED, module="bench.recorder", env=env)
            spans = []
            for one in signed:
                began = time.monotonic()
                await self.applications.send([one])
                spans.append((began, time.monotonic()))
            await part.stop()
            operations = await asyncio.to_thread(_read, kept)
            floors[way] = Floor([[one for one in operations if a <= one.at <= b] for a, b in spans], key=key)
        return floors


def _read(file: Path) -> list[Operation]:
    operations: list[Operation] = pickle.loads(file.read_bytes())
    return operations
