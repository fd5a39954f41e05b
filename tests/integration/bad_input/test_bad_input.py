"""Bad input of every kind: the answer is a clear message that says what to do, and nothing is changed.

| what | where it is refused | and besides, in |
|---|---|---|
| wrong check digit | counter: form and applicant; portal: form | hostile/test_login.py, web_portal/test_guards.py |
| missing person | whatever is drafted but a refusal | desk/test_procedure.py, browser/test_refusals.py |
| dead person | shown to the executor, who decides | unit/desk/test_registers.py |
| liquidated organisation | shown to the executor, who decides | unit/desk/test_registers.py |
| wrong office | the counter, the case, the forwarding | desk/test_intake.py, desk/test_rights.py |
| a step out of order | every action | desk/test_rights.py |
| two people on one task | the claim, the old page | desk/test_rights.py, web_desk/test_pages.py |
| a result that lacks a field | the draft, by the field's own name | desk/test_procedure.py |
| an unreadable attachment | portal, counter, condition, check | flows/test_portal.py, hostile/test_uploads.py |

"Nothing is changed" is held against a digest of every table. The portal's draft is the one exception: it keeps what was
typed, which is what a person wants of it.
"""

from __future__ import annotations

import html

import pytest

from gateway.catalogue import Outcome as Ending
from gateway.catalogue import Role, Verb
from gateway.desk import Decision, DeskCode, DeskError
from gateway.desk.condition import SubmittedFile
from gateway.desk.paper import CounterClosed, PaperCode, PaperProblem, PaperRefused, Scan
from gateway.desk.ports import FixedRegister
from gateway.exchange.wording import Wording
from gateway.flows.errors import FlowCode, FlowError
from gateway.identity.numbers import Bin, NumberError, parse_number
from gateway.texts import Text
from tests.integration.bad_input.unchanged import says, unchanged
from tests.integration.desk.workplace import APPLICANT, CATALOGUE, KARAGANDA, WARD
from tests.integration.flows.town import ALMATY, ANSWERS
from tests.integration.paper_work import CHILD, PERMIT, RECIPIENT, RURAL

OFFICE, OTHER_OFFICE, COMMISSION = "karaganda-employment", "temirtau-employment", "karaganda-precinct-commission"
REGION, LABOUR = "karaganda-region-employment", "karaganda-labour-commission"
ORGANISATION = Bin("750340000510")
EMPLOYER = {
    "fields": {"service_kind": "employer-issue", "workers_count": "3"},
    "applicant": ORGANISATION,
    "applicant_name": "«ҚҰРЫЛЫС» ЖШС",
}
NOT_A_PDF = b"MZ this is a program"


def mistyped(number: str) -> str:
    """A number with another check digit."""
    return number[:-1] + str((int(number[-1]) + 1) % 10)


async def desk_refusal(rooms, attempt, code: DeskCode) -> Text:
    async with unchanged(rooms.place.store):
        with pytest.raises(DeskError) as caught:
            await attempt
    assert caught.value.code is code
    return caught.value.text


async def paper_refusal(rooms, attempt) -> tuple[PaperProblem, ...]:
    async with unchanged(rooms.place.store):
        with pytest.raises(PaperRefused) as caught:
            await attempt
    return caught.value.problems


# A wrong check digit


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


async def test_a_mistyped_iin_in_the_portals_form_is_named_and_kept(town, account, key) -> None:
    number = await town.filled(ALMATY, account)
    answers = ANSWERS[ALMATY] | {"ward_iin": mistyped(ANSWERS[ALMATY]["ward_iin"])}
    async with unchanged(town.store, but={"application"}):
        reading = await town.rooms.flow.process_3_fill_form(account.id, number, answers)
        (problem,) = reading.problems
        says(problem.text, kk="ЖСН", ru="ИИН")
        with pytest.raises(FlowError) as caught:
            await town.rooms.flow.process_3_choose_certificate(account.id, number, key.certificate.der)
    assert caught.value.code is FlowCode.INCOMPLETE
    says(caught.value.text, kk="нысанды толтырып", ru="заполните форму")
    assert town.sent.sent == []


# Persons and organisations


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


# The wrong office


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


# Order, and two people


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


# A result that lacks a field


@pytest.mark.parametrize("lacking", ["quarter", "year"])
async def test_a_result_that_lacks_a_field_names_it(rooms, lacking: str) -> None:
    await rooms.hire(OFFICE)
    case = await rooms.to((await rooms.accept(RECIPIENT, OFFICE)).number, Verb.DRAFT)
    facts = {"quarter": "first", "year": "2026"}
    del facts[lacking]
    attempt = rooms.desk.actions.draft(
        await rooms.actor(case),
        case.number,
        version=case.version,
        decision=Decision("certificate-of-belonging", facts),
    )
    text = await desk_refusal(rooms, attempt, DeskCode.DECISION_INCOMPLETE)
    result = CATALOGUE.service(RECIPIENT).result(Ending.ISSUED, case.channel)
    label = next(fact.label for fact in result.template.facts if fact.id == lacking)
    says(text, kk=f"«{label.kk}»", ru=f"«{label.ru}»")


@pytest.mark.parametrize(
    ("facts", "named"), [({"quarter": "fifth", "year": "2026"}, "quarter"), ({"quarter": "first", "year": " "}, "year")]
)
async def test_a_result_with_a_value_that_is_none_names_the_field(rooms, facts, named: str) -> None:
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


# An unreadable attachment


@pytest.mark.parametrize(
    ("media_type", "content", "said"),
    [
        ("application/pdf", NOT_A_PDF, {"kk": "PDF, JPEG немесе PNG", "ru": "PDF, JPEG или PNG"}),
        ("text/html", b"<script>", {"kk": "PDF, JPEG немесе PNG", "ru": "PDF, JPEG или PNG"}),
        ("application/pdf", b"", {"kk": "файл бос", "ru": "файл пуст"}),
    ],
)
async def test_an_unreadable_attachment_is_not_taken_at_the_portal(
    town, account, media_type: str, content: bytes, said: dict[str, str]
) -> None:
    number = await town.filled(ALMATY, account)
    async with unchanged(town.store):
        problem = await town.rooms.flow.process_3_attach_document(
            account.id, number, "identity-document", name="x.pdf", media_type=media_type, content=content
        )
    assert problem is not None
    says(problem.text, **said)


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
    says(problem.text, kk="көшірмесін бекітіңіз немесе", ru="приложите копию или отметьте")


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
