"""The staff of the catalogue's offices: everybody whom a procedure needs is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest

from gateway.catalogue import Body, Channel, Office, Procedure, Role, load_catalogue
from simulators.gateways import routes
from simulators.participants import staff_of_desk
from simulators.population import cast
from simulators.population.cast import Post, Template

CATALOGUE = load_catalogue()
ELSEWHERE = (Body.CORPORATION, Body.APPLICANT)
STAFF = staff_of_desk()


def ways() -> Iterator[tuple[Office, Procedure, Channel, list[Office]]]:
    """Every provider with each procedure and channel on which it works, and the akims' counters of that channel."""
    for service in CATALOGUE.services.values():
        for office in CATALOGUE.offices_of(service.id):
            akims = CATALOGUE.counters_of(service.id, Channel.RURAL_AKIM)
            counters = [one for one in akims if office.id in one.serves]
            for procedure in service.procedures:
                for channel in procedure.channels:
                    if channel is not Channel.RURAL_AKIM or counters:
                        yield office, procedure, channel, counters


def needed() -> dict[str, set[str]]:
    """The roles that the procedures and the signatures ask of each office."""
    akims = [office for office in CATALOGUE.offices.values() if office.body is Body.DISTRICT_AKIM]
    found = defaultdict(set, {akim.id: {Role.HEAD.value} for akim in akims})
    for office, procedure, channel, counters in ways():
        for step in procedure.path(channel):
            for action in step.acts(channel):
                body = action.body or step.body_on(channel)
                if body not in ELSEWHERE:
                    of_body = counters if body is Body.RURAL_AKIM else [CATALOGUE.body_of(office, body)]
                    for one in of_body:
                        found[one.id].add(action.role.value)
    return found


@pytest.mark.parametrize(
    ("office", "roles"), needed().items(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_role_of_every_procedure_is_played(office: str, roles: set[str]) -> None:
    assert {person.post.value for person in STAFF if person.organisation == office} == roles


def test_every_office_has_somebody() -> None:
    assert {person.organisation for person in STAFF} == set(CATALOGUE.offices)


def test_the_offices_of_the_cast_are_those_of_the_catalogue() -> None:
    for office in CATALOGUE.offices.values():
        organisation = cast.ORGANISATIONS[office.id]
        assert (organisation.bin, organisation.name_kk) == (office.bin, office.name.kk)
        assert organisation.locality.kato.startswith(office.seat[:2])


def test_heads_sign_as_heads_and_everybody_else_as_an_employee() -> None:
    for person in STAFF:
        expected = Template.OFFICIAL_HEAD if person.post is Post.HEAD else Template.EMPLOYEE
        assert person.template is expected, person.id
        assert person.holds_keys


def test_nobody_works_at_two_places() -> None:
    assert len({person.iin for person in STAFF}) == len(STAFF)
    posts = [(person.organisation, person.post) for person in STAFF]
    assert len(set(posts)) == len(posts)


def test_the_applicants_live_where_the_offices_are() -> None:
    districts = {person.id: person.locality.region.code for person in cast.PEOPLE.values()}
    assert CATALOGUE.office_for("unemployed-certificate", districts["applicant-karaganda"]).id == "karaganda-employment"
    assert CATALOGUE.office_for("unemployed-certificate", districts["applicant-temirtau"]).id == "temirtau-employment"
    assert (
        CATALOGUE.office_for("unemployed-certificate", districts["applicant-kokpekti"]).id == "bukhar-zhyrau-employment"
    )
    assert CATALOGUE.office_for("birth-registration", districts["applicant-talgar"]).id == "talgar-registry"


def test_each_provider_has_a_route_and_the_region_knows_its_own() -> None:
    found = routes()
    assert set(found) == {office.route_id for office in CATALOGUE.offices.values() if office.is_provider}
    for office in CATALOGUE.offices.values():
        for service_id in office.services:
            portal = [one for one in CATALOGUE.service(service_id).routes if one.channel is Channel.PORTAL]
            if portal:
                assert (found[office.route_id] == "rshep") is (portal[0].path[-1] == "rshep"), service_id
