"""TIFF: every page of it, without loss: JPEG where it holds one, PDF for CMYK, else PNG (TIFF 6.0)."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
from PIL import Image, TiffImagePlugin

from gateway.scans.errors import ScanCode
from gateway.scans.limits import MAX_PAGES
from gateway.scans.page import PageType
from gateway.scans.parsing.jpeg import assembled
from gateway.scans.parsing.pictures import Resolution, check_size, on_white, profile, resolution
from gateway.scans.parsing.png import drawn
from gateway.scans.parsing.refusal import Refused, unreadable
from gateway.scans.parsing.sheets import add_cmyk, written
from gateway.scans.parsing.tiff_jpeg import held_jpeg, looks_like

_SUBFILE, _ORIENTATION, _UNIT, _X, _Y = 254, 274, 296, 282, 283
_REDUCED = 1
_SIDEWAYS = range(5, 9)
_CHANNELS = {"1": 1, "L": 1, "I;16": 1, "P": 3, "RGB": 3, "CMYK": 4}

Kept = tuple[PageType, bytes, int, int]


def split(content: bytes) -> Iterator[Kept]:
    """Return the pages in their order, upright; thumbnails that a scanner put beside them are no pages."""
    with Image.open(io.BytesIO(content), formats=["TIFF"]) as picture:
        assert isinstance(picture, TiffImagePlugin.TiffImageFile)
        for number in _frames(picture):
            picture.seek(number)
            yield _page(content, picture)


def _frames(picture: TiffImagePlugin.TiffImageFile) -> list[int]:
    """Look at every directory before any page is decoded."""
    found, whole = [], []
    for number in range(MAX_PAGES * 2 + 1):
        try:
            picture.seek(number)
        except EOFError:
            break
        found.append(number)
        subfile = picture.tag_v2.get(_SUBFILE, 0)
        if not (isinstance(subfile, int) and subfile & _REDUCED):
            whole.append(number)
        check_size(*picture.size)
    pages = whole or found[:1]
    if len(pages) > MAX_PAGES or len(found) > MAX_PAGES * 2:
        raise Refused(ScanCode.TOO_MANY_PAGES, f"{len(found)} directories")
    return pages


def _page(content: bytes, picture: TiffImagePlugin.TiffImageFile) -> Kept:
    orientation = picture.tag_v2.get(_ORIENTATION, 1)
    sideways = orientation in _SIDEWAYS
    dots = _dots(picture)
    icc = picture.info.get("icc_profile")
    if picture.tag_v2.get(TiffImagePlugin.COMPRESSION) == 7:  # JPEG, as Technical Note 2 has it
        jpeg = held_jpeg(content, picture.tag_v2)
        if jpeg is not None:
            jpeg.orientation = orientation if orientation in range(1, 9) else 1
            jpeg.dots = dots
            jpeg.icc = profile(icc, jpeg.channels)
            jpeg.content = assembled(jpeg)
            if looks_like(jpeg, picture):
                return PageType.JPEG, jpeg.content, *jpeg.shown
    picture.load()  # which turns it upright
    upright = dots.turned() if sideways and dots is not None else dots
    shown = _shown(picture)
    kept_icc = profile(icc, _CHANNELS[shown.mode])
    if shown.mode == "CMYK":
        with pikepdf.new() as pdf:
            add_cmyk(pdf, shown, upright, kept_icc)
            _, _, width, height = (round(float(side)) for side in pdf.pages[0].mediabox.as_list())
            return PageType.PDF, written(pdf), width, height
    png = drawn(shown, upright, kept_icc)
    return PageType.PNG, png.content, png.width, png.height


def _shown(picture: Image.Image) -> Image.Image:
    if picture.mode in {"1", "L", "RGB", "CMYK", "I;16"}:
        return picture
    if picture.mode == "P":
        return picture if picture.im.getpalettemode() == "RGB" else picture.convert("RGB")
    if picture.mode in {"RGBA", "LA", "PA"}:
        return on_white(picture)
    if picture.mode == "RGBX":
        return picture.convert("RGB")
    if picture.mode == "I;16B":
        return picture.convert("I;16")
    raise unreadable("tiff of a rare mode")


def _dots(picture: TiffImagePlugin.TiffImageFile) -> Resolution | None:
    """Return the resolution as stored, before the picture is turned."""
    unit = picture.tag_v2.get(_UNIT, 2)
    found = resolution(picture.tag_v2.get(_X), picture.tag_v2.get(_Y))
    if found is None or unit not in {2, 3}:
        return None
    return resolution(found.x * 2.54, found.y * 2.54) if unit == 3 else found  # centimetres
