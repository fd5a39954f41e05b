"""What every server half does with HTTP: read a body within bounds, answer in SOAP."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from gateway.shep.names import MAX_ENVELOPE_BYTES

BODY_SECONDS: Final = 60
"""How long a body may take to come in."""
_XML_TYPES: Final = frozenset({"text/xml", "application/xml", "application/soap+xml", "application/octet-stream"})


class BodyRefused(Exception):
    """The HTTP body is not read to its end; the connection is not used again."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


async def read_body(request: web.Request, *, max_bytes: int = MAX_ENVELOPE_BYTES) -> bytes:
    """Return the body; raises `BodyRefused` for what is too large, too slow, packed, or of another type than XML."""
    if request.content_type not in _XML_TYPES:
        raise BodyRefused(f"content type {request.content_type} instead of text/xml")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise BodyRefused("packed bodies are not accepted")
    if request.content_length is not None and request.content_length > max_bytes:
        raise BodyRefused(f"{request.content_length} bytes, the limit is {max_bytes}")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.content.iter_any():
                body += piece
                if len(body) > max_bytes:
                    raise BodyRefused(f"more than {max_bytes} bytes")
    except TimeoutError:
        raise BodyRefused(f"the body did not come within {BODY_SECONDS} seconds") from None
    return bytes(body)


def soap_answer(envelope: bytes, *, fault: bool = False, close: bool = False) -> web.Response:
    """Return the HTTP answer: 200, or 500 for a fault (SOAP 1.1, section 6.2)."""
    answer = web.Response(body=envelope, status=500 if fault else 200, content_type="text/xml", charset="utf-8")
    if close:
        answer.force_close()
    return answer
