"""An operator's intake at a window in Chromium: by keyboard alone, interrupted and resumed, with a representative."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from gateway.catalogue import Channel
from simulators.population.cast import PEOPLE
from simulators.population.powers import CAST as POWERS
from simulators.walk.answers import answers_for, catalogue
from tests.browser.windows import Window, scan

pytestmark = pytest.mark.browser
SERVICE = "unemployed-certificate"
WITH_DOCUMENTS = "guardianship-certificate"
PAGE = Path(__file__).resolve().parents[2] / "docs/reference/operators-window.md"


def _window(stage, new_person, name="karaganda-operator", **options) -> Window:
    window = Window(new_person(name, **options), stage.address("arm"))
    window.sign_in()
    return window


def _answers(service, applicant):
    typed = answers_for(service, applicant, channel=Channel.CORPORATION)
    return {"applicant_number": str(applicant.iin), "applicant_name": applicant.full_name_kk, **typed}


def test_a_standard_intake_is_done_by_keyboard_alone_in_few_keys(stage, new_person):
    applicant = PEOPLE["applicant-karaganda"]
    window = _window(stage, new_person)
    answers = _answers(SERVICE, applicant)
    window.look("arm-home")
    window.keys.pressed.clear()
    number = window.begin(SERVICE)
    window.look("arm-form")
    assert window.keys.at == "applicant_number"
    window.fill(answers)
    window.keys.go("F9")
    assert window.page.url.endswith(f"/intakes/{number}/documents"), window.page.locator("main").inner_text()
    window.look("arm-documents", list(answers.values()))
    window.keys.go("F9")
    window.sign()
    assert window.page.url.endswith("/sign"), window.page.locator("main").inner_text()
    window.look("arm-sign", list(answers.values()))
    window.sign()
    assert window.page.url.endswith("/accepted"), window.page.locator("main").inner_text()
    window.look("arm-accepted", list(answers.values()))
    pressed = [one for one in window.keys.pressed if one != "F8"]
    said = re.search(r"costs (\d+) keys", PAGE.read_text("utf-8"))
    assert said
    assert len(pressed) == int(said[1]), pressed


@pytest.mark.full
def test_an_intake_with_a_representative_is_scanned_signed_and_issued_by_the_barcode_of_its_receipt(stage, new_person):
    applicant, representative, power = PEOPLE["applicant-almaty"], PEOPLE["representative"], POWERS["valid-guardian"]
    window = _window(stage, new_person, "almaty-operator", language="ru")
    number = window.begin(WITH_DOCUMENTS)
    answers = _answers(WITH_DOCUMENTS, applicant) | {
        "representative": "yes",
        "representative_number": str(representative.iin),
        "representative_name": representative.full_name_kk,
        "power_number": power.number,
        "power_date": power.attested_on.strftime("%d.%m.%Y"),
    }
    known = [*answers.values(), *(one.name.kk for one in catalogue().offices.values())]
    window.fill(answers)
    window.look("arm-form-representative", known)
    window.keys.go("F9")
    assert window.page.url.endswith("/documents"), window.page.locator("main").inner_text()
    _scan_and_turn(window)
    for mark in window.page.locator("input[name^=paper_]").all()[1:]:
        mark.check()
    window.look("arm-documents-scanned", known)
    window.keys.go("F9")
    window.sign()
    window.sign()
    assert window.page.url.endswith("/accepted"), window.page.locator("main").inner_text()

    _decide(new_person, number)
    _wait_for_the_result(window, number)
    window.page.goto(f"{window.arm}/")
    window.keys.press("F2")
    window.keys.type(f"]C1{number}".translate(str.maketrans("1234567890", '"әіңғ,.үұқ')))
    window.keys.go("Tab")
    assert window.page.url.endswith(f"/hand-over/{number}")
    window.look("arm-hand-over", known)
    window.person.fill({"to": "representative", "identity_number": str(representative.iin), "signed": "yes"})
    window.keys.go("F9")
    assert window.page.url.endswith(f"/intakes/{number}"), window.page.locator("main").inner_text()
    window.look("arm-handed-over", known)


def _scan_and_turn(window) -> None:
    with window.page.expect_navigation():
        file = {"name": "scan.tiff", "mimeType": "image/tiff", "buffer": scan(2)}
        window.page.locator("input[type=file]").first.set_input_files([file])
    expect(window.page.locator(".arm-page img")).to_have_count(2)
    with window.page.expect_navigation():
        window.page.locator("button[value^='rotate:']").first.click()
    expect(window.page.locator(".arm-page img").first).to_have_attribute("src", re.compile(r"\?r=90&"))


def _decide(new_person, number: str) -> None:
    """The provider's clerk, head and executor do their steps."""
    clerk, head, executor = (new_person(f"almaty-{role}") for role in ("clerk", "head", "executor"))
    for member in (clerk, head, executor):
        member.sign_in_at_desk()
    clerk.act(number, "register")
    head.find_task(number, "select[name=executor]")
    choice = head.page.locator("select[name=executor] option").last.get_attribute("value")
    head.act(number, "resolve", {"executor": choice, "instruction": "Дайындаңыз."})
    executor.act(number, "check-documents", {"conform": "yes"})
    executor.press(f"a[href='/cases/{number}/draft']")
    executor.fill_draft("certificate")
    executor.press("main form [type=submit]")
    head.find_task(number, f"a[href='/cases/{number}/sign']")
    head.press(f"a[href='/cases/{number}/sign']")
    head.sign()
    clerk.act(number, "hand-over")


