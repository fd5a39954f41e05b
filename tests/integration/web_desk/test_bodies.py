"""The pages of commissions, akims and the deciding head: each form with what is missing, and who sees what."""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from aiohttp import FormData

from gateway.catalogue import Channel
from gateway.clock import ALMATY
from gateway.desk.bodies import LONGEST_PAPER
from gateway.web.dates import moment
from tests.integration.desk.workplace import KARAGANDA, PDF
from tests.integration.web_desk.bodies import (
    AKIM_CERTIFICATE,
    GUARDIAN,
    PERMIT,
    REPATRIATE,
    SOCIAL,
    VICTIM,
    Hands,
    by_portal,
    hire,
    issued,
    on_paper,
)
from tests.integration.web_desk.test_services import error_at, radios

ACT = "Үйге барып тексерілді.\nОтбасында <b>үш</b> адам."
CONCLUSION = "№ 7 қорытынды, 03.03.2026"
GOOD = {"favourable": "yes", "act": ACT, "conclusion": CONCLUSION}
VERBS = ("forward", "conclude", "convene", "summon", "recommend", "decide", "inform", "submit", "record", "send-file")
SESSION = {"session_date": "10.03.2026", "session_time": "10:30"}
SESSION_AT = datetime(2026, 3, 10, 10, 30, tzinfo=ZoneInfo(ALMATY))


@pytest.fixture
async def hands(new_browser, workplace) -> Hands:
    await hire(workplace)
    return Hands(new_browser, workplace)


async def to_the_precinct(hands: Hands) -> str:
    number = await on_paper(hands.workplace, "akim-clerk", SOCIAL, office="bukhar-zhyrau-employment")
    await hands.does("akim-clerk", number, "register")
    await hands.does("akim", number, "resolve", executor=str(hands.workplace.staff["akim-executor"].id))
    await hands.does("akim-executor", number, "check-documents", conform="yes")
    await hands.does("akim-executor", number, "forward")
    return number


async def to_the_session(hands: Hands, number: str = "71260000000017") -> str:
    await by_portal(hands.workplace, PERMIT, number, kind="employer-issue", workers_count="3")
    await hands.does("r-executor", number, "register")
    await hands.does("r-executor", number, "check-documents", conform="yes")
    return number


async def to_the_decision(hands: Hands, *, favourable: str = "yes") -> str:
    number = await to_the_session(hands)
    await hands.does("r-head", number, "convene", **SESSION)
    await hands.does("r-executor", number, "summon")
    hands.workplace.clock.set(SESSION_AT)
    await hands.does("labour", number, "recommend", favourable=favourable, minutes="№ 3 хаттама")
    return number


# The rural akim and the precinct commission (Karaganda act, lines 149-212).


async def test_an_akims_people_work_a_paper_application_under_their_own_names(hands: Hands) -> None:
    number = await on_paper(hands.workplace, "akim-clerk", SOCIAL, office="bukhar-zhyrau-employment")
    clerk = await hands.of("akim-clerk")
    inbox = await clerk.get("/?lang=kk")
    assert "Көкпекті" in inbox
    assert "Ауылдық округ әкімінің кеңсе қызметкері" in inbox
    assert "Бұқар жырау ауданының" in inbox, "the provider's name beside the case"
    assert f'href="/cases/{number}"' in inbox
    page = await clerk.get(f"/cases/{number}")
    assert "Қағаз түрінде: " in page
    assert "Енгізілген өтініш" in page
    assert "Қол қойылған өтініш" not in page
    assert "Отбасы құрамы" in page or "отбасы" in page.lower()
    await hands.does("akim-clerk", number, "register")
    akim = await hands.of("akim")
    page = await akim.get(f"/cases/{number}")
    assert "Ауылдық округ әкімі" in page
    assert 'href="/reports"' not in page
    assert hands.workplace.staff["akim-executor"].name in page
    assert hands.workplace.staff["b-executor"].name not in page


