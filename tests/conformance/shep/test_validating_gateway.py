"""Our client at a gateway that takes nothing and says nothing but what the published schemas allow."""

import pytest

from gateway.shep.door import soap_answer
from gateway.shep.envelope import open_envelope, operation_of
from gateway.shep.errors import GatewayError
from gateway.shep.faults import Fault, FaultCode, write_fault
from gateway.shep.messages import MessageType, Payload, PayloadForm, Property, Resend, Sender
from tests.conformance.shep.published import EDITIONS, check
from tests.integration.shep.scripted import SESSION, ScriptedGateway, a_client
from tests.unit.shep.messages import message

SERVICE = "SERVICE_TWO"
PAYLOADS = [
    Payload(PayloadForm.TYPED, b'<data><ask xmlns="urn:x" a="b"/></data>'),
    Payload(PayloadForm.TYPED, b'<q:ask xmlns:q="urn:x">1</q:ask>'),
    Payload(PayloadForm.CDATA, "<сұрау/>".encode()),
    Payload(PayloadForm.ESCAPED, "<сұрау/>".encode()),
]
PROPERTIES = (Property("CONNECTOR_CLIENT", "true"), Property("B", ""))


class ValidatingGateway(ScriptedGateway):
    """Answers 500 and SCE001 to what the published schemas refuse; `passed` names what they let pass, both ways."""

    def __init__(self, clock, folder):
        super().__init__(clock)
        self._folder = folder
        self.passed = []

    async def _serve(self, request):
        body = await request.read()
        try:
            self.passed.append(check(body, self._folder))
        except AssertionError as error:
            fault = Fault.of(FaultCode.WRONG_FORMAT, self.clock.now(), str(error)[:400], session_id=SESSION)
            return soap_answer(
                await self._sealed(write_fault(fault, operation_of(open_envelope(body).content))), fault=True
            )
        answer = await super()._serve(request)
        self.passed.append(check(answer.body, self._folder))
        return answer


@pytest.fixture(params=EDITIONS)
async def validating(request, clock, facts):
    async with ValidatingGateway(clock, facts / request.param).listening() as gateway:
        yield gateway


def names(operation):
    return [operation, f"{operation}Response"]


async def test_every_form_of_question_and_message_passes(validating, clock):
    async with a_client(validating, clock) as (client, _, _):
        for payload in [*PAYLOADS, None]:
            answer = await client.ask("SERVICE_ONE", payload, route_id="R_ONE", properties=PROPERTIES)
            assert answer.status.is_success
        for kind in MessageType:
            for payload in PAYLOADS:
                ids = {} if kind is MessageType.REQUEST else {"correlation_id": "3382552", "message_id": "m-1"}
                receipt = await client.send(
                    message(message_type=kind, payload=payload, route_id="R_ONE", properties=PROPERTIES, **ids)
                )
                assert receipt.correlation_id == "3382552"
        assert (await client.status("254750124")).session_id == SESSION
    asked, sent = len(PAYLOADS) + 1, len(PAYLOADS) * len(MessageType)
    assert validating.passed == [
        *names("SendMessage") * asked,
        *names("sendMessage") * sent,
        *names("getMessageStatus"),
    ]


async def test_what_waits_is_fetched_and_confirmed(validating, clock):
    now = clock.now()
    waiting = [
        message(
            message_id=f"{number}",
            correlation_id="3382552",
            payload=payload,
            properties=PROPERTIES,
            sender=Sender("PORTAL", "0" * 64),
            session_id=SESSION,
        )
        for number, payload in enumerate([PAYLOADS[0], *PAYLOADS[2:]])
    ]
    async with a_client(validating, clock) as (client, _, _):
        assert (await client.fetch(SERVICE)).messages == ()
        validating.waiting = list(waiting)
        assert (await client.fetch(SERVICE, amount=1)).messages == (waiting[0],)
        assert (await client.fetch(SERVICE, message_id="0", correlation_id="3382552")).messages == tuple(waiting)
        fault = Fault("E-1", "Ақау", now, "толығырақ", SESSION, Fault("E-2", "себебі", now))
        await client.confirm("0", SERVICE, accepted=True)
        await client.confirm("1", SERVICE, accepted=False, error=fault)
        await client.confirm("2", SERVICE, accepted=False, resend=Resend.RESEND)
        assert (await client.fetch(SERVICE)).messages == (waiting[2],)
    fetched, told = names("getMessages"), names("sendDeliveryNotification")
    assert validating.passed == [*fetched * 3, *told * 3, *fetched]
    assert [each[3] for each in validating.confirmed] == [None, "E-1", None]


@pytest.mark.parametrize("code", ["SCE909", "E-OF-ITS-OWN"])
async def test_a_refusal_of_each_operation_passes_and_is_understood(validating, clock, code):
    async with a_client(validating, clock, patience=0) as (client, _, _):
        for call in (
            lambda: client.ask("SERVICE_ONE", None),
            lambda: client.send(message()),
            lambda: client.status("1"),
            lambda: client.fetch(SERVICE),
            lambda: client.confirm("1", SERVICE, accepted=True),
        ):
            validating.script = [FaultCode(code)] if code.startswith("SCE") else [its_own(validating, code)]
            with pytest.raises(GatewayError) as raised:
                await call()
            assert (raised.value.fault.code, raised.value.signed) == (code, True)
    operations = ("SendMessage", "sendMessage", "getMessageStatus", "getMessages", "sendDeliveryNotification")
    assert validating.passed[1::2] == [f"{each}Fault1_{each}Fault" for each in operations]


def its_own(gateway, code):
    async def answer(_request, content):
        fault = Fault(code, "Ақау", gateway.clock.now(), cause=Fault("E-2", "себебі", gateway.clock.now()))
        return soap_answer(await gateway._sealed(write_fault(fault, operation_of(content))), fault=True)

    return answer


async def test_what_the_published_schemas_refuse_is_refused_with_the_place(validating, clock):
    async with a_client(validating, clock) as (client, _, _):
        for call in (
            client.ask("SERVICE_ONE", PAYLOADS[0], properties=(Property("k" * 31, "v"),)),
            client.send(message(session_id="without braces")),
        ):
            with pytest.raises(GatewayError) as raised:
                await call
            assert raised.value.fault.code == "SCE001"
            assert ("'key'" in raised.value.fault.data) or ("'sessionId'" in raised.value.fault.data)
    assert validating.passed == []
