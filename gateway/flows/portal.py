"""The portal flow from the choice of the certificate to the sending of the signed application.

Karaganda act, lines 1373-1390; Almaty act, lines 281-298. Process 1, condition 1 and process 2 are in
`authorisation`, the rest of process 3 in `filling`; process 6 and after happen at the provider and come back in
`answers`. Condition 2 is judged on the chosen certificate before signing and again on what was signed. A certificate
whose status cannot be established is neither accepted nor refused: before signing the draft is kept, after signing the
application is held and tried again until the stated limit, which is a refusal (`signed`).

Where the act gives a plain list of actions (`steps`), the same is done without condition 2 and process 4: what fails is
not sent, and the draft goes back to its applicant with the reason. The actions up to the sending stand in the trail
once the application is sent, each at its own moment: which list it is depends on the kind that is chosen last.

The numbers of the steps in the trail are those of the service's own flow (`steps`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gateway.catalogue.flow import FlowStep
from gateway.catalogue.kinds import kind_of
from gateway.eds.verdict import Status, Verdict
from gateway.exchange.errors import PayloadNotWritable
from gateway.exchange.form_schema import ApplicationSchemas
from gateway.flows.applications import EDITABLE, ApplicationRow, State, WholeApplication
from gateway.flows.drafts import draft_of, fixed_at, is_complete, read_form
from gateway.flows.errors import FlowCode, FlowError
from gateway.flows.filling import FillingSteps
from gateway.flows.ground import FlowGround
from gateway.flows.numbers import NumberSource
from gateway.flows.outcomes import IssuedDocument, Outcomes
from gateway.flows.ports import Refusals
from gateway.flows.signed import CHOSEN_CERTIFICATE, SIGNED_DOCUMENT, CheckStep, SignedApplications
from gateway.flows.signing import check_signed, judge_certificate, judge_signed, signing_certificate
from gateway.flows.steps import PortalSteps, portal_steps, steps_of
from gateway.flows.supplements import Supplements
from gateway.flows.terms import result_due
from gateway.journal import SYSTEM, Kind, Outcome, Step
from gateway.store.database import Connection

RECHECK = "portal.recheck"


class PortalFlow(FillingSteps):
    """The portal's part of every service's flow."""

    def __init__(self, ground: FlowGround, *, refusals: Refusals, numbers: NumberSource) -> None:
        super().__init__(ground, numbers=numbers)
        self._persons = ground.persons
        self._signatures = ground.signatures
        self._refusals = refusals
        self._outcomes = Outcomes(ground.store.database)
        self._schemas = ApplicationSchemas(ground.catalogue)
        self._signed = SignedApplications(ground, self._applications, recheck=RECHECK, check_step=self._check_step)
        self.supplements = Supplements(ground)
        """What is presented after the application."""
        self._store.jobs.on(RECHECK, self.condition_2_check_again)

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
                await self._signed.record_check(conn, locked, verdict, on=CHOSEN_CERTIFICATE)
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
            return await self._signed.give_back(application, verdict)
        sealed = await self._refusals.seal(application, verdict, at=now)
        async with self._store.database.transaction() as conn:
            locked = await self._applications.lock(conn, application.number)
            if not locked.stands_as(application):
                return locked
            on = SIGNED_DOCUMENT if after_signing else CHOSEN_CERTIFICATE
            await self._signed.record_check(conn, locked, verdict, on=on, outcome=Outcome.FAILED)
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
            return await self._signed.hold(application, signed, verdict)
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
        elif verdict.status is Status.INVALID or self._signed.limit_reached(application):
            await self.process_4_refuse(application, verdict, after_signing=True)
        else:
            await self._signed.hold_on(application, verdict, attempt=int(payload["attempt"]) + 1)

    async def _accept(self, application: WholeApplication, signed: bytes, verdict: Verdict) -> ApplicationRow:
        """Process 5 is done: what precedes it in a list of actions is recorded with it."""
        service = self._catalogue.service(application.service)
        office, kind = self._catalogue.office(application.office), kind_of(service, application.fields)
        steps = self._steps(application)

        async def record(conn: Connection, locked: ApplicationRow, digest: str) -> None:
            if steps.are_actions:
                await self._take_actions_before(conn, locked, steps)
            await self._take(conn, locked, steps, steps.sending, {"signed": digest})

        def due(accepted_at: datetime) -> datetime:
            return result_due(self._catalogue, service, office, accepted_at, kind=kind)

        return await self._signed.accept(application, signed, verdict, record=record, due=due)

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

    def _check_step(self, application: ApplicationRow) -> CheckStep:
        steps = self._steps(application)
        return CheckStep(steps.flow, steps.certificate)
