import asyncio
from datetime import timedelta

import pytest

from gateway.shep.collector import Collector
from gateway.shep.door import soap_answer
from gateway.shep.faults import FaultCode
from gateway.shep.inbox import Inbox
from gateway.shep.messages import MessageType
from gateway.shep.names import Operation
from gateway.store import Store
from tests.integration.shep.scripted import CUT, ScriptedGateway, a_client
from tests.integration.shep.world import eventually
from tests.unit.shep.messages import message

SERVICE = "SERVICE_TWO"
TAKEN = "MESSAGE_ACCEPTED"
NOT_TAKEN = "MESSAGE_NOT_ACCTEPTED"


class Desk:
    """A collector between a scripted gateway and a real inbox; what is in `failing` is not stored."""

    def __init__(self, gateway, client, store, naps):
        self.gateway, self.client, self.store, self.naps = gateway, client, store, naps
        self.failing, self.stored = set(), []
        self.inbox = Inbox(store)
        self.inbox.on(SERVICE, MessageType.REQUEST, self._handle)
        self.collector = self.make()

    def make(self, *services):
        return Collector(
            self.client,
            self,
            services or (SERVICE,),
            clock=self.store.clock,
            interval=timedelta(seconds=0.01),
            sleep=self.naps,
        )

    async def _handle(self, received):
        pass

    async def receive(self, message, *, gateway):
        if message.message_id in self.failing:
            raise OSError("no space left")
        receipt = await self.inbox.receive(message, gateway=gateway)
        self.stored.append(message.message_id)
        return receipt

    def rows(self):
        return self.store.database.fetch("SELECT message_id, gateway, deliveries FROM inbox ORDER BY id")


@pytest.fixture
async def desk(clock, new_store):
    store = await new_store("desk", "gateway/shep/sql/inbox.sql")
    async with ScriptedGateway(clock).listening() as gateway, a_client(gateway, clock) as (client, _, naps):
        yield Desk(gateway, client, store, naps)


def waits(number, chain=None, **changes):
    return message(message_id=str(number), correlation_id=str(chain or number), **changes)


async def test_what_waits_is_stored_and_then_confirmed_in_its_order(desk):
    desk.gateway.waiting = [waits(number, chain=1) for number in range(1, 26)]
    assert await desk.collector.collect()
    assert [row["message_id"] for row in await desk.rows()] == [str(number) for number in range(1, 26)]
    assert {row["gateway"] for row in await desk.rows()} == {"rshep"}
    assert desk.gateway.confirmed == [(str(number), TAKEN, "NOT_RESEND", None) for number in range(1, 26)]
    assert desk.gateway.waiting == []


async def test_a_message_stored_before_the_end_and_not_confirmed_is_confirmed_by_the_next(desk):
    """The process dies between its own storing and its word to the gateway."""
    desk.gateway.waiting = [waits(1), waits(2)]
    desk.gateway.script = [None, CUT]
    assert not await desk.collector.collect()
    assert desk.gateway.confirmed == []
    assert await desk.make().collect()
    assert [(row["message_id"], row["deliveries"]) for row in await desk.rows()] == [("1", 2), ("2", 1)]
    assert [each[0] for each in desk.gateway.confirmed] == ["1", "2"]


async def test_a_message_that_is_not_taken_here_is_refused_for_good_with_its_fault(desk):
    desk.gateway.waiting = [waits(1, message_type=MessageType.UPDATE), waits(2)]
    assert await desk.collector.collect()
    assert desk.gateway.confirmed == [
        ("1", NOT_TAKEN, "NOT_RESEND", FaultCode.SERVICE_UNAVAILABLE),
        ("2", TAKEN, "NOT_RESEND", None),
    ]


async def test_what_could_not_be_stored_is_asked_for_again_and_holds_back_its_chain_only(desk):
    desk.gateway.waiting = [waits(1, chain=7), waits(2, chain=8), waits(3, chain=7)]
    desk.failing = {"1"}
    assert not await desk.collector.collect()
    assert desk.stored == ["2"]
    assert desk.gateway.confirmed == [
        ("1", NOT_TAKEN, "RESEND", FaultCode.INTERNAL),
        ("2", TAKEN, "NOT_RESEND", None),
        ("3", NOT_TAKEN, "RESEND", FaultCode.INTERNAL),
    ]
    desk.failing = set()
    assert await desk.collector.collect()
    assert desk.stored == ["2", "1", "3"]


