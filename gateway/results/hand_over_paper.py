"""The signature for a result at the window: who received it, by which document, from whom.

The Corporation keeps it; it names of the document shown what is kept of it, its kind and its last four digits.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from gateway.results.document import Statement
from gateway.results.page import Cell, Row
from gateway.results.papers import (
    Body,
    applicant_cell,
    cell,
    compile_paper,
    in_a_thread,
    laid_out,
    letterhead,
    local_minute,
    number_cell,
    power_rows,
    representative_cells,
    row,
    service_row,
    who_signs,
)

_TITLE = Statement(
    "Мемлекеттік қызмет көрсету нәтижесін алғаны туралы қолхат",
    "Расписка в получении результата государственной услуги",
)
_RECEIVED = Statement("Мемлекеттік қызмет көрсету нәтижесін алдым.", "Результат государственной услуги получил(а).")
_OPERATOR_SIGNS = Statement("Нәтижені берген қызметкердің қолы", "Подпись работника, выдавшего результат")


@dataclass(frozen=True, slots=True)
class HandOverPaper:
    """A result that is handed over; `representative` is named where another receives it than the applicant."""

    department: Body
    number: str
    """The application's number."""
    applicant: str
    service: Statement
    identity: Statement
    """The kind of the document that was shown."""
    identity_last4: str
    operator: str
    at: datetime
    result: Statement | None = None
    """What is handed over, such as its title."""
    representative: str = ""
    power: Statement | None = None
    """By what power the representative acts: kind, number and date."""
    simulated: bool = True


def compile_hand_over(paper: HandOverPaper) -> bytes:
    """Return the paper that who receives a result signs, as PDF/A-3a; raises `PageError`."""
    return compile_paper("message", _page(paper), at=paper.at, code=paper.number, simulated=paper.simulated)


hand_over_pdf = in_a_thread(compile_hand_over)


def _page(paper: HandOverPaper) -> dict[str, object]:
    signs = who_signs(paper.applicant, paper.representative)
    return {
        **letterhead(paper.department, _TITLE, paper.number),
        "rows": laid_out(_rows(paper)),
        "cells": laid_out(_cells(paper)),
        "reasons": laid_out([_RECEIVED]),
        "advice_title": asdict(Statement("", "")),
        "advice": [],
        "signatures": laid_out([signs, Cell(_OPERATOR_SIGNS, paper.operator)]),
        "notes": [],
    }


def _rows(paper: HandOverPaper) -> list[Row]:
    rows = [service_row(paper.service)]
    if paper.result is not None:
        rows.append(row("Нәтиже", "Результат", paper.result))
    last4 = f", …{paper.identity_last4}"
    shown = Statement(paper.identity.kk + last4, paper.identity.ru + last4)
    rows.append(row("Көрсетілген жеке басты куәландыратын құжат", "Предъявленный документ", shown))
    return [*rows, *power_rows(paper.power)]


def _cells(paper: HandOverPaper) -> list[Cell]:
    return [
        applicant_cell(paper.applicant),
        *representative_cells(paper.representative),
        number_cell(paper.number),
        cell("Берілген күн мен уақыт", "Дата и время выдачи", local_minute(paper.at)),
    ]
