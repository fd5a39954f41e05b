"""The desk's site: its routes, who is signed in, and how the desk's refusals become pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from gateway.catalogue import Body, Role
from gateway.desk import Desk
from gateway.texts import Text
from gateway.web.desk import (
    acting,
    bodies_pages,
    condition_page,
    counter_page,
    courier_pages,
    draft_page,
    entry,
    lists,
    moving,
    reading,
    reports_page,
    search_page,
    sign_page,
)
from gateway.web.desk.guard import DESK, member_or_none, only_staff, refusals
from gateway.web.once import OnceStore
from gateway.web.sessions import SessionStore
from gateway.web.signing import Ncalayer
from gateway.web.site import SiteSettings, make_site
from gateway.web.translation import gettext as _

__all__ = ["DESK", "make_desk_app"]

NAME = Text("Қызмет берушінің АЖО-сы", "АРМ услугодателя", "Provider's workplace")


def make_desk_app(
    desk: Desk,
    *,
    sessions: SessionStore | None = None,
    once: OnceStore | None = None,
    ncalayer: Ncalayer | None = None,
    simulation: bool = True,
    secure: bool = False,
    origins: frozenset[str] = frozenset(),
    machine_paths: tuple[str, ...] = (),
) -> web.Application:
    """Return the desk's pages over a desk; `machine_paths` are those that programs call (the push of ЭҮШ)."""
    app = make_site(
        SiteSettings(
            key="desk",
            name=NAME,
            domains=("desk",),
            simulation=simulation,
            secure=secure,
            origins=origins,
            ncalayer=ncalayer or Ncalayer(),
            machine_paths=machine_paths,
        ),
        sessions=sessions,
        once=once,
        context=_on_every_page,
    )
    app[DESK] = desk
    app.middlewares.append(refusals)
    app.middlewares.append(only_staff(machine_paths))
    app.router.add_routes(
        [
            web.get("/sign-in", entry.show),
            web.post("/sign-in", entry.sign_in),
            web.post("/sign-out", entry.sign_out),
            web.get("/", lists.inbox),
            web.get("/cases", lists.cases),
            web.get("/search", search_page.show),
            web.post("/search", search_page.search),
            web.get("/reports", reports_page.show),
            web.get(r"/cases/{number:\d{14}}", reading.case),
            web.get(r"/cases/{number:\d{14}}/application.xml", reading.application),
            web.get(r"/cases/{number:\d{14}}/result.xml", reading.result),
            web.get(r"/cases/{number:\d{14}}/result.pdf", reading.printed_result),
            web.get(r"/cases/{number:\d{14}}/documents/{ordinal:\d{1,4}}", reading.document),
            web.get(r"/cases/{number:\d{14}}/evidence/{register:[a-z]{1,20}}.xml", reading.evidence),
            web.post(r"/cases/{number:\d{14}}/register", acting.register),
            web.post(r"/cases/{number:\d{14}}/resolve", acting.resolve),
            web.post(r"/cases/{number:\d{14}}/check-documents", acting.check_documents),
            web.post(r"/cases/{number:\d{14}}/inspect", acting.inspect),
            web.post(r"/cases/{number:\d{14}}/hand-over", acting.hand_over),
            web.post(r"/cases/{number:\d{14}}/forward", bodies_pages.forward),
            web.post(r"/cases/{number:\d{14}}/conclude", bodies_pages.conclude),
            web.post(r"/cases/{number:\d{14}}/convene", bodies_pages.convene),
            web.post(r"/cases/{number:\d{14}}/summon", bodies_pages.summon),
            web.post(r"/cases/{number:\d{14}}/recommend", bodies_pages.recommend),
            web.post(r"/cases/{number:\d{14}}/decide", bodies_pages.decide),
            web.post(r"/cases/{number:\d{14}}/inform", bodies_pages.inform),
            web.post(r"/cases/{number:\d{14}}/submit", condition_page.submit),
            web.post(r"/cases/{number:\d{14}}/record", bodies_pages.record),
            web.post(r"/cases/{number:\d{14}}/send-file", bodies_pages.send_file),
            web.post(r"/cases/{number:\d{14}}/claim", moving.claim),
            web.post(r"/cases/{number:\d{14}}/release", moving.release),
            web.post(r"/cases/{number:\d{14}}/assign", moving.assign),
            web.post(r"/cases/{number:\d{14}}/return", moving.send_back),
            web.post(r"/cases/{number:\d{14}}/extend", moving.extend),
            web.post(r"/cases/{number:\d{14}}/redirect", moving.redirect_case),
            web.get(r"/cases/{number:\d{14}}/draft", draft_page.show),
            web.post(r"/cases/{number:\d{14}}/draft", draft_page.draft),
            web.get(r"/cases/{number:\d{14}}/sign", sign_page.show),
            web.post(r"/cases/{number:\d{14}}/sign", sign_page.sign),
            *counter_page.routes(),
            *courier_pages.routes(),
        ]
    )
    return app


def _on_every_page(request: web.Request) -> Mapping[str, Any]:
    member = member_or_none(request)
    if member is None:
        return {}
    desk = request.config_dict[DESK]
    office = desk.catalogue.office(member.office)
    sections = {"/": _("My tasks"), "/cases": _("Applications of the office"), "/search": _("Search")}
    if counter_page.may_accept(desk, member):
        sections["/counter"] = _("New paper application")
    if courier_pages.has_courier(desk, member):
        sections["/courier"] = _("Courier")
    if member.role is Role.HEAD and office.body is Body.PROVIDER:
        sections["/reports"] = _("Reports")
    return {
        "navigation": [
            {"text": text, "href": path, "current": request.path == path} for path, text in sections.items()
        ],
        "person_name": member.name,
        "sign_out_url": "/sign-out",
        "office": office,
        "member": member,
    }
