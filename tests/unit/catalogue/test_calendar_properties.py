"""Properties of the working calendar and of deadlines, judged by tables and counts that the calendar does not see.

The days of rest below are copied from what the Ministry of Labour published for each year (the balance of working time,
the orders on moved days of rest, the dates of Құрбан айт): they are no output of the library behind the calendar. The
office's time between two moments is counted here by cutting days into spans, the other way round than the calendar
does, so that a slip in one is not a slip in the other.
"""

from __future__ import annotations

import calendar as months
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.catalogue import Body, Channel, CountedFrom, Duration, OfficeHours, Unit, load_catalogue, result_due
from gateway.catalogue.calendar import EidAlAdha, MovedDay, MovedDays, WorkingCalendar
from gateway.desk.procedure import ProcedureOf

ALMATY = ZoneInfo("Asia/Almaty")
CATALOGUE = load_catalogue()
CALENDAR = CATALOGUE.calendar
HOURS = OfficeHours(opens=time(9), closes=time(18), break_from=time(13), break_to=time(14))
YEARS = (2024, 2025, 2026)
WORKING_DAYS_BY_MONTH = {
    2024: (21, 21, 17, 22, 20, 20, 22, 21, 21, 22, 21, 21),
    2025: (20, 20, 17, 22, 19, 20, 22, 21, 21, 22, 20, 22),
    2026: (19, 20, 18, 22, 17, 22, 22, 21, 22, 21, 21, 22),
}
"""The five-day week; in 2024 with 17 June, which the Ministry gave back to work when Құрбан айт fell on the 16th; in
2026 with 31 August, since by the Constitution that was voted on 15 March its day is no longer 30 August."""
RESTED = {
    2024: "01-01 01-02 03-08 03-21 03-22 03-25 05-01 05-07 05-08 05-09 07-08 08-30 10-25 12-16",
    2025: "01-01 01-02 01-03 01-07 03-10 03-21 03-24 03-25 05-01 05-07 05-09 06-06 07-07 09-01 10-27 12-16",
    2026: "01-01 01-02 01-07 03-09 03-23 03-24 03-25 05-01 05-07 05-11 05-27 07-06 10-26 12-16",
}
"""Days of the week from Monday to Friday on which nobody worked."""
WORKED = {date(2024, 5, 4), date(2025, 1, 5)}
"""Days of the weekend on which offices worked for a day of rest that was moved."""
_RESTED = {date.fromisoformat(f"{year}-{day}") for year, days in RESTED.items() for day in days.split()}
CLOCK_CHANGE = datetime(2024, 2, 29, 18, 0, tzinfo=UTC)
"""Midnight of 1 March 2024 in Almaty by the old time: the clocks went back to 23:00, from UTC+6 to UTC+5."""

moments = st.datetimes(datetime(2024, 1, 1), datetime(2026, 9, 1), timezones=st.just(UTC))  # noqa: DTZ001
around_the_change = st.timedeltas(timedelta(days=-4), timedelta(days=4)).map(lambda by: CLOCK_CHANGE + by)
later = st.timedeltas(timedelta(0), timedelta(days=40))
minute_terms = st.one_of(
    st.builds(Duration, value=st.integers(1, 366), unit=st.just(Unit.MINUTES)),
    st.builds(Duration, value=st.integers(1, 48), unit=st.just(Unit.HOURS)),
)
day_terms = st.builds(Duration, value=st.integers(1, 60), unit=st.sampled_from([Unit.WORKING_DAYS, Unit.CALENDAR_DAYS]))
month_terms = st.builds(Duration, value=st.integers(1, 3), unit=st.just(Unit.MONTHS))
any_term = st.one_of(minute_terms, day_terms, month_terms)


