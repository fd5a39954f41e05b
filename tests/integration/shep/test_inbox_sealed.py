"""Payloads at rest in inbox and outbox: sealed, waiting for their key, removed when their time is over."""

import hashlib
from datetime import timedelta

import pytest

from gateway.journal import Vault
from gateway.shep.inbox import Inbox
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm, Receipt, Sender
from gateway.shep.outbox import Call, Outbox
from gateway.shep.stopped import Box, StoppedMessages
from gateway.shep.stored_payloads import StoredPayloads
from gateway.store import Store
from tests.integration.shep.world import eventually, working

KEY, NEWER = bytes(range(32)), bytes(range(1, 33))
XML = "<сұраным><iin>900101300017</iin></сұраным>".encode()
PLAIN = "UPDATE {table} SET payload = convert_to('<plain/>', 'UTF8')"
MONTH = timedelta(days=30)


@pytest.fixture
async def store(new_store):
    files = ("outbox", "inbox", "sealed_payloads", "outbox_sendings")
    return await new_store("sealed", *(f"gateway/shep/sql/{name}.sql" for name in files))


@pytest.fixture
async def reopened(store, clock, database_url):
    """Another process over the same tables."""
    again = await Store.open(database_url, schema=store.database.schema, clock=clock)
    yield again
    await again.close()


class Gateway:
    """Takes what it is sent."""

    def __init__(self, clock):
        self.clock = clock
        self.sent = []

    async def send(self, message):
        self.sent.append(message)
        return Receipt(str(len(self.sent)), "1", self.clock.now(), "s")


def message(clock, number="1", xml=XML, **changes):
    return AsyncMessage(
        **{
            "service_id": "S",
            "message_type": MessageType.REQUEST,
            "payload": Payload(PayloadForm.ESCAPED, xml),
            "message_id": number,
            "correlation_id": number,
            "message_date": clock.now(),
            "sender": Sender("PORTAL"),
            **changes,
        }
    )


def inbox_of(store, *keys):
    received = []

    async def keep(one):
        received.append(one.message)

    inbox = Inbox(store, vault=Vault(keys))
    inbox.on("S", MessageType.REQUEST, keep)
    return inbox, received


async def put(store, outbox, clock, key="a", xml=XML, **calls):
    one = message(clock, xml=xml, message_id=None, correlation_id=None)
    async with store.database.transaction() as conn:
        assert await outbox.put(conn, key=key, gateway="shep", message=one, **calls)


async def test_a_pushed_message_lies_sealed_and_reaches_its_handler_as_it_was(store, clock):
    inbox, received = inbox_of(store, KEY)
    await inbox.receive(message(clock), gateway="shep")
    row = await store.database.fetchrow("SELECT payload, payload_sha256, inbox::text AS whole FROM inbox")
    assert row["payload"][0] == 1
    assert b"900101300017".hex() not in row["whole"]
    assert row["payload_sha256"] == hashlib.sha256(XML).hexdigest()
    async with working(store):
        await eventually(lambda: received)
    assert received[0].payload == Payload(PayloadForm.ESCAPED, XML)


async def test_a_repeated_delivery_is_known_by_its_content_though_no_two_seals_are_alike(store, clock):
    inbox, received = inbox_of(store, KEY)
    for _ in range(3):
        await inbox.receive(message(clock), gateway="shep")
    async with working(store):
        await eventually(lambda: received)
    assert await store.database.fetchval("SELECT deliveries FROM inbox") == 3
    assert len(received) == 1


