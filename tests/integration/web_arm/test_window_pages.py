"""What comes to a window beside a new intake: barcodes, colleagues' work, results, the queue, the supervisor."""

from __future__ import annotations

import io
import re
from datetime import date

import pypdf
import pytest

from gateway.exchange.acceptance import Power, PowerKind
from gateway.flows.arm.open_packages import LISTED
from gateway.registries.errors import Registry, RegistryUnavailable, UnavailableCode
from gateway.registries.powers import Party
from tests.integration.flows_arm.decided import ASSISTANCE, IN_ALMATY, STRANGER, Results, named
from tests.integration.flows_arm.hall import (
    APPLICANT,
    CERTIFICATE,
    DEAD,
    ORDER,
    POWER,
    REPRESENTATIVE,
    UNKNOWN,
    power,
)
from tests.integration.web_arm.conftest import WINDOW

RESULT = {"registered_on": "2026-01-15"}
TODAY = date(2026, 3, 2)


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
    assert "4-үдеріс: деректерді алу мүмкін емес" in page
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


async def test_an_intake_without_an_applicant_has_no_result_to_hand_over(browser):
    number = await browser.begin(CERTIFICATE)
    await browser.get(f"/hand-over/{number}")
    assert browser.status == 200
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


async def _at_the_hand_over(hall, new_browser, *, service, department=None, **options):
    """A browser of a department on the page of the hand-over of a result that waits there."""
    results = await Results.build(hall, department) if department else await Results.build(hall)
    number = await results.decided("73000000000017", service=service, **options)
    browser = await new_browser(results.operator)
    await browser.get(f"/hand-over/{number}")
    shown = {"code": number, "to": "representative", "identity_kind": "identity-card", "signed": "yes"}
    return browser, f"/hand-over/{number}", shown | {"identity_number": str(STRANGER)}


@pytest.mark.parametrize(("to", "said"), [("representative", "Өкілге берілді"), ("applicant", "алушыға берілді")])
async def test_the_applications_page_says_who_received_the_result(hall, new_browser, to, said):
    browser, address, shown = await _at_the_hand_over(hall, new_browser, service=ASSISTANCE)
    number = shown["code"]
    assert f'href="/hand-over/{number}"' in await browser.get(f"/intakes/{number}")
    came = str(STRANGER if to == "representative" else APPLICANT)
    power = {"power_kind": "simple", "power_date": "02.03.2026"} if to == "representative" else {}
    await browser.get(address)
    await browser.post(address, **{**shown, "to": to, "identity_number": came}, **power)
    page = await browser.get(f"/intakes/{number}")
    assert said in page
    assert f'href="/hand-over/{number}"' not in page


async def test_a_result_that_the_courier_still_has_is_not_offered_for_the_hand_over(hall, new_browser):
    browser, _address, shown = await _at_the_hand_over(hall, new_browser, service=ASSISTANCE, medium="courier")
    number = shown["code"]
    assert f'href="/hand-over/{number}"' not in await browser.get(f"/intakes/{number}")


async def _power_on_record(hall):
    return await hall.store.database.fetchval("SELECT power FROM hand_over WHERE handed_at IS NOT NULL")


@pytest.mark.parametrize(
    ("service", "said", "kept"),
    [
        (CERTIFICATE, {"power_kind": "simple"}, Power(PowerKind.SIMPLE)),
        (CERTIFICATE, {"power_kind": "simple", "power_number": "7", "power_date": "1"}, Power(PowerKind.SIMPLE)),
        (ASSISTANCE, {"power_kind": "simple", "power_date": "02.03.2026"}, Power(PowerKind.SIMPLE, "", TODAY)),
        (
            ASSISTANCE,
            {"power_kind": "notarised", "power_number": " 42  17", "power_date": "02.03.2026"},
            Power(PowerKind.NOTARISED, "42 17", TODAY),
        ),
    ],
)
async def test_a_power_of_attorney_is_recorded_as_what_it_is(hall, new_browser, service, said, kept):
    browser, address, shown = await _at_the_hand_over(hall, new_browser, service=service)
    await browser.post(address, **shown, **said)
    assert await _power_on_record(hall) == kept.to_json(), browser.page


