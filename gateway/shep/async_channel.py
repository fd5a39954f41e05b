"""`sendMessage`, `getMessageStatus` and `changeMassageStatusNotification` of the asynchronous channel."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from lxml import etree

from gateway.shep.elements import Malformed, add, child, moment, optional_text, read_moment, text
from gateway.shep.messages import (
    AsyncMessage,
    MessageState,
    MessageType,
    Receipt,
    StatusAnswer,
    StatusNotification,
    StatusQuestion,
)
from gateway.shep.names import ASYNC, ASYNC_CLIENT, Operation
from gateway.shep.payload import read_payload, write_payload
from gateway.shep.sync_channel import read_properties, read_sender, write_properties, write_sender

_NSMAP = {"async": ASYNC}
_CLIENT_NSMAP = {"client": ASYNC_CLIENT}
_Choice = TypeVar("_Choice", bound=StrEnum)


def write_message(message: AsyncMessage) -> etree._Element:
    """Return the wrapper element of a message; its date and sender must be filled in."""
    if message.message_date is None or message.sender is None:
        raise ValueError("a message on the wire has a date and a sender")
    wrapper = etree.Element(Operation.SEND_ASYNC.value, nsmap=_NSMAP)
    request = etree.SubElement(wrapper, "request")
    info = etree.SubElement(request, "messageInfo")
    add(info, "messageId", message.message_id)
    add(info, "correlationId", message.correlation_id)
    add(info, "serviceId", message.service_id)
    add(info, "messageType", message.message_type.value)
    add(info, "routeId", message.route_id)
    add(info, "messageDate", moment(message.message_date))
    write_sender(info, message.sender)
    write_properties(info, message.properties)
    add(info, "sessionId", message.session_id)
    write_payload(etree.SubElement(request, "messageData"), message.payload)
    return wrapper


def read_message(wrapper: etree._Element) -> AsyncMessage:
    """Read a message; raises `Malformed`."""
    request = child(wrapper, "request")
    info = child(request, "messageInfo")
    payload = read_payload(child(request, "messageData"), required=True)
    assert payload is not None
    return AsyncMessage(
        message_id=optional_text(info, "messageId"),
        correlation_id=optional_text(info, "correlationId"),
        service_id=text(info, "serviceId"),
        message_type=_choice(info, "messageType", MessageType),
        route_id=optional_text(info, "routeId"),
        message_date=read_moment(info, "messageDate"),
        sender=read_sender(info),
        properties=read_properties(info),
        session_id=optional_text(info, "sessionId"),
        payload=payload,
    )


def write_receipt(receipt: Receipt) -> etree._Element:
    """Return the wrapper element of a receipt."""
    wrapper = etree.Element(Operation.SEND_ASYNC.response, nsmap=_NSMAP)
    response = etree.SubElement(wrapper, "response")
    add(response, "messageId", receipt.message_id)
    add(response, "correlationId", receipt.correlation_id)
    add(response, "responseDate", moment(receipt.response_date))
    add(response, "sessionId", receipt.session_id)
    return wrapper


def read_receipt(wrapper: etree._Element) -> Receipt:
    """Read a receipt; raises `Malformed`."""
    response = _response(wrapper, Operation.SEND_ASYNC)
    return Receipt(
        message_id=text(response, "messageId"),
        correlation_id=text(response, "correlationId"),
        response_date=read_moment(response, "responseDate"),
        session_id=optional_text(response, "sessionId"),
    )


def write_status_notification(notification: StatusNotification) -> etree._Element:
    """Return the wrapper element of `changeMassageStatusNotification`."""
    wrapper = etree.Element(Operation.CHANGE_STATUS_NOTIFICATION.value, nsmap=_CLIENT_NSMAP)
    request = etree.SubElement(wrapper, "request")
    element = etree.SubElement(request, "notification")
    add(element, "notificationId", notification.notification_id)
    add(element, "messageId", notification.message_id)
    add(element, "notificationDate", moment(notification.notification_date))
    add(element, "messageState", notification.state.value)
    _write_status(element, notification.status_code, notification.status_message, notification.status_date)
    add(request, "requestDate", moment(notification.request_date))
    add(request, "sessionId", notification.session_id)
    return wrapper


def read_status_notification(wrapper: etree._Element) -> StatusNotification:
    """Read `changeMassageStatusNotification`; raises `Malformed`."""
    request = child(wrapper, "request")
    element = child(request, "notification")
    status = child(element, "status")
    return StatusNotification(
        notification_id=text(element, "notificationId"),
        message_id=text(element, "messageId"),
        notification_date=read_moment(element, "notificationDate"),
        state=_choice(element, "messageState", MessageState),
        status_code=text(status, "statusCode"),
        status_message=optional_text(status, "statusMessage") or "",
        status_date=read_moment(status, "statusDate"),
        request_date=read_moment(request, "requestDate"),
        session_id=optional_text(request, "sessionId"),
    )


def write_status_acknowledgement(at: datetime, session_id: str) -> etree._Element:
    """Return the wrapper element that acknowledges a status notification."""
    wrapper = etree.Element(Operation.CHANGE_STATUS_NOTIFICATION.response, nsmap=_CLIENT_NSMAP)
    response = etree.SubElement(wrapper, "response")
    add(response, "responseDate", moment(at))
    add(response, "sessionId", session_id)
    return wrapper


def write_status_question(question: StatusQuestion) -> etree._Element:
    """Return the wrapper element of `getMessageStatus`."""
    wrapper = etree.Element(Operation.GET_MESSAGE_STATUS.value, nsmap=_NSMAP)
    request = etree.SubElement(wrapper, "request")
    add(request, "messageId", question.message_id)
    add(request, "requestDate", moment(question.request_date))
    write_sender(request, question.sender)
    return wrapper


def read_status_question(wrapper: etree._Element) -> StatusQuestion:
    """Read `getMessageStatus`; raises `Malformed`."""
    request = child(wrapper, "request")
    return StatusQuestion(text(request, "messageId"), read_moment(request, "requestDate"), read_sender(request))


def write_status_answer(answer: StatusAnswer) -> etree._Element:
    """Return the wrapper element of the answer to `getMessageStatus`."""
    wrapper = etree.Element(Operation.GET_MESSAGE_STATUS.response, nsmap=_NSMAP)
    response = etree.SubElement(wrapper, "response")
    add(response, "messageState", answer.state.value)
    _write_status(response, answer.status_code, answer.status_message, answer.status_date)
    add(response, "responseDate", moment(answer.response_date))
    add(response, "sessionId", answer.session_id)
    return wrapper


def read_status_answer(wrapper: etree._Element) -> StatusAnswer:
    """Read the answer to `getMessageStatus`; raises `Malformed`."""
    response = _response(wrapper, Operation.GET_MESSAGE_STATUS)
    status = child(response, "status")
    return StatusAnswer(
        state=_choice(response, "messageState", MessageState),
        status_code=text(status, "statusCode"),
        status_message=optional_text(status, "statusMessage") or "",
        status_date=read_moment(status, "statusDate"),
        response_date=read_moment(response, "responseDate"),
        session_id=optional_text(response, "sessionId"),
    )


def _write_status(parent: etree._Element, code: str, message: str, date: datetime) -> None:
    status = etree.SubElement(parent, "status")
    add(status, "statusCode", code)
    add(status, "statusMessage", message)
    add(status, "statusDate", moment(date))


def _response(wrapper: etree._Element, operation: Operation) -> etree._Element:
    if wrapper.tag != operation.response:
        raise Malformed(wrapper, f"{operation.local_name}Response is expected")
    return child(wrapper, "response")


def _choice(parent: etree._Element, name: str, choices: type[_Choice]) -> _Choice:
    value = text(parent, name)
    try:
        return choices(value)
    except ValueError:
        raise Malformed(parent, f"{name} is none of {', '.join(choices)}") from None
