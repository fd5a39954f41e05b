"""Documents, addressed by their SHA-256; PostgreSQL first, behind a port."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from typing import Protocol

from gateway.store.database import Connection, Database

_LARGE = 200_000
"""Bytes of which a digest takes too long for the event loop to wait."""


async def digest_of(content: bytes) -> str:
    """Return the SHA-256 in hex, of something large in a thread: nothing else waits for it."""
    if len(content) < _LARGE:
        return hashlib.sha256(content).hexdigest()
    return await asyncio.to_thread(lambda: hashlib.sha256(content).hexdigest())


class BlobMissing(LookupError):
    """No document of this digest is stored."""


class Blobs(Protocol):
    """Where documents are kept."""

    async def put(self, conn: Connection, content: bytes, *, media_type: str) -> str:
        """Store `content` in the caller's transaction and return its SHA-256 in hex; storing twice stores once."""

    async def get(self, digest: str) -> bytes:
        """Return the content; raises `BlobMissing`."""

    async def sizes(self, digests: Iterable[str]) -> dict[str, int]:
        """Return how many bytes each of the stored documents has, without reading them."""


class PostgresBlobs:
    """Documents in the participant's own schema."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, conn: Connection, content: bytes, *, media_type: str) -> str:
        """Store `content` in the caller's transaction and return its SHA-256 in hex."""
        digest = await digest_of(content)
        await conn.execute(
            "INSERT INTO blob (sha256, media_type, content) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO NOTHING",
            digest,
            media_type,
            content,
        )
        return digest

    async def get(self, digest: str) -> bytes:
        """Return the content; raises `BlobMissing`."""
        content: bytes | None = await self._database.fetchval("SELECT content FROM blob WHERE sha256 = $1", digest)
        if content is None:
            raise BlobMissing(digest)
        return content

    async def sizes(self, digests: Iterable[str]) -> dict[str, int]:
        """Return how many bytes each of the stored documents has, without reading them."""
        rows = await self._database.fetch(
            "SELECT sha256, length(content) AS size FROM blob WHERE sha256 = ANY($1::text[])", list(digests)
        )
        return {row["sha256"]: row["size"] for row in rows}


class MemoryBlobs:
    """Documents in memory, for tests of what stores them."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}

    async def put(self, conn: Connection | None, content: bytes, *, media_type: str) -> str:
        """Keep `content` and return its SHA-256 in hex."""
        digest = hashlib.sha256(content).hexdigest()
        self.contents[digest] = content
        return digest

    async def get(self, digest: str) -> bytes:
        """Return the content; raises `BlobMissing`."""
        try:
            return self.contents[digest]
        except KeyError:
            raise BlobMissing(digest) from None

    async def sizes(self, digests: Iterable[str]) -> dict[str, int]:
        """Return how many bytes each of the kept documents has."""
        return {digest: len(self.contents[digest]) for digest in digests if digest in self.contents}
