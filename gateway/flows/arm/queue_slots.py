"""The times for which a ticket may be booked: by the hours and the windows of a department, or of a provider's office.

An applicant is served for at most 15 minutes at the centre and 10 at the provider's office (Karaganda act, lines
1187-1195), so that is how long a time lasts. Half of the windows are booked ahead, the others are for those who come
without a booking: a booking is the applicant's wish and no condition (lines 1180-1182). A provider's office has no
windows that an act counts: one person is booked for one of its times.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway.catalogue.calendar import WorkingCalendar
from gateway.catalogue.office import Office
from gateway.clock import ALMATY

SLOT = timedelta(minutes=15)
"""At the State Corporation (Karaganda act, lines 1191-1195)."""
OFFICE_SLOT = timedelta(minutes=10)
"""At a provider's office (Karaganda act, lines 1187-1190 and 1193-1194)."""
DAYS_AHEAD = 10
"""How many working days ahead are open for booking, today among them; assumed."""

_ZONE = ZoneInfo(ALMATY)
_ANY_DAY = date(2026, 3, 2)


def day_of(moment: datetime) -> date:
    """Return the day of a moment in the time of Almaty."""
    return moment.astimezone(_ZONE).date()


def beginning_of(day: date) -> datetime:
    """Return the first moment of a day in Almaty, in UTC."""
    return datetime.combine(day, time(), _ZONE).astimezone(UTC)


def end_of(day: date) -> datetime:
    """Return the moment at which a day has ended in Almaty, in UTC."""
    return beginning_of(day + timedelta(days=1))


def places(office: Office) -> int:
    """Return how many tickets may be booked for one time: half of the windows, one at least."""
    return max(1, (office.windows or 1) // 2)


def slots_of(office: Office, day: date) -> tuple[datetime, ...]:
    """Return the times of a working day, in UTC; each ends before the break or the closing does."""
    times, lasts = [], OFFICE_SLOT if office.is_provider else SLOT
    for opens, closes in office.hours.spans:
        begins, ends = datetime.combine(day, opens, _ZONE), datetime.combine(day, closes, _ZONE)
        while begins + lasts <= ends:
            times.append(begins.astimezone(UTC))
            begins += lasts
    return tuple(times)


def days_open(calendar: WorkingCalendar, now: datetime) -> Iterator[date]:
    """Yield the working days that are open for booking."""
    today = day_of(now)
    day = today if calendar.is_working_day(today) else calendar.next_working_day(today)
    for _ in range(DAYS_AHEAD):
        yield day
        day = calendar.next_working_day(day)


def is_open(department: Office, calendar: WorkingCalendar, now: datetime) -> bool:
    """Tell whether the hall gives tickets: on a working day from opening to closing, the break included."""
    local = now.astimezone(_ZONE)
    return calendar.is_working_day(local.date()) and (
        department.hours.opens <= local.time().replace(tzinfo=None) < department.hours.closes
    )


def longest_line(department: Office) -> int:
    """Return how many people may wait at once: as many as the windows serve in a whole day."""
    return (department.windows or 1) * len(slots_of(department, _ANY_DAY))
