"""The npm package `soap` builds and reads messages from a WSDL, `xml-crypto` signs and checks: none of it is ours."""

import asyncio
import base64
import json
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.shep.messages import MessageType, Payload, PayloadForm
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from gateway.shep.participant import ASK_PATH, PUSH_PATH, SyncReply
from tests.integration.shep.world import MESSAGE_SERVICE, PASSWORDS, QUESTION_SERVICE, eventually, pem, working
from tests.unit.shep.pki import _key, key_of

PROGRAM = Path(__file__).with_name("soap_client.js")
MODULES = PROGRAM.parents[3] / "node_modules"
DATE = "2026-01-05T10:00:00.000+05:00"
SESSION = "{9dcb38c2-24f1-48e2-96e5-000000000001}"


@pytest.fixture(autouse=True)
def _node():
    if shutil.which("node") is None or not (MODULES / "soap").exists():
        pytest.skip("node or the npm package soap is not installed: `python -m gateway.web.vendor`")


async def call(wsdl, operation, arguments, *, endpoint=None, name="PORTAL", gateway="SHEP"):
    """Let the client call `operation` as a system, and return what it says came back."""
    key = key_of(name)
    secret = _key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    said = {
        "wsdl": str(wsdl),
        "endpoint": endpoint,
        "operation": operation,
        "arguments": arguments,
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
    out, err = await process.communicate(json.dumps(said).encode())
    assert process.returncode == 0, err.decode()
    answer = json.loads(out)
    assert answer["signed"], answer
    return answer


def sender(name="PORTAL"):
    return {"senderId": name, "password": PASSWORDS[name]}


def question(**changes):
    info = {"messageId": "m-1", "serviceId": QUESTION_SERVICE, "messageDate": DATE, "sender": sender(), **changes}
    return {"request": {"requestInfo": info, "requestData": {"data": "<ask/>"}}}


def message(**changes):
    info = {"serviceId": MESSAGE_SERVICE, "messageType": "REQUEST", "messageDate": DATE, "sender": sender(), **changes}
    return {"request": {"messageInfo": info, "messageData": {"data": "<сұраным/>"}}}


async def test_the_client_asks_a_provider_through_the_gateway(world, wsdl):
    world.reply = SyncReply(Payload(PayloadForm.ESCAPED, "<табылды/>".encode()))
    said = await call(wsdl("sync"), "SendMessage", question(), endpoint=world.urls["SHEP"] + SYNC_PATH)
    info = said["result"]["response"]["responseInfo"]
    assert (info["status"]["code"], info["correlationId"]) == ("SCSS001", "m-1")
    assert "<табылды/>" in str(said["result"]["response"]["responseData"]["data"])
    ((asked, _),) = world.questions
    assert asked.payload.xml == b"<ask/>"


async def test_the_client_understands_our_faults(world, wsdl):
    arguments = question(serviceId="NOTHING")
    said = await call(wsdl("sync"), "SendMessage", arguments, endpoint=world.urls["SHEP"] + SYNC_PATH)
    fault = said["fault"]
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
    arguments = {"request": {"messageId": receipt["messageId"], "requestDate": DATE, "sender": sender()}}
    status = (await call(wsdl("async"), "getMessageStatus", arguments, endpoint=address))["result"]["response"]
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
    where = {"endpoint": world.urls["DESK"] + PUSH_PATH, "name": "SHEP", "gateway": "DESK"}
    receipt = (await call(wsdl("client"), "sendMessage", pushed, **where))["result"]["response"]
    assert (receipt["messageId"], receipt["correlationId"], receipt["sessionId"]) == ("254750124", "3382552", SESSION)
    told = {
        "request": {
            "notification": {
                "notificationId": "1",
                "messageId": "254750124",
                "notificationDate": DATE,
                "messageState": "DELIVERED",
                "status": {"statusCode": "X", "statusMessage": "Доставлено", "statusDate": DATE},
            },
            "requestDate": DATE,
            "sessionId": SESSION,
        }
    }
    acknowledged = await call(wsdl("client"), "changeMassageStatusNotification", told, **where)
    assert acknowledged["result"]["response"]["sessionId"] == SESSION
    assert world.systems["DESK"].statuses == [("254750124", "DELIVERED")]


async def test_the_client_as_a_gateway_asks_our_provider(world, wsdl):
    where = {"endpoint": world.urls["GBDFL"] + ASK_PATH, "name": "SHEP", "gateway": "GBDFL"}
    said = await call(wsdl("sync"), "SendMessage", question(), **where)
    assert said["result"]["response"]["responseInfo"]["correlationId"] == "m-1"


async def test_the_client_works_from_the_description_that_the_gateway_serves(world):
    said = await call(world.urls["SHEP"] + SYNC_PATH + "?wsdl", "SendMessage", question())
    assert said["result"]["response"]["responseInfo"]["status"]["code"] == "SCSS001"
