"""An intake from the service to the receipt, as pages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from aiohttp import FormData

from gateway.catalogue.kinds import documents_of
from gateway.eds.codes import Code
from gateway.eds.xmldsig import sign_enveloped
from gateway.flows.applications import State
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.web.signing import as_base64
from tests.integration.flows_arm.hall import (
    APPLICANT,
    CATALOGUE,
    CERTIFICATE,
    POWER_DAY,
    REPRESENTATIVE,
    SUPPORT,
    person,
    scan,
)
from tests.integration.flows_arm.test_sending import REPRESENTED

CHILD = "child-allowance-under-18"
REGISTRATION = "unemployed-registration"


async def _ask(browser, service, **typed):
    number = await browser.begin(service)
    await browser.enter(number, service, **typed)
    return number


async def _to_signature(browser, service, **typed):
    number = await _ask(browser, service, **typed)
    on_paper = {f"paper_{one.id}": "yes" for one in documents_of(CATALOGUE.service(service), None)}
    await browser.go(number, **on_paper)
    return number


async def _scanned(browser, count):
    """An intake on its documents' page, with so many pages of the first document."""
    number = await _ask(browser, REGISTRATION)
    first = documents_of(CATALOGUE.service(REGISTRATION), None)[0].id
    file = ("scan.tiff", scan(count), "image/tiff")
    await browser.post(f"/intakes/{number}/documents", do=f"add:{first}", **{f"file_{first}": file})
    assert browser.status == 200
    return number, first


def _button(browser, begins):
    """What a page's button says, which names the page that it shows."""
    found = re.search(rf'value="({begins}:[0-9a-f]+)"', browser.page)
    assert found, browser.page
    return found[1]


async def _press(browser, number, begins, **files):
    return await browser.post(f"/intakes/{number}/documents", do=_button(browser, begins), **files)


async def test_a_service_is_begun_by_its_number_in_the_list(browser):
    page = await browser.get("/")
    place = re.search(r'value="unemployed-certificate"><span class="arm-services__place">(\d+)<', page)[1]
    await browser.post("/intakes", q=place)
    assert re.fullmatch(r"/intakes/73\d{12}/form", browser.path)
    assert browser.status == 200


async def test_words_that_several_services_have_narrow_the_list(browser):
    await browser.get("/")
    page = await browser.post("/intakes", q="жұмыссыз")
    assert browser.status == 200
    assert 'value="unemployed-certificate"' in page
    assert 'value="unemployed-registration"' in page
    assert 'value="semey-nuclear-test-victims"' not in page


@pytest.mark.parametrize("words", ["99", "0", "жоқ мұндай"])
async def test_a_number_or_words_that_fit_nothing_leave_every_service_below_the_message(browser, words):
    page = await browser.get("/")
    every = re.findall(r'name="service" value="([a-z0-9-]+)"', page)
    page = await browser.post("/intakes", q=words)
    assert browser.status == 400
    message = page.index('id="q-error"')
    assert message < page.index('id="services"')
    assert re.findall(r'name="service" value="([a-z0-9-]+)"', page) == every


async def test_a_standard_intake_goes_from_the_form_to_the_receipt(browser, hall, operator):
    number = await _to_signature(browser, CERTIFICATE)
    assert browser.path == f"/intakes/{number}/certificate"
    await browser.sign(number)
    assert browser.path == f"/intakes/{number}/accepted"
    assert number in browser.page
    assert hall.sent.sent == [number]
    await browser.get(f"/intakes/{number}/receipt.pdf")
    assert browser.body.startswith(b"%PDF")
    assert (await hall.rooms.flow.intake(operator, number)).application.state is State.ACCEPTED


async def test_the_certificate_is_chosen_once_a_shift(browser):
    first = await _to_signature(browser, CERTIFICATE)
    await browser.sign(first)
    second = await _to_signature(browser, CERTIFICATE)
    assert browser.path == f"/intakes/{second}/sign"


async def test_a_certificate_that_no_longer_fits_is_asked_for_again_with_the_reason(browser, hall):
    first = await _to_signature(browser, CERTIFICATE)
    await browser.sign(first)
    hall.trust.code = Code.CERTIFICATE_REVOKED
    second = await _to_signature(browser, CERTIFICATE)
    assert browser.path == f"/intakes/{second}/certificate"
    assert "govuk-notification-banner" in browser.page
    hall.trust.code = Code.OK
    await browser.sign(second)
    assert browser.path == f"/intakes/{second}/accepted"


