"""Back-pressure towards one gateway: so many exchanges at once, and a rest for a gateway that does not answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class PressureRule:
    """At most `slots` exchanges at once; after `failures` in a row without an answer, none for `rest`."""

    slots: int = 8
    failures: int = 5
    rest: timedelta = timedelta(seconds=15)


class Pressure:
    """What this process knows of one gateway's health; another process learns it by itself."""

    def __init__(self, rule: PressureRule) -> None:
        self._rule = rule
        self._failures = 0
        self._rest_until: datetime | None = None
        self.slots = asyncio.Semaphore(rule.slots)

    def __repr__(self) -> str:
        return f"<Pressure, {self._failures} failures, rest until {self._rest_until}>"

    def rest_left(self, now: datetime) -> timedelta | None:
        """Return how long the gateway is still left alone, or None; after the rest one failure brings the next."""
        if self._rest_until is None or now >= self._rest_until:
            return None
        return self._rest_until - now

    def answered(self) -> None:
        """Note that the gateway answered, be it with a refusal."""
        self._failures, self._rest_until = 0, None

    def failed(self, now: datetime) -> None:
        """Note that the gateway did not answer."""
        self._failures += 1
        if self._failures >= self._rule.failures:
            self._rest_until = now + self._rule.rest
