"""The state of the simulated clock: from which real moment on which simulated one runs, and how fast."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.clock import Clock, ClockReading, RealClock

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
FASTEST = 86_400.0
"""A simulated day a second; the slowest rate is 0, where time stands."""


class ClockRefused(Exception):
    """The clock is not set so; `code` is stable."""

    def __init__(self, code: str, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.code = code
        self.facts = facts

    def to_json(self) -> dict[str, Any]:
        """Return the error as the service says it."""
        return {"code": self.code, "message": str(self), **self.facts}


class ClockFileInvalid(Exception):
    """The file of the clock's state cannot be read; remove it to begin at real time."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{(self.__doc__ or '').strip()} ({file}: {reason})")
        self.file = file
        self.reason = reason


class ClockState:
    """The clock itself; real time until somebody sets it, and found again by a second start."""

    def __init__(self, reading: ClockReading, file: Path | None, real: Clock) -> None:
        self._anchor = reading
        self._file = file
        self._real = real
        self._changed = asyncio.Event()
        self._lock = asyncio.Lock()

    @classmethod
    def open(cls, file: Path | None, real: Clock | None = None) -> ClockState:
        """Read the state out of `file`, or begin at real time; raises `ClockFileInvalid`."""
        real = real or RealClock()
        now = real.now()
        if file is None or not file.exists():
            return cls(ClockReading(now, now, 1.0, 0), file, real)
        try:
            reading = ClockReading.from_json(json.loads(file.read_text(encoding="utf-8")))
            _check_bounds(reading.real, reading.rate)  # a time without a zone raises TypeError
            _check_bounds(reading.simulated, reading.rate)
        except (OSError, ValueError, AttributeError, TypeError, ClockRefused) as error:
            raise ClockFileInvalid(file, str(error)) from error
        return cls(reading, file, real)

    @property
    def version(self) -> int:
        """A number that grows with every change."""
        return self._anchor.version

    def reading(self) -> ClockReading:
        """Return what the clock says now; a fast clock stops at `LATEST`."""
        now = self._real.now()
        try:
            simulated = min(self._anchor.at(now), LATEST)
        except OverflowError:
            simulated = LATEST
        return replace(self._anchor, real=now, simulated=simulated)

    async def set(
        self,
        *,
        offset_seconds: float | None = None,
        simulated: datetime | None = None,
        rate: float | None = None,
        allow_backwards: bool = False,
    ) -> ClockReading:
        """Set the simulated time (or its distance from the real one) and its rate; raises `ClockRefused`.

        The new state is on the disk before anybody is told of it.
        """
        if offset_seconds is None and simulated is None and rate is None:
            raise ClockRefused("nothing-asked", "Give offset_seconds or simulated, or rate.")
        if offset_seconds is not None and simulated is not None:
            raise ClockRefused("asked-twice", "Give either offset_seconds or simulated, not both.")
        async with self._lock:
            present = self.reading()
            moment = present.simulated
            if simulated is not None:
                _check_bounds(simulated, present.rate)  # before the zone is changed: year 1 has no earlier day
                moment = simulated.astimezone(UTC)
            elif offset_seconds is not None:
                moment = _moved(present.real, offset_seconds)
            speed = present.rate if rate is None else rate
            _check_bounds(moment, speed)
            if moment < present.simulated and not allow_backwards:
                raise ClockRefused(
                    "backwards",
                    'Time would go backwards; say "allow_backwards": true if that is meant.',
                    present=present.simulated.isoformat(),
                    asked=moment.isoformat(),
                )
            anchor = ClockReading(present.real, moment, speed, present.version + 1)
            if self._file is not None:
                await asyncio.to_thread(_write, self._file, anchor)
            self._anchor = anchor
            self._changed.set()
            self._changed = asyncio.Event()
        return anchor

    async def newer_than(self, version: int) -> ClockReading:
        """Return the reading as soon as its version is another than `version`."""
        while self.version == version:
            await self._changed.wait()
        return self.reading()


def to_json(reading: ClockReading) -> dict[str, Any]:
    """Return a reading as `GET /clock` says it."""
    return {
        "real": reading.real.isoformat(),
        "simulated": reading.simulated.isoformat(),
        "rate": reading.rate,
        "version": reading.version,
    }


def _moved(real: datetime, seconds: float) -> datetime:
    try:
        return real + timedelta(seconds=seconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if seconds > 0 else datetime.min.replace(tzinfo=UTC)


def _check_bounds(moment: datetime, rate: float) -> None:
    if not EARLIEST <= moment <= LATEST:
        raise ClockRefused(
            "time-out-of-bounds",
            "The simulated time lies outside of what is allowed.",
            earliest=EARLIEST.isoformat(),
            latest=LATEST.isoformat(),
        )
    if not 0 <= rate <= FASTEST:
        raise ClockRefused("rate-out-of-bounds", "The rate is negative or too high.", slowest=0, fastest=FASTEST)


def _write(file: Path, reading: ClockReading) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.new")
    with fresh.open("w", encoding="utf-8") as out:
        json.dump(to_json(reading), out)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
