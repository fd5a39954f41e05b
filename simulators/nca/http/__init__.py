"""The НУЦ over HTTP: what relying parties ask, and the admin API of the simulation."""

from __future__ import annotations

from aiohttp import web

from simulators.nca.authority import Authority
from simulators.nca.faults import Faults
from simulators.nca.http.admin import Admin
from simulators.nca.http.bodies import nca_errors
from simulators.nca.http.downloads import Downloads
from simulators.nca.http.services import Services


def create_app(authority: Authority, faults: Faults | None = None) -> web.Application:
    """Return the application; mounted under a prefix, that prefix belongs to the authority's `base_url`."""
    active = faults or Faults()
    app = web.Application(middlewares=[nca_errors])
    services = Services(authority, active)
    app.on_shutdown.append(services.stop_waiting)
    app.add_routes(services.routes())
    app.add_routes(Downloads(authority).routes())
    app.add_routes(Admin(authority, active).routes())
    return app
