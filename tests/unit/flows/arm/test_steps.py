"""Which step of each act's flow is which at a window, read off the flow; no number stands in the code."""

import pytest

from gateway.catalogue import Channel, Party, load_catalogue
from gateway.exchange.acceptance import SentBy
from gateway.flows.arm.steps import arm_media, arm_steps

CATALOGUE = load_catalogue()
THROUGH = [one for one in CATALOGUE.services.values() if one.opens(Channel.CORPORATION)]
NINE = [one for one in THROUGH if any(flow.variant for flow in one.flows if flow.channel is Channel.CORPORATION)]
WITHOUT = [one for one in THROUGH if not any(flow.channel is Channel.CORPORATION for flow in one.flows)]
LISTS = "oralman-status-almaty"


def named(step):
    return None if step is None else str(step.ref)


def test_nine_services_have_a_numbered_flow_and_seven_have_none():
    assert (len(THROUGH), len(NINE), len(WITHOUT)) == (16, 8, 7)


@pytest.mark.parametrize("service", NINE, ids=[one.id for one in NINE])
def test_the_steps_of_nine_processes_are_told_apart(service):
    steps = arm_steps(service, None)
    assert (steps.intake, steps.sent) == ("corporation", "corporation")
    assert [named(one) for one in steps.opening] == ["process 1"]
    told = (steps.entering, steps.query, steps.no_data, steps.signing, steps.handing_over)
    assert [named(one) for one in told] == [f"process {number}" for number in (2, 3, 4, 5, 9)]
    assert [named(one) for one in steps.sending] == ["process 6"]
    assert steps.receipt is None
    assert steps.asks


@pytest.mark.parametrize("service", NINE, ids=[one.id for one in NINE])
def test_one_act_has_lost_condition_1_and_the_others_go_by_it(service):
    steps = arm_steps(service, None)
    assert named(steps.state_data) == (None if service.id == "guardian-allowance" else "condition 1")
    if steps.state_data is not None:
        assert steps.state_data.on_fail == steps.no_data.ref
        assert steps.state_data.on_pass == steps.signing.ref


def test_the_first_of_two_lists_ends_with_the_receipt_and_the_second_with_the_hand_over():
    steps = arm_steps(CATALOGUE.service(LISTS), None)
    assert (steps.intake, steps.sent) == ("corporation-intake", "corporation-result")
    assert [named(one) for one in steps.opening] == ["process 1", "process 2"]
    assert (named(steps.entering), named(steps.receipt)) == ("process 3", "process 4")
    assert [named(one) for one in steps.sending] == ["process 1", "process 2"]
    assert named(steps.handing_over) == "process 5"
    assert not steps.asks
    assert steps.handing_over.party is Party.CHANNELS


@pytest.mark.parametrize("service", WITHOUT, ids=[one.id for one in WITHOUT])
def test_where_the_act_numbers_nothing_nothing_is_invented(service):
    steps = arm_steps(service, None)
    assert not steps.asks
    assert steps.opening == steps.sending == ()
    assert (steps.entering, steps.signing, steps.receipt, steps.handing_over) == (None, None, None, None)


@pytest.mark.parametrize("service", THROUGH, ids=[one.id for one in THROUGH])
def test_documents_go_as_process_6_says(service):
    expected = (SentBy.COURIER,)
    if service in NINE:
        by_courier_too = "курьер" in arm_steps(service, None).sending[0].text.kk
        expected = (SentBy.ELECTRONIC, SentBy.COURIER) if by_courier_too else (SentBy.ELECTRONIC,)
    assert arm_media(service) == expected
