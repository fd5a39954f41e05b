"""The hierarchy that most tests use: root → issuing authority → person."""

from __future__ import annotations

import pytest

from gateway.clock import ManualClock
from gateway.eds.keys import SoftwareKey
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.trust import Anchors, CertificateChecker
from tests.unit.eds import pki


@pytest.fixture(scope="session")
def root() -> pki.Authority:
    return pki.root()


@pytest.fixture(scope="session")
def nca(root: pki.Authority) -> pki.Authority:
    return pki.issuing(root)


@pytest.fixture(scope="session")
def key(nca: pki.Authority) -> SoftwareKey:
    """A person's ECDSA key; cheap to sign with."""
    return nca.person()


@pytest.fixture(scope="session")
def rsa_key(nca: pki.Authority) -> SoftwareKey:
    return nca.person("rsa person", kind="rsa2048")


@pytest.fixture
def network(root: pki.Authority, nca: pki.Authority, key: SoftwareKey) -> MemoryFetcher:
    """A network in which everything answers and the person's certificate is good."""
    return MemoryFetcher(
        {
            pki.OCSP_URL: nca.answers(key.certificate),
            pki.CRL_URL: nca.crl(),
            pki.ROOT_CRL_URL: root.crl(),
        }
    )


@pytest.fixture
def anchors(root: pki.Authority, nca: pki.Authority) -> Anchors:
    return Anchors.of([root.certificate], [nca.certificate])


@pytest.fixture
def checker(anchors: Anchors, network: MemoryFetcher, clock: ManualClock) -> CertificateChecker:
    return CertificateChecker(anchors, RevocationChecker(network, clock), clock)
