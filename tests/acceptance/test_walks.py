"""Both services on the good path and in every way in which a condition can fail: the trail is the act's flow.

The walks share a country: each puts back what it changed (a spoiled key is renewed, a fault is ended).
"""

import pytest

from simulators.walk.report import walk_once
from simulators.walk.scenario import APPLICANTS, WAYS

pytestmark = pytest.mark.asyncio(loop_scope="module")

SAMPLE = {
    ("guardianship-certificate", "good"),
    ("unemployed-certificate", "good"),
    ("guardianship-certificate", "condition-1:unknown"),
    ("unemployed-certificate", "condition-2:revoked"),
    ("unemployed-certificate", "condition-3:absent"),
    ("guardianship-certificate", "condition-3:documents"),
}
ENDS = {None: "issued", 1: "refused-authorisation", 2: "not-confirmed", 3: "refused"}


def table():
    for service in sorted(APPLICANTS):
        for name in ("good", *(way.name for way in WAYS.values() if service in way.services)):
            marks = () if (service, name) in SAMPLE else pytest.mark.full
            yield pytest.param(service, name, marks=marks, id=f"{service}-{name}")


@pytest.mark.parametrize(("service", "name"), list(table()))
async def test_the_trail_is_the_flow_of_the_act(town, service, name):
    told = []
    report = await walk_once(town.installation, service, WAYS.get(name), say=told.append)
    assert report.walked == report.expected
    assert report.walked_procedure == report.expected_procedure
    assert report.state == ENDS[None if report.way is None else report.way.fails]
    if report.application is not None:
        assert report.verification["verdict"] == "valid"
    assert report.matches
    assert told, "the walk was silent"
