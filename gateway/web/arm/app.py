"""The operator's site: its routes, who is signed in, and how the workplace's refusals become pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from gateway.clock import Clock, RealClock
from gateway.flows.arm.rooms import ArmRooms
from gateway.texts import Text
from gateway.web.arm import (
    board,
    documents,
    entry,
    hall,
    handing,
    home,
    queue_panel,
    registers,
    request_form,
    signing_page,
    supervisor,
    taken,
)
from gateway.web.arm.guard import (
    ARM,
    only_operators,
    operator_or_none,
    refusals,
    rooms_of,
    window_of,
)
from gateway.web.once import OnceStore
from gateway.web.sessions import SessionStore, session_of
from gateway.web.signing import Ncalayer
from gateway.web.site import SiteSettings, make_site
from gateway.web.terminal.keys import keyed_sections
from gateway.web.terminal.lock import LOCK_AFTER, REAL_TIME, LockPages, is_locked
from gateway.web.translation import gettext as _

__all__ = ["ARM", "make_arm_app"]

NAME = Text("Мемлекеттік корпорация операторының АЖО-сы", "АРМ оператора Госкорпорации", "Operator's workplace")


def make_arm_app(
    rooms: ArmRooms,
    *,
    sessions: SessionStore | None = None,
    once: OnceStore | None = None,
    ncalayer: Ncalayer | None = None,
    simulation: bool = True,
    secure: bool = False,
    origins: frozenset[str] = frozenset(),
    lock_after: timedelta = LOCK_AFTER,
    real_time: Clock | None = None,
) -> web.Application:
    """Return the operator's pages over the rooms of the workplace; the screen locks after `lock_after` of idleness."""
    app = make_site(
        SiteSettings(
            key="arm",
            name=NAME,
            domains=("arm", "terminal"),
            simulation=simulation,
            secure=secure,
            origins=origins,
            ncalayer=ncalayer or Ncalayer(),
        ),
        sessions=sessions or rooms.sessions,
        once=once,
        context=_OnEveryPage(lock_after),
    )
    app[ARM] = rooms
    app.middlewares.append(refusals)
    app[REAL_TIME] = real_time or RealClock()
    app.middlewares.append(only_operators(lock_after=lock_after))
    app.router.add_routes(
        [
            web.get("/sign-in", entry.show),
            web.post("/sign-in", entry.sign_in),
            web.post("/sign-out", entry.sign_out),
            *LockPages("arm/base.html", entry.verify, entry.keep_held, entry.whose).routes(),
        ]
    )
    for pages in (
        home,
        request_form,
        documents,
        signing_page,
        taken,
        handing,
        queue_panel,
        registers,
        supervisor,
        hall,
        board,
    ):
        app.router.add_routes(pages.routes())
    return app


class _OnEveryPage:
    """What every page shows of the operator, the window and the sections."""

    def __init__(self, lock_after: timedelta) -> None:
        self._lock_seconds = int(lock_after.total_seconds())

    def __call__(self, request: web.Request) -> Mapping[str, Any]:
        operator = operator_or_none(request)
        if operator is None or is_locked(session_of(request)):
            return {}
        sections = [
            ("/", _("Intake")),
            ("/hand-over", _("Hand-over")),
            ("/queue", _("Queue")),
            ("/registers", _("Courier")),
        ]
        if operator.is_supervisor:
            sections.append(("/overview", _("Department's day")))
        return {
            "navigation": keyed_sections(request, sections),
            "person_name": operator.name,
            "sign_out_url": "/sign-out",
            "operator": operator,
            "department": rooms_of(request).catalogue.office(operator.department),
            "at_window": window_of(request),
            "lock_seconds": self._lock_seconds,
            "error_layout": "arm/base.html",
        }
