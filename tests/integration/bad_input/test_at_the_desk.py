"""Bad input at the desk: persons, offices, the order of the steps, two people, results, what the applicant brings."""

from __future__ import annotations

import html

import pytest

from gateway.catalogue import Outcome as Ending
from gateway.catalogue import Role, Verb
from gateway.desk import Decision, DeskCode, DeskError
from gateway.desk.condition import SubmittedFile
from gateway.desk.ports import FixedRegister
from gateway.exchange.wording import Wording
from gateway.texts import Text
from tests.integration.bad_input.inputs import (
    COMMISSION,
    EMPLOYER,
    LABOUR,
    NOT_A_PDF,
    OFFICE,
    ORGANISATION,
    OTHER_OFFICE,
    REGION,
)
from tests.integration.bad_input.unchanged import says, unchanged
from tests.integration.desk.workplace import APPLICANT, CATALOGUE, KARAGANDA
from tests.integration.paper_work import CHILD, PERMIT, RECIPIENT


async def desk_refusal(rooms, attempt, code: DeskCode) -> Text:
    async with unchanged(rooms.place.store):
        with pytest.raises(DeskError) as caught:
            await attempt
    assert caught.value.code is code
    return caught.value.text


async def test_for_a_missing_person_only_a_refusal_can_be_drafted_and_it_says_so(rooms) -> None:
    workplace = rooms.place
    workplace.persons.records.clear()
    number = await workplace.submit(KARAGANDA)
    await workplace.ask(number)
    case = await workplace.to(number, "draft")
    executor = workplace.staff["executor"]
    attempt = workplace.desk.actions.draft(executor, number, version=case.version, decision=workplace.decision(case))
    text = await desk_refusal(rooms, attempt, DeskCode.CHECK_FAILED)
    says(text, kk="тек бас тартуды дайындауға болады", ru="можно подготовить только отказ")


async def test_a_missing_persons_refusal_gives_its_ground_in_both_languages(rooms) -> None:
    workplace = rooms.place
    workplace.persons.records.clear()
    number = await workplace.submit(KARAGANDA)
    await workplace.ask(number)
    case = await workplace.to(number, "draft")
    refusal = Decision(Ending.REFUSED, {}, "applicant-not-in-registry")
    await workplace.desk.actions.draft(workplace.staff["executor"], number, version=case.version, decision=refusal)
    await workplace.to(number, "nothing")
    document = workplace.response(number).signed_document.decode()
    assert "мемлекеттік" in document.lower()
    assert "государственн" in document.lower()


@pytest.mark.parametrize(("language", "word"), [("kk", "Қайтыс болған күні"), ("ru", "Дата смерти")])
async def test_a_dead_person_is_shown_to_the_executor(rooms, new_browser, language: str, word: str) -> None:
    workplace = rooms.place
    workplace.persons.records[str(APPLICANT)] |= {"life_status": "Қайтыс болған", "death_date": "2025-12-31"}
    number = await workplace.submit(KARAGANDA)
    await workplace.ask(number)
    await workplace.to(number, "draft")
    browser = await new_browser("executor")
    page = html.unescape(await browser.get(f"/cases/{number}?lang={language}"))
    assert word in page
    assert "31.12.2025" in page


@pytest.mark.parametrize(("language", "word"), [("kk", "Таратылған күні"), ("ru", "Дата ликвидации")])
async def test_a_liquidated_organisation_is_shown_to_the_executor(rooms, new_browser, language, word) -> None:
    await rooms.hire(REGION, Role.HEAD, Role.EXECUTOR)
    facts = {"organisation_name": "«ҚҰРЫЛЫС» ЖШС", "organisation_status": "Таратылған", "liquidated_on": "2025-12-31"}
    rooms.desk.state_data._organisations = FixedRegister("gbdul", {str(ORGANISATION): facts})
    case = await rooms.accept(PERMIT, REGION, **EMPLOYER)
    assert await rooms.asked() == [case.number], "nobody asks ГБД ЮЛ"
    await rooms.place.ask(case.number)
    rooms.place.staff["inspector"] = rooms.member(REGION, Role.EXECUTOR)
    browser = await new_browser("inspector")
    page = html.unescape(await browser.get(f"/cases/{case.number}?lang={language}"))
    assert word in page
    assert "31.12.2025" in page


