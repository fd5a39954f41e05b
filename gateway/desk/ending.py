"""The end of a case at the desk: the row is closed, and the signed result goes to where the application came from.

It is the last that a body other than the State Corporation does: mostly the hand-over or the sending on of the result
(Karaganda, lines 1294-1296), in two procedures already the head's signature, since the State Corporation collects the
result (Almaty region, birth registration, lines 145-155, and rural specialists, lines 186-194). What the State
Corporation does after it is recorded there.

A result whose papers came by courier goes back with a register (Almaty, oralman, lines 92-93 and 171-174): the entry in
the register is its hand-over, and there is no other.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from gateway.catalogue import Catalogue, Channel, Flow, FlowStep, HandOver, Office, Verb
from gateway.catalogue import Outcome as Result
from gateway.clock import ALMATY
from gateway.desk.case import Case, CheckResult
from gateway.desk.decisions import result_of
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.numbered import numbered_flow, result_step
from gateway.desk.places import next_place
from gateway.desk.staff import StaffMember
from gateway.desk.telling import Telling, Told, chain_of, wording_of
from gateway.exchange.response import Response, ResponseOutcome
from gateway.exchange.wording import PickUp, Wording
from gateway.journal import Kind, Outcome, Step
from gateway.store import Database, Store
from gateway.store.database import Connection

GIVES: Final = frozenset({Verb.HAND_OVER, Verb.FORWARD})
"""The actions by which a result leaves the desk, where they are its last."""
_ZONE = ZoneInfo(ALMATY)
_OUTCOMES = {Result.REFUSED: ResponseOutcome.REFUSED, Result.CANCELLED: ResponseOutcome.CANCELLED}
_SIGNED = "SELECT signed_result FROM casefile WHERE number = $1"
_CAME_BY_COURIER = "SELECT EXISTS (SELECT FROM expected_package WHERE number = $1)"
_CLOSE = """
UPDATE casefile SET state = 'closed', awaits_verb = NULL, awaits_role = NULL, awaits_office = NULL, due_at = NULL,
                    claimed_by = NULL, closed_at = $2, pick_up = $3
WHERE number = $1
"""


class Ending:
    """Closes cases and answers the channels."""

    def __init__(self, *, store: Store, catalogue: Catalogue, telling: Telling) -> None:
        self._store = store
        self._catalogue = catalogue
        self._telling = telling

    def is_next(self, case: Case) -> bool:
        """Tell whether nothing is left for the desk once the action at which the case stands is done."""
        return next_place(self._catalogue, case) is None

    async def document(self, number: str) -> bytes:
        """Return a case's signed result as it stands, empty before there is one; read before the transaction."""
        digest = await self._store.database.fetchval(_SIGNED, number)
        return b"" if digest is None else await self._store.blobs.get(digest)

    async def goes_with_register(self, place: Connection | Database, case: Case) -> bool:
        """Tell whether the action at which a case stands is the entry of its result in a courier's register."""
        if case.channel is not Channel.CORPORATION or case.awaits_verb not in GIVES or not self.is_next(case):
            return False
        by_courier: bool = await place.fetchval(_CAME_BY_COURIER, case.number)
        return by_courier

    async def end(
        self, conn: Connection, case: Case, document: bytes, member: StaffMember, *, register: str | None = None
    ) -> None:
        """Close a case whose last step has been told of; a counter gives the result itself, channels are sent it.

        `case` is as it stood before that step, `register` the courier's in which the result was entered. Raises
        `DeskError` BY_REGISTER for a result that must go with one and does not.
        """
        if register is None and await self.goes_with_register(conn, case):
            raise DeskError(DeskCode.BY_REGISTER)
        if case.gateway is None:
            await conn.execute(_CLOSE, case.number, self._store.clock.now(), None)
            return
        assert case.decision is not None
        service, now = self._catalogue.service(case.service), self._store.clock.now()
        outcome = result_of(service, case, case.decision).outcome
        chain, flow = chain_of(case, service), numbered_flow(service, case.channel, case.kind)
        last = None if flow is None else _last_step(flow, case)
        told = Told() if last is None else self._told(case, last, now)
        await conn.execute(_CLOSE, case.number, now, _kept(told.pick_up))
        if last is not None:
            facts = {"outcome": outcome.value, "document": case.signed_result}
            step = Step(case.flow, Kind(last.kind.value), last.number, Outcome.DONE, facts)
            await self._telling.step(conn, chain, step, actor=member.actor, told=told)
        response = Response(
            number=case.number,
            outcome=_OUTCOMES.get(outcome, ResponseOutcome.ISSUED),
            at=now,
            signed_document=document,
            pick_up=told.pick_up,
        )
        await self._telling.response(conn, chain, response)

    def _told(self, case: Case, last: FlowStep, now: datetime) -> Told:
        """Return what the applicant is told with the last step: how to receive the result, in the act's way."""
        office = self._catalogue.office(case.office)
        pick_up = self._pick_up(case, office, now) if last.hand_over is HandOver.PICK_UP_NOTICE else None
        notification = self._catalogue.service(case.service).notification(last.ref, case.channel)
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


def _last_step(flow: Flow, case: Case) -> FlowStep:
    """Return the flow's step of refusal when the provider's condition failed, else the one that gives the result."""
    refusal = flow.refusal_step()
    return refusal if refusal is not None and case.check_result is CheckResult.FAILED else result_step(flow)


def _kept(pick_up: PickUp | None) -> dict[str, str] | None:
    if pick_up is None:
        return None
    return {"date": pick_up.day.isoformat(), "time": pick_up.time.isoformat("minutes")}
