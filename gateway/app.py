"""The composition root: settings in, a participant of ЭҮШ out.

Channels and desk are put together apart and share nothing; in one process they are two applications on two ports, or
three: the operators' workplace of the State Corporation is a site of the channels. The checks are another, without a
database. All of it is one thing: which part is given to which.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

import aiohttp
from aiohttp import web

from gateway import scans
from gateway.catalogue import Catalogue, load_catalogue
from gateway.clock import Clock, FollowedClock, RealClock
from gateway.desk import Desk, ResultSettings, World
from gateway.desk.registers import OrganisationsOnRecord, PersonsOnRecord, StoredFiles
from gateway.desk.signatures import CheckedSignatures
from gateway.eds.certificate import read_certificate
from gateway.eds.keeping import EvidenceKeeper
from gateway.eds.keys import SigningKey, load_pkcs12
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import HttpFetcher
from gateway.eds.revocation.policy import Order, Profile, RevocationPolicy
from gateway.eds.revocation.store import ListStore
from gateway.eds.timestamping import TimestampClient
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.flows.arm.rooms import ArmRooms
from gateway.flows.checks import EdsChecks
from gateway.flows.delivery import ShepDelivery
from gateway.flows.refusals import SealedRefusals
from gateway.flows.registered_address import AddressesOnRecord
from gateway.flows.rooms import PortalRooms
from gateway.identity.numbers import Bin
from gateway.identity.sessions import PostgresSessions
from gateway.journal import Erasure, Forgetting, Journal, MessageLog, PersonHash, Retention, Vault
from gateway.journal.vault import KeyRefused
from gateway.migrations import CHANNELS, DESK
from gateway.operators_file import seed_operators
from gateway.registries.certification import OwnersOfficial
from gateway.registries.enis import Enis
from gateway.registries.errors import Registry
from gateway.registries.gbdfl import Gbdfl
from gateway.registries.gbdul import Gbdul
from gateway.registries.tempstorage import TempStorage
from gateway.registries.tempstorage_messages import Credentials
from gateway.serving import BoundedRunner
from gateway.settings import Arm as ArmSettings
from gateway.settings import Channels as ChannelsSettings
from gateway.settings import Checks as ChecksSettings
from gateway.settings import Desk as DeskSettings
from gateway.settings import Participant, Registries, Settings, TrustSettings
from gateway.shep.client import Sender, ShepClient
from gateway.shep.collector import Collector
from gateway.shep.inbox import Inbox
from gateway.shep.message_log import LoggedPassages
from gateway.shep.outbox import Outbox
from gateway.shep.participant import PUSH_PATH
from gateway.shep.participant import Participant as ShepParticipant
from gateway.shep.person_payloads import PersonsPayloads
from gateway.shep.stored_payloads import StoredPayloads
from gateway.staff_file import seed_staff
from gateway.store import Store, migrate
from gateway.web.arm import make_arm_app
from gateway.web.checks.app import SiteLimits, make_checks_app
from gateway.web.checks.judging import Checkers, Checks, Stamping
from gateway.web.desk import make_desk_app
from gateway.web.once import PostgresOnce
from gateway.web.portal import make_portal_app
from gateway.web.signing import Ncalayer
from gateway.web.warming import compile_templates


class NotConfigured(ValueError):
    """The settings lack what this process needs."""


@dataclass(frozen=True)
class Running:
    """A participant at work: its application (listening) and its store."""

    app: web.Application
    store: Store


@dataclass(frozen=True)
class _Ground:
    """What both participants stand on."""

    http: aiohttp.ClientSession
    clock: Clock
    store: Store
    key: SigningKey
    checker: CertificateChecker
    keeper: EvidenceKeeper
    clients: dict[str, ShepClient]
    outbox: Outbox
    inbox: Inbox
    shep: ShepParticipant
    retention: Retention
    collectors: tuple[Collector, ...]


@contextlib.asynccontextmanager
async def channels(settings: Settings) -> AsyncIterator[Running]:
    """Serve the portal until the context ends; raises `NotConfigured`."""
    own = settings.channels
    if own is None:
        raise NotConfigured("the settings have no part `channels`")
    async with _ground(settings, own) as ground:
        await migrate(ground.store.database, CHANNELS)
        catalogue = load_catalogue()
        given = _ports(own, ground, catalogue)
        rooms = PortalRooms.open(
            **given,
            refusals=SealedRefusals(
                catalogue=catalogue,
                key=ground.key,
                verification=own.public_url,
                simulated=settings.simulation,
                signatures=given["signatures"],
            ),
            person_key=own.person_key.get_secret_value().encode(),
            public_url=own.public_url,
            hold_limit=own.hold_limit,
            addresses=_addresses(ground, own),
        )
        rooms.answers.listen(ground.inbox)
        app = make_portal_app(
            rooms,
            once=PostgresOnce(ground.store.database),
            ncalayer=_ncalayer(own),
            simulation=settings.simulation,
            secure=own.public_url.startswith("https:"),
            origins=frozenset({own.public_url.rstrip("/")}),
            machine_paths=(PUSH_PATH,),
        )
        async with contextlib.AsyncExitStack() as stack:
            if own.arm is not None:
                await stack.enter_async_context(_arm(settings, own, own.arm, ground, given))
            await stack.enter_async_context(_serving(ground, own, app, catalogue))
            yield Running(app, ground.store)


@contextlib.asynccontextmanager
async def desk(settings: Settings) -> AsyncIterator[Running]:
    """Serve the provider's desk until the context ends; raises `NotConfigured`."""
    own = settings.desk
    if own is None:
        raise NotConfigured("the settings have no part `desk`")
    async with _ground(settings, own) as ground:
        await migrate(ground.store.database, DESK)
        catalogue = load_catalogue()
        workplace = Desk.open(
            ground.store,
            catalogue,
            _world(ground, own),
            results=ResultSettings(verification=own.verification_url, simulated=settings.simulation),
            persons=PersonHash(own.person_key.get_secret_value().encode()),
        )
        if own.staff is not None:
            await seed_staff(workplace.staff, own.staff)
        workplace.listen(ground.inbox)
        app = make_desk_app(
            workplace,
            sessions=PostgresSessions(ground.store.database),
            once=PostgresOnce(ground.store.database),
            ncalayer=_ncalayer(own),
            simulation=settings.simulation,
            secure=own.public_url.startswith("https:"),
            origins=frozenset({own.public_url.rstrip("/")}),
            machine_paths=(PUSH_PATH,),
        )
        async with _serving(ground, own, app, catalogue):
            yield Running(app, ground.store)


