"""Offices and bodies: who provides what to whom, who works for whom, and what a wrong file says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.catalogue import (
    Body,
    CatalogueFileError,
    Channel,
    HandOver,
    NoOfficeOfBody,
    UnknownOffice,
    UnknownService,
    load_catalogue,
)
from gateway.catalogue.load import FOLDER, read_offices
from gateway.catalogue.office import lies_in
from gateway.identity.numbers import Bin

CATALOGUE = load_catalogue()
PROVIDERS = [office for office in CATALOGUE.offices.values() if office.is_provider]
KARAGANDA_MANY = [
    service.id
    for service in CATALOGUE.services.values()
    if service.act == "karaganda-2014-34-05" and service.provider.scope == "many"
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "catalogue"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copy


def spoil(folder: Path, old: str, new: str, *, after: str = "") -> int:
    """Change the first `old` that follows `after`, and return the line of what was changed."""
    file = folder / "offices.yaml"
    text = file.read_text(encoding="utf-8")
    place = text.index(old, text.index(after))
    file.write_text(text[:place] + new + text[place + len(old) :], encoding="utf-8")
    return text[:place].count("\n") + 1


def of(identifier: str) -> str:
    return f"  - id: {identifier}\n"


@pytest.mark.parametrize("service", CATALOGUE.services.values(), ids=lambda service: service.id)
def test_every_service_has_a_provider_of_its_acts_region(service) -> None:
    place = {"karaganda": "35", "almaty-2": "75", "almaty-region": "19"}
    prefix = next(code for name, code in place.items() if service.act.startswith(name))
    offices = CATALOGUE.offices_of(service.id)
    assert offices
    assert {office.territory[:2] for office in offices} == {prefix}
    assert all(office.is_provider for office in offices)
    if service.provider.scope == "one":
        assert len(offices) == 1, "the act names one provider"


def test_what_the_act_gives_to_cities_and_districts_has_a_city_and_a_rural_district() -> None:
    assert len(KARAGANDA_MANY) == 17
    for service_id in KARAGANDA_MANY:
        assert [office.id for office in CATALOGUE.offices_of(service_id)] == [
            "karaganda-employment",
            "temirtau-employment",
            "bukhar-zhyrau-employment",
        ]


@pytest.mark.parametrize("office", CATALOGUE.offices.values(), ids=lambda office: office.id)
def test_no_office_can_be_a_real_one(office) -> None:
    number = Bin.parse(office.bin)
    assert number.synthetic
    assert office.bin[:2] in ("74", "75", "76")
    assert office.assumed


@pytest.mark.parametrize("service", CATALOGUE.services.values(), ids=lambda service: service.id)
def test_every_body_of_every_procedure_has_an_office(service) -> None:
    outside = (Body.CORPORATION, Body.APPLICANT)
    bodies = {
        action.body or step.body_on(channel)
        for procedure in service.procedures
        for channel in procedure.channels
        if channel is not Channel.RURAL_AKIM
        for step in procedure.path(channel)
        for action in step.acts(channel)
    }
    bodies |= {
        signer.body
        for result in service.results
        for signer in result.signers
        if set(result.channels) != {Channel.RURAL_AKIM}
    }
    offices = CATALOGUE.offices_of(service.id)
    assert offices
    for office in offices:
        for body in bodies - set(outside):
            assert CATALOGUE.body_of(office, body).body is body


@pytest.mark.parametrize(
    "service",
    [service for service in CATALOGUE.services.values() if service.opens(Channel.RURAL_AKIM)],
    ids=lambda service: service.id,
)
def test_at_an_akims_counter_every_body_has_an_office(service) -> None:
    counters = CATALOGUE.counters_of(service.id, Channel.RURAL_AKIM)
    assert counters
    for counter in counters:
        procedure = service.procedure(Channel.RURAL_AKIM)
        providers = [office for office in CATALOGUE.offices_of(service.id) if office.id in counter.serves]
        assert providers
        for provider in providers:
            for step in procedure.path(Channel.RURAL_AKIM):
                body = step.body_on(Channel.RURAL_AKIM)
                found = CATALOGUE.body_of(provider, body, counter)
                assert found.body is body
                assert found == counter or body is not Body.RURAL_AKIM


def test_a_body_is_the_provider_the_counters_akim_or_whoever_serves() -> None:
    rural = CATALOGUE.office("bukhar-zhyrau-employment")
    far, near = CATALOGUE.office("kokpekti-akim"), CATALOGUE.office("botakara-akim")
    assert CATALOGUE.body_of(rural, Body.PROVIDER, near) == rural
    assert CATALOGUE.body_of(rural, Body.RURAL_AKIM, near) == near
    assert CATALOGUE.body_of(rural, Body.RURAL_AKIM, rural) == far, "paper taken in at the provider's own counter"
    assert CATALOGUE.body_of(rural, Body.RURAL_AKIM) == far
    assert CATALOGUE.body_of(rural, Body.PRECINCT_COMMISSION).id == "bukhar-zhyrau-precinct-commission"
    with pytest.raises(NoOfficeOfBody, match="commission of bukhar-zhyrau-employment") as caught:
        CATALOGUE.body_of(rural, Body.COMMISSION)
    assert isinstance(caught.value, UnknownOffice)


@pytest.mark.parametrize(
    "district",
    [
        choice.id
        for field in CATALOGUE.service("guardianship-establishment").form
        if field.id == "district"
        for choice in field.choices
    ],
)
def test_the_akim_of_the_childs_district_signs(district: str) -> None:
    education = CATALOGUE.office("almaty-education")
    akim = CATALOGUE.body_of(education, Body.DISTRICT_AKIM, answers={"district": district, "phone": "+7"})
    assert akim.id == f"almaty-{district}-akim"


def test_the_counters_of_a_provider_are_its_offices_and_of_an_akim_where_the_act_opens_that_way() -> None:
    at = CATALOGUE.counters_of
    assert at("tsa-recipient-certificate", Channel.PROVIDER_OFFICE) == CATALOGUE.offices_of("tsa-recipient-certificate")
    akims = [office.id for office in at("tsa-recipient-certificate", Channel.RURAL_AKIM)]
    assert akims == ["kokpekti-akim", "botakara-akim"]
    assert at("unemployed-certificate", Channel.RURAL_AKIM) == ()
    assert at("tsa-recipient-certificate", Channel.PORTAL) == ()
    assert at("oralman-status-almaty", Channel.PROVIDER_OFFICE) == (), "the act knows the State Corporation alone"
    with pytest.raises(UnknownService):
        at("no-such-service", Channel.PROVIDER_OFFICE)


@pytest.mark.parametrize("service_id", ["targeted-social-assistance", "rural-social-workers-fuel-assistance"])
def test_where_a_provider_sits_the_akim_is_no_fallback(service_id: str) -> None:
    akims = [office.id for office in CATALOGUE.counters_of(service_id, Channel.RURAL_AKIM)]
    assert akims == ["kokpekti-akim"]


CORPORATION = CATALOGUE.offered(Channel.CORPORATION)
DEPARTMENTS = [office for office in CATALOGUE.offices.values() if office.body is Body.CORPORATION]


def test_sixteen_services_come_through_the_state_corporation() -> None:
    assert len(CORPORATION) == 16


@pytest.mark.parametrize("service", CORPORATION, ids=lambda service: service.id)
def test_every_provider_of_such_a_service_has_its_department(service) -> None:
    counters = CATALOGUE.counters_of(service.id, Channel.CORPORATION)
    assert {one.body for one in counters} == {Body.CORPORATION}
    for provider in CATALOGUE.offices_of(service.id):
        served_by = [one for one in counters if provider.id in one.serves]
        assert len(served_by) == 1
        assert served_by[0].region == provider.region


def test_a_department_is_no_counter_of_what_the_act_does_not_open_to_it() -> None:
    assert CATALOGUE.counters_of("oralman-status", Channel.CORPORATION) == ()
    assert CATALOGUE.counters_of("school-meals", Channel.CORPORATION) == ()


def test_the_departments_are_one_legal_entity_with_windows() -> None:
    assert len({office.bin for office in DEPARTMENTS}) == 1
    assert all(office.windows is not None and 1 <= office.windows <= 99 for office in DEPARTMENTS)
    assert all(office.windows is None for office in CATALOGUE.offices.values() if office not in DEPARTMENTS)


def test_the_corporation_in_a_case_is_the_department_that_took_it_in() -> None:
    provider = CATALOGUE.office("almaty-education")
    own, other = CATALOGUE.office("almaty-corporation"), CATALOGUE.office("talgar-corporation")
    assert CATALOGUE.body_of(provider, Body.CORPORATION) == own
    assert CATALOGUE.body_of(provider, Body.CORPORATION, other) == other


@pytest.mark.parametrize(
    ("channel", "route"), [(Channel.PORTAL, "R_ALMATY_EDU"), (Channel.CORPORATION, "R_ALMATY_EDU_RSHEP")]
)
def test_an_application_of_almaty_takes_the_way_that_its_channel_has_in_the_act(channel, route) -> None:
    path = CATALOGUE.service("guardianship-certificate").route(channel).path
    assert CATALOGUE.office("almaty-education").route_over(path) == route


@pytest.mark.parametrize("channel", [Channel.PORTAL, Channel.CORPORATION])
def test_an_office_with_one_route_has_it_for_every_way(channel) -> None:
    path = CATALOGUE.service("unemployed-certificate").route(channel).path
    assert CATALOGUE.office("temirtau-employment").route_over(path) == "R_TEMIRTAU"


@pytest.mark.parametrize(
    ("district", "office"),
    [
        ("1930401", "karaganda-employment"),
        ("1930403", "temirtau-employment"),
        ("1930210", "bukhar-zhyrau-employment"),
        ("1930405", None),
        ("1971403", None),
        ("", None),
    ],
)
def test_the_provider_is_found_by_the_registered_district(district: str, office: str | None) -> None:
    found = CATALOGUE.office_for("unemployed-certificate", district)
    assert (None if found is None else found.id) == office


@pytest.mark.parametrize(
    ("place", "office"),
    [
        ("351010000", "karaganda-employment"),
        ("354053100", "bukhar-zhyrau-employment"),
        ("354030100", "bukhar-zhyrau-employment"),
        ("352310000", "temirtau-employment"),
        ("711510000", None),
    ],
)
def test_the_provider_is_found_by_a_place_of_kato(place: str, office: str | None) -> None:
    found = CATALOGUE.office_at("unemployed-certificate", place)
    assert (None if found is None else found.id) == office


@pytest.mark.parametrize(
    ("place", "territory", "inside"),
    [
        ("354053100", "350000000", True),
        ("354053100", "354000000", True),
        ("354053100", "354053000", True),
        ("354053100", "354053100", True),
        ("354053100", "354030000", False),
        ("351010000", "354000000", False),
        ("354000000", "354053000", False),
    ],
)
def test_a_place_lies_in_the_territories_above_it(place: str, territory: str, inside: bool) -> None:
    assert lies_in(place, territory) is inside


def test_what_the_corporation_hands_over_is_received_there_and_all_else_at_the_office() -> None:
    education = CATALOGUE.office("almaty-education")
    assert {CATALOGUE.service(one).opens(Channel.PROVIDER_OFFICE) for one in education.services} == {True, False}
    for service_id in education.services:
        service = CATALOGUE.service(service_id)
        place = education.place_to_receive(service_id, HandOver.PICK_UP_NOTICE)
        has_counter = service.opens(Channel.PROVIDER_OFFICE)
        assert (place == education.pick_up_place) is has_counter, service_id
        assert ("корпорац" in place.kk) is not has_counter
        assert education.place_to_receive(service_id, HandOver.COUNTER) == education.pick_up_place


@pytest.mark.parametrize(
    ("after", "old", "new", "expected"),
    [
        ("", "- unemployed-certificate\n", "- unemployed-certificates\n", "services.0: expected a service, found"),
        (of("temirtau-employment"), '"1930403"', '"1930401"', "which is of karaganda-employment for"),
        (of("kokpekti-akim"), "[bukhar-zhyrau-employment]", "[bukhar-zhyrau]", "expected a provider's office"),
        (of("kokpekti-akim"), "[bukhar-zhyrau-employment]", "[botakara-akim]", "expected a provider's office"),
        (
            of("temirtau-precinct-commission"),
            "serves: [temirtau-employment]",
            "serves: [karaganda-employment]",
            "expected one precinct-commission for karaganda-employment",
        ),
        (of("almaty-medeu-akim"), "{district: medeu}", "{district: turkestan}", "expected a choice in a form"),
        (of("almaty-medeu-akim"), "{district: medeu}", "{district: almaly}", "which almaty-almaly-akim serves"),
        (of("temirtau-employment"), "temirtau-employment\n", "karaganda-employment\n", "expected each office once"),
        (of("talgar-corporation"), "760440000724", "750240000577", "expected a BIN of its own, found that of"),
        (
            of("talgar-corporation"),
            "760440000724",
            "760440000735",
            "expected the Corporation's one BIN, that of almaty",
        ),
        (
            of("talgar-corporation"),
            "[talgar-registry, talgar-agriculture]",
            "[talgar-registry, almaty-education]",
            "expected one corporation for almaty-education",
        ),
    ],
)
def test_offices_that_do_not_fit_together_are_named_with_their_line(
    folder: Path, after: str, old: str, new: str, expected: str
) -> None:
    line = spoil(folder, old, new, after=after)
    with pytest.raises(CatalogueFileError, match=r"offices\.yaml") as caught:
        load_catalogue(folder)
    assert expected in str(caught.value)
    assert abs(caught.value.line - line) <= 1


@pytest.mark.parametrize(
    ("after", "old", "new", "expected"),
    [
        (of("kokpekti-akim"), "    serves: [bukhar-zhyrau-employment]\n", "", "expected serves"),
        (of("kokpekti-akim"), "body: rural-akim", "body: applicant", "expected a body that works for a provider"),
        (of("kokpekti-akim"), "body: rural-akim", "body: corporation", "expected windows of a department"),
        (of("kokpekti-akim"), "    address:", "    windows: 3\n    address:", "expected windows of a department"),
        (of("talgar-corporation"), "    windows: 6\n", "", "expected windows of a department"),
        (of("talgar-corporation"), "windows: 6", "windows: 100", "less than or equal to 99"),
        (of("talgar-corporation"), "windows: 6", "windows: 0", "greater than or equal to 1"),
        (of("kokpekti-akim"), "    address:", "    route_id: R_AKIM\n    address:", "of a provider alone"),
        (of("temirtau-employment"), "    route_id: R_TEMIRTAU\n", "", "expected services and a route_id"),
        (of("temirtau-employment"), '["1930403"]', '["1930403", "1930403"]', "expected each of districts once"),
        (of("temirtau-employment"), '["1930403"]', "[temirtau]", "should match pattern"),
        (
            of("almaty-education"),
            "services: [guardianship-certificate,",
            "services: [birth-registration,",
            "of this office",
        ),
    ],
)
def test_an_office_that_is_not_what_it_says_is_refused(
    folder: Path, after: str, old: str, new: str, expected: str
) -> None:
    spoil(folder, old, new, after=after)
    with pytest.raises(CatalogueFileError) as caught:
        load_catalogue(folder)
    assert expected in str(caught.value)
    assert caught.value.file.name == "offices.yaml"


def test_two_offices_never_share_a_bin(folder: Path) -> None:
    spoil(folder, CATALOGUE.office("temirtau-employment").bin, CATALOGUE.office("karaganda-employment").bin)
    with pytest.raises(CatalogueFileError, match="expected a BIN of its own, found that of karaganda-employment"):
        load_catalogue(folder)


def test_the_offices_are_read_without_the_services() -> None:
    assert {office.id: office for office in read_offices()} == CATALOGUE.offices
