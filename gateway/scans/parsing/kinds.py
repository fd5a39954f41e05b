"""What a file is, by its content alone."""

from __future__ import annotations

from enum import StrEnum

from gateway.scans.errors import ScanCode
from gateway.scans.parsing.refusal import Refused

_PDF_WITHIN = 1024
"""Bytes before the header that readers put up with (ISO 32000-1, annex H.3, note 13 of the implementation)."""


class Kind(StrEnum):
    """A kind of file that is read."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"


def kind_of(content: bytes) -> Kind:
    """Return what the content is; refuses what is none of the four."""
    if content.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if content.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return Kind.TIFF
    if b"%PDF-" in content[:_PDF_WITHIN]:
        return Kind.PDF
    raise Refused(ScanCode.TYPE, "content")
