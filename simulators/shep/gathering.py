"""What many ask of the database at once goes to it together: one statement and one commit for all who wait.

Whoever comes alone is served at once; those who come while a statement runs share the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

from gateway.store import DatabaseAway

MOST_TOGETHER: Final = 64

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Gathered(Generic[_Item, _Result]):
    """Does `work` for one item or many; it returns a result for each, in their order, or does nothing at all."""

    def __init__(self, work: Callable[[Sequence[_Item]], Awaitable[Sequence[_Result]]]) -> None:
        self._work = work
        self._waiting: list[tuple[_Item, asyncio.Future[_Result]]] = []
        self._working: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"<Gathered, {len(self._waiting)} waiting>"

    async def do(self, item: _Item) -> _Result:
        """Return the item's result, or raise what `work` raised for it; it is done even if the caller gives up."""
        future: asyncio.Future[_Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._working is None:
            self._working = asyncio.create_task(self._until_none_waits())
        return await future

    async def _until_none_waits(self) -> None:
        try:
            while self._waiting:
                chosen, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
                if not await self._together(chosen):
                    for one in chosen:
                        await self._together([one])
        finally:
            self._working = None
            for _, future in self._waiting:  # the loop is being ended
                future.cancel()
            self._waiting = []

    async def _together(self, chosen: Sequence[tuple[_Item, asyncio.Future[_Result]]]) -> bool:
        """Do it for all of them; return whether each has its result or error.

        Whose item is wrong is not known then: each is tried alone, unless the database is away for all.
        """
        try:
            results = await self._work([item for item, _ in chosen])
        except Exception as error:  # noqa: BLE001 - it is the callers' to handle
            if len(chosen) > 1 and not isinstance(error, DatabaseAway):
                return False
            for _, future in chosen:
                if not future.done():
                    future.set_exception(error)
            return True
        except asyncio.CancelledError:
            for _, future in chosen:
                future.cancel()
            raise
        for (_, future), result in zip(chosen, results, strict=True):
            if not future.done():
                future.set_result(result)
        return True
