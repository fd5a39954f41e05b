"""One person's walk through one service on the portal: on its good path, or in one of its other ways."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

import aiohttp

from gateway.catalogue import StepKind, Verb
from simulators.installation import Installation
from simulators.population.cast import PEOPLE
from simulators.walk.answers import answers_for, catalogue
from simulators.walk.applicant import ENDED, Applicant
from simulators.walk.browser import Browser, Page, PageSurprise
from simulators.walk.course import Course
from simulators.walk.hand import Hand
from simulators.walk.levers import PAST_CACHES, Levers
from simulators.walk.plan import PlannedWalk
from simulators.walk.roles import Roles, roles_for
from simulators.walk.staff import Staff, StaffRoom, seats_for

_UNREGISTERED = "applicant-other"
_PAST_RETRIES = timedelta(minutes=16)
"""Longer than anybody on the way waits before a status is asked for again."""
_ATTEMPTS = 4
_REGISTRATION = 6
"""The process in which the desk registers, in every flow that has a condition decided by the certificate."""
_REGISTRY_FAULTS = {
    "condition-3:absent": "absent",
    "condition-3:registry-down": "down",
    "condition-3:unsigned": "unsigned",
}
_HEALED = ("down", "unsigned")
"""The faults of a state database that end before the condition is decided."""


class WalkFailed(AssertionError):
    """Something on the way was not as it must be."""


@dataclass
class PortalWalk:
    """One person's walk through one service on the portal."""

    planned: PlannedWalk
    roles: Roles
    applicant: Applicant
    staff: Staff
    levers: Levers
    say: Callable[[str], None]
    timed: bool = False
    number: str | None = None

    @classmethod
    async def of(
        cls,
        installation: Installation,
        http: aiohttp.ClientSession,
        room: StaffRoom,
        planned: PlannedWalk,
        *,
        say: Callable[[str], None],
        timed: bool = False,
    ) -> Self:
        """Make ready: the applicant of the service is registered at the portal."""
        service = catalogue().service(planned.service)
        roles = roles_for(service, planned.channel, planned.kind)
        portal, person = installation.address("portal"), roles.person
        hand = Hand(installation, http, origin=portal, key=f"{person.id}-sign")
        applicant = Applicant(portal, person, hand, Browser.new(), number=roles.number)
        try:
            await applicant.register()
            await applicant.sign_out()
        except BaseException:
            await applicant.browser.close()
            raise
        answers = answers_for(service.id, roles.person, kind=planned.kind, channel=planned.channel)
        staff = Staff(room, seats_for(service, roles.office, None, answers), leaves=frozenset({Verb.SUBMIT}))
        return cls(planned, roles, applicant, staff, Levers(installation, http), say, timed)

    async def go(self) -> None:
        """Walk to the end; raises `WalkFailed`, `PageSurprise`, `TimeoutError`."""
        way = self.planned.way
        name = way.name if way else ""
        if name.startswith("condition-1"):
            await self._be_refused_authorisation(name)
            return
        await self.applicant.sign_in()
        self.number = await self.applicant.fill_in(
            self.planned.service, kind=self.planned.kind, office=self.roles.office.id
        )
        self.say(f"application {self.number} filled in")
        if name in _REGISTRY_FAULTS:
            await self.levers.registry("gbdfl", _REGISTRY_FAULTS[name])
        special = {
            "condition-2:expired": self._with_spoiled_key("expire"),
            "condition-2:revoked": self._with_spoiled_key("revoke"),
            "condition-2:on-hold": self._with_spoiled_key("hold"),
            "condition-2:mismatch": self._with_anothers_certificate,
            "condition-2:revoked-before-signing": self._revoked_before_signing,
            "condition-2:ocsp-down": self._undecided_before_signing,
            "condition-2:ocsp-down-after-signing": self._undecided_after_signing,
            "condition-2:ocsp-down-until-limit": self._undecided_until_the_limit,
        }.get(name)
        if special is not None:
            await special()
        else:
            await self._certify_and_send()
        if self.planned.decision is not None:
            await self._provider_works(_REGISTRY_FAULTS.get(name))
        await self._ended(self.planned.state)

    async def _be_refused_authorisation(self, name: str) -> None:
        wrong = {"password": "a wrong password"}
        if name == "condition-1:unknown":
            wrong = {"number": str(PEOPLE[_UNREGISTERED].iin)}
        page = await self.applicant.sign_in(**wrong)
        if page.find("//*[@data-step='process 2']") is None:
            raise PageSurprise(page, "the refusal of authorisation (process 2)")

    async def _certify_and_send(self) -> None:
        _is_at(await self.applicant.choose_certificate(self._application), "/sign")
        _is_at(await self.applicant.sign_and_send(self._application), "/sent")

    def _with_spoiled_key(self, how: str) -> Callable[[], Awaitable[None]]:
        async def choose() -> None:
            await self.levers.spoil_key(self.applicant.person.id, how)
            await self.levers.advance(PAST_CACHES)
            await self.applicant.choose_certificate(self._application)

        return choose

    async def _with_anothers_certificate(self) -> None:
        await self.applicant.choose_certificate(self._application, key="applicant-other-sign")

    async def _revoked_before_signing(self) -> None:
        _is_at(await self.applicant.choose_certificate(self._application), "/sign")
        await self.levers.spoil_key(self.applicant.person.id, "revoke")
        await self.levers.advance(PAST_CACHES)
        await self.applicant.sign_and_send(self._application)

    async def _undecided_before_signing(self) -> None:
        await self.levers.advance(PAST_CACHES)
        await self.levers.certificate_status(down=True)
        page = await self.applicant.choose_certificate(self._application)
        _is_at(page, "/undecided")
        await self._state("draft")
        await self.levers.certificate_status(down=False)
        _is_at(await self.applicant.check_again(self._application), "/sign")
        _is_at(await self.applicant.sign_and_send(self._application), "/sent")

    async def _hold(self) -> None:
        _is_at(await self.applicant.choose_certificate(self._application), "/sign")
        await self.levers.advance(PAST_CACHES)
        await self.levers.certificate_status(down=True)
        await self.applicant.sign_and_send(self._application)
        await self._state("held")
        self.say("the application is held")

    async def _undecided_after_signing(self) -> None:
        await self._hold()
        await self.levers.certificate_status(down=False)
        for _ in range(_ATTEMPTS):
            await self.levers.advance(_PAST_RETRIES)
            with contextlib.suppress(TimeoutError):
                await self.applicant.wait_for(self._application, _is_registered, seconds=10)
                return

    async def _undecided_until_the_limit(self) -> None:
        await self._hold()
        await self.levers.advance(timedelta(hours=25))

    async def _provider_works(self, fault: str | None) -> None:
        if fault in _HEALED:
            await self._while_registry_is_out()
        course = Course(
            self.planned,
            self.roles.office,
            self.staff,
            self.levers,
            self.say,
            timed=self.timed,
            bring=lambda: self.applicant.bring(self._application),
        )
        await course.run(self._application)

    async def _while_registry_is_out(self) -> None:
        await self.applicant.wait_for(
            self._application,
            lambda told: any(e["kind"] == "condition" and e["outcome"] == "undetermined" for e in told["trail"]),
        )
        self.say("the state database does not give data that may be used; the desk waits")
        await self.levers.registry("gbdfl", "none")
        await self.levers.advance(timedelta(minutes=30))

    async def put_back(self) -> None:
        """Let the world work properly again, however the walk ended."""
        await self.levers.put_back()
        await self.applicant.browser.close()

    async def _ended(self, state: str) -> None:
        told = await self.applicant.wait_for(self._application, lambda told: told["state"] in ENDED)
        if told["state"] != state:
            raise WalkFailed(f"the application ended as {told['state']} instead of {state}")
        self.say(f"the application ended: {state}")

    async def _state(self, state: str) -> None:
        told = await self.applicant.wait_for(self._application, lambda told: told["state"] == state, seconds=20)
        assert told["state"] == state

    @property
    def _application(self) -> str:
        if self.number is None:
            raise WalkFailed("there is no application yet")
        return self.number


def _is_registered(told: Mapping[str, Any]) -> bool:
    """Tell whether the provider's desk has taken the application in."""
    return any(event["kind"] == StepKind.PROCESS and event["number"] == _REGISTRATION for event in told["trail"])


def _is_at(page: Page, ending: str) -> None:
    if page.status != 200 or not page.url.endswith(ending):
        raise PageSurprise(page, f"the page …{ending}")
