"""Every receipt that an act prescribes at the State Corporation says what its sentence asks for, read from the PDF.

What is asked for is taken from the sentence's own words, not from the facts that the catalogue lists beside it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from gateway.catalogue import Channel, NoticeFact, Service, load_catalogue
from gateway.catalogue.acceptance import Receipt as Prescribed
from gateway.catalogue.acceptance import ReceiptKind
from gateway.results.container import bare
from gateway.results.document import Statement
from gateway.results.receipts import Body, Receipt, compile_receipt
from tests.unit.results.printed import barcodes_of, outside, text_by_pypdf, text_of

CATALOGUE = load_catalogue()
AT = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
DUE = datetime(2026, 3, 20, 12, 45, tzinfo=UTC)
NUMBER = "73000000000017"
DEPARTMENT = Body(
    Statement("Мемлекеттік корпорацияның Қарағанды қаласындағы бөлімі", "Отдел Государственной корпорации в Караганде"),
    Statement("Қарағанды қаласы, Әлиханов көшесі, 4-үй", "город Караганда, улица Алиханова, дом 4"),
    "+7 721 200 00 00",
)
WORDS = {
    NoticeFact.REGISTRATION_DATE: r"тіркелген|өтініш беру күні",
    NoticeFact.REGISTRATION_TIME: r"өтініш беру күні мен уақыты",
    NoticeFact.RESULT_DATE: r"алатын күні|алған мерзімі",
    NoticeFact.ACCEPTOR: r"қабылдаған \S+( \S+)? тегі|қабылдаған \S+ .*(тегі мен аты-жөні|тегі мен инициалы)",
    NoticeFact.BARCODE: r"штрих-код",
}
"""How the acts' sentences on the receipts of the State Corporation name each fact."""
SHOWN = {
    NoticeFact.REGISTRATION_DATE: ("Тіркелген күні / Дата регистрации", "02.03.2026"),
    NoticeFact.REGISTRATION_TIME: ("Тіркелген уақыты / Время регистрации", "10:00"),
    NoticeFact.RESULT_DATE: ("Нәтижені алу күні / Дата получения результата", "20.03.2026"),
    NoticeFact.ACCEPTOR: ("Құжаттарды қабылдаған / Документы принял", "ӨТЕГЕНОВ Қ. Б."),
    NoticeFact.BARCODE: (NUMBER,),
}
TITLES = {
    ReceiptKind.RECEIPT: ("Құжаттардың қабылданғаны туралы қолхат", "Расписка о приёме документов"),
    ReceiptKind.BARCODE_RECEIPT: (
        "Құжаттардың қабылданғаны туралы штрих-коды бар қолхат",
        "Расписка о приёме документов со штрих-кодом",
    ),
    ReceiptKind.REFUSAL_RECEIPT: ("Құжаттарды қабылдаудан бас тарту туралы қолхат", "Расписка об отказе в приёме"),
}


def prescribed(*kinds: ReceiptKind) -> list[pytest.param]:
    return [
        pytest.param(service, receipt, id=f"{service.id}-{receipt.id}")
        for service in CATALOGUE.services.values()
        for receipt in service.receipts
        if Channel.CORPORATION in receipt.channels and receipt.kind in kinds
    ]


def asked(receipt: Prescribed) -> set[NoticeFact]:
    return {fact for fact, words in WORDS.items() if re.search(words, receipt.text.kk)}


def of(service: Service, form: Prescribed) -> Receipt:
    refused = form.kind is ReceiptKind.REFUSAL_RECEIPT
    return Receipt(
        kind=form.kind,
        states=frozenset(form.states),
        counter=DEPARTMENT,
        applicant="ЖАППАРОВА ӘЙГҮЛ СЕРІКҚЫЗЫ",
        service=Statement.of(service.titles),
        at=AT,
        number=None if refused else NUMBER,
        documents=tuple(Statement.of(document.title) for document in service.documents),
        acceptor="ӨТЕГЕНОВ Қ. Б.",
        result_due=DUE,
        place=DEPARTMENT,
        barcode=not refused,
    )


def test_fifteen_receipts_of_acceptance_and_sixteen_of_refusal_are_prescribed() -> None:
    assert len(prescribed(ReceiptKind.RECEIPT, ReceiptKind.BARCODE_RECEIPT)) == 15
    assert len(prescribed(ReceiptKind.REFUSAL_RECEIPT)) == 16


@pytest.mark.parametrize(("service", "form"), prescribed(ReceiptKind.RECEIPT, ReceiptKind.BARCODE_RECEIPT))
def test_a_receipt_of_acceptance_states_each_field_that_the_sentence_asks_for(
    service: Service, form: Prescribed
) -> None:
    assert asked(form) == set(form.states), form.text.kk
    pdf = compile_receipt(of(service, form))
    for text in (text_of(pdf), text_by_pypdf(pdf)):
        for words in (
            *TITLES[form.kind],
            *(one for fact in asked(form) for one in SHOWN[fact]),
            service.titles.kk,
            service.titles.ru,
            "ЖАППАРОВА ӘЙГҮЛ СЕРІКҚЫЗЫ",
            DEPARTMENT.name.kk,
            DEPARTMENT.name.ru,
        ):
            assert bare(words) in text, words
        for fact in (NoticeFact.RESULT_DATE, NoticeFact.ACCEPTOR):
            assert fact in asked(form) or bare(SHOWN[fact][0]) not in text
    assert barcodes_of(pdf, dpi=203)[0] == [NUMBER]
    assert outside(pdf) == []


@pytest.mark.parametrize(("service", "form"), prescribed(ReceiptKind.REFUSAL_RECEIPT))
def test_a_refusal_receipt_names_every_document_that_is_missing(service: Service, form: Prescribed) -> None:
    pdf = compile_receipt(of(service, form))
    for text in (text_of(pdf), text_by_pypdf(pdf)):
        for words in (*TITLES[form.kind], service.titles.kk, service.titles.ru, "ӨТЕГЕНОВ Қ. Б.", "02.03.2026"):
            assert bare(words) in text, words
        for place, document in enumerate(service.documents, start=1):
            for title in (document.title.kk, document.title.ru):
                assert bare(f"{place}. {title}") in text, title
    assert outside(pdf) == []
    assert not any(barcodes_of(pdf, dpi=100))


def test_every_document_of_these_services_is_named_in_letters_that_the_paper_has() -> None:
    for service, form in (one.values for one in prescribed(ReceiptKind.REFUSAL_RECEIPT)):
        question_marks = sum(document.title.kk.count("?") for document in service.documents)
        assert text_of(compile_receipt(of(service, form))).count("?") == 2 * question_marks
