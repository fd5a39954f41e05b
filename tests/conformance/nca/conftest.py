from datetime import UTC, datetime

import pytest

from gateway.clock import ManualClock
from tests.nca import keys_folder, made_keys, nca, profile, store

__all__ = ["keys_folder", "made_keys", "nca", "profile", "store"]


@pytest.fixture
def clock() -> ManualClock:
    """The machine's time, since openssl judges answers by it."""
    return ManualClock(datetime.now(UTC))
