"""The client half: a participant asks and sends through a gateway, and trusts only that gateway's signed answers.

Questions are repeated here, under their messageId, where the failure may pass; messages are repeated by the `Outbox`,
which survives the death of the process.
"""

from __future__ import annotations

import asyncio
import dataclasses
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final, Generic, TypeVar

import aiohttp
import structlog
from lxml import etree

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.keys import SigningKey
from gateway.eds.trust import CertificateChecker
from gateway.shep.async_channel import write_message
from gateway.shep.delivery_status import read_status_answer, write_status_question
from gateway.shep.elements import Malformed
from gateway.shep.errors import (
    GatewayError,
    RemoteServiceError,
    ShepError,
    ShepErrorCode,
    TransportError,
)
from gateway.shep.faults import Fault
from gateway.shep.hollow import Hollow, hollow
from gateway.shep.line import post
from gateway.shep.messages import (
    AsyncMessage,
    DeliveryAcknowledgement,
    DeliveryNotification,
    MessagesAnswer,
    MessagesQuestion,
    Payload,
    Property,
    Receipt,
    ReceiveStatus,
    Resend,
    Sender,
    StatusAnswer,
    StatusQuestion,
    SyncAnswer,
    SyncQuestion,
)
from gateway.shep.names import Operation
from gateway.shep.notebook import UNFINISHED, Heading, Notebook
from gateway.shep.offload import offloaded
from gateway.shep.own_answers import read_messages, read_own_answer, read_own_receipt, reading
from gateway.shep.passages import Direction, PassageLog, Unlogged
from gateway.shep.pressure import Pressure, PressureRule
from gateway.shep.pulling import (
    read_delivery_acknowledgement,
    write_delivery_notification,
    write_messages_question,
)
from gateway.shep.retry import RetryRule
from gateway.shep.seal import CertificateSet, Unsealed, seal
from gateway.shep.sync_channel import write_question
from gateway.shep.trusted import TrustedAnswers, malformed

__all__ = ["Sender", "ShepClient"]

_log = structlog.get_logger(__name__)
_Answer = TypeVar("_Answer")
_Content = TypeVar("_Content")

MOST_ATTEMPTS: Final = 3
"""How often a question is put at most: more would only load a gateway that is in trouble."""


@dataclass(slots=True)
class _Exchange(Generic[_Answer]):
    """One question to the gateway; sealed once, so that a repetition is the same to the byte."""

    url: str
    heading: Heading
    write: Callable[[], etree._Element | Hollow]
    read: Callable[[Unsealed, bytes], _Answer]
    service_id: str | None = None
    slow_is_gateway: bool = True
    envelope: bytes | None = None


