"""Claim, release, assign, return, extend and redirect: none does the work itself, and each is a right of its own."""

from __future__ import annotations

from datetime import datetime

from gateway.catalogue import Catalogue, Role, Verb
from gateway.catalogue.procedure import Term
from gateway.desk.case import Case
from gateway.desk.deadlines import Deadlines
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.permissions import (
    Move,
    check_free,
    check_open,
    check_own,
    is_executors,
    may_redirect,
    return_target,
)
from gateway.desk.places import extensions_of, offices_beside, procedure_of
from gateway.desk.procedure import Position
from gateway.desk.staff import StaffMember, executor_of
from gateway.desk.telling import Telling, Told, chain_of
from gateway.desk.turns import Change, Turns, assign, dismiss
from gateway.exchange.notification import REDIRECTED
from gateway.exchange.wording import Wording
from gateway.store.database import Connection

LONGEST_REASON = 1000

_UNDRAFT = "UPDATE casefile SET decision = NULL, draft = NULL, signed_result = NULL, signatures = 0 WHERE number = $1"
_UNDECIDE = "UPDATE casefile SET conclusion = NULL, resolution = NULL, session_at = NULL WHERE number = $1"
_REDIRECT = """
UPDATE casefile SET office = $2, journal_number = NULL, instruction = NULL, documents_result = NULL,
                    documents_reason = NULL, documents_office = NULL, extended = '{}'
WHERE number = $1
"""
_FORGET_EXECUTORS = "DELETE FROM case_executor WHERE number = $1"


