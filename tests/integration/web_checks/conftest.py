"""The site over loopback: with a network in memory, and with a НУЦ that answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.clock import ManualClock
from gateway.eds.keys import SoftwareKey
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.web.checks.app import make_checks_app
from gateway.web.checks.judging import Checks
from tests.nca import keys_folder, made_keys, nca, profile, store
from tests.unit.eds import pki
from tests.unit.web_checks.conftest import checks_over

__all__ = ["keys_folder", "made_keys", "nca", "profile", "store"]
Site = Callable[..., Awaitable[TestClient[web.Request, web.Application]]]


@pytest.fixture(scope="session")
def hierarchy() -> tuple[pki.Authority, pki.Authority]:
    root = pki.root()
    return root, pki.issuing(root)


@pytest.fixture(scope="session")
def key(hierarchy: tuple[pki.Authority, pki.Authority]) -> SoftwareKey:
    return hierarchy[1].person()


@pytest.fixture
def network(hierarchy: tuple[pki.Authority, pki.Authority], key: SoftwareKey) -> MemoryFetcher:
    root, nca = hierarchy
    return MemoryFetcher(
        {pki.OCSP_URL: nca.answers(key.certificate), pki.CRL_URL: nca.crl(), pki.ROOT_CRL_URL: root.crl()}
    )


@pytest.fixture
def checks(hierarchy: tuple[pki.Authority, pki.Authority], network: MemoryFetcher, clock: ManualClock) -> Checks:
    return checks_over(*hierarchy, network, clock)


@pytest.fixture
async def site(checks: Checks) -> AsyncIterator[Site]:
    """Open a site: `await site(signing=True)`; everything is asked over HTTP."""
    opened: list[Any] = []

    async def open_it(by: Checks | None = None, **settings: Any) -> TestClient[web.Request, web.Application]:
        app = make_checks_app(by or checks, **settings)
        client = TestClient(TestServer(app), auto_decompress=False)
        await client.start_server()
        opened.append(client)
        return client

    yield open_it
    for client in opened:
        await client.close()
