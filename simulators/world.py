"""The world around the gateways: НУЦ, clock, state databases, temporary store and NCALayer in one process.

All but NCALayer stand behind one port, each under its own path: `/nca`, `/time/clock`, `/gbdfl`, `/gbdul`, `/enis`,
`/kdp`, `/tempstorage`, `/echo`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
from aiohttp import web

from gateway.clock import Clock
from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.keys import SigningKey, load_pkcs12
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import HttpFetcher
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.serving import listening
from gateway.shep.client import Sender, ShepClient
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from gateway.store import Store, migrate
from simulators import enis, gbdfl, gbdul, integrator, kdp, nca, tempstorage
from simulators.clock import ClockState
from simulators.clock import create_app as clock_app
from simulators.echo import app as echo
from simulators.edge import edge
from simulators.installation import LOOPBACK, PARTICIPANTS, Installation
from simulators.keys import KEY_PASSWORD, hand_out_keys, system_password, tls_files
from simulators.ncalayer import FolderKeyRing, HttpTimestamper, LikelySigners, Ncalayer, NcalayerSettings
from simulators.population import Population, departments, staff
from simulators.population.cast import ORGANISATIONS, SYSTEMS

CONSENTS_OF_GBDFL = frozenset({"GBDFLUniversal_token", "MCDB_SERVICE"})
"""What a consent may be for when ГБД ФЛ is shown it: the two values of `access_name` that are seen."""


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
        for name in ("nca", "kdp", "tempstorage", "echo"):
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
        await _add_registries(app, installation, clock=clock, http=http, stores=stores, people=population)
        await _add_echo(app, installation, clock=clock, http=http, store=stores["echo"])
        await stack.enter_async_context(stores["echo"].working())
        await stack.enter_async_context(listening(app, LOOPBACK, installation.ports.world, shutdown_seconds=2))
        certificate, key = await tls_files(authority, installation)
        program = Ncalayer(
            FolderKeyRing(installation.folder / "people"),
            NcalayerSettings(
                origins=frozenset(installation.address(site) for site in ("portal", "arm", "desk")),
                tls_certificate=certificate,
                tls_key=key,
                wss_port=installation.ports.ncalayer,
                plain_port=installation.ports.ncalayer_plain,
                likely={
                    installation.address("portal"): LikelySigners(),
                    installation.address("arm"): LikelySigners(frozenset({departments.corporation().bin})),
                    installation.address("desk"): LikelySigners(frozenset(one.bin for one in staff.organisations())),
                },
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
    stores: Mapping[str, Store],
    people: Population,
) -> None:
    """Mount the providers behind ЭҮШ, each with its system's key; answers are certified by their owners' officials."""
    common: dict[str, Any] = {
        "gateways": {"shep": [_certificate(installation, "shep")]},
        "checker": checker_of(installation, http, clock),
        "clock": clock,
    }
    companies = {
        SYSTEMS[name].sender_id: kdp.Company(
            ORGANISATIONS[SYSTEMS[name].organisation].bin, _certificate(installation, name)
        )
        for name in PARTICIPANTS
    }
    companies[integrator.SENDER_ID] = kdp.Company(
        integrator.ORGANISATION.bin,
        read_certificate(integrator.key_file(installation.folder, "rsa").with_suffix(".cer").read_bytes()),
    )
    keys = {
        name: await asyncio.to_thread(key_of_system, installation, name)
        for name in ("gbdfl", "gbdul", "enis", "kdp", "tempstorage")
    }

    def official(name: str) -> SigningKey:
        return load_pkcs12((installation.folder / "people" / f"{name}-sign.p12").read_bytes(), KEY_PASSWORD)

    await migrate(stores["kdp"].database, kdp.MIGRATIONS)
    tokens = kdp.Tokens(keys["kdp"])
    consents = kdp.Consents(stores["kdp"].database, tokens, clock)
    judge = kdp.TokenJudge(tokens, consents, companies=companies, accepted=CONSENTS_OF_GBDFL, clock=clock)
    special: dict[str, dict[str, Any]] = {"gbdfl": {"consents": judge}}
    for registry, module in (("gbdfl", gbdfl), ("gbdul", gbdul), ("enis", enis)):
        part = module.create_app(
            people,
            official=await asyncio.to_thread(official, f"official-{registry}"),
            system=keys[registry],
            **special.get(registry, {}),
            **common,
        )
        app.add_subapp(f"/{registry}", part)
    app.add_subapp(
        "/kdp",
        kdp.create_app(
            consents,
            tokens,
            people,
            companies=companies,
            may_omit_sms=frozenset({SYSTEMS["channels"].sender_id}),
            system=keys["kdp"],
            **common,
        ),
    )
    await migrate(stores["tempstorage"].database, tempstorage.MIGRATIONS)
    part = tempstorage.create_app(
        stores["tempstorage"].database,
        credentials={SYSTEMS[name].sender_id: storage_password(installation, name) for name in PARTICIPANTS}
        | {integrator.SENDER_ID: integrator.PASSWORD},
        system=keys["tempstorage"],
        **common,
    )
    app.add_subapp("/tempstorage", part)


def _certificate(installation: Installation, system: str) -> Certificate:
    return read_certificate((installation.folder / "gateways" / f"{system}.cer").read_bytes())


async def _add_echo(
    app: web.Application,
    installation: Installation,
    *,
    clock: OwnClock,
    http: aiohttp.ClientSession,
    store: Store,
) -> None:
    """Mount the echo; its answers to messages go out while its store works."""
    checker = checker_of(installation, http, clock)
    shep = [_certificate(installation, "shep")]
    key = await asyncio.to_thread(key_of_system, installation, "echo")
    client = ShepClient(
        http,
        sync_url=f"{installation.address('shep')}{SYNC_PATH}",
        async_url=f"{installation.address('shep')}{ASYNC_PATH}",
        sender=Sender(SYSTEMS["echo"].sender_id, system_password(installation, "echo at the gateway")),
        key=key,
        gateway_certificates=shep,
        checker=checker,
        clock=clock,
    )
    await migrate(store.database, echo.MIGRATIONS)
    part = echo.create_app(store, clients={"shep": client}, system=key, gateways={"shep": shep}, checker=checker)
    app.add_subapp("/echo", part)
