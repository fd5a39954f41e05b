"""What becomes of a message after a gateway took it: given up, refused, told late, told again."""

import asyncio
import itertools
from datetime import timedelta

import pytest

from gateway.shep.errors import ShepErrorCode, TransportError
from gateway.shep.faults import Fault, FaultCode
from gateway.shep.messages import (
    AsyncMessage,
    MessageState,
    MessageType,
    Payload,
    PayloadForm,
    Receipt,
    StatusNotification,
)
from gateway.shep.outbox import Call, Outbox
from gateway.shep.stopped import Box, StoppedMessages
from tests.integration.shep.world import eventually, working

STOPPED, REFUSED, DELIVERED = (
    MessageState.DELIVERY_STOPPED,
    MessageState.NOT_DELIVERED,
    MessageState.DELIVERED,
)
_notifications = itertools.count(1)


class Gateway:
    """Gives numbers; before the receipt comes back it does what is in `meanwhile`, or raises it."""

    def __init__(self, clock):
        self.clock, self.sent, self.numbers, self.meanwhile = clock, [], [], []

    async def send(self, message):
        self.sent.append(message)
        number = self.numbers.pop(0) if self.numbers else f"m{len(self.sent)}"
        step = self.meanwhile.pop(0) if self.meanwhile else None
        if isinstance(step, Exception):
            raise step
        if step is not None:
            await step()
        return Receipt(number, message.correlation_id or "c1", self.clock.now())


class Line:
    """An outbox between its store and a gateway, and the jobs that it called."""

    def __init__(self, store, clock):
        self.store, self.clock, self.gateway, self.called = store, clock, Gateway(clock), []
        self.outbox = Outbox(store, {"shep": self.gateway})
        for name in ("sent", "stopped"):
            store.jobs.on(name, lambda payload, name=name: self._keep(name, payload["shep"]))

    async def _keep(self, name, facts):
        self.called.append((name, facts))

    def stopped(self):
        return [facts["error"] for name, facts in self.called if name == "stopped"]

    async def put(self, key="a", kind=MessageType.REQUEST, chain=None):
        message = AsyncMessage("S", kind, Payload(PayloadForm.ESCAPED, b"<a/>"), correlation_id=chain)
        calls = {"on_sent": Call("sent", {}), "on_stopped": Call("stopped", {})}
        async with self.store.database.transaction() as conn:
            await self.outbox.put(conn, key=key, gateway="shep", message=message, **calls)

    async def tell(self, message_id, state, *, fault=None, at=None, notification_id=None):
        now = self.clock.now()
        error = None if fault is None else Fault(fault, "…", now)
        notification_id = notification_id or f"n{next(_notifications)}"
        told = StatusNotification(notification_id, message_id, at or now, state, "X", "…", now, now, None, error)
        await self.outbox.note_status(told, "shep")

    async def row(self, key="a"):
        return await self.store.database.fetchrow("SELECT * FROM outbox WHERE key = $1", key)

    async def until(self, **wanted):
        async def seen():
            row = await self.row()
            return all(row[name] == value for name, value in wanted.items())

        await eventually(seen)

    async def timers_pass(self):
        due_at = await eventually(lambda: self.store.database.fetchval("SELECT min(due_at) FROM timer"))
        self.clock.set(max(due_at, self.clock.now()))


@pytest.fixture
async def line(new_store, clock):
    store = await new_store("line", "gateway/shep/sql/outbox.sql", "gateway/shep/sql/outbox_sendings.sql")
    return Line(store, clock)


async def test_a_message_that_the_gateway_gave_up_is_put_again_by_itself_until_it_arrives(line):
    async with working(line.store):
        await line.put()
        await line.until(state="sent")
        for number in (1, 2):
            line.clock.advance(timedelta(hours=24))
            await line.tell(f"m{number}", STOPPED, fault=FaultCode.SERVICE_UNAVAILABLE)
            assert (await line.row())["state"] == "waiting"
            await line.timers_pass()
            await line.until(state="sent")
        await line.tell("m3", DELIVERED)
    row = await line.row()
    assert (row["state"], row["delivery_state"], row["receipt"]["message_id"]) == ("sent", "DELIVERED", "m3")
    assert len(line.gateway.sent) == 3
    assert line.stopped() == []


async def test_what_is_given_up_after_the_limit_stops_is_told_and_can_be_resumed(line):
    async with working(line.store):
        await line.put()
        await line.until(state="sent")
        line.clock.advance(timedelta(days=3))
        await line.tell("m1", STOPPED, fault=FaultCode.SERVICE_UNAVAILABLE)
        (error,) = await eventually(line.stopped)
        assert (error["code"], error["facts"]) == ("delivery-stopped", {"status": "X", "fault": "SCE004"})
        assert (await line.row())["last_error"] == error
        async with line.store.database.transaction() as conn:
            assert await StoppedMessages(line.store).resume(conn, Box.OUT, "a")
        await line.until(state="sent")
    assert (await line.row())["receipt"]["message_id"] == "m2"


