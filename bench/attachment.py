"""A large attachment: how far a participant's memory rises while it passes, as multiples of the file's size."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bench.attachment_child import payload_of
from gateway.clock import RealClock
from gateway.shep.async_channel import write_message, write_receipt
from gateway.shep.hollow import hollow
from gateway.shep.messages import (
    PROCESSED,
    AsyncMessage,
    MessageType,
    Payload,
    PayloadForm,
    Receipt,
    Sender,
    SyncAnswer,
)
from gateway.shep.participant import PUSH_PATH
from gateway.shep.seal import seal
from gateway.shep.sync_channel import write_answer
from tests.unit.shep.pki import key_of, root

MIB = 1024 * 1024
SIZE = 10 * MIB
"""Of the file; base64 makes a third more of it."""
_SMALL = 200 * 1024
_FORMS = (PayloadForm.TYPED, PayloadForm.ESCAPED)
_HEADERS = {"Content-Type": "text/xml"}


_MESSAGE_ID = re.compile(rb"<messageId>([^<]{1,200})</messageId>")


class _Gateway:
    """Answers what it is asked by `answer`, which takes the messageId and returns a writer."""

    def __init__(self) -> None:
        self.answer: Callable[[str], Callable[[], Any]] | None = None

    async def handle(self, request: web.Request) -> web.Response:
        """Read the question to its end and answer."""
        found = _MESSAGE_ID.search(b"".join([piece async for piece in request.content.iter_any()]))
        assert self.answer is not None
        envelope = await seal(self.answer("" if found is None else found[1].decode()), key_of("SHEP"))
        return web.Response(body=envelope, content_type="text/xml")


class _Child:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def say(self, word: str, form: PayloadForm, size: int) -> int:
        self.tell(f"{word} {form.value} {size}")
        return await self.hear()

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())

    async def hear(self) -> int:
        """Return the next line that is a number, or 0 for `ready`."""
        assert self._process.stderr is not None
        told = []
        while line := await self._process.stderr.readline():
            if line.strip().isdigit() or line == b"ready\n":
                return int(line) if line != b"ready\n" else 0
            told.append(line)
        raise RuntimeError(f"the child ended: {b''.join(told[-20:]).decode()}")


async def measure(size: int = SIZE) -> dict[str, float]:
    """Return the ratio of each way that a file goes: each in a process of its own, where a small one went before."""
    found = {}
    for form in _FORMS:
        for name, way in (("asked for", _asked_for), ("sent", _sent), ("pushed", _pushed)):
            async with _raised() as (gateway, child):
                await way(gateway, child, form, _SMALL)
                found[f"{name}, {form.value}"] = await way(gateway, child, form, size) / size
    return found


async def _asked_for(gateway: _Gateway, child: _Child, form: PayloadForm, size: int) -> int:
    payload = payload_of(form, size)
    gateway.answer = lambda asked: partial(hollow, write_answer, _answer(asked, payload))
    return await child.say("ask", form, size)


async def _sent(gateway: _Gateway, child: _Child, form: PayloadForm, size: int) -> int:
    gateway.answer = lambda _: partial(write_receipt, Receipt("1", "1", RealClock().now(), "{1}"))
    return await child.say("send", form, size)


async def _pushed(_gateway: _Gateway, child: _Child, form: PayloadForm, size: int) -> int:
    pushed = await seal(partial(hollow, write_message, _message(form, size)), key_of("SHEP"))
    url = f"http://127.0.0.1:{await child.say('serve', form, size)}{PUSH_PATH}"
    assert await child.say("push", form, size) == 0
    async with aiohttp.ClientSession() as http, http.post(url, data=io.BytesIO(pushed), headers=_HEADERS) as answer:
        assert answer.status == 200, await answer.text()
    child.tell("done")
    return await child.hear()


def _answer(asked: str, payload: Payload) -> SyncAnswer:
    return SyncAnswer("2", RealClock().now(), PROCESSED, payload, correlation_id=asked, session_id="{1}")


def _message(form: PayloadForm, size: int) -> AsyncMessage:
    return AsyncMessage(
        "FILES",
        MessageType.REQUEST,
        payload_of(form, size),
        message_id="1",
        correlation_id="1",
        message_date=RealClock().now(),
        sender=Sender("PORTAL"),
    )


@contextlib.asynccontextmanager
async def _raised() -> AsyncIterator[tuple[_Gateway, _Child]]:
    """Serve the gateway here and start the participant."""
    gateway = _Gateway()
    app = web.Application(client_max_size=0)
    app.router.add_post("/", gateway.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "shep.cer").write_bytes(key_of("SHEP").certificate.der)
        (Path(folder) / "root.cer").write_bytes(root().der)
        command = (
            sys.executable,
            "-m",
            "bench.attachment_child",
            folder,
            f"http://127.0.0.1:{runner.addresses[0][1]}/",
        )
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *command, cwd=Path(__file__).parents[1], stdin=pipe, stdout=asyncio.subprocess.DEVNULL, stderr=pipe
        )
        try:
            yield gateway, _Child(process)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            await runner.cleanup()
