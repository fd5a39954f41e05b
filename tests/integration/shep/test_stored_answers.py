"""First answers in PostgreSQL: a repeated question acts once, after a restart and when large answers went too."""

import asyncio
from datetime import timedelta

import pytest

from gateway.shep.faults import FaultCode
from gateway.shep.messages import PROCESSED, Payload, PayloadForm, SyncAnswer
from gateway.shep.participant import ASK_PATH, SyncReply
from gateway.shep.refusal import Refused
from gateway.shep.seal import seal
from gateway.shep.stored_answers import StoredFirstAnswers
from gateway.shep.sync_channel import write_question
from tests.integration.shep.test_participant import Desk
from tests.integration.shep.world import eventually
from tests.unit.shep.messages import question
from tests.unit.shep.test_first_answers import KEY, Work


@pytest.fixture
async def store(new_store):
    return await new_store("first_answers", "gateway/shep/sql/first_answer.sql")


@pytest.fixture
def kept(store, clock):
    return StoredFirstAnswers(store.database, clock)


async def test_a_participant_that_was_restarted_gives_the_first_answer_and_acts_no_second_time(store, clock):
    async with Desk(clock, first_answers=StoredFirstAnswers(store.database, clock)).listening() as desk:
        first = await desk.ask(session_id="{1}")
    async with Desk(clock, first_answers=StoredFirstAnswers(store.database, clock)).listening() as desk:
        desk.reply = SyncReply(None)
        again = await desk.ask(session_id="{2}")
        assert desk.asked == []
        other = await seal(write_question(question(payload=Payload(PayloadForm.CDATA, b"<other/>"))), desk.gateway)
        assert (await desk.fault(ASK_PATH, other)).code == "SCE001"
    assert (again.message_id, again.response_date, again.payload) == (
        first.message_id,
        first.response_date,
        first.payload,
    )
    assert (first.session_id, again.session_id) == ("{1}", "{2}")


async def test_an_answer_comes_back_as_it_was(kept):
    async def bare():
        return SyncAnswer("a", question().message_date, PROCESSED, None, correlation_id=None, session_id=None)

    for number, work in enumerate((Work(), bare)):
        first = await kept.once(("shep/PORTAL", str(number)), "d", work)
        assert await kept.once(("shep/PORTAL", str(number)), "d", work) == (first[0], True)


async def test_repetitions_that_come_while_the_first_is_at_work_wait_for_it(kept):
    work = Work()
    work.gate.clear()
    tasks = [asyncio.create_task(kept.once(KEY, "d", work)) for _ in range(5)]
    await eventually(lambda: work.done)
    work.gate.set()
    outcomes = await asyncio.gather(*tasks)
    assert (work.done, len({answer.message_id for answer, _ in outcomes})) == (1, 1)
    assert sorted(repeated for _, repeated in outcomes) == [False, True, True, True, True]


async def test_a_first_attempt_that_failed_may_be_made_anew(kept):
    with pytest.raises(RuntimeError):
        await kept.once(KEY, "d", Work(error=RuntimeError("x")))
    assert (await kept.once(KEY, "d", Work()))[1] is False


async def test_large_answers_make_room_for_later_ones_and_a_repetition_is_refused_and_acts_no_more(store, clock):
    kept = StoredFirstAnswers(store.database, clock, most_bytes=3000)
    work = Work(size=1000)
    for number in range(6):
        await kept.once(("shep/PORTAL", str(number)), "d", work)
        clock.advance(timedelta(seconds=1))
    with pytest.raises(Refused, match="no longer kept") as raised:
        await kept.once(("shep/PORTAL", "0"), "d", work)
    assert (raised.value.code, work.done) == (FaultCode.WRONG_FORMAT, 6)
    assert [(await kept.once(("shep/PORTAL", str(number)), "d", work))[1] for number in (3, 4, 5)] == [True] * 3
    assert await store.database.fetchval("SELECT sum(octet_length(payload)) FROM first_answer") == 3000


async def test_after_its_age_a_question_is_a_new_one_and_old_rows_go(store, kept, clock):
    for number in range(3):
        await kept.once(("shep/PORTAL", str(number)), "d", Work())
    clock.advance(timedelta(hours=24))
    assert (await kept.once(("shep/PORTAL", "0"), "other", Work()))[1] is False
    assert await store.database.fetchval("SELECT count(*) FROM first_answer") == 1


async def test_a_message_id_as_long_as_a_message_is_known_again(kept):
    name = "м" * 100_000
    await kept.once(("shep/PORTAL", name), "d", Work())
    assert (await kept.once(("shep/PORTAL", name), "d", Work()))[1] is True
    assert (await kept.once(("shep/PORTAL", name + "x"), "d", Work()))[1] is False
