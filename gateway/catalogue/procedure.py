"""The procedure inside the provider and the bodies around it: steps with role, term and actions."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from gateway.catalogue.citation import Cited
from gateway.catalogue.terms import (
    Body,
    Channel,
    CountedFrom,
    Duration,
    Identifier,
    LinesOf,
    Outcome,
    Role,
    Strict,
    Verb,
    Wording,
    is_for,
)


class Action(Strict):
    """One action of a procedure step, with the role that may do it; `body` where it is not the step's own.

    With `channels` or `kinds` it is done on those channels, for those kinds of the service alone.
    """

    verb: Verb
    role: Role
    body: Body | None = None
    channels: tuple[Channel, ...] = ()
    kinds: tuple[Identifier, ...] = ()


class Elsewhere(Strict):
    """On this channel the step is done at another body (the rural akim's clerk instead of the provider's)."""

    channel: Channel
    body: Body


class Term(Strict):
    """Another duration of a step: on a channel, for a kind of the service, for an output, or when something happens.

    `output` names a result of the service or what else comes out of the step; `when` names the event that changes or
    extends the term, such as `documents-incomplete`, and `text` says it in words.
    """

    channel: Channel | None = None
    kind: Identifier | None = None
    output: Identifier | None = None
    when: Identifier | None = None
    extends: bool = False
    """Added to the step's own term instead of replacing it."""
    text: Wording | None = None
    duration: Duration
    lines: LinesOf

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if self.channel is None and self.kind is None and self.output is None and self.when is None:
            raise ValueError("expected at least one of channel, kind, output and when")
        return self


class ProcedureStep(Cited):
    """One step of a procedure, with its duration and the actions it joins.

    Without `channels` it is done on every channel of the procedure. A `condition` is a step in which the applicant must
    do something; `on_fail` is what the application ends in otherwise, `documents` what the applicant brings for it.
    `within` names the procedure that this step stands for as a whole.
    """

    kind: Literal["step", "condition"] = "step"
    number: Annotated[int, Field(ge=1, le=30)]
    body: Body = Body.PROVIDER
    elsewhere: tuple[Elsewhere, ...] = ()
    channels: tuple[Channel, ...] = ()
    role: Role
    duration: Duration
    terms: tuple[Term, ...] = ()
    outcome: Cited | None = None
    actions: Annotated[tuple[Action, ...], Field(min_length=1)]
    on_fail: Outcome | None = None
    documents: tuple[Identifier, ...] = ()
    within: Identifier | None = None

    def body_on(self, channel: Channel) -> Body:
        """Return the body that does the step on a channel."""
        return next((one.body for one in self.elsewhere if one.channel is channel), self.body)

    def acts(self, channel: Channel, kind: str | None = None) -> tuple[Action, ...]:
        """Return the actions that are done on a channel for a kind of the service."""
        return tuple(one for one in self.actions if is_for(one.channels, channel) and is_for(one.kinds, kind))

    def term(self, channel: Channel, kind: str | None = None) -> Duration:
        """Return the step's duration on a channel for a kind of the service."""
        for one in self.terms:
            fits = one.channel in (None, channel) and one.kind in (None, kind)
            if fits and one.output is None and one.when is None:
                return one.duration
        return self.duration

    @model_validator(mode="after")
    def _condition_fails(self) -> Self:
        if (self.kind == "condition") != (self.on_fail is not None):
            raise ValueError("expected on_fail for a condition, and for no other step")
        if self.documents and self.kind != "condition":
            raise ValueError("expected documents of a condition, found some at a step")
        return self


class Order(Strict):
    """The order in which a channel's steps are done, where it is not that of their numbers."""

    channel: Channel
    steps: Annotated[tuple[int, ...], Field(min_length=2)]
    lines: LinesOf


class Repetition(Strict):
    """The paragraph in which the act describes the same procedure again."""

    paragraph: Annotated[int, Field(ge=1)]
    lines: LinesOf


class Procedure(Strict):
    """The steps for some channels and, where the service has kinds, for some of them."""

    id: Identifier
    title: Cited | None = None
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    kinds: tuple[Identifier, ...] = ()
    paragraph: Annotated[int, Field(ge=1)]
    lines: LinesOf
    repeated: Repetition | None = None
    orders: tuple[Order, ...] = ()
    steps: Annotated[tuple[ProcedureStep, ...], Field(min_length=1)]

    def step(self, number: int, kind: Literal["step", "condition"] = "step") -> ProcedureStep:
        """Return the step, or the condition, of this number; raises `KeyError`."""
        for step in self.steps:
            if step.number == number and step.kind == kind:
                return step
        raise KeyError(f"{kind} {number}")

    def path(self, channel: Channel) -> tuple[ProcedureStep, ...]:
        """Return the steps that are done on a channel, in the order in which they are done."""
        done = tuple(step for step in self.steps if is_for(step.channels, channel))
        order = next((one.steps for one in self.orders if one.channel is channel), None)
        if order is None:
            return done
        return tuple(sorted(done, key=lambda step: order.index(step.number)))

    def terms_that_add_up(self, channel: Channel, kind: str | None = None) -> tuple[Duration, ...]:
        """Return the terms that make up the way to the result, in order.

        Time that the applicant takes, and steps counted back from a session, add nothing.
        """
        terms = (step.term(channel, kind) for step in self.path(channel) if step.body is not Body.APPLICANT)
        return tuple(term for term in terms if term.counted_from is not CountedFrom.BEFORE_SESSION)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        for kind in ("step", "condition"):
            numbers = [step.number for step in self.steps if step.kind == kind]
            if numbers != list(range(1, len(numbers) + 1)):
                raise ValueError(f"expected {kind} numbers that run on from 1, found {numbers}")
        for step in self.steps:
            named = {*step.channels, *(one.channel for one in step.elsewhere)}
            named |= {term.channel for term in step.terms if term.channel is not None}
            named |= {channel for action in step.actions for channel in action.channels}
            if not named <= set(self.channels):
                raise ValueError(f"expected channels of this procedure at {step.kind} {step.number}")
        for order in self.orders:
            done = [step.number for step in self.steps if is_for(step.channels, order.channel)]
            if order.channel not in self.channels or sorted(order.steps) != sorted(done):
                raise ValueError(f"expected every step of {order.channel} once in its order, found {order.steps}")
        return self
