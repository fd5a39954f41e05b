"""A centre, a region and three systems on loopback, with real signatures and schemas of their own."""

import asyncio
import base64
import contextlib
import itertools
import os
import socket
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import asyncpg
from aiohttp import web

from gateway.shep.client import ShepClient
from gateway.shep.inbox import Inbox
from gateway.shep.messages import Payload, PayloadForm, Sender
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from gateway.shep.outbox import Outbox
from gateway.shep.participant import ASK_PATH, PUSH_PATH, Participant, SyncReply
from gateway.store import Store
from simulators.shep.config import GatewayConfig, hash_password
from simulators.shep.gateway import Gateway, make_gateway
from tests.unit.shep.pki import BINS, checker, key_of

QUESTION_SERVICE = "GBDFL_UniversalServiceSync"
MESSAGE_SERVICE = "QYZMET_UNEMPLOYED_CERTIFICATE"
PASSWORDS = {name: f"password of {name}" for name in ("PORTAL", "DESK", "GBDFL")}
_schemas = itertools.count(1)


def listen():
    """Return a bound socket and its base address."""
    bound = bind(0)
    return bound, f"http://127.0.0.1:{bound.getsockname()[1]}"


def bind(port):
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    return bound


async def eventually(condition, seconds=15):
    """Wait until `condition` (a function, maybe asynchronous) is true, and return its value."""
    for _ in range(int(seconds * 40)):
        value = condition()
        if asyncio.iscoroutine(value):
            value = await value
        if value:
            return value
        await asyncio.sleep(0.025)
    raise AssertionError("it did not happen in time")


@contextlib.asynccontextmanager
async def working(*stores):
    """Run the jobs and timers of `stores`."""
    tasks = [asyncio.create_task(store.run()) for store in stores]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def pem(certificate):
    body = base64.encodebytes(certificate.der).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"


@dataclass
class System:
    """A participant: its store, where it listens, what it was pushed."""

    name: str
    store: Store
    inbox: Inbox
    url: str = ""
    received: list = field(default_factory=list)
    statuses: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    outbox: Outbox | None = None


