"""NCALayer in the person's way: cancelled, wrong password, not running; the draft is kept and the page says so."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from simulators.walk.answers import answers_for

pytestmark = pytest.mark.browser
SERVICE = "unemployed-certificate"
_SLOW_CONFIRMATION = """() => {
  const quick = window.fetch;
  window.fetch = async (address, options) => {
    const answer = await quick(address, options);
    if (address === "/window/answer") await new Promise((resolve) => setTimeout(resolve, 500));
    return answer;
  };
}"""


@pytest.fixture
def applicant(new_person):
    """Somebody with a draft, before the page on which the certificate is chosen."""
    person = new_person("applicant-other")
    person.register()
    person.sign_in()
    person.number = person.begin(SERVICE)
    person.fill({name: value for name, value in answers_for(SERVICE, person.card).items() if value})
    person.press("main form [type=submit]")
    return person


@pytest.mark.full
def test_cancelling_in_ncalayer_keeps_the_draft_and_says_so(applicant):
    page, number = applicant.page, applicant.number
    address = page.url
    window = applicant.start_signing()
    applicant.look("ncalayer-choose", page=window, title=False, known=["EMAIL"])
    window.locator("#cancel").click()
    assert "жобаңыз сақталды" in applicant.said_of_signing("cancelled")
    assert page.url == address
    expect(page.locator("[data-signing-start]")).to_be_focused()
    applicant.look("certificate-cancelled", known=_typed(applicant))

    applicant.sign()
    assert page.url.endswith("/sign")
    window = applicant.start_signing()
    applicant.look("ncalayer-sign", page=window, title=False)
    window.locator("#cancel").click()
    assert "жобаңыз сақталды" in applicant.said_of_signing("cancelled")
    page.goto(f"{applicant.portal}/cabinet")
    assert page.locator("tr", has=page.locator(f"text={number}")).inner_text().count("Қол қоюға дайын") == 1


@pytest.mark.full
def test_the_window_closes_also_when_its_list_is_empty_before_the_answer_is_confirmed(applicant):
    window = applicant.start_signing()
    window.evaluate(_SLOW_CONFIRMATION)
    with applicant.page.expect_navigation():
        applicant.give_key(window)
    if not window.is_closed():
        window.wait_for_event("close", timeout=10_000)


def test_ncalayer_that_does_not_run_is_named_as_the_reason(stage, applicant):
    applicant.watch.expect("WebSocket connection to .* failed: .*ERR_CONNECTION_REFUSED")
    with stage.town.portal_without_ncalayer() as portal:
        applicant.page.goto(f"{portal}/applications/{applicant.number}/certificate")
        applicant.page.locator("[data-signing-start]").click()
        said = applicant.said_of_signing("absent")
        assert "NCALayer бағдарламасын іске қосып" in said
        assert "жобаңыз сақталды" in said
        applicant.look("certificate-no-ncalayer", known=_typed(applicant))


@pytest.mark.full
def test_a_wrong_password_may_be_mended_and_three_end_the_request(applicant):
    window = applicant.start_signing()
    applicant.give_key(window, password="wrong")
    expect(window.locator("#problem")).to_contain_text("Құпиясөз қате")
    applicant.look("ncalayer-wrong-password", page=window, title=False)
    with applicant.page.expect_navigation():
        applicant.give_key(window)
    assert applicant.page.url.endswith("/sign")

    window = applicant.start_signing()
    for tries_left in (2, 1):
        applicant.give_key(window, password="wrong")
        expect(window.locator("#problem")).to_contain_text(f"Қалған әрекет саны: {tries_left}")
    applicant.give_key(window, password="wrong")
    assert "құпиясөзі қате" in applicant.said_of_signing("password")
    assert applicant.page.url.endswith("/sign")
    applicant.sign()
    assert applicant.page.url.endswith("/sent")


@pytest.mark.full
def test_a_person_may_stop_waiting_for_ncalayer(applicant):
    window = applicant.start_signing()
    applicant.page.bring_to_front()
    applicant.page.locator("[data-signing-stop]").click()
    applicant.said_of_signing("cancelled")
    expect(window.locator("#question")).to_be_hidden()
    applicant.sign()
    assert applicant.page.url.endswith("/sign")


@pytest.mark.full
def test_a_double_click_makes_one_application(new_person):
    person = new_person("applicant-dead")
    person.register()
    person.sign_in()
    page = person.page
    page.goto(f"{person.portal}/services/{SERVICE}")
    with page.expect_navigation():
        page.locator(f"form[action='/services/{SERVICE}/apply'] [type=submit]").dblclick(no_wait_after=True)
    page.goto(f"{person.portal}/cabinet")
    assert page.locator("tbody tr").count() == 1


def _typed(person) -> list[str]:
    return list(answers_for(SERVICE, person.card).values())
