"""Everything a participant stores with, opened together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from gateway.clock import Clock
from gateway.store.blobs import Blobs, PostgresBlobs
from gateway.store.database import Database
from gateway.store.jobs import Jobs
from gateway.store.timers import Timers


@dataclass
class Store:
    """One participant's database with its queue, timers and documents."""

    database: Database
    jobs: Jobs
    timers: Timers
    blobs: Blobs
    clock: Clock

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        schema: str,
        clock: Clock,
        max_size: int = 8,
        heartbeat_timeout: timedelta = timedelta(seconds=10),
    ) -> Self:
        """Connect to the participant's schema and make sure that its queue exists."""
        database = await Database.connect(url, schema=schema, max_size=max_size)
        jobs = Jobs(database, prefix=f"{schema}_", heartbeat_timeout=heartbeat_timeout)
        await jobs.install()
        return cls(database, jobs, Timers(database, jobs, clock), PostgresBlobs(database), clock)

    async def run(self) -> None:
        """Work: do the jobs and fire the timers until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.jobs.run(), name="jobs")
            group.create_task(self.timers.run(), name="timers")

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Work in a task for as long as the context is open."""
        work = asyncio.create_task(self.run(), name=f"worker of {self.database.schema}")
        try:
            yield
        finally:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work

    async def close(self) -> None:
        """Close the connections."""
        await self.database.close()
