"""One act of a person is one application, one message at ЭҮШ and one case, however often it is sent or delivered."""

import asyncio

import pytest
import pytest_asyncio

from simulators.walk.applicant import at_the_portal
from simulators.walk.levers import Levers
from simulators.walk.staff import OfficeStaff

pytestmark = pytest.mark.asyncio(loop_scope="session")

SERVICE = "unemployed-certificate"
SENT = "SELECT count(*) FROM shep.message WHERE message_type = 'REQUEST' AND origin = 'QYZMET_PORTAL'"
ACCEPTED = "SELECT count(*) FROM channels.application WHERE accepted_at IS NOT NULL"
PUT = "SELECT count(*) FROM channels.outbox"


@pytest_asyncio.fixture(loop_scope="session")
async def applicant(town):
    async with at_the_portal(town.installation, town.http, "applicant-karaganda") as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def levers(town):
    pulled = Levers(town.installation, town.http)
    yield pulled
    await pulled.put_back()


async def ready(applicant):
    """Fill in up to the page on which the application is signed; return its number."""
    number = await applicant.fill_in(SERVICE)
    await applicant.choose_certificate(number)
    return number


async def signed_page(applicant, number):
    """Open the page to sign and sign; return what the browser would post."""
    page = await applicant.browser.get(f"{applicant.portal}/applications/{number}/sign")
    return page, await applicant.hand.fill(page)


async def counts(town):
    return [await town.count(sql) for sql in (ACCEPTED, PUT, SENT)]


async def registered(town, applicant, number):
    await applicant.wait_for(number, lambda told: told["state"] == "registered")
    assert await town.count("SELECT count(*) FROM desk.casefile WHERE number = $1", number) == 1
    steps = "SELECT count(*) FROM desk.event WHERE application = $1 AND kind = 'process' AND number = 6"
    assert await town.count(steps, number) == 1
    assert await town.count(steps.replace("desk.", "channels."), number) == 1


async def test_a_double_click_makes_one_application_and_one_message(town, applicant):
    before = await counts(town)
    number = await ready(applicant)
    page, filled = await signed_page(applicant, number)
    answers = await asyncio.gather(*(applicant.browser.submit(page, filled) for _ in range(2)))
    assert [answer.url.rpartition("/")[2] for answer in answers] == ["sent", "sent"]
    await registered(town, applicant, number)
    assert await counts(town) == [one + 1 for one in before]


async def test_a_repeated_post_gets_the_first_answer_and_changes_nothing(town, applicant):
    number = await ready(applicant)
    page, filled = await signed_page(applicant, number)
    first = await applicant.browser.submit(page, filled)
    await registered(town, applicant, number)
    before = await counts(town)
    again = await applicant.browser.submit(page, filled)
    assert (again.status, again.url) == (200, first.url)
    assert await counts(town) == before
    await registered(town, applicant, number)


async def test_two_windows_that_sign_at_once_make_one_application(town, applicant):
    before = await counts(town)
    number = await ready(applicant)
    windows = [await signed_page(applicant, number) for _ in range(2)]
    answers = await asyncio.gather(*(applicant.browser.submit(page, filled) for page, filled in windows))
    assert [answer.status for answer in answers] == [200, 200]
    await registered(town, applicant, number)
    assert await counts(town) == [one + 1 for one in before]


async def test_a_double_click_on_the_service_opens_one_draft(town, applicant):
    page = await applicant.browser.get(f"{applicant.portal}/services/{SERVICE}")
    form = page.find(f"//main//form[@action='/services/{SERVICE}/apply']")
    answers = await asyncio.gather(*(applicant.browser.submit(page, {}, form=form) for _ in range(2)))
    assert len({answer.url for answer in answers}) == 1


async def test_a_message_that_is_delivered_twice_is_one_case(town, applicant, levers):
    await levers.gateway("rshep", {"place": "push", "kind": "duplicate", "times": 1})
    number = await ready(applicant)
    await applicant.sign_and_send(number)
    await registered(town, applicant, number)
    assert await town.count("SELECT deliveries FROM desk.inbox ORDER BY id DESC LIMIT 1") == 2


async def test_a_message_whose_receipt_was_lost_goes_under_a_new_number_and_is_one_case(town, applicant, levers):
    sent, received = await town.count(SENT), await town.count("SELECT count(*) FROM desk.inbox")
    await levers.gateway("shep", {"place": "async", "kind": "cut", "times": 1})
    number = await ready(applicant)
    await applicant.sign_and_send(number)
    await registered(town, applicant, number)
    await town.until(received + 2, "SELECT count(*) FROM desk.inbox WHERE state = 'done'")
    assert await town.count(SENT) == sent + 2
    await registered(town, applicant, number)
    await to_the_end(town, applicant, number)


async def to_the_end(town, applicant, number):
    office = await OfficeStaff.of(town.installation, SERVICE, town.http)
    try:
        await office.work(SERVICE, number)
    finally:
        await office.close()
    await applicant.wait_for(number, lambda told: told["state"] == "issued")
