"""What the applicant presents after the application, while the provider waits for it.

The employer who was told of the decision presents within 20 working days the documents that guarantee the departure of
the foreign labour (Karaganda act, lines 3642-3644). They are attached, signed and sent as the application was: the
certificate is checked before signing and on what was signed, and one whose status cannot be established is neither
accepted nor refused. The act numbers none of this on the portal: the trail keeps notes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from gateway.catalogue.form import DocumentKind, FormProblem, check_document
from gateway.eds.verdict import Status, Verdict
from gateway.exchange.supplement import Supplement, build_supplement
from gateway.flows.applications import ENDED, ApplicationRow, Applications
from gateway.flows.attachments import StoredAttachment
from gateway.flows.errors import FlowCode, FlowError
from gateway.flows.ground import FlowGround
from gateway.flows.signing import (
    NOT_SIGNED,
    check_signed,
    held,
    judge_certificate,
    judge_signed,
    not_accepted,
    schedule_recheck,
    signing_certificate,
)
from gateway.flows.steps import steps_of
from gateway.flows.supplement_rows import WAITING, SupplementRow, SupplementRows, SupplementState
from gateway.journal import Kind, Outcome, Step
from gateway.store.database import Connection

RECHECK = "portal.recheck-supplement"
SENT = "supplement sent"
NOT_SENT = "supplement not sent"


class Supplements:
    """The applicant's part of what is presented after the application."""

    def __init__(self, ground: FlowGround) -> None:
        self._store = ground.store
        self._clock = ground.store.clock
        self._catalogue = ground.catalogue
        self._journal = ground.journal
        self._persons = ground.persons
        self._signatures = ground.signatures
        self._dispatch = ground.dispatch
        self._hold_limit = ground.hold_limit
        self._applications = Applications(ground.store.database)
        self._rows = SupplementRows(ground.store.database)
        self._store.jobs.on(RECHECK, self.check_again)

    async def of(self, application: ApplicationRow) -> SupplementRow | None:
        """Return what an application's provider waits for or waited for."""
        return await self._rows.of(application.number)

    def asked(self, application: ApplicationRow, supplement: SupplementRow) -> tuple[DocumentKind, ...]:
        """Return the documents that the provider waits for, in the catalogue's order."""
        service = self._catalogue.service(application.service)
        return tuple(one for one in service.documents if one.id in supplement.documents)

    def may_present(self, application: ApplicationRow, supplement: SupplementRow | None) -> bool:
        """Tell whether the provider waits now: it has not said otherwise, and the term is not over."""
        if supplement is None or application.state in ENDED or supplement.state not in WAITING:
            return False
        return self._clock.now() <= supplement.until

    def is_complete(self, application: ApplicationRow, supplement: SupplementRow) -> bool:
        """Tell whether something is attached, and every required document among it."""
        attached = {file.document for file in supplement.files}
        missing = [one for one in self.asked(application, supplement) if one.required and one.id not in attached]
        return bool(attached) and not missing

    async def attach(
        self, account_id: int, number: str, document: str, *, name: str, media_type: str, content: bytes
    ) -> FormProblem | None:
        """Attach a document; returns what is wrong with the file, by the same checks as with an application."""
        application = await self._applications.of(account_id, number)
        async with self._store.database.transaction() as conn:
            supplement = await self._waited_for(conn, application)
            asked = next((one for one in self.asked(application, supplement) if one.id == document), None)
            if asked is None:
                raise FlowError(FlowCode.SUPPLEMENT_NOT_AWAITED, reason=f"{number} takes no {document}")
            problem = check_document(asked, media_type, content)
            if problem is not None:
                return problem
            digest = await self._store.blobs.put(conn, content, media_type=media_type)
            await self._rows.files.attach(
                conn, number, StoredAttachment(document, name, media_type, len(content), digest)
            )
            await self._rows.reopen(conn, number)
        return None

    async def detach(self, account_id: int, number: str, document: str) -> None:
        """Take an attached document away."""
        application = await self._applications.of(account_id, number)
        async with self._store.database.transaction() as conn:
            await self._waited_for(conn, application)
            await self._rows.files.detach(conn, number, document)
            await self._rows.reopen(conn, number)

    async def choose_certificate(self, account_id: int, number: str, chosen: bytes) -> SupplementRow:
        """Fix what will be signed, and check the certificate before it is signed with."""
        certificate, now = signing_certificate(chosen), self._clock.now()
        application = await self._applications.of(account_id, number)
        async with self._store.database.transaction() as conn:
            supplement = await self._waited_for(conn, application)
            if not self.is_complete(application, supplement):
                raise FlowError(FlowCode.INCOMPLETE)
            draft = _draft_of(application, supplement, now)
            await self._rows.set(
                conn,
                number,
                state=SupplementState.OPEN.value,
                certificate=certificate.der,
                draft=draft,
                verdict=None,
                refusal=None,
            )
        return await self.check_certificate(account_id, number)

    async def check_certificate(self, account_id: int, number: str) -> SupplementRow:
        """Check the chosen certificate: validity period, revocation, IIN or BIN of application and certificate."""
        application = await self._applications.of(account_id, number)
        supplement = await self._own(number)
        if supplement.state not in WAITING or supplement.certificate is None:
            return supplement
        verdict = await judge_certificate(self._signatures, application, supplement.certificate)
        async with self._store.database.transaction() as conn:
            locked = await self._rows.lock(conn, number)
            if locked is not None and locked.stands_as(supplement):
                state = SupplementState.READY if verdict.status is Status.VALID else SupplementState.OPEN
                await self._rows.set(conn, number, state=state.value, verdict=verdict.to_json())
        return await self._own(number)

    async def send(self, account_id: int, number: str, signed: bytes) -> SupplementRow:
        """Take the signed supplement and send it to the provider over ЭҮШ; a second sending changes nothing.

        Raises `FlowError` for a document that is not the signed draft, and for one that comes too late.
        """
        application = await self._applications.of(account_id, number)
        supplement = await self._own(number)
        if supplement.state not in WAITING:
            return supplement
        if not self.may_present(application, supplement):
            raise FlowError(FlowCode.SUPPLEMENT_NOT_AWAITED)
        if supplement.state is not SupplementState.READY or supplement.draft is None or supplement.certificate is None:
            raise FlowError(FlowCode.NOT_READY)
        verdict, signature = await judge_signed(self._signatures, application, signed)
        check_signed(verdict, signature, signed, draft=supplement.draft, certificate=supplement.certificate)
        if verdict.status is Status.INVALID:
            await self._not_sent(application, supplement, verdict)
            raise not_accepted(verdict.code)
        if verdict.status is Status.UNDETERMINED:
            return await self._hold(supplement, signed, verdict)
        return await self._send(application, supplement, signed, verdict, presented_at=self._clock.now())

    async def check_again(self, payload: Mapping[str, Any]) -> None:
        """Judge a held supplement again (a job): sent, given back to its applicant, or held on until the limit."""
        application = await self._applications.by_number(payload["number"])
        supplement = None if application is None else await self._rows.of(application.number)
        if application is None or supplement is None or supplement.state is not SupplementState.HELD:
            return
        if supplement.signed is None or supplement.signed_at is None or supplement.hold_until is None:
            return
        signed = await self._store.blobs.get(supplement.signed)
        verdict, _ = await judge_signed(self._signatures, application, signed)
        if verdict.status is Status.VALID:
            await self._send(application, supplement, signed, verdict, presented_at=supplement.signed_at)
        elif verdict.status is Status.INVALID or self._clock.now() >= supplement.hold_until:
            await self._not_sent(application, supplement, verdict)
        else:
            async with self._store.database.transaction() as conn:
                number, until, attempt = application.number, supplement.hold_until, int(payload["attempt"]) + 1
                await schedule_recheck(self._store, conn, RECHECK, number, until=until, attempt=attempt)

    async def _send(
        self,
        application: ApplicationRow,
        supplement: SupplementRow,
        signed: bytes,
        verdict: Verdict,
        *,
        presented_at: datetime,
    ) -> SupplementRow:
        """Store the signed supplement, its event, the outgoing message and its job in one transaction."""
        signed = await self._signatures.keep(signed, verdict)
        parcel = await self._dispatch.prepare_supplement(application, supplement, signed, presented_at=presented_at)
        number, now = application.number, self._clock.now()
        async with self._store.database.transaction() as conn:
            locked = await self._lock(conn, number)
            if not locked.stands_as(supplement):
                return locked
            digest = await self._store.blobs.put(conn, signed, media_type="application/xml")
            values: dict[str, Any] = {
                "state": SupplementState.SENT,
                "verdict": verdict.to_json(),
                "signed": digest,
                "signed_at": presented_at,
                "sent_at": now,
                "hold_until": None,
            }
            await self._rows.set(conn, number, **values)
            await self._note(conn, application, Outcome.DONE, {"step": SENT, "signed": digest})
            await self._dispatch.send(conn, parcel)
            return replace(locked, **values)

    async def _hold(self, supplement: SupplementRow, signed: bytes, verdict: Verdict) -> SupplementRow:
        number, now = supplement.application, self._clock.now()
        async with self._store.database.transaction() as conn:
            locked = await self._lock(conn, number)
            if not locked.stands_as(supplement):
                return locked
            digest = await self._store.blobs.put(conn, signed, media_type="application/xml")
            until = now + self._hold_limit
            columns = held(verdict, digest, at=now, until=until)
            await self._rows.set(conn, number, state=SupplementState.HELD.value, **columns)
            await schedule_recheck(self._store, conn, RECHECK, number, until=until, attempt=0)
        return await self._own(number)

    async def _not_sent(self, application: ApplicationRow, supplement: SupplementRow, verdict: Verdict) -> None:
        """What fails is not sent: it goes back to its applicant, with the reason."""
        async with self._store.database.transaction() as conn:
            locked = await self._rows.lock(conn, application.number)
            if locked is None or not locked.stands_as(supplement):
                return
            columns = {"state": SupplementState.OPEN.value, "verdict": verdict.to_json(), **NOT_SIGNED}
            await self._rows.set(conn, application.number, **columns)
            await self._note(conn, application, Outcome.FAILED, {"step": NOT_SENT, "code": verdict.code.value})

    async def _note(
        self, conn: Connection, application: ApplicationRow, outcome: Outcome, facts: Mapping[str, Any]
    ) -> None:
        flow = steps_of(self._catalogue.service(application.service), application).flow
        await self._journal.record(
            conn,
            Step(flow, Kind.NOTE, 0, outcome, facts),
            application=application.number,
            actor=self._persons.actor(application.applicant),
        )

    async def _own(self, number: str) -> SupplementRow:
        supplement = await self._rows.of(number)
        if supplement is None:
            raise FlowError(FlowCode.SUPPLEMENT_NOT_AWAITED, reason=number)
        return supplement

    async def _lock(self, conn: Connection, number: str) -> SupplementRow:
        supplement = await self._rows.lock(conn, number)
        if supplement is None:
            raise FlowError(FlowCode.SUPPLEMENT_NOT_AWAITED, reason=number)
        return supplement

    async def _waited_for(self, conn: Connection, application: ApplicationRow) -> SupplementRow:
        """Lock what the provider waits for; inside a transaction nothing is asked of the pool."""
        supplement = await self._lock(conn, application.number)
        if not self.may_present(application, supplement):
            raise FlowError(FlowCode.SUPPLEMENT_NOT_AWAITED, reason=application.number)
        return supplement


def _draft_of(application: ApplicationRow, supplement: SupplementRow, now: datetime) -> bytes:
    return build_supplement(
        Supplement(
            number=application.number,
            service=application.service,
            office=application.office,
            applicant_number=application.applicant,
            applicant_name=application.applicant_name,
            attachments=tuple(file.named() for file in supplement.files),
            created_at=now,
        )
    )