async def test_the_documents_go_to_the_commission_that_the_page_names(hands: Hands) -> None:
    number = await on_paper(hands.workplace, "akim-clerk", SOCIAL, office="bukhar-zhyrau-employment")
    await hands.does("akim-clerk", number, "register")
    await hands.does("akim", number, "resolve", executor=str(hands.workplace.staff["akim-executor"].id))
    await hands.does("akim-executor", number, "check-documents", conform="yes")
    page = await hands.page("akim-executor", number, "?lang=kk")
    assert re.search(r"Құжаттар мына мекемеге жолданады: [^<]*учаскелік комиссия", page)
    browser = await hands.does("akim-executor", number, "forward")
    assert f"№ {number} өтініш" in browser.page, "the akim took it in and still sees it"
    assert f'action="/cases/{number}/forward"' not in browser.page


@pytest.mark.parametrize(("language", "missing"), [("kk", "favourable"), ("ru", "act"), ("en", "conclusion")])
async def test_a_conclusion_without_all_its_parts_is_not_taken(hands: Hands, language: str, missing: str) -> None:
    number = await to_the_precinct(hands)
    await hands.page("precinct", number, f"?lang={language}")
    browser = await hands.post("precinct", number, "conclude", **{k: v for k, v in GOOD.items() if k != missing})
    assert browser.status == 400
    assert error_at(browser.page, missing)
    assert browser.page.count("govuk-error-message") == 1
    assert f'<html lang="{language}"' in browser.page
    for kept in {"act", "conclusion"} - {missing}:
        assert GOOD[kept].splitlines()[0] in browser.page, "what was written is kept"
    assert (await hands.workplace.case(number, "precinct")).awaits_verb == "conclude"


async def test_a_paper_that_is_too_long_is_said_beside_its_field(hands: Hands) -> None:
    number = await to_the_precinct(hands)
    browser = await hands.post("precinct", number, "conclude", **GOOD | {"act": "а" * (LONGEST_PAPER + 1)})
    assert browser.status == 400
    assert error_at(browser.page, "act")


async def test_the_commission_sees_its_own_tasks_and_gives_them_away(hands: Hands) -> None:
    number = await to_the_precinct(hands)
    stranger = await hands.of("other-precinct")
    assert number not in await stranger.get("/")
    assert number not in await stranger.get("/cases")
    await stranger.get(f"/cases/{number}")
    assert stranger.status == 404
    member = await hands.of("precinct")
    inbox = await member.get("/?lang=kk")
    assert f'href="/cases/{number}"' in inbox
    assert "Учаскелік комиссия" in inbox
    assert 'href="/counter"' not in inbox
    browser = await hands.does("precinct", number, "conclude", **GOOD)
    assert browser.client.make_url("/").path == "/"
    assert f"№ {number} өтініш" not in browser.page, "the case is another body's now"
    await browser.get(f"/cases/{number}")
    assert browser.status == 404


async def test_papers_and_conclusion_are_read_at_the_akims_and_at_the_providers(hands: Hands) -> None:
    number = await to_the_precinct(hands)
    await hands.does("precinct", number, "conclude", **GOOD)
    await hands.does("akim-executor", number, "forward")
    for who in ("akim-executor", "b-executor"):
        page = await hands.page(who, number, "?lang=kk")
        assert "Материалдық жағдайды тексеру актісі" in page
        assert "Үйге барып тексерілді." in page
        assert "Отбасында &lt;b&gt;үш&lt;/b&gt; адам." in page
        assert CONCLUSION in page
        assert "Тағайындау қажет" in page
        assert hands.workplace.staff["precinct"].name in page
        assert "учаскелік комиссия" in page.lower()
    assert 'value="refusal"' in await hands.page("b-executor", number, "/draft")


async def test_two_of_a_commission_do_not_work_on_one_task(hands: Hands) -> None:
    number = await to_the_precinct(hands)
    late = await hands.of("precinct-2")
    await late.get(f"/cases/{number}")
    form = late.form(f"/cases/{number}/conclude")
    await hands.does("precinct", number, "claim")
    page = await late.get(f"/cases/{number}")
    assert f'action="/cases/{number}/conclude"' not in page
    assert hands.workplace.staff["precinct"].name in page
    data = form | GOOD | {"version": str((await hands.workplace.case(number, "precinct")).version)}
    async with late.client.post(f"/cases/{number}/conclude", data=data) as answer:
        assert answer.status == 409
        assert "desk-taken-by-another" in await answer.text()


