import pytest
from lxml import etree

from gateway.eds.xmldsig import sign_enveloped
from gateway.shep.envelope import wrap
from gateway.shep.errors import GatewayError, ShepErrorCode, TransportError
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm, Sender
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from gateway.shep.participant import SyncReply
from gateway.shep.sync_channel import write_question
from simulators.shep.config import hash_password
from tests.integration.shep.world import (
    MESSAGE_SERVICE,
    PASSWORDS,
    QUESTION_SERVICE,
    a_world,
)
from tests.unit.shep.messages import question
from tests.unit.shep.pki import BINS, expired_key_of, key_of

ASK = Payload(PayloadForm.TYPED, b"<data><iin>1</iin></data>")


async def get(world, path, status=200, **query):
    async with world.http.get(world.urls["SHEP"] + path, params=query) as answer:
        assert answer.status == status
        return await answer.json()


async def test_the_journal_is_found_by_message_session_chain_and_service(world):
    answer = await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)
    for name, value in (
        ("message_id", answer.correlation_id),
        ("session_id", answer.session_id),
        ("service_id", QUESTION_SERVICE),
    ):
        lines = (await get(world, "/admin/journal", **{name: value}))["journal"]
        assert [each["event"] for each in lines] == ["answer", "answered"]
        assert (await get(world, "/admin/journal", **{name: "other"}))["journal"] == []
    (line,) = (await get(world, "/admin/journal", event="answered", envelopes="1"))["journal"]
    assert "SendMessage" in line["envelope"]
    assert (await get(world, "/admin/journal", 400, nonsense="1"))["unknown"] == ["nonsense"]
    await get(world, "/admin/journal", 400, limit="many")


async def test_no_password_of_a_sender_is_kept_in_the_journal(world):
    await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)
    lines = (await get(world, "/admin/journal", envelopes="1"))["journal"]
    kept = "".join(line["envelope"] or "" for line in lines)
    assert "<password>***</password>" in kept
    assert PASSWORDS["PORTAL"] not in kept


async def test_a_system_that_registers_itself_stays_registered(world):
    entry = {**world.system_entry("GBDFL"), "sender_id": "NEWCOMER", "certificate": {"bin": BINS["STRANGER"]}}
    body = {"system": {**entry, "password_sha256": hash_password("new")}, "services": [QUESTION_SERVICE]}
    url = world.urls["SHEP"] + "/admin/systems"
    newcomer = world.client("STRANGER", sender=Sender("NEWCOMER", "new"))
    with pytest.raises(GatewayError):
        await newcomer.ask(QUESTION_SERVICE, ASK)
    async with world.http.post(url, json=body) as answer:
        assert answer.status == 201
    await newcomer.ask(QUESTION_SERVICE, ASK)
    await world.fell("SHEP")
    await world.raise_gateway("SHEP")
    await newcomer.ask(QUESTION_SERVICE, ASK)
    shown = await get(world, "/admin/registry")
    assert "NEWCOMER" in [each["sender_id"] for each in shown["systems"]]
    assert hash_password("new") not in str(shown)
    for wrong, reason in (
        ({**body, "services": ["NOTHING"]}, "no service"),
        ({**body, "system": {**body["system"], "sender_id": "RSHEP"}}, "given twice"),
        ({"system": {}}, "Field required"),
    ):
        async with world.http.post(url, json=wrong) as answer:
            assert (answer.status, reason in await answer.text()) == (400, True)
    async with world.http.post(url, data="a=b", headers={"Content-Type": "text/plain"}) as answer:
        assert answer.status == 415


async def test_faults_are_planned_and_cleared_by_the_admin_api(world):
    url = world.urls["SHEP"] + "/admin/faults"
    async with world.http.post(url, json={"place": "sync", "kind": "html-502"}) as answer:
        assert (await answer.json())["faults"][0]["kind"] == "html-502"
    with pytest.raises(TransportError) as raised:
        await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)
    assert raised.value.code is ShepErrorCode.BAD_GATEWAY
    async with world.http.delete(url) as answer:
        assert (await answer.json())["faults"] == []
    await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)
    async with world.http.post(url, json={"place": "sync", "kind": "earthquake"}) as answer:
        assert answer.status == 400


async def test_messages_are_listed_with_their_state(world):
    receipt = await world.client("PORTAL").send(AsyncMessage(MESSAGE_SERVICE, MessageType.REQUEST, ASK))
    (message,) = (await get(world, "/admin/messages", state="ON_DELIVERY"))["messages"]
    assert (message["message_id"], message["origin"], message["target"]) == (receipt.message_id, "PORTAL", "DESK")


@pytest.mark.parametrize("path", [SYNC_PATH, ASYNC_PATH])
async def test_the_description_is_served_with_the_gateways_own_address(world, path):
    async with world.http.get(world.urls["SHEP"] + path.rstrip("/") + "?wsdl") as answer:
        document = etree.fromstring(await answer.read())
    (address,) = document.iter("{http://schemas.xmlsoap.org/wsdl/soap/}address")
    assert address.get("location") == world.urls["SHEP"] + path
    for missing, status in ((path + "nothing.xsd", 404), (path + "..%2fnames.py", 404), (path, 405)):
        async with world.http.get(world.urls["SHEP"] + missing) as answer:
            assert answer.status == status


