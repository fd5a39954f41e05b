"""Every service of the portal on its good path and in its other ways: the trail is what its act asks for.

The walks share a country: each puts back what it changed (a spoiled key is renewed, a fault is ended).
"""

import pytest

from simulators.walk.answers import catalogue
from simulators.walk.plan import walks_of, whole_round
from simulators.walk.report import walk_once

pytestmark = pytest.mark.asyncio(loop_scope="session")

SAMPLE = {
    "guardianship-certificate good",
    "unemployed-certificate good",
    "guardianship-certificate condition-1:unknown",
    "unemployed-certificate condition-2:revoked",
    "unemployed-certificate condition-3:absent",
    "guardianship-certificate condition-3:documents",
    "minor-property-certificates bank good",
    "adoption-candidate-registration negative",
}


def table():
    both = [catalogue().service(one) for one in ("guardianship-certificate", "unemployed-certificate")]
    walks = {walk.name: walk for walk in (*whole_round(catalogue()), *(walk for one in both for walk in walks_of(one)))}
    assert walks.keys() >= SAMPLE
    for name, walk in walks.items():
        yield pytest.param(walk, marks=() if name in SAMPLE else pytest.mark.full, id=name.replace(" ", "-"))


@pytest.mark.parametrize("planned", list(table()))
async def test_the_trail_is_what_the_act_asks_for(town, planned):
    told = []
    report = await walk_once(town.installation, planned.service, planned.way, say=told.append, kind=planned.kind)
    assert report.walked == report.expected
    assert report.walked_procedure == report.expected_procedure
    assert report.state == (planned.way.state if planned.way else "issued")
    if report.application is not None:
        assert report.verification["verdict"] == "valid"
    assert report.matches
    assert told, "the walk was silent"
