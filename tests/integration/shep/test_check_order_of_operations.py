"""The order of the checks for the operations that ask the gateway itself, and for a message that goes on in a chain."""

import dataclasses
import itertools
from dataclasses import dataclass
from typing import Any

import pytest

from gateway.eds.verdict import Code, Verdict
from gateway.eds.xmldsig import sign_enveloped
from gateway.shep.async_channel import write_message
from gateway.shep.delivery_status import write_status_question
from gateway.shep.messages import (
    DeliveryNotification,
    MessagesQuestion,
    MessageType,
    Payload,
    PayloadForm,
    ReceiveStatus,
    Resend,
    Sender,
    StatusQuestion,
)
from gateway.shep.names import ASYNC_PATH
from gateway.shep.pulling import write_delivery_notification, write_messages_question
from gateway.shep.seal import seal
from tests.integration.shep.test_check_order import DOORS, SERVICES, SIGNED_ASYNC, two_bodies
from tests.integration.shep.wire import asked, complete, drop, post, send, sender_of, without_security
from tests.integration.shep.world import MESSAGE_SERVICE, QUESTION_SERVICE, a_world
from tests.unit.shep.pki import expired_key_of, key_of


@pytest.fixture
async def land(database_url, clock, new_store):
    async with a_world(database_url=database_url, clock=clock, new_store=new_store, services=SERVICES) as world:
        yield world


@dataclass
class Ask:
    """A message of `sender` about a message, before it is written; `key` signs it."""

    sender: str
    password: str | None = None
    key: Any = None
    service: str = MESSAGE_SERVICE
    about: str = "12345"
    undated: bool = False
    after: tuple = ()


def status_question(ask, now):
    return write_status_question(StatusQuestion(ask.about, now, _sender(ask)))


def messages_question(ask, now):
    return write_messages_question(MessagesQuestion(ask.service, request_date=now, sender=_sender(ask), amount=1))


def delivery_notification(ask, now):
    about = (ask.about, ask.service, now, ReceiveStatus.ACCEPTED, now, Resend.NOT_RESEND, now)
    return write_delivery_notification(DeliveryNotification(*about, _sender(ask)))


def _sender(ask):
    return sender_of(ask.sender) if ask.password is None else Sender(ask.sender, ask.password)


# What makes each message fail at step (8): it is another's affair.
OPERATIONS = {
    "getMessageStatus": (status_question, "PORTAL", "DESK", "requestDate"),
    "getMessages": (messages_question, "DESK", "GBDFL", "serviceId"),
    "sendDeliveryNotification": (delivery_notification, "DESK", "GBDFL", "requestDate"),
}


async def said(world, write, ask, needed=None):
    content = write(ask, world.clock.now())
    if ask.undated:
        drop(content.find(f"request/{needed}"))
    data = await seal(content, ask.key or key_of(ask.sender))
    for tamper in ask.after:
        data = tamper(data)
    return await post(world, data, path=ASYNC_PATH)


def broken(data):
    return data.replace(b"<senderId>", b"<senderId> ", 1)


STEPS = [
    ({"after": lambda data: data[:-5]}, "SCE001", "xml"),
    ({"after": two_bodies}, "SCE001", "2 Bodies"),
    ({"after": without_security}, "SCE007", "не найдена"),
    ({"after": broken}, "SCE006", "digest-mismatch"),
    ({"expired": True}, "SCE005", "expired"),
    ({"undated": True}, "SCE001", "is missing"),
    ({"password": "wrong"}, "SCE002", "password"),
    ({"other": True}, "SCE003", ""),
]


def draft(owner, other, about, *defects):
    """Return a message with the defects; tampering of an earlier step comes last, as the outermost."""
    ask = Ask(owner, about=about)
    for defect in reversed(defects):
        if defect.get("other"):
            ask = dataclasses.replace(ask, sender=other)
        if "after" in defect:
            ask = dataclasses.replace(ask, after=(*ask.after, defect["after"]))
        named = {name: defect[name] for name in ("undated", "password") if name in defect}
        ask = dataclasses.replace(ask, **named)
    if any(defect.get("expired") for defect in defects):
        ask = dataclasses.replace(ask, key=expired_key_of(ask.sender))
    return ask


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_what_asks_the_gateway_itself_is_checked_in_the_same_order(land, operation):
    write, owner, other, needed = OPERATIONS[operation]
    about = (await land.client("PORTAL").send(complete(land, route_id=None))).message_id
    assert await said(land, write, Ask(owner, service="NOTHING", about="0")) is not None
    for step, following in itertools.zip_longest(STEPS, STEPS[1:]):
        defect, code, reason = step
        alone = await said(land, write, draft(owner, other, about, defect), needed)
        assert (alone.code, reason in alone.data) == (code, True), (defect, alone)
        if following is not None:
            both = await said(land, write, draft(owner, other, about, defect, following[0]), needed)
            assert (both.code, reason in both.data) == (code, True), (defect, following[0], both)


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_certificate_of_another_is_refused_by_each_operation(land, operation):
    write, owner, other, _ = OPERATIONS[operation]
    for ask, code in (
        (Ask(owner, key=key_of("STRANGER")), "SCE006"),
        (Ask(owner, key=key_of(other)), "SCE006"),
        (Ask(owner, key=key_of(other), password="wrong"), "SCE002"),
    ):
        fault = await said(land, write, ask)
        assert fault.code == code, ask


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_what_is_not_there_is_said_after_whose_it_is(land, operation):
    write, owner, other, _ = OPERATIONS[operation]
    about = (await land.client("PORTAL").send(complete(land, route_id=None))).message_id
    if operation == "getMessages":
        cases = [(Ask(other), "SCE003"), (Ask(owner, service="NOTHING"), "SCE004")]
        cases.append((Ask("GBDFL", service=QUESTION_SERVICE), "SCE004"))
    else:
        cases = [(Ask(other, about=about), "SCE003"), (Ask(owner), "SCE001")]
    for ask, code in cases:
        fault = await said(land, write, ask)
        assert fault.code == code, (ask, fault)


