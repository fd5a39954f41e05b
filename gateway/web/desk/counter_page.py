"""Paper at the counter as pages: enter it, scan it, take it in or refuse it.

What is typed and scanned is kept as an entry of the counter until the paper is registered, refused or given up.
"""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from gateway.catalogue.kinds import documents_of, kind_of, kind_question
from gateway.desk.counter_rights import Place
from gateway.desk.entry import Entry
from gateway.desk.entry_errors import EntryCode, EntryError
from gateway.desk.paper import CounterClosed, Paper, PaperRefused
from gateway.terminal.pages import PagePlace
from gateway.texts import Text
from gateway.web.csrf import form_of
from gateway.web.desk.counter_scans import EntryPages
from gateway.web.desk.counter_sheet import (
    Sheet,
    add_problems,
    asked_on,
    choices_on,
    is_kind_open,
    is_sheet,
    new_sheet,
    read_sheet,
    sheet_page,
    typed_on,
)
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.desk.reading import attachment
from gateway.web.forms import FormErrors, accepts
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.refusals import Forbidden, NotFound
from gateway.web.sessions import session_of
from gateway.web.terminal.scans import LIMITS, Act, add_scans, change_page, has_scans, picture, read_act
from gateway.web.terminal.typed import read_typed, version_in
from gateway.web.translation import gettext as _
from gateway.web.translation import said, spoken

REFUSED = Text(
    "Құжаттарды қабылдаудан бас тарту тіркелді. Акт бойынша бас тарту туралы қолхат мұнда берілмейді.",
    "Отказ в приёме документов записан. По акту расписка об отказе здесь не выдаётся.",
    "The refusal to accept is recorded. By the act no receipt of refusal is given here.",
)
_SERVICE = r"/counter/{service:[a-z0-9-]{1,60}}"
_SHEET = f"{_SERVICE}/{{sheet:[A-Za-z0-9_-]{{1,64}}}}"
_REGISTER = Act("register")
_ELSEWHERE = "version"
"""Where it is said that what was typed could not be kept, mostly because another terminal wrote meanwhile."""


def routes() -> list[web.RouteDef]:
    """Return the routes of these pages."""
    return [
        web.get(_SERVICE, begin),
        web.post(_SERVICE, act),
        web.post(f"{_SERVICE}/refuse", refuse),
        web.get(_SHEET, sheet),
        web.post(f"{_SHEET}/typed", keep),
        web.post(f"{_SHEET}/discard", discard),
        web.get(rf"{_SHEET}/pages/{{document:[a-z0-9-]{{1,60}}}}/{{ordinal:\d{{1,4}}}}", page_image),
    ]


async def begin(request: web.Request) -> web.StreamResponse:
    """Lead to a new sheet of a service, or ask for the kind first where the form depends on it."""
    place = _place(request)
    kind, field = request.query.get("kind", ""), kind_question(place.service)
    here = f"/counter/{place.service.id}/{new_sheet()}"
    if field is None:
        return redirect(here)
    if is_kind_open(place.service, place, kind):
        return redirect(f"{here}?kind={kind}")
    errors = FormErrors()
    if "asked" in request.query:
        errors.add("kind", _("Choose one of the answers"))
    choices = [(one.id, spoken(one.label)) for one in choices_on(place, field)]
    return render(request, "desk/counter_kind.html", errors=errors, service=place.service, field=field, choices=choices)


async def sheet(request: web.Request) -> web.StreamResponse:
    """Show a sheet with what is kept of it; one that was registered leads to its application."""
    place = _place(request)
    entry = await _entry(request, place, _sheet(request))
    if isinstance(entry, web.Response):
        return entry
    field = kind_question(place.service)
    typed: dict[str, str] = {} if entry is None else dict(entry.typed)
    if field is not None and field.id not in typed:
        if not is_kind_open(place.service, place, request.query.get("kind", "")):
            return redirect(f"/counter/{place.service.id}")
        typed[field.id] = request.query["kind"]
    read = _read(request, place, typed, _sheet(request)).with_entry(entry)
    return sheet_page(request, place, replace(read, errors=FormErrors()))


async def keep(request: web.Request) -> web.StreamResponse:
    """Keep what is typed, unjudged, as the page's script sends it between one key and the next."""
    place, (typed, version) = _place(request), await read_typed(request)
    field, kind = kind_question(place.service), request.query.get("kind", "")
    if field is not None and is_kind_open(place.service, place, kind):
        typed[field.id] = kind
    kept = await desk_of(request).counter.entries.keep(
        member_of(request), place.service.id, _sheet(request), typed_on(place, typed), version
    )
    return web.json_response({"version": kept})


@accepts(LIMITS)
@once
async def act(request: web.Request) -> web.StreamResponse:
    """Keep what was typed and scanned, and do what the button says: with a page, or take the paper in."""
    place, form = _place(request), form_of(request)
    posted = _posted(request, place)
    button = read_act(form, asked_on(place, posted.paper.fields), plain=(_REGISTER.verb,))
    if not form.get("do"):
        button = _REGISTER
    if button != _REGISTER:
        posted = replace(posted, errors=FormErrors())
    kept = await _kept(request, place, posted, button)
    if isinstance(kept, web.Response):
        return kept
    if button == _REGISTER:
        return await _register(request, place, kept)
    if kept.errors:
        return sheet_page(request, place, kept)
    anchor = f"#{button.document}" if button.document else ""
    return redirect(f"/counter/{place.service.id}/{kept.paper.sheet}{anchor}")


