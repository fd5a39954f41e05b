import asyncio
import dataclasses
from datetime import timedelta

import pytest

from gateway.shep.async_channel import write_message
from gateway.shep.envelope import wrap
from gateway.shep.errors import GatewayError, ShepErrorCode, TransportError
from gateway.shep.messages import AsyncMessage, MessageState, MessageType, Payload, PayloadForm, Sender
from gateway.shep.names import ASYNC_PATH
from gateway.shep.outbox import Call
from gateway.shep.participant import PUSH_PATH
from gateway.shep.seal import seal
from gateway.shep.stopped import Box, StoppedMessages
from simulators.shep.config import hash_password
from simulators.shep.faults import FaultKind, FaultPlan, Place
from tests.integration.shep.world import MESSAGE_SERVICE, PASSWORDS, eventually, working
from tests.unit.shep.pki import key_of

APPLICATION = Payload(PayloadForm.ESCAPED, "<сұраным>қызмет</сұраным>".encode())


def request(route="R_KARAGANDA", **changes):
    return AsyncMessage(
        **{
            "service_id": MESSAGE_SERVICE,
            "message_type": MessageType.REQUEST,
            "payload": APPLICATION,
            "route_id": route,
            **changes,
        }
    )


def listening(world):
    """Let both systems keep what they are pushed."""
    for name, types in (("DESK", [MessageType.REQUEST, MessageType.UPDATE]), ("PORTAL", list(MessageType)[1:])):
        system = world.systems[name]

        async def keep(received, system=system):
            system.received.append(received)

        for each in types:
            system.inbox.on(MESSAGE_SERVICE, each, keep)


def everybody(world):
    return working(*world.stores.values(), *(system.store for system in world.systems.values()))


async def put(system, key, message, gateway="shep", **calls):
    async with system.store.database.transaction() as conn:
        return await system.outbox.put(conn, key=key, gateway=gateway, message=message, **calls)


async def clock_runs(world, condition, *, seconds=15):
    """Let simulated time run a minute at a time until `condition` is true."""

    async def passed():
        value = condition()
        if asyncio.iscoroutine(value):
            value = await value
        if not value:
            world.clock.advance(timedelta(minutes=1))
        return value

    return await eventually(passed, seconds)


@pytest.mark.parametrize(("route", "gateway"), [("R_KARAGANDA", "rshep"), ("R_ALMATY_EDU", "shep")])
async def test_an_application_reaches_the_desk_and_the_result_comes_back(world, route, gateway):
    listening(world)
    portal, desk = world.systems["PORTAL"], world.systems["DESK"]
    sent = []

    async def on_sent(payload):
        sent.append(payload)

    portal.store.jobs.on("handed-over", on_sent)
    async with everybody(world):
        await put(portal, "a-1", request(route), on_sent=Call("handed-over", {"number": "10000000000001"}))
        await eventually(lambda: desk.received)
        (application,) = desk.received
        assert application.gateway == gateway
        assert application.message.payload == APPLICATION
        assert application.message.sender == Sender("PORTAL")
        for number, kind in enumerate([MessageType.NOTIFICATION, MessageType.NOTIFICATION, MessageType.RESPONSE]):
            answer = request(
                None,
                message_type=kind,
                correlation_id=application.correlation_id,
                payload=Payload(PayloadForm.ESCAPED, f"<n>{number}</n>".encode()),
            )
            await put(desk, f"b-{number}", answer, gateway=application.gateway)
        await eventually(lambda: len(portal.received) == 3)
        await eventually(lambda: portal.statuses and sent)
    assert [each.message.payload.xml for each in portal.received] == [b"<n>0</n>", b"<n>1</n>", b"<n>2</n>"]
    assert {each.correlation_id for each in portal.received} == {application.correlation_id}
    assert {each.gateway for each in portal.received} == {"shep"}
    receipt = sent[0]["shep"]
    assert sent[0]["number"] == "10000000000001"
    assert receipt["correlation_id"] == application.correlation_id
    assert receipt["message_id"] == application.message.message_id
    assert portal.statuses == [(receipt["message_id"], "DELIVERED")]
    row = await portal.store.database.fetchrow("SELECT state, delivery_state FROM outbox")
    assert tuple(row) == ("sent", "DELIVERED")


