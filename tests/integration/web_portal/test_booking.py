"""Booking a place in the State Corporation's queue on the portal: seen, booked once, taken meanwhile, cancelled."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from tests.integration.flows.town import CATALOGUE, IIN, OTHER_IIN

SERVICE, NOT_BOOKABLE = "unemployed-certificate", "semey-nuclear-test-victims"
WITHOUT_PORTAL = "targeted-social-assistance"
HALL = "karaganda-corporation"
AT, LATER = "2026-03-02T06:00:00+00:00", "2026-03-02T06:15:00+00:00"
PAGE = f"/services/{SERVICE}/ticket"


def times(page):
    return [value for value in page.tree.xpath("//select[@name='at']/option/@value") if value]


def errors(page):
    return page.tree.xpath("//*[contains(@class, 'govuk-error-summary')]")


async def book(browser, at=AT, **fields):
    page = await browser.get(f"{PAGE}?department={fields.get('department', HALL)}")
    return await browser.post(page, PAGE, at=at, **fields)


async def test_a_ticket_is_booked_and_shown_with_its_number_time_and_place(sign_in, account, town):
    browser, _ = await sign_in(IIN)
    page = await browser.get(PAGE)
    assert page.status == 200
    assert len(page.tree.xpath("//input[@name='department'][@type='radio']")) == 3
    assert times(page)[0] == "2026-03-02T05:15:00+00:00", "10:15, the next time after 10:00"
    page = await browser.post(page, PAGE, at=AT)
    assert page.path == "/tickets"
    words = page.words()
    assert "001" in words
    assert "02.03.2026 11:00" in words
    assert CATALOGUE.office(HALL).name.kk in words
    assert CATALOGUE.service(SERVICE).titles.kk in words
    assert len(await town.rooms.bookings.of_person(account.id)) == 1


async def test_the_act_of_a_service_without_the_portal_lets_its_ticket_be_booked_there(sign_in, account):
    browser, _ = await sign_in(IIN)
    page = await browser.get(f"/services/{WITHOUT_PORTAL}")
    assert page.tree.xpath(f"//a[@href='/services/{WITHOUT_PORTAL}/ticket']")
    assert times(await browser.get(f"/services/{WITHOUT_PORTAL}/ticket"))


async def test_what_the_act_does_not_let_be_booked_is_not_offered_and_refused(sign_in, account):
    browser, _ = await sign_in(IIN)
    page = await browser.get(f"/services/{NOT_BOOKABLE}")
    assert page.tree.xpath("//*[@data-channel='corporation']"), "it is a service of the State Corporation"
    assert not page.tree.xpath("//a[contains(@href, '/ticket')]")
    page = await browser.get(f"/services/{NOT_BOOKABLE}/ticket")
    assert (page.status, "ticket-not-bookable" in page.text) == (409, True)
    assert (await browser.get("/services/no-such-service/ticket")).status == 404


async def test_the_list_of_services_leads_to_the_bookable_ones_alone(visit):
    page = await (await visit()).get("/services")
    found = page.tree.xpath("//a[contains(@href, '/ticket')]/@href")
    expected = {
        service.id
        for service in CATALOGUE.services.values()
        if any(one.channel == "corporation" and one.bookable for one in service.queues)
    }
    assert {href.split("/")[2] for href in found} == expected
    assert len(expected) == 6


async def test_a_stranger_signs_in_first(visit):
    page = await (await visit()).get(PAGE)
    assert page.path == "/sign-in"
    assert page.tree.xpath(f"//input[@name='next'][@value='{PAGE}']")


async def test_a_form_sent_twice_books_one_ticket(sign_in, account, town):
    browser, _ = await sign_in(IIN)
    page = await browser.get(PAGE)
    answers = await asyncio.gather(*(browser.post(page, PAGE, at=AT) for _ in range(3)))
    assert {answer.path for answer in answers} == {"/tickets"}
    assert len(await town.rooms.bookings.of_person(account.id)) == 1


async def test_a_second_booking_of_the_service_is_refused_with_what_to_do(sign_in, account):
    browser, _ = await sign_in(IIN)
    await book(browser)
    page = await book(browser, LATER)
    assert page.status == 400
    assert errors(page)
    assert "броньдап қойғансыз" in page.text
    assert page.tree.xpath("//a[@href='/tickets']")


async def test_a_time_that_was_taken_meanwhile_is_told_beside_those_that_are_left(sign_in, account, town):
    browser, _ = await sign_in(IIN)
    page = await browser.get(f"{PAGE}?department=bukhar-zhyrau-corporation")
    assert AT in times(page)
    for other in (71, 72):  # half of its four windows
        await town.rooms.bookings.book(other, "bukhar-zhyrau-corporation", SERVICE, _moment())
    page = await browser.post(page, PAGE, at=AT)
    assert page.status == 400
    assert "бос орын қалмады" in page.text
    assert AT not in times(page)
    assert LATER in times(page)
    page = await browser.post(page, PAGE, at=LATER)
    assert page.path == "/tickets"


@pytest.mark.parametrize("at", ["", "now", "2026-03-02", "2026-03-02T06:00:00", "2026-03-02T06:07:00+00:00", "9" * 300])
async def test_what_is_no_time_of_the_department_books_nothing(sign_in, account, town, at):
    browser, _ = await sign_in(IIN)
    page = await book(browser, at)
    assert page.status == 400
    assert errors(page)
    assert await town.rooms.bookings.of_person(account.id) == ()


@pytest.mark.parametrize("department", ["almaty-corporation", "karaganda-employment", "", "../x"])
async def test_another_department_than_those_of_the_service_is_refused(sign_in, account, town, department):
    browser, _ = await sign_in(IIN)
    page = await browser.get(PAGE)
    page = await browser.post(page, PAGE, at=AT, department=department)
    assert page.status in (400, 409)
    assert await town.rooms.bookings.of_person(account.id) == ()


async def test_a_ticket_is_cancelled_by_its_holder_alone(sign_in, account, town, visit):
    browser, _ = await sign_in(IIN)
    page = await book(browser)
    (number,) = page.tree.xpath("//@data-ticket")
    await town.register(OTHER_IIN)
    other, _ = await sign_in(OTHER_IIN)
    theirs = await book(other, LATER)
    async with other.client.post(f"/tickets/{number}/cancel", data={"_csrf": _token(theirs)}) as answer:
        assert answer.status == 404
    page = await browser.post(page, f"/tickets/{number}/cancel")
    assert page.path == "/tickets"
    assert not page.tree.xpath("//@data-ticket")
    assert await town.rooms.bookings.of_person(account.id) == ()
    async with browser.client.post(f"/tickets/{number}/cancel", data={"_csrf": _token(page)}) as answer:
        assert answer.status == 409, "cancelled already"
    page = await book(browser)
    assert page.path == "/tickets"


async def test_without_the_forms_token_nothing_is_booked_or_cancelled(sign_in, account, town):
    browser, _ = await sign_in(IIN)
    page = await book(browser)
    (number,) = page.tree.xpath("//@data-ticket")
    async with browser.client.post(f"/tickets/{number}/cancel") as answer:
        assert answer.status == 403
    async with browser.client.post(PAGE, data={"department": HALL, "at": LATER}) as answer:
        assert answer.status == 403
    assert len(await town.rooms.bookings.of_person(account.id)) == 1


@pytest.mark.parametrize(("language", "weekday"), [("kk", "дүйсенбі"), ("ru", "понедельник"), ("en", "Monday")])
async def test_the_pages_speak_each_language(sign_in, account, language, weekday):
    browser, _ = await sign_in(IIN)
    page = await browser.get(f"{PAGE}?lang={language}")
    assert weekday in page.text
    english = "A ticket is a place in the electronic queue"
    assert (english in page.text) is (language == "en")


def _token(page):
    return page.tree.xpath("//input[@name='_csrf']/@value")[0]


def _moment():
    return datetime.fromisoformat(AT)


@pytest.mark.parametrize("queue", [False])
async def test_without_a_workplace_of_the_state_corporation_no_ticket_is_offered(sign_in, account):
    browser, _ = await sign_in(IIN)
    for path in ("/services", f"/services/{SERVICE}", "/cabinet"):
        page = await browser.get(path)
        assert page.status == 200
        assert not page.tree.xpath("//a[contains(@href, 'ticket')]"), path
    assert [(await browser.get(path)).status for path in (PAGE, "/tickets")] == [404, 404]
