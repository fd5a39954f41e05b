"""The scanned pages of an unfinished entry, as the forms of the terminal change them."""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager

from aiohttp import web

from gateway.catalogue.form import FormProblem
from gateway.desk.entry_errors import EntryCode, EntryError
from gateway.terminal.pages import PagePlace
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.forms import Upload
from gateway.web.once import acted
from gateway.web.terminal.scans import NotDone
from gateway.web.translation import said

_GONE = frozenset({EntryCode.NO_SUCH_PAGE, EntryCode.PAGE_CHANGED})
_OF_A_FILE = _GONE | {EntryCode.NO_SUCH_DOCUMENT, EntryCode.SCAN_REFUSED}


class EntryPages:
    """The pages of one entry for whoever is signed in; the form may be refused after a page was added or turned."""

    def __init__(self, request: web.Request, service: str, sheet: str) -> None:
        self._request = request
        self._address = f"/counter/{service}/{sheet}"
        self._entries = desk_of(request).counter.entries
        self._of = member_of(request), service, sheet

    async def scan(self, document: str, upload: Upload) -> FormProblem | None:
        """Add the pages of a file to a document; returns what is wrong with the file."""
        with _in_words(_OF_A_FILE):
            problem = await self._entries.scan(
                *self._of, document, name=upload.file_name, media_type=upload.media_type, content=upload.content
            )
        if problem is None:
            acted(self._request, self._address)
        return problem

    async def rotate(self, place: PagePlace) -> None:
        """Turn a page by a quarter."""
        with _in_words(_GONE):
            await self._entries.rotate(*self._of, place)
        acted(self._request, self._address)

    async def remove(self, place: PagePlace) -> None:
        """Take a page away."""
        with _in_words(_GONE):
            await self._entries.remove_page(*self._of, place)

    async def replace(self, place: PagePlace, upload: Upload) -> FormProblem | None:
        """Put the first page of a file in the place of a page; returns what is wrong with the file."""
        with _in_words(_OF_A_FILE):
            return await self._entries.replace_page(
                *self._of, place, name=upload.file_name, media_type=upload.media_type, content=upload.content
            )


@contextmanager
def _in_words(told: Container[EntryCode]) -> Iterator[None]:
    """Tell these refusals beside the document; any other is a page of its own."""
    try:
        yield
    except EntryError as error:
        if error.code not in told:
            raise
        raise NotDone(said(error.text, error.advice), gone=error.code in _GONE) from error