# The commission of the foreign labour permit (Karaganda act, lines 3618-3648).


async def test_a_session_is_set_for_working_time_to_come(hands: Hands) -> None:
    number = await to_the_session(hands)
    for field, value, said in (
        ("session_date", "", "Күнді кк.аа.жжжж түрінде енгізіңіз"),
        ("session_date", "31.02.2026", "Күнді кк.аа.жжжж түрінде енгізіңіз"),
        ("session_date", "08.03.2026", "Жұмыс күнін таңдаңыз"),
        ("session_date", "02.03.2026", "кейінірек күнді таңдаңыз"),
        ("session_time", "", "Уақытты сс:мм түрінде енгізіңіз"),
        ("session_time", "25:00", "Уақытты сс:мм түрінде енгізіңіз"),
        ("session_time", "10", "Уақытты сс:мм түрінде енгізіңіз"),
        ("session_time", "13:20", "Мекеменің жұмыс уақытына"),
        ("session_time", "03:00", "Мекеменің жұмыс уақытына"),
    ):
        browser = await hands.post("r-head", number, "convene", **SESSION | {field: value})
        assert browser.status == 400, (field, value)
        assert error_at(browser.page, field), (field, value)
        assert said in browser.page, (field, value)
    assert (await hands.workplace.case(number, "r-head")).session_at is None


async def test_the_session_is_named_to_everybody(hands: Hands) -> None:
    number = await to_the_session(hands)
    browser = await hands.does("r-head", number, "convene", session_date="10.03.2026", session_time="10.30")
    assert "10.03.2026 10:30" in browser.page
    page = await hands.page("r-executor", number, "?lang=kk")
    assert "Комиссия мүшелеріне отырыстың күні мен уақытын" in page
    await hands.does("r-executor", number, "summon")
    assert "10.03.2026 10:30" in await hands.page("labour", number)


async def test_a_recommendation_needs_its_minutes(hands: Hands) -> None:
    number = await to_the_session(hands)
    await hands.does("r-head", number, "convene", **SESSION)
    await hands.does("r-executor", number, "summon")
    early = await hands.post("labour", number, "recommend", favourable="yes", minutes="№ 3 хаттама")
    assert early.status == 400
    assert error_at(early.page, "minutes")
    hands.workplace.clock.set(SESSION_AT)
    for values, field in (({"minutes": "№ 3 хаттама"}, "favourable"), ({"favourable": "yes"}, "minutes")):
        browser = await hands.post("labour", number, "recommend", **values)
        assert browser.status == 400
        assert error_at(browser.page, field)
    await hands.does("labour", number, "recommend", favourable="no", minutes="№ 3 хаттама")
    page = await hands.page("r-head", number, "?lang=kk")
    assert "Комиссияның ұсынымы: Бас тарту ұсынылады" in page
    assert "№ 3 хаттама" in page


async def test_an_adverse_decision_leaves_a_refusal_alone(hands: Hands) -> None:
    number = await to_the_decision(hands, favourable="no")
    for values, field in (({"resolution": "Бас тартылсын"}, "favourable"), ({"favourable": "no"}, "resolution")):
        browser = await hands.post("r-head", number, "decide", **values)
        assert browser.status == 400
        assert error_at(browser.page, field)
    browser = await hands.does("r-head", number, "decide", favourable="no", resolution="Бас тартылсын")
    assert "Теріс шешім" in browser.page
    page = await hands.page("r-executor", number, "/draft?lang=kk")
    assert set(radios(page, "result")) == {"refusal"}
    assert "Басшы теріс шешім қабылдады" in page


