"""The clock service over HTTP: `GET /clock`, `GET /clock?after=<version>`, `PUT /clock`."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter
from datetime import datetime
from typing import Annotated, Any

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, FiniteFloat, ValidationError

from simulators.clock.state import ClockRefused, ClockState, to_json
from simulators.edge import loads

_LONGEST_BODY = 4 * 1024
_POLL_SECONDS = 30.0
_HEARD_SECONDS = 1.0
_VERSION = re.compile(r"-?[0-9]{1,18}")


def _iso(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError("not a string")
    return datetime.fromisoformat(value)


class _ClockForm(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    offset_seconds: FiniteFloat | None = None
    simulated: Annotated[AwareDatetime, BeforeValidator(_iso)] | None = None
    rate: FiniteFloat | None = None
    allow_backwards: bool = False


class ClockService:
    """Handlers over the clock's state; a long poll is answered at a change, at the latest after `poll_seconds`.

    A change is answered once all who waited for it have heard of it, which they show by waiting for the next one; one
    who does not come again holds nobody up for longer than a second.
    """

    def __init__(self, state: ClockState, *, poll_seconds: float = _POLL_SECONDS) -> None:
        self._state = state
        self._poll_seconds = poll_seconds
        self._stopping = asyncio.Event()
        self._waiting: Counter[int] = Counter()
        self._came = asyncio.Event()

    def attach(self, app: web.Application) -> None:
        """Answer under `/clock` of `app`."""
        app.add_routes([web.get("/clock", self.get), web.put("/clock", self.put)])
        app.on_shutdown.append(self._stop)

    async def get(self, request: web.Request) -> web.Response:
        """Say the time; with `after`, only once the version is another one."""
        after = request.query.get("after")
        if after is not None:
            if not _VERSION.fullmatch(after):
                return _refusal(400, ClockRefused("version-malformed", "`after` is the version of an earlier answer."))
            await self._change_or_end(int(after))
        return web.json_response(to_json(self._state.reading()), headers={"Cache-Control": "no-store"})

    async def put(self, request: web.Request) -> web.Response:
        """Set the clock.

        The content type must be application/json: a page of another origin cannot send that without being asked back.
        """
        if request.content_type != "application/json":
            return _refusal(415, ClockRefused("not-json", "The content type must be application/json."))
        body = await _bounded_body(request)
        if body is None:
            return _refusal(413, ClockRefused("too-large", "The body is too large.", limit=_LONGEST_BODY))
        try:
            form = _ClockForm.model_validate(loads(body))
        except ValidationError as error:
            wrong = [".".join(str(part)[:40] for part in one["loc"]) or "body" for one in error.errors()[:10]]
            return _refusal(400, ClockRefused("form-invalid", "The body is not of the form asked for.", fields=wrong))
        except ValueError as error:
            reason = str(error)[:200]
            return _refusal(400, ClockRefused("form-invalid", "The body is no JSON.", fields=["body"], reason=reason))
        waited = self._waiting[self._state.version]
        try:
            reading = await self._state.set(**form.model_dump())
        except ClockRefused as error:
            return _refusal(409 if error.code == "backwards" else 400, error)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_HEARD_SECONDS):
                await self._heard(reading.version, waited)
        return web.json_response(to_json(reading))

    async def _heard(self, version: int, by: int) -> None:
        """Return when so many wait for what comes after a version, or when it is not the last one any more."""
        while self._state.version == version and self._waiting[version] < by:
            self._came.clear()
            await self._came.wait()

    async def _change_or_end(self, version: int) -> None:
        self._waiting[version] += 1
        self._came.set()
        waits: set[asyncio.Task[Any]] = {
            asyncio.create_task(self._state.newer_than(version)),
            asyncio.create_task(self._stopping.wait()),
        }
        try:
            await asyncio.wait(waits, timeout=self._poll_seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._waiting[version] -= 1
            if not self._waiting[version]:
                del self._waiting[version]
            for task in waits:
                task.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _stop(self, _app: web.Application) -> None:
        self._stopping.set()


def create_app(state: ClockState, *, poll_seconds: float = _POLL_SECONDS) -> web.Application:
    """Return an application of its own for the clock."""
    app = web.Application()
    ClockService(state, poll_seconds=poll_seconds).attach(app)
    return app


async def _bounded_body(request: web.Request) -> bytes | None:
    if (request.content_length or 0) > _LONGEST_BODY:
        return None
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > _LONGEST_BODY:
            return None
    return bytes(body)


def _refusal(status: int, error: ClockRefused) -> web.Response:
    return web.json_response({"error": error.to_json()}, status=status)
