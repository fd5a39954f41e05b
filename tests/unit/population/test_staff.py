"""The staff of the catalogue's offices: everybody whom a procedure needs is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest

from gateway.catalogue import Body, Channel, Office, Procedure, Role, load_catalogue
from simulators.gateways import applications, routes
from simulators.participants import operators, staff_of_desk
from simulators.population import cast
from simulators.population.cast import Post, Template

CATALOGUE = load_catalogue()
ELSEWHERE = (Body.CORPORATION, Body.APPLICANT)
STAFF = staff_of_desk()
OPERATORS = operators()
DEPARTMENTS = [office for office in CATALOGUE.offices.values() if office.body is Body.CORPORATION]


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
    at_windows = {office.id for office in DEPARTMENTS}
    assert {person.organisation for person in STAFF} == set(CATALOGUE.offices) - at_windows
    assert {person.department for person in OPERATORS} == at_windows


@pytest.mark.parametrize("department", DEPARTMENTS, ids=lambda office: office.id)
def test_each_department_has_two_operators_and_a_supervisor_who_sign_for_the_corporation(department: Office) -> None:
    team = [person for person in OPERATORS if person.department == department.id]
    assert [person.post for person in team] == [Post.OPERATOR, Post.OPERATOR, Post.SUPERVISOR]
    for person in team:
        assert person.template is Template.EMPLOYEE
        assert cast.ORGANISATIONS[person.organisation].bin == department.bin
        assert person.holds_keys
        assert person.locality.kato.startswith(department.seat[:2])


def test_the_corporation_is_one_organisation_of_the_cast() -> None:
    assert [one.id for one in cast.ORGANISATIONS.values() if one.bin == DEPARTMENTS[0].bin] == ["corporation"]


def test_the_offices_of_the_cast_are_those_of_the_catalogue() -> None:
    for office in CATALOGUE.offices.values():
        if office in DEPARTMENTS:
            continue
        organisation = cast.ORGANISATIONS[office.id]
        assert (organisation.bin, organisation.name_kk) == (office.bin, office.name.kk)
        assert organisation.locality.kato.startswith(office.seat[:2])


def test_heads_sign_as_heads_and_everybody_else_as_an_employee() -> None:
    for person in STAFF:
        expected = Template.OFFICIAL_HEAD if person.post is Post.HEAD else Template.EMPLOYEE
        assert person.template is expected, person.id
        assert person.holds_keys


def test_nobody_works_at_two_places() -> None:
    assert len({person.iin for person in (*STAFF, *OPERATORS)}) == len(STAFF) + len(OPERATORS)
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
    named = [(office.route_id, office.regional_route_id) for office in CATALOGUE.offices.values() if office.is_provider]
    assert set(found) == {route for both in named for route in both if route is not None}
    for office in CATALOGUE.offices.values():
        for service_id in office.services:
            for route in CATALOGUE.service(service_id).routes:
                over = found[office.route_over(route.path)]
                assert (over == "rshep") is (route.path[-1] == "rshep"), (service_id, route.channel)


def test_the_gateways_know_every_service_that_comes_from_a_window() -> None:
    for service in CATALOGUE.offered(Channel.CORPORATION):
        assert service.shep_service_id in applications()
    assert len(applications()) == len(set(applications()))
