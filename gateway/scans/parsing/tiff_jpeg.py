"""A JPEG that lies in a TIFF, in one strip or in many, as one JPEG with the very same coefficients.

Each strip is a JPEG of its own over shared tables (TIFF Technical Note 2); laid one after another with restart
markers between them they are one (ITU-T T.81, E.1.4): the predictions begin anew at a restart as they do at a strip.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageChops, ImageOps, TiffImagePlugin

from gateway.scans.parsing.jpeg import Jpeg, read_jpeg
from gateway.scans.parsing.refusal import Refused

_WIDTH, _HEIGHT, _PHOTOMETRIC, _OFFSETS, _ROWS, _COUNTS = 256, 257, 262, 273, 278, 279
_PLANAR, _FILL, _TABLES, _TILES = 284, 266, 347, 322
_GREY, _RGB, _YCBCR = 1, 2, 6
_ADOBE_RGB = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"
_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_MOST_UNITS = 65_535
_DIFFERENCE = 48
"""Of 255, at an eighth of the size: colour is smoothed over the edges of strips by one decoder and not by the other."""


@dataclass(frozen=True, slots=True)
class _Strip:
    tables: tuple[bytes, ...]
    frame: bytes
    scan: bytes
    data: bytes


def held_jpeg(content: bytes, tags: TiffImagePlugin.ImageFileDirectory_v2) -> Jpeg | None:
    """Return the page's JPEG, or None when it cannot be had without decoding; refuses nothing."""
    try:
        made = _joined(content, tags)
        if made is None:
            return None
        return read_jpeg(made)
    except (Refused, OSError, ValueError, SyntaxError, KeyError, IndexError, TypeError, struct.error):
        return None


def looks_like(jpeg: Jpeg, decoded: Image.Image) -> bool:
    """Compare with what another decoder makes of the page, both upright and at an eighth of the size."""
    decoded.load()
    mode = "L" if jpeg.channels == 1 else "RGB"
    try:
        with Image.open(io.BytesIO(jpeg.content), formats=["JPEG"]) as own:
            own.draft(None, (max(1, jpeg.width // 8), max(1, jpeg.height // 8)))
            ImageOps.exif_transpose(own, in_place=True)
            small = decoded.reduce(8)
            if jpeg.shown != decoded.size or own.size != small.size:
                return False
            difference = ImageChops.difference(own.convert(mode), small.convert(mode))
    except (OSError, ValueError):
        return False
    return max(high for _, high in _extremes(difference)) <= _DIFFERENCE


def _extremes(picture: Image.Image) -> list[tuple[int, int]]:
    return [band.getextrema() for band in picture.split()]  # type: ignore[misc]


def _joined(content: bytes, tags: Any) -> bytes | None:
    photometric, width, height = tags.get(_PHOTOMETRIC), tags[_WIDTH], tags[_HEIGHT]
    if photometric not in {_GREY, _RGB, _YCBCR} or _TILES in tags or tags.get(_PLANAR, 1) != 1:
        return None
    if tags.get(_FILL, 1) != 1:
        return None
    tables = _tables(tags.get(_TABLES))
    places = list(zip(tags[_OFFSETS], tags[_COUNTS], strict=True))
    strips = [_strip(content[start : start + size]) for start, size in places]
    if any(strip is None for strip in strips):
        return None
    first, *others = (strip for strip in strips if strip is not None)
    restarts = b""
    if others:
        rows = tags[_ROWS]
        units = _units(first.frame, width, height, rows, len(strips))
        alike = all(one.tables == first.tables and one.scan == first.scan for one in others)
        if (
            units is None or not alike or any(table[1] == 0xDD for table in first.tables) or first.frame[1] == 0xC2
        ):  # intervals of its own, or progressive
            return None
        restarts = b"\xff\xdd\x00\x04" + struct.pack(">H", units)
    if int.from_bytes(first.frame[7:9], "big") != width:
        return None
    frame = first.frame[:5] + struct.pack(">HH", height, width) + first.frame[9:]
    data = b"".join(one.data + bytes((0xFF, 0xD0 + number % 8)) for number, one in enumerate([first, *others][:-1]))
    data += (others[-1] if others else first).data
    colour = _ADOBE_RGB if photometric == _RGB else _JFIF
    return b"".join([b"\xff\xd8", colour, *tables, *first.tables, frame, restarts, first.scan, data, b"\xff\xd9"])


def _units(frame: bytes, width: int, height: int, rows: int, strips: int) -> int | None:
    """Return how many units of coding a strip has, if every strip but the last is made of whole ones."""
    channels = frame[9]
    samplings = [frame[11 + 3 * number] for number in range(channels)]
    across = 8 * (max(one >> 4 for one in samplings) if channels > 1 else 1)
    down = 8 * (max(one & 15 for one in samplings) if channels > 1 else 1)
    units = -(-width // across) * (rows // down)
    if rows % down or not 0 < units <= _MOST_UNITS or -(-height // rows) != strips:
        return None
    return units


def _tables(held: object) -> tuple[bytes, ...]:
    if not isinstance(held, bytes) or not held.startswith(b"\xff\xd8"):
        return ()
    return tuple(segment for segment in _segments(held)[0] if segment[1] in {0xC4, 0xDB, 0xDD})


def _strip(held: bytes) -> _Strip | None:
    if not held.startswith(b"\xff\xd8"):
        return None
    segments, data = _segments(held)
    frames = [one for one in segments if one[1] in {0xC0, 0xC1, 0xC2}]
    scans = [one for one in segments if one[1] == 0xDA]
    if len(frames) != 1 or len(scans) != 1 or not data:
        return None
    tables = tuple(one for one in segments if one[1] in {0xC4, 0xDB, 0xDD})
    return _Strip(tables, frames[0], scans[0], data)


def _segments(held: bytes) -> tuple[list[bytes], bytes]:
    """Return the segments up to the first scan, and what follows it to the end of the picture."""
    found: list[bytes] = []
    place = 2
    while held[place : place + 1] == b"\xff" and held[place + 1] != 0xD9:  # the end
        if held[place + 1] == 0xFF:  # a fill byte
            place += 1
            continue
        end = place + 2 + int.from_bytes(held[place + 2 : place + 4], "big")
        found.append(held[place:end])
        if held[place + 1] == 0xDA:  # a scan
            last = held.rfind(b"\xff\xd9")
            return found, held[end : last if last > end else len(held)]
        place = max(end, place + 4)
    return found, b""