async def test_a_message_waits_for_a_lost_key_beyond_every_limit_and_goes_on_when_it_is_given(
    store, reopened, clock, database_url
):
    inbox, _ = inbox_of(store, KEY)
    await inbox.receive(message(clock), gateway="shep")
    _, handled = inbox_of(reopened, NEWER)
    async with working(reopened):
        await eventually(lambda: reopened.database.fetchval("SELECT last_error FROM inbox"))
        clock.advance(timedelta(days=7))
        await eventually(lambda: reopened.database.fetchval("SELECT attempts > 1 FROM inbox"))
    row = await store.database.fetchrow("SELECT state, last_error FROM inbox")
    assert tuple(row) == ("received", "journal-key-unknown")
    assert handled == []
    third = await Store.open(database_url, schema=store.database.schema, clock=clock)
    _, handled = inbox_of(third, NEWER, KEY)  # the operator gives the key
    async with working(third):
        clock.advance(timedelta(minutes=10))
        await eventually(lambda: handled)
    await third.close()


async def test_an_application_waits_for_a_lost_key_and_is_sent_once_it_is_given(store, reopened, clock, database_url):
    gateway = Gateway(clock)
    await put(store, Outbox(store, {"shep": gateway}, vault=Vault([KEY])), clock)
    assert b"900101300017".hex() not in await store.database.fetchval("SELECT outbox::text FROM outbox")
    Outbox(reopened, {"shep": gateway}, vault=Vault([NEWER]))
    async with working(reopened):
        await eventually(lambda: reopened.database.fetchval("SELECT last_error FROM outbox"))
        clock.advance(timedelta(days=7))
        await eventually(lambda: reopened.database.fetchval("SELECT attempts > 1 FROM outbox"))
    row = await store.database.fetchrow("SELECT state, last_error ->> 'code' FROM outbox")
    assert tuple(row) == ("waiting", "journal-key-unknown")
    assert gateway.sent == []
    third = await Store.open(database_url, schema=store.database.schema, clock=clock)
    Outbox(third, {"shep": gateway}, vault=Vault([NEWER, KEY]))  # the operator gives the key
    async with working(third):
        clock.advance(timedelta(minutes=10))
        await eventually(lambda: third.database.fetchval("SELECT state = 'sent' FROM outbox"))
    await third.close()
    assert [each.payload.xml for each in gateway.sent] == [XML]


async def test_a_payload_that_was_changed_at_rest_is_not_sent_and_says_so(store, clock):
    gateway, stopped = Gateway(clock), []

    async def on_stopped(payload):
        stopped.append(payload["shep"]["error"]["code"])

    store.jobs.on("stopped", on_stopped)
    outbox = Outbox(store, {"shep": gateway}, vault=Vault([KEY]))
    await put(store, outbox, clock, on_stopped=Call("stopped", {}))
    await store.database.execute("UPDATE outbox SET payload = set_byte(payload, 30, get_byte(payload, 30) # 1)")
    async with working(store):
        await eventually(lambda: stopped)
    assert stopped == ["journal-seal-broken"]
    assert gateway.sent == []


async def test_a_payload_that_lies_in_clear_is_not_acted_on_until_an_operator_seals_it(store, clock):
    inbox, received = inbox_of(store, KEY)
    gateway = Gateway(clock)
    outbox = Outbox(store, {"shep": gateway}, vault=Vault([KEY]))
    for number in ("1", "2"):
        await inbox.receive(message(clock, number), gateway="shep")
        await put(store, outbox, clock, number)
    for table in ("inbox", "outbox"):
        await store.database.execute(PLAIN.format(table=table) + " WHERE id = 1")
    payloads = StoredPayloads(store.database, Vault([KEY]))
    assert await payloads.keys_in_use() == {Vault([KEY]).newest: 2}
    refused = (
        "SELECT count(*) = 2 FROM (SELECT last_error::text FROM inbox UNION ALL SELECT last_error::text FROM outbox)"
    )
    async with working(store):
        await eventually(
            lambda: store.database.fetchval(f"{refused} AS e WHERE last_error LIKE '%journal-not-sealed%'")
        )
        await eventually(lambda: len(received) == 1 and len(gateway.sent) == 1)
        assert (await payloads.reseal(), await payloads.in_clear()) == (0, 2)  # no job blesses what somebody put there
        clock.advance(timedelta(days=7))
        await eventually(lambda: store.database.fetchval("SELECT attempts > 1 FROM inbox WHERE id = 1"))
        await eventually(lambda: store.database.fetchval("SELECT attempts > 1 FROM outbox WHERE id = 1"))
    assert {each.payload.xml for each in received} == {each.payload.xml for each in gateway.sent} == {XML}
    assert await payloads.seal_plain() == 2
    async with working(store):
        clock.advance(timedelta(minutes=30))
        await eventually(lambda: len(received) == 2 and len(gateway.sent) == 2)
    assert {each.payload.xml for each in received} == {each.payload.xml for each in gateway.sent} == {b"<plain/>", XML}


