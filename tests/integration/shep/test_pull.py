from datetime import timedelta

import pytest

from gateway.shep.delivery_status import write_status_question
from gateway.shep.errors import GatewayError
from gateway.shep.faults import Fault
from gateway.shep.messages import (
    DeliveryNotification,
    MessagesQuestion,
    MessageState,
    MessageType,
    Payload,
    PayloadForm,
    ReceiveStatus,
    Resend,
    Sender,
    StatusQuestion,
)
from gateway.shep.pulling import (
    read_delivery_acknowledgement,
    read_messages_answer,
    write_delivery_notification,
    write_messages_question,
)
from simulators.shep.config import hash_password
from tests.integration.shep.wire import APPLICATION, request, send, sender_of
from tests.integration.shep.world import MESSAGE_SERVICE, PASSWORDS, a_world, eventually, working

STRAIGHT = "R_ALMATY_EDU"


@pytest.fixture
async def pulling(database_url, clock, new_store):
    """A world whose desk fetches its messages, and is told about its own ones by push."""
    async with a_world(database_url=database_url, clock=clock, new_store=new_store, pulls=("DESK",)) as world:
        yield world


def fetched(answer):
    return [each.message_id for each in answer.messages]


async def chain(world, *, updates=0):
    """Send a REQUEST and so many UPDATEs; return their ids."""
    portal = world.client("PORTAL")
    first = await portal.send(request(STRAIGHT))
    ids = [first.message_id]
    for number in range(updates):
        update = request(
            None,
            message_type=MessageType.UPDATE,
            correlation_id=first.correlation_id,
            payload=Payload(PayloadForm.ESCAPED, f"<n>{number}</n>".encode()),
        )
        ids.append((await portal.send(update)).message_id)
    return ids


async def test_what_waits_is_fetched_as_it_would_have_been_pushed_and_confirmed(pulling):
    (message_id,) = await chain(pulling)
    desk = pulling.client("DESK")
    async with working(pulling.stores["SHEP"], pulling.systems["PORTAL"].store):
        answer = await desk.fetch(MESSAGE_SERVICE)
        (message,) = answer.messages
        assert (message.message_id, message.payload) == (message_id, APPLICATION)
        assert message.sender == Sender("PORTAL", hash_password(PASSWORDS["PORTAL"]))
        assert message.correlation_id
        assert answer.session_id.startswith("{")
        assert (await pulling.client("PORTAL").status(message_id)).state is MessageState.ON_DELIVERY
        told = await desk.confirm(message_id, MESSAGE_SERVICE, accepted=True)
        assert told.notification_id.isdecimal()
        assert (await pulling.client("PORTAL").status(message_id)).state is MessageState.DELIVERED
        assert fetched(await desk.fetch(MESSAGE_SERVICE)) == []
        await eventually(lambda: (message_id, "DELIVERED") in pulling.systems["PORTAL"].statuses)
        await eventually(lambda: pulling.journal(message_id=message_id, event="status-notified"))
    assert pulling.systems["DESK"].received == []
    lines = [each["event"] for each in await pulling.journal(message_id=message_id)]
    assert [each for each in lines if each != "status-notified"] == [
        *("status-told", "notified", "delivered", "status-told", "handed-out", "accepted")
    ]


async def test_a_message_that_was_not_confirmed_is_handed_out_again_and_counted(pulling):
    (message_id,) = await chain(pulling)
    for attempt in (1, 2):
        assert fetched(await pulling.client("DESK").fetch(MESSAGE_SERVICE)) == [message_id]
        row = await pulling.stores["SHEP"].database.fetchrow("SELECT attempts, state FROM message")
        assert tuple(row) == (attempt, "ON_DELIVERY")


