"""JPEG: the picture as it is, without a byte of anything else.

Only the segments that decoding needs are kept (ITU-T T.81, annex B), besides JFIF's resolution and Adobe's colour
transform; Exif is written anew with orientation and resolution, and with nothing else, if the picture needs them.
"""

from __future__ import annotations

import io
import re
import struct
from dataclasses import dataclass, field
from typing import Final

from PIL import Image

from gateway.scans.parsing.pictures import Resolution, check_size, profile, resolution
from gateway.scans.parsing.refusal import unreadable

_SOI, _EOI, _SOS, _DNL = 0xD8, 0xD9, 0xDA, 0xDC
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive, Huffman-coded: what every reader can show."""
_OTHER_FRAMES: Final = frozenset({0xC3, *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0), 0xDE, 0xDF})
_TABLES: Final = frozenset({0xC4, 0xDB, 0xDD})
_AFTER_DATA = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_MOST_SCANS, _MOST_SEGMENTS = 64, 4096
_ICC = b"ICC_PROFILE\0"
_TURNED: Final = range(2, 9)
_SIDEWAYS: Final = frozenset({5, 6, 7, 8})
"""Orientations of Exif with width and height exchanged."""


@dataclass(slots=True)
class Jpeg:
    """A JPEG taken apart."""

    width: int = 0
    height: int = 0
    channels: int = 0
    orientation: int = 1
    dots: Resolution | None = None
    icc: bytes | None = None
    content: bytes = b""
    """The file as it is kept."""
    kept: list[bytes] = field(default_factory=list)
    """The segments that decoding needs, with what follows them."""
    jfif: bytes | None = None
    adobe: bytes | None = None
    exif: bytes | None = None
    chunks: dict[int, bytes] = field(default_factory=dict)
    """Of the colour profile, by their numbers."""
    scans: int = 0

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height upright."""
        return (self.height, self.width) if self.orientation in _SIDEWAYS else (self.width, self.height)


def read_jpeg(content: bytes) -> Jpeg:
    """Return the JPEG with its content cleaned; refuses what is damaged, cut off, or coded in a rare way."""
    jpeg = Jpeg()
    _take_apart(content, jpeg)
    if not jpeg.channels or not jpeg.scans:
        raise unreadable("jpeg without a picture")
    _read_exif(jpeg)
    chunks = [jpeg.chunks[number] for number in sorted(jpeg.chunks)]
    jpeg.icc = profile(b"".join(chunks), jpeg.channels) if chunks else None
    jpeg.content = assembled(jpeg)
    return jpeg


