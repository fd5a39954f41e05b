"""Pages that anybody may open, and the pages that tell of errors."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
LANGUAGES = ["kk", pytest.param("ru", marks=pytest.mark.full), pytest.param("en", marks=pytest.mark.full)]
OPEN = {
    "start": "/",
    "services": "/services",
    "service-unemployed": "/services/unemployed-certificate",
    "service-guardianship": "/services/guardianship-certificate",
    "sign-in": "/sign-in",
    "register": "/register",
    "verify": "/verify",
}


@pytest.mark.full
@pytest.mark.parametrize("language", LANGUAGES)
def test_open_pages_owe_nothing(new_person, language):
    visitor = new_person("applicant-other", language=language)
    titles = set()
    for name, path in OPEN.items():
        visitor.page.goto(f"{visitor.portal}{path}")
        visitor.look(name)
        titles.add(visitor.page.title())
        banner = visitor.page.locator(".qz-simulation")
        expect(banner).to_be_visible()
    assert len(titles) == len(OPEN)
    visitor.page.goto(f"{visitor.desk}/")
    assert visitor.page.url == f"{visitor.desk}/sign-in"
    visitor.look("desk-sign-in")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_error_summary_takes_the_focus_and_leads_to_the_field(new_person, language):
    visitor = new_person("applicant-other", language=language)
    visitor.watch.expect_status(400, 403)
    for name, address, field in (
        ("sign-in-errors", f"{visitor.portal}/sign-in", "number"),
        ("register-errors", f"{visitor.portal}/register", "number"),
        ("desk-sign-in-errors", f"{visitor.desk}/sign-in", "iin"),
    ):
        visitor.page.goto(address)
        visitor.press("main form [type=submit]")
        expect(visitor.page.locator(".govuk-error-summary")).to_be_focused()
        visitor.look(name)
        visitor.page.locator(".govuk-error-summary a").first.click()
        expect(visitor.page.locator(f"#{field}")).to_be_focused()
        assert visitor.page.title().startswith({"kk": "Қате: ", "ru": "Ошибка: ", "en": "Error: "}[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_authorisation_is_refused_alike_for_known_and_unknown_numbers(new_person, language):
    visitor = new_person("applicant-dead", language=language)
    visitor.watch.expect_status(403, 429)
    visitor.sign_in(password="not the password")
    assert visitor.page.locator("[data-step='process 2']").count() == 1
    expect(visitor.page.locator(".govuk-error-summary")).to_be_focused()
    visitor.look("sign-in-refused")


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_errors_owe_nothing(new_person, language):
    visitor = new_person("applicant-other", language=language)
    visitor.watch.expect_status(404, 403)
    visitor.page.goto(f"{visitor.portal}/there-is-no-such-page")
    visitor.look("not-found")
    visitor.page.goto(f"{visitor.portal}/verify/0510-2026-000001?d=0123456789abcdef")
    visitor.look("verify-unknown")
    visitor.page.goto(f"{visitor.portal}/sign-in")
    visitor.page.evaluate("document.querySelectorAll('form input[type=hidden]').forEach((one) => { one.value = 'x'; })")
    visitor.press("main form [type=submit]")
    visitor.look("form-outdated")


def test_the_first_tab_leads_past_the_header(new_person):
    visitor = new_person("applicant-other")
    visitor.page.goto(f"{visitor.portal}/")
    visitor.page.keyboard.press("Tab")
    link = visitor.page.locator(".govuk-skip-link")
    expect(link).to_be_focused()
    assert link.bounding_box()["height"] > 20
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("#main-content")).to_be_focused()


def test_a_chosen_language_is_kept_on_the_next_page(new_person):
    visitor = new_person("applicant-other")
    visitor.page.goto(f"{visitor.portal}/")
    visitor.press(".qz-languages a[hreflang=ru]")
    visitor.press("a[href='/services']")
    assert visitor.page.evaluate("document.documentElement.lang") == "ru"
