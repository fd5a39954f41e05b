"""`sendMessage` of the asynchronous channel, the same at the gateway and at a participant."""

from __future__ import annotations

from lxml import etree

from gateway.shep.elements import add, child, choice, identifier, moment, optional_identifier, read_moment
from gateway.shep.envelope import response_of
from gateway.shep.messages import AsyncMessage, MessageType, Receipt
from gateway.shep.names import ASYNC, Operation
from gateway.shep.payload import read_payload, write_payload
from gateway.shep.runs import NO_RUNS, Runs
from gateway.shep.sync_channel import read_properties, read_sender, write_properties, write_sender

_NSMAP = {"async": ASYNC}


def write_message(message: AsyncMessage) -> etree._Element:
    """Return the wrapper element of a message; its date and sender must be filled in."""
    wrapper = etree.Element(Operation.SEND_ASYNC.value, nsmap=_NSMAP)
    write_content(etree.SubElement(wrapper, "request"), message)
    return wrapper


def write_content(parent: etree._Element, message: AsyncMessage) -> None:
    """Append `messageInfo` and `messageData`."""
    if message.message_date is None or message.sender is None:
        raise ValueError("a message on the wire has a date and a sender")
    info = etree.SubElement(parent, "messageInfo")
    add(info, "messageId", message.message_id)
    add(info, "correlationId", message.correlation_id)
    add(info, "serviceId", message.service_id)
    add(info, "messageType", message.message_type.value)
    add(info, "routeId", message.route_id)
    add(info, "messageDate", moment(message.message_date))
    write_sender(info, message.sender)
    write_properties(info, message.properties)
    add(info, "sessionId", message.session_id)
    write_payload(etree.SubElement(parent, "messageData"), message.payload)


def read_message(wrapper: etree._Element, runs: Runs = NO_RUNS) -> AsyncMessage:
    """Read a message; raises `Malformed`."""
    return read_content(child(wrapper, "request"), runs)


def read_content(parent: etree._Element, runs: Runs = NO_RUNS) -> AsyncMessage:
    """Read `messageInfo` and `messageData`; raises `Malformed`."""
    info = child(parent, "messageInfo")
    payload = read_payload(child(parent, "messageData"), required=True, runs=runs)
    assert payload is not None
    return AsyncMessage(
        message_id=optional_identifier(info, "messageId"),
        correlation_id=optional_identifier(info, "correlationId"),
        service_id=identifier(info, "serviceId"),
        message_type=choice(info, "messageType", MessageType),
        route_id=optional_identifier(info, "routeId"),
        message_date=read_moment(info, "messageDate"),
        sender=read_sender(info),
        properties=read_properties(info),
        session_id=optional_identifier(info, "sessionId"),
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
    response = response_of(wrapper, Operation.SEND_ASYNC)
    return Receipt(
        message_id=identifier(response, "messageId"),
        correlation_id=identifier(response, "correlationId"),
        response_date=read_moment(response, "responseDate"),
        session_id=optional_identifier(response, "sessionId"),
    )
