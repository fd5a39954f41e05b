"""Events of a case and the messages that tell the channels of them, in one transaction with what they tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.catalogue import Check, FlowStep, Notification, Office, Service
from gateway.clock import ALMATY, Clock
from gateway.desk.case import Case
from gateway.desk.numbered import condition_by, numbered_flow
from gateway.desk.ports import Outgoing
from gateway.exchange.notification import StepKind, StepNotice, StepOutcome, build_notice
from gateway.exchange.response import Response, build_response
from gateway.exchange.wording import PickUp, Wording
from gateway.journal import SYSTEM, Journal, Kind, Outcome, Step
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm
from gateway.store.database import Connection

_ZONE = ZoneInfo(ALMATY)


@dataclass(frozen=True, slots=True)
class Told:
    """What a notice says beside the step itself."""

    message: Wording | None = None
    result_due: datetime | None = None
    pick_up: PickUp | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chain:
    """Where the messages about an application go: back to the gateway it came from, in the request's chain.

    An application on paper came over no gateway, and no message is sent of it.
    """

    number: str
    service_id: str
    gateway: str | None
    correlation_id: str | None


class Telling:
    """Writes the journal and puts the messages."""

    def __init__(self, journal: Journal, outgoing: Outgoing, clock: Clock) -> None:
        self._journal = journal
        self._outgoing = outgoing
        self._clock = clock

    async def note(self, conn: Connection, case: Case, facts: Mapping[str, object], *, actor: str) -> None:
        """Record something that the regulation does not number; it stays inside the provider."""
        sequence = await self._next(conn, case.number)
        step = Step(case.flow, Kind.NOTE, 0, Outcome.DONE, facts)
        await self._journal.record(conn, step, application=case.number, actor=actor, place=sequence)

    async def step(
        self,
        conn: Connection,
        chain: Chain,
        step: Step,
        *,
        actor: str = SYSTEM,
        told: Told | None = None,
    ) -> None:
        """Record a numbered step, or a note, and send its NOTIFICATION where there is somebody to send it to."""
        sequence = await self.record(conn, chain.number, step, actor=actor)
        said = told or Told()
        notice = StepNotice(
            number=chain.number,
            flow=step.flow,
            kind=StepKind(step.kind.value),
            step_number=step.number,
            outcome=StepOutcome(step.outcome.value),
            at=self._clock.now(),
            sequence=sequence,
            facts=said.facts,
            message=said.message,
            result_due=said.result_due,
            pick_up=said.pick_up,
        )
        await self._put(conn, chain, MessageType.NOTIFICATION, f"{chain.number} step {sequence}", build_notice(notice))

    async def tell(
        self, conn: Connection, chain: Chain, facts: Mapping[str, object], *, flow: str, actor: str, told: Told
    ) -> None:
        """Record a note, which the regulation does not number, and tell the applicant of it."""
        await self.step(conn, chain, Step(flow, Kind.NOTE, 0, Outcome.DONE, facts), actor=actor, told=told)

    async def record(self, conn: Connection, number: str, step: Step, *, actor: str = SYSTEM) -> int:
        """Record a numbered step without telling of it, and return its place among the case's events."""
        sequence = await self._next(conn, number)
        await self._journal.record(conn, step, application=number, actor=actor, place=sequence)
        return sequence

    async def response(self, conn: Connection, chain: Chain, response: Response) -> None:
        """Send the RESPONSE that ends the application."""
        await self._put(conn, chain, MessageType.RESPONSE, f"{chain.number} response", build_response(response))

    async def broken(self, conn: Connection, chain: Chain, notice: StepNotice, *, key: str) -> None:
        """Send word that a submission was not taken."""
        await self._put(conn, chain, MessageType.NOTIFICATION, key, build_notice(notice))

    async def _next(self, conn: Connection, number: str) -> int:
        sequence: int = await conn.fetchval(
            "UPDATE casefile SET sequence = sequence + 1 WHERE number = $1 RETURNING sequence", number
        )
        return sequence

    async def _put(self, conn: Connection, chain: Chain, kind: MessageType, key: str, payload: bytes) -> None:
        if chain.gateway is None:
            return
        message = AsyncMessage(
            service_id=chain.service_id,
            message_type=kind,
            payload=Payload(PayloadForm.ESCAPED, payload),
            correlation_id=chain.correlation_id,
        )
        await self._outgoing.put(conn, key=key, gateway=chain.gateway, message=message)


def condition_of(service: Service, case: Case, check: Check) -> FlowStep | None:
    """Return the desk's condition of the case's flow that is decided by `check`; without a flow there is none."""
    return condition_by(numbered_flow(service, case.channel, case.kind), check)


def chain_of(case: Case, service: Service) -> Chain:
    """Return where the messages about a case go."""
    return Chain(case.number, service.shep_service_id, case.gateway, case.correlation_id)


def wording_of(
    notification: Notification,
    office: Office,
    *,
    registered_at: datetime,
    moment: datetime,
    place: Wording | None = None,
) -> Wording:
    """Return the text of a notification that the act prescribes, with all that it may name filled in.

    `moment` is when the result is to be had. Without a `place` of receiving it, the office's own is named.
    """
    local = moment.astimezone(_ZONE)
    registered = registered_at.astimezone(_ZONE)
    where = place or Wording(office.pick_up_place.kk, office.pick_up_place.ru)
    places = {
        "result_date": local.strftime("%d.%m.%Y"),
        "result_time": local.strftime("%H:%M"),
        "registration_date": registered.strftime("%d.%m.%Y"),
        "contacts": office.phone,
    }
    message = notification.message
    return Wording(
        message.kk.format(**places, place=where.kk, address=office.address.kk),
        message.ru.format(**places, place=where.ru, address=office.address.ru),
    )
