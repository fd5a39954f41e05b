"""The numbered flow of one channel, as the act lists it: processes and conditions, or plain actions."""

from __future__ import annotations

from typing import Annotated, NamedTuple, Self

from pydantic import Field, PlainSerializer, PlainValidator, model_validator

from gateway.catalogue.citation import Cited
from gateway.catalogue.terms import (
    Channel,
    Check,
    Duration,
    HandOver,
    Identifier,
    LinesOf,
    Party,
    StepKind,
    Strict,
    Wording,
)
from gateway.texts import Text


class StepRef(NamedTuple):
    """The name of a step inside one flow, such as process 4."""

    kind: StepKind
    number: int

    @classmethod
    def parse(cls, value: object) -> StepRef:
        """Read `process 4`; raises `ValueError`."""
        if isinstance(value, StepRef):
            return value
        kind, _, number = str(value).partition(" ")
        if kind not in tuple(StepKind) or not number.isdecimal():
            raise ValueError("expected the name of a step, such as `process 4`")
        return cls(StepKind(kind), int(number))

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


StepName = Annotated[StepRef, PlainValidator(StepRef.parse), PlainSerializer(str)]


class NumberedStep(Strict):
    """A process, condition or action of a flow, wherever in the acts it stands."""

    kind: StepKind
    number: Annotated[int, Field(ge=1, le=20)]
    party: Party
    text: Wording
    check: Check | None = None
    on_fail: StepName | None = None
    on_pass: StepName | None = None
    terminal: bool = False
    hand_over: HandOver | None = None
    ground: Identifier | None = None
    """The ground of refusal (`gateway.results`) that stands for this condition's failure at the provider."""
    courier: bool = False
    """The step may send the package of documents to the provider on paper by courier instead."""

    @property
    def ref(self) -> StepRef:
        """Return the step's name inside its flow."""
        return StepRef(self.kind, self.number)

    @model_validator(mode="after")
    def _condition_decides(self) -> Self:
        if (self.kind is StepKind.CONDITION) != (self.check is not None and self.on_fail is not None):
            raise ValueError("expected check and on_fail for a condition, and neither for another step")
        if (self.ground is not None) != (self.kind is StepKind.CONDITION and self.party is Party.DESK):
            raise ValueError("expected a ground of refusal for a condition of the desk, and for no other step")
        if self.courier and (self.kind, self.party) != (StepKind.PROCESS, Party.CHANNELS):
            raise ValueError("expected a courier for a process of the channels, and for no other step")
        return self


class FlowStep(Cited, NumberedStep):
    """One numbered step of a service's flow, at its lines."""

    duration: Duration | None = None
    unnumbered: bool = False
    """The act lost the number, or prints the item of its list without one; the number here is ours."""


class FlowWords(Strict):
    """What the act calls the kinds of steps (the acts say үдеріс or процесс); a bare list has no word for its items."""

    process: Wording | None = None
    condition: Wording | None = None
    action: Wording | None = None

    def of(self, kind: StepKind) -> Text | None:
        """Return the word for a kind of step, if the act has one."""
        words: Text | None = getattr(self, kind.value)
        return words


class Flow(Strict):
    """The numbered flow of one channel; `kinds` names the kinds of the service that it serves, all when empty.

    `skips` names the numbers that the act's own list leaves out.
    """

    id: Identifier
    channel: Channel
    kinds: tuple[Identifier, ...] = ()
    variant: Identifier | None = None
    lines: LinesOf
    words: FlowWords
    registration: Cited | None = None
    skips: tuple[StepName, ...] = ()
    steps: Annotated[tuple[FlowStep, ...], Field(min_length=1)]

    def step(self, kind: StepKind, number: int) -> FlowStep:
        """Return the step of this kind and number; raises `KeyError`."""
        for step in self.steps:
            if step.kind is kind and step.number == number:
                return step
        raise KeyError(f"{kind} {number}")

    def condition(self, check: Check) -> FlowStep | None:
        """Return the first condition that is decided by `check`, if the flow has one."""
        return next((step for step in self.steps if step.check is check), None)

    def registration_step(self) -> FlowStep:
        """Return the step in which the provider's desk takes the application in: its first process or action.

        Raises `KeyError` for a flow that never comes to the desk.
        """
        for step in self.steps:
            if step.party is Party.DESK and step.kind is not StepKind.CONDITION:
                return step
        raise KeyError(f"{self.id} has no step of the desk")

    def examination_step(self) -> FlowStep | None:
        """Return the condition that the provider's desk decides; a list of actions has none."""
        at_the_desk = (step for step in self.steps if step.party is Party.DESK)
        return next((step for step in at_the_desk if step.kind is StepKind.CONDITION), None)

    def result_step(self) -> FlowStep:
        """Return the step that gives the result: where the desk's condition leads when it passes, or the last action.

        Raises `KeyError` for a flow that says neither.
        """
        examination = self.examination_step()
        if examination is None:
            for step in reversed(self.steps):
                if step.terminal:
                    return step
        elif examination.on_pass is not None:
            return self.step(*examination.on_pass)
        raise KeyError(f"{self.id} does not say how the service ends")

    def refusal_step(self) -> FlowStep | None:
        """Return the step that refuses when the desk's condition fails; a list of actions has none."""
        examination = self.examination_step()
        if examination is None or examination.on_fail is None:
            return None
        return self.step(*examination.on_fail)

    def label(self, step: FlowStep) -> Text:
        """Return what the act calls the step, such as «4-үдеріс»."""
        word = self.words.of(step.kind)
        if word is None:
            return Text(f"{step.number})", f"{step.number})", f"{step.number})")
        return Text(f"{step.number}-{word.kk}", f"{word.ru} {step.number}", f"{word.en} {step.number}")

    @model_validator(mode="after")
    def _numbers_run_on(self) -> Self:
        for kind in StepKind:
            numbers = [step.number for step in self.steps if step.kind is kind]
            known = sorted([*numbers, *(skipped.number for skipped in self.skips if skipped.kind is kind)])
            if numbers != sorted(numbers) or known != list(range(1, len(known) + 1)):
                raise ValueError(f"expected {kind} numbers that run on from 1, found {numbers}")
        refs = {step.ref for step in self.steps}
        for step in self.steps:
            for target in (step.on_fail, step.on_pass):
                if target is not None and target not in refs:
                    raise ValueError(f"expected a step of this flow, found {target} at {step.ref}")
        return self
