"""The checks over a hierarchy and a network in memory, without HTTP."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509 import load_der_x509_certificate

from gateway.clock import ManualClock
from gateway.eds.keys import SoftwareKey
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.trust import Anchors
from gateway.web.checks.app import ENDPOINTS
from gateway.web.checks.bodies import json_object
from gateway.web.checks.judging import Checkers, Checks
from tests.unit.eds import pki

PASSWORD = "Qwerty12"
Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture(scope="session")
def root() -> pki.Authority:
    return pki.root()


@pytest.fixture(scope="session")
def nca(root: pki.Authority) -> pki.Authority:
    return pki.issuing(root)


@pytest.fixture(scope="session")
def key(nca: pki.Authority) -> SoftwareKey:
    return nca.person(bin="850940000012", usage=pki.SIGN)


@pytest.fixture
def network(root: pki.Authority, nca: pki.Authority, key: SoftwareKey) -> MemoryFetcher:
    return MemoryFetcher(
        {
            pki.OCSP_URL: nca.answers(key.certificate),
            pki.CRL_URL: nca.crl(),
            pki.ROOT_CRL_URL: root.crl(),
        }
    )


@pytest.fixture
def checks(root: pki.Authority, nca: pki.Authority, network: MemoryFetcher, clock: ManualClock) -> Checks:
    return checks_over(root, nca, network, clock)


def checks_over(root: pki.Authority, nca: pki.Authority, network: Any, clock: ManualClock) -> Checks:
    anchors = Anchors.of([root.certificate], [nca.certificate])
    return Checks(Checkers.over(anchors, RevocationChecker(network, clock), network, clock), clock)


@pytest.fixture
def ask(checks: Checks) -> Ask:
    """Ask an endpoint as its handler does: JSON in, JSON out."""
    table = {endpoint.path: endpoint for endpoint in ENDPOINTS}

    async def call(path: str, *, by: Checks | None = None, **fields: Any) -> dict[str, Any]:
        endpoint = table[path]
        request = endpoint.request.model_validate(json_object(json.dumps(fields).encode()))
        answer = await endpoint.act(by or checks, request)
        told: dict[str, Any] = json.loads(json.dumps(answer.to_json()))
        endpoint.answer.model_validate(told)
        return told

    return call


def pkcs12_of(key: SoftwareKey, *, password: str = PASSWORD, name: str = "alias") -> str:
    """The key as a client sends it."""
    certificate = load_der_x509_certificate(key.certificate.der)
    encryption = BestAvailableEncryption(password.encode())
    data = serialize_key_and_certificates(name.encode(), key._private, certificate, None, encryption)
    return base64.b64encode(data).decode()


def in_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
