"""The echo behind a real gateway: what was sent comes back in its form, also over a restart between the two."""

import contextlib
import itertools
import os
from dataclasses import dataclass

import asyncpg
import pytest
from aiohttp import web
from lxml import etree

from gateway.shep.envelope import wrap
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm, Sender
from gateway.shep.names import SYNC_PATH
from gateway.shep.participant import PUSH_PATH
from gateway.shep.sync_channel import write_question
from gateway.store import Store, migrate
from simulators.echo.app import MIGRATIONS, create_app
from simulators.echo.names import ASYNC_SERVICE_ID, SERVICE_ID
from tests.integration.shep.world import PASSWORDS, a_world, eventually, working
from tests.unit.shep.messages import question
from tests.unit.shep.pki import key_of

_schemas = itertools.count(1)
FORMS = [
    Payload(PayloadForm.TYPED, '<data><сәлем xmlns="urn:x">әлем</сәлем></data>'.encode()),
    Payload(PayloadForm.ESCAPED, "<сәлем>әлем &amp; барша</сәлем>".encode()),
    Payload(PayloadForm.CDATA, "<сәлем>әлем</сәлем>".encode()),
]


@dataclass
class _Echo:
    """What the world serves in the place of ГБД ФЛ."""

    app: web.Application
    store: Store


@pytest.fixture
async def world(database_url, clock, new_store):
    services = [
        {"service_id": SERVICE_ID, "channel": "sync", "owner": "GBDFL", "transport_signature": "optional"},
        {"service_id": ASYNC_SERVICE_ID, "channel": "async", "owner": "GBDFL"},
    ]
    async with a_world(database_url=database_url, clock=clock, new_store=new_store, services=services) as world:
        await world.fell_system("GBDFL")
        yield world


@contextlib.asynccontextmanager
async def echo(world, *, schema=None):
    """Raise the echo at the address of ГБД ФЛ, on a schema of its own or an earlier one."""
    name = schema or f"echo_{os.getpid()}_{next(_schemas)}"
    if schema is None:
        admin = await asyncpg.connect(world.database_url)
        await admin.execute(f"CREATE SCHEMA {name}")
        await admin.close()
    store = await Store.open(world.database_url, schema=name, clock=world.clock)
    try:
        await migrate(store.database, MIGRATIONS)
        app = create_app(
            store,
            clients={"shep": world.client("GBDFL")},
            system=key_of("GBDFL"),
            gateways={"shep": [key_of("SHEP").certificate]},
            checker=world.checker,
        )
        await world._serve("GBDFL", None, _Echo(app, store))
        yield store
        await world.fell_system("GBDFL")
    finally:
        await store.close()


def listening(world):
    portal = world.systems["PORTAL"]

    async def keep(received):
        portal.received.append(received.message)

    for each in (MessageType.NOTIFICATION, MessageType.RESPONSE):
        portal.inbox.on(ASYNC_SERVICE_ID, each, keep)
    return portal.received


def unsigned(asked):
    return etree.tostring(wrap(write_question(asked)), encoding="UTF-8")


def request(payload=FORMS[1]):
    return AsyncMessage(service_id=ASYNC_SERVICE_ID, message_type=MessageType.REQUEST, payload=payload)


@pytest.mark.parametrize("payload", FORMS, ids=lambda payload: payload.form.value)
async def test_a_payload_comes_back_in_the_form_in_which_it_went(world, payload):
    async with echo(world):
        answer = await world.client("PORTAL").ask(SERVICE_ID, payload)
    assert answer.payload == payload


async def test_nothing_comes_back_for_nothing(world):
    async with echo(world):
        answer = await world.client("PORTAL").ask(SERVICE_ID, None)
    assert answer.payload is None


async def test_an_unsigned_question_is_answered_and_one_with_a_wrong_password_is_not(world):
    async with echo(world):
        for password, expected in ((PASSWORDS["PORTAL"], "әлем"), ("wrong", "SCE002")):
            asked = question(service_id=SERVICE_ID, payload=FORMS[0], sender=Sender("PORTAL", password))
            async with world.http.post(world.urls["SHEP"] + SYNC_PATH, data=unsigned(asked)) as answer:
                assert expected in await answer.text()


async def test_a_request_is_answered_by_one_notification_and_then_its_payload(world):
    received = listening(world)
    async with echo(world) as store, working(*world.stores.values(), world.systems["PORTAL"].store, store):
        receipt = await world.client("PORTAL").send(request())
        await eventually(lambda: len(received) == 2)
    assert [each.message_type for each in received] == [MessageType.NOTIFICATION, MessageType.RESPONSE]
    assert {each.correlation_id for each in received} == {receipt.correlation_id}
    assert received[0].payload.xml.decode() == "Өтініш қабылданды / Заявка принята"
    assert received[1].payload == FORMS[1]


async def test_what_was_accepted_is_answered_once_after_a_restart(world):
    received = listening(world)
    async with echo(world) as store:
        async with working(*world.stores.values()):
            await world.client("PORTAL").send(request())
            await eventually(lambda: store.database.fetchval("SELECT count(*) FROM inbox"))
        # It stops before the job has run: nothing was answered.
        assert not await store.database.fetchval("SELECT count(*) FROM outbox")
        schema = store.database.schema
    async with (
        echo(world, schema=schema) as store,
        working(*world.stores.values(), world.systems["PORTAL"].store, store),
    ):
        await eventually(lambda: len(received) == 2)
        assert await store.database.fetchval("SELECT count(*) FROM outbox WHERE state = 'sent'") == 2
    assert received[1].payload == FORMS[1]


async def test_a_message_that_no_gateway_signed_is_not_taken(world):
    async with echo(world) as store:
        asked = unsigned(question(service_id=SERVICE_ID, payload=FORMS[0]))
        async with world.http.post(world.urls["GBDFL"] + PUSH_PATH, data=asked) as answer:
            assert "SCE007" in await answer.text()
        assert not await store.database.fetchval("SELECT count(*) FROM inbox")