async def test_the_letter_is_proposed_in_the_acts_words(hands: Hands) -> None:
    number = await to_the_decision(hands)
    await hands.does("r-head", number, "decide", favourable="yes", resolution="Рұқсат берілсін")
    page = await hands.page("r-executor", number, "?lang=kk")
    assert "Шетелдік жұмыс күшін тартуға рұқсат беру туралы шешім қабылданды." in page
    assert "Принято решение о выдаче разрешения" in page
    browser = await hands.post("r-executor", number, "inform", text_kk="Хат", text_ru="")
    assert browser.status == 400
    assert error_at(browser.page, "text_ru")
    assert ">Хат</textarea>" in browser.page
    assert "Принято решение" not in browser.page, "what was cleared stays cleared"
    await hands.does("r-executor", number, "inform", text_kk="Хат мәтіні", text_ru="Текст письма")
    page = await hands.page("r-executor", number)
    assert "Хат мәтіні" in page
    assert "Көрсетілетін қызметті алушыға қойылған шарт" in page
    assert "1-шарт" in page, "the procedure's condition under its own name"


async def test_the_condition_shows_until_when_and_how_it_ended(hands: Hands) -> None:
    number = await to_the_decision(hands)
    await hands.does("r-head", number, "decide", favourable="yes", resolution="Рұқсат берілсін")
    await hands.does("r-executor", number, "inform", text_kk="Хат мәтіні", text_ru="Текст письма")
    due = (await hands.workplace.case(number, "r-head")).due_at
    assert due is not None
    page = await hands.page("r-head", number, "?lang=en")
    assert "Condition for the applicant" in page
    assert "Condition 1" in page
    assert f"– until {moment(due)}" in page
    hands.workplace.clock.set(due + timedelta(seconds=1))
    browser = await bring(hands, number)
    assert browser.status == 400
    assert error_at(browser.page, "document_departure-guarantee")
    (ordinal,) = [
        stay.ordinal
        for stay in await hands.workplace.desk.cases.steps(hands.workplace.staff["r-head"], number)
        if stay.kind == "condition"
    ]
    await hands.workplace.desk.condition.over({"number": number, "ordinal": ordinal})
    page = await hands.page("r-executor", number, "?lang=kk")
    assert f"орындалмады (мерзімі: {moment(due)})" in page
    assert re.search(r"1-шарт.*?Орындалмады", page, re.DOTALL)
    page = await hands.page("r-executor", number, "/draft?lang=kk")
    assert set(radios(page, "result")) == {"cancellation"}
    assert "шартты мерзімінде орындамады" in page


async def test_what_the_applicant_brings_is_recorded_at_the_counter(hands: Hands) -> None:
    number = await to_the_decision(hands)
    await hands.does("r-head", number, "decide", favourable="yes", resolution="Рұқсат берілсін")
    await hands.does("r-executor", number, "inform", text_kk="Хат мәтіні", text_ru="Текст письма")
    assert f'action="/cases/{number}/submit"' not in await hands.page("r-head", number)
    page = await hands.page("r-executor", number, "?lang=kk")
    assert "шығуына кепілдік беретін құжаттар" in page
    assert 'enctype="multipart/form-data"' in page
    browser = await hands.post("r-executor", number, "submit")
    assert browser.status == 400
    assert error_at(browser.page, "document_departure-guarantee")
    for content, media_type in ((b"", "application/pdf"), (b"MZ", "application/pdf"), (PDF, "text/html")):
        browser = await bring(hands, number, content, media_type)
        assert browser.status == 400
        assert error_at(browser.page, "document_departure-guarantee")
    browser = await bring(hands, number)
    assert browser.status == 200
    assert "guarantee.pdf" in browser.page
    assert "орындалды (" in browser.page
    assert f'href="/cases/{number}/draft"' in browser.page