@pytest.mark.parametrize(
    ("service", "said", "field"),
    [
        (ASSISTANCE, {}, "identity_number"),
        (ASSISTANCE, {"power_number": "1", "power_date": "02.03.2026"}, "power_kind"),
        (ASSISTANCE, {"power_kind": "notarised", "power_date": "02.03.2026"}, "power_number"),
        (ASSISTANCE, {"power_kind": "simple"}, "power_date"),
        (
            ASSISTANCE,
            {"power_kind": "simple", "power_number": "\U0001f600", "power_date": "02.03.2026"},
            "power_number",
        ),
        (CERTIFICATE, {"power_kind": "notarised"}, "power_number"),
    ],
)
async def test_a_power_of_attorney_that_is_not_told_whole_hands_nothing_over(hall, new_browser, service, said, field):
    browser, address, shown = await _at_the_hand_over(hall, new_browser, service=service)
    page = await browser.post(address, **shown, **said)
    assert browser.status == 400
    assert f'href="#{field}"' in page
    assert await _power_on_record(hall) is None


async def test_where_the_act_wants_a_notary_no_other_power_is_offered_or_recorded(hall, new_browser):
    stranger = Party(number=STRANGER, name_kk="Сынақов", name_ru="Сынақов")
    known = power(number="1", attested_on=TODAY, valid_from=TODAY, representatives=(stranger,))
    hall.powers.powers = {known.number: known}
    browser, address, shown = await _at_the_hand_over(hall, new_browser, service=ORDER, department=IN_ALMATY)
    assert 'name="power_kind"' not in browser.page
    await browser.post(address, **shown, power_kind="simple", power_date="02.03.2026")
    assert browser.status == 400
    await browser.post(address, **shown, power_kind="simple", power_number="1", power_date="02.03.2026")
    assert await _power_on_record(hall) == Power(PowerKind.NOTARISED, "1", TODAY).to_json(), browser.page


async def test_where_nobody_may_come_for_the_applicant_nobody_is_offered(hall, new_browser):
    browser, address, shown = await _at_the_hand_over(hall, new_browser, service="birth-registration")
    assert 'value="representative"' not in browser.page
    await browser.post(address, **shown, power_kind="notarised", power_number="1", power_date="02.03.2026")
    assert browser.status == 400


async def _sheet(browser, address, shown):
    await browser.post(address, pressed=f"{address}/sheet.pdf", **shown)
    assert browser.body.startswith(b"%PDF"), browser.page
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(browser.body)).pages)


async def test_the_sheet_names_the_representative_of_the_receipt_only_when_that_one_came(hall, new_browser):
    browser, address, shown = await _at_the_hand_over(
        hall, new_browser, service=ASSISTANCE, representative=named(), medium="electronic"
    )
    power = {"power_kind": "simple", "power_date": "02.03.2026"}
    page = await _sheet(browser, address, shown | power)
    assert named().name not in page
    assert "простая письменная доверенность" in page
    assert named().power.number not in page
    await browser.get(address)
    page = await _sheet(browser, address, shown | power | {"identity_number": str(REPRESENTATIVE)})
    assert named().name in page
    assert "нотариально удостоверенная доверенность" in page
    await browser.get(address)
    await browser.post(address, **shown | power | {"identity_number": str(REPRESENTATIVE)})
    assert await _power_on_record(hall) == named().power.to_json(), "the receipt's own"


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


async def test_a_no_show_marked_too_early_is_said_beside_the_ticket(browser, hall):
    ticket = await hall.rooms.queue.issue("karaganda-corporation", CERTIFICATE)
    await browser.get("/")
    await browser.post("/queue/next")
    page = await browser.post("/queue/no-show")
    assert (browser.status, browser.path) == (200, "/")
    assert "шақырылғанына екі минут болған жоқ" in page
    assert f'<strong class="arm-ticket__code">{ticket.code}</strong>' in page
    assert (await hall.rooms.queue.ticket("karaganda-corporation", ticket.id)).state == "called"


