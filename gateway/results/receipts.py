"""A receipt of acceptance, or of refusal to accept, as PDF/A: in Kazakh and Russian, with what the act lists.

The acts name the form of a refusal receipt as an annex to the Standard of the service, which is not among the sources;
it says what the acts say of it: the set of documents is incomplete, and which are missing. The same receipt gives the
same bytes, so that a second printing is the first one again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from gateway.catalogue.acceptance import ReceiptKind
from gateway.catalogue.terms import NoticeFact
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
    local_date,
    local_time,
    number_cell,
    representative_cells,
    row,
    service_row,
)

__all__ = ["Body", "Receipt", "compile_receipt", "local_date", "local_time", "receipt_pdf"]

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
_INCOMPLETE = Statement(
    "Мемлекеттік көрсетілетін қызмет стандартында көзделген тізбеге сәйкес құжаттардың толық топтамасы "
    "ұсынылмағандықтан, құжаттарды қабылдаудан бас тартылды. Жетіспейтін құжаттарды толықтырғаннан кейін қайта "
    "жүгінуге болады.",
    "В приёме документов отказано, так как представлен неполный пакет документов согласно перечню, предусмотренному "
    "стандартом государственной услуги. После представления недостающих документов можно обратиться снова.",
)
_BRING_COUPON = Statement(
    "Нәтижені алу үшін осы талонды және жеке басты куәландыратын құжатты көрсетіңіз.",
    "Для получения результата предъявите этот талон и документ, удостоверяющий личность.",
)
_BRING = Statement(
    "Нәтижені алу үшін осы қолхатты және жеке басты куәландыратын құжатты көрсетіңіз.",
    "Для получения результата предъявите эту расписку и документ, удостоверяющий личность.",
)
_TWO_COPIES = Statement(
    "Осы қолхат әр тарап үшін бір-бірден екі данада жасалды.",
    "Настоящая расписка составлена в двух экземплярах, по одному для каждой стороны.",
)
_ACCEPTOR_SIGNS = Statement("Құжаттарды қабылдаған адамның қолы", "Подпись принявшего документы")
_REFUSER_SIGNS = Statement("Қабылдаудан бас тартқан қызметкердің қолы", "Подпись работника, отказавшего в приёме")
_RECEIVED = Statement(
    "Қолхатты алдым (көрсетілетін қызметті алушының қолы)", "Расписку получил(а) (подпись услугополучателя)"
)
_STUB = Statement("Өтініште қалатын бөлік", "Часть, остающаяся при заявлении")
_TEAR = Statement("үзу сызығы", "линия отрыва")
_COUPON_RECEIVED = Statement("Талонды алдым (қолы)", "Талон получил(а) (подпись)")


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
    representative: str = ""
    """Who handed the documents in for the applicant."""
    barcode: bool = False
    """The number stands as barcode too, so that the hand-over finds the application; always where the act lists it."""
    simulated: bool = True

    @property
    def title(self) -> Statement:
        """The receipt's name."""
        return _TITLES[self.kind]


def compile_receipt(receipt: Receipt) -> bytes:
    """Return the receipt as PDF/A-3a; raises `PageError`."""
    with_barcode = receipt.barcode or NoticeFact.BARCODE in receipt.states
    code = receipt.number if with_barcode else None
    return compile_paper("receipt", _page(receipt), at=receipt.at, code=code, simulated=receipt.simulated)


receipt_pdf = in_a_thread(compile_receipt)


def _page(receipt: Receipt) -> dict[str, object]:
    """Lay the receipt out as its template reads it."""
    refused = receipt.kind is ReceiptKind.REFUSAL_RECEIPT
    told = _told(receipt)
    return {
        **letterhead(receipt.counter, receipt.title, receipt.number),
        "rows": laid_out(_rows(receipt)),
        "cells": laid_out([*_who_and_when(receipt), *told]),
        "reasons": laid_out([_INCOMPLETE] if refused else []),
        "documents_title": asdict(_MISSING if refused else _ACCEPTED),
        "documents": laid_out(receipt.documents) if _lists_documents(receipt) else [],
        "signatures": laid_out(_signatures(receipt)),
        "notes": laid_out(_notes(receipt)),
        "coupon": receipt.kind is ReceiptKind.COUPON,
        "stub": asdict(_STUB),
        "stub_cells": laid_out(_who_and_when(receipt)),
        "stub_signature": asdict(_COUPON_RECEIVED),
        "tear": asdict(_TEAR),
    }


