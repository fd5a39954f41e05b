"""What an office marked of a booked time stands at the portal: once, from the booking's chain, in whatever order."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from gateway.exchange.office_booking import BOOKING_SERVICE
from gateway.exchange.office_booking_mark import OfficeBookingMark, VisitMark, build_mark
from gateway.flows.arm.bookings import Bookings
from gateway.flows.arm.office_marks import OfficeMarks
from gateway.flows.arm.office_notices import BOOKED, OfficeNotices, key_of
from gateway.flows.arm.queue_errors import QueueCode, QueueError
from gateway.flows.arm.tickets import TICKETS, TicketState
from gateway.shep.chains import ChainUnknown
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm
from tests.conftest import ROOT
from tests.integration.desk.couriers import Handlers, taken_by_the_gateway
from tests.integration.flows_arm.test_office_bookings import (
    ACCOUNT,
    CATALOGUE,
    OFFICE,
    SERVICE,
    Messages,
    Named,
    moment,
)

CHAIN = "the booking's"
CAME = OfficeBookingMark(OFFICE, SERVICE, moment(11), 1, VisitMark.CAME, moment(11, 4))
NO_SHOW = replace(CAME, mark=VisitMark.NO_SHOW, at=moment(11, 2))


@pytest.fixture
async def store(new_store):
    return await new_store("channels", str(TICKETS.relative_to(ROOT)))


@pytest.fixture
def bookings(store):
    notices = OfficeNotices(outgoing=Messages(), accounts=Named(), gateway="shep")
    return Bookings(store=store, catalogue=CATALOGUE, notices=notices)


@pytest.fixture
async def booked(bookings, store):
    """A time that was booked, whose message a gateway has taken."""
    ticket = await bookings.book(ACCOUNT, OFFICE, SERVICE, moment(11))
    key = key_of(OFFICE, ticket.day, ticket.number, BOOKED)
    await taken_by_the_gateway(store, key, gateway="shep", chain=CHAIN)
    return ticket


@pytest.fixture
def told(store, clock):
    """Bring marks as ЭҮШ does."""
    inbox = Handlers(clock.now)
    OfficeMarks(store).listen(inbox)  # type: ignore[arg-type]

    async def tell(*marks: OfficeBookingMark | bytes, chain: str = CHAIN, gateway: str = "shep") -> None:
        for one in marks:
            message = AsyncMessage(
                service_id=BOOKING_SERVICE,
                message_type=MessageType.NOTIFICATION,
                payload=Payload(PayloadForm.ESCAPED, one if isinstance(one, bytes) else build_mark(one)),
            )
            await inbox.take(message, chain=chain, gateway=gateway)

    return tell


async def stands(bookings):
    (ticket,) = await bookings.of_person(ACCOUNT)
    return ticket.state, ticket.ended_at


async def test_the_person_sees_the_mark_and_gives_nothing_up_any_more(bookings, booked, told):
    assert await stands(bookings) == (TicketState.WAITING, None)
    await told(NO_SHOW)
    assert await stands(bookings) == (TicketState.NO_SHOW, NO_SHOW.at)
    with pytest.raises(QueueError, match=f"^{QueueCode.TICKET_MOVED}"):
        await bookings.cancel(ACCOUNT, booked.id)


@pytest.mark.parametrize("order", sorted({*itertools.permutations("NNCC")}))
async def test_however_often_and_in_whatever_order_marks_come_who_came_has_come(bookings, booked, told, order):
    await told(*({"N": NO_SHOW, "C": CAME}[one] for one in order))
    assert await stands(bookings) == (TicketState.FINISHED, CAME.at)


async def test_who_was_marked_as_not_come_may_book_another_time(bookings, booked, told):
    await told(NO_SHOW)
    again = await bookings.book(ACCOUNT, OFFICE, SERVICE, moment(15))
    await told(CAME)
    shown = [(one.id, one.state) for one in await bookings.of_person(ACCOUNT)]
    assert shown == [(booked.id, TicketState.FINISHED), (again.id, TicketState.WAITING)]


async def test_what_was_given_up_stays_so(bookings, store, booked, told):
    await bookings.cancel(ACCOUNT, booked.id)
    await told(CAME)
    assert await store.database.fetchval("SELECT state FROM ticket") == TicketState.CANCELLED


async def test_with_the_day_the_mark_is_shown_to_nobody_and_one_that_comes_later_is_nobodys(
    bookings, store, booked, told, clock
):
    clock.set(moment(0, day=3))
    assert await bookings.of_person(ACCOUNT) == ()
    await bookings.close_days()
    await told(CAME)
    row = await store.database.fetchrow("SELECT state, account FROM ticket")
    assert tuple(row) == (TicketState.FINISHED, None)


@pytest.mark.parametrize(
    ("mark", "way"),
    [
        (CAME, {"chain": "another's"}),
        (CAME, {"gateway": "rshep"}),
        (replace(CAME, ticket=2), {}),
        (replace(CAME, office="temirtau-employment"), {}),
        (replace(CAME, service="unemployed-registration"), {}),
        (replace(CAME, booked_for=moment(11, 10)), {}),
        (b"<a/>", {}),
    ],
    ids=["chain", "gateway", "ticket", "office", "service", "time", "no mark"],
)
async def test_a_mark_that_is_not_of_this_booking_or_comes_in_no_chain_of_it_changes_nothing(
    bookings, booked, told, mark, way
):
    await told(mark, **way)
    assert await stands(bookings) == (TicketState.WAITING, None)


async def test_a_mark_that_overtakes_the_gateways_receipt_waits_for_it(bookings, store, told):
    ticket = await bookings.book(ACCOUNT, OFFICE, SERVICE, moment(11))
    key = key_of(OFFICE, ticket.day, ticket.number, BOOKED)
    await taken_by_the_gateway(store, key, gateway="shep", chain=None)
    with pytest.raises(ChainUnknown):
        await told(CAME)
    await taken_by_the_gateway(store, key, gateway="shep", chain=CHAIN)
    await told(CAME)
    assert await stands(bookings) == (TicketState.FINISHED, CAME.at)
