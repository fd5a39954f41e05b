"""Process 5, the signature, and process 6, the sending.

Karaganda act, lines 1000-1008; Almaty act, lines 220-230. The request is signed by the operator, with the key of an
employee of the State Corporation; what the applicant said, who came, what was consented to and what stays on paper
stands in it (`gateway.exchange.acceptance`). The certificate is judged before the signing and on what was signed. One
whose status cannot be established is neither accepted nor refused: the application is held and tried again until the
stated limit, after which it goes back to its operator.

By courier the very same document travels too, so that nobody types twice; the provider then awaits the package.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.catalogue.form import FormProblem, check_document
from gateway.catalogue.kinds import kind_of
from gateway.catalogue.result_date import result_due
from gateway.catalogue.terms import Channel
from gateway.clock import ALMATY
from gateway.eds.certificate import read_certificate
from gateway.eds.policies import Policy, bin_is, iin_is, may_sign, role_in
from gateway.eds.verdict import Status, Verdict
from gateway.eds.xml import parse
from gateway.exchange.acceptance import OPERATOR_ROLES, Acceptance, SentBy
from gateway.exchange.application import Application, build_application, read_application
from gateway.exchange.errors import PayloadNotWritable
from gateway.exchange.form_schema import ApplicationSchemas
from gateway.flows.applications import EDITABLE, ApplicationRow, State, WholeApplication
from gateway.flows.arm.access import WindowGround
from gateway.flows.arm.entering import EnteringReading, asks_consent
from gateway.flows.arm.errors import FIXED_ON_ANOTHER_DAY, ArmCode, ArmError, key_not_fit
from gateway.flows.arm.finding import Verdict as Found
from gateway.flows.arm.intake_documents import documents_on
from gateway.flows.arm.intakes import Intake
from gateway.flows.arm.operators import Operator
from gateway.flows.arm.scanning import DocumentSteps
from gateway.flows.arm.steps import arm_media
from gateway.flows.arm.views import missing_documents
from gateway.flows.attachments import StoredAttachment
from gateway.flows.errors import FlowError
from gateway.flows.signed import CHOSEN_CERTIFICATE, CheckStep, SignedApplications
from gateway.flows.signing import check_signed, signing_certificate
from gateway.identity.numbers import Bin
from gateway.store.database import Connection

RECHECK = "arm.recheck"
AWAITS_COURIER = "awaits the courier"
"""The note of an application that was signed and sent ahead of the package, which goes by courier."""
_PDF = "application/pdf"
_ZONE = ZoneInfo(ALMATY)


class SendingSteps(DocumentSteps):
    """What is done once the documents are there."""

    def __init__(self, ground: WindowGround) -> None:
        super().__init__(ground)
        self._schemas = ApplicationSchemas(self._catalogue)
        self._signed = SignedApplications(
            ground.flows, self._applications, recheck=RECHECK, check_step=self._check_step
        )
        self._store.jobs.on(RECHECK, self.check_again)

    async def process_5_choose_certificate(self, operator: Operator, number: str, certificate: bytes) -> ApplicationRow:
        """Process 5, before the signature: the application is fixed with its documents, the certificate is judged.

        What is fixed on this certificate already stays as it is. Raises `ArmError` for what is not complete yet, and
        for a certificate with which nobody here may sign.
        """
        chosen = _certificate(certificate)
        pages = await self._pages.of(number)
        combined = await self._combined(pages)
        async with self._store.database.transaction() as conn:
            application, intake = await self._draft(conn, operator, number)
            if self._is_fixed_on(application, chosen):
                return application
            if await self._pages.read(conn, number) != pages:
                raise ArmError(ArmCode.STALE)
            reading = self._checked(application, intake, combined)
            attachments = await self._attach(conn, number, combined)
            draft = self._fixed(application, intake, reading, operator, attachments)
            values = {"fields": dict(reading.fields), "certificate": chosen, "draft": draft, "verdict": None}
            fixed = await self._changed(conn, application, state=State.DRAFT, **values)
            steps = self._own_steps.steps(application)
            if steps.receipt is not None and steps.entering is not None:
                await self._own_steps.take(conn, application, steps.entering, flow=steps.intake, actor=operator.actor)
        return await self._judge_certificate(fixed)

    async def process_6_send(self, operator: Operator, number: str, signed: bytes) -> ApplicationRow:
        """Process 6: the signed application is stored, and goes to the provider over ЭҮШ and ЭҮӨШ.

        A second sending of the same application changes nothing. Raises `ArmError` for a document that is not the
        signed draft; the draft then stays as it was. One that was fixed on an earlier day is opened again instead: the
        day of acceptance, from which the terms run, stands in what is signed. That is STALE.
        """
        async with self._store.database.transaction() as conn:
            application, intake = await self._lock(conn, operator, number)
            if application.state not in EDITABLE:
                return application
            await self._check_draft(conn, operator, application, intake)
            whole = await self._applications.whole(conn, application)
            another_day = self._is_of_another_day(application)
            if another_day:
                await self._open_anew(conn, application)
        if another_day:
            text, advice = FIXED_ON_ANOTHER_DAY
            raise ArmError(ArmCode.STALE, text=text, advice=advice)
        if application.state is not State.READY or application.draft is None or application.certificate is None:
            raise ArmError(ArmCode.NOT_READY)
        # (1) to (3) The signature is good, over what was shown, and the signer's is the certificate that was chosen.
        verdict, signature = await self._signatures.signed_xml(signed, *self._policies(application))
        try:
            check_signed(verdict, signature, signed, draft=application.draft, certificate=application.certificate)
        except FlowError as error:
            raise ArmError(
                ArmCode.SIGNED_DOCUMENT, text=error.text, advice=error.advice, reason=error.reason
            ) from error
        # (4) What was signed was signed by an employee of the State Corporation, this operator, with a good key.
        if verdict.status is Status.INVALID:
            await self._signed.give_back(application, verdict)
            raise key_not_fit(verdict)
        if verdict.status is Status.UNDETERMINED:
            return await self._signed.hold(application, signed, verdict)
        return await self._accept(whole, operator, signed, verdict)

    async def check_again(self, payload: Mapping[str, Any]) -> None:
        """Judge a held application again (a job): accepted, given back to its operator, or held on until the limit."""
        found = await self._intakes.seen(payload["number"])
        if found is None:
            return
        application, intake = found
        if application.state is not State.HELD or application.signed is None:
            return
        signed = await self._store.blobs.get(application.signed)
        verdict, _ = await self._signatures.signed_xml(signed, *self._policies(application))
        if verdict.status is Status.VALID:
            await self._accept(application, await self._operators.of_id(intake.operator), signed, verdict)
        elif verdict.status is Status.INVALID or self._signed.limit_reached(application):
            await self._signed.give_back(application, verdict)
        else:
            await self._signed.hold_on(application, verdict, attempt=int(payload["attempt"]) + 1)

    def _is_fixed_on(self, application: ApplicationRow, certificate: bytes) -> bool:
        """Tell whether nothing was changed since the application was fixed today on a good certificate, this one."""
        if application.state is not State.READY or application.certificate != certificate:
            return False
        return not self._is_of_another_day(application)

    def _is_of_another_day(self, application: ApplicationRow) -> bool:
        """Tell whether a draft is fixed to be signed with a day of acceptance that is not today in Almaty."""
        if application.state is not State.READY or application.draft is None:
            return False
        accepted_on = _acceptance(application).accepted_at.astimezone(_ZONE).date()
        return accepted_on != self._clock.now().astimezone(_ZONE).date()

    async def _open_anew(self, conn: Connection, application: ApplicationRow) -> None:
        """Open a fixed draft again; what the state databases said on that day is asked again where the act asks."""
        if self._own_steps.steps(application).asks:
            await self._intakes.set(conn, application.number, finding=None)
        await self._reopen(conn, application.number)

    def _checked(self, application: ApplicationRow, intake: Intake, combined: Mapping[str, bytes]) -> EnteringReading:
        """Return what is typed, once everything is there that the act asks for; raises `ArmError`."""
        service, kind = self._service(application), self._kind(application, intake)
        # (1) The persons and the form are whole, and what is typed is what was entered.
        reading = self._read(application, intake, self._clock.now())
        if reading.problems:
            raise ArmError(ArmCode.FORM_INCOMPLETE, fields=" ".join(one.field for one in reading.problems))
        entered = (application.applicant_number, application.applicant_name, application.office)
        if entered != (str(reading.applicant), reading.name, reading.office):
            raise ArmError(ArmCode.FORM_INCOMPLETE, fields="applicant")
        if reading.representative != intake.representative:
            raise ArmError(ArmCode.FORM_INCOMPLETE, fields="representative")
        # (2) The applicant consented, and the state databases have the data.
        if asks_consent(service, kind) and intake.consent_at is None:
            raise ArmError(ArmCode.CONSENT_MISSING)
        if self._own_steps.steps(application).asks and intake.verdict != Found.FOUND:
            unavailable = intake.verdict == Found.UNAVAILABLE
            raise ArmError(ArmCode.DATA_UNAVAILABLE if unavailable else ArmCode.DATA_NOT_ASKED)
        # (3) Every required document was scanned or handed in on paper, as a file that the service takes.
        documents = documents_on(service, intake.typed)
        missing = missing_documents(service, intake, combined.keys())
        if missing:
            raise ArmError(ArmCode.DOCUMENTS_MISSING, documents=" ".join(one.id for one in missing))
        for one in documents:
            problem: FormProblem | None = None
            if one.id in combined:
                problem = check_document(one, _PDF, combined[one.id])
            if problem is not None:
                raise ArmError(ArmCode.SCAN_REFUSED, text=problem.text)
        return reading

    async def _attach(
        self, conn: Connection, number: str, combined: Mapping[str, bytes]
    ) -> tuple[StoredAttachment, ...]:
        """Put the combined documents in the place of those of an earlier fixing."""
        for before in await self._applications.files.read(conn, number):
            await self._applications.files.detach(conn, number, before.document)
        for document, content in combined.items():
            digest = await self._store.blobs.put(conn, content, media_type=_PDF)
            attachment = StoredAttachment(document, f"{document}.pdf", _PDF, len(content), digest)
            await self._applications.files.attach(conn, number, attachment)
        return await self._applications.files.read(conn, number) if combined else ()

    def _fixed(
        self,
        application: ApplicationRow,
        intake: Intake,
        reading: EnteringReading,
        operator: Operator,
        attachments: tuple[StoredAttachment, ...],
    ) -> bytes:
        """Return the document that is shown and signed, in its canonical form; raises `ArmError`."""
        service, now = self._service(application), self._clock.now()
        kind, scanned = kind_of(service, reading.fields), {one.document for one in attachments}
        acceptance = Acceptance(
            department=intake.department,
            operator=operator.iin,
            operator_name=operator.name,
            accepted_at=now,
            medium=intake.medium or arm_media(service, kind)[0],
            consent_at=intake.consent_at,
            on_paper=tuple(
                one.id
                for one in documents_on(service, intake.typed)
                if one.id in intake.on_paper and one.id not in scanned
            ),
            representative=intake.representative,
        )
        signed = Application(
            number=application.number,
            service=service.id,
            office=application.office,
            applicant_number=application.applicant,
            applicant_name=application.applicant_name,
            fields=reading.fields,
            attachments=tuple(one.named() for one in attachments),
            created_at=now,
            acceptance=acceptance,
        )
        try:
            return build_application(signed, self._schemas.of(service.id, kind, accepted=True))
        except PayloadNotWritable as error:
            raise ArmError(ArmCode.FORM_INCOMPLETE, reason=str(error)) from error

    async def _changed(self, conn: Connection, locked: ApplicationRow, **values: Any) -> ApplicationRow:
        """Write the named columns of a locked application, and return it as it stands then."""
        now = self._clock.now()
        await self._applications.set(conn, locked.number, now, **values)
        return replace(locked, changed_at=now, **values)

    async def _judge_certificate(self, application: ApplicationRow) -> ApplicationRow:
        """Judge the chosen certificate: validity period, revocation, the operator's IIN, the department's BIN."""
        assert application.certificate is not None
        certificate = read_certificate(application.certificate)
        verdict = await self._signatures.certificate(certificate, *self._policies(application))
        state = State.READY if verdict.status is Status.VALID else State.DRAFT
        async with self._store.database.transaction() as conn:
            locked = await self._applications.lock(conn, application.number)
            if locked.stands_as(application):
                await self._signed.record_check(conn, locked, verdict, on=CHOSEN_CERTIFICATE)
                locked = await self._changed(conn, locked, state=state, verdict=verdict.to_json())
        if state is not State.READY:
            raise key_not_fit(verdict)
        return locked

    def _policies(self, application: ApplicationRow) -> tuple[Policy, ...]:
        """Return who alone may sign a fixed application: the operator whom it names, as an employee."""
        acceptance = _acceptance(application)
        department = Bin(self._catalogue.office(acceptance.department).bin)
        return iin_is(acceptance.operator), bin_is(department), role_in(OPERATOR_ROLES), may_sign()

    async def _accept(
        self, application: WholeApplication, operator: Operator, signed: bytes, verdict: Verdict
    ) -> ApplicationRow:
        """Processes 5 and 6 are done; by courier the sixth is taken when the courier's register is made."""
        acceptance = _acceptance(application)

        async def record(conn: Connection, locked: ApplicationRow, digest: str) -> None:
            await self._record_sending(conn, locked, acceptance.medium, digest, operator)
            await self._intakes.set(conn, locked.number, medium=acceptance.medium.value)

        def due(_accepted_at: datetime) -> datetime:
            return self._result_due(application, acceptance.accepted_at)

        return await self._signed.accept(application, signed, verdict, record=record, due=due)

    async def _record_sending(
        self,
        conn: Connection,
        application: ApplicationRow,
        medium: SentBy,
        digest: str,
        operator: Operator,
    ) -> None:
        """Record processes 5 and 6; a package that awaits its courier is noted instead of the sixth."""
        steps = self._own_steps.steps(application)
        if steps.signing is not None:
            await self._own_steps.take(conn, application, steps.signing, flow=steps.intake, actor=operator.actor)
        await self._own_steps.accepted(conn, application, operator)
        if medium is SentBy.ELECTRONIC:
            await self._own_steps.dispatched(conn, application, operator, medium=medium, facts={"signed": digest})
        else:
            await self._note(conn, application, AWAITS_COURIER, actor=operator.actor, signed=digest)

    def _result_due(self, application: ApplicationRow, accepted_at: datetime) -> datetime:
        """Return the date of the receipt, counted as the provider's desk counts it: from the signed acceptance."""
        service, office = self._service(application), self._catalogue.office(application.office)
        kind = kind_of(service, application.fields)
        return result_due(self._catalogue.calendar, service, office.hours, Channel.CORPORATION, accepted_at, kind=kind)

    def _check_step(self, application: ApplicationRow) -> CheckStep:
        """The act numbers no condition for the operator's certificate."""
        return CheckStep(self._own_steps.steps(application).intake)


def _certificate(chosen: bytes) -> bytes:
    try:
        return signing_certificate(chosen).der
    except FlowError as error:
        raise ArmError(ArmCode.CERTIFICATE_NOT_FIT, text=error.text, advice=error.advice) from error


def _acceptance(application: ApplicationRow) -> Acceptance:
    """Return the acceptance that stands in a fixed application."""
    assert application.draft is not None
    acceptance = read_application(parse(application.draft)).acceptance
    assert acceptance is not None
    return acceptance
