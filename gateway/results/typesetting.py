"""Typesetting: a template and its data in, a PDF/A out; the same input gives the same bytes."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import datetime
from importlib import resources

import typst

from gateway.results.errors import PageError, ResultCode


def typeset(*parts: str, inputs: Mapping[str, str], at: datetime) -> bytes:
    """Return a template of these parts (files of `typst/`), filled in and dated, as PDF; raises `PageError`.

    The PDF is PDF/A-3 with tags (ISO 19005-3, level A) and PDF/UA-1 (ISO 14289-1).
    """
    try:
        return typst.compile(
            _template(*parts),
            format="pdf",
            font_paths=_fonts(),
            sys_inputs=dict(inputs),
            pdf_standards=["a-3a", "ua-1"],
            timestamp=int(at.timestamp()),
        )
    except typst.TypstError as error:
        raise PageError(ResultCode.RENDERING, error.message) from error


@functools.cache
def _template(*parts: str) -> bytes:
    folder = resources.files(__package__).joinpath("typst")
    return b"\n".join(folder.joinpath(f"{part}.typ").read_bytes() for part in parts)


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)
