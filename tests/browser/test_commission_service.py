"""A service with a commission, from the counter to the hand-over, in four browsers: clerk, head, executor, commission.

The allowance for children under 18 (Karaganda act, service 2) at the provider's counter: the paper is taken in against
a coupon, the precinct commission gives its act and its conclusion, and the result is handed over on paper. Every page
is looked at in Kazakh, Russian and English, with axe-core.
"""

from __future__ import annotations

import io

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from gateway.catalogue import Channel
from gateway.eds.verdict import Status
from simulators.walk.answers import answers_for
from tests.browser.counter import REGISTER, draft, open_sheet, take_in

pytestmark = [pytest.mark.browser, pytest.mark.full]
SERVICE = "child-allowance-under-18"
RESOLUTION = "Құжаттарды тексеріп, учаскелік комиссияға жіберіңіз."
ACT = "2026 жылғы 2 наурыз. Отбасының материалдық жағдайы тексерілді: үй жылы, балалар киімімен қамтылған."
CONCLUSION = "№ 7 қорытынды: жәрдемақы тағайындау қажет."
CLOSED = "№ 8 қорытынды: жәрдемақы тағайындау қажет емес."


def test_a_paper_is_worked_by_clerk_head_executor_and_commission_to_its_hand_over(stage, new_person):
    applicant = new_person("applicant-karaganda")
    clerk, head, executor, commission = _at_their_desks(new_person)
    known = _known(applicant)
    commission.look_in_every_language("commission-inbox-empty")
    number = _take_in(clerk, applicant, known)
    clerk.act(number, "register")
    _appoint(head, number, known)
    _check_and_send_on(executor, number, known)
    _conclude(commission, number, known)
    _draft_and_sign(executor, head, number, known)
    clerk.find_task(number, f"form[action='/cases/{number}/hand-over']")
    clerk.look_in_every_language("commission-case-hand-over", known=known)
    clerk.act(number, "hand-over")
    expect(clerk.page.locator("main")).to_contain_text(ACT)
    clerk.look_in_every_language("commission-case-closed", known=known)
    report = stage.town.verified(clerk.download(f"a[href='/cases/{number}/result.xml']"))
    assert (report.verdict, report.code) == (Status.VALID, "ok")
    assert clerk.download(f"a[href='/cases/{number}/result.pdf']").startswith(b"%PDF-")


def test_an_adverse_conclusion_is_before_the_executor_who_drafts_and_before_the_head_who_signs(new_person):
    applicant = new_person("applicant-karaganda")
    clerk, head, executor, commission = _at_their_desks(new_person, language="ru")
    known = _known(applicant)
    number = _take_in(clerk, applicant, known, looks=False)
    clerk.act(number, "register")
    _appoint(head, number, known, looks=False)
    executor.act(number, "check-documents", {"conform": "yes"})
    executor.act(number, "forward")
    commission.find_task(number, "textarea[name=act]")
    commission.act(number, "conclude", {"act": ACT, "favourable": "no", "conclusion": CLOSED})
    executor.find_task(number, f"a[href='/cases/{number}/draft']")
    expect(executor.page.locator("main")).to_contain_text(CLOSED)
    executor.look_in_every_language("commission-case-adverse", known=known)
    executor.press(f"a[href='/cases/{number}/draft']")
    executor.look_in_every_language("commission-draft-adverse", known=known)
    executor.fill({"result": "refusal", "ground": "allowance-not-needed"})
    executor.press("main form [type=submit]")
    assert executor.page.locator(".govuk-error-summary").count() == 0
    head.find_task(number, f"a[href='/cases/{number}/sign']")
    expect(head.page.locator("main")).to_contain_text(CLOSED)


def _at_their_desks(new_person, *, language: str = "kk"):
    members = [new_person(f"karaganda-{role}", language=language) for role in ("clerk", "head", "executor", "precinct")]
    for member in members:
        member.sign_in_at_desk()
    return members


def _known(applicant) -> list[str]:
    answers = answers_for(SERVICE, applicant.card, channel=Channel.PROVIDER_OFFICE)
    return [*answers.values(), applicant.card.full_name_kk, RESOLUTION, ACT, CONCLUSION, CLOSED, "IBAN"]


def _take_in(clerk, applicant, known, *, looks: bool = True) -> str:
    """Enter the paper, first without a word, then whole; one document is scanned, the others stay on paper."""
    if looks:
        clerk.page.goto(f"{clerk.desk}/counter")
        clerk.look_in_every_language("counter", known=known)
    open_sheet(clerk, SERVICE)
    if looks:
        clerk.look_in_every_language("counter-sheet", known=known)
        clerk.watch.expect_status(400)
        clerk.press(REGISTER)
        expect(clerk.page.locator(".govuk-error-summary")).to_be_focused()
        clerk.look("counter-sheet-errors", known=known)
    number = take_in(clerk, SERVICE, applicant.card)
    if looks:
        clerk.look("counter-accepted", known=known)
        receipt = PdfReader(io.BytesIO(clerk.download(f"a[href='/cases/{number}/receipt.pdf']")))
        assert number in " ".join(one.extract_text() for one in receipt.pages)
    return number


def _appoint(head, number: str, known, *, looks: bool = True) -> None:
    head.find_task(number, "select[name=executor]")
    if looks:
        head.look_in_every_language("commission-case-head", known=known)
    choice = head.page.locator("select[name=executor] option").last.get_attribute("value")
    head.act(number, "resolve", {"executor": choice, "instruction": RESOLUTION})


def _check_and_send_on(executor, number: str, known) -> None:
    executor.act(number, "check-documents", {"conform": "yes"})
    executor.find_task(number, f"form[action='/cases/{number}/forward']")
    executor.look_in_every_language("commission-case-forward", known=known)
    executor.act(number, "forward")


def _conclude(commission, number: str, known) -> None:
    """First without a word, which changes nothing; then the act and the conclusion."""
    commission.find_task(number, "textarea[name=act]")
    commission.look_in_every_language("commission-case-conclude", known=known)
    commission.watch.expect_status(400)
    commission.press(f"main form[action='/cases/{number}/conclude'] [type=submit]")
    expect(commission.page.locator(".govuk-error-summary")).to_be_focused()
    commission.look("commission-conclude-errors", known=known)
    commission.act(number, "conclude", {"act": ACT, "favourable": "yes", "conclusion": CONCLUSION})
    commission.page.goto(f"{commission.desk}/")
    assert commission.page.locator(f"a[href='/cases/{number}']").count() == 0, "what was concluded is there no longer"


def _draft_and_sign(executor, head, number: str, known) -> None:
    executor.find_task(number, f"a[href='/cases/{number}/draft']")
    expect(executor.page.locator("main")).to_contain_text(CONCLUSION)
    executor.look_in_every_language("commission-case-concluded", known=known)
    executor.press(f"a[href='/cases/{number}/draft']")
    executor.look_in_every_language("commission-draft", known=known)
    draft(executor, SERVICE, "notification")
    head.find_task(number, f"a[href='/cases/{number}/sign']")
    head.press(f"a[href='/cases/{number}/sign']")
    head.look_in_every_language("commission-sign", known=known)
    head.sign()
