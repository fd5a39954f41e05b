"""What the staff do: each action is one transaction with its event and its NOTIFICATION, and acts once.

An action names the version of the case that the member saw. A second click of the same action on the same version is
answered as the first one was; anything else on an old version is refused.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.catalogue import Catalogue, Channel, Check, HandOver, StepKind, StepRef, Verb
from gateway.catalogue import Outcome as Ending
from gateway.clock import ALMATY
from gateway.desk.case import Case, CheckResult, Decision
from gateway.desk.cases import Cases
from gateway.desk.deadlines import Deadlines
from gateway.desk.decisions import Decisions, check_decision, check_reason
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.permissions import check_free, check_seen, check_turn, is_repeated, lock_case
from gateway.desk.ports import Signatures
from gateway.desk.procedure import Position, ProcedureOf
from gateway.desk.staff import StaffMember, executor_of
from gateway.desk.telling import Telling, Told, chain_of, wording_of
from gateway.eds.codes import Status
from gateway.exchange.response import Response, ResponseOutcome
from gateway.exchange.wording import PickUp, Wording
from gateway.identity.numbers import Bin
from gateway.journal import Kind, Outcome, Step
from gateway.store import Store
from gateway.store.database import Connection

_ZONE = ZoneInfo(ALMATY)
_LONGEST_INSTRUCTION = 1000
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
_CLOSE = """
UPDATE casefile SET state = 'closed', awaits_verb = NULL, awaits_role = NULL, due_at = NULL, claimed_by = NULL,
                    closed_at = $2, pick_up = $3
