"""Jobs on PostgreSQL through pgqueuer: enqueued with the state they belong to, done at least once.

A job is put in the caller's transaction, so it exists exactly when the state change does. Any process may take it;
heartbeats (on real time) give a dead worker's jobs to another. A handler may therefore run twice and must act once.
A handler that fails is tried again later by a timer of ours, on the injected clock; after the last attempt the job is
held in pgqueuer for a person.

While the database is away nothing is taken and nothing is noted: a job that was in hand stays picked in the queue, and
is taken anew when its heartbeat is stale. The worker asks again until the database is back.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Protocol

import asyncpg
import structlog
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.domain.errors import FailingListenerError
from pgqueuer.domain.settings import DBSettings
from pgqueuer.models import Job
from pgqueuer.ports.driver import NotifyCallback
from pgqueuer.qm import QueueManager
from pgqueuer.queries import Queries

from gateway.store.database import Connection, Database, DatabaseAway, checked_identifier, translated

JobHandler = Callable[[dict[str, Any]], Awaitable[None]]

_log = structlog.get_logger(__name__)

ATTEMPTS = 12
"""How often a failing job is tried before it is held for a person."""


_ASK_AGAIN_SECONDS = 0.5


class _LeftInHand(BaseException):
    """The job's end could not be noted: pgqueuer is to write nothing, so that the job is taken anew.

    No `Exception`, which would hold the job for a person, and no `CancelledError`, which would delete it.
    """


class _Listening(AsyncpgPoolDriver):
    """Tells when the connection that listens for new jobs is lost: nothing else would notice a quick restart."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        super().__init__(pool)
        self.lost = asyncio.Event()

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        await super().add_listener(channel, callback)
        if self._listener_connection is not None:
            self._listener_connection.add_termination_listener(self._note_loss)

    def _note_loss(self, _connection: object) -> None:
        self.lost.set()


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
        while True:
            try:
                with translated(connecting=True):
                    await self._work()
            except (DatabaseAway, asyncpg.PostgresError, FailingListenerError) as error:
                _log.warning("jobs-wait-for-the-database", schema=self._database.schema, error=str(error))
            await asyncio.sleep(_ASK_AGAIN_SECONDS)

    async def _work(self) -> None:
        """Take and do jobs until the connection that listens is lost; raises what asyncpg raises, or is cancelled."""
        driver = _Listening(self._database.pool)
        manager = QueueManager(self._queries(driver), channel=self._settings.channel)
        for name, handler in self._handlers.items():
            manager.entrypoint(name, on_failure="hold")(self._entrypoint(name, handler))
        work = asyncio.create_task(
            manager.run(
                dequeue_timeout=timedelta(seconds=5),
                batch_size=10,
                max_concurrent_tasks=40,
                heartbeat_timeout=self._heartbeat_timeout,
                shutdown_on_listener_failure=True,
            ),
            name=f"jobs of {self._database.schema}",
        )
        loss = asyncio.create_task(driver.lost.wait())
        try:
            await asyncio.wait({work, loss}, return_when=asyncio.FIRST_COMPLETED)
            manager.shutdown.set()
            await asyncio.shield(work)
        except asyncio.CancelledError:
            manager.shutdown.set()
            _, unfinished = await asyncio.wait({work}, timeout=5)
            for task in unfinished:
                task.cancel()
                await asyncio.wait({task}, timeout=2)
            raise
        finally:
            loss.cancel()

    def _entrypoint(self, name: str, handler: JobHandler) -> Callable[[Job], Awaitable[None]]:
        async def work(job: Job) -> None:
            envelope = json.loads(job.payload or b"{}")
            payload, attempt = envelope["payload"], int(envelope["attempt"])
            try:
                await handler(payload)
            except asyncio.CancelledError:
                await self._put_back(name, payload, attempt)
                raise
            except DatabaseAway as error:
                raise _LeftInHand from error
            except Exception as error:
                if attempt >= ATTEMPTS or self.postpone is None:
                    _log.exception("job-held", job=name, attempt=attempt)
                    raise
                _log.warning("job-failed", job=name, attempt=attempt, error=type(error).__name__)
                again = {"payload": payload, "attempt": attempt + 1}
                try:
                    await self.postpone(name, again, key=f"attempt {job.id}", delay=retry_delay(attempt))
                except DatabaseAway as away:
                    raise _LeftInHand from away

        return work

    async def _put_back(self, name: str, payload: Mapping[str, Any], attempt: int) -> None:
        try:
            async with self._database.transaction() as conn:
                await self._enqueue(conn, name, payload, attempt=attempt)
        except DatabaseAway as error:
            raise _LeftInHand from error

    def _queries(self, driver: AsyncpgDriver | AsyncpgPoolDriver) -> Queries:
        return Queries(
            driver,
            qbe=QueryBuilderEnvironment(settings=self._settings),
            qbq=QueryQueueBuilder(settings=self._settings),
            qbs=QuerySchedulerBuilder(settings=self._settings),
        )
