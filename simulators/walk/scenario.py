"""One person's walk through one service: on its good path, or in one of its other ways."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import aiohttp

from gateway.catalogue import Channel, Outcome, Service, StepKind
from simulators.installation import Installation
from simulators.population.cast import PEOPLE
from simulators.walk.answers import catalogue, portal_kinds
from simulators.walk.applicant import ENDED, Applicant
from simulators.walk.browser import Browser, Page, PageSurprise
from simulators.walk.hand import Hand
from simulators.walk.levers import Levers
from simulators.walk.officials import Decision, Office
from simulators.walk.ways import Way

APPLICANTS = {"karaganda-employment": "applicant-karaganda", "almaty-education": "applicant-almaty"}
"""Who applies to which office."""
_UNREGISTERED = "applicant-other"
_PAST_CACHES = timedelta(minutes=2)
"""Longer than a word on a certificate's status is used again."""


class WalkFailed(AssertionError):
    """Something on the way was not as it must be."""


@dataclass
class Walk:
    """One person's walk through one service."""

    installation: Installation
    http: aiohttp.ClientSession
    service: Service
    kind: str | None
    way: Way | None
    applicant: Applicant
    levers: Levers
    say: Callable[[str], None]
    number: str | None = None

    @classmethod
    async def of(
        cls,
        installation: Installation,
        http: aiohttp.ClientSession,
        service: str,
        way: Way | None,
        *,
        say: Callable[[str], None],
        kind: str | None = None,
    ) -> Walk:
        """Make ready: the applicant of the service is registered at the portal; raises `UnknownService`."""
        law = catalogue().service(service)
        portal, person = installation.address("portal"), APPLICANTS[catalogue().offices_of(service)[0].id]
        hand = Hand(installation, http, origin=portal, key=f"{person}-sign")
        applicant = Applicant(portal, PEOPLE[person], hand, Browser.new())
        try:
            await applicant.register()
            await applicant.sign_out()
        except BaseException:
            await applicant.browser.close()
            raise
        kind = kind or portal_kinds(law)[0]
        return cls(installation, http, law, kind, way, applicant, Levers(installation, http), say)

    async def go(self) -> None:
        """Walk to the end; raises `WalkFailed`, `PageSurprise`, `TimeoutError`."""
        name = self.way.name if self.way else ""
        if name.startswith("condition-1"):
            await self._be_refused_authorisation(name)
            return
        await self.applicant.sign_in()
        self.number = await self.applicant.fill_in(self.service.id, kind=self.kind)
        self.say(f"application {self.number} filled in")
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
        if self.way is not None and self.way.outcome is None:
            await self._ended(self.way.state)
        else:
            await self._provider_works(name)

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
            await self.levers.advance(_PAST_CACHES)
            await self.applicant.choose_certificate(self._application)

        return choose

    async def _with_anothers_certificate(self) -> None:
        await self.applicant.choose_certificate(self._application, key="applicant-other-sign")

    async def _revoked_before_signing(self) -> None:
        _is_at(await self.applicant.choose_certificate(self._application), "/sign")
        await self.levers.spoil_key(self.applicant.person.id, "revoke")
        await self.levers.advance(_PAST_CACHES)
        await self.applicant.sign_and_send(self._application)

    async def _undecided_before_signing(self) -> None:
        await self.levers.advance(_PAST_CACHES)
        await self.levers.certificate_status(down=True)
        page = await self.applicant.choose_certificate(self._application)
        _is_at(page, "/undecided")
        await self._state("draft")
        await self.levers.certificate_status(down=False)
        _is_at(await self.applicant.check_again(self._application), "/sign")
        _is_at(await self.applicant.sign_and_send(self._application), "/sent")

    async def _hold(self) -> None:
        _is_at(await self.applicant.choose_certificate(self._application), "/sign")
        await self.levers.advance(_PAST_CACHES)
        await self.levers.certificate_status(down=True)
        await self.applicant.sign_and_send(self._application)
        await self._state("held")
        self.say("the application is held")

    async def _undecided_after_signing(self) -> None:
        await self._hold()
        await self.levers.certificate_status(down=False)
        await self.levers.advance(timedelta(minutes=16))

    async def _undecided_until_the_limit(self) -> None:
        await self._hold()
        await self.levers.advance(timedelta(hours=25))

    async def _provider_works(self, name: str) -> None:
        fault = {"condition-3:registry-down": "down", "condition-3:unsigned": "unsigned"}.get(name)
        office = await Office.of(self.installation, self.service.id, self.http)
        try:
            if fault is not None:
                await self._while_registry_is_out(fault)
            await office.work(self.service.id, self._application, self.decision)
        finally:
            await office.close()
        await self._ended(self.way.state if self.way else "issued")

    @property
    def failing(self) -> int | None:
        """The number of the condition that fails, if one does."""
        return self.way.failing(self.service, self.kind) if self.way else None

    @property
    def decision(self) -> Decision | None:
        """What the provider decides; nothing when the application never comes there."""
        outcome = self.way.outcome if self.way else Outcome.ISSUED
        if outcome is None:
            return None
        result = self.service.result(outcome, Channel.PORTAL, self.kind)
        name = self.way.name if self.way else ""
        ground = None
        if self.failing is not None:
            flow = self.service.flow(Channel.PORTAL, self.kind)
            ground = flow.step(StepKind.CONDITION, self.failing).ground
        elif outcome is Outcome.REFUSED:
            ground = "documents-violations" if name == "documents" else result.grounds[0]
        return Decision(result, ground, conform=name not in ("documents", "condition-3:documents"))

    async def _while_registry_is_out(self, fault: str) -> None:
        await self.applicant.wait_for(
            self._application,
            lambda told: any(e["kind"] == "condition" and e["outcome"] == "undetermined" for e in told["trail"]),
        )
        self.say("the state database does not give data that may be used; the desk waits")
        await self.levers.registry("gbdfl", "none")
        await self.levers.advance(timedelta(minutes=30))

    async def prepare(self) -> None:
        """Pull the levers that must be pulled before the application is sent."""
        fault = {
            "condition-3:absent": "absent",
            "condition-3:registry-down": "down",
            "condition-3:unsigned": "unsigned",
        }.get(self.way.name if self.way else "")
        if fault is not None:
            await self.levers.registry("gbdfl", fault)

    async def put_back(self) -> None:
        """Let the world work properly again, however the walk ended."""
        await self.levers.put_back()

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


def _is_at(page: Page, ending: str) -> None:
    if page.status != 200 or not page.url.endswith(ending):
        raise PageSurprise(page, f"the page …{ending}")
