import pytest

from gateway import scans
from tests.integration.flows_arm.hall import Hall


@pytest.fixture
async def hall(new_store, clock):
    return await Hall.build(new_store, clock)


@pytest.fixture
async def operator(hall):
    return await hall.operator()


@pytest.fixture(scope="module", autouse=True)
def _no_reading_process_is_left():
    yield
    scans.close()
