"""How an action of the staff is taken: one transaction with its event and its NOTIFICATION, and it acts once.

An action names the version of the case that the member saw. A second click of the same action on the same version is
answered as the first one was; anything else on an old version is refused.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.catalogue import Catalogue, Role, Verb
from gateway.clock import ALMATY
from gateway.desk.case import CASE_COLUMNS, Case, read_case
from gateway.desk.deadlines import Deadlines
from gateway.desk.permissions import Move, check_free, check_seen, check_turn, is_repeated, lock_case
from gateway.desk.places import awaited_at, next_place, procedure_of
from gateway.desk.procedure import PlaceKind, Position
from gateway.desk.staff import StaffMember
from gateway.desk.telling import Telling, Told, chain_of
from gateway.journal import SYSTEM, Kind, Outcome, Step
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
UPDATE casefile SET step = $2, action = $3, step_kind = $4, awaits_verb = $5, awaits_role = $6, awaits_office = $7,
                    due_at = $8, claimed_by = NULL,
                    executor = (SELECT staff FROM case_executor WHERE number = $1 AND office = $7)
WHERE number = $1
"""
_ASSIGN = """
INSERT INTO case_executor (number, office, staff) VALUES ($1, $2, $3)
ON CONFLICT (number, office) DO UPDATE SET staff = excluded.staff
"""
_READ = f"SELECT {CASE_COLUMNS} FROM casefile WHERE number = $1"  # noqa: S608 (a constant)


async def assign(conn: Connection, number: str, office: str, executor: int) -> None:
    """Make an account the executor of a case at an office; the case knows it while it is there."""
    await conn.execute(_ASSIGN, number, office, executor)
    await conn.execute(
        "UPDATE casefile SET executor = $3 WHERE number = $1 AND awaits_office = $2", number, office, executor
    )


async def dismiss(conn: Connection, number: str, office: str) -> None:
    """Leave a case without an executor at an office: its head is to resolve anew."""
    await conn.execute("DELETE FROM case_executor WHERE number = $1 AND office = $2", number, office)
    await conn.execute("UPDATE casefile SET executor = NULL WHERE number = $1 AND awaits_office = $2", number, office)


class Turns:
    """Takes the actions of the procedure, one after another."""

    def __init__(self, *, store: Store, catalogue: Catalogue, telling: Telling, deadlines: Deadlines) -> None:
        self._store = store
        self._catalogue = catalogue
        self._telling = telling
        self._deadlines = deadlines

    def now(self) -> datetime:
        """Return the present moment by the desk's clock."""
        return self._store.clock.now()

    async def take(
        self,
        member: StaffMember,
        number: str,
        version: int,
        verb: Verb,
        change: Change,
        *,
        conn: Connection | None = None,
    ) -> Case:
        """Let the member do what the case waits for; raises `DeskError` for whatever is not theirs to do now.

        An executor who does what no executor of the office has yet thereby becomes its executor.
        """

        async def act(conn: Connection, case: Case) -> None:
            check_turn(case, member, verb)
            await check_free(conn, case, member)
            if member.role is Role.EXECUTOR and case.executor is None:
                await assign(conn, number, member.office, member.id)
            await change(conn, case)

        return await self.once(member, number, version, verb, act, conn=conn)

    async def once(
        self,
        member: StaffMember,
        number: str,
        version: int,
        act: Verb | Move,
        change: Change,
        *,
        reason: str | None = None,
        conn: Connection | None = None,
    ) -> Case:
        """Change a locked case as the member saw it and count the act, or find it done already; raises `DeskError`.

        In the transaction of `conn` where there is one: then the act stands or falls with what the caller writes.
        """
        if conn is None:
            async with self._store.database.transaction() as own:
                return await self.once(member, number, version, act, change, reason=reason, conn=own)
        case = await lock_case(conn, member, number, version)
        if not await is_repeated(conn, case, member, act, version):
            check_seen(case, version)
            await change(conn, case)
            await conn.execute(_ACTED, number, version, act.value, member.id, self.now(), reason)
            await conn.execute("UPDATE casefile SET version = version + 1 WHERE number = $1", number)
        return await self.read(conn, number)

    async def read(self, conn: Connection, number: str) -> Case:
        """Return a case as it stands in the caller's transaction."""
        return read_case(await conn.fetchrow(_READ, number))

    async def advance(
        self,
        conn: Connection,
        case: Case,
        member: StaffMember | None,
        *,
        facts: Mapping[str, object] | None = None,
        told: Told | None = None,
    ) -> None:
        """Move to the next place; when it belongs to the next step, the step just done is told of.

        Without a member it was the applicant who acted. What was written of the case in this transaction before counts.
        """
        case = await self.read(conn, case.number)
        following = next_place(self._catalogue, case)
        actor = SYSTEM if member is None else member.actor
        if following is not None and following.is_in_step_of(case.position):
            await self._telling.note(conn, case, {"verb": str(case.awaits_verb), **(facts or {})}, actor=actor)
            await self._stay(conn, case, following)
            return
        outcome = Outcome.PASSED if case.position.kind is PlaceKind.CONDITION else Outcome.DONE
        await self.leave(conn, case, outcome, actor=actor, facts=facts, told=told)
        if following is not None:
            await self.enter(conn, case, following)

    async def leave(
        self,
        conn: Connection,
        case: Case,
        outcome: Outcome,
        *,
        actor: str,
        facts: Mapping[str, object] | None = None,
        told: Told | None = None,
    ) -> None:
        """Record how the step or the condition at which a case stands ended, and tell of it."""
        late = await self._deadlines.finish(conn, case.number, self.now())
        condition = {"condition": True} if case.position.kind is PlaceKind.CONDITION else {}
        facts = {**(facts or {}), **condition, "late": late}
        step = Step(case.flow, Kind.PROCEDURE, case.position.step, outcome, facts)
        chain = chain_of(case, self._catalogue.service(case.service))
        await self._telling.step(conn, chain, step, actor=actor, told=told)

    async def enter(self, conn: Connection, case: Case, position: Position) -> None:
        """Begin a stay at a place; the last one must have been left. Raises `DeskError` NO_BODY."""
        awaited_at(self._catalogue, case, position)
        now, procedure = self.now(), procedure_of(self._catalogue, case)
        due = procedure.due(
            position, started=now, submitted=case.submitted_at, session=case.session_at, events=case.extended
        )
        await self._deadlines.begin(conn, case.number, position.step, kind=position.kind, started=now, due=due)
        await self.stand(conn, case, position, due=due)

    async def stand(self, conn: Connection, case: Case, position: Position, *, due: datetime | None) -> None:
        """Let a case wait for what is to be done at a place, and for whoever must do it."""
        awaited = awaited_at(self._catalogue, case, position)
        await conn.execute(
            _STAND,
            case.number,
            position.step,
            position.action,
            position.kind.value,
            awaited.verb.value,
            awaited.role.value,
            awaited.office.id,
            due,
        )

    async def next_number(self, conn: Connection, office: str, series: str) -> tuple[int, int]:
        """Return the year in Almaty and an office's next running number of a series in it."""
        year = self.now().astimezone(_ZONE).year
        return year, await conn.fetchval(_COUNT, office, series, year)

    async def _stay(self, conn: Connection, case: Case, position: Position) -> None:
        """Go on within a step: its deadline stays, unless the act gives the next action one of its own."""
        due, own = case.due_at, procedure_of(self._catalogue, case).own_due(position, started=self.now())
        if own is not None:
            due = own
            await self._deadlines.move(conn, case.number, own)
        await self.stand(conn, case, position, due=due)
