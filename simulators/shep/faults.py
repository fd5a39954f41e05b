"""The fault kit: what a gateway is told to do wrong, so that others can be tested against it."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

_HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class Place(StrEnum):
    """Where a fault happens."""

    SYNC = "sync"
    ASYNC = "async"
    PUSH = "push"


class FaultKind(StrEnum):
    """What happens. `CUT` loses the answer to a message that was taken; `DUPLICATE` pushes a message twice."""

    LATENCY = "latency"
    TIMEOUT = "timeout"
    DOWN = "down"
    HTML_502 = "html-502"
    CUT = "cut"
    DUPLICATE = "duplicate"


class FaultPlan(BaseModel):
    """One planned fault; without `times` it lasts until it is cleared."""

    model_config = ConfigDict(extra="forbid")

    place: Place
    kind: FaultKind
    service_id: str | None = None
    seconds: float = Field(default=1, ge=0, le=3600)
    times: int | None = Field(default=None, ge=1)


class FaultKit:
    """The planned faults of one gateway, in memory."""

    def __init__(self) -> None:
        self._plans: list[FaultPlan] = []

    def plan(self, plan: FaultPlan) -> None:
        """Add a fault."""
        self._plans.append(plan.model_copy())

    def clear(self) -> None:
        """Work properly again."""
        self._plans.clear()

    def to_json(self) -> list[dict[str, Any]]:
        """Return the planned faults."""
        return [each.model_dump(mode="json") for each in self._plans]

    def take(self, place: Place, service_id: str | None) -> FaultPlan | None:
        """Return the first fault planned for an exchange, counting it down."""
        for plan in self._plans:
            if plan.place is place and plan.service_id in (None, service_id):
                if plan.times is not None:
                    plan.times -= 1
                    if plan.times == 0:
                        self._plans.remove(plan)
                return plan
        return None


async def misbehave_before(plan: FaultPlan | None, request: web.Request) -> web.Response | None:
    """Act out a fault that comes before the message is looked at; a response ends the exchange."""
    if plan is None:
        return None
    if plan.kind is FaultKind.LATENCY:
        await asyncio.sleep(plan.seconds)
    elif plan.kind is FaultKind.HTML_502:
        return web.Response(status=502, text=_HTML, content_type="text/html")
    elif plan.kind is FaultKind.DOWN:
        return cut(request)
    elif plan.kind is FaultKind.TIMEOUT:
        await _hold(request)
        return cut(request)
    return None


def cut(request: web.Request) -> web.Response:
    """Break the connection; the response that is returned reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=503)


async def _hold(request: web.Request) -> None:
    """Say nothing until the caller has gone, an hour at most."""
    for _ in range(36_000):
        if request.transport is None or request.transport.is_closing():
            return
        await asyncio.sleep(0.1)