@st.composite
def office_hours(draw: st.DrawFn) -> OfficeHours:
    """Hours of an office with a break somewhere inside, by quarters of an hour."""
    between = [(24, 40), (44, 52), (54, 60), (64, 84)]
    opens, break_from, break_to, closes = (
        time(quarter // 4, quarter % 4 * 15) for quarter in (draw(st.integers(*one)) for one in between)
    )
    return OfficeHours(opens=opens, closes=closes, break_from=break_from, break_to=break_to)


def works(day: date) -> bool:
    """Whether offices worked, by the published tables."""
    return day in WORKED or (day.weekday() < 5 and day not in _RESTED)


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def worked(start: datetime, end: datetime, hours: OfficeHours) -> timedelta:
    """The office's time between two moments."""
    total = timedelta(0)
    for day in days(start.astimezone(ALMATY).date(), end.astimezone(ALMATY).date()):
        for opens, closes in hours.spans if works(day) else ():
            begins = datetime.combine(day, opens, ALMATY).astimezone(UTC)
            ends = datetime.combine(day, closes, ALMATY).astimezone(UTC)
            total += max(timedelta(0), min(end, ends) - max(start, begins))
    return total


def span_of(term: Duration) -> timedelta:
    return timedelta(**{term.unit.value: term.value})


# The days


@pytest.mark.parametrize("year", YEARS)
def test_the_working_days_of_a_year_are_those_that_were_published(year: int) -> None:
    whole = days(date(year, 1, 1), date(year, 12, 31))
    assert [day for day in whole if CALENDAR.is_working_day(day)] == [day for day in whole if works(day)]


@pytest.mark.parametrize("year", YEARS)
def test_every_month_has_as_many_working_days_as_the_balance_of_working_time(year: int) -> None:
    counted = tuple(
        sum(
            map(
                CALENDAR.is_working_day,
                days(date(year, month, 1), date(year, month, months.monthrange(year, month)[1])),
            )
        )
        for month in range(1, 13)
    )
    assert counted == WORKING_DAYS_BY_MONTH[year]


def test_only_a_holiday_on_a_weekend_is_moved_and_no_day_of_faith() -> None:
    assert CALENDAR.is_working_day(date(2024, 1, 8)), "Christmas fell on a Sunday"
    assert CALENDAR.is_working_day(date(2024, 6, 17)), "Құрбан айт fell on a Sunday"
    assert not CALENDAR.is_working_day(date(2026, 3, 9)), "Women's Day fell on a Sunday"


@pytest.mark.parametrize("year", [2027, 2028, 2030])
def test_a_year_without_decisions_yet_has_the_laws_holidays(year: int) -> None:
    fixed = (
        (1, 1),
        (1, 2),
        (1, 7),
        (3, 8),
        (3, 15),
        (3, 21),
        (3, 22),
        (3, 23),
        (5, 1),
        (5, 7),
        (5, 9),
        (7, 6),
        (12, 16),
    )
    assert not [day for day in (date(year, *one) for one in fixed) if CALENDAR.is_working_day(day)]
    assert 243 <= sum(map(CALENDAR.is_working_day, days(date(year, 1, 1), date(year, 12, 31)))) <= 251


def test_a_decision_of_the_government_moves_a_day_whatever_the_library_knows() -> None:
    moved = MovedDay(rest=date(2029, 6, 14), work=date(2029, 6, 16), source="a test")
    eid = EidAlAdha(day=date(2029, 4, 23), source="a test")
    calendar = WorkingCalendar(MovedDays(moved=(moved,), eid_al_adha=(eid,)))
    assert not calendar.is_working_day(date(2029, 6, 14))
    assert calendar.is_working_day(date(2029, 6, 16))
    april = [day for day in days(date(2029, 4, 2), date(2029, 4, 30)) if day.weekday() < 5]
    assert [day for day in april if not calendar.is_working_day(day)] == [eid.day], "the estimate gives way to the date"


@given(st.dates(date(2020, 1, 1), date(2035, 12, 1)))
@settings(deadline=None)
def test_the_next_working_day_is_the_first_that_follows(day: date) -> None:
    following = CALENDAR.next_working_day(day)
    assert following > day
    assert CALENDAR.is_working_day(following)
    assert not [between for between in days(day, following)[1:-1] if CALENDAR.is_working_day(between)]


# Minutes and hours


@given(st.one_of(moments, around_the_change), minute_terms, office_hours())
@example(datetime(2026, 3, 6, 12, 58, tzinfo=UTC), Duration(value=3, unit=Unit.MINUTES), HOURS)
@example(datetime(2024, 2, 29, 11, 59, tzinfo=UTC), Duration(value=2, unit=Unit.MINUTES), HOURS)
@settings(deadline=None)
def test_exactly_the_terms_minutes_of_office_time_pass(start: datetime, term: Duration, hours: OfficeHours) -> None:
    due = CALENDAR.deadline(start, term, hours)
    assert worked(start, due, hours) == span_of(term)
    a_moment_before = due - timedelta(microseconds=1)
    assert worked(start, a_moment_before, hours) < span_of(term), "the deadline is the first such moment"


@given(moments, minute_terms, minute_terms, office_hours())
@settings(deadline=None)
def test_terms_in_minutes_and_hours_add_up_over_breaks_nights_and_holidays(
    start: datetime, first: Duration, second: Duration, hours: OfficeHours
) -> None:
    one_after_another = CALENDAR.deadline(CALENDAR.deadline(start, first, hours), second, hours)
    assert worked(start, one_after_another, hours) == span_of(first) + span_of(second)


@given(moments, minute_terms, office_hours())
@settings(deadline=None)
def test_what_arrives_while_the_office_is_closed_counts_from_its_opening(
    start: datetime, term: Duration, hours: OfficeHours
) -> None:
    local = start.astimezone(ALMATY)
    openings = [
        opening
        for day in days(local.date(), local.date() + timedelta(days=15))
        for opens, closes in (hours.spans if works(day) else ())
        for opening in [max(start, datetime.combine(day, opens, ALMATY).astimezone(UTC))]
        if opening < datetime.combine(day, closes, ALMATY).astimezone(UTC)
    ]
    assert CALENDAR.deadline(start, term, hours) == CALENDAR.deadline(openings[0], term, hours)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2024-02-29T17:50+06:00", 15, "2024-03-01T09:05+05:00"),
        ("2024-02-29T23:30+06:00", 15, "2024-03-01T09:15+05:00"),
        ("2024-02-29T23:30+05:00", 15, "2024-03-01T09:15+05:00"),
        ("2025-01-02T23:00+05:00", 15, "2025-01-05T09:15+05:00"),  # Sunday, worked for Friday the 3rd
        ("2024-05-03T17:55+05:00", 10, "2024-05-04T09:05+05:00"),  # Saturday, worked for Wednesday the 8th
        ("2024-05-06T17:55+05:00", 10, "2024-05-10T09:05+05:00"),  # over 7, 8 and 9 May
        ("2026-03-20T17:59+05:00", 2, "2026-03-26T09:01+05:00"),  # over the whole of Nauryz
        ("2026-03-02T13:00+05:00", 1, "2026-03-02T14:01+05:00"),  # the break's first moment
        ("2026-03-02T18:00+05:00", 1, "2026-03-03T09:01+05:00"),  # the closing moment
        ("2026-03-02T09:00+05:00", 240, "2026-03-02T13:00+05:00"),  # a whole morning ends at the break
        ("2026-03-02T09:00+05:00", 366, "2026-03-02T16:06+05:00"),
    ],
)
def test_minutes_at_the_edges_of_office_time(start: str, minutes: int, due: str) -> None:
    found = CALENDAR.deadline(datetime.fromisoformat(start), Duration(value=minutes, unit=Unit.MINUTES), HOURS)
    assert found == datetime.fromisoformat(due)


