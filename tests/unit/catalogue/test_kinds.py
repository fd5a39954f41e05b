from datetime import date

import pytest

from gateway.catalogue import Channel, FormProblemCode, load_catalogue
from gateway.catalogue.kinds import (
    check_application,
    documents_of,
    fields_of,
    kind_comes_first,
    kind_of,
    kinds_on,
)

CATALOGUE = load_catalogue()
PERMIT = CATALOGUE.service("foreign-labour-permit")
PROPERTY = CATALOGUE.service("minor-property-certificates")
TODAY = date(2026, 3, 2)


def with_fields_of_one_kind():
    (pdf, *_) = PROPERTY.documents
    form = tuple(
        field.model_copy(update={"kinds": ("bank",)}) if field.id == "child_name" else field for field in PROPERTY.form
    )
    return PROPERTY.model_copy(update={"form": form, "documents": (pdf.model_copy(update={"kinds": ("bank",)}),)})


def problems(service, posted, channel=Channel.PORTAL):
    reading = check_application(service, channel, posted, today=TODAY)
    return {problem.field: problem for problem in reading.problems}


def test_a_kind_is_what_the_forms_field_says_and_nothing_else():
    assert kind_of(PROPERTY, {"addressee": " bank "}) == "bank"
    assert kind_of(PROPERTY, {"addressee": "neighbour"}) is None
    assert kind_of(PROPERTY, {}) is None
    assert kind_of(CATALOGUE.service("school-meals"), {"addressee": "bank"}) is None


def test_a_restricted_channel_has_fewer_kinds():
    assert kinds_on(PERMIT, Channel.PORTAL) == ("employer-issue", "employer-extend", "employer-reissue")
    assert kinds_on(PERMIT, Channel.PROVIDER_OFFICE) == PERMIT.kind_ids
    assert kinds_on(PROPERTY, Channel.PORTAL) == PROPERTY.kind_ids


def test_a_kind_of_another_channel_is_a_problem_that_gives_the_acts_reason():
    found = problems(PERMIT, {"service_kind": "worker-issue"})["service_kind"]
    assert found.code is FormProblemCode.KIND_CLOSED
    assert "заңды тұлғалар мен жеке кәсіпкерлерге" in found.text.kk
    assert "юридических лиц" in found.text.ru
    assert "service_kind" not in problems(PERMIT, {"service_kind": "worker-issue"}, Channel.PROVIDER_OFFICE)
    assert "service_kind" not in problems(PERMIT, {"service_kind": "employer-issue"})


@pytest.mark.parametrize(("chosen", "code"), [("", FormProblemCode.MISSING), ("x", FormProblemCode.NOT_A_CHOICE)])
def test_an_unknown_kind_and_none_are_problems_of_the_field(chosen, code):
    assert problems(PROPERTY, {"addressee": chosen})["addressee"].code is code


def test_fields_and_documents_are_asked_for_their_kinds_alone():
    service = with_fields_of_one_kind()
    assert kind_comes_first(service)
    assert not kind_comes_first(PROPERTY)
    assert "child_name" in {field.id for field in fields_of(service, "bank")}
    assert "child_name" not in {field.id for field in fields_of(service, "pension-fund")}
    assert (len(documents_of(service, "bank")), documents_of(service, "pension-fund")) == (1, ())
    assert "child_name" in problems(service, {"addressee": "bank"})
    assert "child_name" not in problems(service, {"addressee": "pension-fund"})


def test_the_copy_of_a_power_of_attorney_is_asked_of_a_representative_alone():
    service = CATALOGUE.service("unemployed-registration")
    assert [one.id for one in documents_of(service, None)][-1] == "power-of-attorney"
    alone = [one.id for one in documents_of(service, None, represented=False)]
    assert alone == ["employment-record", "education-document"]


def test_a_field_of_another_kind_is_unknown():
    found = problems(with_fields_of_one_kind(), {"addressee": "pension-fund", "child_name": "Әлихан"})
    assert found["child_name"].code is FormProblemCode.UNKNOWN_FIELD
