import asyncio
from datetime import timedelta

import pytest

from gateway.identity.throttle import Delays, Throttle


@pytest.fixture
async def store(new_store):
    return await new_store("throttle", "gateway/identity/sql/throttle.sql")


@pytest.fixture
def throttle(store, clock):
    return Throttle(store.database, real_time=clock, by_source=Delays(free=6, longest=timedelta(minutes=1)))


async def attempts(throttle, n, account="a", source="192.0.2.1"):
    return [(await throttle.attempt(account=account, source=source)).total_seconds() for _ in range(n)]


async def test_an_account_waits_longer_after_each_failure_whatever_the_source(throttle, clock):
    assert await attempts(throttle, 4) == [0, 0, 0, 0]
    assert await attempts(throttle, 1, source="192.0.2.2") == [2]
    clock.advance(timedelta(seconds=2))
    assert await attempts(throttle, 2, source="192.0.2.3") == [0, 4]


async def test_a_source_that_tries_many_accounts_waits_too(throttle):
    waits = [await attempts(throttle, 1, account=f"a{n}") for n in range(8)]
    assert waits == [[0]] * 7 + [[2]]
    assert await attempts(throttle, 1, account="a9", source="192.0.2.9") == [0]


async def test_attempts_made_at_once_are_all_counted(throttle):
    waits = await asyncio.gather(*(attempts(throttle, 1) for _ in range(8)))
    assert sorted(wait for (wait,) in waits) == [0, 0, 0, 0, 2, 2, 2, 2]


async def test_an_attempt_that_comes_a_moment_after_one_of_a_later_moment_does_not_wait(throttle, clock):
    assert await attempts(throttle, 1, account="a") == [0]
    clock.advance(timedelta(microseconds=-50))
    assert await attempts(throttle, 1, account="b") == [0]


async def test_a_shown_password_forgets_the_account_but_not_what_failed_from_its_source(throttle, store):
    await attempts(throttle, 4)
    async with store.database.transaction() as conn:
        await throttle.succeeded(conn, account="a", source="192.0.2.1")
    assert await attempts(throttle, 1) == [0]
    assert await store.database.fetchval("SELECT attempts FROM throttle WHERE subject LIKE 'source%'") == 4


async def test_many_people_who_show_their_passwords_from_one_address_do_not_wait(throttle, store):
    for n in range(20):
        assert await attempts(throttle, 1, account=f"clerk {n}") == [0]
        async with store.database.transaction() as conn:
            await throttle.succeeded(conn, account=f"clerk {n}", source="192.0.2.1")


async def test_old_attempts_are_forgotten_and_their_rows_removed(throttle, store, clock):
    for n in range(5):
        await attempts(throttle, 1, account=f"old {n}", source=f"192.0.2.{n}")
    clock.advance(timedelta(hours=25))
    assert await attempts(throttle, 1, account="new") == [0]
    assert await store.database.fetchval("SELECT count(*) FROM throttle") == 2
