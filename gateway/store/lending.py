"""Connections of the pool, kept between one query and the next.

asyncpg's pool makes a task and wakes the loop twice whenever a connection is given back: more of the processor than
most of our queries take. So its connections are held here and lent again; it still makes them, and takes back every one
whose use did not end well.
"""

from __future__ import annotations

import asyncio
from types import TracebackType

import asyncpg
from asyncpg.pool import PoolConnectionProxy


class Lending:
    """Lends at most `size` connections of a pool at once; who comes later waits, in order."""

    def __init__(self, pool: asyncpg.Pool, size: int) -> None:
        self._pool = pool
        self._permits = asyncio.Semaphore(size)
        self._kept: list[PoolConnectionProxy] = []
        self._closing = False

    def lend(self) -> Lent:
        """Lend a connection for as long as the context is open; the one that was given back last is lent first."""
        return Lent(self)

    async def take(self) -> PoolConnectionProxy:
        """Return a connection that nobody else has."""
        await self._permits.acquire()
        try:
            while self._kept:
                connection = self._kept.pop()
                if _is_whole(connection):
                    return connection
                await self._pool.release(connection)
            return await self._pool.acquire()
        except BaseException:
            self._permits.release()
            raise

    async def give_back(self, connection: PoolConnectionProxy, *, whole: bool) -> None:
        """Keep a connection to be lent again; one whose use was broken off (not `whole`) is left to the pool."""
        try:
            if whole and not self._closing and _is_whole(connection):
                self._kept.append(connection)
            else:
                await self._pool.release(connection)
        finally:
            self._permits.release()

    async def close(self) -> None:
        """Give every connection back to the pool: those that are kept now, those that are lent once they come back."""
        self._closing = True
        while self._kept:
            await self._pool.release(self._kept.pop())


class Lent:
    """A connection while it is lent."""

    __slots__ = ("_connection", "_lending")

    def __init__(self, lending: Lending) -> None:
        self._lending = lending

    async def __aenter__(self) -> PoolConnectionProxy:
        self._connection = await self._lending.take()
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._lending.give_back(self._connection, whole=kind is None)


def _is_whole(connection: PoolConnectionProxy) -> bool:
    """Tell whether a connection can be lent again; the pool takes one that is lost back by itself."""
    try:
        return not connection.is_closed() and not connection.is_in_transaction()
    except asyncpg.InterfaceError:
        return False
