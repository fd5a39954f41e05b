"""The sender's side: a register is made once, travels with its own message, and takes in the marks that come back.

The register, its message and whatever the caller writes stand in one transaction, and the message's key is the
register's number: a process that dies in between has sent nothing, one that is asked again sends nothing more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from typing import Protocol

import structlog

from gateway.courier.errors import RegisterCode, RegisterError
from gateway.courier.register import End, Register
from gateway.courier.rows import RegisterRows
from gateway.exchange.courier_register import (
    LONGEST_NAME,
    MOST_COUNTED,
    MOST_PACKAGES,
    CourierRegister,
    Direction,
    ListedPackage,
    RegisterMarks,
    build_register,
    read_marks,
)
from gateway.exchange.errors import PayloadRefused, unread
from gateway.shep.chains import was_sent_in
from gateway.shep.inbox import Received
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm
from gateway.store import Store
from gateway.store.database import Connection

_log = structlog.get_logger(__name__)


class Outgoing(Protocol):
    """Messages on their way out, stored in the caller's transaction (`gateway.shep.outbox`)."""

    async def put(self, conn: Connection, *, key: str, gateway: str, message: AsyncMessage) -> bool:
        """Store a message for the gateway of this name; False when the key was put before."""


WhenMarked = Callable[[Connection, Register, RegisterMarks], Awaitable[None]]
"""What else is written in the transaction that marks a register."""
KnownAmong = Callable[[Connection, Register, Collection[str]], Awaitable[Collection[str]]]
"""Which of these applications are of the register's department and office."""


class Sending:
    """Makes registers of one direction."""

    def __init__(
        self,
        *,
        store: Store,
        rows: RegisterRows,
        outgoing: Outgoing,
        direction: Direction,
        service_id: str,
        when_marked: WhenMarked,
        known_among: KnownAmong,
    ) -> None:
        self._store = store
        self._rows = rows
        self._outgoing = outgoing
        self._direction = direction
        self._service_id = service_id
        self._when_marked = when_marked
        self._known_among = known_among

    async def make(
        self,
        conn: Connection,
        packages: Sequence[ListedPackage],
        *,
        department: str,
        office: str,
        made_by: str,
        courier: str,
        code: str,
        gateway: str,
        route_id: str | None,
    ) -> Register:
        """Write a register with its message in the caller's transaction; the packages must be free to go.

        `code` is the sender's, by `gateway.courier.numbering`.

        Raises `RegisterError`: EMPTY, TOO_MANY, COURIER, SHEETS.
        """
        courier = check_courier(courier)
        check_packages(packages)
        made = CourierRegister(
            number=await self._rows.next_number(conn, self._direction, code),
            direction=self._direction,
            department=department,
            office=office,
            made_at=self._store.clock.now(),
            made_by=made_by,
            courier=courier,
            entries=tuple(packages),
        )
        while not await self._rows.add(conn, made):
            # A register of this number came from elsewhere: the counting goes on behind it.
            _log.error("register-number-taken", register=made.number)
            made = replace(made, number=await self._rows.next_number(conn, self._direction, code))
        message = AsyncMessage(
            service_id=self._service_id,
            message_type=MessageType.REQUEST,
            payload=Payload(PayloadForm.ESCAPED, build_register(made)),
            route_id=route_id,
        )
        await self._outgoing.put(conn, key=_key(made.number), gateway=gateway, message=message)
        register = await self._rows.lock(conn, made.number)
        assert register is not None
        return register

    async def already_made(
        self, conn: Connection, applications: Collection[str], *, department: str, office: str
    ) -> Register | None:
        """Return the register that lists just these packages, of which none is missing: the same order given twice.

        Raises `RegisterError` PACKAGE_LISTED when one of them went with another register of the sender's. Of others'
        registers nothing is said: what stands on them is not the sender's to send.
        """
        end, place = (End.DEPARTMENT, department) if self._direction is Direction.TO_PROVIDER else (End.OFFICE, office)
        taken = await self._rows.on_registers(conn, sorted(applications), end=end, place=place)
        if not taken:
            return None
        numbers = set(taken.values())
        if len(numbers) == 1 and set(taken) == set(applications):
            register = await self._rows.lock(conn, numbers.pop())
            assert register is not None
            listed = {entry.application for entry in register.entries if entry.listed}
            same = (register.department, register.office) == (department, office) and listed == set(applications)
            if same:
                return register
        application, number = min(taken.items())
        raise RegisterError(RegisterCode.PACKAGE_LISTED, number=application, register=number)

    async def marked(self, received: Received) -> None:
        """Handle a RESPONSE: the second copy is back. Marks that do not fit the register are reported, not taken.

        They come in the chain of the register itself: nobody else was given its number there. Raises `ChainUnknown` for
        marks that overtake the gateway's receipt, by which the chain is known.
        """
        try:
            marks = read_marks(received.message.payload.xml)
        except PayloadRefused as error:
            _log.error("register-marks-refused", inbox=received.id, code=error.code.value, problem=unread(error))
            return
        async with self._store.database.transaction() as conn:
            register = await self._rows.lock(conn, marks.number)
            problem = _misfit(register, marks)
            if problem:
                _log.error("register-marks-unfit", inbox=received.id, register=marks.number, problem=problem)
                return
            assert register is not None
            if not await was_sent_in(
                conn, _key(marks.number), gateway=received.gateway, correlation_id=received.correlation_id
            ):
                _log.error("register-marks-of-another", inbox=received.id, register=marks.number)
                return
            if register.is_marked:
                return
            known = frozenset(await self._known_among(conn, register, marks.unlisted))
            if strange := marks.unlisted - known:
                _log.error("register-marks-strange", inbox=received.id, register=marks.number, packages=len(strange))
                marks = replace(marks, unlisted=known)
            await self._rows.mark(conn, register, marks)
            await self._when_marked(conn, register, marks)


def _key(number: str) -> str:
    return f"courier register {number}"


def check_courier(name: str) -> str:
    """Return the courier's name without idle spaces; raises `RegisterError` COURIER."""
    clean = " ".join(name.split())
    if not clean or len(clean) > LONGEST_NAME or not any(letter.isalpha() for letter in clean):
        raise RegisterError(RegisterCode.COURIER)
    return clean


def check_packages(packages: Sequence[ListedPackage]) -> None:
    """Refuse a register of nothing, of too much, or with a number of sheets that none can have; `RegisterError`."""
    if not packages:
        raise RegisterError(RegisterCode.EMPTY)
    if len(packages) > MOST_PACKAGES:
        raise RegisterError(RegisterCode.TOO_MANY, limit=MOST_PACKAGES)
    if any(not 1 <= package.sheets <= MOST_COUNTED for package in packages):
        raise RegisterError(RegisterCode.SHEETS, limit=MOST_COUNTED)


def _misfit(register: Register | None, marks: RegisterMarks) -> str:
    if register is None or not register.own:
        return "no register of ours"
    listed = {entry.application for entry in register.entries if entry.listed}
    if marks.received | marks.missing != listed:
        return "the marks are not of the packages listed"
    if marks.unlisted & listed:
        return "a listed package is marked as unlisted"
    return ""
