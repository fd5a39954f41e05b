"""Scans: what comes from the scanner at a window, read where it can do no harm, kept page by page.

Whatever a scanner (or whoever sat at it) sends is hostile until a process that holds nothing else has taken it
apart: `parsing` runs there alone, and nothing of the house but this room asks it.
"""

from gateway.scans.errors import ScanCode, ScanRefused
from gateway.scans.page import Page, PageType
from gateway.scans.reading import close, combine, preview, read_pages

__all__ = ["Page", "PageType", "ScanCode", "ScanRefused", "close", "combine", "preview", "read_pages"]
