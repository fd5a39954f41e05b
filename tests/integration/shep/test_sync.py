import io

import pytest

from gateway.shep.envelope import wrap
from gateway.shep.errors import (
    GatewayError,
    RemoteServiceError,
    ShepErrorCode,
    TransportError,
    UnknownGatewayError,
)
from gateway.shep.faults import FaultCode
from gateway.shep.messages import Payload, PayloadForm, Sender, Status
from gateway.shep.names import SYNC_PATH
from gateway.shep.participant import SyncReply
from gateway.shep.refusal import Refused
from gateway.shep.seal import seal
from gateway.shep.sync_channel import write_question
from simulators.shep.config import hash_password
from simulators.shep.faults import FaultKind, FaultPlan, Place
from tests.integration.shep.world import MESSAGE_SERVICE, PASSWORDS, QUESTION_SERVICE
from tests.unit.shep.messages import question
from tests.unit.shep.pki import expired_key_of, key_of

ASK = Payload(PayloadForm.TYPED, b"<data><iin>1</iin></data>")


async def test_the_desk_asks_the_registry_through_the_region_and_the_centre(world):
    answer = await world.client("DESK", "RSHEP").ask(QUESTION_SERVICE, ASK)
    assert answer.payload.xml == b"<data><found/></data>"
    ((asked, sender),) = world.questions
    assert asked.payload == ASK
    assert sender == Sender("DESK", hash_password(PASSWORDS["DESK"]))
    assert answer.correlation_id == asked.message_id
    (regional,) = await world.journal("RSHEP", event="answered")
    (central,) = await world.journal("SHEP", event="answered")
    assert (regional["party"], central["party"]) == ("DESK", "RSHEP")
    assert regional["session_id"] == answer.session_id != central["session_id"] == asked.session_id


async def test_the_clear_password_never_leaves_the_first_gateway(world):
    await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)
    ((_, sender),) = world.questions
    assert len(sender.password) == 64
    lines = await world.centre.journal.search(event="answer", with_envelopes=True)
    assert PASSWORDS["PORTAL"] not in lines[0]["envelope"]


async def test_the_answer_names_the_gateways_certificate_by_issuer_and_serial_only(world):
    answer = await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)
    assert b"X509IssuerSerial" in answer.envelope
    assert b"KeyIdentifier" not in answer.envelope


async def test_a_business_failure_comes_with_its_answer(world):
    world.reply = SyncReply(Payload(PayloadForm.TYPED, b"<data><none/></data>"), Status("SCSE001", "нет данных"))
    with pytest.raises(RemoteServiceError) as raised:
        await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)
    assert raised.value.status_code == "SCSE001"
    assert raised.value.answer.payload.xml == b"<data><none/></data>"


async def ask_as(world, *, key=None, tamper=None, **changes):
    """Ask with a hand-made envelope and return the fault."""
    fields = {"service_id": QUESTION_SERVICE, "sender": Sender("PORTAL", PASSWORDS["PORTAL"])}
    data = await seal(write_question(question(**{**fields, **changes})), key or key_of("PORTAL"))
    return await post(world, tamper(data) if tamper else data)


async def post(world, data, **headers):
    async with world.http.post(
        world.urls["SHEP"] + SYNC_PATH, data=io.BytesIO(data), headers={"Content-Type": "text/xml", **headers}
    ) as answer:
        from gateway.shep.envelope import open_envelope
        from gateway.shep.faults import read_fault

        assert answer.status == 500
        return read_fault(open_envelope(await answer.read()).content, received_at=world.clock.now())


def without_security(data):
    start, end = data.index(b"<wsse:Security"), data.index(b"</wsse:Security>") + len(b"</wsse:Security>")
    return data[:start] + data[end:]


SERVICE_AT = f"<serviceId>{QUESTION_SERVICE}</serviceId>".encode()

