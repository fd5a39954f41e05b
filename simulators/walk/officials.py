"""One member of the staff of any body at the desk: each action by the page that offers it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from lxml import html

from gateway.catalogue import Outcome, ResultKind, Verb
from simulators.participants import STAFF_PASSWORD
from simulators.population.cast import PEOPLE
from simulators.walk.answers import statement_for
from simulators.walk.browser import SCANNED_PAGE, Browser, Page, PageSurprise, Upload
from simulators.walk.decision import Decision
from simulators.walk.hand import Hand

_ON_PAGES = (Verb.DRAFT, Verb.SIGN)
"""The actions that have a page of their own, to which the case's page leads."""
_CHANGED_MEANWHILE = 409
_FAULT = {
    "conform": "no",
    "fault_kk": "Құжаттың көшірмесі оқылмайды.",
    "fault_ru": "Копия документа нечитаема.",
}
_REASON = {
    "reason_kk": "Өтініш пен деректер тексерілді: бас тартуға негіз анықталды.",
    "reason_ru": "Заявление и сведения проверены: установлено основание для отказа.",
}
_WORDS: Mapping[Verb, Mapping[str, str]] = {
    Verb.INSPECT: {"act": "Тұрғын үй-тұрмыстық жағдайлар орнында тексерілді: бөлмелер жарық әрі таза."},
    Verb.CONCLUDE: {
        "act": "Отбасының материалдық жағдайы үйін аралап тексерілді, құрамы мен табысы анықталды.",
        "conclusion": "Тексеру актісінің негізінде комиссия қорытынды берді.",
    },
    Verb.RECOMMEND: {"minutes": "№ 4 хаттама. Комиссия құжаттарды қарап, дауыс беру арқылы ұсыным жасады."},
    Verb.DECIDE: {"resolution": "Комиссияның ұсынымы мен құжаттар қаралды."},
    Verb.INFORM: {
        "text_kk": "Өтінішіңіз бойынша оң шешім қабылданды.",
        "text_ru": "По Вашему заявлению принято положительное решение.",
    },
    Verb.RECORD: {"entry": "2026-0000123"},
    Verb.SEND_FILE: {"reference": "№ 15-7/204, 10.03.2026"},
}
"""What is written in the forms of the actions."""
_WITH_OPINION = (Verb.CONCLUDE, Verb.RECOMMEND, Verb.DECIDE)


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
        return await self.open(f"/cases/{number}")

    async def open(self, path: str) -> Page:
        """Open a page of the desk; who was away for long unlocks the screen, or signs in again."""
        page = await self.browser.get(f"{self._desk}{path}")
        if "/locked" in page.url:
            page = await self.browser.submit(page, {"password": STAFF_PASSWORD}, form=page.form(having="password"))
        if "/sign-in" in page.url:
            await self.sign_in()
            page = await self.browser.get(f"{self._desk}{path}")
        return page

    async def download(self, number: str, name: str) -> bytes:
        """Fetch a file of a case; raises `aiohttp.ClientResponseError` when it is refused."""
        return await self.browser.download(f"{self._desk}/cases/{number}/{name}")

    async def offered(self, number: str) -> frozenset[Verb]:
        """Return the actions of the procedure that the case's page offers; none while the desk has no such case."""
        page = await self.case(number)
        if page.status != 200:
            return frozenset()
        return frozenset(verb for verb in Verb if page.find(_way_to(number, verb)) is not None)

    async def act(self, number: str, verb: str, values: Mapping[str, str | Upload] | None = None) -> Page:
        """Press the button of an action on the case's page, as soon as the page has it.

        When the case has changed since the page was shown, the official looks again and presses again.
        """
        while True:
            page = await self._with(number, _way_to(number, verb))
            form = page.find(_way_to(number, verb))
            assert isinstance(form, html.FormElement)
            if verb == Verb.RESOLVE:
                values = {"executor": _only_choice(form, "executor")} | dict(values or {})
            if verb == Verb.SUBMIT:
                values = {
                    name: Upload(f"{name}.pdf", SCANNED_PAGE) for name in form.xpath(".//input[@type='file']/@name")
                }
            answer = await self.browser.submit(page, values or {}, form=form)
            if answer.status != _CHANGED_MEANWHILE:
                return _accepted(answer)

    async def extend(self, number: str, event: str) -> Page:
        """Apply a longer term that the act gives for an event."""
        return await self.act(number, "extend", {"event": event, "extend_reason": "Құжаттар толық ұсынылмаған."})

    async def redirect(self, number: str, office: str) -> Page:
        """Send an application that came to the wrong office to the right one."""
        words = "Өтініш беруші басқа аумақта тіркелген."
        return await self.act(number, "redirect", {"office": office, "redirect_reason": words})

    async def draft(self, number: str, decision: Decision) -> Page:
        """Draw up a result or a reasoned refusal."""
        await self._with(number, _way_to(number, Verb.DRAFT))
        page = await self.browser.get(f"{self._desk}/cases/{number}/draft")
        form = page.form(having="result")
        refuses = decision.result.outcome is Outcome.REFUSED
        values = _refusal(form, decision.ground or "") if refuses else _facts(form, decision.result)
        values["result"] = decision.result.id
        return _accepted(await self.browser.submit(page, values, form=form))

    async def sign(self, number: str) -> Page:
        """Sign the result with the official's own key."""
        await self._with(number, _way_to(number, Verb.SIGN))
        page = await self.browser.get(f"{self._desk}/cases/{number}/sign")
        return _accepted(await self._hand.fill_and_submit(self.browser, page))

    async def do(self, number: str, verb: Verb, decision: Decision, values: Mapping[str, str] | None = None) -> None:
        """Do an action that the case's page offers; `values` are what the form needs beside the usual words."""
        if verb is Verb.DRAFT:
            await self.draft(number, decision)
        elif verb is Verb.SIGN:
            await self.sign(number)
        else:
            await self.act(number, verb, {**_said(verb, decision), **(values or {})})

    async def _with(self, number: str, what: str, *, seconds: float = 60) -> Page:
        end = time.monotonic() + seconds
        while True:
            page = await self.case(number)
            if page.status == 200 and page.find(what) is not None:
                return page
            if time.monotonic() > end:
                raise PageSurprise(page, what)
            await asyncio.sleep(0.1)


