"""Where every case begins: one row, its documents, its first place with the deadline, and the date of the result.

An application that came by message and one that was taken in on paper are written by the same statement: nothing of the
procedure depends on how it came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.catalogue import Body, Catalogue, Channel, Check, FieldType, Office, Service
from gateway.catalogue.kinds import fields_of
from gateway.catalogue.terms import NoticeFact
from gateway.desk.case import CheckResult
from gateway.desk.deadlines import Deadlines
from gateway.desk.numbered import condition_by, flow_id, numbered_flow
from gateway.desk.procedure import ProcedureOf
from gateway.desk.state_data import ASK, first_question
from gateway.exchange.acceptance import SentBy
from gateway.exchange.application import Application
from gateway.identity.numbers import Bin, Iin
from gateway.store import Store
from gateway.store.database import Connection

_INSERT = """
INSERT INTO casefile (number, content_key, service, kind, office, channel, counter, flow, applicant_number,
                      applicant_name, fields, signed_application, gateway, correlation_id, submitted_at, registered_at,
                      result_due, state, step, action, step_kind, awaits_verb, awaits_role, awaits_office, due_at,
                      executor, check_result, intake)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 'open', $18, $19, $20, $21, $22,
        $23, $24, $25, $26, $27)
ON CONFLICT DO NOTHING RETURNING number
"""
_DOCUMENT = """
INSERT INTO case_document (number, ordinal, kind, name, media_type, size, sha256) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_ASSIGN = "INSERT INTO case_executor (number, office, staff) VALUES ($1, $2, $3)"


@dataclass(frozen=True, slots=True)
class Taken:
    """An application that may be taken, checked by whoever took it: by message or at a counter."""

    application: Application
    document: bytes
    """The application's XML: signed with its evidence, or, on paper, as the acceptor entered it."""
    files: tuple[bytes, ...]
    """The content of each of the application's attachments, in their order."""
    content_key: str
    service: Service
    kind: str | None
    office: Office
    """The provider that decides."""
    channel: Channel
    gateway: str | None = None
    """The gateway that the application came over; none on paper."""
    correlation_id: str | None = None
    counter: Office | None = None
    executor: int | None = None
    """The executor who took the paper in, where the act's first step is the executor's."""
    intake: Mapping[str, Any] | None = None
    """What was noted at the counter; of an application with an acceptance, the acceptance is."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A new case: where its first step's events belong, when it was registered and when its result is due."""

    flow: str
    registered_at: datetime
    result_due: datetime


class Opening:
    """Writes new cases; nothing else does."""

    def __init__(self, *, store: Store, catalogue: Catalogue, deadlines: Deadlines) -> None:
        self._store = store
        self._catalogue = catalogue
        self._deadlines = deadlines

    async def open(self, conn: Connection, taken: Taken) -> Opened | None:
        """Write a case in the caller's transaction; None when its number or its content is in the table already.

        It was submitted when it says so, but not later than now: terms are counted from there.
        """
        service, kind, application = taken.service, taken.kind, taken.application
        now = self._store.clock.now()
        procedure = ProcedureOf(self._catalogue, service, taken.office, taken.channel, kind, counter=taken.counter)
        first = procedure.first
        action, holder = procedure.action(first), procedure.office(first)
        opened = Opened(flow_id(service, taken.channel, kind), now, procedure.result_due(_counted_from(taken, now)))
        due = procedure.due(first, started=now, submitted=now)
        digest = await self._store.blobs.put(conn, taken.document, media_type="application/xml")
        inserted = await conn.fetchval(
            _INSERT,
            application.number,
            taken.content_key,
            service.id,
            kind,
            taken.office.id,
            taken.channel.value,
            None if taken.counter is None else taken.counter.id,
            opened.flow,
            str(application.applicant_number),
            application.applicant_name,
            dict(application.fields),
            digest,
            taken.gateway,
            taken.correlation_id,
            min(application.created_at, now),
            now,
            opened.result_due,
            first.step,
            first.action,
            first.kind.value,
            action.verb.value,
            action.role.value,
            holder.id,
            due,
            taken.executor,
            _check_at_first(service, taken.channel, kind).value,
            _noted(taken),
        )
        if inserted is None:
            return None
        if taken.executor is not None:
            await conn.execute(_ASSIGN, application.number, holder.id, taken.executor)
        await self._store_documents(conn, taken)
        await self._deadlines.begin(conn, application.number, first.step, started=now, due=due)
        if asks_registers(service, taken.channel, kind, application.applicant_number):
            await self._store.jobs.enqueue(conn, ASK, first_question(application.number))
        return opened

    async def _store_documents(self, conn: Connection, taken: Taken) -> None:
        named = zip(taken.application.attachments, taken.files, strict=True)
        for ordinal, (attachment, content) in enumerate(named, start=1):
            digest = await self._store.blobs.put(conn, content, media_type=attachment.media_type)
            await conn.execute(
                _DOCUMENT,
                taken.application.number,
                ordinal,
                attachment.document,
                attachment.name,
                attachment.media_type,
                attachment.size,
                digest,
            )


def asks_registers(service: Service, channel: Channel, kind: str | None, applicant: Iin | Bin) -> bool:
    """Tell whether the state databases are asked about the applicant.

    The State Corporation's operator has asked already, before the application was sent. On the portal the flow's
    condition asks. Of paper the same question is asked for evidence, where the form holds the applicant's consent to
    it: so the executor sees who is dead or unknown. Every organisation is asked about, since nobody could see otherwise
    that it is liquidated.
    """
    if channel is Channel.CORPORATION:
        return False
    if isinstance(applicant, Bin):
        return True
    if channel is Channel.PORTAL:
        return condition_by(numbered_flow(service, channel, kind), Check.STATE_DATA) is not None
    return any(field.type is FieldType.CONSENT for field in fields_of(service, kind))


def _counted_from(taken: Taken, now: datetime) -> datetime:
    """Return from when the result is due: from the acceptance at the State Corporation, as its receipt says.

    Where no receipt states a date and the procedure has no step of the State Corporation, it begins with the package,
    and the courier's way is not counted (Almaty, oralman, lines 73-75 and 171-174).
    """
    acceptance = taken.application.acceptance
    if acceptance is None:
        return now
    receipts = (one for one in taken.service.receipts if taken.channel in one.channels)
    stated = any(NoticeFact.RESULT_DATE in one.states for one in receipts)
    path = taken.service.procedure(taken.channel, taken.kind).path(taken.channel)
    own_steps = any(step.body_on(taken.channel) is Body.CORPORATION for step in path)
    if acceptance.medium is SentBy.COURIER and not stated and not own_steps:
        return now
    return min(now, acceptance.accepted_at)


def _noted(taken: Taken) -> dict[str, Any] | None:
    acceptance = taken.application.acceptance
    if acceptance is not None:
        return acceptance.to_json()
    return None if taken.intake is None else dict(taken.intake)


def _check_at_first(service: Service, channel: Channel, kind: str | None) -> CheckResult:
    """Without a flow there is no condition to wait for: documents are judged in the procedure alone."""
    flow = numbered_flow(service, channel, kind)
    waits = flow is not None and flow.examination_step() is not None
    return CheckResult.WAITING if waits else CheckResult.PASSED
