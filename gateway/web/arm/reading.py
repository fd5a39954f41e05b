"""What the pages of one intake share: the intake itself, where it stands, its head on every page, its files."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from aiohttp import web

from gateway.catalogue import DocumentKind
from gateway.flows.applications import EDITABLE, State
from gateway.flows.arm.entering import representation_on
from gateway.flows.arm.finding import Verdict
from gateway.flows.arm.flow import IntakeView
from gateway.web.arm.guard import operator_of, rooms_of
from gateway.web.arm.words import state_tag
from gateway.web.tags import Tag
from gateway.web.translation import gettext as _
from gateway.web.translation import ngettext

ONE = r"/intakes/{number:\d{14}}"
FOUND = frozenset({Verdict.FOUND.value, Verdict.NOT_ASKED.value})
"""Verdicts of process 3 with which the intake goes on; without a numbered flow the act asks nothing."""


def number_of(request: web.Request) -> str:
    """Return the number in the page's address."""
    return request.match_info["number"]


async def intake_of(request: web.Request) -> IntakeView:
    """Return the intake of the page's address, as this operator may see it."""
    return await rooms_of(request).flow.intake(operator_of(request), number_of(request))


async def seen_intake(request: web.Request) -> IntakeView:
    """Return it without its trail and its result, which the pages of the steps have no use for."""
    return await rooms_of(request).flow.draft(operator_of(request), number_of(request))


async def open_intake(request: web.Request) -> IntakeView:
    """Return an intake that this operator works on; any other leads to its page."""
    view = await seen_intake(request)
    if view.application.state not in EDITABLE or view.intake.operator != operator_of(request).id:
        raise web.HTTPSeeOther(f"/intakes/{view.application.number}")
    return view


def verdict_of(view: IntakeView) -> str:
    """Return what process 3 found; empty before it."""
    return view.intake.verdict or ""


def place_of(view: IntakeView) -> str:
    """Return the page on which an open intake stands."""
    base = f"/intakes/{view.application.number}"
    if view.application.state is State.READY:
        return f"{base}/sign"
    if verdict_of(view) in FOUND:
        return f"{base}/documents"
    return f"{base}/query" if verdict_of(view) == Verdict.UNAVAILABLE else f"{base}/form"


def head(view: IntakeView, step: str) -> dict[str, Any]:
    """Return what the head of each step's page shows: the service, the applicant, and the steps of the intake."""
    base = f"/intakes/{view.application.number}"
    steps = [("form", _("Request form")), ("documents", _("Documents")), ("sign", _("Signature"))]
    names = [name for name, _text in steps]
    at = names.index(step)
    return {
        "view": view,
        "application": view.application,
        "intake": view.intake,
        "service": view.service,
        "provider": view.office,
        "base": base,
        "state": state_tag(view.application.state) if view.handed_over is None else Tag(_("Handed over"), "green"),
        "rule": representation_on(view.service).value,
        "steps": [
            {"text": text, "href": f"{base}/{name}" if place < at else "", "current": place == at}
            for place, (name, text) in enumerate(steps)
        ],
    }


def how_handed_in(view: IntakeView, document: DocumentKind) -> str:
    """Say how a document was handed in: on paper, scanned, or both; empty where it was not."""
    how = [_("on paper")] if document.id in view.intake.on_paper else []
    if count := len(view.pages.get(document.id, ())):
        how.append(ngettext("%(num)s page scanned", "%(num)s pages scanned", count))
    return ", ".join(how)


def printed(content: bytes, name: str) -> web.Response:
    """Return a PDF of our own to be shown and printed from the browser."""
    return web.Response(
        body=content,
        content_type="application/pdf",
        headers={"Content-Disposition": f"inline; filename*=UTF-8''{quote(name)}"},
    )


def download(content: bytes, media_type: str, name: str) -> web.Response:
    """Return a file of somebody else's: the browser neither guesses its type nor shows it inside the site."""
    return web.Response(
        body=content,
        content_type=media_type,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
    )
