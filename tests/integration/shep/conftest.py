import pytest

from tests.integration.shep.world import a_world


@pytest.fixture
async def world(database_url, clock, new_store):
    async with a_world(database_url=database_url, clock=clock, new_store=new_store) as world:
        yield world
