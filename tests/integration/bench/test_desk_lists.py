import itertools
import os

import pytest

from bench.desk_lists import LISTS, REPORTS, make_desk, make_store

CASES = 3_000
_schemas = itertools.count(1)


@pytest.fixture
async def desk(database_url):
    store = await make_store(database_url, f"bench_{os.getpid()}_{next(_schemas)}", CASES)
    yield await make_desk(store)
    await store.close()


async def test_every_way_of_asking_finds_something_in_the_cases_made(desk):
    for label, ask in {**LISTS, **REPORTS}.items():
        assert await ask(desk) > 0, label


async def test_the_cases_made_are_spread_as_the_figures_say(desk):
    fetchval = desk.lists._database.fetchval
    count = "SELECT count(*) FROM casefile WHERE "
    assert await fetchval(count + "true") == CASES
    for condition, share in {"office = 'office-1'": 0.5, "state = 'open'": 0.12, "late": 0.1}.items():
        assert await fetchval(count + condition) / CASES == pytest.approx(share, rel=0.2), condition
    overdue = await fetchval(count + "state = 'open' AND due_at < '2026-03-02 05:00+00'")
    assert overdue / await fetchval(count + "state = 'open'") == pytest.approx(0.1, rel=0.3)