REFUSALS = [
    ("not XML", FaultCode.WRONG_FORMAT, {"tamper": lambda data: b"<open>"}),
    ("not SOAP", FaultCode.WRONG_FORMAT, {"tamper": lambda data: b"<html/>"}),
    ("a doctype", FaultCode.WRONG_FORMAT, {"tamper": lambda data: b"<!DOCTYPE a>" + data.split(b"?>", 1)[1]}),
    ("no signature", FaultCode.SIGNATURE_ABSENT, {"tamper": without_security}),
    ("a changed Body", FaultCode.SIGNATURE_WRONG, {"tamper": lambda data: data.replace(b"m-1", b"m-2")}),
    ("an expired certificate", FaultCode.CERTIFICATE_NOT_ACTUAL, {"key": expired_key_of("PORTAL")}),
    ("an unknown sender", FaultCode.SENDER_REFUSED, {"sender": Sender("NOBODY", "x")}),
    ("a wrong password", FaultCode.SENDER_REFUSED, {"sender": Sender("PORTAL", "x")}),
    ("no password", FaultCode.SENDER_REFUSED, {"sender": Sender("PORTAL")}),
    ("another system's certificate", FaultCode.SIGNATURE_WRONG, {"key": key_of("DESK")}),
    ("no right", FaultCode.NO_RIGHT, {"key": key_of("GBDFL"), "sender": Sender("GBDFL", PASSWORDS["GBDFL"])}),
    ("an unknown service", FaultCode.SERVICE_UNAVAILABLE, {"service_id": "NOTHING"}),
    ("a service of the other channel", FaultCode.SERVICE_UNAVAILABLE, {"service_id": MESSAGE_SERVICE}),
    ("an unknown route", FaultCode.SERVICE_UNAVAILABLE, {"route_id": "R_NOWHERE"}),
]


@pytest.mark.parametrize(("code", "how"), [each[1:] for each in REFUSALS], ids=[each[0] for each in REFUSALS])
async def test_each_check_refuses_with_its_own_code_and_leaves_a_line(world, code, how):
    fault = await ask_as(world, **how)
    assert fault.code == code.value
    assert fault.message == code.text.ru
    assert world.questions == []
    (line,) = await world.journal(event="refused")
    assert line["fault_code"] == code.value
    assert line["facts"]["data"] == fault.data
    assert line["session_id"] == fault.session_id


async def test_the_checks_come_in_their_order(world):
    """Everything is wrong at once; taking one defect away at a time shows the next code."""
    everything = {
        "key": expired_key_of("STRANGER"),
        "sender": Sender("PORTAL", "x"),
        "service_id": "NOTHING",
        "route_id": "R_NOWHERE",
    }
    steps = [
        ({"tamper": lambda data: without_security(data)[:-5]}, "SCE001"),
        ({"tamper": without_security}, "SCE007"),
        ({"tamper": lambda data: data.replace(b"m-1", b"m-2")}, "SCE006"),
        ({}, "SCE005"),
        ({"key": key_of("STRANGER")}, "SCE002"),
        ({"sender": Sender("PORTAL", PASSWORDS["PORTAL"])}, "SCE006"),
        ({"key": key_of("PORTAL")}, "SCE004"),
        ({"service_id": QUESTION_SERVICE}, "SCE004"),
    ]
    for change, code in steps:
        if "tamper" not in change:
            everything |= change
        assert (await ask_as(world, **{**everything, **change})).code == code


async def test_a_body_that_is_too_large_or_packed_or_no_xml_is_not_read(world):
    large = await post(world, b" " * (16 * 1024 * 1024 + 1))
    assert (large.code, "limit" in large.data) == ("SCE001", True)
    packed = await post(world, b"x", **{"Content-Encoding": "gzip"})
    assert (packed.code, packed.data) == ("SCE001", "packed bodies are not accepted")
    other = await post(world, b"{}", **{"Content-Type": "application/json"})
    assert (other.code, "application/json" in other.data) == ("SCE001", True)


async def test_a_large_escaped_payload_goes_through(world):
    payload = Payload(PayloadForm.ESCAPED, b"<a>" + b"x" * 11_000_000 + b"</a>")
    world.reply = SyncReply(payload)
    answer = await world.client("PORTAL", timeout=30).ask(QUESTION_SERVICE, payload)
    assert answer.payload == payload
    assert world.questions[0][0].payload == payload