@pytest.mark.parametrize(
    ("fault", "again"), [(FaultCode.WRONG_FORMAT, False), ("E-18", False), (FaultCode.INTERNAL, True), (None, True)]
)
async def test_a_refusal_for_good_stops_at_once_and_a_passing_one_does_not(line, fault, again):
    async with working(line.store):
        await line.put()
        await line.until(state="sent")
        await line.tell("m1", REFUSED, fault=fault)
        assert (await line.row())["state"] == ("waiting" if again else "stopped")
        if not again:
            await eventually(line.stopped)
    assert (await line.row())["last_error"]["code"] == "not-delivered"


async def test_a_notice_of_a_chain_goes_again_under_another_id_because_a_used_one_gets_its_first_receipt(line):
    async with working(line.store):
        await line.put(kind=MessageType.NOTIFICATION, chain="c1")
        await line.until(state="sent")
        await line.tell("m1", STOPPED)
        await line.timers_pass()
        await line.until(state="sent")
    first, second = (each.message_id for each in line.gateway.sent)
    assert first
    assert second
    assert first != second


async def test_what_the_gateway_tells_before_its_receipt_is_stored_is_not_lost(line):
    async with working(line.store):
        line.gateway.meanwhile = [lambda: line.tell("m1", REFUSED, fault=FaultCode.WRONG_FORMAT)]
        await line.put()
        await eventually(line.stopped)
    assert (await line.row())["delivery_state"] == "NOT_DELIVERED"


async def test_an_old_notification_that_is_played_again_does_not_turn_the_state_back(line):
    before = line.clock.now()
    async with working(line.store):
        await line.put()
        await line.until(state="sent")
        await line.tell("m1", MessageState.ON_DELIVERY, at=before, notification_id="n-old")
        line.clock.advance(timedelta(minutes=1))
        await line.tell("m1", DELIVERED, notification_id="n-new")
        await line.tell("m1", MessageState.ON_DELIVERY, at=before, notification_id="n-old")
        await line.tell("m1", STOPPED, at=before)
        # The same notification, dated anew by a gateway that did not hear our answer.
        line.clock.advance(timedelta(minutes=1))
        await line.tell("m1", STOPPED, notification_id="n-old")
    row = await line.row()
    assert (row["state"], row["delivery_state"]) == ("sent", "DELIVERED")


async def test_what_was_told_of_an_earlier_sending_says_nothing_of_the_next(line):
    async with working(line.store):
        await line.put()
        await line.until(state="sent")
        await line.tell("m1", STOPPED)
        await line.timers_pass()
        await line.until(state="sent")
        line.clock.advance(timedelta(minutes=1))
        await line.tell("m1", REFUSED, fault=FaultCode.WRONG_FORMAT)
    row = await line.row()
    assert (row["state"], row["delivery_state"]) == ("sent", None)


async def test_notifications_are_forgotten_after_their_time(line):
    await line.tell("m1", DELIVERED)
    line.clock.advance(timedelta(days=31))
    await line.tell("m2", DELIVERED)
    assert await line.store.database.fetchval("SELECT string_agg(message_id, ' ') FROM outbox_notice") == "m2"


async def test_a_receipt_of_another_message_is_not_believed_and_the_message_is_sent_again(line):
    async with working(line.store):
        await line.put("first")
        await eventually(lambda: line.gateway.sent)
        line.gateway.numbers = ["m1", "m7"]
        await line.put()
        await line.until(attempts=1)
        row = await line.row()
        assert (row["state"], row["last_error"]["code"]) == ("waiting", "answer-to-another-message")
        await line.timers_pass()
        await line.until(state="sent")
    assert (await line.row())["receipt"]["message_id"] == "m7"


async def test_an_own_old_receipt_is_not_believed_either(line):
    async with working(line.store):
        await line.put()
        await line.until(state="sent")
        await line.tell("m1", STOPPED)
        line.gateway.numbers = ["m1"]
        await line.timers_pass()
        await line.until(attempts=2)
    assert (await line.row())["state"] == "waiting"


async def test_the_limit_holds_for_a_message_that_is_not_even_tried(line):
    left_alone = TransportError(ShepErrorCode.CIRCUIT_OPEN, retry_after=timedelta(seconds=15), breaker="gateway")
    line.gateway.meanwhile = [left_alone] * 2
    async with working(line.store):
        await line.put()
        await eventually(lambda: line.store.database.fetchval("SELECT count(*) FROM timer"))
        line.clock.advance(timedelta(days=3))
        (error,) = await eventually(line.stopped)
    assert error["code"] == "circuit-open"
    assert (await line.row())["state"] == "stopped"


async def test_no_more_messages_go_to_a_gateway_at_once_than_leave_room_for_questions(line):
    released, at_once = asyncio.Event(), []

    async def wait():
        at_once.append(1)
        await released.wait()

    line.gateway.meanwhile = [wait] * 20
    async with working(line.store):
        for number in range(20):
            await line.put(f"a-{number}")
        await eventually(lambda: len(at_once) == 8)
        await asyncio.sleep(0.2)
        assert len(at_once) == 8
        released.set()
        await eventually(lambda: line.store.database.fetchval("SELECT count(*) = 20 FROM outbox WHERE state = 'sent'"))
