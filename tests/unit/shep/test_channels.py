import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.shep.async_channel import read_message, read_receipt, write_message, write_receipt
from gateway.shep.delivery_status import (
    read_status_answer,
    read_status_notification,
    read_status_question,
    write_status_acknowledgement,
    write_status_answer,
    write_status_notification,
    write_status_question,
)
from gateway.shep.elements import Malformed
from gateway.shep.envelope import open_envelope, operation_of
from gateway.shep.faults import INVENTED, Fault, FaultCode, read_fault, write_fault
from gateway.shep.messages import (
    MessageState,
    MessageType,
    Payload,
    PayloadForm,
    Property,
    Receipt,
    Sender,
    Status,
    StatusAnswer,
    StatusNotification,
    StatusQuestion,
    SyncAnswer,
)
from gateway.shep.names import Operation
from gateway.shep.payload import check_payload
from gateway.shep.schema import check_schema
from gateway.shep.sync_channel import read_answer, read_question, write_answer, write_question
from tests.unit.shep.messages import DATE, SESSION, message, over_the_wire, question

FULL = {
    "correlation_id": "3382552",
    "route_id": "R_KARAGANDA",
    "session_id": SESSION,
    "properties": (Property("CONNECTOR_CLIENT", "true"),),
}


@pytest.mark.parametrize("sent", [question(), question(**FULL), question(payload=None)])
def test_a_question_comes_out_as_it_went_in(sent):
    assert read_question(over_the_wire(write_question(sent))) == sent


@pytest.mark.parametrize("payload", [None, Payload(PayloadForm.CDATA, b"<a>&amp;</a>")])
def test_an_answer_comes_out_as_it_went_in(payload):
    sent = SyncAnswer("m-2", DATE, Status("SCSS001", "ok"), payload, "m-1", SESSION)
    assert read_answer(over_the_wire(write_answer(sent))) == sent


@pytest.mark.parametrize(
    "sent", [message(), message(message_type=MessageType.RESPONSE, message_id="254750124", **FULL)]
)
def test_a_message_comes_out_as_it_went_in(sent):
    assert read_message(over_the_wire(write_message(sent))) == sent


def test_receipts_and_statuses_come_out_as_they_went_in():
    receipt = Receipt("254750124", "3382552", DATE, SESSION)
    assert read_receipt(over_the_wire(write_receipt(receipt))) == receipt
    told = StatusNotification("1", "254750124", DATE, MessageState.DELIVERED, "X", "Доставлено", DATE, DATE, SESSION)
    assert read_status_notification(over_the_wire(write_status_notification(told))) == told
    asked = StatusQuestion("254750124", DATE, Sender("PORTAL", "secret"))
    assert read_status_question(over_the_wire(write_status_question(asked))) == asked
    answered = StatusAnswer(MessageState.ON_DELIVERY, "X", "…", DATE, DATE, SESSION)
    assert read_status_answer(over_the_wire(write_status_answer(answered))) == answered
    check_schema(write_status_acknowledgement(DATE, SESSION))


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1))
def test_an_escaped_payload_keeps_every_character(text):
    sent = message(payload=Payload(PayloadForm.ESCAPED, f"<a>{text}\r\n</a>".encode()))
    assert read_message(over_the_wire(write_message(sent))).payload == sent.payload


def test_a_payload_that_is_not_in_data_is_put_there():
    sent = question(typed=b'<ask xmlns="urn:x"><iin>1</iin></ask>')
    read = read_question(over_the_wire(write_question(sent))).payload
    assert read.xml == b'<data><ask xmlns="urn:x"><iin>1</iin></ask></data>'


@pytest.mark.parametrize(
    "payload",
    [
        Payload(PayloadForm.TYPED, b"<open>"),
        Payload(PayloadForm.TYPED, b"<!DOCTYPE a><a/>"),
        Payload(PayloadForm.ESCAPED, b"\x00"),
        Payload(PayloadForm.ESCAPED, b"\xff"),
        Payload(PayloadForm.ESCAPED, b" " * (15 * 1024 * 1024 + 1)),
    ],
)
def test_a_payload_that_could_never_be_sent_is_refused_at_once(payload):
    with pytest.raises(ValueError, match=r"."):
        check_payload(payload)


