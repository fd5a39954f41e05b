"""The world around the gateways: НУЦ, clock, state databases, temporary store and NCALayer in one process.

All but NCALayer stand behind one port, each under its own path: `/nca`, `/time/clock`, `/gbdfl`, `/gbdul`,
`/tempstorage`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import aiohttp
from aiohttp import web

from gateway.clock import Clock
from gateway.eds.certificate import read_certificate
from gateway.eds.keys import SigningKey, load_pkcs12
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import HttpFetcher
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.store import Store, migrate
from simulators import gbdfl, gbdul, nca, tempstorage
from simulators.clock import ClockState
from simulators.clock import create_app as clock_app
from simulators.edge import edge
from simulators.installation import LOOPBACK, PARTICIPANTS, Installation
from simulators.keys import KEY_PASSWORD, hand_out_keys, system_password, tls_files
from simulators.ncalayer import FolderKeyRing, HttpTimestamper, Ncalayer, NcalayerSettings
from simulators.population import Population
from simulators.population.cast import SYSTEMS


class OwnClock:
    """The clock service's time, for the process that runs it."""

    def __init__(self, state: ClockState) -> None:
        self._state = state

    def now(self) -> datetime:
        """Return the simulated moment."""
        return self._state.reading().simulated

    async def changed(self) -> None:
        """Return when the clock has been set."""
        await self._state.newer_than(self._state.version)


@dataclass(frozen=True)
class World:
    """What a test may reach into."""

    authority: nca.Authority
    clock: OwnClock
    clock_state: ClockState
    population: Population


def storage_password(installation: Installation, participant: str) -> str:
    """Return a participant's password at the temporary store."""
    return system_password(installation, f"{participant} at the store")


def key_of_system(installation: Installation, system: str) -> SigningKey:
    """Open a system's key (slow by design: run it in a thread)."""
    file = installation.folder / "keys" / f"{system}.p12"
    return load_pkcs12(file.read_bytes(), system_password(installation, system))


def checker_of(installation: Installation, http: aiohttp.ClientSession, clock: Clock) -> CertificateChecker:
    """Return the checker by which simulators judge whom they talk to."""
    anchors = Anchors.from_folder(installation.folder / "anchors")
    return CertificateChecker(anchors, RevocationChecker(HttpFetcher(http), clock), clock)


@contextlib.asynccontextmanager
async def world(installation: Installation) -> AsyncIterator[World]:
    """Run the world until the context ends; when it is entered, keys and anchors lie in the installation's folder."""
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        state = await asyncio.to_thread(ClockState.open, installation.folder / "clock.json")
        clock = OwnClock(state)
        stores = {}
        for name in ("nca", "tempstorage"):
            url = await installation.database_url(name)
            stores[name] = await Store.open(url, schema=name, clock=clock)
            stack.push_async_callback(stores[name].close)
        base = installation.address("world")
        profile = await asyncio.to_thread(nca.Profile.default)
        authority = await nca.Authority.open(stores["nca"], profile, installation.folder / "keys", f"{base}/nca")
        await hand_out_keys(authority, installation)
        population = await asyncio.to_thread(Population.generate)
        app = web.Application(middlewares=[edge])
        app.add_subapp("/nca", nca.create_app(authority))
        clock_routes = clock_app(state)
        app.add_subapp("/time", clock_routes)
        await _add_registries(app, installation, clock=clock, http=http, store=stores["tempstorage"], people=population)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=2, auto_decompress=False)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, LOOPBACK, installation.ports.world).start()
        certificate, key = await tls_files(authority, installation)
        program = Ncalayer(
            FolderKeyRing(installation.folder / "people"),
            NcalayerSettings(
                origins=frozenset({installation.address("portal"), installation.address("desk")}),
                tls_certificate=certificate,
                tls_key=key,
                wss_port=installation.ports.ncalayer,
                plain_port=installation.ports.ncalayer_plain,
            ),
            clock=clock,
            timestamper=HttpTimestamper(f"{base}/nca/tsp", http),
        )
        await stack.enter_async_context(program.running())
        yield World(authority, clock, state, population)


async def _add_registries(
    app: web.Application,
    installation: Installation,
    *,
    clock: OwnClock,
    http: aiohttp.ClientSession,
    store: Store,
    people: Population,
) -> None:
    checker = checker_of(installation, http, clock)
    gateways = {"shep": [read_certificate((installation.folder / "gateways" / "shep.cer").read_bytes())]}

    def official(name: str) -> SigningKey:
        return load_pkcs12((installation.folder / "people" / f"{name}-sign.p12").read_bytes(), KEY_PASSWORD)

    for registry, module in (("gbdfl", gbdfl), ("gbdul", gbdul)):
        part = module.create_app(
            people,
            official=await asyncio.to_thread(official, f"official-{registry}"),
            system=await asyncio.to_thread(key_of_system, installation, registry),
            gateways=gateways,
            checker=checker,
            clock=clock,
        )
        app.add_subapp(f"/{registry}", part)
    await migrate(store.database, tempstorage.MIGRATIONS)
    part = tempstorage.create_app(
        store.database,
        credentials={SYSTEMS[name].sender_id: storage_password(installation, name) for name in PARTICIPANTS},
        system=await asyncio.to_thread(key_of_system, installation, "tempstorage"),
        gateways=gateways,
        checker=checker,
        clock=clock,
    )
    app.add_subapp("/tempstorage", part)
