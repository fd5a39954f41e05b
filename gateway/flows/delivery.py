"""Process 5 in detail: the signed application on its way to the provider over ЭҮШ.

Attachments that do not fit into a message are taken to the temporary store first, by a job; the message is put when all
of them are there. Acting twice puts the message once: its key is the application's number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from gateway.catalogue.load import Catalogue
from gateway.catalogue.model import Service
from gateway.exchange.submission import (
    INLINE_LIMIT,
    INLINE_TOTAL,
    InlineFile,
    StoredFile,
    Submission,
    build_submission,
)
from gateway.flows.applications import ApplicationRow, Applications, StoredAttachment
from gateway.flows.ports import Parcel
from gateway.journal import Journal, Kind, Outcome, Step
from gateway.registries.errors import RegistryUnavailable
from gateway.registries.tempstorage import USUAL_LIFE_TIME, FileStore, Upload
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm
from gateway.shep.offload import offloaded
from gateway.shep.outbox import Call, Outbox
from gateway.store import Store
from gateway.store.database import Connection

FLOW = "portal"
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


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that can be put at once."""

    number: str
    message: AsyncMessage


@dataclass(frozen=True, slots=True)
class UploadFirst:
    """An application whose large attachments are not in the temporary store yet."""

    number: str


class ShepDelivery:
    """Sends applications through the gateway to which the channels are connected."""

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
        store.jobs.on(UPLOAD, self.upload)
        store.jobs.on(HANDED_OVER, self.handed_over)
        store.jobs.on(STOPPED, self.not_handed_over)

    async def prepare(self, application: ApplicationRow, signed: bytes) -> Parcel:
        """Make the message, unless files must be uploaded first."""
        apart = travels_apart(application.attachments)
        if any(one.file_identifier is None for one in application.attachments if one.document in apart):
            return UploadFirst(application.number)
        files: list[InlineFile | StoredFile] = []
        for attachment in application.attachments:
            if attachment.document in apart:
                files.append(StoredFile(attachment.file_identifier or "", attachment.sha256))
            else:
                files.append(InlineFile(await self._store.blobs.get(attachment.sha256)))
        service = self._catalogue.service(application.service)
        submission = Submission(application.number, application.service, application.office, signed, tuple(files))
        size = len(signed) + sum(len(file.content) for file in files if isinstance(file, InlineFile))
        xml = await offloaded(size, partial(build_submission, submission))
        return Ready(application.number, self._message(service, application.office, xml))

    async def send(self, conn: Connection, parcel: Parcel) -> None:
        """Put the message with its delivery job, or the job that uploads first."""
        if isinstance(parcel, Ready):
            payload = {"number": parcel.number}
            await self._outbox.put(
                conn,
                key=f"application {parcel.number}",
                gateway=self._gateway,
                message=parcel.message,
                on_sent=Call(HANDED_OVER, payload),
                on_stopped=Call(STOPPED, payload),
            )
        elif isinstance(parcel, UploadFirst):
            await self._store.jobs.enqueue(conn, UPLOAD, {"number": parcel.number, "attempt": 0})

    async def upload(self, payload: Mapping[str, Any]) -> None:
        """Take the large attachments to the temporary store (a job), then put the message."""
        application = await self._applications.by_number(payload["number"])
        if application is None or application.signed is None:
            return
        apart = travels_apart(application.attachments)
        try:
            for attachment in application.attachments:
                if attachment.document in apart and attachment.file_identifier is None:
                    await self._upload_one(application.number, attachment)
        except RegistryUnavailable as error:
            await self._upload_later(application.number, attempt=int(payload["attempt"]) + 1, error=str(error))
            return
        application = await self._applications.by_number(application.number)
        if application is None or application.signed is None:
            return
        parcel = await self.prepare(application, await self._store.blobs.get(application.signed))
        async with self._store.database.transaction() as conn:
            await self.send(conn, parcel)

    async def handed_over(self, payload: Mapping[str, Any]) -> None:
        """Note that ЭҮШ has taken the application (a job)."""
        shep = payload["shep"]
        facts = {"step": "handed over", "gateway": shep["gateway"], "message": shep["message_id"]}
        key = f"handed over as {shep['message_id']}"
        await self._note(payload["number"], Outcome.DONE, facts, at=datetime.fromisoformat(shep["sent_at"]), key=key)

    async def not_handed_over(self, payload: Mapping[str, Any]) -> None:
        """Note for the staff that ЭҮШ will not take the application (a job); it can be resumed in the outbox."""
        shep = payload["shep"]
        facts = {"step": "handed over", "gateway": shep["gateway"], "error": shep["error"]}
        at = datetime.fromisoformat(shep["stopped_at"])
        await self._note(payload["number"], Outcome.FAILED, facts, at=at, key=f"not handed over {at}")

    def _message(self, service: Service, office_id: str, xml: bytes) -> AsyncMessage:
        return AsyncMessage(
            service_id=service.shep_service_id,
            message_type=MessageType.REQUEST,
            payload=Payload(PayloadForm.ESCAPED, xml),
            route_id=self._catalogue.office(office_id).route_id,
        )

    async def _upload_one(self, number: str, attachment: StoredAttachment) -> None:
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
            await self._applications.note_stored(conn, number, attachment.document, stored.identifier)

    async def _upload_later(self, number: str, *, attempt: int, error: str) -> None:
        _log.warning("attachments-not-uploaded", application=number, attempt=attempt, error=error)
        due_at = self._store.clock.now() + min(timedelta(seconds=2 ** min(attempt, 10)), timedelta(minutes=10))
        async with self._store.database.transaction() as conn:
            await self._store.timers.schedule(
                conn, name=UPLOAD, key=number, due_at=due_at, payload={"number": number, "attempt": attempt}
            )

    async def _note(self, number: str, outcome: Outcome, facts: Mapping[str, Any], *, at: datetime, key: str) -> None:
        async with self._store.database.transaction() as conn:
            step = Step(FLOW, Kind.NOTE, 0, outcome, facts)
            await self._journal.record(conn, step, application=number, at=at, key=key)
