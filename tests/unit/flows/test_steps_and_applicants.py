from datetime import UTC, date, datetime

import pytest

from gateway.catalogue import Channel, load_catalogue
from gateway.catalogue.terms import Party
from gateway.flows.drafts import service_on_portal
from gateway.flows.errors import FlowCode, FlowError
from gateway.flows.steps import numbers_sign_in, portal_steps
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


LISTS = {"birth-registration", "foreign-labour-permit"}
"""The services whose flows are plain lists of actions."""


@pytest.mark.parametrize("service", [one for one in WORKED if one.id not in LISTS], ids=lambda service: service.id)
def test_the_steps_of_every_offered_service_are_read_off_its_flow(service):
    steps = portal_steps(service, next(iter(service.kind_ids), None))
    numbered = [f"{step.kind} {step.number}" for step in (steps.form, steps.certificate, steps.not_confirmed)]
    assert numbered == ["process 3", "condition 2", "process 4"]
    assert [steps.sending.number, steps.registration.number, steps.examination.number] == [5, 6, 3]
    assert [steps.refusal.number, steps.result.number] == [7, 8]
    assert steps.examination.ground
    assert steps.result.hand_over
    assert not steps.are_actions
    assert steps.before == ()
    assert numbers_sign_in(service)


@pytest.mark.parametrize(
    ("service_id", "kind", "before", "numbers"),
    [
        ("foreign-labour-permit", "employer-issue", [1, 2], (3, 4, 5, 7)),
        ("foreign-labour-permit", "employer-extend", [], (1, 2, 3, 4)),
        ("foreign-labour-permit", "employer-reissue", [], (1, 2, 3, 4)),
        ("birth-registration", "registration", [], (1, 1, 2, 3)),
    ],
)
def test_a_list_of_actions_has_its_form_and_its_sending_and_no_condition(service_id, kind, before, numbers):
    service = CATALOGUE.service(service_id)
    steps = portal_steps(service, kind)
    assert [step.number for step in steps.before] == before
    found = (steps.form, steps.sending, steps.registration, steps.result)
    assert tuple(step.number for step in found) == numbers
    assert (steps.certificate, steps.not_confirmed, steps.examination, steps.refusal) == (None, None, None, None)
    assert steps.are_actions
    assert steps.flow == service.flow(Channel.PORTAL, kind).id
    assert not numbers_sign_in(service)


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


@pytest.mark.parametrize(
    ("service_id", "kind"), [("wheelchair-documents", None), ("foreign-labour-permit", "worker-issue")]
)
def test_what_the_act_gives_no_flow_on_the_portal_is_not_worked_there(service_id, kind):
    with pytest.raises(FlowError) as refused:
        portal_steps(CATALOGUE.service(service_id), kind)
    assert refused.value.code is FlowCode.SERVICE_NOT_HERE


@pytest.mark.parametrize("lost", [Party.CHANNELS, Party.DESK])
def test_a_list_that_one_side_has_no_action_of_is_not_worked(lost):
    service = CATALOGUE.service("birth-registration")
    (flow,) = [flow for flow in service.flows if flow.channel is Channel.PORTAL]
    steps = tuple(step for step in flow.steps if step.party is not lost)
    broken = service.model_copy(update={"flows": (flow.model_copy(update={"steps": steps}),)})
    with pytest.raises(FlowError) as refused:
        portal_steps(broken, "registration")
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