WHERE number = $1
"""


class Actions:
    """The procedure's own actions, in the order of the act."""

    def __init__(
        self,
        *,
        store: Store,
        catalogue: Catalogue,
        cases: Cases,
        telling: Telling,
        deadlines: Deadlines,
        decisions: Decisions,
        signatures: Signatures,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._cases = cases
        self._telling = telling
        self._deadlines = deadlines
        self._decisions = decisions
        self._signatures = signatures

    async def register(self, member: StaffMember, number: str, *, version: int) -> Case:
        """The clerk enters the application in the journal and gives it to the head."""

        async def change(conn: Connection, case: Case) -> None:
            year = self._now().astimezone(_ZONE).year
            last = await conn.fetchval(_COUNT, case.office, "journal", year)
            await conn.execute("UPDATE casefile SET journal_number = $2 WHERE number = $1", number, f"{year}-{last}")
            await self._advance(conn, case, member)

        return await self._act(member, number, version, Verb.REGISTER, change)

    async def resolve(
        self, member: StaffMember, number: str, *, version: int, executor: int, instruction: str = ""
    ) -> Case:
        """The head, by resolution, gives the application to an executor of the office."""
        if len(instruction) > _LONGEST_INSTRUCTION:
            raise DeskError(DeskCode.TOO_LONG, limit=_LONGEST_INSTRUCTION)

        async def change(conn: Connection, case: Case) -> None:
            chosen = await executor_of(conn, case.office, executor)
            await conn.execute(
                "UPDATE casefile SET executor = $2, instruction = $3 WHERE number = $1",
                number,
                chosen.id,
                instruction.strip() or None,
            )
            await self._advance(conn, case, member, facts={"executor": chosen.id})

        return await self._act(member, number, version, Verb.RESOLVE, change)

    async def check_documents(self, member: StaffMember, number: str, *, version: int, fault: Wording | None) -> Case:
        """Condition 3 where the specialist decides it (Almaty act, lines 304-306): `fault` None means it passed."""
        if fault is not None:
            check_reason(fault)

        async def change(conn: Connection, case: Case) -> None:
            result = CheckResult.PASSED if fault is None else CheckResult.FAILED
            reason = None if fault is None else {"kk": fault.kk, "ru": fault.ru}
            await conn.execute(
                "UPDATE casefile SET check_result = $2, check_reason = $3 WHERE number = $1",
                number,
                result.value,
                reason,
            )
            service = self._catalogue.service(case.service)
            condition = service.flow(Channel.PORTAL).condition(Check.DOCUMENTS)
            if condition is not None:
                outcome = Outcome.PASSED if fault is None else Outcome.FAILED
                step = Step(case.flow, Kind.CONDITION, condition.number, outcome)
                await self._telling.step(
                    conn, chain_of(case, service), step, actor=member.actor, told=Told(message=fault)
                )
            await self._advance(conn, case, member)

        return await self._act(member, number, version, Verb.CHECK_DOCUMENTS, change)

    async def draft(self, member: StaffMember, number: str, *, version: int, decision: Decision) -> Case:
        """The executor draws up the certificate or the reasoned refusal and gives it to the head for signature."""

        async def change(conn: Connection, case: Case) -> None:
            check_decision(self._catalogue.service(case.service), case, decision)
            now = self._now()
            result_number = case.result_number or await self._next_result_number(conn, case, now)
            document = self._decisions.build(case, decision, number=result_number, at=now)
            digest = await self._store.blobs.put(conn, document, media_type="application/xml")
            await conn.execute(
                "UPDATE casefile SET decision = $2, draft = $3, result_number = $4 WHERE number = $1",
                number,
                decision.to_json(),
                digest,
                result_number,
            )
            await self._advance(conn, case, member, facts={"outcome": decision.outcome.value})

        return await self._act(member, number, version, Verb.DRAFT, change)

    async def sign(self, member: StaffMember, number: str, *, version: int, signed: bytes) -> Case:
        """The head signs what was drafted; `signed` comes from the head's browser.

        Raises `DeskError` SIGNATURE_INVALID, SIGNATURE_UNDETERMINED (try again: nothing is refused) or NOT_THE_DRAFT.
        """
        case = await self._cases.get(member, number)
        if case.version == version:
            check_turn(case, member, Verb.SIGN)
            signed = await self._judge(member, case, signed)

        async def change(conn: Connection, case: Case) -> None:
            digest = await self._store.blobs.put(conn, signed, media_type="application/xml")
            await conn.execute("UPDATE casefile SET signed_result = $2 WHERE number = $1", number, digest)
            await self._advance(conn, case, member, facts={"document": digest})

        return await self._act(member, number, version, Verb.SIGN, change)

    async def hand_over(self, member: StaffMember, number: str, *, version: int) -> Case:
        """The clerk registers the signed result and hands it over: the RESPONSE, and process 7 or 8."""
        seen = await self._cases.get(member, number)
        document = b"" if seen.signed_result is None else await self._store.blobs.get(seen.signed_result)

        async def change(conn: Connection, case: Case) -> None:
            assert case.decision is not None
            await self._advance(conn, case, member)
            await self._answer(conn, case, case.decision, document, member)

        return await self._act(member, number, version, Verb.HAND_OVER, change)

    async def _answer(
        self, conn: Connection, case: Case, decision: Decision, document: bytes, member: StaffMember
    ) -> None:
        """Process 7 when the provider's condition failed, process 8 when the procedure came to its result."""
        service = self._catalogue.service(case.service)
        flow = service.flow(Channel.PORTAL)
        now = self._now()
        refused_at_condition = case.check_result is CheckResult.FAILED
        process = flow.step(StepKind.PROCESS, 7 if refused_at_condition else 8)
        pick_up = self._pick_up(case, now) if process.hand_over is HandOver.PICK_UP_NOTICE else None
        kept = None
        told = Told()
        if pick_up is not None:
            kept = {"date": pick_up.day.isoformat(), "time": pick_up.time.isoformat("minutes")}
            moment = datetime.combine(pick_up.day, pick_up.time, _ZONE)
            notification = service.notification(StepRef(StepKind.PROCESS, 8))
            message = None if notification is None else wording_of(notification, moment, pick_up.place)
            told = Told(message=message, pick_up=pick_up)
        await conn.execute(_CLOSE, case.number, now, kept)
        facts = {"outcome": decision.outcome.value, "document": case.signed_result}
        step = Step(case.flow, Kind.PROCESS, process.number, Outcome.DONE, facts)
        chain = chain_of(case, service)
        await self._telling.step(conn, chain, step, actor=member.actor, told=told)
        response = Response(
            number=case.number,
            outcome=ResponseOutcome.ISSUED if decision.outcome is Ending.ISSUED else ResponseOutcome.REFUSED,
            at=now,
            signed_document=document,
            pick_up=pick_up,
        )
        await self._telling.response(conn, chain, response)

    def _pick_up(self, case: Case, now: datetime) -> PickUp:
        """Date, time and place of receiving the result: the next working day from the office's opening."""
        office = self._catalogue.office(case.office)
        day = self._catalogue.calendar.next_working_day(now.astimezone(_ZONE).date())
        place = Wording(office.pick_up_place.kk, office.pick_up_place.ru)
        return PickUp(day, office.hours.opens, place)

    async def _judge(self, member: StaffMember, case: Case, signed: bytes) -> bytes:
        """Return the signed result with the evidence that it was judged by."""
        office = self._catalogue.office(case.office)
        judged = await self._signatures.of_official(signed, iin=member.iin, bin_=Bin(office.bin))
        if judged.status is Status.UNDETERMINED:
            raise DeskError(DeskCode.SIGNATURE_UNDETERMINED, why=judged.text)
        if judged.status is not Status.VALID or judged.covered is None:
            raise DeskError(DeskCode.SIGNATURE_INVALID, why=judged.text)
        if case.draft is None or judged.covered != await self._store.blobs.get(case.draft):
            raise DeskError(DeskCode.NOT_THE_DRAFT)
        return signed if judged.keep is None else await judged.keep()

    async def _next_result_number(self, conn: Connection, case: Case, now: datetime) -> str:
        """Return the next number of the office's results: its BIN's last four digits, the year, the count."""
        year = now.astimezone(_ZONE).year
        last = await conn.fetchval(_COUNT, case.office, "result", year)
        return f"{self._catalogue.office(case.office).bin[-4:]}-{year}-{last:06d}"

    async def _act(self, member: StaffMember, number: str, version: int, verb: Verb, change: Change) -> Case:
        async with self._store.database.transaction() as conn:
            case = await lock_case(conn, member, number)
            if not await is_repeated(conn, case, member, verb, version):
                check_seen(case, version)
                check_turn(case, member, verb)
                await check_free(conn, case, member)
                await change(conn, case)
                await conn.execute(_ACTED, number, version, verb.value, member.id, self._now(), None)
                await conn.execute("UPDATE casefile SET version = version + 1 WHERE number = $1", number)
        return await self._cases.get(member, number)

    async def _advance(
        self, conn: Connection, case: Case, member: StaffMember, *, facts: dict[str, object] | None = None
    ) -> None:
        """Move to the next action; when it belongs to the next step, the step just done is told of."""
        procedure = self._procedure(case)
        following = _following(procedure, case)
        if following is not None and following.step == case.position.step:
            await self._telling.note(conn, case, {"verb": str(case.awaits_verb), **(facts or {})}, actor=member.actor)
            await self._stand(conn, case, procedure, following)
            return
        now = self._now()
        late = await self._deadlines.finish(conn, case.number, now)
        step = Step(case.flow, Kind.PROCEDURE, case.position.step, Outcome.DONE, {**(facts or {}), "late": late})
        service = self._catalogue.service(case.service)
        await self._telling.step(conn, chain_of(case, service), step, actor=member.actor)
        if following is not None:
            due = procedure.due(following, started=now, submitted=case.submitted_at)
            await self._deadlines.begin(conn, case.number, following.step, started=now, due=due)
            await self._stand(conn, case, procedure, following, due=due)

    async def _stand(
        self,
        conn: Connection,
        case: Case,
        procedure: ProcedureOf,
        position: Position,
        *,
        due: datetime | None = None,
    ) -> None:
        action = procedure.action(position)
        await conn.execute(
            _STAND,
            case.number,
            position.step,
            position.action,
            action.verb.value,
            action.role.value,
            due or case.due_at,
        )

    def _procedure(self, case: Case) -> ProcedureOf:
        service = self._catalogue.service(case.service)
        return ProcedureOf(self._catalogue, service, self._catalogue.office(case.office), Channel.PORTAL)

    def _now(self) -> datetime:
        return self._store.clock.now()


def _following(procedure: ProcedureOf, case: Case) -> Position | None:
    """Return the next position; documents that were judged once are not judged again after a return."""
    following = procedure.after(case.position)
    decided = case.check_result is not CheckResult.WAITING
    if following is not None and decided and procedure.action(following).verb is Verb.CHECK_DOCUMENTS:
        return procedure.after(following)
    return following
