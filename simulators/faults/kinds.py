"""What goes wrong at a simulated provider when somebody asks for it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.eds.keys import SigningKey
from gateway.eds.xmldsig import sign_enveloped

LONGEST_DELAY = 300.0
_FIRST_TEXT_END = re.compile(rb"(?<=[^\s>])</")


class FaultKind(StrEnum):
    """A fault that can be switched on."""

    NONE = "none"
    DOWN = "down"
    """503 to everything but the admin API, as from a server that is being restarted."""
    SLOW = "slow"
    """Answers after a delay."""
    UNSIGNED = "unsigned"
    """No business signature."""
    BAD_SIGNATURE = "bad-signature"
    """The content was changed after it was signed."""
    WRONG_SIGNER = "wrong-signer"
    """Signed by the information system, not by an official."""
    ABSENT = "absent"
    """"No such person" or organisation, properly signed."""
    REFUSAL = "refusal"
    """A result code that is neither success nor absence, properly signed."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault in force: about some numbers only, or about every question when there are none."""

    kind: FaultKind = FaultKind.NONE
    numbers: frozenset[str] = frozenset()
    delay_seconds: float = 5.0

    def __post_init__(self) -> None:
        if self.kind is FaultKind.DOWN and self.numbers:
            raise ValueError("a server that is down answers about nobody")
        if not 0 <= self.delay_seconds <= LONGEST_DELAY:
            raise ValueError(f"a delay is between 0 and {LONGEST_DELAY:g} seconds")

    def to_json(self) -> dict[str, Any]:
        """Return the fault as the admin API shows it."""
        return {"fault": self.kind.value, "numbers": sorted(self.numbers), "delay_seconds": self.delay_seconds}


class Faults:
    """The fault now in force at one provider."""

    def __init__(self, allowed: frozenset[FaultKind] = frozenset(FaultKind)) -> None:
        self.allowed = allowed
        self.current = Fault()

    def switch(self, fault: Fault) -> None:
        """Put `fault` in force; raises `ValueError` when this provider cannot fail so."""
        if fault.kind not in self.allowed:
            raise ValueError(f"{fault.kind} is no fault of this provider")
        self.current = fault

    def about(self, number: str) -> FaultKind:
        """Return the fault that a question about `number` meets."""
        current = self.current
        return current.kind if not current.numbers or number in current.numbers else FaultKind.NONE

    async def delay(self, number: str) -> None:
        """Wait, in real time, when the fault says so."""
        if self.about(number) is FaultKind.SLOW:
            await asyncio.sleep(self.current.delay_seconds)


def down_when_asked(faults: Faults) -> Any:
    """Return the middleware of a provider that can be down; its admin API stays up."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if faults.current.kind is FaultKind.DOWN and "/admin/" not in request.path:
            raise web.HTTPServiceUnavailable(text="<html><body><h1>503 Service Unavailable</h1></body></html>")
        return await handler(request)

    return middleware


async def certified(answer: bytes, fault: FaultKind, *, official: SigningKey, system: SigningKey) -> bytes:
    """Sign an answer as the fault wants it: properly, by the wrong key, changed afterwards, or not at all."""
    if fault is FaultKind.UNSIGNED:
        return answer
    key = system if fault is FaultKind.WRONG_SIGNER else official
    signed = await asyncio.to_thread(sign_enveloped, answer, key)
    if fault is FaultKind.BAD_SIGNATURE:
        return _FIRST_TEXT_END.sub(b"0</", signed, count=1)
    return signed
