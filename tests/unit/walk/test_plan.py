"""A round of walks leaves nothing out that the portal offers."""

import pytest

from gateway.catalogue import Channel, Outcome
from simulators.walk.answers import catalogue, portal_kinds
from simulators.walk.plan import walks_of, whole_round
from simulators.walk.ways import WAYS

OFFERED = catalogue().offered(Channel.PORTAL)


def names(walks):
    return {(one.service, one.kind, one.way.name if one.way else "good") for one in walks}


def test_every_service_and_every_kind_that_the_portal_takes_is_walked_to_its_result():
    good = {(service.id, kind, "good") for service in OFFERED for kind in portal_kinds(service)}
    assert good <= names(whole_round(catalogue()))
    assert len(good) > len(OFFERED)


def test_every_document_that_a_service_may_end_in_has_its_walk():
    for service in OFFERED:
        ends = {
            service.result(walk.way.outcome if walk.way else Outcome.ISSUED, Channel.PORTAL, walk.kind).id
            for walk in walks_of(service)
            if walk.way is None or walk.way.outcome is not None
        }
        wanted = {one.id for kind in portal_kinds(service) for one in service.results_on(Channel.PORTAL, kind)}
        assert ends == wanted, service.id


def test_every_condition_of_every_service_has_a_way_to_fail():
    for service in OFFERED:
        kind = portal_kinds(service)[0]
        conditions = {step.number for step in service.flow(Channel.PORTAL, kind).steps if step.kind == "condition"}
        failing = {walk.way.failing(service, kind) for walk in walks_of(service) if walk.way is not None}
        assert failing - {None} == conditions, service.id


def test_each_variant_goes_every_way_in_which_its_conditions_fail_and_with_every_way_each_service():
    told = names(whole_round(catalogue()))
    variants = {service.portal_flow.variant for service in OFFERED}
    assert len(variants) == 2
    for variant in variants:
        services = [service for service in OFFERED if service.portal_flow.variant == variant]
        wanted = {
            way.name
            for way in WAYS.values()
            if way.check is not None and way.fits(services[0], portal_kinds(services[0])[0])
        }
        assert wanted <= {way for one, _, way in told if one in {service.id for service in services}}
    every = names(whole_round(catalogue(), every_way=True))
    assert told < every
    assert every == {walk for service in OFFERED for walk in names(walks_of(service))}


@pytest.mark.parametrize(
    ("service", "ways"),
    [
        ("unemployed-certificate", {"refusal"}),
        ("unemployed-registration", {"refusal", "documents"}),
        ("guardianship-certificate", {"refusal"}),
        ("adoption-candidate-registration", {"refusal", "negative"}),
    ],
)
def test_the_provider_decides_otherwise_where_the_act_lets_it(service, ways):
    law = catalogue().service(service)
    assert {walk.way.name for walk in walks_of(law) if walk.way is not None and walk.way.check is None} == ways


def test_a_way_plays_at_the_condition_by_what_decides_it_and_not_by_the_services_name():
    almaty, karaganda = catalogue().service("school-meals"), catalogue().service("unemployed-registration")
    assert not WAYS["condition-3:absent"].fits(almaty, None)
    assert WAYS["condition-3:absent"].fits(karaganda, None)
    assert not WAYS["condition-3:documents"].fits(karaganda, None)
    assert WAYS["condition-3:documents"].failing(almaty, None) == 3


@pytest.mark.parametrize(
    ("way", "state"),
    [
        ("condition-1:unknown", "refused-authorisation"),
        ("condition-2:revoked", "not-confirmed"),
        ("condition-2:ocsp-down", "issued"),
        ("condition-3:absent", "refused"),
        ("condition-3:unsigned", "issued"),
        ("documents", "refused"),
        ("negative", "issued"),
    ],
)
def test_a_way_ends_in_a_state_of_the_cabinet(way, state):
    assert WAYS[way].state == state


def test_a_service_without_a_negative_result_cannot_end_in_one():
    law = catalogue().service("school-meals")
    assert not WAYS["negative"].fits(law, None)
