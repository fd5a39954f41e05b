"""The fault kit: what a gateway is told to do wrong, so that others can be tested against it."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Any, Final, Self

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, model_validator

_HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class Place(StrEnum):
    """Where a fault happens."""

    SYNC = "sync"
    ASYNC = "async"
    PUSH = "push"


class FaultKind(StrEnum):
    """What happens."""

    # Before the message is looked at.
    LATENCY = "latency"
    TIMEOUT = "timeout"
    DOWN = "down"
    HTML_502 = "html-502"
    FAULT = "fault"
    """A signed fault of any code; the message is not taken."""
    # To the answer to a message that was taken.
    CUT = "cut"
    """The answer is lost."""
    UNSIGNED = "unsigned"
    WRONG_DIGEST = "wrong-digest"
    """The Body was changed after it was signed, by white space only."""
    WRONG_SIGNATURE = "wrong-signature"
    OTHER_SIGNER = "other-signer"
    """A good signature of somebody whom nobody knows."""
    WRAPPED_SIGNATURE = "wrapped-signature"
    """The signed Body is put aside and another one in its place: signature wrapping."""
    OVERSIZED = "oversized"
    NOT_XML = "not-xml"
    TRUNCATED = "truncated"
    SLOW_DRIP = "slow-drip"
    """The answer comes in pieces, over `seconds`."""
    MIXED_ENCODING = "mixed-encoding"
    """Bytes of windows-1251 that are declared to be UTF-8."""
    CRS = "crs"
    """Good answer, its payload's lines end in `&#13;`: data, which must be read and must not be normalised."""
    REPLAYED_ANSWER = "replayed-answer"
    """A well-signed answer to another message."""
    # To messages going out.
    DUPLICATE = "duplicate"
    """Pushed twice."""
    OUT_OF_ORDER = "out-of-order"
    """A NOTIFICATION is overtaken by the next message of its chain, for which it waits `seconds` at most."""


SPOILT: Final = "spoilt"
"""The journal's line about what the kit did."""
_BEFORE: Final = frozenset({FaultKind.TIMEOUT, FaultKind.DOWN, FaultKind.HTML_502})
_NOT_SPOILT: Final = frozenset({FaultKind.LATENCY, FaultKind.FAULT})
"""These end in a line as any other exchange does."""
_ANYWHERE: Final = frozenset({FaultKind.DOWN})
_PUSHED: Final = frozenset({FaultKind.DUPLICATE, FaultKind.OUT_OF_ORDER})
_MOST_PLANS: Final = 200


class FaultPlan(BaseModel):
    """One planned fault; without `times` it lasts until it is cleared."""

    model_config = ConfigDict(extra="forbid")

    place: Place
    kind: FaultKind
    service_id: str | None = Field(default=None, max_length=80)
    seconds: float = Field(default=1, ge=0, le=3600)
    times: int | None = Field(default=None, ge=1)
    code: str = Field(default="SCE909", pattern=r"^[A-Za-z0-9_-]{1,40}$", description="of kind `fault`")

    @property
    def ends_before(self) -> bool:
        """Whether the exchange ends before the message is looked at."""
        return self.kind in _BEFORE

    @property
    def spoils(self) -> bool:
        """Whether the answer to a message that was taken is spoilt, or lost."""
        return self.kind not in _BEFORE | _NOT_SPOILT

    @model_validator(mode="after")
    def _fits_its_place(self) -> Self:
        pushed = self.place is Place.PUSH
        if self.kind not in _ANYWHERE and (self.kind in _PUSHED) is not pushed:
            raise ValueError(f"{self.kind.value} is not a fault of {self.place.value}")
        return self


class FaultKit:
    """The planned faults of one gateway, in memory."""

    def __init__(self) -> None:
        self._plans: list[FaultPlan] = []

    def plan(self, plan: FaultPlan) -> None:
        """Add a fault; raises `ValueError` when there are too many."""
        if len(self._plans) == _MOST_PLANS:
            raise ValueError(f"{_MOST_PLANS} faults are planned already")
        self._plans.append(plan.model_copy())

    def clear(self) -> None:
        """Work properly again."""
        self._plans.clear()

    def to_json(self) -> list[dict[str, Any]]:
        """Return the planned faults."""
        return [each.model_dump(mode="json") for each in self._plans]

    def take(
        self, place: Place, service_id: str | None, *, without: frozenset[FaultKind] = frozenset()
    ) -> FaultPlan | None:
        """Return the first fault planned for an exchange, counting it down; those of `without` stay."""
        for plan in self._plans:
            if plan.place is place and plan.service_id in (None, service_id) and plan.kind not in without:
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
