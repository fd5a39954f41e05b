"""Condition 3 where it is a question to the state databases (Karaganda act, lines 1392-1397).

The desk asks under its own name. Data of the applicant: the condition passed. A signed answer that there are none: it
failed, and the procedure leads to a refusal. No answer that proves anything: undetermined, and it is asked again.

Where no condition of a flow depends on the answer, as on paper, which passes no flow, the answer is evidence for the
executor, who decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import asyncpg

from gateway.catalogue import Catalogue, Check
from gateway.desk.case import CASE_COLUMNS, Case, CheckResult, read_case
from gateway.desk.ports import NotOnRecord, RegisterSilent, StateRecord, StateRegister
from gateway.desk.telling import Telling, Told, chain_of, condition_of
from gateway.identity.numbers import Bin
from gateway.journal import SYSTEM, Kind, Outcome, Step
from gateway.store import Store
from gateway.store.database import Connection

ASK: Final = "desk.ask-state-data"
_WAITING = f"""
SELECT {CASE_COLUMNS} FROM casefile
WHERE number = $1 AND state = 'open' AND (
    check_result = 'waiting' OR NOT EXISTS (SELECT FROM case_evidence WHERE case_evidence.number = casefile.number)
)
"""  # noqa: S608 (a constant)
"""An application about which an answer is still wanted, for condition 3 or for evidence."""
_FIRST_WAIT = timedelta(seconds=15)
_LONGEST_WAIT = timedelta(minutes=30)


def first_question(number: str) -> dict[str, Any]:
    """Return the payload of the job that asks for the first time."""
    return {"number": number, "attempt": 1}


def wait_after(attempt: int) -> timedelta:
    """Return the wait before the next question: 15 s · 2^(attempt-1), at most half an hour."""
    return min(_FIRST_WAIT * (1 << min(attempt - 1, 20)), _LONGEST_WAIT)


class StateData:
    """Asks the registers about applicants and keeps what they answered as evidence."""

    def __init__(
        self,
        *,
        store: Store,
        catalogue: Catalogue,
        telling: Telling,
        persons: StateRegister,
        organisations: StateRegister,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._telling = telling
        self._persons = persons
        self._organisations = organisations
        store.jobs.on(ASK, self.condition_3_obtain_state_data)

    async def condition_3_obtain_state_data(self, payload: Mapping[str, Any]) -> None:
        """Ask once about a case's applicant and record what came of it."""
        number, attempt = payload["number"], int(payload["attempt"])
        case = await self._waiting(number)
        if case is None:
            return
        register = self._organisations if isinstance(case.applicant, Bin) else self._persons
        try:
            answer = await register.look_up(case.applicant)
        except RegisterSilent as silence:
            await self._repeat_later(number, attempt, register.name, silence)
            return
        async with self._store.database.transaction() as conn:
            locked = await _lock_waiting(conn, number)
            if locked is not None:
                await self._decide(conn, locked, register.name, answer)

    async def _decide(self, conn: Connection, case: Case, register: str, answer: StateRecord | NotOnRecord) -> None:
        found = isinstance(answer, StateRecord)
        digest = await self._store.blobs.put(conn, answer.answer, media_type="application/xml")
        await conn.execute(
            "INSERT INTO case_evidence (number, register, at, found, facts, answer) VALUES ($1, $2, $3, $4, $5, $6)",
            case.number,
            register,
            self._store.clock.now(),
            found,
            dict(answer.facts) if isinstance(answer, StateRecord) else {},
            digest,
        )
        if not self._decides(case):
            facts = {"register": register, "found": found, "evidence": digest}
            await self._telling.note(conn, case, facts, actor=SYSTEM)
            return
        await conn.execute(
            "UPDATE casefile SET check_result = $2, version = version + 1 WHERE number = $1",
            case.number,
            (CheckResult.PASSED if found else CheckResult.FAILED).value,
        )
        outcome = Outcome.PASSED if found else Outcome.FAILED
        await self._record(conn, case, outcome, {"register": register, "evidence": digest})

    async def _repeat_later(self, number: str, attempt: int, register: str, silence: RegisterSilent) -> None:
        """Record that the condition is undetermined; the channels are told the first time only."""
        async with self._store.database.transaction() as conn:
            case = await _lock_waiting(conn, number)
            if case is None:
                return
            facts = {**silence.facts, "register": register, "code": silence.code, "attempt": attempt}
            if self._decides(case):
                await self._record(conn, case, Outcome.UNDETERMINED, facts, tell=attempt == 1)
            elif attempt == 1:
                await self._telling.note(conn, case, facts, actor=SYSTEM)
            await self._store.timers.schedule(
                conn,
                name=ASK,
                key=number,
                due_at=self._store.clock.now() + wait_after(attempt),
                payload={"number": number, "attempt": attempt + 1},
            )

    async def _record(
        self, conn: Connection, case: Case, outcome: Outcome, facts: Mapping[str, Any], *, tell: bool = True
    ) -> None:
        service = self._catalogue.service(case.service)
        condition = condition_of(service, case, Check.STATE_DATA)
        assert condition is not None
        step = Step(case.flow, Kind.CONDITION, condition.number, outcome, facts)
        if tell:
            said = Told(facts={name: str(value) for name, value in facts.items() if name != "evidence"})
            await self._telling.step(conn, chain_of(case, service), step, told=said)
        else:
            await self._telling.record(conn, case.number, step)

    def _decides(self, case: Case) -> bool:
        """Tell whether a condition of the case's flow waits for the answer."""
        condition = condition_of(self._catalogue.service(case.service), case, Check.STATE_DATA)
        return condition is not None and case.check_result is CheckResult.WAITING

    async def _waiting(self, number: str) -> Case | None:
        return _read_waiting(await self._store.database.fetchrow(_WAITING, number))


async def _lock_waiting(conn: Connection, number: str) -> Case | None:
    return _read_waiting(await conn.fetchrow(f"{_WAITING} FOR UPDATE", number))


def _read_waiting(row: asyncpg.Record | None) -> Case | None:
    return None if row is None else read_case(row)
