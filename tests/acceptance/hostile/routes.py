"""The addresses of both sites, read off the applications themselves, so that a new page is attacked too."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, cast

from aiohttp import web

from gateway.web.desk import make_desk_app
from gateway.web.portal import make_portal_app

_FIELD = re.compile(r"\{[^}]+\}")


def routes_of(site: str, method: str) -> list[str]:
    """Return the site's addresses for a method, with their fields as `{name}`."""
    nothing = cast("Any", SimpleNamespace(sessions=None, bookings=None, flow=SimpleNamespace(supplements=None)))
    app = make_portal_app(nothing, simulation=True) if site == "portal" else make_desk_app(nothing)
    found = {route.resource.canonical for route in _routes(app) if route.method == method and route.resource}
    return sorted(found)


def filled(address: str, **fields: str) -> str:
    """Return an address with its fields filled in; a field without a value gets `1`."""
    return _FIELD.sub(lambda field: fields.get(field[0][1:-1], "1"), address)


def _routes(app: web.Application) -> list[web.AbstractRoute]:
    return list(app.router.routes())