def test_an_office_closes_at_12_utc_before_march_2024_and_at_13_since() -> None:
    day = Duration(value=1, unit=Unit.WORKING_DAYS)
    before = CALENDAR.deadline(datetime(2024, 2, 27, 5, tzinfo=UTC), day, HOURS)
    since = CALENDAR.deadline(datetime(2024, 2, 29, 5, tzinfo=UTC), day, HOURS)
    assert (before, since) == (datetime(2024, 2, 28, 12, tzinfo=UTC), datetime(2024, 3, 1, 13, tzinfo=UTC))


@given(st.one_of(moments, around_the_change), minute_terms)
@example(datetime(2024, 2, 29, 17, 30, tzinfo=UTC), Duration(value=2, unit=Unit.HOURS))
@settings(deadline=None)
def test_around_the_clock_as_much_time_passes_as_the_term_says(start: datetime, term: Duration) -> None:
    assert CALENDAR.deadline(start, term) - start == span_of(term)


# Days and months


@given(moments, st.integers(1, 60), office_hours())
@settings(deadline=None)
def test_a_term_in_working_days_has_so_many_behind_the_first_day(
    start: datetime, value: int, hours: OfficeHours
) -> None:
    due = CALENDAR.deadline(start, Duration(value=value, unit=Unit.WORKING_DAYS), hours).astimezone(ALMATY)
    behind = days(start.astimezone(ALMATY).date(), due.date())[1:]
    assert sum(map(works, behind)) == value
    assert works(due.date())
    assert due.time() == hours.closes


