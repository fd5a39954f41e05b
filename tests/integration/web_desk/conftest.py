from __future__ import annotations

import pytest

from tests.integration.desk.workplace import a_workplace


@pytest.fixture
async def workplace(new_store, clock):
    return await a_workplace(new_store, clock)
