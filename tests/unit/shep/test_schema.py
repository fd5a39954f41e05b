"""The strict judgement: where a message leaves the schema, what is expected there, and nothing that may not be said."""

import copy
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.shep.async_channel import write_message
from gateway.shep.elements import Malformed
from gateway.shep.envelope import wrap
from gateway.shep.messages import MessagesAnswer, Payload, PayloadForm, Property
from gateway.shep.pulling import write_messages_answer
from gateway.shep.schema import check_schema, judge
from gateway.shep.sync_channel import write_question
from tests.unit.shep.messages import DATE, SESSION, message, question

ORDER = (
    "the order is messageId?, correlationId?, serviceId, messageType, routeId?, messageDate, sender, properties*, "
    "sessionId?"
)
XML = """
<a:sendMessage xmlns:a="http://bip.bee.kz/AsyncChannel/v10/Types" xmlns:xs="http://www.w3.org/2001/XMLSchema"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:c="http://bip.bee.kz/common/v10/Types"><request>
<messageInfo><serviceId>S</serviceId><messageType>REQUEST</messageType><messageDate>2024-01-01T10:00:00</messageDate>
<sender><senderId>A</senderId><password>se cret</password></sender></messageInfo>
<messageData><data>x</data></messageData></request></a:sendMessage>
"""
INFO = "/Envelope/Body/sendMessage/request/messageInfo"
TYPE, DAY = "<messageType>REQUEST</messageType>", "<messageDate>2024-01-01T10:00:00</messageDate>"
PATTERN = r"\{[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}\}"
SENDER = "<sender><senderId>A</senderId><password>se cret</password></sender>"


def content_of(xml):
    return wrap(etree.fromstring(xml))[1][0]


def changed(*change):
    assert change[0] in XML
    return content_of(XML.replace(*change))


def test_a_message_as_the_schema_has_it_is_right():
    assert judge(content_of(XML)) is None


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        (
            (TYPE + DAY, DAY + TYPE),
            f"{INFO}/messageDate",
            f"messageDate is not expected here, but messageType; {ORDER}",
        ),
        ((SENDER, ""), INFO, f"sender is missing; {ORDER}"),
        ((TYPE, "<typo/>"), f"{INFO}/typo", f"typo is not expected here, but messageType; {ORDER}"),
        (
            ("<data>x</data>", ""),
            "/Envelope/Body/sendMessage/request/messageData",
            "data is missing; the order is data",
        ),
        (
            ("<senderId>", "<senderId>A</senderId><senderId>"),
            f"{INFO}/sender/senderId",
            "senderId is not expected here; the order is senderId, password?",
        ),
        (
            ("REQUEST", "QUESTION"),
            f"{INFO}/messageType",
            "'QUESTION' is none of REQUEST, NOTIFICATION, UPDATE, RESPONSE",
        ),
        (("2024-01-01", "yesterday "), f"{INFO}/messageDate", "'yesterday T10:00:00' is no dateTime"),
        (("2024-01-01", "9" * 50), f"{INFO}/messageDate", f"'{'9' * 40}' is no dateTime"),
        (
            ("</sender>", "</sender><sessionId>9dcb38c2</sessionId>"),
            f"{INFO}/sessionId",
            f"'9dcb38c2' does not match the pattern {PATTERN}",
        ),
        (
            ("</sender>", f"</sender><properties><key>{'k' * 31}</key><value/></properties>"),
            f"{INFO}/properties/key",
            "31 characters, at most 30 are allowed",
        ),
        (("<senderId>A", "<senderId><b/>A"), f"{INFO}/sender/senderId", "text is expected, and no elements"),
        (("<sender>", "<sender>A"), f"{INFO}/sender", "no text is expected between the elements"),
        (("<sender>", "<sender id='1'>"), f"{INFO}/sender", "no attributes are expected"),
        (("<sender>", "<sender xsi:nil='true'>"), f"{INFO}/sender", "xsi:nil is not allowed here"),
        (("<sender>", "<sender xsi:type='c:Other'>"), f"{INFO}/sender", "xsi:type names no type of the schema"),
        (
            ("<sender>", "<sender xsi:type='c:Property'>"),
            f"{INFO}/sender",
            "xsi:type names another type than the schema has here",
        ),
        (("<sender>", "<sender xsi:type='d:SenderInfo'>"), f"{INFO}/sender", "xsi:type or xsi:nil has no proper value"),
    ],
)
def test_a_refusal_names_the_place_and_what_was_expected(change, path, reason):
    refusal = judge(changed(*change))
    assert (refusal.path, refusal.reason) == (path, reason)