@given(moments, st.integers(1, 60), office_hours())
@settings(deadline=None)
def test_a_term_in_calendar_days_that_ends_at_rest_ends_on_the_next_working_day(
    start: datetime, value: int, hours: OfficeHours
) -> None:
    due = CALENDAR.deadline(start, Duration(value=value, unit=Unit.CALENDAR_DAYS), hours).astimezone(ALMATY)
    last = start.astimezone(ALMATY).date() + timedelta(days=value)
    assert works(due.date())
    assert not [day for day in days(last, due.date())[:-1] if works(day)]
    assert due.time() == hours.closes


@given(moments, st.integers(1, 12))
@settings(deadline=None)
def test_a_term_in_months_ends_on_the_same_day_or_the_months_last(start: datetime, value: int) -> None:
    local = start.astimezone(ALMATY).date()
    due = CALENDAR.deadline(start, Duration(value=value, unit=Unit.MONTHS), HOURS).astimezone(ALMATY).date()
    year, month = divmod(local.year * 12 + local.month - 1 + value, 12)
    same = date(year, month + 1, min(local.day, months.monthrange(year, month + 1)[1]))
    assert same <= due <= same + timedelta(days=10)
    assert not [day for day in days(same, due)[:-1] if CALENDAR.is_working_day(day)]
    assert CALENDAR.is_working_day(due)


@pytest.mark.parametrize(
    ("start", "value", "due"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),  # a leap year
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 3, 2)),  # 28 February is a Saturday
        (date(2026, 1, 30), 1, date(2026, 3, 2)),
        (date(2025, 12, 31), 2, date(2026, 3, 2)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
        (date(2025, 10, 31), 1, date(2025, 12, 1)),  # 30 November is a Sunday
        (date(2025, 11, 30), 1, date(2025, 12, 30)),  # the 30th stays the 30th
        (date(2025, 12, 7), 1, date(2026, 1, 8)),  # Christmas
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 12, 1), 1, date(2026, 1, 5)),  # New Year and its weekend
    ],
)
def test_months_at_their_ends(start: date, value: int, due: date) -> None:
    at_ten = datetime.combine(start, time(10), ALMATY)
    found = CALENDAR.deadline(at_ten, Duration(value=value, unit=Unit.MONTHS), HOURS).astimezone(ALMATY)
    assert (found.date(), found.time()) == (due, HOURS.closes)


# Counted back from a session


