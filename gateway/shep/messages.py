"""What passes over the channels, as values; the order of fields follows the schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from gateway.shep.faults import Fault

SenderId = NewType("SenderId", str)
ServiceId = NewType("ServiceId", str)
RouteId = NewType("RouteId", str)
MessageId = NewType("MessageId", str)
CorrelationId = NewType("CorrelationId", str)
SessionId = NewType("SessionId", str)
"""A GUID in braces that a gateway gives to one handling of a message."""


class PayloadForm(StrEnum):
    """How the business XML stands in `data` (shep.md, fact 6)."""

    TYPED = "typed"
    """As elements. The `data` element itself is the payload, a document of its own, so that an enveloped signature
    which is its last child stays whole."""
    ESCAPED = "escaped"
    """As a string with `xsi:type="xs:string"`."""
    CDATA = "cdata"
    """As a string without a type, written in a CDATA section."""


class MessageType(StrEnum):
    """What a message of the asynchronous channel is in its chain."""

    REQUEST = "REQUEST"
    NOTIFICATION = "NOTIFICATION"
    UPDATE = "UPDATE"
    RESPONSE = "RESPONSE"


class MessageState(StrEnum):
    """Where a gateway stands in delivering a message."""

    ON_DELIVERY = "ON_DELIVERY"
    DELIVERED = "DELIVERED"
    NOT_DELIVERED = "NOT_DELIVERED"
    DELIVERY_STOPPED = "DELIVERY_STOPPED"


class ReceiveStatus(StrEnum):
    """Whether a receiver took a message that it had fetched."""

    ACCEPTED = "MESSAGE_ACCEPTED"
    NOT_ACCEPTED = "MESSAGE_NOT_ACCTEPTED"
    """Spelt so in the schema."""


class Resend(StrEnum):
    """Whether a message that was not taken shall be handed out again."""

    RESEND = "RESEND"
    NOT_RESEND = "NOT_RESEND"


@dataclass(frozen=True, slots=True)
class Payload:
    """Business XML in UTF-8.

    In the typed form `xml` is the unqualified `data` element; another root element is put into `data` as its only
    child, and comes back inside `data`.
    """

    form: PayloadForm
    xml: bytes

    def __repr__(self) -> str:
        return f"Payload({self.form.value}, {len(self.xml)} bytes)"


@dataclass(frozen=True, slots=True)
class Sender:
    """A system's name at a gateway and the secret that goes with it; a gateway hands on a hash instead."""

    sender_id: str
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Property:
    """A key of at most 30 and a value of at most 500 characters."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Status:
    """The outcome that the provider itself states (shep.md, section 3)."""

    code: str
    message: str

    @property
    def is_success(self) -> bool:
        """Whether the code is one of those that providers use for success."""
        return self.code in SUCCESS_CODES


SUCCESS_CODES = frozenset({"SCSS001", "Success", "1"})
PROCESSED = Status("SCSS001", "Message has been processed successfully")


@dataclass(frozen=True, slots=True)
class SyncQuestion:
    """`SyncSendMessageRequest`."""

    message_id: str
    service_id: str
    message_date: datetime
    sender: Sender
    payload: Payload | None
    correlation_id: str | None = None
    route_id: str | None = None
    properties: tuple[Property, ...] = ()
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class SyncAnswer:
    """`SyncSendMessageResponse`; `envelope` holds the signed bytes as they came, for evidence."""

    message_id: str
    response_date: datetime
    status: Status
    payload: Payload | None
    correlation_id: str | None = None
    session_id: str | None = None
    envelope: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class AsyncMessage:
    """`AsyncSendMessageRequest`.

    A client leaves `sender` and `message_date` out: its `ShepClient` fills them in. In a REQUEST of a client
    `message_id` and `correlation_id` are empty, since the gateway issues them; every other type names its chain by
    `correlation_id`.
    """

    service_id: str
    message_type: MessageType
    payload: Payload
    message_id: str | None = None
    correlation_id: str | None = None
    route_id: str | None = None
    message_date: datetime | None = None
    sender: Sender | None = None
    properties: tuple[Property, ...] = ()
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """`AsyncSendMessageResponse`: the message is accepted by who answers."""

    message_id: str
    correlation_id: str
    response_date: datetime
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class StatusNotification:
    """`AsyncChangeStatusNotifyRequest`: the gateway tells what became of a message."""

    notification_id: str
    message_id: str
    notification_date: datetime
    state: MessageState
    status_code: str
    status_message: str
    status_date: datetime
    request_date: datetime
    session_id: str | None = None
    error: Fault | None = None


@dataclass(frozen=True, slots=True)
class StatusQuestion:
    """`AsyncGetMessageStatusRequest`."""

    message_id: str
    request_date: datetime
    sender: Sender
    properties: tuple[Property, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """`AsyncGetMessageStatusResponse`."""

    state: MessageState
    status_code: str
    status_message: str
    status_date: datetime
    response_date: datetime
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class MessagesQuestion:
    """`AsyncGetMessagesRequest`: fetch what waits for us; `amount` 0 or None leaves the number to the gateway."""

    service_id: str
    message_id: str | None = None
    correlation_id: str | None = None
    request_date: datetime | None = None
    sender: Sender | None = None
    amount: int | None = None
    properties: tuple[Property, ...] = ()


@dataclass(frozen=True, slots=True)
class MessagesAnswer:
    """`AsyncGetMessagesResponse`: every message comes as it would have been pushed."""

    response_date: datetime
    session_id: str
    messages: tuple[AsyncMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryNotification:
    """`AsyncSendDeliveryNotificationRequest`: the receiver tells the gateway whether it took a message."""

    message_id: str
    service_id: str
    notification_date: datetime
    receive_status: ReceiveStatus
    status_date: datetime
    resend: Resend
    request_date: datetime
    sender: Sender | None = None
    error: Fault | None = None


@dataclass(frozen=True, slots=True)
class DeliveryAcknowledgement:
    """`AsyncSendDeliveryNotificationResponse`."""

    notification_id: str
    response_date: datetime
    session_id: str
