"""A receipt states what the act lists, in both languages, and nothing that the act leaves out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest

from gateway.catalogue.acceptance import ReceiptKind
from gateway.catalogue.terms import NoticeFact
from gateway.results.container import bare
from gateway.results.document import Statement
from gateway.results.receipts import Body, Receipt, compile_receipt

AT = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
"""Half past one at night of the next day in Almaty."""
OFFICE = Body(
    Statement("Көкпекті ауылдық округінің әкімі", "Аким Кокпектинского сельского округа"),
    Statement("Бейбітшілік көшесі, 1", "улица Мира, 1"),
    "+7 721 000 00 00",
)
PLACE = Body(
    Statement("3-кабинет", "кабинет 3"), Statement("Достық даңғылы, 5", "проспект Достык, 5"), "+7 727 111 22 33"
)
FULL = Receipt(
    kind=ReceiptKind.RECEIPT,
    states=frozenset(NoticeFact),
    counter=OFFICE,
    applicant="ЖАППАРОВА ӘЙГҮЛ СЕРІКҚЫЗЫ",
    service=Statement("Атаулы әлеуметтік көмек тағайындау", "Назначение адресной социальной помощи"),
    at=AT,
    number="72000000000017",
    variety=Statement("телнұсқа", "дубликат"),
    documents=(
        Statement("Отбасы құрамы туралы мәлімет", "Сведения о составе семьи"),
        Statement("Табыс туралы мәлімет", "Сведения о доходах"),
    ),
    acceptor="ӨТЕГЕНОВ ҚАЙРАТ",
    result_due=datetime(2026, 3, 20, 12, 45, tzinfo=UTC),
    place=PLACE,
)
SHOWN: dict[NoticeFact, tuple[str, ...]] = {
    NoticeFact.RESULT_DATE: ("20.03.2026", "Нәтижені алу күні", "Дата получения результата"),
    NoticeFact.RESULT_TIME: ("17:45", "Нәтижені алу уақыты", "Время получения результата"),
    NoticeFact.PLACE: ("3-кабинет", "кабинет 3"),
    NoticeFact.ADDRESS: ("Достық даңғылы, 5", "проспект Достык, 5"),
    NoticeFact.CONTACTS: ("+7 727 111 22 33",),
    NoticeFact.SERVICE_KIND: ("телнұсқа", "дубликат"),
    NoticeFact.DOCUMENT_COUNT: ("Қоса берілген құжаттардың саны", "Количество приложенных документов"),
    NoticeFact.DOCUMENT_TITLES: ("1. Отбасы құрамы туралы мәлімет", "2. Сведения о доходах"),
    NoticeFact.ACCEPTOR: ("ӨТЕГЕНОВ ҚАЙРАТ", "Құжаттарды қабылдаған", "Документы принял"),
}
"""What a reader finds for each fact; number, date and time of the application stand on every receipt."""
ALWAYS = (
    "72000000000017",
    "03.03.2026",
    "01:30",
    "ЖАППАРОВА ӘЙГҮЛ СЕРІКҚЫЗЫ",
    "Атаулы әлеуметтік көмек тағайындау",
    "Назначение адресной социальной помощи",
    "Көкпекті ауылдық округінің әкімі",
    "Аким Кокпектинского сельского округа",
    "улица Мира, 1",
    "+7 721 000 00 00",
)


def text_of(receipt: Receipt) -> str:
    document = pypdfium2.PdfDocument(compile_receipt(receipt))
    return bare("".join(page.get_textpage().get_text_range() for page in document))


def test_a_receipt_with_every_fact_states_each_in_both_languages() -> None:
    text = text_of(FULL)
    for words in (*ALWAYS, *(one for shown in SHOWN.values() for one in shown)):
        assert bare(words) in text, words


@pytest.mark.parametrize("fact", SHOWN, ids=str)
def test_a_fact_that_the_act_lists_is_stated_and_the_others_are_not(fact: NoticeFact) -> None:
    text = text_of(replace(FULL, states=frozenset({fact})))
    for words in (*ALWAYS, *SHOWN[fact]):
        assert bare(words) in text, words
    for other in SHOWN.keys() - {fact}:
        assert bare(SHOWN[other][-1]) not in text, other


def test_a_receipt_of_which_the_act_lists_nothing_still_tells_the_application() -> None:
    text = text_of(replace(FULL, states=frozenset()))
    assert all(bare(words) in text for words in ALWAYS)


@pytest.mark.parametrize("kind", ReceiptKind, ids=str)
def test_each_kind_of_receipt_has_its_own_title_in_both_languages(kind: ReceiptKind) -> None:
    receipt = replace(FULL, kind=kind)
    text = text_of(receipt)
    assert bare(receipt.title.kk) in text
    assert bare(receipt.title.ru) in text
    assert len({replace(FULL, kind=one).title for one in ReceiptKind}) == len(ReceiptKind)


def test_a_refusal_receipt_names_what_is_missing_and_no_number() -> None:
    refusal = replace(FULL, kind=ReceiptKind.REFUSAL_RECEIPT, states=frozenset(), number=None, result_due=None)
    text = text_of(refusal)
    for words in (
        "Жетіспейтін құжаттар",
        "Недостающие документы",
        "1. Сведения о составе семьи",
        "2. Табыс туралы мәлімет",
    ):
        assert bare(words) in text, words
    assert bare("Өтініштің нөмірі") not in text
    assert "03.03.2026" in text


def test_the_same_receipt_is_printed_the_same_again() -> None:
    assert compile_receipt(FULL) == compile_receipt(FULL)


def test_markup_and_foreign_letters_in_a_name_are_printed_as_letters() -> None:
    text = text_of(replace(FULL, applicant='#panic("x") *b* \u202eабв \u4e2d'))
    assert bare('#panic("x") *b* ?абв ?') in text


def test_a_simulated_receipt_says_so_and_a_real_one_does_not() -> None:
    assert bare("не имеет юридической силы") in text_of(FULL)
    assert bare("не имеет юридической силы") not in text_of(replace(FULL, simulated=False))


def test_a_receipt_is_pdf_a_3a_and_tagged() -> None:
    metadata = compile_receipt(FULL)
    assert b"pdfaid" in metadata
    assert b"/MarkInfo" in metadata
