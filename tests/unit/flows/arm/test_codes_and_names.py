"""What may be typed at a window, and what is printed of it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue import Channel, load_catalogue
from gateway.flows.arm.entering import LONGEST_NAME, clean_name, read_typed, representation_on
from gateway.flows.arm.receipts import with_initials
from gateway.terminal.typed import storable
from tests.unit.exchange.test_form_schema import samples

CATALOGUE = load_catalogue()


@given(st.text(alphabet=st.characters(), max_size=60))
def test_what_is_stored_of_any_text_can_be_stored(text):
    kept = storable(text + "\x00\ud800")
    assert "\x00" not in kept
    assert kept.encode("utf-8").decode("utf-8") == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Сынақов   Сынақ ", "Сынақов Сынақ"),
        ("", None),
        ("123", None),
        ("Ә" * (LONGEST_NAME + 1), None),
        ("Аты\u202eөңі", None),
    ],
)
def test_a_name_is_one_that_a_document_can_print(typed, kept):
    assert clean_name(typed) == kept


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
