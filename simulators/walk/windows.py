"""An operator at a window of the State Corporation: every step by the workplace's pages alone."""

from __future__ import annotations

import asyncio
import io
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from lxml import html
from pypdf import PdfReader

from simulators.participants import OPERATOR_PASSWORD
from simulators.population.cast import PEOPLE, CastPerson
from simulators.population.powers import SyntheticPower
from simulators.walk.browser import Browser, Page, PageSurprise, Upload
from simulators.walk.hand import Hand

WINDOW = 1
COURIER = "Жолдыбаев Серік"
"""Who carries the packages; a courier has no account."""
_CONSENT = "consent_given"
_OK, _WRONG, _CONFLICT = 200, 400, 409
_SUMMARY = "//*[contains(@class, 'govuk-error-summary')]"


@dataclass(frozen=True, slots=True)
class Attorney:
    """Who comes in the applicant's place, with which power of attorney."""

    person: CastPerson
    power: SyntheticPower

    @property
    def typed(self) -> dict[str, str]:
        """What the operator enters of both."""
        return {
            "representative": "yes",
            "representative_number": str(self.person.iin),
            "representative_name": self.person.full_name_kk,
            "power_kind": "notarised",
            "power_number": self.power.number,
            "power_date": f"{self.power.attested_on:%d.%m.%Y}",
        }