@pytest.mark.parametrize("door", DOORS)
async def test_a_revoked_certificate_is_no_actual_one_and_one_that_cannot_be_decided_is_said_apart(land, door):
    checker = land.centre._parts.checker
    codes = {
        Code.CERTIFICATE_REVOKED: "SCE005",
        Code.CERTIFICATE_ON_HOLD: "SCE005",
        Code.REVOCATION_UNAVAILABLE: "SCE909",
    }
    for code, fault_code in codes.items():

        async def judged(certificate, code=code, **_):
            return Verdict.of(code, at=land.clock.now(), certificate=certificate)

        checker.check = judged
        message = asked() if door == "sync" else complete(land, route_id=None)
        fault = await send(land, DOORS[door].write(message), path=DOORS[door].path)
        assert (fault.code, fault.data) == (fault_code, code.value)


@pytest.mark.parametrize("door", DOORS)
async def test_a_business_signature_is_judged_last_by_its_presence_its_value_and_its_certificate(land, door):
    service = DOORS[door].service
    signed = sign_enveloped(b"<data><n>1</n></data>", key_of("PORTAL"))
    good = Payload(PayloadForm.ESCAPED, signed)
    for payload, code in (
        (b"<data><n>1</n></data>", "SCE017"),
        (signed.replace(b"<n>1", b"<n>2"), "SCE016"),
        (sign_enveloped(b"<data><n>1</n></data>", expired_key_of("PORTAL")), "SCE015"),
    ):
        fields = {"service_id": service, "payload": Payload(PayloadForm.ESCAPED, payload)}
        for route, expected in ((None, code), ("R_NOWHERE", "SCE004")):
            message = (asked if door == "sync" else lambda **given: complete(land, **given))(**fields, route_id=route)
            fault = await send(land, DOORS[door].write(message), path=DOORS[door].path)
            assert fault.code == expected, (payload, route)
    passes = {"service_id": service, "payload": good, "route_id": None}
    message = asked(**passes) if door == "sync" else complete(land, **passes)
    await send(land, DOORS[door].write(message), path=DOORS[door].path)
    if door == "sync":  # it is handed on: only the provider of this test does not know the service
        assert (await land.journal(limit=1))[0]["facts"]["refused_by"] == "the called party"
    else:
        assert len(await land.journal(event="accepted")) == 1


@pytest.mark.parametrize("door", DOORS)
async def test_a_route_that_leads_back_to_the_gateway_that_sent_the_message_is_none(land, door):
    fields = {"service_id": DOORS[door].service, "route_id": "R_KARAGANDA", "sender": sender_of("DESK")}
    message = asked(**fields) if door == "sync" else complete(land, **fields, message_id="1", correlation_id="1")
    fault = await send(land, DOORS[door].write(message), path=DOORS[door].path, key="RSHEP")
    assert (fault.code, "leads back" in fault.data) == ("SCE004", True)


async def test_a_message_that_goes_on_in_a_chain_is_checked_in_the_same_order(land):
    signed = sign_enveloped(b"<data><n>1</n></data>", key_of("PORTAL"))
    opening = complete(land, service_id=SIGNED_ASYNC, route_id=None, payload=Payload(PayloadForm.ESCAPED, signed))
    receipt = await land.client("PORTAL").send(opening)
    # Each step's message has all the later defects too: nothing of a chain, the wrong service, no business signature.
    good = {"message_type": MessageType.UPDATE, "route_id": None, "service_id": SIGNED_ASYNC}
    good |= {"correlation_id": receipt.correlation_id}
    worst = {**good, "correlation_id": None, "service_id": QUESTION_SERVICE}
    for changes, key, code, reason in (
        ({**worst, "sender": Sender("PORTAL", "wrong")}, expired_key_of("PORTAL"), "SCE005", "expired"),
        ({**worst, "sender": Sender("PORTAL", "wrong")}, "DESK", "SCE002", "password"),
        (worst, "DESK", "SCE006", "not the sender"),
        (worst, "PORTAL", "SCE001", "correlationId"),
        ({**worst, "correlation_id": "nobody's"}, "PORTAL", "SCE003", "no chain"),
        ({**worst, "correlation_id": receipt.correlation_id}, "PORTAL", "SCE001", "the chain is of"),
        (good, "PORTAL", "SCE017", "Signature"),
    ):
        fault = await send(land, write_message(complete(land, **changes)), key=key)
        assert (fault.code, reason in fault.data) == (code, True), (changes, fault)
    async with land.http.delete(f"{land.urls['SHEP']}/admin/services/{SIGNED_ASYNC}") as answer:
        assert answer.status == 200
    fault = await send(land, write_message(complete(land, **good)))
    assert (fault.code, "не найдена" in fault.data) == ("SCE004", True)
    assert await land.stores["SHEP"].database.fetchval("SELECT count(*) FROM message") == 1
