"""The State Corporation's own steps of an application, recorded once each: processes of the flow, steps with terms.

Section 2 of an act lists what the State Corporation's employee does beside the numbered flow: take in, send, collect,
hand over (Karaganda, lines 1232-1253; Almaty region, lines 128-160). Their terms run in the department's hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from gateway.catalogue.flow import FlowStep
from gateway.catalogue.kinds import kind_of
from gateway.catalogue.load import Catalogue
from gateway.catalogue.procedure import ProcedureStep
from gateway.catalogue.terms import Body, Channel, Verb
from gateway.exchange.acceptance import SentBy
from gateway.flows.answers import RESULT_RECEIVED
from gateway.flows.applications import ApplicationRow
from gateway.flows.arm.operators import Operator
from gateway.flows.arm.steps import ArmSteps, arm_steps
from gateway.flows.steps import desk_steps
from gateway.journal import SYSTEM, Event, Journal, Kind, Outcome, Step
from gateway.store.database import Connection

HANDED_OVER = "result handed over"
"""The note of a result that the applicant, or the representative, has received."""
POWER_ASKED = "power of attorney asked about"
"""The note of a question to БНАЖ about a power of attorney that was first shown when the result was to be received."""
DISPATCHED = "documents dispatched"
"""The note of documents that went to the provider, where the act gives it no step."""

_AFTER_THE_RESULT = 1_000_001
"""The place of what the State Corporation does with a result, among events of one moment: after its arrival."""


@dataclass(frozen=True, slots=True)
class OwnStep:
    """A step of the procedure that the State Corporation does, with its term once it has begun."""

    step: ProcedureStep
    due_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Doing:
    """Who does a step, with which facts, and when: now, unless another moment is given."""

    actor: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    place: int = 0


class OwnSteps:
    """Records what the State Corporation does with an application, in the caller's transaction."""

    def __init__(self, catalogue: Catalogue, journal: Journal) -> None:
        self._catalogue = catalogue
        self._journal = journal

    def steps(self, application: ApplicationRow) -> ArmSteps:
        """Return which step of the application's flow is which."""
        return arm_steps(self._catalogue.service(application.service), self._kind(application))

    async def take(
        self,
        conn: Connection,
        application: ApplicationRow,
        step: FlowStep,
        *,
        flow: str,
        actor: str,
        facts: Mapping[str, Any] | None = None,
    ) -> bool:
        """Record a numbered step of the flow, once; tell whether it was not there yet."""
        return await self._take(conn, application, step, flow, _Doing(actor, facts or {}))

    async def accepted(self, conn: Connection, application: ApplicationRow, operator: Operator) -> None:
        """The documents were taken in: the verb accept of the procedure, and the receipt where a list has it."""
        steps = self.steps(application)
        await self._verb(conn, application, Verb.ACCEPT, steps.intake, _Doing(operator.actor))
        if steps.receipt is not None:
            await self.take(conn, application, steps.receipt, flow=steps.intake, actor=operator.actor)

    async def dispatched(
        self,
        conn: Connection,
        application: ApplicationRow,
        operator: Operator | None,
        *,
        medium: SentBy = SentBy.COURIER,
        at: datetime | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """The documents went to the provider, over the gateways or in a courier's register: process 6, the verb too.

        Without an operator nobody at a window is known to have sent them.
        """
        steps, told = self.steps(application), {**(facts or {}), "medium": medium.value}
        doing = _Doing(SYSTEM if operator is None else operator.actor, told, at)
        for step in steps.sending:
            await self._take(conn, application, step, steps.sent, doing)
        if not await self._verb(conn, application, Verb.DISPATCH, steps.sent, doing):
            await self._note(conn, application, DISPATCHED, steps.sent, doing)

    async def collected(self, conn: Connection, application: ApplicationRow, operator: Operator) -> None:
        """The result was collected from the provider."""
        flow = self.steps(application).sent
        await self._verb(conn, application, Verb.COLLECT, flow, _Doing(operator.actor, place=_AFTER_THE_RESULT))

    async def power_asked(
        self,
        conn: Connection,
        application: ApplicationRow,
        operator: Operator,
        outcome: Outcome,
        facts: Mapping[str, Any],
    ) -> None:
        """БНАЖ was asked about a power of attorney; as often as it is asked."""
        step = Step(self.steps(application).sent, Kind.NOTE, 0, outcome, {**facts, "step": POWER_ASKED})
        await self._journal.record(
            conn, step, application=application.number, actor=operator.actor, place=_AFTER_THE_RESULT
        )

    async def handed_over(
        self,
        conn: Connection,
        application: ApplicationRow,
        operator: Operator,
        facts: Mapping[str, Any] | None = None,
    ) -> bool:
        """The applicant has received the result: the flow's last process; False when that was recorded before."""
        steps, doing = self.steps(application), _Doing(operator.actor, place=_AFTER_THE_RESULT)
        if not await self._note(conn, application, HANDED_OVER, steps.sent, replace(doing, facts=facts or {})):
            return False
        if steps.handing_over is not None and not await self._was_refused(conn, application):
            await self._take(conn, application, steps.handing_over, steps.sent, doing)
        await self._verb(conn, application, Verb.HAND_OVER, steps.sent, doing)
        return True

    def due(self, application: ApplicationRow, verb: Verb, *, began: datetime, department: str) -> datetime | None:
        """Return until when the State Corporation does this, by the term of its step; None where the act has none."""
        step = self._step_with(application, verb)
        return None if step is None else self._deadline(application, step, began, department)

    def of(self, application: ApplicationRow, trail: Iterable[Event], department: str) -> tuple[OwnStep, ...]:
        """Return the State Corporation's steps of the procedure, each with its term and when it was done.

        A step begins when the one before it is over: the intake's own, or the provider's with the result's arrival.
        """
        kind, events = self._kind(application), tuple(trail)
        found: list[OwnStep] = []
        begins: datetime | None = application.created_at
        for step in self._path(application):
            if step.body_on(Channel.CORPORATION) is not Body.CORPORATION:
                begins = noted_at(events, RESULT_RECEIVED)
                continue
            due = None if begins is None else self._deadline(application, step, begins, department)
            last = step.acts(Channel.CORPORATION, kind)[-1].verb
            begins = done = _done_at(events, step.number, last)
            found.append(OwnStep(step, due, done))
        return tuple(found)

    async def _take(
        self, conn: Connection, application: ApplicationRow, step: FlowStep, flow: str, doing: _Doing
    ) -> bool:
        taken = Step(flow, Kind(step.kind.value), step.number, Outcome.DONE, doing.facts)
        return await self._record(conn, application, taken, f"{flow} {step.ref}", doing)

    async def _verb(self, conn: Connection, application: ApplicationRow, verb: Verb, flow: str, doing: _Doing) -> bool:
        """Record the step of the procedure in which the State Corporation does this, if the act has one."""
        step = self._step_with(application, verb)
        if step is None:
            return False
        done = Step(flow, Kind.PROCEDURE, step.number, Outcome.DONE, {**doing.facts, "verb": verb.value})
        await self._record(conn, application, done, f"procedure {step.number} {verb}", doing)
        return True

    async def _note(self, conn: Connection, application: ApplicationRow, note: str, flow: str, doing: _Doing) -> bool:
        step = Step(flow, Kind.NOTE, 0, Outcome.DONE, {**doing.facts, "step": note})
        return await self._record(conn, application, step, note, doing)

    async def _record(self, conn: Connection, application: ApplicationRow, step: Step, key: str, doing: _Doing) -> bool:
        """Record a step once, by its key; tell whether it was not there yet."""
        return await self._journal.record(
            conn, step, application=application.number, actor=doing.actor, at=doing.at, place=doing.place, key=key
        )

    def _kind(self, application: ApplicationRow) -> str | None:
        return kind_of(self._catalogue.service(application.service), application.fields)

    def _path(self, application: ApplicationRow) -> tuple[ProcedureStep, ...]:
        service = self._catalogue.service(application.service)
        return tuple(service.procedure(Channel.CORPORATION, self._kind(application)).path(Channel.CORPORATION))

    def _step_with(self, application: ApplicationRow, verb: Verb) -> ProcedureStep | None:
        kind = self._kind(application)
        own = (one for one in self._path(application) if one.body_on(Channel.CORPORATION) is Body.CORPORATION)
        acting = (step for step in own if any(one.verb is verb for one in step.acts(Channel.CORPORATION, kind)))
        return next(acting, None)

    def _deadline(self, application: ApplicationRow, step: ProcedureStep, began: datetime, department: str) -> datetime:
        """Return when the term of a step is over, in the department's hours."""
        hours = self._catalogue.office(department).hours
        return self._catalogue.calendar.deadline(began, step.term(Channel.CORPORATION, self._kind(application)), hours)

    async def _was_refused(self, conn: Connection, application: ApplicationRow) -> bool:
        """Whether the flow ended with the refusal, process 8: then process 9 is not taken."""
        refusal = desk_steps(self._catalogue.service(application.service), application).refusal
        if refusal is None:
            return False
        return await self._journal.last_outcome(conn, application.number, Kind.PROCESS, refusal.number) is not None


def noted_at(trail: Iterable[Event], note: str) -> datetime | None:
    """Return when a note was made, such as `HANDED_OVER`."""
    found = (event.at for event in trail if event.step.kind is Kind.NOTE and event.step.facts.get("step") == note)
    return next(found, None)


def _done_at(trail: tuple[Event, ...], number: int, verb: Verb) -> datetime | None:
    for event in trail:
        step = event.step
        if step.kind is Kind.PROCEDURE and step.number == number and step.facts.get("verb") == verb.value:
            return event.at
    return None
