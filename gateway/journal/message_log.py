"""The message log of a participant: what passed its doors, sealed, found by keyed hash, opened with a reason.

Lines come without their bodies. Whoever looks for a person or opens a body is checked here, where the data are, and is
written down in the transaction that reads, before anything is returned.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog

from gateway.clock import Clock
from gateway.journal.column import SealedColumn
from gateway.journal.persons import PersonHash
from gateway.journal.readers import Act, LogCode, LogRefused, Reader, Reading, checked_reason
from gateway.journal.readings import Readings
from gateway.journal.resealing import reseal
from gateway.journal.vault import Vault
from gateway.store import Database

MOST_LINES: Final = 1000
"""No search returns more."""
_log = structlog.get_logger(__name__)
_TABLE: Final = "message_log"
_BATCH: Final = 500
_AT_ONCE: Final = 100
_LONGEST_NAME: Final = 200
_COLUMNS: Final = (
    "id, at, direction, gateway, operation, is_answer, service, message_type, message_id, correlation_id, session_id,"
    " outcome, size, sha256"
)
_INSERT: Final = f"INSERT INTO message_log ({_COLUMNS}, persons, body, sealed_by) VALUES "  # noqa: S608 (a constant)
_ORDER: Final = "ORDER BY at DESC, number DESC LIMIT"

_FORGET = "DELETE FROM message_log WHERE id IN (SELECT id FROM message_log WHERE at < $1 ORDER BY at LIMIT $2)"
_OLDER_SEALS = """
SELECT id, body FROM message_log WHERE sealed_by = ANY($1) AND id <> ALL($2) LIMIT $3 FOR UPDATE SKIP LOCKED
"""
_RENEW = "UPDATE message_log SET body = $2, sealed_by = $3 WHERE id = $1"


@dataclass(frozen=True, slots=True)
class LogLine:
    """What the log says of one envelope, without its body; the fields are those of `message_log`, in their order."""

    id: UUID
    at: datetime
    direction: str
    gateway: str
    operation: str | None
    is_answer: bool
    service: str | None
    message_type: str | None
    message_id: str | None
    correlation_id: str | None
    session_id: str | None
    outcome: str
    size: int
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """Return the line as a row for programs."""
        row = {field.name: getattr(self, field.name) for field in fields(self)}
        return row | {"id": str(self.id), "at": self.at.isoformat()}


@dataclass(frozen=True, slots=True)
class SealedLine:
    """A line ready to be written, its body sealed for it and its persons hashed."""

    line: LogLine
    persons: tuple[str, ...]
    body: bytes
    sealed_by: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to search for: all that is given must fit. `person` is a keyed hash."""

    person: str | None = None
    message_id: str | None = None
    correlation_id: str | None = None
    session_id: str | None = None
    service: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 100


_CONDITIONS: Final = {
    "person": "persons @> ARRAY[{}]",
    "message_id": "message_id = {}",
    "correlation_id": "correlation_id = {}",
    "session_id": "session_id = {}",
    "service": "service = {}",
    "since": "at >= {}",
    "until": "at < {}",
}


