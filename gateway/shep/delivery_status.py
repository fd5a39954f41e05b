"""What became of a message: `getMessageStatus` asks the gateway, `changeMassageStatusNotification` is told by it."""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from gateway.shep.elements import (
    add,
    child,
    choice,
    cut_text,
    identifier,
    moment,
    optional_identifier,
    read_code,
    read_moment,
)
from gateway.shep.envelope import response_of
from gateway.shep.faults import read_error, write_error
from gateway.shep.messages import MessageState, StatusAnswer, StatusNotification, StatusQuestion
from gateway.shep.names import ASYNC, ASYNC_CLIENT, Operation
from gateway.shep.sync_channel import read_properties, read_sender, write_properties, write_sender

_NSMAP = {"async": ASYNC}
_CLIENT_NSMAP = {"client": ASYNC_CLIENT}


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
    if notification.error is not None:
        write_error(etree.SubElement(element, "error"), notification.error)
    add(request, "requestDate", moment(notification.request_date))
    add(request, "sessionId", notification.session_id)
    return wrapper


def read_status_notification(wrapper: etree._Element) -> StatusNotification:
    """Read `changeMassageStatusNotification`; raises `Malformed`."""
    request = child(wrapper, "request")
    element = child(request, "notification")
    status = child(element, "status")
    error = child(element, "error", required=False)
    return StatusNotification(
        notification_id=identifier(element, "notificationId"),
        message_id=identifier(element, "messageId"),
        notification_date=read_moment(element, "notificationDate"),
        state=choice(element, "messageState", MessageState),
        status_code=read_code(status, "statusCode"),
        status_message=cut_text(status, "statusMessage") or "",
        status_date=read_moment(status, "statusDate"),
        request_date=read_moment(request, "requestDate"),
        session_id=optional_identifier(request, "sessionId"),
        error=None if error is None else read_error(error),
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
    write_properties(request, question.properties)
    return wrapper


def read_status_question(wrapper: etree._Element) -> StatusQuestion:
    """Read `getMessageStatus`; raises `Malformed`."""
    request = child(wrapper, "request")
    return StatusQuestion(
        identifier(request, "messageId"),
        read_moment(request, "requestDate"),
        read_sender(request),
        read_properties(request),
    )


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
    response = response_of(wrapper, Operation.GET_MESSAGE_STATUS)
    status = child(response, "status")
    return StatusAnswer(
        state=choice(response, "messageState", MessageState),
        status_code=read_code(status, "statusCode"),
        status_message=cut_text(status, "statusMessage") or "",
        status_date=read_moment(status, "statusDate"),
        response_date=read_moment(response, "responseDate"),
        session_id=optional_identifier(response, "sessionId"),
    )


def _write_status(parent: etree._Element, code: str, message: str, date: datetime) -> None:
    status = etree.SubElement(parent, "status")
    add(status, "statusCode", code)
    add(status, "statusMessage", message)
    add(status, "statusDate", moment(date))
