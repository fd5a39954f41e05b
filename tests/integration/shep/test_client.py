import asyncio
import contextlib
from datetime import timedelta

import pytest

from gateway.eds.wsse import KeyReference
from gateway.shep.async_channel import write_receipt
from gateway.shep.door import soap_answer
from gateway.shep.errors import (
    GatewayError,
    RemoteServiceError,
    ShepError,
    ShepErrorCode,
    TransportError,
    UnknownGatewayError,
)
from gateway.shep.faults import Fault, FaultCode
from gateway.shep.messages import (
    PROCESSED,
    MessageState,
    MessageType,
    Payload,
    PayloadForm,
    Receipt,
    Resend,
    Status,
    SyncAnswer,
)
from gateway.shep.names import Operation
from gateway.shep.passages import Direction
from gateway.shep.pressure import BreakerRule, PressureRule
from gateway.shep.seal import seal
from gateway.shep.sync_channel import read_question, write_answer
from tests.integration.shep.scripted import CUT, HTML, SESSION, ScriptedGateway, a_client
from tests.integration.shep.world import eventually
from tests.unit.shep.messages import message
from tests.unit.shep.pki import key_of

ASK = Payload(PayloadForm.TYPED, b"<data><iin>1</iin></data>")
SERVICE = "GBDFL_UniversalServiceSync"


@pytest.fixture
async def shep(clock):
    async with ScriptedGateway(clock).listening() as gateway:
        yield gateway


@pytest.fixture
async def client(shep, clock):
    async with a_client(shep, clock) as parts:
        yield parts[0]


async def hang(_request, _content):
    await asyncio.sleep(60)


@pytest.mark.parametrize("passing", [CUT, HTML, FaultCode.INTERNAL, FaultCode.SERVICE_UNAVAILABLE])
async def test_a_question_is_put_again_to_the_byte_when_the_failure_may_pass(shep, clock, passing):
    shep.script = [passing, passing]
    async with a_client(shep, clock) as (client, log, naps):
        answer = await client.ask(SERVICE, ASK)
    assert answer.payload.xml == b"<data><found/></data>"
    assert len(shep.bodies) == 3
    assert len(set(shep.bodies)) == 1
    assert len(naps.seconds) == 2
    assert 1 <= naps.seconds[0] < naps.seconds[1] <= 4
    outcome = {CUT: "connection-cut", HTML: "bad-gateway"}.get(passing, passing)
    asked = [each.outcome for each in log.passages if not each.is_answer]
    assert asked == [outcome, outcome, ""]


@pytest.mark.parametrize("lasting", [FaultCode.WRONG_FORMAT, FaultCode.NO_RIGHT, FaultCode.BUSINESS_SIGNATURE_WRONG])
async def test_a_lasting_refusal_is_not_asked_for_again(shep, client, lasting):
    shep.script = [lasting]
    with pytest.raises(GatewayError):
        await client.ask(SERVICE, ASK)
    assert len(shep.bodies) == 1


async def test_a_question_is_put_three_times_at_most(shep, client):
    shep.script = [FaultCode.INTERNAL] * 9
    with pytest.raises(GatewayError):
        await client.ask(SERVICE, ASK)
    assert len(shep.bodies) == 3


async def test_patience_ends_the_repetitions(shep, clock):
    shep.script = [CUT] * 9
    async with a_client(shep, clock, patience=0) as (client, _, naps):
        with pytest.raises(TransportError):
            await client.ask(SERVICE, ASK)
    assert (len(shep.bodies), naps.seconds) == (1, [])


async def test_a_message_is_sent_once_because_the_outbox_repeats_it(shep, client):
    shep.script = [CUT]
    with pytest.raises(TransportError):
        await client.send(message())
    assert len(shep.bodies) == 1


