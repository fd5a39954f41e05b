"""Who is in the play: two applicants with something to lose, the staff of two offices, operators, and the intruder."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TypeVar

import aiohttp

from gateway.catalogue import Channel
from simulators.population.cast import PEOPLE
from simulators.walk.answers import answers_for
from simulators.walk.applicant import ENDED, Applicant
from simulators.walk.browser import Browser
from simulators.walk.decision import Decision
from simulators.walk.hand import Hand
from simulators.walk.officials import Official
from simulators.walk.windows import Operator
from tests.acceptance.hostile.living import Country

KARAGANDA, ALMATY = "unemployed-certificate", "guardianship-certificate"
VICTIM, GUARDIAN, INTRUDER = "applicant-karaganda", "applicant-almaty", "applicant-other"
_Worker = TypeVar("_Worker", Official, Operator)
OPERATOR, COLLEAGUE, ELSEWHERE = "karaganda-operator", "karaganda-operator-2", "temirtau-operator"


@dataclass
class Scene:
    """What stands when the play begins."""

    issued: str = ""
    """The victim's application that came to its result, at the Karaganda office."""
    at_sign: str = ""
    """The guardian's application, with two attachments; at the Almaty desk it waits for the head's signature."""
    ready: str = ""
    """The victim's second application: filled in, certificate chosen, not signed."""
    secrets: set[str] = field(default_factory=set)
    """Keys of sessions that were given out while the scene was set."""


@contextlib.asynccontextmanager
async def applicant(country: Country, person: str) -> AsyncIterator[Applicant]:
    """An applicant with an empty browser and a hand at NCALayer."""
    async with aiohttp.ClientSession() as http:
        hand = Hand(country.installation, http, origin=country.at("portal"), key=f"{person}-sign")
        browser = Browser.new()
        try:
            yield Applicant(country.at("portal"), PEOPLE[person], hand, browser)
        finally:
            await browser.close()


@contextlib.asynccontextmanager
async def signed_in(country: Country, person: str) -> AsyncIterator[Applicant]:
    """An applicant who is signed in at the portal."""
    async with applicant(country, person) as one:
        await one.sign_in()
        yield one


@contextlib.asynccontextmanager
async def official(country: Country, person: str) -> AsyncIterator[Official]:
    """A member of the staff who is signed in at the desk."""
    async with _at_work(country, "desk", person, Official) as one:
        yield one


@contextlib.asynccontextmanager
async def operator(country: Country, person: str) -> AsyncIterator[Operator]:
    """An operator who is signed in at a window."""
    async with _at_work(country, "arm", person, Operator) as one:
        yield one


@contextlib.asynccontextmanager
async def _at_work(country: Country, site: str, person: str, worker: type[_Worker]) -> AsyncIterator[_Worker]:
    async with aiohttp.ClientSession() as http:
        address = country.at(site)
        hand = Hand(country.installation, http, origin=address, key=f"{person}-sign")
        browser = Browser.new()
        try:
            one = worker(address, person, hand, browser)
            await one.sign_in()
            yield one
        finally:
            await browser.close()


def keys_of_sessions(browser: Browser) -> set[str]:
    """The session keys that a browser holds."""
    return {cookie.value for cookie in browser._http.cookie_jar if cookie.key.endswith("-session")}


@dataclass
class WindowScene:
    """What lies at the windows of a department when the play begins; all of it is the victim's."""

    accepted: str = ""
    """Taken in, signed and sent by an operator."""
    draft: str = ""
    """Open in the same operator's hands, its documents asked for."""


async def set_window_scene(country: Country) -> WindowScene:
    """Take in at a window until there is something to steal."""
    scene = WindowScene()
    async with operator(country, OPERATOR) as one:
        scene.accepted = await _entered_at_a_window(one)
        await one.documents(scene.accepted, scans={}, on_paper=(), medium=None)
        await one.certify_and_send(scene.accepted)
        scene.draft = await _entered_at_a_window(one)
    return scene


async def _entered_at_a_window(one: Operator) -> str:
    person = PEOPLE[VICTIM]
    named = {"applicant_number": str(person.iin), "applicant_name": person.full_name_kk}
    typed = {**answers_for(KARAGANDA, person, channel=Channel.CORPORATION), **named}
    number = await one.begin(KARAGANDA)
    page = await one.enter(number, typed, office="karaganda-employment", attorney=None, consents=True)
    assert page.url.endswith("/documents"), page.text
    return number


async def set_scene(country: Country) -> Scene:
    """Walk until there is something to steal."""
    scene = Scene()
    for person in (VICTIM, GUARDIAN, INTRUDER):
        async with applicant(country, person) as one:
            await one.register()
    async with signed_in(country, VICTIM) as victim:
        scene.issued = await victim.fill_in(KARAGANDA)
        await victim.choose_certificate(scene.issued)
        await victim.sign_and_send(scene.issued)
        await _worked_at_karaganda(country, scene.issued)
        told = await victim.wait_for(scene.issued, lambda told: told["state"] in ENDED)
        assert told["state"] == "issued"
        scene.ready = await victim.fill_in(KARAGANDA)
        page = await victim.choose_certificate(scene.ready)
        assert page.url.endswith("/sign")
        scene.secrets |= keys_of_sessions(victim.browser)
    async with signed_in(country, GUARDIAN) as guardian:
        scene.at_sign = await guardian.fill_in(ALMATY)
        await guardian.choose_certificate(scene.at_sign)
        await guardian.sign_and_send(scene.at_sign)
        scene.secrets |= keys_of_sessions(guardian.browser)
    await _drafted_at_almaty(country, scene.at_sign)
    return scene


async def _worked_at_karaganda(country: Country, number: str) -> None:
    async with contextlib.AsyncExitStack() as stack:
        clerk, head, executor = [
            await stack.enter_async_context(official(country, f"karaganda-{role}"))
            for role in ("clerk", "head", "executor")
        ]
        await clerk.act(number, "register")
        await head.act(number, "resolve")
        await executor.draft(number, Decision.issue("unemployed-certificate"))
        await head.sign(number)
        await clerk.act(number, "hand-over")


async def _drafted_at_almaty(country: Country, number: str) -> None:
    async with contextlib.AsyncExitStack() as stack:
        clerk, head, executor = [
            await stack.enter_async_context(official(country, f"almaty-{role}"))
            for role in ("clerk", "head", "executor")
        ]
        await clerk.act(number, "register")
        await head.act(number, "resolve")
        await executor.act(number, "check-documents", {"conform": "yes"})
        await executor.draft(number, Decision.issue("guardianship-certificate"))
