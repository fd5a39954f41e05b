"""The operators' workplace of the State Corporation: a site of its own on the store of the channels."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from gateway import scans
from gateway.app.asked import notaries, persons_and_organisations
from gateway.app.ground import Ground
from gateway.app.pages import site_given
from gateway.flows.arm.finding import Questions
from gateway.flows.arm.rooms import ArmRooms
from gateway.flows.ground import FlowGround
from gateway.operators_file import seed_operators
from gateway.serving import listening
from gateway.settings import Arm, Channels, Settings
from gateway.web.arm import make_arm_app


@contextlib.asynccontextmanager
async def arm(settings: Settings, own: Channels, site: Arm, ground: Ground, flows: FlowGround) -> AsyncIterator[None]:
    """Serve the operators' workplace beside the portal, on the same store, until the context ends."""
    rooms = ArmRooms.open(
        flows,
        questions=_questions(ground, own),
        outbox=ground.outbox,
        gateway=own.home_gateway,
        public_url=site.public_url,
        simulated=settings.simulation,
    )
    rooms.registers.listen(ground.inbox)
    if site.staff is not None:
        await seed_operators(rooms.operators, site.staff)
    app = make_arm_app(
        rooms,
        sessions=rooms.sessions,
        lock_after=site.lock_after,
        **site_given(settings, own, ground, site.public_url),
    )
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(scans.close)
        await stack.enter_async_context(listening(app, site.host, site.port, reuse_port=own.reuse_port))
        yield


def _questions(ground: Ground, own: Channels) -> Questions:
    """Return whom process 3 asks; without settings nobody, and an operator is told that the data are out of reach."""
    if own.registries is None:
        return Questions(clock=ground.clock, persons=None, organisations=None, powers=None)
    persons, organisations = persons_and_organisations(ground, own, own.registries)
    powers = notaries(ground, own, own.registries)
    return Questions(clock=ground.clock, persons=persons, organisations=organisations, powers=powers)
