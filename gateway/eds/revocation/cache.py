"""A bounded memory of answers, in which one question is asked once however many wait for it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class FreshCache(Generic[K, V]):
    """The newest `size` values by key; who asks says whether a value is still fresh."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()
        self._asked: dict[K, asyncio.Task[V]] = {}

    def __len__(self) -> int:
        return len(self._values)

    async def get(self, key: K, fresh: Callable[[V], bool], make: Callable[[], Awaitable[V]]) -> V:
        """Return a fresh value, made anew when there is none; errors are not remembered."""
        found = self._values.get(key)
        if found is not None and fresh(found):
            self._values.move_to_end(key)
            return found
        task = self._asked.get(key)
        if task is None:
            task = self._asked[key] = asyncio.ensure_future(self._make(key, make))
            task.add_done_callback(lambda done: self._done(key, done))
        return await asyncio.shield(task)

    def peek(self, key: K) -> V | None:
        """Return what is held, fresh or not."""
        return self._values.get(key)

    def items(self) -> list[tuple[K, V]]:
        """Return all that is held, fresh or not."""
        return list(self._values.items())

    def clear(self) -> None:
        """Forget everything."""
        self._values.clear()

    async def _make(self, key: K, make: Callable[[], Awaitable[V]]) -> V:
        value = await make()
        self._values[key] = value
        self._values.move_to_end(key)
        while len(self._values) > self._size:
            self._values.popitem(last=False)
        return value

    def _done(self, key: K, task: asyncio.Task[V]) -> None:
        self._asked.pop(key, None)
        if not task.cancelled():
            task.exception()
