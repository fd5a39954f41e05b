"""A paper at a rural akim's counter, by keyboard alone: scanned in two pages, registered, found by its receipt."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from gateway.catalogue import Channel
from gateway.catalogue.kinds import documents_of
from simulators.participants import STAFF_PASSWORD
from simulators.population.cast import PEOPLE
from simulators.walk.answers import answers_for, catalogue
from tests.browser.windows import Keys, scan
from tests.unit.results.printed import barcodes_of

pytestmark = pytest.mark.browser
SERVICE, STANDARD = "child-allowance-under-18", "unemployed-certificate"
APPLICANT = PEOPLE["applicant-kokpekti"]
DOCUMENTS = [one.id for one in documents_of(catalogue().service(SERVICE), None)]
ANSWERS = {
    "applicant_number": str(APPLICANT.iin),
    "applicant_name": APPLICANT.full_name_kk,
    **answers_for(SERVICE, APPLICANT, channel=Channel.RURAL_AKIM),
}
PROVIDERS = [text for one in catalogue().offices.values() for text in (one.name.kk, one.address.kk)]
PAGE = Path(__file__).resolve().parents[2] / "docs/reference/counter.md"
KNOWN = [*ANSWERS.values(), *PROVIDERS, "IBAN"]


@pytest.fixture
def clerk(new_person):
    person = new_person("kokpekti-clerk")
    person.page.set_viewport_size({"width": 1366, "height": 768})
    return person


def signed_in(clerk) -> Keys:
    """Sign in by keyboard."""
    keys = Keys(clerk.page)
    clerk.page.goto(f"{clerk.desk}/sign-in?next=/counter")
    clerk.page.locator("#iin").focus()
    keys.type(str(clerk.card.iin))
    keys.press("Tab")
    keys.type(STAFF_PASSWORD)
    keys.go("Enter")
    return keys


def begun(clerk, keys: Keys, service: str = SERVICE) -> None:
    """Begin a sheet of the service by its number in the list."""
    place = clerk.page.locator(f"a[href='/counter/{service}'] .arm-services__place").inner_text()
    if keys.at != "q":
        keys.press("F8")
    keys.type(place)
    keys.go("Enter")
    expect(clerk.page.locator("#applicant_number")).to_be_focused()


def test_a_standard_entry_is_done_by_keyboard_alone_in_as_many_keys_as_the_page_says(new_person):
    clerk, applicant = new_person("karaganda-clerk"), PEOPLE["applicant-karaganda"]
    keys = signed_in(clerk)
    keys.pressed.clear()
    begun(clerk, keys, STANDARD)
    answers = {
        "applicant_number": str(applicant.iin),
        "applicant_name": applicant.full_name_kk,
        **answers_for(STANDARD, applicant, channel=Channel.PROVIDER_OFFICE),
    }
    keys.fill(answers, until="consent")
    keys.press("Space")
    keys.go("F9")
    assert clerk.page.url.endswith("/accepted"), clerk.page.locator("main").inner_text()
    pressed = [one for one in keys.pressed if one != "F8"]
    said = re.search(r"costs (\d+) keys", PAGE.read_text("utf-8"))
    assert said
    assert len(pressed) == int(said[1]), pressed


def _saved(page) -> str:
    """What the page says when the server has everything that is typed."""
    return page.locator("[data-saved]").get_attribute("data-saved-text") or "?"


def test_a_paper_is_scanned_registered_and_found_by_its_barcode_without_a_mouse(clerk):
    keys = signed_in(clerk)
    page = clerk.page
    clerk.look("counter-terminal", known=KNOWN)
    begun(clerk, keys)
    scanned, *on_paper = DOCUMENTS
    keys.fill(ANSWERS, until=f"file_{scanned}")
    expect(page.locator("[data-saved]")).to_have_text(_saved(page))
    with page.expect_file_chooser() as chosen, page.expect_navigation():
        keys.press("Space")
        chosen.value.set_files([{"name": "scan.tiff", "mimeType": "image/tiff", "buffer": scan(2)}])
    expect(page.locator(".arm-page img")).to_have_count(2)
    assert page.locator("#applicant_name").input_value() == APPLICANT.full_name_kk
    clerk.look("counter-terminal-scanned", known=KNOWN)
    for _ in range(30):
        keys.press("Tab")
        if page.evaluate("document.activeElement.value || ''").startswith(f"rotate:{scanned}:2:"):
            break
    keys.go("Enter")
    expect(page.locator(".arm-page img").nth(1)).to_have_attribute("src", re.compile(r"\?r=90&"))
    last = f"file_{on_paper[-1]}"
    keys.fill({f"paper_{one}": "yes" for one in on_paper}, until=last)
    keys.go("F9")
    assert page.url.endswith("/accepted"), page.locator("main").inner_text()
    clerk.look("counter-terminal-accepted", known=KNOWN)
    number = page.url.split("/cases/")[1][:14]
    with page.expect_download() as download:
        keys.press("Alt+p")
    receipt = download.value.path().read_bytes()
    assert [number] in barcodes_of(receipt, dpi=200)
    keys.press("F8")
    page.wait_for_url(f"{clerk.desk}/counter")
    keys.press("F2")
    keys.type(f"]C1{number}".translate(str.maketrans("1234567890", '"әіңғ,.үұқ')))
    keys.go("Tab")
    assert f"/cases/{number}" in page.url


@pytest.mark.full
def test_what_was_typed_and_scanned_outlives_the_connection_and_the_browser(clerk):
    keys = signed_in(clerk)
    page = clerk.page
    begun(clerk, keys)
    keys.type(str(APPLICANT.iin))
    expect(page.locator("[data-saved]")).to_have_text(_saved(page))
    clerk.watch.expect(r"ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    keys.press("Tab")
    keys.type(APPLICANT.full_name_kk)
    expect(page.locator("[data-offline]")).not_to_be_empty()
    page.context.set_offline(False)
    expect(page.locator("[data-offline][data-state=back]")).to_be_visible(timeout=15_000)
    sheet = page.url
    page.close()
    again = clerk.page = page.context.new_page()
    again.goto(f"{clerk.desk}/counter")
    with again.expect_navigation():
        again.get_by_role("link", name=APPLICANT.full_name_kk).first.press("Enter")
    assert again.url == sheet
    assert again.locator("#applicant_number").input_value() == str(APPLICANT.iin)
    assert again.locator("#applicant_name").input_value() == APPLICANT.full_name_kk
    with again.expect_navigation():
        again.keyboard.press("Alt+l")
    assert "/locked" in again.url
    clerk.look("counter-terminal-locked", known=KNOWN)
    again.keyboard.type(STAFF_PASSWORD)
    with again.expect_navigation():
        again.keyboard.press("Enter")
    assert again.url == sheet
