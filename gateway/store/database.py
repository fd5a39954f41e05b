"""A participant's own schema in PostgreSQL, reached through a pool of connections."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any, Self, TypeAlias

import asyncpg

from gateway.store.lending import Lending

Connection: TypeAlias = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
"""What a query runs on: a connection of its own or one lent by the pool."""

_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)
_GONE = re.compile(r"\b(?:closed|closing|released)\b")
"""How asyncpg says that a connection is no more, among all misuse that it calls `InterfaceError`."""
_FOR_THE_QUEUE = 3
"""Connections: one listens for new jobs, the others take them and note their ends."""
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,40}")


class DatabaseAway(OSError):
    """The database does not answer now; nobody knows whether a commit that was in hand still came through."""

    def __init__(self, reason: BaseException) -> None:
        super().__init__(f"{type(reason).__name__}: {reason}")


@contextlib.contextmanager
def translated(*, connecting: bool) -> Iterator[None]:
    """Turn what asyncpg raises for a lost or refused connection into `DatabaseAway`.

    While a connection is being lent the operating system's errors are the database's; in a caller's transaction they
    may be anybody's.
    """
    try:
        yield
    except DatabaseAway:
        raise
    except _LOST as error:
        raise DatabaseAway(error) from error
    except asyncpg.InterfaceError as error:
        if not _GONE.search(str(error)):
            raise
        raise DatabaseAway(error) from error
    except OSError as error:
        if not connecting:
            raise
        raise DatabaseAway(error) from error


def checked_identifier(name: str) -> str:
    """Return `name` if it can stand unquoted in SQL; raises `ValueError` otherwise."""
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError(f"not a plain SQL identifier: {name!r}")
    return name


async def _set_codecs(connection: Connection) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


async def _nothing_to_reset(_connection: Connection) -> None:
    """Spare the query by which asyncpg clears a session each time a connection is given back: a third of all queries.

    Nobody may leave anything in the session of a lent connection: settings and locks end with their transaction
    (`SET LOCAL`, `pg_advisory_xact_lock`), a lock that does not is given back by its taker. An open transaction is
    still rolled back by asyncpg.
    """


class Database:
    """The pool of one participant; every connection sees only that participant's schema."""

    def __init__(self, pool: asyncpg.Pool, *, url: str, schema: str, lent: int) -> None:
        self.pool = pool
        self._lending = Lending(pool, lent)
        self.url = url
        self.schema = schema

    @classmethod
    async def connect(cls, url: str, *, schema: str, max_size: int = 8) -> Self:
        """Open the pool at `url` (libpq form) with `schema` as the only search path.

        At most `max_size` connections are lent at once; the queue of jobs has some more of its own.
        """
        pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=max_size + _FOR_THE_QUEUE,
            init=_set_codecs,
            reset=_nothing_to_reset,
            server_settings={
                "search_path": checked_identifier(schema),
                "application_name": f"qyzmet {schema}",
            },
        )
        return cls(pool, url=url, schema=schema, lent=max_size)

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.pool.PoolConnectionProxy]:
        """Lend a connection inside a transaction that is committed when the context ends without an error."""
        with translated(connecting=True):
            connection = await self._lending.take()
        whole = False
        try:
            with translated(connecting=False):
                async with connection.transaction():
                    yield connection
            whole = True
        finally:
            with translated(connecting=True):
                await self._lending.give_back(connection, whole=whole)

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """Return all rows of a query."""
        with translated(connecting=True):
            async with self._lending.lend() as connection:
                rows: list[asyncpg.Record] = await connection.fetch(sql, *args)
        return rows

    async def fetchrow(self, sql: str, *args: Any) -> asyncpg.Record | None:
        """Return the first row of a query, or None."""
        with translated(connecting=True):
            async with self._lending.lend() as connection:
                return await connection.fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: Any) -> Any:
        """Return the first column of the first row, or None."""
        with translated(connecting=True):
            async with self._lending.lend() as connection:
                return await connection.fetchval(sql, *args)

    async def execute(self, sql: str, *args: Any) -> str:
        """Run a statement of its own and return PostgreSQL's command tag."""
        with translated(connecting=True):
            async with self._lending.lend() as connection:
                tag: str = await connection.execute(sql, *args)
        return tag

    async def close(self) -> None:
        """Give all connections back and close them."""
        await self._lending.close()
        await self.pool.close()
