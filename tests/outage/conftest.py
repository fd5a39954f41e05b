"""The country of all outage tests, and its recovery after each."""

import pytest_asyncio

from tests.outage.land import land as a_land


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def whole_land():
    async with a_land() as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def land(whole_land):
    try:
        yield whole_land
    finally:
        await whole_land.recover()
