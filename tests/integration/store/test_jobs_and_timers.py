import asyncio
import contextlib
from datetime import timedelta

import pytest


@pytest.fixture
async def store(new_store):
    return await new_store("ground")


@contextlib.asynccontextmanager
async def working(store):
    task = asyncio.create_task(store.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def eventually(condition, seconds=10):
    for _ in range(int(seconds * 50)):
        if condition():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it did not happen in time")


async def test_a_job_of_a_rolled_back_transaction_is_never_done(store):
    done = []

    async def handler(payload):
        done.append(payload["n"])

    store.jobs.on("count", handler)
    with contextlib.suppress(RuntimeError):
        async with store.database.transaction() as conn:
            await store.jobs.enqueue(conn, "count", {"n": 1})
            raise RuntimeError
    async with store.database.transaction() as conn:
        await store.jobs.enqueue(conn, "count", {"n": 2})
    async with working(store):
        await eventually(lambda: done)
    assert done == [2]


async def test_a_timer_fires_once_when_the_clock_has_come_to_it(store, clock):
    done = []

    async def handler(payload):
        done.append(payload)

    store.jobs.on("remind", handler)
    async with store.database.transaction() as conn:
        due = clock.now() + timedelta(days=3)
        await store.timers.schedule(conn, name="remind", key="a", due_at=due, payload={"who": "clerk"})
    async with working(store):
        await asyncio.sleep(0.6)
        assert done == []
        clock.advance(timedelta(days=3))
        await eventually(lambda: done)
        await asyncio.sleep(0.4)
    assert done == [{"who": "clerk"}]


async def test_a_failing_job_is_tried_again_by_the_clock_and_keeps_its_payload(store, clock):
    calls = []

    async def handler(payload):
        calls.append(payload["n"])
        if len(calls) < 3:
            raise ConnectionError("not yet")

    store.jobs.on("stubborn", handler)
    async with store.database.transaction() as conn:
        await store.jobs.enqueue(conn, "stubborn", {"n": 7})
    async with working(store):
        await eventually(lambda: len(calls) == 1)
        await asyncio.sleep(0.3)
        clock.advance(timedelta(seconds=2))
        await eventually(lambda: len(calls) == 2)
        await asyncio.sleep(0.3)
        clock.advance(timedelta(seconds=4))
        await eventually(lambda: len(calls) == 3)
    assert calls == [7, 7, 7]
    assert await store.database.fetchval("SELECT count(*) FROM timer") == 0


async def test_a_job_in_hand_at_a_clean_stop_is_not_lost(store):
    started, done = asyncio.Event(), []

    async def slow(payload):
        started.set()
        await asyncio.sleep(60 if not done else 0)

    store.jobs.on("slow", slow)
    async with store.database.transaction() as conn:
        await store.jobs.enqueue(conn, "slow", {})
    task = asyncio.create_task(store.run())
    await asyncio.wait_for(started.wait(), 10)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    queue = f"{store.database.schema}.{store.database.schema}_pgqueuer"
    assert await store.database.fetchval(f"SELECT count(*) FROM {queue} WHERE status = 'queued'") == 1
