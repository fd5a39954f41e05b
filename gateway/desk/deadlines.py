"""Deadlines of the procedure's places: late work is marked when the deadline passes, not when somebody looks.

The time that the applicant has for a condition is nobody's lateness. When it runs out, whoever listens to
`CONDITION_OVER` goes on with the case (`gateway.desk.condition`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from gateway.desk.case import CASE_COLUMNS, read_case
from gateway.desk.procedure import PlaceKind
from gateway.desk.telling import Telling
from gateway.journal import SYSTEM
from gateway.store import Store
from gateway.store.database import Connection

STEP_DUE: Final = "desk.step-due"
CONDITION_OVER: Final = "desk.condition-over"
_PASSED = timedelta(microseconds=1)
"""At the deadline itself the step is still in time."""

_BEGIN = """
INSERT INTO case_step (number, ordinal, step, step_kind, started_at, due_at)
VALUES ($1, 1 + (SELECT count(*) FROM case_step WHERE number = $1), $2, $3, $4, $5) RETURNING ordinal
"""
_FINISH = """
UPDATE case_step SET finished_at = $2, late = late OR ($2 > due_at AND step_kind = 'step')
WHERE number = $1 AND finished_at IS NULL RETURNING ordinal, step_kind, late
"""
_MOVE = """
UPDATE case_step SET due_at = $2 WHERE number = $1 AND finished_at IS NULL RETURNING ordinal, step_kind
"""
_STARTED = "SELECT started_at FROM case_step WHERE number = $1 AND finished_at IS NULL"
_MARK = """
UPDATE case_step SET late = true
WHERE number = $1 AND ordinal = $2 AND finished_at IS NULL AND NOT late AND due_at < $3 RETURNING step
"""


class Deadlines:
    """Begins and ends stays at steps and conditions, each with a timer for its deadline."""

    def __init__(self, store: Store, telling: Telling) -> None:
        self._store = store
        self._telling = telling
        store.jobs.on(STEP_DUE, self.mark_late)

    async def begin(
        self,
        conn: Connection,
        number: str,
        step: int,
        *,
        started: datetime,
        due: datetime,
        kind: PlaceKind = PlaceKind.STEP,
    ) -> None:
        """Record that a case stands at a step or a condition now, and set its timer."""
        ordinal = await conn.fetchval(_BEGIN, number, step, kind.value, started, due)
        await self._set_timer(conn, number, ordinal, kind, due)

    async def move(self, conn: Connection, number: str, due: datetime) -> None:
        """Give the place at which a case stands another deadline; what was late already stays late."""
        row = await conn.fetchrow(_MOVE, number, due)
        if row is not None:
            await self._set_timer(conn, number, row["ordinal"], PlaceKind(row["step_kind"]), due)

    async def started(self, conn: Connection, number: str) -> datetime:
        """Return since when a case stands at its place."""
        moment: datetime = await conn.fetchval(_STARTED, number)
        return moment

    async def finish(self, conn: Connection, number: str, at: datetime) -> bool:
        """Record that the place is left and return whether the office was late."""
        row = await conn.fetchrow(_FINISH, number, at)
        if row is None:
            return False
        name = _timer_of(PlaceKind(row["step_kind"]))
        await self._store.timers.cancel(conn, name=name, key=f"{number} {row['ordinal']}")
        if row["late"]:
            await conn.execute("UPDATE casefile SET late = true WHERE number = $1", number)
        return bool(row["late"])

    async def mark_late(self, payload: Mapping[str, Any]) -> None:
        """Mark a step whose deadline has passed; a step that was left in time stays as it is."""
        number, ordinal = payload["number"], payload["ordinal"]
        now = self._store.clock.now()
        async with self._store.database.transaction() as conn:
            row = await conn.fetchrow(f"SELECT {CASE_COLUMNS} FROM casefile WHERE number = $1 FOR UPDATE", number)  # noqa: S608 (a constant)
            if row is None:
                return
            step = await conn.fetchval(_MARK, number, ordinal, now)
            if step is None:
                return
            await conn.execute("UPDATE casefile SET late = true WHERE number = $1", number)
            case = read_case(row)
            facts: dict[str, Any] = {"late-step": step}
            if case.awaits_office != case.office:
                facts["office"] = case.awaits_office
            await self._telling.note(conn, case, facts, actor=SYSTEM)

    async def _set_timer(self, conn: Connection, number: str, ordinal: int, kind: PlaceKind, due: datetime) -> None:
        await self._store.timers.schedule(
            conn,
            name=_timer_of(kind),
            key=f"{number} {ordinal}",
            due_at=due + _PASSED,
            payload={"number": number, "ordinal": ordinal},
        )


def _timer_of(kind: PlaceKind) -> str:
    return CONDITION_OVER if kind is PlaceKind.CONDITION else STEP_DUE
