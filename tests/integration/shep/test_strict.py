"""What clients in the wild send: read in lenient mode, refused with the place in strict mode."""

import pytest
from lxml import etree

from gateway.shep.async_channel import write_message
from gateway.shep.delivery_status import write_status_notification, write_status_question
from gateway.shep.faults import Fault
from gateway.shep.messages import (
    DeliveryNotification,
    MessagesQuestion,
    MessageState,
    ReceiveStatus,
    Resend,
    StatusNotification,
    StatusQuestion,
)
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from gateway.shep.participant import PUSH_PATH
from gateway.shep.pulling import write_delivery_notification, write_messages_question
from gateway.shep.seal import seal
from gateway.shep.sync_channel import write_question
from tests.integration.shep.wire import asked, complete, drop, send, sender_of
from tests.integration.shep.world import MESSAGE_SERVICE, QUESTION_SERVICE, a_world
from tests.unit.shep.pki import key_of


def put(name, text=None):
    """Set the child `name`, where the schema has it last."""

    def edit(info):
        for each in info.findall(name):
            info.remove(each)
        etree.SubElement(info, name).text = text

    return edit


def first(name):
    return lambda info: info.insert(0, info.find(name))


def last(name):
    return lambda info: info.append(info.find(name))


def last_date(info):
    for name in ("messageDate", "requestDate"):
        if info.find(name) is not None:
            last(name)(info)


# What is done to the element that holds the fields, and which of them strict mode may name.
HABITS = {
    "an empty sessionId": (put("sessionId"), {"sessionId"}),
    "a sessionId without braces": (put("sessionId", "9dcb38c2-24f1-48e2-96e5-000000000001"), {"sessionId"}),
    "empty properties": (put("properties"), {"properties"}),
    "the sender first": (first("sender"), {"sender"}),
    "the date after the sender": (last_date, {"sender", "requestDate"}),
    "an empty routeId at the end": (put("routeId"), {"routeId"}),
    "an element that nobody knows": (put("traceId", "1"), {"traceId"}),
}
INFO = {"SendMessage": "request/requestInfo", "sendMessage": "request/messageInfo"}
NOTICE = "changeMassageStatusNotification"
EVERY = ("SendMessage", "sendMessage", "getMessages", "getMessageStatus", "sendDeliveryNotification", NOTICE)
FITTING = [(name, habit) for name in EVERY for habit in HABITS if name != NOTICE or "sender" not in habit]
"""A status notification has no sender."""
GUID = "{9dcb38c2-24f1-48e2-96e5-000000000001}"
MODES = ("strict", "lenient")


@pytest.fixture(params=MODES)
async def land(request, database_url, clock, new_store):
    parts = {"database_url": database_url, "clock": clock, "new_store": new_store, "mode": request.param}
    async with a_world(**parts) as world:
        world.mode = request.param
        yield world


def messages(world):
    """Return a message of each operation and its door."""
    now = world.clock.now()
    told = (ReceiveStatus.NOT_ACCEPTED, now, Resend.RESEND, now, sender_of("DESK"), Fault("E-1", "x", now))
    return {
        "SendMessage": (write_question(asked(service_id=QUESTION_SERVICE)), SYNC_PATH, "PORTAL"),
        "sendMessage": (write_message(complete(world, route_id=None)), ASYNC_PATH, "PORTAL"),
        "getMessages": (
            write_messages_question(
                MessagesQuestion(MESSAGE_SERVICE, request_date=now, sender=sender_of("DESK"), amount=1)
            ),
            ASYNC_PATH,
            "DESK",
        ),
        "getMessageStatus": (
            write_status_question(StatusQuestion("1", now, sender_of("PORTAL"))),
            ASYNC_PATH,
            "PORTAL",
        ),
        "sendDeliveryNotification": (
            write_delivery_notification(DeliveryNotification("1", MESSAGE_SERVICE, now, *told)),
            ASYNC_PATH,
            "DESK",
        ),
        NOTICE: (
            write_status_notification(
                StatusNotification("n", "1", now, MessageState.NOT_DELIVERED, "X", "x", now, now, GUID, told[-1])
            ),
            ASYNC_PATH,
            "RSHEP",
        ),
    }


def read(answer):
    """Whether a message was read: three of them are about one that nobody has, which is no fault of their form."""
    return isinstance(answer, etree._Element) or answer.data == "no message has this messageId"


