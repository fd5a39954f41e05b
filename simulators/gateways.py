"""ЭҮШ and ЭҮӨШ of the simulated country: two instances of one program, and the registries they are run by.

The centre knows the portal, the desk (for offices that the act lets it reach straight), the state databases and the
region; the region knows its desk and the centre.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate

from gateway.clock import FollowedClock
from gateway.eds.certificate import read_certificate
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from gateway.shep.participant import ASK_PATH, PUSH_PATH
from gateway.store import Store
from simulators.installation import LOOPBACK, Installation
from simulators.keys import system_password
from simulators.population.cast import SYSTEMS
from simulators.shep.config import (
    CertificateRule,
    Channel,
    GatewayConfig,
    PeerEntry,
    RouteEntry,
    ServiceEntry,
    SystemEntry,
    hash_password,
)
from simulators.shep.gateway import Gateway, make_gateway
from simulators.world import checker_of, key_of_system

QUESTIONS = {
    "GBDFL_UniversalServiceSync": "gbdfl",
    "GbdulInfoByBin_v2": "gbdul",
    "EDS_TEMP_FILES": "tempstorage",
}
"""The synchronous services and the systems that answer them."""
APPLICATIONS = ("QYZMET_UNEMPLOYED_CERTIFICATE", "QYZMET_GUARDIANSHIP_CERTIFICATE")
"""The asynchronous services by which applications travel."""


def central(installation: Installation) -> GatewayConfig:
    """Return the centre's registry."""
    portal, desk = SYSTEMS["channels"].sender_id, SYSTEMS["desk"].sender_id
    services = [
        ServiceEntry(service_id=service, owner=SYSTEMS[system].sender_id, channel=Channel.SYNC)
        for service, system in QUESTIONS.items()
    ]
    services += [ServiceEntry(service_id=service, owner=desk, channel=Channel.ASYNC) for service in APPLICATIONS]
    return GatewayConfig(
        name="shep",
        number_base=254_000_000,
        systems=(
            _participant(installation, "channels", "portal"),
            _participant(installation, "desk", "desk"),
            *(_database(installation, system) for system in QUESTIONS.values()),
        ),
        peers=(_peer(installation, "rshep"),),
        services=tuple(services),
        rights={portal: ("EDS_TEMP_FILES", *APPLICATIONS), desk: (*QUESTIONS, *APPLICATIONS)},
        routes=(RouteEntry(route_id="R_KARAGANDA", to="rshep"), RouteEntry(route_id="R_ALMATY_EDU", to=desk)),
    )


def regional(installation: Installation) -> GatewayConfig:
    """Return the region's registry."""
    desk = SYSTEMS["desk"].sender_id
    services = [ServiceEntry(service_id=service, owner="shep", channel=Channel.SYNC) for service in QUESTIONS]
    services += [ServiceEntry(service_id=service, owner=desk, channel=Channel.ASYNC) for service in APPLICATIONS]
    return GatewayConfig(
        name="rshep",
        number_base=610_000_000,
        systems=(_participant(installation, "desk", "desk"),),
        peers=(_peer(installation, "shep"),),
        services=tuple(services),
        rights={desk: (*QUESTIONS, *APPLICATIONS)},
        routes=(RouteEntry(route_id="R_KARAGANDA", to=desk),),
    )


CONFIGURATIONS = {"shep": central, "rshep": regional}


@contextlib.asynccontextmanager
async def gateway(installation: Installation, name: str) -> AsyncIterator[Gateway]:
    """Run ЭҮШ (`shep`) or ЭҮӨШ (`rshep`) until the context ends."""
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        clock = FollowedClock(clock_url(installation), http)
        await stack.enter_async_context(clock.following())
        store = await Store.open(await installation.database_url(name), schema=name, clock=clock)
        stack.push_async_callback(store.close)
        checker = checker_of(installation, http, clock)
        made = await make_gateway(
            CONFIGURATIONS[name](installation),
            store=store,
            key=await asyncio.to_thread(key_of_system, installation, name),
            checker=checker,
            http=http,
            clock=clock,
        )
        runner = web.AppRunner(made.app, access_log=None, shutdown_timeout=2, auto_decompress=False)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, LOOPBACK, getattr(installation.ports, name)).start()
        work = asyncio.create_task(store.run(), name=f"worker of {name}")
        try:
            yield made
        finally:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work


def clock_url(installation: Installation) -> str:
    """Return the address of the clock service."""
    return f"{installation.address('world')}/time/clock"


def _participant(installation: Installation, system: str, address: str) -> SystemEntry:
    return SystemEntry(
        sender_id=SYSTEMS[system].sender_id,
        password_sha256=hash_password(system_password(installation, f"{system} at the gateway")),
        certificate=CertificateRule(sha256=_certificate_digest(installation, system)),
        push_url=f"{installation.address(address)}{PUSH_PATH}",
    )


def _database(installation: Installation, system: str) -> SystemEntry:
    return SystemEntry(
        sender_id=SYSTEMS[system].sender_id,
        password_sha256=hash_password(system_password(installation, f"{system} at the gateway")),
        certificate=CertificateRule(sha256=_certificate_digest(installation, system)),
        sync_url=f"{installation.address('world')}/{system}{ASK_PATH}",
    )


def _peer(installation: Installation, name: str) -> PeerEntry:
    certificate = load_der_x509_certificate((installation.folder / "gateways" / f"{name}.cer").read_bytes())
    return PeerEntry(
        name=name,
        certificates=(certificate.public_bytes(Encoding.PEM).decode(),),
        sync_url=f"{installation.address(name)}{SYNC_PATH}",
        async_url=f"{installation.address(name)}{ASYNC_PATH}",
    )


def _certificate_digest(installation: Installation, system: str) -> str:
    return read_certificate((installation.folder / "gateways" / f"{system}.cer").read_bytes()).sha256
