"""The oracle of walks is held against the acts themselves: what it expects is written out here by hand."""

import pytest

from gateway.catalogue import Channel, Outcome
from simulators.walk.answers import catalogue, kinds_of
from simulators.walk.decision import Decision
from simulators.walk.law import (
    expected_acts,
    expected_procedure,
    expected_receipts,
    expected_steps,
    late_steps,
    walked_procedure,
    walked_steps,
)
from simulators.walk.plan import CHANNELS, pairs

PORTAL, OFFICE, AKIM, WINDOW = CHANNELS
BEFORE_3 = [
    "process 1 done",
    "condition 1 passed",
    "process 3 done",
    "condition 2 passed",
    "process 5 done",
    "process 6 done",
]
GOOD = [*BEFORE_3, "condition 3 passed", "process 8 done"]
ACTIONS = {
    ("birth-registration", "registration"): 3,
    ("birth-registration", "changes"): 3,
    ("foreign-labour-permit", "employer-issue"): 7,
    ("foreign-labour-permit", "employer-extend"): 4,
    ("foreign-labour-permit", "employer-reissue"): 4,
}
"""The portal's flows that are lists of actions without conditions, with the length of each."""
STEPS = {
    "birth-registration": 5,
    "child-allowance-under-18": {OFFICE: [1, 2, 3, 4, 6, 7, 8], AKIM: 9, WINDOW: 9},
    "guardian-allowance": 4,
    "guardianship-certificate": 4,
    "guardianship-establishment": 4,
    "minor-property-certificates": 4,
    "minor-transaction-certificate": 4,
    "oralman-status": 4,
    "rural-social-workers-fuel-assistance": {OFFICE: [1, 2, 3, 5, 6], AKIM: [1, 2, 4, 3, 5, 6], WINDOW: 7},
    "home-taught-disabled-children-support": {OFFICE: 5, PORTAL: 5, WINDOW: 7},
    "oralman-status-almaty": 4,
    "rural-specialists-support": 5,
    "school-meals": 4,
    "semey-nuclear-test-victims": {OFFICE: 5, WINDOW: 7},
    "targeted-social-assistance": {OFFICE: [1, 2, 3, 4, 6, 7, 8], AKIM: 9, WINDOW: 9},
    "tsa-recipient-certificate": {OFFICE: 5, AKIM: 5, WINDOW: 7},
    "unemployed-certificate": {OFFICE: 5, PORTAL: 5, WINDOW: 7},
    "unemployed-registration": {OFFICE: 5, PORTAL: 5, WINDOW: 7},
}
"""How many steps the procedures have, or which, where it is not what is usual in the act; permits stand below."""
BY_ACT = {"karaganda-2014-34-05": 5, "almaty-2015-4-594": 3}
"""What is usual: five steps in Karaganda, three in Almaty."""
EVERY = [
    pytest.param(service, channel, kind, id=" ".join(part for part in (service.id, channel, kind) if part))
    for service, channel in pairs(catalogue())
    for kind in kinds_of(service, channel)
]
VARIANT = [one for one in EVERY if one.values[1] is PORTAL and (one.values[0].id, one.values[2]) not in ACTIONS]


def usual(service, channel, kind=None, **more):
    return Decision(service.result(Outcome.ISSUED, channel, kind or kinds_of(service, channel)[0]), **more)


def refused(service, channel, kind=None, **more):
    result = service.result(Outcome.REFUSED, channel, kind)
    return Decision(result, result.grounds[0], **more)


def event(words, flow="portal", **facts):
    kind, number, outcome = words.split()
    return {"flow": flow, "kind": kind, "number": int(number), "outcome": outcome, "facts": facts}


def trail(*steps):
    return [event(step) for step in steps]


@pytest.mark.parametrize(("service", "channel", "kind"), VARIANT)
@pytest.mark.parametrize(
    ("failing", "steps"),
    [
        (None, GOOD),
        (1, ["process 1 done", "condition 1 failed", "process 2 done"]),
        (2, ["process 1 done", "condition 1 passed", "process 3 done", "condition 2 failed", "process 4 done"]),
        (3, [*BEFORE_3, "condition 3 failed", "process 7 done"]),
    ],
)
def test_the_steps_of_every_service_of_the_two_variants_and_of_each_refusal(service, channel, kind, failing, steps):
    decision = usual(service, channel, kind)
    assert expected_steps(service, channel, kind, failing=failing, decision=decision) == steps


def test_a_flow_of_actions_is_walked_from_the_first_to_the_last():
    for (name, kind), length in ACTIONS.items():
        service = catalogue().service(name)
        told = expected_steps(service, PORTAL, kind, decision=usual(service, PORTAL, kind))
        assert told == [f"action {number} done" for number in range(1, length + 1)]


