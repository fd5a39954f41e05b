import pytest

from tests.integration.flows.town import Town


@pytest.fixture
async def town(new_store, clock):
    return await Town.build(new_store, clock)


@pytest.fixture
async def account(town):
    return await town.register()


@pytest.fixture
def key(town):
    return town.person()
