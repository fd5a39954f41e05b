"""What the rest of the house asks of a scan: its pages, a picture to look at, one document of all pages."""

from __future__ import annotations

import asyncio
import atexit
import os
from collections.abc import Sequence
from functools import cache
from typing import Final, Literal

from gateway.scans.errors import ScanCode, ScanRefused
from gateway.scans.frames import Frame
from gateway.scans.limits import (
    COMBINING_SECONDS,
    MAX_BYTES,
    MAX_COMBINED_BYTES,
    MAX_COMBINED_PAGES,
    MAX_KEPT_BYTES,
    MAX_PAGES,
    PREVIEW_SECONDS,
    READING_SECONDS,
)
from gateway.scans.page import Page, PageType
from gateway.scans.pool import Pool

Rotation = Literal[0, 90, 180, 270]
"""Degrees clockwise by which a page is shown turned."""

_DECLARED: Final = frozenset(
    {*PageType, "image/tiff", "image/jpg", "image/pjpeg", "image/x-png", "image/tif", "application/octet-stream", ""}
)
"""What a browser may call a scan; of what type it really is, its content says."""
_WIDTHS: Final = range(16, 4001)


async def read_pages(content: bytes, media_type: str) -> tuple[Page, ...]:
    """Return the pages of a file from the scanner (PDF, JPEG, PNG, TIFF), each a file of its own; raises `ScanRefused`.

    A JPEG stays the JPEG that it was and a page of a PDF keeps what is drawn on it, TIFF becomes PNG, JPEG or
    PDF without loss; whatever is not the picture itself is left behind.
    """
    if not content:
        raise ScanRefused(ScanCode.EMPTY)
    if len(content) > MAX_BYTES:
        raise ScanRefused(ScanCode.TOO_LARGE, reason=f"{len(content)} bytes")
    if media_type.split(";", maxsplit=1)[0].strip().lower() not in _DECLARED:
        raise ScanRefused(ScanCode.TYPE, reason="declared")
    head, parts = await _ask({"do": "read"}, [content], READING_SECONDS)
    return _pages(head, parts)


async def preview(page: Page, rotation: int, width: int = 1000) -> tuple[str, bytes]:
    """Return the page as a JPEG of at most so many pixels across, turned clockwise; raises `ScanRefused`."""
    if width not in _WIDTHS:
        raise ValueError(f"a preview of {width} pixels")
    asked = {"do": "preview", "type": PageType(page.media_type), "rotation": _turned(rotation), "width": width}
    _, parts = await _ask(asked, [page.content], PREVIEW_SECONDS, long=False)
    return PageType.JPEG, _one(parts)


async def combine(pages: Sequence[tuple[bytes, str, int]]) -> bytes:
    """Return one PDF of the pages in their order, each (content, media type, rotation); raises `ScanRefused`.

    The same pages give the same bytes. The PDF is 1.3 to 2.0 as its pages ask, without metadata, and no PDF/A: a
    scanned PDF may draw with fonts that it does not bring along.
    """
    if not pages:
        raise ScanRefused(ScanCode.EMPTY)
    if len(pages) > MAX_COMBINED_PAGES:
        raise ScanRefused(ScanCode.TOO_MANY_PAGES, limit=MAX_COMBINED_PAGES)
    if sum(len(content) for content, _, _ in pages) > MAX_COMBINED_BYTES:
        raise ScanRefused(ScanCode.TOO_LARGE, limit=MAX_COMBINED_BYTES // 10**6)
    told = [{"type": PageType(media_type), "rotation": _turned(rotation)} for _, media_type, rotation in pages]
    _, parts = await _ask({"do": "combine", "pages": told}, [content for content, _, _ in pages], COMBINING_SECONDS)
    combined = _one(parts)
    if len(combined) > MAX_COMBINED_BYTES:
        raise ScanRefused(ScanCode.TOO_LARGE, limit=MAX_COMBINED_BYTES // 10**6)
    return combined


def processes() -> set[int]:
    """Return the numbers of the processes that read scans at the moment."""
    return _pool().pids() if _pool.cache_info().currsize else set()


def close() -> None:
    """End the processes that read scans; the next scan starts others."""
    if _pool.cache_info().currsize:
        pool = _pool()
        _pool.cache_clear()
        pool.close()


@cache
def _pool() -> Pool:
    return Pool()


async def _ask(head: dict[str, object], parts: list[bytes], seconds: float, *, long: bool = True) -> Frame:
    told, content = await asyncio.wrap_future(_pool().submit(head, parts, seconds=seconds, long=long))
    if (code := told.get("refused")) is not None:
        why, kept = told.get("reason"), MAX_KEPT_BYTES // 10**6
        limit = kept if code == ScanCode.TOO_LARGE else None
        raise ScanRefused(_code(code), reason=why if isinstance(why, str) else "", limit=limit)
    return told, content


def _code(said: object) -> ScanCode:
    return ScanCode(said) if isinstance(said, str) and said in set(ScanCode) else ScanCode.UNREADABLE


def _pages(head: object, parts: list[bytes]) -> tuple[Page, ...]:
    """Believe no more of the answer than its form allows."""
    told = head.get("pages") if isinstance(head, dict) else None
    if not isinstance(told, list) or not 0 < len(told) == len(parts) <= MAX_PAGES:
        raise ScanRefused(ScanCode.UNREADABLE, reason="no pages")
    pages = []
    for one, content in zip(told, parts, strict=True):
        match one:
            case {"type": str(kind), "width": int(width), "height": int(height)} if (
                kind in set(PageType) and width > 0 and height > 0 and content.startswith(_BEGINNINGS[PageType(kind)])
            ):
                pages.append(Page(content, kind, width, height))
            case _:
                raise ScanRefused(ScanCode.UNREADABLE, reason="no page")
    return tuple(pages)


_BEGINNINGS = {PageType.PDF: b"%PDF-", PageType.JPEG: b"\xff\xd8\xff", PageType.PNG: b"\x89PNG\r\n\x1a\n"}


def _one(parts: list[bytes]) -> bytes:
    if len(parts) != 1 or not parts[0]:
        raise ScanRefused(ScanCode.UNREADABLE, reason="no answer")
    return parts[0]


def _turned(rotation: int) -> int:
    if rotation not in {0, 90, 180, 270}:
        raise ValueError(f"a page turned by {rotation} degrees")
    return rotation


_others: Final[list[Pool]] = []
"""Of the process that this one was forked from: not to be used, nor to be taken down."""


def _leave_to_the_parent() -> None:
    if _pool.cache_info().currsize:
        _others.append(_pool())
        _pool.cache_clear()


atexit.register(close)
os.register_at_fork(after_in_child=_leave_to_the_parent)
