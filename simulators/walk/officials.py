"""The provider's staff at the desk: each action by the page of whoever may do it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import aiohttp
from lxml import html

from simulators.installation import Installation
from simulators.participants import STAFF_PASSWORD
from simulators.population.cast import PEOPLE
from simulators.walk.browser import Browser, Page, PageSurprise
from simulators.walk.hand import Hand

TEAMS = {"unemployed-certificate": "karaganda", "guardianship-certificate": "almaty"}
_CHANGED_MEANWHILE = 409
_REASON = {
    "reason_kk": "Жұмыссыз ретінде тіркелгені туралы деректер табылмады.",
    "reason_ru": "Сведения о регистрации в качестве безработного не найдены.",
}


class Official:
    """One member of the staff with a browser and NCALayer."""

    def __init__(self, desk: str, person: str, hand: Hand, browser: Browser) -> None:
        self._desk = desk
        self.person = PEOPLE[person]
        self._hand = hand
        self.browser = browser

    async def sign_in(self) -> None:
        """Sign in at the desk."""
        page = await self.browser.get(f"{self._desk}/sign-in")
        field = (
            page.form(having="password").xpath(".//input[@inputmode='numeric' or @type='text'][@name]")[0].get("name")
        )
        typed = {field: str(self.person.iin), "password": STAFF_PASSWORD}
        page = await self.browser.submit(page, typed, form=page.form(having="password"))
        if "/sign-in" in page.url:
            raise PageSurprise(page, "the desk's inbox")

    async def case(self, number: str) -> Page:
        """Open a case."""
        return await self.browser.get(f"{self._desk}/cases/{number}")

    async def act(self, number: str, verb: str, values: Mapping[str, str] | None = None) -> Page:
        """Press the button of an action on the case's page, as soon as the page has it.

        When the case has changed since the page was shown, the official looks again and presses again.
        """
        while True:
            page = await self._with(number, f"//main//form[@action='/cases/{number}/{verb}']")
            form = page.find(f"//main//form[@action='/cases/{number}/{verb}']")
            assert isinstance(form, html.FormElement)
            if verb == "resolve":
                values = {"executor": _only_choice(form, "executor")} | dict(values or {})
            answer = await self.browser.submit(page, values or {}, form=form)
            if answer.status != _CHANGED_MEANWHILE:
                return _accepted(answer)

    async def draft(self, number: str, *, outcome: str) -> Page:
        """Draw up the result or the reasoned refusal."""
        await self._with(number, f"//main//a[contains(@href, '/cases/{number}/draft')]")
        page = await self.browser.get(f"{self._desk}/cases/{number}/draft")
        form = page.form(having="outcome")
        values = {"outcome": outcome}
        if outcome == "issued":
            values |= {name: value for name, value in _facts(form).items() if value}
        else:
            grounds = form.xpath(".//input[@name='ground']")
            values |= {"ground": grounds[0].get("value")} | _REASON
        return _accepted(await self.browser.submit(page, values, form=form))

    async def sign(self, number: str) -> Page:
        """Sign the result with the official's own key."""
        await self._with(number, f"//main//a[contains(@href, '/cases/{number}/sign')]")
        page = await self.browser.get(f"{self._desk}/cases/{number}/sign")
        return _accepted(await self._hand.fill_and_submit(self.browser, page))

    async def _with(self, number: str, what: str, *, seconds: float = 60) -> Page:
        end = time.monotonic() + seconds
        while True:
            page = await self.case(number)
            if page.status == 200 and page.find(what) is not None:
                return page
            if time.monotonic() > end:
                raise PageSurprise(page, what)
            await asyncio.sleep(0.1)


class Office:
    """The clerk, the head and the executor of one office."""

    def __init__(self, members: Mapping[str, Official]) -> None:
        self.clerk, self.head, self.executor = members["clerk"], members["head"], members["executor"]

    @classmethod
    async def of(cls, installation: Installation, service: str, http: aiohttp.ClientSession) -> Office:
        """Let the staff of the service's office sign in."""
        desk, members = installation.address("desk"), {}
        for role in ("clerk", "head", "executor"):
            person = f"{TEAMS[service]}-{role}"
            hand = Hand(installation, http, origin=desk, key=f"{person}-sign")
            members[role] = Official(desk, person, hand, Browser.new())
        office = cls(members)
        try:
            for member in members.values():
                await member.sign_in()
        except BaseException:
            await office.close()
            raise
        return office

    async def close(self) -> None:
        """Close the browsers."""
        for member in (self.clerk, self.head, self.executor):
            await member.browser.close()

    async def work(self, service: str, number: str, *, outcome: str = "issued") -> None:
        """Lead a case through the whole procedure; `outcome` is issued or refused."""
        await self.clerk.act(number, "register")
        await self.head.act(number, "resolve")
        if service == "guardianship-certificate":
            fault = {"conform": "yes"}
            if outcome == "refused":
                fault = {
                    "conform": "no",
                    "fault_kk": "Шешімнің көшірмесі оқылмайды.",
                    "fault_ru": "Копия решения нечитаема.",
                }
            await self.executor.act(number, "check-documents", fault)
        await self.executor.draft(number, outcome=outcome)
        await self.head.sign(number)
        await self.clerk.act(number, "hand-over")


def _facts(form: html.FormElement) -> dict[str, str]:
    """Return values for the facts that the draft's form leaves empty."""
    empty = [one for one in form.xpath(".//input[starts-with(@name, 'fact_')]") if not one.get("value")]
    return {
        one.get("name"): "02.02.2026" if "_on" in one.get("name") or "date" in one.get("name") else "1" for one in empty
    }


def _only_choice(form: html.FormElement, name: str) -> str:
    values = [option.get("value") for option in form.xpath(f".//select[@name='{name}']/option") if option.get("value")]
    if not values:
        raise LookupError(f"there is nobody to choose in {name}")
    return str(values[0])


def _accepted(page: Page) -> Page:
    if page.status != 200 or page.find("//*[contains(@class, 'govuk-error-summary')]") is not None:
        raise PageSurprise(page, "the action to be accepted")
    return page