async def test_who_signs_second_sees_who_signed_before(hands: Hands) -> None:
    number = await to_the_decision(hands)
    workplace = hands.workplace
    await hands.does("r-head", number, "decide", favourable="yes", resolution="Рұқсат берілсін")
    await hands.does("r-executor", number, "inform", text_kk="Хат мәтіні", text_ru="Текст письма")
    await bring(hands, number)
    executor = await hands.of("r-executor")
    page = await executor.get(f"/cases/{number}/draft?lang=kk")
    assert "Қол қоюға беру" in page
    facts = {"fact_valid_from": "01.04.2026", "fact_valid_until": "01.04.2027", "fact_workers_count": "3"}
    given = {
        "fact_service_kind": "employer-issue",
        "fact_occupation": "Инженер",
        "result": "employer-permit-electronic",
    }
    await executor.post(f"/cases/{number}/draft", **facts | given)
    assert executor.status == 200, executor.page
    page = await executor.get(f"/cases/{number}/sign")
    assert "Сізге дейін қол қойғандар" not in page
    assert "Сізден кейін құжатқа қол қояды: Қызмет берушінің басшысы" in page
    head = await hands.of("r-head")
    await head.get(f"/cases/{number}/sign")
    assert head.status == 403
    await sign(hands, "r-executor", number)
    page = await head.get(f"/cases/{number}/sign?lang=kk")
    assert head.status == 200
    assert "Сізге дейін қол қойғандар" in page
    assert workplace.staff["r-executor"].name in page
    assert "Жауапты орындаушы" in page
    assert "Қол қойылған нәтиже" not in await head.get(f"/cases/{number}")
    await sign(hands, "r-head", number)
    assert "Қол қойылған нәтиже" in await hands.page("r-executor", number)


# Registers, files, terms, other offices, other signers.


async def test_the_entry_in_the_state_register_has_a_number(hands: Hands) -> None:
    number = await on_paper(hands.workplace, "r-executor", REPATRIATE)
    await hands.does("r-executor", number, "register")
    await hands.does("r-executor", number, "check-documents", conform="yes")
    browser = await hands.post("r-executor", number, "record", entry=" ")
    assert browser.status == 400
    assert error_at(browser.page, "entry")
    browser = await hands.does("r-executor", number, "record", entry="ОР-2026-17")
    assert "ОР-2026-17" in browser.page


async def test_the_file_is_sent_with_a_letter(hands: Hands) -> None:
    number = await on_paper(hands.workplace, "clerk", VICTIM)
    await hands.does("clerk", number, "register")
    await hands.does("head", number, "resolve", executor=str(hands.workplace.staff["executor"].id))
    await hands.does("executor", number, "check-documents", conform="yes")
    executor = await hands.of("executor")
    await executor.get(f"/cases/{number}/draft")
    await executor.post(f"/cases/{number}/draft", **issued(VICTIM, Channel.PROVIDER_OFFICE, "recognition"))
    assert executor.status == 200, executor.page
    await sign(hands, "head", number)
    browser = await hands.post("executor", number, "send-file", reference="")
    assert browser.status == 400
    assert error_at(browser.page, "reference")
    browser = await hands.does("executor", number, "send-file", reference="№ 12-5/7, 05.03.2026")
    assert "№ 12-5/7, 05.03.2026" in browser.page


async def test_a_term_is_extended_for_a_reason_of_the_act(hands: Hands) -> None:
    number = await on_paper(hands.workplace, "clerk", VICTIM)
    assert f'action="/cases/{number}/extend"' not in await hands.page("clerk", number)
    await hands.does("clerk", number, "register")
    await hands.does("head", number, "resolve", executor=str(hands.workplace.staff["executor"].id))
    before = (await hands.workplace.case(number)).due_at
    page = await hands.page("executor", number, "?lang=kk")
    assert "Рәсімнің мерзімін ұзарту" in page
    assert radios(page, "event") == {"further-inquiries-or-inspections": True}
    assert "Мерзімге қосылады: 1 ай." in page
    for values, field in (
        ({"event": "", "extend_reason": "Мұрағатқа сұрау жіберілді"}, "event"),
        ({"event": "further-inquiries-or-inspections", "extend_reason": " "}, "extend_reason"),
    ):
        browser = await hands.post("executor", number, "extend", **values)
        assert browser.status == 400
        assert error_at(browser.page, field)
    good = {"event": "further-inquiries-or-inspections", "extend_reason": "Мұрағатқа сұрау жіберілді"}
    browser = await hands.does("executor", number, "extend", **good)
    after = (await hands.workplace.case(number)).due_at
    assert before is not None
    assert after is not None
    assert after > before
    assert "Мұрағатқа сұрау жіберілді" in browser.page
    assert f"Рәсімнің жаңа мерзімі: {moment(after)}" in browser.page
    assert f'action="/cases/{number}/extend"' not in browser.page, "an event counts once"