async def test_a_provider_that_is_down_is_a_service_that_is_unavailable_and_worth_repeating(world):
    await world.fell_system("GBDFL")
    with pytest.raises(GatewayError) as raised:
        await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)
    assert raised.value.fault.code == "SCE004"
    assert raised.value.retryable
    assert raised.value.signed


async def test_a_provider_that_fails_inside_is_told_through_both_gateways(world):
    world.reply = RuntimeError("a secret of the inside")
    with pytest.raises(GatewayError) as raised:
        await world.client("DESK", "RSHEP").ask(QUESTION_SERVICE, ASK)
    assert (raised.value.fault.code, raised.value.fault.data) == ("SCE909", "RuntimeError")


async def test_a_refusal_of_the_provider_passes_both_gateways(world):
    world.reply = Refused(FaultCode.BUSINESS_SIGNATURE_ABSENT, "нет подписи")
    with pytest.raises(GatewayError) as raised:
        await world.client("DESK", "RSHEP").ask(QUESTION_SERVICE, ASK)
    assert (raised.value.fault.code, raised.value.fault.data) == ("SCE017", "нет подписи")
    assert not raised.value.retryable


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (FaultKind.HTML_502, ShepErrorCode.BAD_GATEWAY),
        (FaultKind.DOWN, ShepErrorCode.CUT),
        (FaultKind.CUT, ShepErrorCode.CUT),
        (FaultKind.TIMEOUT, ShepErrorCode.TIMED_OUT),
    ],
)
async def test_each_fault_of_the_transport_is_told_apart(world, kind, code):
    world.centre.faults.plan(FaultPlan(place=Place.SYNC, kind=kind, service_id=QUESTION_SERVICE, times=1))
    client = world.client("PORTAL", timeout=0.7)
    with pytest.raises(TransportError) as raised:
        await client.ask(QUESTION_SERVICE, ASK)
    assert raised.value.code is code
    await client.ask(QUESTION_SERVICE, ASK)


async def test_a_closed_port_is_unreachable(world):
    await world.fell("SHEP")
    with pytest.raises(TransportError) as raised:
        await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)
    assert raised.value.code is ShepErrorCode.UNREACHABLE


async def test_an_answer_of_another_gateway_is_not_believed(world):
    client = world.client("PORTAL", gateway_certificates=[key_of("RSHEP").certificate])
    with pytest.raises(UnknownGatewayError) as raised:
        await client.ask(QUESTION_SERVICE, ASK)
    assert raised.value.code is ShepErrorCode.ANSWER_SIGNATURE_WRONG


async def test_an_unsigned_answer_is_not_believed_and_an_unsigned_refusal_is_tried_again(aiohttp_server, world):
    from aiohttp import web
    from lxml import etree

    from gateway.shep.door import soap_answer
    from gateway.shep.faults import Fault, write_fault
    from gateway.shep.messages import PROCESSED, SyncAnswer
    from gateway.shep.names import Operation
    from gateway.shep.sync_channel import write_answer

    now = world.clock.now()
    answers = [
        wrap(write_answer(SyncAnswer("m-1", now, PROCESSED, None))),
        wrap(write_fault(Fault.of(FaultCode.WRONG_FORMAT, now), Operation.SEND_SYNC)),
    ]

    async def forge(_request):
        return soap_answer(etree.tostring(answers.pop(0)))

    app = web.Application()
    app.add_routes([web.post("/", forge)])
    server = await aiohttp_server(app)
    client = world.client("PORTAL", sync_url=str(server.make_url("/")))
    with pytest.raises(UnknownGatewayError) as raised:
        await client.ask(QUESTION_SERVICE, ASK)
    assert raised.value.code is ShepErrorCode.ANSWER_UNSIGNED
    with pytest.raises(GatewayError) as refused:
        await client.ask(QUESTION_SERVICE, ASK)
    assert (refused.value.signed, refused.value.retryable) == (False, True)


async def test_a_provider_does_not_answer_strangers(world):
    data = await seal(write_question(question(service_id=QUESTION_SERVICE)), key_of("STRANGER"))
    url = world.urls["GBDFL"] + "/shep/ask"
    async with world.http.post(url, data=data, headers={"Content-Type": "text/xml"}) as answer:
        assert answer.status == 500
        assert b"SCE006" in await answer.read()
    assert world.questions == []
