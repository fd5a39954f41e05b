"""The samples of real traffic: what we read and write anew is the same; what is loose in the wild is named by place."""

import base64
import copy
import dataclasses
import json
import re

import pytest
from lxml import etree

from gateway.eds.algorithms import ALGORITHMS, GOST_2004_KEY
from gateway.eds.errors import EdsError
from gateway.eds.wsse import verify_body
from gateway.shep.async_channel import read_message, read_receipt, write_message, write_receipt
from gateway.shep.delivery_status import (
    read_status_answer,
    read_status_notification,
    read_status_question,
    write_status_answer,
    write_status_notification,
    write_status_question,
)
from gateway.shep.envelope import is_fault, open_envelope, wrap
from gateway.shep.faults import FaultCode, read_fault, write_fault
from gateway.shep.names import Operation
from gateway.shep.pulling import (
    read_delivery_notification,
    read_messages_question,
    write_delivery_notification,
    write_messages_question,
)
from gateway.shep.schema import check_schema, judge
from gateway.shep.sync_channel import read_answer, read_question, write_answer, write_question
from tests.conformance.shep.infoset import content, infoset
from tests.unit.shep.messages import DATE

WRITE_ANEW = {
    Operation.SEND_SYNC.value: (read_question, write_question),
    Operation.SEND_SYNC.response: (read_answer, write_answer),
    Operation.SEND_ASYNC.value: (read_message, write_message),
    Operation.SEND_ASYNC.response: (read_receipt, write_receipt),
    Operation.SEND_DELIVERY_NOTIFICATION.value: (read_delivery_notification, write_delivery_notification),
    Operation.GET_MESSAGE_STATUS.value: (read_status_question, write_status_question),
    Operation.GET_MESSAGE_STATUS.response: (read_status_answer, write_status_answer),
    Operation.GET_MESSAGES.value: (read_messages_question, write_messages_question),
    Operation.CHANGE_STATUS_NOTIFICATION.value: (read_status_notification, write_status_notification),
}
DATES = {"messageDate", "responseDate", "requestDate", "notificationDate", "statusDate", "errorDate"}
"""Written in Almaty's offset of their moment, whatever offset they came with."""
EMPTY_ON_THE_WIRE = {"routeId"}
"""Optional elements that real messages carry empty; we leave them out."""
NO_MESSAGE = {"wsse_header_gateway_response_IssuerSerial.xml"}
FAULTS = {
    "sync_fault_SCE007_no_transport_signature.xml": Operation.SEND_SYNC,
    "async_fault_SCE004_unknown_service.xml": Operation.SEND_ASYNC,
}


def without_empty(element):
    element = copy.deepcopy(element)
    for each in [*element.iter(*EMPTY_ON_THE_WIRE)]:
        if not len(each) and not (each.text or "").strip():
            each.getparent().remove(each)
    return element


def test_every_sample_of_a_message_is_written_as_it_was(facts):
    files = {file.name for file in (facts / "samples").glob("*.xml")} - NO_MESSAGE - set(FAULTS)
    assert len(files) >= 20
    for name in sorted(files):
        element = open_envelope((facts / "samples" / name).read_bytes()).content
        read, write = WRITE_ANEW[element.tag]
        again = write(read(element))
        assert infoset(again, leaving_out=DATES) == infoset(without_empty(element), leaving_out=DATES), name
        check_schema(element)
        check_schema(again)


@pytest.mark.parametrize("name", FAULTS)
def test_the_faults_of_the_samples_are_written_as_they_were(facts, name):
    element = open_envelope((facts / "samples" / name).read_bytes()).content
    assert is_fault(element)
    fault = read_fault(element, received_at=DATE)
    assert fault.message == FaultCode(fault.code).text.ru
    again = content(wrap(write_fault(fault, FAULTS[name])))
    assert infoset(again, leaving_out=DATES) == infoset(element, leaving_out=DATES)
    check_schema(element.find("detail")[0])


