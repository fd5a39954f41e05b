"""Bodies and errors at the edge: sizes bounded before anything is read, errors said in JSON."""

from __future__ import annotations

from typing import Any

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from simulators.edge import loads
from simulators.nca.errors import NcaError, NotJson, TooLarge

_log = structlog.get_logger(__name__)

_LONGEST_JSON = 32 * 1024


async def bounded_body(request: web.Request, limit: int) -> bytes:
    """Return the body; raises `TooLarge` beyond `limit` bytes without reading on."""
    if (request.content_length or 0) > limit:
        raise TooLarge(limit=limit)
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise TooLarge(limit=limit)
    return bytes(body)


async def json_object(request: web.Request) -> dict[str, Any]:
    """Return the JSON object of the body; raises `NotJson`, `TooLarge`.

    The content type must be application/json: a page of another origin cannot send that without being asked back.
    """
    if request.content_type != "application/json":
        raise NotJson(content_type=request.content_type[:100])
    body = await bounded_body(request, _LONGEST_JSON)
    try:
        value = loads(body)
    except ValueError as error:
        raise NotJson(reason=type(error).__name__) from error
    if not isinstance(value, dict):
        raise NotJson(reason="not an object")
    return value


@web.middleware
async def nca_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer errors of this room as JSON with their code."""
    try:
        return await handler(request)
    except NcaError as error:
        _log.info("nca-refused", path=request.path, code=error.code)
        return web.json_response({"error": error.to_json()}, status=error.http_status)
