"""All that our programs put on the line, question and answer, fault and push, is valid by both published editions."""

import aiohttp
import pytest
from aiohttp import web
from lxml import etree

from gateway.shep.delivery_status import write_status_notification
from gateway.shep.errors import GatewayError, RemoteServiceError
from gateway.shep.faults import Fault, FaultCode
from gateway.shep.messages import (
    MessageState,
    MessageType,
    Payload,
    PayloadForm,
    Property,
    Status,
    StatusNotification,
)
from gateway.shep.names import Operation
from gateway.shep.participant import PUSH_PATH, SyncReply
from gateway.shep.refusal import Refused
from gateway.shep.seal import seal
from tests.conformance.shep.published import EDITIONS, check
from tests.integration.shep.world import MESSAGE_SERVICE, QUESTION_SERVICE, World, eventually, working
from tests.unit.shep.messages import message


class WatchedWorld(World):
    """A world whose servers hand every body that comes in or goes out to the judge."""

    def __init__(self, **parts):
        super().__init__(**parts)
        self.seen = []

    async def _serve(self, name, routes, gateway=None):
        app = gateway.app if gateway else web.Application()
        app.middlewares.append(self._watch)
        for route in routes or ():
            app.router.add_route(route.method, route.path, route.handler)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, self._sockets[name]).start()
        self._runners[name] = runner

    @web.middleware
    async def _watch(self, request, handler):
        asked = await request.read()
        again = aiohttp.StreamReader(request.protocol, limit=2**16)
        again.feed_data(asked)
        again.feed_eof()
        request._payload = again  # the handler reads the stream once more; aiohttp has no public way to give it back
        answer = await handler(request)
        if request.method == "POST" and request.content_type == "text/xml":
            self.seen += [asked, answer.body]
        return answer


@pytest.fixture
async def world(database_url, clock, new_store):
    async with aiohttp.ClientSession() as http:
        watched = WatchedWorld(database_url=database_url, clock=clock, http=http, new_store=new_store)
        try:
            await watched.raise_all()
            yield watched
        finally:
            await watched.close()


PAYLOADS = [
    Payload(PayloadForm.TYPED, b"<data><ask xmlns='urn:x'/></data>"),
    Payload(PayloadForm.CDATA, "<сұрау/>".encode()),
    Payload(PayloadForm.ESCAPED, b"<ask/>"),
]
STRAIGHT = "R_ALMATY_EDU"
OPERATIONS = [operation.local_name for operation in Operation]
ELEMENTS = {each for name in OPERATIONS for each in (name, f"{name}Response")}
FAULTS = {f"{name}Fault1_{name}Fault" for name in OPERATIONS}


async def test_every_message_between_our_programs_is_valid_by_the_published_schemas(world, facts):
    await asks(world)
    await sends_through_two_gateways(world)
    await fetches(world)
    await is_refused(world)
    assert (len(ELEMENTS), len(FAULTS)) == (12, 6)
    for edition in EDITIONS:
        assert {check(envelope, facts / edition) for envelope in world.seen} >= ELEMENTS | FAULTS
    for mark in (b"UPDATE", b"<![CDATA[", b"<data/>", b"<error>", b"MESSAGE_NOT_ACCTEPTED", b"<properties>"):
        assert any(mark in envelope for envelope in world.seen), mark
    assert {len(root.findall(".//messages")) for root in seen(world, "getMessagesResponse")} == {0, 1, 2}
    errors = [root.find(".//error") for root in seen(world, "changeMassageStatusNotification")]
    assert [each.findtext("errorCode") for each in errors if each is not None] == ["E-1"]


def seen(world, name):
    return [root for root in map(etree.fromstring, world.seen) if etree.QName(root[1][0]).localname == name]


async def asks(world):
    client = world.client("PORTAL")
    for number, payload in enumerate([*PAYLOADS, None]):
        world.reply = SyncReply(payload)
        properties = (Property("A", "b"),) * number
        await client.ask(QUESTION_SERVICE, payload, properties=properties)
    world.reply = SyncReply(None, Status("SCSE001", "Табылмады" * 50))
    with pytest.raises(RemoteServiceError):
        await client.ask(QUESTION_SERVICE, None)