def _said(verb: Verb, decision: Decision) -> dict[str, str]:
    """Return what an action's form is filled in with."""
    words = dict(_WORDS.get(verb, {}))
    if verb in _WITH_OPINION:
        words["favourable"] = "yes" if decision.favourable else "no"
    if verb is Verb.CHECK_DOCUMENTS:
        words |= {"conform": "yes"} if decision.conform else _FAULT
    return words


def _way_to(number: str, verb: str) -> str:
    """Return the XPath of the link or form by which a case's page offers an action."""
    if verb in _ON_PAGES:
        return f"//main//a[contains(@href, '/cases/{number}/{verb}')]"
    return f"//main//form[@action='/cases/{number}/{verb}']"


def _facts(form: html.FormElement, result: ResultKind) -> dict[str, str]:
    """Return values for the result's facts that the draft's form leaves empty."""
    filled = {name for name, value in form.form_values() if value}
    facts = () if result.template is None else result.template.facts
    return {f"fact_{fact.id}": statement_for(fact) for fact in facts if f"fact_{fact.id}" not in filled}


def _refusal(form: html.FormElement, ground: str) -> dict[str, str]:
    """Return the ground of the refusal, and a reason where the form has none yet."""
    filled = {name for name, value in form.form_values() if value}
    return {"ground": ground} | {name: value for name, value in _REASON.items() if name not in filled}


def _only_choice(form: html.FormElement, name: str) -> str:
    values = [option.get("value") for option in form.xpath(f".//select[@name='{name}']/option") if option.get("value")]
    if not values:
        raise LookupError(f"there is nobody to choose in {name}")
    return str(values[0])


def _accepted(page: Page) -> Page:
    if page.status != 200 or page.find("//*[contains(@class, 'govuk-error-summary')]") is not None:
        raise PageSurprise(page, "the action to be accepted")
    return page
