"""A steady load: people who file applications by a schedule of simulated time, whatever is away meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp

from gateway.clock import ClockReading
from simulators.walk.applicant import Applicant, at_the_portal
from simulators.walk.browser import PageSurprise
from simulators.walk.hand import SigningFailed
from tests.outage.land import Land

PEOPLE = (
    ("applicant-karaganda", "unemployed-certificate"),
    ("applicant-almaty", "guardianship-certificate"),
    ("applicant-other", "unemployed-certificate"),
)
"""Who applies for what: Karaganda's applications go by ЭҮШ and ЭҮӨШ to the desk, Almaty's by ЭҮШ alone."""
WHAT_AN_OUTAGE_LOOKS_LIKE = (aiohttp.ClientError, OSError, PageSurprise, SigningFailed, TimeoutError)
_NOT_SENT = frozenset({"draft", "ready"})


async def submit_patiently(applicant: Applicant, service: str, *, seconds: float = 180) -> str:
    """Do what a person does who meets an outage: look at where the application stands, and go on from there."""
    number, end = None, time.monotonic() + seconds
    while True:
        try:
            number = number or await applicant.fill_in(service)
            if (await applicant.trail(number))["state"] not in _NOT_SENT:
                return number
            await applicant.choose_certificate(number)
            await applicant.sign_and_send(number)
        except WHAT_AN_OUTAGE_LOOKS_LIKE:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.3)


@dataclass
class Load:
    """Applications that three people file in turn, each when its simulated second has come."""

    clock: ClockReading
    due: list[float]
    """When each is begun, in simulated seconds after the reading of the clock."""
    applicants: list[Applicant]
    told: dict[str, Applicant] = field(default_factory=dict)
    """The applications of which the portal said that it has them, and whose they are."""

    async def until(self, second: float) -> None:
        """Sleep until a simulated second of the load has come."""
        await asyncio.sleep((second - self.passed()) / self.clock.rate)

    def passed(self) -> float:
        """Return how many simulated seconds of the load have passed."""
        return (self.clock.at(datetime.now(UTC)) - self.clock.simulated).total_seconds()

    async def run(self) -> None:
        """File them all."""
        async with asyncio.TaskGroup() as group:
            for turn, (applicant, (_, service)) in enumerate(zip(self.applicants, PEOPLE, strict=True)):
                group.create_task(self._file(applicant, service, self.due[turn :: len(PEOPLE)]))

    async def _file(self, applicant: Applicant, service: str, due: list[float]) -> None:
        for second in due:
            await self.until(second)
            number = await submit_patiently(applicant, service)
            assert number not in self.told
            self.told[number] = applicant


@contextlib.asynccontextmanager
async def load(land: Land, due: list[float], *, rate: float) -> AsyncIterator[Load]:
    """Let the people sign in, and start the simulated time of a load; they stay until the context is left."""
    turn = asyncio.Lock()
    async with contextlib.AsyncExitStack() as stack:
        applicants = [
            await stack.enter_async_context(at_the_portal(land.installation, land.http, person, turn=turn))
            for person, _ in PEOPLE
        ]
        await land.levers.rate(rate)
        yield Load(await land.levers.clock(), due, applicants)