async def test_messages_come_oldest_first_within_amount_and_filters(pulling):
    first, second = await chain(pulling, updates=2), await chain(pulling)
    desk = pulling.client("DESK")
    assert fetched(await desk.fetch(MESSAGE_SERVICE)) == [*first, *second]
    assert fetched(await desk.fetch(MESSAGE_SERVICE, amount=0)) == [*first, *second]
    assert fetched(await desk.fetch(MESSAGE_SERVICE, amount=2)) == first[:2]
    (other,) = (await desk.fetch(MESSAGE_SERVICE, message_id=second[0])).messages
    assert fetched(await desk.fetch(MESSAGE_SERVICE, correlation_id=other.correlation_id)) == second
    assert fetched(await desk.fetch(MESSAGE_SERVICE, message_id="nothing")) == []


async def test_a_later_message_of_a_chain_is_not_had_by_its_id_before_the_earlier_one(pulling):
    first, later = await chain(pulling, updates=1)
    desk = pulling.client("DESK")
    assert fetched(await desk.fetch(MESSAGE_SERVICE, message_id=later)) == []
    assert fetched(await desk.fetch(MESSAGE_SERVICE, message_id=first)) == [first]
    assert fetched(await desk.fetch(MESSAGE_SERVICE, message_id=later)) == [later]


async def test_unasked_ten_come_and_never_more_than_the_hard_limit(pulling, monkeypatch):
    from simulators.shep import receiving

    monkeypatch.setattr(receiving, "MOST_FETCHED", 11)
    ids = await chain(pulling, updates=11)
    desk = pulling.client("DESK")
    assert fetched(await desk.fetch(MESSAGE_SERVICE)) == ids[:10]
    assert fetched(await desk.fetch(MESSAGE_SERVICE, amount=2_000_000_000)) == ids[:11]


async def test_an_answer_holds_as_many_bytes_as_a_message_may_have_and_one_message_at_least(pulling, monkeypatch):
    from simulators.shep import receiving

    ids = await chain(pulling, updates=2)
    desk = pulling.client("DESK")
    for limit, count in ((1, 1), (1_400, 2), (100_000, 3)):
        monkeypatch.setattr(receiving, "MAX_MESSAGE_BYTES", limit)
        assert fetched(await desk.fetch(MESSAGE_SERVICE)) == ids[:count]


async def test_a_message_given_back_is_handed_out_again_with_its_reason_kept(pulling):
    (message_id,) = await chain(pulling)
    desk = pulling.client("DESK")
    reason = Fault("E-17", "база недоступна", pulling.clock.now())
    await desk.fetch(MESSAGE_SERVICE)
    await desk.confirm(message_id, MESSAGE_SERVICE, accepted=False, resend=Resend.RESEND, error=reason)
    row = await pulling.stores["SHEP"].database.fetchrow("SELECT * FROM message")
    assert (row["state"], row["last_error"]["facts"]["fault"]) == ("ON_DELIVERY", "E-17")
    assert fetched(await desk.fetch(MESSAGE_SERVICE)) == [message_id]
    assert await pulling.stores["SHEP"].database.fetchval("SELECT attempts FROM message") == 2
    await desk.confirm(message_id, MESSAGE_SERVICE, accepted=True)
    assert (await pulling.client("PORTAL").status(message_id)).state is MessageState.DELIVERED


async def test_a_message_refused_for_good_is_not_delivered_and_its_sender_is_told_why(pulling):
    (message_id,) = await chain(pulling)
    desk, portal = pulling.client("DESK"), pulling.systems["PORTAL"]
    reason = Fault("E-18", "не тот получатель", pulling.clock.now(), "подробности")
    async with working(pulling.stores["SHEP"], portal.store):
        await desk.fetch(MESSAGE_SERVICE)
        await desk.confirm(message_id, MESSAGE_SERVICE, accepted=False, error=reason)
        await eventually(lambda: portal.statuses)
    assert portal.statuses == [(message_id, "NOT_DELIVERED")]
    assert portal.errors[0].code == "E-18"
    assert fetched(await desk.fetch(MESSAGE_SERVICE)) == []
    with pytest.raises(GatewayError) as raised:
        await desk.confirm(message_id, MESSAGE_SERVICE, accepted=True)
    assert (raised.value.fault.code, "NOT_DELIVERED" in raised.value.fault.data) == ("SCE001", True)