async def test_numbers_are_kept_between_gateways_and_sessions_are_each_gateways_own(world):
    listening(world)
    desk = world.systems["DESK"]
    async with everybody(world):
        receipt = await world.client("PORTAL").send(request())
        await eventually(lambda: desk.received)
    message = desk.received[0].message
    assert (message.message_id, message.correlation_id) == (receipt.message_id, receipt.correlation_id)
    assert message.message_id.isdecimal()
    assert message.session_id != receipt.session_id
    (line,) = await world.journal("RSHEP", event="accepted", message_id=receipt.message_id)
    assert (line["session_id"], line["party"]) == (message.session_id, "SHEP")
    lines = [each["event"] for each in await world.journal(correlation_id=receipt.correlation_id)]
    assert [each for each in lines if not each.startswith("status-")] == ["delivered", "accepted"]


async def test_a_gateway_that_is_replaced_between_acceptance_and_delivery_loses_nothing(world):
    listening(world)
    desk = world.systems["DESK"]
    receipt = await world.client("PORTAL").send(request())
    assert desk.received == []
    for name in ("SHEP", "RSHEP"):
        await world.fell(name)
        await world.raise_gateway(name)
    async with everybody(world):
        await eventually(lambda: desk.received)
    assert desk.received[0].message.message_id == receipt.message_id


async def test_a_worker_that_dies_in_the_middle_of_a_push_loses_nothing(world):
    listening(world)
    desk = world.systems["DESK"]
    await world.client("PORTAL").send(request("R_ALMATY_EDU"))
    pushing = asyncio.Event()

    async def stuck(*_args, **_kwargs):
        pushing.set()
        await asyncio.Event().wait()

    object.__setattr__(world.centre._parts, "call", stuck)
    dying = asyncio.create_task(world.stores["SHEP"].run())
    await asyncio.wait_for(pushing.wait(), 10)
    world.stores["SHEP"].database.pool.terminate()  # nothing more of this process reaches the database
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    await world.fell("SHEP")
    await world.raise_gateway("SHEP")
    async with everybody(world):
        await eventually(lambda: desk.received)
    assert len(desk.received) == 1


async def test_a_receiver_that_comes_back_gets_its_message_later(world):
    listening(world)
    desk = world.systems["DESK"]
    await world.fell_system("DESK")
    async with everybody(world):
        receipt = await world.client("PORTAL").send(request("R_ALMATY_EDU"))
        await eventually(lambda: world.journal(event="not-taken"))
        assert (await world.client("PORTAL").status(receipt.message_id)).state is MessageState.ON_DELIVERY
        await world.serve_system("DESK")
        await clock_runs(world, lambda: desk.received)
        await eventually(lambda: world.journal(event="delivered"))
    assert (await world.client("PORTAL").status(receipt.message_id)).state is MessageState.DELIVERED


async def test_a_message_that_is_pushed_twice_is_handled_once(world):
    listening(world)
    desk = world.systems["DESK"]
    world.region.faults.plan(FaultPlan(place=Place.PUSH, kind=FaultKind.DUPLICATE))
    async with everybody(world):
        await world.client("PORTAL").send(request())
        await eventually(lambda: desk.received)
        await eventually(lambda: world.journal("RSHEP", event="delivered"))
        await asyncio.sleep(0.3)
    assert len(desk.received) == 1
    assert await desk.store.database.fetchval("SELECT deliveries FROM inbox") == 2


async def test_a_message_whose_receipt_was_lost_between_gateways_passes_once(world):
    listening(world)
    desk = world.systems["DESK"]
    world.region.faults.plan(FaultPlan(place=Place.ASYNC, kind=FaultKind.CUT, times=2))
    async with everybody(world):
        await world.client("PORTAL").send(request())
        await clock_runs(world, lambda: world.journal(event="delivered"))
        await eventually(lambda: desk.received)
        await asyncio.sleep(0.3)
    assert len(desk.received) == 1
    assert len(await world.journal("RSHEP", event="repeated")) == 2


async def test_a_notification_whose_receipt_was_lost_arrives_once(world):
    listening(world)
    portal, desk = world.systems["PORTAL"], world.systems["DESK"]
    async with everybody(world):
        await world.client("PORTAL").send(request())
        await eventually(lambda: desk.received)
        world.region.faults.plan(FaultPlan(place=Place.ASYNC, kind=FaultKind.CUT, times=1))
        notice = request(None, message_type=MessageType.NOTIFICATION, correlation_id=desk.received[0].correlation_id)
        await put(desk, "notice", notice, gateway="rshep")
        await clock_runs(world, lambda: portal.received)
        await eventually(lambda: desk.store.database.fetchval("SELECT state = 'sent' FROM outbox"))
        await asyncio.sleep(0.3)
    assert len(portal.received) == 1
    assert len(await world.journal("RSHEP", event="repeated")) == 1