def test_after_an_adverse_decision_nobody_is_told_that_documents_are_awaited():
    service = catalogue().service("foreign-labour-permit")
    against = refused(service, PORTAL, "employer-issue", favourable=False)
    told = expected_steps(service, PORTAL, "employer-issue", decision=against)
    assert told == [f"action {number} done" for number in (1, 2, 3, 4, 5, 7)]
    against = refused(service, PORTAL, "employer-extend", favourable=False)
    assert len(expected_steps(service, PORTAL, "employer-extend", decision=against)) == 4


def test_papers_have_no_flow_of_the_act():
    service = catalogue().service("unemployed-certificate")
    assert expected_steps(service, OFFICE, None, decision=usual(service, OFFICE)) == []


@pytest.mark.parametrize(
    ("service", "channel", "kind"), [one for one in EVERY if one.values[0].id != "foreign-labour-permit"]
)
def test_the_steps_of_the_procedure_of_every_pair(service, channel, kind):
    said = STEPS.get(service.id, BY_ACT.get(service.act))
    numbers = said.get(channel) if isinstance(said, dict) else said
    numbers = range(1, numbers + 1) if isinstance(numbers, int) else numbers
    whole = [f"procedure {number} done" for number in numbers]
    assert expected_procedure(service, channel, kind, usual(service, channel, kind)) == whole
    assert expected_procedure(service, channel, kind, None) == []


PERMIT = {
    "employer-issue": ["1 done", "2 done", "3 done", "4 done", "5 done", "6 done", "1 passed", "7 done"],
    "employer-extend": ["1 done", "2 done", "3 done", "4 done"],
    "employer-reissue": ["1 done", "2 done", "3 done", "4 done"],
    "worker-issue": ["1 done", "2 done", "3 done", "4 done"],
    "worker-extend": ["1 done", "2 done", "3 done", "4 done"],
    "worker-reissue": ["1 done", "2 done", "3 done", "4 done"],
}
"""Karaganda act, lines 3622-3648, 3709-3721, 3761-3778; the condition stands between actions 6 and 7."""


@pytest.mark.parametrize(("kind", "steps"), PERMIT.items())
def test_the_procedures_of_the_permit_for_foreign_labour(kind, steps):
    service = catalogue().service("foreign-labour-permit")
    told = expected_procedure(service, OFFICE, kind, usual(service, OFFICE, kind))
    assert told == [f"procedure {step}" for step in steps]


def test_who_brings_nothing_fails_the_condition_and_the_case_is_cancelled():
    service = catalogue().service("foreign-labour-permit")
    cancelled = Decision(service.result(Outcome.CANCELLED, OFFICE, "employer-issue"), submitted=False)
    for channel in (OFFICE, PORTAL):
        told = expected_procedure(service, channel, "employer-issue", cancelled)
        assert told[-2:] == ["procedure 1 failed", "procedure 7 done"]
        assert not any(act.startswith("submit") for act in expected_acts(service, channel, "employer-issue", cancelled))


def test_a_decision_against_the_applicant_goes_straight_to_the_refusal():
    service = catalogue().service("foreign-labour-permit")
    against = refused(service, OFFICE, "employer-issue", favourable=False)
    told = expected_procedure(service, OFFICE, "employer-issue", against)
    assert told == [f"procedure {number} done" for number in (1, 2, 3, 4, 5, 7)]
    acts = expected_acts(service, OFFICE, "worker-issue", refused(service, OFFICE, "worker-issue", favourable=False))
    assert acts[2:4] == ["decide head@provider", "draft executor@provider"]


ACTS = {
    ("child-allowance-under-18", AKIM): [
        "register clerk@rural-akim",
        "resolve head@rural-akim",
        "check-documents executor@rural-akim",
        "forward executor@rural-akim",
        "conclude commission@precinct-commission",
        "forward executor@rural-akim",
        "draft executor@provider",
        "sign head@provider",
        "forward clerk@provider",
        "hand-over executor@rural-akim",
    ],
    ("child-allowance-under-18", OFFICE): [
        "register clerk@provider",
        "resolve head@provider",
        "check-documents executor@provider",
        "forward executor@provider",
        "conclude commission@precinct-commission",
        "draft executor@provider",
        "sign head@provider",
        "hand-over clerk@provider",
    ],
    ("tsa-recipient-certificate", AKIM): [
        "register clerk@rural-akim",
        "resolve head@rural-akim",
        "check-documents executor@rural-akim",
        "draft executor@rural-akim",
        "sign head@rural-akim",
        "hand-over clerk@rural-akim",
    ],
    ("rural-social-workers-fuel-assistance", AKIM): [
        "register clerk@rural-akim",
        "resolve head@rural-akim",
        "check-documents executor@rural-akim",
        "forward head@rural-akim",
        "check-documents executor@provider",
        "draft executor@provider",
        "sign head@provider",
        "hand-over clerk@provider",
    ],
    ("local-social-assistance", AKIM): [
        "register clerk@rural-akim",
        "resolve head@rural-akim",
        "check-documents executor@rural-akim",
        "forward executor@rural-akim",
        "check-documents executor@provider",
        "draft executor@provider",
        "sign head@provider",
        "hand-over clerk@provider",
    ],
    ("oralman-status", OFFICE): [
        "register executor@provider",
        "check-documents executor@provider",
        "record executor@provider",
        "draft executor@provider",
        "sign head@provider",
        "hand-over executor@provider",
    ],
    ("semey-nuclear-test-victims", OFFICE): [
        "register clerk@provider",
        "resolve head@provider",
        "check-documents executor@provider",
        "draft executor@provider",
        "sign head@provider",
        "send-file executor@provider",
        "hand-over clerk@provider",
    ],
    ("guardianship-establishment", PORTAL): [
        "register clerk@provider",
        "resolve head@provider",
        "check-documents executor@provider",
        "draft executor@provider",
        "sign head@district-akim",
        "hand-over executor@provider",
    ],
}


