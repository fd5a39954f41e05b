"""The Almaty service with its attachments, every page of it looked at in Kazakh, Russian and English."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from gateway.eds.verdict import Status
from simulators.walk.answers import answers_for
from tests.browser.persons import BIG_PDF, PDF

pytestmark = [pytest.mark.browser, pytest.mark.full]
SERVICE = "guardianship-certificate"
RESOLUTION = "Құжаттарды тексеріп, анықтама дайындаңыз."


def test_a_guardian_gets_the_certificate_and_the_notice_of_date_time_and_place(stage, new_person):
    applicant = new_person("applicant-almaty")
    known = [*answers_for(SERVICE, applicant.card).values(), RESOLUTION]
    applicant.register()
    applicant.sign_in()
    number = _fill_in(applicant, known)
    _attach(applicant, known)
    applicant.look_in_every_language("guardianship-certificate", known=known)
    applicant.sign()
    applicant.look_in_every_language("guardianship-sign", known=known)
    applicant.sign()
    assert applicant.page.url.endswith("/sent")
    applicant.look_in_every_language("guardianship-sent", known=known)

    clerk, head, executor = (new_person(f"almaty-{role}") for role in ("clerk", "head", "executor"))
    for member in (clerk, head, executor):
        member.sign_in_at_desk()
    executor.look_in_every_language("inbox-empty")
    _register(clerk, number, known)
    _appoint(head, number, known)
    _check_and_draft(executor, number, known)
    _sign(head, number, known)
    clerk.act(number, "hand-over")
    clerk.look_in_every_language("case-closed", known=known)

    applicant.wait_for_state(number, "issued")
    expect(applicant.page.locator("main")).to_contain_text("орны –")
    applicant.look_in_every_language("guardianship-result", known=known)
    for form in ("xml", "pdf"):
        report = stage.town.verified(applicant.download(f"a[href$='/result.{form}']"))
        assert (report.verdict, report.code) == (Status.VALID, "ok")
    applicant.press("a[href^='/verify/']")
    assert applicant.page.locator("[data-verdict]").get_attribute("data-verdict") == "valid"
    applicant.page.goto(f"{applicant.portal}/cabinet")
    applicant.look_in_every_language("cabinet", known=known)


def _fill_in(applicant, known) -> str:
    number = applicant.begin(SERVICE)
    applicant.look_in_every_language("guardianship-form", known=known)
    applicant.watch.expect_status(400)
    applicant.press("main form [type=submit]")
    expect(applicant.page.locator(".govuk-error-summary")).to_be_focused()
    expect(applicant.page.locator(".govuk-error-summary")).to_contain_text("Келісіміңізді растау үшін белгі қойыңыз")
    applicant.look("guardianship-form-errors")
    applicant.fill(answers_for(SERVICE, applicant.card))
    applicant.press("main form [type=submit]")
    assert applicant.page.url.endswith("/documents")
    return number


def _attach(applicant, known) -> None:
    page = applicant.page
    applicant.look_in_every_language("documents", known=known)
    kinds = [one.get_attribute("value") for one in page.locator("input[name=document]").all()]
    assert len(kinds) > 1
    applicant.press(page.locator(f"form:has(input[value='{kinds[0]}']) button[type=submit]"))
    applicant.look("documents-errors", known=known)
    for kind in kinds:
        applicant.attach(kind, f"{kind}.pdf", BIG_PDF if kind == "guardianship-decision" else PDF)
    applicant.look_in_every_language("documents-attached", known=known)
    applicant.press("a[href$='/certificate']")


def _register(clerk, number: str, known) -> None:
    clerk.find_task(number, "form[action$='/register']")
    clerk.page.goto(f"{clerk.desk}/")
    clerk.look_in_every_language("inbox", known=known)
    clerk.page.goto(f"{clerk.desk}/cases")
    clerk.look_in_every_language("cases", known=known)
    clerk.find_task(number, "form[action$='/register']")
    clerk.look_in_every_language("case-clerk", known=known)
    clerk.act(number, "register")


def _appoint(head, number: str, known) -> None:
    head.find_task(number, "select[name=executor]")
    head.look_in_every_language("case-head", known=known)
    choice = head.page.locator("select[name=executor] option").last.get_attribute("value")
    head.act(number, "resolve", {"executor": choice, "instruction": RESOLUTION})


def _check_and_draft(executor, number: str, known) -> None:
    executor.find_task(number, "[name=conform]")
    executor.look_in_every_language("case-check", known=known)
    executor.act(number, "check-documents", {"conform": "yes"})
    executor.look_in_every_language("case-draft", known=known)
    executor.press(f"a[href='/cases/{number}/draft']")
    executor.look_in_every_language("draft", known=known)
    executor.watch.expect_status(400)
    first = executor.page.locator("input[name^=fact_]").first
    name, value = first.get_attribute("name"), first.input_value()
    executor.fill({name: ""})
    executor.press("main form [type=submit]")
    expect(executor.page.locator(".govuk-error-summary")).to_be_focused()
    executor.look("draft-errors", known=known)
    executor.fill({name: value})
    executor.fill_draft("certificate")
    executor.press("main form [type=submit]")
    assert executor.page.locator(".govuk-error-summary").count() == 0


def _sign(head, number: str, known) -> None:
    head.find_task(number, f"a[href='/cases/{number}/sign']")
    head.press(f"a[href='/cases/{number}/sign']")
    head.look_in_every_language("desk-sign", known=known)
    head.start_signing().locator("#cancel").click()
    head.said_of_signing("cancelled")
    head.sign()