async def test_a_service_may_take_unsigned_questions_and_no_other_does(database_url, clock, new_store):
    echo = {"service_id": "ECHO", "owner": "GBDFL", "channel": "sync", "transport_signature": "optional"}
    parts = {"database_url": database_url, "clock": clock, "new_store": new_store, "services": [echo]}
    async with a_world(**parts) as world:
        for service, hidden, code in (
            ("ECHO", "", b"SCE004"),  # it passes every check; only the provider of this test does not know it
            (QUESTION_SERVICE, "", b"SCE007"),
            (QUESTION_SERVICE, "<serviceId>ECHO</serviceId>", b"SCE007"),
        ):
            sender = Sender("PORTAL", PASSWORDS["PORTAL"])
            plain = etree.tostring(wrap(write_question(question(service_id=service, sender=sender))))
            data = f"<!--{hidden}-->".encode() + plain
            url = world.urls["SHEP"] + SYNC_PATH
            async with world.http.post(url, data=data, headers={"Content-Type": "text/xml"}) as answer:
                assert code in await answer.read()


async def test_a_service_may_demand_a_business_signature(database_url, clock, new_store):
    notary = {"service_id": "NOTARY", "owner": "DESK", "channel": "async", "business_signature": "required"}
    parts = {"database_url": database_url, "clock": clock, "new_store": new_store, "services": [notary]}
    async with a_world(**parts) as world:
        signed = sign_enveloped(b"<deed><n>1</n></deed>", key_of("PORTAL"))
        for payload, code in (
            (b"<deed/>", "SCE017"),
            (signed.replace(b"<n>1", b"<n>2"), "SCE016"),
            (sign_enveloped(b"<deed/>", expired_key_of("PORTAL")), "SCE015"),
        ):
            message = AsyncMessage("NOTARY", MessageType.REQUEST, Payload(PayloadForm.ESCAPED, payload))
            with pytest.raises(GatewayError) as raised:
                await world.client("PORTAL").send(message)
            assert raised.value.fault.code == code
        message = AsyncMessage("NOTARY", MessageType.REQUEST, Payload(PayloadForm.ESCAPED, signed))
        await world.client("PORTAL").send(message)


async def test_strict_mode_refuses_what_lenient_mode_reads(database_url, clock, new_store):
    parts = {"database_url": database_url, "clock": clock, "new_store": new_store}
    numbered = AsyncMessage(MESSAGE_SERVICE, MessageType.REQUEST, ASK, message_id="1", correlation_id="1")
    without_braces = AsyncMessage(MESSAGE_SERVICE, MessageType.REQUEST, ASK, session_id="9dcb38c2")
    async with a_world(**parts, mode="strict") as world:
        for message, reason in ((numbered, "issues the numbers"), (without_braces, "sessionId")):
            with pytest.raises(GatewayError) as raised:
                await world.client("PORTAL").send(message)
            assert (raised.value.fault.code, reason in raised.value.fault.data) == ("SCE001", True)
    async with a_world(**parts) as world:
        receipt = await world.client("PORTAL").send(numbered)
        assert receipt.message_id != "1"
        await world.client("PORTAL").send(without_braces)


async def test_an_undecided_certificate_is_worth_repeating_and_no_refusal(world):
    from gateway.eds.verdict import Code, Verdict

    checker = world.centre._parts.checker
    decide = checker.check

    async def undecided(certificate, **_):
        return Verdict.of(Code.REVOCATION_UNAVAILABLE, at=world.clock.now(), certificate=certificate)

    client = world.client("PORTAL", checker=type("Fixed", (), {"check": staticmethod(decide)})())
    checker.check = undecided
    with pytest.raises(GatewayError) as raised:
        await client.ask(QUESTION_SERVICE, ASK)
    assert (raised.value.fault.code, raised.value.retryable) == ("SCE909", True)
    assert raised.value.fault.data == "revocation-unavailable"


async def test_a_status_is_told_only_to_the_sender(world):
    receipt = await world.client("PORTAL").send(AsyncMessage(MESSAGE_SERVICE, MessageType.REQUEST, ASK))
    with pytest.raises(GatewayError) as raised:
        await world.client("DESK").status(receipt.message_id)
    assert raised.value.fault.code == "SCE003"


async def test_an_operation_that_is_not_served_is_said_so(world):
    from gateway.shep.names import Operation
    from gateway.shep.seal import seal

    data = await seal(etree.Element(Operation.GET_MESSAGES.value), key_of("PORTAL"))
    url = world.urls["SHEP"] + ASYNC_PATH
    async with world.http.post(url, data=data, headers={"Content-Type": "text/xml"}) as answer:
        body = await answer.read()
    assert b"SCE001" in body
    assert b"getMessagesFault1_getMessagesFault" in body


async def test_a_provider_may_answer_in_each_form(world):
    for payload in (ASK, Payload(PayloadForm.ESCAPED, b"<a>&#13;</a>"), Payload(PayloadForm.CDATA, b"<a/>"), None):
        world.reply = SyncReply(payload)
        assert (await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)).payload == payload
