"""Couriers at a desk: packages that are on their way, registers that come, and what the desk sends."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from gateway.catalogue import Role
from gateway.desk import StaffMember
from gateway.exchange.acceptance import SentBy
from gateway.exchange.application import Application
from gateway.exchange.courier_register import (
    REGISTER_SERVICE,
    RETURN_SERVICE,
    CourierRegister,
    Direction,
    ListedPackage,
    RegisterMarks,
    build_marks,
    build_register,
    read_marks,
    read_register,
)
from gateway.shep.inbox import Handler, Inbox, Received
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm, Sender
from gateway.store import Store
from tests.conftest import ROOT
from tests.integration.desk.bodies import Bodies
from tests.integration.desk.windows import send, taken_in, window_of
from tests.integration.desk.workplace import Workplace

ALLOWANCE, ORALMAN = "guardian-allowance", "oralman-status-almaty"
_OUTBOX, _INBOX, _SEALED = (ROOT / f"gateway/shep/sql/{name}.sql" for name in ("outbox", "inbox", "sealed_payloads"))
_ids = itertools.count(1)
_registers = itertools.count(74_000_000_000_001)


@dataclass
class Handlers:
    """Stands in the place of an inbox and does at once what a message asks for."""

    now: Callable[[], datetime]
    known: dict[tuple[str, MessageType], Handler] = field(default_factory=dict)

    def on(self, service_id: str, message_type: MessageType, handler: Handler) -> None:
        assert (service_id, message_type) not in self.known
        self.known[service_id, message_type] = handler

    async def take(self, message: AsyncMessage, *, chain: str, gateway: str = "rshep") -> None:
        came = pushed(message.payload.xml, message.service_id, message.message_type, chain=chain, at=self.now())
        handler = self.known[message.service_id, message.message_type]
        await handler(Received(next(_ids), gateway, came, self.now()))


class DeskCourier:
    """What a test does at a desk with couriers."""

    def __init__(self, place: Workplace, service: str = ALLOWANCE) -> None:
        self.place, self.courier, self.service = place, place.desk.courier, service
        self.bodies = Bodies(place)
        self.department, self.office = window_of(service)
        self.inbox = Handlers(place.clock.now)
        self.courier.listen(self.inbox)  # type: ignore[arg-type]
        self.brought: dict[str, bytes] = {}

    async def clerk(self, office: str | None = None) -> StaffMember:
        return await self.bodies.staff(office or self.office.id, Role.CLERK)

    def package(self, **how: object) -> Application:
        """An application whose package goes by courier."""
        return taken_in(self.place, self.service, acceptance={"medium": SentBy.COURIER}, **how)  # type: ignore[arg-type]

    async def twins(self, how_many: int) -> list[str]:
        """Bring electronic twins in, and return their numbers."""
        return [await send(self.place, self.package()) for _ in range(how_many)]

    async def bring(self, numbers: Iterable[str], number: str | None = None, **changes: object) -> str:
        """Bring a register that lists these packages."""
        made: dict[str, object] = {
            "number": number or str(next(_registers)),
            "direction": Direction.TO_PROVIDER,
            "department": self.department.id,
            "office": self.office.id,
            "made_at": self.place.clock.now(),
            "made_by": "ӘЛІМБЕКОВА ГҮЛЖАН",
            "courier": "Қасымов Ерлан",
            "entries": tuple(ListedPackage(one, 3, 7) for one in numbers),
        }
        register = CourierRegister(**(made | changes))  # type: ignore[arg-type]
        self.brought[register.number] = build_register(register)
        await self.bring_again(register.number, chain=register.number)
        return register.number

    async def bring_again(self, number: str, *, chain: str) -> None:
        """Bring a register that was brought, in the same chain or in another one."""
        await self.push(self.brought[number], REGISTER_SERVICE, MessageType.REQUEST, chain=chain)

    async def push(self, payload: bytes, service: str, kind: MessageType, *, chain: str) -> None:
        message = AsyncMessage(service_id=service, message_type=kind, payload=Payload(PayloadForm.ESCAPED, payload))
        await self.inbox.take(message, chain=chain)

    async def received(self, number: str, *found: str, missing: bool = False) -> None:
        """Scan what is there and mark the register; the cases are opened."""
        clerk = await self.clerk()
        for one in found:
            await self.courier.scan(clerk, number, one)
        left = (await self.courier.register(clerk, number)).missing
        await self.courier.close(clerk, number, missing=[one.application for one in left] if missing else ())
        await self.work_off()

    async def work_off(self) -> None:
        """Do all jobs that are due."""
        async with self.place.store.working():
            await eventually(self._nothing_due)

    async def opened(self) -> set[str]:
        return {row["number"] for row in await self.place.store.database.fetch("SELECT number FROM casefile")}

    async def finished(self, number: str) -> None:
        """Work a case until its result waits for the courier."""
        while (case := await self.bodies.case(number)).awaits_verb is not None:
            if await self.place.desk.issue.needs_register(case):
                return
            await self.bodies.do(number)

    def marks(self, number: str, *, again_in: str | None = None) -> RegisterMarks:
        """Return the marks of a register as they were sent, or as they were sent again in another chain."""
        key = f"courier register {number} marks" + ("" if again_in is None else f" in {again_in}")
        gateway, message = self.place.sent.sent[key]
        assert (message.service_id, message.message_type) == (REGISTER_SERVICE, MessageType.RESPONSE)
        assert (gateway, message.correlation_id) == ("rshep", again_in or number)
        return read_marks(message.payload.xml)

    def returned(self, number: str) -> CourierRegister:
        gateway, message = self.place.sent.sent[f"courier register {number}"]
        assert (message.service_id, message.message_type, gateway) == (RETURN_SERVICE, MessageType.REQUEST, "rshep")
        return read_register(message.payload.xml)

    async def mark_results(
        self,
        number: str,
        received: Iterable[str],
        missing: Iterable[str] = (),
        unlisted: Iterable[str] = (),
        *,
        chain: str | None = None,
        noted: bool = True,
    ) -> None:
        """The department's marks of a register of results come back, mostly after the gateway's receipt is noted."""
        marks = RegisterMarks(
            number, self.place.clock.now(), "Оператор", frozenset(received), frozenset(missing), frozenset(unlisted)
        )
        await handed_over(self.place.store, number, gateway="rshep", chain=number if noted else None)
        await self.push(build_marks(marks), RETURN_SERVICE, MessageType.RESPONSE, chain=chain or number)

    async def notes(self, number: str) -> list[dict[str, object]]:
        """What the journal says of a package's way."""
        rows = await self.place.store.database.fetch(
            "SELECT facts FROM event WHERE application = $1 AND facts ? 'courier-register' ORDER BY id", number
        )
        return [row["facts"] for row in rows]

    async def _nothing_due(self) -> bool:
        schema = self.place.store.database.schema
        waiting = await self.place.store.database.fetchval(
            f"SELECT count(*) FROM {schema}_pgqueuer WHERE entrypoint = 'courier.open-received'"
        )
        return bool(waiting == 0)


