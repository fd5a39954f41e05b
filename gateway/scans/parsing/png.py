"""PNG: the compressed pixels as they are, with what their colour and size need, and nothing else (ISO/IEC 15948)."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from PIL import Image

from gateway.scans.parsing.pictures import Resolution, check_size, on_white, profile, resolution
from gateway.scans.parsing.refusal import unreadable

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS: Final = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
_PALETTE, _PIECE = 3, 1 << 20
_SMALL: Final = {b"gAMA": 4, b"cHRM": 32, b"sRGB": 1}
_MOST_CHUNKS = 100_000
_LEVEL = 3
"""Of zlib: the usual one takes a second for a page in colour, for a few per cent."""


@dataclass(slots=True)
class Png:
    """A PNG without transparency or interlace."""

    width: int
    height: int
    depth: int
    colour: int
    """0 grey, 2 RGB, 3 palette."""
    data: bytes
    """The one zlib stream of all pixels, each row with its filter."""
    palette: bytes = b""
    dots: Resolution | None = None
    icc: bytes | None = None
    small: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def content(self) -> bytes:
        """The file."""
        head = struct.pack(">IIBBBBB", self.width, self.height, self.depth, self.colour, 0, 0, 0)
        chunks = [(b"IHDR", head), *self.small]
        if self.icc is not None:
            chunks.append((b"iCCP", b"icc\0\0" + zlib.compress(self.icc)))
        if self.colour == _PALETTE:
            chunks.append((b"PLTE", self.palette))
        if self.dots is not None:
            chunks.append((b"pHYs", struct.pack(">IIB", *(round(one / 0.0254) for one in self._both()), 1)))
        chunks += [(b"IDAT", self.data), (b"IEND", b"")]
        return SIGNATURE + b"".join(map(_chunk, chunks))

    def _both(self) -> tuple[float, float]:
        assert self.dots is not None
        return self.dots.x, self.dots.y


def read_png(content: bytes) -> Png:
    """Return the PNG; refuses what is damaged or cut off. What is transparent is laid on white."""
    head, chunks, data = _chunks(content)
    width, height, depth, colour, method, filters, interlace = struct.unpack(">IIBBBBB", head)
    check_size(width, height)
    if depth not in _DEPTHS.get(colour, ()) or method or filters or interlace > 1:
        raise unreadable("png header")
    dots, icc = _dots(chunks.get(b"pHYs")), _icc(chunks.get(b"iCCP"), 1 if colour in {0, 4} else 3)
    if interlace or colour in {4, 6} or b"tRNS" in chunks:
        return _redrawn(content, dots, icc)
    palette = chunks.get(b"PLTE", b"") if colour == _PALETTE else b""
    if colour == _PALETTE and (not 0 < len(palette) <= 3 << depth or len(palette) % 3):
        raise unreadable("png palette")
    row = (width * depth * _CHANNELS[colour] + 7) // 8 + 1
    small = tuple((name, chunks[name]) for name, size in _SMALL.items() if len(chunks.get(name, b"")) == size)
    return Png(width, height, depth, colour, _whole(data, row, height), palette, dots, icc, small)


def drawn(picture: Image.Image, dots: Resolution | None, icc: bytes | None) -> Png:
    """Return a picture of mode 1, L, P, RGB or I;16 as a PNG, without loss."""
    if picture.mode == "1":
        return _black_and_white(picture, dots, icc)
    stream = io.BytesIO()
    bare = picture.copy()
    bare.info.clear()
    bare.save(stream, "PNG", compress_level=_LEVEL)
    png = read_png(stream.getvalue())
    png.dots, png.icc = dots, icc
    return png


def _black_and_white(picture: Image.Image, dots: Resolution | None, icc: bytes | None) -> Png:
    """Pack rows of bits as they are, which zlib does well: trying filters on them takes four times as long."""
    width, height = picture.size
    bits, row = picture.tobytes(), (width + 7) // 8
    rows = b"".join(b"\0" + bits[place : place + row] for place in range(0, len(bits), row))
    return Png(width, height, 1, 0, zlib.compress(rows, 6), dots=dots, icc=icc)


def _redrawn(content: bytes, dots: Resolution | None, icc: bytes | None) -> Png:
    with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
        picture.load()
        clear = picture.mode in {"LA", "RGBA", "PA"} or "transparency" in picture.info
        return drawn(on_white(picture) if clear else picture, dots, icc)


def _chunks(content: bytes) -> tuple[bytes, dict[bytes, bytes], bytes]:
    head = b""
    found: dict[bytes, bytes] = {}
    data: list[bytes] = []
    place = len(SIGNATURE)
    for number in range(_MOST_CHUNKS):
        length = int.from_bytes(content[place : place + 4], "big")
        name, body = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        sum_ = content[place + 8 + length : place + 12 + length]
        if len(sum_) < 4 or zlib.crc32(body, zlib.crc32(name)) != int.from_bytes(sum_, "big"):
            raise unreadable("png cut off")
        if (number == 0) is not (name == b"IHDR" and length == 13):
            raise unreadable("png header")
        if name == b"IEND":
            return head, found, b"".join(data)
        if name == b"IHDR":
            head = body
        elif name == b"IDAT":
            data.append(body)
        else:
            found.setdefault(name, body)
        place += 12 + length
    raise unreadable("png chunks without end")


def _whole(data: bytes, row: int, height: int) -> bytes:
    """Return the stream without what follows it, when it holds exactly these rows with known filters."""
    opened = zlib.decompressobj()
    held, seen, waiting = bytearray(), 0, data
    try:
        while not opened.eof:
            piece = opened.decompress(waiting, _PIECE)
            waiting = opened.unconsumed_tail
            if not piece and not waiting and not opened.eof:
                raise unreadable("png cut off")
            held += piece
            full = len(held) // row
            if max(held[: full * row : row], default=0) > 4:  # the last filter, Paeth
                raise unreadable("png filter")
            del held[: full * row]
            seen += full
            if seen > height:
                raise unreadable("png too long")
    except zlib.error:
        raise unreadable("png data") from None
    if seen != height or held:
        raise unreadable("png too short")
    return data[: len(data) - len(opened.unused_data)]


def _dots(body: bytes | None) -> Resolution | None:
    if body is None or len(body) != 9 or body[8] != 1:
        return None
    across, down = struct.unpack(">II", body[:8])
    return resolution(across * 0.0254, down * 0.0254)


def _icc(body: bytes | None, channels: int) -> bytes | None:
    if body is None or b"\0\0" not in body[1:81]:
        return None
    opened = zlib.decompressobj()
    try:
        content = opened.decompress(body[body.index(b"\0", 1) + 2 :], 1_000_001)
    except zlib.error:
        return None
    return profile(content, channels)


def _chunk(chunk: tuple[bytes, bytes]) -> bytes:
    name, body = chunk
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(name)))
