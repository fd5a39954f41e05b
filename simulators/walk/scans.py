"""What the scanner at a window gives: pages of paper as PDF, TIFF and JPEG."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

from simulators.walk.browser import Upload

_A4 = (620, 877)
"""A page of A4 at 75 points to the inch."""
_FORMS = (("PDF", "pdf", "application/pdf", 2), ("TIFF", "tiff", "image/tiff", 2), ("JPEG", "jpg", "image/jpeg", 1))
"""In which form the documents are scanned, one after another, and how many pages each has."""


def scan_of(document: str, place: int) -> Upload:
    """Return the scan of a document; by its place among the documents a PDF or TIFF of two pages, or a JPEG."""
    form, ending, media_type, pages = _FORMS[place % len(_FORMS)]
    return Upload(f"{document}.{ending}", _scanned(form, pages), media_type)


@cache
def _scanned(form: str, pages: int) -> bytes:
    first, *others = (_page(number) for number in range(1, pages + 1))
    out = BytesIO()
    if form == "JPEG":
        first.save(out, format=form)
    elif form == "TIFF":
        first.save(out, format=form, save_all=True, append_images=others, compression="tiff_deflate")
    else:
        first.save(out, format=form, save_all=True, append_images=others)
    return out.getvalue()


def _page(number: int) -> Image.Image:
    page = Image.new("L", _A4, 255)
    pen = ImageDraw.Draw(page)
    pen.rectangle((20, 20, _A4[0] - 20, _A4[1] - 20), outline=0)
    for line in range(number, 30):
        pen.line((60, 60 + 25 * line, 60 + (line * 137) % 480, 60 + 25 * line), fill=0, width=2)
    return page
