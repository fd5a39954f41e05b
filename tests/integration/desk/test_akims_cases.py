"""The indexes of rural akims' cases hold these alone, answer every list and search of theirs, and can be taken back."""

from __future__ import annotations

import itertools
import os
import re

import asyncpg
import pytest

from gateway.catalogue import Body, Role
from gateway.desk import AKIMS_CASES, AKIMS_CASES_BACK, CaseState, Search, StaffMember
from gateway.desk.lists import Lists
from gateway.desk.search import NumberPart
from gateway.migrations import DESK
from gateway.store import Database, migrate
from tests.integration.desk.workplace import APPLICANT

_schemas = itertools.count(1)
AKIM = "kokpekti-akim"
DIGEST = "0" * 64
_MANY = """
INSERT INTO casefile (number, content_key, service, office, channel, counter, flow, applicant_number, applicant_name,
                      fields, signed_application, gateway, submitted_at, registered_at, result_due, state, step, action,
                      awaits_verb, awaits_role, awaits_office, due_at, check_result)
SELECT $1 || lpad(one::text, 11, '0'), $1 || one, 's' || one % 5, 'o', $2, $3, 'f', $7, 'АТЫ ' || one, '{}',
       $4, $5, now(), now() - one * interval '1 hour', now(), 'open', 1, 1, 'register', 'clerk', 'o',
       now() + one * interval '1 hour', 'passed'
FROM generate_series(1, $6) AS one
"""
_OF_AKIM = "SELECT indexname FROM pg_indexes WHERE schemaname = $1 AND indexdef LIKE '%rural-akim%'"
_OF_COUNTER = "SELECT indexname FROM pg_indexes WHERE schemaname = $1 AND indexdef LIKE '%counter <> office%'"


@pytest.fixture
async def database(database_url):
    schema = f"akims_cases_{os.getpid()}_{next(_schemas)}"
    admin = await asyncpg.connect(database_url)
    await admin.execute(f"CREATE SCHEMA {schema}")
    await admin.close()
    opened = await Database.connect(database_url, schema=schema)
    await migrate(opened, DESK)
    await opened.execute("INSERT INTO blob (sha256, media_type, content) VALUES ($1, 'application/xml', '')", DIGEST)
    await opened.execute(_MANY, "730", "corporation", "almaty-corporation", DIGEST, "rshep", 3000, str(APPLICANT))
    await opened.execute(_MANY, "720", "rural-akim", AKIM, DIGEST, None, 300, str(APPLICANT))
    await opened.execute("ANALYZE")
    yield opened
    await opened.close()


async def names(database: Database, query: str) -> set[str]:
    return {row["indexname"] for row in await database.fetch(query, database.schema)}


async def test_no_case_of_the_windows_stands_in_the_indexes_of_the_akims(database: Database) -> None:
    found = await names(database, _OF_AKIM)
    assert len(found) == 8
    assert await names(database, _OF_COUNTER) == set()
    for name in found:
        entries = await database.fetchval("SELECT reltuples FROM pg_class WHERE oid = $1::text::regclass", name)
        assert entries == 300, name


SEARCHES = [
    Search(state=CaseState.OPEN),
    Search(service="s1"),
    Search(person=APPLICANT),
    Search(name="аты 7"),
    Search(number="7200000000000"),
    Search(number="007", part=NumberPart.END),
]


@pytest.mark.parametrize("asked", ["open", *(pytest.param(one, marks=pytest.mark.full) for one in SEARCHES)], ids=str)
async def test_every_list_of_an_akim_goes_by_an_index_of_the_akims(database: Database, asked, monkeypatch) -> None:
    plans: list[str] = []
    fetch = database.fetch

    async def planned(sql: str, *args: object):
        plans.append("\n".join(row[0] for row in await fetch(f"EXPLAIN {sql}", *args)))
        return await fetch(sql, *args)

    monkeypatch.setattr(database, "fetch", planned)
    lists = Lists(database, lambda _office: Body.RURAL_AKIM)
    clerk = StaffMember(1, APPLICANT, "АТЫ", AKIM, Role.CLERK)
    page = await (lists.open(clerk) if asked == "open" else lists.search(clerk, asked))
    assert page.cases
    for plan in plans:
        assert re.search(r"casefile_(akim|of_akim)", plan), plan
        assert "Seq Scan on casefile" not in plan


@pytest.mark.full
async def test_it_can_be_taken_back_and_brought_again(database: Database) -> None:
    after = await names(database, _OF_AKIM)
    await database.execute(AKIMS_CASES_BACK.read_text(encoding="utf-8"))
    assert len(await names(database, _OF_COUNTER)) == 8
    assert await names(database, _OF_AKIM) == set()
    await database.execute(AKIMS_CASES.read_text(encoding="utf-8"))
    assert await names(database, _OF_AKIM) == after
