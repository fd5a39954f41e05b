"""`SendMessage` of the synchronous channel, written and read."""

from __future__ import annotations

from typing import Final

from lxml import etree

from gateway.shep.elements import (
    Malformed,
    add,
    child,
    cut_text,
    identifier,
    moment,
    optional_identifier,
    optional_text,
    read_code,
    read_moment,
)
from gateway.shep.envelope import response_of
from gateway.shep.messages import Property, Sender, Status, SyncAnswer, SyncQuestion
from gateway.shep.names import SYNC, Operation
from gateway.shep.payload import read_payload, write_payload
from gateway.shep.runs import NO_RUNS, Runs

_NSMAP = {"sync": SYNC}
_MOST_PROPERTIES: Final = 100
_LONGEST_KEY: Final = 200
_LONGEST_VALUE: Final = 2000
"""The schema has 30 and 500; real clients are not so exact."""


def write_question(question: SyncQuestion) -> etree._Element:
    """Return the wrapper element of a question."""
    wrapper = etree.Element(Operation.SEND_SYNC.value, nsmap=_NSMAP)
    request = etree.SubElement(wrapper, "request")
    info = etree.SubElement(request, "requestInfo")
    add(info, "messageId", question.message_id)
    add(info, "correlationId", question.correlation_id)
    add(info, "serviceId", question.service_id)
    add(info, "messageDate", moment(question.message_date))
    add(info, "routeId", question.route_id)
    write_sender(info, question.sender)
    write_properties(info, question.properties)
    add(info, "sessionId", question.session_id)
    write_payload(etree.SubElement(request, "requestData"), question.payload)
    return wrapper


def read_question(wrapper: etree._Element, runs: Runs = NO_RUNS) -> SyncQuestion:
    """Read a question; raises `Malformed`."""
    request = child(wrapper, "request")
    info = child(request, "requestInfo")
    return SyncQuestion(
        message_id=identifier(info, "messageId"),
        correlation_id=optional_identifier(info, "correlationId"),
        service_id=identifier(info, "serviceId"),
        message_date=read_moment(info, "messageDate"),
        route_id=optional_identifier(info, "routeId"),
        sender=read_sender(info),
        properties=read_properties(info),
        session_id=optional_identifier(info, "sessionId"),
        payload=read_payload(child(request, "requestData"), required=False, runs=runs),
    )


def write_answer(answer: SyncAnswer) -> etree._Element:
    """Return the wrapper element of an answer."""
    wrapper = etree.Element(Operation.SEND_SYNC.response, nsmap=_NSMAP)
    response = etree.SubElement(wrapper, "response")
    info = etree.SubElement(response, "responseInfo")
    add(info, "messageId", answer.message_id)
    add(info, "correlationId", answer.correlation_id)
    add(info, "responseDate", moment(answer.response_date))
    status = etree.SubElement(info, "status")
    add(status, "code", answer.status.code)
    add(status, "message", answer.status.message[:250])
    add(info, "sessionId", answer.session_id)
    write_payload(etree.SubElement(response, "responseData"), answer.payload)
    return wrapper


def read_answer(wrapper: etree._Element, envelope: bytes = b"", runs: Runs = NO_RUNS) -> SyncAnswer:
    """Read an answer; raises `Malformed`."""
    response = response_of(wrapper, Operation.SEND_SYNC)
    info = child(response, "responseInfo")
    status = child(info, "status")
    data = child(response, "responseData", required=False)
    return SyncAnswer(
        message_id=identifier(info, "messageId"),
        correlation_id=optional_identifier(info, "correlationId"),
        response_date=read_moment(info, "responseDate"),
        status=Status(read_code(status, "code"), cut_text(status, "message") or ""),
        session_id=optional_identifier(info, "sessionId"),
        payload=None if data is None else read_payload(data, required=False, runs=runs),
        envelope=envelope,
    )


def write_sender(parent: etree._Element, sender: Sender) -> None:
    """Append `sender`."""
    element = etree.SubElement(parent, "sender")
    add(element, "senderId", sender.sender_id)
    add(element, "password", sender.password)


def read_sender(parent: etree._Element) -> Sender:
    """Read `sender`; raises `Malformed`."""
    element = child(parent, "sender")
    return Sender(identifier(element, "senderId"), optional_text(element, "password"))


def write_properties(parent: etree._Element, properties: tuple[Property, ...]) -> None:
    """Append a `properties` element for each property."""
    for each in properties:
        element = etree.SubElement(parent, "properties")
        add(element, "key", each.key)
        add(element, "value", each.value)


def read_properties(parent: etree._Element) -> tuple[Property, ...]:
    """Read the properties; empty elements, which real clients send, are passed over. Raises `Malformed`."""
    elements = [element for element in parent.findall("properties") if len(element)]
    if len(elements) > _MOST_PROPERTIES:
        raise Malformed(parent, f"{len(elements)} properties, at most {_MOST_PROPERTIES} are taken")
    return tuple(
        Property(_bounded(element, "key", _LONGEST_KEY), _bounded(element, "value", _LONGEST_VALUE))
        for element in elements
    )


def _bounded(parent: etree._Element, name: str, longest: int) -> str:
    value = optional_text(parent, name) or ""
    if len(value) > longest:
        raise Malformed(parent, f"{name} has {len(value)} characters, at most {longest} are taken: {value[:40]!r}")
    return value
