"""The applicant's consent to the use of data that the law protects, printed before any state database is asked.

The acts have the employee of the State Corporation obtain it (Karaganda 2015, lines 241-244 and the like); they give no
form of it. What is consented to is worded as the act or the form of the service words it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from gateway.results.document import Statement
from gateway.results.page import Cell
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
    service_row,
    who_signs,
)

_TITLE = Statement("Мәліметтерді пайдалануға келісім", "Согласие на использование сведений")
_REGISTRIES = Statement(
    "Келісім берілгеннен кейін сұрау жіберілетін ақпараттық жүйелер",
    "Информационные системы, в которые после согласия направляется запрос",
)
_BEFORE = Statement(
    "Келісім сұрау жіберілгенге дейін беріледі. Келісім берілмесе, сұрау жіберілмейді және өтініш қабылданбайды.",
    "Согласие даётся до направления запроса. Без согласия запрос не направляется и заявление не принимается.",
)
_OPERATOR_SIGNS = Statement("Келісімді алған қызметкердің қолы", "Подпись работника, получившего согласие")


@dataclass(frozen=True, slots=True)
class Consent:
    """Who consents, to what, for which service, and which registries will be asked."""

    department: Body
    """Who obtains the consent."""
    applicant: str
    applicant_number: str
    """IIN or BIN."""
    service: Statement
    wording: Statement
    """What is consented to, as the form's field or the act says it."""
    registries: tuple[Statement, ...]
    """The state databases that are asked after it."""
    operator: str
    at: datetime
    """When the paper was made out."""
    number: str | None = None
    """The application's number."""
    representative: str = ""
    """Who consents in the applicant's stead."""
    representative_number: str = ""
    power: Statement | None = None
    """By what power the representative acts: kind, number and date."""
    given_at: datetime | None = None
    """When the consent was recorded; None on a paper that waits for its signature."""
    simulated: bool = True


def compile_consent(consent: Consent) -> bytes:
    """Return the form of consent as PDF/A-3a; raises `PageError`."""
    return compile_paper("consent", _page(consent), at=consent.at, code=consent.number, simulated=consent.simulated)


consent_pdf = in_a_thread(compile_consent)


def _page(consent: Consent) -> dict[str, object]:
    return {
        **letterhead(consent.department, _TITLE, consent.number),
        "rows": laid_out([service_row(consent.service), *power_rows(consent.power)]),
        "cells": laid_out(_cells(consent)),
        "wording": asdict(consent.wording),
        "registries_title": asdict(_REGISTRIES),
        "registries": laid_out(consent.registries),
        "signatures": laid_out(
            [who_signs(consent.applicant, consent.representative), Cell(_OPERATOR_SIGNS, consent.operator)]
        ),
        "notes": laid_out([_BEFORE]),
    }


def _cells(consent: Consent) -> list[Cell]:
    cells = [
        applicant_cell(consent.applicant),
        cell("ЖСН (БСН)", "ИИН (БИН)", consent.applicant_number),
        *representative_cells(consent.representative, consent.representative_number),
    ]
    if consent.number is not None:
        cells.append(number_cell(consent.number))
    cells.append(cell("Құжат жасалған күн мен уақыт", "Дата и время составления", local_minute(consent.at)))
    if consent.given_at is not None:
        cells.append(cell("Келісім берілген күн мен уақыт", "Дата и время согласия", local_minute(consent.given_at)))
    return cells
