"""The oracle of walks is held against the acts themselves: what it expects is written out here by hand."""

import pytest

from gateway.catalogue import Channel
from simulators.walk.answers import catalogue, portal_kinds
from simulators.walk.law import expected_procedure, expected_steps, walked_procedure, walked_steps
from simulators.walk.officials import Decision
from simulators.walk.report import WalkReport

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
STEPS = {"karaganda-2014-34-05": 5, "guardianship-establishment": 4} | dict.fromkeys(
    (
        "guardianship-certificate",
        "minor-property-certificates",
        "minor-transaction-certificate",
        "school-meals",
        "guardian-allowance",
    ),
    4,
)
"""The steps inside the provider: five in the services of Karaganda, four or three in those of Almaty."""
PORTAL = [
    pytest.param(service, kind, id=f"{service.id}-{kind}" if kind else service.id)
    for service in catalogue().services.values()
    if any(entry.channel is Channel.PORTAL for entry in service.channels)
    for kind in portal_kinds(service)
]
VARIANT = [one for one in PORTAL if (one.values[0].id, one.values[1]) not in ACTIONS]


def event(words, flow="portal"):
    kind, number, outcome = words.split()
    return {"flow": flow, "kind": kind, "number": int(number), "outcome": outcome}


def trail(*steps):
    return [event(step) for step in steps]


@pytest.mark.parametrize(("service", "kind"), VARIANT)
@pytest.mark.parametrize(
    ("failing", "steps"),
    [
        (None, GOOD),
        (1, ["process 1 done", "condition 1 failed", "process 2 done"]),
        (2, ["process 1 done", "condition 1 passed", "process 3 done", "condition 2 failed", "process 4 done"]),
        (3, [*BEFORE_3, "condition 3 failed", "process 7 done"]),
    ],
)
def test_the_steps_of_every_service_of_the_two_variants_and_of_each_refusal(service, kind, failing, steps):
    assert expected_steps(service.flow(Channel.PORTAL, kind), failing=failing) == steps


def test_a_flow_of_actions_is_walked_from_the_first_to_the_last():
    for (service, kind), length in ACTIONS.items():
        flow = catalogue().service(service).flow(Channel.PORTAL, kind)
        assert expected_steps(flow, failing=None) == [f"action {number} done" for number in range(1, length + 1)]


@pytest.mark.parametrize(("service", "kind"), VARIANT)
def test_the_procedure_is_walked_when_the_application_reaches_the_provider(service, kind):
    length = STEPS.get(service.id, STEPS.get(service.act, 3))
    whole = [f"procedure {number} done" for number in range(1, length + 1)]
    assert expected_procedure(service, Channel.PORTAL, kind, failing=None) == whole
    assert expected_procedure(service, Channel.PORTAL, kind, failing=3) == whole
    assert expected_procedure(service, Channel.PORTAL, kind, failing=2) == []
    assert expected_procedure(service, Channel.PORTAL, kind, failing=1) == []


def test_the_procedure_is_that_of_the_channel_in_its_order():
    service = catalogue().service("rural-social-workers-fuel-assistance")
    told = {
        channel: expected_procedure(service, channel, None, failing=None)
        for channel in (Channel.PROVIDER_OFFICE, Channel.RURAL_AKIM)
    }
    assert told == {
        Channel.PROVIDER_OFFICE: [f"procedure {number} done" for number in (1, 2, 3, 5, 6)],
        Channel.RURAL_AKIM: [f"procedure {number} done" for number in (1, 2, 4, 3, 5, 6)],
    }


def test_a_condition_that_waited_or_was_judged_again_stands_once_as_it_ended():
    assert walked_steps(
        trail(
            "process 3 done",
            "condition 2 passed",
            "condition 2 undetermined",
            "condition 2 undetermined",
            "condition 2 passed",
            "process 5 done",
        )
    ) == ["process 3 done", "condition 2 passed", "process 5 done"]


