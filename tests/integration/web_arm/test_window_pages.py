"""What comes to a window beside a new intake: barcodes, colleagues' work, results, the queue, the supervisor."""

from __future__ import annotations

import re

import pytest

from gateway.registries.errors import Registry, RegistryUnavailable, UnavailableCode
from tests.integration.flows_arm.hall import (
    APPLICANT,
    CERTIFICATE,
    DEAD,
    POWER,
    REPRESENTATIVE,
    UNKNOWN,
)

RESULT = {"registered_on": "2026-01-15"}


async def _decided(hall, operator, **typed):
    number = await hall.accepted(operator, CERTIFICATE, **typed)
    await hall.response(number, await hall.result(number, RESULT))
    return number


async def _scan(browser, code):
    await browser.get("/")
    return await browser.post("/find", code=code)


async def test_a_scanned_receipt_opens_its_application(browser, hall, operator):
    number = await hall.accepted(operator, CERTIFICATE)
    await _scan(browser, f"]C1{number}")
    assert (browser.status, browser.path) == (200, f"/intakes/{number}")


async def test_a_receipt_whose_result_is_there_opens_the_hand_over(browser, hall, operator):
    number = await _decided(hall, operator)
    await _scan(browser, number.translate(str.maketrans("1234567890", '"әіңғ,.үұқ')))
    assert browser.path == f"/hand-over/{number}"


@pytest.mark.parametrize("code", ["", "12345", "880101100127", "70000000000001", "4870001234567", "<b>x</b>"])
async def test_a_foreign_barcode_is_told_of_at_the_field(browser, code):
    page = await _scan(browser, code)
    assert browser.status == 400
    assert 'href="#scan"' in page
    assert "<b>x" not in page


async def test_another_departments_application_is_neither_shown_nor_touched(browser, hall):
    elsewhere = await hall.operator("temirtau-corporation")
    number = await hall.begun(elsewhere, CERTIFICATE)
    page = await _scan(browser, number)
    assert browser.status == 400
    assert "Сынақов" not in page
    for path in ("", "/form", "/documents", "/sign", "/accepted", "/receipt.pdf", "/no-data.pdf", "/application.xml"):
        await browser.get(f"/intakes/{number}{path}")
        assert browser.status in {404, 409}, path
        assert "Сынақов" not in browser.page


async def test_a_number_that_never_was_is_not_found(browser):
    await browser.get("/intakes/73999999999999")
    assert browser.status == 404


async def test_a_colleagues_intake_is_continued_only_when_it_is_taken_over(browser, hall, operator):
    colleague = await hall.operator(serial=2)
    number = await hall.begun(colleague, CERTIFICATE)
    page = await browser.get(f"/intakes/{number}/form")
    assert browser.path == f"/intakes/{number}"
    await browser.post(f"/intakes/{number}/take-over")
    assert browser.path == f"/intakes/{number}/form"
    assert "Сынақов" in browser.page
    assert (await hall.rooms.flow.intake(operator, number)).intake.operator == operator.id
    assert page


@pytest.mark.parametrize("applicant", [UNKNOWN, DEAD])
async def test_absent_data_end_the_intake_with_the_message_of_process_4(browser, applicant):
    number = await browser.begin(CERTIFICATE)
    page = await browser.enter(number, CERTIFICATE, applicant_number=str(applicant))
    assert browser.path == f"/intakes/{number}"
    assert f"/intakes/{number}/no-data.pdf" in page
    await browser.get(f"/intakes/{number}/no-data.pdf")
    assert browser.body.startswith(b"%PDF")
    await browser.get(f"/intakes/{number}/form")
    assert browser.path == f"/intakes/{number}"


async def test_a_silent_database_decides_nothing_and_is_asked_again(browser, hall):
    hall.people.trouble = RegistryUnavailable(Registry.GBDFL, UnavailableCode.NO_ANSWER)
    number = await browser.begin(CERTIFICATE)
    await browser.enter(number, CERTIFICATE)
    assert browser.path == f"/intakes/{number}/query"
    assert browser.status == 200
    await browser.post(f"/intakes/{number}/query")
    assert browser.path == f"/intakes/{number}/query"
    hall.people.trouble = None
    await browser.post(f"/intakes/{number}/query")
    assert browser.path == f"/intakes/{number}/documents"


async def test_a_representatives_power_is_shown_as_it_was_found(browser, hall):
    acting = {
        "representative": "yes",
        "representative_number": str(REPRESENTATIVE),
        "representative_name": "Өкілов Өкіл",
        "power_kind": "notarised",
        "power_number": POWER,
        "power_date": "20.01.2026",
    }
    number = await browser.begin(CERTIFICATE)
    page = await browser.enter(number, CERTIFICATE, **acting)
    assert browser.path == f"/intakes/{number}/documents"
    assert len(hall.powers.asked) == 1
    hall.powers.powers = {}
    second = await browser.begin(CERTIFICATE)
    await browser.enter(second, CERTIFICATE, **acting)
    assert browser.path == f"/intakes/{second}"
    assert f"/intakes/{second}/no-data.pdf" in browser.page
    assert page


async def test_a_service_without_a_representative_has_no_place_for_one(browser):
    number = await browser.begin("semey-nuclear-test-victims")
    assert 'name="representative"' not in browser.page
    assert number


