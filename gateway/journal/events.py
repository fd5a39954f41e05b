"""The journal: every numbered step of every application leaves an event that is never changed.

A participant (the channels, the desk) has one journal in its own schema. Key on (flow, kind, number): process 4 is one
thing in the portal flow and another in the ARM flow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import asyncpg

from gateway.clock import Clock
from gateway.store import Database
from gateway.store.database import Connection

SYSTEM = "system"
"""The actor of what no person did."""


class Kind(StrEnum):
    """What an event is about."""

    PROCESS = "process"
    CONDITION = "condition"
    ACTION = "action"
    """An item of a flow that the act gives as a plain list, without processes and conditions."""
    PROCEDURE = "procedure"
    """A step inside the provider (section 2 of an act)."""
    NOTE = "note"
    """Something worth keeping that the regulation does not number; its number is 0."""


class Outcome(StrEnum):
    """How a step ended."""

    DONE = "done"
    PASSED = "passed"
    FAILED = "failed"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a flow with its outcome; `facts` hold codes, times and digests, never a person's data in clear."""

    flow: str
    kind: Kind
    number: int
    outcome: Outcome
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """A step as it was recorded: who did it and when."""

    id: int
    application: str | None
    step: Step
    at: datetime
    actor: str

    def to_json(self) -> dict[str, Any]:
        """Return the event as a row of a trail for programs."""
        step = self.step
        return {
            "application": self.application,
            "flow": step.flow,
            "kind": step.kind.value,
            "number": step.number,
            "outcome": step.outcome.value,
            "at": self.at.isoformat(),
            "actor": self.actor,
            "facts": dict(step.facts),
        }


_INSERT = """
INSERT INTO event (application, session, person, flow, kind, number, outcome, at, actor, facts, place, key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (application, key) WHERE key IS NOT NULL DO NOTHING
RETURNING id
"""
_COPY_LOGIN = """
INSERT INTO event (application, session, person, flow, kind, number, outcome, at, actor, facts, key)
SELECT $2, session, person, flow, kind, number, outcome, at, actor, facts, 'session event ' || id
FROM event WHERE session = $1 AND application IS NULL ORDER BY id
ON CONFLICT (application, key) WHERE key IS NOT NULL DO NOTHING
"""
_COLUMNS = "id, application, flow, kind, number, outcome, at, actor, facts"


class Journal:
    """The events of one participant."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def record(
        self,
        conn: Connection,
        step: Step,
        *,
        application: str | None = None,
        session: str | None = None,
        person: str | None = None,
        actor: str = SYSTEM,
        at: datetime | None = None,
        place: int = 0,
        key: str | None = None,
    ) -> bool:
        """Add an event in the caller's transaction; False when the application already has one of this `key`.

        `place` orders events that happened at the same moment (the sequence of a notice from the desk).
        """
        written = await conn.fetchval(
            _INSERT,
            application,
            session,
            person,
            step.flow,
            step.kind.value,
            step.number,
            step.outcome.value,
            at or self._clock.now(),
            actor,
            dict(step.facts),
            place,
            key,
        )
        return written is not None

    async def copy_session(self, conn: Connection, *, session: str, application: str) -> None:
        """Copy what preceded an application in its session (process 1, condition 1) to the application's trail."""
        await conn.execute(_COPY_LOGIN, session, application)

    async def last_outcome(self, conn: Connection, application: str, kind: Kind, number: int) -> Outcome | None:
        """Return how a step of an application ended when it was last taken, if it was."""
        outcome = await conn.fetchval(
            "SELECT outcome FROM event WHERE application = $1 AND kind = $2 AND number = $3 "
            "ORDER BY at DESC, place DESC, id DESC LIMIT 1",
            application,
            kind.value,
            number,
        )
        return None if outcome is None else Outcome(outcome)

    async def trail(self, application: str) -> tuple[Event, ...]:
        """Return the events of an application in the order in which they happened."""
        rows = await self._database.fetch(
            f"SELECT {_COLUMNS} FROM event WHERE application = $1 ORDER BY at, place, id",  # noqa: S608 (a constant)
            application,
        )
        return tuple(_event(row) for row in rows)

    async def events_of_person(self, person: str) -> tuple[Event, ...]:
        """Return the events that were recorded against a person's keyed hash, oldest first."""
        rows = await self._database.fetch(
            f"SELECT {_COLUMNS} FROM event WHERE person = $1 ORDER BY id",  # noqa: S608 (a constant)
            person,
        )
        return tuple(_event(row) for row in rows)


def _event(row: asyncpg.Record) -> Event:
    step = Step(row["flow"], Kind(row["kind"]), row["number"], Outcome(row["outcome"]), row["facts"])
    return Event(row["id"], row["application"], step, row["at"], row["actor"])
