"""The server half of a participant: what a gateway pushes is stored, what it asks is answered.

Only the gateways that the participant knows may call; each by the certificates that are configured for it.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import structlog
from aiohttp import web
from lxml import etree

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.keys import SigningKey
from gateway.eds.trust import CertificateChecker
from gateway.shep.admission import admit_certificate, admit_seal, admit_shell, malformed
from gateway.shep.async_channel import read_message, write_receipt
from gateway.shep.delivery_status import read_status_notification, write_status_acknowledgement
from gateway.shep.door import BodyRefused, read_body, soap_answer
from gateway.shep.elements import Malformed
from gateway.shep.envelope import operation_of
from gateway.shep.faults import Fault, FaultCode, write_fault
from gateway.shep.messages import (
    PROCESSED,
    AsyncMessage,
    Payload,
    Receipt,
    Sender,
    Status,
    StatusNotification,
    SyncAnswer,
    SyncQuestion,
)
from gateway.shep.names import Operation
from gateway.shep.offload import offloaded
from gateway.shep.refusal import Refused
from gateway.shep.seal import CertificateSet, seal
from gateway.shep.sync_channel import read_question, write_answer

PUSH_PATH = "/shep/push"
ASK_PATH = "/shep/ask"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SyncReply:
    """What a provider says: its payload and status; ids, dates and the signature are this room's affair."""

    payload: Payload | None
    status: Status = PROCESSED


SyncHandler = Callable[[SyncQuestion, Sender], Awaitable[SyncReply]]
"""Answers a question; the sender is the one that the gateway vouches for. May raise `Refused`."""
StatusHandler = Callable[[StatusNotification, str], Awaitable[None]]
"""Takes note of a status notification and of the gateway that it came from."""


class Receiver(Protocol):
    """Where pushed messages go; `Inbox` is one."""

    async def receive(self, message: AsyncMessage, *, gateway: str) -> Receipt:
        """Store the message and return the receipt; may raise `Refused`."""


class Participant:
    """One system behind its gateways, each known by a name of its own (`shep`, `rshep`); mounted by its `routes`."""

    def __init__(
        self,
        *,
        gateways: Mapping[str, Sequence[Certificate]],
        key: SigningKey,
        checker: CertificateChecker,
        clock: Clock,
        receiver: Receiver | None = None,
        services: Mapping[str, SyncHandler] | None = None,
        on_status: StatusHandler | None = None,
    ) -> None:
        self._gateways = {name: CertificateSet.of(certificates) for name, certificates in gateways.items()}
        self._known = [each for certificates in gateways.values() for each in certificates]
        self._key = key
        self._checker = checker
        self._clock = clock
        self._receiver = receiver
        self._services = dict(services or {})
        self._on_status = on_status

    def routes(self, *, push_path: str = PUSH_PATH, ask_path: str = ASK_PATH) -> list[web.RouteDef]:
        """Return the routes of what this participant takes: pushes, questions, or both."""
        routes = []
        if self._receiver is not None:
            routes.append(web.post(push_path, self._push))
        if self._services:
            routes.append(web.post(ask_path, self._ask))
        return routes

    async def _push(self, request: web.Request) -> web.Response:
        return await self._serve(request, Operation.SEND_ASYNC, self._take)

    async def _ask(self, request: web.Request) -> web.Response:
        return await self._serve(request, Operation.SEND_SYNC, self._answer)

    async def _serve(self, request: web.Request, expected: Operation, work: _Work) -> web.Response:
        """Admit the request, do the work, answer with the operation's response or a fault, signed either way."""
        operation, close = expected, False
        try:
            body = await read_body(request)
            gateway, content = await self._admit(body)
            operation = operation_of(content)
            answered = await work(operation, content, gateway, len(body))
        except BodyRefused as error:
            close = True
            answered = self._fault(Refused(FaultCode.WRONG_FORMAT, error.reason), operation)
        except Malformed as error:
            answered = self._fault(malformed(error), operation)
        except Refused as error:
            answered = self._fault(error, operation)
        except Exception as error:  # noqa: BLE001 - a caller gets a fault, whatever failed here
            _log.exception("shep-work-failed", operation=operation.local_name)
            answered = self._fault(Refused(FaultCode.INTERNAL, type(error).__name__), operation)
        envelope = await seal(answered.write, self._key)
        return soap_answer(envelope, fault=answered.is_fault, close=close)

    async def _admit(self, body: bytes) -> tuple[str, etree._Element]:
        """Let in what one of the gateways signed; the steps are those of `admission`."""
        opened = await admit_shell(body)
        unsealed = await admit_seal(opened, known=self._known, size=len(body))
        gateway = next((name for name, known in self._gateways.items() if unsealed.certificate in known), None)
        if gateway is None:
            signer = unsealed.certificate.subject.dn
            raise Refused(FaultCode.SIGNATURE_WRONG, "the signer is no gateway of this system", signer=signer)
        await admit_certificate(unsealed.certificate, self._checker)
        return gateway, unsealed.content

    async def _take(self, operation: Operation, content: etree._Element, gateway: str, size: int) -> _Answered:
        if operation is Operation.CHANGE_STATUS_NOTIFICATION:
            notification = read_status_notification(content)
            if self._on_status is not None:
                await self._on_status(notification, gateway)
            session_id = notification.session_id or f"{{{uuid.uuid4()}}}"
            return _Answered(partial(write_status_acknowledgement, self._clock.now(), session_id))
        if operation is not Operation.SEND_ASYNC or self._receiver is None:
            raise Refused(FaultCode.WRONG_FORMAT, f"{operation.local_name} is not served here")
        message = await offloaded(size, partial(read_message, content))
        receipt = await self._receiver.receive(message, gateway=gateway)
        return _Answered(partial(write_receipt, receipt))

    async def _answer(self, operation: Operation, content: etree._Element, gateway: str, size: int) -> _Answered:
        if operation is not Operation.SEND_SYNC:
            raise Refused(FaultCode.WRONG_FORMAT, f"{operation.local_name} is not served here")
        question = await offloaded(size, partial(read_question, content))
        handler = self._services.get(question.service_id)
        if handler is None:
            raise Refused(FaultCode.SERVICE_UNAVAILABLE, "По заданному значению ServiceId услуга не найдена!")
        reply = await handler(question, question.sender)
        answer = SyncAnswer(
            message_id=str(uuid.uuid4()),
            correlation_id=question.message_id,
            response_date=self._clock.now(),
            status=reply.status,
            payload=reply.payload,
            session_id=question.session_id,
        )
        return _Answered(partial(write_answer, answer))

    def _fault(self, refused: Refused, operation: Operation) -> _Answered:
        _log.warning("shep-message-refused", operation=operation.local_name, code=refused.code.value, data=refused.data)
        fault = Fault.of(refused.code, self._clock.now(), refused.data)
        return _Answered(partial(write_fault, fault, operation), is_fault=True)


@dataclass(frozen=True, slots=True)
class _Answered:
    write: Callable[[], etree._Element]
    is_fault: bool = False


class _Work(Protocol):
    async def __call__(
        self, operation: Operation, content: etree._Element, gateway: str, size: int, /
    ) -> _Answered: ...


def participant_routes(*, push_path: str = PUSH_PATH, ask_path: str = ASK_PATH, **parts: Any) -> list[web.RouteDef]:
    """Return the routes of a `Participant` made of `parts`."""
    return Participant(**parts).routes(push_path=push_path, ask_path=ask_path)
