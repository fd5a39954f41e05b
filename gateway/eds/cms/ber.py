"""BER brought to definite lengths: streaming writers (Java's, OpenSSL's `-stream`) leave the outer lengths open.

What has a definite length is copied as it is, so certificates and signed attributes stay the bytes that were signed.
"""

from __future__ import annotations

from gateway.eds.der import OCTET_STRING, Der, DerError, encode, header

_CONSTRUCTED_OCTETS, _INDEFINITE = 0x24, 0x80
_END = b"\x00\x00"
_MAX_DEPTH, _MAX_ELEMENTS = 16, 100_000


def definite(data: bytes) -> bytes:
    """Return `data` with definite lengths (X.690 section 8.1.3.6); raises `DerError`."""
    if len(data) < 2 or data[1] != _INDEFINITE:
        return data
    written, end = _Transcoder(data).element(0, _MAX_DEPTH)
    if end != len(data):
        raise DerError("bytes after the end")
    return written


class _Transcoder:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._elements = 0

    def element(self, start: int, depth: int) -> tuple[bytes, int]:
        """Return the element at `start` in definite form, and where the next one begins."""
        self._elements += 1
        if depth == 0 or self._elements > _MAX_ELEMENTS:
            raise DerError("too deep or too many elements")
        data = self._data
        if start + 2 > len(data):
            raise DerError("cut short")
        tag = data[start]
        if data[start + 1] != _INDEFINITE:
            _, body, end = header(data, start, len(data))
            if tag != _CONSTRUCTED_OCTETS:
                return data[start:end], end
            parts = self._until(body, end, depth)
        else:
            if not tag & 0x20 or tag & 0x1F == 0x1F:
                raise DerError("open length of a primitive element")
            parts, end = self._open(start + 2, depth)
        return (self._joined(parts) if tag == _CONSTRUCTED_OCTETS else encode(tag, *parts)), end

    def _open(self, position: int, depth: int) -> tuple[list[bytes], int]:
        parts: list[bytes] = []
        while self._data[position : position + 2] != _END:
            part, position = self.element(position, depth - 1)
            parts.append(part)
        return parts, position + 2

    def _until(self, position: int, end: int, depth: int) -> list[bytes]:
        parts: list[bytes] = []
        while position < end:
            part, position = self.element(position, depth - 1)
            parts.append(part)
        if position != end:
            raise DerError("an element beyond its parent")
        return parts

    def _joined(self, parts: list[bytes]) -> bytes:
        contents: list[bytes] = []
        for part in parts:
            tag, body, _ = header(part, 0, len(part))
            if tag != OCTET_STRING:
                raise DerError("an octet string of other parts")
            contents.append(part[body:])
        return encode(OCTET_STRING, *contents)


def octets(element: Der) -> bytes:
    """Return the content of an OCTET STRING, also of one in several parts (X.690 section 8.7.3)."""
    if element.tag != _CONSTRUCTED_OCTETS:
        return element.expect(OCTET_STRING).content
    written, _ = _Transcoder(element.raw).element(0, _MAX_DEPTH)
    return Der.read(written).content
