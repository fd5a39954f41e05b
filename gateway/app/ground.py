"""What both participants stand on: the store, the key, the gateways of ЭҮШ; and serving a site over it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from gateway.app.surroundings import NotConfigured, surroundings
from gateway.catalogue import Catalogue
from gateway.clock import Clock
from gateway.eds.certificate import read_certificate
from gateway.eds.keeping import EvidenceKeeper
from gateway.eds.keys import SigningKey, load_pkcs12
from gateway.eds.trust import CertificateChecker
from gateway.journal import Erasure, Forgetting, MessageLog, PersonHash, Retention, Vault
from gateway.journal.vault import KeyRefused
from gateway.serving import listening
from gateway.settings import Participant, Settings
from gateway.shep.client import Sender, ShepClient
from gateway.shep.collector import Collector
from gateway.shep.inbox import Inbox
from gateway.shep.message_log import LoggedPassages
from gateway.shep.outbox import Outbox
from gateway.shep.participant import Participant as ShepParticipant
from gateway.shep.person_payloads import PersonsPayloads
from gateway.shep.stored_payloads import StoredPayloads
from gateway.store import Store
from gateway.web.warming import compile_templates


@dataclass(frozen=True)
class Running:
    """A participant at work: its application (listening) and its store."""

    app: web.Application
    store: Store


@dataclass(frozen=True)
class Ground:
    """What both participants stand on."""

    clock: Clock
    store: Store
    key: SigningKey
    checker: CertificateChecker
    keeper: EvidenceKeeper
    persons: PersonHash
    clients: dict[str, ShepClient]
    outbox: Outbox
    inbox: Inbox
    shep: ShepParticipant
    retention: Retention
    collectors: tuple[Collector, ...]


@contextlib.asynccontextmanager
async def ground_of(settings: Settings, own: Participant) -> AsyncIterator[Ground]:
    """Put a participant's ground together until the context ends; raises `NotConfigured`."""
    async with contextlib.AsyncExitStack() as stack:
        around = await stack.enter_async_context(surroundings(settings))
        clock = around.clock
        store = await Store.open(
            own.database_url.get_secret_value(),
            schema=own.database_schema,
            clock=clock,
            heartbeat_timeout=own.heartbeat_timeout,
        )
        stack.push_async_callback(store.close)
        checker = CertificateChecker(around.anchors, around.revocation, clock)
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
                around.http,
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
        yield Ground(
            clock=clock,
            store=store,
            key=key,
            checker=checker,
            keeper=EvidenceKeeper(checker, around.timestamps),
            persons=persons,
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


@contextlib.asynccontextmanager
async def serving(ground: Ground, own: Participant, app: web.Application, catalogue: Catalogue) -> AsyncIterator[None]:
    """Serve a participant's site, with its end of ЭҮШ, and let its worker run until the context ends."""
    app.add_routes(ground.shep.routes())
    await ground.retention.begin()
    async with contextlib.AsyncExitStack() as stack:
        if own.worker:
            await stack.enter_async_context(ground.store.working())
            for each in ground.collectors:
                await stack.enter_async_context(each.collecting())
        await stack.enter_async_context(listening(app, own.host, own.port, reuse_port=own.reuse_port))
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
