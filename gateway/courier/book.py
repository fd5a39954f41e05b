"""The registers of one participant as its people work with them: found, counted package by package, marked, printed.

Which registers are a person's goes by the end of the courier's way at which the person works: the department of the
State Corporation or the provider's office. Whoever is at neither end of a register learns only where it belongs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Generic, Protocol, TypeVar

from gateway.catalogue import Catalogue, Service
from gateway.courier import paper
from gateway.courier.errors import RegisterCode, RegisterError
from gateway.courier.notes import RegisterNotes
from gateway.courier.receiving import Receiving
from gateway.courier.register import End, Register
from gateway.courier.rows import RegisterRows
from gateway.courier.scanned import scanned_number
from gateway.exchange.courier_register import RegisterMarks
from gateway.store.database import Connection


class Person(Protocol):
    """Whoever works with registers."""

    @property
    def name(self) -> str:
        """The name that a register's mark bears."""

    @property
    def actor(self) -> str:
        """How the journal names the person."""


P = TypeVar("P", bound=Person)

ServicesOf = Callable[[Collection[str]], Awaitable[Mapping[str, str]]]
"""Gives the services of applications by their numbers, as far as they are known."""


def _anybody(_person: object) -> None:
    """Everybody who may look at the registers may mark those that came."""


class RegisterBook(ABC, Generic[P]):
    """The registers of one end; what cannot be is told as `RegisterError`, or as `told` puts it."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        rows: RegisterRows,
        receiving: Receiving,
        came: RegisterNotes,
        end: End,
        place_of: Callable[[P], str],
        may_receive: Callable[[P], None] = _anybody,
        services_of: ServicesOf,
        simulated: bool,
        told: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """`place_of` names where a person works and `may_receive` lets who marks what came; both raise `RegisterError`.

        `came` are the notes of what is received here.
        """
        self._catalogue = catalogue
        self._rows = rows
        self._receiving = receiving
        self._came = came
        self._end = end
        self._place_of = place_of
        self._may_receive = may_receive
        self._services_of = services_of
        self._simulated = simulated
        self._told = told

    @abstractmethod
    async def taken(self, conn: Connection, person: P, marks: RegisterMarks) -> None:
        """Do what follows here from the marks of a register that came, in their transaction."""

    async def unmarked(self, person: P) -> tuple[Register, ...]:
        """Return every register that came to where the person works and waits for its mark, the oldest first."""
        with self._told():
            self._may_receive(person)
            return await self._rows.unmarked(self._end, self._place_of(person))

    async def incoming(self, person: P) -> tuple[Register, ...]:
        """Return the last registers that came to where the person works, the newest first."""
        with self._told():
            self._may_receive(person)
            return await self._rows.last(self._end, self._place_of(person), own=False)

    async def outgoing(self, person: P) -> tuple[Register, ...]:
        """Return the last registers that were made where the person works, the newest first."""
        with self._told():
            return await self._rows.last(self._end, self._place_of(person), own=True)

    async def find(self, person: P, code: str) -> Register:
        """Return the register whose barcode was scanned or typed: NOT_A_NUMBER, UNKNOWN or ELSEWHERE."""
        with self._told():
            return await self._of(person, scanned_number(code))

    async def register(self, person: P, number: str) -> Register:
        """Return a register of where the person works: UNKNOWN or ELSEWHERE."""
        with self._told():
            return await self._of(person, number)

    async def scan(self, person: P, number: str, code: str) -> Register:
        """Note that a package is among what the courier brought, by its barcode."""
        with self._told():
            await self._came_to(person, number)
            return await self._receiving.scan(number, scanned_number(code))

    async def unscan(self, person: P, number: str, code: str) -> Register:
        """Take a scan back, by the barcode of the package."""
        with self._told():
            await self._came_to(person, number)
            return await self._receiving.unscan(number, scanned_number(code))

    async def close(self, person: P, number: str, *, missing: Collection[str] = ()) -> Register:
        """Mark a register that came: what was found is received, what follows from it is done, the marks go back; once.

        `missing` are the packages that the person has said are not there. UNCONFIRMED while packages are missing and
        they are not just these.
        """
        with self._told():
            await self._came_to(person, number)

            async def take(conn: Connection, register: Register, marks: RegisterMarks) -> None:
                await self.taken(conn, person, marks)
                await self._came.marked(conn, register, marks, actor=person.actor)

            return await self._receiving.close(number, by=person.name, take=take, missing=missing)

    async def printed(self, person: P, number: str) -> bytes:
        """Return both copies of a register as PDF, with the receiver's mark once it is there."""
        with self._told():
            register = await self._of(person, number)
            services = await self._services(register)
            return await paper.printed(register, self._catalogue, services, simulated=self._simulated)

    async def labels(self, person: P, number: str) -> bytes:
        """Return the labels of a register's packages as PDF, for whoever must scan them."""
        with self._told():
            register = await self._of(person, number)
            services = await self._services(register)
            return await paper.labels(register, self._catalogue, services, simulated=self._simulated)

    async def _of(self, person: P, number: str) -> Register:
        place = self._place_of(person)
        register = await self._rows.get(number)
        if register is None:
            raise RegisterError(RegisterCode.UNKNOWN, number=number)
        if self._end.of(register) != place:
            name = self._catalogue.office(self._end.of(register)).name
            raise RegisterError(RegisterCode.ELSEWHERE, number=number, name=name)
        return register

    async def _came_to(self, person: P, number: str) -> None:
        self._may_receive(person)
        await self._of(person, number)

    async def _services(self, register: Register) -> dict[str, Service]:
        services = await self._services_of([entry.application for entry in register.entries])
        return {number: self._catalogue.service(service) for number, service in services.items()}
