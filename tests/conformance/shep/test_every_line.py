"""All that our programs put on the line, question and answer, fault and push, is valid by both published editions."""

import contextlib

import aiohttp
import pytest
from aiohttp import web

from gateway.shep.errors import GatewayError
from gateway.shep.messages import MessageType, Payload, PayloadForm, Property
from gateway.shep.participant import SyncReply
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


async def test_every_message_between_our_programs_is_valid_by_the_published_schemas(world, facts):
    inbox = world.systems["DESK"].inbox
    answered = []

    async def answer(received):
        store, outbox = world.systems["DESK"].store, world.systems["DESK"].outbox
        async with store.database.transaction() as conn:
            for kind in (MessageType.NOTIFICATION, MessageType.RESPONSE):
                reply = message(message_type=kind, service_id=MESSAGE_SERVICE, correlation_id=received.correlation_id)
                await outbox.put(conn, key=f"answer {kind}", gateway=received.gateway, message=reply)

    async def keep(received):
        answered.append(received.message.message_type)

    inbox.on(MESSAGE_SERVICE, MessageType.REQUEST, answer)
    for kind in (MessageType.NOTIFICATION, MessageType.RESPONSE):
        world.systems["PORTAL"].inbox.on(MESSAGE_SERVICE, kind, keep)
    world.reply = SyncReply(Payload(PayloadForm.ESCAPED, b"<found/>"))
    client = world.client("PORTAL")
    await client.ask(
        QUESTION_SERVICE, Payload(PayloadForm.TYPED, b"<data><ask/></data>"), properties=(Property("A", "b"),)
    )
    with contextlib.suppress(GatewayError):
        await client.ask("NOTHING", None)
    sent = message(service_id=MESSAGE_SERVICE, route_id="R_KARAGANDA")
    receipt = await client.send(sent)
    stores = [*world.stores.values(), *(system.store for system in world.systems.values())]
    async with working(*stores):
        await eventually(lambda: len(answered) == 2)
        await eventually(lambda: len(world.systems["PORTAL"].statuses) == 1)
    await client.status(receipt.message_id)
    kinds = {edition: {check(envelope, facts / edition) for envelope in world.seen} for edition in EDITIONS}
    wanted = {
        "SendMessage",
        "SendMessageResponse",
        "SendMessageFault1_SendMessageFault",
        "sendMessage",
        "sendMessageResponse",
        "getMessageStatus",
        "getMessageStatusResponse",
        "changeMassageStatusNotification",
        "changeMassageStatusNotificationResponse",
    }
    for seen in kinds.values():
        assert wanted <= seen
