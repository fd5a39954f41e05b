"""Terms that are counted back from an event: working days before a commission's session."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from gateway.catalogue import Duration, load_catalogue
from gateway.catalogue.terms import Unit

CATALOGUE = load_catalogue()
CALENDAR, HOURS = CATALOGUE.calendar, CATALOGUE.office("karaganda-region-employment").hours
DAY = Duration(value=1, unit=Unit.WORKING_DAYS)


@pytest.mark.parametrize(
    ("session", "last"),
    [
        (date(2026, 3, 4), date(2026, 3, 3)),
        (date(2026, 3, 16), date(2026, 3, 13)),
        (date(2026, 3, 10), date(2026, 3, 6)),
        (date(2026, 3, 26), date(2026, 3, 20)),
    ],
    ids=["midweek", "over a weekend", "over a day off for a holiday on Sunday", "over Nauryz"],
)
def test_the_day_before_a_session_is_a_working_day(session: date, last: date) -> None:
    moment = datetime(session.year, session.month, session.day, 5, 0, tzinfo=UTC)
    expected = datetime(last.year, last.month, last.day, HOURS.closes.hour - 5, HOURS.closes.minute, tzinfo=UTC)
    assert CALENDAR.deadline_before(moment, DAY, HOURS) == expected
    assert CALENDAR.is_working_day(last)


def test_counting_back_undoes_counting_on() -> None:
    start = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
    for value in range(1, 60):
        term = Duration(value=value, unit=Unit.WORKING_DAYS)
        assert CALENDAR.deadline_before(CALENDAR.deadline(start, term, HOURS), term, HOURS).date() == start.date()


def test_only_working_days_are_counted_back_and_from_a_moment_with_a_zone() -> None:
    moment = datetime(2026, 3, 4, 5, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="working days"):
        CALENDAR.deadline_before(moment, Duration(value=1, unit=Unit.HOURS))
    with pytest.raises(ValueError, match="aware"):
        CALENDAR.deadline_before(moment.replace(tzinfo=None), DAY)
