"""One application's walk through a window of the State Corporation: taken in, sent, decided on, handed over there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import aiohttp

from gateway.catalogue import Channel, Role, Service, Verb
from gateway.catalogue.kinds import documents_of
from simulators.installation import Installation
from simulators.population.cast import PEOPLE
from simulators.population.powers import CAST
from simulators.walk.answers import answers_for, catalogue
from simulators.walk.browser import Browser, PageSurprise
from simulators.walk.courier import receive_packages, send_results
from simulators.walk.course import Course
from simulators.walk.hand import Hand
from simulators.walk.law import expected_turns
from simulators.walk.levers import PAST_CACHES, Levers
from simulators.walk.officials import Official
from simulators.walk.plan import PlannedWalk
from simulators.walk.roles import Roles, roles_for
from simulators.walk.scans import scan_of
from simulators.walk.staff import Staff, StaffRoom, seats_for, seats_of
from simulators.walk.window_law import goes_electronically, receipts_at_window
from simulators.walk.windows import Attorney, Operator

_AT = Channel.CORPORATION
_AS_WHO = {"window:absent": "applicant-absent", "window:dead": "applicant-dead"}
"""Who is entered as the applicant where the state database has no good data."""
_WAYS_OF_POWER = {
    "window:power-absent": ("not-notarised", "not-notarised"),
    "window:power-revoked": ("revoked-karaganda", "revoked-guardian"),
    "window:power-expired": ("expired-karaganda", "expired-guardian"),
    "window:power-of-another": ("of-another", "of-another"),
}
"""Which powers of attorney of the cast are shown, for the applicant of Karaganda and for the guardian in Almaty."""
_GOOD_POWERS = ("valid", "valid-guardian", "valid-talgar")
_SPOILED_KEYS = {"window:key-expired": "expire", "window:key-revoked": "revoke"}
"""How the operator's key is spoiled before it is chosen."""
_COURIERS_WAYS = ("window:courier-mismatch", "window:courier-unlisted", "window:result-missing")
"""The ways on which the papers go by courier, also where the act has them go over the gateways."""
_SCANNED = 3
"""How many documents are scanned; the others are marked as taken on paper."""


