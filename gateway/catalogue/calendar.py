"""Working days of Kazakhstan and the arithmetic of deadlines.

The library `holidays` knows the law's holidays and the days off that follow a holiday on a weekend; `moved-days.yaml`
adds the Government's yearly decisions and the confirmed dates of Eid al-Adha, which the library only estimates.
Minutes and hours run in office time (issue: an application may arrive at night), days by the Civil Code's rule that
the day of the event is not counted (Articles 173-176); a term in days ends when the office closes on its last day.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import holidays
from pydantic import PlainSerializer, PlainValidator

from gateway.catalogue.office import OfficeHours
from gateway.catalogue.terms import Duration, Strict, Unit
from gateway.clock import ALMATY

_ZONE = ZoneInfo(ALMATY)
_SATURDAY = 5
_LONGEST_REST = 40


def _parse_day(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("expected a date such as 2026-05-27") from None


Day = Annotated[date, PlainValidator(_parse_day), PlainSerializer(str)]


class MovedDay(Strict):
    """A day of rest that the Government moved: `work` became a working day, `rest` a day off."""

    rest: Day
    work: Day
    source: str


class EidAlAdha(Strict):
    """The confirmed date of the first day of Eid al-Adha (Құрбан айт) in one year."""

    day: Day
    source: str


class MovedDays(Strict):
    """What the calendar's library does not know."""

    moved: tuple[MovedDay, ...]
    eid_al_adha: tuple[EidAlAdha, ...]


class WorkingCalendar:
    """The five-day working week of Kazakhstan."""

    def __init__(self, moved: MovedDays) -> None:
        self._rest = {day.rest for day in moved.moved}
        self._work = {day.work for day in moved.moved}
        self._eid = {eid.day.year: eid.day for eid in moved.eid_al_adha}

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices work on this day."""
        if day in self._work:
            return True
        if day in self._rest:
            return False
        rest, work = self._of_year(day.year)
        return day in work or (day.weekday() < _SATURDAY and day not in rest)

    def next_working_day(self, day: date) -> date:
        """Return the first working day after `day`."""
        for step in range(1, _LONGEST_REST):
            following = day + timedelta(days=step)
            if self.is_working_day(following):
                return following
        raise ValueError(f"no working day within {_LONGEST_REST} days after {day}")

    def deadline(self, start: datetime, duration: Duration, hours: OfficeHours | None = None) -> datetime:
        """Return the last moment of a term that starts at `start` (aware); the answer is in UTC.

        Without office hours, minutes and hours run around the clock and a day ends at midnight in Almaty.
        """
        if start.tzinfo is None:
            raise ValueError("a deadline needs an aware moment")
        local = start.astimezone(_ZONE)
        if duration.unit in (Unit.MINUTES, Unit.HOURS):
            span = timedelta(**{duration.unit.value: duration.value})
            return self._after_office_time(local, span, hours).astimezone(UTC)
        return self._end_of(self._last_day(local.date(), duration), hours).astimezone(UTC)

    def working_days_before(self, day: date, count: int) -> date:
        """Return the working day from which `count` working days lead to `day`."""
        for _ in range(count):
            day = self._working_day_before(day)
        return day

    def deadline_before(self, moment: datetime, duration: Duration, hours: OfficeHours | None = None) -> datetime:
        """Return the last moment that lies a term in working days before `moment` (aware); the answer is in UTC.

        The day of the event is not counted (Civil Code, Article 173, read backwards): one working day before a session
        on Monday ends when the office closes on Friday.
        """
        if moment.tzinfo is None:
            raise ValueError("a deadline needs an aware moment")
        if duration.unit is not Unit.WORKING_DAYS:
            raise ValueError(f"expected working days to count back, found {duration.unit}")
        day = self.working_days_before(moment.astimezone(_ZONE).date(), duration.value)
        return self._end_of(day, hours).astimezone(UTC)

    def _working_day_before(self, day: date) -> date:
        for step in range(1, _LONGEST_REST):
            before = day - timedelta(days=step)
            if self.is_working_day(before):
                return before
        raise ValueError(f"no working day within {_LONGEST_REST} days before {day}")

    def _last_day(self, first: date, duration: Duration) -> date:
        if duration.unit is Unit.WORKING_DAYS:
            day = first
            for _ in range(duration.value):
                day = self.next_working_day(day)
            return day
        if duration.unit is Unit.CALENDAR_DAYS:
            day = first + timedelta(days=duration.value)
        else:
            day = _months_later(first, duration.value)
        return day if self.is_working_day(day) else self.next_working_day(day)

    def _after_office_time(self, start: datetime, span: timedelta, hours: OfficeHours | None) -> datetime:
        if hours is None:
            return start.astimezone(UTC) + span  # as time passes, also on a day on which the clocks were changed
        left = span
        for opens, closes in self._spans_from(start.date(), hours):
            begins = max(start, opens)
            if begins >= closes:
                continue
            if left <= closes - begins:
                return begins + left
            left -= closes - begins
        raise AssertionError("office spans never end")

    def _spans_from(self, day: date, hours: OfficeHours) -> Iterator[tuple[datetime, datetime]]:
        if not self.is_working_day(day):
            day = self.next_working_day(day)
        while True:
            for opens, closes in hours.spans:
                yield datetime.combine(day, opens, _ZONE), datetime.combine(day, closes, _ZONE)
            day = self.next_working_day(day)

    def _end_of(self, day: date, hours: OfficeHours | None) -> datetime:
        if hours is None:
            return datetime.combine(day + timedelta(days=1), time(), _ZONE)
        return datetime.combine(day, hours.closes, _ZONE)

    @functools.cache  # noqa: B019 - one calendar lives as long as the process
    def _of_year(self, year: int) -> tuple[frozenset[date], frozenset[date]]:
        """Return the year's days of rest by law and the weekend days on which one works."""
        known = holidays.country_holidays("KZ", years=year, language="en_US")
        rest = set(known)
        if year in self._eid:
            rest -= {day for day, name in known.items() if "Eid al-Adha" in name}
            rest.add(self._eid[year])
        return frozenset(rest), frozenset(getattr(known, "weekend_workdays", ()))


def _months_later(day: date, months: int) -> date:
    """Return the same day `months` later, or the month's last day when it has no such day (Civil Code, Article 174)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))
