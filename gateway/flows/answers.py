"""What comes back from the provider's desk: process 6, condition 3, process 7 and process 8.

Karaganda act, lines 1391-1404; Almaty act, lines 302-311. A notification tells of one step and is appended to the trail
once, in whatever order notifications arrive. A response brings the signed document; it is accepted only when its
signature is good, its signer is an official of the provider that was addressed, and it is about this application. A
document that is not accepted is kept for the staff, reported, and never shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from gateway.catalogue.kinds import kind_of
from gateway.catalogue.load import Catalogue
from gateway.catalogue.terms import Channel, HandOver
from gateway.eds.policies import bin_is, may_sign, role_in
from gateway.eds.roles import Role
from gateway.eds.verdict import Status, Verdict
from gateway.eds.xmldsig import XmlSignature
from gateway.exchange.errors import PayloadRefused
from gateway.exchange.notification import StepNotice, read_notice
from gateway.exchange.response import Response, ResponseOutcome, build_response, read_response
from gateway.flows.applications import ENDED, ApplicationRow, Applications, State
from gateway.flows.outcomes import IssuedDocument, Notice, Outcomes
from gateway.flows.ports import SignatureChecks
from gateway.flows.refusals import Render
from gateway.flows.steps import PortalSteps, portal_steps
from gateway.identity.numbers import Bin
from gateway.journal import Journal, Kind, Outcome, Step
from gateway.results.document import Authority, ResultDocument
from gateway.results.document import Kind as DocumentKind
from gateway.results.errors import DocumentRefused
from gateway.results.markup import read_result
from gateway.results.pdf import render_pdf
from gateway.shep.inbox import Inbox, Received
from gateway.shep.messages import MessageType
from gateway.store import Store
from gateway.store.database import Connection

FLOW = "portal"
JUDGE_AGAIN = "portal.judge-response"
DESK = "desk"
OFFICIALS = frozenset({Role.HEAD, Role.SIGNING_RIGHT})
AT_THE_PROVIDER = frozenset({State.ACCEPTED, State.NOT_REGISTERED, State.REGISTERED, State.REFUSED, State.ISSUED})
NOT_TAKEN = "submission not taken"
_LAST = 1_000_000
"""The place of a step taken here among those of the same moment at the desk: after them."""

_log = structlog.get_logger(__name__)


class DeskAnswers:
    """Takes what the desk tells of the portal's applications."""

    def __init__(
        self,
        *,
        store: Store,
        catalogue: Catalogue,
        journal: Journal,
        signatures: SignatureChecks,
        render: Render = render_pdf,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._journal = journal
        self._signatures = signatures
        self._render = render
        self._applications = Applications(store.database)
        self._outcomes = Outcomes(store.database)
        store.jobs.on(JUDGE_AGAIN, self.judge_again)

    def listen(self, inbox: Inbox) -> None:
        """Take the notifications and responses of every service that the portal offers."""
        for service in self._catalogue.services.values():
            if service.opens(Channel.PORTAL):
                inbox.on(service.shep_service_id, MessageType.NOTIFICATION, self.notification)
                inbox.on(service.shep_service_id, MessageType.RESPONSE, self.response)

    async def notification(self, received: Received) -> None:
        """Append the step that a notification tells of to the application's trail, once."""
        try:
            notice = read_notice(received.message.payload.xml)
        except PayloadRefused as error:
            _log.error("notification-refused", inbox=received.id, code=error.code.value, problem=error.text)
            return
        application = await self._addressed(notice.number, received)
        if application is None:
            return
        steps = self._steps(application)
        async with self._store.database.transaction() as conn:
            locked = await self._applications.lock(conn, notice.number)
            await self._tell(conn, notice)
            if _waits_for_the_document(steps, notice):
                return
            await self._record_told(conn, notice)
            await self._move(conn, locked, steps, notice)

    async def response(self, received: Received) -> None:
        """Judge the document that ends an application."""
        xml = received.message.payload.xml
        try:
            response = read_response(xml)
        except PayloadRefused as error:
            _log.error("response-refused", inbox=received.id, code=error.code.value, problem=error.text)
            return
        application = await self._addressed(response.number, received)
        if application is not None:
            await self._judge(application, response, attempt=0)

    async def judge_again(self, payload: Mapping[str, Any]) -> None:
        """Judge a response whose signature could not be decided before (a job)."""
        response = read_response(await self._store.blobs.get(payload["response"]))
        application = await self._applications.by_number(response.number)
        if application is not None:
            await self._judge(application, response, attempt=int(payload["attempt"]))

    async def _addressed(self, number: str, received: Received) -> ApplicationRow | None:
        application = await self._applications.by_number(number)
        if application is None or application.state not in AT_THE_PROVIDER:
            _log.error("answer-to-no-application", inbox=received.id, application=number)
            return None
        if self._catalogue.service(application.service).shep_service_id != received.message.service_id:
            _log.error("answer-of-another-service", inbox=received.id, application=number)
            return None
        return application

    def _steps(self, application: ApplicationRow) -> PortalSteps:
        service = self._catalogue.service(application.service)
        return portal_steps(service, kind_of(service, application.fields))

    async def _judge(self, application: ApplicationRow, response: Response, *, attempt: int) -> None:
        if application.state in ENDED and await self._outcomes.document_of(application.number) is not None:
            return
        office = self._catalogue.office(application.office)
        # (1) The signature is good, and its signer is an official of the provider that was addressed.
        verdict, signature = await self._signatures.signed_xml(
            response.signed_document, bin_is(Bin(office.bin)), role_in(OFFICIALS), may_sign()
        )
        if verdict.status is Status.UNDETERMINED:
            await self._wait(response, attempt=attempt + 1)
            return
        if signature is None or verdict.status is Status.INVALID:
            await self._report(application, response, verdict.code.value, verdict.facts)
            return
        # (2) What was signed is a result of this application, and ends it as the response says.
        try:
            document = read_result(signature)
        except DocumentRefused as error:
            await self._report(application, response, error.code.value, {"where": error.where})
            return
        other = _about_another(document, application, response, office.bin)
        if other is not None:
            await self._report(application, response, "result-about-another", {"differs": other})
            return
        await self._accept(application, response, document, verdict, signature)

    async def _accept(
        self,
        application: ApplicationRow,
        response: Response,
        document: ResultDocument,
        verdict: Verdict,
        signature: XmlSignature,
    ) -> None:
        """Keep the document with the evidence it was judged by, and take process 7 or process 8."""
        signed = await self._signatures.keep(response.signed_document, verdict)
        pdf = await self._render(signed)
        number, now, steps = application.number, self._store.clock.now(), self._steps(application)
        async with self._store.database.transaction() as conn:
            locked = await self._applications.lock(conn, number)
            issued = IssuedDocument(
                application=number,
                number=document.number,
                kind=document.kind.value,
                authority=document.authority.value,
                sha256=await self._store.blobs.put(conn, signed, media_type="application/xml"),
                pdf=await self._store.blobs.put(conn, pdf, media_type="application/pdf"),
                verdict=verdict.to_json(),
                received_at=now,
            )
            await self._outcomes.add_document(conn, issued)
            refused = await self._ends_in_process_7(conn, number, steps, document)
            last = (steps.refusal if refused else steps.result).number
            facts = {
                "document": document.number,
                "kind": document.kind.value,
                "signer": signature.certificate.sha256,
                "code": verdict.code.value,
            }
            step = Step(FLOW, Kind.PROCESS, last, Outcome.DONE, facts)
            await self._journal.record(
                conn, step, application=number, actor=DESK, at=now, place=_LAST, key=f"process {last}"
            )
            await self._outcomes.tell(conn, number, Notice(f"process {last}", now, pick_up=response.pick_up))
            state = State.ISSUED if response.outcome is ResponseOutcome.ISSUED else State.REFUSED
            await self._applications.set(conn, locked.number, now, state=state.value)

    async def _ends_in_process_7(
        self, conn: Connection, number: str, steps: PortalSteps, document: ResultDocument
    ) -> bool:
        """Process 7 follows a failed condition 3; a reasoned refusal after it passed is the result of process 8."""
        if document.kind is not DocumentKind.REFUSAL:
            return False
        outcome = await self._journal.last_outcome(conn, number, Kind.CONDITION, steps.examination.number)
        if outcome in (None, Outcome.UNDETERMINED):
            return document.ground is not None and document.ground.code == steps.examination.ground
        return outcome is Outcome.FAILED

    async def _record_told(self, conn: Connection, notice: StepNotice) -> None:
        kind = Kind(notice.kind.value)
        facts = {**notice.facts, "step": NOT_TAKEN} if _is_not_taken(notice) else dict(notice.facts)
        step = Step(notice.flow, kind, notice.step_number, Outcome(notice.outcome.value), facts)
        once = f"process {notice.step_number}" if kind is Kind.PROCESS else f"desk {notice.sequence}"
        await self._journal.record(
            conn, step, application=notice.number, actor=DESK, at=notice.at, place=notice.sequence, key=once
        )

    async def _move(
        self, conn: Connection, application: ApplicationRow, steps: PortalSteps, notice: StepNotice
    ) -> None:
        """Follow process 6 and its failure; the end is never told but proved, by the document that was accepted."""
        if _is_not_taken(notice) and application.state is State.ACCEPTED:
            state = State.NOT_REGISTERED
        elif _tells_of(steps.registration.number, notice) and application.state in (
            State.ACCEPTED,
            State.NOT_REGISTERED,
        ):
            state = State.REGISTERED
        else:
            return
        await self._applications.set(conn, application.number, self._store.clock.now(), state=state.value)

    async def _tell(self, conn: Connection, notice: StepNotice) -> None:
        if notice.message is None and notice.result_due is None and notice.pick_up is None:
            return
        after = f"{notice.kind.value} {notice.step_number}"
        told = Notice(after, notice.at, notice.result_due, notice.pick_up, notice.message)
        await self._outcomes.tell(conn, notice.number, told)
        if notice.result_due is not None:
            now = self._store.clock.now()
            await self._applications.set(conn, notice.number, now, result_due=notice.result_due)

    async def _wait(self, response: Response, *, attempt: int) -> None:
        """Undetermined is neither acceptance nor refusal: the document waits and is judged again."""
        due_at = self._store.clock.now() + min(timedelta(seconds=5 * 2 ** min(attempt, 10)), timedelta(minutes=10))
        async with self._store.database.transaction() as conn:
            digest = await self._store.blobs.put(conn, build_response(response), media_type="application/xml")
            payload = {"response": digest, "attempt": attempt}
            await self._store.timers.schedule(
                conn, name=JUDGE_AGAIN, key=f"{response.number} {digest}", due_at=due_at, payload=payload
            )

    async def _report(
        self, application: ApplicationRow, response: Response, code: str, facts: Mapping[str, Any]
    ) -> None:
        now = self._store.clock.now()
        async with self._store.database.transaction() as conn:
            digest = await self._store.blobs.put(conn, response.signed_document, media_type="application/xml")
            await self._outcomes.refuse_response(
                conn, number=application.number, code=code, facts=facts, sha256=digest, at=now
            )
            step = Step(FLOW, Kind.NOTE, 0, Outcome.FAILED, {"step": "result not accepted", "code": code})
            await self._journal.record(conn, step, application=application.number, key=f"not accepted {digest}")
        _log.error("result-not-accepted", application=application.number, code=code, document=digest)


def _tells_of(process: int, notice: StepNotice) -> bool:
    return notice.kind.value == Kind.PROCESS and notice.step_number == process


def _is_not_taken(notice: StepNotice) -> bool:
    """Tell whether the desk says that it does not take the submission, with the reason as its code."""
    return notice.kind.value == Kind.NOTE and notice.outcome.value == Outcome.FAILED


def _waits_for_the_document(steps: PortalSteps, notice: StepNotice) -> bool:
    """An electronic hand-over is done when the document is accepted here, not when the desk says it was sent."""
    return _tells_of(steps.result.number, notice) and steps.result.hand_over is HandOver.ELECTRONIC


def _about_another(
    document: ResultDocument, application: ApplicationRow, response: Response, office_bin: str
) -> str | None:
    """Name the first thing in which the document is not the result of this application."""
    kind = DocumentKind.CERTIFICATE if response.outcome is ResponseOutcome.ISSUED else DocumentKind.REFUSAL
    compared = {
        "application": (document.application, application.number),
        "service": (document.service, application.service),
        "applicant": (str(document.applicant.number), str(application.applicant)),
        "provider": (str(document.provider.bin), office_bin),
        "authority": (document.authority, Authority.PROVIDER),
        "kind": (document.kind, kind),
    }
    return next((name for name, (found, expected) in compared.items() if found != expected), None)
