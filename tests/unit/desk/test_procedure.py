from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.catalogue import Channel, Verb, load_catalogue
from gateway.desk.procedure import Position, ProcedureOf
from gateway.desk.state_data import wait_after

CATALOGUE = load_catalogue()
NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def procedure(service_id: str) -> ProcedureOf:
    service = CATALOGUE.service(service_id)
    return ProcedureOf(CATALOGUE, service, CATALOGUE.offices_of(service_id)[0], Channel.PORTAL)


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


def test_questions_to_a_silent_register_grow_rarer_up_to_half_an_hour() -> None:
    waits = [wait_after(attempt) for attempt in range(1, 30)]
    assert waits[0] == timedelta(seconds=15)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(minutes=30)
