"""The pages on which any service of the portal is worked: checks, inspections, and the choice of its results."""

from __future__ import annotations

import re

import pytest

from gateway.catalogue import Outcome
from gateway.exchange.wording import Wording
from tests.integration.desk.workplace import ADOPTION, ASSISTANCE, CATALOGUE, PROPERTY, REGISTRATION

FAULT = Wording("Көшірме оқылмайды", "Копия нечитаема")


def radios(page: str, name: str) -> dict[str, bool]:
    """The answers of a group of radios, and whether each is chosen."""
    found = [one for one in re.findall(r"<input\b[^>]*>", page) if f'name="{name}"' in one]
    return {re.search(r'value="([^"]*)"', one)[1]: " checked" in one for one in found}  # type: ignore[index]


def error_at(page: str, field: str) -> bool:
    return f'href="#{field}"' in page and f'id="{field}-error"' in page


async def test_the_act_of_an_inspection_is_written_and_read_on_the_cases_page(new_browser, workplace) -> None:
    number = await workplace.submit(ADOPTION)
    case = f"/cases/{number}"
    executor = await new_browser("a-executor")
    await workplace.to(number, "check-documents", prefix="a-")
    assert f'action="{case}/inspect"' not in await executor.get(case)
    await workplace.to(number, "inspect", prefix="a-")
    await executor.get(case)
    await executor.post(f"{case}/inspect", act="")
    assert executor.status == 400
    assert error_at(executor.page, "act")
    await executor.post(f"{case}/inspect", act="Пәтер жарық.\nБөлме <b>бар</b>.")
    assert executor.status == 200
    head = await new_browser("a-head")
    page = await head.get(case)
    assert "Пәтер жарық." in page
    assert "Бөлме &lt;b&gt;бар&lt;/b&gt;." in page
    assert f'href="{case}/draft"' in executor.page
    assert f'action="{case}/inspect"' not in executor.page


async def test_the_executor_chooses_between_the_services_own_results(new_browser, workplace) -> None:
    number = await workplace.submit(ADOPTION)
    await workplace.to(number, "draft", prefix="a-")
    executor = await new_browser("a-executor")
    path = f"/cases/{number}/draft"
    page = await executor.get(path)
    offered = radios(page, "result")
    assert offered == {"readiness-possible": False, "readiness-impossible": False, "refusal": False}
    for result in CATALOGUE.service(ADOPTION).results:
        assert result.title.kk in page
    assert page.count('name="fact_conclusion_number"') == 1
    facts = {
        "fact_conclusion_number": "8",
        "fact_conclusion_date": "02.03.2026",
        "fact_collection_address": "Алматы",
        "fact_collection_phone": "+7 727",
    }
    await executor.post(path, **facts)
    assert executor.status == 400
    assert error_at(executor.page, "result")
    await executor.post(path, result="nothing", **facts)
    assert executor.status == 400
    await executor.post(path, result="readiness-impossible", **facts)
    assert executor.status == 200
    head = await new_browser("a-head")
    page = await head.get(f"/cases/{number}/sign")
    negative = CATALOGUE.service(ADOPTION).result(Outcome.NEGATIVE)
    assert negative.title.kk in page
    assert negative.title.ru in page


async def test_sums_and_choices_are_filled_in_beside_their_own_words(new_browser, workplace) -> None:
    number = await workplace.submit(ASSISTANCE)
    await workplace.ask(number)
    await workplace.to(number, "draft")
    executor = await new_browser("executor")
    path = f"/cases/{number}/draft"
    page = await executor.get(path)
    assert radios(page, "result") == {"notification": True, "refusal": False}
    assert radios(page, "fact_assistance_kind") == {"one-off": False, "monthly": False}
    good = {
        "result": "notification",
        "fact_decision_number": "5",
        "fact_decision_date": "02.03.2026",
        "fact_assistance_kind": "one-off",
        "fact_amount": "45 000",
    }
    for name, wrong in (("fact_amount", "көп"), ("fact_amount", ""), ("fact_assistance_kind", "never")):
        await executor.post(path, **good | {name: wrong})
        assert executor.status == 400
        assert error_at(executor.page, name), (name, wrong)
    await executor.post(path, **good)
    assert executor.status == 200
    head = await new_browser("head")
    assert "45\u00a0000 теңге" in await head.get(f"/cases/{number}/sign")


