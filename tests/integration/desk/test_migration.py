"""A desk with cases takes what comes from the State Corporation's windows, and keeps to the rules of the channels."""

from __future__ import annotations

import itertools
import os
import shutil
from pathlib import Path

import asyncpg
import pytest

from gateway.desk.bookings import OFFICE_BOOKINGS, OFFICE_BOOKINGS_BACK
from gateway.migrations import DESK
from gateway.store import Database, migrate

_schemas = itertools.count(1)
_CASE = """
INSERT INTO casefile (number, content_key, service, office, channel, counter, flow, applicant_number, applicant_name,
                      fields, signed_application, gateway, submitted_at, registered_at, result_due, state, step, action,
                      awaits_verb, awaits_role, awaits_office, due_at, check_result)
VALUES ($1, $1, 's', 'o', $2, $3, 'f', '', '', '{}', $5, $4, now(), now(), now(), 'open', 1, 1,
        'register', 'clerk', 'o', now(), 'passed')
"""
_BLOB = "INSERT INTO blob (sha256, media_type, content) VALUES ($1, 'application/xml', '') ON CONFLICT DO NOTHING"
DIGEST = "0" * 64


@pytest.fixture
async def database(database_url):
    schema = f"migrated_windows_{os.getpid()}_{next(_schemas)}"
    admin = await asyncpg.connect(database_url)
    await admin.execute(f"CREATE SCHEMA {schema}")
    await admin.close()
    opened = await Database.connect(database_url, schema=schema)
    yield opened
    await opened.close()


def until(folder: Path, revision: str) -> Path:
    """A copy of the desk's revisions up to this one."""
    folder.mkdir()
    for file in sorted(DESK.glob("[0-9]*_*.py")):
        if file.name.split("_", 1)[0] <= revision:
            shutil.copy(file, folder / file.name)
    return folder


async def put(database: Database, number: str, channel: str, counter: str | None, gateway: str | None) -> None:
    await database.execute(_BLOB, DIGEST)
    await database.execute(_CASE, number, channel, counter, gateway, DIGEST)


async def test_a_case_of_the_windows_has_a_department_and_a_gateway_and_the_others_stay(database, tmp_path) -> None:
    await migrate(database, until(tmp_path / "before", "0007"))
    await put(database, "71000000000001", "portal", None, "rshep")
    await put(database, "72000000000001", "rural-akim", "kokpekti-akim", None)
    with pytest.raises(asyncpg.CheckViolationError):
        await put(database, "73000000000001", "corporation", "karaganda-corporation", "rshep")
    await migrate(database, DESK)
    await put(database, "73000000000001", "corporation", "karaganda-corporation", "rshep")
    rows = await database.fetch("SELECT number, channel FROM casefile ORDER BY number")
    assert [tuple(row) for row in rows] == [
        ("71000000000001", "portal"),
        ("72000000000001", "rural-akim"),
        ("73000000000001", "corporation"),
    ]


@pytest.mark.parametrize(
    ("channel", "counter", "gateway", "rule"),
    [
        ("corporation", None, "rshep", "casefile_is_taken_in"),
        ("corporation", "karaganda-corporation", None, "casefile_comes_by_message"),
        ("portal", "karaganda-corporation", "rshep", "casefile_is_taken_in"),
        ("portal", None, None, "casefile_comes_by_message"),
        ("rural-akim", "kokpekti-akim", "rshep", "casefile_comes_by_message"),
        ("provider-office", None, None, "casefile_is_taken_in"),
        ("pigeon", "karaganda-corporation", None, "casefile_channel_check"),
    ],
)
async def test_what_no_channel_brings_is_refused(
    database, channel: str, counter: str | None, gateway: str | None, rule: str
) -> None:
    await migrate(database, DESK)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await put(database, "73000000000001", channel, counter, gateway)
    assert refused.value.constraint_name == rule


async def test_the_table_of_booked_times_comes_and_goes(database) -> None:
    table = "SELECT to_regclass('office_booking') IS NOT NULL"
    await migrate(database, DESK)
    assert await database.fetchval(table)
    await database.execute(OFFICE_BOOKINGS_BACK.read_text(encoding="utf-8"))
    assert not await database.fetchval(table)
    await database.execute(OFFICE_BOOKINGS.read_text(encoding="utf-8"))
    assert await database.fetchval(table)