async def test_who_relieves_a_window_takes_its_visitor_over(browser, new_browser, hall):
    first, second = [await hall.rooms.queue.issue("karaganda-corporation", None) for _ in range(2)]
    await browser.get("/")
    await browser.post("/queue/next")
    relief = await new_browser(await hall.operator(serial=2))
    await relief.begin(CERTIFICATE)
    taken = await hall.rooms.queue.ticket("karaganda-corporation", first.id)
    assert (taken.state, taken.operator) == ("serving", relief.operator.id)
    await browser.get("/")
    page = await browser.post("/queue/next")
    assert f'<strong class="arm-ticket__code">{second.code}</strong>' in page
    await relief.get("/")
    await relief.post("/queue/again")
    assert relief.status == 200
    await relief.get("/")
    await relief.post("/queue/finish")
    assert (await hall.rooms.queue.ticket("karaganda-corporation", second.id)).state == "finished"


async def test_another_windows_visitor_is_not_taken_through_a_form(browser, new_browser, hall):
    ticket = await hall.rooms.queue.issue("karaganda-corporation", None)
    await browser.get("/")
    await browser.post("/queue/next")
    form = browser.form("/queue/finish")
    elsewhere = await new_browser()
    await elsewhere.sign_in(await hall.operator(serial=2), window=WINDOW + 1)
    await elsewhere.get("/")
    await elsewhere.post("/queue/next", ticket=form["ticket"])
    assert elsewhere.status == 409
    assert (await hall.rooms.queue.ticket("karaganda-corporation", ticket.id)).state == "called"


@pytest.mark.parametrize("ticket", ["", "²", "-1", "9" * 19, "9" * 5000])
async def test_what_is_no_number_of_a_ticket_is_refused(browser, hall, ticket):
    await hall.rooms.queue.issue("karaganda-corporation", None)
    await browser.get("/")
    await browser.post("/queue/next")
    await browser.post("/queue/finish", ticket=ticket)
    assert browser.status == 400


async def test_a_second_press_of_call_again_calls_once(browser, hall):
    ticket = await hall.rooms.queue.issue("karaganda-corporation", None)
    await browser.get("/")
    await browser.post("/queue/next")
    form = browser.form("/queue/again")
    for _ in range(2):
        async with browser.client.post("/queue/again", data=form) as answer:
            assert answer.status == 200
    assert (await hall.rooms.queue.ticket("karaganda-corporation", ticket.id)).calls == 2


async def test_all_the_packages_of_the_list_fit_into_one_order(browser, hall):
    await browser.get("/")
    guards = {name: value for name, value in browser.form("/queue/next").items() if name.startswith("_")}
    numbers = [f"7300000{place:07}" for place in range(LISTED)]
    order = [("office", "karaganda-employment"), ("courier", ""), *((f"sheets_{one}", "3") for one in numbers)]
    order += [*(("package", one) for one in numbers), *guards.items()]
    async with browser.client.post("/registers", data=order) as answer:
        page = await answer.text()
    assert 'href="#courier-karaganda-employment"' in page


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
    late = {**sent, "typed": {"applicant_name": "Ескі Ат"}}
    async with browser.client.post(f"/intakes/{number}/typed", json=late, headers=headers) as answer:
        assert answer.status == 409
        assert (await answer.json())["error"]["code"] == "arm-changed-elsewhere"
    page = await browser.get(f"/intakes/{number}/form")
    assert 'value="Жарты Ат"' in page
    assert (await hall.rooms.flow.intake(operator, number)).application.applicant_name == ""


async def test_a_space_behind_a_word_is_no_other_terminals_writing_once_the_consent_is_printed(browser):
    """The form takes the ends of a text off, the script sends what stands in the field; both bring the same."""
    number = await browser.begin(CERTIFICATE)
    form = browser.form(f"/intakes/{number}/form")
    typed = {"applicant_name": "Жарты Ат "}
    await browser.post(f"/intakes/{number}/form", pressed=f"/intakes/{number}/consent.pdf", **typed)
    headers = {"X-CSRF-Token": form["_csrf"], "Accept": "application/json"}
    sent = {"version": int(form["version"]), "typed": typed}
    async with browser.client.post(f"/intakes/{number}/typed", json=sent, headers=headers) as answer:
        assert (answer.status, await answer.json()) == (200, {"version": int(form["version"]) + 1})


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
