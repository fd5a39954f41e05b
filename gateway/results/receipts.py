"""A receipt of acceptance, or of refusal to accept, as PDF/A: in Kazakh and Russian, with what the act lists.

The same receipt gives the same bytes, so that a second printing is the first one again.
"""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from importlib import resources
from zoneinfo import ZoneInfo

import typst

from gateway.catalogue.acceptance import ReceiptKind
from gateway.catalogue.terms import NoticeFact
from gateway.clock import ALMATY
from gateway.results.alphabet import unprintable
from gateway.results.document import Statement
from gateway.results.errors import PageError, ResultCode
from gateway.results.page import Cell, Row
from gateway.results.qr import qr_svg

_ZONE = ZoneInfo(ALMATY)
_SIMULATED = Statement(
    "СИМУЛЯЦИЯ. Сынақ жүйесі жасаған құжат, заңды күші жоқ.",
    "СИМУЛЯЦИЯ. Документ создан испытательной системой и не имеет юридической силы.",
)
_TITLES = {
    ReceiptKind.COUPON: Statement("Өтініштің үзбелі талоны", "Отрывной талон заявления"),
    ReceiptKind.RECEIPT: Statement("Құжаттардың қабылданғаны туралы қолхат", "Расписка о приёме документов"),
    ReceiptKind.BARCODE_RECEIPT: Statement(
        "Құжаттардың қабылданғаны туралы штрих-коды бар қолхат", "Расписка о приёме документов со штрих-кодом"
    ),
    ReceiptKind.REFUSAL_RECEIPT: Statement(
        "Құжаттарды қабылдаудан бас тарту туралы қолхат", "Расписка об отказе в приёме документов"
    ),
    ReceiptKind.COPY_MARK: Statement("Өтініштің көшірмесіндегі белгі", "Отметка на копии заявления"),
}
_ACCEPTED = Statement("Қабылданған құжаттар", "Принятые документы")
_MISSING = Statement("Жетіспейтін құжаттар", "Недостающие документы")


@dataclass(frozen=True, slots=True)
class Body:
    """Who takes papers in: its name, its address and its telephone."""

    name: Statement
    address: Statement
    phone: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says beside what tells it from every other: body, applicant, service, number, date and time.

    Of `result_due`, `place`, `acceptor` and `documents` only what `states` names is printed; the documents of a refusal
    are those that are missing, and are printed always.
    """

    kind: ReceiptKind
    states: frozenset[NoticeFact]
    counter: Body
    applicant: str
    service: Statement
    at: datetime
    """When the documents were taken in, or refused."""
    number: str | None = None
    """The application's number; a refused one has none."""
    variety: Statement | None = None
    """The kind of the service that was chosen, where it has kinds."""
    documents: tuple[Statement, ...] = ()
    acceptor: str = ""
    result_due: datetime | None = None
    place: Body | None = None
    """Where the result is received."""
    simulated: bool = True

    @property
    def title(self) -> Statement:
        """The receipt's name."""
        return _TITLES[self.kind]


async def receipt_pdf(receipt: Receipt) -> bytes:
    """Return the receipt as PDF/A-3a; raises `PageError`."""
    return await asyncio.to_thread(compile_receipt, receipt)


def compile_receipt(receipt: Receipt) -> bytes:
    """Do the work of `receipt_pdf` in the calling thread."""
    barcode = receipt.number if NoticeFact.BARCODE in receipt.states else None
    try:
        return typst.compile(
            _template(),
            format="pdf",
            font_paths=typst.Fonts(include_system_fonts=False),
            sys_inputs={"page": json.dumps(_page(receipt), ensure_ascii=False), "qr": qr_svg(barcode or "-")},
            pdf_standards=["a-3a", "ua-1"],
            timestamp=int(receipt.at.timestamp()),
        )
    except typst.TypstError as error:
        raise PageError(ResultCode.RENDERING, error.message) from error


def local_date(moment: datetime) -> str:
    """Return the day in Almaty as 02.03.2026."""
    day: date = moment.astimezone(_ZONE).date()
    return f"{day.day:02}.{day.month:02}.{day.year:04}"


def local_time(moment: datetime) -> str:
    """Return the time in Almaty as 10:00."""
    clock: time = moment.astimezone(_ZONE).time()
    return f"{clock.hour:02}:{clock.minute:02}"


