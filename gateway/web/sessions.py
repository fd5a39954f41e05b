"""Sessions, held at the server; the browser has a random key in a cookie, the store knows only its digest.

Sessions are cookies' time: they expire by the machine's clock, never by the simulated one.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from aiohttp import web

from gateway.texts import Text
from gateway.web.translation import language

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
_TOUCH_EVERY = timedelta(minutes=5)
_KEY_LENGTH = 43


class SessionStore(Protocol):
    """Where sessions are kept; `digest` is the SHA-256 of the cookie's value, in hex."""

    async def load(self, digest: str) -> Mapping[str, Any] | None:
        """Return the data (JSON) of a session that has not expired, or None."""

    async def create(self, digest: str, data: Mapping[str, Any], *, account: str | None, expires_at: datetime) -> None:
        """Insert a session; `account` lets all sessions of an account be ended."""

    async def change(
        self, digest: str, changed: Mapping[str, Any], removed: Collection[str], *, expires_at: datetime
    ) -> None:
        """Write what a request changed and no other name, since others may have written those meanwhile.

        A session that was deleted meanwhile stays deleted.
        """

    async def delete(self, digest: str) -> None:
        """Forget a session; one that does not exist is no error."""


class MemorySessions:
    """Sessions in this process's memory."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[Mapping[str, Any], str | None, datetime]] = {}

    async def load(self, digest: str) -> Mapping[str, Any] | None:
        """Return the data of a session that has not expired, or None."""
        row = self.rows.get(digest)
        return row[0] if row is not None and row[2] > datetime.now(UTC) else None

    async def create(self, digest: str, data: Mapping[str, Any], *, account: str | None, expires_at: datetime) -> None:
        """Insert a session."""
        self.rows[digest] = (dict(data), account, expires_at)

    async def change(
        self, digest: str, changed: Mapping[str, Any], removed: Collection[str], *, expires_at: datetime
    ) -> None:
        """Write what a request changed of a session that still exists."""
        if digest in self.rows:
            data, account, _ = self.rows[digest]
            kept = {name: value for name, value in data.items() if name not in removed}
            self.rows[digest] = ({**kept, **changed}, account, expires_at)

    async def delete(self, digest: str) -> None:
        """Forget a session."""
        self.rows.pop(digest, None)


@dataclass(frozen=True, slots=True)
class Flash:
    """A message shown once, on the next page; `kind` is "success" or "notice"."""

    kind: str
    text: str


class Session:
    """What the server remembers about one browser. Values are JSON."""

    def __init__(self, key: str, data: Mapping[str, Any], *, stored: bool) -> None:
        self.key = key
        self.stored = stored
        self.changed = False
        self.ended: list[str] = []
        self._data = dict(data)
        self._touched: set[str] = set()

    def __repr__(self) -> str:
        return f"Session({digest_of(self.key)[:8]}, signed_in={self.account is not None}, changed={self.changed})"

    @classmethod
    def new(cls) -> Session:
        """Return an empty session, which is stored only when something is put into it."""
        return cls(secrets.token_urlsafe(32), {}, stored=False)

    @property
    def account(self) -> str | None:
        """The account that is signed in, or None."""
        return self._data.get("account")

    @property
    def csrf(self) -> str:
        """The token that every form of this session carries."""
        token: str | None = self._data.get("csrf")
        if token is None:
            token = secrets.token_urlsafe(32)
            self["csrf"] = token
        return token

    @property
    def data(self) -> Mapping[str, Any]:
        """All that is remembered."""
        return self._data

    @property
    def written(self) -> Mapping[str, Any]:
        """What this request put into the session."""
        return {name: self._data[name] for name in self._touched if name in self._data}

    @property
    def forgotten(self) -> frozenset[str]:
        """The names that this request took out of the session."""
        return frozenset(self._touched - self._data.keys())

    def get(self, name: str, default: Any = None) -> Any:
        """Return a remembered value."""
        return self._data.get(name, default)

    def __getitem__(self, name: str) -> Any:
        return self._data[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._data[name] = value
        self._touched.add(name)
        self.changed = True

    def __contains__(self, name: object) -> bool:
        return name in self._data

    def pop(self, name: str, default: Any = None) -> Any:
        """Return a remembered value and forget it."""
        if name not in self._data:
            return default
        self._touched.add(name)
        self.changed = True
        return self._data.pop(name)

    def sign_in(self, account: str, **values: Any) -> None:
        """Begin a session of `account` under a new key, so that a key known before is worth nothing after."""
        self._begin_anew({"account": account, "began": datetime.now(UTC).isoformat(), **values})

    def sign_out(self) -> None:
        """Forget everything, under a new key."""
        self._begin_anew({})

    def flash(self, text: Text | str, kind: str = "success") -> None:
        """Show `text` on the next page, in the language of that page if it is a `Text`."""
        value = asdict(text) if isinstance(text, Text) else text
        self["flash"] = [*self.get("flash", []), {"kind": kind, "text": value}][-5:]

    def take_flashes(self) -> list[Flash]:
        """Return the messages for this page and forget them."""
        flashes = self.pop("flash", [])
        return [Flash(one["kind"], _in_language(one["text"])) for one in flashes]

    def expires_at(self, now: datetime) -> datetime:
        """Half an hour after the last use, twelve hours after the sign-in at the latest."""
        began = self._data.get("began")
        latest = datetime.fromisoformat(began) + LONGEST if began else now + LONGEST
        return min(now + IDLE, latest)

    def _begin_anew(self, data: dict[str, Any]) -> None:
        if self.stored:
            self.ended.append(self.key)
        kept = self._data.get("flash")
        self._data = data | ({"flash": kept} if kept else {})
        self.key = secrets.token_urlsafe(32)
        self.stored = False
        self.changed = True


_SESSION = web.RequestKey("session", Session)


def _in_language(text: str | Mapping[str, str]) -> str:
    return text if isinstance(text, str) else text[language().value]


def digest_of(key: str) -> str:
    """Return what the store knows a session by."""
    return hashlib.sha256(key.encode()).hexdigest()


def session_of(request: web.Request) -> Session:
    """Return the session of the request's browser; it may be new and empty."""
    if _SESSION not in request:
        request[_SESSION] = Session.new()
    return request[_SESSION]


