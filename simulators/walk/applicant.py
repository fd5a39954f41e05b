"""An applicant at the portal: registers, signs in, fills in, signs, looks into the cabinet; by pages alone."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import aiohttp
from lxml import html

from simulators.installation import Installation
from simulators.participants import APPLICANT_PASSWORD
from simulators.population.cast import PEOPLE, CastPerson
from simulators.walk.answers import answers_for
from simulators.walk.browser import SCANNED_PAGE, Browser, Page, PageSurprise, Upload
from simulators.walk.hand import Hand

ENDED = frozenset({"issued", "refused", "cancelled", "not-confirmed"})
_NOT_YET = 404
_OFFICE_PAGES = 2
"""The question to the state database for the registered address, and the list with the office that it proposes."""
_FORM_PAGES = 2
"""The page on which the kind of the service is chosen, where the form depends on it, and the form."""
_LARGE = ("guardianship-certificate", "guardianship-decision")
"""The document that is sent by the temporary store, over 1 MB."""
_BIG = b"%PDF-1.7\n" + b"% a scanned page\n" * 80_000 + b"%%EOF\n"


class Applicant:
    """One person with a browser and NCALayer."""

    def __init__(
        self, portal: str, person: CastPerson, hand: Hand, browser: Browser, *, number: str | None = None
    ) -> None:
        self.portal = portal
        self.person = person
        self.number = number or str(person.iin)
        """The IIN, or the BIN of the organisation for which the person applies."""
        self.hand = hand
        self.browser = browser
        self.on_event: Callable[[dict[str, Any]], None] | None = None
        self._seen = 0

    async def register(self) -> None:
        """Register (or set a new password) and confirm it by the ЭЦҚ."""
        page = await self.browser.get(f"{self.portal}/register")
        typed = {"number": self.number, "password": APPLICANT_PASSWORD, "password_again": APPLICANT_PASSWORD}
        page = await self.browser.submit(page, typed, form=page.form(having="password_again"))
        page = await self.hand.fill_and_submit(self.browser, page)
        if page.status != 200 or page.url.endswith(("/register", "/confirm")):
            raise PageSurprise(page, "the confirmation of the registration")

    async def sign_in(self, *, password: str = APPLICANT_PASSWORD, number: str | None = None) -> Page:
        """Process 1: enter IIN and password; returns the page that follows."""
        page = await self.browser.get(f"{self.portal}/sign-in")
        typed = {"number": number or self.number, "password": password}
        return await self.browser.submit(page, typed, form=page.form(having="password"))

    async def sign_out(self) -> None:
        """Leave."""
        page = await self.browser.get(f"{self.portal}/")
        for form in page.document.xpath("//form[contains(@action, '/sign-out')]"):
            await self.browser.submit(page, {}, form=form)

    async def fill_in(
        self, service: str, *, kind: str | None = None, office: str | None = None, large: bool = True
    ) -> str:
        """Process 3 up to the certificate: choose the service, fill in, attach; returns the application's number.

        Where the portal asks for the office, it must propose `office`; without one what it proposes is taken, or the
        first of its list where it could not find out.
        """
        answers = answers_for(service, self.person, kind=kind)
        page = await self.browser.get(f"{self.portal}/services/{service}")
        apply = page.find(f"//main//form[@action='/services/{service}/apply']")
        if apply is None:
            raise PageSurprise(page, "the button to apply")
        page = await self.browser.submit(page, {}, form=apply)
        number = page.url.split("/applications/")[1][:14]
        page = await self._choose_office(page, office)
        for _ in range(_FORM_PAGES):
            if not page.url.endswith(("/documents", "/certificate")):
                typed, form = _answered(page, answers)
                page = await self.browser.submit(page, typed, form=form)
        while page.url.endswith("/documents"):
            forms = page.document.xpath("//main//form[@enctype='multipart/form-data']")
            if not forms:
                page = await self.browser.get(f"{self.portal}/applications/{number}/certificate")
                break
            document = forms[0].xpath(".//input[@name='document']")[0].get("value")
            content = _BIG if large and (service, document) == _LARGE else SCANNED_PAGE
            page = await self.browser.submit(page, {document: Upload(f"{document}.pdf", content)}, form=forms[0])
        if not page.url.endswith("/certificate"):
            raise PageSurprise(page, "the page on which the certificate is chosen")
        return number

    async def _choose_office(self, page: Page, office: str | None) -> Page:
        for _ in range(_OFFICE_PAGES):
            if not page.url.endswith("/office"):
                break
            form = page.form()
            of_list = form.get("action", "").endswith("/office")
            if office and of_list and page.find(f"//*[@data-proposed='{office}']") is None:
                raise PageSurprise(page, f"the office {office} to be proposed")
            asked = {element.get("name") for element in form.xpath(".//*[@name]")}
            typed = {"consent": "true"} if "consent" in asked else {}
            if of_list and not form.xpath(".//input[@name='office'][@checked]"):
                typed["office"] = form.xpath("string(.//input[@name='office']/@value)")
            page = await self.browser.submit(page, typed, form=form)
        return page

    async def choose_certificate(self, number: str, *, key: str | None = None) -> Page:
        """Process 3, its end, and condition 2; returns the page that follows."""
        page = await self.browser.get(f"{self.portal}/applications/{number}/certificate")
        return await self.hand.fill_and_submit(self.browser, page, key=key)

    async def check_again(self, number: str) -> Page:
        """Ask for condition 2 anew after it could not be decided."""
        page = await self.browser.get(f"{self.portal}/applications/{number}/undecided")
        form = page.find(f"//main//form[@action='/applications/{number}/undecided']")
        if form is None:
            raise PageSurprise(page, "the button to check again")
        return await self.browser.submit(page, {}, form=form)

    async def sign_and_send(self, number: str, *, key: str | None = None) -> Page:
        """Process 5: sign what is shown and send it."""
        page = await self.browser.get(f"{self.portal}/applications/{number}/sign")
        return await self.hand.fill_and_submit(self.browser, page, key=key)

    async def bring(self, number: str) -> None:
        """Bring what the procedure's condition asks for: attach every document, choose the certificate, sign and send.

        As the application's own documents, on pages of the cabinet.
        """
        address = f"{self.portal}/cabinet/{number}/supplement"
        await self.wait_for(number, lambda told: (told.get("supplement") or {}).get("state") == "open")
        page = await self.browser.get(address)
        for document in page.document.xpath(
            "//main//form[@enctype='multipart/form-data']//input[@name='document']/@value"
        ):
            form = page.find(f"//main//form[.//input[@name='document'][@value='{document}']][@enctype]")
            if isinstance(form, html.FormElement):
                scan = Upload(f"{document}.pdf", SCANNED_PAGE)
                page = await self.browser.submit(page, {document: scan}, form=form)
        page = await self.browser.get(f"{address}/certificate")
        page = await self.hand.fill_and_submit(self.browser, page)
        if not page.url.endswith("/supplement/sign"):
            raise PageSurprise(page, "the page on which what is brought is signed")
        page = await self.hand.fill_and_submit(self.browser, page)
        if page.status != 200 or not page.url.endswith(f"/cabinet/{number}"):
            raise PageSurprise(page, "the cabinet, with the documents sent")

    async def trail(self, number: str) -> dict[str, Any]:
        """Return what the cabinet says of an application: state and trail."""
        page = await self.browser.download(f"{self.portal}/cabinet/{number}/trail.json")
        told: dict[str, Any] = json.loads(page)
        if self.on_event is not None:
            for event in told["trail"][self._seen :]:
                self.on_event(event)
        self._seen = len(told["trail"])
        return told

    async def document(self, number: str, name: str, *, seconds: float = 30) -> bytes:
        """Download the document that ends an application; word of it may be there a moment before the document is."""
        end = time.monotonic() + seconds
        while True:
            try:
                return await self.browser.download(f"{self.portal}/cabinet/{number}/{name}")
            except aiohttp.ClientResponseError as error:
                if error.status != _NOT_YET or time.monotonic() > end:
                    raise
            await asyncio.sleep(0.1)

    async def wait_for(
        self, number: str, what: Callable[[dict[str, Any]], bool], *, seconds: float = 60
    ) -> dict[str, Any]:
        """Look into the cabinet until `what` holds; raises `TimeoutError` with the last state."""
        end = time.monotonic() + seconds
        while True:
            told = await self.trail(number)
            if what(told):
                return told
            if time.monotonic() > end:
                steps = [f"{e['kind']} {e['number']} {e['outcome']}" for e in told["trail"]]
                raise TimeoutError(f"application {number} stays {told['state']} after {steps}")
            await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def at_the_portal(
    installation: Installation, http: aiohttp.ClientSession, person: str, *, turn: asyncio.Lock | None = None
) -> AsyncIterator[Applicant]:
    """Let a person of the cast register and sign in; the browser is closed afterwards."""
    portal = installation.address("portal")
    hand = Hand(installation, http, origin=portal, key=f"{person}-sign", turn=turn)
    applicant = Applicant(portal, PEOPLE[person], hand, Browser.new())
    try:
        await applicant.register()
        await applicant.sign_in()
        yield applicant
    finally:
        await applicant.browser.close()


def _answered(page: Page, answers: Mapping[str, str]) -> tuple[Mapping[str, str], html.FormElement]:
    """Return the answers to what the page asks, and its form; raises `PageSurprise` when it found fault with them."""
    for form in page.document.xpath("//main//form"):
        asked = {element.get("name") for element in form.xpath(".//*[@name]")}
        typed = {name: value for name, value in answers.items() if name in asked}
        if typed and page.status == 200:
            return typed, form
    raise PageSurprise(page, "the form, without a fault found in it")
