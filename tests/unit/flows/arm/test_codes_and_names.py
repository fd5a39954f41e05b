"""What may be typed at a window, and what is printed of it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue import ApplicantKind, Channel, load_catalogue
from gateway.flows.arm.entering import read_typed, representation_on
from gateway.flows.arm.receipts import with_initials
from gateway.results.names import NameOf, name_text
from gateway.terminal.typed import storable
from tests.unit.exchange.test_form_schema import samples

CATALOGUE = load_catalogue()


@given(st.text(alphabet=st.characters(), max_size=60))
def test_what_is_stored_of_any_text_can_be_stored(text):
    kept = storable(text + "\x00\ud800")
    assert "\x00" not in kept
    assert kept.encode("utf-8").decode("utf-8") == kept


@pytest.mark.parametrize(
    ("name", "told"),
    [("Сынақов Сынақ Сынақұлы", "Сынақов С. С."), ("Ким Ён", "Ким Ё."), ("Әли", "Әли")],
)
def test_the_receipt_names_surname_and_initials(name, told):
    assert with_initials(name) == told


KEYS = (
    "a",
    "applicant_number",
    "representative",
    "representative_number",
    "power_kind",
    "power_date",
    "office",
    "phone",
)


@given(st.dictionaries(st.sampled_from(KEYS), st.text(max_size=30) | st.sampled_from(["yes", "notarised"])))
def test_nothing_that_is_typed_breaks_the_reading(typed):
    service = CATALOGUE.service("unemployed-certificate")
    offices = CATALOGUE.offices_of(service.id)
    reading = read_typed(service, typed, offices, now=datetime(2026, 3, 2, tzinfo=UTC), consented=False)
    assert reading.problems


ONE_DAY = datetime(2026, 3, 2, tzinfo=UTC)


def said_of(field, service_id="unemployed-certificate", **typed):
    service = CATALOGUE.service(service_id)
    offices = CATALOGUE.offices_of(service.id)
    problems = read_typed(service, typed, offices, now=ONE_DAY, consented=True).problems
    return [one.text for one in problems if one.field == field]


@pytest.mark.parametrize("name", ["x1", "Серс 5", ""])
@pytest.mark.parametrize("number", ["850101100121", ""])
def test_a_persons_name_with_digits_is_refused_in_words_for_persons(name, number):
    said = said_of("applicant_name", applicant_number=number, applicant_name=name)
    assert said == [name_text(NameOf.PERSON)]


def test_a_representative_is_a_person():
    said = said_of("representative_name", representative="yes", representative_name="Серс 5")
    assert said == [name_text(NameOf.PERSON)]


@pytest.mark.parametrize("service_id", ["unemployed-certificate", "birth-registration"])
def test_where_only_persons_apply_an_iin_alone_is_asked_for(service_id):
    (said,) = said_of("applicant_number", service_id)
    assert (said.en, "БСН" in said.kk, "БИН" in said.ru) == ("Enter the applicant's IIN.", False, False)


@pytest.mark.parametrize(
    ("kinds", "number", "name"),
    [
        ((ApplicantKind.LEGAL_ENTITY,), "Enter the applicant's BIN.", NameOf.ORGANISATION),
        ((ApplicantKind.LEGAL_ENTITY, ApplicantKind.ENTREPRENEUR), "Enter the applicant's IIN or BIN.", NameOf.ANYBODY),
    ],
)
def test_where_organisations_apply_their_number_and_their_name_are_asked_for(kinds, number, name):
    service = CATALOGUE.service("unemployed-certificate")
    applicants = service.applicants.model_copy(update={"kinds": kinds})
    own = service.model_copy(update={"applicants": applicants})
    found = read_typed(own, {}, CATALOGUE.offices_of(service.id), now=ONE_DAY, consented=True).problems
    said = {one.field: one.text for one in found}
    assert said["applicant_number"].en == number
    assert said["applicant_name"] == name_text(name)


def test_the_only_provider_need_not_be_chosen():
    service = CATALOGUE.service("unemployed-certificate")
    office = CATALOGUE.offices_of(service.id)[0]
    typed = {**samples(service, None), "applicant_number": "850101100121", "applicant_name": "Әсел"}
    now = datetime(2026, 3, 2, tzinfo=UTC)
    assert read_typed(service, typed, (office,), now=now, consented=True).office == office.id
    several = read_typed(service, typed, CATALOGUE.offices_of(service.id), now=now, consented=True)
    assert [one.field for one in several.problems] == ["office"]


def test_the_rules_of_representation_are_the_acts():
    rules = {
        one.id: representation_on(one).value for one in CATALOGUE.services.values() if one.opens(Channel.CORPORATION)
    }
    assert rules["unemployed-certificate"] == "notarised-data"
    assert rules["guardian-allowance"] == "notarised"
    assert rules["child-allowance-under-18"] == "any"
    assert rules["semey-nuclear-test-victims"] == "none"
