"""Scanned pages of what is being taken in: each a file of its own, added, shown, turned, replaced, taken away.

A window and a counter keep them alike, each in a table of its own; whose pages they are, and whether they may be
changed, the caller has settled in its transaction. A page is the one at its place: `seen` is the SHA-256 of the page
that was seen there, and when another stands there by now (removed twice, a forgotten tab) nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import asyncpg

from gateway.catalogue.form import DocumentKind, FormProblem, FormProblemCode
from gateway.scans import Page, ScanCode, ScanRefused, combine, preview, read_pages
from gateway.store import Store
from gateway.store.database import Connection
from gateway.terminal.typed import storable
from gateway.texts import Text

MOST_PAGES: Final = 100
"""Of one document."""
MOST_TOGETHER: Final = 350
"""Of all documents of one application: each page has a field of its own on the terminal's page."""
COMBINED_TYPE: Final = "application/pdf"
"""Of what the pages of a document become."""
_LONGEST_FILE_NAME = 120
_ROOM_OF_A_PAGE = 4096
"""Bytes that a page may take in a document beside its picture."""
_PREVIEW_WIDTH = 1000
_PROBLEMS = {
    ScanCode.EMPTY: FormProblemCode.EMPTY,
    ScanCode.TYPE: FormProblemCode.WRONG_MEDIA_TYPE,
    ScanCode.TOO_LARGE: FormProblemCode.TOO_LARGE,
    ScanCode.TOO_MANY_PAGES: FormProblemCode.TOO_LARGE,
    ScanCode.TOO_MANY_PIXELS: FormProblemCode.TOO_LARGE,
}
_TOO_MANY_OF_ONE = Text(
    "«{title}»: беттер тым көп, олар {limit} беттен аспауға тиіс. Құжатты қағаз түрінде қабылдаңыз.",
    "«{title}»: слишком много страниц, их должно быть не более {limit}. Примите документ на бумаге.",
    "“{title}”: there are too many pages, at most {limit} are taken. Take the document on paper.",
)
_TOO_MANY_TOGETHER = Text(
    "Құжаттардағы беттер тым көп: бәрі бірге {limit} беттен аспауға тиіс. Қалғанын қағаз түрінде қабылдаңыз.",
    "В документах слишком много страниц: вместе их должно быть не более {limit}. Остальное примите на бумаге.",
    "The documents have too many pages: there must be no more than {limit} together. Take the rest on paper.",
)
_COLUMNS = "document, ordinal, sha256, media_type, rotation, width, height, name, scanned_at"


class NoSuchPage(Exception):
    """No page stands at this place."""


class PageMoved(Exception):
    """Another page stands at this place than the one that was seen."""


@dataclass(frozen=True, slots=True)
class ScanPage:
    """One page of a document, a file of its own among the blobs."""

    document: str
    ordinal: int
    sha256: str
    media_type: str
    rotation: int
    """0, 90, 180 or 270 degrees clockwise."""
    width: int
    height: int
    name: str
    """Of the file it came in."""
    scanned_at: datetime


@dataclass(frozen=True, slots=True)
class PagePlace:
    """Where a page stands, and which one was seen there."""

    document: str
    ordinal: int
    seen: str | None = None
    """The SHA-256 of the page that was seen; None for whatever stands there."""


