"""Real or simulated time, read by every process.

Domain time (deadlines, retries, certificates, timestamps) is asked from a `Clock`. TLS, cookies, lock-outs and
the heartbeats of the queue stay on real time and do not come here.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import aiohttp
import structlog

ALMATY = "Asia/Almaty"
"""The time zone of people and deadlines; storage is in UTC."""

_log = structlog.get_logger(__name__)


class Clock(Protocol):
    """The one source of domain time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""

    async def changed(self) -> None:
        """Return when the clock has been moved; a clock that nobody moves never returns."""


class RealClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)

    async def changed(self) -> None:
        """Never return: nobody moves real time."""
        await asyncio.Event().wait()


class ManualClock:
    """A clock that stands still until it is moved; for tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """Return the moment the clock was last set to."""
        return self._now

    def set(self, moment: datetime) -> None:
        """Move the clock to `moment`."""
        self._now = moment.astimezone(UTC)
        self._moved.set()
        self._moved = asyncio.Event()

    def advance(self, step: timedelta) -> None:
        """Move the clock by `step`."""
        self.set(self._now + step)

    async def changed(self) -> None:
        """Return at the next `set` or `advance`."""
        await self._moved.wait()


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What the clock service says: at the real moment `real` it was `simulated`, running `rate` times as fast."""

    real: datetime
    simulated: datetime
    rate: float
    version: int

    def at(self, real: datetime) -> datetime:
        """Return the simulated moment that belongs to the real one."""
        return self.simulated + (real - self.real) * self.rate

    @classmethod
    def from_json(cls, body: dict[str, object]) -> ClockReading:
        """Read the answer of `GET /clock`; raises `ValueError` when it is not of that form."""
        real, simulated = body.get("real"), body.get("simulated")
        rate, version = body.get("rate"), body.get("version")
        if not (isinstance(real, str) and isinstance(simulated, str)):
            raise ValueError("the clock service's answer has no times")
        if not (isinstance(rate, int | float) and isinstance(version, int)):
            raise ValueError("the clock service's answer has no rate or version")
        return cls(datetime.fromisoformat(real), datetime.fromisoformat(simulated), float(rate), version)


class FollowedClock:
    """The time of the clock service, followed by a long poll so that a change reaches every process at once.

    While the service is out of reach the last reading goes on; before the first one, time is real.
    """

    _RETRY_SECONDS = 0.5

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self._url = url
        self._http = http
        started = datetime.now(UTC)
        self._reading = ClockReading(started, started, 1.0, -1)
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """Return the simulated moment by the last reading."""
        return self._reading.at(datetime.now(UTC))

    async def changed(self) -> None:
        """Return when a new version of the clock has been read."""
        await self._moved.wait()

    async def refresh(self, *, after: int | None = None) -> None:
        """Read the clock once; with `after`, wait at the service for a newer version than that."""
        params = {} if after is None else {"after": str(after)}
        timeout = aiohttp.ClientTimeout(total=40)
        async with self._http.get(self._url, params=params, timeout=timeout) as answer:
            answer.raise_for_status()
            reading = ClockReading.from_json(await answer.json())
        if reading.version != self._reading.version:
            self._reading = reading
            self._moved.set()
            self._moved = asyncio.Event()

    @contextlib.asynccontextmanager
    async def following(self) -> AsyncIterator[FollowedClock]:
        """Follow the service for as long as the context is open."""
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            await self.refresh()
        task = asyncio.create_task(self._follow(), name="clock")
        try:
            yield self
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _follow(self) -> None:
        while True:
            try:
                await self.refresh(after=self._reading.version)
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                _log.warning("clock-out-of-reach", error=type(error).__name__)
                await asyncio.sleep(self._RETRY_SECONDS)