def check_decodes(jpeg: Jpeg) -> None:
    """Decode it at an eighth of its size, which reads all of its data; refuses what cannot be decoded."""
    with Image.open(io.BytesIO(jpeg.content), formats=["JPEG"]) as picture:
        if picture.size != (jpeg.width, jpeg.height):
            raise unreadable("jpeg of another size")
        picture.draft(None, (max(1, jpeg.width // 8), max(1, jpeg.height // 8)))
        picture.load()


def _take_apart(content: bytes, jpeg: Jpeg) -> None:
    place = 2
    for _ in range(_MOST_SEGMENTS):
        while content[place : place + 2] == b"\xff\xff":
            place += 1
        if content[place : place + 1] != b"\xff" or place + 2 > len(content):
            raise unreadable("jpeg cut off")
        marker = content[place + 1]
        if marker == _EOI:
            return
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        end = place + 2 + length
        if length < 2 or end > len(content) or marker in {0x00, 0x01, _SOI, *range(0xD0, 0xD8)}:
            raise unreadable("jpeg segment")
        if marker == _SOS:
            end = _end_of_scan(content, end, jpeg)
        _take(marker, content[place:end], jpeg)
        place = end
    raise unreadable("jpeg segments without end")


def _end_of_scan(content: bytes, start: int, jpeg: Jpeg) -> int:
    jpeg.scans += 1
    if jpeg.scans > _MOST_SCANS or not jpeg.channels:
        raise unreadable("jpeg scans")
    found = _AFTER_DATA.search(content, start)
    if found is None:
        raise unreadable("jpeg cut off")
    return found.start()


def _take(marker: int, segment: bytes, jpeg: Jpeg) -> None:
    body = segment[4:]
    if marker in _FRAMES:
        _read_frame(body, jpeg)
        jpeg.kept.append(segment)
    elif marker in _OTHER_FRAMES or marker == _DNL:
        raise unreadable("jpeg of a rare process")
    elif marker in _TABLES or marker == _SOS:
        jpeg.kept.append(segment)
    elif marker == _APP0 and body.startswith(b"JFIF\0") and len(body) >= 14 and jpeg.jfif is None:
        jpeg.jfif = body[:12]
    elif marker == _APP14 and body.startswith(b"Adobe") and len(body) >= 12 and jpeg.adobe is None:
        jpeg.adobe = body[:12]
    elif marker == _APP1 and body.startswith(b"Exif\0\0") and jpeg.exif is None:
        jpeg.exif = body
    elif marker == _APP2 and body.startswith(_ICC) and len(body) > len(_ICC) + 2:
        jpeg.chunks.setdefault(body[len(_ICC)], body[len(_ICC) + 2 :])


def _read_frame(body: bytes, jpeg: Jpeg) -> None:
    if jpeg.channels or len(body) < 6:
        raise unreadable("jpeg frames")
    precision, jpeg.height, jpeg.width, jpeg.channels = struct.unpack_from(">BHHB", body)
    if precision != 8 or jpeg.channels not in {1, 3, 4}:
        raise unreadable("jpeg of a rare process")
    check_size(jpeg.width, jpeg.height)


def _read_exif(jpeg: Jpeg) -> None:
    """Take orientation and resolution; a damaged Exif is as none."""
    if jpeg.jfif is not None and jpeg.jfif[7] in {1, 2}:
        scale = 1 if jpeg.jfif[7] == 1 else 2.54
        across, down = struct.unpack_from(">HH", jpeg.jfif, 8)
        jpeg.dots = resolution(across * scale, down * scale)
    if jpeg.exif is None:
        return
    exif = Image.Exif()
    try:
        exif.load(jpeg.exif)
        said, unit = exif.get(0x0112), exif.get(0x0128, 2)
        across, down = exif.get(0x011A), exif.get(0x011B)
    except Exception:  # noqa: BLE001 - a parser of Exif fails in many ways
        return
    if isinstance(said, int) and said in _TURNED:
        jpeg.orientation = said
    if jpeg.dots is None and across is not None and down is not None:
        scale = 2.54 if unit == 3 else 1  # 3 is centimetres
        found = resolution(across, down)
        jpeg.dots = found and resolution(found.x * scale, found.y * scale)


def assembled(jpeg: Jpeg) -> bytes:
    """Return the file: what was kept, and what is known of orientation, resolution and colour."""
    out = [b"\xff\xd8"]
    stated = False
    if jpeg.jfif is not None:
        # JFIF is kept only where it was: it says that three channels are YCbCr, whatever else is said.
        stated = jpeg.jfif[7] in {1, 2}
        out.append(_segment(_APP0, jpeg.jfif + b"\0\0"))
    if jpeg.orientation != 1 or (jpeg.dots is not None and not stated):
        out.append(_segment(_APP1, _exif(jpeg.orientation, None if stated else jpeg.dots)))
    if jpeg.icc is not None:
        size = 65_000
        pieces = [jpeg.icc[place : place + size] for place in range(0, len(jpeg.icc), size)]
        for number, piece in enumerate(pieces, 1):
            out.append(_segment(_APP2, _ICC + bytes((number, len(pieces))) + piece))
    if jpeg.adobe is not None:
        out.append(_segment(_APP14, jpeg.adobe))
    return b"".join([*out, *jpeg.kept, b"\xff\xd9"])


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _exif(orientation: int, dots: Resolution | None) -> bytes:
    """Return an Exif block (CIPA DC-008) of orientation and resolution alone."""
    entries = [struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)]
    values = b""
    if dots is not None:
        start = 8 + 2 + 4 * 12 + 4
        entries.append(struct.pack("<HHII", 0x011A, 5, 1, start))
        entries.append(struct.pack("<HHII", 0x011B, 5, 1, start + 8))
        entries.append(struct.pack("<HHIHH", 0x0128, 3, 1, 2, 0))
        values = struct.pack("<IIII", round(dots.x * 1000), 1000, round(dots.y * 1000), 1000)
    directory = struct.pack("<H", len(entries)) + b"".join(entries) + struct.pack("<I", 0)
    return b"Exif\0\0II*\0" + struct.pack("<I", 8) + directory + values
