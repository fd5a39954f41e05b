"""Process 5, the documents: marked as handed in on paper, scanned page by page, or missing.

Karaganda act, lines 1000-1004; Almaty act, lines 220-225. Each page is kept as a file of its own, is shown, turned,
scanned again or taken away; the pages of a document become one PDF when the application is fixed to be signed. Whoever
lacks a document is refused acceptance, with a receipt (Almaty, lines 250-253).
"""

from __future__ import annotations

from dataclasses import replace

from gateway.catalogue.form import DocumentKind, FormProblem, FormProblemCode
from gateway.catalogue.kinds import documents_of
from gateway.catalogue.model import Service
from gateway.exchange.acceptance import SentBy
from gateway.flows.applications import ApplicationRow, State
from gateway.flows.arm.access import Window
from gateway.flows.arm.entering import storable
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.intakes import Intake, ScanPage
from gateway.flows.arm.operators import Operator
from gateway.flows.arm.steps import arm_media
from gateway.journal import Outcome
from gateway.scans import Page, ScanCode, ScanRefused, combine, preview, read_pages
from gateway.store.database import Connection
from gateway.texts import Text

ACCEPTANCE_REFUSED = "acceptance refused"
MOST_PAGES = 100
"""Of one document."""
_LONGEST_FILE_NAME = 120
_PROBLEMS = {
    ScanCode.EMPTY: FormProblemCode.EMPTY,
    ScanCode.TYPE: FormProblemCode.WRONG_MEDIA_TYPE,
    ScanCode.TOO_LARGE: FormProblemCode.TOO_LARGE,
    ScanCode.TOO_MANY_PAGES: FormProblemCode.TOO_LARGE,
    ScanCode.TOO_MANY_PIXELS: FormProblemCode.TOO_LARGE,
}


