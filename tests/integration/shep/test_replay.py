import asyncio
from datetime import timedelta

import pytest
from lxml import etree

from gateway.shep.async_channel import read_receipt, write_message
from gateway.shep.faults import FaultCode
from gateway.shep.messages import MessageType, Payload, PayloadForm
from gateway.shep.names import SYNC_PATH
from gateway.shep.participant import SyncReply
from gateway.shep.refusal import Refused
from gateway.shep.sync_channel import read_answer, write_question
from simulators.shep.config import hash_password
from simulators.shep.faults import FaultKind, FaultPlan, Place
from tests.integration.shep.wire import ASK, asked, complete, request, send, sender_of
from tests.integration.shep.world import QUESTION_SERVICE, a_world, eventually, working


@pytest.fixture
def ask(world):
    async def ask(name="PORTAL", gateway="SHEP", *, key=None, **changes):
        content = write_question(asked(name, **{"service_id": QUESTION_SERVICE, **changes}))
        answer = await send(world, content, key=key or name, path=SYNC_PATH, gateway=gateway)
        return read_answer(answer) if isinstance(answer, etree._Element) else answer

    return ask


async def test_a_question_asked_again_has_the_first_answer_and_the_provider_is_asked_once(world, ask):
    first = await ask()
    world.reply = SyncReply(Payload(PayloadForm.TYPED, b"<data><other/></data>"))
    world.clock.advance(timedelta(minutes=5))
    again = await ask(message_date=world.clock.now(), session_id="{11111111-1111-1111-1111-111111111111}")
    assert again == first
    assert len(world.questions) == 1
    (line,) = await world.journal(event="repeated")
    assert (line["session_id"], line["message_id"]) == (first.session_id, "m-1")
    assert (await ask(message_id="m-2")).payload != first.payload


async def test_other_content_under_a_used_id_is_refused_and_asks_nobody(world, ask):
    await ask()
    for change in ({"payload": Payload(PayloadForm.ESCAPED, b"<other/>")}, {"payload": None}):
        fault = await ask(**change)
        assert (fault.code, "other content" in fault.data) == ("SCE001", True)
    assert len(world.questions) == 1


async def test_those_who_ask_again_while_the_first_is_at_work_wait_for_it(world, ask):
    released = asyncio.Event()
    answer = world._answer

    async def slow(question, sender):
        await released.wait()
        return await answer(question, sender)

    world._answer = slow
    await world.fell_system("GBDFL")
    await world.serve_provider()
    asking = [asyncio.create_task(ask()) for _ in range(5)]
    await asyncio.sleep(0.5)
    other = await ask(payload=None)
    assert (other.code, "other content" in other.data) == ("SCE001", True)
    released.set()
    answers = await asyncio.gather(*asking)
    assert len(world.questions) == 1
    assert all(each == answers[0] for each in answers)


async def test_who_hangs_up_finds_the_answer_when_he_asks_again(world, ask):
    world.centre.faults.plan(FaultPlan(place=Place.SYNC, kind=FaultKind.CUT, times=1))
    import aiohttp

    with pytest.raises(aiohttp.ClientError):
        await ask()
    await ask()
    assert len(world.questions) == 1


async def test_first_answers_outlive_the_gateway(world, ask):
    first = await ask()
    await world.fell("SHEP")
    await world.raise_gateway("SHEP")
    assert await ask() == first
    assert len(world.questions) == 1


async def test_a_first_attempt_that_failed_is_tried_anew(world, ask):
    world.reply = Refused(FaultCode.INTERNAL, "not now")
    assert (await ask()).code == "SCE909"
    world.reply = SyncReply(ASK)
    assert (await ask()).payload == ASK
    assert len(world.questions) == 2


async def test_a_question_whose_gateway_died_in_the_middle_is_asked_anew(world, ask):
    reached = asyncio.Event()

    async def stuck(*_args, **_kwargs):
        reached.set()
        await asyncio.Event().wait()

    object.__setattr__(world.centre._parts, "call", stuck)
    dying = asyncio.create_task(ask())
    await asyncio.wait_for(reached.wait(), 10)
    world.stores["SHEP"].database.pool.terminate()  # nothing more of this process reaches the database
    await world.fell("SHEP")
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    await world.raise_gateway("SHEP")
    assert (await ask()).payload == world.reply.payload
    assert len(world.questions) == 1


