"""What a submission must be before the desk takes it: read, signed by who must sign it, complete, with its files.

An application of the portal is signed by its applicant. With an acceptance it came through the State Corporation: its
operator signed it, and required documents may be on paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from gateway.catalogue import (
    Body,
    Catalogue,
    Channel,
    FieldType,
    Office,
    Service,
    UnknownOffice,
    UnknownService,
    check_document,
)
from gateway.catalogue.kinds import check_application, documents_of, fields_of, kind_of
from gateway.catalogue.media import media_of
from gateway.catalogue.terms import is_for
from gateway.clock import ALMATY, Clock
from gateway.desk.broken import Broken, BrokenCode
from gateway.desk.numbered import numbered_flow
from gateway.desk.ports import Signatures, TemporaryFiles
from gateway.desk.representation import fits, representation_on
from gateway.desk.signed import NotAsSigned, Signed, content_of, files_as_signed, judge
from gateway.exchange.applicants import may_apply
from gateway.exchange.application import Application, content_key, read_application
from gateway.exchange.errors import PayloadRefused, unread
from gateway.exchange.form_checks import NUMBER_CHECKS
from gateway.exchange.form_schema import ApplicationSchemas
from gateway.exchange.submission import Submission, read_submission
from gateway.identity.numbers import Bin
from gateway.results.alphabet import unprintable
from gateway.results.names import NameOf, clean_name

_ZONE = ZoneInfo(ALMATY)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A submission that may be taken, with the files fetched and compared."""

    application: Application
    content_key: str
    service: Service
    kind: str | None
    """The kind of the service that the form chooses."""
    office: Office
    channel: Channel
    counter: Office | None
    """The department of the State Corporation that took it in."""
    files: tuple[bytes, ...]
    """The content of each of the application's attachments, in their order."""
    keep: Callable[[], Awaitable[bytes]]
    """Makes the signed application as it is kept: with the evidence that it was judged by."""


class SubmissionCheck:
    """Checks submissions; the steps are numbered in the order in which trust grows."""

    def __init__(self, catalogue: Catalogue, signatures: Signatures, files: TemporaryFiles, clock: Clock) -> None:
        self._catalogue = catalogue
        self._signatures = signatures
        self._files = files
        self._clock = clock
        self._schemas = ApplicationSchemas(catalogue)

    async def check(self, payload: bytes, *, service_id: str) -> Arrival:
        """Return what may be taken; raises `Broken`, or `NotYet` when something outside did not answer."""
        # (1) The payload follows its schema; what travels inside has the digest it is named by.
        try:
            submission = read_submission(payload)
        except PayloadRefused as error:
            raise Broken(BrokenCode.UNREADABLE, unread(error)) from error
        try:
            return await self._check(submission, service_id)
        except NotAsSigned as error:
            raise Broken(BrokenCode[error.fault.name], error.detail, number=submission.number) from error

    async def _check(self, submission: Submission, service_id: str) -> Arrival:
        number = submission.number
        # (2) The signature is good and its certificate may be trusted: undetermined is neither taken nor refused.
        signed = await judge(self._signatures, submission.signed_application)
        # (3) Only what the signature covers is read, and the signer is the applicant it names, or the operator of the
        # State Corporation's department that took it in (Karaganda act, lines 1325-1330; Almaty act, lines 261-268).
        try:
            application = read_application(signed.document)
        except PayloadRefused as error:
            raise Broken(BrokenCode.UNREADABLE, unread(error), number=number) from error
        try:
            return await self._check_signed(submission, signed, application, service_id)
        except Broken as broken:
            broken.channel = _channel_of(application)
            raise
        except NotAsSigned as error:
            fault = BrokenCode[error.fault.name]
            raise Broken(fault, error.detail, number=number, channel=_channel_of(application)) from error

    async def _check_signed(
        self, submission: Submission, signed: Signed, application: Application, service_id: str
    ) -> Arrival:
        counter = self._department(application)
        if application.acceptance is None or counter is None:
            signed.check_signer(application.applicant_number)
        else:
            signed.check_operator(application.acceptance, Bin(counter.bin))
        # (4) The envelope says what the signed application says.
        _check_agreement(submission, application)
        # (5) The service is provided here, by the office named, whose applications the department takes.
        service, office = self._place(application, service_id)
        channel = _channel_of(application)
        if counter is not None:
            self._check_department(counter, service, office, application)
        # (6) Structure and format of the form (Karaganda act, lines 1376-1377; Almaty act, lines 283-284), and who
        # may apply by the act.
        self._check_form(service, channel, application)
        kind = kind_of(service, application.fields)
        _check_offered(service, channel, kind, application)
        self._check_acceptance(service, kind, application)
        # (7) The files are those that were signed, of the kinds and sizes that the service takes.
        _check_documents(service, kind, application)
        # (8) What was signed follows the service's own schema, as the channel wrote it: cleaned, complete, in order.
        try:
            read_application(signed.document, self._schemas.of(service.id, kind, accepted=counter is not None))
        except PayloadRefused as error:
            raise Broken(BrokenCode.FORM, unread(error), number=application.number) from error
        files = await self._fetch(service, application, submission)
        return Arrival(
            application=application,
            content_key=content_key(application.number, signed.covered),
            service=service,
            kind=kind,
            office=office,
            channel=channel,
            counter=counter,
            files=files,
            keep=signed.keep,
        )

    def _place(self, application: Application, service_id: str) -> tuple[Service, Office]:
        try:
            service = self._catalogue.service(application.service)
        except UnknownService as error:
            raise Broken(BrokenCode.SERVICE, application.service, number=application.number) from error
        if service.shep_service_id != service_id:
            raise Broken(BrokenCode.SERVICE, f"{application.service} came as {service_id}", number=application.number)
        try:
            office = self._catalogue.office(application.office)
        except UnknownOffice as error:
            raise Broken(BrokenCode.OFFICE, application.office, number=application.number) from error
        if service.id not in office.services:
            raise Broken(BrokenCode.OFFICE, f"{office.id} for {service.id}", number=application.number)
        return service, office

    def _department(self, application: Application) -> Office | None:
        """Return the department that took an application in; none where the applicant sent it."""
        if application.acceptance is None:
            return None
        department = self._catalogue.offices.get(application.acceptance.department)
        if department is None or department.body is not Body.CORPORATION:
            raise Broken(BrokenCode.DEPARTMENT, application.acceptance.department, number=application.number)
        return department

    def _check_department(self, department: Office, service: Service, office: Office, application: Application) -> None:
        if not service.opens(Channel.CORPORATION):
            raise Broken(BrokenCode.SERVICE, f"{service.id} at a department", number=application.number)
        counters = self._catalogue.counters_of(service.id, Channel.CORPORATION)
        if department not in counters or office.id not in department.serves:
            raise Broken(BrokenCode.DEPARTMENT, f"{department.id} for {office.id}", number=application.number)

    def _check_form(self, service: Service, channel: Channel, application: Application) -> None:
        reading = check_application(service, channel, application.fields, today=self._today(), checks=NUMBER_CHECKS)
        if reading.problems:
            named = ", ".join(f"{problem.field}: {problem.code}" for problem in reading.problems)
            raise Broken(BrokenCode.FORM, named, number=application.number)
        if unprintable(application.applicant_name):
            raise Broken(BrokenCode.FORM, "the applicant's name: no document could print it", number=application.number)

    def _check_acceptance(self, service: Service, kind: str | None, application: Application) -> None:
        """Hold what the operator noted against the act: the documents' way, the consent, who came for the applicant."""
        acceptance = application.acceptance
        if acceptance is None:
            return
        if acceptance.medium.value not in media_of(service, kind):
            raise Broken(BrokenCode.FORM, f"{service.id} by {acceptance.medium}", number=application.number)
        if set(acceptance.on_paper) - {document.id for document in documents_of(service, kind)}:
            raise Broken(BrokenCode.FORM, "on paper: no document of the service", number=application.number)
        if unprintable(acceptance.operator_name):
            raise Broken(BrokenCode.FORM, "the operator's name: no document could print it", number=application.number)
        consent = acceptance.consent_at
        if asks_consent(service, kind) and (consent is None or consent > acceptance.accepted_at):
            raise Broken(BrokenCode.FORM, "no consent before the query", number=application.number)
        by = acceptance.representative
        rule = representation_on(service, Channel.CORPORATION)
        if by is not None and by.iin == application.applicant_number:
            raise Broken(BrokenCode.REPRESENTATIVE, "the applicant", number=application.number)
        if by is not None and not (clean_name(by.name, NameOf.PERSON) and fits(rule, by.power, self._today())):
            raise Broken(BrokenCode.REPRESENTATIVE, f"{rule}: {by.power.kind}", number=application.number)

    def _today(self) -> date:
        return self._clock.now().astimezone(_ZONE).date()

    async def _fetch(self, service: Service, application: Application, submission: Submission) -> tuple[bytes, ...]:
        files = []
        for attachment, sent in files_as_signed(application.attachments, submission.attachments):
            content = await content_of(self._files, attachment, sent)
            kind = service.document(attachment.document)
            assert kind is not None
            problem = check_document(kind, attachment.media_type, content)
            if problem is not None:
                raise Broken(BrokenCode.DOCUMENT, f"{kind.id}: {problem.code}", number=application.number)
            files.append(content)
        return tuple(files)


