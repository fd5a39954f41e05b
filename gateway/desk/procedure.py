"""The provider's procedure as the catalogue states it: where a case stands, what comes next, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.catalogue import (
    Action,
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


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a procedure: the step by its number, the action by its index among those done on the channel."""

    step: int
    action: int


class ProcedureOf:
    """The procedure of one service on one channel for one of its kinds, with the deadlines of one office."""

    def __init__(
        self, catalogue: Catalogue, service: Service, office: Office, channel: Channel, kind: str | None = None
    ) -> None:
        self._calendar = catalogue.calendar
        self._hours = office.hours
        self._service = service
        self._channel = channel
        self._kind = kind
        self.procedure: Procedure = service.procedure(channel, kind)
        self._places = [
            Position(step.number, index)
            for step in self.procedure.path(channel)
            for index in range(len(step.acts(channel, kind)))
        ]

    @property
    def first(self) -> Position:
        """Return where a case begins."""
        return self._places[0]

    def step(self, position: Position) -> ProcedureStep:
        """Return the step at a position."""
        return self.procedure.step(position.step)

    def action(self, position: Position) -> Action:
        """Return the action at a position."""
        return self.step(position).acts(self._channel, self._kind)[position.action]

    def after(self, position: Position) -> Position | None:
        """Return the next position, or None at the end."""
        following = self._places.index(position) + 1
        return self._places[following] if following < len(self._places) else None

    def back_to(self, verb: Verb, before: Position) -> Position | None:
        """Return the last position before `before` at which `verb` is due, if there is one."""
        passed = self._places[: self._places.index(before)]
        return next((place for place in reversed(passed) if self.action(place).verb is verb), None)

    def due(self, position: Position, *, started: datetime, submitted: datetime) -> datetime:
        """Return the deadline of the step at a position, counted from its start or from the submission."""
        term = self.step(position).term(self._channel, self._kind)
        start = submitted if term.counted_from is CountedFrom.SUBMISSION else started
        return self._calendar.deadline(start, term, self._hours)

    def result_due(self, registered: datetime) -> datetime:
        """Return when the result is promised: by the act's total, or by its steps one after another."""
        return result_due(self._calendar, self._service, self._hours, self._channel, registered, kind=self._kind)
