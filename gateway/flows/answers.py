"""What comes back from the provider's desk: process 6, condition 3, process 7 and process 8.

Karaganda act, lines 1391-1404; Almaty act, lines 302-311; where the act gives a list of actions, the desk's own. To the
State Corporation the same comes back as processes 7 to 9 (Karaganda, lines 1335-1343), or as steps of the procedure
alone where the act numbers no flow; the last process is taken when the operator hands the result over.

A notification tells of one step and is appended to the trail once, in whatever order notifications arrive; it may say
that the provider waits for documents of the applicant (`supplements`). A response brings the signed document; it is
accepted only when it is a result of this application and all whom the act has sign it did so, in order. A document that
is not accepted is kept for the staff, reported, and never shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from gateway.catalogue.flow import FlowStep
from gateway.catalogue.load import Catalogue
from gateway.catalogue.terms import Channel, HandOver
from gateway.catalogue.terms import Outcome as Ending
from gateway.eds.verdict import Status
from gateway.exchange.errors import PayloadRefused, unread
from gateway.exchange.notification import SUPPLEMENT, StepNotice, read_notice
from gateway.exchange.response import Response, ResponseOutcome, build_response, read_response
from gateway.flows.applications import ENDED, ApplicationRow, Applications, State
from gateway.flows.beside_steps import SUPPLEMENT_NOT_TAKEN, BesideSteps, is_not_taken
from gateway.flows.outcomes import IssuedDocument, Notice, Outcomes
from gateway.flows.ports import SignatureChecks
from gateway.flows.refusals import Render
from gateway.flows.result_signers import demanded_of, result_kind
from gateway.flows.steps import CORPORATION, DeskSteps, desk_steps
from gateway.journal import Journal, Kind, Outcome, Step
from gateway.results.document import Authority, ResultDocument
from gateway.results.document import Kind as DocumentKind
from gateway.results.pdf import render_pdf
from gateway.results.signers import JudgedResult
from gateway.shep.inbox import Inbox, Received
from gateway.shep.messages import MessageType
from gateway.store import Store
from gateway.store.database import Connection

JUDGE_AGAIN = "portal.judge-response"
DESK = "desk"
AT_THE_PROVIDER = frozenset(
    {State.ACCEPTED, State.NOT_REGISTERED, State.REGISTERED, State.REFUSED, State.CANCELLED, State.ISSUED}
)
NOT_TAKEN = "submission not taken"
RESULT_RECEIVED = "result received"
"""The note of a result that came to the State Corporation, where the operator will hand it over."""
_CHANNELS = (Channel.PORTAL, Channel.CORPORATION)
_STATES = {
    ResponseOutcome.ISSUED: State.ISSUED,
    ResponseOutcome.REFUSED: State.REFUSED,
    ResponseOutcome.CANCELLED: State.CANCELLED,
}
_OUTCOMES = {Ending.REFUSED: ResponseOutcome.REFUSED, Ending.CANCELLED: ResponseOutcome.CANCELLED}
"""How a response calls what a service ends in; everything else is issued, a result that says no as well."""
_LAST = 1_000_000
"""The place of a step taken here among those of the same moment at the desk: after them."""

_log = structlog.get_logger(__name__)


class DeskAnswers:
    """Takes what the desk tells of the applications of the portal and of the State Corporation."""

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
        self._beside = BesideSteps(store=store, catalogue=catalogue, journal=journal)
        store.jobs.on(JUDGE_AGAIN, self.judge_again)

    def listen(self, inbox: Inbox) -> None:
        """Take the notifications and responses of every service that the portal or the State Corporation offers."""
        for service in self._catalogue.services.values():
            if any(service.opens(channel) for channel in _CHANNELS):
                inbox.on(service.shep_service_id, MessageType.NOTIFICATION, self.notification)
                inbox.on(service.shep_service_id, MessageType.RESPONSE, self.response)

    async def notification(self, received: Received) -> None:
        """Append the step that a notification tells of to the application's trail, once."""
        try:
            notice = read_notice(received.message.payload.xml)
        except PayloadRefused as error:
            _log.error("notification-refused", inbox=received.id, code=error.code.value, problem=unread(error))
            return
        application = await self._addressed(notice.number, received)
        if application is None:
            return
        steps = self._steps(application)
        overtaken = await self._beside.is_overtaken(notice)
        async with self._store.database.transaction() as conn:
            locked = await self._applications.lock(conn, notice.number)
            await self._tell(conn, notice)
            await self._beside.follow(conn, locked, notice, overtaken=overtaken)
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
            _log.error("response-refused", inbox=received.id, code=error.code.value, problem=unread(error))
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

    def _steps(self, application: ApplicationRow) -> DeskSteps:
        return desk_steps(self._catalogue.service(application.service), application)

    async def _judge(self, application: ApplicationRow, response: Response, *, attempt: int) -> None:
        if application.state in ENDED and await self._outcomes.document_of(application.number) is not None:
            return
        service = self._catalogue.service(application.service)
        # (1) The signatures are good, what they cover is a result of the service, and all signed it who must.
        demanded = demanded_of(self._catalogue, service, application)
        judged = await self._signatures.result(response.signed_document, demanded)
        if judged.verdict.status is Status.UNDETERMINED:
            await self._wait(response, attempt=attempt + 1)
            return
        if judged.verdict.status is Status.INVALID:
            await self._report(application, response, judged.verdict.code.value, judged.verdict.facts)
            return
        if judged.document is None:
            refusal = judged.refusal
            code, where = (refusal.code.value, refusal.where) if refusal is not None else ("not-a-result", "")
            await self._report(application, response, code, {"where": where})
            return
        # (2) It is the result of this application, and ends it as the response says.
        other = self._about_another(judged.document, application, response)
        if other is not None:
            await self._report(application, response, "result-about-another", {"differs": other})
            return
        await self._accept(application, response, judged.document, judged)

    async def _accept(
        self, application: ApplicationRow, response: Response, document: ResultDocument, judged: JudgedResult
    ) -> None:
        """Keep the document with the evidence it was judged by, and take process 7 or process 8."""
        assert judged.chain is not None
        *earlier, last_link = [link.verdict for link in judged.chain.links]
        signed = await self._signatures.keep(response.signed_document, last_link, *earlier)
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
                verdict=judged.verdict.to_json(),
                received_at=now,
            )
            await self._outcomes.add_document(conn, issued)
            if locked.channel is Channel.CORPORATION:
                await self._outcomes.wait_at_the_windows(conn, number)
            last = await self._refusal_step(conn, number, steps, document)
            if last is None and not _handed_over_by_the_operator(locked, steps):
                last = steps.result
            facts: dict[str, Any] = {
                "document": document.number,
                "kind": document.kind.value,
                "signer": judged.signers[-1].certificate.sha256,
                "code": judged.verdict.code.value,
            }
            if document.ground is not None:
                facts["ground"] = document.ground.code
            if len(judged.signers) > 1:
                facts["signers"] = [one.certificate.sha256 for one in judged.signers]
            if last is None:
                step = Step(steps.flow, Kind.NOTE, 0, Outcome.DONE, {**facts, "step": RESULT_RECEIVED})
            else:
                step = Step(steps.flow, Kind(last.kind.value), last.number, Outcome.DONE, facts)
            once = RESULT_RECEIVED if last is None else str(last.ref)
            await self._journal.record(conn, step, application=number, actor=DESK, at=now, place=_LAST, key=once)
            await self._outcomes.tell(conn, number, Notice(once, now, pick_up=response.pick_up))
            await self._applications.set(conn, locked.number, now, state=_STATES[response.outcome].value)

    async def _refusal_step(
        self, conn: Connection, number: str, steps: DeskSteps, document: ResultDocument
    ) -> FlowStep | None:
        """Process 7 follows a failed condition 3; a reasoned refusal after it passed is the result of process 8.

        A list of actions has neither: whatever it ends in comes with its last action.
        """
        examination = steps.examination
        if examination is None or document.kind is not DocumentKind.REFUSAL:
            return None
        outcome = await self._journal.last_outcome(conn, number, Kind.CONDITION, examination.number)
        if outcome in (None, Outcome.UNDETERMINED):
            failed = document.ground is not None and document.ground.code == examination.ground
        else:
            failed = outcome is Outcome.FAILED
        return steps.refusal if failed else None

    async def _record_told(self, conn: Connection, notice: StepNotice) -> None:
        kind = Kind(notice.kind.value)
        facts: dict[str, Any] = dict(notice.facts)
        if is_not_taken(notice):
            facts["step"] = SUPPLEMENT_NOT_TAKEN if SUPPLEMENT in notice.facts else NOT_TAKEN
        step = Step(notice.flow, kind, notice.step_number, Outcome(notice.outcome.value), facts)
        once = _name(notice) if kind in (Kind.PROCESS, Kind.ACTION) else f"desk {notice.sequence}"
        await self._journal.record(
            conn, step, application=notice.number, actor=DESK, at=notice.at, place=notice.sequence, key=once
        )

    async def _move(self, conn: Connection, application: ApplicationRow, steps: DeskSteps, notice: StepNotice) -> None:
        """Follow process 6 and its failure; the end is never told but proved, by the document that was accepted."""
        if is_not_taken(notice) and SUPPLEMENT not in notice.facts and application.state is State.ACCEPTED:
            state = State.NOT_REGISTERED
        elif _tells_of_registration(steps, notice) and application.state in (
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
        if SUPPLEMENT in notice.facts and is_not_taken(notice):
            return
        told = Notice(_name(notice), notice.at, notice.result_due, notice.pick_up, notice.message)
        await self._outcomes.tell(conn, notice.number, told)
        if notice.result_due is not None:
            now = self._store.clock.now()
            await self._applications.set(conn, notice.number, now, result_due=notice.result_due)

    def _about_another(self, document: ResultDocument, application: ApplicationRow, response: Response) -> str | None:
        """Name the first thing in which the document is not the result of this application."""
        refused = response.outcome is ResponseOutcome.REFUSED
        kind = DocumentKind.REFUSAL if refused else DocumentKind.CERTIFICATE
        service, office = self._catalogue.service(application.service), self._catalogue.office(application.office)
        ending = result_kind(service, application, document).outcome
        compared = {
            "application": (document.application, application.number),
            "service": (document.service, application.service),
            "applicant": (str(document.applicant.number), str(application.applicant)),
            "provider": (str(document.provider.bin), office.bin),
            "authority": (document.authority, Authority.PROVIDER),
            "kind": (document.kind, kind),
            "outcome": (response.outcome, _OUTCOMES.get(ending, ResponseOutcome.ISSUED)),
        }
        return next((name for name, (found, expected) in compared.items() if found != expected), None)

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
            flow = self._steps(application).flow
            step = Step(flow, Kind.NOTE, 0, Outcome.FAILED, {"step": "result not accepted", "code": code})
            await self._journal.record(conn, step, application=application.number, key=f"not accepted {digest}")
        _log.error("result-not-accepted", application=application.number, code=code, document=digest)


def _name(notice: StepNotice) -> str:
    """Return the step that a notice tells of; a note, which no act numbers, by its place among the desk's words."""
    number = notice.sequence if notice.kind.value == Kind.NOTE else notice.step_number
    return f"{notice.kind.value} {number}"


def _tells_of(step: FlowStep | None, notice: StepNotice) -> bool:
    return step is not None and _name(notice) == str(step.ref)


def _tells_of_registration(steps: DeskSteps, notice: StepNotice) -> bool:
    """Where the act numbers no flow, the first step of the provider's procedure says that it has the application."""
    if steps.registration is None and steps.flow == CORPORATION:
        return notice.kind.value == Kind.PROCEDURE and notice.outcome.value == Outcome.DONE
    return _tells_of(steps.registration, notice)


def _handed_over_by_the_operator(application: ApplicationRow, steps: DeskSteps) -> bool:
    return application.channel is Channel.CORPORATION and (
        steps.result is None or steps.result.hand_over is HandOver.CORPORATION
    )


def _waits_for_the_document(steps: DeskSteps, notice: StepNotice) -> bool:
    """Tell whether a step is done here and not at the desk, though the desk tells of it.

    An electronic hand-over is done when the document is accepted; the State Corporation's operator hands over later.
    """
    if steps.result is None or not _tells_of(steps.result, notice):
        return False
    return steps.result.hand_over in (HandOver.ELECTRONIC, HandOver.CORPORATION)
