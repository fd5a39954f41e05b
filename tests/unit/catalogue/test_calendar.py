from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue import Duration, OfficeHours, Unit, load_catalogue

ALMATY = ZoneInfo("Asia/Almaty")
CALENDAR = load_catalogue().calendar
HOURS = OfficeHours(opens=time(9), closes=time(18), break_from=time(13), break_to=time(14))

moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001
day_terms = st.builds(
    Duration,
    value=st.integers(1, 60),
    unit=st.sampled_from([Unit.WORKING_DAYS, Unit.CALENDAR_DAYS]),
)
minute_terms = st.builds(Duration, value=st.integers(1, 366), unit=st.just(Unit.MINUTES))


def almaty(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ALMATY)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 3, 2), True),
        (date(2026, 3, 9), False),  # Women's Day fell on a Sunday
        (date(2026, 3, 24), False),  # two days of Nauryz fell on a weekend
        (date(2026, 3, 26), True),
        (date(2026, 5, 11), False),
        (date(2026, 5, 27), False),  # Eid al-Adha, confirmed
        (date(2025, 1, 3), False),  # moved from Sunday, 5 January
        (date(2025, 1, 5), True),
        (date(2024, 5, 4), True),
        (date(2024, 5, 8), False),
        (date(2026, 1, 7), False),
        (date(2026, 2, 28), False),
    ],
)
def test_working_days_are_those_of_kazakhstan(day: date, works: bool) -> None:
    assert CALENDAR.is_working_day(day) is works


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        (almaty(2026, 3, 2, 10), Duration(value=15, unit=Unit.MINUTES), almaty(2026, 3, 2, 10, 15)),
        (almaty(2026, 3, 2, 12, 55), Duration(value=15, unit=Unit.MINUTES), almaty(2026, 3, 2, 14, 10)),
        (almaty(2026, 3, 6, 17, 58), Duration(value=3, unit=Unit.MINUTES), almaty(2026, 3, 10, 9, 1)),
        (almaty(2026, 3, 2, 23), Duration(value=2, unit=Unit.HOURS), almaty(2026, 3, 3, 11)),
        (almaty(2026, 3, 2, 10), Duration(value=2, unit=Unit.WORKING_DAYS), almaty(2026, 3, 4, 18)),
        (almaty(2026, 3, 6, 10), Duration(value=1, unit=Unit.WORKING_DAYS), almaty(2026, 3, 10, 18)),
        (almaty(2026, 3, 2, 10), Duration(value=5, unit=Unit.CALENDAR_DAYS), almaty(2026, 3, 10, 18)),
        (almaty(2026, 1, 31, 10), Duration(value=1, unit=Unit.MONTHS), almaty(2026, 3, 2, 18)),
        (almaty(2026, 12, 29, 10), Duration(value=12, unit=Unit.MONTHS), almaty(2027, 12, 29, 18)),
    ],
)
def test_deadlines_fall_where_an_official_would_count_them(
    start: datetime, duration: Duration, expected: datetime
) -> None:
    assert CALENDAR.deadline(start, duration, HOURS) == expected


def test_without_office_hours_minutes_run_around_the_clock() -> None:
    start = almaty(2026, 3, 7, 23, 55)
    assert CALENDAR.deadline(start, Duration(value=15, unit=Unit.MINUTES)) == start + timedelta(minutes=15)
    assert CALENDAR.deadline(start, Duration(value=1, unit=Unit.WORKING_DAYS)) == almaty(2026, 3, 11)


def test_naive_moments_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        CALENDAR.deadline(datetime(2026, 3, 2), Duration(value=1, unit=Unit.HOURS))  # noqa: DTZ001


@given(moments, st.one_of(day_terms, minute_terms))
def test_a_deadline_is_in_utc_after_its_start_and_in_office_time(start: datetime, duration: Duration) -> None:
    due = CALENDAR.deadline(start, duration, HOURS)
    local = due.astimezone(ALMATY)
    assert due.tzinfo is UTC
    assert due > start
    assert CALENDAR.is_working_day(local.date())
    assert any(opens <= local.time() <= closes for opens, closes in HOURS.spans)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=40)), st.one_of(day_terms, minute_terms))
def test_starting_later_never_ends_earlier(start: datetime, later: timedelta, duration: Duration) -> None:
    assert CALENDAR.deadline(start, duration, HOURS) <= CALENDAR.deadline(start + later, duration, HOURS)


@given(moments, st.integers(1, 30), st.integers(1, 30))
def test_working_days_add_up(start: datetime, first: int, second: int) -> None:
    def days(value: int) -> Duration:
        return Duration(value=value, unit=Unit.WORKING_DAYS)

    whole = CALENDAR.deadline(start, days(first + second), HOURS)
    assert CALENDAR.deadline(CALENDAR.deadline(start, days(first), HOURS), days(second), HOURS) == whole


@given(moments, st.integers(1, 300), st.integers(1, 60))
def test_office_minutes_add_up(start: datetime, first: int, second: int) -> None:
    def minutes(value: int) -> Duration:
        return Duration(value=value, unit=Unit.MINUTES)

    whole = CALENDAR.deadline(start, minutes(first + second), HOURS)
    assert CALENDAR.deadline(CALENDAR.deadline(start, minutes(first), HOURS), minutes(second), HOURS) == whole
