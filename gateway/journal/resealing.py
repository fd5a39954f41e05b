"""What lies under an older key, sealed anew batch by batch: by the message log and by whoever keeps payloads."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any, Final

import asyncpg

from gateway.journal.vault import VaultError
from gateway.store import Database

_AT_ONCE: Final = 8
"""Bodies in one batch: what a process that dies does again, and what is held in memory."""


async def reseal(
    database: Database,
    select: str,
    which: Sequence[Any],
    update: str,
    renewed: Callable[[asyncpg.Record], tuple[Any, ...]],
) -> tuple[int, list[Any]]:
    """Renew every row of `select`; return how many, and the ids of those that did not open, which stay as they are.

    `select` takes what to choose by (`which`), the ids to leave out, and how many rows; `renewed` makes the values of
    `update`, the row's id first, off the loop, and may raise `VaultError`.
    """
    count, broken = 0, list[Any]()
    while True:
        async with database.transaction() as conn:
            rows = await conn.fetch(select, which, broken, _AT_ONCE)
            changes = await asyncio.to_thread(_those_that_open, rows, renewed)
            await conn.executemany(update, changes)
        count += len(changes)
        broken += {row["id"] for row in rows} - {change[0] for change in changes}
        if len(rows) < _AT_ONCE:
            return count, broken


def _those_that_open(
    rows: Sequence[asyncpg.Record], renewed: Callable[[asyncpg.Record], tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    changes = []
    for row in rows:
        with contextlib.suppress(VaultError):
            changes.append(renewed(row))
    return changes
