"""The page of who is expected at the counter: seen, marked as come or not, and led on to the counter's entry."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from gateway.desk.booking_errors import BookingCode, BookingError
from tests.integration.desk.test_office_bookings import BOOKED, CANCELLED, Told, moment
from tests.integration.desk.workplace import KARAGANDA

LATER = replace(BOOKED, ticket=2, booked_for=moment(15), holder="С*** Т***")
TOMORROW = replace(BOOKED, booked_for=moment(9, day=3), holder="О*** Б***")
CAME, NO_SHOW = "/booked/2026-03-02/1/came", "/booked/2026-03-02/1/no-show"


@pytest.fixture
async def told(workplace):
    told = Told(workplace)
    await told(BOOKED, LATER, TOMORROW)
    return told


@pytest.fixture
async def browser(new_browser, told):
    return await new_browser("clerk")


async def state(workplace, ticket=1) -> str:
    query = "SELECT state FROM office_booking WHERE day = '2026-03-02' AND ticket = $1"
    return str(await workplace.store.database.fetchval(query, ticket))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", ("Броньдалған уақыттар", "бүгін", "Броньдау өтініш емес", "Келді")),
        ("ru", ("Забронированное время", "сегодня", "Бронирование не является заявлением", "Явился")),
    ],
)
async def test_the_clerk_sees_time_number_masked_name_and_service_day_by_day(browser, language, words):
    page = await browser.get(f"/booked?lang={language}")
    assert all(one in page for one in words)
    rows = re.findall(r'<tr data-booked="([^"]+)">(.*?)</tr>', page, re.DOTALL)
    assert [name for name, _ in rows] == ["2026-03-02-1", "2026-03-02-2", "2026-03-03-1"]
    assert all(one in rows[0][1] for one in ("11:00", "001", "Ж*** Ә*** С***"))
    assert "/came" not in rows[2][1], "tomorrow's is not marked today"
    assert page.count("/no-show") == 0, "nobody is late yet"
    assert 'href="/booked"' in page


async def test_who_came_leads_to_the_counters_entry_of_the_service(browser, workplace):
    await browser.get("/booked")
    page = await browser.post(CAME)
    assert browser.status == 200
    assert f'action="/counter/{KARAGANDA}"' in page
    assert await state(workplace) == "came"
    page = await browser.get("/booked")
    assert CAME not in page
    assert f'href="/counter/{KARAGANDA}"' in page


async def test_from_the_booked_time_on_one_who_did_not_come_is_marked_and_may_still_come(browser, workplace, clock):
    clock.set(moment(11))
    await browser.get("/booked")
    await browser.post(NO_SHOW)
    assert browser.status == 200
    assert await state(workplace) == "no-show"
    assert NO_SHOW not in browser.page
    await browser.post(CAME)
    assert await state(workplace) == "came"


async def test_what_was_cancelled_meanwhile_is_told_on_the_page_and_gone_from_it(browser, workplace, told):
    await browser.get("/booked")
    await told(CANCELLED)
    await browser.post(CAME)
    assert browser.status == 200
    refused = BookingError(BookingCode.CANCELLED)
    assert refused.text.kk in browser.page
    assert refused.advice.kk in browser.page
    assert CAME not in browser.page
    assert await state(workplace) == "cancelled"


async def test_a_double_press_marks_once(browser, workplace):
    await browser.get("/booked")
    data = browser.form(CAME)
    for _ in range(2):
        async with browser.client.post(CAME, data=data, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, f"/counter/{KARAGANDA}")
    assert await state(workplace) == "came"


@pytest.mark.parametrize("path", ["/booked/2026-03-02/77/came", "/booked/2026-02-31/1/came", "/booked/x/1/came"])
async def test_what_nobody_booked_is_not_found(browser, path):
    await browser.get("/booked")
    data = browser.form(CAME)
    async with browser.client.post(path, data=data) as answer:
        assert answer.status == 404


@pytest.mark.parametrize("who", ["head", "executor", "a-clerk"])
async def test_whoever_takes_no_such_papers_in_has_neither_the_section_nor_the_page(new_browser, told, workplace, who):
    browser = await new_browser(who)
    assert 'href="/booked"' not in await browser.get("/cases")
    await browser.get("/booked")
    assert browser.status == 403
    assert "Ж***" not in browser.page
    assert await state(workplace) == "expected"


async def test_without_a_forms_token_nothing_is_marked(browser, workplace):
    async with browser.client.post(CAME, data={}) as answer:
        assert answer.status == 403
    assert await state(workplace) == "expected"


async def test_an_empty_list_says_so(new_browser):
    browser = await new_browser("clerk")
    assert "Ешкім уақыт броньдаған жоқ" in await browser.get("/booked")