class Operator:
    """One operator with a browser and NCALayer."""

    def __init__(self, arm: str, person: str, hand: Hand, browser: Browser) -> None:
        self._arm = arm
        self.person = PEOPLE[person]
        self._hand = hand
        self.browser = browser

    async def sign_in(self) -> None:
        """Process 1: enter IIN and password, at a window."""
        page = await self.open("/sign-in")
        typed = {"iin": str(self.person.iin), "password": OPERATOR_PASSWORD, "window": str(WINDOW)}
        page = await self.browser.submit(page, typed, form=page.form(having="password"))
        if "/sign-in" in page.url:
            raise PageSurprise(page, "the first page of the workplace")

    async def open(self, path: str) -> Page:
        """Open a page of the workplace."""
        return await self.browser.get(f"{self._arm}{path}")

    async def begin(self, service: str) -> str:
        """Process 2 begins: choose the service from the list; returns the application's number."""
        page = await self.open("/")
        form = page.form_to("/intakes")
        if page.find(f"//main//button[@name='service'][@value='{service}']") is None:
            raise PageSurprise(page, f"the service {service} in the department's list")
        page = await self.browser.submit(page, {"service": service}, form=form)
        _at(page, "/form", "the request form")
        return page.url.split("/intakes/")[1][:14]

    async def enter(
        self, number: str, typed: Mapping[str, str], *, office: str, attorney: Attorney | None, consents: bool
    ) -> Page:
        """Process 2 and process 3: fill the request form in, take the consent, have the state databases asked."""
        page = await self.open(f"/intakes/{number}/form")
        form = page.form(having="applicant_number")
        names = {element.get("name") for element in form.xpath(".//*[@name]")}
        values = {name: value for name, value in typed.items() if name in names}
        if attorney is not None:
            values |= attorney.typed
        if "office" in names:
            values["office"] = office
        if consents and _CONSENT in names:
            values[_CONSENT] = "true"
        return await self.browser.submit(page, values, form=form)

    async def refuse_consent(self, number: str) -> Page:
        """Record that the applicant gives no consent."""
        page = await self.open(f"/intakes/{number}/consent-refused")
        return await self.browser.submit(page, {}, form=page.form_to(f"/intakes/{number}/consent-refused"))

    async def ask_again(self, number: str) -> Page:
        """Process 3 again, after a state database was out of reach."""
        page = await self.open(f"/intakes/{number}/query")
        return await self.browser.submit(page, {}, form=page.form_to(f"/intakes/{number}/query"))

    async def documents(
        self, number: str, *, scans: Mapping[str, Upload], on_paper: Sequence[str], medium: str | None
    ) -> Page:
        """Process 5 begins: mark what is there on paper, attach what is scanned, and go on to the signature."""
        page = await self.open(f"/intakes/{number}/documents")
        kept: dict[str, str | Upload] = {f"paper_{one}": "yes" for one in on_paper}
        kept |= {f"file_{one}": upload for one, upload in scans.items()}
        page = await self.browser.submit(page, {**kept, "do": "add"}, form=page.form_to(f"/intakes/{number}/documents"))
        if page.status != _OK:
            raise PageSurprise(page, "the documents, marked and scanned")
        said: dict[str, str | Upload] = {f"paper_{one}": "yes" for one in on_paper}
        if medium is not None:
            said["medium"] = medium
        form = page.form_to(f"/intakes/{number}/documents")
        return await self.browser.submit(page, {**said, "do": "go"}, form=form)

    async def refuse_acceptance(self, number: str) -> Page:
        """Refuse to accept: the receipt of refusal names what is missing."""
        page = await self.open(f"/intakes/{number}/refuse")
        return await self.browser.submit(page, {}, form=page.form_to(f"/intakes/{number}/refuse"))

    async def certify(self, number: str) -> Page:
        """Process 5: choose the certificate, unless it was chosen this shift; returns the page that follows."""
        page = await self.open(f"/intakes/{number}/sign")
        if page.url.endswith("/sign"):
            return page
        page = await self.open(f"/intakes/{number}/certificate")
        return await self._hand.fill_and_submit(self.browser, page)

    async def certify_and_send(self, number: str) -> None:
        """Processes 5 and 6: choose the certificate, sign, send."""
        page = await self.certify(number)
        _at(page, "/sign", "the page on which the request is signed")
        page = await self._hand.fill_and_submit(self.browser, page)
        _at(page, "/accepted", "the acceptance of the application")

    async def be_refused_certificate(self, number: str) -> None:
        """Choose a certificate with which nobody may sign: the page says so, and the application waits."""
        page = await self.certify(number)
        if page.status != _WRONG or page.find(_SUMMARY) is None:
            raise PageSurprise(page, "the refusal of the certificate")

    async def be_refused_signature(self, number: str) -> None:
        """Sign with a certificate that has been revoked since it was chosen: nothing is sent."""
        page = await self.open(f"/intakes/{number}/sign")
        page = await self._hand.fill_and_submit(self.browser, page)
        if page.status != _CONFLICT:
            raise PageSurprise(page, "the refusal of the signature")

    async def print_out(self, number: str, name: str, said: str) -> None:
        """Print a paper of the intake (receipt, refusal, no-data); raises `PageSurprise` unless it says what is `said`.

        Lines of the paper are broken anywhere, so that spaces and hyphens do not count.
        """
        content = await self.browser.download(f"{self._arm}/intakes/{number}/{name}.pdf")
        words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        if _unbroken(said) not in _unbroken(words):
            page = await self.open(f"/intakes/{number}")
            raise PageSurprise(page, f"a paper {name} that says {said}: {words}")

    async def make_register(self, number: str, office: str) -> str:
        """Draw the register of a package for the courier up, in two copies; returns its number."""
        page = await self.open("/registers")
        form = page.find(f"//main//form[.//input[@name='package'][@value='{number}']]")
        if not isinstance(form, html.FormElement) or page.find(f"//main//form//input[@value='{office}']") is None:
            raise PageSurprise(page, f"the package {number} among those that wait for a courier")
        page = await self.browser.submit(page, {"package": number, "courier": COURIER}, form=form)
        register = page.url.rsplit("/", 1)[1]
        if page.status != _OK or not register.isdecimal():
            raise PageSurprise(page, "the register")
        return register

    async def waits_for_courier(self, number: str) -> None:
        """Wait until a package is among those that wait for a courier."""
        await soon(lambda: self.open("/registers"), f"//main//input[@name='package'][@value='{number}']")

    async def receive_results(self, register: str, *numbers: str) -> None:
        """Check what the courier brought against a provider's register, and mark it; what is not there is missing."""
        page = await soon(lambda: self.open(f"/registers/{register}"), f"//form[@action='/registers/{register}/scan']")
        for number in numbers:
            page = await self.browser.submit(
                page, {"code": f"]C1{number}\r"}, form=page.form_to(f"/registers/{register}/scan")
            )
        form = page.form_to(f"/registers/{register}/close")
        missing = {"missing_confirmed": "yes"} if form.xpath(".//*[@name='missing_confirmed']") else {}
        page = await self.browser.submit(page, missing, form=form)
        if page.status != _OK or page.find(f"//main//form[@action='/registers/{register}/close']") is not None:
            raise PageSurprise(page, "the register, marked")

    async def hand_over(self, number: str, *, attorney: Attorney | None, applicant: str) -> None:
        """Process 9: scan the receipt, look at the person's document, have the receiving signed, record it."""
        page = await soon(lambda: self._scan_receipt(number), "//main//*[@name='signed']")
        values = {
            "code": number,
            "to": "applicant" if attorney is None else "representative",
            "identity_kind": "identity-card",
            "identity_number": applicant if attorney is None else str(attorney.person.iin),
            "signed": "yes",
        }
        page = await self.browser.submit(page, values, form=page.form(having="signed"))
        _at(page, f"/intakes/{number}", "the application, handed over")

    async def _scan_receipt(self, number: str) -> Page:
        page = await self.open("/hand-over")
        return await self.browser.submit(page, {"code": f"]C1{number}\r\n"}, form=page.form(having="code"))

    async def result(self, number: str, name: str) -> bytes:
        """Fetch the result as `result.xml` or `result.pdf`; raises `aiohttp.ClientResponseError`."""
        return await self.browser.download(f"{self._arm}/hand-over/{number}/{name}")


def _unbroken(words: str) -> str:
    return re.sub(r"[\s\-\u00ad\u200b]", "", words)


async def soon(look: Callable[[], Awaitable[Page]], wanted: str, *, seconds: float = 60) -> Page:
    """Look until the page has the element `wanted`; raises `PageSurprise` with the last page."""
    end = time.monotonic() + seconds
    while True:
        page = await look()
        if page.status == _OK and page.find(wanted) is not None:
            return page
        if time.monotonic() > end:
            raise PageSurprise(page, wanted)
        await asyncio.sleep(0.1)


def _at(page: Page, ending: str, what: str) -> None:
    if page.status != _OK or not page.url.split("#")[0].endswith(ending):
        raise PageSurprise(page, what)
