import asyncio
import contextlib
import copy
import io
import socket

import aiohttp
import pytest
from aiohttp import web
from lxml import etree

from gateway.eds.gost.curves import GOST_2004, GOST_2015_512
from gateway.eds.gost.keys import GostPrivateKey
from gateway.eds.keys import signing_key
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.wsse import KeyReference
from gateway.shep.async_channel import read_receipt, write_message
from gateway.shep.delivery_status import write_status_notification
from gateway.shep.door import soap_answer
from gateway.shep.envelope import is_fault, open_envelope
from gateway.shep.errors import ShepErrorCode, UnknownGatewayError
from gateway.shep.faults import FaultCode, read_fault
from gateway.shep.messages import (
    MessageState,
    MessageType,
    Payload,
    PayloadForm,
    Receipt,
    Sender,
    StatusNotification,
)
from gateway.shep.names import DS, WSSE, WSU, Operation
from gateway.shep.participant import ASK_PATH, PUSH_PATH, Participant, SyncReply
from gateway.shep.passages import Direction, RememberedPassages
from gateway.shep.refusal import Refused
from gateway.shep.schema import check_schema
from gateway.shep.seal import seal, unseal
from gateway.shep.sync_channel import read_answer, write_question
from tests.integration.shep.scripted import SESSION, ScriptedGateway, a_client
from tests.unit.eds.test_pkcs12 import certificate as gost_certificate
from tests.unit.shep.messages import DATE, message, question
from tests.unit.shep.pki import checker, key_of

PUSHED = message(message_id="254750124", correlation_id="3382552", session_id=SESSION)
CHANGED = StatusNotification("1", "254750124", DATE, MessageState.DELIVERED, "X", "…", DATE, DATE, SESSION)


class Desk:
    """A participant on loopback that remembers what it was told and asked."""

    def __init__(self, clock, *, key=None, gateway=None, check=None, log=None, **more):
        self.key, self.gateway = key or key_of("DESK"), gateway or key_of("SHEP")
        self.log = log or RememberedPassages()
        self.pushed, self.told, self.asked = [], [], []
        self.reply = SyncReply(Payload(PayloadForm.TYPED, b"<data><found/></data>"))
        self.clock, self.http, self.url = clock, None, ""
        self.participant = Participant(
            gateways={"shep": [self.gateway.certificate], "rshep": [key_of("RSHEP").certificate]},
            key=self.key,
            checker=check or checker(clock),
            clock=clock,
            receiver=self,
            services={"SERVICE_ONE": self._answer},
            on_status=self._on_status,
            log=self.log,
            **more,
        )

    @contextlib.asynccontextmanager
    async def listening(self):
        app = web.Application()
        app.add_routes(self.participant.routes())
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        bound = socket.socket()
        bound.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        await web.SockSite(runner, bound).start()
        try:
            async with aiohttp.ClientSession() as self.http:
                yield self
        finally:
            await runner.cleanup()

    async def receive(self, message, *, gateway):
        self.pushed.append((message, gateway))
        return Receipt(message.message_id, message.correlation_id, self.clock.now(), message.session_id)

    async def _on_status(self, notification, gateway):
        self.told.append((notification, gateway))

    async def _answer(self, question, sender):
        self.asked.append((question, sender))
        await asyncio.sleep(0)
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply

    async def post(self, path, data):
        """Post bytes; return the status and the content of the answer, whose seal held."""
        headers = {"Content-Type": "text/xml"}
        async with self.http.post(self.url + path, data=io.BytesIO(data), headers=headers) as answer:
            opened = open_envelope(await answer.read())
            content = (await unseal(opened, [self.key.certificate])).content
            return answer.status, content

    async def call(self, path, content, key=None, reference=KeyReference.ISSUER_SERIAL):
        return await self.post(path, await seal(content, key or self.gateway, reference))

    async def fault(self, path, data):
        status, content = await self.post(path, data)
        assert (status, is_fault(content)) == (500, True)
        return read_fault(content, received_at=self.clock.now())

    async def ask(self, **changes):
        _, content = await self.call(ASK_PATH, write_question(question(**changes)))
        return read_answer(content)


