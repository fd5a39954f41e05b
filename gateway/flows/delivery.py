"""Process 5 in detail: the signed application on its way to the provider over ЭҮШ, and what is presented after it.

Attachments that do not fit into a message are taken to the temporary store first, by a job; the message is put when all
of them are there. Acting twice puts the message once: its key is the application's number, and of a supplement the
number with the digest of what was signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

import structlog

from gateway.catalogue.load import Catalogue
from gateway.exchange.submission import (
    INLINE_LIMIT,
    INLINE_TOTAL,
    InlineFile,
    StoredFile,
    Submission,
    build_submission,
)
from gateway.exchange.supplement import SupplementSubmission, build_supplement_submission
from gateway.flows.applications import ApplicationRow, Applications, WholeApplication
from gateway.flows.attachments import StoredAttachment
from gateway.flows.ports import Parcel
from gateway.flows.steps import desk_steps
from gateway.flows.supplement_rows import SupplementRow, SupplementRows, SupplementState
from gateway.journal import Journal, Kind, Outcome, Step
from gateway.registries.errors import RegistryUnavailable
from gateway.registries.tempstorage import USUAL_LIFE_TIME, FileStore, Upload
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm
from gateway.shep.offload import offloaded
from gateway.shep.outbox import Call, Outbox
from gateway.store import Store
from gateway.store.database import Connection

UPLOAD = "portal.upload"
HANDED_OVER = "portal.handed-over"
STOPPED = "portal.not-handed-over"

_log = structlog.get_logger(__name__)


def travels_apart(attachments: Iterable[StoredAttachment]) -> frozenset[str]:
    """Return the documents that go by the temporary store: each over 1 MB, then the largest until the rest fits."""
    apart = {attachment.document for attachment in attachments if attachment.size > INLINE_LIMIT}
    inside = sorted((one for one in attachments if one.document not in apart), key=lambda one: one.size)
    while inside and sum(one.size for one in inside) > INLINE_TOTAL:
        apart.add(inside.pop().document)
    return frozenset(apart)


class What(StrEnum):
    """What is on its way."""

    APPLICATION = "application"
    SUPPLEMENT = "supplement"


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that can be put at once; its key makes it one message however often it is put."""

    number: str
    what: What
    key: str
    message: AsyncMessage


@dataclass(frozen=True, slots=True)
class UploadFirst:
    """An application, or a supplement to one, whose large attachments are not in the temporary store yet."""

    number: str
    what: What


