"""What all papers of a window have in common: who prints them, both languages, the mark of a simulation, PDF/A.

The same paper gives the same bytes, so that a second printing is the first one again.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import resources
from zoneinfo import ZoneInfo

import typst

from gateway.clock import ALMATY
from gateway.results.alphabet import unprintable
from gateway.results.barcodes import barcode_svg
from gateway.results.document import Statement
from gateway.results.errors import PageError, ResultCode
from gateway.results.page import Cell, Row

_ZONE = ZoneInfo(ALMATY)
_SIMULATED = Statement(
    "СИМУЛЯЦИЯ. Сынақ жүйесі жасаған құжат, заңды күші жоқ.",
    "СИМУЛЯЦИЯ. Документ создан испытательной системой и не имеет юридической силы.",
)
_COMMON = "paper"
"""The template's part that every paper begins with."""


@dataclass(frozen=True, slots=True)
class Body:
    """Who takes papers in or gives them out: its name, its address and its telephone."""

    name: Statement
    address: Statement
    phone: str


def cell(kk: str, ru: str, value: str) -> Cell:
    """Return a value that is the same in both languages, with its label."""
    return Cell(Statement(kk, ru), value)


def row(kk: str, ru: str, value: Statement) -> Row:
    """Return a value that differs by language, with its label."""
    return Row(Statement(kk, ru), value)


def local_date(moment: datetime) -> str:
    """Return the day in Almaty as 02.03.2026."""
    return moment.astimezone(_ZONE).strftime("%d.%m.%Y")


def local_time(moment: datetime) -> str:
    """Return the time in Almaty as 10:00."""
    return moment.astimezone(_ZONE).strftime("%H:%M")


def compile_paper(
    template: str,
    page: Mapping[str, object],
    *,
    at: datetime,
    code: str | None,
    more_codes: Iterable[str] = (),
    simulated: bool,
) -> bytes:
    """Return the paper as PDF/A-3a; raises `PageError`.

    `code` is what its barcode says, where it has one; `more_codes` are those that its template takes by what they say.
    """
    shown = {
        **page,
        "simulated": simulated,
        "mark": asdict(_SIMULATED),
        "barcode": code or "",
    }
    inputs = {"page": json.dumps({name: _printable(value) for name, value in shown.items()}, ensure_ascii=False)}
    try:
        if code:
            inputs["barcode"] = barcode_svg(code)
        inputs |= {f"barcode-{one}": barcode_svg(one) for one in more_codes}
        return typst.compile(
            _template(template),
            format="pdf",
            font_paths=typst.Fonts(include_system_fonts=False),
            sys_inputs=inputs,
            pdf_standards=["a-3a", "ua-1"],
            timestamp=int(at.timestamp()),
        )
    except typst.TypstError as error:
        raise PageError(ResultCode.RENDERING, error.message) from error
    except ValueError as error:
        raise PageError(ResultCode.RENDERING, str(error)) from error


def laid_out(parts: Iterable[Row] | Iterable[Cell] | Iterable[Statement]) -> list[dict[str, object]]:
    """Return rows, cells or statements as a template reads them."""
    return [asdict(part) for part in parts]


def _printable(value: object) -> object:
    """Return the value without a letter that the font has not."""
    if isinstance(value, str):
        return value.translate(dict.fromkeys(map(ord, unprintable(value)), "?"))
    if isinstance(value, list):
        return [_printable(one) for one in value]
    if isinstance(value, dict):
        return {name: _printable(one) for name, one in value.items()}
    return value


@functools.cache
def _template(name: str) -> bytes:
    folder = resources.files(__package__).joinpath("typst")
    return b"\n".join(folder.joinpath(f"{part}.typ").read_bytes() for part in (_COMMON, name))
