"""Booking a time at a provider's office on the portal: offered by the act, once, told to the desk, cancelled."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gateway.catalogue import Channel
from gateway.desk.ports import SentMessages
from gateway.exchange.office_booking import BOOKING_SERVICE, OfficeBooking, read_booking
from gateway.exchange.office_booking_mark import OfficeBookingMark, VisitMark, build_mark
from gateway.flows.arm.office_notices import BOOKED, key_of
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm
from tests.integration.desk.couriers import Handlers, taken_by_the_gateway
from tests.integration.flows.town import CATALOGUE, IIN, Town

SERVICE, AT_HALLS_ALONE = "unemployed-certificate", "unemployed-registration"
OFFICE, HALL = "karaganda-employment", "karaganda-corporation"
AT = "2026-03-02T06:10:00+00:00"
PAGE = f"/services/{SERVICE}/ticket"


@pytest.fixture
def outbox():
    return SentMessages()


@pytest.fixture
async def town(new_store, clock, queue, outbox):
    return await Town.build(new_store, clock, halls=queue, outbox=outbox)


def told(outbox: SentMessages) -> list[OfficeBooking]:
    return [read_booking(message.payload.xml) for _, message in outbox.sent.values()]


def places(page) -> list[str]:
    return page.tree.xpath("//input[@name='department'][@type='radio']/@value")


@pytest.mark.parametrize(
    ("language", "link", "rule"),
    [
        ("kk", "кеңсесінде қабылдау уақытын броньдау", "нөмірі бойынша шақырылмайды"),
        ("ru", "Забронировать время приёма в канцелярии услугодателя", "по номеру не вызывают"),
    ],
)
async def test_a_time_is_booked_at_the_office_and_the_page_says_that_nobody_is_called(  # noqa: PLR0917 - fixtures
    sign_in, account, outbox, language, link, rule
):
    browser, _ = await sign_in(IIN)
    page = await browser.get(f"/services/{SERVICE}?lang={language}")
    (href,) = page.tree.xpath(f"//a[contains(., '{link}')]/@href")
    page = await browser.get(href)
    assert page.status == 200
    assert rule in page.text
    assert set(places(page)) == {
        *(one.id for one in CATALOGUE.counters_of(SERVICE, Channel.PROVIDER_OFFICE)),
        *(one.id for one in CATALOGUE.counters_of(SERVICE, Channel.CORPORATION)),
    }
    assert page.tree.xpath("//input[@name='department'][@checked]/@value") == [OFFICE]
    page = await browser.post(page, PAGE, at=AT)
    assert page.path == "/tickets"
    words = page.words()
    assert CATALOGUE.office(OFFICE).name.kk in words or CATALOGUE.office(OFFICE).name.ru in words
    assert "02.03.2026 11:10" in words
    assert rule in page.text
    (booking,) = told(outbox)
    assert (booking.office, booking.service, booking.ticket) == (OFFICE, SERVICE, 1)
    assert booking.booked_for.isoformat() == AT
    assert booking.holder is not None
    assert account.name.split()[0] not in booking.holder


async def test_a_form_sent_twice_books_and_tells_once_and_a_cancellation_is_told(sign_in, account, town, outbox):
    browser, _ = await sign_in(IIN)
    page = await browser.get(f"{PAGE}?department={OFFICE}")
    answers = await asyncio.gather(*(browser.post(page, PAGE, at=AT) for _ in range(3)))
    assert {answer.path for answer in answers} == {"/tickets"}
    assert len(told(outbox)) == 1
    (number,) = answers[0].tree.xpath("//@data-ticket")
    page = await browser.post(answers[0], f"/tickets/{number}/cancel")
    assert not page.tree.xpath("//@data-ticket")
    booked, cancelled = told(outbox)
    assert (cancelled.ticket, cancelled.holder) == (booked.ticket, None)


@pytest.mark.parametrize(
    ("language", "mark", "words"),
    [
        ("kk", VisitMark.CAME, "Кеңсе сіздің келгеніңізді 02.03.2026 11:12 белгіледі."),
        ("ru", VisitMark.CAME, "Канцелярия отметила 02.03.2026 11:12, что вы пришли."),
        ("kk", VisitMark.NO_SHOW, "Кеңсе сіздің келмегеніңізді 02.03.2026 11:12 белгіледі. Бүгін әлі де келе аласыз"),
        ("ru", VisitMark.NO_SHOW, "Канцелярия отметила 02.03.2026 11:12, что вы не пришли. Вы ещё можете прийти"),
    ],
)
async def test_what_the_office_marked_is_said_on_the_page_and_nothing_is_cancelled_there(  # noqa: PLR0917 - fixtures
    sign_in, account, town, clock, language, mark, words
):
    browser, _ = await sign_in(IIN)
    page = await browser.post(await browser.get(f"{PAGE}?department={OFFICE}"), PAGE, at=AT)
    assert page.tree.xpath("//form[contains(@action, '/cancel')]")
    (ticket,) = await town.rooms.bookings.of_person(account.id)
    assert ticket.booked_for is not None
    made = OfficeBookingMark(OFFICE, SERVICE, ticket.booked_for, 1, mark, ticket.booked_for + timedelta(minutes=2))
    booked = key_of(OFFICE, ticket.day, ticket.number, BOOKED)
    await taken_by_the_gateway(town.store, booked, gateway="shep", chain="the booking's")
    inbox = Handlers(clock.now)
    town.rooms.office_marks.listen(inbox)
    payload = Payload(PayloadForm.ESCAPED, build_mark(made))
    message = AsyncMessage(service_id=BOOKING_SERVICE, message_type=MessageType.NOTIFICATION, payload=payload)
    await inbox.take(message, chain="the booking's", gateway="shep")
    page = await browser.get(f"/tickets?lang={language}")
    assert words in page.words()
    assert not page.tree.xpath("//form[contains(@action, '/cancel')]")


async def test_one_has_one_open_booking_of_the_service_wherever_it_is(sign_in, account, outbox):
    browser, _ = await sign_in(IIN)
    page = await browser.post(await browser.get(f"{PAGE}?department={OFFICE}"), PAGE, at=AT)
    assert page.path == "/tickets"
    page = await browser.get(f"{PAGE}?department={HALL}")
    page = await browser.post(page, PAGE, at="2026-03-02T06:00:00+00:00")
    assert page.status == 400
    assert "броньдап қойғансыз" in page.text
    assert len(outbox.sent) == 1


async def test_where_the_act_has_no_booking_at_the_office_none_is_offered(sign_in, account, outbox):
    browser, _ = await sign_in(IIN)
    page = await browser.get(f"/services/{AT_HALLS_ALONE}/ticket")
    assert not [one for one in places(page) if CATALOGUE.office(one).is_provider]
    page = await browser.post(page, f"/services/{AT_HALLS_ALONE}/ticket", at=AT, department=OFFICE)
    assert page.status == 409
    assert outbox.sent == {}


@pytest.mark.parametrize("queue", [False])
async def test_an_office_is_booked_where_there_is_no_workplace_of_the_state_corporation(sign_in, account, outbox):
    browser, _ = await sign_in(IIN)
    assert (await browser.get("/services")).tree.xpath(f"//a[@href='{PAGE}']")
    page = await browser.get(PAGE)
    assert all(CATALOGUE.office(one).is_provider for one in places(page))
    assert (await browser.post(page, PAGE, at=AT)).path == "/tickets"
    assert len(outbox.sent) == 1
    assert (await browser.get(f"/services/{AT_HALLS_ALONE}/ticket")).status == 404
