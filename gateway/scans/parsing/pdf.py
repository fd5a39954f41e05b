"""PDF: each page a new PDF with what is drawn on it, and nothing that acts."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from decimal import Decimal

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name

from gateway.scans.errors import ScanCode
from gateway.scans.limits import MAX_PAGES
from gateway.scans.parsing.pdf_objects import Copier
from gateway.scans.parsing.refusal import Refused, unreadable
from gateway.scans.parsing.sheets import written

_LARGEST_SIDE = 14_400.0
_DEEPEST, _FARTHEST = 100, 10**9
_TRIED_PIXELS = 250_000
_LETTER = (0.0, 0.0, 612.0, 792.0)
"""The sheet of a page that states none, as readers take it."""


def open_pdf(content: bytes, most: int = MAX_PAGES) -> pikepdf.Pdf:
    """Open a PDF; refuses what is encrypted, damaged beyond repair, or has too many pages."""
    try:
        pdf = pikepdf.open(io.BytesIO(content), suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Refused(ScanCode.ENCRYPTED, "password") from None
    if pdf.is_encrypted:
        raise Refused(ScanCode.ENCRYPTED, "permissions")
    if not (count := len(pdf.pages)):
        raise unreadable("pdf without pages")
    if count > most:
        raise Refused(ScanCode.TOO_MANY_PAGES, f"{count} pages")
    _draw_annotations(pdf)
    pdf.remove_unreferenced_resources()
    return pdf


def split(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Return each page as a file of its own, with width and height in points as shown."""
    with open_pdf(content) as pdf:
        for page in pdf.pages:
            with pikepdf.new() as new:
                width, height = add_page(new, page)
                cleaned = written(new)
            _try(cleaned)
            yield cleaned, width, height


def add_page(target: pikepdf.Pdf, page: pikepdf.Page, rotation: int = 0) -> tuple[int, int]:
    """Add what the page draws, turned clockwise; return width and height as shown before that."""
    copier = Copier(target)
    left, bottom, right, top = _visible(page)
    unit = _unit(page)
    turned = _turned(page)
    new = Dictionary(Type=Name.Page, MediaBox=Array([left, bottom, right, top]))
    if unit != 1:
        new[Name.UserUnit] = unit
    if (turned + rotation) % 360:
        new[Name.Rotate] = (turned + rotation) % 360
    for name, found in (
        (Name.Resources, _inherited(page, Name.Resources)),
        (Name.Contents, page.obj.get(Name.Contents)),
        (Name.Group, page.obj.get(Name.Group)),
    ):
        if isinstance(found, pikepdf.Object) and (copied := copier.copy(found)) is not None:
            new[name] = copied
    target.pages.append(pikepdf.Page(target.make_indirect(new)))
    width, height = (max(1, round(side * unit)) for side in (right - left, top - bottom))
    return (height, width) if turned % 180 else (width, height)


def _draw_annotations(pdf: pikepdf.Pdf) -> None:
    """Make what forms and stamps show a part of the page, before they are left behind with all that they can do."""
    if any(Name.Annots in page.obj for page in pdf.pages):
        if Name.AcroForm in pdf.Root:
            pdf.generate_appearance_streams()
        pdf.flatten_annotations("screen")


def _try(content: bytes) -> None:
    """Draw the page small: what cannot be drawn, or takes too long, is found here and not at the desk."""
    with pypdfium2.PdfDocument(content) as pdf:
        page = pdf[0]
        width, height = page.get_size()
        page.render(scale=min(1.0, math.sqrt(_TRIED_PIXELS / (width * height)))).close()


def _inherited(page: pikepdf.Page, name: Name) -> object:
    """Return what the page or the nearest of its ancestors says (ISO 32000-1, 7.7.3.4)."""
    node: object = page.obj
    for _ in range(_DEEPEST):
        if not isinstance(node, Dictionary):
            break
        if name in node:
            return node.get(name)
        node = node.get(Name.Parent)
    return None


def _visible(page: pikepdf.Page) -> tuple[float, float, float, float]:
    """Return the part of the sheet that is shown: CropBox within MediaBox; what lies outside is hidden from no one."""
    media = _box(page, Name.MediaBox) or _LETTER
    crop = _box(page, Name.CropBox) or media
    box = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    if box[2] - box[0] < 1 or box[3] - box[1] < 1:
        box = media
    if not 1 <= box[2] - box[0] <= _LARGEST_SIDE or not 1 <= box[3] - box[1] <= _LARGEST_SIDE:
        raise unreadable("pdf sheet")
    return box


def _box(page: pikepdf.Page, name: Name) -> tuple[float, float, float, float] | None:
    found = _inherited(page, name)
    if not isinstance(found, Array) or len(found) != 4:
        return None
    numbers = [number for one in found.as_list() if (number := _number(one)) is not None]
    if len(numbers) != 4:
        return None
    x1, y1, x2, y2 = numbers
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _unit(page: pikepdf.Page) -> float:
    unit = _number(page.obj.get(Name.UserUnit))
    return unit if unit is not None and 1 <= unit <= 75_000 else 1  # Acrobat's most


def _turned(page: pikepdf.Page) -> int:
    found = _inherited(page, Name.Rotate)
    return found % 360 if isinstance(found, int) and found % 90 == 0 else 0


def _number(found: object) -> float | None:
    if isinstance(found, bool) or not isinstance(found, int | Decimal):
        return None
    value = float(found)
    return round(value, 4) if -_FARTHEST < value < _FARTHEST else None
