"""What portal and operators' workplace are both put together from."""

from __future__ import annotations

from gateway.app.asked import tempstorage
from gateway.app.ground import Ground
from gateway.catalogue import Catalogue
from gateway.flows.checks import EdsChecks
from gateway.flows.delivery import ShepDelivery
from gateway.flows.ground import FlowGround
from gateway.journal import Journal
from gateway.settings import Channels


def flow_ground(own: Channels, ground: Ground, catalogue: Catalogue) -> FlowGround:
    """Return what the channels' flows stand on."""
    journal = Journal(ground.store.database, ground.clock)
    return FlowGround(
        store=ground.store,
        catalogue=catalogue,
        journal=journal,
        persons=ground.persons,
        signatures=EdsChecks(ground.checker, ground.keeper),
        dispatch=ShepDelivery(
            store=ground.store,
            catalogue=catalogue,
            journal=journal,
            outbox=ground.outbox,
            tempstorage=tempstorage(ground, own),
            gateway=own.home_gateway,
        ),
        hold_limit=own.hold_limit,
        draft_retention=own.draft_retention,
    )
