"""A country for the tests that share it: raised once, in the process of the tests."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import asyncpg
import pytest_asyncio

from simulators.country import country, temporary_installation
from simulators.installation import Installation


@dataclass(frozen=True)
class Town:
    """A running country, and what a test looks into."""

    installation: Installation
    http: aiohttp.ClientSession

    @contextlib.asynccontextmanager
    async def database(self) -> AsyncIterator[asyncpg.Connection]:
        """Look into everybody's schema, as nobody in the country may."""
        connection = await asyncpg.connect(self.installation.admin_url)
        try:
            yield connection
        finally:
            await connection.close()

    async def count(self, sql: str, *args: Any) -> int:
        """Return the number that a query gives."""
        async with self.database() as connection:
            found: int = await connection.fetchval(sql, *args)
            return found

    async def until(self, least: int, sql: str, *args: Any, seconds: float = 30) -> None:
        """Wait until a query counts so many."""
        end = time.monotonic() + seconds
        while (found := await self.count(sql, *args)) < least:
            if time.monotonic() > end:
                raise TimeoutError(f"{sql} {args} stays {found}")
            await asyncio.sleep(0.1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def town(database_url: str) -> AsyncIterator[Town]:
    async with (
        temporary_installation(database_url) as installation,
        country(installation),
        aiohttp.ClientSession() as http,
    ):
        yield Town(installation, http)
