"""The message of process 4: the data cannot be obtained, because a state database has none.

It names what was not there and what to do about it. A database that did not answer is never a ground of it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

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
    power_rows,
    representative_cells,
    service_row,
)


class NoDataReason(StrEnum):
    """What condition 1 found; the values are those of an intake's finding."""

    ABSENT = "absent"
    """The applicant is not in ГБД ФЛ or ГБД ЮЛ."""
    DEAD = "dead"
    REMOVED = "removed"
    """The applicant's record was taken out of ГБД ФЛ."""
    LIQUIDATED = "liquidated"
    """The legal entity exists no more, by ГБД ЮЛ."""
    POWER_ABSENT = "power-absent"
    """The power of attorney is not in БНАЖ."""
    POWER_REVOKED = "power-revoked"
    POWER_EXPIRED = "power-expired"
    POWER_NOT_YET_VALID = "power-not-yet-valid"
    POWER_OF_ANOTHER = "power-of-another"
    """It was given by another person, or to another."""
    POWER_OF_ANOTHER_MATTER = "power-of-another-matter"


_TITLE = Statement("Деректерді алу мүмкін еместігі туралы хабарлама", "Сообщение о невозможности получения данных")
_TO_DO = Statement("Не істеу керек", "Что делать")
_NEW_POWER = Statement(
    "Нотариуста куәландырылған жаңа сенімхатпен жүгініңіз немесе көрсетілетін қызметті алушының өзі жүгінсін.",
    "Обратитесь с новой нотариально удостоверенной доверенностью, либо пусть обратится сам услугополучатель.",
)
_ABSENT_LEGAL_ENTITY = (
    Statement(
        "Заңды тұлғалардың мемлекеттік деректер базасында (ЗТ МДБ) көрсетілетін қызметті алушының деректері жоқ.",
        "В государственной базе данных юридических лиц (ГБД ЮЛ) отсутствуют данные услугополучателя.",
    ),
    Statement(
        "БСН дұрыс енгізілгенін тексеріңіз. Нөмір дұрыс болса, заңды тұлғаларды тіркейтін органға жүгініңіз.",
        "Проверьте, верно ли введён БИН. Если он верен, обратитесь в орган, регистрирующий юридические лица.",
    ),
)
_FOUND = {
    NoDataReason.ABSENT: (
        Statement(
            "Жеке тұлғалардың мемлекеттік деректер базасында (ЖТ МДБ) көрсетілетін қызметті алушының деректері жоқ.",
            "В государственной базе данных физических лиц (ГБД ФЛ) отсутствуют данные услугополучателя.",
        ),
        Statement(
            "ЖСН дұрыс енгізілгенін жеке басты куәландыратын құжат бойынша тексеріңіз. Нөмір дұрыс болса, жеке басты "
            "куәландыратын құжаттарды беретін органға жүгініңіз.",
            "Проверьте по документу, удостоверяющему личность, верно ли введён ИИН. Если он верен, обратитесь в орган, "
            "выдающий документы, удостоверяющие личность.",
        ),
    ),
    NoDataReason.DEAD: (
        Statement(
            "Жеке тұлғалардың мемлекеттік деректер базасында (ЖТ МДБ) көрсетілетін қызметті алушының қайтыс болғаны "
            "туралы мәлімет бар.",
            "В государственной базе данных физических лиц (ГБД ФЛ) есть сведения о смерти услугополучателя.",
        ),
        Statement(
            "ЖСН дұрыс енгізілгенін тексеріңіз. Мәлімет қате болса, азаматтық хал актілерін тіркейтін органға "
            "жүгініңіз.",
            "Проверьте, верно ли введён ИИН. Если сведения ошибочны, обратитесь в орган, регистрирующий акты "
            "гражданского состояния.",
        ),
    ),
    NoDataReason.REMOVED: (
        Statement(
            "Жеке тұлғалардың мемлекеттік деректер базасында (ЖТ МДБ) көрсетілетін қызметті алушының жазбасы есептен "
            "шығарылған.",
            "В государственной базе данных физических лиц (ГБД ФЛ) запись об услугополучателе снята с учёта.",
        ),
        Statement(
            "ЖСН дұрыс енгізілгенін тексеріңіз. Нөмір дұрыс болса, жеке басты куәландыратын құжаттарды беретін органға "
            "жүгініңіз.",
            "Проверьте, верно ли введён ИИН. Если он верен, обратитесь в орган, выдающий документы, удостоверяющие "
            "личность.",
        ),
    ),
    NoDataReason.LIQUIDATED: (
        Statement(
            "Заңды тұлғалардың мемлекеттік деректер базасының (ЗТ МДБ) деректері бойынша заңды тұлға таратылған.",
            "По данным государственной базы данных юридических лиц (ГБД ЮЛ) юридическое лицо ликвидировано.",
        ),
        _ABSENT_LEGAL_ENTITY[1],
    ),
    NoDataReason.POWER_ABSENT: (
        Statement(
            "Бірыңғай нотариаттық ақпараттық жүйеде (БНАЖ) өкілдің сенімхатының деректері жоқ.",
            "В Единой нотариальной информационной системе (ЕНИС) отсутствуют данные доверенности представителя.",
        ),
        Statement(
            "Сенімхаттың нөмірі мен күні дұрыс енгізілгенін тексеріңіз. Олар дұрыс болса, сенімхатты куәландырған "
            "нотариусқа жүгініңіз.",
            "Проверьте, верно ли введены номер и дата доверенности. Если они верны, обратитесь к нотариусу, который её "
            "удостоверил.",
        ),
    ),
    NoDataReason.POWER_REVOKED: (
        Statement(
            "Бірыңғай нотариаттық ақпараттық жүйенің (БНАЖ) деректері бойынша сенімхаттың күші жойылған.",
            "По данным Единой нотариальной информационной системы (ЕНИС) доверенность отменена.",
        ),
        _NEW_POWER,
    ),
    NoDataReason.POWER_EXPIRED: (
        Statement(
            "Бірыңғай нотариаттық ақпараттық жүйенің (БНАЖ) деректері бойынша сенімхаттың мерзімі өткен.",
            "По данным Единой нотариальной информационной системы (ЕНИС) срок доверенности истёк.",
        ),
        _NEW_POWER,
    ),
    NoDataReason.POWER_NOT_YET_VALID: (
        Statement(
            "Бірыңғай нотариаттық ақпараттық жүйенің (БНАЖ) деректері бойынша сенімхат әлі күшіне енген жоқ.",
            "По данным Единой нотариальной информационной системы (ЕНИС) доверенность ещё не вступила в силу.",
        ),
        Statement(
            "Сенімхат күшіне енгеннен кейін жүгініңіз немесе көрсетілетін қызметті алушының өзі жүгінсін.",
            "Обратитесь, когда доверенность вступит в силу, либо пусть обратится сам услугополучатель.",
        ),
    ),
    NoDataReason.POWER_OF_ANOTHER_MATTER: (
        Statement(
            "Бірыңғай нотариаттық ақпараттық жүйенің (БНАЖ) деректері бойынша сенімхат осы мемлекеттік қызметті алуға "
            "өкілеттік бермейді.",
            "По данным Единой нотариальной информационной системы (ЕНИС) доверенность не даёт полномочий на получение "
            "этой государственной услуги.",
        ),
        _NEW_POWER,
    ),
    NoDataReason.POWER_OF_ANOTHER: (
        Statement(
            "Бірыңғай нотариаттық ақпараттық жүйенің (БНАЖ) деректері бойынша сенімхатты басқа адам берген немесе ол "
            "басқа адамға берілген.",
            "По данным Единой нотариальной информационной системы (ЕНИС) доверенность выдана другим лицом или другому "
            "лицу.",
        ),
        _NEW_POWER,
    ),
}
_OPERATOR_SIGNS = Statement("Қызметкердің қолы", "Подпись работника")
_NOT_SENT = Statement(
    "Өтініш көрсетілетін қызметті берушіге жіберілген жоқ. Себебі жойылғаннан кейін қайта жүгінуге болады.",
    "Заявление услугодателю не направлено. После устранения причины можно обратиться снова.",
)


