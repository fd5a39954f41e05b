"""kill -9 between acceptance and delivery, then restart: registered once, and the service comes to its result.

Accepted means that the one who accepted has stored it. "Between" is made certain by the next in the way being away.
"""

import asyncio
import logging

import pytest

from simulators.walk.browser import Page

log = logging.getLogger(__name__)
pytestmark = pytest.mark.asyncio(loop_scope="session")

KARAGANDA, ALMATY = "unemployed-certificate", "guardianship-certificate"
WAITS_AT_CHANNELS = "SELECT count(*) FROM channels.outbox WHERE key = $1 AND state = 'waiting'"
WAITS_AT = "SELECT count(*) FROM {}.message WHERE message_type = 'REQUEST' AND state = 'ON_DELIVERY'"
WAITS_AT_DESK = "SELECT count(*) FROM desk.inbox WHERE message_type = 'REQUEST' AND state = 'received'"
CASES = "SELECT count(*) FROM desk.casefile WHERE number = $1"
ACCEPTED = "SELECT count(*) FROM channels.application WHERE number = $1 AND accepted_at IS NOT NULL"
PUT = "SELECT count(*) FROM channels.outbox WHERE key = $1"
UPLOAD_SERVICE = {"place": "sync", "kind": "down", "service_id": "EDS_TEMP_FILES"}


async def test_the_gateway_is_killed_before_it_could_hand_over(land):
    async with land.applicant(KARAGANDA) as applicant:
        await land.kill("shep")
        number = await land.submit(applicant, KARAGANDA)
        assert await land.count(WAITS_AT_CHANNELS, f"application {number}") == 1
        await land.kill("channels")
        assert await land.count(CASES, number) == 0
        await land.start("shep", "channels")
        await land.registered_once(number)
        await land.to_the_end(applicant, KARAGANDA, number)


@pytest.mark.full
async def test_the_central_gateway_is_killed_before_it_could_deliver(land):
    async with land.applicant(KARAGANDA) as applicant:
        await land.kill("rshep")
        number = await land.submit(applicant, KARAGANDA)
        await land.until(WAITS_AT.format("shep"))
        await land.kill("shep")
        assert await land.count(CASES, number) == 0
        await land.start("shep", "rshep")
        await land.registered_once(number)
        await land.to_the_end(applicant, KARAGANDA, number)


@pytest.mark.full
async def test_the_regional_gateway_is_killed_before_it_could_deliver(land):
    async with land.applicant(KARAGANDA) as applicant:
        await land.kill("desk")
        number = await land.submit(applicant, KARAGANDA)
        await land.until(WAITS_AT.format("rshep"))
        await land.kill("rshep")
        await land.start("rshep", "desk")
        await land.registered_once(number)
        await land.to_the_end(applicant, KARAGANDA, number)


async def test_the_desk_is_killed_after_it_received_and_before_it_registered(land):
    async with land.applicant(ALMATY) as applicant:
        await land.levers.gateway("rshep", UPLOAD_SERVICE)  # the desk asks for the large attachment in vain
        number = await land.submit(applicant, ALMATY)
        await land.until(WAITS_AT_DESK)
        await land.kill("desk")
        assert await land.count(WAITS_AT_DESK) == 1
        assert await land.count(CASES, number) == 0
        await land.levers.gateway_works("rshep")
        await land.start("desk")
        await land.registered_once(number)
        await land.to_the_end(applicant, ALMATY, number)


@pytest.mark.full
async def test_the_desk_is_killed_after_it_registered_and_before_it_told(land):
    async with land.applicant(ALMATY) as applicant:
        await land.kill("desk")
        number = await land.submit(applicant, ALMATY)
        await land.until(WAITS_AT.format("shep"))
        await land.levers.gateway("shep", {"place": "async", "kind": "down"})
        await land.start("desk")
        await land.until(CASES, number)
        await land.kill("desk")
        assert await land.count("SELECT count(*) FROM desk.outbox WHERE state = 'waiting'") >= 1
        await land.levers.gateway_works("shep")
        await land.start("desk")
        await land.registered_once(number)
        await land.to_the_end(applicant, ALMATY, number)