async def test_an_outbox_outlives_its_gateway_and_puts_once_by_key(world):
    listening(world)
    portal, desk = world.systems["PORTAL"], world.systems["DESK"]
    await world.fell("SHEP")
    async with working(portal.store, desk.store, world.stores["RSHEP"]):
        assert await put(portal, "a-1", request()) is True
        assert await put(portal, "a-1", request()) is False
        await eventually(lambda: portal.store.database.fetchval("SELECT attempts > 0 FROM outbox"))
        error = await portal.store.database.fetchval("SELECT last_error FROM outbox")
        assert error["code"] == "unreachable"
        await world.raise_gateway("SHEP")
        async with working(world.stores["SHEP"]):
            await clock_runs(world, lambda: desk.received)
    assert len(desk.received) == 1


async def test_a_rolled_back_cause_sends_nothing(world):
    portal = world.systems["PORTAL"]

    async def cause_that_fails():
        async with portal.store.database.transaction() as conn:
            await portal.outbox.put(conn, key="a-1", gateway="shep", message=request())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await cause_that_fails()
    assert await portal.store.database.fetchval("SELECT count(*) FROM outbox") == 0


async def test_a_message_refused_for_good_stops_at_once_says_so_and_can_be_resumed(world):
    listening(world)
    portal, desk = world.systems["PORTAL"], world.systems["DESK"]
    stopped = []

    async def on_stopped(payload):
        stopped.append(payload)

    portal.store.jobs.on("stopped", on_stopped)
    right = portal.outbox._clients["shep"]._sender
    portal.outbox._clients["shep"]._sender = Sender("PORTAL", "wrong")
    async with everybody(world):
        await put(portal, "a-1", request(), on_stopped=Call("stopped", {"number": "1"}))
        await eventually(lambda: stopped)
        assert stopped[0]["number"] == "1"
        assert stopped[0]["shep"]["error"]["facts"]["fault"] == "SCE002"
        assert desk.received == []
        portal.outbox._clients["shep"]._sender = right
        async with portal.store.database.transaction() as conn:
            assert await StoppedMessages(portal.store).resume(conn, Box.OUT, "a-1")
        await eventually(lambda: desk.received)


async def test_delivery_stops_at_the_stated_limit_on_both_sides(world):
    listening(world)
    portal = world.systems["PORTAL"]
    await world.fell("SHEP")
    async with working(portal.store):
        await put(portal, "a-1", request())
        await eventually(lambda: portal.store.database.fetchval("SELECT attempts > 0 FROM outbox"))
        world.clock.advance(timedelta(days=3))
        await eventually(lambda: portal.store.database.fetchval("SELECT state = 'stopped' FROM outbox"))
    await world.raise_gateway("SHEP")
    await world.fell_system("DESK")
    async with working(world.stores["SHEP"], portal.store):
        receipt = await world.client("PORTAL").send(request("R_ALMATY_EDU"))
        await eventually(lambda: world.journal(event="not-taken"))
        world.clock.advance(timedelta(hours=24))
        await eventually(lambda: world.journal(event="delivery-stopped"))
        await eventually(lambda: portal.statuses)
    assert portal.statuses == [(receipt.message_id, "DELIVERY_STOPPED")]


async def test_what_the_receiver_refuses_for_good_is_not_delivered(world):
    listening(world)
    portal, desk = world.systems["PORTAL"], world.systems["DESK"]
    async with everybody(world):
        receipt = await world.client("PORTAL").send(request("R_ALMATY_EDU"))
        await eventually(lambda: desk.received)
        update = request(None, message_type=MessageType.UPDATE, correlation_id=receipt.correlation_id)
        await desk.store.database.execute("UPDATE inbox SET message_id = '254000002', payload_sha256 = ''")
        update_receipt = await world.client("PORTAL").send(update)
        assert update_receipt.message_id == "254000002"
        await eventually(lambda: world.journal(event="not-delivered"))
        await eventually(lambda: (update_receipt.message_id, "NOT_DELIVERED") in portal.statuses)


