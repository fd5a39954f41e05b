"""A register is printed twice, whole, over as many pages as it takes, and the receiver's mark is on the second copy."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.results.container import bare
from gateway.results.courier_papers import (
    RegisterDirection,
    RegisterMark,
    RegisterPaper,
    RegisterRow,
    compile_labels,
    compile_register,
)
from gateway.results.document import Statement
from gateway.results.papers import Body
from tests.unit.results import printed

AT = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
DEPARTMENT = Body(
    Statement("Мемлекеттік корпорацияның Алматы қаласындағы бөлімі", "Отдел Государственной корпорации в Алматы"),
    Statement("Алматы қаласы, Жандосов көшесі, 51-үй", "город Алматы, улица Жандосова, дом 51"),
    "+7 727 200 00 00",
)
PROVIDER = Body(
    Statement("Алматы қаласының көші-қон басқармасы", "Управление миграции города Алматы"),
    Statement("Алматы қаласы, Республика алаңы, 1-үй", "город Алматы, площадь Республики, дом 1"),
    "+7 727 300 00 00",
)
SERVICE = Statement("Оралман мәртебесін беру", "Присвоение статуса оралмана")
LONG = Statement(
    "Қамқоршыларға немесе қорғаншыларға жетім баланы (жетім балаларды) асырап-бағуға жәрдемақы тағайындау",
    "Назначение выплаты пособия опекунам или попечителям на содержание ребенка-сироты (детей-сирот)",
)


def entries(count: int) -> tuple[RegisterRow, ...]:
    return tuple(
        RegisterRow(f"73{one:012}", LONG if one % 2 else SERVICE, documents=one % 7 + 1, sheets=one % 11 + 2)
        for one in range(1, count + 1)
    )


REGISTER = RegisterPaper(
    number="74000000000019",
    direction=RegisterDirection.TO_PROVIDER,
    sender=DEPARTMENT,
    receiver=PROVIDER,
    made_at=AT,
    made_by="ӨТЕГЕНОВ Қ. Б.",
    courier="ІЛИЯСОВ ЕРЛАН",
    rows=entries(3),
)
MARKED = replace(
    REGISTER,
    rows=(
        replace(REGISTER.rows[0], mark=RegisterMark.RECEIVED),
        replace(REGISTER.rows[1], mark=RegisterMark.MISSING),
        replace(REGISTER.rows[2], mark=RegisterMark.RECEIVED),
        RegisterRow("73000000000999", SERVICE, documents=0, sheets=0, mark=RegisterMark.UNLISTED),
    ),
    marked_at=datetime(2026, 3, 3, 5, 5, tzinfo=UTC),
    marked_by="СӘРСЕНОВА ГҮЛНАР",
)
FIRST, SECOND = bare("1-дана / экземпляр 1"), bare("2-дана / экземпляр 2")


def copies(register: RegisterPaper) -> tuple[list[str], list[str]]:
    """Return the pages of either copy, told by the foot of each."""
    pages = printed.pages_of(compile_register(register))
    first = [page for page in pages if FIRST in page]
    second = [page for page in pages if SECOND in page]
    assert first + second == pages
    return first, second


@pytest.mark.parametrize("direction", RegisterDirection, ids=str)
def test_both_copies_say_every_field_in_both_languages(direction: RegisterDirection) -> None:
    titles = {
        RegisterDirection.TO_PROVIDER: (
            "Көрсетілетін қызметті берушіге жіберілетін құжаттардың тізілімі",
            "Реестр документов, направляемых услугодателю",
        ),
        RegisterDirection.TO_CORPORATION: (
            "Мемлекеттік корпорацияға жіберілетін мемлекеттік қызмет көрсету нәтижелерінің тізілімі",
            "Реестр результатов оказания государственных услуг, направляемых в Государственную корпорацию",
        ),
    }
    for copy in copies(replace(REGISTER, direction=direction)):
        text = "".join(copy)
        for words in (
            *titles[direction],
            "74000000000019",
            DEPARTMENT.name.kk,
            DEPARTMENT.name.ru,
            PROVIDER.name.kk,
            PROVIDER.name.ru,
            PROVIDER.address.kk,
            PROVIDER.address.ru,
            "03.03.2026 01:30",
            "Тізілімді жасаған / Реестр составил ӨТЕГЕНОВ Қ. Б.",
            "Курьер ІЛИЯСОВ ЕРЛАН",
            "Тапсырған қызметкердің қолы / Подпись передавшего работника",
            "Курьердің қолы / Подпись курьера",
            "Барлығы: өтініштер – 3, құжаттар – 9, парақтар – 12",
            "Итого: заявлений – 3, документов – 9, листов – 12",
        ):
            assert bare(words) in text, words
        for place, one in enumerate(REGISTER.rows, start=1):
            pattern = f"{place}{one.application}{bare(one.service.kk)}{bare(one.service.ru)}{one.documents}{one.sheets}"
            assert pattern in text, text


def test_the_barcode_of_the_register_is_at_the_head_of_both_copies() -> None:
    pdf = compile_register(replace(REGISTER, rows=entries(60)))
    told = printed.barcodes_of(pdf, dpi=203)
    first = [place for place, page in enumerate(printed.pages_of(pdf)) if "1/" in page and bare("Отправитель") in page]
    assert len(first) == 2
    assert [place for place, found in enumerate(told) if found] == first
    assert all(told[place] == ["74000000000019"] for place in first)


def test_sixty_entries_run_over_pages_with_the_heads_repeated_and_none_torn() -> None:
    pdf = compile_register(replace(REGISTER, rows=entries(60)))
    assert printed.outside(pdf) == []
    for copy in copies(replace(REGISTER, rows=entries(60))):
        assert len(copy) > 2
        for place, page in enumerate(copy, start=1):
            assert f"74000000000019{place}/{len(copy)}" in page
            assert bare("не имеет юридической силы") in page
            assert (bare("Өтініштің нөмірі Номер заявления") in page) == bool(re.search(r"73\d{12}", page))
        text = "".join(copy)
        for one in entries(60):
            (page,) = (page for page in copy if one.application in page)
            assert f"{bare(one.service.kk)}{bare(one.service.ru)}{one.documents}{one.sheets}" in page
            assert text.count(one.application) == 1
        assert "–60," in text


def test_the_second_copy_has_room_for_the_mark_before_it_is_made_and_the_first_never() -> None:
    first, second = ("".join(copy) for copy in copies(REGISTER))
    for words in (
        "Алғаны туралы белгі",
        "Отметка о получении",
        "Номера недостающих заявлений",
        "Принял (фамилия, имя)",
    ):
        assert bare(words) in second.replace(bare("с отметкой о получении"), "")
        assert bare(words) not in first
    for words in ("алынды", "отсутствует"):
        assert words not in second


def test_the_mark_is_on_the_second_copy_alone_and_says_what_came_and_what_did_not() -> None:
    first, second = ("".join(copy) for copy in copies(MARKED))
    assert bare("СӘРСЕНОВА") not in first
    assert "73000000000999" not in first
    for words in (
        "Алынған күні мен уақыты / Дата и время получения 03.03.2026 10:05",
        "Қабылдаған / Принял СӘРСЕНОВА ГҮЛНАР",
        "Алынғаны / Получено 2 / 3",
        "Жетіспейтіні / Не хватает 73000000000002",
        "Тізілімде жоғы / Не значится в реестре 73000000000999",
        "Поступило, но не значится в реестре",
        "Қабылдаған қызметкердің қолы / Подпись принявшего работника",
    ):
        assert bare(words) in second, words
    rows = re.findall(r"(73\d{12})\D*?\d+(алынды|жоқ)(получено|отсутствует)", second)
    assert [(number[-1], kk) for number, kk, _ru in rows] == [("1", "алынды"), ("2", "жоқ"), ("3", "алынды")]
    assert bare("өтініштер – 3") in second, "what was not listed is not counted among it"


def test_all_sixty_may_be_missing_and_the_mark_still_has_room() -> None:
    rows = tuple(replace(one, mark=RegisterMark.MISSING) for one in entries(60))
    pdf = compile_register(replace(MARKED, rows=rows))
    assert printed.outside(pdf) == []
    text = "".join(copies(replace(MARKED, rows=rows))[1])
    assert all(text.count(one.application) == 2 for one in rows)
    assert bare("Получено 0 / 60") in text


def test_a_register_is_pdf_a_and_printed_the_same_again() -> None:
    pdf = compile_register(MARKED)
    assert pdf == compile_register(MARKED)
    assert b"pdfaid" in pdf


def test_a_real_register_is_not_marked_as_simulated() -> None:
    assert bare("не имеет юридической силы") not in printed.text_of(
        compile_register(replace(REGISTER, simulated=False))
    )


def test_a_label_for_every_package_is_read_by_a_scanner_and_tells_the_service() -> None:
    pdf = compile_labels(replace(REGISTER, rows=entries(60)))
    told = [one for page in printed.barcodes_of(pdf, dpi=203) for one in page]
    assert sorted(told) == [one.application for one in entries(60)]
    assert printed.outside(pdf) == []
    text = printed.text_of(pdf)
    for one in entries(60):
        assert text.count(f"{one.application}{bare(one.service.kk)}{bare(one.service.ru)}") == 1
    assert text.count(bare("Тізілім / Реестр 74000000000019 СИМУЛЯЦИЯ")) == 60
    assert bare("ЖАППАРОВА") not in text


def test_what_came_without_being_listed_has_no_label() -> None:
    assert "73000000000999" not in printed.text_of(compile_labels(MARKED))
