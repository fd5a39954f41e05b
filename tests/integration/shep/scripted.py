"""A gateway on loopback that answers by a script, signed as the real one signs, and a client of it."""

import contextlib
import socket

import aiohttp
from aiohttp import web

from gateway.eds.wsse import KeyReference
from gateway.shep.async_channel import read_message, write_receipt
from gateway.shep.client import ShepClient
from gateway.shep.delivery_status import write_status_answer
from gateway.shep.door import soap_answer
from gateway.shep.envelope import open_envelope, operation_of
from gateway.shep.faults import Fault, write_fault
from gateway.shep.messages import (
    PROCESSED,
    DeliveryAcknowledgement,
    MessagesAnswer,
    MessageState,
    Payload,
    PayloadForm,
    Receipt,
    ReceiveStatus,
    Resend,
    Sender,
    StatusAnswer,
    SyncAnswer,
)
from gateway.shep.names import ASYNC_PATH, SYNC_PATH, Operation
from gateway.shep.passages import RememberedPassages
from gateway.shep.pulling import (
    read_delivery_notification,
    read_messages_question,
    write_delivery_acknowledgement,
    write_messages_answer,
)
from gateway.shep.retry import RetryRule
from gateway.shep.schema import check_schema
from gateway.shep.seal import seal
from gateway.shep.sync_channel import read_question, write_answer
from tests.unit.shep.messages import SESSION
from tests.unit.shep.pki import checker, key_of

HTML = "an error page of a proxy"
CUT = "the connection is cut"


class ScriptedGateway:
    """Does what `script` says, then answers well: a fault code, `HTML`, `CUT`, or what a coroutine function returns.

    `waiting` are the messages that it hands out until they are confirmed.
    """

    def __init__(self, clock, key=None):
        self.clock, self.key = clock, key or key_of("SHEP")
        self.script, self.bodies, self.waiting, self.confirmed = [], [], [], []
        self.url = ""

    @contextlib.asynccontextmanager
    async def listening(self):
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.add_routes([web.post(SYNC_PATH, self._serve), web.post(ASYNC_PATH, self._serve)])
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        bound = socket.socket()
        bound.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        await web.SockSite(runner, bound).start()
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _serve(self, request):
        body = await request.read()
        self.bodies.append(body)
        content = open_envelope(body).content
        check_schema(content)
        operation = operation_of(content)
        step = self.script.pop(0) if self.script else None
        if step is HTML:
            return web.Response(text="<html/>", status=502, content_type="text/html")
        if step is CUT:
            request.transport.abort()
            return web.Response()
        if callable(step):
            return await step(request, content)
        if step is not None:
            fault = write_fault(Fault.of(step, self.clock.now(), session_id=SESSION), operation)
            return soap_answer(await self._sealed(fault), fault=True)
        return soap_answer(await self._sealed(self.answer(operation, content)))

    def _sealed(self, content):
        return seal(content, self.key, KeyReference.ISSUER_SERIAL)

    def answer(self, operation, content):
        """Return the element of a good answer."""
        now = self.clock.now()
        match operation:
            case Operation.SEND_SYNC:
                asked = read_question(content)
                found = Payload(PayloadForm.TYPED, b"<data><found/></data>")
                return write_answer(SyncAnswer("a-1", now, PROCESSED, found, asked.message_id, SESSION))
            case Operation.SEND_ASYNC:
                told = read_message(content)
                return write_receipt(Receipt("254750124", told.correlation_id or "3382552", now, SESSION))
            case Operation.GET_MESSAGE_STATUS:
                return write_status_answer(StatusAnswer(MessageState.DELIVERED, "X", "…", now, now, SESSION))
            case Operation.GET_MESSAGES:
                asked = read_messages_question(content)
                found = [each for each in self.waiting if each.service_id == asked.service_id]
                return write_messages_answer(MessagesAnswer(now, SESSION, tuple(found[: asked.amount or 10])))
            case _:
                self._confirm(read_delivery_notification(content))
                return write_delivery_acknowledgement(DeliveryAcknowledgement("n-1", now, SESSION))

    def _confirm(self, told):
        self.confirmed.append((told.message_id, told.receive_status, told.resend, told.error and told.error.code))
        if told.receive_status is ReceiveStatus.ACCEPTED or told.resend is Resend.NOT_RESEND:
            self.waiting = [each for each in self.waiting if each.message_id != told.message_id]


class Naps:
    """Remembers how long was slept, and does not sleep."""

    def __init__(self):
        self.seconds = []

    async def __call__(self, seconds):
        self.seconds.append(seconds)


@contextlib.asynccontextmanager
async def a_client(gateway, clock, **changes):
    """Return a client of the gateway with `log` and `naps` beside it."""
    log, naps = RememberedPassages(), Naps()
    fields = {
        "sync_url": gateway.url + SYNC_PATH,
        "async_url": gateway.url + ASYNC_PATH,
        "sender": Sender("PORTAL", "secret"),
        "key": key_of("PORTAL"),
        "gateway_certificates": [gateway.key.certificate],
        "checker": checker(clock),
        "clock": clock,
        "name": "rshep",
        "log": log,
        "timeout": 5,
        "retry": RetryRule(),
        "sleep": naps,
    }
    async with aiohttp.ClientSession() as http:
        client = ShepClient(http, **{**fields, **changes})
        yield client, log, naps