async def test_a_wrong_office_sends_the_application_on(hands: Hands) -> None:
    number = await on_paper(hands.workplace, "clerk", VICTIM)
    page = await hands.page("clerk", number, "?lang=kk")
    assert 'value="bukhar-zhyrau-employment"' in page
    assert 'value="karaganda-employment"' not in page
    for values, field in (
        ({"office": "", "redirect_reason": "Тұрғылықты жері – Ботақара"}, "office"),
        ({"office": "bukhar-zhyrau-employment", "redirect_reason": ""}, "redirect_reason"),
        ({"office": "almaty-education", "redirect_reason": "Қате"}, "office"),
    ):
        browser = await hands.post("clerk", number, "redirect", **values)
        assert browser.status == 400, values
        assert error_at(browser.page, field)
    moved = {"office": "bukhar-zhyrau-employment", "redirect_reason": "Тұрғылықты жері – Ботақара"}
    browser = await hands.post("clerk", number, "redirect", **moved)
    assert browser.status == 200
    page = await hands.page("b-clerk", number)
    assert f'action="/cases/{number}/register"' in page
    assert "Тұрғылықты жері – Ботақара" in page
    assert re.search(r"Өтініш басқа мекемеге жолданды: [^<]*Қарағанды[^<]* → [^<]*Бұқар жырау", page)
    assert 'qz-timeline__title"></p>' not in page, "every event has a title"


async def test_the_order_is_signed_by_the_akim_of_the_childs_district(hands: Hands) -> None:
    number = await by_portal(hands.workplace, GUARDIAN, "71260000000018", district="medeu")
    workplace = hands.workplace
    await hands.does("a-clerk", number, "register")
    await hands.does("a-head", number, "resolve", executor=str(workplace.staff["a-executor"].id))
    await hands.does("a-executor", number, "check-documents", conform="yes")
    executor = await hands.of("a-executor")
    await executor.get(f"/cases/{number}/draft?lang=kk")
    await executor.post(f"/cases/{number}/draft", **issued(GUARDIAN, Channel.PORTAL))
    assert executor.status == 200, executor.page
    assert "Аудан әкімі" in executor.page, "whose turn it is"
    akim = await hands.of("district-akim")
    assert number in await akim.get("/?lang=kk")
    page = await akim.get(f"/cases/{number}/sign")
    assert akim.status == 200
    own = workplace.desk.catalogue.office("almaty-medeu-akim")
    assert own.bin in page, "NCALayer is asked for a key of the akim's office"
    for who, status in (("other-district-akim", 404), ("a-head", 403)):
        browser = await hands.of(who)
        await browser.get(f"/cases/{number}/sign")
        assert browser.status == status, who


async def test_the_akim_signs_the_certificate_that_he_gives(hands: Hands) -> None:
    number = await on_paper(hands.workplace, "akim-clerk", AKIM_CERTIFICATE, office="bukhar-zhyrau-employment")
    await hands.does("akim-clerk", number, "register")
    await hands.does("akim", number, "resolve", executor=str(hands.workplace.staff["akim-executor"].id))
    await hands.does("akim-executor", number, "check-documents", conform="yes")
    executor = await hands.of("akim-executor")
    await executor.get(f"/cases/{number}/draft")
    await executor.post(f"/cases/{number}/draft", **issued(AKIM_CERTIFICATE, Channel.RURAL_AKIM))
    assert executor.status == 200, executor.page
    await sign(hands, "akim", number)
    browser = await hands.does("akim-clerk", number, "hand-over")
    assert "Аяқталды" in browser.page
    await browser.get(f"/cases/{number}/result.xml")
    assert browser.page.startswith("<result")


