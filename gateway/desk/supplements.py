"""What an applicant presents after the application is taken in, for the condition of the procedure.

An employer presents within 20 working days the documents that guarantee the departure of the foreign labour (Karaganda
act, lines 3642-3644). The supplement comes as a REQUEST of the service with the application's number, beside the
applications; it is checked as they are, and given to the procedure (`condition`). What cannot be taken is told, so that
the applicant may present it again while the provider waits.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import structlog

from gateway.catalogue import Catalogue
from gateway.desk.case import CASE_COLUMNS, Case, read_case
from gateway.desk.condition import Condition, SubmittedFile
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.ports import Signatures, TemporaryFiles
from gateway.desk.signed import NotAsSigned, content_of, files_as_signed, judge
from gateway.desk.telling import Telling, Told, chain_of
from gateway.exchange.application import content_key
from gateway.exchange.errors import PayloadRefused, unread
from gateway.exchange.notification import SUPPLEMENT
from gateway.exchange.supplement import (
    Supplement,
    SupplementSubmission,
    read_supplement,
    read_supplement_submission,
)
from gateway.exchange.wording import Wording
from gateway.journal import Kind, Outcome, Step
from gateway.shep.inbox import Received
from gateway.store import Store
from gateway.store.database import Connection
from gateway.texts import Text

SUPPLEMENTS = Path(__file__).with_name("sql") / "supplement.sql"
"""What revision 0007 of the desk's schema brings."""

_log = structlog.get_logger(__name__)
_OF_CASE = f"SELECT {CASE_COLUMNS} FROM casefile WHERE number = $1"  # noqa: S608 (a constant)
_TAKE = """
INSERT INTO case_supplement (content_key, number, signed, presented_at, received_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (content_key) DO NOTHING RETURNING number
"""


class NotTakenCode(StrEnum):
    """The stable codes of a supplement that is not taken."""

    UNREADABLE = "supplement-unreadable"
    SIGNATURE = "supplement-signature-invalid"
    SIGNER = "supplement-signer-not-applicant"
    CONTRADICTION = "supplement-contradicts-itself"
    UNKNOWN = "supplement-to-no-case"
    FILES = "supplement-files-not-as-signed"
    FILE_GONE = "supplement-file-gone"
    DOCUMENT = "supplement-document-wrong"
    NOT_AWAITED = "supplement-not-awaited"
    LATE = "supplement-too-late"