class Moves:
    """Handing work over; of this the applicant is told only when the term or the office becomes another."""

    def __init__(self, *, catalogue: Catalogue, turns: Turns, telling: Telling, deadlines: Deadlines) -> None:
        self._catalogue = catalogue
        self._turns = turns
        self._telling = telling
        self._deadlines = deadlines

    async def claim(self, member: StaffMember, number: str, *, version: int) -> Case:
        """Take a task that waits for the member's role, so that no colleague works on it at the same time.

        An executor who takes what is assigned to nobody becomes its executor.
        """

        async def change(conn: Connection, case: Case) -> None:
            check_own(case, member)
            await check_free(conn, case, member)
            if member.role is Role.EXECUTOR and case.executor is None:
                await assign(conn, number, member.office, member.id)
            await conn.execute("UPDATE casefile SET claimed_by = $2 WHERE number = $1", number, member.id)

        return await self._move(member, number, version, Move.CLAIM, change)

    async def release(self, member: StaffMember, number: str, *, version: int, reason: str = "") -> Case:
        """Give a task back; the head takes one from whoever holds it, with a reason."""

        async def change(conn: Connection, case: Case) -> None:
            _check_here(case, member)
            if case.claimed_by is None:
                raise DeskError(DeskCode.WRONG_ORDER)
            if case.claimed_by != member.id:
                if member.role is not Role.HEAD:
                    await check_free(conn, case, member)
                _given(reason)
            await conn.execute("UPDATE casefile SET claimed_by = NULL WHERE number = $1", number)

        return await self._move(member, number, version, Move.RELEASE, change, reason=reason)

    async def assign(self, member: StaffMember, number: str, *, version: int, executor: int, reason: str) -> Case:
        """The head of the body gives a task of its executors to another of them, and says why."""

        async def change(conn: Connection, case: Case) -> None:
            _check_here(case, member)
            if member.role is not Role.HEAD:
                raise DeskError(DeskCode.WRONG_ROLE, awaited=str(Role.HEAD))
            if not is_executors(case):
                raise DeskError(DeskCode.WRONG_ORDER)
            _given(reason)
            chosen = await executor_of(conn, member.office, executor)
            await assign(conn, number, member.office, chosen.id)
            await conn.execute("UPDATE casefile SET claimed_by = NULL WHERE number = $1", number)

        return await self._move(member, number, version, Move.ASSIGN, change, reason=reason)

    async def send_back(self, member: StaffMember, number: str, *, version: int, reason: str) -> Case:
        """Return work with a reason to whoever did it before: see `gateway.desk.permissions.RETURNS`."""

        async def change(conn: Connection, case: Case) -> None:
            position = return_target(self._catalogue, case)
            if position is None:
                raise DeskError(DeskCode.WRONG_ORDER)
            check_own(case, member)
            await check_free(conn, case, member)
            _given(reason)
            await self._go_back(conn, case, position)

        return await self._move(member, number, version, Move.RETURN, change, reason=reason)

    async def extend(self, member: StaffMember, number: str, *, version: int, event: str, reason: str) -> Case:
        """Apply the term that the act gives the step when an event happens (Karaganda, lines 2611-2613).

        Once an event, before the step's term has run out, by whoever must act at the step. The promised date of the
        result moves with it, and the applicant is told. Raises `DeskError` NO_EXTENSION.
        """

        async def change(conn: Connection, case: Case) -> None:
            check_own(case, member)
            await check_free(conn, case, member)
            _given(reason)
            now = self._turns.now()
            term = next((one for one in extensions_of(self._catalogue, case) if one.when == event), None)
            if term is None or case.is_overdue(now):
                raise DeskError(DeskCode.NO_EXTENSION)
            await self._extend(conn, case, term, member)

        return await self._move(member, number, version, Move.EXTEND, change, reason=reason)

    async def redirect(self, member: StaffMember, number: str, *, version: int, office: str, reason: str) -> Case:
        """Send an application to the provider's office that it belongs to, where the procedure begins anew.

        Before registration, or by the head instead of a resolution. The promised date stays: the applicant does not
        wait longer for it. Raises `DeskError` NO_SUCH_OFFICE for an office that does not provide the service.
        """

        async def change(conn: Connection, case: Case) -> None:
            check_own(case, member)
            await check_free(conn, case, member)
            if not may_redirect(case, member):
                raise DeskError(DeskCode.WRONG_ORDER)
            if office not in {one.id for one in offices_beside(self._catalogue, case)}:
                raise DeskError(DeskCode.NO_SUCH_OFFICE)
            _given(reason)
            await self._deadlines.finish(conn, number, self._turns.now())
            await conn.execute(_REDIRECT, number, office)
            await conn.execute(_FORGET_EXECUTORS, number)
            sent = await self._turns.read(conn, number)
            await self._turns.enter(conn, sent, procedure_of(self._catalogue, sent).first)
            await self._tell_redirected(conn, sent, case.office, member)

        return await self._move(member, number, version, Move.REDIRECT, change, reason=reason)

    async def _go_back(self, conn: Connection, case: Case, position: Position) -> None:
        """Let the case wait at an earlier place for whoever acts there, and forget what is to be done anew."""
        procedure = procedure_of(self._catalogue, case)
        verb = procedure.action(position).verb
        if verb is Verb.RESOLVE and case.awaits_office is not None:
            await dismiss(conn, case.number, case.awaits_office)
            await conn.execute("UPDATE casefile SET instruction = NULL WHERE number = $1", case.number)
        if verb is Verb.FORWARD:
            # The file comes back from another body, and what it holds is judged there anew.
            await conn.execute(
                "UPDATE casefile SET documents_office = NULL WHERE number = $1 AND documents_office = awaits_office",
                case.number,
            )
        if verb in (Verb.CONVENE, Verb.RECOMMEND, Verb.CHECK_DOCUMENTS):
            await conn.execute(_UNDECIDE, case.number)
        await conn.execute(_UNDRAFT, case.number)
        case = await self._turns.read(conn, case.number)
        if position.is_in_step_of(case.position):
            await self._turns.stand(conn, case, position, due=case.due_at)
            return
        await self._deadlines.finish(conn, case.number, self._turns.now())
        await self._turns.enter(conn, case, position)

    async def _extend(self, conn: Connection, case: Case, term: Term, member: StaffMember) -> None:
        await conn.execute("UPDATE casefile SET extended = extended || $2 WHERE number = $1", case.number, [term.when])
        case = await self._turns.read(conn, case.number)
        due = await self._due(conn, case)
        procedure = procedure_of(self._catalogue, case)
        promised = max(case.result_due, procedure.result_due_after(case.position, due, submitted=case.submitted_at))
        await conn.execute(
            "UPDATE casefile SET due_at = $2, result_due = $3 WHERE number = $1", case.number, due, promised
        )
        await self._deadlines.move(conn, case.number, due)
        message = None if term.text is None else Wording(term.text.kk, term.text.ru)
        chain = chain_of(case, self._catalogue.service(case.service))
        facts = {"extended": term.when, "until": due.isoformat()}
        told = Told(message=message, result_due=promised)
        await self._telling.tell(conn, chain, facts, flow=case.flow, actor=member.actor, told=told)

    async def _due(self, conn: Connection, case: Case) -> datetime:
        """Return the deadline of the step at which the case stands, by what has happened."""
        started = await self._deadlines.started(conn, case.number)
        return procedure_of(self._catalogue, case).due(
            case.position,
            started=started,
            submitted=case.submitted_at,
            session=case.session_at,
            events=case.extended,
        )

    async def _tell_redirected(self, conn: Connection, case: Case, before: str, member: StaffMember) -> None:
        office = self._catalogue.office(case.office)
        name, address = office.name, office.address
        message = Wording(
            f"Сіздің өтінішіңіз құзыреті бойынша басқа көрсетілетін қызметті берушіге жіберілді: {name.kk}, "
            f"{address.kk}, {office.phone}.",
            f"Ваше заявление направлено по принадлежности другому услугодателю: {name.ru}, {address.ru}, "
            f"{office.phone}.",
        )
        chain = chain_of(case, self._catalogue.service(case.service))
        facts = {"redirected-from": before, REDIRECTED: case.office}
        told = Told(message=message, facts=facts)
        await self._telling.tell(conn, chain, facts, flow=case.flow, actor=member.actor, told=told)

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


def _check_here(case: Case, member: StaffMember) -> None:
    """Refuse to hand over work that is another body's now."""
    if case.awaits_office != member.office:
        raise DeskError(DeskCode.ELSEWHERE, awaited=str(case.awaits_office))


def _given(reason: str) -> None:
    if not reason.strip():
        raise DeskError(DeskCode.REASON_MISSING)
