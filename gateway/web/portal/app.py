"""The portal as an aiohttp application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from gateway.flows.rooms import PortalRooms
from gateway.texts import Text
from gateway.web.once import OnceStore
from gateway.web.portal.booking import BookingPages
from gateway.web.portal.cabinet import CabinetPages
from gateway.web.portal.drafting import DraftPages
from gateway.web.portal.entry import EntryPages
from gateway.web.portal.guards import flow_refusals
from gateway.web.portal.office import OfficePages
from gateway.web.portal.services import ServicePages
from gateway.web.portal.supplementing import SupplementPages
from gateway.web.portal.verification import VerificationPages
from gateway.web.sessions import session_of
from gateway.web.signing import Ncalayer
from gateway.web.site import SiteSettings, make_site
from gateway.web.translation import gettext as _

NAME = Text("Мемлекеттік қызметтер порталы", "Портал государственных услуг", "Portal of public services")


def make_portal_app(
    rooms: PortalRooms,
    *,
    simulation: bool,
    secure: bool = False,
    origins: frozenset[str] = frozenset(),
    ncalayer: Ncalayer | None = None,
    machine_paths: tuple[str, ...] = (),
    once: OnceStore | None = None,
) -> web.Application:
    """Return the portal's pages over the rooms of the flow; `once` is the process's memory unless given."""
    settings = SiteSettings(
        key="portal",
        name=NAME,
        domains=("portal",),
        simulation=simulation,
        secure=secure,
        origins=origins,
        ncalayer=ncalayer or Ncalayer(),
        machine_paths=machine_paths,
    )
    app = make_site(settings, sessions=rooms.sessions, once=once, context=page_context)
    app.middlewares.append(flow_refusals)
    for pages in (
        EntryPages(rooms),
        ServicePages(rooms),
        DraftPages(rooms),
        OfficePages(rooms),
        CabinetPages(rooms),
        SupplementPages(rooms),
        VerificationPages(rooms),
    ):
        app.router.add_routes(pages.routes())
    if rooms.bookings.is_offered:
        app.router.add_routes(BookingPages(rooms).routes())
    return app


def page_context(request: web.Request) -> Mapping[str, Any]:
    """Return what every page of the portal shows: its sections and who is signed in."""
    session = session_of(request)
    sections = [(_("Services"), "/services"), (_("Check a document"), "/verify")]
    if session.account is None:
        sections += [(_("Sign in"), "/sign-in"), (_("Register"), "/register")]
    else:
        sections.insert(1, (_("My cabinet"), "/cabinet"))
    return {
        "navigation": [
            {"text": text, "href": href, "current": request.path.startswith(href)} for text, href in sections
        ],
        "person_name": session.get("name") if session.account else None,
        "sign_out_url": "/sign-out",
    }