async def test_every_operation_of_the_asynchronous_channel_comes_to_its_answer(shep, client, clock):
    now = clock.now()
    shep.waiting = [message(message_id="7", correlation_id="3", session_id=SESSION)]
    assert await client.send(message()) == Receipt("254750124", "3382552", now, SESSION)
    assert (await client.status("254750124")).state is MessageState.DELIVERED
    (fetched,) = (await client.fetch("SERVICE_TWO", amount=5)).messages
    assert fetched == shep.waiting[0]
    refusal = Fault.of(FaultCode.WRONG_FORMAT, now)
    await client.confirm("7", "SERVICE_TWO", accepted=False, resend=Resend.RESEND, error=refusal)
    assert (await client.confirm("7", "SERVICE_TWO", accepted=True)).notification_id == "n-1"
    assert shep.confirmed == [
        ("7", "MESSAGE_NOT_ACCTEPTED", "RESEND", "SCE001"),
        ("7", "MESSAGE_ACCEPTED", "NOT_RESEND", None),
    ]


async def test_the_log_has_question_and_answer_with_their_headings_once_the_outcome_is_known(shep, clock):
    async with a_client(shep, clock) as (client, log, _):
        await client.ask(SERVICE, ASK)
        await client.send(message())
    asked, answered, sent, receipt = log.passages
    assert (asked.direction, asked.operation, asked.is_answer) == (Direction.OUT, Operation.SEND_SYNC, False)
    assert (answered.direction, answered.operation, answered.is_answer) == (Direction.IN, Operation.SEND_SYNC, True)
    assert {each.gateway for each in log.passages} == {"rshep"}
    assert {each.outcome for each in log.passages} == {""}
    assert asked.envelope == shep.bodies[0]
    assert b"X509IssuerSerial" in answered.envelope
    assert answered.correlation_id == asked.message_id
    assert (answered.message_id, answered.session_id, answered.service_id) == ("a-1", SESSION, SERVICE)
    assert (sent.message_type, sent.service_id, sent.message_id) == (MessageType.REQUEST, "SERVICE_TWO", None)
    assert (receipt.message_id, receipt.correlation_id) == ("254750124", "3382552")


async def test_the_log_says_of_a_refusal_its_fault_and_of_silence_its_kind(shep, clock):
    shep.script = [FaultCode.NO_RIGHT, CUT]
    async with a_client(shep, clock) as (client, log, _):
        for _ in range(2):
            with contextlib.suppress(ShepError):
                await client.send(message())
    told = [(each.is_answer, each.outcome, each.session_id) for each in log.passages]
    assert told == [(False, "SCE003", None), (True, "SCE003", SESSION), (False, "connection-cut", None)]


async def test_a_question_that_its_caller_gave_up_is_in_the_log_as_unfinished(shep, clock):
    shep.script = [hang]
    async with a_client(shep, clock) as (client, log, _):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.ask(SERVICE, ASK), 0.3)
    assert [each.outcome for each in log.passages] == ["unfinished"]


async def test_a_receipt_is_not_lost_when_the_log_fails_and_the_failure_is_counted(shep, clock):
    class Broken:
        async def note(self, *_passages):
            raise OSError("no space left")

    async with a_client(shep, clock, log=Broken()) as (client, _, _):
        assert (await client.send(message())).message_id == "254750124"
        assert client.missed_passages == 2


async def test_an_error_names_its_gateway_and_its_family(shep, client):
    shep.script = [FaultCode.NO_RIGHT]
    with pytest.raises(ShepError) as raised:
        await client.ask(SERVICE, ASK)
    assert raised.value.to_json()["family"] == "shep-error"
    assert raised.value.facts["gateway"] == "rshep"


async def test_a_service_that_does_not_answer_is_left_alone_and_tried_by_one_after_the_rest(shep, clock):
    rule = PressureRule(breaker=BreakerRule(failures=2, rest=timedelta(seconds=15)))
    async with a_client(shep, clock, pressure=rule, patience=0) as (client, _, _):
        for _ in range(2):
            shep.script = [FaultCode.SERVICE_UNAVAILABLE]
            with pytest.raises(GatewayError):
                await client.ask(SERVICE, ASK)
        with pytest.raises(TransportError) as raised:
            await client.ask(SERVICE, ASK)
        assert raised.value.code is ShepErrorCode.CIRCUIT_OPEN
        assert raised.value.retry_after == timedelta(seconds=15)
        assert len(shep.bodies) == 2
        await client.ask("GbdulInfoByBin_v2", ASK)
        clock.advance(timedelta(seconds=15))
        await client.ask(SERVICE, ASK)
        await client.ask(SERVICE, ASK)


