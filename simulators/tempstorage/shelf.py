"""Where the files lie: one table of the store's own schema; expiry is judged by the clock at every look."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from gateway.clock import Clock
from gateway.store import Database
from simulators.tempstorage.question import NewFile

MAX_FILE_BYTES = 11 * 1024 * 1024
"""What fits into a message of 15 MB in base64."""
MAX_TOTAL_BYTES = 512 * 1024 * 1024

_PURGE = """
UPDATE file SET content = NULL, deleted_at = $1 WHERE content IS NOT NULL AND expires_at <= $1
"""
_INSERT = """
INSERT INTO file (identifier, uploader, process_identifier, sha256, name, media_type, size, content,
                  uploaded_at, expires_at, to_be_confirmed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
_FIND = """
SELECT identifier, uploader, name, media_type, size, uploaded_at, expires_at, to_be_confirmed, confirmed_at,
       confirmed_by, deleted_at, content IS NOT NULL AS kept
FROM file WHERE identifier = $1
"""


class ShelfStatus(StrEnum):
    """How a file fared; the codes of `status`, invented since the facts do not give its fields."""

    OK = "OK"
    NOT_FOUND = "NOT_FOUND"
    EXPIRED = "EXPIRED"
    DELETED = "DELETED"
    TOO_LARGE = "TOO_LARGE"
    NO_SPACE = "NO_SPACE"
    BAD_REQUEST = "BAD_REQUEST"
    ACCESS_DENIED = "ACCESS_DENIED"


@dataclass(frozen=True, slots=True)
class ShelvedFile:
    """A file with what is known of it, or why there is none."""

    status: ShelfStatus
    identifier: str | None
    facts: dict[str, Any] = field(default_factory=dict)
    content: bytes | None = field(default=None, repr=False)


class Shelf:
    """The files of all systems; whoever knows an identifier may take the file, as an identifier cannot be guessed."""

    def __init__(self, database: Database, clock: Clock, *, max_total: int = MAX_TOTAL_BYTES) -> None:
        self._database = database
        self._clock = clock
        self._max_total = max_total

    async def put(self, new: NewFile, *, uploader: str) -> ShelvedFile:
        """Keep a file; the same process identifier of the same system with the same content is the same file."""
        if len(new.content) > MAX_FILE_BYTES:
            return ShelvedFile(ShelfStatus.TOO_LARGE, None)
        now = self._clock.now()
        digest = hashlib.sha256(new.content).hexdigest()
        async with self._database.transaction() as conn:
            # (1) One upload at a time: the quota and the process identifier are judged without a race.
            await conn.execute("LOCK TABLE file IN SHARE ROW EXCLUSIVE MODE")
            await conn.execute(_PURGE, now)
            # (2) A repeated upload is answered as the first one was.
            earlier = await conn.fetchrow(
                "SELECT identifier, sha256, expires_at FROM file WHERE uploader = $1 AND process_identifier = $2",
                uploader,
                new.process_identifier,
            )
            if earlier is not None:
                return _repeated(earlier, digest, now)
            # (3) Bounded as a whole.
            total = await conn.fetchval("SELECT coalesce(sum(size), 0) FROM file WHERE content IS NOT NULL")
            if total + len(new.content) > self._max_total:
                return ShelvedFile(ShelfStatus.NO_SPACE, None)
            identifier, expires = _new_identifier(), now + new.life_time
            await conn.execute(
                _INSERT, identifier, uploader, new.process_identifier, digest, new.name, new.media_type,
                len(new.content), new.content, now, expires, new.to_be_confirmed,
            )  # fmt: skip
        return ShelvedFile(ShelfStatus.OK, str(identifier), {"life_time": new.life_time})

    async def take(self, identifier: str) -> ShelvedFile:
        """Return a file with its content."""
        found = await self.look(identifier)
        if found.status is not ShelfStatus.OK:
            return found
        content = await self._database.fetchval("SELECT content FROM file WHERE identifier = $1", uuid.UUID(identifier))
        return ShelvedFile(ShelfStatus.OK, found.identifier, found.facts, content)

    async def look(self, identifier: str) -> ShelvedFile:
        """Return what is known of a file; of an expired one also its facts."""
        key = _uuid(identifier)
        row = None if key is None else await self._database.fetchrow(_FIND, key)
        if row is None:
            return ShelvedFile(ShelfStatus.NOT_FOUND, identifier)
        facts = dict(row)
        if row["expires_at"] <= self._clock.now():
            return ShelvedFile(ShelfStatus.EXPIRED, identifier, facts)
        return ShelvedFile(ShelfStatus.OK if row["kept"] else ShelfStatus.DELETED, identifier, facts)

    async def confirm(self, identifier: str, *, system: str) -> ShelvedFile:
        """Note that a system has received the file; the first confirmation stays."""
        found = await self.look(identifier)
        if found.status is ShelfStatus.OK:
            await self._database.execute(
                "UPDATE file SET confirmed_at = $2, confirmed_by = $3 WHERE identifier = $1 AND confirmed_at IS NULL",
                uuid.UUID(identifier),
                self._clock.now(),
                system,
            )
        return found

    async def listed(self, *, limit: int = 100) -> list[dict[str, Any]]:
        """Return the newest files without their content, for the admin API."""
        rows = await self._database.fetch(
            "SELECT identifier, uploader, name, size, uploaded_at, expires_at, confirmed_by, deleted_at "
            "FROM file ORDER BY uploaded_at DESC LIMIT $1",
            limit,
        )
        return [dict(row) for row in rows]

    async def delete(self, identifier: str) -> bool:
        """Throw a file's content away, as an operator of the store might; tell whether there was one."""
        key = _uuid(identifier)
        if key is None:
            return False
        gone = await self._database.fetchval(
            "UPDATE file SET content = NULL, deleted_at = $2 WHERE identifier = $1 AND content IS NOT NULL "
            "RETURNING true",
            key,
            self._clock.now(),
        )
        return bool(gone)


def _repeated(earlier: Any, digest: str, now: datetime) -> ShelvedFile:
    identifier = str(earlier["identifier"])
    if earlier["sha256"] != digest:
        return ShelvedFile(ShelfStatus.BAD_REQUEST, None)
    if earlier["expires_at"] <= now:
        return ShelvedFile(ShelfStatus.EXPIRED, identifier)
    return ShelvedFile(ShelfStatus.OK, identifier, {"life_time": earlier["expires_at"] - now})


def _new_identifier() -> uuid.UUID:
    """Return an identifier that looks like the ones seen (00000000-0001-xxxx-...), with 80 random bits."""
    return uuid.UUID(f"000000000001{secrets.token_hex(10)}")


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
