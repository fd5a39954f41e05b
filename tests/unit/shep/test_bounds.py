"""What strangers may write is bounded where it is read: ids and properties are refused, what is only told is cut."""

import pytest
from lxml import etree

from gateway.eds.xml import parse
from gateway.shep.async_channel import read_message, read_receipt, write_message, write_receipt
from gateway.shep.delivery_status import (
    read_status_answer,
    read_status_notification,
    read_status_question,
    write_status_answer,
    write_status_notification,
    write_status_question,
)
from gateway.shep.elements import Malformed, child
from gateway.shep.faults import Fault, FaultCode, read_fault, write_fault
from gateway.shep.messages import (
    DeliveryAcknowledgement,
    DeliveryNotification,
    MessagesAnswer,
    MessagesQuestion,
    MessageState,
    Payload,
    PayloadForm,
    Property,
    Receipt,
    ReceiveStatus,
    Resend,
    Sender,
    Status,
    StatusAnswer,
    StatusNotification,
    StatusQuestion,
    SyncAnswer,
)
from gateway.shep.names import MAX_MESSAGE_BYTES, Operation
from gateway.shep.payload import read_payload
from gateway.shep.pulling import (
    read_delivery_acknowledgement,
    read_delivery_notification,
    read_messages_answer,
    read_messages_question,
    write_delivery_acknowledgement,
    write_delivery_notification,
    write_messages_answer,
    write_messages_question,
)
from gateway.shep.runs import NO_RUNS, cut_runs
from gateway.shep.sync_channel import read_answer, read_question, write_answer, write_question
from tests.unit.shep.messages import DATE, message, question

IDS = {"message_id": "7", "correlation_id": "7", "route_id": "7", "session_id": "{7}"}
NAMES = {"messageId", "correlationId", "serviceId", "senderId", "routeId", "sessionId", "notificationId"}
STATUS = MessageState.DELIVERED, "X", "text", DATE
PORTAL = Sender("PORTAL")
MESSAGES = (
    (write_question(question(**IDS)), read_question),
    (write_answer(SyncAnswer("7", DATE, Status("1", "ok"), None, "7", "{7}")), read_answer),
    (write_message(message(**IDS)), read_message),
    (write_receipt(Receipt("7", "7", DATE, "{7}")), read_receipt),
    (write_status_notification(StatusNotification("7", "7", DATE, *STATUS, DATE, "{7}")), read_status_notification),
    (write_status_question(StatusQuestion("7", DATE, PORTAL)), read_status_question),
    (write_status_answer(StatusAnswer(*STATUS, DATE, "{7}")), read_status_answer),
    (write_messages_question(MessagesQuestion("S", "7", "7", DATE, PORTAL)), read_messages_question),
    (write_messages_answer(MessagesAnswer(DATE, "{7}", (message(**IDS),))), read_messages_answer),
    (
        write_delivery_notification(
            DeliveryNotification("7", "S", DATE, ReceiveStatus.ACCEPTED, DATE, Resend.RESEND, DATE, PORTAL)
        ),
        read_delivery_notification,
    ),
    (write_delivery_acknowledgement(DeliveryAcknowledgement("7", DATE, "{7}")), read_delivery_acknowledgement),
)
FIELDS = [
    pytest.param(etree.tostring(written), read, number, id=f"{read.__name__} {element.tag}")
    for written, read in MESSAGES
    for number, element in enumerate(written.iter())
    if element.tag in NAMES
]


@pytest.mark.parametrize(("written", "read", "number"), FIELDS)
def test_an_id_is_taken_up_to_its_longest_and_refused_beyond_wherever_it_stands(written, read, number):
    wrapper = etree.fromstring(written)
    element = list(wrapper.iter())[number]
    element.text = "ә" * 200
    read(wrapper)
    element.text = "7" * 1_000_000
    with pytest.raises(
        Malformed, match=f"{element.tag} has 1000000 characters, at most 200 are taken: '7{{40}}'$"
    ) as found:
        read(wrapper)
    assert found.value.path.endswith(f"/{element.tag}")
    assert len(str(found.value)) < 400


@pytest.mark.parametrize("control", ["\t", "\n", "\r", "\x7f", "\x85", "\x9f"])
@pytest.mark.parametrize(("written", "read", "number"), FIELDS[:3])
def test_an_id_with_a_control_character_inside_is_refused(written, read, number, control):
    wrapper = etree.fromstring(written)
    list(wrapper.iter())[number].text = f" 7{control}7\n"
    with pytest.raises(Malformed, match="control characters"):
        read(wrapper)


def test_properties_are_bounded_in_number_and_length():
    taken = tuple(Property("k" * 200, "v" * 2000) for _ in range(100))
    assert read_question(write_question(question(properties=taken))).properties == taken
    for properties in (taken + taken[:1], (Property("k" * 201, "v"),), (Property("k", "v" * 2001),)):
        with pytest.raises(Malformed, match=r"at most (100|200|2000) are taken") as found:
            read_question(write_question(question(properties=properties)))
        assert len(str(found.value)) < 400


def test_what_an_answer_only_tells_is_cut():
    long = "ж" * 1_000_000
    told = write_answer(SyncAnswer("7", DATE, Status(long, ""), None))
    told.find(".//status/message").text = long
    assert read_answer(told).status == Status(long[:200], long[:2000])
    fault = write_fault(Fault(long, long, DATE, long, long, Fault(long, long, DATE)), Operation.SEND_SYNC)
    cut = Fault(long[:200], long[:2000], DATE, long[:2000], long[:200], Fault(long[:200], long[:2000], DATE))
    assert read_fault(fault, received_at=DATE) == cut
    fault.remove(fault.find("detail"))
    assert read_fault(fault, received_at=DATE) == Fault(long[:200], long[:2000], DATE)
    known = write_fault(Fault.of(FaultCode.INTERNAL, DATE), Operation.SEND_SYNC)
    assert read_fault(known, received_at=DATE).known_code is FaultCode.INTERNAL
    answer = write_status_answer(StatusAnswer(MessageState.DELIVERED, long, long, DATE, DATE))
    read = read_status_answer(answer)
    assert (read.status_code, read.status_message) == (long[:200], long[:2000])


def test_names_of_a_megabyte_are_not_repeated_in_the_path():
    parent = etree.SubElement(etree.Element("{urn:x}" + "a" * 1_000_000), "b" * 1_000_000)
    with pytest.raises(Malformed) as found:
        child(parent, "request")
    assert found.value.path == "/" + "a" * 80 + "/" + "b" * 80


def parent_of(form, xml):
    parent = etree.Element("requestData")
    if form is PayloadForm.TYPED:
        parent.append(parse(xml))
    else:
        etree.SubElement(parent, "data").text = xml.decode()
    return parent


def read_again(form, xml, past_tree):
    cut, runs = cut_runs(xml) if past_tree else (xml, NO_RUNS)
    return read_payload(parent_of(form, cut), required=True, runs=runs)


@pytest.mark.parametrize("past_tree", [False, True])
@pytest.mark.parametrize("form", [PayloadForm.TYPED, PayloadForm.CDATA])
def test_a_payload_may_fill_fifteen_megabytes_and_not_one_byte_more(form, past_tree):
    frame = b"<data><a>%s</a></data>"
    xml = frame % (b"A" * (MAX_MESSAGE_BYTES - len(frame) + 2))
    assert read_again(form, xml, past_tree) == Payload(form, xml)
    with pytest.raises(Malformed, match="15728641 bytes, a message carries at most 15728640"):
        read_again(form, xml.replace(b"</a>", b"A</a>"), past_tree)
