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
from gateway.web.desk import booked_page, counter_home, courier_pages
from gateway.web.desk.guard import DESK, is_at_counter, member_or_none, only_staff, refusals
from gateway.web.desk.routes import all_routes
from gateway.web.once import OnceStore
from gateway.web.sessions import SessionStore, session_of
from gateway.web.signing import Ncalayer
from gateway.web.site import SiteSettings, make_site
from gateway.web.terminal.keys import keyed_sections
from gateway.web.terminal.lock import LOCK_AFTER, REAL_TIME, is_locked
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
    app.router.add_routes(all_routes())
    return app


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
