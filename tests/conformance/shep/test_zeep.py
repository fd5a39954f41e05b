import asyncio

import pytest
import zeep
from lxml import etree

from gateway.shep.messages import MessageState, MessageType, Payload, PayloadForm
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from gateway.shep.participant import ASK_PATH, PUSH_PATH, SyncReply
from tests.conformance.shep.peer import zeep_client
from tests.integration.shep.wire import APPLICATION, request
from tests.integration.shep.world import MESSAGE_SERVICE, PASSWORDS, QUESTION_SERVICE, eventually, working
from tests.unit.shep.messages import DATE, SESSION

STRAIGHT = "R_ALMATY_EDU"
BINDINGS = {
    "sync": "{http://bip.bee.kz/SyncChannel/v10/Interfaces/Binding2}SyncChannelHttpBinding",
    "async": "{http://bip.bee.kz/AsyncChannel/v10/Interfaces/Binding}AsyncChannelHttpBinding",
    "client": "{http://bip.bee.kz/AsyncChannel/v10/Interfaces/Client/Binding}AsyncChannelClientHttpBinding",
}


def talk(wsdl, interface, address, work, **parts):
    """Let zeep do `work` with a service, in a thread since it blocks."""

    def done():
        client, signing = zeep_client(wsdl(interface), **parts)
        value = work(client.create_service(BINDINGS[interface], address))
        assert signing.checked
        return value

    return asyncio.to_thread(done)


def sender(name="PORTAL"):
    return {"senderId": name, "password": PASSWORDS[name]}


def error(code):
    return {"errorCode": code, "errorMessage": "Ақау", "errorDate": DATE}


async def test_zeep_asks_a_provider_through_the_gateway(world, wsdl):
    world.reply = SyncReply(Payload(PayloadForm.TYPED, b'<data><found xmlns="urn:x">yes</found></data>'))

    def work(service):
        return service.SendMessage(
            {
                "requestInfo": {
                    "messageId": "m-1",
                    "serviceId": QUESTION_SERVICE,
                    "messageDate": DATE,
                    "sender": sender(),
                    "properties": [{"key": "CONNECTOR_CLIENT", "value": "true"}],
                },
                "requestData": {"data": "<ask/>"},
            }
        )

    answer = await talk(wsdl, "sync", world.urls["SHEP"] + SYNC_PATH, work)
    assert answer.responseInfo.status.code == "SCSS001"
    assert answer.responseInfo.correlationId == "m-1"
    assert "yes" in str(zeep.helpers.serialize_object(answer.responseData.data)) or answer.responseData.data is not None
    ((asked, _),) = world.questions
    assert asked.payload.xml == b"<ask/>"
    assert asked.properties[0].key == "CONNECTOR_CLIENT"


async def test_zeep_understands_our_faults(world, wsdl):
    def work(service):
        with pytest.raises(zeep.exceptions.Fault) as raised:
            service.SendMessage(
                {
                    "requestInfo": {
                        "messageId": "m-1",
                        "serviceId": "NOTHING",
                        "messageDate": DATE,
                        "sender": sender(),
                    },
                    "requestData": {"data": "x"},
                }
            )
        return raised.value

    fault = await talk(wsdl, "sync", world.urls["SHEP"] + SYNC_PATH, work)
    assert (fault.code, fault.message) == ("SCE004", "Сервис не существует")
    assert fault.detail[0].findtext("errorCode") == "SCE004"


async def test_zeep_sends_a_message_that_our_participant_is_pushed(world, wsdl):
    received = []

    async def keep(message):
        received.append(message)

    world.systems["DESK"].inbox.on(MESSAGE_SERVICE, MessageType.REQUEST, keep)

    def send(service):
        return service.sendMessage(
            {
                "messageInfo": {
                    "serviceId": MESSAGE_SERVICE,
                    "messageType": "REQUEST",
                    "routeId": "R_KARAGANDA",
                    "messageDate": DATE,
                    "sender": sender(),
                },
                "messageData": {"data": "<сұраным/>"},
            }
        )

    receipt = await talk(wsdl, "async", world.urls["SHEP"] + ASYNC_PATH, send)
    async with working(*world.stores.values(), world.systems["DESK"].store):
        await eventually(lambda: received)

    def ask(service):
        return service.getMessageStatus({"messageId": receipt.messageId, "requestDate": DATE, "sender": sender()})

    await eventually(lambda: world.journal(event="delivered"))
    status = await talk(wsdl, "async", world.urls["SHEP"] + ASYNC_PATH, ask)
    assert status.messageState == MessageState.DELIVERED
    assert received[0].message.payload.xml == "<сұраным/>".encode()
    assert received[0].correlation_id == receipt.correlationId


