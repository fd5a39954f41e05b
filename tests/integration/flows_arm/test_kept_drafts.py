"""What nobody finishes at a window is forgotten in its time, and nothing else is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.flows import kept_drafts
from gateway.flows.applications import EDITABLE, State
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.kept_drafts import KEPT
from gateway.journal import Forgetting, Retention
from gateway.journal.retention import RETENTION
from tests.integration.desk.couriers import eventually
from tests.integration.flows_arm.decided import Results
from tests.integration.flows_arm.hall import CATALOGUE, CERTIFICATE, SUPPORT

NIGHT = timedelta(days=1)
"""A day is over, and three o'clock of a night is in it."""
MOMENT = timedelta(microseconds=1)
TABLES = ("application", "attachment", "intake", "office_choice", "scan_page")
"""What holds a draft. Whatever else refers to an application comes after its acceptance or its end."""


async def standing(hall) -> dict[str, int]:
    """How many rows of drafts there are."""
    counted = {table: await hall.store.database.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}
    return {table: count for table, count in counted.items() if count}


async def numbers(hall) -> list[str]:
    return [row["number"] for row in await hall.store.database.fetch("SELECT number FROM application ORDER BY number")]


async def drafts(results: Results, count: int) -> list[str]:
    """So many drafts, changed now."""
    return [await results.taken_in(f"73{place:012d}", state="draft") for place in range(1, count + 1)]


@pytest.fixture
async def results(hall):
    return await Results.build(hall)


@pytest.fixture
def forget(hall, clock):
    async def now() -> int:
        return await hall.rooms.kept_drafts.forget_old(clock.now() - KEPT)

    return now


async def test_a_draft_goes_with_its_scans_and_what_was_fixed_to_be_signed_and_its_trail_stays(
    hall, operator, clock, forget
):
    number = await hall.ready(operator, SUPPORT)
    assert set(await standing(hall)) == {"application", "attachment", "intake", "scan_page"}
    trail = await hall.rooms.journal.trail(number)
    assert trail
    clock.advance(KEPT)
    assert await forget() == 0, "to the last moment it is kept"
    clock.advance(MOMENT)
    assert await forget() == 1
    assert await standing(hall) == {}
    assert await hall.rooms.journal.trail(number) == trail
    with pytest.raises(ArmError) as refused:
        await hall.rooms.flow.intake(operator, number)
    assert refused.value.code is ArmCode.NO_SUCH_INTAKE


async def test_what_a_terminal_still_types_into_a_forgotten_draft_is_told_and_not_lost_silently(
    hall, operator, clock, forget
):
    number = await hall.begun(operator, CERTIFICATE)
    version = (await hall.rooms.flow.intake(operator, number)).intake.version
    clock.advance(KEPT + NIGHT)
    assert await forget() == 1
    with pytest.raises(ArmError) as refused:
        await hall.rooms.flow.keep_typed(
            operator, number, {"phone": "1"}, version, service=CATALOGUE.service(CERTIFICATE)
        )
    assert refused.value.code is ArmCode.NO_SUCH_INTAKE


@pytest.mark.parametrize("state", sorted(set(State) - EDITABLE))
async def test_whatever_is_no_draft_stays_however_old_it_is(hall, results, clock, forget, state):
    number = await results.taken_in("73000000000001", state=state.value)
    clock.advance(100 * KEPT)
    assert await forget() == 0
    assert await numbers(hall) == [number]
    assert hall.rooms.kept_drafts.kept_until(state, clock.now()) is None


@pytest.mark.parametrize("state", sorted(EDITABLE))
async def test_a_draft_is_kept_until_the_day_that_is_said(hall, results, clock, forget, state):
    await results.taken_in("73000000000001", state=state.value)
    (row,) = await hall.rooms.flow.open_intakes(results.operator)
    until = hall.rooms.kept_drafts.kept_until(row.state, row.changed_at)
    assert until == clock.now() + KEPT
    clock.set(until)
    assert await forget() == 0
    clock.advance(MOMENT)
    assert await forget() == 1


async def test_an_acceptance_refused_or_a_result_that_waits_keeps_all_that_it_has(hall, results, operator, clock):
    refused = await hall.asked(operator, SUPPORT)
    await hall.rooms.flow.refuse_acceptance(operator, refused)
    await results.decided("73999999999999")
    before = await standing(hall)
    clock.advance(2 * KEPT)
    assert await hall.rooms.kept_drafts.forget_old(clock.now()) == 0
    assert await standing(hall) == before
    assert [one.number for one in await results.window.ready(operator)] == ["73999999999999"]