def _lists_documents(receipt: Receipt) -> bool:
    return receipt.kind is ReceiptKind.REFUSAL_RECEIPT or NoticeFact.DOCUMENT_TITLES in receipt.states


def _rows(receipt: Receipt) -> list[Row]:
    rows = [service_row(receipt.service)]
    if NoticeFact.SERVICE_KIND in receipt.states and receipt.variety is not None:
        rows.append(row("Көрсетілетін қызметтің түрі", "Вид услуги", receipt.variety))
    if receipt.place is not None and NoticeFact.PLACE in receipt.states:
        rows.append(row("Нәтиже берілетін орын", "Место выдачи результата", receipt.place.name))
    if receipt.place is not None and NoticeFact.ADDRESS in receipt.states:
        rows.append(row("Мекенжайы", "Адрес", receipt.place.address))
    return rows


def _who_and_when(receipt: Receipt) -> list[Cell]:
    """Return what stands on every receipt."""
    cells = [applicant_cell(receipt.applicant), *representative_cells(receipt.representative)]
    if receipt.number is None:
        cells.append(cell("Күні", "Дата", local_date(receipt.at)))
        cells.append(cell("Уақыты", "Время", local_time(receipt.at)))
    else:
        cells.append(number_cell(receipt.number))
        cells.append(cell("Тіркелген күні", "Дата регистрации", local_date(receipt.at)))
        cells.append(cell("Тіркелген уақыты", "Время регистрации", local_time(receipt.at)))
    return cells


def _told(receipt: Receipt) -> list[Cell]:
    """Return what stands on this receipt because the act lists it."""
    told: dict[NoticeFact, Callable[[], Cell | None]] = {
        NoticeFact.DOCUMENT_COUNT: lambda: cell(
            "Қоса берілген құжаттардың саны", "Количество приложенных документов", str(len(receipt.documents))
        ),
        NoticeFact.RESULT_DATE: lambda: _due(receipt, "Нәтижені алу күні", "Дата получения результата", local_date),
        NoticeFact.RESULT_TIME: lambda: _due(receipt, "Нәтижені алу уақыты", "Время получения результата", local_time),
        NoticeFact.CONTACTS: lambda: (
            None if receipt.place is None else cell("Байланыс деректері", "Контактные данные", receipt.place.phone)
        ),
        NoticeFact.ACCEPTOR: lambda: cell("Құжаттарды қабылдаған", "Документы принял", receipt.acceptor),
    }
    found = (one() for fact, one in told.items() if fact in receipt.states)
    return [one for one in found if one is not None]


def _signatures(receipt: Receipt) -> list[Cell]:
    if receipt.kind is ReceiptKind.REFUSAL_RECEIPT:
        return [Cell(_REFUSER_SIGNS, receipt.acceptor), Cell(_RECEIVED, receipt.representative or receipt.applicant)]
    return [Cell(_ACCEPTOR_SIGNS, receipt.acceptor if NoticeFact.ACCEPTOR in receipt.states else "")]


def _notes(receipt: Receipt) -> list[Statement]:
    if receipt.kind is ReceiptKind.REFUSAL_RECEIPT:
        return [_TWO_COPIES]
    if receipt.kind is ReceiptKind.COUPON:
        return [_BRING_COUPON]
    return [_BRING]


def _due(receipt: Receipt, kk: str, ru: str, shown: Callable[[datetime], str]) -> Cell | None:
    return None if receipt.result_due is None else cell(kk, ru, shown(receipt.result_due))
