"""The desk's pages as a member's browser has them."""

from __future__ import annotations

import asyncio
import base64
import re

import pytest

from gateway.eds.codes import Code, Status
from gateway.web.messages import untranslated
from tests.integration.desk.workplace import ALMATY, KARAGANDA, PASSWORD, Workplace


def signed(workplace: Workplace, draft: bytes) -> str:
    return base64.b64encode(workplace.signatures.sign(draft)).decode()


async def test_strangers_see_the_sign_in_page_only(new_browser, workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    browser = await new_browser()
    for path in ("/", "/cases", f"/cases/{number}", f"/cases/{number}/application.xml", f"/cases/{number}/sign"):
        page = await browser.get(path)
        assert 'action="/sign-in"' in page
        assert "ЖАППАРОВА" not in page


async def test_sign_in_leads_to_the_page_that_was_asked_for(new_browser, workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    browser = await new_browser()
    await browser.get(f"/cases/{number}")
    await browser.post("/sign-in", iin=str(workplace.staff["clerk"].iin), password=PASSWORD)
    assert f"№ {number} өтініш" in browser.page


@pytest.mark.parametrize("address", ["https://evil.test/", "//evil.test", "/\\evil.test", "/cases\r\nX: y"])
async def test_sign_in_never_leads_elsewhere(new_browser, workplace, address: str) -> None:
    browser = await new_browser()
    await browser.get("/sign-in")
    data = browser.form("/sign-in") | {
        "iin": str(workplace.staff["clerk"].iin),
        "password": PASSWORD,
        "next": address,
    }
    async with browser.client.post("/sign-in", data=data, allow_redirects=False) as answer:
        assert answer.headers.get("Location", "/").startswith("/")
        assert "evil" not in answer.headers.get("Location", "")


async def test_a_wrong_password_and_an_unknown_iin_are_told_alike(new_browser, workplace) -> None:
    pages = []
    for iin in (str(workplace.staff["clerk"].iin), "750101100099"):
        browser = await new_browser()
        await browser.get("/sign-in")
        await browser.post("/sign-in", iin=iin, password="wrong")
        assert browser.status == 400
        pages.append(re.search(r"govuk-error-summary.*?</div>", browser.page, re.DOTALL)[0])
    assert pages[0] == pages[1]


async def test_too_many_attempts_are_slowed_down(new_browser, workplace) -> None:
    browser = await new_browser()
    for _ in range(6):
        await browser.get("/sign-in")
        await browser.post("/sign-in", iin=str(workplace.staff["clerk"].iin), password="wrong")
    assert browser.status == 429
    assert "Әрекет саны тым көп" in browser.page


async def test_karaganda_is_worked_to_its_end_in_three_browsers(new_browser, workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    await workplace.ask(number)
    clerk, head, executor = [await new_browser(who) for who in ("clerk", "head", "executor")]
    case = f"/cases/{number}"
    assert number in clerk.page
    assert number not in head.page

    await clerk.get(case)
    assert "Ерубаев көшесі" in clerk.page
    assert "Бұл беттегі" not in clerk.page
    await clerk.post(f"{case}/register")
    assert "2026-1" in clerk.page

    assert number in await head.get("/")
    await head.get(case)
    await head.post(f"{case}/resolve", executor="", instruction="")
    assert head.status == 400
    await head.post(f"{case}/resolve", executor=str(workplace.staff["executor"].id), instruction="Орындаңыз")
    assert "Орындаңыз" in head.page

    assert number in await executor.get("/")
    await executor.get(f"{case}/draft")
    await executor.post(f"{case}/draft", result="certificate", fact_registered_on="31.02.2026")
    assert executor.status == 400
    assert "31.02.2026" in executor.page
    await executor.post(f"{case}/draft", result="certificate", fact_registered_on="03.11.2025")
    assert executor.status == 200

    await head.get(f"{case}/sign")
    assert "2025 жылғы 3 қараша" in head.page
    assert 'data-signing="xml"' in head.page
    draft = await workplace.desk.cases.draft(workplace.staff["head"], number)
    await head.post(f"{case}/sign", signed="")
    assert head.status == 400
    await head.get(f"{case}/sign")
    await head.post(f"{case}/sign", signed=signed(workplace, draft))
    assert head.status == 200

    await clerk.get(case)
    await clerk.post(f"{case}/hand-over")
    assert "Аяқталды" in clerk.page
    assert workplace.response(number) is not None
    await clerk.get(f"{case}/result.xml")
    assert clerk.page.startswith("<result")


async def test_almaty_documents_are_checked_by_the_specialist(new_browser, workplace) -> None:
    number = await workplace.submit(ALMATY)
    await workplace.to(number, "check-documents", prefix="a-")
    executor = await new_browser("a-executor")
    case = f"/cases/{number}"
    await executor.get(f"{case}/documents/1")
    assert executor.page.startswith("%PDF")
    await executor.get(case)
    await executor.post(f"{case}/check-documents")
    assert executor.status == 400
    await executor.get(case)
    await executor.post(f"{case}/check-documents", conform="no", fault_kk="", fault_ru="")
    assert executor.status == 400
    await executor.get(case)
    await executor.post(
        f"{case}/check-documents", conform="no", fault_kk="Көшірме оқылмайды", fault_ru="Копия нечитаема"
    )
    assert executor.status == 200
    await executor.get(f"{case}/draft")
    assert "Копия нечитаема" in executor.page
    assert 'value="certificate"' not in executor.page
    await executor.post(
        f"{case}/draft",
        result="refusal",
        ground="documents-violations",
        reason_kk="Көшірме оқылмайды",
        reason_ru="Копия нечитаема",
    )
    assert executor.status == 200


async def test_the_certificate_page_is_filled_in_from_the_application(new_browser, workplace) -> None:
    number = await workplace.submit(ALMATY)
    await workplace.to(number, "draft", prefix="a-")
    executor = await new_browser("a-executor")
    page = await executor.get(f"/cases/{number}/draft")
    assert 'value="15.03.2015"' in page
    assert "Серікұлы Әлихан" in page


async def test_another_offices_case_does_not_exist(new_browser, workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    stranger = await new_browser("a-head")
    for path in ("", "/application.xml", "/documents/1", "/evidence/gbdfl.xml", "/result.xml", "/draft", "/sign"):
        page = await stranger.get(f"/cases/{number}{path}")
        assert stranger.status == 404
        assert "ЖАППАРОВА" not in page
    assert f'/cases/{number}"' not in await stranger.get("/cases")
    assert f'/cases/{number}"' not in await stranger.get(f"/cases?q={number}")


async def test_the_wrong_role_gets_no_buttons_and_a_refusal(new_browser, workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    head = await new_browser("head")
    page = await head.get(f"/cases/{number}")
    assert f"/cases/{number}/register" not in page
    csrf = re.search(r'name="_csrf" value="([^"]*)"', page)[1]
    data = {"_csrf": csrf, "_once": "a" * 32, "version": "1"}
    async with head.client.post(f"/cases/{number}/register", data=data) as answer:
        assert answer.status == 403
        assert "desk-wrong-role" in await answer.text()
    await head.get(f"/cases/{number}/sign")
    assert head.status == 409
    assert "desk-wrong-order" in head.page


async def test_an_old_page_changes_nothing(new_browser, workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    first, second = await new_browser("clerk"), await new_browser("clerk-2")
    await first.get(f"/cases/{number}")
    await second.get(f"/cases/{number}")
    await first.post(f"/cases/{number}/register")
    await second.post(f"/cases/{number}/register")
    assert second.status == 409
    assert "desk-changed-meanwhile" in second.page


async def test_a_double_click_makes_one_registration(new_browser, workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    clerk = await new_browser("clerk")
    await clerk.get(f"/cases/{number}")
    data = clerk.form(f"/cases/{number}/register")

    async def click() -> int:
        async with clerk.client.post(f"/cases/{number}/register", data=data, allow_redirects=False) as answer:
            return answer.status

    assert await asyncio.gather(click(), click(), click()) == [303, 303, 303]
    assert workplace.steps(number).count(("procedure", 1, "done")) == 1


async def test_forms_of_other_sites_are_refused(new_browser, workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    clerk = await new_browser("clerk")
    await clerk.get(f"/cases/{number}")
    data = clerk.form(f"/cases/{number}/register")
    data["_csrf"] = "x" * 43
    async with clerk.client.post(f"/cases/{number}/register", data=data) as answer:
        assert answer.status == 403
    assert workplace.steps(number) == [("process", 6, "done")]


@pytest.mark.parametrize("version", ["", "x", "-1", "1e3", "9" * 30])
async def test_a_spoilt_form_is_a_bad_request(new_browser, workplace, version: str) -> None:
    number = await workplace.submit(KARAGANDA)
    clerk = await new_browser("clerk")
    await clerk.get(f"/cases/{number}")
    await clerk.post(f"/cases/{number}/register", version=version)
    assert clerk.status == 400
    assert workplace.steps(number) == [("process", 6, "done")]


async def test_a_signature_that_is_not_good_is_said_on_the_page(new_browser, workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    await workplace.ask(number)
    await workplace.to(number, "sign")
    head = await new_browser("head")
    await head.get(f"/cases/{number}/sign")
    draft = await workplace.desk.cases.draft(workplace.staff["head"], number)
    workplace.signatures.status, workplace.signatures.code = Status.INVALID, Code.CERTIFICATE_REVOKED
    await head.post(f"/cases/{number}/sign", signed=signed(workplace, draft))
    assert head.status == 400
    assert "Тіркеу куәлігі кері қайтарып алынған" in head.page
    assert (await workplace.case(number)).awaits_verb == "sign"


async def test_a_dismissed_employee_is_signed_out_at_once(new_browser, workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    clerk = await new_browser("clerk")
    member = workplace.staff["clerk"]
    await workplace.store.database.execute("UPDATE staff SET active = false WHERE id = $1", member.id)
    assert 'action="/sign-in"' in await clerk.get(f"/cases/{number}")


async def test_signing_out_ends_the_session(new_browser, workplace) -> None:
    clerk = await new_browser("clerk")
    await clerk.post("/sign-out")
    assert 'action="/sign-in"' in await clerk.get("/")


async def test_the_head_returns_and_reassigns_in_the_browser(new_browser, workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    await workplace.ask(number)
    await workplace.to(number, "sign")
    head = await new_browser("head")
    case = f"/cases/{number}"
    await head.get(case)
    await head.post(f"{case}/return", return_reason="")
    assert head.status == 400
    await head.post(f"{case}/return", return_reason="Күні қате")
    assert head.status == 200
    assert "Күні қате" in head.page
    other = workplace.staff["executor-2"]
    await head.post(f"{case}/assign", new_executor=str(other.id), assign_reason="Ауыстыру")
    assert other.name in head.page


async def test_what_the_applicant_wrote_is_shown_as_text(new_browser, workplace) -> None:
    from tests.integration.desk.workplace import FORMS, application

    fields = {**FORMS[KARAGANDA], "purpose": "<script>alert(1)</script>"}
    app = application(KARAGANDA, "80000000000001", at=workplace.clock.now(), fields=fields)
    number = await workplace.submit(KARAGANDA, app=app)
    clerk = await new_browser("clerk")
    page = await clerk.get(f"/cases/{number}")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
async def test_pages_speak_one_language(new_browser, workplace, language: str) -> None:
    number = await workplace.submit(ALMATY)
    await workplace.to(number, "sign", prefix="a-")
    head = await new_browser("a-head")
    paths = ("/", "/cases", "/cases?state=closed", f"/cases/{number}", f"/cases/{number}/sign")
    for path in paths:
        page = await head.get(path, **{"Accept-Language": language})
        page = await head.get(path + ("&" if "?" in path else "?") + f"lang={language}")
        assert head.status == 200
        assert f'<html lang="{language}"' in page


def test_every_message_of_the_desk_is_translated() -> None:
    assert [missing for missing in untranslated() if "desk" in missing.message.domains] == []
