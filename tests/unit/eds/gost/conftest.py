"""Every back end of this machine, one a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.eds.gost import backends
from gateway.eds.gost.curves import GOST_2004, GOST_2015_512, Curve


@pytest.fixture(params=[one.name for one in backends.available_hashes()])
def hashes(request: pytest.FixtureRequest) -> Iterator[backends.Hashes]:
    with backends.using(hashes=request.param) as used:
        yield used.hashes


@pytest.fixture(params=[one.name for one in backends.available_verifiers()])
def verifier(request: pytest.FixtureRequest) -> Iterator[backends.Verifier]:
    with backends.using(verifier=request.param) as used:
        yield used.verifier


@pytest.fixture(params=[GOST_2015_512, GOST_2004], ids=["2015", "2004"])
def curve(request: pytest.FixtureRequest) -> Curve:
    return request.param