async def test_a_failing_handler_is_called_again_and_the_chain_waits_for_it(world):
    portal, desk = world.systems["PORTAL"], world.systems["DESK"]
    calls = []

    async def failing(received):
        calls.append(received.message.message_type)
        if len(calls) < 3:
            raise RuntimeError("not yet")

    for each in (MessageType.REQUEST, MessageType.UPDATE):
        desk.inbox.on(MESSAGE_SERVICE, each, failing)
    async with everybody(world):
        receipt = await world.client("PORTAL").send(request("R_ALMATY_EDU"))
        await eventually(lambda: calls)
        update = request(None, message_type=MessageType.UPDATE, correlation_id=receipt.correlation_id)
        await world.client("PORTAL").send(update)
        await clock_runs(world, lambda: len(calls) >= 4)
    # A handler may be called twice for one message, but never for a later one before the earlier is done.
    assert calls[:3] == [MessageType.REQUEST] * 3
    assert set(calls[3:]) == {MessageType.UPDATE}
    assert portal.received == []


async def test_a_system_outside_a_chain_cannot_speak_in_it(world):
    listening(world)
    async with everybody(world):
        receipt = await world.client("PORTAL").send(request("R_KARAGANDA"))
        await eventually(lambda: world.systems["DESK"].received)
        forged = request(None, message_type=MessageType.RESPONSE, correlation_id=receipt.correlation_id)
        for client in (world.client("GBDFL"), world.client("DESK")):
            with pytest.raises(GatewayError) as raised:
                await client.send(forged)
            assert raised.value.fault.code == "SCE003"
        with pytest.raises(GatewayError) as raised:
            await world.client("PORTAL").send(dataclasses.replace(forged, service_id="OTHER"))
        assert raised.value.fault.code == "SCE001"
    assert world.systems["PORTAL"].received == []


async def test_a_peers_seal_opens_only_the_peers_door(world):
    """The region may vouch for its systems, but another system's key may not vouch for anybody."""
    vouched = request(
        None,
        message_id="1",
        correlation_id="2",
        sender=Sender("DESK", hash_password(PASSWORDS["DESK"])),
        message_date=world.clock.now(),
    )
    for key, code in ((key_of("RSHEP"), None), (key_of("GBDFL"), b"SCE002")):
        data = await seal(write_message(vouched), key)
        url = world.urls["SHEP"] + ASYNC_PATH
        async with world.http.post(url, data=data, headers={"Content-Type": "text/xml"}) as answer:
            body = await answer.read()
            assert answer.status == (200 if code is None else 500)
            assert code is None or code in body


async def test_other_content_under_a_used_id_is_refused(world):
    listening(world)
    desk = world.systems["DESK"]
    pushed = request(
        message_id="1",
        correlation_id="2",
        sender=Sender("PORTAL", "0" * 64),
        message_date=world.clock.now(),
        session_id="{9dcb38c2-24f1-48e2-96e5-000000000001}",
    )
    answers = []
    for payload in (APPLICATION, APPLICATION, Payload(PayloadForm.ESCAPED, b"<other/>")):
        data = await seal(write_message(dataclasses.replace(pushed, payload=payload)), key_of("SHEP"))
        url = desk.url + PUSH_PATH
        async with world.http.post(url, data=data, headers={"Content-Type": "text/xml"}) as answer:
            answers.append((answer.status, b"SCE001" in await answer.read()))
    assert answers == [(200, False), (200, False), (500, True)]


async def test_a_push_by_a_stranger_or_without_a_signature_stores_nothing(world):
    listening(world)
    desk = world.systems["DESK"]
    pushed = request(
        message_id="1", correlation_id="2", sender=Sender("PORTAL", "0" * 64), message_date=world.clock.now()
    )
    sealed = await seal(write_message(pushed), key_of("PORTAL"))
    from lxml import etree

    for data, code in ((sealed, b"SCE006"), (etree.tostring(wrap(write_message(pushed))), b"SCE007")):
        url = desk.url + PUSH_PATH
        async with world.http.post(url, data=data, headers={"Content-Type": "text/xml"}) as answer:
            assert code in await answer.read()
    assert await desk.store.database.fetchval("SELECT count(*) FROM inbox") == 0


async def test_a_gateway_that_does_not_answer_is_left_alone_for_a_while(world, monkeypatch):
    portal = world.systems["PORTAL"]
    calls = []

    async def silent(*_args, **_kwargs):
        calls.append(world.clock.now())
        raise TransportError(ShepErrorCode.TIMED_OUT)

    monkeypatch.setattr("gateway.shep.client.post", silent)
    async with working(portal.store):
        for number in range(30):
            await put(portal, f"a-{number}", request())
        waiting = "SELECT count(*) FROM timer"
        await eventually(lambda: portal.store.database.fetchval(f"{waiting} HAVING count(*) = 30"))
    assert 5 <= len(calls) <= 12
