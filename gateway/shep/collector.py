"""Pull instead of push: what waits at a gateway is fetched, stored like a push, and only then confirmed.

Killed at any point it loses nothing: what was stored and not confirmed is handed out again, the inbox counts it as a
repetition, and it is confirmed then.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.clock import Clock
from gateway.shep.client import ShepClient
from gateway.shep.errors import ShepError
from gateway.shep.faults import Fault, FaultCode
from gateway.shep.messages import AsyncMessage, Resend
from gateway.shep.participant import Receiver
from gateway.shep.refusal import Refused
from gateway.shep.retry import RetryRule

_log = structlog.get_logger(__name__)

MOST_AT_ONCE: Final = 20
"""How many messages are asked for in one exchange; the gateway may hand out fewer."""


class Collector:
    """Collects the messages of some services from one gateway, every `interval` of real time.

    It goes on at once while there are more; while the gateway or the inbox fails, the waits grow by `retry`.
    """

    def __init__(
        self,
        client: ShepClient,
        receiver: Receiver,
        services: Sequence[str],
        *,
        clock: Clock,
        interval: timedelta = timedelta(seconds=10),
        retry: RetryRule | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._receiver = receiver
        self._services = tuple(services)
        self._clock = clock
        self._interval = interval
        self._retry = retry or RetryRule(first=timedelta(seconds=1), longest=timedelta(minutes=1))
        self._sleep = sleep

    def __repr__(self) -> str:
        return f"<Collector of {', '.join(self._services)} at {self._client.name}>"

    @contextlib.asynccontextmanager
    async def collecting(self) -> AsyncIterator[Collector]:
        """Collect in a task for as long as the context is open."""
        task = asyncio.create_task(self.run(), name=f"collector at {self._client.name}")
        try:
            yield self
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def run(self) -> None:
        """Collect until cancelled."""
        failures = 0
        while True:
            failures = 0 if await self.collect() else failures + 1
            wait = max(self._interval, self._retry.delay(failures)) if failures else self._interval
            await self._sleep(wait.total_seconds())

    async def collect(self) -> bool:
        """Take everything that waits now; False when something failed and is still there. Raises nothing."""
        whole = True
        for service_id in self._services:
            try:
                whole = await self._collect_service(service_id) and whole
            except ShepError as error:
                whole = False
                _log.warning("shep-collecting-failed", service=service_id, **error.to_json())
            except Exception:  # noqa: BLE001 - one service must not end the collecting of the others
                whole = False
                _log.exception("shep-collecting-failed", service=service_id, gateway=self._client.name)
        return whole

    async def _collect_service(self, service_id: str) -> bool:
        earlier: set[str | None] = set()
        while True:
            batch = (await self._client.fetch(service_id, amount=MOST_AT_ONCE)).messages
            ids = {each.message_id for each in batch}
            if not batch or ids <= earlier:
                return True
            if not await self._take(batch):
                return False
            earlier = ids

    async def _take(self, messages: Sequence[AsyncMessage]) -> bool:
        """Store and confirm one by one; a message that was not stored holds back the later ones of its chain."""
        held: set[str | None] = set()
        for message in messages:
            if message.message_id is None:
                _log.error("shep-message-without-id", gateway=self._client.name, service=message.service_id)
                continue
            if message.correlation_id in held:
                await self._not_stored(message, "an earlier message of the chain was not stored")
                continue
            try:
                await self._receiver.receive(message, gateway=self._client.name)
            except Refused as refused:
                await self._refuse(message, refused)
            except Exception as error:  # noqa: BLE001 - whatever the store raises, the gateway keeps the message
                _log.exception("shep-message-not-stored", gateway=self._client.name, message_id=message.message_id)
                held.add(message.correlation_id)
                await self._not_stored(message, type(error).__name__)
            else:
                await self._client.confirm(message.message_id, message.service_id, accepted=True)
        return not held

    async def _refuse(self, message: AsyncMessage, refused: Refused) -> None:
        assert message.message_id is not None
        _log.warning(
            "shep-message-refused",
            gateway=self._client.name,
            message_id=message.message_id,
            code=refused.code.value,
            data=refused.data,
        )
        error = Fault.of(refused.code, self._now(), refused.data)
        await self._client.confirm(message.message_id, message.service_id, accepted=False, error=error)

    async def _not_stored(self, message: AsyncMessage, why: str) -> None:
        assert message.message_id is not None
        error = Fault.of(FaultCode.INTERNAL, self._now(), why)
        await self._client.confirm(
            message.message_id, message.service_id, accepted=False, resend=Resend.RESEND, error=error
        )

    def _now(self) -> datetime:
        return self._clock.now()