class ShepDelivery:
    """Sends applications and supplements through the gateway to which the channels are connected."""

    def __init__(
        self,
        *,
        store: Store,
        catalogue: Catalogue,
        journal: Journal,
        outbox: Outbox,
        tempstorage: FileStore,
        gateway: str = "shep",
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._journal = journal
        self._outbox = outbox
        self._tempstorage = tempstorage
        self._gateway = gateway
        self._applications = Applications(store.database)
        self._supplements = SupplementRows(store.database)
        store.jobs.on(UPLOAD, self.upload)
        store.jobs.on(HANDED_OVER, self.handed_over)
        store.jobs.on(STOPPED, self.not_handed_over)

    async def prepare(self, application: WholeApplication, signed: bytes) -> Parcel:
        """Make the message, unless files must be uploaded first."""
        files = await self._files(application.attachments)
        if files is None:
            return UploadFirst(application.number, What.APPLICATION)
        submission = Submission(application.number, application.service, application.office, signed, files)
        xml = await offloaded(_size(signed, files), partial(build_submission, submission))
        key = f"application {application.number}"
        return Ready(application.number, What.APPLICATION, key, self._message(application, xml))

    async def prepare_supplement(
        self, application: ApplicationRow, supplement: SupplementRow, signed: bytes, *, presented_at: datetime
    ) -> Parcel:
        """Make the message of a supplement, unless files must be uploaded first; its key is of number and content."""
        files = await self._files(supplement.files)
        if files is None:
            return UploadFirst(application.number, What.SUPPLEMENT)
        number = application.number
        submission = SupplementSubmission(number, application.service, application.office, presented_at, signed, files)
        xml = await offloaded(_size(signed, files), partial(build_supplement_submission, submission))
        key = f"supplement {number} {hashlib.sha256(supplement.draft or signed).hexdigest()}"
        return Ready(number, What.SUPPLEMENT, key, self._message(application, xml))

    async def send(self, conn: Connection, parcel: Parcel) -> None:
        """Put the message with its delivery job, or the job that uploads first."""
        if isinstance(parcel, Ready):
            payload = {"number": parcel.number, "what": parcel.what.value}
            await self._outbox.put(
                conn,
                key=parcel.key,
                gateway=self._gateway,
                message=parcel.message,
                on_sent=Call(HANDED_OVER, payload),
                on_stopped=Call(STOPPED, payload),
            )
        elif isinstance(parcel, UploadFirst):
            first = {"number": parcel.number, "what": parcel.what.value, "attempt": 0}
            await self._store.jobs.enqueue(conn, UPLOAD, first)

    async def upload(self, payload: Mapping[str, Any]) -> None:
        """Take the large attachments to the temporary store (a job), then put the message."""
        number, what = payload["number"], What(payload.get("what", What.APPLICATION))
        try:
            for attachment in await self._not_uploaded(number, what):
                await self._upload_one(number, what, attachment)
        except RegistryUnavailable as error:
            await self._upload_later(number, what, attempt=int(payload["attempt"]) + 1, error=str(error))
            return
        parcel = await self._parcel(number, what)
        if parcel is not None:
            async with self._store.database.transaction() as conn:
                await self.send(conn, parcel)

    async def _parcel(self, number: str, what: What) -> Parcel | None:
        application = await self._applications.by_number(number)
        if application is None:
            return None
        if what is What.APPLICATION:
            if application.signed is None:
                return None
            return await self.prepare(application, await self._store.blobs.get(application.signed))
        supplement = await self._supplements.of(number)
        if supplement is None or supplement.state is not SupplementState.SENT:
            return None
        assert supplement.signed is not None
        assert supplement.signed_at is not None
        signed = await self._store.blobs.get(supplement.signed)
        return await self.prepare_supplement(application, supplement, signed, presented_at=supplement.signed_at)

    async def _not_uploaded(self, number: str, what: What) -> tuple[StoredAttachment, ...]:
        attachments: tuple[StoredAttachment, ...] = ()
        if what is What.APPLICATION:
            application = await self._applications.by_number(number)
            if application is not None and application.signed is not None:
                attachments = application.attachments
        else:
            supplement = await self._supplements.of(number)
            if supplement is not None and supplement.state is SupplementState.SENT:
                attachments = supplement.files
        apart = travels_apart(attachments)
        return tuple(one for one in attachments if one.document in apart and one.file_identifier is None)

    async def _files(self, attachments: Sequence[StoredAttachment]) -> tuple[InlineFile | StoredFile, ...] | None:
        """Return the files as they travel; nothing while one that travels apart is not in the temporary store."""
        apart = travels_apart(attachments)
        if any(one.file_identifier is None for one in attachments if one.document in apart):
            return None
        files: list[InlineFile | StoredFile] = []
        for attachment in attachments:
            if attachment.document in apart:
                files.append(StoredFile(attachment.file_identifier or "", attachment.sha256))
            else:
                files.append(InlineFile(await self._store.blobs.get(attachment.sha256)))
        return tuple(files)

    async def handed_over(self, payload: Mapping[str, Any]) -> None:
        """Note that ЭҮШ has taken the application or the supplement (a job)."""
        shep = payload["shep"]
        facts = {"step": _handed_over(payload), "gateway": shep["gateway"], "message": shep["message_id"]}
        key = f"handed over as {shep['message_id']}"
        await self._note(payload["number"], Outcome.DONE, facts, at=datetime.fromisoformat(shep["sent_at"]), key=key)

    async def not_handed_over(self, payload: Mapping[str, Any]) -> None:
        """Note for the staff that ЭҮШ will not take the message (a job); it can be resumed in the outbox."""
        shep = payload["shep"]
        facts = {"step": _handed_over(payload), "gateway": shep["gateway"], "error": shep["error"]}
        at = datetime.fromisoformat(shep["stopped_at"])
        await self._note(payload["number"], Outcome.FAILED, facts, at=at, key=f"not handed over {at}")

    def _message(self, application: ApplicationRow, xml: bytes) -> AsyncMessage:
        return AsyncMessage(
            service_id=self._catalogue.service(application.service).shep_service_id,
            message_type=MessageType.REQUEST,
            payload=Payload(PayloadForm.ESCAPED, xml),
            route_id=self._route_id(application),
        )

    def _route_id(self, application: ApplicationRow) -> str | None:
        """Return the way that the act gives the channel; the office's own where it names no gateway."""
        office = self._catalogue.office(application.office)
        try:
            route = self._catalogue.service(application.service).route(application.channel)
        except KeyError:
            return office.route_id
        return office.route_over(route.path)

    async def _upload_one(self, number: str, what: What, attachment: StoredAttachment) -> None:
        content = await self._store.blobs.get(attachment.sha256)
        upload = Upload(
            process_id=f"{number}-{attachment.document}-{attachment.sha256[:16]}",
            content=content,
            name=attachment.name,
            media_type=attachment.media_type,
            life_time=USUAL_LIFE_TIME,
        )
        stored = await self._tempstorage.upload(upload)
        async with self._store.database.transaction() as conn:
            files = self._applications.files if what is What.APPLICATION else self._supplements.files
            await files.note_stored(conn, number, attachment, stored.identifier)

    async def _upload_later(self, number: str, what: What, *, attempt: int, error: str) -> None:
        _log.warning("attachments-not-uploaded", application=number, what=what.value, attempt=attempt, error=error)
        due_at = self._store.clock.now() + min(timedelta(seconds=2 ** min(attempt, 10)), timedelta(minutes=10))
        payload = {"number": number, "what": what.value, "attempt": attempt}
        key = number if what is What.APPLICATION else f"{number} {what}"
        async with self._store.database.transaction() as conn:
            await self._store.timers.schedule(conn, name=UPLOAD, key=key, due_at=due_at, payload=payload)

    async def _note(self, number: str, outcome: Outcome, facts: Mapping[str, Any], *, at: datetime, key: str) -> None:
        application = await self._applications.by_number(number)
        if application is None:
            return
        flow = desk_steps(self._catalogue.service(application.service), application).flow
        async with self._store.database.transaction() as conn:
            step = Step(flow, Kind.NOTE, 0, outcome, facts)
            await self._journal.record(conn, step, application=number, at=at, key=key)


def _handed_over(payload: Mapping[str, Any]) -> str:
    return "supplement handed over" if payload.get("what") == What.SUPPLEMENT else "handed over"


def _size(signed: bytes, files: Iterable[InlineFile | StoredFile]) -> int:
    return len(signed) + sum(len(file.content) for file in files if isinstance(file, InlineFile))
