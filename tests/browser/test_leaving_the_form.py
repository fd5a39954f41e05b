"""A form that is left between a key and its saving: what was typed is kept all the same."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from simulators.participants import STAFF_PASSWORD
from tests.browser.windows import Window

SERVICE = "unemployed-certificate"
NAME = "Ахметова Әсел"


@pytest.fixture
def form(stage, new_person) -> Window:
    window = Window(new_person("karaganda-operator"), stage.address("arm"))
    window.sign_in()
    window.begin(SERVICE)
    window.page.locator("#applicant_name").focus()
    return window


def kept(page: Page, address: str) -> str:
    page.goto(address)
    return page.locator("#applicant_name").input_value()


def test_a_page_that_is_left_between_a_key_and_its_saving_loses_nothing(form):
    address = form.page.url
    form.page.keyboard.type(NAME)
    form.page.goto(f"{form.arm}/queue")
    assert kept(form.page, address) == NAME


@pytest.mark.full
def test_a_screen_that_is_locked_between_a_key_and_its_saving_loses_nothing(form):
    address = form.page.url
    form.page.keyboard.type(NAME)
    with form.page.expect_navigation():
        form.page.keyboard.press("Alt+l")
    assert "/locked" in form.page.url
    form.page.keyboard.type(STAFF_PASSWORD)
    with form.page.expect_navigation():
        form.page.keyboard.press("Enter")
    assert kept(form.page, address) == NAME


@pytest.mark.full
def test_what_is_typed_while_a_saving_is_on_its_way_goes_with_the_page_and_stays_valid_for_who_comes_back(form):
    address = form.page.url
    version = form.page.locator("input[name=version]")
    first = int(version.input_value())
    form.page.evaluate(
        "() => { const send = window.fetch; window.fetch = (...all) => send(...all).then("
        "(answer) => new Promise((done) => setTimeout(() => done(answer), 1500))) }"
    )
    form.page.keyboard.type(NAME[:4])
    form.page.wait_for_timeout(1000)
    form.page.keyboard.type(NAME[4:])
    form.page.evaluate("() => window.dispatchEvent(new Event('pagehide'))")
    form.page.keyboard.type(" Қ")
    expect(version).to_have_value(str(first + 3), timeout=15_000)
    assert form.page.locator("[data-offline]").inner_text() == ""
    assert kept(form.page, address) == f"{NAME} Қ"
