"""The npm package `soap` builds and reads messages from a WSDL, `xml-crypto` signs and checks: none of it is ours."""

import asyncio
import base64
import json
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.shep.messages import MessageState, MessageType, Payload, PayloadForm
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from gateway.shep.participant import ASK_PATH, PUSH_PATH, SyncReply
from tests.integration.shep.wire import request
from tests.integration.shep.world import MESSAGE_SERVICE, PASSWORDS, QUESTION_SERVICE, eventually, pem, working
from tests.unit.shep.messages import SESSION
from tests.unit.shep.pki import _key, key_of

PROGRAM = Path(__file__).with_name("soap_client.js")
MODULES = PROGRAM.parents[3] / "node_modules"
DATE = "2026-01-05T10:00:00.000+05:00"
STRAIGHT = "R_ALMATY_EDU"


@pytest.fixture(autouse=True)
def _node():
    if shutil.which("node") is None or not (MODULES / "soap").exists():
        pytest.skip("node or the npm package soap is not installed: `python -m gateway.web.vendor`")


async def calls(wsdl, *made, endpoint=None, name="PORTAL", gateway="SHEP"):
    """Let one client make the calls, each an operation and its arguments; return what it says came back of each."""
    key = key_of(name)
    secret = _key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    work = {
        "wsdl": str(wsdl),
        "endpoint": endpoint,
        "calls": [{"operation": operation, "arguments": arguments} for operation, arguments in made],
        "key": secret,
        "certificate": base64.b64encode(key.certificate.der).decode(),
        "gateway": pem(key_of(gateway).certificate),
    }
    process = await asyncio.create_subprocess_exec(
        "node",
        str(PROGRAM),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(json.dumps(work).encode())
    assert process.returncode == 0, err.decode()
    answers = json.loads(out)
    assert all(answer["signed"] for answer in answers), answers
    return answers


async def call(wsdl, operation, arguments, **where):
    (answer,) = await calls(wsdl, (operation, arguments), **where)
    return answer


def sender(name="PORTAL"):
    return {"senderId": name, "password": PASSWORDS[name]}


def question(**changes):
    info = {"messageId": "m-1", "serviceId": QUESTION_SERVICE, "messageDate": DATE, "sender": sender(), **changes}
    return {"request": {"requestInfo": info, "requestData": {"data": "<ask/>"}}}


def message(**changes):
    info = {"serviceId": MESSAGE_SERVICE, "messageType": "REQUEST", "messageDate": DATE, "sender": sender(), **changes}
    return {"request": {"messageInfo": info, "messageData": {"data": "<сұраным/>"}}}


def waiting(**changes):
    order = ("messageId", "requestDate", "serviceId", "sender", "amount")
    said = {"requestDate": DATE, "serviceId": MESSAGE_SERVICE, "sender": sender("DESK"), **changes}
    return {"request": {name: said[name] for name in order if name in said}}


def delivered(message_id, status="MESSAGE_ACCEPTED", resend="NOT_RESEND", **more):
    return {
        "request": {
            "notification": {
                "messageId": message_id,
                "serviceId": MESSAGE_SERVICE,
                "notificationDate": DATE,
                "deliveryStatus": {"receiveStatus": status, "statusDate": DATE, "resendMessage": resend, **more},
            },
            "requestDate": DATE,
            "sender": sender("DESK"),
        }
    }


def status_question(message_id):
    return {"request": {"messageId": message_id, "requestDate": DATE, "sender": sender()}}


def error(code):
    return {"errorCode": code, "errorMessage": "Ақау", "errorDate": DATE}


async def test_the_client_asks_a_provider_through_the_gateway_and_understands_our_faults(world, wsdl):
    world.reply = SyncReply(Payload(PayloadForm.ESCAPED, "<табылды/>".encode()))
    asked, refused = ("SendMessage", question()), ("SendMessage", question(serviceId="NOTHING"))
    said, told = await calls(wsdl("sync"), asked, refused, endpoint=world.urls["SHEP"] + SYNC_PATH)
    info = said["result"]["response"]["responseInfo"]
    assert (info["status"]["code"], info["correlationId"]) == ("SCSS001", "m-1")
    assert "<табылды/>" in str(said["result"]["response"]["responseData"]["data"])
    ((asked, _),) = world.questions
    assert asked.payload.xml == b"<ask/>"
    fault = told["fault"]
    assert (fault["faultcode"], fault["faultstring"]) == ("SCE004", "Сервис не существует")
    assert fault["detail"]["SendMessageFault1_SendMessageFault"]["errorCode"] == "SCE004"


async def test_the_client_sends_a_message_and_asks_what_became_of_it(world, wsdl):
    received = []

    async def keep(message):
        received.append(message)

    world.systems["DESK"].inbox.on(MESSAGE_SERVICE, MessageType.REQUEST, keep)
    address = world.urls["SHEP"] + ASYNC_PATH
    receipt = (await call(wsdl("async"), "sendMessage", message(), endpoint=address))["result"]["response"]
    async with working(*world.stores.values(), world.systems["DESK"].store):
        await eventually(lambda: received)
        await eventually(lambda: world.journal(event="delivered"))
    asked = status_question(receipt["messageId"])
    status = (await call(wsdl("async"), "getMessageStatus", asked, endpoint=address))["result"]["response"]
    assert status["messageState"] == "DELIVERED"
    assert received[0].message.payload.xml == "<сұраным/>".encode()
    assert received[0].correlation_id == receipt["correlationId"]


async def test_the_client_as_a_gateway_pushes_to_our_participant_and_tells_it_a_status(world, wsdl):
    async def keep(_message):
        pass

    world.systems["DESK"].inbox.on(MESSAGE_SERVICE, MessageType.REQUEST, keep)
    pushed = message(
        messageId="254750124", correlationId="3382552", sender={"senderId": "PORTAL", "password": "0" * 64}
    )
    info = pushed["request"]["messageInfo"]
    order = ("messageId", "correlationId", "serviceId", "messageType", "messageDate", "sender")
    pushed["request"]["messageInfo"] = {name: info[name] for name in order} | {"sessionId": SESSION}
    told = {
        "request": {
            "notification": {
                "notificationId": "1",
                "messageId": "254750124",
                "notificationDate": DATE,
                "messageState": "NOT_DELIVERED",
                "status": {"statusCode": "X", "statusMessage": "Не доставлено", "statusDate": DATE},
                "error": error("SCE909"),
            },
            "requestDate": DATE,
            "sessionId": SESSION,
        }
    }
    where = {"endpoint": world.urls["DESK"] + PUSH_PATH, "name": "SHEP", "gateway": "DESK"}
    made = ("sendMessage", pushed), ("changeMassageStatusNotification", told)
    receipt, acknowledged = [each["result"]["response"] for each in await calls(wsdl("client"), *made, **where)]
    assert (receipt["messageId"], receipt["correlationId"], receipt["sessionId"]) == ("254750124", "3382552", SESSION)
    assert acknowledged["sessionId"] == SESSION
    desk = world.systems["DESK"]
    assert desk.statuses == [("254750124", "NOT_DELIVERED")]
    assert [(each.code, each.message) for each in desk.errors] == [("SCE909", "Ақау")]


async def test_the_client_fetches_what_waits_and_says_what_became_of_it(pulling, wsdl):
    ids = [(await pulling.client("PORTAL").send(request(STRAIGHT))).message_id for _ in range(2)]
    made = [
        ("getMessages", waiting(messageId="nothing")),
        ("getMessages", waiting(amount=1)),
        ("getMessages", waiting()),
        ("sendDeliveryNotification", delivered(ids[0])),
        ("sendDeliveryNotification", delivered(ids[1], "MESSAGE_NOT_ACCTEPTED", "RESEND", error=error("E-1"))),
        ("getMessages", waiting()),
        ("sendDeliveryNotification", delivered(ids[1])),
        ("sendDeliveryNotification", delivered("nothing")),
        ("getMessages", waiting(serviceId="NOTHING")),
    ]
    where = {"endpoint": pulling.urls["SHEP"] + ASYNC_PATH, "name": "DESK"}
    *answered, unknown, no_service = await calls(wsdl("async"), *made, **where)
    none, one, two, first, second, again, third = [each["result"]["response"] for each in answered]
    assert [numbers(each) for each in (none, one, two, again)] == [[], ids[:1], ids, ids[1:]]
    assert "<сұраным>" in str(two["messages"][1]["messageData"]["data"])
    assert all(each["notificationId"] and each["sessionId"] for each in (first, second, third))
    codes = [each["fault"]["faultcode"] for each in (unknown, no_service)]
    details = {name for each in (unknown, no_service) for name in each["fault"]["detail"]}
    assert codes == ["SCE001", "SCE004"]
    assert details == {
        "sendDeliveryNotificationFault1_sendDeliveryNotificationFault",
        "getMessagesFault1_getMessagesFault",
    }
    states = [(await pulling.client("PORTAL").status(each)).state for each in ids]
    assert states == [MessageState.DELIVERED] * 2


def numbers(response):
    """Return the ids of fetched messages: the client has no list for one, and nothing for none."""
    messages = response.get("messages", [])
    return [each["messageInfo"]["messageId"] for each in (messages if isinstance(messages, list) else [messages])]


async def test_the_client_as_a_gateway_asks_our_provider(world, wsdl):
    where = {"endpoint": world.urls["GBDFL"] + ASK_PATH, "name": "SHEP", "gateway": "GBDFL"}
    said = await call(wsdl("sync"), "SendMessage", question(), **where)
    assert said["result"]["response"]["responseInfo"]["correlationId"] == "m-1"


async def test_the_client_works_from_the_description_that_the_gateway_serves(world):
    said = await call(world.urls["SHEP"] + SYNC_PATH + "?wsdl", "SendMessage", question())
    assert said["result"]["response"]["responseInfo"]["status"]["code"] == "SCSS001"
