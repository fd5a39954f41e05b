"""People at their browsers: each with pages of their own and NCALayer's window, as a person uses them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from simulators.keys import KEY_PASSWORD
from simulators.participants import APPLICANT_PASSWORD, STAFF_PASSWORD
from simulators.population.cast import PEOPLE
from tests.browser.inspection import LANGUAGES, Inspector
from tests.browser.stage import Stage
from tests.browser.watch import Watch

PDF = b"%PDF-1.7\n% a scanned page\n%%EOF\n"
BIG_PDF = b"%PDF-1.7\n" + b"% a scanned page\n" * 80_000 + b"%%EOF\n"
"""Over 1 MB, so that it travels by the temporary store."""


class Person:
    """One person of the cast with a browser."""

    def __init__(
        self, stage: Stage, context: BrowserContext, watch: Watch, *, name: str, language: str, inspector: Inspector
    ) -> None:
        self._stage = stage
        self._context = context
        self._inspector = inspector
        self.watch = watch
        self.card = PEOPLE[name]
        self.key = f"{name}-sign"
        self.language = language
        self.page: Page = context.new_page()
        self.portal, self.desk = stage.address("portal"), stage.address("desk")
        cookie = {"name": "lang", "value": language, "domain": "127.0.0.1", "path": "/"}
        context.add_cookies([cookie])

    def look(self, name: str, *, known: Iterable[str] = (), page: Page | None = None, title: bool = True) -> None:
        """Inspect the page that stands before the person."""
        self._inspector.inspect(page or self.page, name, self.language, known=known, title=title)

    def look_in_every_language(self, name: str, *, known: Iterable[str] = ()) -> None:
        """Inspect the same page in Kazakh, Russian and English, and come back to the person's own language."""
        address = self.page.url.split("#")[0].split("?")[0]
        for language in (*(one for one in LANGUAGES if one != self.language), self.language):
            self.page.goto(f"{address}?lang={language}")
            self._inspector.inspect(self.page, name, language, known=known)

    def press(self, selector: str | Locator) -> None:
        """Press a button or link that leads to another page, and wait for it."""
        target = self.page.locator(selector) if isinstance(selector, str) else selector
        with self.page.expect_navigation():
            target.click()

    def fill(self, values: Mapping[str, str]) -> None:
        """Type into the fields, tick and choose, by the fields' names."""
        for name, value in values.items():
            field = self.page.locator(f"main [name='{name}']").first
            kind = field.get_attribute("type")
            if kind in ("radio", "checkbox"):
                self.page.locator(f"main [name='{name}'][value='{value}']").check()
            elif field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    # --- NCALayer

    def start_signing(self) -> Page:
        """Press the page's button and return NCALayer's window."""
        with self._context.expect_page() as opened:
            self.page.locator("[data-signing-start]").click()
        window = opened.value
        expect(window.locator("#question")).to_be_visible()
        return window

    def give_key(self, window: Page, *, key: str | None = None, password: str = KEY_PASSWORD) -> None:
        """Choose a key in NCALayer's window and type its password."""
        window.locator(f"input[name='key'][value='{key or self.key}']").check()
        window.locator("#password").fill(password)
        window.locator("#sign").click()

    def sign(self, *, key: str | None = None) -> None:
        """Do in NCALayer what the page asks for (choose a certificate, or sign), and wait for the next page."""
        window = self.start_signing()
        with self.page.expect_navigation():
            self.give_key(window, key=key)
        if not window.is_closed():
            window.wait_for_event("close", timeout=10_000)

    def said_of_signing(self, state: str) -> str:
        """Wait until the page says how the signing ended, and return the words."""
        status = self.page.locator(f"[data-signing-status][data-state='{state}']")
        expect(status).to_be_visible()
        return status.inner_text()

    # --- at the portal

    def register(self) -> None:
        """Register (or set the password anew) and confirm with the ЭЦҚ."""
        self.page.goto(f"{self.portal}/register")
        typed = {"number": str(self.card.iin), "password": APPLICANT_PASSWORD, "password_again": APPLICANT_PASSWORD}
        self.fill(typed)
        self.press("main form [type=submit]")
        expect(self.page).to_have_url(f"{self.portal}/register/confirm")
        self.sign()
        expect(self.page).to_have_url(f"{self.portal}/sign-in")

    def sign_in(self, *, password: str = APPLICANT_PASSWORD) -> None:
        """Process 1: enter IIN and password."""
        self.page.goto(f"{self.portal}/sign-in")
        self.fill({"number": str(self.card.iin), "password": password})
        self.press("main form [type=submit]")

    def begin(self, service: str) -> str:
        """Process 3 begins: open the service's page and apply; returns the application's number.

        Of several offices the one that the portal proposes is taken, else the first.
        """
        self.page.goto(f"{self.portal}/services/{service}")
        self.press(f"form[action='/services/{service}/apply'] [type=submit]")
        number = self.page.url.split("/applications/")[1][:14]
        if self.page.url.endswith("/office"):
            if (consent := self.page.locator("input[name=consent]")).count():
                consent.check()
            self.press(f"form[action='/applications/{number}/office/find'] [type=submit]")
            if not self.page.locator("input[name=office]:checked").count():
                self.page.locator("input[name=office]").first.check()
            self.press(f"form[action='/applications/{number}/office'] [type=submit]")
        return number

    def attach(self, kind: str, name: str, content: bytes = PDF) -> None:
        """Attach a document of a kind."""
        form = self.page.locator(f"form:has(input[name=document][value='{kind}'])")
        file: Any = {"name": name, "mimeType": "application/pdf", "buffer": content}
        form.locator("input[type=file]").set_input_files(file)
        self.press(form.locator("button[type=submit]"))

    def application(self, number: str) -> None:
        """Open an application in the cabinet."""
        self.page.goto(f"{self.portal}/cabinet/{number}")

    def wait_for_state(self, number: str, state: str, *, seconds: float = 60) -> None:
        """Reload the cabinet's page until the application stands so."""
        end = time.monotonic() + seconds
        while True:
            self.application(number)
            stands = self.page.locator("[data-state]").first.get_attribute("data-state")
            if stands == state:
                return
            assert time.monotonic() < end, f"application {number} stays {stands}"
            time.sleep(0.2)

    def download(self, selector: str) -> bytes:
        """Press a link that gives a file, and return the file."""
        with self.page.expect_download() as download:
            self.page.locator(selector).click()
        return download.value.path().read_bytes()

    # --- at the desk

    def sign_in_at_desk(self, *, password: str = STAFF_PASSWORD) -> None:
        """Sign in at the provider's workplace."""
        self.page.goto(f"{self.desk}/sign-in")
        self.fill({"iin": str(self.card.iin), "password": password})
        self.press("main form [type=submit]")

    def find_task(self, number: str, what: str, *, seconds: float = 60) -> None:
        """Open the case from the inbox, and again until the page has `what`."""
        end = time.monotonic() + seconds
        while True:
            self.page.goto(f"{self.desk}/")
            row = self.page.locator(f"a[href='/cases/{number}']")
            if row.count():
                self.press(row.first)
                if self.page.locator(what).count():
                    return
            assert time.monotonic() < end, f"{self.card.id} has no {what} for {number}"
            time.sleep(0.2)

    def fill_draft(self, result: str) -> None:
        """Fill in what the draft of a result lacks, and choose the result."""
        names = [one.get_attribute("name") or "" for one in self.page.locator("input[name^=fact_]").all()]
        empty = [name for name in names if not self.page.locator(f"input[name={name}]").input_value()]
        self.fill({name: "02.02.2026" if "_on" in name else "1" for name in empty} | {"result": result})

    def act(self, number: str, verb: str, values: Mapping[str, str] | None = None) -> None:
        """Press the button of an action on the case's page."""
        form = f"main form[action='/cases/{number}/{verb}']"
        self.find_task(number, form)
        self.fill(values or {})
        self.press(f"{form} [type=submit]")
        assert self.page.locator(".govuk-error-summary").count() == 0, self.page.locator("main").inner_text()