def _check_agreement(submission: Submission, application: Application) -> None:
    envelope = (submission.number, submission.service, submission.office)
    if envelope != (application.number, application.service, application.office):
        raise Broken(BrokenCode.CONTRADICTION, "number, service or office", number=submission.number)


def _channel_of(application: Application) -> Channel:
    return Channel.PORTAL if application.acceptance is None else Channel.CORPORATION


def asks_consent(service: Service, kind: str | None) -> bool:
    """Tell whether the applicant's consent comes before any query of the state databases."""
    return service.consent is not None or any(one.type is FieldType.CONSENT for one in fields_of(service, kind))


def _check_offered(service: Service, channel: Channel, kind: str | None, application: Application) -> None:
    """Refuse a service, or a kind of it, that the channel does not provide, and whoever may not apply there.

    On the portal an act has a numbered flow for it; the State Corporation's own procedure may stand alone.
    """
    procedures = [one for one in service.procedures if channel in one.channels and is_for(one.kinds, kind)]
    flowless = channel is Channel.PORTAL and numbered_flow(service, channel, kind) is None
    if flowless or not procedures:
        named = service.id if kind is None else f"{service.id}, {kind}"
        raise Broken(BrokenCode.SERVICE, named, number=application.number)
    if not may_apply(service, channel, application.applicant_number):
        raise Broken(BrokenCode.NOT_AN_APPLICANT, service.id, number=application.number)


def _check_documents(service: Service, kind: str | None, application: Application) -> None:
    documents = documents_of(service, kind)
    known = {document.id for document in documents}
    counted = Counter(attachment.document for attachment in application.attachments)
    for document_id, times in counted.items():
        if document_id not in known or times > 1:
            raise Broken(BrokenCode.DOCUMENT, f"{document_id}: {times}", number=application.number)
    on_paper = () if application.acceptance is None else application.acceptance.on_paper
    there = counted.keys() | set(on_paper)
    for document in documents:
        if document.required and document.id not in there:
            raise Broken(BrokenCode.DOCUMENT, f"{document.id}: missing", number=application.number)
