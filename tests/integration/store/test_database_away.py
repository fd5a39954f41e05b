"""The database goes away and comes back: connections, jobs and timers go on by themselves, and no job is lost."""

import asyncio
import contextlib
import tempfile
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from gateway.store import DatabaseAway, Store
from gateway.store.embedded import EmbeddedPostgres

TIMERS = Path(__file__).resolve().parents[3] / "gateway/store/sql/timer.sql"
HEARTBEAT = timedelta(seconds=1)


@pytest.fixture(scope="module")
def server():
    """A server of its own: the one of all other tests must stay."""
    with tempfile.TemporaryDirectory(prefix="qyzmet-away-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture
async def store(server, clock, request):
    url, schema = server.start(), f"away_{abs(hash(request.node.name)) % 10**8}"
    admin = await asyncpg.connect(url)
    await admin.execute(f"CREATE SCHEMA {schema}")
    await admin.close()
    store = await Store.open(url, schema=schema, clock=clock, heartbeat_timeout=HEARTBEAT)
    await store.database.execute(TIMERS.read_text(encoding="utf-8"))
    yield store
    await store.close()


@contextlib.asynccontextmanager
async def working(store):
    task = asyncio.create_task(store.run())
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def enqueue(store, name, payload):
    async with store.database.transaction() as conn:
        await store.jobs.enqueue(conn, name, payload)


async def eventually(look, seconds=30):
    async with asyncio.timeout(seconds):
        while True:
            if seen := await look():
                return seen
            await asyncio.sleep(0.02)


async def until(condition):
    async def look():
        return condition()

    await eventually(look)


async def test_a_query_says_that_the_database_is_away_and_the_next_one_finds_it_again(store, server):
    await asyncio.to_thread(server.crash)
    for _ in range(20):  # more than the pool has connections: none may be lost with the server
        with pytest.raises(DatabaseAway):
            await store.database.fetchval("SELECT 1")
        with pytest.raises(DatabaseAway):
            async with store.database.transaction() as conn:
                await conn.execute("SELECT 1")
    await asyncio.to_thread(server.start)
    assert await asyncio.gather(*(store.database.fetchval("SELECT 1") for _ in range(20))) == [1] * 20


async def test_a_transaction_that_loses_its_connection_says_so(store, server):
    async def lose_it():
        async with store.database.transaction() as conn:
            await conn.execute("SELECT 1")
            await asyncio.to_thread(server.crash)
            await conn.execute("SELECT 1")

    with pytest.raises(DatabaseAway):
        await lose_it()
    await asyncio.to_thread(server.start)


async def test_an_error_of_the_callers_own_is_not_taken_for_the_databases(store):
    with pytest.raises(ConnectionResetError):
        async with store.database.transaction():
            raise ConnectionResetError
    with pytest.raises(asyncpg.UndefinedTableError):
        await store.database.fetch("SELECT * FROM nothing")
    with pytest.raises(asyncpg.DataError):
        await store.database.fetchval("SELECT $1::int", "no number")


@pytest.mark.parametrize("seconds", [0, 3])
async def test_jobs_and_timers_go_on_when_the_database_is_back(store, server, clock, seconds):
    done = []

    async def handler(payload):
        done.append(payload["n"])

    store.jobs.on("count", handler)
    async with working(store) as work:
        await enqueue(store, "count", {"n": 1})
        await until(lambda: done == [1])
        await asyncio.to_thread(server.crash)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(server.start)
        async with store.database.transaction() as conn:
            due = clock.now() + timedelta(hours=1)
            await store.timers.schedule(conn, name="count", key="later", due_at=due, payload={"n": 3})
        await enqueue(store, "count", {"n": 2})
        await until(lambda: 2 in done)
        clock.advance(timedelta(hours=1))
        await until(lambda: 3 in done)
        assert not work.done()
    assert set(done) == {1, 2, 3}


@pytest.mark.parametrize("fails", ["with what it was asked for", "of the lost database"])
async def test_a_job_that_was_in_hand_when_the_database_went_is_done_again_and_not_held(store, server, fails):
    begun, away, done = asyncio.Event(), asyncio.Event(), []

    async def handler(payload):
        if not begun.is_set():
            begun.set()
            await away.wait()
            if fails == "of the lost database":
                await store.database.fetchval("SELECT 1")
            raise ValueError("whatever it was")
        done.append(payload["n"])

    store.jobs.on("slow", handler)
    async with working(store):
        await enqueue(store, "slow", {"n": 1})
        await begun.wait()
        await asyncio.to_thread(server.crash)
        away.set()
        await asyncio.sleep(0.3)
        await asyncio.to_thread(server.start)
        await until(lambda: done)
        await asyncio.sleep(0.5)
    queue = f"{store.database.schema}.{store.database.schema}_pgqueuer"
    assert await store.database.fetchval(f"SELECT count(*) FROM {queue}") == 0
    assert done == [1]


async def test_a_worker_that_alone_lost_its_listening_connection_listens_again(store, server):
    async def handler(payload):
        pass

    async def listeners():
        sql = "SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND query ILIKE 'LISTEN%'"
        return {row["pid"] for row in await store.database.fetch(sql, f"qyzmet {store.database.schema}")}

    async def new_listeners(before):
        return await listeners() - before

    store.jobs.on("count", handler)
    async with working(store):
        before = await eventually(listeners)
        await store.database.fetch("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", list(before))
        await eventually(lambda: new_listeners(before))
