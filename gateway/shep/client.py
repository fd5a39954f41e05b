"""The client half: a participant asks and sends through a gateway, and trusts only that gateway's signed answers."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Sequence
from functools import partial

import aiohttp
from lxml import etree

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.keys import SigningKey
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import Status as VerdictStatus
from gateway.shep.async_channel import read_receipt, write_message
from gateway.shep.delivery_status import read_status_answer, write_status_question
from gateway.shep.elements import Malformed
from gateway.shep.envelope import Opened, is_fault
from gateway.shep.errors import GatewayError, RemoteServiceError, ShepErrorCode, UnknownGatewayError
from gateway.shep.faults import read_fault
from gateway.shep.line import post
from gateway.shep.messages import (
    AsyncMessage,
    Payload,
    Property,
    Receipt,
    Sender,
    StatusAnswer,
    StatusQuestion,
    SyncAnswer,
    SyncQuestion,
)
from gateway.shep.offload import offloaded
from gateway.shep.seal import CertificateSet, SealBroken, read_shell, seal, unseal
from gateway.shep.sync_channel import read_answer, write_question

__all__ = ["Sender", "ShepClient"]


class ShepClient:
    """A participant at one gateway. `timeout` is in real seconds and holds for each exchange."""

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
        timeout: float = 30.0,
    ) -> None:
        self._http = http
        self._sync_url = sync_url
        self._async_url = async_url
        self._sender = sender
        self._key = key
        self._gateway = CertificateSet.of(gateway_certificates)
        self._checker = checker
        self._clock = clock
        self._timeout = timeout

    def __repr__(self) -> str:
        return f"<ShepClient {self._sender.sender_id} at {self._async_url}>"

    async def ask(
        self,
        service_id: str,
        payload: Payload | None,
        *,
        route_id: str | None = None,
        properties: tuple[Property, ...] = (),
    ) -> SyncAnswer:
        """Ask a provider by the synchronous channel.

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
        content, envelope = await self._exchange(self._sync_url, partial(write_question, question))
        try:
            answer = await offloaded(len(envelope), partial(read_answer, content, envelope))
        except Malformed as error:
            raise _malformed(error) from error
        if answer.correlation_id is not None and question.message_id not in (answer.correlation_id, answer.message_id):
            raise UnknownGatewayError(
                ShepErrorCode.ANSWER_TO_ANOTHER, asked=question.message_id, answered=answer.correlation_id
            )
        if not answer.status.is_success:
            raise RemoteServiceError(answer)
        return answer

    async def send(self, message: AsyncMessage) -> Receipt:
        """Hand a message over by the asynchronous channel; its sender and, where absent, its date are filled in.

        Sending again after an error is safe for the path; the receiver tells repetitions of a REQUEST by content.
        """
        complete = dataclasses.replace(
            message, sender=self._sender, message_date=message.message_date or self._clock.now()
        )
        content, _ = await self._exchange(self._async_url, partial(write_message, complete))
        try:
            return read_receipt(content)
        except Malformed as error:
            raise _malformed(error) from error

    async def status(self, message_id: str) -> StatusAnswer:
        """Ask the gateway what became of a message."""
        question = StatusQuestion(message_id, self._clock.now(), self._sender)
        content, _ = await self._exchange(self._async_url, partial(write_status_question, question))
        try:
            return read_status_answer(content)
        except Malformed as error:
            raise _malformed(error) from error

    async def _exchange(self, url: str, write: Callable[[], etree._Element]) -> tuple[etree._Element, bytes]:
        envelope = await seal(write, self._key)
        reply = await post(self._http, url, envelope, seconds=self._timeout)
        return await self._trusted(reply.body), reply.body

    async def _trusted(self, body: bytes) -> etree._Element:
        # (1) The shell: one Envelope, one Body.
        try:
            opened = await read_shell(body)
            if not opened.is_sealed:
                return self._unsigned(opened)
        except Malformed as error:
            raise _malformed(error) from error
        # (2) The signature covers the Body that will be read.
        try:
            unsealed = await unseal(opened, self._gateway.certificates, size=len(body))
        except SealBroken as error:
            raise UnknownGatewayError(
                ShepErrorCode.ANSWER_SIGNATURE_WRONG, reason=error.reason, **error.facts
            ) from error
        # (3) The signer is this gateway and nobody else.
        if unsealed.certificate not in self._gateway:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_SIGNER_UNKNOWN, signer=unsealed.certificate.subject.dn)
        # (4) The gateway's certificate is good now.
        verdict = await self._checker.check(unsealed.certificate)
        if verdict.status is VerdictStatus.INVALID:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_CERTIFICATE_REFUSED, verdict=verdict.code.value)
        if verdict.status is not VerdictStatus.VALID:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_CERTIFICATE_UNDECIDED, verdict=verdict.code.value)
        # (5) A fault is a refusal, signed by the gateway.
        try:
            content = unsealed.content
            if is_fault(content):
                raise GatewayError(read_fault(content, received_at=self._clock.now()), signed=True)
        except Malformed as error:
            raise _malformed(error) from error
        return content

    def _unsigned(self, opened: Opened) -> etree._Element:
        """Raise for an answer without a signature: a fault may come so, anything else is not the gateway's word."""
        content = opened.content
        if is_fault(content):
            raise GatewayError(read_fault(content, received_at=self._clock.now()), signed=False)
        raise UnknownGatewayError(ShepErrorCode.ANSWER_UNSIGNED)


def _malformed(error: Malformed) -> UnknownGatewayError:
    return UnknownGatewayError(ShepErrorCode.ANSWER_MALFORMED, path=error.path, reason=error.reason)
