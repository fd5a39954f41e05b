"""Papers that a counter has begun to take in and not registered yet: what is typed and scanned is kept as it comes.

An entry belongs to the counter's office: whoever takes in papers of its service there may go on with it, so that
nothing is lost with a connection, a browser or a colleague who is away. It is known by its sheet, the identity of one
showing of the form, and is there once something of it was sent.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import asyncpg

from gateway.catalogue import DocumentKind
from gateway.catalogue.form import FormProblem
from gateway.catalogue.kinds import application_documents
from gateway.desk.counter_rights import CounterRights, Place, check_role
from gateway.desk.entry import Entry, EntryRow
from gateway.desk.entry_errors import EntryCode, EntryError
from gateway.desk.paper import Paper, Scan
from gateway.desk.staff import StaffMember
from gateway.scans import ScanRefused
from gateway.store import Store
from gateway.store.database import Connection
from gateway.terminal.pages import (
    COMBINED_TYPE,
    NoSuchPage,
    PageMoved,
    PagePlace,
    Pages,
    ScanPage,
    pages_in,
)
from gateway.terminal.typed import LONGEST_VALUE, storable

PAPER_ENTRIES = Path(__file__).with_name("sql") / "paper_entries.sql"
"""What revision 0010 of the desk's schema brings."""
KEPT: Final = timedelta(days=30)
"""How long an unfinished entry is kept after its last change, where nothing else is set; assumed, no act says."""
LISTED: Final = 50
"""How many unfinished entries a counter's list shows."""
_BEGIN = """
INSERT INTO paper_entry (sheet, counter, service, staff, typed, begun_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (sheet) DO NOTHING RETURNING version
"""
_WRITE = """
UPDATE paper_entry SET typed = $2, staff = $3, changed_at = $4, version = version + 1 WHERE sheet = $1 RETURNING version
"""
_TOUCH = "UPDATE paper_entry SET staff = $2, changed_at = $3 WHERE sheet = $1"
_OPEN = """
SELECT sheet, service, typed, changed_at, (SELECT name FROM staff WHERE id = paper_entry.staff) AS staff_name,
       (SELECT count(*) FROM paper_page WHERE paper_page.sheet = paper_entry.sheet) AS pages
FROM paper_entry WHERE counter = $1 AND service = ANY($2) AND number IS NULL ORDER BY changed_at DESC, sheet LIMIT $3
"""
_LOCK = "SELECT * FROM paper_entry WHERE sheet = $1 FOR UPDATE"
_FORGET = "DELETE FROM paper_entry WHERE sheet = $1"
_FORGET_OLD = """
DELETE FROM paper_entry WHERE sheet IN (
    SELECT sheet FROM paper_entry WHERE number IS NULL AND changed_at < $1
    ORDER BY changed_at LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING sheet
"""
_BATCH: Final = 500
_END = "UPDATE paper_entry SET number = $2, typed = '{}', changed_at = $3 WHERE sheet = $1"


