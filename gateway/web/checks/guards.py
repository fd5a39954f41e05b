"""What stands before every handler: who may ask from where, how much at once, and one form for every refusal."""

from __future__ import annotations

import asyncio
import contextlib
import json
import traceback
from collections.abc import AsyncIterator, Iterable, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

import structlog
from aiohttp import hdrs, web

from gateway.web.checks.refusals import CheckRefused
from gateway.web.refusals import PageError
from gateway.web.sessions import Handler

_log = structlog.get_logger("gateway.web.checks")
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_ANY = "*"


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every failure as `{status, message, details?}`."""
    try:
        return await handler(request)
    except CheckRefused as refusal:
        return _answer(refusal)
    except PageError as error:
        return _answer(CheckRefused(error.title.en, status=error.status, details=error.what.en))
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        response = _answer(CheckRefused(answer.reason, status=answer.status))
        if "Allow" in answer.headers:
            response.headers["Allow"] = answer.headers["Allow"]
        return response
    except Exception as error:  # noqa: BLE001 - the last line of defence
        # Where it happened, and no values: the message or the locals may hold a key or its password.
        _log.error("handler-failed", error=type(error).__name__, where=traceback.format_tb(error.__traceback__))
        return _answer(CheckRefused("Internal error", status=500))


def _answer(refusal: CheckRefused) -> web.Response:
    _log.info("refused", status=refusal.status, code=str(refusal.code or ""))
    response = in_json(refusal.to_json(), status=refusal.status)
    if refusal.status == 503:
        response.headers["Retry-After"] = "1"
    return response


def in_json(body: Mapping[str, object], *, status: int = 200) -> web.Response:
    """Answer in JSON, its letters as they are; what no UTF-8 can hold was sent by the client, and becomes a "?"."""
    text = json.dumps(body, ensure_ascii=False, allow_nan=False)
    return web.Response(body=text.encode("utf-8", "replace"), status=status, content_type="application/json")


class HostGuard:
    """Refuses a Host that is not ours: behind a name of its own a page would be let in by the browser (rebinding)."""

    def __init__(self, bound_to: str, hosts: Iterable[str] = ()) -> None:
        named = frozenset(host.lower() for host in hosts)
        self._allowed = named | _LOOPBACK_NAMES if named or is_loopback(bound_to) else None

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a request to one of our names pass."""
        if self._allowed is not None and _host_of(request) not in self._allowed:
            raise CheckRefused("This host is not served here", status=403)
        return await handler(request)


class OriginGuard:
    """Refuses pages of other origins, and answers those that the operator names in the way of CORS."""

    def __init__(self, origins: Iterable[str] = ()) -> None:
        self._origins = frozenset(origins)

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let programs and named origins pass."""
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is None:
            return await handler(request)
        if _ANY not in self._origins and origin not in self._origins:
            raise CheckRefused("Pages of this origin may not ask", status=403)
        preflight = request.method == hdrs.METH_OPTIONS and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
        response = web.Response(status=204) if preflight else await handler(request)
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = _ANY if _ANY in self._origins else origin
        response.headers[hdrs.VARY] = "Origin"
        if preflight:
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_METHODS] = "GET, POST"
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = "Content-Type"
            response.headers[hdrs.ACCESS_CONTROL_MAX_AGE] = "600"
        return response


class Admission:
    """Bounds the requests that are read or worked on: some work, some wait, the rest is told to come again."""

    def __init__(self, concurrency: int, *, waiting: int | None = None) -> None:
        self._work = asyncio.Semaphore(concurrency)
        self._most = concurrency + (concurrency if waiting is None else waiting)
        self._inside = 0

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse a request with a body when too many are here already."""
        if request.method != hdrs.METH_POST:
            return await handler(request)
        if self._inside >= self._most:
            raise CheckRefused("Too many requests at once", status=503)
        self._inside += 1
        try:
            return await handler(request)
        finally:
            self._inside -= 1

    @contextlib.asynccontextmanager
    async def work(self) -> AsyncIterator[None]:
        """Wait for a place to work in."""
        async with self._work:
            yield


async def security_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Say that nothing here is a page, and nothing is to be kept."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
    response.headers.pop(hdrs.SERVER, None)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches the address."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _host_of(request: web.Request) -> str:
    try:
        return (urlsplit(f"//{request.headers.get(hdrs.HOST, '')}").hostname or "").lower()
    except ValueError:
        return ""
