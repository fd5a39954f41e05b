"""Papers read back: text by two readers, barcodes as a scanner sees them, and what lies outside the sheet."""

from __future__ import annotations

import io

import pypdf
import pypdfium2
import zxingcpp

from gateway.results.container import bare

_BROKEN_HYPHEN = "\ufffe\x02"
"""What pdfium gives for a hyphen at the end of a line."""
_POINTS = 72


def pages_of(pdf: bytes) -> list[str]:
    """Return each page's text without spaces, as pdfium reads it."""
    document = pypdfium2.PdfDocument(pdf)
    return [_bare(page.get_textpage().get_text_range()) for page in document]


def text_of(pdf: bytes) -> str:
    return "".join(pages_of(pdf))


def text_by_pypdf(pdf: bytes) -> str:
    return _bare("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))


def holds(text: str, words: str) -> bool:
    """Tell whether the text has the words, however they are broken into lines."""
    return bare(words) in text


def barcodes_of(pdf: bytes, *, dpi: int, black_and_white: bool = True) -> list[list[str]]:
    """Return what each page's barcodes say, printed at `dpi` without greys as a thermal printer prints."""
    return [[found.text for found in _found(page, dpi, black_and_white)] for page in pypdfium2.PdfDocument(pdf)]


def outside(pdf: bytes, *, margin: float = 5 / 25.4 * _POINTS) -> list[str]:
    """Return the letters that reach into the margin (5 mm) that no printer prints on, or beyond the sheet."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        width, height = page.get_size()
        text = page.get_textpage()
        for at in range(text.count_chars()):
            letter = text.get_text_range(at, 1)
            if not letter.strip():
                continue
            left, bottom, right, top = text.get_charbox(at)
            if left < margin or bottom < margin or right > width - margin or top > height - margin:
                found.append(letter)
    return found


def _bare(text: str) -> str:
    return bare("".join("-" if letter in _BROKEN_HYPHEN else letter for letter in text))


def _found(page: pypdfium2.PdfPage, dpi: int, black_and_white: bool) -> list[zxingcpp.Barcode]:
    image = page.render(scale=dpi / _POINTS, grayscale=True).to_pil().convert("L")
    if black_and_white:
        image = image.point(lambda grey: 255 if grey > 127 else 0)
    return list(zxingcpp.read_barcodes(image, try_rotate=False, try_invert=False))
