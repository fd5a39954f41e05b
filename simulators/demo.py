"""The demo people of `make up`: registered at the portal by their own keys, some of which are then spoiled."""

from __future__ import annotations

from collections.abc import Iterable

import aiohttp

from simulators.installation import Installation
from simulators.population.cast import PEOPLE, CastPerson, KeyState
from simulators.walk.applicant import Applicant
from simulators.walk.browser import Browser
from simulators.walk.hand import Hand
from simulators.walk.levers import Levers

_SPOIL = {KeyState.EXPIRED: "expire", KeyState.REVOKED: "revoke", KeyState.ON_HOLD: "hold"}


def applicants() -> list[CastPerson]:
    """Return the demo people who apply at the portal."""
    return [person for person in PEOPLE.values() if person.id.startswith("applicant-")]


async def prepare_demo(installation: Installation) -> None:
    """Register who is not registered yet and bring the keys into the states that the cast gives them.

    Done once: a second start finds the mark that the first one left.
    """
    mark = installation.folder / "demo-ready"
    if mark.exists():
        return
    async with aiohttp.ClientSession() as http:
        portal = installation.address("portal")
        for person in _registered(applicants()):
            browser = Browser.new()
            try:
                hand = Hand(installation, http, origin=portal, key=f"{person.id}-sign")
                await Applicant(portal, person, hand, browser).register()
            finally:
                await browser.close()
        levers = Levers(installation, http)
        for person in applicants():
            if person.key in _SPOIL:
                await levers.spoil_key(person.id, _SPOIL[person.key])
    mark.touch()


def _registered(people: Iterable[CastPerson]) -> list[CastPerson]:
    """Leave one person out, so that a newcomer can try the registration."""
    return [person for person in people if person.id != "applicant-other"]