def test_notes_steps_of_the_procedure_and_other_flows_are_no_steps_of_the_portals_flow():
    walked = [event("note 0 done"), event("procedure 1 done"), event("process 1 done", flow="akimat")]
    assert walked_steps(walked) == []
    assert walked_procedure(walked) == ["procedure 1 done"]


def test_a_condition_that_never_came_to_an_end_stays_visible():
    assert walked_steps(trail("condition 3 undetermined", "process 8 done")) == [
        "condition 3 undetermined",
        "process 8 done",
    ]


def test_a_condition_that_passes_after_it_failed_stays_visible():
    assert walked_steps(trail("condition 2 failed", "condition 2 passed")) == [
        "condition 2 failed",
        "condition 2 passed",
    ]


CERTIFICATE = Decision.issue("unemployed-certificate")
REFUSAL = Decision(catalogue().service("unemployed-certificate").results[1], "applicant-not-in-registry")


def document(title="Бас тарту", ground=None):
    return {"title": {"kk": title}, "ground": ground}


def report(steps, *, procedure=5, verdict="valid", failing=None, decision=CERTIFICATE, says=None):
    law = catalogue().service("unemployed-certificate")
    events = trail(*steps[:-1], *(f"procedure {n} done" for n in range(1, procedure + 1)), *steps[-1:])
    says = says or document(decision.result.title.kk, decision.ground)
    return WalkReport(
        service=law.id,
        kind=None,
        way=None,
        application="71000000000001",
        state="issued",
        trail=events,
        expected=expected_steps(law.flow(Channel.PORTAL), failing=failing),
        expected_procedure=expected_procedure(law, Channel.PORTAL, None, failing=failing),
        verification=None if verdict is None else {"verdict": verdict, "document": says},
        decision=decision,
    )


def test_a_good_walk_matches():
    assert report(GOOD).matches


@pytest.mark.parametrize("lost", range(len(GOOD)))
def test_a_trail_that_lacks_a_step_does_not_match(lost):
    assert not report(GOOD[:lost] + GOOD[lost + 1 :]).matches


@pytest.mark.parametrize("place", [place for place, step in enumerate(GOOD) if step.startswith("process")])
def test_a_trail_with_a_process_done_twice_does_not_match(place):
    assert not report([*GOOD[: place + 1], *GOOD[place:]]).matches


@pytest.mark.parametrize("place", range(len(GOOD)))
def test_a_trail_with_another_outcome_does_not_match(place):
    kind, number, _ = GOOD[place].split()
    assert not report([*GOOD[:place], f"{kind} {number} failed", *GOOD[place + 1 :]]).matches


@pytest.mark.parametrize("place", range(len(GOOD) - 1))
def test_a_trail_in_another_order_does_not_match(place):
    assert not report([*GOOD[:place], GOOD[place + 1], GOOD[place], *GOOD[place + 2 :]]).matches


def test_a_trail_that_ends_in_another_refusal_does_not_match():
    refused = [*BEFORE_3, "condition 3 failed", "process 7 done"]
    assert not report(refused, decision=REFUSAL).matches
    assert report(refused, failing=3, decision=REFUSAL).matches


def test_a_trail_that_lacks_a_step_inside_the_provider_does_not_match():
    assert not report(GOOD, procedure=4).matches


def test_a_walk_without_a_document_or_with_a_bad_one_does_not_match():
    assert not report(GOOD, verdict=None).matches
    assert not report(GOOD, verdict="invalid").matches


def test_a_walk_whose_document_is_another_than_was_decided_does_not_match():
    assert not report(GOOD, says=document("Басқа анықтама")).matches
    assert not report(GOOD, says=document(CERTIFICATE.result.title.kk, "other")).matches
    assert report(GOOD, decision=REFUSAL).matches
    assert not report(GOOD, decision=REFUSAL, says=document(ground="other")).matches
    assert not report(GOOD, decision=REFUSAL, says=document()).matches
