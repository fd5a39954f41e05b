"""A strict reader of DER that slices the bytes it was given and never encodes them anew.

What was signed is hashed as it came. Definite lengths and single-byte tags only (X.690 section 10).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
ENUMERATED, UTC_TIME, GENERALIZED_TIME, SEQUENCE, SET = 0x0A, 0x17, 0x18, 0x30, 0x31

_TEXT_ENCODINGS = {
    0x0C: "utf-8",
    0x12: "ascii",
    0x13: "latin-1",
    0x14: "latin-1",
    0x16: "latin-1",
    0x1A: "latin-1",
    0x1C: "utf-32-be",
    0x1E: "utf-16-be",
}


_TIMES = {
    UTC_TIME: re.compile(rb"([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z"),
    GENERALIZED_TIME: re.compile(rb"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})(?:\.([0-9]{1,6}))?Z"),
}


class DerError(ValueError):
    """The bytes are not the DER that was expected; translated at the edge of each reader."""


def header(data: bytes, start: int, limit: int) -> tuple[int, int, int]:
    """Return tag, start of the content and end of the element at `start`, none of it beyond `limit`."""
    if start + 2 > limit:
        raise DerError("cut short")
    tag, length = data[start], data[start + 1]
    if tag & 0x1F == 0x1F:
        raise DerError("multi-byte tag")
    body = start + 2
    if length & 0x80:
        size = length & 0x7F
        if not 0 < size <= 4 or body + size > limit:
            raise DerError("bad length")
        length = int.from_bytes(data[body : body + size], "big")
        if length < 0x80 or not data[body]:
            raise DerError("length is not in the fewest bytes")
        body += size
    end = body + length
    if end > limit:
        raise DerError("cut short")
    return tag, body, end


@dataclass(slots=True)
class Der:
    """One element inside `source`; nothing is copied until it is asked for.

    Not frozen, though nobody changes it: a certificate is a hundred of these, and frozen ones take four times as long.
    """

    source: bytes
    start: int
    body: int
    end: int
    tag: int

    @classmethod
    def read(cls, data: bytes) -> Der:
        """Read bytes that are exactly one element."""
        tag, body, end = header(data, 0, len(data))
        if end != len(data):
            raise DerError("bytes after the end")
        return cls(data, 0, body, end, tag)

    @property
    def raw(self) -> bytes:
        """The element with its tag and length."""
        return self.source[self.start : self.end]

    @property
    def content(self) -> bytes:
        """The element without its tag and length."""
        return self.source[self.body : self.end]

    def __iter__(self) -> Iterator[Der]:
        position = self.body
        while position < self.end:
            tag, body, end = header(self.source, position, self.end)
            yield Der(self.source, position, body, end, tag)
            position = end

    def children(self, tag: int = SEQUENCE) -> list[Der]:
        """Return the elements inside an element of `tag`."""
        return list(self.expect(tag))

    def expect(self, tag: int) -> Der:
        """Return the element itself when its tag is `tag`."""
        if self.tag != tag:
            raise DerError(f"tag {self.tag:#x} where {tag:#x} was expected")
        return self

    def inner(self) -> Der:
        """Return the one element inside an explicit tag or an octet string."""
        found = list(self)
        if len(found) != 1:
            raise DerError("exactly one element was expected")
        return found[0]

    def oid(self) -> str:
        """Read an OBJECT IDENTIFIER in dotted form."""
        return _dotted(self.expect(OID).content)

    def integer(self) -> int:
        """Read an INTEGER; the real ones may be negative."""
        content = self.expect(INTEGER).content
        if not content:
            raise DerError("empty integer")
        return int.from_bytes(content, "big", signed=True)

    def boolean(self) -> bool:
        """Read a BOOLEAN."""
        content = self.expect(BOOLEAN).content
        if len(content) != 1:
            raise DerError("bad boolean")
        return content != b"\x00"

    def bits(self) -> bytes:
        """Read a BIT STRING of whole bytes, as keys and signatures are."""
        content = self.expect(BIT_STRING).content
        if not content or content[0] != 0:
            raise DerError("bit string of odd bits")
        return content[1:]

    def text(self) -> str:
        """Read any of the string types."""
        encoding = _TEXT_ENCODINGS.get(self.tag)
        if encoding is None:
            raise DerError(f"tag {self.tag:#x} is no string")
        try:
            return self.content.decode(encoding)
        except UnicodeDecodeError as error:
            raise DerError("string in a wrong encoding") from error

    def time(self) -> datetime:
        """Read a UTCTime or GeneralizedTime in UTC (RFC 5280 section 4.1.2.5)."""
        return moment(self.tag, self.content)


def moment(tag: int, content: bytes) -> datetime:
    """Return the moment that a UTCTime or GeneralizedTime holds."""
    form = _TIMES.get(tag)
    if form is None:
        raise DerError(f"tag {tag:#x} is no time")
    found = form.fullmatch(content)
    if found is None:
        raise DerError("bad time")
    year, month, day, hour, minute, second = map(int, found.group(1, 2, 3, 4, 5, 6))
    if tag == UTC_TIME:
        year += 1900 if year >= 50 else 2000
    fraction = found[7] if tag == GENERALIZED_TIME else None
    try:
        return datetime(year, month, day, hour, minute, second, int((fraction or b"").ljust(6, b"0")), UTC)
    except ValueError as error:
        raise DerError("bad time") from error


@lru_cache(maxsize=1024)
def _dotted(content: bytes) -> str:
    if not content or len(content) > 64 or content[-1] & 0x80:
        raise DerError("bad object identifier")
    arcs: list[int] = []
    value = 0
    for byte in content:
        if not value and byte == 0x80:
            raise DerError("number of an object identifier is not in the fewest bytes")
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def encode(tag: int, *parts: bytes) -> bytes:
    """Write an element of `tag` around its parts."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def encode_integer(value: int) -> bytes:
    """Write an INTEGER."""
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def encode_oid(dotted: str) -> bytes:
    """Write an OBJECT IDENTIFIER."""
    first, second, *rest = map(int, dotted.split("."))
    content = bytearray()
    for arc in (first * 40 + second, *rest):
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.append(arc & 0x7F | 0x80)
        content.extend(reversed(digits))
    return encode(OID, bytes(content))
