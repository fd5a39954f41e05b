"""Bad input at the counter of a provider or a rural akim: numbers, another office, scans, documents."""

from __future__ import annotations

import html

import pytest

from gateway.catalogue import Role
from gateway.desk.paper import CounterClosed, PaperCode, PaperProblem, PaperRefused, Scan
from gateway.identity.numbers import NumberError, parse_number
from tests.integration.bad_input.inputs import NOT_A_PDF, OFFICE, OTHER_OFFICE, mistyped
from tests.integration.bad_input.unchanged import says, unchanged
from tests.integration.desk.workplace import APPLICANT, CATALOGUE, WARD
from tests.integration.paper_work import CHILD, RECIPIENT, RURAL


async def paper_refusal(rooms, attempt) -> tuple[PaperProblem, ...]:
    async with unchanged(rooms.place.store):
        with pytest.raises(PaperRefused) as caught:
            await attempt
    return caught.value.problems


async def test_a_mistyped_iin_in_a_paper_is_named_at_its_field(rooms) -> None:
    await rooms.hire(OFFICE)
    fields = {"child_iin": mistyped(str(WARD))}
    (problem,) = await paper_refusal(rooms, rooms.accept(CHILD, OFFICE, fields=fields))
    assert (problem.field, problem.code) == ("child_iin", PaperCode.FORM)
    label = next(field.label for field in CATALOGUE.service(CHILD).form if field.id == "child_iin")
    says(problem.text, kk=f"«{label.kk}»", ru=f"«{label.ru}»")


@pytest.mark.parametrize("number", [mistyped(str(APPLICANT)), "12345", "", "ЖСН"])
async def test_an_applicants_number_that_is_none_is_told_why(rooms, new_browser, number: str) -> None:
    await rooms.hire(OFFICE)
    rooms.place.staff["counter"] = rooms.member(OFFICE, Role.CLERK)
    browser = await new_browser("counter")
    with pytest.raises(NumberError) as wrong:
        parse_number(number)
    for language, text in (("kk", wrong.value.text.kk), ("ru", wrong.value.text.ru)):
        await browser.get(f"/counter/{RECIPIENT}?lang={language}")
        async with unchanged(rooms.place.store):
            page = html.unescape(await browser.post(f"/counter/{RECIPIENT}", applicant_number=number))
        assert browser.status == 400
        assert text in page
        assert not number or f'value="{number}"' in page, "what was typed stays"


async def test_a_mistyped_iin_in_a_form_says_that_it_was_mistyped(rooms) -> None:
    await rooms.hire(OFFICE)
    fields = {"child_iin": mistyped(str(WARD))}
    (problem,) = await paper_refusal(rooms, rooms.accept(CHILD, OFFICE, fields=fields))
    says(problem.text, kk="бақылау цифры", ru="контрольная цифра")


def test_a_wrong_check_digit_says_that_a_digit_is_wrong() -> None:
    with pytest.raises(NumberError) as wrong:
        parse_number(mistyped(str(APPLICANT)))
    says(wrong.value.text, kk="ЖСН", ru="ИИН")


async def test_a_paper_without_an_applicants_number_asks_for_it(rooms) -> None:
    await rooms.hire(OFFICE)
    (problem,) = await paper_refusal(rooms, rooms.accept(RECIPIENT, OFFICE, applicant=None))
    assert problem.field == "applicant_number"
    says(problem.text, kk="ЖСН-ін немесе БСН-ін енгізіңіз", ru="Введите ИИН или БИН")


@pytest.mark.parametrize(("language", "word"), [("kk", "Қайтыс болған күні"), ("ru", "Дата смерти")])
async def test_a_dead_person_is_shown_on_paper_too(rooms, new_browser, language: str, word: str) -> None:
    await rooms.hire(OFFICE)
    rooms.place.persons.records[str(APPLICANT)] |= {"life_status": "Қайтыс болған", "death_date": "2025-12-31"}
    case = await rooms.accept(CHILD, OFFICE)
    assert await rooms.asked() == [case.number], "nobody asks ГБД ФЛ"
    await rooms.place.ask(case.number)
    rooms.place.staff["inspector"] = rooms.member(OFFICE, Role.EXECUTOR)
    browser = await new_browser("inspector")
    page = html.unescape(await browser.get(f"/cases/{case.number}?lang={language}"))
    assert word in page
    assert "31.12.2025" in page


async def test_a_counter_of_another_office_takes_nothing_in(rooms) -> None:
    await rooms.hire(OFFICE)
    clerk = rooms.member(OFFICE, Role.CLERK)
    async with unchanged(rooms.place.store):
        with pytest.raises(CounterClosed) as caught:
            rooms.desk.counter.place(clerk, RURAL)
    says(caught.value.text, kk="қағаз өтініштерді қабылдамайды", ru="не принимает заявления на бумаге")
    (problem,) = await paper_refusal(rooms, rooms.accept(RECIPIENT, OTHER_OFFICE, counter=OFFICE))
    assert problem.code is PaperCode.OFFICE
    says(problem.text, kk="тізімнен таңдаңыз", ru="Выберите услугодателя из списка")


@pytest.mark.parametrize(
    ("content", "kk", "ru"),
    [(NOT_A_PDF, "PDF, JPEG немесе PNG", "PDF, JPEG или PNG"), (b"", "файл бос", "файл пуст")],
)
async def test_an_unreadable_scan_is_not_taken_at_the_counter(rooms, content: bytes, kk: str, ru: str) -> None:
    await rooms.hire(OFFICE)
    scan = Scan("family-composition", "x.pdf", "application/pdf", content)
    attempt = rooms.accept(CHILD, OFFICE, documents=(scan,), on_paper=("family-income",))
    (problem,) = await paper_refusal(rooms, attempt)
    assert (problem.field, problem.code) == ("family-composition", PaperCode.DOCUMENT_WRONG)
    says(problem.text, kk=kk, ru=ru)


async def test_a_missing_document_is_named_with_what_to_do(rooms) -> None:
    await rooms.hire(OFFICE)
    (problem,) = await paper_refusal(rooms, rooms.accept(CHILD, OFFICE, on_paper=("family-income",)))
    assert (problem.field, problem.code) == ("family-composition", PaperCode.DOCUMENT_MISSING)
    says(problem.text, kk="көшірмесін тіркеңіз немесе", ru="приложите копию или отметьте")
