"""What tests borrow: no test can see what another left in a schema that was lent before."""

import asyncpg
import pytest

from gateway.migrations import DESK
from gateway.store.migrate import migrate
from tests.channels_tables import TABLES
from tests.schemas import Schemas

NOTED = "gateway/journal/sql/event.sql"
EVENT = """
INSERT INTO event (session, flow, kind, number, outcome, at, actor, facts)
VALUES ('of a former test', 'a flow', 'process', 1, 'done', now(), 'a test', '{}')
"""
_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r' ORDER BY relname"
_SEQUENCES = "SELECT sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = $1 ORDER BY 1"


@pytest.fixture
async def schemas(database_url):
    """Schemas that no other test borrows."""
    return Schemas(database_url)


@pytest.fixture
async def lend(schemas, clock):
    """Open stores on tables of events, or on what is given: `await lend(*files)`."""
    lent = []

    async def one(*sql_files):
        lent.append(await schemas.open("borrowed", *(sql_files or (NOTED,)), clock=clock))
        return lent[-1]

    yield one
    for store in lent:
        await store.close()


async def held(store):
    """Every table with the number of its rows, and every sequence with its next number."""
    schema = store.database.schema
    tables = [row["relname"] for row in await store.database.fetch(_TABLES, schema)]
    rows = {one: await store.database.fetchval(f"SELECT count(*) FROM {one}") for one in tables}
    sequences = await store.database.fetch(_SEQUENCES, schema)
    return rows, [tuple(row.values()) for row in sequences]


async def fill(store):
    """Rows in every table that takes one without telling what stands in it, and in those of the ground."""
    database = store.database
    async with database.transaction() as conn:
        await store.jobs.enqueue(conn, "a job", {"of": "a former test"})
        await store.timers.schedule(conn, name="a timer", key="of a former test", due_at=store.clock.now(), payload={})
        await store.blobs.put(conn, b"of a former test", media_type="text/plain")
        await conn.execute(EVENT)
        for row in await conn.fetch(_SEQUENCES, database.schema):
            await conn.fetchval("SELECT nextval($1::text::regclass)", row["sequencename"])


async def test_rows_numbers_jobs_timers_and_documents_of_a_former_test_are_gone(schemas, lend):
    store = await lend(*TABLES)
    fresh, name = await held(store), store.database.schema
    await fill(store)
    left = await held(store)
    assert {table for table, rows in left[0].items() if rows} >= {"blob", "event", "timer", f"{name}_pgqueuer"}
    assert all(last is not None for _, _, last in left[1])
    await schemas.close(store)

    again = await lend(*TABLES)
    assert again.database.schema == name
    assert await held(again) == fresh
    assert sum(fresh[0].values()) == 0
    await schemas.close(again)


async def test_a_table_that_nobody_may_empty_is_empty_for_the_next_test_and_still_guarded(schemas, lend):
    for _ in range(2):
        store = await lend()
        assert await store.database.fetchval("SELECT count(*) FROM event") == 0
        await store.database.execute(EVENT)
        for forbidden in ("TRUNCATE event", "DELETE FROM event"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await store.database.execute(forbidden)
        await schemas.close(store)


async def test_a_queue_on_a_schema_that_was_lent_before_works(schemas, lend):
    await schemas.close(await lend())
    store = await lend()
    done = []

    async def do(payload):
        done.append(payload)

    store.jobs.on("a job", do)
    async with store.database.transaction() as conn:
        await store.jobs.enqueue(conn, "a job", {"number": 1})
    async with store.working():
        while not done:
            await store.database.fetchval("SELECT pg_sleep(0.01)")
    assert done == [{"number": 1}]
    await schemas.close(store)


async def test_two_borrowers_at_once_have_two_schemas(schemas, lend):
    one, two = await lend(), await lend()
    assert one.database.schema != two.database.schema
    for store in (one, two):
        await schemas.close(store)
    names = {(await lend()).database.schema for _ in range(2)}
    assert names == {one.database.schema, two.database.schema}


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE more (n integer)",
        "DROP TABLE blob",
        "ALTER TABLE event ADD COLUMN more text",
        "ALTER TABLE event ALTER COLUMN kind DROP NOT NULL",
        "ALTER TABLE event ALTER COLUMN kind SET DEFAULT 'another'",
        "ALTER TABLE timer RENAME COLUMN payload TO load",
        "ALTER TABLE event DISABLE TRIGGER event_is_append_only",
        "ALTER TABLE blob ADD CHECK (length(media_type) > 3)",
        "CREATE OR REPLACE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE INDEX ON blob (media_type)",
        "CREATE VIEW seen AS SELECT 1",
        "CREATE SEQUENCE more",
        "CREATE TYPE more AS ENUM ('one')",
        "GRANT SELECT ON event TO pg_read_all_data",
        "TRUNCATE blob",
    ],
)
async def test_a_schema_whose_shape_was_changed_is_not_lent_again(schemas, lend, change):
    store = await lend()
    await store.database.execute(change)
    await schemas.close(store)
    assert (await lend()).database.schema != store.database.schema


async def test_a_schema_that_was_migrated_is_not_lent_again(schemas, lend):
    store = await lend()
    await store.database.execute("DROP TABLE timer, blob, event; DROP FUNCTION event_is_append_only")
    await migrate(store.database, DESK)
    await schemas.close(store)
    assert (await lend()).database.schema != store.database.schema


@pytest.mark.parametrize("called", ["qyzmet {}", "psql", ""], ids=["a pool of the same schema", "psql", "nameless"])
async def test_a_schema_that_somebody_can_still_reach_is_not_lent_again(schemas, lend, database_url, called):
    store = await lend()
    name = store.database.schema
    named = {"search_path": name, "application_name": called.format(name)}
    left_open = await asyncpg.connect(database_url, server_settings=named)
    try:
        await schemas.close(store)
        another = await lend()
        await left_open.execute(EVENT)
    finally:
        await left_open.close()
    assert another.database.schema != store.database.schema
    assert await another.database.fetchval("SELECT count(*) FROM event") == 0


async def test_tables_that_are_laid_out_with_rows_are_lent_once(schemas, lend, tmp_path):
    file = tmp_path / "seeded.sql"
    file.write_text("CREATE TABLE seeded (n integer); INSERT INTO seeded VALUES (1)", encoding="utf-8")
    store = await lend(str(file))
    await schemas.close(store)
    again = await lend(str(file))
    assert again.database.schema != store.database.schema
    assert await again.database.fetchval("SELECT count(*) FROM seeded") == 1