@pytest.fixture
async def desk(clock):
    async with Desk(clock).listening() as desk:
        yield desk


@pytest.mark.parametrize("key", ["SHEP", "RSHEP"])
async def test_both_operations_of_the_client_interface_are_served(desk, key):
    _, receipt = await desk.call(PUSH_PATH, write_message(PUSHED), key_of(key))
    assert read_receipt(receipt) == Receipt("254750124", "3382552", desk.clock.now(), SESSION)
    _, told = await desk.call(PUSH_PATH, write_status_notification(CHANGED), key_of(key))
    assert told.tag == Operation.CHANGE_STATUS_NOTIFICATION.response
    for each in (receipt, told):
        check_schema(each)
    assert desk.pushed == [(PUSHED, key.lower())]
    assert desk.told == [(CHANGED, key.lower())]


@pytest.mark.parametrize(
    ("path", "content"), [(ASK_PATH, write_message(PUSHED)), (PUSH_PATH, write_question(question()))]
)
async def test_an_operation_of_the_other_interface_is_refused(desk, path, content):
    fault = await desk.fault(path, await seal(copy.deepcopy(content), desk.gateway))
    assert (fault.code, fault.session_id) == ("SCE001", None)
    assert (desk.pushed, desk.asked) == ([], [])


@pytest.mark.parametrize(("path", "name"), [(PUSH_PATH, "changeMassageStatusNotification"), (ASK_PATH, "SendMessage")])
async def test_the_description_is_served_with_the_address_that_was_asked(desk, path, name):
    for query in ("?wsdl", "?WSDL"):
        async with desk.http.get(desk.url + path + query) as answer:
            text = await answer.text()
            assert answer.status == 200
    assert name in text
    assert f"{desk.url}{path}" in text


async def test_the_log_has_what_came_in_and_what_went_out(desk):
    await desk.call(PUSH_PATH, write_message(PUSHED))
    came, went = desk.log.passages
    assert (came.direction, came.is_answer, came.gateway, came.outcome) == (Direction.IN, False, "shep", "")
    assert (went.direction, went.is_answer, went.gateway, went.outcome) == (Direction.OUT, True, "shep", "")
    for each in (came, went):
        assert (each.operation, each.service_id, each.message_type) == (
            Operation.SEND_ASYNC,
            "SERVICE_TWO",
            MessageType.REQUEST,
        )
        assert (each.message_id, each.correlation_id, each.session_id) == ("254750124", "3382552", SESSION)
        assert b"soap:Envelope" in each.envelope


async def test_the_log_says_why_a_message_was_refused(desk):
    desk.reply = Refused(FaultCode.BUSINESS_SIGNATURE_ABSENT, "нет подписи")
    await desk.call(ASK_PATH, write_question(question(session_id=SESSION)))
    assert [(each.outcome, each.service_id, each.session_id) for each in desk.log.passages] == [
        ("SCE017", "SERVICE_ONE", SESSION)
    ] * 2


@pytest.mark.parametrize("data", [b"<open>", None])
async def test_a_strangers_message_leaves_a_line_and_not_its_body(desk, data):
    data = data or await seal(write_message(PUSHED), key_of("STRANGER"))
    fault = await desk.fault(PUSH_PATH, data)
    came, _ = desk.log.passages
    assert (came.envelope, came.gateway, came.outcome) == (b"", "", fault.code)


async def test_a_log_that_fails_does_not_undo_what_was_stored(clock):
    class Broken:
        async def note(self, *_passages):
            raise OSError("no space left")

    async with Desk(clock, log=Broken()).listening() as desk:
        status, _ = await desk.call(PUSH_PATH, write_message(PUSHED))
        assert (status, len(desk.pushed), desk.participant.missed_passages) == (200, 1, 2)


