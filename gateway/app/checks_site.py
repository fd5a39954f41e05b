"""The checks for programs, without a database."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from gateway.app.surroundings import Surroundings, surroundings
from gateway.serving import listening
from gateway.settings import Checks as ChecksSettings
from gateway.settings import Settings
from gateway.web.checks.app import SiteLimits, make_checks_app
from gateway.web.checks.judging import Checkers, Checks, Stamping


@contextlib.asynccontextmanager
async def checks(settings: Settings) -> AsyncIterator[web.Application]:
    """Serve the checks for programs until the context ends; raises `NotConfigured`."""
    own = settings.checks or ChecksSettings()
    async with surroundings(settings) as around:
        app = make_checks_app(
            Checks(
                Checkers.over(around.anchors, around.revocation, around.fetcher, around.clock),
                around.clock,
                always_ask=own.always_ask,
                authentication_keys=own.authentication_keys,
                stamping=_stamping(settings, around),
            ),
            signing=own.signing,
            limits=SiteLimits(own.max_body, own.concurrency),
            host=own.host,
            hosts=own.hosts,
            origins=own.origins,
        )
        async with listening(app, own.host, own.port, reuse_port=own.reuse_port):
            yield app


def _stamping(settings: Settings, around: Surroundings) -> Stamping | None:
    trust = settings.trust
    if trust is None or trust.tsa_url is None:
        return None
    return Stamping(trust.tsa_url, around.fetcher, trust.tsa_policy)
