"""The provider's procedure as the catalogue states it: where a case stands, what comes next, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.catalogue import (
    Action,
    Catalogue,
    Channel,
    CountedFrom,
    Duration,
    Office,
    Procedure,
    ProcedureStep,
    Service,
    Verb,
)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a procedure: the step by its number, the action by its index within the step."""

    step: int
    action: int


class ProcedureOf:
    """The procedure of one service for one channel, with the deadlines of one office."""

    def __init__(self, catalogue: Catalogue, service: Service, office: Office, channel: Channel) -> None:
        self._calendar = catalogue.calendar
        self._hours = office.hours
        self._total = service.total(channel)
        self.procedure: Procedure = service.procedure(channel)

    @property
    def first(self) -> Position:
        """Return where a case begins."""
        return Position(1, 0)

    def step(self, position: Position) -> ProcedureStep:
        """Return the step at a position."""
        return self.procedure.step(position.step)

    def action(self, position: Position) -> Action:
        """Return the action at a position."""
        return self.step(position).actions[position.action]

    def after(self, position: Position) -> Position | None:
        """Return the next position, or None at the end."""
        if position.action + 1 < len(self.step(position).actions):
            return Position(position.step, position.action + 1)
        if position.step < len(self.procedure.steps):
            return Position(position.step + 1, 0)
        return None

    def back_to(self, verb: Verb, before: Position) -> Position | None:
        """Return the last position before `before` at which `verb` is due, if there is one."""
        found = None
        for step in self.procedure.steps:
            for index, action in enumerate(step.actions):
                position = Position(step.number, index)
                if position < before and action.verb is verb:
                    found = position
        return found

    def due(self, position: Position, *, started: datetime, submitted: datetime) -> datetime:
        """Return the deadline of the step at a position, counted from its start or from the submission."""
        duration = self.step(position).duration
        start = submitted if duration.counted_from is CountedFrom.SUBMISSION else started
        return self._calendar.deadline(start, duration, self._hours)

    def result_due(self, registered: datetime) -> datetime:
        """Return when the result is promised: by the act's total, or by its steps one after another."""
        if self._total is not None:
            return self._deadline(registered, self._total)
        due = registered
        for step in self.procedure.steps:
            due = self._deadline(due, step.duration)
        return due

    def _deadline(self, start: datetime, duration: Duration) -> datetime:
        return self._calendar.deadline(start, duration, self._hours)
