"""Process 5 begins: marks of documents on paper, and their scans, page by page."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum

from aiohttp import web

from gateway.catalogue import DocumentKind
from gateway.catalogue.form import FormProblem
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.flow import IntakeView
from gateway.flows.arm.intake_documents import documents_on
from gateway.terminal.pages import PagePlace
from gateway.web.arm.finding_words import found_rows
from gateway.web.arm.guard import operator_of, rooms_of
from gateway.web.arm.reading import FOUND, ONE, head, number_of, open_intake, place_of, seen_intake, verdict_of
from gateway.web.arm.signing_page import MEDIA, choose_medium, go_on
from gateway.web.csrf import form_of
from gateway.web.forms import FormErrors, Upload, accepts
from gateway.web.once import acted, once
from gateway.web.pages import redirect, render
from gateway.web.sessions import session_of
from gateway.web.terminal.scans import (
    FILE,
    LIMITS,
    ON_PAPER,
    NotDone,
    add_scans,
    change_page,
    has_scans,
    picture,
    read_act,
)
from gateway.web.terminal.typed import read_typed
from gateway.web.translation import gettext as _
from gateway.web.translation import said, spoken

_MOVED = frozenset({ArmCode.NO_SUCH_PAGE, ArmCode.STALE})
"""The page that the button showed is not there any more."""


def routes() -> list[web.RouteDef]:
    """Return the routes of these pages."""
    page = rf"{ONE}/pages/{{document:[a-z0-9-]{{1,60}}}}/{{ordinal:\d{{1,4}}}}"
    return [
        web.get(f"{ONE}/documents", documents),
        web.post(f"{ONE}/documents", act),
        web.post(f"{ONE}/marks", keep),
        web.get(page, page_image),
        web.get(f"{ONE}/refuse", refusal_page),
        web.post(f"{ONE}/refuse", refuse),
    ]


async def documents(request: web.Request) -> web.StreamResponse:
    """Show every document with its mark and its pages."""
    view = await open_intake(request)
    if verdict_of(view) not in FOUND:
        return redirect(place_of(view))
    return await _page(request, view, FormErrors())


@once
@accepts(LIMITS)
async def act(request: web.Request) -> web.StreamResponse:
    """Keep the marks and the scans that were sent, and do what the button says."""
    view, form, errors = await open_intake(request), form_of(request), FormErrors()
    if verdict_of(view) not in FOUND:
        return redirect(place_of(view))
    asked = documents_on(view.service, view.intake.typed)
    button, pages = read_act(form, asked, plain=("add", "go", "refuse")), _Pages(request)
    await _mark(request, view, asked, goes=button.verb == "go")
    await add_scans(pages, form, asked, errors)
    await change_page(pages, form, button, errors)
    if form.get("medium"):
        await choose_medium(request, view, form.get("medium"))
    if errors:
        return await _page(request, await open_intake(request), errors)
    if button.verb == "refuse":
        return redirect(f"/intakes/{number_of(request)}/refuse")
    if button.verb == "go" and not has_scans(form, asked):
        return await _go(request, errors)
    anchor = f"#{button.document}" if button.document else ""
    return redirect(f"{_address(request)}{anchor}")


async def keep(request: web.Request) -> web.StreamResponse:
    """Keep the marks and the way of the documents, as the page's script sends them between one key and the next."""
    typed, version = await read_typed(request)
    view = await seen_intake(request)
    changed = _changed_marks(view, documents_on(view.service, view.intake.typed), typed)
    medium = typed.get("medium") or None
    if changed or medium not in {None, view.intake.medium}:
        await rooms_of(request).flow.mark_paper(operator_of(request), number_of(request), changed, medium=medium)
    return web.json_response({"version": version})


async def page_image(request: web.Request) -> web.StreamResponse:
    """Give the picture of a scanned page as it is turned."""
    ordinal = int(request.match_info["ordinal"])
    media_type, content = await rooms_of(request).flow.page_image(
        operator_of(request), number_of(request), request.match_info["document"], ordinal
    )
    return picture(media_type, content)


