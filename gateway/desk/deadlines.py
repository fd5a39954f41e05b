"""Deadlines of the procedure's steps: late work is marked when the deadline passes, not when somebody looks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from gateway.desk.case import CASE_COLUMNS, read_case
from gateway.desk.telling import Telling
from gateway.journal import SYSTEM
from gateway.store import Store
from gateway.store.database import Connection

STEP_DUE: Final = "desk.step-due"
_PASSED = timedelta(microseconds=1)
"""At the deadline itself the step is still in time."""

_BEGIN = """
INSERT INTO case_step (number, ordinal, step, started_at, due_at)
VALUES ($1, 1 + (SELECT count(*) FROM case_step WHERE number = $1), $2, $3, $4) RETURNING ordinal
"""
_FINISH = """
UPDATE case_step SET finished_at = $2, late = late OR $2 > due_at
WHERE number = $1 AND finished_at IS NULL RETURNING ordinal, late
"""
_MARK = """
UPDATE case_step SET late = true
WHERE number = $1 AND ordinal = $2 AND finished_at IS NULL AND NOT late AND due_at < $3 RETURNING step
"""


class Deadlines:
    """Begins and ends stays at steps, each with a timer that marks it late."""

    def __init__(self, store: Store, telling: Telling) -> None:
        self._store = store
        self._telling = telling
        store.jobs.on(STEP_DUE, self.mark_late)

    async def begin(self, conn: Connection, number: str, step: int, *, started: datetime, due: datetime) -> None:
        """Record that a case stands at a step now, and set its timer."""
        ordinal = await conn.fetchval(_BEGIN, number, step, started, due)
        await self._store.timers.schedule(
            conn,
            name=STEP_DUE,
            key=f"{number} {ordinal}",
            due_at=due + _PASSED,
            payload={"number": number, "ordinal": ordinal},
        )

    async def finish(self, conn: Connection, number: str, at: datetime) -> bool:
        """Record that the step is left and return whether it was late."""
        row = await conn.fetchrow(_FINISH, number, at)
        if row is None:
            return False
        await self._store.timers.cancel(conn, name=STEP_DUE, key=f"{number} {row['ordinal']}")
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
            await self._telling.note(conn, read_case(row), {"late-step": step}, actor=SYSTEM)
