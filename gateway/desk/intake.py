"""The electronic document is registered at the desk (Karaganda act, line 1391; Almaty act, lines 302-303).

The row of the case, its documents, its event, its NOTIFICATION and the job of the condition stand in one transaction.
The same application may arrive any number of times: the key is its number with the digest of what was signed.
"""

from __future__ import annotations

from typing import Protocol

import structlog

from gateway.desk.case import CHANNEL
from gateway.desk.opening import Opened, Opening, Taken
from gateway.desk.submission import Arrival, Broken, BrokenCode, SubmissionCheck
from gateway.desk.telling import Chain, Telling, Told, wording_of
from gateway.exchange.notification import StepKind as NoticeKind
from gateway.exchange.notification import StepNotice, StepOutcome
from gateway.exchange.supplement import is_supplement
from gateway.exchange.wording import Wording
from gateway.journal import Kind, Outcome, Step
from gateway.shep.inbox import Received
from gateway.store import Store
from gateway.store.database import Connection

UNREAD_NUMBER = "0" * 14
"""Stands in a notice for the number of an application that could not be read; the chain tells which it was."""

_log = structlog.get_logger(__name__)


class Later(Protocol):
    """Takes in what an applicant presents after the application (`gateway.desk.supplements`)."""

    async def receive(self, received: Received) -> None:
        """Handle a REQUEST that is a supplement."""


class Intake:
    """Takes in the applications that come by message."""

    def __init__(
        self,
        *,
        store: Store,
        check: SubmissionCheck,
        opening: Opening,
        telling: Telling,
        supplements: Later | None = None,
    ) -> None:
        self._store = store
        self._check = check
        self._opening = opening
        self._telling = telling
        self._supplements = supplements

    async def receive(self, received: Received) -> None:
        """Handle a REQUEST: a new case, nothing for a repeated one, or a notice that it is broken.

        Raises `NotYet` when the signature cannot be judged yet or a file cannot be fetched yet; the inbox tries again.
        """
        message = received.message
        if self._supplements is not None and is_supplement(message.payload.xml):
            await self._supplements.receive(received)
            return
        chain = Chain("", message.service_id, received.gateway, received.correlation_id)
        try:
            arrival = await self._check.check(message.payload.xml, service_id=message.service_id)
            await self._register(arrival, chain)
        except Broken as broken:
            await self._tell_broken(broken, chain, received)

    async def _register(self, arrival: Arrival, chain: Chain) -> None:
        async with self._store.database.transaction() as conn:
            if await _is_registered(conn, arrival):
                return
        signed = await arrival.keep()
        async with self._store.database.transaction() as conn:
            await self._register_case(conn, arrival, chain, signed)

    async def _register_case(self, conn: Connection, arrival: Arrival, chain: Chain, signed: bytes) -> None:
        opened = await self._opening.open(
            conn,
            Taken(
                application=arrival.application,
                document=signed,
                files=arrival.files,
                content_key=arrival.content_key,
                service=arrival.service,
                kind=arrival.kind,
                office=arrival.office,
                channel=CHANNEL,
                gateway=chain.gateway,
                correlation_id=chain.correlation_id,
            ),
        )
        if opened is not None:
            await self._tell_accepted(conn, arrival, chain, opened)
        elif not await _is_registered(conn, arrival):
            number = arrival.application.number
            raise Broken(BrokenCode.NUMBER_TAKEN, "something of it is another case's", number=number)

    async def _tell_accepted(self, conn: Connection, arrival: Arrival, chain: Chain, opened: Opened) -> None:
        """Tell of the flow's registration: process 6, or the item of a list of actions in its place."""
        service, now = arrival.service, opened.registered_at
        registration = service.flow(CHANNEL, arrival.kind).registration_step()
        notification = service.notification(registration.ref)
        step = Step(
            opened.flow,
            Kind(registration.kind.value),
            registration.number,
            Outcome.DONE,
            {"content": arrival.content_key},
        )
        named = Chain(arrival.application.number, chain.service_id, chain.gateway, chain.correlation_id)
        message = None
        if notification is not None:
            message = wording_of(notification, arrival.office, registered_at=now, moment=opened.result_due)
        told = Told(message=message, result_due=opened.result_due)
        await self._telling.step(conn, named, step, told=told)

    async def _tell_broken(self, broken: Broken, chain: Chain, received: Received) -> None:
        number = broken.number or UNREAD_NUMBER
        _log.warning("submission-broken", code=broken.code, detail=broken.detail, inbox=received.id)
        notice = StepNotice(
            number=number,
            flow="portal",
            kind=NoticeKind.NOTE,
            step_number=0,
            outcome=StepOutcome.FAILED,
            at=self._store.clock.now(),
            facts={"code": broken.code.value},
            message=Wording(broken.text.kk, broken.text.ru),
        )
        named = Chain(number, chain.service_id, chain.gateway, chain.correlation_id)
        async with self._store.database.transaction() as conn:
            await self._telling.broken(conn, named, notice, key=f"broken {chain.gateway} {received.id}")


async def _is_registered(conn: Connection, arrival: Arrival) -> bool:
    """Tell whether this is a repeated sending; raises `Broken` when the number stands for another content."""
    number = arrival.application.number
    known = await conn.fetchval("SELECT content_key FROM casefile WHERE number = $1", number)
    if known is not None and known != arrival.content_key:
        raise Broken(BrokenCode.NUMBER_TAKEN, "the number has another content", number=number)
    return known is not None
