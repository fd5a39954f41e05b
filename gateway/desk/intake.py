"""Process 6: the electronic document is registered at the desk (Karaganda act, line 1391; Almaty act, lines 302-303).

The row of the case, its documents, its event, its NOTIFICATION and the job of condition 3 stand in one transaction. The
same application may arrive any number of times: the key is its number with the digest of what was signed.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from gateway.catalogue import Catalogue, Check, StepKind, StepRef
from gateway.desk.case import CHANNEL, CheckResult
from gateway.desk.deadlines import Deadlines
from gateway.desk.procedure import ProcedureOf
from gateway.desk.state_data import ASK, first_question
from gateway.desk.submission import Arrival, Broken, BrokenCode, SubmissionCheck
from gateway.desk.telling import Chain, Telling, Told, wording_of
from gateway.exchange.notification import StepKind as NoticeKind
from gateway.exchange.notification import StepNotice, StepOutcome
from gateway.exchange.wording import Wording
from gateway.journal import Kind, Outcome, Step
from gateway.shep.inbox import Received
from gateway.store import Store
from gateway.store.database import Connection

UNREAD_NUMBER = "0" * 14
"""Stands in a notice for the number of an application that could not be read; the chain tells which it was."""

_log = structlog.get_logger(__name__)

_INSERT = """
INSERT INTO casefile (number, content_key, service, kind, office, flow, applicant_number, applicant_name, fields,
                      signed_application, gateway, correlation_id, submitted_at, registered_at, result_due, state, step,
                      action, awaits_verb, awaits_role, due_at, check_result)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'open', $16, $17, $18, $19, $20, $21)
ON CONFLICT DO NOTHING RETURNING number
"""


class Intake:
    """Takes applications in."""

    def __init__(
        self,
        *,
        store: Store,
        catalogue: Catalogue,
        check: SubmissionCheck,
        telling: Telling,
        deadlines: Deadlines,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._check = check
        self._telling = telling
        self._deadlines = deadlines

    async def receive(self, received: Received) -> None:
        """Handle a REQUEST: a new case, nothing for a repeated one, or a notice that it is broken.

        Raises `NotYet` when the signature cannot be judged yet or a file cannot be fetched yet; the inbox tries again.
        """
        message = received.message
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
            await self._process_6_register(conn, arrival, chain, signed)

    async def _process_6_register(self, conn: Connection, arrival: Arrival, chain: Chain, signed: bytes) -> None:
        application, service = arrival.application, arrival.service
        now = self._store.clock.now()
        procedure = ProcedureOf(self._catalogue, service, arrival.office, CHANNEL, arrival.kind)
        flow = service.flow(CHANNEL, arrival.kind)
        first = procedure.first
        action = procedure.action(first)
        due = procedure.due(first, started=now, submitted=now)
        result_due = procedure.result_due(now)
        asks_registers = flow.condition(Check.STATE_DATA) is not None
        waits = asks_registers or flow.condition(Check.DOCUMENTS) is not None
        digest = await self._store.blobs.put(conn, signed, media_type="application/xml")
        inserted = await conn.fetchval(
            _INSERT,
            application.number,
            arrival.content_key,
            service.id,
            arrival.kind,
            arrival.office.id,
            flow.id,
            str(application.applicant_number),
            application.applicant_name,
            dict(application.fields),
            digest,
            chain.gateway,
            chain.correlation_id,
            application.created_at,
            now,
            result_due,
            first.step,
            first.action,
            action.verb.value,
            action.role.value,
            due,
            (CheckResult.WAITING if waits else CheckResult.PASSED).value,
        )
        if inserted is None:
            if not await _is_registered(conn, arrival):
                raise Broken(BrokenCode.NUMBER_TAKEN, "something of it is another case's", number=application.number)
            return
        await self._store_documents(conn, arrival)
        await self._deadlines.begin(conn, application.number, first.step, started=now, due=due)
        await self._tell_accepted(conn, arrival, chain, now, result_due)
        if asks_registers:
            await self._store.jobs.enqueue(conn, ASK, first_question(application.number))

    async def _store_documents(self, conn: Connection, arrival: Arrival) -> None:
        named = zip(arrival.application.attachments, arrival.files, strict=True)
        for ordinal, (attachment, content) in enumerate(named, start=1):
            digest = await self._store.blobs.put(conn, content, media_type=attachment.media_type)
            await conn.execute(
                "INSERT INTO case_document (number, ordinal, kind, name, media_type, size, sha256) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7)",
                arrival.application.number,
                ordinal,
                attachment.document,
                attachment.name,
                attachment.media_type,
                attachment.size,
                digest,
            )

    async def _tell_accepted(
        self, conn: Connection, arrival: Arrival, chain: Chain, now: datetime, result_due: datetime
    ) -> None:
        service = arrival.service
        notification = service.notification(StepRef(StepKind.PROCESS, 6))
        step = Step(
            service.flow(CHANNEL, arrival.kind).id, Kind.PROCESS, 6, Outcome.DONE, {"content": arrival.content_key}
        )
        named = Chain(arrival.application.number, chain.service_id, chain.gateway, chain.correlation_id)
        message = None
        if notification is not None:
            message = wording_of(notification, arrival.office, registered_at=now, moment=result_due)
        await self._telling.step(conn, named, step, told=Told(message=message, result_due=result_due))

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
