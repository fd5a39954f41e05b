from __future__ import annotations

import pytest

from tests.integration.paper_work import Rooms
from tests.integration.web_desk.conftest import new_browser, workplace

__all__ = ["new_browser", "workplace"]


@pytest.fixture
async def rooms(workplace) -> Rooms:
    return Rooms(workplace)
