import pytest

from gateway.shep.errors import GatewayError, ShepErrorCode, TransportError, UnknownGatewayError
from gateway.shep.messages import MessageType, Payload, PayloadForm
from gateway.shep.participant import SyncReply
from simulators.shep.faults import FaultKind, FaultPlan, Place
from tests.integration.shep.wire import ASK, request
from tests.integration.shep.world import MESSAGE_SERVICE, QUESTION_SERVICE, eventually, working

STRAIGHT = "R_ALMATY_EDU"
SPOILED = [
    (FaultKind.UNSIGNED, ShepErrorCode.ANSWER_UNSIGNED),
    (FaultKind.WRONG_DIGEST, ShepErrorCode.ANSWER_SIGNATURE_WRONG),
    (FaultKind.WRONG_SIGNATURE, ShepErrorCode.ANSWER_SIGNATURE_WRONG),
    (FaultKind.WRAPPED_SIGNATURE, ShepErrorCode.ANSWER_SIGNATURE_WRONG),
    (FaultKind.OTHER_SIGNER, ShepErrorCode.ANSWER_SIGNER_UNKNOWN),
    (FaultKind.OVERSIZED, ShepErrorCode.ANSWER_TOO_LARGE),
    (FaultKind.NOT_XML, ShepErrorCode.ANSWER_MALFORMED),
    (FaultKind.TRUNCATED, ShepErrorCode.ANSWER_MALFORMED),
    (FaultKind.MIXED_ENCODING, ShepErrorCode.ANSWER_MALFORMED),
]


def plan(world, kind, place=Place.SYNC, **fields):
    world.centre.faults.plan(FaultPlan(place=place, kind=kind, times=1, **fields))


@pytest.mark.parametrize(("kind", "code"), SPOILED, ids=[kind.value for kind, _ in SPOILED])
async def test_a_spoiled_answer_is_never_taken_for_data(world, kind, code):
    client = world.client("PORTAL")
    plan(world, kind)
    with pytest.raises(UnknownGatewayError) as raised:
        await client.ask(QUESTION_SERVICE, ASK)
    assert raised.value.code is code
    assert (await client.ask(QUESTION_SERVICE, ASK)).payload == world.reply.payload


@pytest.mark.full
@pytest.mark.parametrize(("kind", "code"), SPOILED, ids=[kind.value for kind, _ in SPOILED])
async def test_a_spoiled_receipt_is_never_taken_for_one(world, kind, code):
    plan(world, kind, Place.ASYNC)
    with pytest.raises(UnknownGatewayError) as raised:
        await world.client("PORTAL").send(request(STRAIGHT))
    assert raised.value.code is code


@pytest.mark.parametrize("kind", [FaultKind.HTML_502, FaultKind.DOWN, FaultKind.TIMEOUT, FaultKind.CUT])
@pytest.mark.parametrize("place", [Place.SYNC, pytest.param(Place.ASYNC, marks=pytest.mark.full)])
async def test_what_the_kit_keeps_from_an_answer_is_in_the_journal(world, place, kind):
    client = world.client("PORTAL", timeout=0.7 if kind is FaultKind.TIMEOUT else 5)
    plan(world, kind, place)
    with pytest.raises(TransportError):
        await (client.ask(QUESTION_SERVICE, ASK) if place is Place.SYNC else client.send(request(STRAIGHT)))
    (line,) = await world.journal(event="spoilt")
    assert (line["channel"], line["facts"]["kind"]) == (place.value, kind.value)
    assert line["service_id"] == (QUESTION_SERVICE if place is Place.SYNC else MESSAGE_SERVICE)
    taken = await world.journal(event="answered" if place is Place.SYNC else "accepted")
    assert len(taken) == (1 if kind is FaultKind.CUT else 0)


async def test_a_spoiled_digest_fails_by_the_digest_and_a_spoiled_value_by_the_value(world):
    for kind, reason in ((FaultKind.WRONG_DIGEST, "digest-mismatch"), (FaultKind.WRONG_SIGNATURE, "signature-broken")):
        plan(world, kind)
        with pytest.raises(UnknownGatewayError) as raised:
            await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)
        assert raised.value.facts["reason"] == reason