@given(moments, st.integers(1, 10), office_hours())
@settings(deadline=None)
def test_a_term_before_a_session_leaves_so_many_working_days(session: datetime, value: int, hours: OfficeHours) -> None:
    term = Duration(value=value, unit=Unit.WORKING_DAYS, counted_from=CountedFrom.BEFORE_SESSION)
    due = CALENDAR.deadline_before(session, term, hours)
    assert due < session
    local, day = due.astimezone(ALMATY), session.astimezone(ALMATY).date()
    assert CALENDAR.is_working_day(local.date())
    assert local.time() == hours.closes
    assert sum(map(CALENDAR.is_working_day, days(local.date(), day)[:-1])) == value


@given(moments, later, st.integers(1, 10))
@settings(deadline=None)
def test_a_later_session_never_needs_an_earlier_summons(session: datetime, by: timedelta, value: int) -> None:
    term = Duration(value=value, unit=Unit.WORKING_DAYS)
    assert CALENDAR.deadline_before(session, term, HOURS) <= CALENDAR.deadline_before(session + by, term, HOURS)


@pytest.mark.parametrize(
    ("session", "due"),
    [
        ("2026-03-10T10:00+05:00", "2026-03-06T18:00+05:00"),  # over Women's Day
        ("2026-03-26T10:00+05:00", "2026-03-20T18:00+05:00"),  # over Nauryz
        ("2025-01-06T10:00+05:00", "2025-01-05T18:00+05:00"),  # the Sunday that was worked
        ("2024-03-01T09:00+05:00", "2024-02-29T18:00+06:00"),
    ],
)
def test_the_summons_before_a_session(session: str, due: str) -> None:
    term = Duration(value=1, unit=Unit.WORKING_DAYS, counted_from=CountedFrom.BEFORE_SESSION)
    assert CALENDAR.deadline_before(datetime.fromisoformat(session), term, HOURS) == datetime.fromisoformat(due)


def test_only_working_days_are_counted_back_and_only_from_an_aware_moment() -> None:
    with pytest.raises(ValueError, match="working days"):
        CALENDAR.deadline_before(CLOCK_CHANGE, Duration(value=1, unit=Unit.HOURS), HOURS)
    with pytest.raises(ValueError, match="aware"):
        CALENDAR.deadline_before(datetime(2026, 3, 2), Duration(value=1, unit=Unit.WORKING_DAYS))  # noqa: DTZ001


# Every term


@given(st.one_of(moments, around_the_change), later, any_term, office_hours())
@settings(deadline=None)
def test_a_later_start_never_gives_an_earlier_deadline(
    start: datetime, by: timedelta, term: Duration, hours: OfficeHours
) -> None:
    assert CALENDAR.deadline(start, term, hours) <= CALENDAR.deadline(start + by, term, hours)


@given(moments, st.sampled_from(list(Unit)), st.integers(1, 40), st.integers(1, 20), office_hours())
@settings(deadline=None)
def test_a_longer_term_never_ends_earlier(
    start: datetime, unit: Unit, value: int, more: int, hours: OfficeHours
) -> None:
    short, long = Duration(value=value, unit=unit), Duration(value=value + more, unit=unit)
    assert CALENDAR.deadline(start, short, hours) <= CALENDAR.deadline(start, long, hours)


@given(st.one_of(moments, around_the_change), any_term, office_hours())
@settings(deadline=None)
def test_a_deadline_lies_in_office_time_behind_its_start(start: datetime, term: Duration, hours: OfficeHours) -> None:
    due = CALENDAR.deadline(start, term, hours)
    local = due.astimezone(ALMATY)
    assert due > start
    assert due.utcoffset() == timedelta(0)
    assert CALENDAR.is_working_day(local.date())
    assert any(opens < local.time() <= closes for opens, closes in hours.spans), (
        "never at an opening, where none passed"
    )


@given(moments, any_term, office_hours(), st.sampled_from(["UTC", "Asia/Almaty", "America/New_York", "Asia/Qyzylorda"]))
@settings(deadline=None)
def test_the_zone_in_which_a_moment_is_written_does_not_matter(
    start: datetime, term: Duration, hours: OfficeHours, zone: str
) -> None:
    assert CALENDAR.deadline(start.astimezone(ZoneInfo(zone)), term, hours) == CALENDAR.deadline(start, term, hours)


