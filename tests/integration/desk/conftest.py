from __future__ import annotations

from collections.abc import Callable

import pytest

from gateway.exchange.application import Application
from tests.integration.desk.workplace import a_workplace, application


@pytest.fixture
async def workplace(new_store, clock):
    return await a_workplace(new_store, clock)


@pytest.fixture
def make_application(clock) -> Callable[..., Application]:
    def make(service: str, number: str, **how: object) -> Application:
        return application(service, number, at=clock.now(), **how)  # type: ignore[arg-type]

    return make