async def test_a_bad_habit_passes_in_lenient_mode_and_is_named_in_strict_mode(land):
    for name, habit in FITTING:
        edit, places = HABITS[habit]
        content, path, key = messages(land)[name]
        edit(content.find(INFO.get(name, "request")))
        answer = await send(land, content, path=path, key=key)
        if land.mode == "lenient":
            assert read(answer), (name, habit, answer)
            continue
        named = any(place in answer.data for place in places)
        assert (answer.code, named) == ("SCE001", True), (name, habit, answer)
        line, *_ = await land.journal(event="refused", limit=1)
        assert any(place in line["facts"]["path"] + line["facts"]["reason"] for place in places)


async def test_a_participant_reads_a_notification_with_bad_habits_in_either_mode(land):
    portal = land.systems["PORTAL"]
    for habit in (habit for name, habit in FITTING if name == NOTICE):
        content = messages(land)[NOTICE][0]
        HABITS[habit][0](content.find("request"))
        content.find("request/notification/notificationId").text = habit
        data = await seal(content, key_of("SHEP"))
        async with land.http.post(portal.url + PUSH_PATH, data=data, headers={"Content-Type": "text/xml"}) as answer:
            assert answer.status == 200, (habit, await answer.text())
    assert portal.statuses == [("1", "NOT_DELIVERED")] * sum(name == NOTICE for name, _ in FITTING)


async def test_messages_as_the_schema_has_them_pass_in_both_modes_with_and_without_what_may_be_left_out(land):
    for name, (content, path, key) in messages(land).items():
        assert read(await send(land, content, path=path, key=key)), name
    left_out = messages(land)
    for name, paths in OPTIONAL.items():
        content, path, key = left_out[name]
        for each in paths:
            drop(content.find(each))
        assert read(await send(land, content, path=path, key=key)), name


OPTIONAL = {
    "getMessages": ("request/sender", "request/requestDate", "request/amount"),
    "sendDeliveryNotification": ("request/sender", "request/notification/deliveryStatus/error"),
    NOTICE: ("request/sessionId", "request/notification/error"),
}


@pytest.mark.full
@pytest.mark.parametrize(
    ("name", "where", "empty", "passes"),
    [
        ("SendMessage", "request/requestInfo", "messageId", False),
        ("SendMessage", "request/requestInfo", "correlationId", True),
        ("sendMessage", "request/messageInfo", "messageId", True),
        ("sendMessage", "request/messageInfo", "correlationId", True),
        ("getMessages", "request", "messageId", True),
        ("getMessages", "request", "correlationId", True),
        ("getMessageStatus", "request", "messageId", False),
        ("sendDeliveryNotification", "request/notification", "messageId", False),
        (NOTICE, "request/notification", "messageId", False),
    ],
)
async def test_an_empty_number_is_an_absent_one_in_both_modes(land, name, where, empty, passes):
    content, path, key = messages(land)[name]
    info = content.find(where)
    found = info.find(empty)
    if found is None:
        found = etree.Element(empty)
        info.insert(1 if info.find("messageId") is not None else 0, found)
    found.text = ""
    answer = await send(land, content, path=path, key=key)
    if passes:
        assert read(answer), answer
    else:
        assert (answer.code, empty in answer.data) == ("SCE001", True), answer


@pytest.mark.full
@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("SendMessage", "request/requestData"),
        ("SendMessage", "request/requestInfo/messageDate"),
        ("sendMessage", "request/messageData"),
        ("sendMessage", "request/messageInfo/messageDate"),
        ("getMessages", "request/serviceId"),
        ("getMessageStatus", "request/requestDate"),
        ("sendDeliveryNotification", "request/notification"),
        (NOTICE, "request/requestDate"),
    ],
)
async def test_what_a_message_cannot_do_without_is_missed_in_both_modes(land, name, missing):
    content, path, key = messages(land)[name]
    drop(content.find(missing))
    answer = await send(land, content, path=path, key=key)
    assert (answer.code, missing.rsplit("/", 1)[1] in answer.data) == ("SCE001", True), answer


async def test_strict_mode_judges_every_operation(land):
    for name, (content, path, key) in messages(land).items():
        etree.SubElement(content.find("request"), "nobodyKnows")
        answer = await send(land, content, path=path, key=key)
        if land.mode == "strict":
            assert (answer.code, "nobodyKnows" in answer.data) == ("SCE001", True), (name, answer)
        else:
            assert read(answer), (name, answer)


async def test_numbers_in_a_request_are_the_gateways_to_give(land):
    answer = await send(land, write_message(complete(land, route_id=None, message_id="1", correlation_id="1")))
    if land.mode == "strict":
        assert (answer.code, "issues the numbers" in answer.data) == ("SCE001", True)
    else:
        assert answer.findtext("response/messageId") != "1"
