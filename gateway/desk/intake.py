"""The electronic document is registered at the desk (Karaganda act, lines 1335 and 1391; Almaty act, lines 302-303).

The row of the case, its documents, its event, its NOTIFICATION and the job of the condition stand in one transaction.
The same application may arrive any number of times: the key is its number with the digest of what was signed.
"""

from __future__ import annotations

from typing import Protocol

import structlog

from gateway.catalogue import Channel
from gateway.desk.broken import Broken, BrokenCode
from gateway.desk.numbered import numbered_flow
from gateway.desk.opening import Opened, Opening, Taken
from gateway.desk.submission import Arrival, SubmissionCheck
from gateway.desk.telling import Chain, Telling, Told, wording_of
from gateway.exchange.acceptance import SentBy
from gateway.exchange.notification import REGISTERED, StepNotice, StepOutcome
from gateway.exchange.notification import StepKind as NoticeKind
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


class Awaiting(Protocol):
    """Keeps the applications whose package is on its way by courier (`gateway.desk.expected`)."""

    async def standing(self, conn: Connection, number: str) -> str | None:
        """Return the content key of what is kept by a number; no other comes before the transaction ends."""

    async def expect(self, conn: Connection, taken: Taken) -> str:
        """Keep a checked application until its package is there; return the key of the content kept by its number."""


class Intake:
    """Takes in the applications that come by message.

    Of one whose package comes by courier `awaiting` is told, and its case is opened when the package is there.
    """

    def __init__(
        self,
        *,
        store: Store,
        check: SubmissionCheck,
        opening: Opening,
        telling: Telling,
        supplements: Later | None = None,
        awaiting: Awaiting | None = None,
    ) -> None:
        self._store = store
        self._check = check
        self._opening = opening
        self._telling = telling
        self._supplements = supplements
        self._awaiting = awaiting

    async def receive(self, received: Received) -> None:
        """Handle a REQUEST: a new case or a package awaited, nothing for a repeated one, or a notice that it is broken.

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

    async def open_expected(self, conn: Connection, taken: Taken) -> Opened | None:
        """Open the case of an application whose package is there, in the caller's transaction, and tell of it.

        None when its case is there already; raises `Broken` NUMBER_TAKEN when the number is another application's.
        """
        opened = await self._opening.open(conn, taken)
        if opened is not None:
            await self._tell_accepted(conn, taken, opened)
        elif not await _is_registered(conn, taken):
            raise _number_taken(taken, "something of it is another case's")
        return opened

    async def tell_never_opened(self, conn: Connection, taken: Taken, broken: Broken) -> None:
        """Tell in the chain of an application that no case is opened of it though its package is there."""
        number = taken.application.number
        _log.warning("submission-broken", code=broken.code, detail=broken.detail, application=number)
        chain = Chain(number, taken.service.shep_service_id, taken.gateway, taken.correlation_id)
        notice = self._notice(number, broken, taken.channel)
        await self._telling.broken(conn, chain, notice, key=f"broken {number} expected")

    async def _register(self, arrival: Arrival, chain: Chain) -> None:
        number, key = arrival.application.number, arrival.content_key
        async with self._store.database.transaction() as conn:
            if await _is_registered(conn, arrival):
                return
        taken = Taken(
            application=arrival.application,
            document=await arrival.keep(),
            files=arrival.files,
            content_key=key,
            service=arrival.service,
            kind=arrival.kind,
            office=arrival.office,
            channel=arrival.channel,
            counter=arrival.counter,
            gateway=chain.gateway,
            correlation_id=chain.correlation_id,
        )
        async with self._store.database.transaction() as conn:
            if self._awaiting is None:
                await self.open_expected(conn, taken)
                return
            if await self._awaiting.standing(conn, number) not in {None, key}:
                raise _number_taken(taken, "another content is expected")
            if not _comes_by_courier(taken):
                await self.open_expected(conn, taken)
            elif not await _is_registered(conn, taken):
                await self._awaiting.expect(conn, taken)

    async def _tell_accepted(self, conn: Connection, taken: Taken, opened: Opened) -> None:
        """Tell of the flow's registration: a process by its number, or the item of a list of actions in its place.

        Without a flow the registration is a note, which tells when the result is due.
        """
        service, number = taken.service, taken.application.number
        chain = Chain(number, service.shep_service_id, taken.gateway, taken.correlation_id)
        facts = {"content": taken.content_key}
        flow = numbered_flow(service, taken.channel, taken.kind)
        if flow is None:
            told = Told(result_due=opened.result_due, facts={REGISTERED: "true"})
            step = Step(opened.flow, Kind.NOTE, 0, Outcome.DONE, {**facts, REGISTERED: True})
            await self._telling.step(conn, chain, step, told=told)
            return
        registration, message = flow.registration_step(), None
        notification = service.notification(registration.ref, taken.channel)
        if notification is not None:
            message = wording_of(
                notification, taken.office, registered_at=opened.registered_at, moment=opened.result_due
            )
        step = Step(opened.flow, Kind(registration.kind.value), registration.number, Outcome.DONE, facts)
        await self._telling.step(conn, chain, step, told=Told(message=message, result_due=opened.result_due))

    async def _tell_broken(self, broken: Broken, chain: Chain, received: Received) -> None:
        number = broken.number or UNREAD_NUMBER
        _log.warning("submission-broken", code=broken.code, detail=broken.detail, inbox=received.id)
        notice = self._notice(number, broken, broken.channel)
        named = Chain(number, chain.service_id, chain.gateway, chain.correlation_id)
        async with self._store.database.transaction() as conn:
            await self._telling.broken(conn, named, notice, key=f"broken {chain.gateway} {received.id}")

    def _notice(self, number: str, broken: Broken, channel: Channel) -> StepNotice:
        return StepNotice(
            number=number,
            flow=channel.value,
            kind=NoticeKind.NOTE,
            step_number=0,
            outcome=StepOutcome.FAILED,
            at=self._store.clock.now(),
            facts={"code": broken.code.value},
            message=Wording(broken.text.kk, broken.text.ru),
        )


async def _is_registered(conn: Connection, come: Arrival | Taken) -> bool:
    """Tell whether this is a repeated sending; raises `Broken` when the number stands for another content."""
    known = await conn.fetchval("SELECT content_key FROM casefile WHERE number = $1", come.application.number)
    if known is not None and known != come.content_key:
        raise _number_taken(come, "the number has another content")
    return known is not None


def _number_taken(come: Arrival | Taken, detail: str) -> Broken:
    return Broken(BrokenCode.NUMBER_TAKEN, detail, number=come.application.number, channel=come.channel)


def _comes_by_courier(taken: Taken) -> bool:
    acceptance = taken.application.acceptance
    return acceptance is not None and acceptance.medium is SentBy.COURIER