async def test_a_notification_said_twice_has_one_acknowledgement_and_one_effect(pulling):
    (message_id,) = await chain(pulling)
    desk = pulling.client("DESK")
    await desk.fetch(MESSAGE_SERVICE)
    said = [{"accepted": False, "resend": Resend.RESEND}] * 2 + [{"accepted": True}] * 2
    told = []
    for each in said:
        if each == {"accepted": True} and len(told) == 2:
            await desk.fetch(MESSAGE_SERVICE)
        pulling.clock.advance(timedelta(seconds=1))
        told.append(await desk.confirm(message_id, MESSAGE_SERVICE, **each))
    assert told[0] == told[1] != told[2] == told[3]
    assert len(await pulling.journal(event="given-back")) == 1
    assert len(await pulling.journal(event="delivered")) == 1
    assert len(await pulling.journal(event="repeated")) == 2


async def test_a_replayed_notification_about_an_earlier_hand_out_acts_no_more(pulling):
    (message_id,) = await chain(pulling)
    desk, now = pulling.client("DESK"), pulling.clock.now()
    told = DeliveryNotification(
        message_id, MESSAGE_SERVICE, now, ReceiveStatus.NOT_ACCEPTED, now, Resend.RESEND, now, sender_of("DESK")
    )
    answers = []
    for _ in range(3):
        await desk.fetch(MESSAGE_SERVICE)
        content = await send(pulling, write_delivery_notification(told), key="DESK")
        answers.append(read_delivery_acknowledgement(content))
        pulling.clock.advance(timedelta(seconds=1))
    assert answers[0] == answers[1] == answers[2]
    assert len(await pulling.journal(event="given-back")) == 1
    await desk.fetch(MESSAGE_SERVICE)
    await desk.confirm(message_id, MESSAGE_SERVICE, accepted=False, resend=Resend.RESEND)
    assert len(await pulling.journal(event="given-back")) == 2


async def test_a_person_is_found_in_the_lines_about_what_happened_to_a_message_afterwards(pulling):
    person = "870412100017"
    told = request(STRAIGHT, payload=Payload(PayloadForm.ESCAPED, f"<iin>{person}</iin>".encode()))
    receipt = await pulling.client("PORTAL").send(told)
    async with working(pulling.stores["SHEP"], pulling.systems["PORTAL"].store):
        await pulling.client("DESK").fetch(MESSAGE_SERVICE)
        await pulling.client("PORTAL").status(receipt.message_id)
        await pulling.client("DESK").confirm(receipt.message_id, MESSAGE_SERVICE, accepted=True)
        await eventually(lambda: pulling.journal(event="status-notified", person=person))
    lines = {each["event"] for each in await pulling.journal(person=person)}
    assert lines == {"accepted", "handed-out", "status-told", "notified", "delivered", "status-notified"}


async def test_a_notification_about_what_is_not_the_senders_or_not_there_is_refused(pulling):
    (message_id,) = await chain(pulling)
    for name, about, service, code in (
        ("GBDFL", message_id, MESSAGE_SERVICE, "SCE003"),
        ("DESK", "12345", MESSAGE_SERVICE, "SCE001"),
        ("DESK", message_id, "OTHER", "SCE001"),
        ("DESK", message_id, MESSAGE_SERVICE, "SCE001"),  # it was not fetched yet
    ):
        with pytest.raises(GatewayError) as raised:
            await pulling.client(name).confirm(about, service, accepted=True)
        assert raised.value.fault.code == code
    assert await pulling.stores["SHEP"].database.fetchval("SELECT state FROM message") == "ON_DELIVERY"


