"""The channels' schema takes the State Corporation's applications beside those of the portal that it already holds."""

import itertools
import os

import asyncpg
import pytest

from gateway.flows.applications import Applications
from gateway.migrations import CHANNELS
from gateway.store import Database, migrate
from tests.integration.flows.test_migration import until

_schemas = itertools.count(1)
ADD = (
    "INSERT INTO application (number, account, service, office, applicant_number, applicant_name, state, fields, "
    "created_at, changed_at) VALUES ($1, $2, 's', 'o', '850101100121', 'Ә', 'draft', '{}', now(), now())"
)


@pytest.fixture
async def database(database_url):
    schema = f"migrated_arm_{os.getpid()}_{next(_schemas)}"
    admin = await asyncpg.connect(database_url)
    await admin.execute(f"CREATE SCHEMA {schema}")
    await admin.close()
    opened = await Database.connect(database_url, schema=schema)
    yield opened
    await opened.close()


async def test_an_application_of_the_portal_stays_the_portals(database, tmp_path):
    await migrate(database, until(tmp_path / "before", CHANNELS, "0005"))
    await database.execute(ADD, "71000000000001", 7)
    await migrate(database, CHANNELS)
    found = await Applications(database).by_number("71000000000001")
    assert found is not None
    assert (found.account, found.channel) == (7, "portal")
    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute(ADD, "71000000000002", None)
    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute("UPDATE application SET channel = 'corporation' WHERE number = '71000000000001'")