async def test_the_same_id_of_two_systems_is_two_questions(world, ask):
    await ask("PORTAL")
    await ask("DESK")
    vouched = {"key": "RSHEP", "sender": sender_of("DESK")}
    await ask(**vouched)
    await ask(**vouched)
    await ask(key="RSHEP", sender=sender_of("GBDFL"))
    # The provider keeps first answers of its own, by gateway: it is not asked about content that it has answered.
    rows = await world.stores["SHEP"].database.fetch("SELECT origin FROM first_answer ORDER BY origin")
    assert [row["origin"] for row in rows] == ["DESK", "PORTAL", "RSHEP/DESK", "RSHEP/GBDFL"]


async def test_a_question_through_both_gateways_is_answered_once_by_each(world, ask):
    first = await ask("DESK", "RSHEP")
    assert await ask("DESK", "RSHEP") == first
    assert len(world.questions) == 1
    await world.fell("RSHEP")
    await world.stores["SHEP"].database.execute("SELECT 1")
    await world.raise_gateway("RSHEP")
    assert await ask("DESK", "RSHEP") == first
    assert len(world.questions) == 1


async def test_first_answers_are_forgotten_after_their_time(database_url, clock, new_store):
    parts = {"database_url": database_url, "clock": clock, "new_store": new_store}
    async with a_world(**parts, answers_kept="PT2H") as world:
        content = write_question(asked(service_id=QUESTION_SERVICE))
        await send(world, content, path=SYNC_PATH)
        counted = "SELECT count(*) = 0 FROM first_answer"
        clock.advance(timedelta(hours=1, minutes=59))
        async with working(world.stores["SHEP"]):
            await asyncio.sleep(0.6)
            assert not await world.stores["SHEP"].database.fetchval(counted)
            clock.advance(timedelta(hours=2))
            await eventually(lambda: world.stores["SHEP"].database.fetchval(counted))


async def test_a_repeated_notification_has_the_first_receipt_also_after_the_gateway_was_killed(world):
    desk, portal = world.systems["DESK"], world.systems["PORTAL"]

    async def keep(received, system=None):
        system.received.append(received)

    for system, kind in ((desk, MessageType.REQUEST), (portal, MessageType.NOTIFICATION)):
        system.inbox.on("QYZMET_UNEMPLOYED_CERTIFICATE", kind, lambda received, system=system: keep(received, system))
    async with working(world.stores["SHEP"], desk.store, portal.store):
        receipt = await world.client("PORTAL").send(request("R_ALMATY_EDU"))
        await eventually(lambda: desk.received)
    notice = complete(
        world,
        "DESK",
        route_id=None,
        message_type=MessageType.NOTIFICATION,
        correlation_id=receipt.correlation_id,
        message_id="n-1",
    )
    first = read_receipt(await send(world, write_message(notice), key="DESK"))
    world.stores["SHEP"].database.pool.terminate()
    await world.fell("SHEP")
    await world.raise_gateway("SHEP")
    again = read_receipt(await send(world, write_message(notice), key="DESK"))
    assert again == first
    async with working(world.stores["SHEP"], desk.store, portal.store):
        await eventually(lambda: portal.received)
        await asyncio.sleep(0.3)
    assert len(portal.received) == 1
    assert len(await world.journal(event="repeated")) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"payload": Payload(PayloadForm.ESCAPED, b"<other/>")},
        {"message_type": MessageType.RESPONSE},
    ],
)
async def test_a_used_id_of_a_chain_takes_no_other_content_nor_type(world, change):
    receipt = await world.client("PORTAL").send(request("R_ALMATY_EDU"))
    fields = {"route_id": None, "correlation_id": receipt.correlation_id, "message_id": "u-1"}
    update = complete(world, "PORTAL", message_type=MessageType.UPDATE, **fields)
    await send(world, write_message(update))
    other = complete(world, "PORTAL", **{**fields, "message_type": MessageType.UPDATE, **change})
    fault = await send(world, write_message(other))
    assert (fault.code, "other content" in fault.data) == ("SCE001", True)


async def test_a_password_that_a_peer_hands_on_in_clear_is_hashed_here(world, ask):
    await ask(key="RSHEP", sender=sender_of("DESK"))
    ((_, sender),) = world.questions
    assert sender.password == hash_password(sender_of("DESK").password)