async def test_a_repeated_question_acts_once_and_gets_the_first_answer_in_its_own_session(desk):
    first = await desk.ask(session_id="{1}")
    desk.reply = SyncReply(None)
    again = await desk.ask(session_id="{2}")
    assert len(desk.asked) == 1
    assert (again.message_id, again.response_date, again.payload) == (
        first.message_id,
        first.response_date,
        first.payload,
    )
    assert (first.session_id, again.session_id) == ("{1}", "{2}")


async def test_repetitions_at_the_same_time_act_once(desk):
    answers = await asyncio.gather(*(desk.ask() for _ in range(5)))
    assert (len(desk.asked), len({each.message_id for each in answers})) == (1, 1)


async def test_other_content_under_a_used_id_is_refused_and_another_senders_id_is_its_own(desk):
    await desk.ask()
    other = write_question(question(payload=Payload(PayloadForm.CDATA, b"<other/>")))
    assert (await desk.fault(ASK_PATH, await seal(other, desk.gateway))).code == "SCE001"
    await desk.ask(sender=Sender("AKIMAT", "hash"))
    await desk.call(ASK_PATH, write_question(question()), key_of("RSHEP"))
    assert len(desk.asked) == 3


async def test_a_question_that_failed_is_tried_anew(desk):
    good, desk.reply = desk.reply, RuntimeError("inside")
    fault = await desk.fault(ASK_PATH, await seal(write_question(question()), desk.gateway))
    assert fault.code == "SCE909"
    desk.reply = good
    assert (await desk.ask()).payload == good.payload
    assert len(desk.asked) == 2


def gost_key(curve, cn):
    private = GostPrivateKey.generate(curve)
    return signing_key(private, gost_certificate(private, private, cn))


@pytest.mark.parametrize(
    ("own", "gateways"),
    [(GOST_2015_512, GOST_2004), (GOST_2004, GOST_2015_512), (GOST_2015_512, None)],
    ids=["2015 to 2004", "2004 to 2015", "2015 to RSA"],
)
async def test_gost_keys_sign_and_are_understood_in_both_halves(clock, own, gateways):
    key, gateway = gost_key(own, "PORTAL"), gost_key(gateways, "SHEP") if gateways else key_of("SHEP")
    anchors = [key.certificate, gateway.certificate, *gateway.chain]
    check = CertificateChecker(Anchors.of(anchors), None, clock)
    async with (
        ScriptedGateway(clock, gateway).listening() as shep,
        a_client(shep, clock, key=key, checker=check) as (
            client,
            log,
            _,
        ),
    ):
        assert (await client.ask("SERVICE_ONE", Payload(PayloadForm.CDATA, "<ә/>".encode()))).payload
        await client.send(message())
    asked, answered, *_ = log.passages
    assert b"KeyIdentifier" in asked.envelope
    assert key.algorithm.uri.encode() in asked.envelope
    assert key.algorithm.digest.uri.encode() in asked.envelope
    assert (await unseal(open_envelope(asked.envelope), ())).certificate == key.certificate
    assert b"X509IssuerSerial" in answered.envelope
    assert b"KeyIdentifier" not in answered.envelope
    async with Desk(clock, key=key, gateway=gateway, check=check).listening() as desk:
        _, receipt = await desk.call(PUSH_PATH, write_message(PUSHED))
        assert read_receipt(receipt).message_id == "254750124"
        assert (await desk.ask()).payload == desk.reply.payload


def _tag(namespace, name):
    return f"{{{namespace}}}{name}"


def _forged(body):
    forged = copy.deepcopy(body)
    forged.find(".//serviceId").text = "SERVICE_EVIL"
    return forged


def a_second_body(envelope):
    envelope.append(_forged(envelope[1]))


def a_second_body_of_the_same_id_in_the_header(envelope):
    body = envelope[1]
    etree.SubElement(envelope[0], "kept").append(copy.deepcopy(body))
    body.find(".//serviceId").text = "SERVICE_EVIL"


def the_body_in_the_header(envelope):
    header, body = envelope
    forged = _forged(body)
    forged.set(_tag(WSU, "Id"), "id-forged")
    etree.SubElement(header, "kept").append(body)
    envelope.append(forged)


def two_references(envelope):
    (reference,) = envelope.iter(_tag(DS, "Reference"))
    reference.addnext(copy.deepcopy(reference))