async def sends_through_two_gateways(world):
    """A REQUEST and an UPDATE from the portal, a NOTIFICATION and a RESPONSE from the desk, and what became of each."""
    desk, portal, arrived = world.systems["DESK"], world.systems["PORTAL"], []

    async def answer(received):
        arrived.append(received.message.message_type)
        async with desk.store.database.transaction() as conn:
            for kind, payload in zip((MessageType.NOTIFICATION, MessageType.RESPONSE), PAYLOADS, strict=False):
                reply = a_message(kind, payload, correlation_id=received.correlation_id)
                await desk.outbox.put(conn, key=f"answer {kind}", gateway=received.gateway, message=reply)

    async def keep(received):
        arrived.append(received.message.message_type)

    desk.inbox.on(MESSAGE_SERVICE, MessageType.REQUEST, answer)
    desk.inbox.on(MESSAGE_SERVICE, MessageType.UPDATE, keep)
    for kind in (MessageType.NOTIFICATION, MessageType.RESPONSE):
        portal.inbox.on(MESSAGE_SERVICE, kind, keep)
    client = world.client("PORTAL")
    properties = (Property("A", "b"), Property("C", ""))
    async with working(*world.stores.values(), desk.store, portal.store):
        first = await client.send(
            a_message(MessageType.REQUEST, PAYLOADS[-1], route_id="R_KARAGANDA", properties=properties)
        )
        await client.send(a_message(MessageType.UPDATE, PAYLOADS[0], correlation_id=first.correlation_id))
        await eventually(lambda: set(arrived) == set(MessageType))
        await eventually(lambda: len(portal.statuses) == 2)
    await client.status(first.message_id)


async def fetches(world):
    """The desk fetches none, one and two messages, takes one and gives the other up, which the portal is told."""
    desk, portal, told = world.client("DESK"), world.client("PORTAL"), world.systems["PORTAL"].statuses
    async with world.http.patch(world.urls["SHEP"] + "/admin/systems/DESK", json={"delivery": "pull"}) as answer:
        assert answer.status == 200
    await desk.fetch(MESSAGE_SERVICE)
    sent = [await portal.send(a_message(MessageType.REQUEST, each, route_id=STRAIGHT)) for each in PAYLOADS[:2]]
    await desk.fetch(MESSAGE_SERVICE, amount=1, message_id=sent[0].message_id, correlation_id=sent[0].correlation_id)
    await desk.fetch(MESSAGE_SERVICE)
    await desk.confirm(sent[0].message_id, MESSAGE_SERVICE, accepted=True)
    await desk.confirm(sent[1].message_id, MESSAGE_SERVICE, accepted=False, error=error(world))
    async with working(world.stores["SHEP"]):
        await eventually(lambda: (sent[1].message_id, "NOT_DELIVERED") in told)


async def is_refused(world):
    """One refusal of each operation; the last by a system that cannot take a status in."""
    portal, desk, nothing = world.client("PORTAL"), world.client("DESK"), "NOTHING"
    for refused in (
        portal.ask(nothing, None),
        portal.send(a_message(MessageType.REQUEST, PAYLOADS[0], service_id=nothing)),
        portal.status(nothing),
        desk.fetch(nothing),
        desk.confirm(nothing, MESSAGE_SERVICE, accepted=True),
    ):
        with pytest.raises(GatewayError):
            await refused
    now = world.clock.now()
    notification = StatusNotification("1", "2", now, MessageState.DELIVERED, "X", "…", now, now)
    world.systems["PORTAL"].outbox = Refusing()
    body = await seal(write_status_notification(notification), world.key("SHEP"))
    async with world.http.post(
        world.urls["PORTAL"] + PUSH_PATH, data=body, headers={"Content-Type": "text/xml"}
    ) as answer:
        assert answer.status == 500


class Refusing:
    async def note_status(self, _notification, _gateway):
        raise Refused(FaultCode.INTERNAL, "no room")


def a_message(kind, payload, **changes):
    return message(**{"service_id": MESSAGE_SERVICE, "message_type": kind, "payload": payload, **changes})


def error(world):
    now = world.clock.now()
    return Fault("E-1", "Ақау", now, "толығырақ", cause=Fault("E-2", "себебі", now))
