"""The simulated ГБД ЮЛ as an application to be mounted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiohttp import web

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.keys import SigningKey
from gateway.eds.trust import CertificateChecker
from simulators.faults.kinds import Faults
from simulators.faults.provider import provider_app
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
    return provider_app(
        {SERVICE_ID: service.answer},
        faults=faults,
        routes=organisation_routes(population),
        system=system,
        gateways=gateways,
        checker=checker,
        clock=clock,
    )