def _page(receipt: Receipt) -> dict[str, object]:
    """Lay the receipt out as its template reads it, without a letter that the font has not."""
    page = {
        "simulated": receipt.simulated,
        "mark": asdict(_SIMULATED),
        "head": asdict(receipt.counter.name),
        "title": asdict(receipt.title),
        "rows": [asdict(row) for row in _rows(receipt)],
        "cells": [asdict(cell) for cell in _cells(receipt)],
        "documents_title": asdict(_MISSING if receipt.kind is ReceiptKind.REFUSAL_RECEIPT else _ACCEPTED),
        "documents": [asdict(title) for title in receipt.documents] if _lists_documents(receipt) else [],
        "barcode": receipt.number if NoticeFact.BARCODE in receipt.states else "",
        "signature": asdict(Statement("Құжаттарды қабылдаған адамның қолы", "Подпись принявшего документы")),
        "foot": asdict(receipt.counter.address),
        "phone": receipt.counter.phone,
    }
    return {name: _printable(value) for name, value in page.items()}


def _lists_documents(receipt: Receipt) -> bool:
    return receipt.kind is ReceiptKind.REFUSAL_RECEIPT or NoticeFact.DOCUMENT_TITLES in receipt.states


def _rows(receipt: Receipt) -> list[Row]:
    rows = [Row(Statement("Мемлекеттік көрсетілетін қызмет", "Государственная услуга"), receipt.service)]
    if NoticeFact.SERVICE_KIND in receipt.states and receipt.variety is not None:
        rows.append(Row(Statement("Көрсетілетін қызметтің түрі", "Вид услуги"), receipt.variety))
    if receipt.place is not None and NoticeFact.PLACE in receipt.states:
        rows.append(Row(Statement("Нәтиже берілетін орын", "Место выдачи результата"), receipt.place.name))
    if receipt.place is not None and NoticeFact.ADDRESS in receipt.states:
        rows.append(Row(Statement("Мекенжайы", "Адрес"), receipt.place.address))
    return rows


def _cells(receipt: Receipt) -> list[Cell]:
    cells = [_cell("Көрсетілетін қызметті алушы", "Услугополучатель", receipt.applicant)]
    if receipt.number is not None:
        cells.append(_cell("Өтініштің нөмірі", "Номер заявления", receipt.number))
        cells.append(_cell("Тіркелген күні", "Дата регистрации", local_date(receipt.at)))
        cells.append(_cell("Тіркелген уақыты", "Время регистрации", local_time(receipt.at)))
    else:
        cells.append(_cell("Күні", "Дата", local_date(receipt.at)))
        cells.append(_cell("Уақыты", "Время", local_time(receipt.at)))
    told: dict[NoticeFact, Callable[[], Cell | None]] = {
        NoticeFact.DOCUMENT_COUNT: lambda: _cell(
            "Қоса берілген құжаттардың саны", "Количество приложенных документов", str(len(receipt.documents))
        ),
        NoticeFact.RESULT_DATE: lambda: _due(receipt, "Нәтижені алу күні", "Дата получения результата", local_date),
        NoticeFact.RESULT_TIME: lambda: _due(receipt, "Нәтижені алу уақыты", "Время получения результата", local_time),
        NoticeFact.CONTACTS: lambda: (
            None if receipt.place is None else _cell("Байланыс деректері", "Контактные данные", receipt.place.phone)
        ),
        NoticeFact.ACCEPTOR: lambda: _cell("Құжаттарды қабылдаған", "Документы принял", receipt.acceptor),
    }
    found = (cell() for fact, cell in told.items() if fact in receipt.states)
    return [*cells, *(cell for cell in found if cell is not None)]


def _due(receipt: Receipt, kk: str, ru: str, shown: Callable[[datetime], str]) -> Cell | None:
    return None if receipt.result_due is None else _cell(kk, ru, shown(receipt.result_due))


def _cell(kk: str, ru: str, value: str) -> Cell:
    return Cell(Statement(kk, ru), value)


def _printable(value: object) -> object:
    if isinstance(value, str):
        return "".join("?" if letter in unprintable(value) else letter for letter in value)
    if isinstance(value, list):
        return [_printable(one) for one in value]
    if isinstance(value, dict):
        return {name: _printable(one) for name, one in value.items()}
    return value


@functools.cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("typst/receipt.typ").read_bytes()
