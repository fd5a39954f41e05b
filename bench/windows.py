"""Two hundred windows of the State Corporation, an intake a minute at each, over loopback.

Every part of the country is a process of its own, the desk too, and the windows' browsers are one more. An intake goes
from the first page to the receipt; idle time is the same intake done one at a time in the same run.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import pickle
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

import asyncpg

from bench.parts import Part, cpu_of_tree, start
from bench.watched import FILE as STALLS
from bench.watched import Stall
from bench.window_found import ACCEPTS, Found, Phase, Waits
from bench.window_people import adults, make_operators, scanned_page
from bench.window_plan import Due, Place, Plan, Visit, departments_with_flow, seats, timetable, visits
from gateway.catalogue import load_catalogue
from simulators.country import temporary_installation
from simulators.installation import Installation
from simulators.participants import OPERATOR_PASSWORD, write_settings

_WARM_UP: Final = 8
_ALONE_SECONDS: Final = 1.5
_ARRIVE_SECONDS: Final = 120
_REST_SECONDS: Final = 3.0
_BROWSERS: Final = "the windows' browsers"
_DATABASE: Final = "PostgreSQL"
_ORDER: Final = ("world", "shep", "rshep", "desk", "channels")
_AT_DESK: Final = "SELECT application, count(*) FROM event WHERE facts ? 'content' GROUP BY application"
_ARRIVED: Final = "SELECT number, registered_at FROM casefile"
_ACCEPTED: Final = "SELECT number, accepted_at FROM application WHERE accepted_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Size:
    """How many windows, how long the work is measured, an intake's period, and how many intakes are done alone."""

    windows: int = 200
    seconds: float = 180.0
    period: float = 60.0
    alone: int = 40


@dataclass(frozen=True, slots=True)
class WindowsLoad:
    """All that was measured."""

    size: Size
    found: Found
    cpu: dict[str, float]
    """Of each process the CPU seconds a second while the windows were at work, its own processes included."""
    at_rest: dict[str, float]
    """The same before anybody came."""
    of_one: dict[str, float]
    """Of each process the CPU seconds of one intake, done alone."""
    stalls: Sequence[Stall]
    stalled_in: int
    """Accepted applications while the turns of the event loop were watched."""
    lost: frozenset[str]
    """Accepted applications that the desk never got."""
    again: frozenset[str]
    """Applications that the desk registered more than once, or that no window had accepted."""
    to_desk: Waits
    """Milliseconds from the acceptance to the desk's registration, of all."""

    @property
    def ratio(self) -> float:
        """How many times its idle median an acceptance takes at the 95th hundredth under load."""
        return self.found.waits(Phase.WORK, ACCEPTS).of(0.95) / self.found.waits(Phase.ALONE, ACCEPTS).of(0.5)

    @property
    def problems(self) -> list[str]:
        """Everything that must not be."""
        told = [f"an intake failed: {error}" for error in self.found.errors]
        told += [f"{number} was accepted and never came to the desk" for number in sorted(self.lost)]
        return told + [f"{number} came to the desk otherwise than once" for number in sorted(self.again)]


