"""A chain in memory, made once for all unit tests of the НУЦ."""

from __future__ import annotations

import pytest

from simulators.nca.algorithms import ALGORITHMS
from simulators.nca.certificates import Addresses, Signer, authority_certificate
from simulators.nca.chain import Chain
from simulators.nca.profile import AlgorithmName, Profile

RSA = ALGORITHMS[AlgorithmName.RSA]


@pytest.fixture(scope="session")
def profile() -> Profile:
    return Profile.default()


@pytest.fixture(scope="session")
def addresses() -> Addresses:
    return Addresses("http://127.0.0.1:8110/nca")


@pytest.fixture(scope="session")
def chain(profile: Profile, addresses: Addresses) -> Chain:
    root_key, issuing_key = RSA.generate(2048), RSA.generate(2048)
    certificate = authority_certificate(
        profile=profile.root, key=root_key, algorithm=RSA, issuer=None, issuer_pointers=None
    )
    root = Signer(certificate, root_key, RSA)
    certificate = authority_certificate(
        profile=profile.issuing,
        key=issuing_key,
        algorithm=RSA,
        issuer=root,
        issuer_pointers=(addresses.crl(profile.root.file), addresses.certificate(profile.root.file)),
    )
    return Chain(root, Signer(certificate, issuing_key, RSA))
