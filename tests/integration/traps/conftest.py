from __future__ import annotations

import pytest

from tests.integration.desk.conftest import workplace
from tests.integration.paper_work import Rooms

__all__ = ["workplace"]


@pytest.fixture
async def rooms(workplace) -> Rooms:
    return Rooms(workplace)
