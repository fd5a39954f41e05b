"""The addresses of the sites, read off the applications themselves, so that a new page is attacked too."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, cast

from aiohttp import web

from gateway.web.arm import make_arm_app
from gateway.web.desk import make_desk_app
from gateway.web.portal import make_portal_app

_FIELD = re.compile(r"\{[^}]+\}")


def routes_of(site: str, method: str) -> list[str]:
    """Return the site's addresses for a method, with their fields as `{name}`."""
    return sorted({route.resource.canonical for route in _routes(site) if route.method == method and route.resource})


def acting_once(site: str) -> list[str]:
    """Return the addresses of the forms that must carry the token of one showing: what `gateway.web.once` wraps."""
    wrapped = (route for route in _routes(site) if route.handler.__code__.co_name == "acting_once")
    return sorted({route.resource.canonical for route in wrapped if route.method == "POST" and route.resource})


def filled(address: str, **fields: str) -> str:
    """Return an address with its fields filled in; a field without a value gets `1`."""
    return _FIELD.sub(lambda field: fields.get(field[0][1:-1], "1"), address)


def _routes(site: str) -> list[web.AbstractRoute]:
    bookings, flow = SimpleNamespace(is_offered=True), SimpleNamespace(supplements=None)
    nothing = cast("Any", SimpleNamespace(sessions=None, bookings=bookings, flow=flow))
    app = {"portal": make_portal_app, "desk": make_desk_app, "arm": make_arm_app}[site](nothing, simulation=True)
    return list(app.router.routes())
