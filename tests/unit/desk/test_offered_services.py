"""Every service can be worked to its end on the portal and at each counter, for each of its kinds."""

from __future__ import annotations

import string
from datetime import UTC, datetime

import pytest

from gateway.catalogue import Body, Channel, Outcome, Party, Role, Service, StepKind, StepRef, Verb, load_catalogue
from gateway.catalogue.kinds import kinds_on
from gateway.catalogue.result import Fact
from gateway.desk.decisions import can_refuse, facts_of, grounds_for, results_for
from gateway.desk.procedure import ProcedureOf
from gateway.desk.telling import wording_of
from gateway.exchange.wording import Wording
from gateway.web.desk.wording import ROLES, VERBS
from tests.unit.desk.cases import a_case

CATALOGUE = load_catalogue()
PORTAL = Channel.PORTAL
AT_THE_CORPORATION = {Verb.ACCEPT, Verb.DISPATCH, Verb.COLLECT}
STAFF = {Role.CLERK, Role.HEAD, Role.EXECUTOR, Role.COMMISSION}
OFFERED = [
    pytest.param(service, kind, id=service.id if kind is None else f"{service.id} {kind}")
    for service in CATALOGUE.services.values()
    if CATALOGUE.offices_of(service.id) and any(entry.channel is PORTAL for entry in service.channels)
    for kind in (kinds_on(service, PORTAL) or (None,))
]


WORKED = [
    pytest.param(service, channel, kind, id=" ".join(filter(None, (service.id, channel, kind))))
    for service in CATALOGUE.services.values()
    for channel in Channel
    if channel is not Channel.CORPORATION and any(entry.channel is channel for entry in service.channels)
    for kind in (kinds_on(service, channel) or (None,))
]


@pytest.mark.parametrize(("service", "channel", "kind"), WORKED)
def test_every_action_has_an_office_and_a_role_that_does_it(
    service: Service, channel: Channel, kind: str | None
) -> None:
    for office in CATALOGUE.offices_of(service.id):
        akims = [one for one in CATALOGUE.counters_of(service.id, channel) if office.id in one.serves]
        counters = {Channel.PORTAL: [None], Channel.PROVIDER_OFFICE: [office]}.get(channel, akims)
        for counter in counters:
            walk = ProcedureOf(CATALOGUE, service, office, channel, kind, counter=counter)
            verbs = []
            position = walk.first
            while position is not None:
                action, doer = walk.action(position), walk.office(position)
                if walk.body(position) is Body.APPLICANT:
                    assert action.verb is Verb.SUBMIT
                else:
                    assert action.role in STAFF
                    assert doer.body is walk.body(position)
                verbs.append(action.verb)
                position = walk.after(position)
            assert not set(verbs) & AT_THE_CORPORATION
            wanted = [Verb.REGISTER, Verb.DRAFT, Verb.SIGN, Verb.HAND_OVER]
            assert [verb for verb in verbs if verb in wanted] == wanted
            assert (verbs[0], verbs[-1]) == (Verb.REGISTER, Verb.HAND_OVER)
            for result in service.results_on(channel, kind):
                assert [walk.office_of(signer.body).body for signer in result.signers] == [
                    signer.body for signer in result.signers
                ]


@pytest.mark.parametrize(("service", "kind"), OFFERED)
def test_the_flow_says_how_the_desk_takes_in_gives_and_refuses(service: Service, kind: str | None) -> None:
    flow = service.flow(PORTAL, kind)
    assert flow.registration_step().party is Party.DESK
    assert flow.result_step().hand_over in {"electronic", "pick-up-notice"}
    if any(step.kind is StepKind.CONDITION and step.party is Party.DESK for step in flow.steps):
        assert flow.refusal_step() is not None
        assert can_refuse(service, a_case(service.id, kind=kind))
    else:
        assert flow.refusal_step() is None


@pytest.mark.parametrize(("service", "kind"), OFFERED)
def test_the_head_can_sign_a_result_and_the_executor_can_state_its_facts(service: Service, kind: str | None) -> None:
    case = a_case(service.id, kind=kind)
    results = results_for(service, case)
    assert Outcome.ISSUED in [result.outcome for result in results]
    assert bool(grounds_for(service, case)) is can_refuse(service, case)
    facts: dict[str, Fact] = {}
    for result in results:
        for fact in facts_of((result,)):
            assert facts.setdefault(fact.id, fact) == fact, "one field of the page would stand for two facts"


MESSAGES = [
    pytest.param(service, notification, id=f"{service.id} {notification.id}")
    for service in CATALOGUE.services.values()
    for notification in service.notifications
]


@pytest.mark.parametrize(("service", "notification"), MESSAGES)
def test_no_message_names_what_nobody_can_fill_in(service, notification) -> None:
    office = CATALOGUE.office("almaty-education")
    moment = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
    told = wording_of(notification, office, registered_at=moment, moment=moment)
    for text, filled in ((notification.message.kk, told.kk), (notification.message.ru, told.ru)):
        assert "{" not in filled
        assert all(place is None or place for _, place, _, _ in string.Formatter().parse(text))
    places = [
        {place for _, place, _, _ in string.Formatter().parse(text) if place}
        for text in (notification.message.kk, notification.message.ru, notification.message.en)
    ]
    assert places[0] == places[1] == places[2]


def test_a_notice_is_filled_in_from_the_office_and_the_case() -> None:
    office = CATALOGUE.office("almaty-education")
    service = CATALOGUE.service("adoption-candidate-registration")
    notification = service.notification(StepRef(StepKind.PROCESS, 8))
    assert notification is not None
    message = "{result_date} {result_time} {place} {address} {contacts} {registration_date}"
    given = notification.model_copy(update={"message": notification.message.__class__(message, message, message)})
    told = wording_of(
        given,
        office,
        registered_at=datetime(2026, 3, 1, 20, 0, tzinfo=UTC),
        moment=datetime(2026, 3, 3, 4, 0, tzinfo=UTC),
        place=Wording("кеңсе", "канцелярия"),
    )
    assert told.ru == f"03.03.2026 09:00 канцелярия {office.address.ru} {office.phone} 02.03.2026"
    assert told.kk == f"03.03.2026 09:00 кеңсе {office.address.kk} {office.phone} 02.03.2026"


def test_a_corporations_notice_is_not_told_on_the_portal() -> None:
    service = CATALOGUE.service("guardianship-certificate")
    ready = service.notification(StepRef(StepKind.PROCESS, 8))
    assert ready is not None
    elsewhere = ready.model_copy(update={"channel": Channel.CORPORATION})
    moved = service.model_copy(update={"notifications": (elsewhere,)})
    assert moved.notification(StepRef(StepKind.PROCESS, 8)) is None


def test_the_pages_have_words_for_every_role_and_every_action() -> None:
    assert set(ROLES) == set(Role)
    assert set(VERBS) == set(Verb)
