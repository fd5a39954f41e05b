"""The head's month: what came, how it stands, how the steps' terms were kept, in the head's own office."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.desk import DeskCode, DeskError, Month
from gateway.desk.reports import ServiceVolume, StepVolume
from tests.integration.desk.filing import file_case
from tests.integration.desk.workplace import ALMATY, KARAGANDA, OFFICES

MARCH = Month(2026, 3)


async def stay(workplace, number: str, step: int, *, late: bool, ordinal: int = 1) -> None:
    now = workplace.clock.now()
    await workplace.store.database.execute(
        "INSERT INTO case_step (number, ordinal, step, started_at, due_at, late) VALUES ($1, $2, $3, $4, $4, $5)",
        number,
        ordinal,
        step,
        now,
        late,
    )


async def test_a_month_counts_services_and_steps(workplace) -> None:
    in_time = await file_case(workplace, closed=True)
    late = await file_case(workplace, closed=True, late=True)
    await file_case(workplace)
    await file_case(workplace, late=True)
    await file_case(workplace, service="unemployed-registration", office=OFFICES[KARAGANDA])
    await stay(workplace, in_time, 1, late=False)
    await stay(workplace, late, 1, late=False)
    await stay(workplace, late, 2, late=True, ordinal=2)
    await stay(workplace, late, 2, late=False, ordinal=3)
    report = await workplace.desk.reports.month(workplace.staff["head"], MARCH)
    assert report.services == (
        ServiceVolume(KARAGANDA, registered=4, finished=2, finished_late=1, open_late=1),
        ServiceVolume("unemployed-registration", registered=1, finished=0, finished_late=0, open_late=0),
    )
    assert report.services[0].open == 2
    assert report.steps == (
        StepVolume(KARAGANDA, 1, stays=2, late=0),
        StepVolume(KARAGANDA, 2, stays=2, late=1),
    )


async def test_a_month_begins_at_midnight_in_almaty(workplace) -> None:
    midnight = datetime(2026, 2, 28, 19, 0, tzinfo=UTC)
    await file_case(workplace, registered=midnight)
    await file_case(workplace, registered=midnight - timedelta(microseconds=1), late=True)
    head, reports = workplace.staff["head"], workplace.desk.reports
    march, february = await reports.month(head, MARCH), await reports.month(head, MARCH.before())
    assert [one.registered for one in march.services] == [1]
    assert [one.open_late for one in march.services] == [0]
    assert [one.open_late for one in february.services] == [1]


async def test_another_offices_cases_are_not_counted(workplace) -> None:
    number = await file_case(workplace, service=ALMATY, late=True)
    await stay(workplace, number, 1, late=True)
    own = await workplace.desk.reports.month(workplace.staff["head"], MARCH)
    assert (own.services, own.steps) == ((), ())
    theirs = await workplace.desk.reports.month(workplace.staff["a-head"], MARCH)
    assert [one.registered for one in theirs.services] == [1]


@pytest.mark.parametrize("who", ["clerk", "executor"])
async def test_only_the_head_reads_reports(workplace, who: str) -> None:
    with pytest.raises(DeskError) as caught:
        await workplace.desk.reports.month(workplace.staff[who], MARCH)
    assert caught.value.code is DeskCode.WRONG_ROLE


def test_months_follow_each_other_over_the_year() -> None:
    assert Month(2026, 1).before() == Month(2025, 12)
    assert Month(2025, 12).before(-1) == Month(2026, 1)
    assert Month(2026, 3).before(15) == Month(2024, 12)
    assert str(Month.read("2026-03")) == "2026-03"
