import itertools
import os
import shutil

import asyncpg
import pytest

from gateway.journal import Vault
from gateway.migrations import CHANNELS, DESK
from gateway.shep.stored_payloads import StoredPayloads
from gateway.store import Database, migrate

_schemas = itertools.count(1)
RECEIVED = """
INSERT INTO inbox (gateway, message_id, correlation_id, service_id, message_type, message_date, sender_id, properties,
                   payload_form, payload, payload_sha256, received_at, last_error)
VALUES ('shep', '1', '1', 'S', 'REQUEST', $1, 'P', '[]', 'escaped', '<a/>', '', $1, 'ValueError: 900101300017')
"""
PUT = """
INSERT INTO outbox (key, chain, gateway, service_id, message_type, properties, payload_form, payload, put_at,
                    last_error)
VALUES ('1', '1', 'shep', 'S', 'REQUEST', '[]', 'escaped', '<a/>', $1, $2)
"""


@pytest.fixture
async def database(database_url):
    schema = f"migrated_log_{os.getpid()}_{next(_schemas)}"
    admin = await asyncpg.connect(database_url)
    await admin.execute(f"CREATE SCHEMA {schema}")
    await admin.close()
    opened = await Database.connect(database_url, schema=schema)
    yield opened
    await opened.close()


@pytest.mark.parametrize("versions", [CHANNELS, DESK])
async def test_a_new_participant_has_its_message_log(database, versions):
    await migrate(database, versions)
    assert await database.fetchval("SELECT count(*) FROM message_log") == 0
    assert await database.fetchval("SELECT count(*) FROM message_reading") == 0


async def test_a_participant_from_before_keeps_its_messages_and_can_seal_them(database, clock, tmp_path):
    shutil.copy(CHANNELS / "0001_initial.py", tmp_path)
    await migrate(database, tmp_path)
    await database.execute(RECEIVED, clock.now())
    await database.execute(
        PUT, clock.now(), {"code": "gateway-error", "facts": {"fault": "SCE001", "message": "900101"}}
    )
    await migrate(database, CHANNELS)
    assert await database.fetchval("SELECT last_error FROM inbox") == "ValueError"
    assert await database.fetchval("SELECT last_error FROM outbox") == {
        "code": "gateway-error",
        "facts": {"fault": "SCE001"},
    }
    payloads = StoredPayloads(database, Vault([bytes(range(32))]))
    assert (await payloads.in_clear(), await payloads.reseal()) == (2, 0)
    assert (await payloads.seal_plain(), await payloads.in_clear()) == (2, 0)
    assert await database.fetchval("SELECT get_byte(payload, 0) FROM inbox") == 1
