"""A receipt states what the act lists, in both languages, and nothing that the act leaves out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.catalogue.acceptance import ReceiptKind
from gateway.catalogue.terms import NoticeFact
from gateway.results.container import bare
from gateway.results.document import Statement
from gateway.results.errors import PageError, ResultCode
from gateway.results.receipts import Body, Receipt, compile_receipt
from tests.unit.results import printed

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
    return printed.text_of(compile_receipt(receipt))


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


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_the_barcode_says_the_number_at_the_resolution_of_every_printer(dpi: int) -> None:
    for receipt in (replace(FULL, states=frozenset(), barcode=True), FULL):
        (first, *others) = printed.barcodes_of(compile_receipt(receipt), dpi=dpi)
        assert first == ["72000000000017"]
        assert not any(others)


def test_a_receipt_has_no_barcode_where_neither_the_act_nor_the_window_asks_for_one() -> None:
    assert printed.barcodes_of(compile_receipt(replace(FULL, states=frozenset())), dpi=203) == [[]]


@pytest.mark.parametrize("number", ["72-1", "7" * 49])
def test_a_number_that_no_barcode_says_is_an_error_of_the_page(number: str) -> None:
    with pytest.raises(PageError) as caught:
        compile_receipt(replace(FULL, number=number))
    assert caught.value.code is ResultCode.RENDERING


def test_a_receipt_names_who_handed_the_documents_in_for_the_applicant() -> None:
    text = text_of(replace(FULL, representative="ІЛИЯСОВ ЕРЛАН ҒАЛЫМҰЛЫ"))
    assert bare("ІЛИЯСОВ ЕРЛАН ҒАЛЫМҰЛЫ") in text
    assert bare("Өкіл / Представитель") in text
    assert bare("Өкіл / Представитель") not in text_of(FULL)


def test_a_refusal_receipt_says_that_the_documents_are_incomplete_and_is_signed_by_both() -> None:
    refusal = replace(FULL, kind=ReceiptKind.REFUSAL_RECEIPT, states=frozenset(), number=None)
    text = text_of(refusal)
    for words in (
        "құжаттардың толық топтамасы ұсынылмағандықтан",
        "представлен неполный пакет документов",
        "Қабылдаудан бас тартқан қызметкердің қолы",
        "Расписку получил(а) (подпись услугополучателя)",
        "әр тарап үшін бір-бірден екі данада жасалды",
        refusal.acceptor,
    ):
        assert bare(words) in text, words
    assert printed.barcodes_of(compile_receipt(refusal), dpi=203) == [[]]
    accepted = text_of(replace(FULL, states=frozenset()))
    assert bare("представлен неполный пакет документов") not in accepted


def test_a_coupon_is_torn_off_a_part_that_stays_and_both_tell_the_application() -> None:
    coupon = replace(FULL, kind=ReceiptKind.COUPON, states=frozenset({NoticeFact.ACCEPTOR}), barcode=True)
    text = text_of(coupon)
    stays, torn = text.split(bare("үзу сызығы / линия отрыва"))
    for part in (stays, torn):
        for words in ("72000000000017", "03.03.2026", "ЖАППАРОВА ӘЙГҮЛ СЕРІКҚЫЗЫ", "Көкпекті ауылдық округінің әкімі"):
            assert bare(words) in part, words
        assert bare("не имеет юридической силы") in part
    assert bare("Өтініште қалатын бөлік") in stays
    assert bare("Отрывной талон заявления") in torn
    assert bare("ӨТЕГЕНОВ ҚАЙРАТ") in torn
    assert bare("осы талонды") in torn
    assert printed.barcodes_of(compile_receipt(coupon), dpi=203) == [["72000000000017"]]


@pytest.mark.parametrize("kind", ReceiptKind, ids=str)
def test_long_titles_wrap_and_many_documents_run_over_pages_with_nothing_cut(kind: ReceiptKind) -> None:
    words = "Қамқоршыларға немесе қорғаншыларға жетім баланы асырап-бағуға жәрдемақы тағайындау "
    long = Statement(words * 4, words * 4)
    documents = tuple(Statement(f"{words}№{one}.", f"{words}№{one}.") for one in range(1, 31))
    receipt = replace(
        FULL,
        kind=kind,
        service=long,
        counter=Body(long, Statement(words * 2, words * 2), "+7 727 111 22 33"),
        applicant="Ә" * 120,
        documents=documents,
    )
    pdf = compile_receipt(receipt)
    pages = printed.pages_of(pdf)
    text = "".join(pages)
    assert printed.outside(pdf) == []
    assert len(pages) > 2
    assert text.count("Ә" * 120) == (2 if kind is ReceiptKind.REFUSAL_RECEIPT else 1) + (kind is ReceiptKind.COUPON)
    for one in range(1, 31):
        assert f"№{one}." in text
    for place, page in enumerate(pages, start=1):
        assert bare("не имеет юридической силы") in page
        assert f"{place}/{len(pages)}" in page
        assert "72000000000017" in page


def test_signatures_do_not_stand_alone_on_a_page() -> None:
    one = Statement("Баланың туу туралы куәлігі", "Свидетельство о рождении ребёнка")
    for count in range(20, 45):
        pages = printed.pages_of(compile_receipt(replace(FULL, documents=(one,) * count)))
        assert f"{count}." in pages[-1], count


def test_another_reader_reads_the_same_fields() -> None:
    text = printed.text_by_pypdf(compile_receipt(FULL))
    for words in (*ALWAYS, *(one for shown in SHOWN.values() for one in shown)):
        assert bare(words) in text, words