_TEXTS = {
    NotTakenCode.UNREADABLE: Text(
        "Ұсынылған құжаттарды оқу мүмкін болмады, олар қабылданған жоқ.",
        "Представленные документы не удалось прочитать, они не приняты.",
        "The documents presented could not be read and are not taken.",
    ),
    NotTakenCode.SIGNATURE: Text(
        "Ұсынылған құжаттардың ЭЦҚ-сы расталмады, олар қабылданған жоқ.",
        "ЭЦП представленных документов не подтверждена, документы не приняты.",
        "The ЭЦҚ of the documents presented is not confirmed and they are not taken.",
    ),
    NotTakenCode.SIGNER: Text(
        "Ұсынылған құжаттарға көрсетілетін қызметті алушыдан басқа адам қол қойған, олар қабылданған жоқ.",
        "Представленные документы подписаны не услугополучателем и не приняты.",
        "The documents presented are signed by somebody other than the applicant and are not taken.",
    ),
    NotTakenCode.CONTRADICTION: Text(
        "Ұсынылған құжаттардың мәліметтері өтінішке қайшы келеді, олар қабылданған жоқ.",
        "Сведения представленных документов противоречат заявлению, документы не приняты.",
        "The documents presented contradict the application and are not taken.",
    ),
    NotTakenCode.UNKNOWN: Text(
        "Мұндай нөмірлі өтініш тіркелмеген, ұсынылған құжаттар қабылданған жоқ.",
        "Заявление с таким номером не зарегистрировано, представленные документы не приняты.",
        "No application of this number is registered and the documents presented are not taken.",
    ),
    NotTakenCode.FILES: Text(
        "Қоса берілген файлдар қол қойылған құжаттағыға сәйкес келмейді, олар қабылданған жоқ.",
        "Приложенные файлы не соответствуют указанным в подписанном документе и не приняты.",
        "The files attached are not those that the signed document names and are not taken.",
    ),
    NotTakenCode.FILE_GONE: Text(
        "Қоса берілген файл уақытша қоймада жоқ, құжаттар қабылданған жоқ.",
        "Приложенного файла нет во временном хранилище, документы не приняты.",
        "A file attached is not in the temporary store and the documents are not taken.",
    ),
    NotTakenCode.DOCUMENT: Text(
        "Ұсынылған құжаттар сұралған құжаттарға сай емес, олар қабылданған жоқ.",
        "Представленные документы не соответствуют запрошенным и не приняты.",
        "The documents presented are not those asked for and are not taken.",
    ),
    NotTakenCode.NOT_AWAITED: Text(
        "Бұл өтініш бойынша қосымша құжаттар күтілмейді, ұсынылған құжаттар қабылданған жоқ.",
        "Дополнительные документы по этому заявлению не ожидаются, представленные документы не приняты.",
        "No further documents are awaited on this application, and those presented are not taken.",
    ),
    NotTakenCode.LATE: Text(
        "Құжаттарды ұсыну мерзімі өтіп кетті, ұсынылған құжаттар қабылданған жоқ.",
        "Срок представления документов истек, представленные документы не приняты.",
        "The term for presenting the documents is over, and those presented are not taken.",
    ),
}
_REFUSED_BY_THE_PROCEDURE = {
    DeskCode.CONDITION_OVER: NotTakenCode.LATE,
    DeskCode.BROUGHT_NOTHING: NotTakenCode.DOCUMENT,
    DeskCode.FILE_UNFIT: NotTakenCode.DOCUMENT,
}


