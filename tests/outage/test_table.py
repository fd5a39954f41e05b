"""The published table: something is away for a while under a steady load; nothing is lost, nothing registered twice."""

import asyncio
import contextlib
import logging
import os
from pathlib import Path

import pytest

from simulators.supervisor import ORDER
from tests.outage.load import load
from tests.outage.table import CELLS, SAMPLE, Away, Count, write_down

log = logging.getLogger(__name__)
pytestmark = pytest.mark.asyncio(loop_scope="session")

QUEUES = ("channels", "desk", "shep", "rshep")
WITHOUT_PROCESS_6 = """
SELECT count(*) FROM unnest($1::text[]) AS told (number) WHERE NOT EXISTS (
    SELECT FROM channels.event WHERE application = told.number AND kind = 'process' AND event.number = 6
)
"""
PROCESS_6_TWICE = """
SELECT application FROM {}.event WHERE application = ANY($1) AND kind = 'process' AND number = 6
GROUP BY application HAVING count(*) > 1
"""
ACCEPTED_WHILE = """
SELECT count(*) FROM channels.application WHERE number = ANY($1) AND accepted_at BETWEEN $2 AND $3
"""


@contextlib.asynccontextmanager
async def away(land, cell, under):
    """Let it be away from now on for the simulated seconds, and then for as long as it takes to start."""
    await under.until(cell.begins)
    await (land.lose_database() if cell.away is Away.DATABASE else land.kill(cell.away))
    gone = under.passed()
    yield
    await under.until(gone + cell.seconds)
    await (land.start_database() if cell.away is Away.DATABASE else land.start(cell.away))
    log.info("%s was away for %.0f simulated seconds", cell, under.passed() - gone)
    assert under.passed() - gone >= cell.seconds


async def came_to_rest(land, numbers):
    """Wait until everything has arrived, or at least nothing moves any more: the counting says what is missing."""
    with contextlib.suppress(TimeoutError):
        await land.until(WITHOUT_PROCESS_6, numbers, is_=lambda found: found == 0, seconds=120)
    await land.settled()
    await land.settled()  # what a message caused that was on its way while the first tables were looked at
    for name in QUEUES:
        await land.until(f"SELECT count(*) FROM {name}.{name}_pgqueuer", is_=lambda found: found == 0)


async def count(land, under, cases_before):
    """Count in everybody's tables."""
    told = set(under.told)
    cases = {row["number"] for row in await land.database.fetch("SELECT number FROM desk.casefile")} - cases_before
    twice = cases - told  # registered, though the applicant knows of no such application: a second one of some other
    for side in ("desk", "channels"):
        twice |= {row["application"] for row in await land.database.fetch(PROCESS_6_TWICE.format(side), list(told))}
    return Count(len(told), len(told & cases), len(told - cases), len(twice))


async def all_see_it(under):
    """Look into every applicant's cabinet: process 6 is there, once."""
    for number, applicant in under.told.items():
        told = await applicant.trail(number)
        processes = [event["number"] for event in told["trail"] if event["kind"] == "process"]
        assert told["state"] == "registered", number
        assert processes == [1, 3, 5, 6], number


@pytest.mark.parametrize(
    "cell",
    [pytest.param(cell, marks=[] if cell in SAMPLE else [pytest.mark.full], id=str(cell)) for cell in CELLS],
)
async def test_nothing_is_lost_and_nothing_registered_twice_when_it_is_away(land, cell):
    cases_before = {row["number"] for row in await land.database.fetch("SELECT number FROM desk.casefile")}
    pids = {name: land.supervisor.pid(name) for name in ORDER if name != cell.away}
    async with load(land, cell.due, rate=cell.rate) as under:
        filing = asyncio.create_task(under.run())
        try:
            async with away(land, cell, under):
                began = (await land.levers.clock()).simulated
            ended = (await land.levers.clock()).simulated
            await filing
        finally:
            filing.cancel()
            await asyncio.wait({filing})
        numbers = sorted(under.told)
        await came_to_rest(land, numbers)
        counted = await count(land, under, cases_before)
        log.info("%s: %s", cell, counted)
        assert counted == Count(accepted=len(cell.due), registered=len(cell.due), lost=0, twice=0)
        await all_see_it(under)
    meanwhile = await land.count(ACCEPTED_WHILE, numbers, began, ended)
    assert (meanwhile == 0) if cell.away is Away.DATABASE else (meanwhile > 0), "the load did not meet the outage"
    assert pids == {name: land.supervisor.pid(name) for name in pids}, "a process did not outlive the outage"
    assert all(land.supervisor.alive(name) for name in ORDER)
    if "QYZMET_OUTAGE_TABLE" in os.environ:
        write_down(Path(os.environ["QYZMET_OUTAGE_TABLE"]), cell, counted)
