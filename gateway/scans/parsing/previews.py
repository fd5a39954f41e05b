"""A page as a picture for the screen."""

from __future__ import annotations

import io
from typing import Final

import pypdfium2
from PIL import Image

from gateway.scans.page import PageType
from gateway.scans.parsing.jpeg import read_jpeg
from gateway.scans.parsing.pictures import Resolution, check_size
from gateway.scans.parsing.png import read_png
from gateway.scans.parsing.refusal import unreadable

_TALLEST: Final = 4
"""Times its width: a strip of paper is shown narrower than asked for."""
_QUALITY: Final = 80
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""By Exif's orientation."""
_CLOCKWISE: Final = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
"""Pillow turns counter-clockwise."""


def preview(content: bytes, kind: PageType, rotation: int, width: int) -> bytes:
    """Return the page turned clockwise as a JPEG, at most so many pixels wide, never larger than its picture."""
    drawn = _of_pdf(content, rotation, width) if kind is PageType.PDF else _of_picture(content, kind, rotation, width)
    stream = io.BytesIO()
    drawn.save(stream, "JPEG", quality=_QUALITY)
    return stream.getvalue()


def _of_pdf(content: bytes, rotation: int, width: int) -> Image.Image:
    with pypdfium2.PdfDocument(content) as pdf:
        page = pdf[0]
        across, down = page.get_size()
        if rotation % 180:
            across, down = down, across
        scale = min(width / across, width * _TALLEST / down) * (1 - 1e-6)  # sides are rounded up
        drawn = page.render(scale=scale, rotation=rotation)
        picture: Image.Image = drawn.to_pil().convert("RGB")
        drawn.close()
    return picture


def _of_picture(content: bytes, kind: PageType, rotation: int, width: int) -> Image.Image:
    orientation, dots = 1, None
    if kind is PageType.JPEG:
        jpeg = read_jpeg(content)
        orientation, dots = jpeg.orientation, jpeg.dots
    else:
        dots = read_png(content).dots
    with Image.open(io.BytesIO(content), formats=[kind.removeprefix("image/").upper()]) as picture:
        check_size(*picture.size)
        sideways = (orientation in range(5, 9)) is not bool(rotation % 180)
        size = _shrunk(picture.size, dots, width, sideways=sideways)
        if kind is PageType.JPEG:
            picture.draft(None, size)
        small = _simple(picture).resize(size, Image.Resampling.BOX)
    if orientation in _UPRIGHT:
        small = small.transpose(_UPRIGHT[orientation])
    return small.transpose(_CLOCKWISE[rotation]) if rotation else small


def _shrunk(stored: tuple[int, int], dots: Resolution | None, width: int, *, sideways: bool) -> tuple[int, int]:
    """Return the size before turning; a fax has more dots across than down, and is shown as on paper."""
    across, down = float(stored[0]), float(stored[1])
    if dots is not None and 0.25 < dots.x / dots.y < 4:  # resolutions beyond are no paper's
        if dots.x > dots.y:
            across *= dots.y / dots.x
        else:
            down *= dots.x / dots.y
    shown, tall = (down, across) if sideways else (across, down)
    scale = min(1.0, width / shown, width * _TALLEST / tall)
    return max(1, round(across * scale)), max(1, round(down * scale))


def _simple(picture: Image.Image) -> Image.Image:
    """Return the picture in grey or RGB of 8 bits."""
    if picture.mode in {"L", "RGB"}:
        return picture
    if picture.mode == "1":
        return picture.convert("L")
    if picture.mode in {"P", "CMYK"}:
        return picture.convert("RGB")
    if picture.mode == "I;16":
        return picture.point(lambda value: value * (1 / 256)).convert("L")
    raise unreadable("picture of a rare mode")