class NotTaken(Exception):
    """A supplement that cannot be taken; `key` names it where it could be read."""

    def __init__(self, code: NotTakenCode, detail: str, *, key: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail[:500]
        self.key = key

    @property
    def text(self) -> Text:
        """What happened, for a person."""
        return _TEXTS[self.code]


@dataclass(frozen=True, slots=True)
class Presented:
    """A supplement that may be taken, with the files fetched and compared."""

    number: str
    content_key: str
    presented_at: datetime
    files: tuple[SubmittedFile, ...]
    keep: Callable[[], Awaitable[bytes]]
    """Makes the signed supplement as it is kept."""


class Supplements:
    """Takes supplements in."""

    def __init__(
        self,
        *,
        store: Store,
        catalogue: Catalogue,
        signatures: Signatures,
        files: TemporaryFiles,
        telling: Telling,
        condition: Condition,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._signatures = signatures
        self._files = files
        self._telling = telling
        self._condition = condition

    async def receive(self, received: Received) -> None:
        """Handle a REQUEST that is a supplement: taken, nothing for a repeated one, or told that it is not taken.

        Raises `NotYet` when the signature cannot be judged yet or a file cannot be fetched yet; the inbox tries again.
        """
        payload = received.message.payload.xml
        try:
            submission = read_supplement_submission(payload)
        except PayloadRefused as error:
            # Nothing of it can be trusted to name a case: the staff see it, and the outbox of the channels keeps it.
            _log.error("supplement-unreadable", inbox=received.id, code=error.code.value, problem=unread(error))
            return
        case = await self._case(submission.number)
        try:
            presented = await self._check(submission, case, received.message.service_id)
            await self._take(presented)
        except NotTaken as problem:
            await self._tell_not_taken(problem, case, received)

    async def _check(self, submission: SupplementSubmission, case: Case | None, service_id: str) -> Presented:
        """Return what may be taken; the steps are numbered in the order in which trust grows."""
        key = ""
        try:
            # (1) The signature is good and its certificate may be trusted: undetermined is neither taken nor refused.
            signed = await judge(self._signatures, submission.signed_supplement)
            # (2) Only what the signature covers is read.
            key = content_key(submission.number, signed.covered)
            supplement = read_supplement(signed.document)
            # (3) It is to a case of this desk, whose applicant signed it, and the envelope says what it says.
            if case is None:
                raise NotTaken(NotTakenCode.UNKNOWN, submission.number, key=key)
            signed.check_signer(case.applicant)
            self._check_agreement(submission, supplement, case, service_id, key)
            # (4) The files are those that were signed; whether the case waits for them the procedure says.
            files = await self._fetch(submission, supplement)
        except PayloadRefused as error:
            raise NotTaken(NotTakenCode.UNREADABLE, unread(error), key=key) from error
        except NotAsSigned as error:
            raise NotTaken(NotTakenCode[error.fault.name], error.detail, key=key) from error
        return Presented(case.number, key, submission.presented_at, files, signed.keep)

    def _check_agreement(
        self, submission: SupplementSubmission, supplement: Supplement, case: Case, service_id: str, key: str
    ) -> None:
        said = (supplement.number, supplement.service, supplement.applicant_number)
        if (
            said != (case.number, case.service, case.applicant)
            or (submission.number, submission.service) != said[:2]
            or submission.office != supplement.office
            or self._catalogue.service(case.service).shep_service_id != service_id
        ):
            raise NotTaken(NotTakenCode.CONTRADICTION, "number, service, office or applicant", key=key)

    async def _fetch(self, submission: SupplementSubmission, supplement: Supplement) -> tuple[SubmittedFile, ...]:
        files = []
        for one, sent in files_as_signed(supplement.attachments, submission.attachments):
            content = await content_of(self._files, one, sent)
            files.append(SubmittedFile(one.document, one.name, one.media_type, content))
        return tuple(files)

    async def _take(self, presented: Presented) -> None:
        """Give the documents to the procedure and keep the signed supplement, in one transaction, once."""
        async with self._store.database.transaction() as conn:
            if await _is_taken(conn, presented.content_key):
                return
        signed = await presented.keep()
        try:
            async with self._store.database.transaction() as conn:
                await conn.fetchval("SELECT true FROM casefile WHERE number = $1 FOR UPDATE", presented.number)
                digest = await self._store.blobs.put(conn, signed, media_type="application/xml")
                inserted = await conn.fetchval(
                    _TAKE,
                    presented.content_key,
                    presented.number,
                    digest,
                    presented.presented_at,
                    self._store.clock.now(),
                )
                if inserted is not None:
                    await self._condition.submitted(
                        conn, presented.number, presented.files, presented_at=presented.presented_at
                    )
        except DeskError as error:
            code = _REFUSED_BY_THE_PROCEDURE.get(error.code, NotTakenCode.NOT_AWAITED)
            raise NotTaken(code, error.code, key=presented.content_key) from error

    async def _tell_not_taken(self, problem: NotTaken, case: Case | None, received: Received) -> None:
        _log.warning("supplement-not-taken", code=problem.code, detail=problem.detail, inbox=received.id)
        if case is None:
            return
        facts = {"code": problem.code.value, SUPPLEMENT: problem.key}
        step = Step(case.flow, Kind.NOTE, 0, Outcome.FAILED, facts)
        told = Told(message=Wording(problem.text.kk, problem.text.ru), facts=facts)
        async with self._store.database.transaction() as conn:
            await self._telling.step(conn, chain_of(case, self._catalogue.service(case.service)), step, told=told)

    async def _case(self, number: str) -> Case | None:
        row = await self._store.database.fetchrow(_OF_CASE, number)
        return None if row is None else read_case(row)


async def _is_taken(conn: Connection, key: str) -> bool:
    return await conn.fetchval("SELECT true FROM case_supplement WHERE content_key = $1", key) is not None
