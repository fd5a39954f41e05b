"""One-time tokens: a form that is sent twice (a double click, a reload) acts once and gets the first answer again.

The handler's own idempotence stands behind this: a token whose first request was lost with its process is free again
after `STALE`.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from aiohttp import web

from gateway.store import Database
from gateway.web.csrf import form_of
from gateway.web.refusals import AlreadyRunning, BadRequest
from gateway.web.sessions import Handler, session_of

FIELD = "_once"
STALE = timedelta(minutes=2)
KEPT = timedelta(days=1)
_MARK = "__qyzmet_once__"
_WAIT_SECONDS = 10.0
_HandlerType = TypeVar("_HandlerType", bound=Callable[..., Any])


class ClaimState(StrEnum):
    """What a token is worth now."""

    FIRST = "first"
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer to a claim; `location` is where the first sending was redirected."""

    state: ClaimState
    location: str = ""


class OnceStore(Protocol):
    """Where used tokens are kept, by digest."""

    async def claim(self, digest: str) -> Claim:
        """Take the token, or say what became of its first use."""

    async def finish(self, digest: str, location: str) -> None:
        """Note where the first sending was redirected."""

    async def release(self, digest: str) -> None:
        """Give the token back: the first sending changed nothing."""


class MemoryOnce:
    """Used tokens in this process's memory."""

    def __init__(self) -> None:
        self.rows: dict[str, str | None] = {}

    async def claim(self, digest: str) -> Claim:
        """Take the token, or say what became of its first use."""
        if digest not in self.rows:
            self.rows[digest] = None
            return Claim(ClaimState.FIRST)
        location = self.rows[digest]
        return Claim(ClaimState.RUNNING) if location is None else Claim(ClaimState.DONE, location)

    async def finish(self, digest: str, location: str) -> None:
        """Note where the first sending was redirected."""
        self.rows[digest] = location

    async def release(self, digest: str) -> None:
        """Give the token back."""
        self.rows.pop(digest, None)


class PostgresOnce:
    """Used tokens in the table of `sql/form_once.sql`, shared by every process of the site."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, digest: str) -> Claim:
        """Take the token, or say what became of its first use; a claim older than `STALE` is taken over."""
        now = datetime.now(UTC)
        taken = await self._database.fetchval(
            """
            INSERT INTO form_once (digest, claimed_at) VALUES ($1, $2)
            ON CONFLICT (digest) DO UPDATE SET claimed_at = $2
                WHERE form_once.location IS NULL AND form_once.claimed_at < $3
            RETURNING true
            """,
            digest,
            now,
            now - STALE,
        )
        if taken:
            return Claim(ClaimState.FIRST)
        location = await self._database.fetchval("SELECT location FROM form_once WHERE digest = $1", digest)
        return Claim(ClaimState.RUNNING) if location is None else Claim(ClaimState.DONE, location)

    async def finish(self, digest: str, location: str) -> None:
        """Note where the first sending was redirected, and forget tokens older than `KEPT`."""
        await self._database.execute("UPDATE form_once SET location = $2 WHERE digest = $1", digest, location)
        await self._database.execute("DELETE FROM form_once WHERE claimed_at < $1", datetime.now(UTC) - KEPT)

    async def release(self, digest: str) -> None:
        """Give the token back."""
        await self._database.execute("DELETE FROM form_once WHERE digest = $1 AND location IS NULL", digest)


def once(handler: _HandlerType) -> _HandlerType:
    """Let a POST handler act once for each `once_field()`: a repetition gets the first answer's redirect."""
    setattr(handler, _MARK, True)
    return handler


def new_token() -> str:
    """Return a token for one showing of a form."""
    return secrets.token_urlsafe(24)


class OnceGuard:
    """Runs the handlers that are marked `once` at most once a token."""

    def __init__(self, store: OnceStore) -> None:
        self._store = store

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Claim the form's token, run the handler, keep its redirect; anything but a redirect frees the token."""
        if request.method != "POST" or not getattr(request.match_info.handler, _MARK, False):
            return await handler(request)
        token = form_of(request).raw(FIELD)
        if not 16 <= len(token) <= 64:
            raise BadRequest
        digest = hashlib.sha256(f"{session_of(request).csrf} {request.path} {token}".encode()).hexdigest()
        claim = await self._settled(digest)
        if claim.state is ClaimState.DONE:
            raise web.HTTPSeeOther(claim.location)
        location = None
        try:
            response = await handler(request)
            location = _redirect_of(response)
        except web.HTTPRedirection as answer:
            location = _redirect_of(answer)
            raise
        finally:
            await (self._store.release(digest) if location is None else self._store.finish(digest, location))
        return response

    async def _settled(self, digest: str) -> Claim:
        deadline = asyncio.get_running_loop().time() + _WAIT_SECONDS
        while (claim := await self._store.claim(digest)).state is ClaimState.RUNNING:
            if asyncio.get_running_loop().time() > deadline:
                raise AlreadyRunning
            await asyncio.sleep(0.05)
        return claim


def _redirect_of(response: web.StreamResponse) -> str | None:
    return response.headers.get("Location") if 300 <= response.status < 400 else None
