"""The desk's site: its routes, who is signed in, and how the desk's refusals become pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from gateway.catalogue import Body, Role
from gateway.clock import Clock, RealClock
from gateway.desk import Desk, StaffMember
from gateway.texts import Text
from gateway.web.desk import (
    acting,
    bodies_pages,
    booked_page,
    condition_page,
    counter_find,
    counter_home,
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
from gateway.web.desk.guard import DESK, is_at_counter, member_or_none, only_staff, refusals
from gateway.web.once import OnceStore
from gateway.web.pages import render
from gateway.web.sessions import SessionStore, session_of
from gateway.web.signing import Ncalayer
from gateway.web.site import SiteSettings, make_site
from gateway.web.terminal.keys import keyed_sections
from gateway.web.terminal.lock import LOCK_AFTER, REAL_TIME, LockPages, is_locked
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
    lock_after: timedelta = LOCK_AFTER,
    real_time: Clock | None = None,
) -> web.Application:
    """Return the desk's pages over a desk; `machine_paths` are those that programs call (the push of ЭҮШ).

    The screen of a counter locks after `lock_after` of idleness.
    """
    app = make_site(
        SiteSettings(
            key="desk",
            name=NAME,
            domains=("desk", "terminal"),
            simulation=simulation,
            secure=secure,
            origins=origins,
            ncalayer=ncalayer or Ncalayer(),
            machine_paths=machine_paths,
        ),
        sessions=sessions,
        once=once,
        context=_OnEveryPage(lock_after),
    )
    app[DESK] = desk
    app[REAL_TIME] = real_time or RealClock()
    app.middlewares.append(refusals)
    app.middlewares.append(only_staff(machine_paths, lock_after=lock_after))
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
            web.get("/keys", keys),
            *LockPages("desk/counter_base.html", entry.verify, entry.keep_held).routes(),
            *counter_home.routes(),
            *counter_page.routes(),
            *counter_find.routes(),
            *courier_pages.routes(),
            *booked_page.routes(),
        ]
    )
    return app


async def keys(request: web.Request) -> web.Response:
    """Show every key of the counter."""
    return render(request, "desk/counter_keys.html")


class _OnEveryPage:
    """What every page shows of the member, the office and the sections; at a counter, the terminal's bar."""

    def __init__(self, lock_after: timedelta) -> None:
        self._lock_seconds = int(lock_after.total_seconds())

    def __call__(self, request: web.Request) -> Mapping[str, Any]:
        member = member_or_none(request)
        if member is None or is_locked(session_of(request)):
            return {}
        shown = _of_member(request, member)
        if is_at_counter(request):
            shown["navigation"] = keyed_sections(request, [(one["href"], one["text"]) for one in shown["navigation"]])
            shown["lock_seconds"] = self._lock_seconds
        return shown


def _of_member(request: web.Request, member: StaffMember) -> dict[str, Any]:
    desk = request.config_dict[DESK]
    office = desk.catalogue.office(member.office)
    sections = {"/": _("My tasks"), "/cases": _("Applications of the office"), "/search": _("Search")}
    if counter_home.may_accept(desk, member):
        sections["/counter"] = _("New paper application")
    if booked_page.has_bookings(desk, member):
        sections[booked_page.PATH] = _("Booked times")
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