async def test_a_refusal_of_another_kind_keeps_the_certificate_of_the_shift(browser, hall):
    first = await _to_signature(browser, CERTIFICATE)
    await browser.sign(first)
    second = await _ask(browser, SUPPORT)
    for one in documents_of(CATALOGUE.service(SUPPORT), None):
        await hall.rooms.flow.mark_paper(browser.operator, second, {one.id: True})
    await browser.get(f"/intakes/{second}/documents")
    fixing, hall.rooms.flow.process_5_choose_certificate = hall.rooms.flow.process_5_choose_certificate, _changed
    await browser.go(second, **{f"paper_{one.id}": "yes" for one in documents_of(CATALOGUE.service(SUPPORT), None)})
    assert browser.path == f"/intakes/{second}/certificate"
    assert "басқа терезеде өзгертілген" in browser.page
    hall.rooms.flow.process_5_choose_certificate = fixing
    await browser.get(f"/intakes/{second}/documents")
    await browser.go(second, **{f"paper_{one.id}": "yes" for one in documents_of(CATALOGUE.service(SUPPORT), None)})
    assert browser.path == f"/intakes/{second}/sign"


async def _changed(*_asked):
    raise ArmError(ArmCode.STALE)


async def test_a_held_application_offers_no_paper_that_is_not_given_yet(browser, hall):
    number = await _to_signature(browser, CERTIFICATE)
    await browser.post(f"/intakes/{number}/certificate", certificate=hall.key(browser.operator).certificate.pem)
    hall.trust.code = Code.REVOCATION_UNAVAILABLE
    await browser.sign(number)
    assert browser.path == f"/intakes/{number}/accepted"
    for path in (f"/intakes/{number}/accepted", f"/intakes/{number}"):
        page = await browser.get(path)
        assert browser.status == 200
        assert f"/intakes/{number}/receipt.pdf" not in page
        assert f"/intakes/{number}/application.xml" not in page
        assert "мұнда қолхат берілмейді" not in page
    for paper in ("receipt.pdf", "application.xml"):
        page = await browser.get(f"/intakes/{number}/{paper}")
        assert browser.status == 409
        assert "бұл құжат берілмейді" in page


async def test_a_request_of_yesterday_is_not_signed_today(browser, hall):
    number = await _to_signature(browser, CERTIFICATE)
    await browser.post(f"/intakes/{number}/certificate", certificate=hall.key(browser.operator).certificate.pem)
    view = await hall.rooms.flow.intake(browser.operator, number)
    signed = as_base64(sign_enveloped(view.application.draft, hall.key(browser.operator)))
    draft = view.application.draft.replace(b"2026-03-02T", b"2026-03-01T")
    assert draft != view.application.draft
    await hall.store.database.execute("UPDATE application SET draft = $2 WHERE number = $1", number, draft)
    page = await browser.post(f"/intakes/{number}/sign", signed=signed)
    assert browser.status == 409
    assert "қайта растаңыз" in page
    await browser.get(f"/intakes/{number}")
    assert browser.path == f"/intakes/{number}/form"


async def test_the_form_says_everything_that_is_wrong_and_keeps_what_was_typed(browser):
    number = await browser.begin(CERTIFICATE)
    page = await browser.enter(number, CERTIFICATE, applicant_number="880101100120", phone="12")
    assert browser.status == 400
    assert 'href="#applicant_number"' in page
    assert 'href="#phone"' in page
    assert 'value="880101100120"' in page
    assert "Сынақов" in page


async def test_nothing_is_asked_before_the_consent(browser, hall):
    number = await browser.begin(CERTIFICATE)
    page = await browser.enter(number, CERTIFICATE, consent_given="")
    assert browser.status == 400
    assert 'href="#consent_given"' in page
    assert hall.people.asked == []


def _box(page):
    """The box of the consent as it is shown."""
    (box,) = re.findall(r'<input type="checkbox" id="consent_given"[^>]*>', page)
    return " checked" in box


