"""The applicant's cabinet: an application as its applicant alone sees it, and the public verification."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from gateway.catalogue.load import Catalogue
from gateway.eds.verdict import Verdict
from gateway.eds.xml import XmlLimits, parse
from gateway.flows.applications import ApplicationRow, Applications, WholeApplication
from gateway.flows.errors import ApplicationUnknown
from gateway.flows.outcomes import IssuedDocument, Notice, Outcomes
from gateway.flows.ports import SignatureChecks
from gateway.flows.result_signers import demanded_of
from gateway.flows.supplement_rows import SupplementRow, SupplementRows
from gateway.journal import Event, Journal
from gateway.results.document import Authority, ResultDocument, Statement
from gateway.results.markup import NAMESPACE
from gateway.results.qr import DIGEST_PREFIX
from gateway.results.signers import Demanded, SignerFinding, named_signers
from gateway.store import Store


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """All that the applicant sees of an application."""

    application: WholeApplication
    trail: tuple[Event, ...]
    notices: tuple[Notice, ...]
    document: IssuedDocument | None
    supplement: SupplementRow | None = None
    """What the provider waits for or waited for after the application."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What the public page says of a document to whoever holds it."""

    verdict: Verdict
    document: ResultDocument
    signers: tuple[SignerFinding, ...]
    """Who signed, in order."""
    sha256: str


def title_of(document: bytes) -> Statement | None:
    """Return the title of a result document that was accepted before; its signature is not looked at again."""
    root = parse(document, XmlLimits(max_bytes=len(document)))
    kk, ru = (root.findtext(f"q:title/q:{language}", "", {"q": NAMESPACE}) for language in ("kk", "ru"))
    return Statement(kk, ru) if kk else None


class Cabinet:
    """Reads; changes nothing."""

    def __init__(self, *, store: Store, catalogue: Catalogue, journal: Journal, signatures: SignatureChecks) -> None:
        self._store = store
        self._catalogue = catalogue
        self._journal = journal
        self._signatures = signatures
        self._applications = Applications(store.database)
        self._outcomes = Outcomes(store.database)
        self._supplements = SupplementRows(store.database)

    async def applications(self, account_id: int) -> tuple[ApplicationRow, ...]:
        """Return the account's applications, the last changed first."""
        return await self._applications.list_of(account_id)

    async def application(self, account_id: int, number: str) -> WholeApplication:
        """Return one of the account's applications; raises `ApplicationUnknown`."""
        return await self._applications.of(account_id, number)

    async def view(self, account_id: int, number: str) -> ApplicationView:
        """Return an application with its trail, notices and document; raises `ApplicationUnknown`."""
        application = await self._applications.of(account_id, number)
        return ApplicationView(
            application,
            await self._journal.trail(number),
            await self._outcomes.notices(number),
            await self._outcomes.document_of(number),
            await self._supplements.of(number),
        )

    async def title(self, document: IssuedDocument) -> Statement | None:
        """Return what a document calls itself: a certificate, a conclusion that says no, a refusal."""
        return title_of(await self._store.blobs.get(document.sha256))

    async def signed_document(self, account_id: int, number: str) -> bytes:
        """Return the signed XML that ended the application; raises `ApplicationUnknown` while there is none."""
        return await self._store.blobs.get((await self._document(account_id, number)).sha256)

    async def page_of_document(self, account_id: int, number: str) -> bytes:
        """Return the PDF of that document; raises `ApplicationUnknown` while there is none."""
        return await self._store.blobs.get((await self._document(account_id, number)).pdf)

    async def signed_application(self, account_id: int, number: str) -> bytes:
        """Return the application as the applicant signed it; raises `ApplicationUnknown` while it is not signed."""
        application = await self._applications.of(account_id, number)
        if application.signed is None:
            raise ApplicationUnknown
        return await self._store.blobs.get(application.signed)

    async def attachment(self, account_id: int, number: str, document: str) -> tuple[str, str, bytes]:
        """Return name, media type and content of an attached document; raises `ApplicationUnknown`."""
        application = await self._applications.of(account_id, number)
        for attachment in application.attachments:
            if attachment.document == document:
                return attachment.name, attachment.media_type, await self._store.blobs.get(attachment.sha256)
        raise ApplicationUnknown

    async def supplement_file(self, account_id: int, number: str, document: str) -> tuple[str, str, bytes]:
        """Return name, media type and content of a document presented later; raises `ApplicationUnknown`."""
        await self._applications.of(account_id, number)
        supplement = await self._supplements.of(number)
        for file in () if supplement is None else supplement.files:
            if file.document == document:
                return file.name, file.media_type, await self._store.blobs.get(file.sha256)
        raise ApplicationUnknown

    async def verify(self, document_number: str, digest_prefix: str) -> Verification | None:
        """Check an issued document now, for whoever knows the beginning of its digest from the page's code."""
        issued = await self._outcomes.document_by_number(document_number)
        given = digest_prefix.strip().lower()
        if issued is None or len(given) < DIGEST_PREFIX or not given.isascii():
            return None
        if not hmac.compare_digest(issued.sha256[: len(given)], given):
            return None
        signed = await self._store.blobs.get(issued.sha256)
        judged = await self._signatures.result(signed, await self._demanded(issued))
        if judged.document is None:
            return None
        return Verification(judged.verdict, judged.document, judged.signers, issued.sha256)

    async def _demanded(self, issued: IssuedDocument) -> Demanded:
        application = await self._applications.by_number(issued.application)
        if issued.authority == Authority.PORTAL or application is None:
            return named_signers
        return demanded_of(self._catalogue, self._catalogue.service(application.service), application)

    async def _document(self, account_id: int, number: str) -> IssuedDocument:
        await self._applications.of(account_id, number)
        document = await self._outcomes.document_of(number)
        if document is None:
            raise ApplicationUnknown
        return document
