"""The simulated КДП as an application to be mounted; its admin API plays the person who gets the message from 1414."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.keys import SigningKey
from gateway.eds.trust import CertificateChecker
from gateway.shep.stored_answers import StoredFirstAnswers
from simulators.faults.admin import AdminRefused, Form, read_form
from simulators.faults.kinds import FaultKind, Faults
from simulators.faults.provider import provider_app
from simulators.kdp.consents import Consents, ConsentUnknown
from simulators.kdp.service import SERVICE_ID, KdpService
from simulators.kdp.tokens import Company, Tokens
from simulators.population import Population

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
"""For `gateway.store.migrate`, before the application starts."""
_FAULTS = frozenset({FaultKind.NONE, FaultKind.DOWN, FaultKind.SLOW, FaultKind.ABSENT})


def create_app(
    consents: Consents,
    tokens: Tokens,
    population: Population,
    *,
    companies: Mapping[str, Company],
    may_omit_sms: frozenset[str],
    system: SigningKey,
    gateways: Mapping[str, Sequence[Certificate]],
    checker: CertificateChecker,
    clock: Clock,
) -> web.Application:
    """Return the application over a migrated schema: `/shep/ask` for the gateways named, `/admin/...` beside it.

    `companies` are the systems that may ask, by senderId; `system` signs the transport.
    """
    faults = Faults(_FAULTS)
    service = KdpService(
        consents, tokens, population, companies=companies, may_omit_sms=may_omit_sms, clock=clock, faults=faults
    )
    return provider_app(
        {SERVICE_ID: service.answer},
        faults=faults,
        routes=_consent_routes(consents),
        system=system,
        gateways=gateways,
        checker=checker,
        clock=clock,
        first_answers=StoredFirstAnswers(consents.database, clock),
    )


def _consent_routes(consents: Consents) -> list[web.RouteDef]:
    async def show(_request: web.Request) -> web.Response:
        return web.json_response({"consents": [_plain(each) for each in await consents.listed()]})

    def deciding(decide: Callable[[uuid.UUID], Awaitable[None]]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handler(request: web.Request) -> web.Response:
            await read_form(request, Form)
            try:
                await decide(uuid.UUID(request.match_info["consent"]))
            except ConsentUnknown as error:
                raise AdminRefused("admin-no-such-consent", "no consent waits for that here", status=404) from error
            return web.Response(status=204)

        return handler

    path = "/admin/consents/{consent:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}}"
    return [
        web.get("/admin/consents", show),
        web.post(f"{path}/confirm", deciding(consents.confirm)),
        web.post(f"{path}/refuse", deciding(consents.refuse)),
        web.post(f"{path}/revoke", deciding(consents.revoke)),
    ]


def _plain(consent: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value is None else str(value) for name, value in consent.items()}
