"""The channels: the portal, and beside it the operators' workplace where there is one."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from gateway.app.arm_site import arm
from gateway.app.asked import persons_and_organisations
from gateway.app.flows_ground import flow_ground
from gateway.app.ground import Ground, Running, ground_of, serving
from gateway.app.pages import site_given
from gateway.app.surroundings import NotConfigured
from gateway.catalogue import load_catalogue
from gateway.flows.refusals import SealedRefusals
from gateway.flows.registered_address import AddressesOnRecord
from gateway.flows.rooms import PortalRooms
from gateway.journal import Forgetting
from gateway.migrations import CHANNELS
from gateway.settings import Channels, Settings
from gateway.shep.participant import PUSH_PATH
from gateway.store import migrate
from gateway.web.portal import make_portal_app


@contextlib.asynccontextmanager
async def channels(settings: Settings) -> AsyncIterator[Running]:
    """Serve the channels until the context ends; raises `NotConfigured`."""
    own = settings.channels
    if own is None:
        raise NotConfigured("the settings have no part `channels`")
    async with ground_of(settings, own) as ground:
        await migrate(ground.store.database, CHANNELS)
        catalogue = load_catalogue()
        flows = flow_ground(own, ground, catalogue)
        rooms = PortalRooms.open(
            flows,
            refusals=SealedRefusals(
                catalogue=catalogue,
                key=ground.key,
                verification=own.public_url,
                simulated=settings.simulation,
                signatures=flows.signatures,
            ),
            public_url=own.public_url,
            addresses=_addresses(ground, own),
            outbox=ground.outbox,
            gateway=own.home_gateway,
            halls=own.arm is not None,
        )
        ground.retention.add(Forgetting("unfinished drafts", own.draft_retention, rooms.kept_drafts.forget_old))
        rooms.answers.listen(ground.inbox)
        rooms.office_marks.listen(ground.inbox)
        app = make_portal_app(
            rooms,
            machine_paths=(PUSH_PATH,),
            **site_given(settings, own, ground, own.public_url),
        )
        async with contextlib.AsyncExitStack() as stack:
            if own.arm is not None:
                await stack.enter_async_context(arm(settings, own, own.arm, ground, flows))
            await stack.enter_async_context(serving(ground, own, app, catalogue))
            yield Running(app, ground.store)


def _addresses(ground: Ground, own: Channels) -> AddressesOnRecord | None:
    if own.registries is None:
        return None
    return AddressesOnRecord(*persons_and_organisations(ground, own, own.registries))