async def test_a_status_is_for_the_sender_alone_and_an_unknown_message_is_said_so(pulling):
    (message_id,) = await chain(pulling)
    for name, about, code in (("DESK", message_id, "SCE003"), ("PORTAL", "12345", "SCE001")):
        with pytest.raises(GatewayError) as raised:
            await pulling.client(name).status(about)
        assert raised.value.fault.code == code


async def test_delivery_of_what_nobody_fetches_stops_at_the_limit(pulling):
    (message_id,) = await chain(pulling)
    portal = pulling.systems["PORTAL"]
    async with working(pulling.stores["SHEP"], portal.store):
        await eventually(lambda: pulling.stores["SHEP"].database.fetchval("SELECT count(*) FROM timer") or None)
        pulling.clock.advance(timedelta(hours=24))
        await eventually(lambda: portal.statuses)
    assert portal.statuses == [(message_id, "DELIVERY_STOPPED")]
    assert fetched(await pulling.client("DESK").fetch(MESSAGE_SERVICE)) == []


async def test_who_has_no_part_in_a_service_fetches_nothing_of_it(pulling):
    await chain(pulling)
    for name, service, code in (
        ("GBDFL", MESSAGE_SERVICE, "SCE003"),
        ("DESK", "NOTHING", "SCE004"),
        ("DESK", "GBDFL_UniversalServiceSync", "SCE004"),
    ):
        with pytest.raises(GatewayError) as raised:
            await pulling.client(name).fetch(service)
        assert raised.value.fault.code == code
    assert fetched(await pulling.client("PORTAL").fetch(MESSAGE_SERVICE)) == []


async def test_a_question_without_a_sender_is_the_certificates(pulling):
    (message_id,) = await chain(pulling)
    content = await send(pulling, write_messages_question(MessagesQuestion(MESSAGE_SERVICE)), key="DESK")
    assert fetched(read_messages_answer(content)) == [message_id]
    fault = await send(pulling, write_messages_question(MessagesQuestion(MESSAGE_SERVICE)), key="STRANGER")
    assert fault.code == "SCE002"


async def test_another_gateway_is_pushed_to_and_fetches_nothing(pulling):
    told = MessagesQuestion(MESSAGE_SERVICE, sender=sender_of("DESK"))
    fault = await send(pulling, write_messages_question(told), key="RSHEP")
    assert (fault.code, "pushed" in fault.data) == ("SCE003", True)


async def test_a_receiver_that_was_pushed_may_give_a_message_back(world):
    desk, portal = world.systems["DESK"], world.systems["PORTAL"]

    async def keep(received):
        desk.received.append(received)

    desk.inbox.on(MESSAGE_SERVICE, MessageType.REQUEST, keep)
    async with working(world.stores["SHEP"], desk.store, portal.store):
        receipt = await world.client("PORTAL").send(request(STRAIGHT))
        await eventually(lambda: world.journal(event="delivered"))
        await world.client("DESK").confirm(receipt.message_id, MESSAGE_SERVICE, accepted=False, resend=Resend.RESEND)
        assert (await world.client("PORTAL").status(receipt.message_id)).state is MessageState.ON_DELIVERY
        world.clock.advance(timedelta(seconds=10))

        async def pushed_twice():
            return await desk.store.database.fetchval("SELECT deliveries FROM inbox") == 2

        await eventually(pushed_twice)
        await eventually(lambda: world.stores["SHEP"].database.fetchval("SELECT state = 'DELIVERED' FROM message"))
    assert await world.stores["SHEP"].database.fetchval("SELECT attempts FROM message") == 2
    assert len(desk.received) == 1


