"""Scans as a form of the terminal sends them: files added, and one page turned, scanned again or taken away."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from gateway.catalogue import DocumentKind
from gateway.catalogue.form import FormProblem
from gateway.scans import ScanCode, ScanRefused
from gateway.terminal.pages import MOST_TOGETHER, PagePlace
from gateway.web.forms import MIB, Form, FormErrors, FormLimits, Upload
from gateway.web.refusals import BadRequest, NotFound
from gateway.web.translation import gettext as _
from gateway.web.translation import said, spoken

LIMITS = FormLimits(max_fields=MOST_TOGETHER + 150, max_files=8, max_file_bytes=15 * MIB)
"""Of a form with scans: each page of a document has a field of its own."""
FILE, REPLACEMENT, ON_PAPER = "file_", "page_", "paper_"
"""How the fields of a document begin: its scans, the new scan of a page, the mark that it was taken on paper."""
_MOST_MEGABYTES = 15
_TOO_LARGE = ScanRefused(ScanCode.TOO_LARGE)
_ORDINAL = re.compile(r"[1-9][0-9]{0,3}")
_SHOWN = frozenset({"image/png", "image/jpeg"})


@dataclass(frozen=True, slots=True)
class Act:
    """What a button of the page asks for: `rotate`, `remove` or `replace` of one page, `add`, or one of the page's."""

    verb: str
    document: str = ""
    place: PagePlace | None = None


class NotDone(Exception):
    """A file is not taken, or the page that the button showed is not there any more (`gone`); it is said in words."""

    def __init__(self, said: str, *, gone: bool = False) -> None:
        super().__init__(said)
        self.said = said
        self.gone = gone


class PagesAtHand(Protocol):
    """The pages of one intake, as whoever is signed in may change them; everything raises `NotDone`."""

    async def scan(self, document: str, upload: Upload) -> FormProblem | None:
        """Add the pages of a file to a document; returns what is wrong with the file."""

    async def rotate(self, place: PagePlace) -> None:
        """Turn a page by a quarter."""

    async def remove(self, place: PagePlace) -> None:
        """Take a page away."""

    async def replace(self, place: PagePlace, upload: Upload) -> FormProblem | None:
        """Put the first page of a file in the place of a page; returns what is wrong with the file."""


def read_act(form: Form, asked: Iterable[DocumentKind], *, plain: Collection[str] = ()) -> Act:
    """Read which button was pressed; `plain` are those that name no page. Raises `BadRequest` for any other."""
    parts = form.get("do").split(":")
    if len(parts) == 1:
        return Act(parts[0] if parts[0] in plain else "add")
    if len(parts) == 2 and parts[0] == "add" and parts[1] in {one.id for one in asked}:
        return Act("add", parts[1])
    if len(parts) != 4 or parts[0] not in {"rotate", "remove", "replace"} or not _ORDINAL.fullmatch(parts[2]):
        raise BadRequest
    return Act(parts[0], parts[1], PagePlace(parts[1], int(parts[2]), parts[3]))


def has_scans(form: Form, asked: Iterable[DocumentKind]) -> bool:
    """Tell whether the form brings files for a document."""
    return any(form.uploads(FILE + one.id) for one in asked)


async def add_scans(pages: PagesAtHand, form: Form, asked: Iterable[DocumentKind], errors: FormErrors) -> None:
    """Add every file that the form brings to its document; what is wrong is said there."""
    for document in asked:
        name = FILE + document.id
        for upload in form.uploads(name):
            if upload.too_large:
                errors.add(name, f"{upload.file_name}: {said(_TOO_LARGE.text, _TOO_LARGE.advice)}")
                continue
            try:
                problem = await pages.scan(document.id, upload)
            except NotDone as error:
                errors.add(name, f"{upload.file_name}: {error.said}")
                continue
            if problem is not None:
                errors.add(name, f"{upload.file_name}: {spoken(problem.text)}")


async def change_page(pages: PagesAtHand, form: Form, act: Act, errors: FormErrors) -> None:
    """Do what the button asks of one page; a page that is not there any more is said at its document."""
    place = act.place
    if place is None:
        return
    try:
        if act.verb == "rotate":
            await pages.rotate(place)
        elif act.verb == "remove":
            await pages.remove(place)
        else:
            await _replace(pages, form, place, errors)
    except NotDone as error:
        if not error.gone:
            raise
        errors.add(FILE + place.document, error.said)


async def _replace(pages: PagesAtHand, form: Form, place: PagePlace, errors: FormErrors) -> None:
    name = f"{REPLACEMENT}{place.document}_{place.ordinal}"
    uploads = form.uploads(name)
    if not uploads:
        errors.add(name, _("Choose the new scan of the page, at most %(num)s MB", num=_MOST_MEGABYTES))
        return
    upload = uploads[0]
    if upload.too_large:
        errors.add(name, f"{upload.file_name}: {said(_TOO_LARGE.text, _TOO_LARGE.advice)}")
        return
    try:
        problem = await pages.replace(place, upload)
    except NotDone as error:
        if error.gone:
            raise
        errors.add(name, f"{upload.file_name}: {error.said}")
        return
    if problem is not None:
        errors.add(name, f"{upload.file_name}: {spoken(problem.text)}")


def picture(media_type: str, content: bytes) -> web.Response:
    """Return a page as a picture of the site; raises `NotFound` for what is none."""
    if media_type not in _SHOWN:
        raise NotFound
    return web.Response(body=content, content_type=media_type)
