"""The supervisor's view of the day: windows, waiting, volumes and refusals of the department, and nobody else's."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.flows.arm import overview as room
from gateway.flows.arm.errors import ArmError
from gateway.flows.arm.overview import RefusalRow
from gateway.flows.arm.queue_slots import beginning_of, end_of
from tests.integration.flows_arm.decided import ASSISTANCE, ELSEWHERE, HERE, Results

CERTIFICATE = "unemployed-certificate"
NUMBERS = [f"73{number:012d}" for number in range(1, 40)]
DAY = date(2026, 3, 2)


@pytest.fixture
async def results(hall):
    return await Results.build(hall)


@pytest.fixture
async def supervisor(hall):
    return await hall.operator(HERE, 9, role="supervisor")


@pytest.fixture
def today(hall, supervisor):
    async def look():
        return await hall.rooms.overview.of(supervisor)

    return look


async def test_an_operator_does_not_see_the_departments_day(hall, operator):
    with pytest.raises(ArmError, match=r"^arm-wrong-role"):
        await hall.rooms.overview.of(operator)


async def test_a_day_on_which_nothing_happened_is_shown_as_such(today):
    view = await today()
    assert (view.day, view.windows, view.services, view.refusals) == (DAY, (), (), ())
    assert (view.waiting, view.longest_waiting, view.median_wait, view.longest_wait) == (0, None, None, None)
    assert view.all_windows == 20


async def test_waiting_is_counted_from_the_place_in_the_queue_to_the_first_call(hall, results, today, clock):
    queue = hall.rooms.queue
    for _ in range(5):
        await queue.issue(HERE)
    for window, minutes in ((1, 2), (2, 8), (3, 10)):
        clock.advance(timedelta(minutes=minutes))
        ticket = await queue.call_next(results.operator, window)
        await queue.call_again(results.operator, ticket.id)
    view = await today()
    assert (view.median_wait, view.longest_wait) == (timedelta(minutes=10), timedelta(minutes=20))
    assert (view.waiting, view.longest_waiting) == (2, timedelta(minutes=20))
    assert view.tickets == {"called": 3, "waiting": 2}


async def test_a_window_shows_who_is_at_it_what_is_in_hand_and_what_was_done(hall, results, today, clock):
    queue = hall.rooms.queue
    for _ in range(3):
        await queue.issue(HERE)
    first = await queue.call_next(results.operator, 4)
    await queue.finish(results.operator, first.id)
    second = await queue.call_next(results.operator, 4)
    await queue.serve(results.operator, second.id)
    clock.advance(timedelta(minutes=7))
    await results.taken_in(NUMBERS[0], window=4, operator=results.colleague)
    await results.taken_in(NUMBERS[1], window=6)
    told = {row.window: row for row in (await today()).windows}
    assert list(told) == [4, 6]
    assert (told[4].ticket_code, told[4].serving, told[4].served, told[4].intakes) == ("002", True, 1, 1)
    assert (told[4].operator_name, told[4].last_at) == (results.colleague.name, clock.now()), "who was there last"
    assert (told[6].ticket_code, told[6].served, told[6].intakes) == (None, 0, 1)
    assert told[6].operator_name == results.operator.name


async def test_volumes_are_told_service_by_service(results, today):
    for number, state in zip(NUMBERS, ("accepted", "registered", "held", "draft", "ready", "no-data"), strict=False):
        await results.taken_in(number, state=state, finding={"verdict": "absent"} if state == "no-data" else None)
    await results.taken_in(NUMBERS[10], service=CERTIFICATE, state="not-accepted", missing=["identity"])
    await results.decided(NUMBERS[11], service=CERTIFICATE)
    await results.hand_over(NUMBERS[11])
    told = {row.service: row for row in (await today()).services}
    assistance, certificate = told[ASSISTANCE], told[CERTIFICATE]
    assert (assistance.taken_in, assistance.open, assistance.no_data, assistance.not_accepted) == (3, 2, 1, 0)
    assert (certificate.taken_in, certificate.not_accepted, certificate.handed_over) == (1, 1, 1)


async def test_refusals_are_told_by_who_refused_and_why(results, today):
    await results.taken_in(NUMBERS[0], state="not-accepted", missing=["identity", "income"])
    await results.taken_in(NUMBERS[1], state="not-accepted", missing=["identity"])
    await results.taken_in(NUMBERS[2], state="not-accepted")
    await results.taken_in(NUMBERS[3], state="no-data", finding={"verdict": "power-revoked"})
    await results.decided(NUMBERS[4], ground="documents-violations")
    await results.decided(NUMBERS[5])
    assert (await today()).refusals == (
        RefusalRow("consent-refused", ASSISTANCE, "", 1),
        RefusalRow("documents-missing", ASSISTANCE, "identity", 2),
        RefusalRow("documents-missing", ASSISTANCE, "income", 1),
        RefusalRow("no-data", ASSISTANCE, "power-revoked", 1),
        RefusalRow("provider", ASSISTANCE, "documents-violations", 1),
    )


async def test_the_ground_of_a_providers_refusal_comes_with_its_answer(hall, today):
    """The whole way: taken in at the window, refused by the provider, told with the act's ground."""
    operator = await hall.operator(HERE, 1)
    number = await hall.accepted(operator, CERTIFICATE)
    await hall.notice(number, "process 7", "done", 1)
    await hall.notice(number, "condition 2", "failed", 2)
    await hall.response(number, await hall.result(number, {}, ground="documents-violations"), refused=True)
    (refusal,) = (await today()).refusals
    assert refusal == RefusalRow("provider", CERTIFICATE, "documents-violations", 1)


