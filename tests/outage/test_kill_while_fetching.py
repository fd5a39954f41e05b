"""kill -9 while the desk fetches instead of being pushed to: what was accepted is registered once, nothing stays.

Two applications wait at ЭҮӨШ each time, so that one is in hand and the other behind it.
"""

import contextlib
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.outage.fetching import Before, fetching, hold
from tests.outage.land import Land

pytestmark = pytest.mark.asyncio(loop_scope="session")

SERVICE = "unemployed-certificate"
APPLICATIONS = 2
WAITING = "SELECT count(*) FROM rshep.message WHERE message_type = 'REQUEST' AND state = 'ON_DELIVERY'"
HANDED_OUT = f"{WAITING} AND handed_out_at IS NOT NULL"
NEVER_FETCHED = """
SELECT count(*) FROM rshep.message WHERE message_type = 'REQUEST' AND handed_out_at IS NULL AND accepted_at >= $1
"""
LAST_STORED = "SELECT coalesce(max(id), 0) FROM desk.inbox"
STORED = "SELECT count(*) FROM desk.inbox WHERE message_type = 'REQUEST' AND gateway = 'rshep' AND id > $1"
REPEATED = f"{STORED} AND deliveries > 1"
CASES = "SELECT count(*) FROM desk.casefile WHERE number = ANY($1)"
TAKES_NOTHING = {"place": "async", "kind": "down"}
LOSES_ITS_ANSWERS = {"place": "async", "kind": "cut"}


@dataclass
class Filed:
    """What was accepted, and how to count what became of it."""

    land: Land
    numbers: list[str]
    last_stored: int

    async def stored(self) -> int:
        return await self.land.count(STORED, self.last_stored)

    async def repeated(self) -> int:
        return await self.land.count(REPEATED, self.last_stored)

    async def cases(self) -> int:
        return await self.land.count(CASES, self.numbers)

    async def all_registered_once(self) -> None:
        """Registered = accepted, twice = 0, and nothing is left waiting."""
        for number in self.numbers:
            await self.land.registered_once(number)
        assert await self.cases() == await self.stored() == APPLICATIONS
        assert await self.land.count(WAITING) == 0


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fetching_land(whole_land):
    async with fetching(whole_land) as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def applicant(fetching_land, land):
    """Sign in, and see to it that nothing reaches the desk but by being fetched."""
    async with land.applicant(SERVICE) as one:
        began = (await land.levers.clock()).simulated
        yield one
        assert await land.count(NEVER_FETCHED, began) == 0


@contextlib.asynccontextmanager
async def filed_and_held(land, applicant, before):
    """File the applications and hold the desk, or the gateway, before a moment of the first that is fetched."""
    async with hold(land, before) as held:
        last_stored = await land.count(LAST_STORED)
        filed = Filed(land, [await land.submit(applicant, SERVICE) for _ in range(APPLICATIONS)], last_stored)
        await held.reached()
        if before is not Before.REGISTERED:
            await land.until(WAITING, is_=lambda found: found == APPLICATIONS)
        yield filed, held


@pytest.mark.full
@pytest.mark.parametrize("victim", ["desk", "rshep"])
async def test_killed_between_fetching_and_storing(land, applicant, victim):
    async with filed_and_held(land, applicant, Before.STORED) as (filed, held):
        assert await land.count(HANDED_OUT) >= 1
        await land.kill(victim)
        assert await filed.stored() == 0
        await held.end()
    await land.start(victim)
    await filed.all_registered_once()
    await land.to_the_end(applicant, SERVICE, filed.numbers[0])


@pytest.mark.parametrize("victim", ["desk", pytest.param("rshep", marks=pytest.mark.full)])
async def test_killed_between_storing_and_confirming(land, applicant, victim):
    async with filed_and_held(land, applicant, Before.STORED) as (filed, held):
        await land.levers.gateway("rshep", TAKES_NOTHING)
        await held.end()
    await land.until(STORED, filed.last_stored)
    await land.kill(victim)
    assert await land.count(WAITING) == APPLICATIONS
    if victim != "rshep":
        await land.levers.gateway_works("rshep")
    await land.start(victim)
    await filed.all_registered_once()
    assert await filed.repeated() >= 1, "what was stored was not handed out again"


@pytest.mark.full
@pytest.mark.parametrize("victims", [["rshep"], ["desk", "rshep"]], ids="-".join)
async def test_the_gateway_is_killed_while_it_writes_the_confirmation_down(land, applicant, victims):
    async with filed_and_held(land, applicant, Before.CONFIRMED) as (filed, held):
        assert await filed.stored() >= 1
        await land.kill(*victims)
        await held.end()
    assert await land.count(WAITING) == APPLICATIONS
    await land.start(*victims)
    await filed.all_registered_once()
    assert await filed.repeated() >= 1, "what was stored was not handed out again"
    await land.to_the_end(applicant, SERVICE, filed.numbers[0])


@pytest.mark.full
async def test_the_desk_is_killed_after_its_confirmation_was_taken_and_before_it_knew(land, applicant):
    async with filed_and_held(land, applicant, Before.STORED) as (filed, held):
        await land.levers.gateway("rshep", LOSES_ITS_ANSWERS)
        await held.end()
    await land.until(WAITING, is_=lambda found: found < APPLICATIONS)
    await land.kill("desk")
    await land.levers.gateway_works("rshep")
    await land.start("desk")
    await filed.all_registered_once()
    await land.to_the_end(applicant, SERVICE, filed.numbers[0])


@pytest.mark.full
@pytest.mark.parametrize("victim", ["desk", "rshep"])
async def test_killed_after_confirming(land, applicant, victim):
    async with filed_and_held(land, applicant, Before.REGISTERED) as (filed, held):
        await land.until(STORED, filed.last_stored, is_=lambda found: found == APPLICATIONS)
        await land.until(WAITING, is_=lambda found: found == 0)
        await land.kill(victim)
        assert await filed.cases() == 0
        await held.end()
    await land.start(victim)
    await filed.all_registered_once()
    assert await filed.repeated() == 0, "what was confirmed was handed out again"
    await land.to_the_end(applicant, SERVICE, filed.numbers[0])
