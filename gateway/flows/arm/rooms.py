"""The operators' workplace put together from its rooms; the composition root gives the ports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from gateway.catalogue.load import Catalogue
from gateway.clock import Clock
from gateway.courier.sending import Outgoing
from gateway.flows.arm.finding import PATIENCE, Questions
from gateway.flows.arm.flow import ArmFlow
from gateway.flows.arm.handing_over import HandingOver
from gateway.flows.arm.intakes import Intakes
from gateway.flows.arm.operators import Operators
from gateway.flows.arm.overview import Overview
from gateway.flows.arm.procedure import OwnSteps
from gateway.flows.arm.queue import Queue
from gateway.flows.arm.receipts import ArmReceipts
from gateway.flows.arm.registers import Registers
from gateway.flows.arm.views import NUMBERS
from gateway.flows.numbers import NumberSource, SequenceNumbers
from gateway.flows.ports import Dispatch, SignatureChecks
from gateway.identity.passwords import Passwords
from gateway.identity.sessions import PostgresSessions
from gateway.identity.throttle import Throttle
from gateway.journal import Journal, PersonHash
from gateway.registries.enis import PowerRegistry
from gateway.registries.gbdfl import PersonRegistry
from gateway.registries.gbdul import OrganisationRegistry
from gateway.store import Store


@dataclass(frozen=True)
class ArmRooms:
    """Everything that the pages of a window use; answers of the desk come through the portal's rooms."""

    catalogue: Catalogue
    clock: Clock
    journal: Journal
    sessions: PostgresSessions
    operators: Operators
    flow: ArmFlow
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
        *,
        store: Store,
        catalogue: Catalogue,
        journal: Journal,
        signatures: SignatureChecks,
        dispatch: Dispatch,
        outbox: Outgoing,
        persons: PersonHash,
        persons_registry: PersonRegistry | None,
        organisations: OrganisationRegistry | None,
        powers: PowerRegistry | None,
        public_url: str,
        simulated: bool,
        gateway: str = "shep",
        hold_limit: timedelta = timedelta(hours=24),
        numbers: NumberSource | None = None,
        passwords: Passwords | None = None,
        real_time: Clock | None = None,
        patience: float = PATIENCE,
    ) -> Self:
        """Put the rooms together on the channels' store; registers jobs, so it is done before the store runs.

        Without a registry its subject's data are out of reach, which is never taken for absence.
        """
        database = store.database
        own_steps, intakes = OwnSteps(catalogue, journal), Intakes(database)
        operators = Operators(
            database=database,
            catalogue=catalogue,
            passwords=passwords or Passwords(),
            throttle=Throttle(database, real_time=real_time),
            persons=persons,
        )
        registers = Registers(
            store=store,
            catalogue=catalogue,
            journal=journal,
            own_steps=own_steps,
            outbox=outbox,
            gateway=gateway,
            simulated=simulated,
        )
        flow = ArmFlow(
            store=store,
            catalogue=catalogue,
            journal=journal,
            persons=persons,
            operators=operators,
            own_steps=own_steps,
            signatures=signatures,
            dispatch=dispatch,
            numbers=numbers or SequenceNumbers(NUMBERS),
            hold_limit=hold_limit,
            questions=Questions(
                clock=store.clock,
                persons=persons_registry,
                organisations=organisations,
                powers=powers,
                patience=patience,
            ),
        )
        return cls(
            catalogue=catalogue,
            clock=store.clock,
            journal=journal,
            sessions=PostgresSessions(database, real_time=real_time),
            operators=operators,
            flow=flow,
            receipts=ArmReceipts(
                catalogue=catalogue, clock=store.clock, flow=flow, operators=operators, simulated=simulated
            ),
            desk_of_results=HandingOver(
                store=store, catalogue=catalogue, intakes=intakes, own_steps=own_steps, papers=registers
            ),
            registers=registers,
            queue=Queue(store=store, catalogue=catalogue),
            overview=Overview(store=store, catalogue=catalogue),
            public_url=public_url,
            simulated=simulated,
        )