# The acts' own terms


def ways() -> list[tuple[str, Channel, str | None]]:
    """Every service on every channel that the provider itself works, for each of its kinds that a procedure serves."""
    found = []
    for service in CATALOGUE.services.values():
        for entry in service.channels:
            for kind in service.kind_ids or (None,):
                served = entry.only is None or not entry.only.kinds or kind in entry.only.kinds
                try:
                    service.procedure(entry.channel, kind)
                except KeyError:
                    served = False
                if served:
                    found.append((service.id, entry.channel, kind))
    return found


WAYS = ways()


@given(st.sampled_from(WAYS), moments, later)
@settings(deadline=None)
def test_a_later_application_is_never_promised_an_earlier_result(way, start: datetime, by: timedelta) -> None:
    service, channel, kind = way

    def promised(at: datetime) -> datetime:
        return result_due(CALENDAR, CATALOGUE.service(service), HOURS, channel, at, kind=kind)

    assert start < promised(start) <= promised(start + by)
    local = promised(start).astimezone(ALMATY)
    assert works(local.date()) or local.year > YEARS[-1]
    assert any(opens < local.time() <= closes for opens, closes in HOURS.spans)


@pytest.mark.parametrize(("service_id", "channel", "kind"), [one for one in WAYS if one[1] is not Channel.CORPORATION])
def test_who_keeps_every_steps_deadline_keeps_the_promise(service_id: str, channel: Channel, kind: str | None) -> None:
    """In the bodies' own hours, with terms from the submission: every step is ended when it is due."""
    service, office = CATALOGUE.service(service_id), CATALOGUE.offices_of(service_id)[0]
    counter = None if channel is Channel.PORTAL else CATALOGUE.counters_of(service_id, channel)[0]
    procedure = ProcedureOf(CATALOGUE, service, office, channel, kind, counter=counter)
    for day in range(0, 130, 3):
        submitted = datetime(2026, 2, 2, 5, tzinfo=UTC) + timedelta(days=day, hours=day % 9)
        moment, place, before = submitted, procedure.first, None
        while place is not None:
            entered = before is None or not place.is_in_step_of(before)
            adds = procedure.step(place).duration.counted_from is not CountedFrom.BEFORE_SESSION
            if entered and adds and procedure.step(place).body is not Body.APPLICANT:
                moment = max(moment, procedure.due(place, started=moment, submitted=submitted))
            before, place = place, procedure.after(place)
        assert moment <= procedure.result_due(submitted)


@given(moments, later)
@settings(deadline=None)
def test_a_term_counted_from_the_submission_does_not_wait_for_the_step(start: datetime, by: timedelta) -> None:
    """Service 13: the executor's 8 working days run from the submission (Karaganda, lines 2607-2610)."""
    service, office = CATALOGUE.service("local-social-assistance"), CATALOGUE.office("karaganda-employment")
    procedure = ProcedureOf(CATALOGUE, service, office, Channel.PORTAL, "disability")
    place = procedure.first
    while procedure.step(place).duration.counted_from is not CountedFrom.SUBMISSION:
        following = procedure.after(place)
        assert following is not None
        place = following
    due = procedure.due(place, started=start + by, submitted=start)
    assert due == CALENDAR.deadline(start, Duration(value=8, unit=Unit.WORKING_DAYS), office.hours)
    first = procedure.first
    assert procedure.due(first, started=start + by, submitted=start) == CALENDAR.deadline(
        start + by, procedure.step(first).duration, office.hours
    )


def test_the_fixtures_tables_agree_with_each_other() -> None:
    for year in YEARS:
        counted = [works(day) for day in days(date(year, 1, 1), date(year, 12, 31))]
        assert sum(counted) == sum(WORKING_DAYS_BY_MONTH[year])
    assert all(first < second for first, second in pairwise(sorted(_RESTED)))
    assert not [day for day in _RESTED if day.weekday() >= 5]
