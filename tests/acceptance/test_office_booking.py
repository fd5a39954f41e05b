"""A time booked on the portal passes both gateways to the provider's desk, and the desk's mark passes them back."""

from datetime import datetime

import pytest
import pytest_asyncio

from simulators.walk.applicant import at_the_portal
from simulators.walk.levers import Levers
from simulators.walk.staff import StaffRoom

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGE = "/services/unemployed-certificate/ticket"
OFFICE, CLERK = "karaganda-employment", "karaganda-clerk"
MARKED = "SELECT count(*) FROM channels.ticket WHERE department = $1 AND state = $2"
STANDS = "SELECT count(*) FROM desk.office_booking WHERE office = $1 AND state = $2"


@pytest_asyncio.fixture(loop_scope="session")
async def applicant(town):
    async with at_the_portal(town.installation, town.http, "applicant-karaganda") as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def clerk(town):
    room = StaffRoom(town.installation, town.http)
    yield await room.member(CLERK)
    await room.close()


async def test_a_booked_time_and_its_cancellation_reach_the_desk_of_the_office_and_its_mark_comes_back(
    town, applicant, clerk
):
    page = await applicant.browser.get(f"{applicant.portal}{PAGE}?department={OFFICE}")
    form = page.form_to(PAGE)
    at = next(value for value in form.xpath(".//select[@name='at']/option/@value") if value)
    tickets = await applicant.browser.submit(page, {"at": at}, form=form)
    assert tickets.url.endswith("/tickets"), tickets.text
    await town.until(1, STANDS, OFFICE, "expected")

    booked = await clerk.browser.get(f"{town.installation.address('desk')}/booked")
    assert booked.status == 200
    assert "001" in tickets.text
    assert "001" in booked.text
    assert "С*** Е***" in booked.text

    cancel = tickets.find("//main//form[contains(@action, '/cancel')]")
    await applicant.browser.submit(tickets, {}, form=cancel)
    await town.until(1, STANDS, OFFICE, "cancelled")
    assert "***" not in (await clerk.browser.get(booked.url)).text

    page = await applicant.browser.get(f"{applicant.portal}{PAGE}?department={OFFICE}")
    tickets = await applicant.browser.submit(page, {"at": at}, form=page.form_to(PAGE))
    await town.until(1, STANDS, OFFICE, "expected")
    await Levers(town.installation, town.http).until(datetime.fromisoformat(at))
    booked = await clerk.browser.get(booked.url)
    await clerk.browser.submit(booked, {}, form=booked.find("//main//form[contains(@action, '/came')]"))
    await town.until(1, MARKED, OFFICE, "finished")
    tickets = await applicant.browser.get(tickets.url)
    assert "Кеңсе сіздің келгеніңізді" in tickets.text
    assert tickets.find("//main//form[contains(@action, '/cancel')]") is None
    for boxes in ("desk.inbox", "desk.outbox", "channels.inbox"):
        assert await town.count(f"SELECT count(*) FROM {boxes} WHERE state = 'stopped'") == 0
