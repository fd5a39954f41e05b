"""kill -9 at any moment: whatever the portal accepted is registered at the desk, and registered once."""

import asyncio
import contextlib
import logging
import random

import pytest

from simulators.walk.applicant import at_the_portal
from tests.outage.load import PEOPLE, submit_patiently

log = logging.getLogger(__name__)
pytestmark = pytest.mark.asyncio(loop_scope="session")

VICTIMS = ("channels", "desk", "shep", "rshep")
TWICE = """
SELECT count(*) FROM (SELECT application FROM {}.event WHERE application = ANY($1) AND kind = 'process' AND number = 6
GROUP BY application HAVING count(*) > 1) AS twice
"""


async def kill_again_and_again(land, chance, killed):
    """Kill everybody in turns of random order, at random moments; start each again a random while later."""
    while True:
        for victim in chance.sample(VICTIMS, len(VICTIMS)):
            await asyncio.sleep(chance.uniform(0.1, 1.5))
            await land.kill(victim)
            await asyncio.sleep(chance.uniform(0, 1))
            await land.start(victim)
            killed.append(victim)


async def let_kill(land, chance, killed, *, times):
    """Let the killing go on until it was done so many times; what goes wrong with it is a failure of the test."""
    reaper = asyncio.create_task(kill_again_and_again(land, chance, killed))
    try:
        while len(killed) < times:
            await asyncio.wait({reaper}, timeout=0.1)
            if reaper.done():
                reaper.result()
    finally:
        reaper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reaper


@pytest.mark.parametrize(
    ("seed", "submissions"),
    [(1, 1), *(pytest.param(seed, 5, marks=pytest.mark.full) for seed in range(2, 7))],
)
async def test_what_was_accepted_is_registered_once(land, seed, submissions):
    chance, turn = random.Random(seed), asyncio.Lock()
    ready, go = asyncio.Semaphore(0), asyncio.Event()
    numbers, killed = [], []

    async def apply(person, service):
        async with at_the_portal(land.installation, land.http, person, turn=turn) as applicant:
            ready.release()
            await go.wait()
            numbers.extend([await submit_patiently(applicant, service) for _ in range(submissions)])

    async with asyncio.TaskGroup() as group:
        for person, service in PEOPLE:
            group.create_task(apply(person, service))
        for _ in PEOPLE:
            await ready.acquire()
        go.set()
        group.create_task(let_kill(land, chance, killed, times=4 * submissions))
    await land.recover()
    await land.settled()

    accepted = await land.numbers("SELECT number FROM channels.application WHERE accepted_at IS NOT NULL", numbers)
    registered = await land.numbers("SELECT number FROM desk.casefile", numbers)
    log.info("seed %d: accepted %d, registered %d, killed %s", seed, len(accepted), len(registered), killed)
    assert len(accepted) == len(set(numbers)) == len(PEOPLE) * submissions
    assert accepted == registered, "lost"
    for side in ("desk", "channels"):
        assert await land.count(TWICE.format(side), numbers) == 0, "twice"