async def test_zeep_as_a_gateway_pushes_to_our_participant(world, wsdl):
    async def keep(_message):
        pass

    world.systems["DESK"].inbox.on(MESSAGE_SERVICE, MessageType.REQUEST, keep)

    def push(service):
        return service.sendMessage(
            {
                "messageInfo": {
                    "messageId": "254750124",
                    "correlationId": "3382552",
                    "serviceId": MESSAGE_SERVICE,
                    "messageType": "REQUEST",
                    "messageDate": DATE,
                    "sender": {"senderId": "PORTAL", "password": "0" * 64},
                    "sessionId": SESSION,
                },
                "messageData": {"data": "x"},
            }
        )

    def tell(service):
        return service.changeMassageStatusNotification(
            {
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
        )

    address = world.urls["DESK"] + PUSH_PATH
    parts = {"name": "SHEP", "gateway": "DESK"}
    receipt = await talk(wsdl, "client", address, push, **parts)
    assert (receipt.messageId, receipt.correlationId, receipt.sessionId) == ("254750124", "3382552", SESSION)
    acknowledged = await talk(wsdl, "client", address, tell, **parts)
    assert acknowledged.sessionId == SESSION
    desk = world.systems["DESK"]
    assert desk.statuses == [("254750124", "NOT_DELIVERED")]
    assert [(each.code, each.message) for each in desk.errors] == [("SCE909", "Ақау")]


async def test_zeep_as_a_gateway_asks_our_provider(world, wsdl):
    world.reply = SyncReply(Payload(PayloadForm.ESCAPED, "<табылды/>".encode()))

    def work(service):
        info = {"messageId": "m-1", "serviceId": QUESTION_SERVICE, "messageDate": DATE}
        asked = {**info, "sender": {"senderId": "PORTAL", "password": "0" * 64}, "sessionId": SESSION}
        answer = service.SendMessage({"requestInfo": asked, "requestData": {"data": "<ask/>"}})
        with pytest.raises(zeep.exceptions.Fault) as raised:
            service.SendMessage({"requestInfo": {**asked, "serviceId": "NOTHING"}, "requestData": {"data": "x"}})
        return answer, raised.value

    address = world.urls["GBDFL"] + ASK_PATH
    answer, fault = await talk(wsdl, "sync", address, work, name="SHEP", gateway="GBDFL")
    info = answer.responseInfo
    assert (info.status.code, info.correlationId, info.sessionId) == ("SCSS001", "m-1", SESSION)
    assert answer.responseData.data == "<табылды/>"
    assert (fault.code, fault.detail[0].findtext("errorCode")) == ("SCE004", "SCE004")
    ((asked, told),) = world.questions
    assert (asked.payload.xml, told.sender_id) == (b"<ask/>", "PORTAL")


async def test_zeep_fetches_what_waits_and_says_what_became_of_it(pulling, wsdl):
    ids = [(await pulling.client("PORTAL").send(request(STRAIGHT))).message_id for _ in range(2)]

    def work(service):
        def fetched(**changes):
            asked = {"requestDate": DATE, "serviceId": MESSAGE_SERVICE, "sender": sender("DESK"), **changes}
            answer = service.getMessages(asked)
            assert answer.sessionId.startswith("{")
            return answer.messages

        def told(message_id, status="MESSAGE_ACCEPTED", resend="NOT_RESEND", **more):
            delivery = {"receiveStatus": status, "statusDate": DATE, "resendMessage": resend, **more}
            told = {"messageId": message_id, "serviceId": MESSAGE_SERVICE, "notificationDate": DATE}
            notification = {**told, "deliveryStatus": delivery}
            said = {"notification": notification, "requestDate": DATE, "sender": sender("DESK")}
            return service.sendDeliveryNotification(said)

        assert fetched(messageId="nothing") == []
        assert numbers(fetched(amount=1)) == ids[:1]
        both = fetched()
        assert numbers(both) == ids
        assert both[1].messageData.data == APPLICATION.xml.decode()
        assert told(ids[0]).notificationId
        assert told(ids[1], "MESSAGE_NOT_ACCTEPTED", "RESEND", error=error("E-1")).sessionId
        assert numbers(fetched()) == ids[1:]
        assert told(ids[1]).notificationId
        assert fetched() == []
        refused = []
        for wrong in (lambda: told("nothing"), lambda: fetched(serviceId="NOTHING")):
            with pytest.raises(zeep.exceptions.Fault) as raised:
                wrong()
            refused.append((raised.value.code, etree.QName(raised.value.detail[0]).localname))
        return refused

    address = pulling.urls["SHEP"] + ASYNC_PATH
    assert await talk(wsdl, "async", address, work, name="DESK") == [
        ("SCE001", "sendDeliveryNotificationFault1_sendDeliveryNotificationFault"),
        ("SCE004", "getMessagesFault1_getMessagesFault"),
    ]
    states = [(await pulling.client("PORTAL").status(each)).state for each in ids]
    assert states == [MessageState.DELIVERED] * 2


def numbers(messages):
    return [each.messageInfo.messageId for each in messages]


async def test_zeep_works_from_the_description_that_the_gateway_serves(world):
    def work():
        client, signing = zeep_client(world.urls["SHEP"] + SYNC_PATH + "?wsdl")
        client.service.SendMessage(
            {
                "requestInfo": {
                    "messageId": "m-1",
                    "serviceId": QUESTION_SERVICE,
                    "messageDate": DATE,
                    "sender": sender(),
                },
                "requestData": {"data": "x"},
            }
        )
        return signing.checked

    assert await asyncio.to_thread(work) == 1