@accepts(LIMITS)
@once
async def refuse(request: web.Request) -> web.StreamResponse:
    """Record that the papers were not taken in; give the receipt of it where the act prescribes one."""
    desk, member, place = desk_of(request), member_of(request), _place(request)
    kept = await _kept(request, place, _posted(request, place), _REGISTER)
    if isinstance(kept, web.Response):
        return kept
    if _ELSEWHERE in kept.errors:
        return sheet_page(request, place, kept)
    try:
        refusal = await desk.counter.refuse(member, await _whole(request, place, kept))
    except PaperRefused as refused:
        add_problems(kept.errors, refused.problems)
        return sheet_page(request, place, kept)
    printed = await desk.receipts.of_refusal(refusal, acceptor=member.name)
    if printed is not None:
        return attachment(printed, f"{place.service.id}-refusal-receipt.pdf", "application/pdf")
    session_of(request).flash(REFUSED)
    return redirect("/counter")


@once
async def discard(request: web.Request) -> web.StreamResponse:
    """Give an unfinished entry up: nothing of it is kept."""
    place = _place(request)
    await desk_of(request).counter.entries.discard(member_of(request), place.service.id, _sheet(request))
    session_of(request).flash(_("The entry was deleted with its scans."))
    return redirect("/counter")


async def page_image(request: web.Request) -> web.StreamResponse:
    """Give the picture of a scanned page as it is turned."""
    at, member = request.match_info, member_of(request)
    media_type, content = await desk_of(request).counter.entries.page_image(
        member, at["service"], _sheet(request), PagePlace(at["document"], int(at["ordinal"]))
    )
    return picture(media_type, content)


def _posted(request: web.Request, place: Place) -> Sheet:
    """Read the sheet that was sent."""
    form = form_of(request)
    number = form.get("sheet") if is_sheet(form.get("sheet")) else new_sheet()
    return _read(request, place, typed_on(place, form.values()), number)


async def _kept(request: web.Request, place: Place, posted: Sheet, button: Act) -> Sheet | web.Response:
    """Keep what was sent, do what the button says with a page, and return the sheet with its pages.

    Of a paper that is sent whole at once, before anything of it was kept, nothing is kept: it is registered, or shown
    again. A sheet that was registered is the way to its application.
    """
    form, asked = form_of(request), asked_on(place, posted.paper.fields)
    entry, version = await _entry(request, place, posted.paper.sheet), None
    if isinstance(entry, web.Response):
        return entry
    if entry is not None or button != _REGISTER or has_scans(form, asked):
        version = await _keep(request, place, posted)
        pages = EntryPages(request, place.service.id, posted.paper.sheet)
        await add_scans(pages, form, asked, posted.errors)
        await change_page(pages, form, button, posted.errors)
        entry = await _entry(request, place, posted.paper.sheet)
        if isinstance(entry, web.Response):
            return entry
    return posted.with_entry(entry, kept=version)


async def _register(request: web.Request, place: Place, sheet: Sheet) -> web.StreamResponse:
    """Take the paper in and lead to its number and its receipt, or show what is wrong with it."""
    desk, member = desk_of(request), member_of(request)
    paper, incomplete = await _whole(request, place, sheet), False
    try:
        if not sheet.errors:
            case = await desk.counter.accept(member, paper)
            return redirect(f"/cases/{case.number}/accepted")
        add_problems(sheet.errors, desk.counter.problems(member, paper))
    except PaperRefused as refused:
        incomplete = refused.is_incomplete
        add_problems(sheet.errors, refused.problems)
    return sheet_page(request, place, sheet, incomplete=incomplete)


async def _keep(request: web.Request, place: Place, posted: Sheet) -> int | None:
    """Keep what was typed and return its version; what another terminal wrote meanwhile stays, and is said."""
    version = version_in(form_of(request).get("version") or "0")
    try:
        return await desk_of(request).counter.entries.keep(
            member_of(request), place.service.id, posted.paper.sheet, posted.typed, version
        )
    except EntryError as error:
        if error.code is EntryCode.CHANGED:
            told = _("Meanwhile this application was changed at another terminal. Check the form, then send it again")
        elif error.code is EntryCode.TOO_LONG:
            told = said(error.text, error.advice)
        else:
            raise
        posted.errors.add(_ELSEWHERE, told, target="applicant_number")
        return None


async def _whole(request: web.Request, place: Place, sheet: Sheet) -> Paper:
    """Return the paper of a sheet with its scanned documents put together of their pages.

    A power of attorney that was scanned before it was seen that nobody acts for the applicant is none of them.
    """
    paper, represented = sheet.paper, sheet.typed.get("representative") == "yes"
    kind = kind_of(place.service, paper.fields)
    asked = {one.id for one in documents_of(place.service, kind, represented=represented)}
    pages = tuple(page for page in paper.pages if page.document in asked)
    return replace(paper, documents=await desk_of(request).counter.entries.scans(pages))


async def _entry(request: web.Request, place: Place, number: str) -> Entry | web.Response | None:
    """Return what is kept of a sheet; of one that was registered, the way to its application."""
    try:
        return await desk_of(request).counter.entries.find(member_of(request), place.service.id, number)
    except EntryError as error:
        if error.code is not EntryCode.REGISTERED:
            raise
        return redirect(f"/cases/{error.facts['number']}/accepted")


def _read(request: web.Request, place: Place, typed: dict[str, str], number: str) -> Sheet:
    offices = desk_of(request).counter.providers(member_of(request), place.service)
    return read_sheet(place, typed, sheet=number, offices=offices)


def _sheet(request: web.Request) -> str:
    """Return the sheet of the page's address; raises `NotFound` for what can be none."""
    if not is_sheet(request.match_info["sheet"]):
        raise NotFound
    return request.match_info["sheet"]


def _place(request: web.Request) -> Place:
    try:
        return desk_of(request).counter.place(member_of(request), request.match_info["service"])
    except CounterClosed as closed:
        page = Forbidden(closed.text)
        page.code = closed.code
        raise page from closed
