"""Signing in at a window, the locked screen, and whose session opens the workplace."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from aiohttp.test_utils import TestClient, TestServer

from gateway.web.arm import make_arm_app
from gateway.web.sessions import MemorySessions
from tests.integration.flows_arm.hall import CERTIFICATE, PASSWORD
from tests.integration.web_arm.conftest import WINDOW, Browser

SAID = "жіберілген деректер қабылданбады"


async def test_nobody_sees_a_page_without_signing_in(new_browser):
    stranger = await new_browser()
    for path in ("/", "/hand-over", "/queue", "/registers", "/overview", "/intakes/73000000000001", "/keys"):
        await stranger.get(path)
        assert stranger.path == "/sign-in", path


async def test_the_call_screen_and_the_hall_are_open(new_browser):
    stranger = await new_browser()
    await stranger.get("/board/karaganda-corporation")
    assert (stranger.status, stranger.path) == (200, "/board/karaganda-corporation")
    await stranger.get("/hall/karaganda-corporation")
    assert (stranger.status, stranger.path) == (200, "/hall/karaganda-corporation")


async def test_a_page_of_the_hall_names_nobody_who_is_signed_in_on_the_same_browser(browser, operator):
    for path in ("/hall", "/hall/karaganda-corporation", "/board/karaganda-corporation"):
        page = await browser.get(path)
        assert browser.status == 200
        assert operator.name not in page, path
        assert 'href="/hand-over"' not in page, path


async def test_a_refusal_keeps_the_scan_field_of_the_workplace(browser):
    page = await browser.get("/intakes/73000000009999")
    assert browser.status == 404
    assert "arm-no-such-application" in page
    assert "data-scan" in page


async def test_a_form_that_came_to_a_locked_screen_is_taken_in_when_it_is_sent_again(browser, hall, clock):
    await browser.get("/")
    form = browser.form("/intakes") | {"service": "unemployed-certificate"}
    clock.advance(timedelta(minutes=11))
    await browser.send("/intakes", form)
    assert browser.path == "/locked"
    await browser.post("/locked", password=PASSWORD)
    await browser.send("/intakes", form)
    assert browser.path.endswith("/form"), browser.path
    number = browser.path.split("/")[2]
    await browser.send("/intakes", form)
    assert browser.path.split("/")[2] == number, "sent twice, begun once"


async def test_a_wrong_password_says_neither_whose_it_is_nor_opens_anything(new_browser, operator):
    browser = await new_browser()
    await browser.get("/sign-in")
    page = await browser.post("/sign-in", iin=str(operator.iin), password="x", window="1")
    assert browser.status == 400
    assert operator.name not in page


async def test_the_window_is_one_of_the_department(new_browser, operator):
    browser = await new_browser()
    await browser.get("/sign-in")
    page = await browser.post("/sign-in", iin=str(operator.iin), password=PASSWORD, window="21")
    assert browser.status == 400
    assert "20" in page
    await browser.post("/sign-in", iin=str(operator.iin), password=PASSWORD, window="20")
    assert browser.path == "/"


async def test_a_portals_session_is_no_operators(hall, operator, clock):
    """Both sites' sessions lie in one table: an applicant's account of the same number opens nothing."""
    sessions = MemorySessions()
    app = make_arm_app(hall.rooms, sessions=sessions, real_time=clock)
    async with TestServer(app) as server, TestClient(server) as client:
        browser = Browser(client, hall)
        await browser.sign_in(operator)
        (digest,) = sessions.rows
        data, _, expires = sessions.rows[digest]
        sessions.rows[digest] = ({**data, "account": str(operator.id)}, str(operator.id), expires)
        await browser.get("/")
        assert browser.path == "/sign-in"


async def test_an_idle_screen_locks_and_comes_back_to_the_same_step(browser, operator, clock):
    number = await browser.begin(CERTIFICATE)
    clock.advance(timedelta(minutes=11))
    page = await browser.get(f"/intakes/{number}/form")
    assert browser.path == "/locked"
    assert number not in page.replace(f"/intakes/{number}/form", "")
    assert f"<strong>{operator.name}, {WINDOW}-терезе</strong>" in page
    await browser.post("/locked", password="wrong")
    assert browser.status == 400
    await browser.post("/locked", password=PASSWORD)
    assert browser.path == f"/intakes/{number}/form"


async def test_what_a_form_brings_to_a_locked_screen_is_not_lost(browser, hall, clock):
    number = await browser.begin(CERTIFICATE)
    page = await browser.get(f"/intakes/{number}/form")
    assert "Терезеден терілген" not in page
    clock.advance(timedelta(minutes=11))
    typed = hall.typed(CERTIFICATE, applicant_name="Терезеден терілген Ат")
    await browser.post(f"/intakes/{number}/form", consent_given="true", **typed)
    assert browser.path == "/locked"
    assert hall.people.asked == []
    await browser.get(f"/locked?next=/intakes/{number}/form")
    page = await browser.post("/locked", password=PASSWORD)
    assert browser.path == f"/intakes/{number}/form"
    assert "Терезеден терілген Ат" in page
    assert hall.people.asked == []


async def test_the_lock_holds_one_request_form_and_says_that_it_holds_nothing_else(browser, hall, operator, clock):
    number = await browser.begin(CERTIFICATE)
    await browser.get("/hand-over")
    token = browser.form("/find")["_csrf"]
    await browser.get(f"/intakes/{number}/form")
    form = browser.form(f"/intakes/{number}/form")
    clock.advance(timedelta(minutes=11))
    first = {**form, **hall.typed(CERTIFICATE, applicant_name="Бірінші Ат")}
    await browser.send(f"/intakes/{number}/form", first)
    assert browser.path == "/locked"
    assert SAID not in browser.page
    await browser.send(
        f"/intakes/{number}/form", {**first, "_once": "of-another-page-shown", "applicant_name": "Екінші Ат"}
    )
    assert SAID in browser.page
    await browser.send("/find", {"_csrf": token, "code": "880101300014"})
    assert SAID in browser.page
    await browser.get(f"/locked?next=/intakes/{number}/form")
    page = await browser.post("/locked", password=PASSWORD)
    assert "Бірінші Ат" in page
    assert "Екінші Ат" not in page
    intake = (await hall.rooms.flow.intake(operator, number)).intake
    assert (intake.consent_at, intake.typed["representative"]) == (None, "")


async def test_what_no_request_form_brought_stands_in_no_session(hall, operator, clock):
    sessions = MemorySessions()
    app = make_arm_app(hall.rooms, sessions=sessions, real_time=clock)
    async with TestServer(app) as server, TestClient(server) as client:
        browser = Browser(client, hall)
        await browser.sign_in(operator)
        clock.advance(timedelta(minutes=11))
        await browser.post("/find", code="880101300014")
        assert browser.path == "/locked"
        assert "880101300014" not in str(sessions.rows)


async def test_a_strange_version_of_a_held_form_is_told_of(browser, hall, clock):
    number = await browser.begin(CERTIFICATE)
    form = browser.form(f"/intakes/{number}/form")
    clock.advance(timedelta(minutes=11))
    await browser.send(f"/intakes/{number}/form", {**form, "version": "9" * 5000, "applicant_name": "Ат"})
    await browser.get(f"/locked?next=/intakes/{number}/form")
    page = await browser.post("/locked", password=PASSWORD)
    assert browser.path == f"/intakes/{number}/form"
    assert "Соңғы енгізілген деректер сақталмады" in page


async def test_a_request_begun_before_the_lock_does_not_open_it(hall, operator, clock, monkeypatch):
    app = make_arm_app(hall.rooms, sessions=MemorySessions(), real_time=clock)
    begun, free = asyncio.Event(), asyncio.Event()
    find = hall.rooms.flow.find

    async def slow(*given):
        begun.set()
        await free.wait()
        return await find(*given)

    async with TestServer(app) as server, TestClient(server) as client:
        browser = Browser(client, hall)
        await browser.sign_in(operator)
        token, lock = browser.form("/find")["_csrf"], browser.form("/lock")
        monkeypatch.setattr(hall.rooms.flow, "find", slow)
        clock.advance(timedelta(minutes=1))  # so that the request notes that something was done
        asking = asyncio.create_task(client.post("/find", data={"_csrf": token, "code": "73000000000001"}))
        await begun.wait()
        await browser.send("/lock", lock)
        assert browser.path == "/locked"
        free.set()
        (await asking).release()
        await browser.get("/")
        assert browser.path == "/locked"


async def test_a_program_is_told_that_the_screen_is_locked(browser, clock):
    number = await browser.begin(CERTIFICATE)
    token = browser.form(f"/intakes/{number}/form")["_csrf"]
    clock.advance(timedelta(minutes=11))
    async with browser.client.post(
        f"/intakes/{number}/typed", json={"version": 0, "typed": {}}, headers={"X-CSRF-Token": token}
    ) as answer:
        assert answer.status == 423
        assert (await answer.json())["error"]["code"] == "screen-locked"


async def test_the_operator_locks_the_screen_with_a_button(browser):
    await browser.get("/queue")
    await browser.post("/lock")
    assert browser.path == "/locked"
    await browser.get("/")
    assert browser.path == "/locked"
    await browser.post("/locked", password=PASSWORD)
    assert browser.path == "/"


async def test_guessing_at_the_lock_ends_the_session(browser, clock):
    await browser.get("/")
    await browser.post("/lock")
    for _ in range(5):
        clock.advance(timedelta(minutes=20))
        await browser.post("/locked", password="wrong")
    assert browser.path == "/sign-in"
    await browser.get("/")
    assert browser.path == "/sign-in"


async def test_the_lock_leads_nowhere_but_to_this_site(browser):
    await browser.get("/")
    await browser.post("/lock", next="//evil.example/")
    await browser.get("/locked?next=https://evil.example/")
    assert browser.form("/locked")["next"] == "/"
    await browser.post("/locked", password=PASSWORD, next="https://evil.example/")
    assert browser.path == "/"
