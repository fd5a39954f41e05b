"""A simulated provider as an application to be mounted: `/shep/ask` for its gateways, `/admin/...` for who plays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aiohttp import web

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.keys import SigningKey
from gateway.eds.trust import CertificateChecker
from gateway.shep.first_answers import FirstAnswers
from gateway.shep.participant import Participant, SyncHandler
from simulators.faults.admin import admin_errors, fault_routes
from simulators.faults.kinds import Faults, down_when_asked


def provider_app(
    services: Mapping[str, SyncHandler],
    *,
    faults: Faults,
    routes: Iterable[web.RouteDef],
    system: SigningKey,
    gateways: Mapping[str, Sequence[Certificate]],
    checker: CertificateChecker,
    clock: Clock,
    first_answers: FirstAnswers | None = None,
) -> web.Application:
    """Return the application; `system` signs the transport, `routes` are those of the provider's own admin API.

    A provider that changes something gives `first_answers` that outlive the process; otherwise they are in memory.
    """
    participant = Participant(
        gateways=gateways,
        key=system,
        checker=checker,
        clock=clock,
        services=services,
        first_answers=first_answers,
    )
    app = web.Application(middlewares=[admin_errors, down_when_asked(faults)])
    app.add_routes(participant.routes())
    app.add_routes(fault_routes(faults))
    app.add_routes(routes)
    return app
