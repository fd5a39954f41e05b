"""The Karaganda service from registration to the verified result, in Chromium with the real client of NCALayer."""

from __future__ import annotations

import pytest

from gateway.eds.verdict import Status
from simulators.walk.answers import answers_for

pytestmark = pytest.mark.browser
SERVICE = "unemployed-certificate"


def test_a_person_gets_a_signed_result_and_can_verify_it(stage, new_person):
    applicant = new_person("applicant-karaganda")
    answers = answers_for(SERVICE, applicant.card)
    known = list(answers.values())

    applicant.register()
    applicant.sign_in()
    applicant.look("cabinet-empty")
    number = applicant.begin(SERVICE)
    applicant.look("form")
    applicant.fill({name: value for name, value in answers.items() if value})
    applicant.press("main form [type=submit]")
    assert applicant.page.url == f"{applicant.portal}/applications/{number}/certificate"
    applicant.look("certificate", known=known)
    applicant.sign()
    assert applicant.page.url == f"{applicant.portal}/applications/{number}/sign"
    applicant.look("sign", known=known)
    applicant.sign()
    assert applicant.page.url == f"{applicant.portal}/applications/{number}/sent"
    applicant.look("sent", known=known)

    clerk, head, executor = (new_person(f"karaganda-{role}") for role in ("clerk", "head", "executor"))
    clerk.sign_in_at_desk()
    clerk.act(number, "register")
    head.sign_in_at_desk()
    head.find_task(number, "select[name=executor]")
    (choice,) = head.page.locator("select[name=executor] option").all()[1:]
    head.look("case-head", known=known)
    head.act(number, "resolve", {"executor": choice.get_attribute("value")})
    executor.sign_in_at_desk()
    executor.find_task(number, f"a[href='/cases/{number}/draft']")
    executor.look("case-executor", known=known)
    executor.press(f"a[href='/cases/{number}/draft']")
    executor.fill_draft("certificate")
    executor.look("draft", known=known)
    executor.press("main form [type=submit]")
    head.find_task(number, f"a[href='/cases/{number}/sign']")
    head.press(f"a[href='/cases/{number}/sign']")
    head.look("desk-sign", known=known)
    head.sign()
    clerk.act(number, "hand-over")
    clerk.look("case-closed", known=known)

    applicant.wait_for_state(number, "issued")
    applicant.look("result", known=known)
    for form in ("xml", "pdf"):
        document = applicant.download(f"a[href$='/result.{form}']")
        report = stage.town.verified(document)
        assert (report.verdict, report.code) == (Status.VALID, "ok")
    applicant.press("a[href^='/verify/']")
    assert applicant.page.locator("[data-verdict]").get_attribute("data-verdict") == "valid"
    applicant.look("verified", known=known)
    assert {socket.rstrip("/") for socket in applicant.watch.sockets + head.watch.sockets} == {
        stage.address("ncalayer_plain").replace("http:", "ws:")
    }