async def test_a_choice_that_the_form_gives_is_chosen_already(new_browser, workplace) -> None:
    number = await workplace.submit(PROPERTY)
    await workplace.to(number, "draft", prefix="a-")
    executor = await new_browser("a-executor")
    page = await executor.get(f"/cases/{number}/draft")
    assert radios(page, "result") == {"bank-certificate": True, "refusal": False}
    assert radios(page, "fact_purpose") == {"disposal": True, "inheritance": False}


async def test_a_question_to_the_registers_is_told_of_though_documents_are_attached(new_browser, workplace) -> None:
    number = await workplace.submit(REGISTRATION)
    executor = await new_browser("clerk")
    page = await executor.get(f"/cases/{number}?lang=en")
    assert "The state database has been asked and has not answered yet." in page
    other = await workplace.submit(ADOPTION)
    clerk = await new_browser("a-clerk")
    assert "The state database has been asked" not in await clerk.get(f"/cases/{other}?lang=en")


async def test_faults_found_beside_the_condition_leave_a_refusal_with_their_words(new_browser, workplace) -> None:
    number = await workplace.submit(REGISTRATION)
    await workplace.ask(number)
    await workplace.to(number, "check-documents")
    executor = await new_browser("executor")
    case = f"/cases/{number}"
    await executor.get(case)
    await executor.post(f"{case}/check-documents", conform="no", fault_kk=FAULT.kk, fault_ru=FAULT.ru)
    assert executor.status == 200
    assert f"Құжаттарда кемшіліктер бар: {FAULT.kk}" in executor.page
    page = await executor.get(f"{case}/draft?lang=en")
    assert "The documents do not conform: only a refusal can be drafted." in page
    assert radios(page, "result") == {"refusal": True}
    assert next(iter(radios(page, "ground"))) == "documents-violations"
    assert FAULT.ru in page
    assert "fact_" not in page
    await executor.post(f"{case}/draft", result="refusal", ground="documents-violations", reason_kk="а", reason_ru="б")
    assert executor.status == 200


async def test_where_there_is_no_refusal_the_page_offers_no_fault(new_browser, workplace, monkeypatch) -> None:
    number = await workplace.submit(REGISTRATION)
    await workplace.to(number, "check-documents")
    executor = await new_browser("executor")
    case = f"/cases/{number}"
    assert radios(await executor.get(case), "conform") == {"yes": False, "no": False}
    monkeypatch.setattr("gateway.desk.actions.can_refuse", lambda service, case: False)
    await executor.post(f"{case}/check-documents", conform="no", fault_kk=FAULT.kk, fault_ru=FAULT.ru)
    assert executor.status == 400
    assert error_at(executor.page, "fault_kk")
    monkeypatch.setattr("gateway.web.desk.view.can_refuse", lambda service, case: False)
    page = await executor.get(case)
    assert radios(page, "conform") == {"yes": False}
    assert 'name="fault_kk"' not in page
    assert f'action="{case}/return"' in page


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
async def test_every_step_of_an_inspected_case_can_be_read_in_three_languages(
    new_browser, workplace, language: str
) -> None:
    number = await workplace.submit(ADOPTION)
    executor = await new_browser("a-executor")
    for verb in ("check-documents", "inspect", "draft", "nothing"):
        await workplace.to(number, verb, prefix="a-")
        await executor.get(f"/cases/{number}?lang={language}")
        assert executor.status == 200
    words = {"kk": "Орнында тексеріп-қарау", "ru": "Обследование на месте", "en": "Inspection on the spot"}
    assert words[language] in executor.page
