"""One websocket: the greeting, then requests one after another, each with exactly one answer."""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from simulators.ncalayer.basics import Basics
from simulators.ncalayer.common_utils import CommonUtils
from simulators.ncalayer.errors import FrameRefused, ModuleNotFound, NcalayerError
from simulators.ncalayer.frames import (
    BASICS,
    COMMON_UTILS,
    HEARTBEAT,
    MAX_FRAME_BYTES,
    basics_error,
    greeting,
    read_request,
)
from simulators.ncalayer.program import Caller, Program

MAX_WAITING = 16
_log = structlog.get_logger(__name__)


class Connection:
    """A page's connection; what it asked for is withdrawn when it closes."""

    def __init__(self, program: Program, caller: Caller, *, version: str) -> None:
        self._modules: dict[str, CommonUtils | Basics] = {COMMON_UTILS: CommonUtils(program), BASICS: Basics(program)}
        self._caller = caller
        self._version = version
        self._waiting: asyncio.Queue[str] = asyncio.Queue(MAX_WAITING)

    async def run(self, request: web.Request) -> web.WebSocketResponse:
        """Serve the connection until it closes."""
        socket = web.WebSocketResponse(max_msg_size=MAX_FRAME_BYTES, heartbeat=30)
        await socket.prepare(request)
        await socket.send_str(greeting(self._version))
        worker = asyncio.create_task(self._work(socket), name="ncalayer-connection")
        try:
            await self._read(socket)
        finally:
            worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await worker
        return socket

    async def _read(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                await socket.close(code=WSCloseCode.UNSUPPORTED_DATA, message=b"text frames only")
                return
            if message.data == HEARTBEAT:
                await socket.send_str(HEARTBEAT)
                continue
            try:
                self._waiting.put_nowait(message.data)
            except asyncio.QueueFull:
                await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"too many requests are waiting")
                return

    async def _work(self, socket: web.WebSocketResponse) -> None:
        while True:
            frame = await self._waiting.get()
            answer = await self.answer(frame)
            with contextlib.suppress(ConnectionError):
                await socket.send_str(answer)

    async def answer(self, frame: str) -> str:
        """Return the answer to one frame, whatever it is; the failures of this program are answered as failures."""
        try:
            request = await asyncio.to_thread(read_request, frame)
        except FrameRefused as error:
            return basics_error(error)
        module = self._modules.get(request.module)
        if module is None:
            return basics_error(ModuleNotFound(request.module))
        try:
            return await module.answer(request, self._caller)
        except Exception:  # noqa: BLE001 - the page must have its one answer; what happened is logged
            _log.exception("request-failed", module=request.module, method=request.method)
            return basics_error(NcalayerError("java.lang.RuntimeException"))