class Sessions:
    """Reads the session before the handler and stores after it what the handler changed."""

    def __init__(self, store: SessionStore, *, cookie: str, secure: bool) -> None:
        self._store = store
        self._secure = secure
        self.cookie = f"__Host-{cookie}" if secure else cookie

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Give the handler a session and send the cookie when it has begun or has another key."""
        session = await self._load(request)
        request[_SESSION] = session
        response = await handler(request)
        await self._store_session(session, response)
        return response

    async def _load(self, request: web.Request) -> Session:
        key = request.cookies.get(self.cookie, "")
        if len(key) != _KEY_LENGTH or not key.isascii():
            return Session.new()
        data = await self._store.load(digest_of(key))
        return Session(key, data, stored=True) if data is not None else Session.new()

    async def _store_session(self, session: Session, response: web.StreamResponse) -> None:
        now = datetime.now(UTC)
        for key in session.ended:
            await self._store.delete(digest_of(key))
        if session.stored and not session.changed and not _is_stale(session, now):
            return
        if not session.stored and not session.changed:
            return
        if not session.data:
            response.del_cookie(self.cookie, path="/", secure=self._secure, httponly=True, samesite="Lax")
            return
        seen = {"seen": now.isoformat()}
        expires_at = session.expires_at(now)
        digest = digest_of(session.key)
        if session.stored:
            await self._store.change(digest, {**session.written, **seen}, session.forgotten, expires_at=expires_at)
            return
        data = {**session.data, **seen}
        await self._store.create(digest, data, account=session.account, expires_at=expires_at)
        response.set_cookie(self.cookie, session.key, path="/", httponly=True, secure=self._secure, samesite="Lax")


def _is_stale(session: Session, now: datetime) -> bool:
    seen = session.get("seen")
    return seen is None or now - datetime.fromisoformat(seen) > _TOUCH_EVERY
