"""One page of paper, kept as a file of its own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PageType(StrEnum):
    """What a kept page can be."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


@dataclass(frozen=True, slots=True)
class Page:
    """A page; width and height are as it is shown upright: pixels of a picture, points (1/72 inch) of a PDF."""

    content: bytes
    media_type: str
    width: int
    height: int
