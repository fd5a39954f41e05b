"""How an action of the staff is taken: one transaction with its event and its NOTIFICATION, and it acts once.

An action names the version of the case that the member saw. A second click of the same action on the same version is
answered as the first one was; anything else on an old version is refused.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.catalogue import Catalogue, Verb
from gateway.clock import ALMATY
from gateway.desk.case import Case
from gateway.desk.cases import Cases
from gateway.desk.deadlines import Deadlines
from gateway.desk.permissions import Move, check_free, check_seen, check_turn, is_repeated, lock_case
from gateway.desk.procedure import Position, ProcedureOf
from gateway.desk.staff import StaffMember
from gateway.desk.telling import Telling, chain_of
from gateway.journal import Kind, Outcome, Step
from gateway.store import Store
from gateway.store.database import Connection

_ZONE = ZoneInfo(ALMATY)
Change = Callable[[Connection, Case], Awaitable[None]]

_COUNT = """
INSERT INTO desk_counter (office, series, year, last) VALUES ($1, $2, $3, 1)
ON CONFLICT (office, series, year) DO UPDATE SET last = desk_counter.last + 1 RETURNING last
"""
_ACTED = "INSERT INTO case_action (number, version, verb, staff, at, reason) VALUES ($1, $2, $3, $4, $5, $6)"
_STAND = """
UPDATE casefile SET step = $2, action = $3, awaits_verb = $4, awaits_role = $5, due_at = $6, claimed_by = NULL
WHERE number = $1
"""


def procedure_of(catalogue: Catalogue, case: Case) -> ProcedureOf:
    """Return the procedure by which a case is worked: of its service, on its channel, for its kind."""
    service, office = catalogue.service(case.service), catalogue.office(case.office)
    return ProcedureOf(catalogue, service, office, case.channel, case.kind)


class Turns:
    """Takes the actions of the procedure, one after another."""

    def __init__(
        self, *, store: Store, catalogue: Catalogue, cases: Cases, telling: Telling, deadlines: Deadlines
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._cases = cases
        self._telling = telling
        self._deadlines = deadlines

    def now(self) -> datetime:
        """Return the present moment by the desk's clock."""
        return self._store.clock.now()

    async def take(self, member: StaffMember, number: str, version: int, verb: Verb, change: Change) -> Case:
        """Let the member do what the case waits for; raises `DeskError` for whatever is not theirs to do now."""

        async def act(conn: Connection, case: Case) -> None:
            check_turn(case, member, verb)
            await check_free(conn, case, member)
            await change(conn, case)

        return await self.once(member, number, version, verb, act)

    async def once(
        self,
        member: StaffMember,
        number: str,
        version: int,
        act: Verb | Move,
        change: Change,
        *,
        reason: str | None = None,
    ) -> Case:
        """Change a locked case as the member saw it and count the act, or find it done already; raises `DeskError`."""
        async with self._store.database.transaction() as conn:
            case = await lock_case(conn, member, number)
            if not await is_repeated(conn, case, member, act, version):
                check_seen(case, version)
                await change(conn, case)
                await conn.execute(_ACTED, number, version, act.value, member.id, self.now(), reason)
                await conn.execute("UPDATE casefile SET version = version + 1 WHERE number = $1", number)
        return await self._cases.get(member, number)

    async def advance(
        self, conn: Connection, case: Case, member: StaffMember, *, facts: Mapping[str, object] | None = None
    ) -> None:
        """Move to the next action; when it belongs to the next step, the step just done is told of."""
        procedure = procedure_of(self._catalogue, case)
        following = _following(procedure, case)
        if following is not None and following.step == case.position.step:
            await self._telling.note(conn, case, {"verb": str(case.awaits_verb), **(facts or {})}, actor=member.actor)
            await _stand(conn, case, procedure, following, due=case.due_at)
            return
        now = self.now()
        late = await self._deadlines.finish(conn, case.number, now)
        step = Step(case.flow, Kind.PROCEDURE, case.position.step, Outcome.DONE, {**(facts or {}), "late": late})
        chain = chain_of(case, self._catalogue.service(case.service))
        await self._telling.step(conn, chain, step, actor=member.actor)
        if following is not None:
            due = procedure.due(following, started=now, submitted=case.submitted_at)
            await self._deadlines.begin(conn, case.number, following.step, started=now, due=due)
            await _stand(conn, case, procedure, following, due=due)

    async def next_number(self, conn: Connection, case: Case, series: str) -> tuple[int, int]:
        """Return the year in Almaty and the office's next running number of a series in it."""
        year = self.now().astimezone(_ZONE).year
        return year, await conn.fetchval(_COUNT, case.office, series, year)


async def _stand(
    conn: Connection, case: Case, procedure: ProcedureOf, position: Position, *, due: datetime | None
) -> None:
    action = procedure.action(position)
    await conn.execute(_STAND, case.number, position.step, position.action, action.verb.value, action.role.value, due)


def _following(procedure: ProcedureOf, case: Case) -> Position | None:
    """Return the next position; documents that were judged once are not judged again after a return."""
    following = procedure.after(case.position)
    judged = case.documents_result is not None
    if following is not None and judged and procedure.action(following).verb is Verb.CHECK_DOCUMENTS:
        return procedure.after(following)
    return following