class Entries:
    """The unfinished entries of the counters; everything takes the acting member and looks at the member's rights.

    Raises `CounterClosed` and `DeskError` WRONG_ROLE as the counter does, and `EntryError`.
    """

    def __init__(self, store: Store, rights: CounterRights, *, keep: timedelta = KEPT) -> None:
        """`keep` is how long an unfinished entry is kept after its last change."""
        self._store = store
        self._rights = rights
        self._keep = keep
        self._pages = Pages(store, table="paper_page", owner="sheet")

    async def open(self, member: StaffMember) -> tuple[EntryRow, ...]:
        """Return the unfinished entries of the member's counter, the last changed first."""
        services = [service.id for service in self._rights.services(member)]
        rows = await self._store.database.fetch(_OPEN, member.office, services, LISTED)
        return tuple(EntryRow(**dict(row), kept_until=self.kept_until(row["changed_at"])) for row in rows)

    def kept_until(self, changed_at: datetime | None = None) -> datetime:
        """Return until when an unfinished entry is kept that was changed then; of one that is not there yet, now."""
        return (changed_at or self._store.clock.now()) + self._keep

    async def forget_old(self, before: datetime) -> int:
        """Delete what was last changed before a moment and is not registered, with its pages; return how many entries.

        One that somebody is changing just now is left for another time. It works in batches and may be repeated.
        """
        forgotten = 0
        while gone := len(await self._store.database.fetch(_FORGET_OLD, before, _BATCH)):
            forgotten += gone
        return forgotten

    async def find(self, member: StaffMember, service_id: str, sheet: str) -> Entry | None:
        """Return an entry; None when nothing of it was kept yet. Raises REGISTERED with the `number` of its case."""
        place = self._place(member, service_id)
        row = await self._store.database.fetchrow("SELECT * FROM paper_entry WHERE sheet = $1", sheet)
        if row is None:
            return None
        return self._entry(_of(place, row), await self._pages.of(sheet))

    async def number_of(self, member: StaffMember, service_id: str, sheet: str) -> str | None:
        """Return the number of the case that a sheet became, if it did."""
        try:
            await self.find(member, service_id, sheet)
        except EntryError as error:
            if error.code is not EntryCode.REGISTERED:
                raise
            return str(error.facts["number"])
        return None

    async def keep(
        self, member: StaffMember, service_id: str, sheet: str, typed: Mapping[str, str], version: int
    ) -> int:
        """Keep what stands on the screen, valid or not, and return the version under which it stands.

        `version` is 0 for an entry of which nothing was kept yet. What stands already is written by nobody again: so a
        terminal that lost the answer learns its version. Raises CHANGED when another wrote something else meanwhile.
        """
        place, kept = self._place(member, service_id), {name: storable(value) for name, value in typed.items()}
        if any(len(value) > LONGEST_VALUE for value in kept.values()):
            raise EntryError(EntryCode.TOO_LONG, limit=LONGEST_VALUE)
        now = self._store.clock.now()
        async with self._store.database.transaction() as conn:
            begun: int | None = await conn.fetchval(_BEGIN, sheet, place.counter.id, service_id, member.id, kept, now)
            if begun is not None:
                return begun
            row = await self._lock(conn, place, sheet)
            if row["typed"] == kept:
                return int(row["version"])
            if row["version"] != version:
                raise EntryError(EntryCode.CHANGED)
            written: int = await conn.fetchval(_WRITE, sheet, kept, member.id, now)
            return written

    async def scan(
        self,
        member: StaffMember,
        service_id: str,
        sheet: str,
        document: str,
        *,
        name: str,
        media_type: str,
        content: bytes,
    ) -> FormProblem | None:
        """Add the pages of a scanned file behind those of its document; returns what is wrong with the file."""
        place = self._place(member, service_id)
        asked = _asked(place, document)
        pages = await pages_in(asked, content, media_type)
        if isinstance(pages, FormProblem):
            return pages
        too_large = await self._pages.too_large(sheet, asked, pages)
        if too_large is not None:
            return too_large
        async with self._changing(member, place, sheet) as conn:
            return await self._pages.add(conn, sheet, asked, name, pages)

    async def replace_page(
        self,
        member: StaffMember,
        service_id: str,
        sheet: str,
        page: PagePlace,
        *,
        name: str,
        media_type: str,
        content: bytes,
    ) -> FormProblem | None:
        """Put a page that was scanned again in the place of one; of a file with several pages the first."""
        place = self._place(member, service_id)
        asked = _asked(place, page.document)
        pages = await pages_in(asked, content, media_type)
        if isinstance(pages, FormProblem):
            return pages
        too_large = await self._pages.too_large(sheet, asked, pages, instead_of=page.ordinal)
        if too_large is not None:
            return too_large
        async with self._changing(member, place, sheet) as conn:
            await self._pages.replace(conn, sheet, page, name, pages[0])
        return None

    async def rotate(self, member: StaffMember, service_id: str, sheet: str, page: PagePlace) -> None:
        """Turn a page by a quarter, clockwise."""
        async with self._changing(member, self._place(member, service_id), sheet) as conn:
            await self._pages.rotate(conn, sheet, page)

    async def remove_page(self, member: StaffMember, service_id: str, sheet: str, page: PagePlace) -> None:
        """Take a page away; those behind it move up."""
        async with self._changing(member, self._place(member, service_id), sheet) as conn:
            await self._pages.remove(conn, sheet, page)

    async def page_image(self, member: StaffMember, service_id: str, sheet: str, page: PagePlace) -> tuple[str, bytes]:
        """Return a page as a picture to look at, turned as it will be kept, with its media type."""
        if await self.find(member, service_id, sheet) is None:
            raise EntryError(EntryCode.NO_SUCH_ENTRY)
        with _in_our_words():
            return await self._pages.image(sheet, page)

    async def scans(self, pages: tuple[ScanPage, ...]) -> tuple[Scan, ...]:
        """Return the scanned documents of an entry's pages, each one PDF of its pages in their order."""
        with _in_our_words():
            made = await self._pages.combined(pages)
        return tuple(Scan(document, f"{document}.pdf", COMBINED_TYPE, content) for document, content in made.items())

    async def discard(self, member: StaffMember, service_id: str, sheet: str) -> None:
        """Give an entry up: nothing of it is kept."""
        place = self._place(member, service_id)
        async with self._store.database.transaction() as conn:
            await self._lock(conn, place, sheet)
            await conn.execute(_FORGET, sheet)

    async def forget(self, conn: Connection, place: Place, paper: Paper) -> None:
        """Delete the entry of a refused paper, if there is one, in the caller's transaction; raises as `end`."""
        if await self._as_read(conn, place, paper):
            await conn.execute(_FORGET, paper.sheet)

    async def end(self, conn: Connection, place: Place, paper: Paper, number: str) -> None:
        """End the entry of a paper with its case, in the caller's transaction: the case has everything now.

        Raises REGISTERED when it has become another case meanwhile, and CHANGED when something else is typed or scanned
        there than what the paper was read from.
        """
        if await self._as_read(conn, place, paper):
            await conn.execute(_END, paper.sheet, number, self._store.clock.now())
            await self._pages.remove_of(conn, paper.sheet, {page.document for page in paper.pages})

    def _entry(self, row: asyncpg.Record, pages: tuple[ScanPage, ...]) -> Entry:
        until = self.kept_until(row["changed_at"])
        return Entry(row["sheet"], row["service"], row["version"], row["typed"], pages, until)

    def _place(self, member: StaffMember, service_id: str) -> Place:
        """Return the service at the member's counter, where the member takes papers in."""
        place = self._rights.place(member, service_id)
        check_role(member, place, None)
        return place

    async def _lock(self, conn: Connection, place: Place, sheet: str) -> asyncpg.Record:
        row = await conn.fetchrow(_LOCK, sheet)
        if row is None:
            raise EntryError(EntryCode.NO_SUCH_ENTRY)
        return _of(place, row)

    async def _as_read(self, conn: Connection, place: Place, paper: Paper) -> bool:
        """Keep the entry of a paper from changing and tell whether there is one, standing as the paper was read."""
        row = await conn.fetchrow(_LOCK, paper.sheet)
        if row is None:
            return False
        if _of(place, row)["version"] != paper.version or await self._pages.read(conn, paper.sheet) != paper.pages:
            raise EntryError(EntryCode.CHANGED)
        return True

    @asynccontextmanager
    async def _changing(self, member: StaffMember, place: Place, sheet: str) -> AsyncIterator[Connection]:
        """Change the pages of an entry in one transaction."""
        async with self._store.database.transaction() as conn:
            await self._lock(conn, place, sheet)
            with _in_our_words():
                yield conn
            await conn.execute(_TOUCH, sheet, member.id, self._store.clock.now())


def _of(place: Place, row: asyncpg.Record) -> asyncpg.Record:
    """Return the row of an entry that the counter may go on with."""
    if (row["counter"], row["service"]) != (place.counter.id, place.service.id):
        raise EntryError(EntryCode.NO_SUCH_ENTRY)
    if row["number"] is not None:
        raise EntryError(EntryCode.REGISTERED, number=row["number"])
    return row


def _asked(place: Place, document: str) -> DocumentKind:
    found = next((one for one in application_documents(place.service) if one.id == document), None)
    if found is None:
        raise EntryError(EntryCode.NO_SUCH_DOCUMENT)
    return found


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except NoSuchPage as error:
        raise EntryError(EntryCode.NO_SUCH_PAGE) from error
    except PageMoved as error:
        raise EntryError(EntryCode.PAGE_CHANGED) from error
    except ScanRefused as error:
        raise EntryError(EntryCode.SCAN_REFUSED, text=error.text, advice=error.advice) from error
