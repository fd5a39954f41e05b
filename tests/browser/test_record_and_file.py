"""What the executor notes outside the file: the entry in a state database, and the file sent to the body that pays.

The status of an oralman at the counter (Karaganda act, service 19, step 2: the applicant's data are entered in the
database) and the recognition of a victim of the nuclear tests (service 7, step 4: the file goes to the body that pays).
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from gateway.catalogue import Channel
from simulators.walk.answers import answers_for
from tests.browser.counter import draft, open_sheet, take_in

pytestmark = [pytest.mark.browser, pytest.mark.full]
ORALMAN = "oralman-status"
VICTIM = "semey-nuclear-test-victims"
ENTRY = "ОРЛ-2026/000017"
LETTER = "№ 12-34/56, 02.03.2026"
RESOLUTION = "Құжаттарды тексеріңіз."


def test_the_number_of_the_entry_is_kept_with_the_case(new_person):
    applicant = new_person("applicant-karaganda")
    executor = _at_the_desk(new_person, "karaganda-region-executor")
    known = _known(ORALMAN, applicant, ENTRY)
    open_sheet(executor, ORALMAN)
    number = take_in(executor, ORALMAN, applicant.card)
    executor.act(number, "register")
    executor.act(number, "check-documents", {"conform": "yes"})
    form = f"main form[action='/cases/{number}/record']"
    executor.find_task(number, form)
    executor.look_in_every_language("case-record", known=known)
    executor.watch.expect_status(400)
    executor.press(f"{form} [type=submit]")
    expect(executor.page.locator(".govuk-error-summary")).to_be_focused()
    executor.look("case-record-errors", known=known)
    executor.act(number, "record", {"entry": ENTRY})
    executor.find_task(number, f"a[href='/cases/{number}/draft']")
    expect(executor.page.locator("main")).to_contain_text(ENTRY)


def test_the_file_is_sent_to_the_body_that_pays_before_the_result_is_handed_over(new_person):
    applicant = new_person("applicant-karaganda")
    clerk, head, executor = (_at_the_desk(new_person, f"karaganda-{role}") for role in ("clerk", "head", "executor"))
    known = _known(VICTIM, applicant, LETTER, RESOLUTION, kind="recognition")
    open_sheet(clerk, VICTIM, kind="recognition")
    number = take_in(clerk, VICTIM, applicant.card, kind="recognition")
    clerk.act(number, "register")
    head.find_task(number, "select[name=executor]")
    choice = head.page.locator("select[name=executor] option").last.get_attribute("value")
    head.act(number, "resolve", {"executor": choice, "instruction": RESOLUTION})
    executor.act(number, "check-documents", {"conform": "yes"})
    executor.find_task(number, f"a[href='/cases/{number}/draft']")
    executor.press(f"a[href='/cases/{number}/draft']")
    draft(executor, VICTIM, "decision")
    head.find_task(number, f"a[href='/cases/{number}/sign']")
    head.press(f"a[href='/cases/{number}/sign']")
    head.sign()
    form = f"main form[action='/cases/{number}/send-file']"
    executor.find_task(number, form)
    executor.look_in_every_language("case-send-file", known=known)
    executor.watch.expect_status(400)
    executor.press(f"{form} [type=submit]")
    expect(executor.page.locator(".govuk-error-summary")).to_be_focused()
    executor.act(number, "send-file", {"reference": LETTER})
    clerk.find_task(number, f"form[action='/cases/{number}/hand-over']")
    expect(clerk.page.locator("main")).to_contain_text(LETTER)
    clerk.look_in_every_language("case-file-sent", known=known)


def _at_the_desk(new_person, name: str):
    member = new_person(name)
    member.sign_in_at_desk()
    return member


def _known(service: str, applicant, *words: str, kind: str | None = None) -> list[str]:
    answers = answers_for(service, applicant.card, kind=kind, channel=Channel.PROVIDER_OFFICE)
    return [*answers.values(), applicant.card.full_name_kk, *words, "IBAN"]