class Country:
    """The parts at work, with operators at their windows and applicants before them."""

    def __init__(self, installation: Installation, size: Size) -> None:
        self.installation = installation
        self._size = size
        self._parts: dict[str, Part] = {}
        self._catalogue = load_catalogue()
        self._people = itertools.cycle(adults())
        self._places: tuple[Place, ...] = ()
        self._visitors: dict[str, Iterator[Visit]] = {}

    async def raise_all(self) -> None:
        """Start every part; the operators' keys are made and their accounts written before the channels start."""
        folder = self.installation.folder
        departments = departments_with_flow(self._catalogue)
        for name in _ORDER[:-1]:
            self._parts[name] = await start(name, folder)
        self._places = await make_operators(self.installation, self._people, seats(departments, self._size.windows))
        self._visitors = {one.id: visits(self._catalogue, one.id, self._people) for one in departments}
        self._parts["channels"] = await start("channels", folder)

    async def stop_all(self) -> None:
        """Stop every part."""
        await asyncio.gather(*(part.stop() for part in self._parts.values()))

    async def rest(self) -> dict[str, float]:
        """Return the CPU seconds a second of each part while nothing happens."""
        await asyncio.sleep(_REST_SECONDS)
        before = await asyncio.to_thread(self._spent)
        await asyncio.sleep(_REST_SECONDS)
        return _each(before, await asyncio.to_thread(self._spent), _REST_SECONDS)

    async def measure(self) -> tuple[Found, dict[str, float], dict[str, float]]:
        """Do the work once alone and once all together; returns also the CPU seconds a second, and of one intake."""
        found, spent = await self._browse(self._plan(self._size.alone, self._size.seconds))
        of_one = _each(spent[Phase.READY], spent[Phase.ALONE], self._size.alone)
        return found, _each(spent[Phase.RAMP], spent[Phase.WORK], self._size.seconds), of_one

    async def watch(self) -> tuple[list[Stall], int]:
        """Do a period of the work again with the channels' event loop watched; returns its stalls and acceptances."""
        kept = self.installation.folder / "stalls"
        await self._parts["channels"].stop()
        env = {STALLS: os.fspath(kept)}
        self._parts["channels"] = await start("channels", self.installation.folder, module="bench.watched", env=env)
        found, _ = await self._browse(self._plan(0, self._size.period))
        await self._parts["channels"].stop()
        begin, end = found.over[Phase.RAMP], found.over[Phase.WORK]
        rows = [Stall(*row) for row in json.loads(await asyncio.to_thread(kept.read_text, "utf-8"))]
        return [one for one in rows if begin <= one.at < end], len(found.waits(Phase.WORK, ACCEPTS))

    def _plan(self, alone: int, seconds: float) -> Plan:
        size, places = self._size, self._places
        moments = timetable(size.windows, period=size.period, seconds=seconds)
        return Plan(
            arm=self.installation.address("arm"),
            password=OPERATOR_PASSWORD,
            places=places,
            warm_up=self._visits_in_turn(min(_WARM_UP, size.windows)),
            alone=self._visits_in_turn(alone),
            alone_seconds=_ALONE_SECONDS,
            work=tuple(
                tuple(Due(at, next(self._visitors[place.department])) for at in own)
                for place, own in zip(places, moments, strict=True)
            ),
            period=size.period,
            seconds=seconds,
            scan=scanned_page(),
        )

    def _visits_in_turn(self, number: int) -> tuple[Visit, ...]:
        around = itertools.islice(itertools.cycle(self._places), number)
        return tuple(next(self._visitors[place.department]) for place in around)

    async def _browse(self, plan: Plan) -> tuple[Found, dict[str, dict[str, float]]]:
        """Let the browsers do a plan; returns also what each process had spent when each phase was over."""
        folder = self.installation.folder
        given, told = folder / "plan", folder / "found"
        await asyncio.to_thread(given.write_bytes, pickle.dumps(plan))
        browsers = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.window_clients", given, told),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        spent: dict[str, dict[str, float]] = {}
        try:
            assert browsers.stdout is not None
            async for line in browsers.stdout:
                spent[line.decode().strip()] = await asyncio.to_thread(self._spent, browsers.pid)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                browsers.kill()
            raise
        if await browsers.wait() != 0:
            raise RuntimeError("the windows' browsers ended before their work was over")
        found: Found = pickle.loads(await asyncio.to_thread(told.read_bytes))
        return found, spent

    def _spent(self, browsers: int | None = None) -> dict[str, float]:
        pids = {name: part.process.pid for name, part in self._parts.items()}
        file = self.installation.folder / "postgresql" / "postmaster.pid"
        pids[_DATABASE] = int(file.read_text(encoding="ascii").split()[0])
        if browsers is not None:
            pids[_BROWSERS] = browsers
        return {name: cpu_of_tree(pid) for name, pid in pids.items()}


def _each(before: Mapping[str, float], after: Mapping[str, float], number: float) -> dict[str, float]:
    return {name: (after[name] - spent) / number for name, spent in before.items()}


async def measure(size: Size) -> WindowsLoad:
    """Raise the country, work, and see what came to the desk."""
    async with temporary_installation() as installation:
        installation.save()
        await write_settings(installation)
        country = Country(installation, size)
        try:
            await country.raise_all()
            at_rest = await country.rest()
            found, cpu, of_one = await country.measure()
            lost, again, to_desk = await _arrived(installation, found)
            stalls, stalled_in = await country.watch()
        finally:
            await country.stop_all()
        return WindowsLoad(size, found, cpu, at_rest, of_one, stalls, stalled_in, lost, again, to_desk)


async def _arrived(installation: Installation, found: Found) -> tuple[frozenset[str], frozenset[str], Waits]:
    """Wait for the desk to register what was accepted; returns what is lost, what came not once, how long it took."""
    desk = await _connect(installation, "desk")
    channels = await _connect(installation, "channels")
    try:
        end = time.monotonic() + _ARRIVE_SECONDS
        while True:
            times = {row["application"]: row["count"] for row in await desk.fetch(_AT_DESK)}
            if found.numbers <= times.keys() or time.monotonic() > end:
                break
            await asyncio.sleep(0.5)
        arrived = {row["number"]: row["registered_at"] for row in await desk.fetch(_ARRIVED)}
        accepted = {row["number"]: row["accepted_at"] for row in await channels.fetch(_ACCEPTED)}
    finally:
        await desk.close()
        await channels.close()
    ways = [(arrived[one] - accepted[one]).total_seconds() for one in found.numbers & arrived.keys() & accepted.keys()]
    return *compare(found.numbers, times), Waits([1000 * one for one in ways])


def compare(accepted: AbstractSet[str], registered: Mapping[str, int]) -> tuple[frozenset[str], frozenset[str]]:
    """Return which accepted applications the desk never registered, and which of its own are there otherwise than once.

    `registered` tells how often the desk registered each.
    """
    again = {one for one, count in registered.items() if count != 1 or one not in accepted}
    return frozenset(accepted - registered.keys()), frozenset(again)


async def _connect(installation: Installation, participant: str) -> asyncpg.Connection:
    url = await installation.database_url(participant)
    return await asyncpg.connect(url, server_settings={"search_path": participant})