async def test_what_is_not_awaited_is_refused_whoever_asks(hands: Hands) -> None:
    number = await on_paper(hands.workplace, "clerk", VICTIM)
    head = await hands.of("head")
    page = await head.get(f"/cases/{number}")
    csrf = re.search(r'name="_csrf" value="([^"]*)"', page)
    assert csrf
    guards = {"_csrf": csrf[1], "version": "1"}
    good = GOOD | SESSION | dict.fromkeys(("minutes", "resolution", "text_kk", "text_ru", "entry", "reference"), "1")
    for place, verb in enumerate(VERBS):
        assert f"/cases/{number}/{verb}" not in page
        for sent in (guards | good, guards):
            once = {"_once": f"{place:032}"}
            async with head.client.post(f"/cases/{number}/{verb}", data=sent | once) as answer:
                assert answer.status == 409, verb
                assert "desk-wrong-order" in await answer.text(), verb


async def test_another_role_of_the_same_office_is_refused(hands: Hands) -> None:
    number = await to_the_session(hands)
    executor = await hands.of("r-executor")
    page = await executor.get(f"/cases/{number}")
    assert f"/cases/{number}/convene" not in page
    csrf = re.search(r'name="_csrf" value="([^"]*)"', page)
    assert csrf
    version = str((await hands.workplace.case(number, "r-head")).version)
    data = SESSION | {"_csrf": csrf[1], "_once": "c" * 32, "version": version}
    for sent in (data, data | {"session_date": ""}):
        async with executor.client.post(f"/cases/{number}/convene", data=sent) as answer:
            assert answer.status == 403
            assert "desk-wrong-role" in await answer.text()


async def test_searches_of_an_akim_offer_the_services_that_he_takes_part_in(hands: Hands) -> None:
    number = await to_the_precinct(hands)
    clerk = await hands.of("akim-clerk")
    page = await clerk.get("/search")
    assert f'value="{SOCIAL}"' in page
    assert f'value="{VICTIM}"' not in page
    asked = {
        "number": "",
        "part": "beginning",
        "person": "",
        "name": "жаппарова",
        "service": SOCIAL,
        "state": "",
        "late": "",
    }
    await clerk.post("/search", **asked)
    assert f'href="/cases/{number}"' in clerk.page


async def sign(hands: Hands, who: str, number: str) -> None:
    workplace = hands.workplace
    browser = await hands.of(who)
    await browser.get(f"/cases/{number}/sign")
    draft = await workplace.desk.cases.draft(workplace.staff[who], number)
    await browser.post(f"/cases/{number}/sign", signed=base64.b64encode(workplace.signatures.sign(draft)).decode())
    assert browser.status == 200, browser.page


async def bring(hands: Hands, number: str, content: bytes = PDF, media_type: str = "application/pdf"):
    """Record a file at the counter as what the applicant brought for the condition."""
    browser = await hands.of("r-executor")
    await browser.get(f"/cases/{number}")
    form = FormData()
    for name, value in browser.form(f"/cases/{number}/submit").items():
        form.add_field(name, value, content_type="text/plain")
    form.add_field("document_departure-guarantee", content, filename="guarantee.pdf", content_type=media_type)
    async with browser.client.post(f"/cases/{number}/submit", data=form) as answer:
        browser.status, browser.page = answer.status, await answer.text()
    return browser


async def test_an_answer_that_decides_nothing_stands_in_the_trail_all_the_same(hands: Hands) -> None:
    number = await on_paper(hands.workplace, "clerk", KARAGANDA)
    await hands.workplace.ask(number)
    page = await hands.page("clerk", number, "?lang=kk")
    trail = page[page.index('class="qz-timeline"') :]
    assert "«Жеке тұлғалар» мемлекеттік деректер базасы" in trail
    assert "Мәліметтер алынды" in trail
    assert "Мемлекеттік деректер базаларының мәліметтері" in page
    assert 'qz-timeline__title"></p>' not in page
