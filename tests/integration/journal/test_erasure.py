"""A person's erasure: a job over the log and the payloads, carried on by another process when one dies."""

import asyncio
import contextlib
import hashlib
from datetime import timedelta

import pytest

from gateway.journal import Erasure, MessageLog, Vault
from gateway.journal import erasure as module
from gateway.journal.erasure import ERASURE, LeftOver
from gateway.journal.message_log import Wanted
from gateway.journal.readers import Act, LogCode, LogRefused
from gateway.shep.outbox import Outbox
from gateway.shep.person_payloads import PersonsPayloads
from gateway.store import Store
from tests.integration.journal.test_message_log import (
    AUDITOR,
    BODY,
    CUSTODIAN,
    KEY,
    OTHER,
    PERSON,
    PERSONS,
    REASON,
    SUPPORT,
    acts,
    keep,
)
from tests.integration.shep.test_inbox_sealed import XML, Gateway, inbox_of, message, put
from tests.integration.shep.world import eventually, working

HASH = PERSONS.of(PERSON)
OTHERS = f"<сұраным><iin>{OTHER}</iin></сұраным>".encode()


@pytest.fixture
async def store(new_store):
    files = ("outbox", "inbox", "sealed_payloads", "outbox_sendings")
    return await new_store(
        "erased", "gateway/journal/sql/message_log.sql", *(f"gateway/shep/sql/{name}.sql" for name in files)
    )


@pytest.fixture
def log(store, clock):
    return MessageLog(store.database, clock, Vault([KEY]), PERSONS)


@pytest.fixture
def erasure(store):
    return Erasure(store, also=[PersonsPayloads(store.database, Vault([KEY]), PERSONS).erase])


async def erased(store, erasure):
    request = await erasure.ask(CUSTODIAN, HASH, reason=REASON)
    async with working(store):
        outcome = await erasure.waited(request, seconds=30)
    assert outcome.finished
    return outcome


async def erasures(log, clock):
    found = [one for one in await log.readings(AUDITOR, since=clock.now() - timedelta(days=1)) if one.act is Act.ERASE]
    return found[::-1]


async def kept(store, table):
    return await store.database.fetchval(f"SELECT count(*) FROM {table} WHERE octet_length(payload) > 0")


async def test_an_erased_person_is_not_found_the_bodies_are_gone_and_others_and_the_digest_stay(
    store, log, clock, erasure
):
    shared = await keep(log, clock, numbers=(PERSON, OTHER))
    others = await keep(log, clock, numbers=(OTHER,))
    outcome = await erased(store, erasure)
    assert outcome.lines == 1
    assert await log.search(SUPPORT, Wanted(person=HASH), reason=REASON) == ()
    assert set(await log.search(SUPPORT, Wanted(person=PERSONS.of(OTHER)), reason=REASON)) == {shared, others}
    with pytest.raises(LogRefused) as caught:
        await log.open(AUDITOR, shared.id, reason=REASON)
    assert caught.value.code is LogCode.ERASED
    assert await log.open(AUDITOR, others.id, reason=REASON) == BODY
    asked, batch, finished = await erasures(log, clock)
    assert {(each.reader, each.person, each.reason) for each in (asked, batch, finished)} == {
        ("custodian", HASH, REASON)
    }
    assert asked.facts == {}
    assert batch.facts == {"request": asked.id, "lines": [str(shared.id)]}
    assert finished.facts == {"request": asked.id, "finished": True, "waiting": 0, "unopened": 0}


async def test_who_may_not_erase_asks_for_no_job(store, erasure):
    with pytest.raises(LogRefused) as caught:
        await erasure.ask(AUDITOR, HASH, reason=REASON)
    assert caught.value.code is LogCode.NOT_ALLOWED
    with pytest.raises(LogRefused, match="say why"):
        await erasure.ask(CUSTODIAN, HASH, reason="short")
    queued = f"SELECT count(*) FROM {store.database.schema}_pgqueuer WHERE entrypoint = $1"
    assert await store.database.fetchval(queued, ERASURE) == 0
    assert [(row[0], row[1], row[2]) for row in await acts(store)] == [("erase", "auditor", False)]


async def test_an_erasure_goes_through_more_lines_than_one_batch(store, log, clock, erasure, monkeypatch):
    monkeypatch.setattr(module, "_BATCH", 3)
    for _ in range(10):
        await keep(log, clock)
    assert (await erased(store, erasure)).lines == 10
    assert await store.database.fetchval("SELECT count(*) FROM message_log WHERE body IS NOT NULL") == 0
    assert [len(each.facts.get("lines", ())) for each in await erasures(log, clock)] == [0, 3, 3, 3, 1, 0]