async def test_a_service_that_fails_does_not_keep_the_others_waiting(desk):
    desk.gateway.waiting = [waits(1)]
    desk.gateway.script = [FaultCode.NO_RIGHT]
    assert not await desk.make("SERVICE_NINE", SERVICE).collect()
    assert desk.stored == ["1"]


async def test_a_gateway_that_hands_out_what_was_confirmed_is_not_asked_without_end(desk):
    desk.gateway.waiting = [waits(1)]
    desk.gateway._confirm = lambda _told: None
    assert await desk.collector.collect()
    assert [(row["message_id"], row["deliveries"]) for row in await desk.rows()] == [("1", 1)]


async def test_the_waits_grow_while_the_gateway_is_down_and_the_messages_come_when_it_is_back(desk):
    naps = []

    async def sleep(seconds):
        naps.append(seconds)
        await asyncio.sleep(0)

    desk.naps = sleep
    desk.gateway.script = [FaultCode.NO_RIGHT] * 4
    desk.gateway.waiting = [waits(1)]
    async with desk.make().collecting():
        await eventually(lambda: desk.stored)
        await eventually(lambda: naps[4:])
    assert 0.5 <= naps[0] < naps[1] < naps[2] < naps[3] <= 8
    assert naps[4] == 0.01


async def test_messages_without_an_id_do_not_keep_those_behind_them_waiting(desk):
    desk.gateway.waiting = [message(correlation_id="9") for _ in range(25)] + [waits(1), waits(2)]
    assert await desk.collector.collect()
    assert desk.stored == ["1", "2"]
    assert desk.collector.passed_over == 25


def spoiled(desk, break_it):
    """Let the gateway hand out batches in which `break_it` has been at each message's element."""

    async def hand_out(_request, content):
        answer = desk.gateway.answer(Operation.GET_MESSAGES, content)
        for element in answer.iter("messages"):
            break_it(element)
        return soap_answer(await desk.gateway._sealed(answer))

    return hand_out


async def test_a_message_that_cannot_be_read_is_refused_and_the_others_come(desk):
    def break_second(element):
        if element.findtext("messageInfo/messageId") == "2":
            element.find("messageInfo/messageType").text = "SOMETHING"

    desk.gateway.waiting = [waits(1), waits(2), waits(3)]
    desk.gateway.script = [spoiled(desk, break_second)]
    assert await desk.collector.collect()
    assert desk.stored == ["1", "3"]
    assert ("2", NOT_TAKEN, "NOT_RESEND", FaultCode.WRONG_FORMAT) in desk.gateway.confirmed


async def test_what_comes_before_a_message_that_cannot_even_be_named_is_fetched_one_by_one(desk):
    def break_second(element):
        if element.findtext("messageInfo/messageId") == "2":
            element.remove(element.find("messageInfo"))

    desk.gateway.waiting = [waits(1), waits(2)]
    broken = spoiled(desk, break_second)
    desk.gateway.script = [broken, broken, None, broken]
    assert not await desk.collector.collect()
    assert desk.stored == ["1"]
    assert desk.collector.passed_over == 1
    assert [each.message_id for each in desk.gateway.waiting] == ["2"]


async def test_a_confirmation_that_the_gateway_refuses_does_not_stop_the_others(desk):
    desk.gateway.waiting = [waits(1), waits(2)]
    desk.gateway.script = [None, FaultCode.WRONG_FORMAT]
    assert await desk.collector.collect()
    assert [each[0] for each in desk.gateway.confirmed] == ["2"]


async def test_while_the_database_is_away_every_message_is_asked_for_again_and_comes_when_it_is_back(
    desk, database_url, clock
):
    desk.gateway.waiting = [waits(1), waits(2)]
    schema = desk.store.database.schema
    await desk.store.close()
    assert not await desk.collector.collect()
    assert desk.gateway.confirmed == [(each, NOT_TAKEN, "RESEND", FaultCode.INTERNAL) for each in "12"]
    assert len(desk.gateway.waiting) == 2
    again = await Store.open(database_url, schema=schema, clock=clock)
    desk.inbox = Inbox(again)
    desk.inbox.on(SERVICE, MessageType.REQUEST, desk._handle)
    assert await desk.collector.collect()
    assert desk.stored == ["1", "2"]
    await again.close()
