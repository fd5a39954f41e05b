"""Booked times at a desk: applied once in whatever order they come, seen and marked at the counter, forgotten."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.desk.booking_errors import BookingCode, BookingError
from gateway.desk.bookings import BookingState
from gateway.exchange.office_booking import BOOKING_SERVICE, OfficeBooking, build_booking
from gateway.exchange.office_booking_mark import OfficeBookingMark, VisitMark, read_mark
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm
from tests.integration.desk.couriers import Handlers, eventually
from tests.integration.desk.workplace import KARAGANDA, OFFICES, Workplace

OFFICE = OFFICES[KARAGANDA]
MONDAY = date(2026, 3, 2)
_chains = itertools.count(1)


def moment(hour: int, minute: int = 0, day: int = 2) -> datetime:
    """A moment of March 2026 in Almaty, UTC+5; the 2nd is a Monday, and the clock shows ten."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=5)


BOOKED = OfficeBooking(OFFICE, KARAGANDA, moment(11), 1, moment(9, 30), "Ж*** Ә*** С***")
CANCELLED = replace(BOOKED, holder=None, at=moment(9, 40))


class Told:
    """What comes over ЭҮШ, each message in a chain of its own."""

    def __init__(self, place: Workplace) -> None:
        self.inbox = Handlers(place.clock.now)
        place.desk.bookings.listen(self.inbox)  # type: ignore[arg-type]

    async def __call__(self, *bookings: OfficeBooking | bytes, chain: str | None = None) -> None:
        for one in bookings:
            payload = one if isinstance(one, bytes) else build_booking(one)
            message = AsyncMessage(
                service_id=BOOKING_SERVICE,
                message_type=MessageType.REQUEST,
                payload=Payload(PayloadForm.ESCAPED, payload),
            )
            await self.inbox.take(message, chain=chain or f"booking {next(_chains)}", gateway="shep")


@pytest.fixture
def told(workplace):
    return Told(workplace)


def refusal(code):
    return pytest.raises(BookingError, match=f"^{code}$")


async def states(place: Workplace) -> list[tuple[int, str]]:
    rows = await place.store.database.fetch("SELECT ticket, state FROM office_booking ORDER BY ticket")
    return [tuple(row) for row in rows]


def marks(place: Workplace) -> dict[str, tuple[str, str | None, OfficeBookingMark]]:
    """What was told of marks: gateway, chain and mark by the key of the message."""
    assert {one.message_type for _, one in place.sent.sent.values()} <= {MessageType.NOTIFICATION}
    return {
        key: (gateway, message.correlation_id, read_mark(message.payload.xml))
        for key, (gateway, message) in place.sent.sent.items()
    }


async def expected(place: Workplace, who: str = "clerk") -> list[int]:
    return [one.ticket for one in await place.desk.bookings.expected(place.staff[who])]


async def test_a_booking_is_seen_at_the_counter_with_time_service_number_and_masked_name(workplace, told):
    await told(BOOKED)
    (seen,) = await workplace.desk.bookings.expected(workplace.staff["clerk"])
    assert (seen.day, seen.code, seen.service.id) == (MONDAY, "001", KARAGANDA)
    assert (seen.booked_for, seen.holder, seen.state) == (moment(11), "Ж*** Ә*** С***", BookingState.EXPECTED)


async def test_a_booking_opens_no_case(workplace, told):
    await told(BOOKED)
    assert workplace.sent.sent == {}
    await workplace.desk.bookings.came(workplace.staff["clerk"], MONDAY, 1)
    assert await workplace.store.database.fetchval("SELECT count(*) FROM casefile") == 0
    assert list(marks(workplace)) == ["office booking karaganda-employment 2026-03-02 1 came"]


