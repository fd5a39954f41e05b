"""Pull instead of push: what waits at a gateway is fetched, stored like a push, and only then confirmed.

Killed at any point it loses nothing: what was stored and not confirmed is handed out again, the inbox counts it as a
repetition, and it is confirmed then.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Final

import structlog

from gateway.clock import Clock
from gateway.shep.client import ShepClient
from gateway.shep.errors import GatewayError, ShepError, ShepErrorCode, UnknownGatewayError
from gateway.shep.faults import Fault, FaultCode
from gateway.shep.messages import AsyncMessage, Resend
from gateway.shep.participant import Receiver
from gateway.shep.refusal import Refused
from gateway.shep.retry import RetryRule

_log = structlog.get_logger(__name__)

MOST_AT_ONCE: Final = 20
"""How many messages are asked for in one exchange; the gateway may hand out fewer."""
_MOST_NAMELESS: Final = 180
"""How many messages without an id are passed over to reach those behind them."""
_UNREAD: Final = frozenset({ShepErrorCode.ANSWER_MALFORMED, ShepErrorCode.ANSWER_TOO_LARGE})
"""One message, or several together, can make a whole answer so."""


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
        self.passed_over = 0
        """How often a message was passed over that nothing can be said of: without an id, or never to be read."""

    def __repr__(self) -> str:
        services = ", ".join(self._services)
        return f"<Collector of {services} at {self._client.name}, {self.passed_over} passed over>"

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
        """Take what waits for one service, batch by batch; one by one when a batch cannot be read as a whole."""
        earlier: set[str] = set()
        unread: set[str] = set()
        most, nameless = MOST_AT_ONCE, 0
        while True:
            try:
                batch = (await self._client.fetch(service_id, amount=most + nameless)).messages
            except UnknownGatewayError as error:
                message_id = error.facts.get("message_id")
                if message_id is not None and message_id not in unread:
                    unread.add(message_id)
                    await self._refuse_unread(message_id, service_id, error)
                elif error.code in _UNREAD and most > 1:
                    most = 1
                else:
                    self.passed_over += error.code in _UNREAD
                    raise
                continue
            ids = {each.message_id for each in batch if each.message_id is not None}
            found = sum(each.message_id is None for each in batch)
            if ids <= earlier and not nameless < found <= _MOST_NAMELESS:
                return self._all_taken(service_id, nameless)
            nameless = max(nameless, min(found, _MOST_NAMELESS))
            if not await self._take([each for each in batch if each.message_id is not None]):
                return False
            earlier = ids

    def _all_taken(self, service_id: str, nameless: int) -> bool:
        if nameless:
            self.passed_over += nameless
            _log.error("shep-messages-without-id", gateway=self._client.name, service=service_id, count=nameless)
        return True

    async def _take(self, messages: Sequence[AsyncMessage]) -> bool:
        """Store and confirm one by one; a message that was not stored holds back the later ones of its chain."""
        held: set[str | None] = set()
        for message in messages:
            assert message.message_id is not None
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
                await self._confirm(message.message_id, message.service_id, accepted=True)
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
        await self._confirm(
            message.message_id,
            message.service_id,
            accepted=False,
            error=Fault.of(refused.code, self._clock.now(), refused.data),
        )

    async def _refuse_unread(self, message_id: str, service_id: str, error: UnknownGatewayError) -> None:
        """Refuse what cannot be read, as a push of it would be refused: it would keep the others waiting."""
        _log.error("shep-message-unread", message_id=message_id, service=service_id, **error.to_json())
        fault = Fault.of(FaultCode.WRONG_FORMAT, self._clock.now(), str(error.facts.get("reason", ""))[:200])
        await self._confirm(message_id, service_id, accepted=False, error=fault)

    async def _not_stored(self, message: AsyncMessage, why: str) -> None:
        """Ask for the message again: whatever failed here, it must not be lost."""
        assert message.message_id is not None
        await self._confirm(
            message.message_id,
            message.service_id,
            accepted=False,
            resend=Resend.RESEND,
            error=Fault.of(FaultCode.INTERNAL, self._clock.now(), why),
        )

    async def _confirm(self, message_id: str, service_id: str, **told: Any) -> None:
        """Tell the gateway; a word that it refuses for good concerns this message only."""
        try:
            await self._client.confirm(message_id, service_id, **told)
        except GatewayError as error:
            if error.retryable:
                raise
            _log.error("shep-confirmation-refused", message_id=message_id, service=service_id, **error.to_json())
