"""The clerk's work with the courier: registers that come with packages, and registers of results that go back.

The provider's employee takes the documents in, marks their receipt in the register and gives its second copy back to
the courier (act 000, lines 78-82 and 96-97). Results go to the State Corporation with their register (lines 171-174):
when it is made they are handed over, and not before (lines 91-93 and 128-131).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.catalogue import Body, Catalogue, Office, Role, Service, UnknownOffice
from gateway.courier.book import RegisterBook
from gateway.courier.errors import RegisterCode, RegisterError
from gateway.courier.notes import Carried, RegisterNotes
from gateway.courier.numbering import sender_codes
from gateway.courier.receiving import Receiving
from gateway.courier.register import End, Register
from gateway.courier.rows import RegisterRows
from gateway.courier.sending import Outgoing, Sending
from gateway.desk.courier_results import ReadyResult, ReadyResults, givers
from gateway.desk.expected import Expected, ExpectedPackage
from gateway.desk.issue import Issue
from gateway.desk.staff import StaffMember
from gateway.exchange.courier_register import (
    REGISTER_SERVICE,
    RETURN_SERVICE,
    CourierRegister,
    Direction,
    ListedPackage,
    RegisterMarks,
)
from gateway.journal import Journal
from gateway.shep.inbox import Inbox
from gateway.shep.messages import MessageType
from gateway.store import Store
from gateway.store.database import Connection


@dataclass(frozen=True, slots=True)
class Package:
    """What is known of a package that a register lists or that is expected without one."""

    number: str
    service: Service
    department: Office
    arrived_at: datetime
    is_open: bool
    """Its case is open at the desk, or was."""


class CourierDesk(RegisterBook[StaffMember]):
    """Registers of one desk: the clerk marks those that come, and whoever gives results makes those that go back."""

    def __init__(
        self,
        *,
        store: Store,
        catalogue: Catalogue,
        outgoing: Outgoing,
        journal: Journal,
        expected: Expected,
        issue: Issue,
        simulated: bool,
    ) -> None:
        rows = RegisterRows(store.database)
        self._incoming = Receiving(
            store=store,
            rows=rows,
            outgoing=outgoing,
            direction=Direction.TO_PROVIDER,
            service_id=REGISTER_SERVICE,
            receiver=self,
            problem_of=self._problem_of,
        )
        super().__init__(
            catalogue=catalogue,
            rows=rows,
            receiving=self._incoming,
            came=RegisterNotes(journal, Carried.PACKAGE),
            end=End.OFFICE,
            place_of=self._place,
            may_receive=self._check_receives,
            services_of=expected.services_of,
            simulated=simulated,
        )
        self._store = store
        self._ready = ReadyResults(store.database, catalogue)
        self._sent = RegisterNotes(journal, Carried.RESULT)
        self._expected = expected
        self._issue = issue
        self._codes = sender_codes(catalogue.offices.values())
        self._givers: dict[str, frozenset[Role]] = {}
        self._returns = Sending(
            store=store,
            rows=rows,
            outgoing=outgoing,
            direction=Direction.TO_CORPORATION,
            service_id=RETURN_SERVICE,
            when_marked=self._when_marked,
            known_among=self._expected.of_register,
        )

    def listen(self, inbox: Inbox) -> None:
        """Take the registers of packages, and the marks of the registers of results."""
        inbox.on(REGISTER_SERVICE, MessageType.REQUEST, self._incoming.receive)
        inbox.on(RETURN_SERVICE, MessageType.RESPONSE, self._returns.marked)

    def may_work(self, member: StaffMember) -> bool:
        """Tell whether a member works with the courier: the clerk of a provider that a department serves."""
        return member.role is Role.CLERK and self._is_served(member)

    def may_send(self, member: StaffMember) -> bool:
        """Tell whether a member gives results to the courier: the clerk, or whoever an act has do it."""
        if self.may_work(member):
            return True
        if member.office not in self._givers:
            self._givers[member.office] = givers(self._catalogue, self._catalogue.office(member.office))
        return member.role in self._givers[member.office] and self._is_served(member)

    async def expected(self, member: StaffMember) -> tuple[Package, ...]:
        """Return the packages whose paper has not come yet, the oldest first."""
        self._check_receives(member)
        return tuple(self._package(one) for one in await self._expected.waiting(member.office))

    async def packages(self, member: StaffMember, register: Register) -> Mapping[str, Package]:
        """Return what is known of the packages of a register; those whose twin has not come are not among them."""
        place = self._place(member)
        found = await self._expected.among([entry.application for entry in register.entries])
        return {one.number: self._package(one) for one in found if one.office == place}

    async def taken(self, conn: Connection, person: StaffMember, marks: RegisterMarks) -> None:
        """The cases of what was received are opened."""
        await self._expected.received(conn, marks.received | marks.unlisted)

    async def results(self, member: StaffMember) -> tuple[ReadyResult, ...]:
        """Return the results that the member may give to the courier: those on no way first, then by their deadline."""
        self._place(member)
        return await self._ready.of_member(member)

    async def send(
        self,
        member: StaffMember,
        *,
        department: str,
        numbers: Collection[str],
        courier: str,
        sheets: Mapping[str, int] | None = None,
    ) -> Register:
        """Make a register of results for a department and send it: by that they are handed over.

        Register, message and hand-overs stand in one transaction; the same order again returns the same register.
        Raises `RegisterError`, and `DeskError` for a result that a colleague has in hand.
        """
        self._place(member)
        chosen = sorted(set(numbers))
        before = await self._ready.among(self._store.database, member, chosen)
        documents = {
            number: await self._store.blobs.get(one.signed_result)
            for number, one in before.items()
            if one.verb is not None
        }
        async with self._store.database.transaction() as conn:
            await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('returns ' || $1, 0))", member.office)
            made = await self._returns.already_made(conn, chosen, department=department, office=member.office)
            if made is not None:
                return made
            ready = await self._ready.among(conn, member, chosen)
            _check_ready(chosen, ready, before, department)
            register = await self._returns.make(
                conn,
                [ListedPackage(number, 1, (sheets or {}).get(number, 1)) for number in chosen],
                department=department,
                office=member.office,
                made_by=member.name,
                courier=courier,
                code=self._codes[member.office],
                gateway=ready[chosen[0]].gateway if chosen else "",
                route_id=None,
            )
            for number in chosen:
                await self._issue.hand_over_with(conn, member, ready[number], documents.get(number), register.number)
            await self._expected.returned(conn, chosen, register.number)
            await self._sent.sent(conn, register, chosen, actor=member.actor)
            return register

    async def check(self, conn: Connection, register: Register, application: str) -> None:
        """Refuse a package that is another office's, or that is neither listed nor expected (`Receiver`)."""
        entry = register.entry(application)
        await self._expected.check(
            conn,
            application,
            office=register.office,
            department=register.department,
            listed=entry is not None and entry.listed,
        )

    async def is_here(self, conn: Connection, register: Register, application: str) -> bool:
        """Tell whether a package came to this office with another register of the department (`Receiver`)."""
        return await self._rows.is_received(
            conn, application, own=False, department=register.department, office=register.office
        )

    async def _when_marked(self, conn: Connection, register: Register, marks: RegisterMarks) -> None:
        await self._expected.not_returned(conn, marks.missing, register.number)
        await self._expected.returned(conn, marks.unlisted, register.number)
        await self._sent.marked(conn, register, marks)

    def _problem_of(self, register: CourierRegister) -> str:
        """Say why a register cannot be for this desk; empty when it can."""
        try:
            office = self._catalogue.office(register.office)
            department = self._catalogue.office(register.department)
        except UnknownOffice as error:
            return f"no office {error}"
        if not office.is_provider:
            return f"{office.id} is no provider"
        if department not in self._departments(office):
            return f"{department.id} does not serve {office.id}"
        return ""

    def _departments(self, office: Office) -> tuple[Office, ...]:
        served = (one for one in self._catalogue.offices.values() if one.body is Body.CORPORATION)
        return tuple(one for one in served if office.id in one.serves)

    def _is_served(self, member: StaffMember) -> bool:
        office = self._catalogue.office(member.office)
        return office.is_provider and bool(self._departments(office))

    def _place(self, member: StaffMember) -> str:
        if not self.may_send(member):
            raise RegisterError(RegisterCode.ROLE)
        return member.office

    def _check_receives(self, member: StaffMember) -> None:
        if not self.may_work(member):
            raise RegisterError(RegisterCode.ROLE)

    def _package(self, one: ExpectedPackage) -> Package:
        return Package(
            one.number,
            self._catalogue.service(one.service),
            self._catalogue.office(one.department),
            one.arrived_at,
            one.received_at is not None,
        )


def _check_ready(
    chosen: Collection[str], ready: Mapping[str, ReadyResult], before: Mapping[str, ReadyResult], department: str
) -> None:
    """Refuse what cannot go, or is no longer as it was when its document was read (`before`); `RegisterError`."""
    if not chosen:
        raise RegisterError(RegisterCode.EMPTY)
    for number in chosen:
        if number not in ready or ready[number] != before.get(number):
            raise RegisterError(RegisterCode.PACKAGE_NOT_READY, number=number)
        if ready[number].department.id != department:
            raise RegisterError(RegisterCode.OFFICE)
