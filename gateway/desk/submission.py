"""What a submission must be before the desk takes it: read, signed by its applicant, complete, with its files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from gateway.catalogue import (
    Catalogue,
    Office,
    Service,
    UnknownOffice,
    UnknownService,
    check_document,
)
from gateway.catalogue.kinds import check_application, documents_of, kind_of
from gateway.clock import ALMATY, Clock
from gateway.desk.case import CHANNEL
from gateway.desk.ports import Signatures, TemporaryFiles
from gateway.desk.signed import NotAsSigned, content_of, files_as_signed, judge
from gateway.exchange.applicants import may_apply
from gateway.exchange.application import Application, content_key, read_application
from gateway.exchange.errors import PayloadRefused
from gateway.exchange.form_checks import NUMBER_CHECKS
from gateway.exchange.form_schema import ApplicationSchemas
from gateway.exchange.submission import Submission, read_submission
from gateway.texts import Text

_ZONE = ZoneInfo(ALMATY)


class BrokenCode(StrEnum):
    """The stable codes of a submission that is not taken."""

    UNREADABLE = "submission-unreadable"
    SIGNATURE = "submission-signature-invalid"
    SIGNER = "submission-signer-not-applicant"
    NOT_AN_APPLICANT = "submission-applicant-not-entitled"
    CONTRADICTION = "submission-contradicts-itself"
    SERVICE = "submission-service-not-here"
    OFFICE = "submission-office-not-here"
    FORM = "submission-form-wrong"
    FILES = "submission-files-not-as-signed"
    FILE_GONE = "submission-file-gone"
    DOCUMENT = "submission-document-wrong"
    NUMBER_TAKEN = "submission-number-taken"


_TEXTS = {
    BrokenCode.UNREADABLE: Text(
        "Сұранымды оқу мүмкін болмады, ол тіркелген жоқ.",
        "Запрос не удалось прочитать, он не зарегистрирован.",
        "The request could not be read and is not registered.",
    ),
    BrokenCode.SIGNATURE: Text(
        "Сұранымның ЭЦҚ-сы расталмады, ол тіркелген жоқ.",
        "ЭЦП запроса не подтверждена, запрос не зарегистрирован.",
        "The request's ЭЦҚ is not confirmed and the request is not registered.",
    ),
    BrokenCode.SIGNER: Text(
        "Сұранымға көрсетілетін қызметті алушыдан басқа адам қол қойған, ол тіркелген жоқ.",
        "Запрос подписан не услугополучателем и не зарегистрирован.",
        "The request is signed by somebody other than the applicant and is not registered.",
    ),
    BrokenCode.NOT_AN_APPLICANT: Text(
        "Көрсетілетін қызметті алушы портал арқылы бұл қызметті ала алмайды, сұраным тіркелген жоқ.",
        "Услугополучатель не может получить эту услугу через портал, запрос не зарегистрирован.",
        "The applicant may not apply for this service through the portal and the request is not registered.",
    ),
    BrokenCode.CONTRADICTION: Text(
        "Сұранымның мәліметтері өзара қайшы келеді, ол тіркелген жоқ.",
        "Сведения запроса противоречат друг другу, он не зарегистрирован.",
        "The request contradicts itself and is not registered.",
    ),
    BrokenCode.SERVICE: Text(
        "Мұндай қызмет мұнда көрсетілмейді.", "Такая услуга здесь не оказывается.", "No such service is provided here."
    ),
    BrokenCode.OFFICE: Text(
        "Көрсетілген мекеме бұл қызметті көрсетпейді.",
        "Указанное учреждение не оказывает эту услугу.",
        "The office named does not provide this service.",
    ),
    BrokenCode.FORM: Text(
        "Сұраным нысаны талаптарға сай емес, ол тіркелген жоқ.",
        "Форма запроса не соответствует требованиям, он не зарегистрирован.",
        "The request's form does not meet the requirements and is not registered.",
    ),
    BrokenCode.FILES: Text(
        "Қоса берілген файлдар қол қойылған сұранымдағыға сәйкес келмейді.",
        "Приложенные файлы не соответствуют указанным в подписанном запросе.",
        "The files attached are not those that the signed request names.",
    ),
    BrokenCode.FILE_GONE: Text(
        "Қоса берілген файл уақытша қоймада жоқ.",
        "Приложенного файла нет во временном хранилище.",
        "A file attached is not in the temporary store.",
    ),
    BrokenCode.DOCUMENT: Text(
        "Қоса берілген құжат талаптарға сай емес.",
        "Приложенный документ не соответствует требованиям.",
        "A document attached does not meet the requirements.",
    ),
    BrokenCode.NUMBER_TAKEN: Text(
        "Бұл нөмірмен басқа сұраным тіркелген.",
        "Под этим номером зарегистрирован другой запрос.",
        "Another request is registered under this number.",
    ),
}


class Broken(Exception):
    """A submission that can never be taken; `number` is the application's, as far as it could be read."""

    def __init__(self, code: BrokenCode, detail: str, *, number: str | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail[:500]
        self.number = number

    @property
    def text(self) -> Text:
        """What happened, for a person."""
        return _TEXTS[self.code]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A submission that may be taken, with the files fetched and compared."""

    application: Application
    content_key: str
    service: Service
    kind: str | None
    """The kind of the service that the form chooses."""
    office: Office
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
            raise Broken(BrokenCode.UNREADABLE, str(error)) from error
        try:
            return await self._check(submission, service_id)
        except NotAsSigned as error:
            raise Broken(BrokenCode[error.fault.name], error.detail, number=submission.number) from error

    async def _check(self, submission: Submission, service_id: str) -> Arrival:
        number = submission.number
        # (2) The signature is good and its certificate may be trusted: undetermined is neither taken nor refused.
        signed = await judge(self._signatures, submission.signed_application)
        # (3) Only what the signature covers is read, and the signer is the applicant it names.
        try:
            application = read_application(signed.document)
        except PayloadRefused as error:
            raise Broken(BrokenCode.UNREADABLE, str(error), number=number) from error
        signed.check_signer(application.applicant_number)
        # (4) The envelope says what the signed application says.
        _check_agreement(submission, application)
        # (5) The service is provided here, by the office named.
        service, office = self._place(application, service_id)
        # (6) Structure and format of the form (Karaganda act, lines 1376-1377; Almaty act, lines 283-284), and who
        # may apply by the act.
        self._check_form(service, application)
        kind = kind_of(service, application.fields)
        _check_offered(service, kind, application)
        # (7) The files are those that were signed, of the kinds and sizes that the service takes.
        _check_documents(service, kind, application)
        # (8) What was signed follows the service's own schema, as the channel wrote it: cleaned, complete, in order.
        try:
            read_application(signed.document, self._schemas.of(service.id, kind))
        except PayloadRefused as error:
            raise Broken(BrokenCode.FORM, str(error), number=number) from error
        files = await self._fetch(service, application, submission)
        return Arrival(
            application=application,
            content_key=content_key(number, signed.covered),
            service=service,
            kind=kind,
            office=office,
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

    def _check_form(self, service: Service, application: Application) -> None:
        today = self._clock.now().astimezone(_ZONE).date()
        reading = check_application(service, CHANNEL, application.fields, today=today, checks=NUMBER_CHECKS)
        if reading.problems:
            named = ", ".join(f"{problem.field}: {problem.code}" for problem in reading.problems)
            raise Broken(BrokenCode.FORM, named, number=application.number)

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


def _check_offered(service: Service, kind: str | None, application: Application) -> None:
    """Refuse a service, or a kind of it, that the portal does not provide, and whoever may not apply there."""
    try:
        service.flow(CHANNEL, kind)
        service.procedure(CHANNEL, kind)
    except KeyError as error:
        named = service.id if kind is None else f"{service.id}, {kind}"
        raise Broken(BrokenCode.SERVICE, named, number=application.number) from error
    if not may_apply(service, CHANNEL, application.applicant_number):
        raise Broken(BrokenCode.NOT_AN_APPLICANT, service.id, number=application.number)


def _check_documents(service: Service, kind: str | None, application: Application) -> None:
    documents = documents_of(service, kind)
    known = {document.id for document in documents}
    counted = Counter(attachment.document for attachment in application.attachments)
    for document_id, times in counted.items():
        if document_id not in known or times > 1:
            raise Broken(BrokenCode.DOCUMENT, f"{document_id}: {times}", number=application.number)
    for document in documents:
        if document.required and document.id not in counted:
            raise Broken(BrokenCode.DOCUMENT, f"{document.id}: missing", number=application.number)