@contextlib.asynccontextmanager
async def checks(settings: Settings) -> AsyncIterator[web.Application]:
    """Serve the checks for programs until the context ends; raises `NotConfigured`."""
    if settings.trust is None:
        raise NotConfigured("the settings have no part `trust`")
    own = settings.checks or ChecksSettings()
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        clock = await _clock(settings, http, stack)
        revocation = _revocation(settings.trust, http, clock)
        await stack.enter_async_context(revocation.renewing())
        fetcher, tsa_url = _fetcher(settings.trust, http), settings.trust.tsa_url
        app = make_checks_app(
            Checks(
                Checkers.over(Anchors.from_folder(settings.trust.anchors), revocation, fetcher, clock),
                clock,
                always_ask=own.always_ask,
                authentication_keys=own.authentication_keys,
                stamping=Stamping(tsa_url, fetcher, settings.trust.tsa_policy) if tsa_url else None,
            ),
            signing=own.signing,
            limits=SiteLimits(own.max_body, own.concurrency),
            host=own.host,
            hosts=own.hosts,
            origins=own.origins,
        )
        runner = BoundedRunner(app)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, own.host, own.port, reuse_port=own.reuse_port).start()
        yield app


async def serve(settings: Settings, participants: Sequence[str]) -> None:
    """Serve participants by name until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        for participant in participants:
            site = {"channels": channels, "desk": desk, "checks": checks}[participant]
            await stack.enter_async_context(site(settings))
        await stop.wait()


@contextlib.asynccontextmanager
async def _ground(settings: Settings, own: Participant) -> AsyncIterator[_Ground]:
    if settings.trust is None:
        raise NotConfigured("the settings have no part `trust`")
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        clock = await _clock(settings, http, stack)
        store = await Store.open(
            own.database_url.get_secret_value(),
            schema=own.database_schema,
            clock=clock,
            heartbeat_timeout=own.heartbeat_timeout,
        )
        stack.push_async_callback(store.close)
        revocation = _revocation(settings.trust, http, clock)
        await stack.enter_async_context(revocation.renewing())
        checker = CertificateChecker(Anchors.from_folder(settings.trust.anchors), revocation, clock)
        keeper = EvidenceKeeper(checker, _timestamps(settings.trust, http))
        password = own.key.password.get_secret_value()
        key = await asyncio.to_thread(lambda: load_pkcs12(own.key.file.read_bytes(), password))
        vault = _vault(own)
        persons = PersonHash(own.person_key.get_secret_value().encode())
        log = MessageLog(store.database, clock, vault, persons)
        Erasure(store, also=[PersonsPayloads(store.database, vault, persons).erase])
        passages = LoggedPassages(log)
        certificates = {name: [read_certificate(one.certificate.read_bytes())] for name, one in own.gateways.items()}
        clients = {
            name: ShepClient(
                http,
                sync_url=one.sync_url,
                async_url=one.async_url,
                sender=Sender(own.sender_id, own.sender_password.get_secret_value()),
                key=key,
                gateway_certificates=certificates[name],
                checker=checker,
                clock=clock,
                name=name,
                log=passages,
            )
            for name, one in own.gateways.items()
        }
        if own.home_gateway not in clients:
            raise NotConfigured(f"the home gateway {own.home_gateway!r} is not among the gateways")
        outbox, inbox = Outbox(store, clients, vault=vault), Inbox(store, vault=vault)
        yield _Ground(
            http=http,
            clock=clock,
            store=store,
            key=key,
            checker=checker,
            keeper=keeper,
            clients=clients,
            outbox=outbox,
            inbox=inbox,
            shep=ShepParticipant(
                gateways=certificates,
                key=key,
                checker=checker,
                clock=clock,
                receiver=inbox,
                on_status=outbox.note_status,
                log=passages,
            ),
            retention=_retention(store, own, log, StoredPayloads(store.database, vault)),
            collectors=tuple(
                Collector(clients[name], inbox, one.pull, clock=clock, interval=one.pull_interval)
                for name, one in own.gateways.items()
                if one.pull
            ),
        )


class _Ports(TypedDict):
    """What portal and operators' workplace are both put together from."""

    store: Store
    catalogue: Catalogue
    journal: Journal
    signatures: EdsChecks
    dispatch: ShepDelivery


