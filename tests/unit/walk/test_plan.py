"""A round of walks leaves nothing out: every pair of service and channel, every kind, every result, every condition."""

from collections import Counter

import pytest

from gateway.catalogue import Outcome, StepKind
from simulators.walk.answers import catalogue, kinds_of
from simulators.walk.law import flow_of
from simulators.walk.plan import CHANNELS, pairs, walks_of, whole_round
from simulators.walk.ways import WAYS

PORTAL, OFFICE, AKIM, WINDOW = CHANNELS
PAIRS = list(pairs(catalogue()))
ROUND = list(whole_round(catalogue()))
each_pair = pytest.mark.parametrize(("service", "channel"), PAIRS, ids=[f"{one.id} {two}" for one, two in PAIRS])


def ways(service, channel):
    return {walk.way.name for walk in walks_of(service, channel) if walk.way is not None and walk.way.check is None}


def test_the_pairs_are_the_67_of_the_acts():
    assert Counter(channel for _, channel in PAIRS) == {PORTAL: 17, OFFICE: 29, AKIM: 5, WINDOW: 16}
    assert len(PAIRS) == 67
    assert len({service.id for service, _ in PAIRS}) == 33


@each_pair
def test_every_kind_that_a_channel_takes_is_walked_to_each_of_its_results(service, channel):
    for kind in kinds_of(service, channel):
        wanted = {one.id for one in service.results_on(channel, kind) if one.outcome is Outcome.ISSUED}
        good = [
            one for one in ROUND if (one.service, one.channel, one.kind, one.way) == (service.id, channel, kind, None)
        ]
        assert {walk.decision.result.id for walk in good} == wanted


@each_pair
def test_every_document_that_a_service_may_end_in_has_its_walk(service, channel):
    walks = [one for one in ROUND if (one.service, one.channel) == (service.id, channel)]
    ends = {walk.decision.result.id for walk in walks if walk.decision is not None}
    assert ends == {one.id for kind in kinds_of(service, channel) for one in service.results_on(channel, kind)}


@each_pair
def test_every_condition_of_every_flow_fails_once_and_so_does_that_of_a_procedure(service, channel):
    walks = [one for one in ROUND if (one.service, one.channel) == (service.id, channel)]
    for kind in kinds_of(service, channel):
        flow = flow_of(service, channel, kind)
        conditions = {step.number for step in flow.steps if step.kind is StepKind.CONDITION} if flow else set()
        failing = {walk.failing for walk in walks if (flow_of(service, channel, walk.kind)) == flow}
        assert failing - {None} == conditions
        own = any(step.kind == "condition" for step in service.procedure(channel, kind).path(channel))
        lapsed = {walk.kind for walk in walks if walk.way is not None and walk.way.name == "lapsed"}
        assert (kind in lapsed) == own


def test_the_first_service_of_a_variant_goes_every_way_and_with_every_way_each_service():
    told = {walk.name for walk in ROUND}
    every = {walk.name for walk in whole_round(catalogue(), every_way=True)}
    assert told < every
    assert every == {walk.name for service, channel in PAIRS for walk in walks_of(service, channel)}
    for first in ("adoption-candidate-registration", "employment-assistance-referrals"):
        of_first = {name for name in every if name.startswith(first)}
        assert of_first <= told


def test_the_ways_of_a_condition_are_shared_out_among_the_services():
    told = Counter(walk.way.name for walk in ROUND if walk.way is not None and walk.way.check is not None)
    assert told.keys() == {way.name for way in WAYS.values() if way.check is not None}
    assert min(told[name] for name in told if name.startswith(("condition-1", "condition-2"))) > 2


def test_names_tell_walks_apart():
    names = Counter(walk.name for walk in whole_round(catalogue(), every_way=True))
    assert max(names.values()) == 1
    assert "unemployed-certificate good" in names
    assert "semey-nuclear-test-victims provider-office recognition good:certificate" in names


@pytest.mark.parametrize(
    ("service", "channel", "told"),
    [
        ("unemployed-certificate", PORTAL, {"refusal"}),
        ("unemployed-registration", PORTAL, {"refusal", "documents"}),
        ("guardianship-certificate", PORTAL, {"refusal"}),
        ("adoption-candidate-registration", PORTAL, {"refusal", "negative"}),
        ("adoption-candidate-registration", OFFICE, {"refusal", "negative", "documents"}),
        ("birth-registration", OFFICE, set()),
        ("oralman-status", OFFICE, set()),
        ("child-allowance-under-18", AKIM, {"refusal", "documents", "adverse"}),
        ("tsa-recipient-certificate", AKIM, {"negative"}),
        ("foreign-labour-permit", PORTAL, {"documents", "adverse", "lapsed"}),
        ("rural-specialists-support", OFFICE, {"refusal", "documents", "queued"}),
        ("local-social-assistance", AKIM, {"refusal", "documents", "extended"}),
        ("semey-nuclear-test-victims", OFFICE, {"refusal", "documents", "extended"}),
    ],
)
def test_the_bodies_decide_otherwise_where_the_act_lets_them(service, channel, told):
    assert ways(catalogue().service(service), channel) == told


def test_each_procedure_of_a_service_goes_its_ways():
    permit = catalogue().service("foreign-labour-permit")
    adverse = {walk.kind for walk in walks_of(permit, OFFICE) if walk.way is not None and walk.way.name == "adverse"}
    assert adverse == {"employer-issue", "employer-extend", "worker-issue"}


