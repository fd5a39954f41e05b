"""The two published editions: they differ in the namespaces of types and in one occurrence, and do not mix."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.schema_folder import schema_folder
from gateway.shep.async_channel import write_message, write_receipt
from gateway.shep.delivery_status import (
    write_status_acknowledgement,
    write_status_answer,
    write_status_notification,
    write_status_question,
)
from gateway.shep.elements import Malformed
from gateway.shep.faults import Fault, write_fault
from gateway.shep.messages import (
    DeliveryAcknowledgement,
    DeliveryNotification,
    MessagesAnswer,
    MessagesQuestion,
    MessageState,
    MessageType,
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
from gateway.shep.names import XSI, Operation
from gateway.shep.pulling import (
    write_delivery_acknowledgement,
    write_delivery_notification,
    write_messages_answer,
    write_messages_question,
)
from gateway.shep.schema import Edition, check_editions, check_schema, judge
from gateway.shep.sync_channel import write_answer, write_question
from tests.unit.shep.messages import DATE, message, question

TYPE = f"{{{XSI}}}type"
COMMON = {Edition.TYPES: "http://bip.bee.kz/common/v10/types", Edition.ITYPES: "http://bip.bee.kz/common/v10/Types"}
ASYNC_TYPES = {
    Edition.TYPES: "http://bip.bee.kz/AsyncChannel/v10/types",
    Edition.ITYPES: "http://bip.bee.kz/AsyncChannel/v10/ITypes",
}
QUESTION_TYPES = {
    Edition.TYPES: "http://bip.bee.kz/SyncChannel/v10/types/Request",
    Edition.ITYPES: "http://bip.bee.kz/SyncChannel/v10/Types/Request",
}


def typed(root, name, namespace, kind):
    """Return the message with an xsi:type on its element `name`, under a prefix of its own, as generated clients do."""
    text = etree.tostring(root, encoding="unicode")
    opened = f'<{name} xmlns:ns5="{namespace}" xmlns:xsi="{XSI}" xsi:type="ns5:{kind}"'
    assert text.count(f"<{name}>") + text.count(f"<{name}/>") == 1
    return etree.fromstring(text.replace(f"<{name}", opened, 1))


@pytest.mark.parametrize("edition", Edition)
def test_a_type_of_an_edition_decides_the_edition(edition):
    sent = typed(write_message(message()), "request", ASYNC_TYPES[edition], "AsyncSendMessageRequest")
    check_schema(typed(sent, "sender", COMMON[edition], "SenderInfo"))
    check_schema(typed(write_question(question()), "request", QUESTION_TYPES[edition], "SyncSendMessageRequest"))


def test_the_data_of_a_question_may_be_left_out_in_one_edition_only():
    sent = write_question(question())
    sent.find("request/requestData").clear()
    check_schema(sent)
    check_schema(typed(sent, "requestData", QUESTION_TYPES[Edition.ITYPES], "RequestData"))
    refusal = judge(typed(sent, "requestData", COMMON[Edition.TYPES], "MessageData"))
    assert (refusal.path, refusal.reason) == (
        "/SendMessage/request/requestData",
        "data is missing; the order is data",
    )


def test_a_type_may_have_another_prefix_than_the_wrapper_of_its_namespace():
    namespace = "http://bip.bee.kz/SyncChannel/v10/Types"
    check_schema(typed(write_question(question()), "requestInfo", namespace, "SyncMessageInfo"))
    refusal = judge(typed(write_question(question()), "requestInfo", namespace, "SyncMessageInfoResponse"))
    assert refusal.reason == "xsi:type names another type than the schema has here"


@pytest.mark.parametrize(("first", "second"), [tuple(Edition), tuple(Edition)[::-1]])
def test_types_of_two_editions_do_not_mix_in_one_message(first, second):
    sent = typed(write_message(message()), "messageInfo", ASYNC_TYPES[first], "AsyncMessageInfo")
    mixed = typed(sent, "sender", COMMON[second], "SenderInfo")
    with pytest.raises(Malformed, match="types of two editions in one message") as raised:
        check_schema(mixed)
    assert raised.value.path == "/sendMessage/request/messageInfo/sender"


def test_a_type_of_the_other_edition_on_data_or_inside_it_mixes_nothing():
    plain = message(payload=Payload(PayloadForm.CDATA, b"x"))
    sent = typed(write_message(plain), "sender", COMMON[Edition.ITYPES], "SenderInfo")
    check_schema(typed(sent, "data", COMMON[Edition.TYPES], "SenderInfo"))


@pytest.mark.parametrize(("first", "second"), [tuple(Edition), tuple(Edition)[::-1]])
def test_where_messages_are_read_leniently_types_of_two_editions_do_not_mix_either(first, second):
    sent = typed(write_message(message()), "messageInfo", ASYNC_TYPES[first], "AsyncMessageInfo")
    check_editions(sent, etree.tostring(sent))
    etree.SubElement(sent.find("request"), "nobodyKnows").set(TYPE, "unbound:SenderInfo")
    check_editions(sent, etree.tostring(sent))
    mixed = typed(sent, "sender", COMMON[second], "SenderInfo")
    with pytest.raises(Malformed, match="types of two editions in one message") as raised:
        check_editions(mixed, etree.tostring(mixed))
    assert raised.value.path == "/sendMessage/request/messageInfo/sender"


def test_no_type_on_data_or_inside_it_is_asked_for_its_edition():
    inner = Payload(PayloadForm.TYPED, b"<data><inner/></data>")
    sent = typed(write_message(message(payload=inner)), "inner", COMMON[Edition.TYPES], "SenderInfo")
    sent = typed(sent, "sender", COMMON[Edition.ITYPES], "SenderInfo")
    check_editions(sent, etree.tostring(sent))


def test_the_search_for_types_of_two_editions_ends_after_so_many_elements():
    sent = typed(write_message(message()), "sender", COMMON[Edition.TYPES], "SenderInfo")
    info = sent.find("request/messageInfo")
    for _ in range(10_001):
        etree.SubElement(info, "nobodyKnows")
    with pytest.raises(Malformed, match="more than 10000 elements beside the payload"):
        check_editions(sent, etree.tostring(sent))


def test_every_namespace_of_the_types_leaves_a_mark_in_the_bytes():
    assert all("/v10/types" in namespace for namespace in Edition.TYPES.type_namespaces)


def test_a_type_that_is_in_neither_edition_is_no_type_of_the_schema():
    sent = typed(write_message(message()), "request", "http://bip.bee.kz/AsyncChannel/v10/Types", "sendMessage")
    assert judge(sent).reason == "xsi:type names no type of the schema"


def test_a_simple_type_of_xml_schema_decides_no_edition():
    sent = typed(write_message(message()), "sender", COMMON[Edition.TYPES], "SenderInfo")
    check_schema(typed(sent, "serviceId", "http://www.w3.org/2001/XMLSchema", "string"))


PORTAL = Sender("PORTAL", "secret")
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=30)
guids = st.uuids().map(lambda each: f"{{{each}}}")
dates = st.integers(0, 4_000_000_000).map(lambda second: datetime.fromtimestamp(second, DATE.tzinfo))
properties = st.lists(st.builds(Property, words, words), max_size=3).map(tuple)
errors = st.none() | st.builds(Fault, words, words, dates, st.none() | words, st.none() | guids)
payloads = st.builds(
    Payload, st.sampled_from([PayloadForm.ESCAPED, PayloadForm.CDATA]), words.map(lambda text: text.encode())
) | st.just(Payload(PayloadForm.TYPED, b'<data><a xmlns="urn:x">1</a></data>'))
optional = {"correlation_id": st.none() | words, "session_id": st.none() | guids, "properties": properties}
messages = st.builds(
    message, message_id=st.none() | words, message_type=st.sampled_from(MessageType), route_id=st.none() | words,
    message_date=dates, payload=payloads, **optional,
)  # fmt: skip
WRITTEN = {
    "SendMessage": st.builds(question, payload=payloads, message_date=dates, **optional).map(write_question),
    "SendMessageResponse": st.builds(
        SyncAnswer, words, dates, st.builds(Status, words, words), payloads, st.none() | words, st.none() | guids
    ).map(write_answer),
    "sendMessage": messages.map(write_message),
    "sendMessageResponse": st.builds(Receipt, words, words, dates, st.none() | guids).map(write_receipt),
    "getMessageStatus": st.builds(StatusQuestion, words, dates, st.just(PORTAL), properties).map(write_status_question),
    "getMessageStatusResponse": st.builds(
        StatusAnswer, st.sampled_from(MessageState), words, words, dates, dates, st.none() | guids
    ).map(write_status_answer),
    "getMessages": st.builds(
        MessagesQuestion, words, st.none() | words, st.none() | words, st.none() | dates, st.none() | st.just(PORTAL),
        st.none() | st.integers(0, 2**31 - 1), properties,
    ).map(write_messages_question),
    "getMessagesResponse": st.builds(MessagesAnswer, dates, guids, st.lists(messages, max_size=3).map(tuple)).map(
        write_messages_answer
    ),
    "sendDeliveryNotification": st.builds(
        DeliveryNotification, words, words, dates, st.sampled_from(ReceiveStatus), dates, st.sampled_from(Resend),
        dates, st.none() | st.just(PORTAL), errors,
    ).map(write_delivery_notification),
    "sendDeliveryNotificationResponse": st.builds(DeliveryAcknowledgement, words, dates, guids).map(
        write_delivery_acknowledgement
    ),
    "changeMassageStatusNotification": st.builds(
        StatusNotification, words, words, dates, st.sampled_from(MessageState), words, words, dates, dates,
        st.none() | guids, errors,
    ).map(write_status_notification),
    "changeMassageStatusNotificationResponse": st.builds(write_status_acknowledgement, dates, guids),
    "Fault": st.builds(write_fault, errors.filter(bool), st.sampled_from(Operation)).map(lambda each: each[-1][0]),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_whatever_we_write_is_right_in_both_editions(name, data):
    written = data.draw(WRITTEN[name])
    check_schema(written)
    namespace = etree.QName(written).namespace
    file = next(
        each for each in ("SyncTypes.xsd", "AsyncTypes.xsd", "AsyncClientTypes.xsd") if _target(each) == namespace
    )
    for data_element in written.iter("data"):
        data_element.attrib.pop(TYPE, None)
    for edition in Edition:
        schema = SCHEMAS.setdefault((edition, file), etree.XMLSchema(file=str(schema_folder(edition.folder) / file)))
        schema.assertValid(written)


SCHEMAS = {}


def _target(file):
    return etree.parse(str(schema_folder(Edition.TYPES.folder) / file)).getroot().get("targetNamespace")


def test_every_operation_has_what_is_written_of_it_proved():
    wrappers = {each for operation in Operation for each in (operation.local_name, f"{operation.local_name}Response")}
    assert wrappers == set(WRITTEN) - {"Fault"}


def components(edition):
    """Return an edition's types and elements by name, each as nested tuples without namespaces."""
    found = {}
    for file in sorted(schema_folder(edition.folder).glob("*.xsd")):
        root = etree.parse(str(file)).getroot()
        for each in root.iterchildren(etree.Element):
            if each.get("name"):
                namespace = root.get("targetNamespace").lower().replace("itypes", "types")
                found[namespace, etree.QName(each).localname, each.get("name")] = shape(each)
    return found


