"""One country for all attacks; after each of them it must still stand."""

from __future__ import annotations

import asyncio
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.acceptance.hostile.cast import Scene, WindowScene, set_scene, set_window_scene
from tests.acceptance.hostile.living import Country, running_country

MOST_MEMORY = 700
"""MiB that the whole country in one process may ever have taken."""


@pytest.fixture(scope="session")
def country(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    """The running country, in a process of its own."""
    log = tmp_path_factory.mktemp("country") / "country.log"
    with running_country(database_url, log) as running:
        yield running


@pytest.fixture(scope="session")
def scene(country: Country) -> Scene:
    """Applications of two people at two offices, at three points of their way."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, set_scene(country)).result()


@pytest.fixture(scope="session")
def windows(country: Country) -> WindowScene:
    """Applications of the victim at a window: one sent, one open."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, set_window_scene(country)).result()


@pytest.fixture(autouse=True)
def still_standing(country: Country) -> Iterator[None]:
    """After each test the process runs, answers, and has not grown without bound."""
    yield
    assert country.alive, country.log.read_text(errors="replace")[-3000:]
    for address in (
        f"{country.at('portal')}/services",
        f"{country.at('desk')}/sign-in",
        f"{country.at('arm')}/sign-in",
    ):
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert answer.status == 200
    assert country.memory() < MOST_MEMORY
