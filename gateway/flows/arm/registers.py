"""The State Corporation's registers: packages that go to the providers by courier, results that come back.

The operator draws up the register of the documents sent in two copies and sends both with the packages; the second
returns with the provider's mark of receipt (act 000, lines 156-163). Results come with their register (lines 171-174).
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from gateway.catalogue import Body, Catalogue, UnknownOffice
from gateway.courier import COURIER_REGISTERS
from gateway.courier.book import RegisterBook
from gateway.courier.errors import RegisterCode, RegisterError
from gateway.courier.notes import Carried, RegisterNotes
from gateway.courier.numbering import sender_codes
from gateway.courier.receiving import Receiving
from gateway.courier.register import End, Register
from gateway.courier.rows import RegisterRows
from gateway.courier.sending import Outgoing, Sending
from gateway.exchange.acceptance import SentBy
from gateway.exchange.courier_register import (
    REGISTER_SERVICE,
    RETURN_SERVICE,
    CourierRegister,
    Direction,
    ListedPackage,
    RegisterMarks,
)
from gateway.flows.applications import Applications
from gateway.flows.arm.errors import ArmError
from gateway.flows.arm.open_packages import OpenPackage, OpenPackages
from gateway.flows.arm.operators import Operator
from gateway.flows.arm.procedure import OwnSteps
from gateway.journal import Journal
from gateway.shep.inbox import Inbox
from gateway.shep.messages import MessageType
from gateway.store import Store
from gateway.store.database import Connection

REGISTERS: Final = COURIER_REGISTERS
"""The tables, which revision 0008 of the channels' schema brings."""

_SERVICES = "SELECT number, service FROM application WHERE number = ANY($1::text[])"
_INTAKE = "SELECT department, medium FROM intake WHERE application = $1"
_OF_REGISTER = """
SELECT application.number FROM intake JOIN application ON application.number = intake.application
WHERE application.number = ANY($1::text[]) AND intake.medium = 'courier' AND intake.department = $2
  AND application.office = $3
"""


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Tell what the registers refuse as everything at the operator's workplace is told."""
    try:
        yield
    except RegisterError as error:
        raise ArmError(error.code, text=error.text, advice=error.advice) from error


