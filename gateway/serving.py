"""How a site is served: bounds on slow heads, on readers that do not read, and on connections at once.

aiohttp by itself bounds how long it keeps an idle connection, an hour by default, and neither how many there are nor
how long an answer waits for its reader. Slow bodies are the affair of who reads them: a page knows its own limits.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import resource
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from aiohttp import hdrs, web
from aiohttp.streams import StreamReader

_MOST_CONNECTIONS: Final = 1000
_NAME: Final = "qyzmet"
_GRACE_SECONDS: Final = 0.1
"""For a head that was complete just now, whose request has not begun yet."""
_BUSY: Final = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n"

_log = structlog.get_logger(__name__)


def _most_connections() -> int:
    """Half of the files that the process may open: the other half is for the database and for what it asks itself."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST_CONNECTIONS if files == resource.RLIM_INFINITY else min(_MOST_CONNECTIONS, files // 2)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one site bears of its callers."""

    head_seconds: float = 20
    """From the first byte of a request, or from the connection, to the end of its headers."""
    idle_seconds: float = 75
    """Between two requests of a connection; longer than a proxy keeps its own, lest it write into a closed one."""
    unread_seconds: float = 60
    """How long an answer that does not fit the buffers waits for its reader to read on."""
    lingering_seconds: float = 5
    """How long the rest of a refused body is read and thrown away, so that its sender comes to read the refusal."""
    connections: int = field(default_factory=_most_connections)
    """At once. One more takes the place of the one that has waited longest without a request, or is sent away."""


class BoundedRunner(web.AppRunner):
    """Serves an application within `Bounds`; takes any site, as every runner does.

    Packed bodies are left packed, to be refused where they are read: unpacked here, a megabyte would hold the event
    loop for seconds. No answer tells the versions of what serves it.
    """

    def __init__(self, app: web.Application, *, bounds: Bounds | None = None, shutdown_seconds: float = 5) -> None:
        self._bounds = bounds or Bounds()
        self._parts: dict[str, Any] = {
            "access_log": None,
            "auto_decompress": False,
            "keepalive_timeout": self._bounds.idle_seconds,
            "lingering_time": self._bounds.lingering_seconds,
        }
        super().__init__(app, shutdown_timeout=shutdown_seconds, **self._parts)
        app.on_response_prepare.append(_tell_no_versions)

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _BoundedServer(made, self._bounds, self._parts)


def settle() -> None:
    """Take what stands now, once a process serves, out of the garbage collector's sight.

    Catalogue, schemas, templates and libraries live as long as the process; to look through them holds the event loop
    for a tenth of a second each time.
    """
    gc.collect()
    gc.freeze()


@contextlib.asynccontextmanager
async def listening(
    app: web.Application, host: str, port: int, *, reuse_port: bool = False, shutdown_seconds: float = 5
) -> AsyncIterator[None]:
    """Serve `app` within the usual bounds until the context ends."""
    runner = BoundedRunner(app, shutdown_seconds=shutdown_seconds)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, reuse_port=reuse_port).start()
        yield
    finally:
        await runner.cleanup()


async def _tell_no_versions(_request: web.BaseRequest, answer: web.StreamResponse) -> None:
    answer.headers.pop(hdrs.SERVER, None)


class _BoundedServer(web.Server):
    """Makes the connections of one site, and knows which of them wait for a request: the longest first."""

    def __init__(self, made: web.Server, bounds: Bounds, parts: dict[str, Any]) -> None:
        super().__init__(self._work, request_factory=made.request_factory)
        self._handle = made.request_handler
        self._bounds = bounds
        self._parts = parts
        self._number = 0
        self._waiting: dict[_Connection, None] = {}

    def __call__(self) -> web.RequestHandler:
        return _Connection(self, self._bounds, self._parts)

    async def _work(self, request: web.BaseRequest) -> web.StreamResponse:
        connection = request.protocol
        assert isinstance(connection, _Connection)
        self._waiting.pop(connection, None)
        connection.begin(request.content)
        try:
            return await self._handle(request)
        finally:
            connection.end()
            if connection.transport is not None:
                self._waiting[connection] = None

    def admit(self, connection: _Connection) -> bool:
        """Take a connection in, if need be in another's place."""
        if self._number >= self._bounds.connections:
            idle = next((each for each in self._waiting if each.may_go), None)
            _log.warning("connections-full", bound=self._bounds.connections, sent_away=idle is None)
            if idle is None:
                return False
            self.leave(idle)
            idle.force_close()
        self._number += 1
        self._waiting[connection] = None
        connection.admitted = True
        return True

    def leave(self, connection: _Connection) -> None:
        """Count a connection no more."""
        self._waiting.pop(connection, None)
        if connection.admitted:
            connection.admitted = False
            self._number -= 1


class _Connection(web.RequestHandler):
    """One connection and its two timers: for a head that does not end, for an answer that is not read."""

    __slots__ = ("_bounds", "_content", "_head", "_server", "_unread", "_working", "admitted")

    def __init__(self, server: _BoundedServer, bounds: Bounds, parts: dict[str, Any]) -> None:
        super().__init__(server, loop=asyncio.get_running_loop(), **parts)
        self._server = server
        self._bounds = bounds
        self._content: StreamReader | None = None
        self._working = False
        self._head: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self.admitted = False

    @property
    def may_go(self) -> bool:
        """Whether nothing is lost but a connection: no request is at work, no answer on its way."""
        sending = isinstance(self.transport, asyncio.WriteTransport) and self.transport.get_write_buffer_size() > 0
        return not self._working and not sending

    def begin(self, content: StreamReader) -> None:
        """Note that a head has come to its end and its request is at work."""
        self._working, self._content = True, content
        self._stop_head()

    def end(self) -> None:
        """Note that the request is answered."""
        self._working = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self._server.admit(self):
            assert isinstance(transport, asyncio.WriteTransport)
            transport.write(_BUSY)
            self.force_close()
            transport.close()
            return
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        # What comes between two requests is the next one's head; what belongs to a body has its reader's own limits.
        if self._head is None and not self._working and (self._content is None or self._content.is_eof()):
            self._expect_head()
        super().data_received(data)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._unread is None:
            self._unread = asyncio.get_running_loop().call_later(self._bounds.unread_seconds, self._give_up)

    def resume_writing(self) -> None:
        self._stop_unread()
        super().resume_writing()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._stop_head()
        self._stop_unread()
        self._server.leave(self)
        super().connection_lost(exc)

    def handle_error(self, *args: Any, **named: Any) -> web.StreamResponse:
        answer = super().handle_error(*args, **named)
        answer.headers[hdrs.SERVER] = _NAME
        return answer

    def _expect_head(self) -> None:
        self._head = asyncio.get_running_loop().call_later(self._bounds.head_seconds, self._headless)

    def _headless(self) -> None:
        self._head = asyncio.get_running_loop().call_later(_GRACE_SECONDS, self._leave)

    def _stop_head(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _stop_unread(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _leave(self) -> None:
        self._head = None
        if self.may_go:
            _log.info("head-too-slow", seconds=self._bounds.head_seconds)
            self.force_close()

    def _give_up(self) -> None:
        self._unread = None
        transport = self.transport
        if transport is not None:
            _log.info("answer-not-read", seconds=self._bounds.unread_seconds)
            transport.abort()
