"""The mark of a booked time as a payload: read as it was written, refused when it says anything else."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.exchange.errors import ExchangeCode, PayloadNotWritable, PayloadRefused
from gateway.exchange.office_booking_mark import OfficeBookingMark, VisitMark, build_mark, read_mark

NOW = datetime(2026, 3, 3, 4, 11, 12, 345, tzinfo=UTC)
CAME = OfficeBookingMark(
    office="karaganda-employment",
    service="unemployed-certificate",
    booked_for=datetime(2026, 3, 3, 4, 10, tzinfo=UTC),
    ticket=7,
    mark=VisitMark.CAME,
    at=NOW,
)


@pytest.mark.parametrize("mark", VisitMark)
@pytest.mark.parametrize("ticket", [1, 9999])
def test_a_mark_is_read_as_it_was_written(mark, ticket):
    made = replace(CAME, mark=mark, ticket=ticket)
    assert read_mark(build_mark(made)) == made


def test_the_day_of_a_marked_booking_is_almatys():
    late = replace(CAME, booked_for=datetime(2026, 3, 2, 20, 0, tzinfo=UTC))
    assert late.day == date(2026, 3, 3)


def test_a_mark_names_nobody():
    assert b"holder" not in build_mark(CAME)
    with pytest.raises(PayloadRefused):
        read_mark(build_mark(CAME).replace(b"<came ", "<came holder='Ж***' ".encode()))


WRONG = {
    "no number": {"ticket": 0},
    "seconds": {"booked_for": CAME.booked_for + timedelta(seconds=1)},
    "no id of an office": {"office": "Қарағанды"},
    "no time zone": {"at": NOW.replace(tzinfo=None)},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG.keys())
def test_a_mark_that_no_portal_may_read_is_not_written(changes):
    with pytest.raises(PayloadNotWritable):
        build_mark(replace(CAME, **changes))


@pytest.mark.parametrize(
    ("found", "instead"),
    [
        (b"<came ", b"<cancelled "),
        (b"<came ", b'<noShow at="2026-03-03T04:11:12Z"></noShow><came '),
        (b"2026-03-03T04:11:12", b"2026-02-30T04:11:12"),
        (b">7<", b">07<"),
    ],
)
def test_what_leaves_the_schema_is_refused_with_a_code(found, instead):
    payload = build_mark(CAME)
    assert found in payload
    with pytest.raises(PayloadRefused) as caught:
        read_mark(payload.replace(found, instead))
    assert caught.value.code in ExchangeCode


@pytest.mark.parametrize("payload", [b"", b"<a/>", b"\xff", b"<" * 20_000])
def test_what_is_no_mark_is_refused(payload):
    with pytest.raises(PayloadRefused):
        read_mark(payload)
