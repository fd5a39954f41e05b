"""One-time tokens: a form that is sent twice (a double click, a reload) acts once and gets the first answer again.

The handler's own idempotence stands behind this: a token whose first request was lost with its process is free again
after `STALE`, and a crash of the database server forgets all of them (the table is not written ahead).
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar, cast

from aiohttp import web

from gateway.store import Database
from gateway.web.csrf import form_of
from gateway.web.refusals import AlreadyRunning, BadRequest
from gateway.web.sessions import session_of

FIELD = "_once"
STALE = timedelta(minutes=2)
KEPT = timedelta(days=1)
_FORGOTTEN_EVERY = 100
"""After so many forms of a process, and after its first."""
_WAIT_SECONDS = 10.0
_HandlerType = TypeVar("_HandlerType", bound=Callable[..., Any])
_ACTED = web.RequestKey("once-acted", str)


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
        self._finished = 0

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
        """Note where the first sending was redirected; now and then, forget tokens older than `KEPT`."""
        await self._database.execute("UPDATE form_once SET location = $2 WHERE digest = $1", digest, location)
        if self._finished % _FORGOTTEN_EVERY == 0:
            await self._database.execute("DELETE FROM form_once WHERE claimed_at < $1", datetime.now(UTC) - KEPT)
        self._finished += 1

    async def release(self, digest: str) -> None:
        """Give the token back."""
        await self._database.execute("DELETE FROM form_once WHERE digest = $1 AND location IS NULL", digest)


ONCE: web.AppKey[OnceStore] = web.AppKey("once")


def once(handler: _HandlerType) -> _HandlerType:
    """Let a POST handler act once for each `once_field()`: a repetition gets the first answer's redirect.

    It stands at the handler itself, inside of every guard of the site: what a guard turns away has not acted. Any
    other answer gives the token back, unless the handler has told that it `acted`.
    """

    @functools.wraps(handler)
    async def acting_once(*arguments: Any) -> web.StreamResponse:
        request = arguments[-1]
        store, digest = request.config_dict[ONCE], _digest(request)
        claim = await _settled(store, digest)
        if claim.state is ClaimState.DONE:
            raise web.HTTPSeeOther(claim.location)
        location = None
        try:
            response: web.StreamResponse = await handler(*arguments)
            location = _redirect_of(response)
        except web.HTTPRedirection as answer:
            location = _redirect_of(answer)
            raise
        finally:
            location = location or request.get(_ACTED)
            await (store.release(digest) if location is None else store.finish(digest, location))
        return response

    return cast("_HandlerType", acting_once)


def acted(request: web.Request, location: str) -> None:
    """Tell that a part of the form is done, whatever the answer: a repetition does nothing and leads to `location`."""
    request[_ACTED] = location


def new_token() -> str:
    """Return a token for one showing of a form."""
    return secrets.token_urlsafe(24)


def _digest(request: web.Request) -> str:
    """Return by what the token of a form is known; raises `BadRequest` where the form has none."""
    token = form_of(request).raw(FIELD)
    if not 16 <= len(token) <= 64:
        raise BadRequest
    return hashlib.sha256(f"{session_of(request).csrf} {request.path} {token}".encode()).hexdigest()


async def _settled(store: OnceStore, digest: str) -> Claim:
    """Claim the token, and wait while another sending of the same form is at work."""
    deadline = asyncio.get_running_loop().time() + _WAIT_SECONDS
    while (claim := await store.claim(digest)).state is ClaimState.RUNNING:
        if asyncio.get_running_loop().time() > deadline:
            raise AlreadyRunning
        await asyncio.sleep(0.05)
    return claim


def _redirect_of(response: web.StreamResponse) -> str | None:
    return response.headers.get("Location") if 300 <= response.status < 400 else None