async def test_payloads_of_the_person_go_when_their_messages_are_over_and_anothers_stay(store, log, clock, erasure):
    inbox, received = inbox_of(store, KEY)
    gateway = Gateway(clock)
    outbox = Outbox(store, {"shep": gateway}, vault=Vault([KEY]))
    await inbox.receive(message(clock, "1"), gateway="shep")
    await inbox.receive(message(clock, "2", OTHERS), gateway="shep")
    for key, xml in (("a", None), ("b", OTHERS)):
        await put(store, outbox, clock, key, **({} if xml is None else {"xml": xml}))
    async with working(store):
        await eventually(lambda: len(received) == 2 and len(gateway.sent) == 2)
        await eventually(lambda: store.database.fetchval("SELECT bool_and(state = 'done') FROM inbox"))
        await eventually(lambda: store.database.fetchval("SELECT bool_and(state = 'sent') FROM outbox"))
    outcome = await erased(store, erasure)
    assert (outcome.inbox, outcome.outbox, outcome.waiting, outcome.unopened) == (1, 1, 0, 0)
    mine, anothers = await store.database.fetch("SELECT payload, payload_sha256 FROM outbox ORDER BY key")
    assert tuple(mine) == (b"", hashlib.sha256(XML).hexdigest())
    assert anothers["payload"] != b""
    assert await store.database.fetchval("SELECT message_id FROM inbox WHERE octet_length(payload) > 0") == "2"
    named = [each.facts for each in await erasures(log, clock)]
    assert [each["inbox"] for each in named if "inbox" in each] == [[1]]
    assert [each["outbox"] for each in named if "outbox" in each] == [[1]]


async def test_a_message_that_waits_is_counted_and_still_arrives(store, log, clock, erasure, database_url):
    gateway = Gateway(clock)
    await put(store, Outbox(store, {"shep": gateway}, vault=Vault([KEY])), clock)
    eraser = await Store.open(database_url, schema=store.database.schema, clock=clock)
    second = Erasure(eraser, also=[PersonsPayloads(eraser.database, Vault([KEY]), PERSONS).erase])
    outcome = await erased(eraser, second)
    await eraser.close()
    assert (outcome.outbox, outcome.waiting) == (0, 1)
    async with working(store):
        await eventually(lambda: gateway.sent)
        await eventually(lambda: store.database.fetchval("SELECT state = 'sent' FROM outbox"))
    assert PERSON.encode() in gateway.sent[0].payload.xml
    again = await erased(store, erasure)
    assert (again.outbox, again.waiting) == (1, 0)


async def test_what_does_not_open_is_counted_and_holds_nothing_up(store, clock, erasure):
    inbox, received = inbox_of(store, KEY)
    for number in "123":
        await inbox.receive(message(clock, number), gateway="shep")
    async with working(store):
        await eventually(lambda: len(received) == 3)
        await eventually(lambda: store.database.fetchval("SELECT bool_and(state = 'done') FROM inbox"))
    await store.database.execute("UPDATE inbox SET payload = payload || '\\x00' WHERE message_id = '2'")
    await store.database.execute("UPDATE inbox SET payload = $1 WHERE message_id = '3'", BODY)  # in clear
    outcome = await erased(store, erasure)
    assert (outcome.inbox, outcome.unopened) == (2, 1)


async def test_an_erasure_that_dies_in_the_middle_is_carried_on_by_another_process(
    store, log, clock, database_url, monkeypatch
):
    monkeypatch.setattr(module, "_BATCH", 2)
    inbox, received = inbox_of(store, KEY)
    await inbox.receive(message(clock, "1"), gateway="shep")
    async with working(store):
        await eventually(lambda: received)
        await eventually(lambda: store.database.fetchval("SELECT state = 'done' FROM inbox"))
    for _ in range(3):
        await keep(log, clock)
    quick = {"schema": store.database.schema, "clock": clock, "heartbeat_timeout": timedelta(seconds=1)}
    dying = await Store.open(database_url, **quick)
    at_work = asyncio.Event()

    async def stuck(_person, _note):
        at_work.set()
        await asyncio.Event().wait()
        return LeftOver()

    request = await Erasure(dying, also=[stuck]).ask(CUSTODIAN, HASH, reason=REASON)
    work = asyncio.create_task(dying.run())
    await asyncio.wait_for(at_work.wait(), 10)
    dying.database.pool.terminate()  # nothing more of this process reaches the database
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await keep(log, clock)  # a line that came in between
    other = await Store.open(database_url, **quick)
    taken_up = Erasure(other, also=[PersonsPayloads(other.database, Vault([KEY]), PERSONS).erase])
    state = await taken_up.state(request)
    assert (state.finished, state.lines, state.inbox) == (False, 3, 0)
    async with working(other):
        state = await taken_up.waited(request, seconds=30)
    assert (state.finished, state.lines, state.inbox) == (True, 4, 1)
    assert await store.database.fetchval("SELECT count(*) FROM message_log WHERE body IS NOT NULL") == 0
    assert await kept(store, "inbox") == 0
    with contextlib.suppress(Exception):
        await other.close()


async def test_a_job_that_runs_twice_finishes_once(store, log, clock, erasure):
    await keep(log, clock)
    await erased(store, erasure)
    before = len(await erasures(log, clock))
    (request, *_) = await erasures(log, clock)
    await erasure._run({"request": request.id})
    assert len(await erasures(log, clock)) == before
