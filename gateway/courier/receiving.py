"""The receiver's side: a register comes, what it lists is found package by package, and its marks go back once.

Every scan is kept at once, so that a closed browser loses nothing. The end is one transaction: the marks, what the
receiver does with each package that came, and the message with the marks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

import structlog

from gateway.courier.errors import RegisterCode, RegisterError
from gateway.courier.numbering import SERIES
from gateway.courier.register import Register
from gateway.courier.rows import RegisterRows
from gateway.courier.sending import Outgoing, WhenMarked
from gateway.exchange.courier_register import (
    MOST_PACKAGES,
    CourierRegister,
    Direction,
    RegisterMarks,
    build_marks,
    read_register,
)
from gateway.exchange.errors import PayloadRefused, unread
from gateway.shep.inbox import Received
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm
from gateway.store import Store
from gateway.store.database import Connection

_log = structlog.get_logger(__name__)


class Receiver(Protocol):
    """What a participant knows of the packages that come to it."""

    async def check(self, conn: Connection, register: Register, application: str) -> None:
        """Refuse a package that does not belong here; one that is not listed must be awaited. `RegisterError`."""

    async def is_here(self, conn: Connection, register: Register, application: str) -> bool:
        """Tell whether a package has come already where this register goes, with another one."""


class Receiving:
    """Takes in registers of one direction."""

    def __init__(
        self,
        *,
        store: Store,
        rows: RegisterRows,
        outgoing: Outgoing,
        direction: Direction,
        service_id: str,
        receiver: Receiver,
        problem_of: Callable[[CourierRegister], str],
    ) -> None:
        self._store = store
        self._rows = rows
        self._outgoing = outgoing
        self._direction = direction
        self._service_id = service_id
        self._receiver = receiver
        self._problem_of = problem_of

    async def receive(self, received: Received) -> None:
        """Handle a REQUEST: a register is kept, once; one that cannot be for this participant is reported.

        Of one that comes again in another chain the marks go back in that one, too, once there are any: the sender
        knows the last chain alone.
        """
        try:
            register = read_register(received.message.payload.xml)
        except PayloadRefused as error:
            _log.error("register-refused", inbox=received.id, code=error.code.value, problem=unread(error))
            return
        problem = self._problem_of(register)
        if register.direction is not self._direction:
            problem = f"{register.direction} is not taken in here"
        elif not register.number.startswith(SERIES[self._direction]):
            problem = "the number is of no series of this direction"
        if problem:
            _log.error("register-unfit", inbox=received.id, register=register.number, problem=problem)
            return
        async with self._store.database.transaction() as conn:
            chain = {"gateway": received.gateway, "correlation_id": received.correlation_id}
            if await self._rows.add(conn, register, **chain):
                return
            kept = await self._rows.lock(conn, register.number)
            assert kept is not None
            if kept.own or not kept.is_copy_of(register):
                _log.error("register-number-taken", inbox=received.id, register=register.number)
                return
            if await self._rows.adopt(conn, register.number, **chain) and kept.is_marked:
                await self._send_again(conn, await self._again(conn, register.number))
        _log.info("register-repeated", inbox=received.id, register=register.number)

    async def scan(self, number: str, application: str) -> Register:
        """Note that a package is there; the same scan twice is one. Raises `RegisterError`."""
        async with self._store.database.transaction() as conn:
            register = await self._open(conn, number)
            entry = register.entry(application)
            if entry is None or not entry.scanned:
                if entry is None and len(register.unlisted) >= MOST_PACKAGES:
                    raise RegisterError(RegisterCode.TOO_MANY, limit=MOST_PACKAGES)
                if await self._receiver.is_here(conn, register, application):
                    raise RegisterError(RegisterCode.PACKAGE_RECEIVED, number=application)
                await self._receiver.check(conn, register, application)
                await self._rows.scan(conn, register, application)
            return await self._again(conn, number)

    async def unscan(self, number: str, application: str) -> Register:
        """Take a scan back; raises `RegisterError`."""
        async with self._store.database.transaction() as conn:
            register = await self._open(conn, number)
            await self._rows.unscan(conn, register, application)
            return await self._again(conn, number)

    async def close(self, number: str, *, by: str, take: WhenMarked, missing: Collection[str]) -> Register:
        """Mark the register by what was found, act on it and send the marks back; a second close changes nothing.

        `missing` are the packages that somebody has said are not there. `take` does what follows from the marks, in the
        same transaction.

        Raises `RegisterError` UNKNOWN, or UNCONFIRMED while packages are missing and they are not just these.
        """
        async with self._store.database.transaction() as conn:
            register = await self._lock(conn, number)
            if register.is_marked:
                return register
            for entry in register.missing:
                # It came with another register, as one that was not listed there: it is here.
                if await self._receiver.is_here(conn, register, entry.application):
                    await self._rows.scan(conn, register, entry.application)
            register = await self._again(conn, number)
            if register.missing and {entry.application for entry in register.missing} != set(missing):
                raise RegisterError(RegisterCode.UNCONFIRMED, count=len(register.missing))
            marks = register.marks(at=self._store.clock.now(), by=by)
            await self._rows.mark(conn, register, marks)
            await take(conn, register, marks)
            await self._send(conn, register, marks)
            return await self._again(conn, number)

    async def _send_again(self, conn: Connection, register: Register) -> None:
        assert register.marked_at is not None
        marks = register.marks(at=register.marked_at, by=register.marked_by or "")
        await self._send(conn, register, marks, again=f" in {register.correlation_id}")

    async def _send(self, conn: Connection, register: Register, marks: RegisterMarks, *, again: str = "") -> None:
        assert register.gateway is not None
        message = AsyncMessage(
            service_id=self._service_id,
            message_type=MessageType.RESPONSE,
            payload=Payload(PayloadForm.ESCAPED, build_marks(marks)),
            correlation_id=register.correlation_id,
        )
        key = f"courier register {register.number} marks{again}"
        await self._outgoing.put(conn, key=key, gateway=register.gateway, message=message)

    async def _open(self, conn: Connection, number: str) -> Register:
        register = await self._lock(conn, number)
        if register.is_marked:
            raise RegisterError(RegisterCode.MARKED, number=number)
        return register

    async def _lock(self, conn: Connection, number: str) -> Register:
        register = await self._rows.lock(conn, number)
        if register is None or register.own:
            raise RegisterError(RegisterCode.UNKNOWN, number=number)
        return register

    async def _again(self, conn: Connection, number: str) -> Register:
        register = await self._rows.lock(conn, number)
        assert register is not None
        return register
