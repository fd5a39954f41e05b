"""How a case ends: its signers sign the result in their order, it is registered and handed over.

On the portal the RESPONSE goes out with the flow's last step; at a counter the person is given the result.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.catalogue import Catalogue, Flow, FlowStep, HandOver, Office, Verb
from gateway.catalogue import Outcome as Ending
from gateway.clock import ALMATY
from gateway.desk.case import Case, CheckResult
from gateway.desk.cases import Cases
from gateway.desk.decisions import result_of
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.permissions import check_turn
from gateway.desk.places import next_signer
from gateway.desk.ports import Signatures
from gateway.desk.staff import StaffMember
from gateway.desk.telling import Telling, Told, chain_of, wording_of
from gateway.desk.turns import Turns
from gateway.eds.canonical import canonical_document
from gateway.eds.codes import Status
from gateway.exchange.response import Response, ResponseOutcome
from gateway.exchange.wording import PickUp, Wording
from gateway.identity.numbers import Bin
from gateway.journal import Kind, Outcome, Step
from gateway.store import Store
from gateway.store.database import Connection

_ZONE = ZoneInfo(ALMATY)

_ENDINGS = {Ending.REFUSED: ResponseOutcome.REFUSED, Ending.CANCELLED: ResponseOutcome.CANCELLED}
_SIGNED = "UPDATE casefile SET signed_result = $2, signatures = signatures + 1 WHERE number = $1"
_CLOSE = """
UPDATE casefile SET state = 'closed', awaits_verb = NULL, awaits_role = NULL, awaits_office = NULL, due_at = NULL,
                    claimed_by = NULL, closed_at = $2, pick_up = $3
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
        """The signer in turn signs what was drafted, as the one before left it; `signed` comes from their browser.

        Raises `DeskError` SIGNATURE_INVALID, SIGNATURE_UNDETERMINED (try again: nothing is refused) or NOT_THE_DRAFT.
        """
        case = await self._cases.get(member, number)
        if case.version == version:
            check_turn(case, member, Verb.SIGN)
            signed = await self._judge(member, case, signed)

        async def change(conn: Connection, case: Case) -> None:
            digest = await self._store.blobs.put(conn, signed, media_type="application/xml")
            await conn.execute(_SIGNED, number, digest)
            facts = {"document": digest}
            signed_case = await self._turns.read(conn, number)
            if next_signer(self._catalogue, signed_case) is None:
                await self._turns.advance(conn, case, member, facts=facts)
                return
            await self._telling.note(conn, case, {"verb": Verb.SIGN.value, **facts}, actor=member.actor)
            await self._turns.stand(conn, signed_case, case.position, due=case.due_at)

        return await self._turns.take(member, number, version, Verb.SIGN, change)

    async def hand_over(self, member: StaffMember, number: str, *, version: int) -> Case:
        """The signed result is registered and handed over: on the portal the RESPONSE, with the flow's last step."""
        seen = await self._cases.get(member, number)
        document = b"" if seen.signed_result is None else await self._store.blobs.get(seen.signed_result)

        async def change(conn: Connection, case: Case) -> None:
            await self._turns.advance(conn, case, member)
            if case.gateway is None:
                await conn.execute(_CLOSE, number, self._turns.now(), None)
            else:
                await self._answer(conn, case, document, member)

        return await self._turns.take(member, number, version, Verb.HAND_OVER, change)

    async def _answer(self, conn: Connection, case: Case, document: bytes, member: StaffMember) -> None:
        """The flow's step of refusal when the provider's condition failed, else the one that gives the result."""
        assert case.decision is not None
        service, now = self._catalogue.service(case.service), self._turns.now()
        outcome = result_of(service, case, case.decision).outcome
        last = _last_step(service.flow(case.channel, case.kind), case)
        told = self._told(case, last, now)
        pick_up = told.pick_up
        kept = None
        if pick_up is not None:
            kept = {"date": pick_up.day.isoformat(), "time": pick_up.time.isoformat("minutes")}
        await conn.execute(_CLOSE, case.number, now, kept)
        facts = {"outcome": outcome.value, "document": case.signed_result}
        step = Step(case.flow, Kind(last.kind.value), last.number, Outcome.DONE, facts)
        chain = chain_of(case, service)
        await self._telling.step(conn, chain, step, actor=member.actor, told=told)
        response = Response(
            number=case.number,
            outcome=_ENDINGS.get(outcome, ResponseOutcome.ISSUED),
            at=now,
            signed_document=document,
            pick_up=pick_up,
        )
        await self._telling.response(conn, chain, response)

    def _told(self, case: Case, last: FlowStep, now: datetime) -> Told:
        """Return what the applicant is told with the last step: how to receive the result, in the act's way."""
        office = self._catalogue.office(case.office)
        pick_up = self._pick_up(case, office, now) if last.hand_over is HandOver.PICK_UP_NOTICE else None
        notification = self._catalogue.service(case.service).notification(last.ref)
        if notification is None:
            return Told(pick_up=pick_up)
        moment, received = now, office.place_to_receive(case.service, last.hand_over or HandOver.COUNTER)
        if pick_up is not None:
            moment = datetime.combine(pick_up.day, pick_up.time, _ZONE)
        place = Wording(received.kk, received.ru)
        message = wording_of(notification, office, registered_at=case.registered_at, moment=moment, place=place)
        return Told(message=message, pick_up=pick_up)

    def _pick_up(self, case: Case, office: Office, now: datetime) -> PickUp:
        """Date, time and place of receiving the result: the next working day from the office's opening."""
        day = self._catalogue.calendar.next_working_day(now.astimezone(_ZONE).date())
        place = office.place_to_receive(case.service, HandOver.PICK_UP_NOTICE)
        return PickUp(day, office.hours.opens, Wording(place.kk, place.ru))

    async def _judge(self, member: StaffMember, case: Case, signed: bytes) -> bytes:
        """Return the signed result with the evidence that it was judged by."""
        office = self._catalogue.office(member.office)
        judged = await self._signatures.of_official(
            signed, iin=member.iin, bin_=Bin(office.bin), role=member.role, earlier=case.signatures
        )
        if judged.status is Status.UNDETERMINED:
            raise DeskError(DeskCode.SIGNATURE_UNDETERMINED, why=judged.text)
        if judged.status is not Status.VALID or judged.covered is None:
            raise DeskError(DeskCode.SIGNATURE_INVALID, why=judged.text)
        before = case.signed_result if case.is_partly_signed else case.draft
        if before is None or judged.covered != canonical_document(await self._store.blobs.get(before)):
            raise DeskError(DeskCode.NOT_THE_DRAFT)
        return signed if judged.keep is None else await judged.keep()


def _last_step(flow: Flow, case: Case) -> FlowStep:
    refusal = flow.refusal_step()
    return refusal if refusal is not None and case.check_result is CheckResult.FAILED else flow.result_step()