class Pages:
    """The pages in one table, whose column `owner` says of what; nobody else writes there.

    The table has the columns of `ScanPage` and a deferrable primary key of owner, document and ordinal.
    """

    def __init__(self, store: Store, *, table: str, owner: str) -> None:
        self._store = store
        self._table, self._owner = table, owner
        self._of_owner = f"SELECT {_COLUMNS} FROM {table} WHERE {owner} = $1 ORDER BY document, ordinal"  # noqa: S608 (constants of the caller)

    async def of(self, owner: str) -> tuple[ScanPage, ...]:
        """Return the pages by document and place."""
        return _pages(await self._store.database.fetch(self._of_owner, owner))

    async def read(self, conn: Connection, owner: str) -> tuple[ScanPage, ...]:
        """Return them as they stand in the caller's transaction."""
        return _pages(await conn.fetch(self._of_owner, owner))

    async def add(
        self, conn: Connection, owner: str, asked: DocumentKind, name: str, pages: Sequence[Page]
    ) -> FormProblem | None:
        """Add pages behind those of their document; says what is wrong when they would be too many."""
        all_there = await self.read(conn, owner)
        there = sum(page.document == asked.id for page in all_there)
        if there + len(pages) > MOST_PAGES:
            return _too_many(asked, _TOO_MANY_OF_ONE, MOST_PAGES)
        if len(all_there) + len(pages) > MOST_TOGETHER:
            return _too_many(asked, _TOO_MANY_TOGETHER, MOST_TOGETHER)
        for ordinal, page in enumerate(pages, start=there + 1):
            kept = await self._kept(conn, asked.id, ordinal, name, page)
            await conn.execute(
                f"INSERT INTO {self._table} ({self._owner}, {_COLUMNS}) "  # noqa: S608 (constants of the caller)
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                owner,
                *_row(kept),
            )
        return None

    async def replace(self, conn: Connection, owner: str, place: PagePlace, name: str, page: Page) -> None:
        """Put a page that was scanned again in the place of one; raises `NoSuchPage`, `PageMoved`."""
        await self._at(conn, owner, place)
        await self._put(conn, owner, await self._kept(conn, place.document, place.ordinal, name, page))

    async def rotate(self, conn: Connection, owner: str, place: PagePlace) -> None:
        """Turn a page by a quarter, clockwise; raises `NoSuchPage`, `PageMoved`."""
        page = await self._at(conn, owner, place)
        await self._put(conn, owner, replace(page, rotation=(page.rotation + 90) % 360))

    async def remove(self, conn: Connection, owner: str, place: PagePlace) -> None:
        """Take a page away; those behind it move up. Raises `NoSuchPage`, `PageMoved`."""
        await self._at(conn, owner, place)
        which, values = f"{self._owner} = $1 AND document = $2 AND ordinal", (owner, place.document, place.ordinal)
        await conn.execute(f"DELETE FROM {self._table} WHERE {which} = $3", *values)  # noqa: S608 (constants)
        await conn.execute(f"SET CONSTRAINTS {self._table}_pkey DEFERRED")
        await conn.execute(f"UPDATE {self._table} SET ordinal = ordinal - 1 WHERE {which} > $3", *values)  # noqa: S608 (constants)

    async def remove_of(self, conn: Connection, owner: str, documents: Iterable[str]) -> None:
        """Take every page of the named documents away."""
        await conn.execute(
            f"DELETE FROM {self._table} WHERE {self._owner} = $1 AND document = ANY($2)",  # noqa: S608 (constants)
            owner,
            sorted(documents),
        )

    async def too_large(
        self, owner: str, asked: DocumentKind, pages: Sequence[Page], *, instead_of: int | None = None
    ) -> FormProblem | None:
        """Say so when a document with these pages is larger than the service takes; outside any transaction.

        They come behind those of the document, or the first of them in the place of page `instead_of`. A document is
        about as large as its pages are; near the limit they are put together to know.
        """
        there = [page for page in await self.of(owner) if page.document == asked.id]
        kept = [page for page in there if page.ordinal != instead_of]
        new = pages if instead_of is None else pages[:1]
        sizes = await self._store.blobs.sizes({page.sha256 for page in kept})
        size = sum(sizes.get(page.sha256, 0) for page in kept) + sum(len(page.content) for page in new)
        if size + _ROOM_OF_A_PAGE * (len(kept) + len(new)) <= asked.max_bytes:
            return None
        parts = [(await self._store.blobs.get(page.sha256), page.media_type, page.rotation) for page in kept]
        try:
            content = await combine([*parts, *((page.content, page.media_type, 0) for page in new)])
        except ScanRefused as error:
            return problem_of(asked, error)
        if len(content) <= asked.max_bytes:
            return None
        return problem_of(asked, ScanRefused(ScanCode.TOO_LARGE, limit=asked.max_bytes // 10**6))

    async def image(self, owner: str, place: PagePlace, *, width: int = _PREVIEW_WIDTH) -> tuple[str, bytes]:
        """Return a page as a picture to look at, turned as it will be sent, with its media type.

        Raises `NoSuchPage`, `ScanRefused`.
        """
        found = _found(await self.of(owner), place)
        page = Page(await self._store.blobs.get(found.sha256), found.media_type, found.width, found.height)
        return await preview(page, found.rotation, width)

    async def combined(self, pages: Sequence[ScanPage]) -> dict[str, bytes]:
        """Return one PDF a document, of its pages in their order; raises `ScanRefused`."""
        made = {}
        for document in dict.fromkeys(page.document for page in pages):
            parts = [
                (await self._store.blobs.get(page.sha256), page.media_type, page.rotation)
                for page in pages
                if page.document == document
            ]
            made[document] = await combine(parts)
        return made

    async def _at(self, conn: Connection, owner: str, place: PagePlace) -> ScanPage:
        page = _found(await self.read(conn, owner), place)
        if place.seen is not None and page.sha256 != place.seen:
            raise PageMoved
        return page

    async def _put(self, conn: Connection, owner: str, page: ScanPage) -> None:
        await conn.execute(
            f"UPDATE {self._table} SET sha256 = $4, media_type = $5, rotation = $6, width = $7, height = $8, "  # noqa: S608 (constants)
            f"name = $9, scanned_at = $10 WHERE {self._owner} = $1 AND document = $2 AND ordinal = $3",
            owner,
            *_row(page),
        )

    async def _kept(self, conn: Connection, document: str, ordinal: int, name: str, page: Page) -> ScanPage:
        return ScanPage(
            document=document,
            ordinal=ordinal,
            sha256=await self._store.blobs.put(conn, page.content, media_type=page.media_type),
            media_type=page.media_type,
            rotation=0,
            width=page.width,
            height=page.height,
            name=storable(name)[:_LONGEST_FILE_NAME],
            scanned_at=self._store.clock.now(),
        )


async def pages_in(asked: DocumentKind, content: bytes, media_type: str) -> tuple[Page, ...] | FormProblem:
    """Return the pages of a scanned file, or what is wrong with it; before any transaction, since it takes its time."""
    try:
        return await read_pages(content, media_type)
    except ScanRefused as error:
        return problem_of(asked, error)


def problem_of(asked: DocumentKind, error: ScanRefused) -> FormProblem:
    """Say what is wrong with a scan and what to do, at its document."""
    text = Text(
        f"«{asked.title.kk}»: {error.text.kk} {error.advice.kk}",
        f"«{asked.title.ru}»: {error.text.ru} {error.advice.ru}",
        f"“{asked.title.en}”: {error.text.en} {error.advice.en}",
    )
    return FormProblem(asked.id, _PROBLEMS.get(error.code, FormProblemCode.WRONG_FORMAT), text)


def by_document(pages: Iterable[ScanPage]) -> dict[str, tuple[ScanPage, ...]]:
    """Return the pages of each document, in their order."""
    found: dict[str, tuple[ScanPage, ...]] = {}
    for page in pages:
        found[page.document] = (*found.get(page.document, ()), page)
    return found


def _too_many(asked: DocumentKind, text: Text, limit: int) -> FormProblem:
    return FormProblem(asked.id, FormProblemCode.TOO_LARGE, text.format(title=asked.title, limit=limit))


def _found(pages: Iterable[ScanPage], place: PagePlace) -> ScanPage:
    found = next((one for one in pages if (one.document, one.ordinal) == (place.document, place.ordinal)), None)
    if found is None:
        raise NoSuchPage
    return found


def _row(page: ScanPage) -> tuple[object, ...]:
    """Return the values of `_COLUMNS`."""
    return (
        page.document,
        page.ordinal,
        page.sha256,
        page.media_type,
        page.rotation,
        page.width,
        page.height,
        page.name,
        page.scanned_at,
    )


def _pages(rows: Sequence[asyncpg.Record]) -> tuple[ScanPage, ...]:
    return tuple(ScanPage(**dict(row)) for row in rows)
