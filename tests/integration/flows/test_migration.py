"""Both participants' schemas take events of lists of actions and supplements, on whatever rows they already hold."""

import itertools
import os
import shutil

import asyncpg
import pytest

from gateway.clock import RealClock
from gateway.journal import Journal, Kind, Outcome, Step
from gateway.migrations import CHANNELS, DESK
from gateway.store import Database, migrate

_schemas = itertools.count(1)
ACTION = Step("portal-employer-issue", Kind.ACTION, 5, Outcome.DONE)
PROCESS = Step("portal", Kind.PROCESS, 6, Outcome.DONE)


@pytest.fixture
async def database(database_url):
    schema = f"migrated_actions_{os.getpid()}_{next(_schemas)}"
    admin = await asyncpg.connect(database_url)
    await admin.execute(f"CREATE SCHEMA {schema}")
    await admin.close()
    opened = await Database.connect(database_url, schema=schema)
    yield opened
    await opened.close()


def until(folder, versions, revision):
    """A copy of the revisions up to this one."""
    folder.mkdir()
    for file in sorted(versions.glob("[0-9]*_*.py")):
        if file.name.split("_", 1)[0] <= revision:
            shutil.copy(file, folder / file.name)
    return folder


@pytest.mark.parametrize(
    ("versions", "before", "tables"),
    [(CHANNELS, "0003", {"supplement", "supplement_file"}), (DESK, "0005", {"case_supplement"})],
    ids=["channels", "desk"],
)
async def test_a_schema_with_events_takes_the_new_kind_and_keeps_the_old(database, tmp_path, versions, before, tables):
    journal = Journal(database, RealClock())
    await migrate(database, until(tmp_path / "before", versions, before))
    async with database.transaction() as conn:
        await journal.record(conn, PROCESS, application="20260302000017")
    with pytest.raises(asyncpg.CheckViolationError):
        async with database.transaction() as conn:
            await journal.record(conn, ACTION, application="20260302000017")
    await migrate(database, versions)
    async with database.transaction() as conn:
        await journal.record(conn, ACTION, application="20260302000017")
    assert [event.step for event in await journal.trail("20260302000017")] == [PROCESS, ACTION]
    found = await database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    assert tables <= {row["tablename"] for row in found}
    with pytest.raises(asyncpg.CheckViolationError):
        async with database.transaction() as conn:
            await conn.execute(
                "INSERT INTO event (application, flow, kind, number, outcome, at, actor, facts) "
                "VALUES ('1', 'portal', 'invented', 1, 'done', now(), 'system', '{}')"
            )