class Registers(RegisterBook[Operator]):
    """The registers of all departments; every method asks which department the operator is of.

    What the registers refuse is told as `ArmError`, with the codes of `gateway.courier.errors`.
    """

    def __init__(
        self,
        *,
        store: Store,
        catalogue: Catalogue,
        journal: Journal,
        own_steps: OwnSteps,
        outbox: Outgoing,
        gateway: str = "shep",
        simulated: bool = True,
    ) -> None:
        rows = RegisterRows(store.database)
        self._results = Receiving(
            store=store,
            rows=rows,
            outgoing=outbox,
            direction=Direction.TO_CORPORATION,
            service_id=RETURN_SERVICE,
            receiver=self,
            problem_of=self._problem_of,
        )
        super().__init__(
            catalogue=catalogue,
            rows=rows,
            receiving=self._results,
            came=RegisterNotes(journal, Carried.RESULT),
            end=End.DEPARTMENT,
            place_of=lambda operator: operator.department,
            services_of=self._of_applications,
            simulated=simulated,
            told=_told,
        )
        self._store = store
        self._sent = RegisterNotes(journal, Carried.PACKAGE)
        self._open = OpenPackages(store.database, catalogue)
        self._own_steps = own_steps
        self._gateway = gateway
        self._codes = sender_codes(catalogue.offices.values())
        self._applications = Applications(store.database)
        self._sending = Sending(
            store=store,
            rows=rows,
            outgoing=outbox,
            direction=Direction.TO_PROVIDER,
            service_id=REGISTER_SERVICE,
            when_marked=self._when_marked,
            known_among=self._of_register,
        )

    def listen(self, inbox: Inbox) -> None:
        """Take the marks of the registers sent, and the registers of results."""
        inbox.on(REGISTER_SERVICE, MessageType.RESPONSE, self._sending.marked)
        inbox.on(RETURN_SERVICE, MessageType.REQUEST, self._results.receive)

    async def open_entries(self, operator: Operator) -> tuple[OpenPackage, ...]:
        """Return the packages of the operator's department that wait for a courier, the oldest first."""
        return await self._open.of_department(operator.department)

    async def make(
        self,
        operator: Operator,
        office_id: str,
        numbers: Collection[str],
        courier: str,
        *,
        sheets: Mapping[str, int] | None = None,
    ) -> Register:
        """Draw up a register for a provider and send it; the same order given again returns the same register.

        The packages, the message and the State Corporation's own step stand in one transaction. Raises `ArmError`.
        """
        chosen = sorted(set(numbers))
        with _told():
            async with self._store.database.transaction() as conn:
                return await self._make(
                    conn, operator, chosen, office_id=office_id, courier=courier, sheets=sheets or {}
                )

    async def taken(self, conn: Connection, operator: Operator, marks: RegisterMarks) -> None:
        """What was received is collected from the provider, and now may be handed over."""
        for number in sorted(marks.received | marks.unlisted):
            application = await self._applications.lock(conn, number)
            await self._own_steps.collected(conn, application, operator)

    async def result_is_here(self, number: str, *, conn: Connection | None = None) -> bool:
        """Tell whether nothing that a courier carries is still to come before a result can be handed over."""
        place = conn or self._store.database
        row = await place.fetchrow(_INTAKE, number)
        if row is None or row["medium"] != SentBy.COURIER:
            return True
        return await self._rows.is_received(place, number, own=False, department=row["department"])

    async def check(self, conn: Connection, register: Register, application: str) -> None:
        """Refuse a result of another department, or of nobody's, or what is no result yet (`Receiver`)."""
        row = await conn.fetchrow(_INTAKE, application)
        if row is None or row["medium"] != SentBy.COURIER:
            raise RegisterError(RegisterCode.PACKAGE_UNKNOWN, number=application)
        if row["department"] != register.department:
            name = self._catalogue.office(row["department"]).name
            raise RegisterError(RegisterCode.PACKAGE_ELSEWHERE, number=application, name=name)
        listed = register.entry(application) is not None
        if not listed and await self._open.among(conn, register.department, [application]):
            raise RegisterError(RegisterCode.PACKAGE_NOT_SENT, number=application)

    async def is_here(self, conn: Connection, register: Register, application: str) -> bool:
        """Tell whether a result came to the department with another register (`Receiver`).

        Of which provider is not asked: a case may have been sent on to another one.
        """
        return await self._rows.is_received(conn, application, own=False, department=register.department)

    async def _make(
        self,
        conn: Connection,
        operator: Operator,
        chosen: list[str],
        *,
        office_id: str,
        courier: str,
        sheets: Mapping[str, int],
    ) -> Register:
        department = operator.department
        await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('register ' || $1, 0))", department)
        made = await self._sending.already_made(conn, chosen, department=department, office=office_id)
        if made is not None:
            return made
        packages = await self._open.among(conn, department, chosen)
        for number in chosen:
            if number not in packages:
                raise RegisterError(RegisterCode.PACKAGE_NOT_READY, number=number)
            if packages[number].office.id != office_id:
                raise RegisterError(RegisterCode.OFFICE)
        register = await self._sending.make(
            conn,
            [
                ListedPackage(number, packages[number].documents, sheets.get(number, packages[number].sheets))
                for number in chosen
            ],
            department=department,
            office=office_id,
            made_by=operator.name,
            courier=courier,
            code=self._codes[department],
            gateway=self._gateway,
            route_id=packages[chosen[0]].office.route_id if chosen else None,
        )
        for number in chosen:
            application = await self._applications.lock(conn, number)
            await self._own_steps.dispatched(conn, application, operator)
        await self._sent.sent(conn, register, chosen, actor=operator.actor)
        return register

    async def _of_register(self, conn: Connection, register: Register, numbers: Collection[str]) -> Collection[str]:
        """Return those of the numbers that the register's department took in for its office, to go by courier."""
        rows = await conn.fetch(_OF_REGISTER, sorted(numbers), register.department, register.office)
        return {row["number"] for row in rows}

    async def _when_marked(self, conn: Connection, register: Register, marks: RegisterMarks) -> None:
        for number in sorted(marks.unlisted):
            # It went with the courier of this register, entered by nobody: the State Corporation's step is done, too.
            application = await self._applications.lock(conn, number)
            await self._own_steps.dispatched(conn, application, None, at=register.made_at)
        await self._sent.marked(conn, register, marks)

    async def _of_applications(self, numbers: Collection[str]) -> Mapping[str, str]:
        rows = await self._store.database.fetch(_SERVICES, list(numbers))
        return {row["number"]: row["service"] for row in rows}

    def _problem_of(self, register: CourierRegister) -> str:
        """Say why a register cannot be for the State Corporation; empty when it can."""
        try:
            office, department = self._catalogue.office(register.office), self._catalogue.office(register.department)
        except UnknownOffice as error:
            return f"no office {error}"
        if not office.is_provider or department.body is not Body.CORPORATION:
            return f"{office.id} does not send results to {department.id}"
        return ""
