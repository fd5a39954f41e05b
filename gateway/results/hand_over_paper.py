"""The signature for a result at the window: who received it, by which document, from whom.

The Corporation keeps it; it names of the document shown what is kept of it, its kind and its last four digits.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from datetime import datetime

from gateway.results.document import Statement
from gateway.results.page import Cell, Row
from gateway.results.papers import Body, cell, compile_paper, laid_out, local_date, local_time, row

_TITLE = Statement(
    "Мемлекеттік қызмет көрсету нәтижесін алғаны туралы қолхат",
    "Расписка в получении результата государственной услуги",
)
_RECEIVED = Statement("Мемлекеттік қызмет көрсету нәтижесін алдым.", "Результат государственной услуги получил(а).")
_APPLICANT_SIGNS = Statement("Көрсетілетін қызметті алушының қолы", "Подпись услугополучателя")
_REPRESENTATIVE_SIGNS = Statement("Өкілдің қолы", "Подпись представителя")
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


async def hand_over_pdf(paper: HandOverPaper) -> bytes:
    """Return the paper that who receives a result signs, as PDF/A-3a; raises `PageError`."""
    return await asyncio.to_thread(compile_hand_over, paper)


def compile_hand_over(paper: HandOverPaper) -> bytes:
    """Do the work of `hand_over_pdf` in the calling thread."""
    return compile_paper("message", _page(paper), at=paper.at, code=paper.number, simulated=paper.simulated)


def _page(paper: HandOverPaper) -> dict[str, object]:
    signs = (
        Cell(_REPRESENTATIVE_SIGNS, paper.representative)
        if paper.representative
        else Cell(_APPLICANT_SIGNS, paper.applicant)
    )
    return {
        "head": asdict(paper.department.name),
        "foot": asdict(paper.department.address),
        "phone": paper.department.phone,
        "number": paper.number,
        "title": asdict(_TITLE),
        "rows": laid_out(_rows(paper)),
        "cells": laid_out(_cells(paper)),
        "reasons": laid_out([_RECEIVED]),
        "advice_title": asdict(Statement("", "")),
        "advice": [],
        "signatures": laid_out([signs, Cell(_OPERATOR_SIGNS, paper.operator)]),
        "notes": [],
    }


def _rows(paper: HandOverPaper) -> list[Row]:
    rows = [row("Мемлекеттік көрсетілетін қызмет", "Государственная услуга", paper.service)]
    if paper.result is not None:
        rows.append(row("Нәтиже", "Результат", paper.result))
    last4 = f", …{paper.identity_last4}"
    shown = Statement(paper.identity.kk + last4, paper.identity.ru + last4)
    rows.append(row("Көрсетілген жеке басты куәландыратын құжат", "Предъявленный документ", shown))
    if paper.power is not None:
        rows.append(row("Өкілдіктің негізі", "Основание представительства", paper.power))
    return rows


def _cells(paper: HandOverPaper) -> list[Cell]:
    cells = [cell("Көрсетілетін қызметті алушы", "Услугополучатель", paper.applicant)]
    if paper.representative:
        cells.append(cell("Өкіл", "Представитель", paper.representative))
    cells.append(cell("Өтініштің нөмірі", "Номер заявления", paper.number))
    moment = f"{local_date(paper.at)} {local_time(paper.at)}"
    cells.append(cell("Берілген күн мен уақыт", "Дата и время выдачи", moment))
    return cells
