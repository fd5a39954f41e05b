"""The ticket of the electronic queue, on the roll of a hall's printer (80 mm).

It is no application and has no barcode.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.results.document import Statement
from gateway.results.page import Cell
from gateway.results.papers import (
    Body,
    cell,
    compile_paper,
    in_a_thread,
    laid_out,
    letterhead,
    local_date,
    local_time,
    row,
)

_TITLE = Statement("Кезек талоны", "Талон очереди")
_BOOKED = Statement("Алдын ала жазылу талоны", "Талон предварительной записи")
_ANY_WINDOW = Statement(
    "Сізді кез келген бос терезе шақырады: нөміріңізді таблодан қадағалаңыз.",
    "Вас вызовет любое свободное окно: следите за номером на табло.",
)
_NO_APPLICATION = Statement("Кезек талоны өтініш болып табылмайды.", "Талон очереди не является заявлением.")


@dataclass(frozen=True, slots=True)
class TicketPaper:
    """A place in the queue of a department."""

    number: str
    """As it is called and shown on the screen."""
    department: Body
    at: datetime
    """When it was issued, or for when it was booked."""
    service: Statement | None = None
    booked: bool = False
    ahead: int | None = None
    """How many wait before it."""
    simulated: bool = True


def compile_ticket(ticket: TicketPaper) -> bytes:
    """Return the ticket as PDF/A-3a; raises `PageError`."""
    return compile_paper("ticket", _page(ticket), at=ticket.at, code=None, simulated=ticket.simulated)


ticket_pdf = in_a_thread(compile_ticket)


def _page(ticket: TicketPaper) -> dict[str, object]:
    service = ticket.service
    return {
        **letterhead(ticket.department, _BOOKED if ticket.booked else _TITLE, ticket.number),
        "rows": laid_out([] if service is None else [row("Қызмет", "Услуга", service)]),
        "cells": laid_out(_cells(ticket)),
        "notes": laid_out([_ANY_WINDOW, _NO_APPLICATION]),
    }


def _cells(ticket: TicketPaper) -> list[Cell]:
    cells = [cell("Күні", "Дата", local_date(ticket.at)), cell("Уақыты", "Время", local_time(ticket.at))]
    if ticket.ahead is not None:
        cells.append(cell("Алдыңызда", "Перед вами", str(ticket.ahead)))
    return cells
