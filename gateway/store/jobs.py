"""Jobs on PostgreSQL through pgqueuer: enqueued with the state they belong to, done at least once.

A job is put in the caller's transaction, so it exists exactly when the state change does. Any process may take it;
heartbeats (on real time) give a dead worker's jobs to another. A handler may therefore run twice and must act once.
A handler that fails is tried again later by a timer of ours, on the injected clock; after the last attempt the job is
held in pgqueuer for a person.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Protocol

import structlog
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.domain.settings import DBSettings
from pgqueuer.models import Job
from pgqueuer.qm import QueueManager
from pgqueuer.queries import Queries

from gateway.store.database import Connection, Database, checked_identifier

JobHandler = Callable[[dict[str, Any]], Awaitable[None]]

_log = structlog.get_logger(__name__)

ATTEMPTS = 12
"""How often a failing job is tried before it is held for a person."""


class Postpone(Protocol):
    """Puts a job off: enqueue `name` with `payload` once `delay` has passed on the injected clock."""

    async def __call__(self, name: str, payload: Mapping[str, Any], *, key: str, delay: timedelta) -> None:
        """Put the job off; a job put off twice under one key is put off once."""


def retry_delay(attempt: int) -> timedelta:
    """Return the wait before the next attempt: 2^attempt seconds, at most ten minutes."""
    return timedelta(seconds=min(2**attempt, 600))


class Jobs:
    """The queue of one participant, under its own name prefix."""

    def __init__(
        self, database: Database, *, prefix: str, heartbeat_timeout: timedelta = timedelta(seconds=10)
    ) -> None:
        self._database = database
        self._settings = DBSettings(prefix=checked_identifier(prefix), db_schema=database.schema)
        self._handlers: dict[str, JobHandler] = {}
        self._heartbeat_timeout = heartbeat_timeout
        self.postpone: Postpone | None = None

    def on(self, name: str, handler: JobHandler) -> None:
        """Give the jobs called `name` to `handler`; to be called before `run`."""
        if name in self._handlers:
            raise ValueError(f"two handlers for the job {name!r}")
        self._handlers[name] = handler

    async def install(self) -> None:
        """Create the queue's tables in the participant's schema if they are absent."""
        queries = self._queries(AsyncpgPoolDriver(self._database.pool))
        if not await queries.schema_is_installed():
            await queries.install(create_schema=False)

    async def enqueue(self, conn: Connection, name: str, payload: Mapping[str, Any]) -> None:
        """Put a job that is due now, in the caller's transaction."""
        await self._enqueue(conn, name, payload, attempt=1)

    async def enqueue_attempt(self, conn: Connection, name: str, envelope: Mapping[str, Any]) -> None:
        """Put a job again as it was put off (with its attempt counted), in the caller's transaction."""
        await self._enqueue(conn, name, envelope["payload"], attempt=int(envelope["attempt"]))

    async def _enqueue(self, conn: Connection, name: str, payload: Mapping[str, Any], *, attempt: int) -> None:
        body = json.dumps({"payload": dict(payload), "attempt": attempt}, ensure_ascii=False).encode()
        await self._queries(AsyncpgDriver(conn)).enqueue(name, body)

    async def run(self) -> None:
        """Take and do jobs until cancelled; what is in hand then is finished or put back."""
        if not self._handlers:
            await asyncio.Event().wait()
        queries = self._queries(AsyncpgPoolDriver(self._database.pool))
        manager = QueueManager(queries, channel=self._settings.channel)
        for name, handler in self._handlers.items():
            manager.entrypoint(name, on_failure="hold")(self._entrypoint(name, handler))
        work = asyncio.create_task(
            manager.run(
                dequeue_timeout=timedelta(seconds=5),
                batch_size=10,
                max_concurrent_tasks=40,
                heartbeat_timeout=self._heartbeat_timeout,
            ),
            name=f"jobs of {self._database.schema}",
        )
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            manager.shutdown.set()
            _, unfinished = await asyncio.wait({work}, timeout=5)
            for task in unfinished:
                task.cancel()
                await asyncio.wait({task}, timeout=2)
            raise

    def _entrypoint(self, name: str, handler: JobHandler) -> Callable[[Job], Awaitable[None]]:
        async def work(job: Job) -> None:
            envelope = json.loads(job.payload or b"{}")
            payload, attempt = envelope["payload"], int(envelope["attempt"])
            try:
                await handler(payload)
            except asyncio.CancelledError:
                async with self._database.transaction() as conn:
                    await self._enqueue(conn, name, payload, attempt=attempt)
                raise
            except Exception as error:
                if attempt >= ATTEMPTS or self.postpone is None:
                    _log.exception("job-held", job=name, attempt=attempt)
                    raise
                _log.warning("job-failed", job=name, attempt=attempt, error=f"{type(error).__name__}: {error}")
                again = {"payload": payload, "attempt": attempt + 1}
                await self.postpone(name, again, key=f"attempt {job.id}", delay=retry_delay(attempt))

        return work

    def _queries(self, driver: AsyncpgDriver | AsyncpgPoolDriver) -> Queries:
        return Queries(
            driver,
            qbe=QueryBuilderEnvironment(settings=self._settings),
            qbq=QueryQueueBuilder(settings=self._settings),
            qbs=QuerySchedulerBuilder(settings=self._settings),
        )
