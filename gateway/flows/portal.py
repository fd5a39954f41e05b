"""The portal flow from the choice of a service to the sending of the signed application: process 3 to process 5.

Karaganda act, lines 1373-1390; Almaty act, lines 281-298. Process 1, condition 1 and process 2 are in
`authorisation`; process 6 and after happen at the provider and come back in `answers`. Condition 2 is judged on the
chosen certificate before signing and again on what was signed. A certificate whose status cannot be established is
neither accepted nor refused: before signing the draft is kept, after signing the application is held and tried again
until the stated limit, which is a refusal.

Where the act gives a plain list of actions (`steps`), the same is done without condition 2 and process 4: what fails is
not sent, and the draft goes back to its applicant with the reason. The actions up to the sending stand in the trail
once the application is sent, each at its own moment: which list it is depends on the kind that is chosen last.

The module is one thing: each of these steps locks and moves the same draft, and they are read one after the other as
the act lists them. Their numbers in the trail are those of the service's own flow (`steps`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from gateway.catalogue.flow import FlowStep
from gateway.catalogue.form import FormProblem, FormReading
from gateway.catalogue.kinds import documents_of, fields_of, kind_of, kind_question
from gateway.catalogue.load import Catalogue
from gateway.eds.verdict import Status, Verdict
from gateway.exchange.errors import PayloadNotWritable
from gateway.exchange.form_schema import ApplicationSchemas
from gateway.flows.applications import EDITABLE, ApplicationRow, Applications, State
from gateway.flows.attachments import StoredAttachment
from gateway.flows.drafts import (
    document_problem,
    draft_of,
    fixed_at,
    is_complete,
    kind_reading,
    office_for,
    read_form,
    service_on_portal,
)
from gateway.flows.errors import FlowCode, FlowError
from gateway.flows.numbers import NumberSource
from gateway.flows.outcomes import IssuedDocument, Outcomes
from gateway.flows.ports import Dispatch, Refusals, SignatureChecks
from gateway.flows.signing import (
    NOT_SIGNED,
    check_signed,
    held,
    judge_certificate,
    judge_signed,
    schedule_recheck,
    signing_certificate,
)
from gateway.flows.steps import PortalSteps, numbers_sign_in, portal_steps, steps_of
from gateway.flows.supplements import Supplements
from gateway.flows.terms import result_due
from gateway.identity.accounts import Account
from gateway.journal import SYSTEM, Journal, Kind, Outcome, PersonHash, Step
from gateway.store import Store
from gateway.store.database import Connection

RECHECK = "portal.recheck"
SIGNED_DOCUMENT = "signed document"
"""What condition 2 was judged on when it is judged again, after signing (the fact `on` of its event)."""
CERTIFICATE = "certificate"
"""The note of the check of the certificate where the act numbers no condition for it."""
NOT_SENT = "not sent"
"""The note of an application that was signed and is not sent, where the act has no refusal for it."""
_LONGEST_VALUE = 4000
_CONDITION_2 = {
    Status.VALID: Outcome.PASSED,
    Status.INVALID: Outcome.FAILED,
    Status.UNDETERMINED: Outcome.UNDETERMINED,
}


class PortalFlow:
    """The portal's part of every service's flow."""

    def __init__(
        self,
        *,
        store: Store,
        catalogue: Catalogue,
        journal: Journal,
        persons: PersonHash,
        signatures: SignatureChecks,
        refusals: Refusals,
        dispatch: Dispatch,
        numbers: NumberSource,
        hold_limit: timedelta = timedelta(hours=24),
    ) -> None:
        self._store = store
        self._clock = store.clock
        self._catalogue = catalogue
        self._journal = journal
        self._persons = persons
        self._signatures = signatures
        self._refusals = refusals
        self._dispatch = dispatch
        self._numbers = numbers
        self._hold_limit = hold_limit
        self._applications = Applications(store.database)
        self._outcomes = Outcomes(store.database)
        self._schemas = ApplicationSchemas(catalogue)
        self.supplements = Supplements(
            store=store,
            catalogue=catalogue,
            journal=journal,
            persons=persons,
            signatures=signatures,
            dispatch=dispatch,
            hold_limit=hold_limit,
        )
        """What is presented after the application."""
        store.jobs.on(RECHECK, self.condition_2_check_again)

    async def process_3_select_service(
        self, account: Account, service_id: str, *, session: str, office_id: str | None = None, like: str | None = None
    ) -> str:
        """Process 3, choosing the service: open the applicant's draft (or the one still open) and return its number.

        `like` is an earlier application of the same applicant and service whose answers and documents are taken over.
        """
        service = service_on_portal(self._catalogue, service_id, account.number)
        office = office_for(self._catalogue, service, office_id)
        before = None if like is None else await self._applications.of(account.id, like)
        now = self._clock.now()
        async with self._store.database.transaction() as conn:
            open_draft = await self._applications.lock_open_draft(conn, account.id, service_id)
            if open_draft is not None:
                return open_draft
            number = await self._numbers.next(conn)
            taken_over = before if before is not None and before.service == service_id else None
            await self._applications.add(
                conn,
                number=number,
                account=account,
                service=service_id,
                office=office.id,
                fields=taken_over.fields if taken_over else {},
                at=now,
            )
            for attachment in taken_over.attachments if taken_over else ():
                await self._applications.files.attach(conn, number, attachment)
            if numbers_sign_in(service):
                await self._journal.copy_session(conn, session=session, application=number)
        return number

    async def process_3_choose_kind(self, account_id: int, number: str, chosen: str) -> FormReading:
        """Process 3, choosing the kind of the service where the form depends on it.

        Documents that the kind does not ask for are taken away; what was typed for another kind is forgotten.
        """
        async with self._store.database.transaction() as conn:
            application = await self._applications.lock_draft(conn, account_id, number)
            service = self._catalogue.service(application.service)
            reading = kind_reading(service, chosen)
            if reading.problems:
                return reading
            kind = kind_of(service, reading.values)
            asked = {field.id for field in fields_of(service, kind)}
            fields = {name: value for name, value in application.fields.items() if name in asked}
            wanted = {document.id for document in documents_of(service, kind)}
            for attachment in application.attachments:
                if attachment.document not in wanted:
                    await self._applications.files.detach(conn, number, attachment.document)
            await self._applications.reopen(conn, number, self._clock.now(), fields=fields | dict(reading.values))
        return reading

    async def process_3_fill_form(
        self, account_id: int, number: str, posted: Mapping[str, str], *, office_id: str | None = None
    ) -> FormReading:
        """Process 3, filling in the form: keep what was typed and say what is wrong with its structure or format.

        A kind of the service that was chosen before stays as it was chosen.
        """
        async with self._store.database.transaction() as conn:
            application = await self._applications.lock_draft(conn, account_id, number)
            service = self._catalogue.service(application.service)
            office = office_for(self._catalogue, service, office_id or application.office)
            chooses = kind_question(service)
            if chooses is not None:
                posted = {**posted, chooses.id: application.fields.get(chooses.id, "")}
            reading = read_form(service, posted, self._clock.now())
            asked = fields_of(service, kind_of(service, posted))
            typed = {field.id: posted.get(field.id, "")[:_LONGEST_VALUE] for field in asked}
            fields = {name: value for name, value in (typed | dict(reading.values)).items() if value}
            await self._applications.reopen(conn, number, self._clock.now(), fields=fields, office=office.id)
        return reading

    async def process_3_attach_document(
        self, account_id: int, number: str, document: str, *, name: str, media_type: str, content: bytes
    ) -> FormProblem | None:
        """Process 3, attaching an electronic copy (Almaty act, lines 284-285); returns what is wrong with the file."""
        async with self._store.database.transaction() as conn:
            application = await self._applications.lock_draft(conn, account_id, number)
            service = self._catalogue.service(application.service)
            kind = kind_of(service, application.fields)
            problem = document_problem(service, kind, document, media_type, content)
            if problem is not None:
                return problem
            digest = await self._store.blobs.put(conn, content, media_type=media_type)
            attachment = StoredAttachment(document, name, media_type, len(content), digest)
            await self._applications.files.attach(conn, number, attachment)
            await self._applications.reopen(conn, number, self._clock.now())
        return None

    async def process_3_detach_document(self, account_id: int, number: str, document: str) -> None:
        """Process 3, taking an attached document away."""
        async with self._store.database.transaction() as conn:
            await self._applications.lock_draft(conn, account_id, number)
            await self._applications.files.detach(conn, number, document)
            await self._applications.reopen(conn, number, self._clock.now())

    async def process_3_choose_certificate(self, account_id: int, number: str, chosen: bytes) -> ApplicationRow:
        """Process 3, choosing the ЭЦҚ certificate to sign with; the draft is fixed and condition 2 follows."""
        certificate = signing_certificate(chosen)
        now = self._clock.now()
        async with self._store.database.transaction() as conn:
            application = await self._applications.lock_draft(conn, account_id, number)
            service = self._catalogue.service(application.service)
            if not is_complete(service, application, now):
                raise FlowError(FlowCode.INCOMPLETE)
            values = read_form(service, application.fields, now).values
            kind = kind_of(service, values)
            schema = self._schemas.of(service.id, kind)
            try:
                draft = draft_of(application, values, schema=schema, created_at=now)
            except PayloadNotWritable as error:
                raise FlowError(FlowCode.INCOMPLETE, reason=str(error)) from error
            steps = portal_steps(service, kind)
            await self._applications.set(
                conn, number, now, state=State.DRAFT.value, certificate=certificate.der, draft=draft, verdict=None
            )
            if not steps.are_actions:
                facts = {"certificate": certificate.sha256}
                await self._take(conn, application, steps, steps.form, facts)
        return await self.condition_2_check_certificate(account_id, number)

    async def condition_2_check_certificate(self, account_id: int, number: str) -> ApplicationRow:
        """Condition 2 before signing: validity period, revocation, IIN or BIN of application and certificate."""
        application = await self._applications.of(account_id, number)
        if application.state not in EDITABLE or application.certificate is None:
            return application
        verdict = await judge_certificate(self._signatures, application, application.certificate)
        refuses = self._steps(application).not_confirmed is not None
        if verdict.status is Status.INVALID and refuses:
            return await self.process_4_refuse(application, verdict)
        async with self._store.database.transaction() as conn:
            locked = await self._applications.lock(conn, number)
            if locked.stands_as(application):
                await self._record_condition_2(conn, locked, verdict, signed=False)
                state = State.READY if verdict.status is Status.VALID else State.DRAFT
                await self._applications.set(
                    conn, number, self._clock.now(), state=state.value, verdict=verdict.to_json()
                )
        return await self._applications.of(account_id, number)

    async def process_4_refuse(
        self, application: ApplicationRow, verdict: Verdict, *, after_signing: bool = False
    ) -> ApplicationRow:
        """Process 4: the message that the service is refused because the applicant's ЭЦҚ is not confirmed.

        The refusal is a document sealed by the channels' key. An act without such a step has no refusal: the
        application is not sent.
        """
        now, steps = self._clock.now(), self._steps(application)
        if steps.not_confirmed is None:
            return await self._give_back(application, verdict)
        sealed = await self._refusals.seal(application, verdict, at=now)
        async with self._store.database.transaction() as conn:
            locked = await self._applications.lock(conn, application.number)
            if not locked.stands_as(application):
                return locked
            await self._record_condition_2(conn, locked, verdict, signed=after_signing, outcome=Outcome.FAILED)
            document = IssuedDocument(
                application=application.number,
                number=sealed.number,
                kind=sealed.kind,
                authority=sealed.authority,
                sha256=await self._store.blobs.put(conn, sealed.xml, media_type="application/xml"),
                pdf=await self._store.blobs.put(conn, sealed.pdf, media_type="application/pdf"),
                verdict=verdict.to_json(),
                received_at=now,
            )
            await self._outcomes.add_document(conn, document)
            facts = {"code": verdict.code.value, "document": sealed.number}
            await self._take(conn, locked, steps, steps.not_confirmed, facts, actor=SYSTEM)
            await self._applications.set(
                conn, application.number, now, state=State.NOT_CONFIRMED.value, verdict=verdict.to_json()
            )
            return await self._applications.lock(conn, application.number)

    async def process_5_certify_and_send(self, account_id: int, number: str, signed: bytes) -> ApplicationRow:
        """Process 5: the application is certified with the applicant's ЭЦҚ and sent to the provider over ЭҮШ.

        A second sending of the same application changes nothing. Raises `FlowError` for a document that is not the
        signed draft; the draft then stays as it was.
        """
        application = await self._applications.of(account_id, number)
        if application.state not in EDITABLE:
            return application
        if application.state is not State.READY or application.draft is None or application.certificate is None:
            raise FlowError(FlowCode.NOT_READY)
        # (1) to (3) The signature is good, over what was shown, and the signer's is the certificate of process 3.
        verdict, signature = await judge_signed(self._signatures, application, signed)
        check_signed(verdict, signature, signed, draft=application.draft, certificate=application.certificate)
        # (4) Condition 2 holds for what was signed.
        if verdict.status is Status.INVALID:
            return await self.process_4_refuse(application, verdict, after_signing=True)
        if verdict.status is Status.UNDETERMINED:
            return await self._hold(application, signed, verdict)
        return await self._accept(application, signed, verdict)

    async def condition_2_check_again(self, payload: Mapping[str, Any]) -> None:
        """Condition 2 on a held application (a job): accepted, refused, or held on until the limit."""
        application = await self._applications.by_number(payload["number"])
        if application is None or application.state is not State.HELD or application.signed is None:
            return
        signed = await self._store.blobs.get(application.signed)
        verdict, _ = await judge_signed(self._signatures, application, signed)
        if verdict.status is Status.VALID:
            await self._accept(application, signed, verdict)
        elif verdict.status is Status.INVALID or self._limit_reached(application):
            await self.process_4_refuse(application, verdict, after_signing=True)
        else:
            await self._hold_on(application, verdict, attempt=int(payload["attempt"]) + 1)

    async def _accept(self, application: ApplicationRow, signed: bytes, verdict: Verdict) -> ApplicationRow:
        """Store the accepted application, its events, the outgoing message and its job in one transaction."""
        signed = await self._signatures.keep(signed, verdict)
        parcel = await self._dispatch.prepare(application, signed)
        number, now = application.number, self._clock.now()
        service = self._catalogue.service(application.service)
        kind = kind_of(service, application.fields)
        due = result_due(self._catalogue, service, self._catalogue.office(application.office), now, kind=kind)
        steps = self._steps(application)
        async with self._store.database.transaction() as conn:
            locked = await self._applications.lock(conn, number)
            if not locked.stands_as(application):
                return locked
            digest = await self._store.blobs.put(conn, signed, media_type="application/xml")
            await self._record_condition_2(conn, locked, verdict, signed=True)
            if steps.are_actions:
                await self._take_actions_before(conn, locked, steps)
            await self._take(conn, locked, steps, steps.sending, {"signed": digest})
            values: dict[str, Any] = {
                "state": State.ACCEPTED,
                "verdict": verdict.to_json(),
                "signed": digest,
                "signed_at": locked.signed_at or now,
                "accepted_at": now,
                "hold_until": None,
                "result_due": due,
            }
            await self._applications.set(conn, number, now, **values)
            await self._dispatch.send(conn, parcel)
            return replace(locked, changed_at=now, **values)

    async def _hold(self, application: ApplicationRow, signed: bytes, verdict: Verdict) -> ApplicationRow:
        number, now = application.number, self._clock.now()
        async with self._store.database.transaction() as conn:
            locked = await self._applications.lock(conn, number)
            if not locked.stands_as(application):
                return locked
            digest = await self._store.blobs.put(conn, signed, media_type="application/xml")
            until = now + self._hold_limit
            await self._record_condition_2(conn, locked, verdict, signed=True)
            columns = held(verdict, digest, at=now, until=until)
            await self._applications.set(conn, number, now, state=State.HELD.value, **columns)
            await schedule_recheck(self._store, conn, RECHECK, number, until=until, attempt=0)
            return await self._applications.lock(conn, number)

    async def _hold_on(self, application: ApplicationRow, verdict: Verdict, *, attempt: int) -> None:
        async with self._store.database.transaction() as conn:
            locked = await self._applications.lock(conn, application.number)
            if locked.state is not State.HELD or locked.hold_until is None:
                return
            if (locked.verdict or {}).get("code") != verdict.code.value:
                await self._record_condition_2(conn, locked, verdict, signed=True)
                await self._applications.set(conn, locked.number, self._clock.now(), verdict=verdict.to_json())
            await schedule_recheck(self._store, conn, RECHECK, locked.number, until=locked.hold_until, attempt=attempt)

    async def _give_back(self, application: ApplicationRow, verdict: Verdict) -> ApplicationRow:
        """Where the act has no refusal for it, a signed application that fails is not sent: it is a draft again."""
        number = application.number
        async with self._store.database.transaction() as conn:
            locked = await self._applications.lock(conn, number)
            if not locked.stands_as(application):
                return locked
            await self._record_condition_2(conn, locked, verdict, signed=True, outcome=Outcome.FAILED)
            facts = {"step": NOT_SENT, "code": verdict.code.value}
            step = Step(self._steps(locked).flow, Kind.NOTE, 0, Outcome.FAILED, facts)
            await self._journal.record(conn, step, application=number, actor=SYSTEM)
            columns = {"state": State.DRAFT.value, "verdict": verdict.to_json(), **NOT_SIGNED}
            await self._applications.set(conn, number, self._clock.now(), **columns)
            return await self._applications.lock(conn, number)

    def _limit_reached(self, application: ApplicationRow) -> bool:
        return application.hold_until is not None and self._clock.now() >= application.hold_until

    async def _record_condition_2(
        self,
        conn: Connection,
        application: ApplicationRow,
        verdict: Verdict,
        *,
        signed: bool,
        outcome: Outcome | None = None,
    ) -> None:
        facts = {"code": verdict.code.value, "on": SIGNED_DOCUMENT if signed else "chosen certificate"}
        steps, outcome = self._steps(application), outcome or _CONDITION_2[verdict.status]
        if steps.certificate is None:
            step = Step(steps.flow, Kind.NOTE, 0, outcome, {**facts, "step": CERTIFICATE})
        else:
            step = Step(steps.flow, Kind.CONDITION, steps.certificate.number, outcome, facts)
        await self._journal.record(conn, step, application=application.number, actor=SYSTEM)

    async def _take_actions_before(self, conn: Connection, application: ApplicationRow, steps: PortalSteps) -> None:
        """Record the actions of a list up to the sending: the first when the draft was opened, the form when fixed."""
        for action in steps.before:
            await self._take(conn, application, steps, action, {}, at=application.created_at)
        if steps.form != steps.sending and application.draft is not None:
            await self._take(conn, application, steps, steps.form, {}, at=fixed_at(application.draft))

    async def _take(
        self,
        conn: Connection,
        application: ApplicationRow,
        steps: PortalSteps,
        step: FlowStep,
        facts: Mapping[str, Any],
        *,
        at: datetime | None = None,
        actor: str | None = None,
    ) -> None:
        """Record a numbered step of the flow, once."""
        await self._journal.record(
            conn,
            Step(steps.flow, Kind(step.kind.value), step.number, Outcome.DONE, facts),
            application=application.number,
            actor=actor or self._persons.actor(application.applicant),
            at=at,
            key=str(step.ref),
        )

    def _steps(self, application: ApplicationRow) -> PortalSteps:
        return steps_of(self._catalogue.service(application.service), application)
