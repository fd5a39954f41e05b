"""`getMessages` fetches what waits at the gateway, `sendDeliveryNotification` tells it what became of each message."""

from __future__ import annotations

from typing import Final

from lxml import etree

from gateway.shep.async_channel import read_content, write_content
from gateway.shep.elements import (
    Malformed,
    add,
    child,
    choice,
    identifier,
    moment,
    optional_identifier,
    optional_text,
    read_moment,
)
from gateway.shep.envelope import response_of
from gateway.shep.faults import read_error, write_error
from gateway.shep.messages import (
    DeliveryAcknowledgement,
    DeliveryNotification,
    MessagesAnswer,
    MessagesQuestion,
    ReceiveStatus,
    Resend,
    Sender,
)
from gateway.shep.names import ASYNC, Operation
from gateway.shep.runs import NO_RUNS, Runs
from gateway.shep.sync_channel import read_properties, read_sender, write_properties, write_sender

_NSMAP = {"async": ASYNC}
MOST_MESSAGES: Final = 2**31 - 1
"""`amount` is an `xsd:int`."""


def write_messages_question(question: MessagesQuestion) -> etree._Element:
    """Return the wrapper element of `getMessages`."""
    wrapper = etree.Element(Operation.GET_MESSAGES.value, nsmap=_NSMAP)
    request = etree.SubElement(wrapper, "request")
    add(request, "messageId", question.message_id)
    add(request, "correlationId", question.correlation_id)
    add(request, "requestDate", None if question.request_date is None else moment(question.request_date))
    add(request, "serviceId", question.service_id)
    if question.sender is not None:
        write_sender(request, question.sender)
    add(request, "amount", None if question.amount is None else str(question.amount))
    write_properties(request, question.properties)
    return wrapper


def read_messages_question(wrapper: etree._Element) -> MessagesQuestion:
    """Read `getMessages`; raises `Malformed`."""
    request = child(wrapper, "request")
    dated = optional_text(request, "requestDate") is not None
    return MessagesQuestion(
        service_id=identifier(request, "serviceId"),
        message_id=optional_identifier(request, "messageId"),
        correlation_id=optional_identifier(request, "correlationId"),
        request_date=read_moment(request, "requestDate") if dated else None,
        sender=_sender(request),
        amount=_amount(request),
        properties=read_properties(request),
    )


def write_messages_answer(answer: MessagesAnswer) -> etree._Element:
    """Return the wrapper element of the answer to `getMessages`."""
    wrapper = etree.Element(Operation.GET_MESSAGES.response, nsmap=_NSMAP)
    response = etree.SubElement(wrapper, "response")
    add(response, "responseDate", moment(answer.response_date))
    add(response, "sessionId", answer.session_id)
    for each in answer.messages:
        write_content(etree.SubElement(response, "messages"), each)
    return wrapper


def read_messages_answer(wrapper: etree._Element, runs: Runs = NO_RUNS) -> MessagesAnswer:
    """Read the answer to `getMessages`; raises `Malformed`."""
    response = response_of(wrapper, Operation.GET_MESSAGES)
    return MessagesAnswer(
        response_date=read_moment(response, "responseDate"),
        session_id=identifier(response, "sessionId"),
        messages=tuple(read_content(each, runs) for each in response.findall("messages")),
    )


def write_delivery_notification(notification: DeliveryNotification) -> etree._Element:
    """Return the wrapper element of `sendDeliveryNotification`."""
    wrapper = etree.Element(Operation.SEND_DELIVERY_NOTIFICATION.value, nsmap=_NSMAP)
    request = etree.SubElement(wrapper, "request")
    element = etree.SubElement(request, "notification")
    add(element, "messageId", notification.message_id)
    add(element, "serviceId", notification.service_id)
    add(element, "notificationDate", moment(notification.notification_date))
    status = etree.SubElement(element, "deliveryStatus")
    add(status, "receiveStatus", notification.receive_status.value)
    add(status, "statusDate", moment(notification.status_date))
    add(status, "resendMessage", notification.resend.value)
    if notification.error is not None:
        write_error(etree.SubElement(status, "error"), notification.error)
    add(request, "requestDate", moment(notification.request_date))
    if notification.sender is not None:
        write_sender(request, notification.sender)
    return wrapper


def read_delivery_notification(wrapper: etree._Element) -> DeliveryNotification:
    """Read `sendDeliveryNotification`; raises `Malformed`."""
    request = child(wrapper, "request")
    element = child(request, "notification")
    status = child(element, "deliveryStatus")
    error = child(status, "error", required=False)
    return DeliveryNotification(
        message_id=identifier(element, "messageId"),
        service_id=identifier(element, "serviceId"),
        notification_date=read_moment(element, "notificationDate"),
        receive_status=choice(status, "receiveStatus", ReceiveStatus),
        status_date=read_moment(status, "statusDate"),
        resend=choice(status, "resendMessage", Resend),
        request_date=read_moment(request, "requestDate"),
        sender=_sender(request),
        error=None if error is None else read_error(error),
    )


def write_delivery_acknowledgement(acknowledgement: DeliveryAcknowledgement) -> etree._Element:
    """Return the wrapper element that acknowledges a delivery notification."""
    wrapper = etree.Element(Operation.SEND_DELIVERY_NOTIFICATION.response, nsmap=_NSMAP)
    response = etree.SubElement(wrapper, "response")
    add(response, "notificationId", acknowledgement.notification_id)
    add(response, "responseDate", moment(acknowledgement.response_date))
    add(response, "sessionId", acknowledgement.session_id)
    return wrapper


def read_delivery_acknowledgement(wrapper: etree._Element) -> DeliveryAcknowledgement:
    """Read the acknowledgement of a delivery notification; raises `Malformed`."""
    response = response_of(wrapper, Operation.SEND_DELIVERY_NOTIFICATION)
    return DeliveryAcknowledgement(
        identifier(response, "notificationId"), read_moment(response, "responseDate"), identifier(response, "sessionId")
    )


def _sender(parent: etree._Element) -> Sender | None:
    return None if child(parent, "sender", required=False) is None else read_sender(parent)


def _amount(parent: etree._Element) -> int | None:
    value = optional_text(parent, "amount")
    if value is None:
        return None
    if not value.isdecimal() or not value.isascii() or len(value) > len(str(MOST_MESSAGES)):
        raise Malformed(parent, f"amount is not a number of messages: {value[:40]!r}")
    return min(int(value), MOST_MESSAGES)
