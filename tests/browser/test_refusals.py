"""Condition 2 and condition 3 as a person meets them: what the page says, and the refusal as a document."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.eds.verdict import Status
from simulators.walk.answers import answers_for

pytestmark = [pytest.mark.browser, pytest.mark.full]
SERVICE = "unemployed-certificate"
PAST_CACHES = timedelta(minutes=2)


@pytest.fixture
def before_certificate(new_person):
    """Bring a person to the page on which the certificate is chosen; returns the application's number."""

    def bring(name: str, *, language: str = "kk"):
        person = new_person(name, language=language)
        person.known = list(answers_for(SERVICE, person.card).values())
        person.register()
        person.sign_in()
        person.number = person.begin(SERVICE)
        person.fill({name: value for name, value in answers_for(SERVICE, person.card).items() if value})
        person.press("main form [type=submit]")
        return person

    return bring


@pytest.mark.parametrize(
    ("name", "how", "code"),
    [
        ("applicant-revoked", "revoke", "certificate-revoked"),
        ("applicant-on-hold", "hold", "certificate-on-hold"),
        ("applicant-expired", "expire", "certificate-expired"),
    ],
)
def test_a_spoiled_certificate_is_refused_with_its_own_text(stage, before_certificate, name, how, code):
    person = before_certificate(name)
    stage.town.pull(lambda levers: levers.spoil_key(name, how))
    stage.town.pull(lambda levers: levers.advance(PAST_CACHES))
    person.sign()
    _is_refused(stage, person, code)


def test_anothers_certificate_is_refused_with_its_own_text(stage, before_certificate):
    person = before_certificate("applicant-dead")
    person.sign(key="director-partnership-sign")
    _is_refused(stage, person, "signer-not-iin")


def _is_refused(stage, person, code: str) -> None:
    assert person.page.url == f"{person.portal}/cabinet/{person.number}"
    person.wait_for_state(person.number, "not-confirmed")
    assert person.page.locator("[data-code]").get_attribute("data-code") == code
    person.look_in_every_language(f"refused-{code}", known=person.known)
    report = stage.town.verified(person.download("a[href$='/result.pdf']"), signed_with_good_key=False)
    assert report.verdict is Status.VALID


def test_a_status_out_of_reach_keeps_the_draft_before_and_holds_it_after_signing(stage, before_certificate):
    person = before_certificate("director-partnership")
    stage.town.pull(lambda levers: levers.advance(PAST_CACHES))
    stage.town.pull(lambda levers: levers.certificate_status(down=True))
    try:
        person.sign()
        assert person.page.url.endswith("/undecided")
        person.look_in_every_language("undecided", known=person.known)
    finally:
        stage.town.pull(lambda levers: levers.certificate_status(down=False))
    person.press("form[action$='/undecided'] [type=submit]")
    assert person.page.url.endswith("/sign")
    stage.town.pull(lambda levers: levers.advance(PAST_CACHES))
    stage.town.pull(lambda levers: levers.certificate_status(down=True))
    try:
        person.sign()
        assert person.page.url.endswith("/sent")
        person.look_in_every_language("held", known=person.known)
        person.application(person.number)
        person.look_in_every_language("held-application", known=person.known)
    finally:
        stage.town.pull(lambda levers: levers.certificate_status(down=False))
    stage.town.pull(lambda levers: levers.advance(timedelta(minutes=16)))
    person.wait_for_state(person.number, "registered")


def test_a_person_unknown_to_the_state_database_gets_a_reasoned_refusal(stage, before_certificate, new_person):
    person = before_certificate("applicant-absent")
    person.sign()
    person.sign()
    clerk, head, executor = (new_person(f"karaganda-{role}", language="ru") for role in ("clerk", "head", "executor"))
    for member in (clerk, head, executor):
        member.sign_in_at_desk()
    clerk.act(person.number, "register")
    head.find_task(person.number, "select[name=executor]")
    choice = head.page.locator("select[name=executor] option").last.get_attribute("value")
    head.act(person.number, "resolve", {"executor": choice})
    executor.find_task(person.number, f"a[href='/cases/{person.number}/draft']")
    executor.look_in_every_language("case-absent", known=person.known)
    executor.press(f"a[href='/cases/{person.number}/draft']")
    executor.look_in_every_language("draft-refusal", known=person.known)
    executor.fill({"result": "refusal"})
    executor.press("main form [type=submit]")
    head.find_task(person.number, f"a[href='/cases/{person.number}/sign']")
    head.press(f"a[href='/cases/{person.number}/sign']")
    head.look_in_every_language("desk-sign-refusal", known=person.known)
    head.sign()
    clerk.act(person.number, "hand-over")
    person.wait_for_state(person.number, "refused")
    person.look_in_every_language("refused-by-provider", known=person.known)
    report = stage.town.verified(person.download("a[href$='/result.pdf']"))
    assert report.verdict is Status.VALID
