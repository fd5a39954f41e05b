"""What every server half does with HTTP: read a body within bounds, answer in SOAP."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
from collections.abc import Iterator
from typing import Final

from aiohttp import hdrs, web

from gateway.shep.faults import FaultCode
from gateway.shep.names import MAX_ENVELOPE_BYTES, Operation

BODY_SECONDS: Final = 60
"""How long a body may take to come in."""
MOST_BYTES_AT_ONCE: Final = 16 * MAX_ENVELOPE_BYTES
"""What this process holds of bodies that are coming in or being worked on, all doors together."""
_XML_TYPES: Final = frozenset({"text/xml", "application/xml", "application/soap+xml", "application/octet-stream"})
# As in `gateway.eds.xml`: ASCII stands for itself. Latin-1 is what HTTP/1.1 once meant by silence.
_CHARSETS: Final = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "windows-1251", "cp1251", "iso-8859-1"})
_ACTION: Final = re.compile(r"(?:[^\s\"]*[/#:])?(\w+)")
_ACTIONS: Final = frozenset(each.local_name for each in Operation)
_SOAP_ACTION: Final = "SOAPAction"


class BodyRefused(Exception):
    """The HTTP body is not read to its end; the connection is not used again."""

    def __init__(self, reason: str, code: FaultCode = FaultCode.WRONG_FORMAT) -> None:
        self.reason = reason
        self.code = code
        super().__init__(reason)


class Room:
    """What one call's body takes of the bytes that are held, from its first byte to the end of the work on it."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self.taken = 0

    def take(self, size: int) -> int:
        """Take room for one piece more and return what the body has taken; raises `BodyRefused`."""
        self.taken += size
        self._bodies.bytes += size
        if self._bodies.bytes > self._bodies.most:
            raise BodyRefused("too many large messages at once", FaultCode.INTERNAL)
        return self.taken

    def give_back(self) -> None:
        """Make room for others."""
        self._bodies.bytes -= self.taken
        self.taken = 0


class Bodies:
    """How many bytes of bodies are held at once, and how many may be."""

    def __init__(self, most: int = MOST_BYTES_AT_ONCE) -> None:
        self.most = most
        self.bytes = 0

    @contextlib.contextmanager
    def room(self) -> Iterator[Room]:
        """Lend room until the work on a body is over and its answer is sealed."""
        room = Room(self)
        try:
            yield room
        finally:
            room.give_back()


BODIES: Final = Bodies()
"""Those of this process."""


async def read_body(request: web.Request, room: Room, *, max_bytes: int = MAX_ENVELOPE_BYTES) -> bytes:
    """Return the body; what it takes of the `room` is held until the room is left, unless it is refused.

    Raises `BodyRefused` for what is too large, too slow, broken off, packed, of another type than XML, or for another
    action than the channels have; with SCE909, which is worth repeating, while too much of other bodies is held.
    """
    _check_head(request, max_bytes)
    try:
        return await _whole_body(request, room, max_bytes)
    except BaseException:
        room.give_back()
        raise


async def _whole_body(request: web.Request, room: Room, max_bytes: int) -> bytes:
    body = io.BytesIO()  # gives its bytes away uncopied, and costs nothing for pieces of one byte
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.content.iter_any():
                if room.take(len(piece)) > max_bytes:
                    raise BodyRefused(f"more than {max_bytes} bytes")
                body.write(piece)
    except TimeoutError:
        raise BodyRefused(f"the body did not come within {BODY_SECONDS} seconds") from None
    except (web.RequestPayloadError, ConnectionError):
        raise BodyRefused("the body breaks off, or its chunks are none") from None
    return body.getvalue()


def soap_answer(envelope: bytes, *, fault: bool = False, close: bool = False) -> web.Response:
    """Return the HTTP answer: 200, or 500 for a fault (SOAP 1.1, section 6.2)."""
    answer = web.Response(body=envelope, status=500 if fault else 200, content_type="text/xml", charset="utf-8")
    if close:
        answer.force_close()
    return answer


def _check_head(request: web.Request, max_bytes: int) -> None:
    """Refuse, before a byte of the body is read, what no body could make right."""
    kind = request.content_type
    if kind.startswith("multipart/"):
        raise BodyRefused("content type multipart: attachments are not offered, text/xml is expected")
    if kind not in _XML_TYPES:
        raise BodyRefused(f"content type {kind[:80]!a} instead of text/xml")
    charset = request.charset
    if charset is not None and charset.lower() not in _CHARSETS:
        raise BodyRefused(f"charset {charset[:40]!a} instead of utf-8")
    if any(one.lower() != "identity" for one in request.headers.getall(hdrs.CONTENT_ENCODING, [])):
        raise BodyRefused("packed bodies are not accepted")
    _check_action(request)
    if request.content_length is not None and request.content_length > max_bytes:
        raise BodyRefused(f"{request.content_length} bytes, the limit is {max_bytes}")


def _check_action(request: web.Request) -> None:
    """Refuse an action that is none of the channels'.

    The WSDL gives an empty one. Clients in the wild send none, or one that ends in the operation's name, as PHP's
    SoapClient makes it of namespace and name. Nothing is dispatched by it: the element in the Body decides.
    """
    for header in request.headers.getall(_SOAP_ACTION, []):
        action = header.strip().strip('"').strip()
        named = _ACTION.fullmatch(action) if len(action) <= 200 else None
        if action and (named is None or named[1] not in _ACTIONS):
            raise BodyRefused(f"SOAPAction {action[:80]!a} is none of this service: an empty one is expected")
