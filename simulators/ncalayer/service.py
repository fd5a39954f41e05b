"""The running program: the websocket over TLS, the plain one for the demo, and the window beside it."""

from __future__ import annotations

import contextlib
import errno
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from aiohttp import web

from gateway.clock import Clock, RealClock
from simulators.edge import edge
from simulators.ncalayer.connection import Connection
from simulators.ncalayer.dialog import Automatic, Chooser, Dialog, Question
from simulators.ncalayer.gate import Origins
from simulators.ncalayer.keyring import KeyRing
from simulators.ncalayer.order import LikelySigners
from simulators.ncalayer.program import Caller, Program
from simulators.ncalayer.timestamps import NoTimestamper, Timestamper
from simulators.ncalayer.window import Window, harden

HOST = "127.0.0.1"
VERSION = "1.4"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class NcalayerSettings:
    """Where the program listens and whom it serves. A port that is taken is replaced by a free one, aloud."""

    origins: frozenset[str]
    """Origins whose pages may ask (`http://127.0.0.1:8080`)."""
    tls_certificate: Path | None = None
    """PEM chain for 127.0.0.1; without it there is no wss."""
    tls_key: Path | None = None
    wss_port: int = 13579
    plain_port: int = 13580
    local_programs: bool = True
    """Serve clients that send no Origin, which browsers always do."""
    storages: frozenset[str] = frozenset({"PKCS12"})
    patience_seconds: float = 600
    """How long a question waits before it counts as cancelled."""
    likely: Mapping[str, LikelySigners] = field(default_factory=dict)
    """By origin, who signs there: their keys are listed first."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the program really listens."""

    plain: str
    window: str
    secure: str | None = None


class Ncalayer:
    """The simulated NCALayer.

    `select` switches the window off and answers every question by itself: for tests only.
    """

    def __init__(
        self,
        ring: KeyRing,
        settings: NcalayerSettings,
        *,
        clock: Clock | None = None,
        timestamper: Timestamper | None = None,
        select: Callable[[Question], tuple[str, str] | None] | None = None,
    ) -> None:
        clock = clock or RealClock()
        self._settings = settings
        self._origins = Origins(settings.origins, local_programs=settings.local_programs)
        self.dialog = Dialog(ring, clock, patience_seconds=settings.patience_seconds, likely=settings.likely)
        chooser: Chooser = Automatic(ring, select) if select else self.dialog
        self._program = Program(chooser, clock, timestamper or NoTimestamper(), settings.storages)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Addresses]:
        """Listen for as long as the context is open."""
        async with contextlib.AsyncExitStack() as stack:
            plain = await self._listen(stack, self._plain_app(), self._settings.plain_port, None)
            secure = None
            if self._settings.tls_certificate and self._settings.tls_key:
                context = _tls(self._settings.tls_certificate, self._settings.tls_key)
                secure = await self._listen(stack, self._socket_app(), self._settings.wss_port, context)
            addresses = Addresses(
                plain=f"ws://{HOST}:{plain}",
                window=f"http://{HOST}:{plain}/window",
                secure=f"wss://{HOST}:{secure}" if secure else None,
            )
            _log.info("ncalayer-listens", plain=addresses.plain, secure=addresses.secure, window=addresses.window)
            yield addresses

    def _socket_app(self) -> web.Application:
        app = web.Application(middlewares=[edge])
        app.on_response_prepare.append(harden)
        app.router.add_get("/", self.socket)
        return app

    def _plain_app(self) -> web.Application:
        app = self._socket_app()
        Window(self.dialog).add_to(app)
        return app

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """Open a connection for an allowed origin; a plain GET leads to the window."""
        if request.headers.get("Upgrade", "").lower() != "websocket":
            raise web.HTTPSeeOther("/window")
        origin = request.headers.get("Origin")
        if not self._origins.allows(origin):
            _log.warning("origin-refused", origin=(origin or "")[:200])
            raise web.HTTPForbidden(text="This origin is not allowed to ask for signatures.")
        return await Connection(self._program, Caller(origin), version=VERSION).run(request)

    async def _listen(
        self, stack: contextlib.AsyncExitStack, app: web.Application, port: int, context: ssl.SSLContext | None
    ) -> int:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, auto_decompress=False)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        try:
            site = web.TCPSite(runner, HOST, port, ssl_context=context)
            await site.start()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            site = web.TCPSite(runner, HOST, 0, ssl_context=context)
            await site.start()
            _log.warning("ncalayer-port-taken", wanted=port, instead=runner.addresses[0][1])
        taken: int = runner.addresses[0][1]
        return taken


def _tls(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context