def shape(element):
    kept = tuple(sorted((key, value.rsplit(":", 1)[-1]) for key, value in element.attrib.items()))
    inner = [shape(each) for each in element.iterchildren(etree.Element)]
    return etree.QName(element).localname, kept, element.text and element.text.strip(), tuple(inner)


def test_the_editions_differ_in_namespaces_and_the_optional_data_only():
    types, itypes = components(Edition.TYPES), components(Edition.ITYPES)
    sync = "http://bip.bee.kz/syncchannel/v10/types"
    for name, plural in (("Request", "request"), ("Response", "response")):
        holder = itypes.pop((f"{sync}/{plural}", "complexType", f"{name}Data"))
        (element,) = holder[3][0][3]
        assert element[1] == (("minOccurs", "0"), ("name", "data"), ("type", "anyType"))
        key = (f"{sync}/{plural}", "complexType", f"SyncSendMessage{name}")
        assert str(itypes[key]).replace(f"{name}Data'), ", "MessageData'), ").replace(
            f"('type', '{name}Data')", "('type', 'MessageData')"
        ) == str(types[key])
        itypes[key] = types[key]
    assert itypes == types
    assert len(types) >= 40


def test_the_descriptions_of_both_editions_are_the_same_file():
    """They speak of wrapper elements only, and those have the same names in both."""
    folders = [schema_folder(each.folder) for each in Edition]
    names = {file.name for file in folders[0].glob("*.wsdl")}
    assert len(names) == 6
    for name in names:
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()


@pytest.mark.parametrize("edition", Edition)
def test_an_edition_has_one_schema_a_namespace_and_names_that_differ_in_more_than_case(edition):
    files = list(schema_folder(edition.folder).iterdir())
    targets = [etree.parse(str(each)).getroot().get("targetNamespace") for each in files if each.suffix == ".xsd"]
    assert len(targets) == len(set(targets))
    assert edition.type_namespaces < set(targets)
    assert len({each.name.lower() for each in files}) == len(files)