class DocumentSteps(Window):
    """What is done with the documents."""

    async def missing(self, operator: Operator, number: str) -> tuple[DocumentKind, ...]:
        """Return the required documents that were neither scanned nor marked as handed in on paper."""
        application, intake = await self._seen(operator, number)
        return self._missing(application, intake, await self._intakes.pages_of(number))

    async def mark_paper(self, operator: Operator, number: str, document: str, present: bool) -> None:
        """Mark that a document was handed in on paper, or take the mark back."""
        async with self._store.database.transaction() as conn:
            application, intake = await self._draft(conn, operator, number)
            self._asked(application, intake, document)
            marked = [one for one in intake.on_paper if one != document]
            await self._intakes.set(conn, number, on_paper=[*marked, document] if present else marked)
            await self._reopen(conn, number)

    async def scan(
        self, operator: Operator, number: str, document: str, *, name: str, media_type: str, content: bytes
    ) -> FormProblem | None:
        """Add the pages of a scanned file behind those of its document; returns what is wrong with the file."""
        application, intake = await self._seen(operator, number)
        asked = self._asked(application, intake, document)
        try:
            pages = await read_pages(content, media_type)
        except ScanRefused as error:
            return _problem(asked, error)
        async with self._store.database.transaction() as conn:
            application, intake = await self._draft(conn, operator, number)
            self._asked(application, intake, document)
            there = sum(page.document == document for page in await self._intakes.read_pages(conn, number))
            if there + len(pages) > MOST_PAGES:
                return _problem(asked, ScanRefused(ScanCode.TOO_MANY_PAGES, limit=MOST_PAGES))
            for page in pages:
                await self._intakes.add_page(conn, number, await self._kept(conn, document, 0, name, page))
            await self._reopen(conn, number)
        return None

    # A page is the one at its place; `seen` is the SHA-256 of the page that was seen there. When another stands there
    # by now (removed twice, a forgotten tab), nothing changes and `ArmError` STALE is raised.

    async def replace_page(  # noqa: PLR0917 - a page, and the file in its place
        self,
        operator: Operator,
        number: str,
        document: str,
        ordinal: int,
        content: bytes,
        media_type: str,
        name: str,
        *,
        seen: str | None = None,
    ) -> FormProblem | None:
        """Put a page that was scanned again in the place of one; of a file with several pages the first."""
        application, intake = await self._seen(operator, number)
        asked = self._asked(application, intake, document)
        try:
            page, *_ = await read_pages(content, media_type)
        except ScanRefused as error:
            return _problem(asked, error)
        async with self._store.database.transaction() as conn:
            await self._draft(conn, operator, number)
            await self._page(conn, number, document, ordinal, seen)
            await self._intakes.replace_page(conn, number, await self._kept(conn, document, ordinal, name, page))
            await self._reopen(conn, number)
        return None

    async def rotate(
        self, operator: Operator, number: str, document: str, ordinal: int, *, seen: str | None = None
    ) -> None:
        """Turn a page by a quarter, clockwise."""
        async with self._store.database.transaction() as conn:
            await self._draft(conn, operator, number)
            page = await self._page(conn, number, document, ordinal, seen)
            await self._intakes.replace_page(conn, number, replace(page, rotation=(page.rotation + 90) % 360))
            await self._reopen(conn, number)

    async def remove_page(
        self, operator: Operator, number: str, document: str, ordinal: int, *, seen: str | None = None
    ) -> None:
        """Take a page away; those behind it move up."""
        async with self._store.database.transaction() as conn:
            await self._draft(conn, operator, number)
            await self._page(conn, number, document, ordinal, seen)
            await self._intakes.remove_page(conn, number, document, ordinal)
            await self._reopen(conn, number)

    async def page_image(
        self, operator: Operator, number: str, document: str, ordinal: int, *, width: int = 1000
    ) -> tuple[str, bytes]:
        """Return a page as a picture to look at, turned as it will be sent, with its media type."""
        await self._seen(operator, number)
        pages = await self._intakes.pages_of(number)
        found = next((page for page in pages if (page.document, page.ordinal) == (document, ordinal)), None)
        if found is None:
            raise ArmError(ArmCode.NO_SUCH_PAGE)
        page = Page(await self._store.blobs.get(found.sha256), found.media_type, found.width, found.height)
        try:
            return await preview(page, found.rotation, width)
        except ScanRefused as error:
            raise ArmError(ArmCode.SCAN_REFUSED, text=error.text, advice=error.advice) from error

    async def refuse_acceptance(self, operator: Operator, number: str) -> None:
        """Refuse to take the application in, because required documents are missing; the receipt says which."""
        async with self._store.database.transaction() as conn:
            application, intake = await self._draft(conn, operator, number)
            if not application.applicant_number:
                raise ArmError(ArmCode.APPLICANT_MISSING)
            missing = self._missing(application, intake, await self._intakes.read_pages(conn, number))
            if not missing:
                raise ArmError(ArmCode.NOTHING_MISSING)
            named, now, steps = [one.id for one in missing], self._clock.now(), self._own_steps.steps(application)
            await self._intakes.set(conn, number, refused_at=now, missing=named)
            await self._note(
                conn, application, ACCEPTANCE_REFUSED, actor=operator.actor, outcome=Outcome.FAILED, missing=named
            )
            if steps.receipt is not None and steps.entering is not None:
                for step in (steps.entering, steps.receipt):
                    await self._own_steps.take(conn, application, step, flow=steps.intake, actor=operator.actor)
            await self._reopen(conn, number)
            await self._applications.set(conn, number, now, state=State.NOT_ACCEPTED.value)

    def media(self, service: Service, kind: str | None = None) -> tuple[str, ...]:
        """Return the ways in which the documents may go to the provider, the usual one first."""
        return tuple(medium.value for medium in arm_media(service, kind))

    async def choose_medium(self, operator: Operator, number: str, medium: str) -> None:
        """Choose how the documents go to the provider, where the act leaves the choice."""
        async with self._store.database.transaction() as conn:
            application, intake = await self._draft(conn, operator, number)
            if medium not in self.media(self._service(application), self._kind(application, intake)):
                raise ArmError(ArmCode.MEDIUM_NOT_ALLOWED)
            await self._intakes.set(conn, number, medium=SentBy(medium).value)
            await self._reopen(conn, number)

    async def _combined(self, pages: tuple[ScanPage, ...]) -> dict[str, bytes]:
        """Return one PDF a document, of its pages in their order."""
        made = {}
        for document in dict.fromkeys(page.document for page in pages):
            parts = [
                (await self._store.blobs.get(page.sha256), page.media_type, page.rotation)
                for page in pages
                if page.document == document
            ]
            try:
                made[document] = await combine(parts)
            except ScanRefused as error:
                raise ArmError(ArmCode.SCAN_REFUSED, text=error.text, advice=error.advice) from error
        return made

    def _missing(
        self, application: ApplicationRow, intake: Intake, pages: tuple[ScanPage, ...]
    ) -> tuple[DocumentKind, ...]:
        there = {page.document for page in pages} | set(intake.on_paper)
        asked = documents_of(self._service(application), self._kind(application, intake))
        return tuple(one for one in asked if one.required and one.id not in there)

    def _asked(self, application: ApplicationRow, intake: Intake, document: str) -> DocumentKind:
        asked = documents_of(self._service(application), self._kind(application, intake))
        found = next((one for one in asked if one.id == document), None)
        if found is None:
            raise ArmError(ArmCode.NO_SUCH_DOCUMENT)
        return found

    async def _page(self, conn: Connection, number: str, document: str, ordinal: int, seen: str | None) -> ScanPage:
        pages = await self._intakes.read_pages(conn, number)
        found = next((page for page in pages if (page.document, page.ordinal) == (document, ordinal)), None)
        if found is None:
            raise ArmError(ArmCode.NO_SUCH_PAGE)
        if seen is not None and found.sha256 != seen:
            raise ArmError(ArmCode.STALE)
        return found

    async def _kept(self, conn: Connection, document: str, ordinal: int, name: str, page: Page) -> ScanPage:
        digest = await self._store.blobs.put(conn, page.content, media_type=page.media_type)
        return ScanPage(
            document=document,
            ordinal=ordinal,
            sha256=digest,
            media_type=page.media_type,
            rotation=0,
            width=page.width,
            height=page.height,
            name=storable(name)[:_LONGEST_FILE_NAME],
            scanned_at=self._clock.now(),
        )


def _problem(asked: DocumentKind, error: ScanRefused) -> FormProblem:
    """Say what is wrong with a scan and what to do, at its document."""
    text = Text(
        f"«{asked.title.kk}»: {error.text.kk} {error.advice.kk}",
        f"«{asked.title.ru}»: {error.text.ru} {error.advice.ru}",
        f"“{asked.title.en}”: {error.text.en} {error.advice.en}",
    )
    return FormProblem(asked.id, _PROBLEMS.get(error.code, FormProblemCode.WRONG_FORMAT), text)