@pytest.mark.full
async def test_the_central_gateway_is_killed_with_the_answer_of_the_desk_on_its_way(land):
    async with land.applicant(KARAGANDA) as applicant:
        await land.kill("desk")
        number = await land.submit(applicant, KARAGANDA)
        await land.until(WAITS_AT.format("rshep"))
        await land.kill("channels")
        await land.start("desk")
        await land.until("SELECT count(*) FROM shep.message WHERE target = 'QYZMET_PORTAL' AND state = 'ON_DELIVERY'")
        await land.kill("shep")
        await land.start("shep", "channels")
        await land.registered_once(number)
        await land.to_the_end(applicant, KARAGANDA, number)


@pytest.mark.full
async def test_the_gateway_is_killed_while_large_attachments_wait_for_the_temporary_store(land):
    async with land.applicant(ALMATY) as applicant:
        await land.levers.gateway("shep", UPLOAD_SERVICE)
        number = await land.submit(applicant, ALMATY)
        assert await land.count(WAITS_AT_CHANNELS, f"application {number}") == 0
        await land.kill("channels")
        await land.levers.gateway_works("shep")
        await land.start("channels")
        await land.registered_once(number)
        await land.to_the_end(applicant, ALMATY, number)


@pytest.mark.full
async def test_the_gateway_is_killed_after_its_message_was_taken_and_before_it_knew(land):
    async with land.applicant(KARAGANDA) as applicant:
        await land.levers.gateway("shep", {"place": "async", "kind": "cut"})  # taken, but no receipt comes back
        number = await land.submit(applicant, KARAGANDA)
        await land.until(CASES, number)
        await land.kill("channels")
        assert await land.count(WAITS_AT_CHANNELS, f"application {number}") == 1
        await land.levers.gateway_works("shep")
        await land.start("channels")
        await land.registered_once(number)
        assert await land.count("SELECT count(*) FROM desk.inbox WHERE message_type = 'REQUEST'") >= 2
        await land.to_the_end(applicant, KARAGANDA, number)


@pytest.mark.full
async def test_the_result_is_on_its_way_and_everybody_on_it_is_killed(land):
    async with land.applicant(KARAGANDA) as applicant:
        number = await land.submit(applicant, KARAGANDA)
        await land.registered_once(number)
        await land.kill("channels")
        await land.provide(KARAGANDA, number)
        await land.until("SELECT count(*) FROM desk.outbox WHERE key = $1", f"{number} response")
        await land.kill("desk", "rshep", "shep")
        await land.start("desk", "rshep", "shep", "channels")
        await land.until("SELECT count(*) FROM channels.issued_document WHERE application = $1", number)
        await land.issued_once(applicant, number)


@pytest.mark.full
@pytest.mark.parametrize("service", [KARAGANDA, ALMATY])
async def test_everything_is_killed_at_once_just_after_acceptance(land, service):
    async with land.applicant(service) as applicant:
        number = await land.submit(applicant, service)
        await land.kill("channels", "desk", "shep", "rshep", "world")
        await land.supervisor.start_all()
        await land.registered_once(number)
        await land.to_the_end(applicant, service, number)


@pytest.mark.full
@pytest.mark.parametrize("moment", [0.0, 0.003, 0.006, 0.009, 0.012, 0.016, 0.02, 0.05])
async def test_the_gateway_is_killed_so_long_after_the_signed_application_was_posted(land, moment):
    """It is accepted whole or not at all; what was not accepted is still the applicant's to sign and send."""
    async with land.applicant(KARAGANDA) as applicant:
        number = await applicant.fill_in(KARAGANDA)
        await applicant.choose_certificate(number)
        page = await applicant.browser.get(f"{applicant.portal}/applications/{number}/sign")
        filled = await applicant.hand.fill(page)
        posting = asyncio.create_task(applicant.browser.submit(page, filled))
        await asyncio.sleep(moment)
        await land.kill("channels")
        answered = (await asyncio.gather(posting, return_exceptions=True))[0]
        accepted = await land.count(ACCEPTED, number)
        assert await land.count(PUT, f"application {number}") == accepted
        log.info("killed %s s after the POST: accepted %d", moment, accepted)
        await land.start("channels")
        if accepted:
            again = await applicant.browser.get(f"{applicant.portal}/applications/{number}/sign")
            assert not again.url.endswith("/sign")
        else:
            assert not isinstance(answered, Page)
            page = await applicant.sign_and_send(number)
            assert page.url.endswith("/sent")
        await land.registered_once(number)
