"""The people of every body that has to do with a case: whoever is offered an action does it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import aiohttp

from gateway.catalogue import Body, Office, Role, Service, UnknownOffice, Verb
from simulators.installation import Installation
from simulators.population.cast import PEOPLE
from simulators.walk.answers import catalogue
from simulators.walk.browser import Browser, PageSurprise
from simulators.walk.decision import Decision
from simulators.walk.hand import Hand
from simulators.walk.officials import Official

_SECONDS = 60.0
_BETWEEN_LOOKS = 0.1


@dataclass(frozen=True, slots=True)
class Seat:
    """A member of the staff by the place they sit at: a person of the cast, the office and its body, the role."""

    person: str
    office: str
    body: Body
    role: Role


def seats_of(office: Office) -> tuple[Seat, ...]:
    """Return the staff of an office, by the cast."""
    return tuple(
        Seat(person.id, office.id, office.body, Role(person.post.value))
        for person in PEOPLE.values()
        if person.organisation == office.id and person.post is not None and person.post.value in set(Role)
    )


def seats_for(
    service: Service, office: Office, counter: Office | None, answers: Mapping[str, str] | None = None
) -> tuple[Seat, ...]:
    """Return everybody whom the procedures of a service may need for a case of an office, taken in at a counter.

    The form's `answers` may name which of several offices of a body it is, such as the akim of the child's district.
    """
    law, offices = catalogue(), {office.id: office}
    if counter is not None:
        offices.setdefault(counter.id, counter)
    for body in _bodies_of(service):
        try:
            one = law.body_of(office, body, counter, answers)
        except UnknownOffice:
            continue
        offices.setdefault(one.id, one)
    return tuple(seat for one in offices.values() for seat in seats_of(one))


def _bodies_of(service: Service) -> list[Body]:
    """Return the bodies that the service's procedures name, but the applicant and the State Corporation."""
    named: dict[Body, None] = {}
    for procedure in service.procedures:
        for step in procedure.steps:
            elsewhere = (one.body for one in step.elsewhere)
            of_acts = (act.body for act in step.actions if act.body is not None)
            named |= dict.fromkeys((step.body, *elsewhere, *of_acts))
    named |= dict.fromkeys(signer.body for result in service.results for signer in result.signers)
    return [body for body in named if body not in (Body.APPLICANT, Body.CORPORATION)]


class StaffRoom:
    """Everybody who signed in at the desk of one country; each does so when first needed."""

    def __init__(self, installation: Installation, http: aiohttp.ClientSession) -> None:
        self._installation = installation
        self._http = http
        self._members: dict[str, Official] = {}

    async def member(self, person: str) -> Official:
        """Return a member, signed in."""
        if person not in self._members:
            desk = self._installation.address("desk")
            hand = Hand(self._installation, self._http, origin=desk, key=f"{person}-sign")
            official = Official(desk, person, hand, Browser.new())
            try:
                await official.sign_in()
            except BaseException:
                await official.browser.close()
                raise
            self._members[person] = official
        return self._members[person]

    async def close(self) -> None:
        """Close the browsers."""
        while self._members:
            await self._members.popitem()[1].browser.close()


class Staff:
    """Who may have to do with one case, and what they did, in order, as `verb role@body`.

    `leaves` are acts that nobody of them does though the page offers them, such as what the applicant is to do alone.
    """

    def __init__(self, room: StaffRoom, seats: Sequence[Seat], *, leaves: frozenset[Verb] = frozenset()) -> None:
        self._room = room
        self._seats = tuple(seats)
        self._leaves = leaves
        self._last: tuple[str, Verb] | None = None
        self.done: list[str] = []

    async def work(
        self,
        number: str,
        decision: Decision,
        *,
        until: int | None = None,
        expected: Sequence[str] = (),
        before: Callable[[Official, str], Awaitable[Mapping[str, str]]] | None = None,
        seconds: float = _SECONDS,
    ) -> None:
        """Lead a case to its hand-over, or until so many acts are done: whoever is offered an action does it.

        Who is `expected` to act is looked at first, no more; `before` is told each action that is about to be done and
        may give what its form needs. Raises `PageSurprise` when nobody is offered anything more.
        """
        end = time.monotonic() + seconds
        while not (self._handed_over() if until is None else len(self.done) >= until):
            next_one = expected[len(self.done)] if len(self.done) < len(expected) else ""
            turn = await self._turn(number, next_one)
            if turn is not None:
                seat, verb = turn
                name = f"{verb} {seat.role}@{seat.body}"
                official = await self._room.member(seat.person)
                values = {} if before is None else await before(official, name)
                await official.do(number, verb, decision, values)
                self._last = (seat.person, verb)
                self.done.append(name)
                end = time.monotonic() + seconds
            elif time.monotonic() > end:
                page = await (await self._room.member(self._seats[0].person)).case(number)
                raise PageSurprise(page, f"an action after {self.done}")
            else:
                await asyncio.sleep(_BETWEEN_LOOKS)

    def _handed_over(self) -> bool:
        return bool(self.done) and self.done[-1].startswith(f"{Verb.HAND_OVER} ")

    async def _turn(self, number: str, expected: str) -> tuple[Seat, Verb] | None:
        """Return who is offered what; the act that was just done is not done again while a page still shows it."""
        for seat in sorted(self._seats, key=lambda one: not expected.endswith(f" {one.role}@{one.body}")):
            offered = await (await self._room.member(seat.person)).offered(number)
            for verb in Verb:
                if verb in offered - self._leaves and (seat.person, verb) != self._last:
                    return seat, verb
        return None


class OfficeStaff:
    """The clerk, the head and the executor of a service's first office, with everybody whom its cases may need."""

    def __init__(self, room: StaffRoom, members: Mapping[Role, Official], seats: Sequence[Seat]) -> None:
        self._room = room
        self._seats = tuple(seats)
        self.clerk, self.head, self.executor = members[Role.CLERK], members[Role.HEAD], members[Role.EXECUTOR]

    @classmethod
    async def of(cls, installation: Installation, service: str, http: aiohttp.ClientSession) -> Self:
        """Let the staff of the service's office sign in."""
        law = catalogue().service(service)
        office = catalogue().offices_of(service)[0]
        room = StaffRoom(installation, http)
        try:
            members = {seat.role: await room.member(seat.person) for seat in reversed(seats_of(office))}
        except BaseException:
            await room.close()
            raise
        return cls(room, members, seats_for(law, office, None))

    async def close(self) -> None:
        """Close the browsers."""
        await self._room.close()

    async def work(self, service: str, number: str, decision: Decision | None = None) -> None:
        """Lead a case to its hand-over; without a `decision` the usual result is issued."""
        await Staff(self._room, self._seats).work(number, decision or Decision.issue(service))