def test_a_way_plays_at_the_condition_by_what_decides_it_and_not_by_the_services_name():
    almaty, karaganda = catalogue().service("school-meals"), catalogue().service("unemployed-registration")
    assert not WAYS["condition-3:absent"].fits(almaty, PORTAL, None)
    assert WAYS["condition-3:absent"].fits(karaganda, PORTAL, None)
    assert not WAYS["condition-3:absent"].fits(karaganda, OFFICE, None)
    assert not WAYS["condition-3:documents"].fits(karaganda, PORTAL, None)
    assert WAYS["condition-3:documents"].failing(almaty, PORTAL, None) == 3


@pytest.mark.parametrize(
    ("way", "state"),
    [
        ("condition-1:unknown", "refused-authorisation"),
        ("condition-2:revoked", "not-confirmed"),
        ("condition-2:ocsp-down", "issued"),
        ("condition-3:absent", "refused"),
        ("condition-3:unsigned", "issued"),
        ("documents", "refused"),
        ("adverse", "refused"),
        ("lapsed", "cancelled"),
        ("negative", "issued"),
        ("window:absent", "no-data"),
        ("window:power-of-another", "no-data"),
        ("window:registry-down", "issued"),
        ("window:consent-refused", "not-accepted"),
        ("window:incomplete", "not-accepted"),
        ("window:documents", "refused"),
        ("window:key-expired", "issued"),
        ("window:courier-mismatch", "issued"),
        ("window:result-missing", "issued"),
    ],
)
def test_a_way_ends_in_a_state_of_the_cabinet(way, state):
    assert WAYS[way].state == state


def decided(service, channel, way, kind=None):
    law = catalogue().service(service)
    return next(
        walk.decision
        for walk in walks_of(law, channel)
        if walk.way is not None and walk.way.name == way and kind in (None, walk.kind)
    )


def test_what_the_bodies_decide_follows_from_the_way():
    assert decided("unemployed-certificate", PORTAL, "condition-1:password") is None
    assert decided("unemployed-certificate", PORTAL, "condition-3:absent").ground == "applicant-not-in-registry"
    documents = decided("school-meals", OFFICE, "documents")
    assert (documents.ground, documents.conform, documents.favourable) == ("documents-violations", False, False)
    adverse = decided("targeted-social-assistance", AKIM, "adverse")
    assert (adverse.ground, adverse.conform, adverse.favourable) == ("assistance-not-needed", True, False)
    assert decided("targeted-social-assistance", AKIM, "refusal").favourable
    lapsed = decided("foreign-labour-permit", PORTAL, "lapsed")
    assert (lapsed.result.id, lapsed.submitted) == ("cancellation", False)
    assert decided("semey-nuclear-test-victims", OFFICE, "extended").extended == "further-inquiries-or-inspections"
    assert decided("rural-specialists-support", OFFICE, "queued").result.id == "queue-entry"


def test_a_service_without_a_negative_result_cannot_end_in_one():
    assert not WAYS["negative"].fits(catalogue().service("school-meals"), PORTAL, None)


KEYS = {"window:key-expired", "window:key-revoked", "window:key-revoked-before-signing"}
AT_EVERY_WINDOW = {*KEYS, "window:consent-refused"}
BY_COURIER = {"window:courier-mismatch", "window:courier-unlisted", "window:result-missing"}
STATE_DATA = {
    "window:absent",
    "window:dead",
    "window:registry-down",
    "window:representative",
    "window:power-absent",
    "window:power-revoked",
    "window:power-expired",
    "window:power-of-another",
}


@pytest.mark.parametrize(
    ("service", "told"),
    [
        ("birth-registration", BY_COURIER),
        ("child-allowance-under-18", {*BY_COURIER, "window:representative", "window:incomplete"}),
        ("guardian-allowance", {*BY_COURIER, *STATE_DATA, "window:incomplete", "window:documents"}),
        ("guardianship-certificate", {*BY_COURIER, *STATE_DATA, "window:incomplete", "window:documents"}),
        ("home-taught-disabled-children-support", {*STATE_DATA, "window:incomplete", "window:documents"}),
        ("oralman-status-almaty", {*BY_COURIER, "window:incomplete"}),
        ("rural-specialists-support", {*BY_COURIER, "window:representative", "window:incomplete"}),
        ("semey-nuclear-test-victims", BY_COURIER),
        ("unemployed-registration", {*STATE_DATA, "window:documents"}),
    ],
)
def test_a_window_has_the_ways_that_the_act_of_the_service_leaves_open(service, told):
    law = catalogue().service(service)
    kind = kinds_of(law, WINDOW)[0]
    at_window = {name for name, way in WAYS.items() if name.startswith("window:") and way.fits(law, WINDOW, kind)}
    assert at_window == told | AT_EVERY_WINDOW
    for channel in (PORTAL, OFFICE, AKIM):
        assert not any(way.fits(law, channel, kind) for name, way in WAYS.items() if name.startswith("window:"))


def test_no_way_of_the_portals_conditions_is_one_of_a_window():
    law = catalogue().service("unemployed-certificate")
    assert not any(way.fits(law, WINDOW, None) for name, way in WAYS.items() if name.startswith("condition-"))


def test_the_act_that_lost_condition_1_goes_every_way_of_the_state_databases_by_itself():
    for service in ("guardian-allowance", "guardianship-certificate", "home-taught-disabled-children-support"):
        of_it = (walk for walk in ROUND if walk.service == service and walk.channel is WINDOW)
        assert {walk.way.name for walk in of_it if walk.way is not None} >= STATE_DATA


def test_a_key_of_no_more_use_is_tried_with_every_service_of_a_window():
    for service, _ in pairs(catalogue(), WINDOW):
        walked = {walk.way.name for walk in ROUND if walk.service == service.id and walk.way is not None}
        assert walked & KEYS, service.id
    assert {walk.way.name for walk in ROUND if walk.way is not None} >= KEYS