def _ports(own: ChannelsSettings, ground: _Ground, catalogue: Catalogue) -> _Ports:
    journal = Journal(ground.store.database, ground.clock)
    return _Ports(
        store=ground.store,
        catalogue=catalogue,
        journal=journal,
        signatures=EdsChecks(ground.checker, ground.keeper),
        dispatch=ShepDelivery(
            store=ground.store,
            catalogue=catalogue,
            journal=journal,
            outbox=ground.outbox,
            tempstorage=_tempstorage(ground, own),
            gateway=own.home_gateway,
        ),
    )


@contextlib.asynccontextmanager
async def _arm(
    settings: Settings, own: ChannelsSettings, site: ArmSettings, ground: _Ground, given: _Ports
) -> AsyncIterator[None]:
    """Serve the operators' workplace beside the portal, on the same store, until the context ends."""
    rooms = ArmRooms.open(
        **given,
        persons=PersonHash(own.person_key.get_secret_value().encode()),
        **_asked_at_the_window(ground, own),
        outbox=ground.outbox,
        gateway=own.home_gateway,
        public_url=site.public_url,
        hold_limit=own.hold_limit,
        simulated=settings.simulation,
    )
    rooms.registers.listen(ground.inbox)
    if site.staff is not None:
        await seed_operators(rooms.operators, site.staff)
    app = make_arm_app(
        rooms,
        sessions=rooms.sessions,
        once=PostgresOnce(ground.store.database),
        ncalayer=_ncalayer(own),
        simulation=settings.simulation,
        secure=site.public_url.startswith("https:"),
        origins=frozenset({site.public_url.rstrip("/")}),
        lock_after=site.lock_after,
    )
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(scans.close)
        runner = BoundedRunner(app)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, site.host, site.port, reuse_port=own.reuse_port).start()
        yield


@contextlib.asynccontextmanager
async def _serving(
    ground: _Ground, own: Participant, app: web.Application, catalogue: Catalogue
) -> AsyncIterator[None]:
    app.add_routes(ground.shep.routes())
    runner = BoundedRunner(app)
    await runner.setup()
    await ground.retention.begin()
    async with contextlib.AsyncExitStack() as stack:
        if own.worker:
            await stack.enter_async_context(ground.store.working())
            for each in ground.collectors:
                await stack.enter_async_context(each.collecting())
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, own.host, own.port, reuse_port=own.reuse_port).start()
        warming = asyncio.create_task(asyncio.to_thread(_warm_up, app, catalogue, ground.clock.now().date()))
        yield
        await warming


def _vault(own: Participant) -> Vault:
    try:
        return Vault.of(key.get_secret_value() for key in own.journal_keys)
    except KeyRefused as error:
        raise NotConfigured(f"{own.database_schema}: {error}") from None


