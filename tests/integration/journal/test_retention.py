import asyncio
import contextlib
from datetime import timedelta

import pytest

from gateway.journal import Forgetting, MessageLog, Retention, Vault
from gateway.journal.message_log import Wanted
from gateway.journal.readers import Reader, ReaderRole
from gateway.journal.retention import RETENTION
from gateway.store import Store
from tests.integration.journal.test_message_log import AUDITOR, KEY, PERSONS, REASON, keep
from tests.integration.shep.world import eventually, working

THREE_YEARS = timedelta(days=1096)


@pytest.fixture
async def store(new_store):
    return await new_store("kept", "gateway/journal/sql/message_log.sql")


@pytest.fixture
def log(store, clock):
    return MessageLog(store.database, clock, Vault([KEY]), PERSONS)


async def runs(store):
    """How many jobs and timers of the night there are."""
    queued = await store.database.fetchval(
        f"SELECT count(*) FROM {store.database.schema}_pgqueuer WHERE entrypoint = $1", RETENTION
    )
    return queued + await store.database.fetchval("SELECT count(*) FROM timer WHERE name = $1", RETENTION)


async def test_what_is_older_than_three_years_goes_nothing_younger_does_and_the_readings_stay(store, log, clock):
    began = clock.now()
    old = await keep(log, clock, message_id="old")
    await log.open(AUDITOR, old.id, reason=REASON)
    clock.advance(timedelta(days=1))
    young = await keep(log, clock, message_id="young")
    retention = Retention(store, [Forgetting("message log", THREE_YEARS, log.forget)])
    await retention.begin()
    async with working(store):
        await eventually(lambda: store.database.fetchval("SELECT due_at > $1 FROM timer", clock.now()))
        assert await store.database.fetchval("SELECT count(*) FROM message_log") == 2
        clock.set(began + THREE_YEARS + timedelta(hours=20))  # the night in between has passed
        await eventually(lambda: store.database.fetchval("SELECT count(*) = 1 FROM message_log"))
        await eventually(lambda: store.database.fetchval("SELECT due_at > $1 FROM timer", clock.now()))
        assert await log.search(Reader("s", ReaderRole.SUPPORT), Wanted()) == (young,)
        clock.advance(timedelta(days=2))
        await eventually(lambda: store.database.fetchval("SELECT count(*) = 0 FROM message_log"))
    assert await store.database.fetchval("SELECT count(*) FROM message_reading WHERE act = 'open'") == 1


async def test_an_hour_before_its_time_a_line_is_still_there(store, log, clock):
    await keep(log, clock)
    clock.advance(THREE_YEARS - timedelta(hours=1))
    assert await log.forget(clock.now() - THREE_YEARS) == 0
    clock.advance(timedelta(hours=1, seconds=1))
    assert await log.forget(clock.now() - THREE_YEARS) == 1


async def test_forgetting_goes_through_more_lines_than_one_batch(store, log, clock):
    copies = """
    INSERT INTO message_log SELECT gen_random_uuid(), 100 + n, at, direction, gateway, operation, is_answer, service,
        message_type, message_id, correlation_id, session_id, outcome, size, sha256, persons, body, sealed_by, erased_at
    FROM message_log, generate_series(1, 1200) AS n
    """
    await keep(log, clock)
    await store.database.execute(
        copies.replace("INSERT INTO message_log", "INSERT INTO message_log OVERRIDING SYSTEM VALUE")
    )
    clock.advance(timedelta(days=1))
    await keep(log, clock)
    assert await log.forget(clock.now()) == 1201


async def test_processes_that_start_together_or_again_have_one_timer(store, clock, new_store):
    retention = Retention(store, [])
    await asyncio.gather(*(retention.begin() for _ in range(5)))
    assert await runs(store) == 1
    due = await store.database.fetchval("SELECT due_at FROM timer")
    clock.advance(timedelta(hours=5))
    await retention.begin()  # a timer that is overdue fires as it stands
    assert await store.database.fetchval("SELECT due_at FROM timer") == due


async def test_a_job_that_dies_in_the_middle_is_taken_up_by_another_process(store, log, clock, database_url):
    await keep(log, clock)
    clock.advance(THREE_YEARS + timedelta(days=1))
    dying = await Store.open(
        database_url, schema=store.database.schema, clock=clock, heartbeat_timeout=timedelta(seconds=1)
    )
    at_work = asyncio.Event()

    async def stuck(_before):
        at_work.set()
        await asyncio.Event().wait()

    await Retention(dying, [Forgetting("stuck", THREE_YEARS, stuck)]).begin()
    work = asyncio.create_task(dying.run())
    await asyncio.wait_for(at_work.wait(), 10)
    dying.database.pool.terminate()  # nothing more of this process reaches the database
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    other = await Store.open(
        database_url, schema=store.database.schema, clock=clock, heartbeat_timeout=timedelta(seconds=1)
    )
    Retention(other, [Forgetting("message log", THREE_YEARS, log.forget)])
    async with working(other):
        await eventually(lambda: store.database.fetchval("SELECT count(*) = 0 FROM message_log"))
    with contextlib.suppress(Exception):
        await other.close()


async def test_a_forgetting_that_fails_does_not_end_the_nights(store, log, clock):
    async def failing(_before):
        raise RuntimeError

    retention = Retention(store, [Forgetting("failing", THREE_YEARS, failing)])
    await retention.begin()
    async with working(store):
        await eventually(lambda: store.database.fetchval("SELECT count(*) = 1 FROM timer WHERE again"))
    assert await store.database.fetchval("SELECT count(*) FROM timer WHERE NOT again AND due_at > $1", clock.now()) == 1