@pytest.mark.parametrize("order", list(itertools.permutations([BOOKED, BOOKED, CANCELLED, CANCELLED], 4))[::5])
async def test_however_often_and_in_whatever_order_it_comes_what_was_cancelled_is_expected_no_more(
    workplace, told, order
):
    await told(*order)
    assert await states(workplace) == [(1, "cancelled")]
    assert await expected(workplace) == []
    assert await workplace.store.database.fetchval("SELECT holder FROM office_booking") == ""


async def test_a_booking_and_its_cancellation_that_come_at_once_leave_it_cancelled(workplace, told):
    numbers = range(1, 9)
    await asyncio.gather(*(told(replace(one, ticket=number)) for number in numbers for one in (BOOKED, CANCELLED)))
    assert await states(workplace) == [(number, "cancelled") for number in numbers]


async def test_a_booking_that_comes_again_does_not_undo_the_mark(workplace, told):
    await told(BOOKED)
    await workplace.desk.bookings.came(workplace.staff["clerk"], MONDAY, 1)
    await told(BOOKED, CANCELLED)
    assert await states(workplace) == [(1, "came")]


async def test_a_cancellation_of_before_wins_over_a_no_show(workplace, told, clock):
    await told(BOOKED)
    clock.set(moment(11))
    await workplace.desk.bookings.no_show(workplace.staff["clerk"], MONDAY, 1)
    await told(CANCELLED)
    assert await states(workplace) == [(1, "cancelled")]


@pytest.mark.parametrize(
    "strange",
    [
        b"<a/>",
        build_booking(BOOKED).replace("Ж*** Ә*** С***".encode(), "Жаппарова".encode()),
        replace(BOOKED, service="no-such-service"),
        replace(BOOKED, service="unemployed-registration"),
        replace(BOOKED, office="almaty-education"),
        replace(BOOKED, office="karaganda-corporation"),
    ],
    ids=["no booking", "a whole name", "no service", "not booked there", "another's service", "a hall"],
)
async def test_what_no_office_here_can_have_is_dropped(workplace, told, strange):
    await told(strange)
    assert await states(workplace) == []


async def test_the_list_is_of_today_and_later_in_order_and_of_the_own_office(workplace, told, clock):
    tomorrow = replace(BOOKED, booked_for=moment(9, day=3))
    await told(tomorrow, replace(BOOKED, ticket=2, booked_for=moment(10, 30)), BOOKED)
    await told(replace(BOOKED, office="temirtau-employment", ticket=9))
    seen = await workplace.desk.bookings.expected(workplace.staff["clerk"])
    assert [(one.day.day, one.ticket) for one in seen] == [(2, 2), (2, 1), (3, 1)]
    clock.set(moment(9, day=3))
    assert await expected(workplace) == [1]


@pytest.mark.parametrize("who", ["head", "executor", "a-clerk"])
async def test_whoever_takes_no_such_papers_in_sees_and_marks_nothing(workplace, told, who):
    await told(BOOKED)
    bookings, member = workplace.desk.bookings, workplace.staff[who]
    assert bookings.services(member) == ()
    assert await bookings.expected(member) == ()
    with refusal(BookingCode.NO_SUCH_BOOKING):
        await bookings.came(member, MONDAY, 1)
    assert await states(workplace) == [(1, "expected")]


async def test_a_mark_is_made_once_and_one_who_is_late_may_still_come(workplace, told, clock):
    bookings, clerk = workplace.desk.bookings, workplace.staff["clerk"]
    await told(BOOKED)
    with refusal(BookingCode.TOO_EARLY):
        await bookings.no_show(clerk, MONDAY, 1)
    clock.set(moment(11))
    for _ in range(2):
        assert (await bookings.no_show(clerk, MONDAY, 1)).state is BookingState.NO_SHOW
    for _ in range(2):
        assert (await bookings.came(clerk, MONDAY, 1)).state is BookingState.CAME
    with refusal(BookingCode.CAME):
        await bookings.no_show(workplace.staff["clerk-2"], MONDAY, 1)
    row = await workplace.store.database.fetchrow("SELECT marked_at, marked_by FROM office_booking")
    assert tuple(row) == (moment(11), clerk.id)


