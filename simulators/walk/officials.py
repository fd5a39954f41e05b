"""The provider's staff at the desk: each action by the page of whoever may do it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aiohttp
from lxml import html

from gateway.catalogue import Channel, Outcome, ResultKind, Verb
from simulators.installation import Installation
from simulators.participants import STAFF_PASSWORD
from simulators.population.cast import PEOPLE
from simulators.walk.answers import catalogue, portal_kinds, statement_for
from simulators.walk.browser import Browser, Page, PageSurprise
from simulators.walk.hand import Hand

TEAMS = {"karaganda-employment": "karaganda", "almaty-education": "almaty"}
_CHANGED_MEANWHILE = 409
_ACT = "Тұрғын үй-тұрмыстық жағдайлар орнында тексерілді: бөлмелер жарық әрі таза, баланың жеке орны бар."
_FAULT = {
    "conform": "no",
    "fault_kk": "Құжаттың көшірмесі оқылмайды.",
    "fault_ru": "Копия документа нечитаема.",
}
_REASON = {
    "reason_kk": "Өтініш пен деректер тексерілді: бас тартуға негіз анықталды.",
    "reason_ru": "Заявление и сведения проверены: установлено основание для отказа.",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What the staff decides: the document in the end, the ground of a refusal, and whether the documents conform."""

    result: ResultKind
    ground: str | None = None
    conform: bool = True

    @classmethod
    def issue(cls, service: str, kind: str | None = None) -> Decision:
        """Decide as most cases are decided: the documents conform and the first result is issued."""
        kind = kind or portal_kinds(catalogue().service(service))[0]
        return cls(catalogue().service(service).result(Outcome.ISSUED, Channel.PORTAL, kind))


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

    async def offered(self, number: str) -> frozenset[Verb]:
        """Return the actions of the procedure that the case's page offers; none while the desk has no such case."""
        page = await self.case(number)
        if page.status != 200:
            return frozenset()
        return frozenset(verb for verb in Verb if page.find(_way_to(number, verb)) is not None)

    async def act(self, number: str, verb: str, values: Mapping[str, str] | None = None) -> Page:
        """Press the button of an action on the case's page, as soon as the page has it.

        When the case has changed since the page was shown, the official looks again and presses again.
        """
        while True:
            page = await self._with(number, _way_to(number, verb))
            form = page.find(_way_to(number, verb))
            assert isinstance(form, html.FormElement)
            if verb == Verb.RESOLVE:
                values = {"executor": _only_choice(form, "executor")} | dict(values or {})
            answer = await self.browser.submit(page, values or {}, form=form)
            if answer.status != _CHANGED_MEANWHILE:
                return _accepted(answer)

    async def draft(self, number: str, decision: Decision) -> Page:
        """Draw up a result or a reasoned refusal."""
        await self._with(number, _way_to(number, Verb.DRAFT))
        page = await self.browser.get(f"{self._desk}/cases/{number}/draft")
        form = page.form(having="result")
        values = _facts(form, decision.result) if decision.ground is None else _refusal(form, decision.ground)
        values["result"] = decision.result.id
        return _accepted(await self.browser.submit(page, values, form=form))

    async def sign(self, number: str) -> Page:
        """Sign the result with the official's own key."""
        await self._with(number, _way_to(number, Verb.SIGN))
        page = await self.browser.get(f"{self._desk}/cases/{number}/sign")
        return _accepted(await self._hand.fill_and_submit(self.browser, page))

    async def do(self, number: str, verb: Verb, decision: Decision) -> None:
        """Do an action that the case's page offers."""
        if verb is Verb.DRAFT:
            await self.draft(number, decision)
        elif verb is Verb.SIGN:
            await self.sign(number)
        else:
            values: Mapping[str, str] = {}
            if verb is Verb.CHECK_DOCUMENTS:
                values = {"conform": "yes"} if decision.conform else _FAULT
            elif verb is Verb.INSPECT:
                values = {"act": _ACT}
            await self.act(number, verb, values)

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
        team = TEAMS[catalogue().offices_of(service)[0].id]
        for role in ("clerk", "head", "executor"):
            person = f"{team}-{role}"
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

    async def work(self, service: str, number: str, decision: Decision | None = None, *, seconds: float = 60) -> None:
        """Lead a case to its hand-over: whoever is offered an action does it, each action once.

        Without a `decision` the usual result is issued. Raises `PageSurprise` when nobody is offered anything more.
        """
        decision = decision or Decision.issue(service)
        done: list[tuple[Official, Verb]] = []
        end = time.monotonic() + seconds
        while not any(verb is Verb.HAND_OVER for _, verb in done):
            turn = await self._turn(number, done)
            if turn is not None:
                member, verb = turn
                await member.do(number, verb, decision)
                done.append(turn)
                end = time.monotonic() + seconds
            elif time.monotonic() > end:
                raise PageSurprise(
                    await self.executor.case(number), f"an action after {[str(verb) for _, verb in done]}"
                )
            else:
                await asyncio.sleep(0.2)

    async def _turn(self, number: str, done: Sequence[tuple[Official, Verb]]) -> tuple[Official, Verb] | None:
        for member in (self.clerk, self.head, self.executor):
            offered = await member.offered(number)
            for verb in Verb:
                if verb in offered and (member, verb) not in done:
                    return member, verb
        return None


def _way_to(number: str, verb: str) -> str:
    """Return the XPath of the link or form by which a case's page offers an action."""
    if verb in (Verb.DRAFT, Verb.SIGN):
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
