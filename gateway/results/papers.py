"""What all papers of a window have in common: who prints them, both languages, the mark of a simulation, PDF/A.

The same paper gives the same bytes, so that a second printing is the first one again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

from gateway.catalogue.office import Office
from gateway.clock import ALMATY
from gateway.results.alphabet import unprintable
from gateway.results.barcodes import barcode_svg
from gateway.results.document import Statement
from gateway.results.errors import PageError, ResultCode
from gateway.results.page import SIMULATED, Cell, Row
from gateway.results.typesetting import typeset

_ZONE = ZoneInfo(ALMATY)
_COMMON = "paper"
"""The template's part that every paper begins with."""
_APPLICANT_SIGNS = Statement("Көрсетілетін қызметті алушының қолы", "Подпись услугополучателя")
_REPRESENTATIVE_SIGNS = Statement("Өкілдің қолы", "Подпись представителя")
_PaperType = TypeVar("_PaperType")


@dataclass(frozen=True, slots=True)
class Body:
    """Who takes papers in or gives them out: its name, its address and its telephone."""

    name: Statement
    address: Statement
    phone: str

    @classmethod
    def of(cls, office: Office) -> Self:
        """Take an office of the catalogue as it names itself."""
        return cls(Statement.of(office.name), Statement.of(office.address), office.phone)


def cell(kk: str, ru: str, value: str) -> Cell:
    """Return a value that is the same in both languages, with its label."""
    return Cell(Statement(kk, ru), value)


def row(kk: str, ru: str, value: Statement) -> Row:
    """Return a value that differs by language, with its label."""
    return Row(Statement(kk, ru), value)


def service_row(service: Statement) -> Row:
    """Return the title of the service as every paper shows it."""
    return row("Мемлекеттік көрсетілетін қызмет", "Государственная услуга", service)


def power_rows(power: Statement | None) -> list[Row]:
    """Return by what power a representative acts, where one does."""
    return [] if power is None else [row("Өкілдіктің негізі", "Основание представительства", power)]


def applicant_cell(name: str) -> Cell:
    """Return the applicant as every paper names it."""
    return cell("Көрсетілетін қызметті алушы", "Услугополучатель", name)


def representative_cells(name: str, number: str | None = None) -> list[Cell]:
    """Return who acts for the applicant, where somebody does; the IIN beside the name where the paper has it."""
    if not name:
        return []
    cells = [cell("Өкіл", "Представитель", name)]
    if number is not None:
        cells.append(cell("Өкілдің ЖСН-і", "ИИН представителя", number))
    return cells


def number_cell(number: str) -> Cell:
    """Return an application's number with its label."""
    return cell("Өтініштің нөмірі", "Номер заявления", number)


def who_signs(applicant: str, representative: str) -> Cell:
    """Return the line for the signature of the representative, where one came, else of the applicant."""
    return Cell(_REPRESENTATIVE_SIGNS, representative) if representative else Cell(_APPLICANT_SIGNS, applicant)


def letterhead(body: Body, title: Statement, number: str | None) -> dict[str, object]:
    """Return what a paper of one page begins and ends with: who prints it, what it is, its number if it has one."""
    return {
        "head": asdict(body.name),
        "foot": asdict(body.address),
        "phone": body.phone,
        "number": number or "",
        "title": asdict(title),
    }


def local_date(moment: datetime) -> str:
    """Return the day in Almaty as 02.03.2026."""
    return moment.astimezone(_ZONE).strftime("%d.%m.%Y")


def local_time(moment: datetime) -> str:
    """Return the time in Almaty as 10:00."""
    return moment.astimezone(_ZONE).strftime("%H:%M")


def local_minute(moment: datetime) -> str:
    """Return day and time in Almaty as 02.03.2026 10:00."""
    return f"{local_date(moment)} {local_time(moment)}"


def in_a_thread(compiled: Callable[[_PaperType], bytes]) -> Callable[[_PaperType], Coroutine[Any, Any, bytes]]:
    """Return the same beside the event loop: setting a paper takes ten milliseconds and more."""

    async def printed(paper: _PaperType) -> bytes:
        return await asyncio.to_thread(compiled, paper)

    return printed


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
        "mark": asdict(SIMULATED),
        "barcode": code or "",
    }
    inputs = {"page": json.dumps({name: _printable(value) for name, value in shown.items()}, ensure_ascii=False)}
    try:
        if code:
            inputs["barcode"] = barcode_svg(code)
        inputs |= {f"barcode-{one}": barcode_svg(one) for one in more_codes}
    except ValueError as error:
        raise PageError(ResultCode.RENDERING, str(error)) from error
    return typeset(_COMMON, template, inputs=inputs, at=at)


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