WILD = """
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
<a:sendMessage xmlns:a="http://bip.bee.kz/AsyncChannel/v10/Types"><request><messageInfo>
<messageId/><correlationId/><serviceId> S </serviceId><routeId/><messageDate>2024-01-01T10:00:00</messageDate>
<messageType>REQUEST</messageType><sender><senderId>A</senderId></sender><properties/><sessionId/>
</messageInfo><messageData><data>x</data></messageData></request></a:sendMessage></soap:Body></soap:Envelope>
"""


def test_bad_habits_of_real_clients_are_read():
    read = read_message(open_envelope(WILD.encode()).content)
    assert (read.message_id, read.route_id, read.session_id, read.service_id) == (None, None, None, "S")
    assert read.message_date == DATE
    assert read.payload == Payload(PayloadForm.CDATA, b"x")


def test_the_strict_judgement_says_what_is_wrong_with_them():
    with pytest.raises(Malformed, match=r"sessionId|messageDate|messageType"):
        check_schema(open_envelope(WILD.encode()).content)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("<sender><senderId>A</senderId></sender>", ""), "sender is missing"),
        (("<senderId>A</senderId>", "<senderId>A</senderId><senderId>B</senderId>"), "senderId stands 2 times"),
        (("<serviceId> S </serviceId>", "<serviceId><b>S</b></serviceId>"), "text is expected"),
        (("REQUEST", "QUESTION"), "messageType is none of"),
        (("2024-01-01T10:00:00", "yesterday"), "messageDate is not a date"),
        (("2024-01-01T10:00:00", "2024-13-01T10:00:00"), "messageDate is not a date"),
        (("<data>x</data>", "<data/>"), "data is empty"),
        (("<data>x</data>", ""), "data is missing"),
        (("<messageData>", "<messageData/><messageData>"), "messageData stands 2 times"),
    ],
)
def test_what_two_readers_could_read_differently_is_refused(change, reason):
    with pytest.raises(Malformed, match=reason):
        read_message(open_envelope(WILD.replace(*change).encode()).content)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no xml",
        b"<html/>",
        b'<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"/>',
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        WILD.replace("</soap:Body>", "</soap:Body><soap:Body/>").encode(),
        WILD.replace("<soap:Body>", "<soap:Header/><soap:Header/><soap:Body>", 1).encode(),
        WILD.replace("<soap:Body>", "<other/><soap:Body>", 1).encode(),
    ],
)
def test_what_is_no_envelope_is_refused(data):
    with pytest.raises(Malformed):
        open_envelope(data)


def test_an_unknown_operation_and_two_operations_are_refused():
    with pytest.raises(Malformed, match="no operation"):
        operation_of(etree.Element("{http://bip.bee.kz/SyncChannel/v10/types}SendMessage"))
    doubled = WILD.replace("</a:sendMessage>", "</a:sendMessage><b/>").encode()
    with pytest.raises(Malformed, match="one element"):
        _ = open_envelope(doubled).content


@pytest.mark.parametrize("operation", Operation)
@pytest.mark.parametrize("code", FaultCode)
def test_a_fault_of_every_code_comes_out_as_it_went_in(code, operation):
    cause = Fault("X-1", "inner", DATE)
    sent = Fault.of(code, DATE, "подробности", session_id=SESSION, cause=cause)
    element = write_fault(sent, operation)
    assert element.findtext("faultcode") == code.value
    assert element.find("detail")[0].tag == operation.fault
    check_schema(element.find("detail")[0])
    assert read_fault(element, received_at=DATE) == sent


def test_a_fault_without_detail_keeps_what_soap_says():
    element = write_fault(Fault.of(FaultCode.INTERNAL, DATE), Operation.SEND_SYNC)
    element.remove(element.find("detail"))
    assert read_fault(element, received_at=DATE) == Fault("SCE909", "Внутренняя ошибка ИС", DATE)


def test_a_code_that_nobody_published_is_kept_and_not_repeated():
    fault = dataclasses.replace(Fault.of(FaultCode.INTERNAL, DATE), code="SCE777")
    assert fault.known_code is None
    assert not fault.is_worth_repeating


def test_every_code_has_its_sentence_in_three_languages():
    for code in FaultCode:
        assert all((code.text.kk, code.text.ru, code.text.en))
    assert {code.value for code in INVENTED} == {"SCE002", "SCE003"}
