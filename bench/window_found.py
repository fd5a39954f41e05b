"""What the windows' browsers met, and what it comes to: waits while alone and under load, and what was not taken in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ACCEPTS: Final = "POST /intakes/…/sign"
"""The request that brings the signed application; the answer to it says that it is taken in."""
_TAKEN_LATE: Final = 1.0
"""Seconds by which a window may come to a visitor later than planned."""


class Phase(StrEnum):
    """In this order; each is told when it is over."""

    READY = "ready"
    """Everybody is signed in, and templates and caches are warm."""
    ALONE = "alone"
    """One intake after another while nothing else happens."""
    RAMP = "ramp"
    """The first period under load: one window after another has begun."""
    WORK = "work"
    """All windows at their pace; what they have in hand at its end is brought to an end, unmeasured."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: from its sending until the head of its answer was there; status 0 when none came.

    `at` is the machine's monotonic clock.
    """

    label: str
    at: float
    seconds: float
    status: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a visit: its number, or why none; `began` is monotonic, `late` how late the window came to it."""

    phase: Phase
    service: str
    began: float
    late: float
    number: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What all windows met; `over` tells when each phase was."""

    asked: tuple[Asked, ...]
    taken: tuple[Taken, ...]
    over: dict[Phase, float]

    @property
    def numbers(self) -> frozenset[str]:
        """The applications that were taken in."""
        return frozenset(one.number for one in self.taken if one.number)

    @property
    def errors(self) -> tuple[str, ...]:
        """Why visits ended without a number, in any phase."""
        return tuple(one.error for one in self.taken if one.error)

    @property
    def late(self) -> tuple[float, ...]:
        """Seconds of the intakes that began later than planned, since the window was not done with the one before."""
        return tuple(one.late for one in self.taken if one.phase is Phase.WORK and one.late > _TAKEN_LATE)

    def waits(self, phase: Phase, label: str | None = None) -> Waits:
        """Return the waits of a phase, of one kind of request or of all."""
        before = {Phase.ALONE: Phase.READY, Phase.RAMP: Phase.ALONE, Phase.WORK: Phase.RAMP}[phase]
        begin, end = self.over[before], self.over[phase]
        return Waits(
            [
                1000 * one.seconds
                for one in self.asked
                if begin <= one.at < end and (one.label == label or label is None)
            ]
        )

    def labels(self) -> list[str]:
        """Return the kinds of requests of the work, the slowest first."""
        kinds = {one.label for one in self.asked if one.at >= self.over[Phase.ALONE]}
        return sorted(kinds, key=lambda kind: -self.waits(Phase.WORK, kind).of(0.95))


class Waits:
    """Milliseconds of many requests."""

    def __init__(self, milliseconds: Sequence[float]) -> None:
        self._ordered = sorted(milliseconds)

    def __len__(self) -> int:
        return len(self._ordered)

    def of(self, share: float) -> float:
        """Return the wait that this share of the requests did not exceed; 0 when there were none."""
        if not self._ordered:
            return 0.0
        return self._ordered[min(int(share * len(self._ordered)), len(self._ordered) - 1)]
