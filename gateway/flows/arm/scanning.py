"""Process 5, the documents: marked as handed in on paper, scanned page by page, or missing.

Karaganda act, lines 1000-1004; Almaty act, lines 220-225. Each page is kept as a file of its own, is shown, turned,
scanned again or taken away; the pages of a document become one PDF when the application is fixed to be signed. Whoever
lacks a document is refused acceptance, with a receipt (Almaty, lines 250-253).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gateway.catalogue.form import DocumentKind, FormProblem
from gateway.catalogue.model import Service
from gateway.exchange.acceptance import SentBy
from gateway.flows.applications import ApplicationRow, State
from gateway.flows.arm.access import Window
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.intake_documents import documents_on
from gateway.flows.arm.intakes import Intake
from gateway.flows.arm.operators import Operator
from gateway.flows.arm.steps import arm_media
from gateway.flows.arm.views import missing_documents
from gateway.journal import Outcome
from gateway.scans import ScanRefused
from gateway.terminal.pages import NoSuchPage, PageMoved, PagePlace, ScanPage, pages_in

ACCEPTANCE_REFUSED = "acceptance refused"


class DocumentSteps(Window):
    """What is done with the documents."""

    async def mark_paper(
        self, operator: Operator, number: str, marks: Mapping[str, bool], *, medium: str | None = None
    ) -> None:
        """Mark of documents whether they were handed in on paper; of the others the mark stays as it is.

        With them it may be chosen how the documents go to the provider, as `choose_medium` does.
        """
        async with self._store.database.transaction() as conn:
            application, intake = await self._draft(conn, operator, number)
            for document in marks:
                self._asked(application, intake, document)
            kept = [one for one in intake.on_paper if one not in marks]
            values: dict[str, Any] = {"on_paper": [*kept, *(one for one, there in marks.items() if there)]}
            if medium is not None:
                values["medium"] = self._medium(application, intake, medium)
            await self._intakes.set(conn, number, **values)
            await self._reopen(conn, number)

    async def scan(
        self, operator: Operator, number: str, document: str, *, name: str, media_type: str, content: bytes
    ) -> FormProblem | None:
        """Add the pages of a scanned file behind those of its document; returns what is wrong with the file."""
        application, intake = await self._seen(operator, number)
        asked = self._asked(application, intake, document)
        pages = await pages_in(asked, content, media_type)
        if isinstance(pages, FormProblem):
            return pages
        too_large = await self._pages.too_large(number, asked, pages)
        if too_large is not None:
            return too_large
        async with self._store.database.transaction() as conn:
            asked = self._asked(*await self._draft(conn, operator, number), document)
            problem = await self._pages.add(conn, number, asked, name, pages)
            if problem is None:
                await self._reopen(conn, number)
        return problem

    # A page that is not there any more is `ArmError` NO_SUCH_PAGE; another than was `seen` at its place, STALE.

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
        pages = await pages_in(asked, content, media_type)
        if isinstance(pages, FormProblem):
            return pages
        too_large = await self._pages.too_large(number, asked, pages, instead_of=ordinal)
        if too_large is not None:
            return too_large
        async with self._store.database.transaction() as conn:
            await self._draft(conn, operator, number)
            with _at_its_place():
                await self._pages.replace(conn, number, PagePlace(document, ordinal, seen), name, pages[0])
            await self._reopen(conn, number)
        return None

    async def rotate(
        self, operator: Operator, number: str, document: str, ordinal: int, *, seen: str | None = None
    ) -> None:
        """Turn a page by a quarter, clockwise."""
        async with self._store.database.transaction() as conn:
            await self._draft(conn, operator, number)
            with _at_its_place():
                await self._pages.rotate(conn, number, PagePlace(document, ordinal, seen))
            await self._reopen(conn, number)

    async def remove_page(
        self, operator: Operator, number: str, document: str, ordinal: int, *, seen: str | None = None
    ) -> None:
        """Take a page away; those behind it move up."""
        async with self._store.database.transaction() as conn:
            await self._draft(conn, operator, number)
            with _at_its_place():
                await self._pages.remove(conn, number, PagePlace(document, ordinal, seen))
            await self._reopen(conn, number)

    async def page_image(
        self, operator: Operator, number: str, document: str, ordinal: int, *, width: int = 1000
    ) -> tuple[str, bytes]:
        """Return a page as a picture to look at, turned as it will be sent, with its media type."""
        await self._seen(operator, number)
        with _at_its_place(), _as_refused():
            return await self._pages.image(number, PagePlace(document, ordinal), width=width)

    async def refuse_acceptance(self, operator: Operator, number: str) -> None:
        """Refuse to take the application in, because required documents are missing; the receipt says which."""
        async with self._store.database.transaction() as conn:
            application, intake = await self._draft(conn, operator, number)
            if not application.applicant_number:
                raise ArmError(ArmCode.APPLICANT_MISSING)
            scanned = {page.document for page in await self._pages.read(conn, number)}
            missing = missing_documents(self._service(application), intake, scanned)
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
            chosen = self._medium(*await self._draft(conn, operator, number), medium)
            await self._intakes.set(conn, number, medium=chosen)
            await self._reopen(conn, number)

    def _medium(self, application: ApplicationRow, intake: Intake, medium: str) -> str:
        if medium not in self.media(self._service(application), self._kind(application, intake)):
            raise ArmError(ArmCode.MEDIUM_NOT_ALLOWED)
        return SentBy(medium).value

    async def _combined(self, pages: tuple[ScanPage, ...]) -> dict[str, bytes]:
        """Return one PDF a document, of its pages in their order; raises `ArmError`."""
        with _as_refused():
            return await self._pages.combined(pages)

    def _asked(self, application: ApplicationRow, intake: Intake, document: str) -> DocumentKind:
        asked = documents_on(self._service(application), intake.typed)
        found = next((one for one in asked if one.id == document), None)
        if found is None:
            raise ArmError(ArmCode.NO_SUCH_DOCUMENT)
        return found


@contextmanager
def _at_its_place() -> Iterator[None]:
    try:
        yield
    except NoSuchPage as error:
        raise ArmError(ArmCode.NO_SUCH_PAGE) from error
    except PageMoved as error:
        raise ArmError(ArmCode.STALE) from error


@contextmanager
def _as_refused() -> Iterator[None]:
    try:
        yield
    except ScanRefused as error:
        raise ArmError(ArmCode.SCAN_REFUSED, text=error.text, advice=error.advice) from error
