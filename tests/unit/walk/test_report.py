"""A walk matches when trail, acts, receipts, state and document are what the act asks for, and not otherwise."""

import dataclasses

import pytest

from simulators.walk.answers import catalogue
from simulators.walk.plan import CHANNELS, walks_of
from simulators.walk.report import Expected, WalkReport

PORTAL, OFFICE, AKIM, WINDOW = CHANNELS


def planned(service, channel, way=None, kind=None):
    for walk in walks_of(catalogue().service(service), channel):
        if (walk.way.name if walk.way else None) == way and kind in (None, walk.kind):
            return walk
    raise LookupError(way)


def events(steps, flow):
    told = (step.split() for step in steps)
    return [
        {"flow": flow, "kind": kind, "number": int(number), "outcome": outcome, "facts": {"late": False}}
        for kind, number, outcome in told
    ]


def said(walk):
    decision = walk.decision
    if decision is None:
        return {"title": {"kk": "Бас тарту"}, "ground": "certificate-revoked"}
    title = "Бас тарту" if decision.ground else decision.result.title.kk
    return {"title": {"kk": title}, "ground": decision.ground}


def report(walk, **otherwise):
    expected = Expected.of(walk)
    steps = expected.steps + expected.procedure
    whole = WalkReport(
        planned=walk,
        application="71000000000001",
        state=expected.state,
        trail=events(steps, next(iter(expected.flows), "rural-akim")),
        expected=expected,
        verification={"verdict": "valid", "document": said(walk)},
        acts=list(expected.acts),
        receipts=list(expected.receipts),
    )
    return dataclasses.replace(whole, **otherwise)


WALKS = [
    planned("unemployed-certificate", PORTAL),
    planned("unemployed-certificate", PORTAL, "condition-3:absent"),
    planned("school-meals", PORTAL, "condition-2:revoked"),
    planned("foreign-labour-permit", PORTAL, "lapsed"),
    planned("targeted-social-assistance", AKIM, "adverse"),
    planned("tsa-recipient-certificate", OFFICE, "negative"),
    planned("rural-specialists-support", OFFICE, "queued"),
    planned("guardianship-certificate", WINDOW),
    planned("unemployed-certificate", WINDOW, "window:documents"),
]
each = pytest.mark.parametrize("walk", WALKS, ids=[walk.name for walk in WALKS])


@each
def test_a_walk_that_is_as_the_act_asks_matches(walk):
    assert report(walk).differences == {}
    assert report(walk).matches
    assert report(walk).to_json()["matches"]


@each
def test_a_trail_that_lacks_a_step_has_one_twice_or_in_another_order_does_not_match(walk):
    trail = report(walk).trail
    for place in range(len(trail)):
        assert not report(walk, trail=trail[:place] + trail[place + 1 :]).matches
        assert not report(walk, trail=[*trail[:place], trail[place], {**trail[place], "outcome": "failed"}]).matches
        if place + 1 < len(trail) and trail[place]["kind"] == trail[place + 1]["kind"]:
            turned = [*trail[:place], trail[place + 1], trail[place], *trail[place + 2 :]]
            assert not report(walk, trail=turned).matches


@each
def test_another_body_at_work_does_not_match(walk):
    acts = list(report(walk).acts)
    for place, act in enumerate(acts):
        verb = act.partition(" ")[0]
        assert report(
            walk, acts=[*acts[:place], f"{verb} clerk@corporation", *acts[place + 1 :]]
        ).differences.keys() == {"acts"}


def test_a_step_after_its_term_does_not_match():
    walk = planned("school-meals", OFFICE)
    trail = [dict(event) for event in report(walk).trail]
    trail[-1]["facts"] = {"late": True}
    assert report(walk, trail=trail).differences == {"late": ([], ["procedure 4"])}


def test_an_application_that_a_window_does_not_take_in_has_no_document():
    for way in ("window:absent", "window:consent-refused", "window:incomplete"):
        walk = planned("guardianship-certificate", WINDOW, way)
        assert report(walk, verification=None).matches
        assert report(walk, state="issued", verification=None).differences.keys() == {"state"}


def test_the_two_lists_of_an_act_are_told_apart():
    walk = planned("oralman-status-almaty", WINDOW)
    expected = Expected.of(walk)
    intake, result = expected.flows
    trail = [*events([f"process {n} done" for n in range(1, 5)], intake)]
    trail += events([f"process {n} done" for n in range(1, 6)], result)
    trail += events(expected.procedure, result)
    assert report(walk, trail=trail).differences == {}
    assert report(walk, trail=[*trail[:3], *trail[4:]]).differences.keys() == {"flow"}


def test_a_counter_that_gives_no_receipt_does_not_match():
    assert report(planned("tsa-recipient-certificate", AKIM), receipts=[]).differences.keys() == {"receipts"}


@each
def test_a_bad_document_none_or_another_than_was_decided_does_not_match(walk):
    good = report(walk).verification["document"]
    for verification in (
        None,
        {"verdict": "invalid", "document": good},
        *({"verdict": "valid", "document": {**good, **other}} for other in _others(walk)),
    ):
        assert report(walk, verification=verification).differences.keys() == {"document"}


def _others(walk):
    if walk.decision is None:
        return ()
    if walk.decision.ground is not None:
        return {"ground": None}, {"ground": "other"}
    return {"title": {"kk": "Басқа құжат"}}, {"ground": "other"}


def test_another_state_in_the_end_does_not_match():
    assert report(WALKS[0], state="refused").differences == {"state": ("issued", "refused")}


def test_a_refused_authorisation_has_no_document():
    walk = planned("school-meals", PORTAL, "condition-1:password")
    assert report(walk, application=None, verification=None).matches