async def test_the_result_is_handed_over_once_and_to_whom_the_receipt_names(browser, hall, operator):
    number = await _decided(hall, operator)
    await browser.get("/hand-over")
    assert number in browser.page
    await browser.post("/hand-over", code=number)
    handed = {"code": number, "to": "applicant", "identity_kind": "identity-card", "signed": "yes"}
    await browser.post(
        f"/hand-over/{number}", pressed=f"/hand-over/{number}/sheet.pdf", **handed, identity_number=str(APPLICANT)
    )
    assert browser.body.startswith(b"%PDF")
    await browser.get(f"/hand-over/{number}")
    page = await browser.post(f"/hand-over/{number}", **handed, identity_number=str(REPRESENTATIVE))
    assert browser.status == 400
    assert 'href="#identity_number"' in page
    await browser.post(f"/hand-over/{number}", **{**handed, "signed": ""}, identity_number=str(APPLICANT))
    assert browser.status == 400
    assert (await hall.rooms.flow.intake(operator, number)).handed_over is None
    await browser.post(f"/hand-over/{number}", **handed, identity_number=str(APPLICANT))
    assert (browser.status, browser.path) == (200, f"/intakes/{number}")
    assert (await hall.rooms.flow.intake(operator, number)).handed_over is not None
    await _scan(browser, number)
    assert browser.path == f"/intakes/{number}"
    await browser.get(f"/hand-over/{number}")
    assert 'name="identity_number"' not in browser.page


async def test_the_receipt_of_another_application_hands_nothing_over(browser, hall, operator):
    number, other = await _decided(hall, operator), await _decided(hall, operator)
    await browser.get(f"/hand-over/{number}")
    await browser.post(
        f"/hand-over/{number}",
        code=other,
        to="applicant",
        identity_kind="passport",
        identity_number=str(APPLICANT),
        signed="yes",
    )
    assert browser.status == 400
    assert (await hall.rooms.flow.intake(operator, number)).handed_over is None


async def test_a_visitor_is_called_served_by_the_intake_and_finished(browser, hall):
    first = await hall.rooms.queue.issue("karaganda-corporation", CERTIFICATE)
    second = await hall.rooms.queue.issue("karaganda-corporation", None)
    await browser.get("/")
    page = await browser.post("/queue/next")
    assert first.code in page
    await browser.begin(CERTIFICATE)
    await browser.get("/")
    assert (await hall.rooms.queue.ticket("karaganda-corporation", first.id)).state == "serving"
    page = await browser.post("/queue/next")
    assert f'<strong class="arm-ticket__code">{second.code}</strong>' in page
    assert (await hall.rooms.queue.ticket("karaganda-corporation", first.id)).state == "finished"
    await browser.post("/queue/finish")
    page = await browser.post("/queue/next")
    assert "arm-ticket__code" not in page


async def test_a_double_press_calls_one_visitor(browser, hall):
    for _ in range(3):
        await hall.rooms.queue.issue("karaganda-corporation", None)
    await browser.get("/")
    form = browser.form("/queue/next")
    for _ in range(2):
        async with browser.client.post("/queue/next", data=form) as answer:
            assert answer.status == 200
    assert len(await hall.rooms.queue.waiting("karaganda-corporation")) == 2


async def test_only_the_supervisor_sees_the_departments_day(browser, new_browser, hall, operator):
    assert "/overview" not in await browser.get("/")
    await browser.get("/overview")
    assert browser.status == 403
    supervisor = await new_browser(await hall.operator(serial=9, role="supervisor"))
    await hall.accepted(operator, CERTIFICATE)
    page = await supervisor.get("/overview")
    assert supervisor.status == 200
    assert operator.name in page
    assert "Сынақов Сынақ Сынақұлы, 88" not in page


async def test_what_is_typed_is_kept_between_two_keys(browser, hall, operator):
    number = await browser.begin(CERTIFICATE)
    form = browser.form(f"/intakes/{number}/form")
    headers = {"X-CSRF-Token": form["_csrf"], "Accept": "application/json"}
    sent = {"version": int(form["version"]), "typed": {"applicant_name": "Жарты Ат", "phone": "+7 70"}}
    async with browser.client.post(f"/intakes/{number}/typed", json=sent, headers=headers) as answer:
        assert answer.status == 200
        assert (await answer.json())["version"] == int(form["version"]) + 1
    async with browser.client.post(f"/intakes/{number}/typed", json=sent, headers=headers) as answer:
        assert answer.status == 409
        assert (await answer.json())["error"]["code"] == "arm-changed-elsewhere"
    page = await browser.get(f"/intakes/{number}/form")
    assert 'value="Жарты Ат"' in page
    assert (await hall.rooms.flow.intake(operator, number)).application.applicant_name == ""


@pytest.mark.parametrize(
    "sent", [[], {"version": "1", "typed": {}}, {"version": 1, "typed": {"a": 1}}, {"version": 1}, "x"]
)
async def test_a_strange_autosave_is_refused(browser, sent):
    number = await browser.begin(CERTIFICATE)
    token = browser.form(f"/intakes/{number}/form")["_csrf"]
    async with browser.client.post(f"/intakes/{number}/typed", json=sent, headers={"X-CSRF-Token": token}) as answer:
        assert answer.status == 400


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_no_page_of_an_intake_is_left_in_english(browser, language):
    await browser.get(f"/?lang={language}")
    pages = [browser.page]
    pages += [await browser.get(path) for path in ("/queue", "/registers", "/hand-over", "/keys")]
    number = await browser.begin(CERTIFICATE)
    pages.append(browser.page)
    pages.append(await browser.enter(number, CERTIFICATE))
    for page in pages:
        text = re.sub(r"<(script|style|template)\b.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
        words = {
            word
            for word in re.findall(r"(?<![\w@./+-])[A-Za-z]{4,}(?![\w@-])", text)
            if word not in {"English", "Enter"}
        }
        assert words <= {"JPEG", "TIFF", "qyzmet"}, words