class MessageLog:
    """The lines and readings of one participant."""

    def __init__(self, database: Database, clock: Clock, vault: Vault, persons: PersonHash) -> None:
        self._database = database
        self._vault = vault
        self._persons = persons
        self._readings = Readings(database, clock)
        self._body = SealedColumn(vault, database.schema, _TABLE)

    def seal(self, envelope: bytes, *, numbers: Iterable[str], **said: Any) -> SealedLine:
        """Make a line of an envelope and what is `said` of it (fields of `LogLine`); raises `VaultError`.

        Holds the caller for a fifth of a millisecond with every 10 KB of the envelope.
        """
        names = {name: _short(value) for name, value in said.items()}
        line = LogLine(
            id=_line_id(said["at"]), size=len(envelope), sha256=hashlib.sha256(envelope).hexdigest(), **names
        )
        persons = tuple(sorted(self._persons.of(number) for number in numbers))
        return SealedLine(line, persons, self._body.seal(envelope, str(line.id)), self._vault.newest)

    async def write(self, *lines: SealedLine) -> None:
        """Write lines in this order, by one statement."""
        for start in range(0, len(lines), _AT_ONCE):
            some = lines[start : start + _AT_ONCE]
            rows = [(*astuple(each.line), list(each.persons), each.body, each.sealed_by) for each in some]
            await self._database.execute(
                _INSERT + _places(len(rows), len(rows[0])), *(one for row in rows for one in row)
            )

    async def search(self, reader: Reader, wanted: Wanted, *, reason: str = "") -> tuple[LogLine, ...]:
        """Return lines, the newest first; a search for a person needs a reason. Raises `LogRefused`."""
        facts = {name: str(getattr(wanted, name)) for name in _CONDITIONS if getattr(wanted, name) is not None}
        facts.pop("person", None)
        await self._readings.check(reader, Act.SEARCH, person=wanted.person, reason=reason, facts=facts)
        reason = checked_reason(reason) if wanted.person is not None or reason else ""
        sql, arguments = _query(wanted)
        async with self._database.transaction() as conn:
            await self._readings.note(conn, reader, Act.SEARCH, person=wanted.person, reason=reason, facts=facts)
            return tuple(LogLine(*row) for row in await conn.fetch(sql, *arguments))

    async def open(self, reader: Reader, line: UUID, *, reason: str) -> bytes:
        """Return an envelope as it was on the wire; raises `LogRefused`, and `VaultError` when it cannot be opened."""
        await self._readings.check(reader, Act.OPEN, line=line, reason=reason)
        reason = checked_reason(reason)
        async with self._database.transaction() as conn:
            await self._readings.note(conn, reader, Act.OPEN, line=line, reason=reason)
            row = await conn.fetchrow("SELECT body FROM message_log WHERE id = $1", line)
        if row is None:
            raise LogRefused(LogCode.NO_LINE, line=line)
        if row["body"] is None:
            raise LogRefused(LogCode.ERASED, line=line)
        return await asyncio.to_thread(self._body.open, row["body"], str(line))

    async def readings(self, reader: Reader, *, since: datetime, limit: int = 100) -> tuple[Reading, ...]:
        """Return what readers did since a moment, the newest first; raises `LogRefused`."""
        await self._readings.check(reader, Act.REVIEW)
        async with self._database.transaction() as conn:
            await self._readings.note(conn, reader, Act.REVIEW)
            return await self._readings.since(conn, since, min(limit, MOST_LINES))

    async def forget(self, before: datetime) -> int:
        """Remove the lines from before a moment, in batches; return how many. The readings stay."""
        forgotten = 0
        while True:
            removed = int((await self._database.execute(_FORGET, before, _BATCH)).rpartition(" ")[2])
            forgotten += removed
            if removed < _BATCH:
                return forgotten

    async def reseal(self) -> int:
        """Seal with the newest key what an older one of the vault's keys sealed; return how many.

        A body that does not open is left as it is.
        """
        older = self._vault.older
        if not older:
            return 0
        renewed, broken = await reseal(self._database, _OLDER_SEALS, older, _RENEW, self._renewed)
        if broken:
            _log.error("journal-bodies-not-opened", lines=[str(line) for line in broken[:20]], count=len(broken))
        return renewed

    async def keys_in_use(self) -> Mapping[str, int]:
        """Return how many bodies each key has sealed, by the keys' names."""
        rows = await self._database.fetch(
            "SELECT sealed_by, count(*) FROM message_log WHERE sealed_by IS NOT NULL GROUP BY sealed_by ORDER BY 1"
        )
        return {row["sealed_by"]: row["count"] for row in rows}

    def _renewed(self, row: asyncpg.Record) -> tuple[UUID, bytes, str]:
        return row["id"], self._body.renew(row["body"], str(row["id"])), self._vault.newest


def _line_id(at: datetime) -> UUID:
    """Return a UUID of version 7 (RFC 9562, section 5.7): ordered by time, so that the index grows at its end."""
    milliseconds = int(at.timestamp() * 1000)
    value = milliseconds << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 7 << 76
    return UUID(int=value & ~(0x3 << 62) | 2 << 62)


def _short(value: Any) -> Any:
    """Cut what a stranger may have written as long as a message."""
    return value[:_LONGEST_NAME] if isinstance(value, str) else value


def _places(rows: int, columns: int) -> str:
    """Return the places of a statement's values: `($1, $2), ($3, $4)`."""
    return ", ".join(
        "(" + ", ".join(f"${row * columns + column}" for column in range(1, columns + 1)) + ")" for row in range(rows)
    )


def _query(wanted: Wanted) -> tuple[str, list[Any]]:
    arguments: list[Any] = []
    conditions = []
    for name, condition in _CONDITIONS.items():
        value = getattr(wanted, name)
        if value is not None:
            arguments.append(value)
            conditions.append(condition.format(f"${len(arguments)}"))
    arguments.append(max(1, min(wanted.limit, MOST_LINES)))
    where = " AND ".join(conditions) or "true"
    sql = f"SELECT {_COLUMNS} FROM message_log WHERE {where} {_ORDER} ${len(arguments)}"  # noqa: S608 (constants)
    return sql, arguments
