"""Kept pages as one PDF."""

from __future__ import annotations

import pikepdf
from pikepdf import Name

from gateway.scans.page import PageType
from gateway.scans.parsing.jpeg import read_jpeg
from gateway.scans.parsing.pdf import add_page, open_pdf
from gateway.scans.parsing.png import read_png
from gateway.scans.parsing.sheets import add_jpeg, add_png, written


def combine(pages: list[tuple[bytes, PageType, int]]) -> bytes:
    """Return one PDF of the pages, each turned clockwise; what is in them is looked through once more."""
    with pikepdf.new() as target:
        for content, kind, rotation in pages:
            if kind is PageType.PDF:
                with open_pdf(content) as pdf:
                    for page in pdf.pages:
                        add_page(target, page, rotation)
                continue
            if kind is PageType.JPEG:
                add_jpeg(target, read_jpeg(content))
            else:
                add_png(target, read_png(content))
            if rotation:
                target.pages[-1].obj[Name.Rotate] = rotation
        return written(target)
