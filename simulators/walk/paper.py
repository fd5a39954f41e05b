"""One paper's walk through the bodies: taken in at the counter of a provider or a rural akim, handed over there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import aiohttp

from gateway.catalogue import Verb
from simulators.installation import Installation
from simulators.walk.answers import answers_for, catalogue
from simulators.walk.counter import Paper, acceptor_at, read_receipts, take_in
from simulators.walk.course import Course
from simulators.walk.levers import Levers
from simulators.walk.officials import Official
from simulators.walk.plan import PlannedWalk
from simulators.walk.roles import Roles, roles_for
from simulators.walk.staff import Staff, StaffRoom, seats_for


@dataclass
class PaperWalk:
    """One paper's walk; what it ends in is taken from the desk, where whoever took it in sees it."""

    planned: PlannedWalk
    roles: Roles
    acceptor: Official
    staff: Staff
    levers: Levers
    say: Callable[[str], None]
    timed: bool = False
    number: str | None = None
    receipts: list[str] = field(default_factory=list)

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
        """Make ready: who sits at the counter is signed in; raises `LookupError` when no counter takes the service."""
        service = catalogue().service(planned.service)
        roles = roles_for(service, planned.channel, planned.kind)
        seat = acceptor_at(Paper(service, planned.channel, planned.kind, roles))
        answers = answers_for(service.id, roles.person, kind=planned.kind, channel=planned.channel)
        lapses = planned.decision is not None and not planned.decision.submitted
        leaves = frozenset({Verb.SUBMIT}) if lapses else frozenset[Verb]()
        staff = Staff(room, seats_for(service, roles.office, roles.counter, answers), leaves=leaves)
        levers = Levers(installation, http)
        return cls(planned, roles, await room.member(seat.person), staff, levers, say, timed)

    async def go(self) -> None:
        """Walk to the end; raises `PageSurprise`, `TimeoutError`."""
        service = catalogue().service(self.planned.service)
        paper = Paper(service, self.planned.channel, self.planned.kind, self.roles)
        self.number = await take_in(self.acceptor, paper)
        self.receipts = await read_receipts(self.acceptor, paper, self.number)
        self.say(f"paper {self.number} taken in at {self.roles.counter.id if self.roles.counter else 'no counter'}")
        course = Course(self.planned, self.roles.office, self.staff, self.levers, self.say, timed=self.timed)
        await course.run(self.number)

    async def put_back(self) -> None:
        """Let the world work properly again, however the walk ended."""
        await self.levers.put_back()