@dataclass
class WindowWalk:
    """One application at a window; what it ends in is taken from the workplace, where it is handed over."""

    planned: PlannedWalk
    roles: Roles
    operator: Operator
    room: StaffRoom
    staff: Staff
    levers: Levers
    say: Callable[[str], None]
    timed: bool = False
    number: str | None = None
    receipts: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    """What the State Corporation did, as `verb role@body`, before the provider; after it stands in `done_after`."""
    done_after: list[str] = field(default_factory=list)
    _given: str | None = None
    """The act by which the provider gives the result to the courier, where its procedure has one."""

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
        """Make ready: an operator of the department is signed in (process 1)."""
        service = catalogue().service(planned.service)
        roles = roles_for(service, planned.channel, planned.kind)
        arm, person = installation.address("arm"), operator_at(roles)
        operator = Operator(arm, person, Hand(installation, http, origin=arm, key=f"{person}-sign"), Browser.new())
        try:
            await operator.sign_in()
        except BaseException:
            await operator.browser.close()
            raise
        answers = answers_for(service.id, roles.person, kind=planned.kind, channel=planned.channel)
        staff = Staff(room, seats_for(service, roles.office, None, answers))
        return cls(planned, roles, operator, room, staff, Levers(installation, http), say, timed)

    @property
    def acts(self) -> list[str]:
        """Who did what, in order, as `verb role@body`."""
        return [*self.done, *self.staff.done, *self.done_after]

    async def go(self) -> None:
        """Walk to the end; raises `PageSurprise`, `TimeoutError`."""
        self.number = number = await self.operator.begin(self.planned.service)
        if not await self._is_entered(number) or not await self._has_documents(number):
            return
        await self._be_refused_the_key(number)
        await self.operator.certify_and_send(number)
        self.say(f"application {number} signed and sent from {self.operator.person.id}")
        if receipts_at_window(self._service, self._way):
            await self.operator.print_out(number, "receipt", number)
            self.receipts = receipts_at_window(self._service, self._way)
        self._did(self.done, Verb.ACCEPT)
        if self._by_courier:
            await self._send_by_courier(number)
        self._did(self.done, Verb.DISPATCH)
        await self._provider_works(number)
        if self._by_courier:
            await self._bring_the_result(number)
            self._did(self.done_after, Verb.COLLECT)
        await self.operator.hand_over(number, attorney=self._attorney, applicant=str(self.roles.person.iin))
        self._did(self.done_after, Verb.HAND_OVER)
        self.say(f"the result of {number} was handed over")

    async def put_back(self) -> None:
        """Let the world work properly again, however the walk ended."""
        await self.levers.put_back()
        await self.operator.browser.close()

    @property
    def _service(self) -> Service:
        return catalogue().service(self.planned.service)

    @property
    def _way(self) -> str:
        return self.planned.way.name if self.planned.way else ""

    @property
    def _by_courier(self) -> bool:
        return not goes_electronically(self._service) or self._way in _COURIERS_WAYS

    @property
    def _attorney(self) -> Attorney | None:
        """Return who comes for the applicant; a power of attorney is of the applicant, or as the way has it."""
        people = {person.iin: person for person in PEOPLE.values()}
        if self._way == "window:representative":
            own = (CAST[name] for name in _GOOD_POWERS)
            power = next((one for one in own if self.roles.person.iin in one.principals), CAST["valid"])
            return Attorney(PEOPLE["representative"], power)
        if self._way not in _WAYS_OF_POWER:
            return None
        names = _WAYS_OF_POWER[self._way]
        power = CAST[names[self.roles.person.id == "applicant-almaty"]]
        others = self._way in ("window:power-absent", "window:power-of-another")
        return Attorney(PEOPLE["representative"] if others else people[power.representatives[0]], power)

    async def _is_entered(self, number: str) -> bool:
        """Processes 2 to 4: enter, take consent, ask; tell whether the intake goes on."""
        service, kind, way = self._service, self.planned.kind, self._way
        person = PEOPLE[_AS_WHO[way]] if way in _AS_WHO else self.roles.person
        named = {"applicant_number": str(person.iin), "applicant_name": person.full_name_kk}
        typed = {**answers_for(service.id, self.roles.person, kind=kind, channel=_AT), **named}
        if way == "window:registry-down":
            await self.levers.registry("gbdfl", "down")
        consents = way != "window:consent-refused"
        page = await self.operator.enter(
            number, typed, office=self.roles.office.id, attorney=self._attorney, consents=consents
        )
        if not consents:
            await self.operator.refuse_consent(number)
            self.say("the applicant gave no consent: nothing was asked")
            return False
        if way == "window:registry-down":
            if not page.url.endswith("/query"):
                raise PageSurprise(page, "the page that says that the state database does not answer")
            self.say("the state database does not answer; the intake waits")
            await self.levers.registry("gbdfl", "none")
            page = await self.operator.ask_again(number)
        if self.planned.state == "no-data":
            await self.operator.print_out(number, "no-data", number)
            self.say("the message of process 4 was given")
            return False
        if not page.url.split("#")[0].endswith("/documents"):
            raise PageSurprise(page, "the documents of the application")
        return True

    async def _has_documents(self, number: str) -> bool:
        """Process 5 begins: mark and scan; tell whether the documents were accepted."""
        asked = documents_of(self._service, self.planned.kind, represented=self._attorney is not None)
        missing = next(one for one in asked if one.required) if self._way == "window:incomplete" else None
        here = [one.id for one in asked if one is not missing]
        scans = {one: scan_of(one, place) for place, one in enumerate(here[:_SCANNED])}
        # What goes by courier goes on paper, all of it; what goes over the gateways is scanned or kept on paper.
        on_paper = here if self._by_courier else here[_SCANNED:]
        medium = ("courier" if self._by_courier else "electronic") if goes_electronically(self._service) else None
        page = await self.operator.documents(number, scans=scans, on_paper=on_paper, medium=medium)
        if missing is None:
            return True
        if not page.url.split("#")[0].endswith("/documents"):
            raise PageSurprise(page, "the documents, of which one is missing")
        await self.operator.refuse_acceptance(number)
        await self.operator.print_out(number, "refusal", missing.title.kk)
        self.receipts = receipts_at_window(self._service, self._way)
        self.say("acceptance was refused: a document is missing")
        return False

    async def _be_refused_the_key(self, number: str) -> None:
        """Let the operator's key be of no more use, be refused with it, and give the operator a new one."""
        person = self.operator.person.id
        if self._way == "window:key-revoked-before-signing":
            await self.operator.certify(number)
            await self._spoil_key("revoke")
            await self.operator.be_refused_signature(number)
        elif self._way in _SPOILED_KEYS:
            await self._spoil_key(_SPOILED_KEYS[self._way])
            await self.operator.be_refused_certificate(number)
        else:
            return
        self.say(f"the key of {person} was refused: nothing was sent, and the application waits")
        await self.levers.renew_key(person)

    async def _spoil_key(self, how: str) -> None:
        await self.levers.spoil_key(self.operator.person.id, how)
        await self.levers.advance(PAST_CACHES)

    async def _send_by_courier(self, number: str) -> None:
        """Draw the register up; the clerk at the provider checks it. A package that is missing comes with the next."""
        clerk, office = await self._official(Role.CLERK), self.roles.office.id
        if self._way == "window:courier-unlisted":
            other = await self._another_taken_in()
            register = await self.operator.make_register(other, office)
            await receive_packages(clerk, register, other, number)
            self.say(f"register {register}: the package came beside it, and was received")
            return
        register = await self.operator.make_register(number, office)
        if self._way == "window:courier-mismatch":
            await receive_packages(clerk, register)
            self.say(f"register {register}: the package is not there, and stays expected")
            await self.operator.waits_for_courier(number)
            register = await self.operator.make_register(number, office)
        await receive_packages(clerk, register, number)
        self.say(f"register {register}: the package was received")

    async def _another_taken_in(self) -> str:
        """Take in another application of the same applicant and service; its package is the one that is listed."""
        number = await self.operator.begin(self.planned.service)
        await self._is_entered(number)
        await self._has_documents(number)
        await self.operator.certify_and_send(number)
        return number

    async def _bring_the_result(self, number: str) -> None:
        """Let the provider give the result to the courier; one that is missing the clerk sends once more."""
        giver = await self._official(Role.CLERK if self._given is None else Role(self._given.split()[1].split("@")[0]))
        register = await send_results(giver, number)
        if self._given is not None:
            self.done_after.append(self._given)
        if self._way == "window:result-missing":
            await self.operator.receive_results(register)
            self.say(f"register {register}: the result is not there, and stays expected")
            register = await send_results(await self._official(Role.CLERK), number)
        await self.operator.receive_results(register, number)

    async def _official(self, role: Role) -> Official:
        seat = next(seat for seat in seats_of(self.roles.office) if seat.role is role)
        return await self.room.member(seat.person)

    async def _provider_works(self, number: str) -> None:
        """Let the bodies work; the act that gives the result to the courier is left to its register."""
        course = Course(
            self.planned,
            self.roles.office,
            self.staff,
            self.levers,
            self.say,
            timed=self.timed,
            by_register=self._by_courier,
        )
        await course.run(number)
        self._given = course.given

    def _did(self, done: list[str], verb: Verb) -> None:
        """Note an act of the State Corporation, where the act names it."""
        decision = self.planned.decision
        turns = expected_turns(self._service, _AT, self.planned.kind, decision)
        done += [turn.act for turn in turns if turn.is_corporations and turn.act.startswith(f"{verb} ")]


def operator_at(roles: Roles) -> str:
    """Return the first operator of the department at which the applicant is."""
    assert roles.counter is not None
    return next(person.id for person in PEOPLE.values() if person.department == roles.counter.id)
