"""A circuit breaker: who does not answer is left alone for a while, then tried by one.

Closed, everything passes. After `failures` in a row it opens, and nothing passes for `rest`. Then it is half open: one
probe passes, and its outcome closes or opens it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gateway.clock import Clock


class BreakerState(StrEnum):
    """What a breaker lets through: everything, nothing, one probe."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True, slots=True)
class BreakerRule:
    """After `failures` in a row nothing passes for `rest`."""

    failures: int = 5
    rest: timedelta = timedelta(seconds=15)


PROBE_REST: Final = timedelta(seconds=1)
"""How long to stay away while somebody else's probe is on its way."""


class Breaker:
    """What this process knows of the health of one peer; another process learns it by itself."""

    def __init__(self, rule: BreakerRule, clock: Clock) -> None:
        self._rule = rule
        self._clock = clock
        self._failures = 0
        self._opened_at: datetime | None = None
        self._probing = False

    def __repr__(self) -> str:
        return f"<Breaker {self.state.value}, {self._failures} failures in a row, rest {self.rest_left()}>"

    @property
    def state(self) -> BreakerState:
        """The state at this moment."""
        if self._opened_at is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if self._resting() else BreakerState.HALF_OPEN

    def rest_left(self) -> timedelta | None:
        """Return how long nothing passes, or None when an attempt may be made now."""
        return self._resting() or (PROBE_REST if self._opened_at is not None and self._probing else None)

    def enter(self) -> bool:
        """Whether an attempt may be made now; who is let in says `succeeded`, `failed` or `left` afterwards."""
        if self.rest_left() is not None:
            return False
        self._probing = self._opened_at is not None
        return True

    def succeeded(self) -> None:
        """Note that the peer answered, be it with a refusal."""
        self._failures, self._opened_at, self._probing = 0, None, False

    def failed(self) -> None:
        """Note that the peer did not answer; a failure of before the opening does not prolong the rest."""
        self._failures += 1
        if self._probing or (self._opened_at is None and self._failures >= self._rule.failures):
            self._opened_at = self._clock.now()
        self._probing = False

    def left(self) -> None:
        """Note that the attempt ended without telling anything of the peer."""
        self._probing = False

    def _resting(self) -> timedelta | None:
        if self._opened_at is None:
            return None
        # A clock that was moved back must not make the rest longer than the rule says.
        self._opened_at = min(self._opened_at, self._clock.now())
        left = self._opened_at + self._rule.rest - self._clock.now()
        return left if left > timedelta() else None