async def test_a_stopped_message_is_fetched_after_a_person_resumed_it(pulling):
    (message_id,) = await chain(pulling)
    desk = pulling.client("DESK")
    await desk.fetch(MESSAGE_SERVICE)
    await desk.confirm(message_id, MESSAGE_SERVICE, accepted=False)
    url = pulling.urls["SHEP"] + "/admin/messages"
    async with pulling.http.get(url, params={"state": "NOT_DELIVERED"}) as answer:
        (message,) = (await answer.json())["messages"]
    assert (message["message_id"], message["last_error"]["code"]) == (message_id, "not-accepted")
    for status in (200, 409):
        async with pulling.http.post(f"{url}/{message['id']}/resume") as answer:
            assert answer.status == status
    for unknown in ("999999", "x", "9" * 40):
        async with pulling.http.post(f"{url}/{unknown}/resume") as answer:
            assert answer.status == 404
    assert fetched(await desk.fetch(MESSAGE_SERVICE)) == [message_id]
    await desk.confirm(message_id, MESSAGE_SERVICE, accepted=True)
    assert (await pulling.client("PORTAL").status(message_id)).state is MessageState.DELIVERED


async def test_what_waited_to_be_fetched_is_pushed_once_the_registry_says_so(pulling):
    desk = pulling.systems["DESK"]

    async def keep(received):
        desk.received.append(received)

    desk.inbox.on(MESSAGE_SERVICE, MessageType.REQUEST, keep)
    await chain(pulling)
    async with working(pulling.stores["SHEP"], desk.store):
        url = pulling.urls["SHEP"] + "/admin/systems/DESK"
        async with pulling.http.patch(url, json={"delivery": "push"}) as answer:
            assert answer.status == 200
        await eventually(lambda: desk.received)


async def test_each_operation_asks_for_a_signature(pulling):
    from lxml import etree

    from gateway.shep.envelope import wrap
    from gateway.shep.names import ASYNC_PATH
    from tests.integration.shep.wire import post

    now, sender = pulling.clock.now(), sender_of("DESK")
    told = DeliveryNotification(
        "1", MESSAGE_SERVICE, now, ReceiveStatus.ACCEPTED, now, Resend.NOT_RESEND, now, sender=sender
    )
    for content in (
        write_messages_question(MessagesQuestion(MESSAGE_SERVICE, sender=sender)),
        write_delivery_notification(told),
        write_status_question(StatusQuestion("1", now, sender)),
    ):
        fault = await post(pulling, etree.tostring(wrap(content)), path=ASYNC_PATH)
        assert fault.code == "SCE007"


async def test_an_acknowledgement_is_of_the_session_of_the_first_one(pulling):
    (message_id,) = await chain(pulling)
    await pulling.client("DESK").fetch(MESSAGE_SERVICE)
    now = pulling.clock.now()
    told = DeliveryNotification(
        message_id, MESSAGE_SERVICE, now, ReceiveStatus.ACCEPTED, now, Resend.NOT_RESEND, now, sender_of("DESK")
    )
    answers = [
        read_delivery_acknowledgement(await send(pulling, write_delivery_notification(told), key="DESK"))
        for _ in range(2)
    ]
    assert answers[0] == answers[1]


async def test_a_message_given_back_while_it_is_being_pushed_is_pushed_again(world):
    desk, portal = world.systems["DESK"], world.systems["PORTAL"]
    receive, given_back = desk.inbox.receive, []

    async def give_back_first(message, *, gateway):
        if not given_back:
            given_back.append(message.message_id)
            await world.client("DESK").confirm(
                message.message_id, MESSAGE_SERVICE, accepted=False, resend=Resend.RESEND
            )
        return await receive(message, gateway=gateway)

    async def keep(received):
        desk.received.append(received)

    desk.inbox.receive = give_back_first
    desk.inbox.on(MESSAGE_SERVICE, MessageType.REQUEST, keep)
    async with working(world.stores["SHEP"], desk.store, portal.store):
        await world.client("PORTAL").send(request(STRAIGHT))
        await eventually(lambda: desk.received)
        world.clock.advance(timedelta(seconds=10))
        await eventually(lambda: world.journal(event="delivered"))
    assert await desk.store.database.fetchval("SELECT deliveries FROM inbox") == 2
    assert len(desk.received) == 1