class World:
    """Everything together; `centre` and `region` are the two gateways."""

    def __init__(self, *, database_url, clock, http, new_store, keys=None, anchors=()):
        self.database_url, self.clock, self.http, self.new_store = database_url, clock, http, new_store
        self.keys = keys or {}
        self.checker = checker(clock, *anchors)
        self.urls, self.schemas, self.stores, self.configs = {}, {}, {}, {}
        self.systems = {}
        self.questions = []
        self.reply = SyncReply(Payload(PayloadForm.TYPED, b"<data><found/></data>"))
        self._runners = {}
        self._sockets = {}

    async def raise_all(self, **overrides):
        for name in ("SHEP", "RSHEP", "PORTAL", "DESK", "GBDFL"):
            self._sockets[name], self.urls[name] = listen()
        for name in ("SHEP", "RSHEP"):
            await self.raise_gateway(name, **overrides)
        for name in ("PORTAL", "DESK"):
            await self._raise_system(name)
        await self.serve_provider()

    async def serve_provider(self):
        provider = Participant(
            gateways=self.gateway_certificates(),
            key=self.key("GBDFL"),
            checker=self.checker,
            clock=self.clock,
            services={QUESTION_SERVICE: self._answer},
        )
        await self._serve("GBDFL", provider.routes())

    def key(self, name):
        """Return a party's key; a world may be given keys of other algorithms."""
        return self.keys.get(name) or key_of(name)

    def gateway_certificates(self):
        return {"shep": [self.key("SHEP").certificate], "rshep": [self.key("RSHEP").certificate]}

    def config(self, name, **overrides):
        other = "RSHEP" if name == "SHEP" else "SHEP"
        central = name == "SHEP"
        services = [
            {"service_id": QUESTION_SERVICE, "channel": "sync", "owner": "GBDFL" if central else other},
            {"service_id": MESSAGE_SERVICE, "channel": "async", "owner": "DESK"},
            *(overrides.pop("services", ()) if central else ()),
        ]
        every = [each["service_id"] for each in services]
        systems = ("PORTAL", "DESK", "GBDFL") if central else ("DESK",)
        pulls = overrides.pop("pulls", ())
        return GatewayConfig.model_validate(
            {
                "name": name,
                "number_base": 254_000_000 if central else 871_000_000,
                "systems": [
                    {**self.system_entry(each), **({"delivery": "pull"} if each in pulls else {})} for each in systems
                ],
                "peers": [
                    {
                        "name": other,
                        "certificates": [pem(self.key(other).certificate)],
                        "sync_url": self.urls[other] + SYNC_PATH,
                        "async_url": self.urls[other] + ASYNC_PATH,
                    }
                ],
                "services": services,
                "rights": {"PORTAL": every, "DESK": [QUESTION_SERVICE]} if central else {"DESK": every},
                "routes": [
                    {"route_id": "R_KARAGANDA", "to": "RSHEP" if central else "DESK"},
                    {"route_id": "R_ALMATY_EDU", "to": "DESK"},
                ],
                "delivery": {"first": "PT2S", "longest": "PT10M", "limit": "PT24H", "timeout_seconds": 5},
                **{key: value for key, value in overrides.items() if key != "services"},
            }
        )

    def system_entry(self, name):
        return {
            "sender_id": name,
            "password_sha256": hash_password(PASSWORDS[name]),
            "certificate": {"sha256": self.keys[name].certificate.sha256} if name in self.keys else {"bin": BINS[name]},
            "push_url": self.urls[name] + PUSH_PATH,
            "sync_url": self.urls[name] + ASK_PATH,
            "status_notifications": name == "PORTAL",
        }

    async def raise_gateway(self, name, **overrides):
        """Start a gateway, on its earlier schema and address when it stood before."""
        if name not in self.schemas:
            self.schemas[name] = f"{name.lower()}_{os.getpid()}_{next(_schemas)}"
            admin = await asyncpg.connect(self.database_url)
            await admin.execute(f"CREATE SCHEMA {self.schemas[name]}")
            await admin.close()
        store = await Store.open(
            self.database_url, schema=self.schemas[name], clock=self.clock, heartbeat_timeout=timedelta(seconds=1)
        )
        self.stores[name] = store
        gateway = await make_gateway(
            self.config(name, **overrides),
            store=store,
            key=self.key(name),
            checker=self.checker,
            http=self.http,
            clock=self.clock,
        )
        setattr(self, "centre" if name == "SHEP" else "region", gateway)
        await self._serve(name, None, gateway)

    async def fell(self, name):
        """Stop a gateway's server and give its connections back."""
        await self._runners.pop(name).cleanup()
        await self.stores.pop(name).close()
        self._sockets[name] = bind(int(self.urls[name].rsplit(":", 1)[1]))

    async def fell_system(self, name):
        """Stop a system's server; its address stays its own."""
        await self._runners.pop(name).cleanup()
        self._sockets[name] = bind(int(self.urls[name].rsplit(":", 1)[1]))

    async def serve_system(self, name):
        system = self.systems[name]

        async def note(notification, gateway):
            system.statuses.append((notification.message_id, notification.state.value))
            system.errors.append(notification.error)
            await system.outbox.note_status(notification, gateway)

        participant = Participant(
            gateways=self.gateway_certificates(),
            key=self.key(name),
            checker=self.checker,
            clock=self.clock,
            receiver=system.inbox,
            on_status=note,
        )
        await self._serve(name, participant.routes())

    async def _raise_system(self, name):
        tables = [f"gateway/shep/sql/{each}.sql" for each in ("outbox", "inbox", "outbox_sendings")]
        store = await self.new_store(name.lower(), *tables)
        system = System(name, store, Inbox(store), self.urls[name])
        system.outbox = Outbox(store, {"shep": self.client(name, "SHEP"), "rshep": self.client(name, "RSHEP")})
        self.systems[name] = system
        await self.serve_system(name)

    async def _answer(self, question, sender):
        self.questions.append((question, sender))
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply

    async def _serve(self, name, routes, gateway: Gateway | None = None):
        app = gateway.app if gateway else web.Application()
        if routes:
            app.add_routes(routes)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, self._sockets[name]).start()
        self._runners[name] = runner

    def client(self, name, gateway="SHEP", **changes):
        fields = {
            "sync_url": self.urls[gateway] + SYNC_PATH,
            "async_url": self.urls[gateway] + ASYNC_PATH,
            "sender": Sender(name, PASSWORDS.get(name, "")),
            "key": self.key(name),
            "gateway_certificates": [self.key(gateway).certificate],
            "checker": self.checker,
            "clock": self.clock,
            "timeout": 5,
            "patience": 0,
        }
        return ShepClient(self.http, **{**fields, **changes})

    async def journal(self, gateway="SHEP", **filters):
        chosen = self.centre if gateway == "SHEP" else self.region
        return await chosen.journal.search(**filters)

    async def close(self):
        for runner in self._runners.values():
            await runner.cleanup()
        for store in self.stores.values():
            await store.close()
        for bound in self._sockets.values():
            bound.close()


@contextlib.asynccontextmanager
async def a_world(*, database_url, clock, new_store, keys=None, anchors=(), **overrides):
    """Raise a world and take it down."""
    async with aiohttp.ClientSession() as http:
        parts = {"database_url": database_url, "clock": clock, "http": http, "new_store": new_store}
        world = World(**parts, keys=keys, anchors=anchors)
        try:
            await world.raise_all(**overrides)
            yield world
        finally:
            await world.close()
