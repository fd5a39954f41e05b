"""Where the files lie: one table of the store's own schema; expiry is judged by the clock at every look.

`sweep` throws the contents of expired files away. What is known of a file is kept for a while longer, so that who asks
learns that it expired, and is then forgotten too.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from gateway.clock import Clock
from gateway.store import Database
from simulators.tempstorage.question import NewFile

MAX_FILE_BYTES = 11 * 1024 * 1024
"""What fits into a message of 15 MB in base64."""
MAX_TOTAL_BYTES = 512 * 1024 * 1024
MAX_FILES_KEPT = 100_000
"""Files that something is known of, with or without their content."""
REMEMBERED = timedelta(days=90)
"""How long the store can still say of a file that it is gone."""

_EXPIRE = """
UPDATE file SET content = NULL, deleted_at = expires_at WHERE content IS NOT NULL AND expires_at <= $1
"""
_FORGET = """
DELETE FROM file WHERE content IS NULL AND deleted_at <= $1
"""
_INSERT = """
INSERT INTO file (identifier, uploader, process_identifier, sha256, name, media_type, size, content,
                  uploaded_at, expires_at, to_be_confirmed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
_FIND = """
SELECT identifier, uploader, name, media_type, size, uploaded_at, expires_at, to_be_confirmed, confirmed_at,
       confirmed_by, deleted_at, content IS NOT NULL AS kept, CASE WHEN $2 THEN content END AS content
FROM file WHERE identifier = $1
"""
_CONFIRM = """
UPDATE file SET confirmed_at = $2, confirmed_by = $3
WHERE identifier = $1 AND confirmed_at IS NULL AND content IS NOT NULL AND expires_at > $2
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

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        max_total: int = MAX_TOTAL_BYTES,
        max_files: int = MAX_FILES_KEPT,
    ) -> None:
        self._database = database
        self._clock = clock
        self._max_total = max_total
        self._max_files = max_files

    async def put(self, new: NewFile, *, uploader: str) -> ShelvedFile:
        """Keep a file; the same process identifier of the same system with the same content is the same file."""
        if len(new.content) > MAX_FILE_BYTES:
            return ShelvedFile(ShelfStatus.TOO_LARGE, None)
        now = self._clock.now()
        digest = hashlib.sha256(new.content).hexdigest()
        async with self._database.transaction() as conn:
            # (1) One upload at a time: the quota and the process identifier are judged without a race.
            await conn.execute("LOCK TABLE file IN SHARE ROW EXCLUSIVE MODE")
            await conn.execute(_EXPIRE, now)
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
            files = await conn.fetchval("SELECT count(*) FROM file")
            if total + len(new.content) > self._max_total or files >= self._max_files:
                return ShelvedFile(ShelfStatus.NO_SPACE, None)
            identifier, expires = _new_identifier(), now + new.life_time
            await conn.execute(
                _INSERT, identifier, uploader, new.process_identifier, digest, new.name, new.media_type,
                len(new.content), new.content, now, expires, new.to_be_confirmed,
            )  # fmt: skip
        return ShelvedFile(ShelfStatus.OK, str(identifier), {"life_time": new.life_time})

    async def take(self, identifier: str) -> ShelvedFile:
        """Return a file with its content."""
        return await self._found(identifier, with_content=True)

    async def look(self, identifier: str) -> ShelvedFile:
        """Return what is known of a file; of one that is gone also its facts."""
        return await self._found(identifier, with_content=False)

    async def _found(self, identifier: str, *, with_content: bool) -> ShelvedFile:
        key = _uuid(identifier)
        row = None if key is None else await self._database.fetchrow(_FIND, key, with_content)
        if row is None:
            return ShelvedFile(ShelfStatus.NOT_FOUND, identifier)
        facts = dict(row)
        content, kept, deleted_at = facts.pop("content"), facts.pop("kept"), row["deleted_at"]
        # A file that somebody deleted before its time says so, also when its time has come.
        if deleted_at is not None and deleted_at < row["expires_at"]:
            return ShelvedFile(ShelfStatus.DELETED, identifier, facts)
        if row["expires_at"] <= self._clock.now() or not kept:
            return ShelvedFile(ShelfStatus.EXPIRED, identifier, facts)
        return ShelvedFile(ShelfStatus.OK, identifier, facts, content)

    async def confirm(self, identifier: str, *, system: str) -> ShelvedFile:
        """Note that a system has received the file; the first confirmation stays."""
        found = await self.look(identifier)
        if found.status is ShelfStatus.OK:
            await self._database.execute(_CONFIRM, uuid.UUID(identifier), self._clock.now(), system)
        return found

    async def sweep(self) -> int:
        """Throw the contents of expired files away, give the space back, and return how many files there were."""
        now = self._clock.now()
        expired = _count(await self._database.execute(_EXPIRE, now))
        forgotten = _count(await self._database.execute(_FORGET, now - REMEMBERED))
        if expired or forgotten:
            # Rows that are overwritten or deleted hold their space until the table is vacuumed.
            await self._database.execute("VACUUM file")
        return expired

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


def _count(tag: str) -> int:
    """Return the number of rows in a command's tag, such as `UPDATE 3`."""
    return int(tag.rsplit(" ", 1)[-1])


def _new_identifier() -> uuid.UUID:
    """Return an identifier that looks like the ones seen (00000000-0001-xxxx-...), with 80 random bits."""
    return uuid.UUID(f"000000000001{secrets.token_hex(10)}")


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