PATTERN = r"\{[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}\}"
SYNC_ORDER = "messageId, correlationId?, serviceId, messageDate, routeId?, sender, properties*, sessionId?"
ASYNC_ORDER = (
    "messageId?, correlationId?, serviceId, messageType, routeId?, messageDate, sender, properties*, sessionId?"
)
GUID = "9dcb38c2-24f1-48e2-96e5-00cfc9d1d6bc"
ASKED, PUSHED = "gbdfl_01_UniversalServiceSync_request.xml", "async_03_shep_to_receiver_push.xml"
HABITS = {
    "an empty sessionId": (PUSHED, rf"\{{{GUID}\}}", "", "sessionId", f"'' does not match the pattern {PATTERN}"),
    "a sessionId without braces": (
        PUSHED, rf"\{{{GUID}\}}", GUID, "sessionId", f"'{GUID}' does not match the pattern {PATTERN}",
    ),
    "messageType after messageDate": (
        PUSHED, r"(<messageType>.*</messageType>)<routeId/>(<messageDate>.*</messageDate>)", r"\2\1", "messageDate",
        f"messageDate is not expected here, but messageType; the order is {ASYNC_ORDER}",
    ),
    "routeId after messageDate": (
        PUSHED, r"<routeId/>(<messageDate>.*</messageDate>)", r"\1<routeId>R_X</routeId>", "routeId",
        f"routeId is not expected here, but sender; the order is {ASYNC_ORDER}",
    ),
    "empty properties": (
        ASKED, "<properties>.*</properties>", "<properties/>", "properties",
        "key is missing; the order is key, value",
    ),
    "properties before sender": (
        ASKED, "(<sender>.*</sender>)(<properties>.*</properties>)", r"\2\1", "properties",
        f"properties is not expected here, but sender; the order is {SYNC_ORDER}",
    ),
    "a property without a value": (
        ASKED, "<value>true</value>", "", "properties", "value is missing; the order is key, value",
    ),
    "a sessionId before the sender": (
        ASKED, "<sender>", "<sessionId/><sender>", "sessionId",
        f"sessionId is not expected here, but sender; the order is {SYNC_ORDER}",
    ),
    "an element that nobody knows": (
        ASKED, "</sender>", "</sender><priority>1</priority>", "priority",
        f"priority is not expected here; the order is {SYNC_ORDER}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("habit", HABITS)
def test_a_bad_habit_is_read_and_its_strict_refusal_names_the_place(facts, habit):
    name, pattern, replacement, place, reason = HABITS[habit]
    sample = (facts / "samples" / name).read_text()
    changed, times = re.subn(pattern, replacement, sample)
    assert times == 1
    element = open_envelope(changed.encode()).content
    read, write = WRITE_ANEW[element.tag]
    read_as = read(element)
    check_schema(write(dataclasses.replace(read_as, session_id=None)))
    refusal = judge(element)
    info = "/Envelope/Body/sendMessage/request/messageInfo"
    if name == ASKED:
        info = "/Envelope/Body/SendMessage/request/requestInfo"
    assert (refusal.path, refusal.reason) == (f"{info}/{place}", reason)


@pytest.mark.parametrize(
    ("name", "left_out"),
    [
        (ASKED, "<properties>.*</properties>"),
        (ASKED, "<password>.*</password>"),
        (ASKED, "<data .*</data>"),
        (PUSHED, "<routeId/>"),
        (PUSHED, "<sessionId>.*</sessionId>"),
        (PUSHED, "<correlationId>.*</correlationId>"),
    ],
)
def test_an_optional_group_may_be_left_out_in_both_modes(facts, name, left_out):
    changed, times = re.subn(left_out, "", (facts / "samples" / name).read_text())
    assert times == 1
    element = open_envelope(changed.encode()).content
    check_schema(element)
    WRITE_ANEW[element.tag][0](element)


def test_an_empty_route_is_read_as_none_and_allowed_by_the_schema(facts):
    """`routeId` is a plain string: of the empty elements in the wild it alone is valid."""
    element = open_envelope((facts / "samples" / PUSHED).read_bytes()).content
    assert element.find("request/messageInfo/routeId").text is None
    assert read_message(element).route_id is None
    check_schema(element)


@pytest.mark.parametrize("name", ["request", "response"])
def test_the_integrators_kit_is_read_and_its_signature_holds(facts, name):
    data = (facts / "nitec_shep_service_sample" / f"{name}.xml").read_bytes()
    opened = open_envelope(data)
    signature = verify_body(opened.envelope)
    assert signature.certificate.key_algorithm == GOST_2004_KEY
    assert signature.certificate.subject.iin == "123456789011"
    assert signature.covered == (facts / "vectors" / f"nitec_{name}_body_exc_c14n.bin").read_bytes()
    check_schema(opened.content)
    if name == "request":
        question = read_question(opened.content)
        assert question.service_id == "TEST_SERVICE_ID"
        assert b"requestNumber" in question.payload.xml
    else:
        assert read_answer(opened.content).status.is_success


@pytest.mark.parametrize("name", ["request", "response"])
def test_the_integrators_kit_with_a_letter_of_its_body_changed_is_refused(facts, name):
    data = (facts / "nitec_shep_service_sample" / f"{name}.xml").read_bytes()
    start = data.index(b"Body")
    places = [start + found.start() for found in re.finditer(rb">[^<\s]", data[start:])]
    assert len(places) >= 5
    for place in places:
        letter = b"8" if data[place + 1 : place + 2] != b"8" else b"9"
        changed = data[: place + 1] + letter + data[place + 2 :]
        try:
            envelope = open_envelope(changed).envelope
        except (ValueError, EdsError):
            continue
        with pytest.raises(EdsError):
            verify_body(envelope)


def test_the_digest_vectors_hold(facts):
    vectors = json.loads((facts / "vectors" / "gost34311_vectors.json").read_text())["vectors"]
    assert len(vectors) == 3
    for each in vectors:
        digest = ALGORITHMS.digest(each["digest_alg"])
        data = (facts / "vectors" / each["file"]).read_bytes()
        assert base64.b64encode(digest(data)).decode() == each["digest_b64"]
        assert digest(data + b" ") != digest(data)


def test_what_we_write_of_a_sample_is_serialised_as_it_is_judged(facts):
    for name in ("async_01_request_client_to_shep.xml", "async_02_ack_sendMessageResponse.xml"):
        element = open_envelope((facts / "samples" / name).read_bytes()).content
        read, write = WRITE_ANEW[element.tag]
        check_schema(open_envelope(etree.tostring(wrap(write(read(element))), encoding="UTF-8")).content)
