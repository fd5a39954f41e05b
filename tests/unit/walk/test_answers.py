"""What walks type into forms is what the catalogue asks for, whatever the service."""

from datetime import date

import pytest

from gateway.catalogue import Channel, FieldType
from gateway.catalogue.form import check_form
from gateway.catalogue.kinds import fields_of
from gateway.catalogue.result import FactKind
from gateway.exchange.form_checks import NUMBER_CHECKS
from gateway.web.dates import read_day
from simulators.population.cast import PEOPLE
from simulators.walk.answers import answers_for, catalogue, kinds_of, statement_for

PERSON = PEOPLE["applicant-karaganda"]
EVERY_KIND = [
    pytest.param(service, kind, id=f"{service.id}-{kind}" if kind else service.id)
    for service in catalogue().services.values()
    for kind in service.kind_ids or (None,)
]


def stored(service, answers):
    """What the portal keeps: the days as ISO writes them."""
    days = {field.id for field in service.form if field.type is FieldType.DATE}
    return {name: read_day(value).isoformat() if name in days else value for name, value in answers.items()}


@pytest.mark.parametrize(("service", "kind"), EVERY_KIND)
def test_the_answers_fit_the_form_of_every_service_and_kind(service, kind):
    answers = stored(service, answers_for(service.id, PERSON, kind=kind))
    reading = check_form(fields_of(service, kind), answers, today=date(2026, 1, 5), checks=NUMBER_CHECKS)
    assert reading.problems == ()
    if kind is not None:
        assert answers[service.kinds.field] == kind
    assert {field.id for field in fields_of(service, kind)} - {"email"} <= reading.values.keys()


def test_the_child_of_the_form_is_one_person():
    answers = answers_for("home-taught-disabled-children-support", PERSON)
    ward = PEOPLE["ward-almaty"]
    assert (answers["child_name"], answers["child_iin"]) == (ward.full_name_kk, str(ward.iin))
    assert answers["child_birth_date"] == f"{ward.born:%d.%m.%Y}"


def test_without_a_kind_the_first_that_the_portal_takes_is_asked_for():
    assert answers_for("foreign-labour-permit", PERSON)["service_kind"] == "employer-issue"
    local = catalogue().service("local-social-assistance")
    assert kinds_of(local, Channel.PORTAL) == ("disability", "socially-significant-disease")
    assert kinds_of(catalogue().service("school-meals"), Channel.PORTAL) == (None,)


def test_a_fact_of_every_kind_has_a_statement_that_fits():
    facts = [
        fact
        for service in catalogue().services.values()
        for result in service.results
        if result.template is not None
        for fact in result.template.facts
    ]
    assert {fact.kind for fact in facts} == set(FactKind)
    for fact in facts:
        stated = statement_for(fact)
        match fact.kind:
            case FactKind.DATE:
                assert read_day(stated)
            case FactKind.MONEY:
                assert int(stated) > 0
            case FactKind.CHOICE:
                assert stated in {choice.id for choice in fact.choices}
            case FactKind.TEXT:
                assert stated
