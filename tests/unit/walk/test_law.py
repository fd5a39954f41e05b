"""The oracle of walks is held against the acts themselves: what it expects is written out here by hand."""

import pytest

from gateway.catalogue import Channel, load_catalogue
from simulators.walk.law import expected_procedure, expected_steps, walked_procedure, walked_steps
from simulators.walk.report import WalkReport
from simulators.walk.scenario import APPLICANTS, WAYS

BEFORE_3 = [
    "process 1 done",
    "condition 1 passed",
    "process 3 done",
    "condition 2 passed",
    "process 5 done",
    "process 6 done",
]
GOOD = [*BEFORE_3, "condition 3 passed", "process 8 done"]


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


def event(words, flow="portal"):
    kind, number, outcome = words.split()
    return {"flow": flow, "kind": kind, "number": int(number), "outcome": outcome}


def trail(*steps):
    return [event(step) for step in steps]


@pytest.mark.parametrize("service", APPLICANTS)
@pytest.mark.parametrize(
    ("failing", "steps"),
    [
        (None, GOOD),
        (1, ["process 1 done", "condition 1 failed", "process 2 done"]),
        (2, ["process 1 done", "condition 1 passed", "process 3 done", "condition 2 failed", "process 4 done"]),
        (3, [*BEFORE_3, "condition 3 failed", "process 7 done"]),
    ],
)
def test_the_steps_of_both_acts_and_of_each_refusal(catalogue, service, failing, steps):
    flow = catalogue.service(service).flow(Channel.PORTAL)
    assert expected_steps(flow, failing=failing) == steps


@pytest.mark.parametrize(("service", "steps"), [("unemployed-certificate", 5), ("guardianship-certificate", 4)])
def test_the_procedure_is_walked_when_the_application_reaches_the_provider(catalogue, service, steps):
    law = catalogue.service(service)
    flow, procedure = law.flow(Channel.PORTAL), law.procedure(Channel.PORTAL)
    whole = [f"procedure {number} done" for number in range(1, steps + 1)]
    assert expected_procedure(flow, procedure, failing=None) == whole
    assert expected_procedure(flow, procedure, failing=3) == whole
    assert expected_procedure(flow, procedure, failing=2) == []


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


def report(steps, *, procedure=5, verdict="valid", failing=None):
    law = load_catalogue().service("unemployed-certificate")
    flow = law.flow(Channel.PORTAL)
    events = trail(*steps[:-1], *(f"procedure {n} done" for n in range(1, procedure + 1)), *steps[-1:])
    return WalkReport(
        service=law.id,
        way=None,
        application="71000000000001",
        state="issued",
        trail=events,
        expected=expected_steps(flow, failing=failing),
        expected_procedure=expected_procedure(flow, law.procedure(Channel.PORTAL), failing=failing),
        verification=None if verdict is None else {"verdict": verdict},
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
    assert not report([*BEFORE_3, "condition 3 failed", "process 7 done"]).matches
    assert report([*BEFORE_3, "condition 3 failed", "process 7 done"], failing=3).matches


def test_a_trail_that_lacks_a_step_inside_the_provider_does_not_match():
    assert not report(GOOD, procedure=4).matches


def test_a_walk_without_a_document_or_with_a_bad_one_does_not_match():
    assert not report(GOOD, verdict=None).matches
    assert not report(GOOD, verdict="invalid").matches


def test_every_condition_of_every_service_has_a_way_to_fail(catalogue):
    for service in APPLICANTS:
        conditions = {step.number for step in catalogue.service(service).portal_flow.steps if step.kind == "condition"}
        assert {way.fails for way in WAYS.values() if service in way.services} - {None} == conditions
