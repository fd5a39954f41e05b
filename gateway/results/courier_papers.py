"""The courier's register in two copies: the first stays with who sends, the second comes back with the receiver's mark.

So the act on oralmans has it for the packages (lines 156-163); for the results it speaks of "the register that belongs
to them" (171-173), which is made out alike.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from gateway.results.document import Statement
from gateway.results.page import Cell, Row
from gateway.results.papers import Body, cell, compile_paper, in_a_thread, laid_out, local_minute, row


class RegisterDirection(StrEnum):
    """Which way the courier goes."""

    TO_PROVIDER = "to-provider"
    """Packages of documents."""
    TO_CORPORATION = "to-corporation"
    """Results."""


class RegisterMark(StrEnum):
    """What the receiver found."""

    RECEIVED = "received"
    MISSING = "missing"
    UNLISTED = "unlisted"
    """It came and was not on the register."""


_TITLES = {
    RegisterDirection.TO_PROVIDER: Statement(
        "Көрсетілетін қызметті берушіге жіберілетін құжаттардың тізілімі",
        "Реестр документов, направляемых услугодателю",
    ),
    RegisterDirection.TO_CORPORATION: Statement(
        "Мемлекеттік корпорацияға жіберілетін мемлекеттік қызмет көрсету нәтижелерінің тізілімі",
        "Реестр результатов оказания государственных услуг, направляемых в Государственную корпорацию",
    ),
}
_FIRST_COPY = Statement("1-дана: жіберушіде қалады", "Экземпляр 1: остаётся у отправителя")
_SECOND_COPY = Statement(
    "2-дана: алғаны туралы белгімен жіберушіге қайтарылады",
    "Экземпляр 2: возвращается отправителю с отметкой о получении",
)
_COLUMNS = (
    Statement("№", "№"),
    Statement("Өтініштің нөмірі", "Номер заявления"),
    Statement("Мемлекеттік көрсетілетін қызмет", "Государственная услуга"),
    Statement("Құжаттар", "Документов"),
    Statement("Парақтар", "Листов"),
    Statement("Белгі", "Отметка"),
)
_MARKS = {
    None: Statement("", ""),
    RegisterMark.RECEIVED: Statement("алынды", "получено"),
    RegisterMark.MISSING: Statement("жоқ", "отсутствует"),
    RegisterMark.UNLISTED: Statement("тізілімде жоқ", "нет в реестре"),
}
_SENDER_SIGNS = Statement("Тапсырған қызметкердің қолы", "Подпись передавшего работника")
_COURIER_SIGNS = Statement("Курьердің қолы", "Подпись курьера")
_RECEIVER_SIGNS = Statement("Қабылдаған қызметкердің қолы", "Подпись принявшего работника")
_MARK = Statement("Алғаны туралы белгі", "Отметка о получении")
_MARK_LINES = (
    Statement("Алынған күні мен уақыты", "Дата и время получения"),
    Statement("Қабылдаған (тегі, аты)", "Принял (фамилия, имя)"),
    Statement("Алынғандардың саны", "Количество полученных"),
    Statement("Жетіспейтін өтініштердің нөмірлері", "Номера недостающих заявлений"),
    Statement("Тізілімде жоқ өтініштердің нөмірлері", "Номера заявлений, которых нет в реестре"),
)
_LABELS = {
    RegisterDirection.TO_PROVIDER: Statement(
        "Тізілімнің топтамаларына арналған жапсырмалар", "Наклейки для пакетов реестра"
    ),
    RegisterDirection.TO_CORPORATION: Statement(
        "Тізілімнің нәтижелеріне арналған жапсырмалар", "Наклейки для результатов реестра"
    ),
}
_UNLISTED = Statement("Тізілімде жоқ, бірақ келіп түскендер", "Поступило, но не значится в реестре")


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One package or result; nobody's name, which a courier does not need."""

    application: str
    service: Statement
    documents: int
    """How many documents by title; 0 where nobody counted, of an unlisted one."""
    sheets: int
    mark: RegisterMark | None = None


@dataclass(frozen=True, slots=True)
class RegisterPaper:
    """A register; `marked_at` and `marked_by` come together, when the receiver has marked it."""

    number: str
    """Its barcode."""
    direction: RegisterDirection
    sender: Body
    receiver: Body
    made_at: datetime
    made_by: str
    courier: str
    rows: tuple[RegisterRow, ...]
    marked_at: datetime | None = None
    marked_by: str = ""
    simulated: bool = True


def compile_register(register: RegisterPaper) -> bytes:
    """Return both copies, one after the other, as PDF/A-3a; raises `PageError`."""
    return compile_paper(
        "register", _page(register), at=register.made_at, code=register.number, simulated=register.simulated
    )


