"""How a case ends: the head signs the result, it is registered and handed over, and the RESPONSE goes out."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.catalogue import Catalogue, FlowStep, HandOver, Office, StepKind, Verb
from gateway.catalogue import Outcome as Ending
from gateway.clock import ALMATY
from gateway.desk.case import Case, CheckResult
from gateway.desk.cases import Cases
from gateway.desk.decisions import result_of
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.permissions import check_turn
from gateway.desk.ports import Signatures
from gateway.desk.staff import StaffMember
from gateway.desk.telling import Telling, Told, chain_of, wording_of
from gateway.desk.turns import Turns
from gateway.eds.codes import Status
from gateway.exchange.response import Response, ResponseOutcome
from gateway.exchange.wording import PickUp, Wording
from gateway.identity.numbers import Bin
from gateway.journal import Kind, Outcome, Step
from gateway.store import Store
from gateway.store.database import Connection

_ZONE = ZoneInfo(ALMATY)

_CLOSE = """
UPDATE casefile SET state = 'closed', awaits_verb = NULL, awaits_role = NULL, due_at = NULL, claimed_by = NULL,
                    closed_at = $2, pick_up = $3
WHERE number = $1
"""


class Issue:
    """Signature and hand-over."""

    def __init__(
        self,
        *,
        store: Store,
        catalogue: Catalogue,
        cases: Cases,
        turns: Turns,
        telling: Telling,
        signatures: Signatures,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._cases = cases
        self._turns = turns
        self._telling = telling
        self._signatures = signatures

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
            await self._turns.advance(conn, case, member, facts={"document": digest})

        return await self._turns.take(member, number, version, Verb.SIGN, change)

    async def hand_over(self, member: StaffMember, number: str, *, version: int) -> Case:
        """The signed result is registered and handed over: the RESPONSE, and process 7 or 8."""
        seen = await self._cases.get(member, number)
        document = b"" if seen.signed_result is None else await self._store.blobs.get(seen.signed_result)

        async def change(conn: Connection, case: Case) -> None:
            await self._turns.advance(conn, case, member)
            await self._answer(conn, case, document, member)

        return await self._turns.take(member, number, version, Verb.HAND_OVER, change)

    async def _answer(self, conn: Connection, case: Case, document: bytes, member: StaffMember) -> None:
        """Process 7 when the provider's condition failed, process 8 when the procedure came to its result."""
        assert case.decision is not None
        service, now = self._catalogue.service(case.service), self._turns.now()
        outcome = result_of(service, case, case.decision).outcome
        number = 7 if case.check_result is CheckResult.FAILED else 8
        process = service.flow(case.channel, case.kind).step(StepKind.PROCESS, number)
        told = self._told(case, process, now)
        pick_up = told.pick_up
        kept = None
        if pick_up is not None:
            kept = {"date": pick_up.day.isoformat(), "time": pick_up.time.isoformat("minutes")}
        await conn.execute(_CLOSE, case.number, now, kept)
        facts = {"outcome": outcome.value, "document": case.signed_result}
        step = Step(case.flow, Kind.PROCESS, process.number, Outcome.DONE, facts)
        chain = chain_of(case, service)
        await self._telling.step(conn, chain, step, actor=member.actor, told=told)
        response = Response(
            number=case.number,
            outcome=ResponseOutcome.REFUSED if outcome is Ending.REFUSED else ResponseOutcome.ISSUED,
            at=now,
            signed_document=document,
            pick_up=pick_up,
        )
        await self._telling.response(conn, chain, response)

    def _told(self, case: Case, process: FlowStep, now: datetime) -> Told:
        """Return what the applicant is told with the last process: how to receive the result, in the act's way."""
        office = self._catalogue.office(case.office)
        pick_up = self._pick_up(office, now) if process.hand_over is HandOver.PICK_UP_NOTICE else None
        notification = self._catalogue.service(case.service).notification(process.ref)
        if notification is None:
            return Told(pick_up=pick_up)
        moment, place = now, None
        if pick_up is not None:
            moment, place = datetime.combine(pick_up.day, pick_up.time, _ZONE), pick_up.place
        message = wording_of(notification, office, registered_at=case.registered_at, moment=moment, place=place)
        return Told(message=message, pick_up=pick_up)

    def _pick_up(self, office: Office, now: datetime) -> PickUp:
        """Date, time and place of receiving the result: the next working day from the office's opening."""
        day = self._catalogue.calendar.next_working_day(now.astimezone(_ZONE).date())
        return PickUp(day, office.hours.opens, Wording(office.pick_up_place.kk, office.pick_up_place.ru))

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