async def test_an_answer_to_another_message_is_not_believed(world):
    plan(world, FaultKind.REPLAYED_ANSWER)
    with pytest.raises(UnknownGatewayError) as raised:
        await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)
    assert raised.value.code is ShepErrorCode.ANSWER_TO_ANOTHER


async def test_an_answer_that_drips_longer_than_a_client_waits_is_given_up(world):
    plan(world, FaultKind.SLOW_DRIP, seconds=30)
    with pytest.raises(TransportError) as raised:
        await world.client("PORTAL", timeout=0.7).ask(QUESTION_SERVICE, ASK)
    assert raised.value.code is ShepErrorCode.TIMED_OUT


async def test_an_answer_that_drips_fast_enough_is_read(world):
    plan(world, FaultKind.SLOW_DRIP, seconds=0.2)
    assert (await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)).payload == world.reply.payload


@pytest.mark.parametrize(
    ("payload", "read"),
    [
        (Payload(PayloadForm.ESCAPED, b"<a><b/>\n</a>"), b"<a>\r\n<b/>\r\n</a>"),
        (Payload(PayloadForm.TYPED, b"<data><found>1</found></data>"), b"<data><found>1</found>&#13;\n</data>"),
    ],
)
async def test_carriage_returns_in_a_payload_are_read_as_they_stand_and_break_no_signature(world, payload, read):
    world.reply = SyncReply(payload)
    plan(world, FaultKind.CRS)
    answer = await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)
    assert b"&#13;" in answer.envelope
    assert answer.payload.xml == read


@pytest.mark.parametrize("code", ["SCE001", "SCE004", "SCE909", "SCGW042"])
@pytest.mark.parametrize("place", [Place.SYNC, pytest.param(Place.ASYNC, marks=pytest.mark.full)])
async def test_a_fault_of_any_code_can_be_had_and_takes_no_message(world, place, code):
    plan(world, FaultKind.FAULT, place, code=code)
    client = world.client("PORTAL")
    with pytest.raises(GatewayError) as raised:
        await (client.ask(QUESTION_SERVICE, ASK) if place is Place.SYNC else client.send(request(STRAIGHT)))
    assert (raised.value.fault.code, raised.value.signed) == (code, True)
    assert world.questions == []
    assert await world.stores["SHEP"].database.fetchval("SELECT count(*) FROM message") == 0
    (line,) = await world.journal(event="refused")
    assert (line["fault_code"], line["session_id"]) == (code, raised.value.fault.session_id)


async def test_the_last_message_of_a_chain_can_overtake_a_notification(world):
    portal, desk = world.systems["PORTAL"], world.systems["DESK"]

    async def keep(received, system):
        system.received.append(received.message.message_type)

    for system, kinds in ((desk, list(MessageType)[:1]), (portal, list(MessageType)[1:])):
        for kind in kinds:
            system.inbox.on(MESSAGE_SERVICE, kind, lambda received, system=system: keep(received, system))
    plan(world, FaultKind.OUT_OF_ORDER, Place.PUSH, seconds=600)
    async with working(world.stores["SHEP"], portal.store, desk.store):
        receipt = await world.client("PORTAL").send(request(STRAIGHT))
        await eventually(lambda: desk.received)
        for kind in (MessageType.NOTIFICATION, MessageType.RESPONSE):
            answer = request(None, message_type=kind, correlation_id=receipt.correlation_id)
            await world.client("DESK").send(answer)
        await eventually(lambda: len(portal.received) == 2)
    rows = await portal.store.database.fetch("SELECT message_type FROM inbox ORDER BY id")
    assert [row["message_type"] for row in rows] == ["RESPONSE", "NOTIFICATION"]


async def test_a_fault_that_does_not_fit_its_place_is_refused(world):
    url = world.urls["SHEP"] + "/admin/faults"
    for body in (
        {"place": "push", "kind": "unsigned"},
        {"place": "sync", "kind": "out-of-order"},
        {"place": "sync", "kind": "fault", "code": "<b>"},
    ):
        async with world.http.post(url, json=body) as answer:
            assert answer.status == 400
    for number in range(201):
        async with world.http.post(url, json={"place": "sync", "kind": "latency", "service_id": "X"}) as answer:
            assert answer.status == (200 if number < 200 else 400)
