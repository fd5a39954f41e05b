"""The desk put together from its parts; whoever composes a process gives it the world and asks it for these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

from gateway.catalogue import Catalogue, Channel
from gateway.clock import Clock
from gateway.desk.actions import Actions
from gateway.desk.bodies import Bodies
from gateway.desk.bookings import OfficeBookings
from gateway.desk.cases import Cases
from gateway.desk.condition import Condition
from gateway.desk.counter import Counter
from gateway.desk.courier import CourierDesk
from gateway.desk.deadlines import Deadlines
from gateway.desk.decisions import Decisions, ResultSettings
from gateway.desk.ending import Ending
from gateway.desk.entries import KEPT
from gateway.desk.expected import Expected
from gateway.desk.intake import Intake
from gateway.desk.issue import Issue
from gateway.desk.lists import Lists
from gateway.desk.moves import Moves
from gateway.desk.opening import Opening
from gateway.desk.papers import Papers
from gateway.desk.ports import Outgoing, Signatures, StateRegister, TemporaryFiles
from gateway.desk.receipts import Receipts
from gateway.desk.reports import Reports
from gateway.desk.staff import Staff
from gateway.desk.state_data import StateData
from gateway.desk.submission import SubmissionCheck
from gateway.desk.supplements import Supplements
from gateway.desk.telling import Telling
from gateway.desk.turns import Turns
from gateway.identity.passwords import Passwords
from gateway.identity.throttle import Throttle
from gateway.journal import Journal, PersonHash
from gateway.shep.inbox import Inbox
from gateway.shep.messages import MessageType
from gateway.store import Store


@dataclass(frozen=True)
class World:
    """What lies outside the desk."""

    outgoing: Outgoing
    signatures: Signatures
    persons: StateRegister
    organisations: StateRegister
    files: TemporaryFiles


class _Given(TypedDict):
    """What most parts stand on."""

    store: Store
    catalogue: Catalogue
    telling: Telling


@dataclass(frozen=True)
class Desk:
    """The provider's workplace: staff, what they may see, what they may do, and what comes in."""

    catalogue: Catalogue
    clock: Clock
    staff: Staff
    cases: Cases
    lists: Lists
    reports: Reports
    papers: Papers
    actions: Actions
    bodies: Bodies
    bookings: OfficeBookings
    condition: Condition
    issue: Issue
    moves: Moves
    intake: Intake
    counter: Counter
    courier: CourierDesk
    receipts: Receipts
    state_data: StateData
    deadlines: Deadlines

    @classmethod
    def open(
        cls,
        store: Store,
        catalogue: Catalogue,
        world: World,
        *,
        results: ResultSettings,
        persons: PersonHash,
        passwords: Passwords | None = None,
        throttle: Throttle | None = None,
        keep_entries: timedelta = KEPT,
    ) -> Desk:
        """Put the desk together and register its jobs at the store.

        `keep_entries` is how long an unfinished entry of a counter is kept after its last change.
        """
        journal = Journal(store.database, store.clock)
        telling = Telling(journal, world.outgoing, store.clock)
        deadlines = Deadlines(store, telling)
        turns = Turns(store=store, catalogue=catalogue, telling=telling, deadlines=deadlines)
        cases, opening = Cases(store, journal), Opening(store=store, catalogue=catalogue, deadlines=deadlines)
        papers, ending = Papers(store.database, cases), Ending(store=store, catalogue=catalogue, telling=telling)
        condition = Condition(store=store, catalogue=catalogue, turns=turns, telling=telling)
        decisions, signatures = Decisions(catalogue, results), world.signatures
        expected = Expected(store=store, catalogue=catalogue)
        given: _Given = {"store": store, "catalogue": catalogue, "telling": telling}
        intake = _intake(given, world, opening=opening, condition=condition, expected=expected)
        expected.opens_by(intake)
        counter = Counter(**given, opening=opening, journal=journal, cases=cases, keep_entries=keep_entries)
        issue = Issue(**given, cases=cases, turns=turns, ending=ending, signatures=signatures)
        return cls(
            catalogue=catalogue,
            clock=store.clock,
            staff=Staff(store.database, passwords or Passwords(), throttle or Throttle(store.database), persons),
            cases=cases,
            lists=Lists(store.database, lambda office: catalogue.office(office).body),
            reports=Reports(store.database),
            papers=papers,
            actions=Actions(**given, turns=turns, decisions=decisions, papers=papers),
            bodies=Bodies(catalogue=catalogue, turns=turns, telling=telling, papers=papers, ending=ending),
            bookings=OfficeBookings(store=store, catalogue=catalogue, outgoing=world.outgoing),
            condition=condition,
            issue=issue,
            moves=Moves(catalogue=catalogue, turns=turns, telling=telling, deadlines=deadlines),
            intake=intake,
            counter=counter,
            courier=CourierDesk(
                store=store,
                catalogue=catalogue,
                outgoing=world.outgoing,
                journal=journal,
                expected=expected,
                issue=issue,
                simulated=results.simulated,
            ),
            receipts=Receipts(catalogue=catalogue, cases=cases, counter=counter, simulated=results.simulated),
            state_data=StateData(**given, persons=world.persons, organisations=world.organisations),
            deadlines=deadlines,
        )

    def now(self) -> datetime:
        """Return the present moment by the desk's clock."""
        return self.clock.now()

    def listen(self, inbox: Inbox) -> None:
        """Take the applications of all services that come by message here, couriers' registers and booked times."""
        for service in self.catalogue.services.values():
            if service.opens(Channel.PORTAL) or service.opens(Channel.CORPORATION):
                inbox.on(service.shep_service_id, MessageType.REQUEST, self.intake.receive)
        self.courier.listen(inbox)
        self.bookings.listen(inbox)


def _intake(given: _Given, world: World, *, opening: Opening, condition: Condition, expected: Expected) -> Intake:
    """Return what takes in the messages of the channels: applications, and what is presented after them."""
    store, signatures, files = given["store"], world.signatures, world.files
    return Intake(
        store=store,
        check=SubmissionCheck(given["catalogue"], signatures, files, store.clock),
        opening=opening,
        telling=given["telling"],
        supplements=Supplements(**given, signatures=signatures, files=files, condition=condition),
        awaiting=expected,
    )
