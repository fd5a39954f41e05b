"""Process 5 begins: marks of documents on paper, and their scans, page by page."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiohttp import web

from gateway.catalogue import DocumentKind
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.flow import IntakeView
from gateway.web.arm.finding_words import found_rows
from gateway.web.arm.guard import operator_of, rooms_of
from gateway.web.arm.reading import FOUND, ONE, head, number_of, open_intake, place_of, verdict_of
from gateway.web.arm.signing_page import MEDIA, choose_medium, go_on
from gateway.web.arm.words import documents_asked
from gateway.web.csrf import form_of
from gateway.web.forms import MIB, Form, FormErrors, FormLimits, accepts
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.refusals import BadRequest, NotFound
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken

LIMITS = FormLimits(max_fields=400, max_files=8, max_file_bytes=15 * MIB)
FILE, REPLACEMENT, ON_PAPER = "file_", "page_", "paper_"
_TURNS = (0, 90, 180, 270)
_MOVED = frozenset({ArmCode.NO_SUCH_PAGE, ArmCode.STALE})
"""The page that the button showed is not there any more."""
_ORDINAL = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class Act:
    """What a button of the page asks for: `rotate`, `remove` or `replace` of one page, `add` or `go`."""

    verb: str
    document: str = ""
    ordinal: int = 0
    seen: str = ""
    """The SHA-256 of the page that stood there when the button was shown."""


def routes() -> list[web.RouteDef]:
    """Return the routes of these pages."""
    page = rf"{ONE}/pages/{{document:[a-z0-9-]{{1,60}}}}/{{ordinal:\d{{1,4}}}}"
    return [
        web.get(f"{ONE}/documents", documents),
        web.post(f"{ONE}/documents", act),
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
    asked = documents_asked(view.service, view.application)
    button = _act(form, asked)
    await _mark(request, view, asked)
    await _add(request, asked, errors)
    if button.ordinal:
        await _change(request, form, button, errors)
    if form.get("medium"):
        await choose_medium(request, view, form.get("medium"))
    if errors:
        return await _page(request, await open_intake(request), errors)
    if button.verb == "go" and not any(form.uploads(FILE + one.id) for one in asked):
        return await _go(request, errors)
    anchor = f"#{button.document}" if button.document else ""
    return redirect(f"/intakes/{number_of(request)}/documents{anchor}")


async def page_image(request: web.Request) -> web.StreamResponse:
    """Give the picture of a scanned page as it is turned."""
    ordinal = int(request.match_info["ordinal"])
    media_type, content = await rooms_of(request).flow.page_image(
        operator_of(request), number_of(request), request.match_info["document"], ordinal
    )
    if media_type not in {"image/png", "image/jpeg"}:
        raise NotFound
    return web.Response(body=content, content_type=media_type)


async def refusal_page(request: web.Request) -> web.StreamResponse:
    """Show what is missing before acceptance is refused."""
    view = await open_intake(request)
    missing = await rooms_of(request).flow.missing(operator_of(request), number_of(request))
    if not missing:
        return redirect(f"/intakes/{number_of(request)}/documents")
    return render(request, "arm/refuse.html", missing=missing, **head(view, "documents"))


@once
async def refuse(request: web.Request) -> web.StreamResponse:
    """Refuse acceptance: the receipt of refusal names what is missing."""
    await open_intake(request)
    await rooms_of(request).flow.refuse_acceptance(operator_of(request), number_of(request))
    return redirect(f"/intakes/{number_of(request)}")


def _act(form: Form, asked: tuple[DocumentKind, ...]) -> Act:
    """Read the button; raises `BadRequest` for one that the page does not have."""
    parts = form.get("do").split(":")
    if len(parts) == 1:
        return Act(parts[0] if parts[0] in {"add", "go"} else "add")
    if len(parts) == 2 and parts[0] == "add" and parts[1] in {one.id for one in asked}:
        return Act("add", parts[1])
    if len(parts) != 4 or parts[0] not in {"rotate", "remove", "replace"} or not _ORDINAL.fullmatch(parts[2]):
        raise BadRequest
    return Act(parts[0], parts[1], int(parts[2]), parts[3])


async def _mark(request: web.Request, view: IntakeView, asked: tuple[DocumentKind, ...]) -> None:
    form, marked = form_of(request), set(view.intake.on_paper)
    for document in asked:
        present = form.get(ON_PAPER + document.id) == "yes"
        if present != (document.id in marked):
            await rooms_of(request).flow.mark_paper(operator_of(request), number_of(request), document.id, present)


async def _add(request: web.Request, asked: tuple[DocumentKind, ...], errors: FormErrors) -> None:
    flow, operator, number = rooms_of(request).flow, operator_of(request), number_of(request)
    for document in asked:
        name = FILE + document.id
        for upload in form_of(request).uploads(name):
            if upload.too_large:
                errors.add(name, _("%(name)s: at most %(num)s MB", name=upload.file_name, num=15))
                continue
            try:
                problem = await flow.scan(
                    operator,
                    number,
                    document.id,
                    name=upload.file_name,
                    media_type=upload.media_type,
                    content=upload.content,
                )
            except ArmError as error:
                errors.add(name, f"{upload.file_name}: {_said(error)}")
                continue
            if problem is not None:
                errors.add(name, f"{upload.file_name}: {spoken(problem.text)}")


async def _change(request: web.Request, form: Form, button: Act, errors: FormErrors) -> None:
    flow, operator, number = rooms_of(request).flow, operator_of(request), number_of(request)
    try:
        if button.verb == "rotate":
            await flow.rotate(operator, number, button.document, button.ordinal, seen=button.seen)
        elif button.verb == "remove":
            await flow.remove_page(operator, number, button.document, button.ordinal, seen=button.seen)
        else:
            await _replace(request, form, button, errors)
    except ArmError as error:
        if error.code not in _MOVED:
            raise
        errors.add(FILE + button.document, _said(error))


async def _replace(request: web.Request, form: Form, button: Act, errors: FormErrors) -> None:
    """Put the new scan in the place of a page; raises `ArmError` of `_MOVED` when that page is not there any more."""
    name = f"{REPLACEMENT}{button.document}_{button.ordinal}"
    uploads = form.uploads(name)
    if not uploads or uploads[0].too_large:
        errors.add(name, _("Choose the new scan of the page, at most %(num)s MB", num=15))
        return
    upload = uploads[0]
    try:
        problem = await rooms_of(request).flow.replace_page(
            operator_of(request),
            number_of(request),
            button.document,
            button.ordinal,
            upload.content,
            upload.media_type,
            upload.file_name,
            seen=button.seen,
        )
    except ArmError as error:
        if error.code in _MOVED:
            raise
        errors.add(name, f"{upload.file_name}: {_said(error)}")
        return
    if problem is not None:
        errors.add(name, f"{upload.file_name}: {spoken(problem.text)}")


async def _go(request: web.Request, errors: FormErrors) -> web.StreamResponse:
    """Go on to the signature when nothing is missing."""
    view = await open_intake(request)
    missing = await rooms_of(request).flow.missing(operator_of(request), number_of(request))
    for document in missing:
        label = spoken(document.title)
        errors.add(FILE + document.id, _("%(label)s: mark it as taken on paper or scan it", label=label))
    offered = rooms_of(request).flow.media(view.service)
    if view.intake.medium is None:
        if len(offered) == 1:
            await choose_medium(request, view, offered[0])
        else:
            errors.add("medium", _("Choose how the documents go to the provider"))
    if errors:
        return await _page(request, view, errors, incomplete=bool(missing))
    return await go_on(request)


async def _page(
    request: web.Request, view: IntakeView, errors: FormErrors, *, incomplete: bool = False
) -> web.StreamResponse:
    asked = documents_asked(view.service, view.application)
    medium = view.intake.medium
    return render(
        request,
        "arm/documents.html",
        errors=errors,
        documents=asked,
        pages={one.id: tuple(view.pages.get(one.id, ())) for one in asked},
        on_paper=frozenset(view.intake.on_paper),
        turns=_TURNS,
        found=found_rows(view.intake.finding or {}),
        media=[(one, _(MEDIA[one])) for one in rooms_of(request).flow.media(view.service)],
        medium=medium or "",
        incomplete=incomplete,
        **head(view, "documents"),
    )


def _said(error: ArmError) -> str:
    return f"{spoken(error.text)} {spoken(error.advice)}" if error.advice else spoken(error.text)