@dataclass(frozen=True, slots=True)
class NoData:
    """The message: who was asked for, what was not there, and who tells it."""

    department: Body
    applicant: str
    """As the operator entered it."""
    applicant_number: str
    """IIN or BIN."""
    service: Statement
    reasons: tuple[NoDataReason, ...]
    operator: str
    at: datetime
    """When the registries had answered."""
    number: str | None = None
    legal_entity: bool = False
    """The applicant was asked for in ГБД ЮЛ, not in ГБД ФЛ."""
    representative: str = ""
    representative_number: str = ""
    power: Statement | None = None
    """The power of attorney that was asked for: number and date."""
    simulated: bool = True


def compile_no_data(message: NoData) -> bytes:
    """Return the message as PDF/A-3a; raises `PageError`."""
    return compile_paper("message", _page(message), at=message.at, code=message.number, simulated=message.simulated)


no_data_pdf = in_a_thread(compile_no_data)


def _page(message: NoData) -> dict[str, object]:
    found = [_found(reason, message) for reason in message.reasons]
    return {
        **letterhead(message.department, _TITLE, message.number),
        "rows": laid_out([service_row(message.service), *power_rows(message.power)]),
        "cells": laid_out(_cells(message)),
        "reasons": laid_out(what for what, _advice in found),
        "advice_title": asdict(_TO_DO),
        "advice": laid_out(dict.fromkeys(advice for _what, advice in found)),
        "signatures": laid_out([Cell(_OPERATOR_SIGNS, message.operator)]),
        "notes": laid_out([_NOT_SENT]),
    }


def _found(reason: NoDataReason, message: NoData) -> tuple[Statement, Statement]:
    if reason is NoDataReason.ABSENT and message.legal_entity:
        return _ABSENT_LEGAL_ENTITY
    return _FOUND[reason]


def _cells(message: NoData) -> list[Cell]:
    number = ("БСН", "БИН") if message.legal_entity else ("ЖСН", "ИИН")
    cells = [
        applicant_cell(message.applicant),
        cell(*number, message.applicant_number),
        *representative_cells(message.representative, message.representative_number),
    ]
    if message.number is not None:
        cells.append(cell("Сұраудың нөмірі", "Номер запроса", message.number))
    cells.append(cell("Жауап алынған күн мен уақыт", "Дата и время получения ответа", local_minute(message.at)))
    return cells
