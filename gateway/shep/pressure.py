"""Back-pressure towards one gateway: so many exchanges at once, so many waiting, and a rest for who does not answer.

The gateway has a breaker, and each service behind it has its own: a provider that hangs does not take the others along.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from gateway.clock import Clock
from gateway.shep.breaker import PROBE_REST, Breaker, BreakerRule
from gateway.shep.errors import GatewayError, ShepError, ShepErrorCode, TransportError
from gateway.shep.faults import FaultCode


@dataclass(frozen=True, slots=True)
class PressureRule:
    """At most `slots` exchanges at once and `waiting` that wait for a slot: together they bound the memory."""

    slots: int = 8
    waiting: int = 64
    breaker: BreakerRule = field(default_factory=BreakerRule)


class Pressure:
    """What this process knows of one gateway, and how much it asks of it."""

    def __init__(self, rule: PressureRule, clock: Clock) -> None:
        self._rule = rule
        self._clock = clock
        self._slots = asyncio.Semaphore(rule.slots)
        self._busy = self._waiting = 0
        self._services: dict[str, Breaker] = {}
        self.gateway = Breaker(rule.breaker, clock)

    def __repr__(self) -> str:
        shut = {name: each.state.value for name, each in self._services.items() if each.rest_left() is not None}
        return f"<Pressure {self._busy} busy, {self._waiting} waiting, gateway {self.gateway.state.value}, shut {shut}>"

    def service(self, service_id: str) -> Breaker:
        """Return the breaker of one service."""
        return self._services.setdefault(service_id, Breaker(self._rule.breaker, self._clock))

    @contextlib.asynccontextmanager
    async def slot(self, *, seconds: float | None = None) -> AsyncIterator[None]:
        """Hold a slot; raises `TransportError` (`too-busy`) when too many wait, or none is free within `seconds`."""
        await self._take_slot(seconds)
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1
            self._slots.release()

    async def _take_slot(self, seconds: float | None) -> None:
        if self._slots.locked() and self._waiting >= self._rule.waiting:
            raise self._too_busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(seconds):
                await self._slots.acquire()
        except TimeoutError:
            raise self._too_busy() from None
        finally:
            self._waiting -= 1

    def _too_busy(self) -> TransportError:
        facts = {"slots": self._rule.slots, "waiting": self._waiting}
        return TransportError(ShepErrorCode.TOO_BUSY, retry_after=PROBE_REST, **facts)

    def check(self, service_id: str | None = None) -> None:
        """Raise `TransportError` (`circuit-open`) while the gateway or the service is left alone."""
        for name, breaker in self._breakers(service_id):
            rest = breaker.rest_left()
            if rest is not None:
                raise TransportError(ShepErrorCode.CIRCUIT_OPEN, retry_after=rest, breaker=name)

    @contextlib.contextmanager
    def attempt(self, service_id: str | None = None, *, slow_is_gateway: bool = True) -> Iterator[None]:
        """Make one attempt and note what it tells of the gateway and the service.

        Where a provider answers through the gateway, `slow_is_gateway` is false: its slowness is not the gateway's.
        Raises `TransportError` (`circuit-open`) while one of them is left alone.
        """
        self.check(service_id)
        entered = [breaker for _, breaker in self._breakers(service_id) if breaker.enter()]
        try:
            yield
        except ShepError as error:
            self._judge(entered, error, slow_is_gateway)
            raise
        except BaseException:
            for breaker in entered:
                breaker.left()
            raise
        for breaker in entered:
            breaker.succeeded()

    def _judge(self, entered: list[Breaker], error: ShepError, slow_is_gateway: bool) -> None:
        for breaker in entered:
            of_gateway = breaker is self.gateway
            nothing_known = of_gateway and not slow_is_gateway and error.code is ShepErrorCode.TIMED_OUT
            if error.retry_after is not None or nothing_known:
                breaker.left()
            elif isinstance(error, TransportError) or (not of_gateway and _says_unavailable(error)):
                breaker.failed()
            else:
                breaker.succeeded()

    def _breakers(self, service_id: str | None) -> list[tuple[str, Breaker]]:
        found = [("gateway", self.gateway)]
        if service_id is not None:
            found.append((service_id, self.service(service_id)))
        return found


def _says_unavailable(error: ShepError) -> bool:
    return isinstance(error, GatewayError) and error.fault.known_code is FaultCode.SERVICE_UNAVAILABLE
