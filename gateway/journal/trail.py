"""An application's trail laid beside the flow that the act prescribes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.journal.events import Event, Kind, Outcome


class FlowStep(Protocol):
    """A numbered step as the catalogue states it."""

    @property
    def kind(self) -> str:
        """`process`, `condition` or `action`."""

    @property
    def number(self) -> int:
        """The number that the act gives the step."""

    @property
    def terminal(self) -> bool:
        """Whether the flow ends with it."""

    @property
    def on_fail(self) -> tuple[str, int] | None:
        """Kind and number of the step that a condition's failure leads to."""

    @property
    def on_pass(self) -> tuple[str, int] | None:
        """Kind and number of the step that follows a passed condition, where the act says so."""


@dataclass(frozen=True, slots=True)
class TrailVerdict:
    """Whether a trail follows its flow, whether it has come to an end, and what stands in the way if it does not."""

    follows: bool
    complete: bool
    steps: tuple[str, ...]
    problem: str = ""

    def __bool__(self) -> bool:
        return self.follows


_FITTING = {
    Kind.PROCESS: {Outcome.DONE},
    Kind.CONDITION: {Outcome.PASSED, Outcome.FAILED, Outcome.UNDETERMINED},
    Kind.ACTION: {Outcome.DONE},
}


def follows(trail: Iterable[Event], steps: Sequence[FlowStep], *, flow: str = "portal") -> TrailVerdict:
    """Say whether the numbered events of `trail` are a path through `steps`.

    A condition may be undetermined any number of times before it passes or fails, and may be judged again after it
    passed until the next process is done (condition 2 is repeated on what was signed). Procedure steps and notes lie
    between the numbered steps and are not looked at.
    """
    walk = _Walk(steps)
    walked: list[str] = []
    for event in trail:
        step = event.step
        if step.flow != flow or step.kind not in _FITTING:
            continue
        name = f"{step.kind} {step.number}"
        problem = walk.take(step.kind, step.number, step.outcome)
        walked.append(f"{name} {step.outcome}")
        if problem:
            return TrailVerdict(follows=False, complete=False, steps=tuple(walked), problem=problem)
    return TrailVerdict(follows=True, complete=walk.ended, steps=tuple(walked))


class _Walk:
    """A position in a flow: which steps may come next."""

    def __init__(self, steps: Sequence[FlowStep]) -> None:
        self._steps = steps
        self._expected = 0
        self._passed: int | None = None  # the condition just passed, which may be judged again
        self.ended = False

    def take(self, kind: Kind, number: int, outcome: Outcome) -> str:
        if self.ended:
            return f"{kind} {number} comes after the end of the flow"
        if outcome not in _FITTING[kind]:
            return f"a {kind} cannot be {outcome}"
        place = self._place(kind, number)
        if place is None:
            return f"the flow has no {kind} {number}"
        if place not in (self._expected, self._passed):
            expected = self._steps[self._expected]
            return f"{kind} {number} came where {expected.kind} {expected.number} was due"
        self._move(place, outcome)
        return ""

    def _place(self, kind: str, number: int) -> int | None:
        for place, step in enumerate(self._steps):
            if step.kind == kind and step.number == number:
                return place
        return None

    def _move(self, place: int, outcome: Outcome) -> None:
        step = self._steps[place]
        self._passed = None
        if outcome is Outcome.UNDETERMINED:
            self._expected = place
        elif outcome is Outcome.FAILED:
            self._expected = self._named(step.on_fail, place + 1)
        elif step.terminal or place + 1 == len(self._steps):
            self.ended = True
        elif outcome is Outcome.PASSED:
            self._passed = place
            self._expected = self._named(step.on_pass, self._after(place))
        else:
            self._expected = place + 1

    def _named(self, name: tuple[str, int] | None, otherwise: int) -> int:
        place = None if name is None else self._place(*name)
        return otherwise if place is None else place

    def _after(self, place: int) -> int:
        """Return the step after a passed condition: the process of its failure is left out."""
        refusals = {step.on_fail for step in self._steps if step.kind == Kind.CONDITION}
        following = place + 1
        while following < len(self._steps):
            step = self._steps[following]
            if (step.kind, step.number) not in refusals:
                return following
            following += 1
        return place
