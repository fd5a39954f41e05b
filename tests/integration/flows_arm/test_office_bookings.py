"""Times booked at a provider's office: stored with the message that tells its desk, and cancelled with another."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.catalogue import load_catalogue
from gateway.exchange.office_booking import BOOKING_SERVICE, OfficeBooking, read_booking
from gateway.flows.arm.bookings import Bookings
from gateway.flows.arm.office_notices import OfficeNotices
from gateway.flows.arm.queue import Queue
from gateway.flows.arm.queue_errors import QueueCode, QueueError
from gateway.flows.arm.tickets import TICKETS, TicketState
from gateway.identity.accounts import Account
from gateway.identity.numbers import parse_number
from gateway.shep.messages import AsyncMessage, MessageType
from tests.conftest import ROOT
from tests.integration.flows.town import IIN

CATALOGUE = load_catalogue()
OFFICE, OTHER_OFFICE, HALL = "karaganda-employment", "temirtau-employment", "karaganda-corporation"
SERVICE, AT_HALLS_ALONE = "unemployed-certificate", "unemployed-registration"
ACCOUNT, OTHER = 1, 2


class Named:
    """Accounts that are all one person's."""

    async def by_id(self, account_id: int) -> Account:
        return Account(account_id, parse_number(IIN), "ЖАППАРОВА ӘЙГҮЛ СЕРІКҚЫЗЫ", "")


class Messages:
    """An outbox in memory, which fails where a test wants it to."""

    def __init__(self) -> None:
        self.sent: dict[str, tuple[str, AsyncMessage]] = {}
        self.broken = False

    async def put(self, _conn, *, key: str, gateway: str, message: AsyncMessage) -> bool:
        if self.broken:
            raise ConnectionError
        assert key not in self.sent
        self.sent[key] = (gateway, message)
        return True

    def told(self) -> list[OfficeBooking]:
        return [read_booking(message.payload.xml) for _, message in self.sent.values()]


@pytest.fixture
async def store(new_store):
    return await new_store("channels", str(TICKETS.relative_to(ROOT)))


@pytest.fixture
def messages():
    return Messages()


@pytest.fixture
def bookings(store, messages):
    notices = OfficeNotices(outgoing=messages, accounts=Named(), gateway="shep")
    return Bookings(store=store, catalogue=CATALOGUE, notices=notices)


def refusal(code):
    return pytest.raises(QueueError, match=f"^{code}")


