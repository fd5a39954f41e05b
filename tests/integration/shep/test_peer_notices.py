"""Two gateways: what the second one cannot deliver after all is told to the first, and by it to the sender."""

import itertools
from datetime import timedelta

import pytest

from gateway.shep.delivery_status import write_status_notification
from gateway.shep.faults import Fault
from gateway.shep.messages import MessageState, MessageType, StatusNotification
from tests.integration.shep.wire import request, send
from tests.integration.shep.world import MESSAGE_SERVICE, a_world, eventually, working

_numbers = itertools.count(1)


def desk_takes(world):
    desk = world.systems["DESK"]

    async def keep(received):
        desk.received.append(received)

    desk.inbox.on(MESSAGE_SERVICE, MessageType.REQUEST, keep)
    return desk


@pytest.fixture(params=["lenient", "strict"])
async def land(request, database_url, clock, new_store):
    parts = {"database_url": database_url, "clock": clock, "new_store": new_store}
    async with a_world(**parts, mode=request.param) as world:
        yield world


def state_at(world, gateway, message_id):
    asked = "SELECT state FROM message WHERE message_id = $1"
    return world.stores[gateway].database.fetchval(asked, message_id)


def notice(world, message_id, state, *, seconds=0, error=None):
    at = world.clock.now() + timedelta(seconds=seconds)
    fields = {"status_code": "X", "status_message": "x", "status_date": at, "request_date": at, "error": error}
    return write_status_notification(
        StatusNotification(f"n-{next(_numbers)}", message_id, at, state, session_id=None, **fields)
    )


async def stopped(world):
    """Send a message whose delivery the region stops, and return its id."""
    await world.fell_system("DESK")
    receipt = await world.client("PORTAL").send(request("R_KARAGANDA"))
    await eventually(lambda: world.journal("RSHEP", event="not-taken"))
    await eventually(lambda: world.journal(event="delivered", message_id=receipt.message_id))
    world.clock.advance(timedelta(hours=24))
    await eventually(lambda: world.journal("RSHEP", event="delivery-stopped"))
    return receipt.message_id


async def test_a_delivery_that_ends_behind_a_peer_is_told_to_the_sender_and_so_is_its_resumption(land):
    portal, desk = land.systems["PORTAL"], desk_takes(land)
    async with working(*land.stores.values(), portal.store, desk.store):
        message_id = await stopped(land)
        await eventually(lambda: (message_id, "DELIVERY_STOPPED") in portal.statuses)
        assert await state_at(land, "SHEP", message_id) == "DELIVERY_STOPPED"
        assert (await land.client("PORTAL").status(message_id)).state is MessageState.DELIVERY_STOPPED
        assert portal.errors[-1].code == "SCE004"
        (line,) = await land.journal("RSHEP", event="status-notified")
        assert (line["party"], line["message_id"]) == ("SHEP", message_id)
        assert len(await land.journal(event="status-taken")) == 1
        await land.serve_system("DESK")
        url = land.urls["RSHEP"] + "/admin/messages"
        number = await land.stores["RSHEP"].database.fetchval("SELECT id FROM message")
        async with land.http.post(f"{url}/{number}/resume") as answer:
            assert answer.status == 200
        await eventually(lambda: desk.received)
        await eventually(lambda: portal.statuses[-1] == (message_id, "DELIVERED"))
        assert await state_at(land, "SHEP", message_id) == "DELIVERED"


async def test_what_is_handed_to_a_peer_again_that_had_stopped_it_is_not_taken_for_delivered(world):
    portal = world.systems["PORTAL"]
    async with working(*world.stores.values(), portal.store):
        message_id = await stopped(world)
        await eventually(lambda: world.journal(event="delivery-stopped"))
        number = await world.stores["SHEP"].database.fetchval("SELECT id FROM message")
        async with world.http.post(f"{world.urls['SHEP']}/admin/messages/{number}/resume") as answer:
            assert answer.status == 200
        await eventually(lambda: world.journal("RSHEP", event="repeated"))
        await eventually(lambda: _stopped_twice(world))
    assert await state_at(world, "SHEP", message_id) == "DELIVERY_STOPPED"


async def _stopped_twice(world):
    return len(await world.journal(event="delivery-stopped")) == 2


async def test_an_older_notice_and_a_repeated_one_change_nothing(world):
    async with working(world.stores["SHEP"]):
        receipt = await world.client("PORTAL").send(request("R_KARAGANDA"))
        await eventually(lambda: world.journal(event="delivered"))
    fault = Fault("E-1", "не принято", world.clock.now())
    for state, seconds, becomes, event in (
        (MessageState.ON_DELIVERY, 5, "DELIVERED", "repeated"),
        (MessageState.NOT_DELIVERED, 10, "NOT_DELIVERED", "status-taken"),
        (MessageState.NOT_DELIVERED, 10, "NOT_DELIVERED", "repeated"),
        (MessageState.DELIVERED, 9, "NOT_DELIVERED", "repeated"),
        (MessageState.DELIVERED, 20, "DELIVERED", "status-taken"),
        (MessageState.NOT_DELIVERED, 10, "DELIVERED", "repeated"),
    ):
        content = notice(world, receipt.message_id, state, seconds=seconds, error=fault)
        answer = await send(world, content, key="RSHEP")
        assert answer.tag.endswith("changeMassageStatusNotificationResponse")
        assert await state_at(world, "SHEP", receipt.message_id) == becomes, (state, seconds)
        (line,) = await world.journal(limit=1, message_id=receipt.message_id, event=event)
        assert line["party"] == "RSHEP"
    assert len(await world.journal(event="status-taken")) == 2


async def test_a_notice_is_for_a_peer_to_give_about_what_it_was_handed(world):
    mine = (await world.client("PORTAL").send(request("R_KARAGANDA"))).message_id
    others = (await world.client("PORTAL").send(request("R_ALMATY_EDU"))).message_id
    for key, about, code, said in (
        ("DESK", mine, "SCE003", "another gateway"),
        ("RSHEP", others, "SCE003", "not handed"),
        ("RSHEP", "12345", "SCE001", "no message"),
    ):
        fault = await send(world, notice(world, about, MessageState.NOT_DELIVERED), key=key)
        assert (fault.code, said in fault.data) == (code, True)
    for message_id in (mine, others):
        assert await state_at(world, "SHEP", message_id) == "ON_DELIVERY"


async def test_a_notice_that_is_not_taken_is_a_line_and_repeated_only_while_that_may_help(world):
    portal = world.systems["PORTAL"]
    desk = desk_takes(world)
    await world.fell_system("PORTAL")
    async with working(world.stores["SHEP"], desk.store):
        await world.client("PORTAL").send(request("R_ALMATY_EDU"))
        await eventually(lambda: world.journal(event="status-not-taken"))
        (line,) = await world.journal(event="status-not-taken")
        assert (line["party"], line["facts"]["error"]) == ("PORTAL", "unreachable")
        await world.serve_system("PORTAL")
        await eventually(lambda: world.clock.advance(timedelta(seconds=1)) or portal.statuses)
        await eventually(lambda: world.journal(event="status-notified"))
