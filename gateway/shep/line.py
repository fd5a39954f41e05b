"""One SOAP exchange over HTTP: bounded in size and time, every failure mapped once (shep.md, section 1)."""

from __future__ import annotations

import io
from dataclasses import dataclass

import aiohttp

from gateway.shep.errors import ShepErrorCode, TransportError, UnknownGatewayError
from gateway.shep.names import MAX_ENVELOPE_BYTES

HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""', "Accept-Encoding": "identity"}
_XML_TYPES = frozenset({"text/xml", "application/xml", "application/soap+xml"})
_LARGE_BYTES = 512 * 1024
"""From this size on aiohttp writes a body in pieces, so that the loop stays free."""
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
            data=io.BytesIO(envelope) if len(envelope) > _LARGE_BYTES else envelope,
            headers=HEADERS,
            timeout=aiohttp.ClientTimeout(total=seconds),
            allow_redirects=False,
        ) as answer:
            return await _read(answer, max_bytes)
    except TimeoutError as error:
        raise TransportError(ShepErrorCode.TIMED_OUT, url=url, seconds=seconds) from error
    except aiohttp.ClientConnectorError as error:
        raise TransportError(ShepErrorCode.UNREACHABLE, url=url, reason=type(error).__name__) from error
    except (aiohttp.ClientError, OSError) as error:
        raise TransportError(ShepErrorCode.CUT, url=url, reason=type(error).__name__) from error


async def _read(answer: aiohttp.ClientResponse, max_bytes: int) -> Reply:
    is_xml = answer.content_type in _XML_TYPES
    if not is_xml and (answer.status in _PASSING_STATUSES or answer.status >= 500):
        raise TransportError(ShepErrorCode.BAD_GATEWAY, status=answer.status, content_type=answer.content_type)
    if not is_xml:
        raise UnknownGatewayError(ShepErrorCode.NOT_SOAP, status=answer.status, content_type=answer.content_type)
    body = bytearray()
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > max_bytes:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_TOO_LARGE, limit=max_bytes)
    return Reply(answer.status, bytes(body))
