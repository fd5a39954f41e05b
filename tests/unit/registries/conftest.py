from __future__ import annotations

import pytest

from gateway.eds.trust import CertificateChecker
from simulators.population import Population
from tests.unit.registries.country import Keys


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys()


@pytest.fixture
def checker(keys, clock) -> CertificateChecker:
    return keys.checker(clock)


@pytest.fixture
def population() -> Population:
    return Population.generate(seed=5, size=60)
