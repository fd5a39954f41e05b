"""A booking at a provider's office as a payload: read as it was written, refused when it says too much."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.exchange.errors import ExchangeCode, PayloadNotWritable, PayloadRefused
from gateway.exchange.office_booking import OfficeBooking, build_booking, masked_name, read_booking

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
BOOKED = OfficeBooking(
    office="karaganda-employment",
    service="unemployed-certificate",
    booked_for=datetime(2026, 3, 3, 4, 10, tzinfo=UTC),
    ticket=7,
    at=NOW,
    holder="Ж*** Ә*** С***",
)
CANCELLED = replace(BOOKED, holder=None, at=NOW + timedelta(minutes=3))


@settings(deadline=None, max_examples=30)
@given(
    ticket=st.integers(1, 9999),
    minutes=st.integers(0, 60 * 24 * 365 * 50),
    name=st.none() | st.text(max_size=60),
    at=st.integers(0, 10**15).map(lambda after: NOW + timedelta(microseconds=after)),
)
def test_a_booking_is_read_as_it_was_written_whoever_booked(ticket, minutes, name, at):
    booked_for = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    holder = None if name is None else masked_name(name)
    booking = replace(BOOKED, ticket=ticket, booked_for=booked_for, at=at, holder=holder)
    assert read_booking(build_booking(booking)) == booking


def test_the_day_of_a_booking_is_almatys():
    late = replace(BOOKED, booked_for=datetime(2026, 3, 2, 20, 0, tzinfo=UTC))
    assert late.day == date(2026, 3, 3)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("ЖАППАРОВА ӘЙГҮЛ СЕРІКҚЫЗЫ", "Ж*** Ә*** С***"),
        ('ТОО "Қыран"', "Т*** Қ***"),
        ("12", "?***"),
        ("", "?***"),
        ("а б в г д е ж", "а*** б*** в*** г*** д*** е***"),
    ],
)
def test_of_a_name_its_first_letters_are_left(name, masked):
    assert masked_name(name) == masked


WRONG = {
    "a whole name": {"holder": "ЖАППАРОВА ӘЙГҮЛ"},
    "nobody": {"holder": ""},
    "no number": {"ticket": 0},
    "a number of five digits": {"ticket": 10_000},
    "seconds": {"booked_for": BOOKED.booked_for + timedelta(seconds=1)},
    "no id of an office": {"office": "Қарағанды"},
    "no time zone": {"at": NOW.replace(tzinfo=None)},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG.keys())
def test_a_booking_that_no_desk_may_read_is_not_written(changes):
    with pytest.raises(PayloadNotWritable):
        build_booking(replace(BOOKED, **changes))


@pytest.mark.parametrize(
    ("found", "instead"),
    [
        (b"<booked ", b"<cancelled "),
        (b"<booked ", b'<cancelled at="2026-03-02T05:00:00Z"></cancelled><booked '),
        (b"2026-03-02T05:00:00Z", b"2026-02-30T05:00:00Z"),
        (b">7<", b">07<"),
        (b"</officeBooking>", b"<note>x</note></officeBooking>"),
    ],
)
def test_what_leaves_the_schema_is_refused_with_a_code(found, instead):
    payload = build_booking(BOOKED)
    assert found in payload
    with pytest.raises(PayloadRefused) as caught:
        read_booking(payload.replace(found, instead))
    assert caught.value.code in ExchangeCode


@pytest.mark.parametrize("payload", [b"", b"<a/>", b"\xff", b"<" * 20_000])
def test_what_is_no_booking_is_refused(payload):
    with pytest.raises(PayloadRefused):
        read_booking(payload)


def test_a_cancellation_names_the_booking_and_nobody():
    payload = build_booking(CANCELLED)
    assert read_booking(payload) == CANCELLED
    assert not re.search(rb"holder|\*\*\*", payload)