@pytest.mark.parametrize("office", [OFFICE, "talgar-agriculture", "nowhere"])
async def test_an_application_is_forwarded_to_another_office_of_the_service_alone(rooms, office: str) -> None:
    await rooms.hire(OFFICE)
    case = await rooms.accept(RECIPIENT, OFFICE)
    attempt = rooms.desk.moves.redirect(
        rooms.member(OFFICE, Role.CLERK), case.number, version=case.version, office=office, reason="Басқа аудан"
    )
    text = await desk_refusal(rooms, attempt, DeskCode.NO_SUCH_OFFICE)
    says(text, kk="Тізімнен таңдаңыз", ru="Выберите из списка")


async def test_forwarding_needs_a_reason(rooms) -> None:
    await rooms.hire(OFFICE)
    case = await rooms.accept(RECIPIENT, OFFICE)
    attempt = rooms.desk.moves.redirect(
        rooms.member(OFFICE, Role.CLERK), case.number, version=case.version, office=OTHER_OFFICE, reason="  "
    )
    says(await desk_refusal(rooms, attempt, DeskCode.REASON_MISSING), kk="көрсетіңіз", ru="Укажите причину")


async def test_another_offices_case_is_not_there(rooms) -> None:
    for office in (OFFICE, OTHER_OFFICE):
        await rooms.hire(office)
    case = await rooms.accept(RECIPIENT, OFFICE)
    attempt = rooms.desk.actions.register(rooms.member(OTHER_OFFICE, Role.CLERK), case.number, version=case.version)
    text = await desk_refusal(rooms, attempt, DeskCode.NO_SUCH_CASE)
    says(text, kk="мекемеңізде мұндай өтініш жоқ", ru="нет такого заявления")


async def test_while_the_commission_works_the_provider_is_told_to_wait(rooms) -> None:
    for office in (OFFICE, COMMISSION):
        await rooms.hire(office)
    case = await rooms.to((await rooms.accept(CHILD, OFFICE)).number, Verb.CONCLUDE)
    attempt = rooms.desk.bodies.conclude(
        rooms.member(OFFICE, Role.EXECUTOR),
        case.number,
        version=case.version,
        favourable=True,
        act="Акт",
        conclusion="Қорытынды",
    )
    async with unchanged(rooms.place.store):
        with pytest.raises(DeskError) as caught:
            await attempt
    assert caught.value.code in {DeskCode.ELSEWHERE, DeskCode.WRONG_ROLE}
    says(caught.value.text, kk="", ru="")


@pytest.mark.parametrize("action", ["resolve", "check-documents", "draft", "sign", "hand-over"])
async def test_a_step_out_of_order_says_what_comes_first(rooms, action: str) -> None:
    await rooms.hire(OFFICE)
    case = await rooms.accept(RECIPIENT, OFFICE)
    number, version = case.number, case.version
    head, executor = rooms.member(OFFICE, Role.HEAD), rooms.member(OFFICE, Role.EXECUTOR)
    actions, issue = rooms.desk.actions, rooms.desk.issue
    attempt = {
        "resolve": lambda: actions.resolve(head, number, version=version, executor=executor.id),
        "check-documents": lambda: actions.check_documents(executor, number, version=version, fault=None),
        "draft": lambda: actions.draft(
            executor, number, version=version, decision=Decision("certificate-of-belonging", {})
        ),
        "sign": lambda: issue.sign(head, number, version=version, signed=b"<signed/>"),
        "hand-over": lambda: issue.hand_over(rooms.member(OFFICE, Role.CLERK), number, version=version),
    }[action]()
    text = await desk_refusal(rooms, attempt, DeskCode.WRONG_ORDER)
    says(text, kk="алдымен рәсімнің ағымдағы қадамын орындаңыз", ru="сначала выполните текущий шаг")


async def test_minutes_are_not_taken_before_the_session(rooms) -> None:
    await rooms.hire(REGION, Role.HEAD, Role.EXECUTOR)
    await rooms.hire(LABOUR)
    case = await rooms.to((await rooms.accept(PERMIT, REGION, **EMPLOYER)).number, Verb.RECOMMEND)
    assert case.session_at is not None
    assert rooms.clock.now() < case.session_at
    async with unchanged(rooms.place.store):
        with pytest.raises(DeskError):
            await rooms.desk.bodies.recommend(
                rooms.member(LABOUR, Role.COMMISSION),
                case.number,
                version=case.version,
                favourable=True,
                minutes="Хаттама",
            )


