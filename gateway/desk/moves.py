"""Claim, release, assign and return: each hands work from one to another and is a right of its own."""

from __future__ import annotations

from gateway.catalogue import Catalogue, Role, Verb
from gateway.desk.case import Case
from gateway.desk.deadlines import Deadlines
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.permissions import (
    RETURNS,
    Move,
    check_free,
    check_open,
    check_own,
)
from gateway.desk.staff import StaffMember, executor_of
from gateway.desk.telling import Telling
from gateway.desk.turns import Change, Turns, procedure_of
from gateway.store.database import Connection

LONGEST_REASON = 1000

_STAND = """
UPDATE casefile SET step = $2, action = $3, awaits_verb = $4, awaits_role = $5, due_at = $6, claimed_by = NULL,
                    decision = NULL, draft = NULL
WHERE number = $1
"""


class Moves:
    """Handing work over; nothing of it changes what the applicant is told."""

    def __init__(self, *, catalogue: Catalogue, turns: Turns, telling: Telling, deadlines: Deadlines) -> None:
        self._catalogue = catalogue
        self._turns = turns
        self._telling = telling
        self._deadlines = deadlines

    async def claim(self, member: StaffMember, number: str, *, version: int) -> Case:
        """Take a task that waits for the member's role, so that no colleague works on it at the same time."""

        async def change(conn: Connection, case: Case) -> None:
            check_own(case, member)
            await check_free(conn, case, member)
            await conn.execute("UPDATE casefile SET claimed_by = $2 WHERE number = $1", number, member.id)

        return await self._move(member, number, version, Move.CLAIM, change)

    async def release(self, member: StaffMember, number: str, *, version: int, reason: str = "") -> Case:
        """Give a claimed task back; the head may take one from a colleague, and must say why."""

        async def change(conn: Connection, case: Case) -> None:
            if case.claimed_by is None:
                raise DeskError(DeskCode.WRONG_ORDER)
            if case.claimed_by != member.id:
                if member.role is not Role.HEAD:
                    await check_free(conn, case, member)
                _given(reason)
            await conn.execute("UPDATE casefile SET claimed_by = NULL WHERE number = $1", number)

        return await self._move(member, number, version, Move.RELEASE, change, reason=reason)

    async def assign(self, member: StaffMember, number: str, *, version: int, executor: int, reason: str) -> Case:
        """The head gives a task that was assigned already to another executor, and says why."""

        async def change(conn: Connection, case: Case) -> None:
            if member.role is not Role.HEAD:
                raise DeskError(DeskCode.WRONG_ROLE, awaited=str(Role.HEAD))
            if case.executor is None or case.awaits_role is not Role.EXECUTOR:
                raise DeskError(DeskCode.WRONG_ORDER)
            _given(reason)
            chosen = await executor_of(conn, case.office, executor)
            await conn.execute(
                "UPDATE casefile SET executor = $2, claimed_by = NULL WHERE number = $1", number, chosen.id
            )

        return await self._move(member, number, version, Move.ASSIGN, change, reason=reason)

    async def send_back(self, member: StaffMember, number: str, *, version: int, reason: str) -> Case:
        """Return work with a reason: the head's to the executor's draft, the executor's to the head's resolution."""

        async def change(conn: Connection, case: Case) -> None:
            target = None if case.awaits_verb is None else RETURNS.get(case.awaits_verb)
            if target is None:
                raise DeskError(DeskCode.WRONG_ORDER)
            check_own(case, member)
            await check_free(conn, case, member)
            _given(reason)
            await self._go_back(conn, case, target)

        return await self._move(member, number, version, Move.RETURN, change, reason=reason)

    async def _go_back(self, conn: Connection, case: Case, verb: Verb) -> None:
        procedure = procedure_of(self._catalogue, case)
        position = procedure.back_to(verb, case.position)
        if position is None:
            raise DeskError(DeskCode.WRONG_ORDER)
        due = case.due_at
        if position.step != case.position.step:
            now = self._turns.now()
            await self._deadlines.finish(conn, case.number, now)
            due = procedure.due(position, started=now, submitted=case.submitted_at)
            await self._deadlines.begin(conn, case.number, position.step, started=now, due=due)
        action = procedure.action(position)
        await conn.execute(
            _STAND, case.number, position.step, position.action, action.verb.value, action.role.value, due
        )
        if verb is Verb.RESOLVE:
            await conn.execute("UPDATE casefile SET executor = NULL, instruction = NULL WHERE number = $1", case.number)

    async def _move(
        self, member: StaffMember, number: str, version: int, move: Move, change: Change, *, reason: str = ""
    ) -> Case:
        words = reason.strip() or None
        if words is not None and len(words) > LONGEST_REASON:
            raise DeskError(DeskCode.TOO_LONG, limit=LONGEST_REASON)

        async def act(conn: Connection, case: Case) -> None:
            check_open(case)
            await change(conn, case)
            facts = {"verb": move.value, "reasoned": words is not None}
            await self._telling.note(conn, case, facts, actor=member.actor)

        return await self._turns.once(member, number, version, move, act, reason=words)


def _given(reason: str) -> None:
    if not reason.strip():
        raise DeskError(DeskCode.REASON_MISSING)
