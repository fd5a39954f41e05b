from datetime import UTC, date, datetime

import pytest

from gateway.catalogue import Channel, load_catalogue
from gateway.flows.drafts import service_on_portal
from gateway.flows.errors import FlowCode, FlowError
from gateway.flows.steps import portal_steps
from gateway.flows.terms import result_due
from gateway.identity.numbers import Bin, Iin, check_digit

CATALOGUE = load_catalogue()
IIN = Iin("88010110012" + (check_digit("88010110012") or ""))
BIN = Bin("74054000021" + (check_digit("74054000021") or ""))
WORKED = [service for service in CATALOGUE.services.values() if CATALOGUE.offers(service.id, Channel.PORTAL)]


class Opened:
    """A catalogue in which every service of the portal has an office."""

    services = CATALOGUE.services

    def offers(self, service_id, channel):
        return any(entry.channel is channel for entry in self.services[service_id].channels)


@pytest.mark.parametrize("service", WORKED, ids=lambda service: service.id)
def test_the_steps_of_every_offered_service_are_read_off_its_flow(service):
    steps = portal_steps(service, next(iter(service.kind_ids), None))
    numbered = [f"{step.kind} {step.number}" for step in (steps.form, steps.certificate, steps.not_confirmed)]
    assert numbered == ["process 3", "condition 2", "process 4"]
    assert [steps.sending.number, steps.registration.number, steps.examination.number] == [5, 6, 3]
    assert [steps.refusal.number, steps.result.number] == [7, 8]
    assert steps.examination.ground
    assert steps.result.hand_over


def test_other_numbers_of_an_act_are_other_numbers_here():
    service = CATALOGUE.service("school-meals")
    (flow,) = service.flows

    def moved(ref):
        return None if ref is None else ref._replace(number=ref.number + 1)

    steps = tuple(
        step.model_copy(
            update={"number": step.number + 1, "on_fail": moved(step.on_fail), "on_pass": moved(step.on_pass)}
        )
        for step in flow.steps
    )
    renumbered = service.model_copy(update={"flows": (flow.model_copy(update={"steps": steps}),)})
    found = portal_steps(renumbered, None)
    assert [found.form.number, found.registration.number, found.examination.number, found.result.number] == [4, 7, 4, 9]


@pytest.mark.parametrize("service_id", ["birth-registration", "foreign-labour-permit", "wheelchair-documents"])
def test_a_list_of_actions_and_no_list_at_all_are_not_worked_as_the_portals_flow(service_id):
    service = CATALOGUE.service(service_id)
    with pytest.raises(FlowError) as refused:
        portal_steps(service, next(iter(service.kind_ids), None))
    assert refused.value.code is FlowCode.SERVICE_NOT_HERE


def test_who_may_not_apply_is_told_who_may():
    with pytest.raises(FlowError) as refused:
        service_on_portal(Opened(), "school-meals", BIN)
    assert refused.value.code is FlowCode.NOT_AN_APPLICANT
    assert refused.value.text.kk == "Бұл қызметті тек жеке тұлғалар ала алады."
    assert refused.value.text.ru == "Эту услугу могут получить только физические лица."


def test_a_legal_entity_and_an_entrepreneur_by_iin_may_ask_for_what_the_act_opens_to_them():
    for number in (BIN, IIN):
        assert service_on_portal(Opened(), "foreign-labour-permit", number).id == "foreign-labour-permit"


def test_a_channel_for_legal_entities_alone_is_closed_to_an_account_by_iin():
    service = CATALOGUE.service("foreign-labour-permit")
    channels = tuple(
        entry.model_copy(update={"only": entry.only.model_copy(update={"applicants": entry.only.applicants[:1]})})
        if entry.only
        else entry
        for entry in service.channels
    )
    opened = Opened()
    opened.services = {service.id: service.model_copy(update={"channels": channels})}
    assert service_on_portal(opened, service.id, BIN)
    with pytest.raises(FlowError) as refused:
        service_on_portal(opened, service.id, IIN)
    assert refused.value.text.en == "Only legal entities may apply for it."


def test_a_term_of_one_kind_is_that_kinds_alone():
    service = CATALOGUE.service("foreign-labour-permit")
    office = next(iter(CATALOGUE.offices.values()))
    monday = datetime(2026, 3, 2, 5, tzinfo=UTC)
    due = [
        result_due(CATALOGUE, service, office, monday, kind=kind)
        for kind in ("employer-extend", "employer-reissue", "employer-issue")
    ]
    assert due[0].date() == due[1].date() == date(2026, 3, 10)
    assert due[2] != due[0]