async def test_after_a_change_of_keys_every_payload_is_sealed_with_the_newest(store, clock):
    inbox, _ = inbox_of(store, KEY)
    outbox = Outbox(store, {"shep": Gateway(clock)}, vault=Vault([KEY]))
    for number in ("1", "2"):
        await inbox.receive(message(clock, number), gateway="shep")
        await put(store, outbox, clock, number)
    payloads = StoredPayloads(store.database, Vault([NEWER, KEY]))
    assert await payloads.reseal() == 4
    assert await payloads.reseal() == 0
    assert await payloads.keys_in_use() == {Vault([NEWER]).newest: 4}


async def test_after_a_month_a_finished_payload_goes_and_its_digest_stays(store, clock):
    inbox, received = inbox_of(store, KEY)
    gateway = Gateway(clock)
    outbox = Outbox(store, {"shep": gateway}, vault=Vault([KEY]))
    payloads = StoredPayloads(store.database, Vault([KEY]))
    await inbox.receive(message(clock), gateway="shep")
    await put(store, outbox, clock)
    async with working(store):
        await eventually(lambda: received and gateway.sent)
        await eventually(lambda: store.database.fetchval("SELECT state = 'done' FROM inbox"))
        await eventually(lambda: store.database.fetchval("SELECT state = 'sent' FROM outbox"))
    clock.advance(MONTH)
    assert await payloads.forget_done(clock.now() - MONTH) == 0
    clock.advance(timedelta(seconds=1))
    assert await payloads.forget_done(clock.now() - MONTH) == 2
    for table in ("inbox", "outbox"):
        row = await store.database.fetchrow(f"SELECT payload, payload_sha256 FROM {table}")
        assert tuple(row) == (b"", hashlib.sha256(XML).hexdigest())
    await inbox.receive(message(clock), gateway="shep")  # a late repetition is still known
    assert await store.database.fetchval("SELECT deliveries FROM inbox") == 2


async def test_what_waits_or_was_stopped_keeps_its_payload_for_the_person_who_lets_it_go_on(store, clock):
    inbox, _ = inbox_of(store, KEY)
    outbox = Outbox(store, {"shep": Gateway(clock)}, vault=Vault([KEY]))
    payloads = StoredPayloads(store.database, Vault([KEY]))
    await inbox.receive(message(clock), gateway="shep")
    for key in ("waiting", "stopped"):
        await put(store, outbox, clock, key)
    await store.database.execute("UPDATE outbox SET state = 'stopped' WHERE key = 'stopped'")
    clock.advance(4 * MONTH)
    assert await payloads.forget_done(clock.now() - MONTH) == 0
    assert await payloads.forget_stopped(clock.now() - MONTH) == 1
    async with store.database.transaction() as conn:
        assert not await StoppedMessages(store).resume(conn, Box.OUT, "stopped")
    assert await store.database.fetchval("SELECT octet_length(payload) > 0 FROM inbox")


async def test_what_an_error_says_is_not_kept_with_the_message(store, clock):
    inbox = Inbox(store, vault=Vault([KEY]))

    async def failing(received):
        raise ValueError(received.message.payload.xml.decode())

    inbox.on("S", MessageType.REQUEST, failing)
    await inbox.receive(message(clock), gateway="shep")
    async with working(store):
        await eventually(lambda: store.database.fetchval("SELECT last_error FROM inbox"))
    assert await store.database.fetchval("SELECT last_error FROM inbox") == "ValueError"