async def test_a_consent_is_not_carried_over_to_another_applicant(browser, hall, operator):
    hall.people.people[REPRESENTATIVE] = replace(person(APPLICANT), iin=REPRESENTATIVE)
    number = await _ask(browser, CERTIFICATE)
    asked = list(hall.people.asked)
    assert _box(await browser.get(f"/intakes/{number}/form"))
    page = await browser.enter(number, CERTIFICATE, applicant_number=str(REPRESENTATIVE))
    assert browser.status == 400
    assert 'href="#consent_given"' in page
    assert not _box(page)
    assert (await hall.rooms.flow.intake(operator, number)).intake.consent_at is None
    assert hall.people.asked == asked
    await browser.enter(number, CERTIFICATE, applicant_number=str(REPRESENTATIVE))
    assert browser.path == f"/intakes/{number}/documents"
    assert hall.people.asked == [*asked, REPRESENTATIVE]


async def test_a_box_shown_ticked_for_one_applicant_says_nothing_of_the_next_whose_form_is_printed(
    browser, hall, operator
):
    number = await _ask(browser, CERTIFICATE)
    await browser.get(f"/intakes/{number}/form")
    shown, typed = browser.page, hall.typed(CERTIFICATE, applicant_number=str(REPRESENTATIVE), consent_given="true")
    await browser.post(f"/intakes/{number}/form", pressed=f"/intakes/{number}/consent.pdf", **typed)
    assert browser.body.startswith(b"%PDF")
    browser.page = shown
    page = await browser.post(f"/intakes/{number}/form", **typed)
    assert browser.status == 400
    assert not _box(page)
    assert (await hall.rooms.flow.intake(operator, number)).intake.consent_at is None


async def test_a_number_that_is_typed_but_not_entered_has_no_ticked_box(browser, hall, operator):
    number = await _ask(browser, CERTIFICATE)
    version = (await hall.rooms.flow.intake(operator, number)).intake.version
    await hall.rooms.flow.keep_typed(operator, number, {"applicant_number": str(REPRESENTATIVE)}, version)
    assert not _box(await browser.get(f"/intakes/{number}/form"))


async def test_a_tick_stays_while_something_else_is_corrected(browser):
    number = await browser.begin(CERTIFICATE)
    page = await browser.enter(number, CERTIFICATE, phone="12")
    assert browser.status == 400
    assert _box(page)


async def test_a_representative_whose_box_is_no_longer_ticked_is_gone(browser, hall, operator):
    number = await browser.begin(CERTIFICATE)
    await browser.enter(number, CERTIFICATE, **REPRESENTED)
    assert (await hall.rooms.flow.intake(operator, number)).intake.representative is not None
    await browser.enter(number, CERTIFICATE)  # a browser posts no box without its tick
    intake = (await hall.rooms.flow.intake(operator, number)).intake
    assert (intake.representative, intake.consent_at) == (None, None)
    await browser.enter(number, CERTIFICATE)
    assert browser.path == f"/intakes/{number}/documents"


async def test_what_another_terminal_wrote_meanwhile_is_not_overwritten_unseen(browser, hall, operator):
    number = await browser.begin(CERTIFICATE)
    await browser.get(f"/intakes/{number}/form")
    await hall.rooms.flow.keep_typed(operator, number, {"purpose": "Басқа терезеден"}, 1)
    typed = {"consent_given": "true", **hall.typed(CERTIFICATE, applicant_name="Осы Терезе")}
    page = await browser.post(f"/intakes/{number}/form", **typed)
    assert browser.status == 400
    assert "басқа жұмыс орнында өзгертілген. Нысанды тексеріп" in page
    assert "Осы Терезе" in page
    assert hall.people.asked == []
    intake = (await hall.rooms.flow.intake(operator, number)).intake
    assert intake.typed["purpose"] == "Басқа терезеден"
    await browser.post(f"/intakes/{number}/form", **typed)
    assert browser.path == f"/intakes/{number}/documents"


async def test_a_text_that_is_too_long_is_told_at_its_field(browser):
    number = await browser.begin(CERTIFICATE)
    page = await browser.enter(number, CERTIFICATE, purpose="ұ" * 4001)
    assert browser.status == 400
    assert 'href="#purpose"' in page
    assert "4000" in page


