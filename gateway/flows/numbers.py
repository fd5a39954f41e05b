"""Numbers of applications: fourteen digits, given once."""

from __future__ import annotations

from typing import Protocol

from gateway.store.database import Connection

DIGITS = 14


class NumberSource(Protocol):
    """Where the number of a new application comes from."""

    async def next(self, conn: Connection) -> str:
        """Return a number of fourteen digits that was never returned before."""


class SequenceNumbers:
    """Numbers from the database's sequence behind the channel's prefix; gaps are possible, repetitions are not."""

    def __init__(self, prefix: str = "71") -> None:
        if not (prefix.isascii() and prefix.isdecimal()) or len(prefix) > DIGITS - 8:
            raise ValueError(f"not a prefix of an application's number: {prefix!r}")
        self._prefix = prefix

    async def next(self, conn: Connection) -> str:
        """Take the next number of the sequence `application_number`."""
        serial: int = await conn.fetchval("SELECT nextval('application_number')")
        return f"{self._prefix}{serial:0{DIGITS - len(self._prefix)}d}"


class CountedNumbers:
    """Numbers from a list in memory, for tests."""

    def __init__(self, first: int = 1) -> None:
        self._next = first

    async def next(self, conn: Connection) -> str:
        """Count on from the last."""
        self._next += 1
        return f"{self._next - 1:0{DIGITS}d}"
