"""A department's courier: packages taken in, registers made, what comes back."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable

from gateway.courier.register import Register
from gateway.desk.ports import SentMessages
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
from gateway.flows.arm.operators import Operator
from gateway.flows.arm.procedure import OwnSteps
from gateway.flows.arm.registers import Registers
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm
from tests.integration.desk.couriers import Handlers, handed_over
from tests.integration.flows_arm.hall import ALLOWANCE, CATALOGUE, Hall

ALMATY, EDUCATION = "almaty-corporation", "almaty-education"


class Department:
    """Registers of the hall's store whose messages can be looked at."""

    def __init__(self, hall: Hall) -> None:
        self.hall, self.sent = hall, SentMessages()
        self.registers = Registers(
            store=hall.store,
            catalogue=CATALOGUE,
            journal=hall.rooms.journal,
            own_steps=OwnSteps(CATALOGUE, hall.rooms.journal),
            outbox=self.sent,
        )
        self.inbox = Handlers(hall.store.clock.now)
        self.registers.listen(self.inbox)  # type: ignore[arg-type]

    async def operator(self, department: str = ALMATY, serial: int = 1) -> Operator:
        return await self.hall.operator(department, serial)

    async def packages(self, operator: Operator, how_many: int, service: str = ALLOWANCE) -> list[str]:
        """Applications that the operator took in and sends by courier, in the order of their numbers."""
        return sorted([await self.package(operator, service) for _ in range(how_many)])

    async def package(self, operator: Operator, service: str = ALLOWANCE) -> str:
        flow = self.hall.rooms.flow
        number = await self.hall.with_documents(operator, service)
        if len(flow.media(CATALOGUE.service(service))) > 1:
            await flow.choose_medium(operator, number, "courier")
        await flow.process_5_choose_certificate(operator, number, self.hall.key(operator).certificate.der)
        application = await flow.process_6_send(operator, number, await self.hall.signed(operator, number))
        assert application.state == "accepted"
        return number

    async def push(self, payload: bytes, service: str, kind: MessageType, *, chain: str = "") -> None:
        message = AsyncMessage(service_id=service, message_type=kind, payload=Payload(PayloadForm.ESCAPED, payload))
        await self.inbox.take(message, chain=chain or uuid.uuid4().hex, gateway="shep")

    async def mark_packages(
        self,
        number: str,
        received: Iterable[str],
        missing: Iterable[str] = (),
        unlisted: Iterable[str] = (),
        *,
        noted: bool = True,
    ) -> None:
        """The provider's marks come back, mostly after the gateway's receipt of the register is noted."""
        marks = RegisterMarks(
            number,
            self.hall.store.clock.now(),
            "ОМАРОВА ӘСЕЛ",
            frozenset(received),
            frozenset(missing),
            frozenset(unlisted),
        )
        await handed_over(self.hall.store, number, gateway="shep", chain=number if noted else None)
        await self.push(build_marks(marks), REGISTER_SERVICE, MessageType.RESPONSE, chain=number)

    async def handed_over(self, number: str) -> None:
        """The gateway took the message of a register sent."""
        await handed_over(self.hall.store, number, gateway="shep", chain=number)

    async def mark(
        self, operator: Operator, number: str, received: Collection[str], unlisted: Collection[str] = ()
    ) -> Register:
        """Scan what is there and mark a register of results: what is not `received` is missing."""
        register = await self.registers.find(operator, number)
        if not register.is_marked:
            for one in sorted({*received, *unlisted}):
                register = await self.registers.scan(operator, number, one)
        missing = [entry.application for entry in register.missing]
        return await self.registers.close(operator, number, missing=missing)

    async def bring_results(self, numbers: Iterable[str], number: str = "75000000000001", **changes: object) -> str:
        """A register of results comes."""
        made: dict[str, object] = {
            "number": number,
            "direction": Direction.TO_CORPORATION,
            "department": ALMATY,
            "office": EDUCATION,
            "made_at": self.hall.store.clock.now(),
            "made_by": "ОМАРОВА ӘСЕЛ",
            "courier": "Қасымов Ерлан",
            "entries": tuple(ListedPackage(one, 1, 1) for one in numbers),
        }
        payload = build_register(CourierRegister(**(made | changes)))  # type: ignore[arg-type]
        await self.push(payload, RETURN_SERVICE, MessageType.REQUEST, chain=f"chain of {number}")
        return number

    def sent_register(self, number: str) -> CourierRegister:
        gateway, message = self.sent.sent[f"courier register {number}"]
        assert (gateway, message.service_id, message.message_type) == ("shep", REGISTER_SERVICE, MessageType.REQUEST)
        return read_register(message.payload.xml)

    def sent_marks(self, number: str) -> RegisterMarks:
        gateway, message = self.sent.sent[f"courier register {number} marks"]
        assert (gateway, message.service_id, message.message_type) == ("shep", RETURN_SERVICE, MessageType.RESPONSE)
        assert message.correlation_id == f"chain of {number}"
        return read_marks(message.payload.xml)

    async def notes(self, number: str) -> list[dict[str, object]]:
        """What the journal says of a package's way."""
        events = await self.hall.rooms.journal.trail(number)
        return [dict(event.step.facts) for event in events if "courier-register" in event.step.facts]
