"""An intake from the service to the receipt, as pages."""

from __future__ import annotations

import re

from gateway.catalogue.kinds import documents_of
from gateway.flows.applications import State
from tests.integration.flows_arm.hall import CATALOGUE, CERTIFICATE, scan

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
    page = await browser.post(f"/intakes/{number}/documents", do=f"rotate:{first}:1")
    assert "?r=90&" in page
    page = await browser.post(f"/intakes/{number}/documents", do=f"remove:{first}:2")
    assert page.count("<img ") == 1
    again = ("again.png", scan(1, "PNG"), "image/png")
    page = await browser.post(f"/intakes/{number}/documents", do=f"replace:{first}:1", **{f"page_{first}_1": again})
    view = await hall.rooms.flow.intake(operator, number)
    assert [one.name for one in view.pages[first]] == ["again.png"]


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
