"""A time booked on the portal is seen at the desk and gone when it is cancelled; its mark comes back, all by hand.

Both sides run on databases of their own and share nothing but the payloads.
"""

from __future__ import annotations

import pytest

from gateway.desk.ports import SentMessages
from gateway.flows.arm.office_notices import BOOKED, key_of
from gateway.flows.arm.tickets import TicketState
from tests.integration.desk.couriers import Handlers, taken_by_the_gateway
from tests.integration.desk.test_office_bookings import Told, moment
from tests.integration.desk.workplace import KARAGANDA, OFFICES, a_workplace
from tests.integration.flows.town import Town

OFFICE = OFFICES[KARAGANDA]


@pytest.mark.parametrize("overtaken", [False, True], ids=["in order", "the cancellation first"])
async def test_what_the_portal_books_and_cancels_is_what_the_desk_expects(new_store, clock, overtaken):
    sent = SentMessages()
    town = await Town.build(new_store, clock, outbox=sent)
    place = await a_workplace(new_store, clock)
    told, clerk = Told(place), place.staff["clerk"]
    account = await town.register()

    given_up = await town.rooms.bookings.book(account.id, OFFICE, KARAGANDA, moment(11))
    await town.rooms.bookings.cancel(account.id, given_up.id)
    kept = await town.rooms.bookings.book(account.id, OFFICE, KARAGANDA, moment(11, 10))
    payloads = [message.payload.xml for _, message in sent.sent.values()]
    await told(*(reversed(payloads) if overtaken else payloads))

    (expected,) = await place.desk.bookings.expected(clerk)
    assert (expected.code, expected.booked_for) == (kept.code, kept.booked_for)
    assert (await place.desk.bookings.came(clerk, expected.day, expected.ticket)).service.id == KARAGANDA

    ((gateway, mark),) = place.sent.sent.values()
    portal = Handlers(clock.now)
    town.rooms.office_marks.listen(portal)  # type: ignore[arg-type]
    booked = key_of(OFFICE, kept.day, kept.number, BOOKED)
    await taken_by_the_gateway(town.store, booked, gateway=gateway, chain=mark.correlation_id)
    await portal.take(mark, chain=str(mark.correlation_id), gateway=gateway)
    (shown,) = await town.rooms.bookings.of_person(account.id)
    assert (shown.id, shown.state) == (kept.id, TicketState.FINISHED)