async def test_a_draft_that_somebody_is_changing_just_now_is_left_for_another_night(hall, results, clock, forget):
    held, other = await drafts(results, 2)
    clock.advance(KEPT + NIGHT)
    async with hall.store.database.transaction() as conn:
        await hall.rooms.flow._applications.lock(conn, held)
        assert await forget() == 1
        assert await numbers(hall) == [held], f"{other} went, and nobody waited"
    assert await forget() == 1


async def test_a_draft_whose_document_is_being_attached_is_left_for_another_night(hall, results, clock, forget):
    """The row of the application is then locked by the reference to it alone."""
    (number,) = await drafts(results, 1)
    clock.advance(KEPT + NIGHT)
    async with hall.store.database.transaction() as conn:
        await conn.execute("INSERT INTO attachment VALUES ($1, 'identity-document', 'a.pdf', 'x', 1, 'a')", number)
        assert await forget() == 0
    assert await forget() == 1


async def test_all_of_them_go_a_batch_at_a_time_the_oldest_first(hall, results, clock, forget, monkeypatch):
    gone = []
    every = await drafts(results, 5)
    for place, number in enumerate(every):
        await hall.store.database.execute(
            "UPDATE application SET changed_at = $2 WHERE number = $1", number, clock.now() - timedelta(hours=place)
        )
    clock.advance(KEPT + NIGHT)
    fetch = hall.store.database.fetch

    async def noted(sql: str, *values: object):
        rows = await fetch(sql, *values)
        gone.append(sorted(row["number"] for row in rows))
        return rows

    monkeypatch.setattr(kept_drafts, "_BATCH", 2)
    monkeypatch.setattr(hall.store.database, "fetch", noted)
    assert await forget() == 5
    assert gone == [every[3:], every[1:3], every[:1], []]


async def nights_work_is_done(hall) -> bool:
    database = hall.store.database
    waiting = f"SELECT count(*) FROM {database.schema}_pgqueuer"
    is_set = await database.fetchval("SELECT due_at > $1 FROM timer WHERE name = $2", hall.store.clock.now(), RETENTION)
    return bool(is_set) and await database.fetchval(waiting) == 0


async def test_at_night_what_was_not_changed_for_thirty_days_goes_and_what_was_stays(hall, operator, clock):
    began = clock.now()
    old, touched = [await hall.begun(operator, SUPPORT) for _ in range(2)]
    retention = Retention(hall.store, [Forgetting("unfinished drafts", KEPT, hall.rooms.kept_drafts.forget_old)])
    await retention.begin()
    clock.advance(2 * NIGHT)
    view = await hall.rooms.flow.intake(operator, touched)
    await hall.rooms.flow.keep_typed(operator, touched, {"phone": "+7 701 000 00 01"}, view.intake.version)
    async with hall.store.working():
        clock.set(began + KEPT - timedelta(hours=1))
        await eventually(lambda: nights_work_is_done(hall))
        assert await numbers(hall) == sorted([old, touched])
        clock.set(began + KEPT + NIGHT)
        await eventually(lambda: nights_work_is_done(hall))
        assert await numbers(hall) == [touched]
        clock.advance(2 * NIGHT)
        await eventually(lambda: nights_work_is_done(hall))
    assert await numbers(hall) == []


async def test_nothing_but_drafts_rows_and_later_papers_refers_to_an_application(hall):
    """A new table must say whether it goes with a draft: one that does not would stop the work of the night."""
    rows = await hall.store.database.fetch(
        "SELECT conrelid::regclass::text AS table, confdeltype = 'c' AS goes_with_it FROM pg_constraint "
        "WHERE contype = 'f' AND confrelid IN ('application'::regclass, 'intake'::regclass)"
    )
    assert {row["table"] for row in rows if row["goes_with_it"]} == set(TABLES) - {"application"}
    after = {"hand_over", "issued_document", "notice", "supplement"}
    assert {row["table"] for row in rows if not row["goes_with_it"]} == after


@pytest.mark.full
async def test_old_drafts_are_found_however_many_applications_there_are(hall, results, clock):
    database = hall.store.database
    await database.execute(
        "INSERT INTO application (number, channel, service, office, applicant_number, applicant_name, state, fields, "
        "created_at, changed_at) SELECT '73' || lpad(n::text, 12, '0'), 'corporation', $1, 'o', '1', 'x', 'issued', "
        "'{}', $2, $2 FROM generate_series(100, 10099) n",
        CERTIFICATE,
        clock.now(),
    )
    await drafts(results, 2)
    await database.execute("ANALYZE")
    clock.advance(KEPT + NIGHT)
    sql, values = kept_drafts._FORGET_OLD, (clock.now() - KEPT, 500)
    plan = "\n".join(row[0] for row in await database.fetch(f"EXPLAIN {sql}", *values))
    assert "application_unfinished" in plan, plan
    assert "Seq Scan" not in plan, plan
