"""The simulated ГБД ЮЛ as an application to be mounted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiohttp import web

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.keys import SigningKey
from gateway.eds.trust import CertificateChecker
from gateway.shep.participant import Participant
from simulators.gbdfl.admin import admin_errors, fault_routes
from simulators.gbdfl.faults import Faults, down_when_asked
from simulators.gbdul.organisations import organisation_routes
from simulators.gbdul.service import SERVICE_ID, GbdulService
from simulators.population import Population


def create_app(
    population: Population,
    *,
    official: SigningKey,
    system: SigningKey,
    gateways: Mapping[str, Sequence[Certificate]],
    checker: CertificateChecker,
    clock: Clock,
) -> web.Application:
    """Return the application: `/shep/ask` for the gateways named, `/admin/...` for whoever plays with it.

    `official` certifies the answers, `system` signs the transport.
    """
    faults = Faults()
    service = GbdulService(population, official=official, system=system, checker=checker, faults=faults)
    participant = Participant(
        gateways=gateways, key=system, checker=checker, clock=clock, services={SERVICE_ID: service.answer}
    )
    app = web.Application(middlewares=[admin_errors, down_when_asked(faults)])
    app.add_routes(participant.routes())
    app.add_routes(fault_routes(faults))
    app.add_routes(organisation_routes(population))
    return app
