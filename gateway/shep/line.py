"""One SOAP exchange over HTTP: bounded in size and time, every failure mapped once (shep.md, section 1)."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp

from gateway.shep.errors import ShepErrorCode, TransportError, UnknownGatewayError
from gateway.shep.names import MAX_ENVELOPE_BYTES

HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""', "Accept-Encoding": "identity"}
_XML_TYPES = frozenset({"text/xml", "application/xml", "application/soap+xml"})
_LARGE_BYTES = 512 * 1024
"""From this size on a body is written in pieces, so that the loop stays free; a BytesIO aiohttp would copy."""
_PIECE_BYTES = 64 * 1024
_CONNECT_SECONDS = 10
"""A gateway that does not even take the connection in this time is out of reach; nothing was sent to it."""
_PASSING_STATUSES = frozenset({408, 425, 429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: XML by its content type, of a bounded size."""

    status: int
    body: bytes


async def post(
    http: aiohttp.ClientSession,
    url: str,
    envelope: bytes,
    *,
    seconds: float,
    max_bytes: int = MAX_ENVELOPE_BYTES,
) -> Reply:
    """Send an envelope and read the reply within `seconds`.

    Raises `TransportError` when there was no reply or a proxy's error page, `UnknownGatewayError` when the reply is
    too large or no XML.
    """
    try:
        async with http.post(
            url,
            data=_in_pieces(envelope) if len(envelope) > _LARGE_BYTES else envelope,
            headers={**HEADERS, "Content-Length": str(len(envelope))},
            timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=min(seconds, _CONNECT_SECONDS)),
            allow_redirects=False,
        ) as answer:
            return await _read(answer, max_bytes)
    except aiohttp.ConnectionTimeoutError as error:
        raise TransportError(ShepErrorCode.UNREACHABLE, url=url, reason=type(error).__name__) from error
    except TimeoutError as error:
        raise TransportError(ShepErrorCode.TIMED_OUT, url=url, seconds=seconds) from error
    except aiohttp.ClientConnectorError as error:
        raise TransportError(ShepErrorCode.UNREACHABLE, url=url, reason=type(error).__name__) from error
    except (aiohttp.ClientError, OSError) as error:
        raise TransportError(ShepErrorCode.CUT, url=url, reason=type(error).__name__) from error


async def _in_pieces(envelope: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(envelope), _PIECE_BYTES):
        yield envelope[start : start + _PIECE_BYTES]
        await asyncio.sleep(0)


async def _read(answer: aiohttp.ClientResponse, max_bytes: int) -> Reply:
    is_xml = answer.content_type in _XML_TYPES
    if not is_xml and (answer.status in _PASSING_STATUSES or answer.status >= 500):
        raise TransportError(ShepErrorCode.BAD_GATEWAY, status=answer.status, content_type=answer.content_type)
    if not is_xml:
        raise UnknownGatewayError(ShepErrorCode.NOT_SOAP, status=answer.status, content_type=answer.content_type)
    # What a BytesIO has gathered it gives away without a copy.
    body = io.BytesIO()
    async for piece in answer.content.iter_any():
        body.write(piece)
        if body.tell() > max_bytes:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_TOO_LARGE, limit=max_bytes)
    return Reply(answer.status, body.getvalue())