def _wait_for_the_result(window, number: str, *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        window.page.goto(f"{window.arm}/hand-over")
        if window.page.locator(f"a[href='/hand-over/{number}']").count():
            return
        assert time.monotonic() < end, f"no result for {number}"
        time.sleep(0.3)


@pytest.mark.full
def test_an_interrupted_intake_goes_on_where_it_was(stage, new_person):
    applicant = PEOPLE["applicant-karaganda"]
    window = _window(stage, new_person, "karaganda-operator-2")
    number = window.begin(SERVICE)
    window.keys.type(str(applicant.iin))
    expect(window.page.locator("[data-saved]")).to_have_text(_said(window, "data-saved-text"))

    window.person.watch.expect(r"ERR_INTERNET_DISCONNECTED")
    window.page.context.set_offline(True)
    window.keys.press("Tab")
    window.keys.type(applicant.full_name_kk)
    expect(window.page.locator("[data-offline]")).not_to_be_empty()
    assert applicant.full_name_kk in _kept(window)
    window.page.context.set_offline(False)
    expect(window.page.locator("[data-offline][data-state=back]")).to_be_visible(timeout=15_000)
    assert _kept(window) == "", "what the server has stays in no browser that the next operator will use"

    window.page.close()
    window.page = window.person.page = window.page.context.new_page()
    window.page.goto(f"{window.arm}/intakes/{number}")
    assert window.page.url.endswith(f"/intakes/{number}/form")
    assert window.page.locator("#applicant_number").input_value() == str(applicant.iin)
    assert window.page.locator("#applicant_name").input_value() == applicant.full_name_kk
    with window.page.expect_navigation():
        window.page.keyboard.press("Alt+l")
    assert "/locked" in window.page.url
    window.look("arm-locked")


@pytest.mark.full
def test_a_scan_that_is_chosen_without_a_connection_is_attached_when_it_is_back(stage, new_person):
    applicant = PEOPLE["applicant-karaganda"]
    window = _window(stage, new_person)
    page = window.page
    number = window.begin(STANDARD)
    window.fill(_answers(STANDARD, applicant))
    window.keys.go("F9")
    assert page.url.endswith(f"/intakes/{number}/documents"), page.locator("main").inner_text()
    window.person.watch.expect(r"ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    file = {"name": "scan.tiff", "mimeType": "image/tiff", "buffer": scan(2)}
    page.locator("input[type=file]").first.set_input_files([file])
    expect(page.locator("[data-offline]")).not_to_be_empty()
    assert page.url.endswith("/documents")
    with page.expect_navigation():
        page.context.set_offline(False)
    expect(page.locator(".arm-page img")).to_have_count(2)


STANDARD = "unemployed-registration"
_ON_THE_SCREEN = """() => ({
    form: document.querySelector(".arm-form > fieldset:last-of-type").getBoundingClientRect().bottom,
    button: document.querySelector(".arm-actions").getBoundingClientRect().top,
    foot: document.querySelector(".arm-actions").getBoundingClientRect().bottom,
})"""


@pytest.mark.parametrize("language", ["kk", pytest.param("ru", marks=pytest.mark.full)])
@pytest.mark.parametrize("service", [STANDARD, pytest.param("child-allowance-under-18", marks=pytest.mark.full)])
def test_the_form_without_a_representative_stands_above_its_button_on_one_screen(stage, new_person, service, language):
    window = _window(stage, new_person, language=language)
    window.page.set_viewport_size({"width": 1366, "height": 768})
    window.begin(service)
    found = window.page.evaluate(_ON_THE_SCREEN)
    assert found["form"] <= found["button"], found
    assert found["foot"] <= 768, found


@pytest.mark.full
def test_what_fits_no_service_leaves_the_list_whole_below_a_message(stage, new_person):
    window = _window(stage, new_person)
    page = window.page
    rows, message = page.locator("#services li"), page.locator("[data-none=services]")
    every = rows.count()
    window.keys.type("99")
    expect(message).to_be_visible()
    assert rows.filter(visible=True).count() == every
    window.person.watch.expect_status(400)
    window.keys.go("Enter")
    expect(page.locator("#q-error")).to_be_visible()
    expect(message).to_be_hidden()
    assert rows.filter(visible=True).count() == every
    page.locator("#q").fill("жұмыссыз")
    expect(message).to_be_hidden()
    assert 0 < rows.filter(visible=True).count() < every


def test_no_key_of_the_workplace_eats_a_character_of_a_field(stage, new_person):
    window = _window(stage, new_person)
    window.begin(SERVICE)
    text = 'Ә1 F9 "әіңғ,.үұқ" []{} n;p r 12'
    window.page.locator("#applicant_name").focus()
    window.page.keyboard.type(text)
    assert window.page.locator("#applicant_name").input_value() == text
    window.page.keyboard.press("Tab")
    assert window.keys.at != "applicant_name"


def _said(window: Window, name: str) -> str:
    said = window.page.locator("[data-saved]").get_attribute(name)
    assert said
    return said


def _kept(window: Window) -> str:
    """What this browser itself keeps of what was typed."""
    return str(
        window.page.evaluate("Object.entries(localStorage).filter(([name]) => name.startsWith('qyzmet-typed-')).join()")
    )


@pytest.mark.full
def test_a_browser_without_a_network_works_with_a_site_on_its_own_machine(stage, new_person):
    """Chromium says that it is offline where nothing but the loopback is up."""
    window = _window(stage, new_person)
    window.page.add_init_script("Object.defineProperty(Navigator.prototype, 'onLine', {get: () => false})")
    window.page.goto(f"{window.arm}/")
    assert window.page.evaluate("navigator.onLine") is False
    number = window.begin(SERVICE)
    assert window.page.url.endswith(f"/intakes/{number}/form")