async def test_a_mark_is_told_once_in_the_chain_of_its_booking_and_again_when_who_is_late_comes(workplace, told, clock):
    bookings, clerk = workplace.desk.bookings, workplace.staff["clerk"]
    await told(BOOKED, chain="the booking's")
    clock.set(moment(11))
    for _ in range(2):
        await bookings.no_show(clerk, MONDAY, 1)
    missed = OfficeBookingMark(OFFICE, KARAGANDA, BOOKED.booked_for, 1, VisitMark.NO_SHOW, moment(11))
    key = f"office booking {OFFICE} 2026-03-02 1"
    assert marks(workplace) == {f"{key} no-show": ("shep", "the booking's", missed)}
    clock.set(moment(11, 5))
    for _ in range(2):
        await bookings.came(clerk, MONDAY, 1)
    there = replace(missed, mark=VisitMark.CAME, at=moment(11, 5))
    assert list(marks(workplace).items())[1:] == [(f"{key} came", ("shep", "the booking's", there))]


async def test_neither_the_mark_nor_its_message_is_there_without_the_other(workplace, told, monkeypatch):
    async def broken(*_: object, **__: object) -> bool:
        raise ConnectionError

    await told(BOOKED)
    monkeypatch.setattr(workplace.sent, "put", broken)
    with pytest.raises(ConnectionError):
        await workplace.desk.bookings.came(workplace.staff["clerk"], MONDAY, 1)
    assert await states(workplace) == [(1, "expected")]


async def test_a_booking_that_comes_again_in_another_chain_has_its_mark_there_too(workplace, told):
    """The receipt of the first was lost: the portal knows the last chain alone."""
    await told(BOOKED, chain="first")
    await workplace.desk.bookings.came(workplace.staff["clerk"], MONDAY, 1)
    for _ in range(2):
        await told(BOOKED, chain="last")
    assert [chain for _, chain, _ in marks(workplace).values()] == ["first", "last"]
    assert len({mark for _, _, mark in marks(workplace).values()}) == 1


async def test_a_booking_of_before_the_chain_was_kept_is_marked_and_nothing_told(workplace, told):
    await told(BOOKED)
    await workplace.store.database.execute("UPDATE office_booking SET gateway = NULL, correlation_id = NULL")
    await workplace.desk.bookings.came(workplace.staff["clerk"], MONDAY, 1)
    assert (await states(workplace), workplace.sent.sent) == ([(1, "came")], {})


async def test_what_is_cancelled_of_another_day_or_unknown_is_not_marked(workplace, told):
    bookings, clerk = workplace.desk.bookings, workplace.staff["clerk"]
    await told(CANCELLED, replace(BOOKED, booked_for=moment(11, day=3)))
    with refusal(BookingCode.CANCELLED):
        await bookings.came(clerk, MONDAY, 1)
    with refusal(BookingCode.OTHER_DAY):
        await bookings.came(clerk, date(2026, 3, 3), 1)
    with refusal(BookingCode.NO_SUCH_BOOKING):
        await bookings.came(clerk, MONDAY, 5)


async def test_with_the_day_it_is_forgotten_who_was_expected(workplace, told, clock):
    later = replace(BOOKED, booked_for=moment(11, day=4))
    await told(BOOKED, later)
    clock.set(moment(0, 0, day=3))

    async def forgotten() -> bool:
        names = await workplace.store.database.fetch("SELECT holder FROM office_booking ORDER BY day")
        return [row["holder"] for row in names] == ["", BOOKED.holder]

    async with workplace.store.working():
        await eventually(forgotten)


async def test_a_booking_that_comes_when_its_day_has_ended_names_nobody(workplace, told, clock):
    clock.set(moment(9, day=3))
    await told(BOOKED)
    assert await workplace.store.database.fetchval("SELECT holder FROM office_booking") == ""