def compile_labels(register: RegisterPaper) -> bytes:
    """Return a label for each package of a register, to be cut out and stuck on it, as PDF/A-3a; raises `PageError`.

    The receiver scans them, so that what is marked as received is what came, not what the register lists.
    """
    return compile_paper(
        "labels",
        {
            "head": asdict(register.sender.name),
            "title": asdict(_LABELS[register.direction]),
            "number": register.number,
            "receiver": asdict(register.receiver.name),
            "labels": [
                {"application": one.application, "service": asdict(one.service), "place": str(place)}
                for place, one in enumerate(register.rows, start=1)
                if one.mark is not RegisterMark.UNLISTED
            ],
        },
        at=register.made_at,
        code=None,
        more_codes=[one.application for one in register.rows],
        simulated=register.simulated,
    )


register_pdf = in_a_thread(compile_register)
labels_pdf = in_a_thread(compile_labels)


def _page(register: RegisterPaper) -> dict[str, object]:
    listed = [one for one in register.rows if one.mark is not RegisterMark.UNLISTED]
    unlisted = [one for one in register.rows if one.mark is RegisterMark.UNLISTED]
    return {
        "head": asdict(register.sender.name),
        "title": asdict(_TITLES[register.direction]),
        "copies": laid_out([_FIRST_COPY, _SECOND_COPY]),
        "short_copies": laid_out([Statement("1-дана", "экземпляр 1"), Statement("2-дана", "экземпляр 2")]),
        "rows": laid_out(_rows(register)),
        "cells": laid_out(_cells(register)),
        "columns": laid_out(_COLUMNS),
        "entries": [_entry(place, one) for place, one in enumerate(listed, start=1)],
        "total": asdict(_total(listed)),
        "signatures": laid_out([Cell(_SENDER_SIGNS, register.made_by), Cell(_COURIER_SIGNS, register.courier)]),
        "mark_title": asdict(_MARK),
        "marked": register.marked_at is not None,
        "marked_by": register.marked_by,
        "mark_cells": laid_out(_mark_cells(register, listed, unlisted)),
        "mark_lines": laid_out(_MARK_LINES),
        "mark_signature": asdict(_RECEIVER_SIGNS),
        "unlisted_title": asdict(_UNLISTED),
        "unlisted": [_entry(place, one) for place, one in enumerate(unlisted, start=1)],
    }


def _entry(place: int, one: RegisterRow) -> dict[str, object]:
    return {
        "place": str(place),
        "application": one.application,
        "service": asdict(one.service),
        "documents": str(one.documents or "–"),
        "sheets": str(one.sheets or "–"),
        "mark": asdict(_MARKS[one.mark]),
    }


def _rows(register: RegisterPaper) -> list[Row]:
    return [
        row("Жіберуші", "Отправитель", register.sender.name),
        row("Алушы", "Получатель", register.receiver.name),
        row("Алушының мекенжайы", "Адрес получателя", register.receiver.address),
    ]


def _cells(register: RegisterPaper) -> list[Cell]:
    return [
        cell("Тізілімнің нөмірі", "Номер реестра", register.number),
        cell("Жасалған күні мен уақыты", "Дата и время составления", local_minute(register.made_at)),
        cell("Тізілімді жасаған", "Реестр составил", register.made_by),
        cell("Курьер", "Курьер", register.courier),
    ]


def _total(listed: list[RegisterRow]) -> Statement:
    documents, sheets = sum(one.documents for one in listed), sum(one.sheets for one in listed)
    dash = "\u00a0–\u00a0"
    return Statement(
        f"Барлығы: өтініштер{dash}{len(listed)}, құжаттар{dash}{documents}, парақтар{dash}{sheets}",
        f"Итого: заявлений{dash}{len(listed)}, документов{dash}{documents}, листов{dash}{sheets}",
    )


def _mark_cells(register: RegisterPaper, listed: list[RegisterRow], unlisted: list[RegisterRow]) -> list[Cell]:
    if register.marked_at is None:
        return []
    missing = [one.application for one in listed if one.mark is RegisterMark.MISSING]
    received = sum(one.mark is RegisterMark.RECEIVED for one in listed)
    return [
        cell("Алынған күні мен уақыты", "Дата и время получения", local_minute(register.marked_at)),
        cell("Қабылдаған", "Принял", register.marked_by),
        cell("Алынғаны", "Получено", f"{received} / {len(listed)}"),
        cell("Жетіспейтіні", "Не хватает", ", ".join(missing) or "0"),
        cell("Тізілімде жоғы", "Не значится в реестре", ", ".join(one.application for one in unlisted) or "0"),
    ]