async def refusal_page(request: web.Request) -> web.StreamResponse:
    """Show what is missing before acceptance is refused; where nothing is, say so beside the documents."""
    view = await open_intake(request)
    if not view.missing:
        text = _("Every required document is here: acceptance cannot be refused for missing documents.")
        session_of(request).flash(text, "notice")
        return redirect(f"/intakes/{number_of(request)}/documents")
    return render(request, "arm/refuse.html", missing=view.missing, **head(view, "documents"))


@once
async def refuse(request: web.Request) -> web.StreamResponse:
    """Refuse acceptance: the receipt of refusal names what is missing."""
    await open_intake(request)
    await rooms_of(request).flow.refuse_acceptance(operator_of(request), number_of(request))
    return redirect(f"/intakes/{number_of(request)}")


async def _mark(request: web.Request, view: IntakeView, asked: tuple[DocumentKind, ...], *, goes: bool) -> None:
    """Keep the marks that were changed; whoever goes on takes the way of the documents where the act has but one."""
    changed, only = _changed_marks(view, asked, form_of(request).values()), None
    if goes and view.intake.medium is None and len(offered := rooms_of(request).flow.media(view.service)) == 1:
        (only,) = offered
    if changed or only:
        await rooms_of(request).flow.mark_paper(operator_of(request), number_of(request), changed, medium=only)


def _changed_marks(view: IntakeView, asked: tuple[DocumentKind, ...], values: Mapping[str, str]) -> dict[str, bool]:
    """Return the marks that are others than those that stand, by document."""
    marks = {one.id: values.get(ON_PAPER + one.id) == "yes" for one in asked}
    return {name: present for name, present in marks.items() if present != (name in view.intake.on_paper)}


def _address(request: web.Request) -> str:
    return f"/intakes/{number_of(request)}/documents"


class _Pages:
    """The pages of the intake in the page's address; a file may be refused after another was added."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self._flow = rooms_of(request).flow
        self._of = operator_of(request), number_of(request)

    async def scan(self, document: str, upload: Upload) -> FormProblem | None:
        with _in_words():
            problem = await self._flow.scan(
                *self._of, document, name=upload.file_name, media_type=upload.media_type, content=upload.content
            )
        if problem is None:
            acted(self._request, _address(self._request))
        return problem

    async def rotate(self, place: PagePlace) -> None:
        with _in_words(only=_MOVED):
            await self._flow.rotate(*self._of, place.document, place.ordinal, seen=place.seen)
        acted(self._request, _address(self._request))

    async def remove(self, place: PagePlace) -> None:
        with _in_words(only=_MOVED):
            await self._flow.remove_page(*self._of, place.document, place.ordinal, seen=place.seen)

    async def replace(self, place: PagePlace, upload: Upload) -> FormProblem | None:
        with _in_words():
            return await self._flow.replace_page(
                *self._of,
                place.document,
                place.ordinal,
                upload.content,
                upload.media_type,
                upload.file_name,
                seen=place.seen,
            )


@contextmanager
def _in_words(*, only: Container[StrEnum] | None = None) -> Iterator[None]:
    try:
        yield
    except ArmError as error:
        if only is not None and error.code not in only:
            raise
        raise NotDone(said(error.text, error.advice), gone=error.code in _MOVED) from error


async def _go(request: web.Request, errors: FormErrors) -> web.StreamResponse:
    """Go on to the signature when nothing is missing."""
    view = await open_intake(request)
    for document in view.missing:
        label = spoken(document.title)
        errors.add(FILE + document.id, _("%(label)s: mark it as taken on paper or scan it", label=label))
    if view.intake.medium is None:
        errors.add("medium", _("Choose how the documents go to the provider"))
    if errors:
        return await _page(request, view, errors, incomplete=bool(view.missing))
    return await go_on(request)


async def _page(
    request: web.Request, view: IntakeView, errors: FormErrors, *, incomplete: bool = False
) -> web.StreamResponse:
    asked = documents_on(view.service, view.intake.typed)
    medium = view.intake.medium
    return render(
        request,
        "arm/documents.html",
        errors=errors,
        documents=asked,
        pages={one.id: tuple(view.pages.get(one.id, ())) for one in asked},
        on_paper=frozenset(view.intake.on_paper),
        found=found_rows(view.intake.finding or {}),
        media=[(one, _(MEDIA[one])) for one in rooms_of(request).flow.media(view.service)],
        medium=medium or "",
        incomplete=incomplete,
        **head(view, "documents"),
    )
