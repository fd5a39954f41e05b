"""The operators' workplace put together from its rooms; the composition root gives the ports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from gateway.catalogue.load import Catalogue
from gateway.clock import Clock
from gateway.courier.sending import Outgoing
from gateway.flows.arm.access import WindowGround
from gateway.flows.arm.finding import Questions
from gateway.flows.arm.flow import ArmFlow
from gateway.flows.arm.handing_over import HandingOver
from gateway.flows.arm.operators import Operators
from gateway.flows.arm.overview import Overview
from gateway.flows.arm.procedure import OwnSteps
from gateway.flows.arm.queue import Queue
from gateway.flows.arm.receipts import ArmReceipts
from gateway.flows.arm.registers import Registers
from gateway.flows.arm.views import NUMBERS
from gateway.flows.ground import FlowGround
from gateway.flows.kept_drafts import KeptDrafts
from gateway.flows.numbers import NumberSource, SequenceNumbers
from gateway.identity.passwords import Passwords
from gateway.identity.sessions import PostgresSessions
from gateway.identity.throttle import Throttle
from gateway.journal import Journal


@dataclass(frozen=True)
class ArmRooms:
    """Everything that the pages of a window use; answers of the desk come through the portal's rooms."""

    catalogue: Catalogue
    clock: Clock
    journal: Journal
    sessions: PostgresSessions
    operators: Operators
    flow: ArmFlow
    kept_drafts: KeptDrafts
    receipts: ArmReceipts
    desk_of_results: HandingOver
    registers: Registers
    queue: Queue
    overview: Overview
    public_url: str
    """Of the portal, where results are verified."""
    simulated: bool

    @classmethod
    def open(
        cls,
        ground: FlowGround,
        *,
        questions: Questions,
        outbox: Outgoing,
        public_url: str,
        simulated: bool,
        gateway: str = "shep",
        numbers: NumberSource | None = None,
    ) -> Self:
        """Put the rooms together on the channels' store; registers jobs, so it is done before the store runs."""
        store, catalogue = ground.store, ground.catalogue
        own_steps = OwnSteps(catalogue, ground.journal)
        operators = Operators(
            database=store.database,
            catalogue=catalogue,
            passwords=ground.passwords or Passwords(),
            throttle=Throttle(store.database, real_time=ground.real_time),
            persons=ground.persons,
        )
        registers = Registers(
            store=store,
            catalogue=catalogue,
            journal=ground.journal,
            own_steps=own_steps,
            outbox=outbox,
            gateway=gateway,
            simulated=simulated,
        )
        windows = WindowGround(ground, operators, own_steps, questions, numbers or SequenceNumbers(NUMBERS))
        flow = ArmFlow(windows)
        return cls(
            catalogue=catalogue,
            clock=store.clock,
            journal=ground.journal,
            sessions=PostgresSessions(store.database, real_time=ground.real_time),
            operators=operators,
            flow=flow,
            kept_drafts=KeptDrafts(store.database, keep=ground.draft_retention),
            receipts=ArmReceipts(
                catalogue=catalogue, clock=store.clock, flow=flow, operators=operators, simulated=simulated
            ),
            desk_of_results=HandingOver(windows, registers),
            registers=registers,
            queue=Queue(store=store, catalogue=catalogue),
            overview=Overview(store=store, catalogue=catalogue),
            public_url=public_url,
            simulated=simulated,
        )
