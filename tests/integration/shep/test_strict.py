"""What clients in the wild send: read in lenient mode, refused with the place in strict mode."""

import pytest
from lxml import etree

from gateway.shep.async_channel import write_message
from gateway.shep.delivery_status import write_status_question
from gateway.shep.faults import Fault
from gateway.shep.messages import (
    DeliveryNotification,
    MessagesQuestion,
    ReceiveStatus,
    Resend,
    StatusQuestion,
)
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from gateway.shep.pulling import write_delivery_notification, write_messages_question
from gateway.shep.sync_channel import write_question
from tests.integration.shep.wire import asked, complete, send, sender_of
from tests.integration.shep.world import MESSAGE_SERVICE, QUESTION_SERVICE, a_world


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


HABITS = {
    "an empty sessionId": (put("sessionId"), "sessionId"),
    "a sessionId without braces": (put("sessionId", "9dcb38c2-24f1-48e2-96e5-000000000001"), "sessionId"),
    "empty properties": (put("properties"), "properties"),
    "the sender first": (first("sender"), "sender"),
    "the date after the sender": (last("messageDate"), "sender"),
    "an empty routeId at the end": (put("routeId"), "routeId"),
    "an element that nobody knows": (put("traceId", "1"), "traceId"),
}
DOORS = {"sync": (SYNC_PATH, "request/requestInfo"), "async": (ASYNC_PATH, "request/messageInfo")}


@pytest.fixture(params=["strict", "lenient"])
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
            write_messages_question(MessagesQuestion(MESSAGE_SERVICE, sender=sender_of("DESK"), amount=1)),
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
    }


async def test_a_bad_habit_passes_in_lenient_mode_and_is_named_in_strict_mode(land):
    for number, (name, (edit, place)) in enumerate(HABITS.items()):
        for door, (path, info) in DOORS.items():
            if door == "sync":
                content = write_question(asked(service_id=QUESTION_SERVICE, message_id=f"m-{number}"))
            else:
                content = write_message(complete(land, route_id=None))
            edit(content.find(info))
            answer = await send(land, content, path=path)
            if land.mode == "lenient":
                assert isinstance(answer, etree._Element), (name, door, answer)
                continue
            assert (answer.code, place in answer.data) == ("SCE001", True), (name, door, answer)
            line, *_ = await land.journal(event="refused", limit=1)
            assert place in line["facts"]["path"] + line["facts"]["reason"]


async def test_strict_mode_judges_every_operation_and_passes_what_the_schema_allows(land):
    for name, (content, path, key) in messages(land).items():
        answer = await send(land, content, path=path, key=key)
        # Two of them ask about a message that nobody has: a refusal of what they ask, not of their form.
        good = isinstance(answer, etree._Element) or answer.data == "no message has this messageId"
        assert good, (name, answer)
    for name, (content, path, key) in messages(land).items():
        etree.SubElement(content.find("request"), "nobodyKnows")
        answer = await send(land, content, path=path, key=key)
        if land.mode == "strict":
            assert (answer.code, "nobodyKnows" in answer.data) == ("SCE001", True), (name, answer)
        elif not isinstance(answer, etree._Element):
            assert "nobodyKnows" not in answer.data, (name, answer)


async def test_numbers_in_a_request_are_the_gateways_to_give(land):
    answer = await send(land, write_message(complete(land, route_id=None, message_id="1", correlation_id="1")))
    if land.mode == "strict":
        assert (answer.code, "issues the numbers" in answer.data) == ("SCE001", True)
    else:
        assert answer.findtext("response/messageId") != "1"
