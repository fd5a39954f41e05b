from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from gateway.eds.trust import CertificateChecker
from gateway.store import Database, Store, migrate
from simulators import kdp, tempstorage
from simulators.population import Population
from tests.unit.registries.country import Keys


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys()


@pytest.fixture
def checker(keys, clock) -> CertificateChecker:
    return keys.checker(clock)


@pytest.fixture
def population() -> Population:
    return Population.generate(seed=5, size=60)


_schemas = itertools.count(1)


@pytest.fixture
async def empty_store(database_url, clock) -> AsyncIterator[Callable[[str], Awaitable[Store]]]:
    """Open stores on empty schemas, which the simulators migrate themselves."""
    opened: list[Store] = []

    async def make(name: str) -> Store:
        schema = f"{name}_of_registries_{os.getpid()}_{next(_schemas)}"
        admin = await asyncpg.connect(database_url)
        await admin.execute(f"CREATE SCHEMA {schema}")
        await admin.close()
        opened.append(await Store.open(database_url, schema=schema, clock=clock))
        return opened[-1]

    yield make
    for store in opened:
        await store.close()


@pytest.fixture
async def store_database(empty_store) -> Database:
    database = (await empty_store("tempstorage")).database
    await migrate(database, tempstorage.MIGRATIONS)
    return database


@pytest.fixture
async def kdp_database(empty_store) -> Database:
    database = (await empty_store("kdp")).database
    await migrate(database, kdp.MIGRATIONS)
    return database
