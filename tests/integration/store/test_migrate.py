import asyncio
import textwrap

import asyncpg
import pytest

from gateway.store import Database, migrate
from gateway.store.provision import provision

FIRST = """
from gateway.store.migrate import run_statements
revision, down_revision = "0001", None
def upgrade():
    run_statements("CREATE TABLE one (a int); INSERT INTO one VALUES (1);")
"""
SECOND = """
from gateway.store.migrate import run_statements
revision, down_revision = "0002", "0001"
def upgrade():
    run_statements("ALTER TABLE one ADD b int; UPDATE one SET b = 2;")
"""


@pytest.fixture
async def database(database_url, new_store):
    store = await new_store("migrated")
    return store.database


async def test_each_revision_is_applied_once_even_when_processes_start_together(tmp_path, database):
    (tmp_path / "0001_first.py").write_text(textwrap.dedent(FIRST))
    await asyncio.gather(*(migrate(database, tmp_path) for _ in range(3)))
    (tmp_path / "0002_second.py").write_text(textwrap.dedent(SECOND))
    await migrate(database, tmp_path)
    await migrate(database, tmp_path)
    assert [tuple(row) for row in await database.fetch("SELECT a, b FROM one")] == [(1, 2)]


async def test_a_failing_revision_leaves_nothing_behind(tmp_path, database):
    broken = FIRST.replace("INSERT INTO one VALUES (1);", "INSERT INTO nowhere VALUES (1);")
    (tmp_path / "0001_first.py").write_text(textwrap.dedent(broken))
    with pytest.raises(Exception, match="nowhere"):
        await migrate(database, tmp_path)
    assert await database.fetchval("SELECT to_regclass('one')") is None


async def test_one_participant_can_neither_read_nor_write_in_the_schema_of_another(database_url):
    secret = b"a test's secret"
    portal = await provision(database_url, "apart_portal", secret=secret)
    desk = await provision(database_url, "apart_desk", secret=secret)
    mine = await Database.connect(portal, schema="apart_portal")
    theirs = await Database.connect(desk, schema="apart_desk")
    try:
        await theirs.execute("CREATE TABLE IF NOT EXISTS secret_case (id int)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await mine.fetch("SELECT * FROM apart_desk.secret_case")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await mine.execute("CREATE TABLE apart_desk.planted (id int)")
        with pytest.raises(asyncpg.UndefinedTableError):
            await mine.fetch("SELECT * FROM secret_case")
    finally:
        await mine.close()
        await theirs.close()