def test_a_refusal_of_one_message_is_the_same_each_time():
    wrong = changed("<sender>", "<sender a='1' b='2'>")
    assert len({str(judge(copy.deepcopy(wrong))) for _ in range(5)}) == 1


def test_what_no_channel_has_is_refused():
    with pytest.raises(Malformed, match="no element of the channels"):
        check_schema(etree.Element("{http://bip.bee.kz/SyncChannel/v10/types}SendMessage"))
    refusal = judge(etree.Element("{http://bip.bee.kz/SyncChannel/v10/Types}sendMessage"))
    assert refusal.reason == "no such element in the schema"


@pytest.mark.parametrize(
    "change",
    [
        ("<password>", "<password xsi:type='xs:NCName'>"),
        ("<password>se cret", "<password>se cret<b/>"),
        ("REQUEST", "se cret"),
        ("2024-01-01T10:00:00", "se cret"),
        ("</sender>", "</sender><sessionId>my se cret</sessionId>"),
        ("<password>se cret</password>", "<b><password>se cret</password></b>"),
        ("<serviceId>S</serviceId>", "<password>se cret</password>"),
        (SENDER, "<sender><senderId>A</senderId></sender><password>se cret</password>"),
    ],
)
def test_a_refusal_never_says_the_password(change):
    assert "cret" not in str(judge(changed(*change)))


def test_the_payload_is_not_looked_into():
    for data in (
        "<data xsi:type='nobody:knows'><sender xsi:type='this:either'/>text</data>",
        "<data><a:sendMessage/></data>",
        "<data><c:x xmlns:c='http://bip.bee.kz/common/v10/types' xsi:type='c:SenderInfo'/></data>",
        f"<data>{'<deep>' * 90}{'</deep>' * 90}</data>",
        "<data/>",
    ):
        check_schema(changed("<data>x</data>", data))


def test_a_payload_costs_the_judgement_nothing(monkeypatch):
    """What is copied of a message, for the judgement and for its explanation, does not grow with the payload."""
    from gateway.shep import schema

    sizes = []
    copied = schema._Copy.__init__

    def weighed(self, content):
        copied(self, content)
        sizes.append(len(etree.tostring(self.root)))

    monkeypatch.setattr(schema._Copy, "__init__", weighed)
    for size in (1, 10_000_000):
        sent = write_message(message(payload=Payload(PayloadForm.CDATA, b"x" * size), session_id="no guid"))
        with pytest.raises(Malformed, match="pattern"):
            check_schema(sent)
    assert sizes[0] == sizes[1]


def test_the_message_itself_is_left_as_it_was():
    sent = changed("<data>x</data>", "<data xsi:type='xs:string'><sender a='1'/>x</data>")
    before = etree.tostring(sent)
    check_schema(sent)
    assert etree.tostring(sent) == before


def test_a_hint_where_a_schema_lies_is_not_followed(tmp_path):
    """libxml2 would read a schema from wherever the message says, and so let the sender write the rules."""
    lax = tmp_path / "lax.xsd"
    lax.write_text("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:element name='extra'/></xs:schema>")
    for hint in (
        f"xsi:noNamespaceSchemaLocation='{lax.as_uri()}'",
        f"xsi:schemaLocation='urn:x {lax.as_uri()}'",
        "xsi:schemaLocation='http://bip.bee.kz/common/v10/Types file:///nowhere'",
    ):
        check_schema(changed("<request>", f"<request {hint}>"))
        refusal = judge(changed("<request>", f"<request {hint}><extra/>"))
        assert "extra is not expected here" in refusal.reason


