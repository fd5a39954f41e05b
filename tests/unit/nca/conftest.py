"""Chains in memory, made once for all unit tests of the НУЦ."""

from __future__ import annotations

import pytest

from simulators.nca.algorithms import ALGORITHMS
from simulators.nca.certificates import Addresses, Signer, authority_certificate
from simulators.nca.chain import Chain
from simulators.nca.profile import Profile


@pytest.fixture(scope="session")
def profile() -> Profile:
    return Profile.default()


@pytest.fixture(scope="session")
def addresses() -> Addresses:
    return Addresses("http://127.0.0.1:8110/nca")


@pytest.fixture(scope="session")
def chain(profile: Profile, addresses: Addresses) -> Chain:
    """The RSA chain, which other libraries read."""
    return made("rsa", profile, addresses, bits=2048)


@pytest.fixture(scope="session")
def gost_chain(profile: Profile, addresses: Addresses) -> Chain:
    return made("gost", profile, addresses, bits=512)


def made(name: str, profile: Profile, addresses: Addresses, *, bits: int) -> Chain:
    own = profile.chains[name]
    algorithm = ALGORITHMS[own.algorithm]
    root_key, issuing_key = algorithm.generate(bits), algorithm.generate(bits)
    certificate = authority_certificate(
        profile=own.root, key=root_key, algorithm=algorithm, issuer=None, issuer_pointers=None
    )
    root = Signer(certificate, root_key, algorithm)
    certificate = authority_certificate(
        profile=own.issuing,
        key=issuing_key,
        algorithm=algorithm,
        issuer=root,
        issuer_pointers=(addresses.crl(own.root.file), addresses.certificate(own.root.file)),
    )
    return Chain(name, root, Signer(certificate, issuing_key, algorithm))
