"""What the HTTP doors of the simulators do alike: whom they listen to, how they read JSON, how they say errors.

Their only guard is that they listen on loopback, and any page of the web can reach a loopback socket: so a Host that is
no name of this machine is refused (a foreign name rebound to 127.0.0.1), and what changes something takes
application/json only, which a foreign page cannot send without being asked back.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from http import HTTPStatus
from typing import Any, NoReturn

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from gateway.strict_json import once_each

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
FURTHER_HOSTS = web.AppKey("further-hosts", frozenset)
"""Other names that an application answers to; for one that changes nothing without a signature."""
BODY_SECONDS = 60
"""How long a body may take to come in."""
_NO_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_NO_STORE = re.compile("[\x00\ud800-\udfff]")
_log = structlog.get_logger(__name__)


class EdgeRefused(Exception):
    """A request is refused before its handler has read it; `code` is stable."""

    def __init__(self, status: HTTPStatus, code: str, reason: str) -> None:
        self.status = status
        self.code = code
        self.reason = reason
        super().__init__(f"{code}: {reason}")


def host_is_loopback(request: web.Request) -> bool:
    """Whether the Host header names this machine, or is one of the application's further names."""
    name, _, port = request.host.rpartition(":")
    known = LOOPBACK_NAMES | request.config_dict.get(FURTHER_HOSTS, frozenset[str]())
    return (name if port.isdigit() else request.host).lower() in known


@web.middleware
async def edge(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse foreign names and addresses that no text column holds; say every failure as JSON."""
    try:
        _check_address(request)
        return await handler(request)
    except EdgeRefused as error:
        return _said(error.status, error.code, error.reason)
    except web.HTTPClientError as answer:
        kind = HTTPStatus(answer.status)
        headers = {"Allow": answer.headers[hdrs.ALLOW]} if hdrs.ALLOW in answer.headers else {}
        return _said(kind, kind.phrase.lower().replace(" ", "-"), answer.text or kind.description, headers)
    except web.HTTPException:
        raise
    except Exception as error:  # noqa: BLE001 - the last line of defence: logged, and said without its inside
        _log.exception("simulator-failed", method=request.method)
        return _said(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", type(error).__name__)


def _check_address(request: web.Request) -> None:
    if not host_is_loopback(request):
        raise EdgeRefused(HTTPStatus.MISDIRECTED_REQUEST, "not-this-host", "the Host is no name of this machine")
    if _NO_TEXT.search(request.path) or _NO_TEXT.search(request.query_string):
        raise EdgeRefused(HTTPStatus.BAD_REQUEST, "wrong-address", "control characters in the address")


async def read_json(request: web.Request, *, limit: int) -> Any:
    """Return the JSON of the body; raises `EdgeRefused` for another type, over `limit` bytes, late, or no JSON."""
    if request.content_type != "application/json":
        raise EdgeRefused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not-json", "the content type must be application/json")
    if request.content_length is not None and request.content_length > limit:
        raise EdgeRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", f"at most {limit} bytes")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > limit:
                    raise EdgeRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", f"at most {limit} bytes")
    except TimeoutError:
        raise EdgeRefused(HTTPStatus.REQUEST_TIMEOUT, "too-slow", f"within {BODY_SECONDS} seconds") from None
    except (web.RequestPayloadError, ConnectionError):
        raise EdgeRefused(HTTPStatus.BAD_REQUEST, "broken-off", "the body breaks off, or its chunks are none") from None
    try:
        return loads(bytes(body))
    except ValueError as error:
        raise EdgeRefused(HTTPStatus.BAD_REQUEST, "not-json", str(error)[:200]) from error


def loads(body: bytes) -> Any:
    """Read JSON on which two readers cannot disagree; raises `ValueError`.

    Refused beside what is no JSON: other encodings than UTF-8, a member that stands twice, numbers that are none
    (NaN, 1e999), strings that no database keeps (NUL, half of a surrogate pair), more depth than a reader has.
    """
    try:
        read = json.loads(
            body.decode("utf-8"), object_pairs_hook=once_each, parse_constant=_no_number, parse_float=_finite
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None
    _check_strings(read)
    return read


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]} is too large")
    return value


def _check_strings(read: Any) -> None:
    waiting = [read]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str) and _NO_STORE.search(one):
            raise ValueError("a string with NUL or half of a surrogate pair")


def _said(status: HTTPStatus, code: str, reason: str, headers: dict[str, str] | None = None) -> web.Response:
    body = {"error": {"code": code, "message": reason[:300]}}
    return web.json_response(body, status=status, headers={"X-Content-Type-Options": "nosniff", **(headers or {})})
