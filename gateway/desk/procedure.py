"""The procedure as the catalogue states it: where a case stands, what comes next, at which body, until when."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.catalogue import (
    Action,
    Body,
    Catalogue,
    Channel,
    CountedFrom,
    Office,
    Procedure,
    ProcedureStep,
    Service,
    Verb,
    result_due,
)
from gateway.catalogue.procedure import Term


class PlaceKind(StrEnum):
    """Whether a place is in a step of the procedure or in a condition, which the applicant must fulfil."""

    STEP = "step"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a procedure: the step by its number, the action by its index among those done on the channel.

    Conditions are numbered beside the steps, so that condition 1 and step 1 are two places.
    """

    step: int
    action: int
    kind: PlaceKind = PlaceKind.STEP

    def is_in_step_of(self, other: Position) -> bool:
        """Tell whether both are in the same step or condition."""
        return (self.step, self.kind) == (other.step, other.kind)


class ProcedureOf:
    """The procedure of one service on one channel for one of its kinds, worked by one provider.

    The places are the desk's: what the State Corporation does before and after them it records itself. `counter` is the
    office that took the application in, where that was not the portal; `answers` are the values of its form, of which
    one may say which office of a body it is.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        service: Service,
        office: Office,
        channel: Channel,
        kind: str | None = None,
        *,
        counter: Office | None = None,
        answers: Mapping[str, str] | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._office = office
        self._counter = counter
        self._answers = answers
        self._service = service
        self._channel = channel
        self._kind = kind
        self.procedure: Procedure = service.procedure(channel, kind)
        self._places = [
            Position(step.number, index, PlaceKind(step.kind))
            for step in self.procedure.path(channel)
            for index, action in enumerate(step.acts(channel, kind))
            if (action.body or step.body_on(channel)) is not Body.CORPORATION
        ]

    @property
    def first(self) -> Position:
        """Return where a case begins."""
        return self._places[0]

    def step(self, position: Position) -> ProcedureStep:
        """Return the step or the condition at a position."""
        return self.procedure.step(position.step, position.kind.value)

    def action(self, position: Position) -> Action:
        """Return the action at a position."""
        return self.step(position).acts(self._channel, self._kind)[position.action]

    def body(self, position: Position) -> Body:
        """Return the body that does the action at a position."""
        return self.action(position).body or self.step(position).body_on(self._channel)

    def office(self, position: Position) -> Office:
        """Return the office that does the action at a position; raises `UnknownOffice` where the body has none.

        For what the applicant must do it is the office that waits for it: the one that took the application in.
        """
        return self.office_of(self.body(position))

    def office_of(self, body: Body) -> Office:
        """Return the office that stands for a body in this case; raises `UnknownOffice`."""
        if body is Body.APPLICANT:
            return self._counter or self._office
        return self._catalogue.body_of(self._office, body, self._counter, self._answers)

    def after(self, position: Position) -> Position | None:
        """Return the next position, or None at the end."""
        following = self._places.index(position) + 1
        return self._places[following] if following < len(self._places) else None

    def back_to(self, verb: Verb, before: Position, *, body: Body | None = None) -> Position | None:
        """Return the last position before `before` at which `verb` is due, at this body where one is given."""
        passed = self._places[: self._places.index(before)]
        fitting = (place for place in reversed(passed) if self.action(place).verb is verb)
        return next((place for place in fitting if body is None or self.body(place) is body), None)

    def on_to(self, verb: Verb, after: Position) -> Position | None:
        """Return the first position after `after` at which `verb` is due, if there is one."""
        coming = self._places[self._places.index(after) + 1 :]
        return next((place for place in coming if self.action(place).verb is verb), None)

    def due(
        self,
        position: Position,
        *,
        started: datetime,
        submitted: datetime,
        session: datetime | None = None,
        events: Collection[str] = (),
    ) -> datetime:
        """Return the deadline of the step at a position, in the hours of the office that does it.

        It is counted from the step's start, from the submission, or back from the commission's session; the step in
        which the commission sits runs from the session. `events` are those for which the act changes the term and that
        have happened.
        """
        calendar, hours = self._catalogue.calendar, self.office(position).hours
        term = self.step(position).term(self._channel, self._kind)
        changes = [one for one in self.changes(position) if one.when in events]
        for change in changes:
            if not change.extends:
                term = change.duration
        if term.counted_from is CountedFrom.BEFORE_SESSION and session is not None:
            return calendar.deadline_before(session, term, hours)
        start = submitted if term.counted_from is CountedFrom.SUBMISSION else started
        if session is not None and self._sits(position):
            start = max(start, session)
        due = calendar.deadline(start, term, hours)
        for change in changes:
            if change.extends:
                due = calendar.deadline(due, change.duration, hours)
        limit = None if changes else self._limit(submitted)
        return due if limit is None else min(due, limit)

    def changes(self, position: Position) -> tuple[Term, ...]:
        """Return the terms by which an event replaces or extends that of the step at a position."""
        return tuple(
            term
            for term in self.step(position).terms
            if term.when is not None and term.channel in (None, self._channel) and term.kind in (None, self._kind)
        )

    def own_due(self, position: Position, *, started: datetime) -> datetime | None:
        """Return the deadline of an action that has a term of its own beside its step's.

        Only the sending of the file has one (Karaganda, lines 1737-1739: 5 calendar days from the decision, while the
        head signs within minutes).
        """
        if self.action(position).verb is not Verb.SEND_FILE:
            return None
        for term in self.step(position).terms:
            if term.output is not None and term.when is None:
                return self._catalogue.calendar.deadline(started, term.duration, self.office(position).hours)
        return None

    def result_due(self, registered: datetime) -> datetime:
        """Return when the result is promised: by the act's total, or by its steps one after another."""
        hours, calendar = self._office.hours, self._catalogue.calendar
        return result_due(calendar, self._service, hours, self._channel, registered, kind=self._kind)

    def result_due_after(self, position: Position, due: datetime, *, submitted: datetime) -> datetime:
        """Return when the result is there if the step at a position ends when it is due: by the steps that follow."""
        path = self.procedure.path(self._channel)
        calendar, moment = self._catalogue.calendar, due
        for step in path[path.index(self.step(position)) + 1 :]:
            term = step.term(self._channel, self._kind)
            if step.body is Body.APPLICANT or term.counted_from is CountedFrom.BEFORE_SESSION:
                continue
            if term.counted_from is CountedFrom.SUBMISSION:
                moment = max(moment, calendar.deadline(submitted, term, self._office.hours))
            else:
                moment = calendar.deadline(moment, term, self._office.hours)
        return moment

    def summons_due(self, position: Position, session: datetime) -> datetime | None:
        """Return until when the commission's members must know of a session that is set at a position, if at all."""
        summons = self.on_to(Verb.SUMMON, position)
        if summons is None:
            return None
        return self.due(summons, started=session, submitted=session, session=session)

    def _limit(self, submitted: datetime) -> datetime | None:
        """Return the end of the act's total where the steps alone would run beyond it, and whichever is earlier binds.

        So it is read of a worker's permit (Karaganda, lines 3765-3778 and 3858-3862).
        """
        total = self._service.total(self._channel, self._kind)
        if total is None:
            return None
        hours, calendar = self._office.hours, self._catalogue.calendar
        limit, moment = calendar.deadline(submitted, total, hours), submitted
        for term in self.procedure.terms_that_add_up(self._channel, self._kind):
            moment = calendar.deadline(moment, term, hours)
        return limit if limit < moment else None

    def _sits(self, position: Position) -> bool:
        """Tell whether the commission sits in the step at a position."""
        acts = self.step(position).acts(self._channel, self._kind)
        return any(action.verb is Verb.RECOMMEND for action in acts)
