"""A department's unmarked registers are found by an index however many registers were marked before."""

from __future__ import annotations

import itertools
import os

import asyncpg
import pytest

from gateway.courier.register import End
from gateway.courier.rows import RegisterRows
from gateway.migrations import CHANNELS
from gateway.store import Database, migrate

_schemas = itertools.count(1)
_MANY = """
INSERT INTO courier_register (number, own, direction, department, office, made_at, made_by, courier, gateway,
                              correlation_id, marked_at, marked_by)
SELECT '75' || lpad(one::text, 12, '0'), false, 'to-corporation', 'd', 'o', now() + one * interval '1 minute', 'm', 'c',
       'shep', one::text, CASE WHEN one % 1000 > 0 THEN now() END, CASE WHEN one % 1000 > 0 THEN 'b' END
FROM generate_series(1, 5000) AS one
"""


@pytest.fixture
async def database(database_url):
    schema = f"unmarked_{os.getpid()}_{next(_schemas)}"
    admin = await asyncpg.connect(database_url)
    await admin.execute(f"CREATE SCHEMA {schema}")
    await admin.close()
    opened = await Database.connect(database_url, schema=schema)
    await migrate(opened, CHANNELS)
    await opened.execute(_MANY)
    await opened.execute("ANALYZE courier_register")
    yield opened
    await opened.close()


async def test_the_unmarked_registers_of_a_department_are_found_by_their_index(database, monkeypatch):
    plans = []
    fetch = database.fetch

    async def planned(sql: str, *args: object):
        plans.append("\n".join(row[0] for row in await fetch(f"EXPLAIN {sql}", *args)))
        return await fetch(sql, *args)

    monkeypatch.setattr(database, "fetch", planned)
    found = await RegisterRows(database).unmarked(End.DEPARTMENT, "d")
    assert [one.number for one in found] == [f"75{place:012}" for place in range(1000, 5001, 1000)]
    assert "courier_register_unmarked_of_department" in plans[0]
