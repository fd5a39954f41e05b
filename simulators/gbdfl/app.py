"""The simulated ГБД ФЛ as an application to be mounted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiohttp import web

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.keys import SigningKey
from gateway.eds.trust import CertificateChecker
from simulators.faults.kinds import Faults
from simulators.faults.provider import provider_app
from simulators.gbdfl.consent import ConsentJudge
from simulators.gbdfl.people import person_routes
from simulators.gbdfl.service import GbdflService
from simulators.population import Population


def create_app(
    population: Population,
    *,
    official: SigningKey,
    system: SigningKey,
    gateways: Mapping[str, Sequence[Certificate]],
    checker: CertificateChecker,
    clock: Clock,
    consents: ConsentJudge | None = None,
) -> web.Application:
    """Return the application: `/shep/ask` for the gateways named, `/admin/...` for whoever plays with it.

    `official` certifies the answers, `system` signs the transport, `consents` judges the tokens of КДП.
    """
    faults = Faults()
    service = GbdflService(population, official=official, system=system, clock=clock, faults=faults, consents=consents)
    return provider_app(
        service.services,
        faults=faults,
        routes=person_routes(population),
        system=system,
        gateways=gateways,
        checker=checker,
        clock=clock,
    )
