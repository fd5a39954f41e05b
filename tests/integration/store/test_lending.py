"""The connections that are kept between queries: lent again when their use ended well, and never more than agreed."""

import asyncio
import contextlib

import asyncpg
import pytest

from gateway.store import Database
from gateway.store.database import DatabaseAway

ALIVE = "SELECT pg_backend_pid()"
MOST = 3


@pytest.fixture
async def database(new_store):
    opened = await new_store("ground")
    own = await Database.connect(opened.database.url, schema=opened.database.schema, max_size=MOST)
    yield own
    await own.close()


async def test_one_after_another_has_the_same_connection(database):
    async with database.transaction() as conn:
        first = await conn.fetchval(ALIVE)
    assert {await database.fetchval(ALIVE) for _ in range(5)} == {first}


async def test_no_more_are_lent_than_agreed_and_nobody_is_forgotten(database):
    lent, most = 0, 0

    async def use():
        nonlocal lent, most
        async with database.transaction() as conn:
            lent += 1
            most = max(most, lent)
            await conn.execute("SELECT pg_sleep(0.01)")
            lent -= 1

    await asyncio.gather(*(use() for _ in range(5 * MOST)))
    assert most == MOST


@pytest.mark.parametrize("times", [1, 4 * MOST])
async def test_after_an_error_the_next_one_finds_a_clean_connection(database, times):
    for _ in range(times):
        with pytest.raises(asyncpg.UndefinedTableError):
            await database.fetch("SELECT * FROM nothing")
        with contextlib.suppress(ZeroDivisionError):
            async with database.transaction() as conn:
                await conn.execute("SET LOCAL application_name = 'left'")
                raise ZeroDivisionError
    assert await database.fetchval("SELECT current_setting('application_name')") == f"qyzmet {database.schema}"


async def test_a_query_that_was_broken_off_hands_no_answer_to_the_next(database):
    for number in range(2 * MOST):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.02):
                await database.fetchval("SELECT pg_sleep(30)")
        assert await database.fetchval("SELECT $1::integer", number) == number


async def test_waiting_for_a_connection_can_be_given_up(database):
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(MOST):
            await stack.enter_async_context(database.transaction())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await database.fetchval(ALIVE)
    assert len(await asyncio.gather(*(database.fetchval(ALIVE) for _ in range(MOST)))) == MOST


async def test_no_query_goes_to_a_connection_that_the_server_has_ended(database):
    slow = "SELECT pg_backend_pid() FROM pg_sleep(0.1)"
    gone = await asyncio.gather(*(database.fetchval(slow) for _ in range(MOST)))
    assert len(set(gone)) == MOST
    admin = await asyncpg.connect(database.url)
    await admin.execute("SELECT pg_terminate_backend(pid) FROM unnest($1::integer[]) AS pid", gone)
    await admin.close()
    await asyncio.sleep(0.2)  # until the loop has heard of it
    assert not {await database.fetchval(ALIVE) for _ in range(2 * MOST)} & set(gone)


async def test_a_connection_that_ends_while_it_is_lent_is_given_up(database):
    with pytest.raises(DatabaseAway):
        async with database.transaction() as conn:
            await conn.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert len(await asyncio.gather(*(database.fetchval(ALIVE) for _ in range(2 * MOST)))) == 2 * MOST


async def test_closing_waits_for_what_is_lent(new_store):
    opened = await new_store("ground")
    database = await Database.connect(opened.database.url, schema=opened.database.schema, max_size=MOST)
    async with asyncio.timeout(10):
        async with database.transaction() as conn:
            closing = asyncio.create_task(database.close())
            await asyncio.sleep(0.05)
            assert not closing.done()
            assert await conn.fetchval("SELECT 1") == 1
        await closing