@pytest.mark.parametrize(
    ("hostile", "reason"),
    [
        ("<properties/>" * 9_000, "Missing child element(s). Expected is ( key )."),
        ("<properties/>" * 11_000, "more than 10000 elements beside the payload"),
        (f"<sessionId>{'9' * 1_000_000}</sessionId>", f"'{'9' * 40}' does not match the pattern {PATTERN}"),
        (f"<{'n' * 20_000}/>", f"{'n' * 60} is not expected here; {ORDER}"),
        ("<properties " + " ".join(f"a{n}='1'" for n in range(60)) + "/>", "no attributes are expected"),
    ],
)
def test_a_reason_stays_short_whatever_is_sent(hostile, reason):
    refusal = judge(changed("</sender>", "</sender>" + hostile))
    assert refusal.reason.startswith(reason)
    assert len(str(refusal)) <= 500


def test_errors_nested_deeply_are_judged_and_not_explained_at_length():
    error = "<errorCode>1</errorCode><errorMessage/><errorDate>2024-01-01T10:00:00</errorDate>"
    nested = "<errorCode>1</errorCode>"
    for _ in range(90):
        nested = f"{error}<subError>{nested}</subError>"
    fault = '<f:sendMessageFault1_sendMessageFault xmlns:f="http://bip.bee.kz/AsyncChannel/v10/Types">{}</f:{}>'
    refusal = judge(etree.fromstring(fault.format(nested, "sendMessageFault1_sendMessageFault")))
    assert refusal.reason == "Missing child element(s). Expected is ( errorMessage )."
    assert refusal.path.endswith("/subError" * 90)


def test_comments_do_not_split_a_value():
    check_schema(changed("REQUEST", "REQ<!-- -->UEST"))
    assert judge(changed("REQUEST", "REQ<!-- -->")).reason.startswith("'REQ' is none of")


def test_messages_judged_at_once_are_not_told_each_others_errors():
    wrong = {change: changed("REQUEST", change) for change in ("ONE", "TWO", "THREE", "FOUR")}
    told = {}

    def work(name):
        told[name] = {judge(wrong[name]).reason.split()[0] for _ in range(50)}

    threads = [threading.Thread(target=work, args=(name,)) for name in wrong]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert told == {name: {f"'{name}'"} for name in wrong}


def test_fetched_messages_are_named_by_their_payloads_too():
    answer = write_messages_answer(MessagesAnswer(DATE, SESSION, (message(), message(session_id="2"))))
    refusal = judge(answer)
    assert refusal.path == "/getMessagesResponse/response/messages/messageInfo/sessionId"
    assert "'2' does not match" in refusal.reason


FULL = {
    "correlation_id": "3382552",
    "route_id": "R_KARAGANDA",
    "session_id": SESSION,
    "properties": (Property("KEY", "value"), Property("OTHER", "")),
}


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_two_neighbours_that_changed_places_are_found_with_a_path(data):
    sent = data.draw(st.sampled_from([write_question(question(**FULL)), write_message(message(**FULL))]))
    check_schema(sent)
    parents = [each for each in sent.iter() if len({child.tag for child in each}) > 1]
    parent = data.draw(st.sampled_from(parents))
    place = data.draw(st.sampled_from([n for n in range(len(parent) - 1) if parent[n].tag != parent[n + 1].tag]))
    parent.insert(place, parent[place + 1])
    refusal = judge(sent)
    assert refusal is not None
    above = "/".join(etree.QName(each).localname for each in [*list(parent.iterancestors())[::-1], parent])
    assert refusal.path.startswith(f"/{above}/")
    assert "is not expected here" in refusal.reason


@settings(max_examples=60, deadline=None)
@given(
    place=st.integers(0, 30),
    text=st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]), max_size=60),
)
def test_any_text_anywhere_is_right_or_refused_in_one_short_sentence(place, text):
    sent = write_message(message(**FULL))
    elements = list(sent.iter())
    elements[place % len(elements)].text = text
    refusal = judge(sent)
    assert refusal is None or (0 < len(refusal.reason) <= 400 and "secret" not in str(refusal))
