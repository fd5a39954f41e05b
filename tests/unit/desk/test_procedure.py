from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.catalogue import Channel, Verb, load_catalogue
from gateway.desk.procedure import Position, ProcedureOf
from gateway.desk.state_data import wait_after

CATALOGUE = load_catalogue()
NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def procedure(service_id: str, channel: Channel = Channel.PORTAL, kind: str | None = None) -> ProcedureOf:
    service = CATALOGUE.service(service_id)
    offices = CATALOGUE.offices_of(service_id) or (CATALOGUE.office("karaganda-employment"),)
    return ProcedureOf(CATALOGUE, service, offices[0], channel, kind)


def test_every_action_of_the_act_is_walked_once() -> None:
    walk = procedure("guardianship-certificate")
    position, seen = walk.first, []
    while position is not None:
        seen.append((position.step, walk.action(position).verb.value, walk.action(position).role.value))
        position = walk.after(position)
    assert seen == [
        (1, "register", "clerk"),
        (2, "resolve", "head"),
        (3, "check-documents", "executor"),
        (3, "draft", "executor"),
        (3, "sign", "head"),
        (4, "hand-over", "clerk"),
    ]


def test_work_goes_back_to_the_last_place_of_its_kind_and_never_forward() -> None:
    walk = procedure("unemployed-certificate")
    assert walk.back_to(Verb.DRAFT, Position(4, 0)) == Position(3, 0)
    assert walk.back_to(Verb.RESOLVE, Position(3, 0)) == Position(2, 0)
    assert walk.back_to(Verb.SIGN, Position(3, 0)) is None


def test_deadlines_come_from_the_act() -> None:
    karaganda, almaty = procedure("unemployed-certificate"), procedure("guardianship-certificate")
    minutes = [karaganda.due(Position(n, 0), started=NOW, submitted=NOW) - NOW for n in range(1, 6)]
    assert minutes == [timedelta(minutes=n) for n in (2, 2, 3, 1, 2)]
    assert karaganda.result_due(NOW) == NOW + timedelta(minutes=15)
    assert almaty.due(Position(3, 1), started=NOW, submitted=NOW) == datetime(2026, 3, 4, 13, 30, tzinfo=UTC)
    assert almaty.result_due(NOW) == datetime(2026, 3, 5, 13, 30, tzinfo=UTC)


def test_a_channel_does_its_own_actions_alone() -> None:
    def verbs(channel: Channel) -> list[str]:
        walk = procedure("targeted-social-assistance", channel)
        position, seen = walk.first, []
        while position is not None:
            seen.append(walk.action(position).verb.value)
            position = walk.after(position)
        return seen

    at_office, at_akim = verbs(Channel.PROVIDER_OFFICE), verbs(Channel.RURAL_AKIM)
    assert at_office[-1] == "hand-over"
    assert "forward" in at_akim[at_akim.index("sign") :]
    assert "forward" not in at_office[at_office.index("sign") :]


def test_terms_and_totals_are_those_of_the_kind() -> None:
    issue = procedure("foreign-labour-permit", kind="employer-issue")
    sixth = Position(6, 0)
    assert issue.due(sixth, started=NOW, submitted=NOW) == datetime(2026, 3, 3, 13, 0, tzinfo=UTC)
    extend, reissue = (
        procedure("foreign-labour-permit", kind=kind) for kind in ("employer-extend", "employer-reissue")
    )
    assert extend.result_due(NOW) == reissue.result_due(NOW) == datetime(2026, 3, 10, 13, 0, tzinfo=UTC)
    assert issue.result_due(NOW) > extend.result_due(NOW)


def test_questions_to_a_silent_register_grow_rarer_up_to_half_an_hour() -> None:
    waits = [wait_after(attempt) for attempt in range(1, 30)]
    assert waits[0] == timedelta(seconds=15)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(minutes=30)
