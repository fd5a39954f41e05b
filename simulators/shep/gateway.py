"""One gateway: central or regional by its configuration."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import aiohttp
import structlog
from aiohttp import web

from gateway.clock import Clock
from gateway.eds.keys import SigningKey
from gateway.eds.trust import CertificateChecker
from gateway.shep.documents import WsdlService, channel_documents
from gateway.shep.names import ASYNC_PATH, MAX_ENVELOPE_BYTES, SYNC_PATH
from gateway.store import Store, migrate
from simulators.edge import FURTHER_HOSTS, edge
from simulators.shep.admin import Admin
from simulators.shep.async_door import AsyncDoor
from simulators.shep.checks import Checks
from simulators.shep.config import GatewayConfig
from simulators.shep.delivery import Delivery
from simulators.shep.faults import FaultKit
from simulators.shep.first_answers import StoredAnswers
from simulators.shep.journal import Journal
from simulators.shep.parts import Parts
from simulators.shep.registry import Registry
from simulators.shep.registry_admin import RegistryAdmin
from simulators.shep.registry_changes import RegistryChanges
from simulators.shep.settling import Settling
from simulators.shep.sync_door import SyncDoor

_log = structlog.get_logger(__name__)
MIGRATIONS: Final = Path(__file__).parent / "migrations"


class Gateway:
    """A gateway that is ready to serve `app`; its store must be run for messages to be delivered."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._changes = RegistryChanges(parts.store.database, parts.registry)
        self._answers = StoredAnswers(parts.store, kept=parts.config.answers_kept)
        self.registry = parts.registry
        self.journal = parts.journal
        self.faults = parts.faults
        self._settling = settling = Settling(parts)
        Delivery(parts, settling)
        sync, asynchronous = SyncDoor(parts, self._answers), AsyncDoor(parts, settling)
        self._doors = [
            *(web.post(path, sync.handle) for path in (SYNC_PATH, SYNC_PATH.rstrip("/"))),
            *(web.post(path, asynchronous.handle) for path in (ASYNC_PATH, ASYNC_PATH.rstrip("/"))),
            *channel_documents(SYNC_PATH, WsdlService.SYNC),
            *channel_documents(ASYNC_PATH, WsdlService.ASYNC),
        ]
        self._admin = [*Admin(parts, settling).routes(), *RegistryAdmin(parts, self._changes, settling).routes()]
        self.app = _app([*self._doors, *self._admin])

    def __repr__(self) -> str:
        return f"<Gateway {self._parts.config.name}>"

    def apart(self, *, hosts: Iterable[str] = ()) -> tuple[web.Application, web.Application]:
        """Return the doors, which answer to the names `hosts` too, and the admin API, each without the other."""
        doors, admin = _app(self._doors), _app(self._admin)
        doors[FURTHER_HOSTS] = frozenset(hosts)
        return doors, admin

    async def prepare(self) -> None:
        """Bring the schema up to date and take up what was changed in the registry before."""
        await migrate(self._parts.store.database, MIGRATIONS)
        await self._changes.restore()
        if self._changes.passed_over:
            _log.warning(
                "registry-changes-passed-over", gateway=self._parts.config.name, these=self._changes.passed_over
            )
        await self._settling.begin_stranded()
        await self._answers.prepare()


def _app(routes: Iterable[web.RouteDef]) -> web.Application:
    app = web.Application(middlewares=[edge], client_max_size=MAX_ENVELOPE_BYTES)
    app.add_routes(routes)
    return app


async def make_gateway(
    config: GatewayConfig,
    *,
    store: Store,
    key: SigningKey,
    checker: CertificateChecker,
    http: aiohttp.ClientSession,
    clock: Clock,
) -> Gateway:
    """Return a gateway whose schema is migrated; the caller serves `app` and runs `store`."""
    registry = Registry(config)
    parts = Parts(
        config=config,
        registry=registry,
        checks=Checks(registry, checker, mode=config.mode),
        journal=Journal(store.database),
        faults=FaultKit(),
        store=store,
        key=key,
        checker=checker,
        http=http,
        clock=clock,
    )
    gateway = Gateway(parts)
    await gateway.prepare()
    return gateway
