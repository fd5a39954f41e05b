"""The windows' browsers as a process of their own: `python -m bench.window_clients PLAN FOUND`, both pickled.

A line on standard output tells that a `Phase` is over, so that whoever started it can read other processes' clocks. It
ends when its standard input closes.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
import time
from collections import deque
from pathlib import Path

import aiohttp
import uvloop

from bench.window_browser import Pace, Times, Window
from bench.window_found import Found, Phase, Taken
from bench.window_plan import WITHIN, Due, Plan, Visit
from simulators.walk.browser import PageSurprise

_SIGN_IN_AT_ONCE = 4
_BEFORE_WORK = 1.0
_GRACE_SECONDS = 120.0
"""How long after the measured time an intake that is due may still begin."""


class Windows:
    """All windows of a plan, at work."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._times = Times()
        self._taken: list[Taken] = []
        self._over: dict[Phase, float] = {}
        self._open: dict[int, Window] = {}

    async def run(self) -> Found:
        """Sign everybody in, do the visits one by one, then all that is due by its time."""
        plan = self._plan
        try:
            await self._sign_in()
            for phase, visits in ((Phase.READY, plan.warm_up), (Phase.ALONE, plan.alone)):
                for place, visit in enumerate(visits):
                    window = self._open[place % len(self._open)]
                    await self._take_in(phase, window, visit, Pace(time.monotonic(), plan.alone_seconds))
                self._tell(phase)
            start = time.monotonic() + _BEFORE_WORK
            work = asyncio.gather(*(self._work(self._open[place], due, start) for place, due in enumerate(plan.work)))
            for phase, ends in ((Phase.RAMP, plan.period), (Phase.WORK, plan.period + plan.seconds)):
                await Pace(start, ends).until(1)
                self._tell(phase)
            await work
        finally:
            for window in self._open.values():
                await window.close()
        return Found(tuple(self._times.asked), tuple(self._taken), self._over)

    async def _sign_in(self) -> None:
        waiting = deque(enumerate(self._plan.places))

        async def some() -> None:
            while waiting:
                place, who = waiting.popleft()
                self._open[place] = window = await Window.open(self._plan.arm, who, self._times)
                await window.sign_in(self._plan.password)

        await asyncio.gather(*(some() for _ in range(_SIGN_IN_AT_ONCE)))

    async def _work(self, window: Window, due: tuple[Due, ...], start: float) -> None:
        plan = self._plan
        end = start + plan.period + plan.seconds + _GRACE_SECONDS
        for one in due:
            pace = Pace(start + one.at, WITHIN * plan.period)
            await pace.until(0)
            if time.monotonic() < end:
                await self._take_in(Phase.WORK, window, one.visit, pace)
            else:
                never = f"never begun: {pace.late:.0f} s after its time the window had still others in hand"
                self._taken.append(Taken(Phase.WORK, one.visit.service, pace.start, pace.late, error=never))

    async def _take_in(self, phase: Phase, window: Window, visit: Visit, pace: Pace) -> None:
        began, late, number, error = time.monotonic(), pace.late, "", ""
        try:
            number = await window.take_in(visit, pace, self._plan.scan)
        except (PageSurprise, aiohttp.ClientError, TimeoutError) as failed:
            error = f"{type(failed).__name__}: {failed}"[:600]
        self._taken.append(Taken(phase, visit.service, began, late, number, error))

    def _tell(self, phase: Phase) -> None:
        self._over[phase] = time.monotonic()
        sys.stdout.write(f"{phase}\n")
        sys.stdout.flush()


async def _run(plan: Plan) -> Found:
    """Do a plan; a process whose standard input closes is nobody's any more and ends."""
    work = asyncio.ensure_future(Windows(plan).run())

    def read() -> None:
        if not os.read(sys.stdin.fileno(), 1024):
            work.cancel()

    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), read)
    return await work


def main() -> None:
    """Read the plan, do it, write what was found."""
    plan: Plan = pickle.loads(Path(sys.argv[1]).read_bytes())
    found = uvloop.run(_run(plan))
    Path(sys.argv[2]).write_bytes(pickle.dumps(found))


if __name__ == "__main__":
    main()