@pytest.mark.parametrize(("pair", "acts"), ACTS.items(), ids=" ".join)
def test_who_does_what_at_which_body(pair, acts):
    service, channel = catalogue().service(pair[0]), pair[1]
    kind = kinds_of(service, channel)[0]
    assert expected_acts(service, channel, kind, usual(service, channel, kind)) == acts


def test_the_specialist_signs_the_electronic_permit_before_the_head():
    service = catalogue().service("foreign-labour-permit")
    signed = {
        channel: [act for act in expected_acts(service, channel, "employer-issue", usual(service, channel))
                  if act.startswith("sign")]
        for channel in (PORTAL, OFFICE)
    }  # fmt: skip
    assert signed == {PORTAL: ["sign executor@provider", "sign head@provider"], OFFICE: ["sign head@provider"]}


def test_what_the_applicant_brings_is_recorded_at_a_counter_and_sent_on_the_portal():
    service = catalogue().service("foreign-labour-permit")
    acts = {one: expected_acts(service, one, "employer-issue", usual(service, one)) for one in (PORTAL, OFFICE)}
    assert "submit executor@provider" in acts[OFFICE]
    assert not any(act.startswith("submit") for act in acts[PORTAL])


def test_a_refusal_of_the_order_is_signed_at_the_provider():
    service = catalogue().service("guardianship-establishment")
    assert "sign head@provider" in expected_acts(service, PORTAL, None, refused(service, PORTAL))


def test_who_is_refused_has_no_file_for_the_body_that_pays():
    service = catalogue().service("semey-nuclear-test-victims")
    acts = expected_acts(service, OFFICE, "recognition", refused(service, OFFICE, "recognition"))
    assert acts[-2:] == ["sign head@provider", "hand-over clerk@provider"]
    assert len(expected_procedure(service, OFFICE, "recognition", refused(service, OFFICE, "recognition"))) == 5


@pytest.mark.parametrize(
    ("service", "channel", "kinds"),
    [
        ("unemployed-certificate", OFFICE, ["receipt"]),
        ("tsa-recipient-certificate", AKIM, ["coupon"]),
        ("foreign-labour-permit", OFFICE, []),
        ("guardianship-establishment", OFFICE, ["receipt"]),
        ("unemployed-registration", Channel.CORPORATION, ["receipt"]),
    ],
)
def test_what_a_counter_gives_for_papers_that_are_taken_in(service, channel, kinds):
    assert [one.kind for one in expected_receipts(catalogue().service(service), channel)] == kinds


def test_a_condition_that_waited_or_was_judged_again_stands_once_as_it_ended():
    walked = trail(
        "process 3 done",
        "condition 2 passed",
        "condition 2 undetermined",
        "condition 2 undetermined",
        "condition 2 passed",
        "process 5 done",
    )
    assert walked_steps(walked, "portal") == ["process 3 done", "condition 2 passed", "process 5 done"]


def test_notes_steps_of_the_procedure_and_other_flows_are_no_steps_of_the_portals_flow():
    walked = [event("note 0 done"), event("procedure 1 done"), event("process 1 done", flow="akimat")]
    assert walked_steps(walked, "portal") == []
    assert walked_procedure(walked) == ["procedure 1 done"]


def test_a_condition_that_never_came_to_an_end_or_passed_after_it_failed_stays_visible():
    for steps in (["condition 3 undetermined", "process 8 done"], ["condition 2 failed", "condition 2 passed"]):
        assert walked_steps(trail(*steps), "portal") == steps


def test_a_step_of_the_corporation_that_joins_two_acts_is_one_step_and_the_same_act_twice_is_not():
    walked = [
        event("procedure 1 done", verb="accept"),
        event("procedure 1 done", verb="dispatch"),
        event("procedure 2 done"),
    ]
    assert walked_procedure(walked) == ["procedure 1 done", "procedure 2 done"]
    assert walked_procedure([walked[0], walked[0]]) == ["procedure 1 done", "procedure 1 done"]
    assert walked_procedure([walked[2], walked[2]]) == ["procedure 2 done", "procedure 2 done"]


def test_a_step_that_was_done_after_its_term_is_told():
    walked = [event("procedure 1 done", late=False), event("procedure 2 done", late=True), event("note 0 done")]
    assert late_steps(walked) == ["procedure 2"]
