"""The server half of a participant: what a gateway pushes is stored, what it asks is answered.

Only the gateways that the participant knows may call; each by the certificates that are configured for it. Every call
is noted with what came of it; the body only once a gateway's signature on it has held, so that strangers cannot fill
the log.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

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
from gateway.shep.documents import WsdlService, channel_documents
from gateway.shep.door import BODIES, Bodies, BodyRefused, Room, read_body, soap_answer
from gateway.shep.elements import Malformed
from gateway.shep.envelope import operation_of
from gateway.shep.faults import Fault, FaultCode, write_fault
from gateway.shep.first_answers import FirstAnswers, RememberedAnswers, content_digest
from gateway.shep.hollow import Hollow, hollow
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
from gateway.shep.notebook import Heading, Notebook
from gateway.shep.offload import offloaded
from gateway.shep.passages import Direction, PassageLog, Unlogged
from gateway.shep.refusal import Refused
from gateway.shep.schema import check_editions
from gateway.shep.seal import CertificateSet, Unsealed, seal
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
        log: PassageLog | None = None,
        first_answers: FirstAnswers | None = None,
        bodies: Bodies = BODIES,
    ) -> None:
        self._gateways = {name: CertificateSet.of(certificates) for name, certificates in gateways.items()}
        self._known = [each for certificates in gateways.values() for each in certificates]
        self._key = key
        self._checker = checker
        self._clock = clock
        self._receiver = receiver
        self._services = dict(services or {})
        self._on_status = on_status
        self._first_answers = first_answers or RememberedAnswers(clock)
        self._bodies = bodies
        self._notebook = Notebook(log or Unlogged(), clock)

    @property
    def missed_passages(self) -> int:
        """How many passages the log did not keep."""
        return self._notebook.missed

    def routes(self, *, push_path: str = PUSH_PATH, ask_path: str = ASK_PATH) -> list[web.RouteDef]:
        """Return the routes of what this participant takes, with their WSDL: pushes, questions, or both."""
        routes: list[web.RouteDef] = []
        if self._receiver is not None or self._on_status is not None:
            routes += [web.post(push_path, self._push), *channel_documents(push_path, WsdlService.ASYNC_CLIENT)]
        if self._services:
            routes += [web.post(ask_path, self._ask), *channel_documents(ask_path, WsdlService.SYNC)]
        return routes

    async def _push(self, request: web.Request) -> web.Response:
        with self._bodies.room() as room:
            return await self._serve(request, room, Operation.SEND_ASYNC, self._take)

    async def _ask(self, request: web.Request) -> web.Response:
        with self._bodies.room() as room:
            return await self._serve(request, room, Operation.SEND_SYNC, self._answer)

    async def _serve(self, request: web.Request, room: Room, expected: Operation, work: _Work) -> web.Response:
        """Admit the request, do the work, answer with the operation's response or a fault, signed either way."""
        call, close = _Call(), False
        try:
            body = await read_body(request, room)
            call.gateway, unsealed = await self._admit(body)
            call.body = body
            call.heading = Heading(operation_of(unsealed.content))
            check_editions(unsealed.content, body)
            answered = await work(call, unsealed)
        except BodyRefused as error:
            close = True
            answered = self._fault(Refused(error.code, error.reason), call, expected)
        except Malformed as error:
            answered = self._fault(malformed(error), call, expected)
        except Refused as error:
            answered = self._fault(error, call, expected)
        except Exception as error:  # noqa: BLE001 - a caller gets a fault, whatever failed here
            _log.exception("shep-work-failed", operation=(call.heading.operation or expected).local_name)
            answered = self._fault(Refused(FaultCode.INTERNAL, type(error).__name__), call, expected)
        envelope = await seal(answered.write, self._key)
        await self._note(call, answered, envelope)
        return soap_answer(envelope, fault=answered.is_fault, close=close)

    async def _admit(self, body: bytes) -> tuple[str, Unsealed]:
        """Let in what one of the gateways signed; the steps are those of `admission`."""
        opened = await admit_shell(body, past_tree=True)
        unsealed = await admit_seal(opened, known=self._known, size=len(body))
        gateway = next((name for name, known in self._gateways.items() if unsealed.certificate in known), None)
        if gateway is None:
            signer = unsealed.certificate.subject.dn
            raise Refused(FaultCode.SIGNATURE_WRONG, "the signer is no gateway of this system", signer=signer)
        await admit_certificate(unsealed.certificate, self._checker)
        return gateway, unsealed

    async def _take(self, call: _Call, unsealed: Unsealed) -> _Answered:
        operation = call.heading.operation
        if operation is Operation.CHANGE_STATUS_NOTIFICATION:
            notification = read_status_notification(unsealed.content)
            call.heading = Heading.of(operation, notification)
            if self._on_status is not None:
                await self._on_status(notification, call.gateway)
            session_id = notification.session_id or f"{{{uuid.uuid4()}}}"
            return _Answered(partial(write_status_acknowledgement, self._clock.now(), session_id), call.heading)
        if operation is not Operation.SEND_ASYNC or self._receiver is None:
            raise _not_served(operation)
        message = await offloaded(len(call.body), partial(read_message, unsealed.content, unsealed.runs))
        call.heading = Heading.of(operation, message)
        receipt = await self._receiver.receive(message, gateway=call.gateway)
        return _Answered(partial(write_receipt, receipt), call.heading.answered_by(receipt))

    async def _answer(self, call: _Call, unsealed: Unsealed) -> _Answered:
        operation = call.heading.operation
        if operation is not Operation.SEND_SYNC:
            raise _not_served(operation)
        question = await offloaded(len(call.body), partial(read_question, unsealed.content, unsealed.runs))
        call.heading = Heading.of(operation, question)
        handler = self._services.get(question.service_id)
        if handler is None:
            raise Refused(FaultCode.SERVICE_UNAVAILABLE, "По заданному значению ServiceId услуга не найдена!")
        digest = await offloaded(len(call.body), partial(content_digest, question))
        origin = f"{call.gateway}/{question.sender.sender_id}"
        answer, repeated = await self._first_answers.once(
            (origin, question.message_id), digest, partial(self._handled, handler, question)
        )
        if repeated:
            _log.info("shep-question-repeated", service=question.service_id, message_id=question.message_id)
            # The session is the gateway's name for one handling, not a part of what was answered.
            answer = dataclasses.replace(answer, session_id=question.session_id)
        return _Answered(partial(hollow, write_answer, answer), call.heading.answered_by(answer))

    async def _handled(self, handler: SyncHandler, question: SyncQuestion) -> SyncAnswer:
        reply = await handler(question, question.sender)
        return SyncAnswer(
            message_id=str(uuid.uuid4()),
            correlation_id=question.message_id,
            response_date=self._clock.now(),
            status=reply.status,
            payload=reply.payload,
            session_id=question.session_id,
        )

    def _fault(self, refused: Refused, call: _Call, expected: Operation) -> _Answered:
        operation, code = call.heading.operation or expected, refused.code.value
        _log.warning("shep-message-refused", operation=operation.local_name, code=code, data=refused.data)
        fault = Fault.of(refused.code, self._clock.now(), refused.data, session_id=call.heading.session_id)
        return _Answered(partial(write_fault, fault, operation), call.heading, code)

    async def _note(self, call: _Call, answered: _Answered, envelope: bytes) -> None:
        note = partial(self._notebook.passage, gateway=call.gateway, outcome=answered.outcome)
        await self._notebook.note(
            note(Direction.IN, call.heading, call.body, is_answer=False),
            note(Direction.OUT, answered.heading, envelope, is_answer=True),
        )


@dataclass(slots=True)
class _Call:
    """What is known of a call so far; a stranger's stays nameless and without its body."""

    gateway: str = ""
    body: bytes = b""
    heading: Heading = field(default_factory=Heading)


@dataclass(frozen=True, slots=True)
class _Answered:
    write: Callable[[], etree._Element | Hollow]
    heading: Heading
    outcome: str = ""

    @property
    def is_fault(self) -> bool:
        return bool(self.outcome)


class _Work(Protocol):
    async def __call__(self, call: _Call, unsealed: Unsealed, /) -> _Answered: ...


def _not_served(operation: Operation | None) -> Refused:
    name = "" if operation is None else operation.local_name
    return Refused(FaultCode.WRONG_FORMAT, f"{name} is not served here")