async def test_another_department_and_another_day_are_not_counted(hall, results, today, clock):
    elsewhere = await hall.operator(ELSEWHERE, 5)
    await results.taken_in(NUMBERS[0], department=ELSEWHERE, operator=elsewhere)
    await results.decided(NUMBERS[1], department=ELSEWHERE, operator=elsewhere, ground="documents-violations")
    await hall.rooms.queue.issue(ELSEWHERE)
    clock.set(end_of(DAY) - timedelta(seconds=1))
    await results.taken_in(NUMBERS[2])
    assert [row.service for row in (await today()).services] == [ASSISTANCE]
    clock.set(end_of(DAY))
    view = await today()
    assert (view.day, view.services, view.refusals, view.windows) == (date(2026, 3, 3), (), (), ())


def test_a_day_is_one_of_almaty():
    assert (beginning_of(DAY), end_of(DAY)) == (
        datetime(2026, 3, 1, 19, tzinfo=UTC),
        datetime(2026, 3, 2, 19, tzinfo=UTC),
    )


_PARTS = {
    "tickets": room._WAITS,
    "standing": room._STANDING,
    "intakes": room._INTAKES,
    "services": room._SERVICES,
    "handed over": room._HANDED_OVER,
    "refusals": room._REFUSALS,
}


@pytest.mark.parametrize("name", _PARTS)
@pytest.mark.full
async def test_no_query_reads_a_whole_table_when_there_is_much_in_it(hall, results, name):
    """Some hundred days of two departments: what is asked of one day is found by an index."""
    database, operator = hall.store.database, results.operator
    await database.execute(
        "INSERT INTO ticket (department, day, number, issued_at, stands_since, state, called_at) SELECT "
        "CASE WHEN n % 2 = 0 THEN $1 ELSE $2 END, date '2025-06-01' + (n / 100), n % 100 + 1, now(), now(), "
        "CASE WHEN n % 50 = 0 THEN 'waiting' ELSE 'finished' END, now() FROM generate_series(0, 29999) n",
        HERE,
        ELSEWHERE,
    )
    await database.execute(
        "INSERT INTO application (number, channel, service, office, applicant_number, applicant_name, state, fields, "
        "created_at, changed_at) SELECT '73' || lpad(n::text, 12, '0'), 'corporation', $1, 'karaganda-employment', "
        "'1', 'x', CASE WHEN n % 5 = 0 THEN 'no-data' ELSE 'registered' END, '{}', at, at "
        "FROM (SELECT n, timestamptz '2025-06-01' + n * interval '15 min' AS at FROM generate_series(1, 20000) n) m",
        ASSISTANCE,
    )
    await database.execute(
        "INSERT INTO intake (application, department, operator, at_window, typed, created_at, refused_at, missing) "
        "SELECT number, CASE WHEN number::bigint % 2 = 0 THEN $1 ELSE $2 END, $3, 1, '{}', created_at, "
        "CASE WHEN number::bigint % 7 = 0 THEN created_at END, "
        "CASE WHEN number::bigint % 7 = 0 THEN '{identity}'::text[] END FROM application",
        HERE,
        ELSEWHERE,
        operator.id,
    )
    await database.execute(
        "INSERT INTO issued_document (application, number, kind, authority, sha256, pdf, verdict, received_at) "
        "SELECT number, number || '-R', 'refusal', 'provider', '', '', '{}', created_at FROM application"
    )
    await database.execute(
        "INSERT INTO hand_over (application, department, scanned_at, operator, document, recipient, identity_kind, "
        "identity_last4, handed_at) SELECT application, department, created_at, operator, '1', 'applicant', "
        "'identity-card', '0000', created_at FROM intake"
    )
    await database.execute("ANALYZE")
    day = date(2025, 9, 10)
    values = [HERE, day] if "day = $2" in _PARTS[name] else [HERE, beginning_of(day), end_of(day)]
    if name == "standing":
        values.append(end_of(day))
    plan = "\n".join(row[0] for row in await database.fetch(f"EXPLAIN {_PARTS[name]}", *values))
    assert "Seq Scan" not in re.sub(r"Seq Scan on (event|operator)\b", "", plan), plan