def _retention(store: Store, own: Participant, log: MessageLog, payloads: StoredPayloads) -> Retention:
    return Retention(
        store,
        [
            Forgetting("message log", own.journal_retention, log.forget),
            Forgetting("payloads of finished messages", own.payload_retention, payloads.forget_done),
            Forgetting("payloads of stopped messages", own.journal_retention, payloads.forget_stopped),
        ],
        also=[log.reseal, payloads.reseal],
    )


def _warm_up(app: web.Application, catalogue: Catalogue, today: date) -> None:
    """Do what the first visitor would wait for: compile the templates, read the year's holidays."""
    compile_templates(app)
    catalogue.calendar.next_working_day(today)


async def _clock(settings: Settings, http: aiohttp.ClientSession, stack: contextlib.AsyncExitStack) -> Clock:
    if settings.clock_url is None:
        return RealClock()
    return await stack.enter_async_context(FollowedClock(settings.clock_url, http).following())


def _fetcher(trust: TrustSettings, http: aiohttp.ClientSession) -> HttpFetcher:
    return HttpFetcher(http, timeout_seconds=trust.timeout.total_seconds())


def _timestamps(trust: TrustSettings, http: aiohttp.ClientSession) -> TimestampClient | None:
    if trust.tsa_url is None:
        return None
    return TimestampClient(_fetcher(trust, http), trust.tsa_url, policy=trust.tsa_policy)


def _revocation(trust: TrustSettings, http: aiohttp.ClientSession, clock: Clock) -> RevocationChecker:
    fetcher = _fetcher(trust, http)
    policy = RevocationPolicy.of(
        Profile(trust.revocation_profile),
        order=Order.named(trust.revocation_order),
        ocsp_max_age=trust.revocation_freshness,
        reuse=trust.revocation_reuse,
        crl_max_age=trust.crl_freshness,
        authority_crl_max_age=trust.authority_crl_freshness,
        crl_reuse=trust.crl_reuse,
    )
    store = ListStore(trust.cache) if trust.cache is not None else None
    return RevocationChecker(fetcher, clock, policy, store=store)


def _tempstorage(ground: _Ground, own: Participant) -> TempStorage:
    credentials = Credentials(own.sender_id, own.storage_password.get_secret_value())
    return TempStorage(ground.clients[own.home_gateway], credentials=credentials)


def _ncalayer(own: Participant) -> Ncalayer:
    return Ncalayer(own.ncalayer_url, own.ncalayer_window_url, own.ncalayer_any_chain)


def _addresses(ground: _Ground, own: ChannelsSettings) -> AddressesOnRecord | None:
    if own.registries is None:
        return None
    return AddressesOnRecord(*_registries(ground, own, own.registries))


class _AskedAtTheWindow(TypedDict):
    persons_registry: Gbdfl | None
    organisations: Gbdul | None
    powers: Enis | None


def _asked_at_the_window(ground: _Ground, own: ChannelsSettings) -> _AskedAtTheWindow:
    """Return whom process 3 asks; without settings nobody, and an operator is told that the data are out of reach."""
    if own.registries is None:
        return _AskedAtTheWindow(persons_registry=None, organisations=None, powers=None)
    gbdfl, gbdul = _registries(ground, own, own.registries)
    owner = own.registries.enis_owner
    powers = None
    if owner is not None:
        official = OwnersOfficial(Registry.ENIS, ground.checker, Bin(owner), ground.keeper)
        powers = Enis(ground.clients[own.home_gateway], official, clock=ground.clock)
    return _AskedAtTheWindow(persons_registry=gbdfl, organisations=gbdul, powers=powers)


def _registries(ground: _Ground, own: Participant, registries: Registries) -> tuple[Gbdfl, Gbdul]:
    asker = ground.clients[own.home_gateway]
    gbdfl = Gbdfl(
        asker,
        OwnersOfficial(Registry.GBDFL, ground.checker, Bin(registries.gbdfl_owner), ground.keeper),
        sender_code=registries.sender_code,
        clock=ground.clock,
    )
    gbdul = Gbdul(
        asker,
        OwnersOfficial(Registry.GBDUL, ground.checker, Bin(registries.gbdul_owner), ground.keeper),
        requestor=Bin(registries.requestor),
        key=ground.key,
    )
    return gbdfl, gbdul


def _world(ground: _Ground, own: DeskSettings) -> World:
    gbdfl, gbdul = _registries(ground, own, own.registries)
    return World(
        outgoing=ground.outbox,
        signatures=CheckedSignatures(ground.checker, ground.keeper),
        persons=PersonsOnRecord(gbdfl),
        organisations=OrganisationsOnRecord(gbdul),
        files=StoredFiles(_tempstorage(ground, own)),
    )