def moment(hour, minute=0, day=2):
    """A moment of March 2026 in Almaty, UTC+5; the 2nd is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=5)


async def test_the_act_has_the_booking_at_the_office_of_one_service_alone(bookings):
    assert {one.id for one in bookings.offices(SERVICE)} >= {OFFICE, OTHER_OFFICE, HALL}
    assert not [one for one in bookings.offices(AT_HALLS_ALONE) if one.is_provider]
    with refusal(QueueCode.NOT_SERVED_HERE):
        await bookings.book(ACCOUNT, OFFICE, AT_HALLS_ALONE, moment(11))


async def test_a_booking_tells_the_desk_when_whom_and_under_which_number(bookings, messages, clock):
    ticket = await bookings.book(ACCOUNT, OFFICE, SERVICE, moment(11, 10))
    ((key, (gateway, message)),) = messages.sent.items()
    assert key == f"office booking {OFFICE} 2026-03-02 1 booked"
    assert (gateway, message.service_id, message.message_type) == ("shep", BOOKING_SERVICE, MessageType.REQUEST)
    assert message.route_id == CATALOGUE.office(OFFICE).route_id
    (told,) = messages.told()
    assert told == OfficeBooking(OFFICE, SERVICE, moment(11, 10), ticket.number, clock.now(), "Ж*** Ә*** С***")
    assert (ticket.state, ticket.department) == (TicketState.WAITING, OFFICE)


async def test_a_booking_at_a_hall_is_told_to_no_desk(bookings, messages):
    ticket = await bookings.book(ACCOUNT, HALL, SERVICE, moment(11))
    await bookings.cancel(ACCOUNT, ticket.id)
    assert messages.sent == {}


async def test_neither_the_booking_nor_its_message_is_there_without_the_other(bookings, messages):
    messages.broken = True
    with pytest.raises(ConnectionError):
        await bookings.book(ACCOUNT, OFFICE, SERVICE, moment(11))
    assert await bookings.of_person(ACCOUNT) == ()
    messages.broken = False
    ticket = await bookings.book(ACCOUNT, OFFICE, SERVICE, moment(11))
    messages.broken = True
    with pytest.raises(ConnectionError):
        await bookings.cancel(ACCOUNT, ticket.id)
    assert [one.id for one in await bookings.of_person(ACCOUNT)] == [ticket.id]


async def test_a_person_pressing_many_times_books_once_and_tells_once(bookings, messages):
    tries = [bookings.book(ACCOUNT, place, SERVICE, moment(11)) for place in (OFFICE, OTHER_OFFICE, HALL) * 4]
    told = await asyncio.gather(*tries, return_exceptions=True)
    assert len([one for one in told if not isinstance(one, Exception)]) == 1
    (booked,) = await bookings.of_person(ACCOUNT)
    assert len(messages.sent) == (0 if booked.department == HALL else 1)


async def test_one_time_of_an_office_is_one_persons(bookings):
    await bookings.book(ACCOUNT, OFFICE, SERVICE, moment(11))
    with refusal(QueueCode.SLOT_GONE):
        await bookings.book(OTHER, OFFICE, SERVICE, moment(11))
    slots = {slot.at: slot.free for slot in (await bookings.times(OFFICE))[date(2026, 3, 2)]}
    assert (slots[moment(11)], slots[moment(11, 10)]) == (0, 1)


async def test_a_cancellation_is_told_under_the_same_number_and_gives_the_time_back(bookings, messages, clock):
    first = await bookings.book(ACCOUNT, OFFICE, SERVICE, moment(11))
    clock.advance(timedelta(minutes=5))
    await bookings.cancel(ACCOUNT, first.id)
    with refusal(QueueCode.TICKET_MOVED):
        await bookings.cancel(ACCOUNT, first.id)
    booked, cancelled = messages.told()
    assert (cancelled.office, cancelled.day, cancelled.ticket) == (booked.office, booked.day, booked.ticket)
    assert (cancelled.holder, cancelled.at) == (None, clock.now())
    again = await bookings.book(OTHER, OFFICE, SERVICE, moment(11))
    assert again.number == first.number + 1, "the number of a ticket of this day is given once"


async def test_the_times_of_an_office_last_ten_minutes_within_its_hours(bookings):
    """Lines 1187-1190 and 1193-1194: one is served for at most 10 minutes at the office, 15 at the centre."""
    day = [slot.at for slot in (await bookings.times(OFFICE))[date(2026, 3, 3)]]
    assert day[:2] == [moment(9, day=3), moment(9, 10, day=3)]
    assert [at for at in day if moment(12, 50, day=3) < at < moment(14, day=3)] == []
    assert day[-1] == moment(17, 50, day=3)


async def test_a_ticket_of_an_office_is_called_at_no_window_and_ends_with_its_day(bookings, store, clock):
    ticket = await bookings.book(ACCOUNT, OFFICE, SERVICE, moment(11))
    with refusal(QueueCode.NO_SUCH_HALL):
        await Queue(store=store, catalogue=CATALOGUE).board(OFFICE)
    clock.set(moment(9, day=3))
    await bookings.close_days()
    row = await store.database.fetchrow("SELECT state, account FROM ticket WHERE id = $1", ticket.id)
    assert tuple(row) == ("closed", None)


async def test_without_messages_to_desks_no_office_is_offered(store):
    bookings = Bookings(store=store, catalogue=CATALOGUE)
    assert not [one for one in bookings.offices(SERVICE) if one.is_provider]
    with refusal(QueueCode.NOT_SERVED_HERE):
        await bookings.book(ACCOUNT, OFFICE, SERVICE, moment(11))


@pytest.mark.parametrize("place", ["almaty-corporation", "no-such-office", "", "kokpekti-akim"])
async def test_where_the_service_is_not_received_nothing_is_booked(bookings, messages, place):
    with pytest.raises(QueueError):
        await bookings.book(ACCOUNT, place, SERVICE, moment(11))
    assert messages.sent == {}
