"""The clerk's work with the courier: registers that come with packages, and registers of results that go back.

The provider's employee takes the documents in, marks their receipt in the register and gives its second copy back to
the courier (act 000, lines 78-82 and 96-97); results go to the State Corporation with their register (lines 171-174).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.catalogue import Body, Catalogue, Office, Role, Service, UnknownOffice
from gateway.courier import paper
from gateway.courier.errors import RegisterCode, RegisterError
from gateway.courier.notes import Carried, RegisterNotes
from gateway.courier.numbering import sender_codes
from gateway.courier.receiving import Receiving
from gateway.courier.register import Register
from gateway.courier.rows import RegisterRows
from gateway.courier.scanned import scanned_number
from gateway.courier.sending import Outgoing, Sending
from gateway.desk.courier_results import ReadyResult, ReadyResults
from gateway.desk.expected import Expected, ExpectedPackage
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

_SERVICES = "SELECT number, service FROM expected_package WHERE number = ANY($1::text[])"


@dataclass(frozen=True, slots=True)
class Package:
    """What is known of a package that a register lists or that is expected without one."""

    number: str
    service: Service
    department: Office
    arrived_at: datetime
    is_open: bool
    """Its case is open at the desk, or was."""


class CourierDesk:
    """Registers of one desk; every method asks whose they are."""

    def __init__(
        self,
        *,
        store: Store,
        catalogue: Catalogue,
        outgoing: Outgoing,
        journal: Journal,
        expected: Expected,
        simulated: bool,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._ready = ReadyResults(store.database, catalogue)
        self._came = RegisterNotes(journal, Carried.PACKAGE)
        self._sent = RegisterNotes(journal, Carried.RESULT)
        self._expected = expected
        self._simulated = simulated
        self._codes = sender_codes(catalogue.offices.values())
        self._rows = RegisterRows(store.database)
        self._incoming = Receiving(
            store=store,
            rows=self._rows,
            outgoing=outgoing,
            direction=Direction.TO_PROVIDER,
            service_id=REGISTER_SERVICE,
            receiver=self,
            problem_of=self._problem_of,
        )
        self._returns = Sending(
            store=store,
            rows=self._rows,
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
        office = self._catalogue.office(member.office)
        return member.role is Role.CLERK and office.is_provider and bool(self._departments(office))

    async def unmarked(self, member: StaffMember) -> tuple[Register, ...]:
        """Return every register that came to the member's office and waits for its mark, the oldest first."""
        self._check_role(member)
        return await self._rows.unmarked(member.office)

    async def incoming(self, member: StaffMember) -> tuple[Register, ...]:
        """Return the last registers that came to the member's office, the newest first."""
        self._check_role(member)
        return await self._rows.of_office(member.office, own=False)

    async def sent(self, member: StaffMember) -> tuple[Register, ...]:
        """Return the last registers of results that the member's office made, the newest first."""
        self._check_role(member)
        return await self._rows.of_office(member.office, own=True)

    async def expected(self, member: StaffMember) -> tuple[Package, ...]:
        """Return the packages whose paper has not come yet, the oldest first."""
        self._check_role(member)
        return tuple(self._package(one) for one in await self._expected.waiting(member.office))

    async def packages(self, member: StaffMember, register: Register) -> Mapping[str, Package]:
        """Return what is known of the packages of a register; those whose twin has not come are not among them."""
        self._check_role(member)
        found = await self._expected.among([entry.application for entry in register.entries])
        return {one.number: self._package(one) for one in found if one.office == member.office}

    async def find(self, member: StaffMember, code: str) -> Register:
        """Return the register whose barcode was scanned or typed; raises `RegisterError`."""
        return await self.register(member, scanned_number(code))

    async def register(self, member: StaffMember, number: str) -> Register:
        """Return a register of the member's office; raises `RegisterError` UNKNOWN or ELSEWHERE."""
        self._check_role(member)
        register = await self._rows.get(number)
        if register is None:
            raise RegisterError(RegisterCode.UNKNOWN, number=number)
        if register.office != member.office:
            name = self._catalogue.office(register.office).name
            raise RegisterError(RegisterCode.ELSEWHERE, number=number, name=name)
        return register

    async def scan(self, member: StaffMember, number: str, code: str) -> Register:
        """Note that a package is among what the courier brought, by its barcode; raises `RegisterError`."""
        await self.register(member, number)
        return await self._incoming.scan(number, scanned_number(code))

    async def unscan(self, member: StaffMember, number: str, application: str) -> Register:
        """Take a scan back; raises `RegisterError`."""
        await self.register(member, number)
        return await self._incoming.unscan(number, application)

    async def close(self, member: StaffMember, number: str, *, missing: Collection[str] = ()) -> Register:
        """Mark the register: what was found is received, its cases are opened, the marks go back; once.

        `missing` are the packages that the member has said are not there. Raises `RegisterError` UNCONFIRMED while
        packages are missing and they are not just these.
        """
        await self.register(member, number)

        async def take(conn: Connection, register: Register, marks: RegisterMarks) -> None:
            await self._expected.received(conn, marks.received | marks.unlisted)
            await self._came.marked(conn, register, marks, actor=member.actor)

        return await self._incoming.close(number, by=member.name, take=take, missing=missing)

    async def results(self, member: StaffMember) -> tuple[ReadyResult, ...]:
        """Return the results that wait for the courier, the oldest first."""
        self._check_role(member)
        return await self._ready.of_office(member.office)

    async def send(
        self,
        member: StaffMember,
        *,
        department: str,
        numbers: Collection[str],
        courier: str,
        sheets: Mapping[str, int] | None = None,
    ) -> Register:
        """Make a register of results for a department and send it; the same order again returns the same register.

        Raises `RegisterError`.
        """
        self._check_role(member)
        chosen = sorted(set(numbers))
        async with self._store.database.transaction() as conn:
            await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('returns ' || $1, 0))", member.office)
            made = await self._returns.already_made(conn, chosen, department=department, office=member.office)
            if made is not None:
                return made
            ready = await self._ready.among(conn, member.office, chosen)
            _check_ready(chosen, ready, department)
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
            await self._expected.returned(conn, chosen, register.number)
            await self._sent.sent(conn, register, chosen, actor=member.actor)
            return register

    async def printed(self, member: StaffMember, number: str) -> bytes:
        """Return both copies of a register as PDF, with the mark once there is one."""
        register = await self.register(member, number)
        services = await self._services(register)
        return await paper.printed(register, self._catalogue, services, simulated=self._simulated)

    async def labels(self, member: StaffMember, number: str) -> bytes:
        """Return the labels of a register's packages as PDF, for whoever must scan them."""
        register = await self.register(member, number)
        services = await self._services(register)
        return await paper.labels(register, self._catalogue, services, simulated=self._simulated)

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

    async def _services(self, register: Register) -> dict[str, Service]:
        applications = [entry.application for entry in register.entries]
        rows = await self._store.database.fetch(_SERVICES, applications)
        return {row["number"]: self._catalogue.service(row["service"]) for row in rows}

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

    def _check_role(self, member: StaffMember) -> None:
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


def _check_ready(chosen: Collection[str], ready: Mapping[str, ReadyResult], department: str) -> None:
    if not chosen:
        raise RegisterError(RegisterCode.EMPTY)
    for number in chosen:
        if number not in ready:
            raise RegisterError(RegisterCode.PACKAGE_NOT_READY, number=number)
        if ready[number].department.id != department:
            raise RegisterError(RegisterCode.OFFICE)