async def handed_over(store: Store, register: str, *, gateway: str, chain: str | None) -> None:
    """The gateway took a register's message, as `taken_by_the_gateway` has it."""
    await taken_by_the_gateway(store, f"courier register {register}", gateway=gateway, chain=chain)


async def taken_by_the_gateway(store: Store, key: str, *, gateway: str, chain: str | None) -> None:
    """The gateway took a message: its receipt names the chain, as the outbox keeps it; without one not yet.

    A receipt that is noted stays as it is.
    """
    if await store.database.fetchval("SELECT to_regclass('outbox')") is None:
        await store.database.execute(_OUTBOX.read_text(encoding="utf-8"))
    await store.database.execute(
        """
        INSERT INTO outbox (key, chain, gateway, service_id, message_type, properties, payload_form, payload, put_at,
                            state, receipt)
        VALUES ($1, $1, $2, 'service', 'REQUEST', '[]', 'escaped', '', $4, 'sent', $3)
        ON CONFLICT (key) DO UPDATE SET receipt = coalesce(outbox.receipt, excluded.receipt)
        """,
        key,
        gateway,
        None if chain is None else {"correlation_id": chain},
        store.clock.now(),
    )


async def with_inbox(store: Store) -> Inbox:
    """A real inbox on the tables of the messages, which these stores do without otherwise."""
    for table in (_OUTBOX, _INBOX, _SEALED):
        await store.database.execute(table.read_text(encoding="utf-8"))
    return Inbox(store)


def pushed(payload: bytes, service: str, kind: MessageType, *, chain: str, at: datetime) -> AsyncMessage:
    """A message as a gateway pushes it."""
    return AsyncMessage(
        service_id=service,
        message_type=kind,
        payload=Payload(PayloadForm.ESCAPED, payload),
        message_id=f"courier-{next(_ids)}",
        correlation_id=chain,
        sender=Sender("QYZMET_PORTAL"),
        message_date=at,
    )


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(500):
        if await condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen in time")