async def test_a_question_whose_repetition_is_not_let_through_tells_why_it_failed(shep, clock):
    shep.script = [CUT] * 9
    rule = PressureRule(breaker=BreakerRule(failures=1))
    async with a_client(shep, clock, pressure=rule) as (client, _, _):
        with pytest.raises(TransportError) as raised:
            await client.ask(SERVICE, ASK)
    assert raised.value.code is ShepErrorCode.CUT
    assert len(shep.bodies) == 1


async def test_too_many_at_once_are_turned_away_before_anything_is_sealed(shep, clock):
    shep.script = [hang] * 2
    rule = PressureRule(slots=2, waiting=1)
    async with a_client(shep, clock, pressure=rule) as (client, _, _):
        tasks = [asyncio.create_task(client.ask(SERVICE, ASK)) for _ in range(3)]
        await eventually(lambda: len(shep.bodies) == 2)
        with pytest.raises(TransportError) as raised:
            await client.ask(SERVICE, ASK)
        assert raised.value.code is ShepErrorCode.TOO_BUSY
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert len(shep.bodies) == 2
        await client.ask(SERVICE, ASK)


async def test_a_business_refusal_is_the_providers_word_and_closes_what_was_open(shep, clock):
    async def nothing_found(_request, content):
        asked = read_question(content)
        answer = SyncAnswer("a-2", clock.now(), Status("SCSE001", "нет данных"), None, asked.message_id)
        return soap_answer(await seal(write_answer(answer), key_of("SHEP"), KeyReference.ISSUER_SERIAL))

    shep.script = [nothing_found]
    async with a_client(shep, clock) as (client, log, _):
        with pytest.raises(RemoteServiceError):
            await client.ask(SERVICE, ASK)
    assert [each.outcome for each in log.passages] == ["remote-service-error"] * 2
    assert log.passages[1].message_id == "a-2"


def answers_as(clock, **changes):
    async def answer(_request, _content):
        said = SyncAnswer(**{"message_id": "a-9", "response_date": clock.now(), "status": PROCESSED, **changes})
        return soap_answer(await seal(write_answer(said), key_of("SHEP"), KeyReference.ISSUER_SERIAL))

    return answer


@pytest.mark.parametrize("correlation_id", [None, "of another question"])
async def test_an_answer_that_does_not_name_the_question_is_not_believed(shep, client, clock, correlation_id):
    """A signed answer of yesterday would else be played again for today's question."""
    shep.script = [answers_as(clock, payload=ASK, correlation_id=correlation_id)]
    with pytest.raises(UnknownGatewayError) as raised:
        await client.ask(SERVICE, ASK)
    assert raised.value.code is ShepErrorCode.ANSWER_TO_ANOTHER


async def test_an_answer_may_name_the_question_by_its_own_id(shep, client, clock):
    async def echo(request, content):
        return await answers_as(clock, payload=ASK, message_id=read_question(content).message_id)(request, content)

    shep.script = [echo]
    assert (await client.ask(SERVICE, ASK)).payload == ASK


@pytest.mark.parametrize("kind", [MessageType.NOTIFICATION, MessageType.UPDATE, MessageType.RESPONSE])
async def test_a_receipt_of_another_chain_is_not_believed(shep, client, clock, kind):
    async def of_another(_request, _content):
        receipt = write_receipt(Receipt("1", "of another", clock.now()))
        return soap_answer(await seal(receipt, key_of("SHEP"), KeyReference.ISSUER_SERIAL))

    shep.script = [of_another]
    with pytest.raises(UnknownGatewayError) as raised:
        await client.send(message(message_type=kind, message_id="m-1", correlation_id="mine"))
    assert raised.value.code is ShepErrorCode.ANSWER_TO_ANOTHER
