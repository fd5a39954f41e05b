"""The hall's pages: a ticket is taken by anybody, the call screen renews itself and shows nothing of a person."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from lxml import html

from gateway.catalogue import load_catalogue
from gateway.catalogue.terms import Channel
from tests.integration.flows_arm.hall import APPLICANT, NAME

CATALOGUE = load_catalogue()
HERE = "karaganda-corporation"
HALL, BOARD = f"/hall/{HERE}", f"/board/{HERE}"
SERVICE = "unemployed-certificate"


@pytest.fixture
async def visitor(new_browser):
    return await new_browser()


def tree(browser):
    return html.fromstring(browser.page)


async def take(browser, service=SERVICE):
    await browser.get(HALL)
    await browser.post(HALL, service=service)
    return browser


async def test_anybody_takes_a_ticket_and_sees_its_number_and_who_is_before(visitor, hall):
    for code, ahead in (("001", "0"), ("002", "1"), ("003", "2")):
        await take(visitor)
        page = tree(visitor)
        assert page.xpath("//*[@data-ticket]/text()") == [code]
        assert page.xpath("//*[@data-ahead]/@data-ahead") == [ahead]
    assert [one.service for one in await hall.rooms.queue.waiting(HERE)] == [SERVICE] * 3


async def test_a_ticket_is_taken_for_each_service_of_the_department_and_for_any_other_question(visitor, hall):
    await visitor.get(HALL)
    offered = tree(visitor).xpath("//button[@name='service']/@value")
    expected = [one.id for one in hall.rooms.queue.services(HERE)]
    assert [one for one in offered if one] == expected
    assert set(expected) == {
        one.id
        for one in CATALOGUE.services.values()
        if CATALOGUE.office(HERE) in CATALOGUE.counters_of(one.id, Channel.CORPORATION)
    }
    await visitor.post(HALL)
    (ticket,) = await hall.rooms.queue.waiting(HERE)
    assert ticket.service is None


async def test_the_screen_of_the_hall_is_ready_for_the_next_without_javascript(visitor):
    await take(visitor)
    (renewal,) = tree(visitor).xpath("//meta[@http-equiv='refresh']/@content")
    assert renewal == f"30; url={HALL}"
    assert tree(visitor).xpath("//*[@role='status']//*[@data-ticket]")


async def test_a_double_press_gives_one_ticket(visitor, hall):
    await visitor.get(HALL)
    form = visitor.form(HALL) | {"service": SERVICE}

    async def press():
        async with visitor.client.post(HALL, data=form) as answer:
            return answer.url.path

    assert len(set(await asyncio.gather(*(press() for _ in range(4))))) == 1
    assert len(await hall.rooms.queue.waiting(HERE)) == 1


async def test_the_call_screen_shows_number_and_window_and_renews_itself(visitor, hall, operator, clock):
    for _ in range(3):
        await hall.rooms.queue.issue(HERE, SERVICE)
    first = await hall.rooms.queue.call_next(operator, 5)
    clock.advance(timedelta(minutes=1))
    await hall.rooms.queue.serve(operator, first.id)
    await hall.rooms.queue.call_next(operator, 12)
    await visitor.get(BOARD)
    page = tree(visitor)
    assert page.xpath("//meta[@http-equiv='refresh']/@content") == ["5"]
    rows = page.xpath("//*[@role='status']//tbody/tr")
    assert [(row.get("data-state"), *row.xpath("td/text()")) for row in rows] == [
        ("called", "002", "12"),
        ("serving", "001", "5"),
    ]
    assert page.xpath("//@data-waiting") == ["1"]
    words = page.xpath("//main")[0].text_content()
    assert "Терезе" in words
    assert "Окно" in words


async def test_the_hall_and_its_screen_show_no_personal_data_and_no_service(visitor, hall, operator):
    number = await hall.accepted(operator, SERVICE)
    await hall.rooms.queue.issue(HERE, SERVICE)
    await hall.rooms.queue.call_next(operator, 5)
    for path in (BOARD, HALL, "/hall"):
        await visitor.get(path)
        for secret in (NAME, str(APPLICANT), operator.name, str(operator.iin), number):
            assert secret not in visitor.page
    await visitor.get(BOARD)
    assert CATALOGUE.service(SERVICE).titles.kk not in visitor.page


async def test_an_empty_queue_is_said_in_words(visitor):
    await visitor.get(BOARD)
    assert "Шақырылған талон жоқ" in visitor.page


@pytest.mark.parametrize("moment", [datetime(2026, 3, 2, 16, tzinfo=UTC), datetime(2026, 3, 7, 6, tzinfo=UTC)])
async def test_a_closed_hall_says_when_it_is_open_and_gives_nothing(visitor, hall, clock, moment):
    await visitor.get(HALL)
    form = visitor.form(HALL) | {"service": SERVICE}
    clock.set(moment)
    await visitor.get(HALL)
    assert tree(visitor).xpath("//*[@data-closed]")
    assert "09:00–20:00" in visitor.page
    async with visitor.client.post(HALL, data=form) as answer:
        assert answer.status == 409
        assert "hall-closed" in await answer.text()
    assert await hall.rooms.queue.waiting(HERE) == ()


@pytest.mark.parametrize(
    "path",
    [
        "/hall/karaganda-employment",
        "/hall/nowhere",
        "/hall/..%2f",
        "/board/nowhere",
        "/board/karaganda-employment",
        f"{HALL}/tickets/999",
        f"{HALL}/tickets/{10**17}",
        f"{HALL}/tickets/-1",
    ],
)
async def test_what_is_no_hall_or_no_ticket_is_not_found(visitor, path):
    await visitor.get(path)
    assert visitor.status == 404


async def test_a_ticket_of_another_hall_is_not_shown(visitor, hall):
    ticket = await hall.rooms.queue.issue("temirtau-corporation")
    await visitor.get(f"{HALL}/tickets/{ticket.id}")
    assert visitor.status == 404


async def test_a_service_of_another_city_gives_no_ticket(visitor, hall):
    await take(visitor, "guardianship-certificate")
    assert visitor.status == 409
    assert "ticket-service-not-here" in visitor.page
    assert await hall.rooms.queue.waiting(HERE) == ()


async def test_without_the_forms_token_no_ticket_is_given(visitor, hall):
    async with visitor.client.post(HALL, data={"service": SERVICE}) as answer:
        assert answer.status == 403
    assert await hall.rooms.queue.waiting(HERE) == ()


async def test_the_ticket_is_printed_with_its_number(visitor):
    await take(visitor)
    (link,) = tree(visitor).xpath("//a[contains(@href, 'ticket.pdf')]/@href")
    await visitor.get(link)
    assert visitor.status == 200
    assert visitor.body.startswith(b"%PDF")


async def test_the_index_leads_to_every_hall_and_screen(visitor, hall):
    await visitor.get("/hall")
    links = set(tree(visitor).xpath("//main//a/@href"))
    departments = [one.id for one in hall.rooms.queue.departments()]
    assert links == {f"/{page}/{one}" for one in departments for page in ("hall", "board")}
    assert len(departments) == 5


@pytest.mark.parametrize(("language", "words"), [("kk", "Талон алу"), ("ru", "Взять талон"), ("en", "Take a ticket")])
async def test_the_hall_speaks_each_language(visitor, language, words):
    await visitor.get(f"{HALL}?lang={language}")
    assert words in visitor.page
    assert language == "en" or "Take a ticket" not in visitor.page
