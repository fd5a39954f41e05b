"""A refusal at each of the portal's three conditions, as a person meets it in Chromium.

| condition | who decides, and what fails | process | where |
|---|---|---|---|
| 1 | the portal: number and password | 2 | here |
| 2 | the portal: the certificate | 4 | test_refusals.py: revoked, on hold, expired, another's, undecided |
| 3 | the provider: data absent from the state database (Karaganda act) | 7 | test_refusals.py |
| 3 | the provider: documents with faults (Almaty act) | 7 | here |

Every page is looked at in Kazakh, Russian and English, with axe-core, and says what to do next.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from gateway.eds.verdict import Status
from simulators.walk.answers import answers_for

pytestmark = [pytest.mark.browser, pytest.mark.full]
DOCUMENTS_SERVICE = "guardianship-certificate"
FAULT_KK = "Туу туралы куәліктің көшірмесі оқылмайды."
FAULT_RU = "Копия свидетельства о рождении не читается."
WHAT_TO_DO = {
    "kk": "ЖСН немесе БСН мен құпиясөзді тексеріп, қайталаңыз",
    "ru": "Проверьте ИИН или БИН и пароль и повторите попытку",
}


def test_condition_1_a_wrong_password_is_refused_in_process_2_and_the_right_one_enters(new_person):
    applicant = new_person("applicant-talgar")
    applicant.register()
    applicant.watch.expect_status(403)
    applicant.sign_in(password="not the password")
    page = applicant.page
    refusal = page.locator("[data-step='process 2']")
    expect(refusal).to_be_visible()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    applicant.look("condition-1-refused")
    assert page.locator("main [name=number]").input_value() == str(applicant.card.iin), "what was typed is kept"
    assert not page.locator("main [name=password]").input_value()
    page.goto(f"{applicant.portal}/cabinet")
    assert "/sign-in" in page.url, "nobody is signed in by a refusal"
    applicant.sign_in()
    page.goto(f"{applicant.portal}/cabinet")
    assert page.url == f"{applicant.portal}/cabinet"
    expect(page.locator("main a[href^='/cabinet/']")).to_have_count(0)


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_condition_1_the_refusal_says_what_to_check(new_person, language):
    visitor = new_person("director-partnership", language=language)
    visitor.watch.expect_status(403)
    visitor.sign_in(password="not the password")
    said = " ".join(visitor.page.locator("[data-step='process 2']").inner_text().split())
    assert WHAT_TO_DO[language] in said
    visitor.look(f"condition-1-refused-{language}")


def test_condition_3_faulty_documents_are_refused_in_process_7_with_the_executors_words(stage, new_person):
    applicant = new_person("applicant-almaty")
    known = [*answers_for(DOCUMENTS_SERVICE, applicant.card).values(), FAULT_KK, FAULT_RU]
    number = _send(applicant, known)
    clerk, head, executor = (new_person(f"almaty-{role}", language="ru") for role in ("clerk", "head", "executor"))
    for member in (clerk, head, executor):
        member.sign_in_at_desk()
    clerk.act(number, "register")
    head.find_task(number, "select[name=executor]")
    choice = head.page.locator("select[name=executor] option").last.get_attribute("value")
    head.act(number, "resolve", {"executor": choice})
    _find_faults(executor, number, known)
    _draft_refusal(executor, number, known)
    head.find_task(number, f"a[href='/cases/{number}/sign']")
    head.press(f"a[href='/cases/{number}/sign']")
    head.sign()
    clerk.act(number, "hand-over")

    applicant.wait_for_state(number, "refused")
    expect(applicant.page.locator("main")).to_contain_text(FAULT_KK)
    applicant.look_in_every_language("condition-3-refused", known=known)
    applicant.page.goto(f"{applicant.portal}/cabinet/{number}?lang=ru")
    expect(applicant.page.locator("main")).to_contain_text(FAULT_RU)
    applicant.page.goto(f"{applicant.portal}/cabinet/{number}?lang=kk")
    for form in ("xml", "pdf"):
        report = stage.town.verified(applicant.download(f"a[href$='/result.{form}']"))
        assert (report.verdict, report.code) == (Status.VALID, "ok")


def _send(applicant, known) -> str:
    applicant.register()
    applicant.sign_in()
    number = applicant.begin(DOCUMENTS_SERVICE)
    applicant.fill(answers_for(DOCUMENTS_SERVICE, applicant.card))
    applicant.press("main form [type=submit]")
    kinds = [one.get_attribute("value") for one in applicant.page.locator("input[name=document]").all()]
    for kind in kinds:
        applicant.attach(kind, f"{kind}.pdf")
    applicant.press("a[href$='/certificate']")
    applicant.sign()
    applicant.sign()
    assert applicant.page.url.endswith("/sent")
    return number


def _find_faults(executor, number: str, known) -> None:
    """First without saying what is wrong, which changes nothing; then in both languages."""
    executor.find_task(number, "[name=conform]")
    executor.watch.expect_status(400)
    executor.fill({"conform": "no"})
    executor.press(f"main form[action='/cases/{number}/check-documents'] [type=submit]")
    expect(executor.page.locator(".govuk-error-summary")).to_be_focused()
    executor.look("condition-3-fault-missing", known=known)
    executor.act(number, "check-documents", {"conform": "no", "fault_kk": FAULT_KK, "fault_ru": FAULT_RU})
    executor.look_in_every_language("condition-3-case-failed", known=known)


def _draft_refusal(executor, number: str, known) -> None:
    executor.press(f"a[href='/cases/{number}/draft']")
    offered = executor.page.locator("input[name=result]").all()
    assert [one.get_attribute("value") for one in offered] == ["refusal"], "nothing else is left to draft"
    executor.look_in_every_language("condition-3-draft-refusal", known=known)
    executor.fill({"result": "refusal", "reason_kk": FAULT_KK, "reason_ru": FAULT_RU})
    executor.press("main form [type=submit]")
    assert executor.page.locator(".govuk-error-summary").count() == 0