class ShepClient:
    """A participant at one gateway, which is called `name` in the log and in errors.

    `timeout` holds for each exchange and `patience` for a question with all its repetitions, in real seconds; with a
    patience of 0 nothing is repeated.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        *,
        sync_url: str,
        async_url: str,
        sender: Sender,
        key: SigningKey,
        gateway_certificates: Sequence[Certificate],
        checker: CertificateChecker,
        clock: Clock,
        name: str = "shep",
        log: PassageLog | None = None,
        timeout: float = 30.0,
        patience: float = 45.0,
        retry: RetryRule | None = None,
        pressure: PressureRule | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.name = name
        self.pressure = Pressure(pressure or PressureRule(slots=16), clock)
        self._http = http
        self._sync_url = sync_url
        self._async_url = async_url
        self._sender = sender
        self._key = key
        self._answers = TrustedAnswers(CertificateSet.of(gateway_certificates), checker, clock)
        self._clock = clock
        self._notebook = Notebook(log or Unlogged(), clock)
        self._timeout = timeout
        self._patience = patience
        self._retry = retry or RetryRule(first=timedelta(seconds=0.3), longest=timedelta(seconds=3))
        self._sleep = sleep

    def __repr__(self) -> str:
        return f"<ShepClient {self._sender.sender_id} at {self.name}, {self._async_url}, {self.pressure}>"

    @property
    def missed_passages(self) -> int:
        """How many passages the log did not keep."""
        return self._notebook.missed

    async def ask(
        self,
        service_id: str,
        payload: Payload | None,
        *,
        route_id: str | None = None,
        properties: tuple[Property, ...] = (),
    ) -> SyncAnswer:
        """Ask a provider by the synchronous channel, again where the failure may pass: the gateway answers once.

        Raises `RemoteServiceError` when the provider's status is no success (the answer is in the error), and the
        other families of `ShepError` when there is no answer that can be trusted.
        """
        question = SyncQuestion(
            message_id=str(uuid.uuid4()),
            service_id=service_id,
            message_date=self._clock.now(),
            route_id=route_id,
            sender=self._sender,
            properties=properties,
            payload=payload,
        )
        return await self._repeatedly(
            _Exchange(
                self._sync_url,
                Heading.of(Operation.SEND_SYNC, question),
                partial(hollow, write_question, question),
                partial(read_own_answer, question),
                service_id=service_id,
                slow_is_gateway=False,
            )
        )

    async def send(self, message: AsyncMessage) -> Receipt:
        """Hand a message over by the asynchronous channel; its sender and, where absent, its date are filled in.

        Sending again after an error is safe for the path; the receiver tells repetitions of a REQUEST by content.
        """
        complete = dataclasses.replace(
            message, sender=self._sender, message_date=message.message_date or self._clock.now()
        )
        return await self._once(
            self._asynchronous(
                Operation.SEND_ASYNC,
                complete,
                partial(hollow, write_message),
                partial(read_own_receipt, message),
                service_id=message.service_id,
            )
        )

    async def status(self, message_id: str) -> StatusAnswer:
        """Ask the gateway what became of a message."""
        question = StatusQuestion(message_id, self._clock.now(), self._sender)
        return await self._repeatedly(
            self._asynchronous(
                Operation.GET_MESSAGE_STATUS, question, write_status_question, reading(read_status_answer)
            )
        )

    async def fetch(
        self,
        service_id: str,
        *,
        message_id: str | None = None,
        correlation_id: str | None = None,
        amount: int | None = None,
    ) -> MessagesAnswer:
        """Fetch messages that wait for this participant; they wait on until they are confirmed."""
        question = MessagesQuestion(
            service_id, message_id, correlation_id, self._clock.now(), self._sender, amount=amount
        )
        return await self._repeatedly(
            self._asynchronous(Operation.GET_MESSAGES, question, write_messages_question, read_messages)
        )

    async def confirm(
        self,
        message_id: str,
        service_id: str,
        *,
        accepted: bool,
        resend: Resend = Resend.NOT_RESEND,
        error: Fault | None = None,
    ) -> DeliveryAcknowledgement:
        """Tell the gateway whether a fetched message was taken, and if not, whether to hand it out again."""
        now = self._clock.now()
        status = ReceiveStatus.ACCEPTED if accepted else ReceiveStatus.NOT_ACCEPTED
        told = DeliveryNotification(message_id, service_id, now, status, now, resend, now, self._sender, error)
        return await self._once(
            self._asynchronous(
                Operation.SEND_DELIVERY_NOTIFICATION,
                told,
                write_delivery_notification,
                reading(read_delivery_acknowledgement),
            )
        )

    def _asynchronous(
        self,
        operation: Operation,
        content: _Content,
        write: Callable[[_Content], etree._Element | Hollow],
        read: Callable[[Unsealed, bytes], _Answer],
        *,
        service_id: str | None = None,
    ) -> _Exchange[_Answer]:
        return _Exchange(
            self._async_url,
            Heading.of(operation, content),
            partial(write, content),
            read,
            service_id=service_id,
        )

    async def _repeatedly(self, exchange: _Exchange[_Answer]) -> _Answer:
        """Make the exchange until it comes to its end, as long as patience and the breakers allow."""
        time = asyncio.get_running_loop().time
        deadline = time() + self._patience
        attempt, seconds, earlier = 1, self._timeout, None
        while True:
            try:
                return await self._once(exchange, seconds)
            except ShepError as error:
                if error.retry_after is not None and earlier is not None:
                    # Why it is left alone says more than that it is.
                    raise earlier from None
                wait = self._retry.delay(attempt).total_seconds()
                seconds = min(self._timeout, deadline - time() - wait)
                if not _may_pass(error) or attempt >= MOST_ATTEMPTS or seconds <= 0:
                    raise
                earlier = error
            _log.info("shep-asks-again", gateway=self.name, service=exchange.service_id, error=earlier.outcome)
            attempt += 1
            await self._sleep(wait)

    async def _once(self, exchange: _Exchange[_Answer], seconds: float | None = None) -> _Answer:
        seconds = self._timeout if seconds is None else seconds
        try:
            self.pressure.check(exchange.service_id)
            async with self.pressure.slot(seconds=seconds):
                if exchange.envelope is None:
                    exchange.envelope = await seal(exchange.write, self._key)
                with self.pressure.attempt(exchange.service_id, slow_is_gateway=exchange.slow_is_gateway):
                    return await self._noted(exchange, exchange.envelope, seconds)
        except ShepError as error:
            error.facts.setdefault("gateway", self.name)
            raise

    async def _noted(self, exchange: _Exchange[_Answer], envelope: bytes, seconds: float) -> _Answer:
        """Post the envelope and read what comes; note both with what came of it."""
        body, outcome, answered = b"", UNFINISHED, exchange.heading
        try:
            body = (await post(self._http, exchange.url, envelope, seconds=seconds)).body
            unsealed = await self._answers.unsealed(body)
            answer = await offloaded(len(body), partial(exchange.read, unsealed, body))
            answered, outcome = exchange.heading.answered_by(answer), ""
        except Malformed as error:
            outcome = ShepErrorCode.ANSWER_MALFORMED.value
            raise malformed(error) from error
        except ShepError as error:
            outcome = error.outcome
            if isinstance(error, RemoteServiceError):
                answered = exchange.heading.answered_by(error.answer)
            elif isinstance(error, GatewayError):
                answered = exchange.heading.answered_by(error.fault)
            raise
        finally:
            note = partial(self._notebook.passage, gateway=self.name, outcome=outcome)
            passages = [note(Direction.OUT, exchange.heading, envelope, is_answer=False)]
            if body:
                passages.append(note(Direction.IN, answered, body, is_answer=True))
            await self._notebook.note(*passages)
        return answer


def _may_pass(error: ShepError) -> bool:
    """Whether the same question may be answered a moment later: after silence, and after a passing refusal."""
    passing = isinstance(error, TransportError | GatewayError) and error.retryable
    return passing and error.retry_after is None