async def test_a_task_in_a_colleagues_hands_names_the_colleague(rooms) -> None:
    await rooms.hire(OFFICE)
    case = await rooms.accept(RECIPIENT, OFFICE)
    first, second = rooms.member(OFFICE, Role.CLERK), await rooms.another(OFFICE, Role.CLERK)
    case = await rooms.desk.moves.claim(first, case.number, version=case.version)
    attempt = rooms.desk.actions.register(second, case.number, version=case.version)
    text = await desk_refusal(rooms, attempt, DeskCode.TAKEN)
    says(text, kk="басқа қызметкер жұмысқа алған", ru="взял в работу другой сотрудник")
    assert first.name in text.kk
    assert first.name in text.ru


async def test_the_second_of_two_is_told_to_look_again(rooms) -> None:
    await rooms.hire(OFFICE)
    case = await rooms.accept(RECIPIENT, OFFICE)
    second = await rooms.another(OFFICE, Role.CLERK)
    await rooms.do(case.number)
    attempt = rooms.desk.actions.register(second, case.number, version=case.version)
    says(await desk_refusal(rooms, attempt, DeskCode.CHANGED), kk="Бетті жаңартып", ru="Обновите страницу")


@pytest.mark.parametrize("lacking", ["quarter", "year"])
async def test_a_result_that_lacks_a_field_names_it(rooms, lacking: str) -> None:
    facts = {"quarter": "first", "year": "2026"}
    del facts[lacking]
    await _is_refused_for(rooms, facts, lacking)


@pytest.mark.parametrize(
    ("facts", "named"), [({"quarter": "fifth", "year": "2026"}, "quarter"), ({"quarter": "first", "year": " "}, "year")]
)
async def test_a_result_with_a_value_that_is_none_names_the_field(rooms, facts, named: str) -> None:
    await _is_refused_for(rooms, facts, named)


async def _is_refused_for(rooms, facts: dict[str, str], named: str) -> None:
    await rooms.hire(OFFICE)
    case = await rooms.to((await rooms.accept(RECIPIENT, OFFICE)).number, Verb.DRAFT)
    attempt = rooms.desk.actions.draft(
        await rooms.actor(case),
        case.number,
        version=case.version,
        decision=Decision("certificate-of-belonging", facts),
    )
    text = await desk_refusal(rooms, attempt, DeskCode.DECISION_INCOMPLETE)
    result = CATALOGUE.service(RECIPIENT).result(Ending.ISSUED, case.channel)
    label = next(fact.label for fact in result.template.facts if fact.id == named)
    says(text, kk=f"«{label.kk}»", ru=f"«{label.ru}»")


async def test_an_unreadable_file_does_not_fulfil_the_condition(rooms) -> None:
    await rooms.hire(REGION, Role.HEAD, Role.EXECUTOR)
    await rooms.hire(LABOUR)
    case = await rooms.to((await rooms.accept(PERMIT, REGION, **EMPLOYER)).number, Verb.SUBMIT)
    executor = await rooms.actor(case)
    files = tuple(SubmittedFile(one.kind, "x.pdf", "application/pdf", NOT_A_PDF) for one in rooms.brought(case))
    assert files
    attempt = rooms.desk.condition.submit(executor, case.number, version=case.version, files=files)
    text = await desk_refusal(rooms, attempt, DeskCode.FILE_UNFIT)
    says(text, kk="PDF, JPEG немесе PNG", ru="PDF, JPEG или PNG")
    none = rooms.desk.condition.submit(executor, case.number, version=case.version, files=())
    says(await desk_refusal(rooms, none, DeskCode.BROUGHT_NOTHING), kk="қоса беріңіз", ru="Приложите")


async def test_what_only_a_person_can_see_is_unreadable_needs_words_in_both_languages(rooms) -> None:
    await rooms.hire(OFFICE)
    case = await rooms.to((await rooms.accept(CHILD, OFFICE)).number, Verb.CHECK_DOCUMENTS)
    executor = await rooms.actor(case)
    for fault in (Wording("Көшірмесі оқылмайды.", " "), Wording("", "Копия не читается.")):
        attempt = rooms.desk.actions.check_documents(executor, case.number, version=case.version, fault=fault)
        text = await desk_refusal(rooms, attempt, DeskCode.REASON_MISSING)
        says(text, kk="көрсетіңіз", ru="Укажите")
