"""What waits at the windows for its applicant: counted and listed at the cost of what waits now."""

from __future__ import annotations

import re

import pytest

from gateway.flows.arm import handing_over as room
from gateway.flows.outcomes import Outcomes
from tests.integration.flows_arm.decided import ASSISTANCE, ELSEWHERE, HERE, Results

FIRST, SECOND, THIRD = (f"73{number:012d}" for number in (1, 2, 3))


@pytest.fixture
async def results(hall):
    return await Results.build(hall)


@pytest.fixture
def waiting(hall, results):
    async def look():
        desk = hall.rooms.desk_of_results
        listed = [one.number for one in await desk.ready(results.operator)]
        assert await desk.ready_count(results.operator) == len(listed)
        return sorted(listed)

    return look


async def test_a_result_waits_from_its_arrival_until_it_is_handed_over(hall, results, waiting):
    await results.taken_in(THIRD)
    assert await waiting() == []
    await results.decided(FIRST)
    await results.decided(SECOND, ground="documents-violations")
    assert await waiting() == [FIRST, SECOND]
    await results.hand_over(FIRST)
    assert await waiting() == [SECOND]
    async with hall.store.database.transaction() as conn:
        await Outcomes(hall.store.database).wait_at_the_windows(conn, FIRST)
    assert await waiting() == [SECOND], "an answer that comes once more is not handed over once more"


async def test_a_result_waits_at_the_department_that_took_the_application_in(hall, results, waiting):
    elsewhere = await hall.operator(ELSEWHERE, 5)
    await results.decided(FIRST, department=ELSEWHERE, operator=elsewhere)
    assert await waiting() == []
    assert await hall.rooms.desk_of_results.ready_count(elsewhere) == 1


async def test_the_providers_answer_lets_the_result_wait(hall, operator):
    """The whole way: taken in at the window, refused by the provider."""
    number = await hall.accepted(operator, "unemployed-certificate")
    await hall.notice(number, "process 7", "done", 1)
    await hall.notice(number, "condition 2", "failed", 2)
    await hall.response(number, await hall.result(number, {}, ground="documents-violations"), refused=True)
    assert [one.number for one in await hall.rooms.desk_of_results.ready(operator)] == [number]


@pytest.mark.parametrize("sql", [room._READY_COUNT, room._READY], ids=["count", "list"])
async def test_what_was_handed_over_before_costs_nothing(hall, results, sql):
    """Among ten thousand results that were given, the two that wait are read alone."""
    database = hall.store.database
    await database.execute(
        "INSERT INTO application (number, channel, service, office, applicant_number, applicant_name, state, fields, "
        "created_at, changed_at) SELECT '73' || lpad(n::text, 12, '0'), 'corporation', $1, 'karaganda-employment', "
        "'1', 'x', 'issued', '{}', now(), now() FROM generate_series(100, 10099) n",
        ASSISTANCE,
    )
    await database.execute(
        "INSERT INTO intake (application, department, operator, at_window, typed, created_at) "
        "SELECT number, $1, $2, 1, '{}', created_at FROM application",
        HERE,
        results.operator.id,
    )
    await database.execute(
        "INSERT INTO issued_document (application, number, kind, authority, sha256, pdf, verdict, received_at) "
        "SELECT number, number || '-R', 'certificate', 'provider', '', '', '{}', created_at FROM application"
    )
    for number in (FIRST, SECOND):
        await results.decided(number)
    await database.execute("ANALYZE")
    values = (HERE, 50) if "$2" in sql else (HERE,)
    plan = "\n".join(row[0] for row in await database.fetch(f"EXPLAIN (ANALYZE, TIMING OFF) {sql}", *values))
    assert "issued_document_waiting" in plan, plan
    assert "Seq Scan" not in plan, plan
    read = [int(rows) for rows in re.findall(r"actual rows=(\d+)", plan)]
    assert max(read) <= 2, plan