def a_reference_to_the_header(envelope):
    envelope[0].set(_tag(WSU, "Id"), "id-header")
    next(envelope.iter(_tag(DS, "Reference"))).set("URI", "#id-header")


def another_transform(envelope):
    (transform,) = envelope.iter(_tag(DS, "Transform"))
    transform.set("Algorithm", "http://www.w3.org/TR/1999/REC-xpath-19991116")


def inclusive_canonical_form(envelope):
    (transform,) = envelope.iter(_tag(DS, "Transform"))
    transform.set("Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315")


def an_added_transform(envelope):
    (transform,) = envelope.iter(_tag(DS, "Transform"))
    transform.addnext(copy.deepcopy(transform))


def a_binary_security_token(envelope):
    (identifier,) = envelope.iter(_tag(WSSE, "KeyIdentifier"))
    token = etree.Element(_tag(WSSE, "BinarySecurityToken"), identifier.attrib)
    token.text = identifier.text
    token.set(_tag(WSU, "Id"), "X509-1")
    envelope[0][0].insert(0, token)
    reference = etree.Element(_tag(WSSE, "Reference"), {"URI": "#X509-1"})
    identifier.getparent().replace(identifier, reference)


def a_key_identifier_of_another_type(envelope):
    (identifier,) = envelope.iter(_tag(WSSE, "KeyIdentifier"))
    identifier.set("ValueType", identifier.get("ValueType").replace("#X509v3", "#X509SubjectKeyIdentifier"))


def a_sha1_digest(envelope):
    (method,) = envelope.iter(_tag(DS, "DigestMethod"))
    method.set("Algorithm", "http://www.w3.org/2000/09/xmldsig#sha1")


def a_sha1_signature(envelope):
    (method,) = envelope.iter(_tag(DS, "SignatureMethod"))
    method.set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha1")


def a_bare_signature_in_the_header(envelope):
    header = envelope[0]
    header.append(header[0][0])


ATTACKS = [
    (a_second_body, "SCE001"),
    (a_second_body_of_the_same_id_in_the_header, "SCE006"),
    (the_body_in_the_header, "SCE006"),
    (two_references, "SCE006"),
    (a_reference_to_the_header, "SCE006"),
    (another_transform, "SCE006"),
    (inclusive_canonical_form, "SCE006"),
    (an_added_transform, "SCE006"),
    (a_binary_security_token, "SCE006"),
    (a_key_identifier_of_another_type, "SCE006"),
    (a_sha1_digest, "SCE006"),
    (a_sha1_signature, "SCE006"),
    (a_bare_signature_in_the_header, "SCE006"),
]
EACH_ATTACK = pytest.mark.parametrize(("attack", "code"), ATTACKS, ids=[each[0].__name__ for each in ATTACKS])


async def attacked(content, key, attack):
    envelope = etree.fromstring(await seal(content, key))
    attack(envelope)
    return etree.tostring(envelope)


@EACH_ATTACK
async def test_a_wrapped_or_weakened_signature_opens_no_door(desk, attack, code):
    fault = await desk.fault(PUSH_PATH, await attacked(write_message(PUSHED), desk.gateway, attack))
    assert fault.code == code
    assert desk.pushed == []


@EACH_ATTACK
async def test_a_wrapped_or_weakened_answer_is_not_believed(clock, attack, code):
    gateway = ScriptedGateway(clock)

    async def answer(_request, content):
        good = gateway.answer(Operation.SEND_ASYNC, content)
        etree.SubElement(good[0], "serviceId").text = "SERVICE_ONE"
        return soap_answer(await attacked(good, gateway.key, attack))

    gateway.script = [answer]
    async with gateway.listening(), a_client(gateway, clock) as (client, _, _):
        with pytest.raises(UnknownGatewayError) as raised:
            await client.send(message())
    expected = ShepErrorCode.ANSWER_MALFORMED if code == "SCE001" else ShepErrorCode.ANSWER_SIGNATURE_WRONG
    assert raised.value.code is expected
