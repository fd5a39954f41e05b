"""A time booked on the portal is seen at the provider's desk and gone when it is cancelled, each message by hand.

Both sides run on databases of their own and share nothing but the payloads.
"""

from __future__ import annotations

import pytest

from gateway.desk.ports import SentMessages
from gateway.flows.arm.tickets import TICKETS
from tests.integration.desk.test_office_bookings import Told, moment
from tests.integration.desk.workplace import KARAGANDA, OFFICES, a_workplace
from tests.integration.flows.town import Town

OFFICE = OFFICES[KARAGANDA]


@pytest.mark.parametrize("overtaken", [False, True], ids=["in order", "the cancellation first"])
async def test_what_the_portal_books_and_cancels_is_what_the_desk_expects(new_store, clock, overtaken):
    sent = SentMessages()
    town = await Town.build(new_store, clock, outbox=sent)
    await town.store.database.execute(TICKETS.read_text(encoding="utf-8"))
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