async def test_the_form_of_consent_is_printed_before_anything_is_asked(browser, hall):
    number = await browser.begin(CERTIFICATE)
    await browser.get(f"/intakes/{number}/form")
    typed = hall.typed(CERTIFICATE)
    await browser.post(f"/intakes/{number}/form", pressed=f"/intakes/{number}/consent.pdf", **{**typed, "phone": ""})
    assert browser.status == 200
    assert browser.body.startswith(b"%PDF")
    assert hall.people.asked == []


async def test_a_refused_consent_ends_the_intake(browser, hall, operator):
    number = await browser.begin(CERTIFICATE)
    await browser.get(f"/intakes/{number}/consent-refused")
    await browser.post(f"/intakes/{number}/consent-refused")
    assert browser.path == f"/intakes/{number}"
    assert hall.people.asked == []
    assert (await hall.rooms.flow.intake(operator, number)).application.state is State.NOT_ACCEPTED


async def test_scans_are_shown_page_by_page_turned_and_removed(browser, hall, operator):
    number = await _ask(browser, REGISTRATION)
    first = documents_of(CATALOGUE.service(REGISTRATION), None)[0].id
    file = ("scan.tiff", scan(2), "image/tiff")
    page = await browser.post(f"/intakes/{number}/documents", do=f"add:{first}", **{f"file_{first}": file})
    assert page.count("<img ") == 2
    await browser.get(f"/intakes/{number}/pages/{first}/1")
    assert browser.status == 200
    assert browser.body[:4] in {b"\x89PNG", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xdb"}
    await browser.get(f"/intakes/{number}/documents")
    page = await _press(browser, number, f"rotate:{first}:1")
    assert "?r=90&" in page
    page = await _press(browser, number, f"remove:{first}:2")
    assert page.count("<img ") == 1
    again = ("again.png", scan(1, "PNG"), "image/png")
    page = await _press(browser, number, f"replace:{first}:1", **{f"page_{first}_1": again})
    view = await hall.rooms.flow.intake(operator, number)
    assert [one.name for one in view.pages[first]] == ["again.png"]


@pytest.mark.parametrize("bad", [b"", b"MZ\x00 a program"])
async def test_a_refused_new_scan_of_a_page_is_told_and_the_page_stays(browser, hall, operator, bad):
    number, first = await _scanned(browser, 1)
    before = (await hall.rooms.flow.intake(operator, number)).pages[first]
    file = {f"page_{first}_1": ("again.pdf", bad, "application/pdf")}
    page = await _press(browser, number, f"replace:{first}:1", **file)
    assert browser.status == 400
    assert f'href="#page_{first}_1"' in page
    assert "again.pdf" in page
    assert (await hall.rooms.flow.intake(operator, number)).pages[first] == before


async def test_a_double_click_takes_one_page_away_and_adds_a_file_once(browser, hall, operator):
    number, first = await _scanned(browser, 3)
    view = await hall.rooms.flow.intake(operator, number)
    taken = browser.form(f"/intakes/{number}/documents") | {"do": _button(browser, f"remove:{first}:1")}
    for _ in range(2):
        async with browser.client.post(f"/intakes/{number}/documents", data=taken) as answer:
            assert answer.status == 200
    left = (await hall.rooms.flow.intake(operator, number)).pages[first]
    assert [one.sha256 for one in left] == [one.sha256 for one in view.pages[first][1:]]
    await browser.get(f"/intakes/{number}/documents")
    form = browser.form(f"/intakes/{number}/documents")
    for _ in range(2):
        data = FormData({**form, "do": f"add:{first}"})
        data.add_field(f"file_{first}", scan(1), filename="b.tiff", content_type="image/tiff")
        async with browser.client.post(f"/intakes/{number}/documents", data=data) as answer:
            assert answer.status == 200
    assert len((await hall.rooms.flow.intake(operator, number)).pages[first]) == 3


async def test_a_double_click_adds_a_good_file_once_when_the_one_beside_it_is_refused(browser, hall, operator):
    number, first = await _scanned(browser, 1)
    form = browser.form(f"/intakes/{number}/documents")
    for expected in (400, 200):
        data = FormData({**form, "do": f"add:{first}"})
        data.add_field(f"file_{first}", scan(1), filename="b.tiff", content_type="image/tiff")
        data.add_field(f"file_{first}", b"MZ", filename="a.exe", content_type="application/pdf")
        async with browser.client.post(f"/intakes/{number}/documents", data=data) as answer:
            assert answer.status == expected
    assert len((await hall.rooms.flow.intake(operator, number)).pages[first]) == 2


@pytest.mark.parametrize("verb", ["remove", "rotate", "replace"])
async def test_a_stale_tab_touches_no_page_that_it_does_not_show(browser, hall, operator, verb):
    number, first = await _scanned(browser, 3)
    stale = _button(browser, f"{verb}:{first}:1")
    await _press(browser, number, f"remove:{first}:1")
    before = (await hall.rooms.flow.intake(operator, number)).pages[first]
    file = {f"page_{first}_1": ("again.png", scan(1, "PNG"), "image/png")} if verb == "replace" else {}
    page = await browser.post(f"/intakes/{number}/documents", do=stale, **file)
    assert browser.status == 400
    assert f'href="#file_{first}"' in page
    assert (await hall.rooms.flow.intake(operator, number)).pages[first] == before
    gone = f"{verb}:{first}:9:{before[0].sha256}"
    await browser.post(
        f"/intakes/{number}/documents", do=gone, **{name.replace("_1", "_9"): one for name, one in file.items()}
    )
    assert browser.status == 400


@pytest.mark.parametrize("button", ["remove:{}:1", "remove:{}:x:00", "erase:{}:1:00", "rotate::::", "remove:{}:²:00"])
async def test_a_button_that_no_page_has_is_refused(browser, button):
    number, first = await _scanned(browser, 1)
    await browser.post(f"/intakes/{number}/documents", do=button.format(first))
    assert browser.status == 400
    assert "<img " not in browser.page


async def test_an_empty_or_wrong_file_is_refused_beside_its_document_and_nothing_else_is_lost(browser, hall, operator):
    number = await _ask(browser, REGISTRATION)
    first, second, *_ = (one.id for one in documents_of(CATALOGUE.service(REGISTRATION), None))
    files = {f"file_{first}": ("empty.pdf", b"", "application/pdf"), f"paper_{second}": "yes"}
    page = await browser.post(f"/intakes/{number}/documents", do=f"add:{first}", **files)
    assert browser.status == 400
    assert f'href="#file_{first}"' in page
    page = await browser.post(
        f"/intakes/{number}/documents", do="add", **{f"file_{first}": ("a.exe", b"MZ\x00", "application/pdf")}
    )
    assert browser.status == 400
    assert "a.exe" in page


POWER_COPY = "power-of-attorney"


async def test_the_copy_of_a_power_of_attorney_is_asked_for_where_a_representative_applies(browser, hall, operator):
    number = await _ask(browser, REGISTRATION)
    assert f'id="{POWER_COPY}"' not in browser.page
    await browser.go(number, **{f"paper_{POWER_COPY}": "yes"})
    view = await hall.rooms.flow.intake(operator, number)
    assert POWER_COPY not in view.intake.on_paper
    title = CATALOGUE.service(REGISTRATION).document(POWER_COPY).title.kk
    assert browser.path.endswith("/certificate")
    assert title not in browser.page
    await _enter_others(browser, number, **_shown(REPRESENTED))
    assert f'id="{POWER_COPY}"' in browser.page
    await browser.go(number, **{f"paper_{POWER_COPY}": "yes"})
    assert title in browser.page
    await browser.sign(number)
    signed = await hall.rooms.flow.signed_application(operator, number)
    assert f"<onPaper>{POWER_COPY}</onPaper>".encode() in signed
    assert title in await browser.get(f"/intakes/{number}")


async def test_who_comes_alone_after_all_leaves_no_power_of_attorney_behind(browser, hall, operator):
    number = await _ask(browser, REGISTRATION, **_shown(REPRESENTED))
    await browser.post(f"/intakes/{number}/documents", do="add", **{f"paper_{POWER_COPY}": "yes"})
    assert (await hall.rooms.flow.intake(operator, number)).intake.on_paper == (POWER_COPY,)
    await _enter_others(browser, number)
    assert (await hall.rooms.flow.intake(operator, number)).intake.on_paper == ()
    await browser.go(number)
    await browser.sign(number)
    assert POWER_COPY.encode() not in await hall.rooms.flow.signed_application(operator, number)


async def _enter_others(browser, number, **typed):
    """Other persons than before are entered, who are asked for their consent anew."""
    for _ in range(2):
        await browser.enter(number, REGISTRATION, **typed)
    assert browser.path.endswith("/documents")


def _shown(typed):
    """What is typed, with its day as a person types it."""
    return typed | {"power_date": POWER_DAY.strftime("%d.%m.%Y")}


async def test_missing_documents_lead_to_the_refusal_receipt(browser, hall, operator):
    number = await _ask(browser, CHILD)
    page = await browser.go(number)
    assert browser.status == 400
    assert "file_" in page
    await browser.get(f"/intakes/{number}/refuse")
    await browser.post(f"/intakes/{number}/refuse")
    assert browser.path == f"/intakes/{number}"
    assert f"/intakes/{number}/refusal.pdf" in browser.page
    await browser.get(f"/intakes/{number}/refusal.pdf")
    assert browser.body.startswith(b"%PDF")


async def test_what_was_just_marked_is_not_named_as_missing_when_acceptance_is_refused(browser, hall, operator):
    number = await _ask(browser, CHILD)
    first, *others = (one.id for one in documents_of(CATALOGUE.service(CHILD), None) if one.required)
    await browser.post(f"/intakes/{number}/documents", do="refuse", **{f"paper_{first}": "yes"})
    assert browser.path == f"/intakes/{number}/refuse"
    await browser.post(f"/intakes/{number}/refuse")
    view = await hall.rooms.flow.intake(operator, number)
    assert (view.intake.on_paper, list(view.intake.missing)) == ((first,), others)


async def test_where_no_required_document_is_missing_the_page_says_why_acceptance_is_not_refused(browser):
    number = await _ask(browser, REGISTRATION)
    page = await browser.get(f"/intakes/{number}/refuse")
    assert browser.path == f"/intakes/{number}/documents"
    assert "құжаттар жетіспейді деп қабылдаудан бас тартуға болмайды" in page


async def test_a_service_of_the_courier_is_signed_and_waits_for_its_register(browser):
    number = await _to_signature(browser, CHILD)
    await browser.sign(number)
    assert browser.path == f"/intakes/{number}/accepted"
    assert 'href="/registers"' in browser.page
    page = await browser.get("/registers")
    assert number in page
    office = re.search(r'name="office" value="([^"]+)"', page)[1]
    await browser.post("/registers", office=office, package=number, courier="Жеткізушиев Жеткізуші")
    assert re.fullmatch(r"/registers/74\d{12}", browser.path), browser.page
    assert number in browser.page
    await browser.get(f"{browser.path}.pdf")
    assert browser.body.startswith(b"%PDF")


async def test_marks_of_paper_are_kept_before_any_button(browser, hall, operator):
    number = await browser.begin(REGISTRATION)
    page = await browser.enter(number, REGISTRATION)
    form, first = browser.form(f"/intakes/{number}/documents"), documents_of(CATALOGUE.service(REGISTRATION), None)[0]
    mark = f"paper_{first.id}"
    headers = {"X-CSRF-Token": form["_csrf"], "Accept": "application/json"}
    for present in ("yes", "", "yes"):
        sent = {"version": int(form["version"]), "typed": {mark: present}}
        async with browser.client.post(f"/intakes/{number}/marks", json=sent, headers=headers) as answer:
            assert (answer.status, await answer.json()) == (200, {"version": int(form["version"])})
        page = await browser.get(f"/intakes/{number}/documents")
        assert (f'name="{mark}" value="yes" checked' in page) is (present == "yes")
    colleague = await hall.operator(serial=7)
    await hall.rooms.flow.take_over(colleague, number)
    sent = {"version": 1, "typed": {mark: ""}}
    async with browser.client.post(f"/intakes/{number}/marks", json=sent, headers=headers) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (409, "arm-another-operator")
    assert (await hall.rooms.flow.draft(colleague, number)).intake.on_paper != ()
