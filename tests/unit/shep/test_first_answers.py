import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from gateway.clock import ManualClock
from gateway.shep.faults import FaultCode
from gateway.shep.first_answers import MemoryRule, RememberedAnswers, content_digest
from gateway.shep.messages import PROCESSED, Payload, PayloadForm, Property, Sender, SyncAnswer
from gateway.shep.refusal import Refused
from tests.unit.shep.messages import DATE, question

NOW = datetime(2026, 3, 2, tzinfo=UTC)
KEY = ("shep/PORTAL", "m-1")


class Work:
    """Counts how often it was done; answers with `payload` or raises `error`."""

    def __init__(self, *, size=10, error=None):
        self.done, self.size, self.error, self.gate = 0, size, error, asyncio.Event()
        self.gate.set()

    async def __call__(self):
        self.done += 1
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        payload = Payload(PayloadForm.CDATA, b"x" * self.size)
        return SyncAnswer(f"a-{self.done}", DATE, PROCESSED, payload)


def answers(**rule):
    clock = ManualClock(NOW)
    return RememberedAnswers(clock, MemoryRule(**rule)), clock


async def test_a_repeated_question_gets_the_first_answer_and_acts_once():
    kept, _ = answers()
    work = Work()
    first, repeated = await kept.once(KEY, "d", work)
    assert (await kept.once(KEY, "d", work), repeated, work.done) == ((first, True), False, 1)


async def test_the_same_id_of_another_sender_is_another_question():
    kept, _ = answers()
    work = Work()
    await kept.once(KEY, "d", work)
    _, repeated = await kept.once(("shep/DESK", "m-1"), "d", work)
    assert (repeated, work.done) == (False, 2)


async def test_other_content_under_a_used_id_is_refused():
    kept, _ = answers()
    await kept.once(KEY, "d", Work())
    with pytest.raises(Refused) as raised:
        await kept.once(KEY, "other", Work())
    assert raised.value.code is FaultCode.WRONG_FORMAT


async def test_repetitions_that_come_while_the_first_is_at_work_wait_for_it():
    kept, _ = answers()
    work = Work()
    work.gate.clear()
    tasks = [asyncio.create_task(kept.once(KEY, "d", work)) for _ in range(5)]
    await asyncio.sleep(0)
    assert repr(kept) == "<RememberedAnswers, 0 of 0 bytes, 1 at work>"
    work.gate.set()
    outcomes = await asyncio.gather(*tasks)
    assert (work.done, len({answer.message_id for answer, _ in outcomes})) == (1, 1)
    assert sorted(repeated for _, repeated in outcomes) == [False, True, True, True, True]


@pytest.mark.parametrize("error", [RuntimeError("x"), Refused(FaultCode.INTERNAL, "x")])
async def test_a_first_attempt_that_failed_may_be_made_anew_even_by_who_waited_for_it(error):
    kept, _ = answers()
    failing, working = Work(error=error), Work()
    failing.gate.clear()
    first = asyncio.create_task(kept.once(KEY, "d", failing))
    await asyncio.sleep(0)
    second = asyncio.create_task(kept.once(KEY, "d", working))
    await asyncio.sleep(0)
    failing.gate.set()
    with pytest.raises(type(error)):
        await first
    assert (await second)[1] is False
    assert (failing.done, working.done) == (1, 1)


async def test_a_first_attempt_whose_caller_gave_up_does_not_hold_the_others():
    kept, _ = answers()
    work = Work()
    work.gate.clear()
    first = asyncio.create_task(kept.once(KEY, "d", work))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    work.gate.set()
    assert (await kept.once(KEY, "d", work))[1] is False


@pytest.mark.parametrize(
    ("rule", "kept_ids"),
    [({"answers": 2}, [2, 3]), ({"bytes": 2 * 1024 + 250}, [2, 3]), ({"bytes": 900}, []), ({}, [0, 1, 2, 3])],
)
async def test_what_is_kept_is_bounded_by_number_and_bytes_and_the_oldest_go_first(rule, kept_ids):
    kept, _ = answers(**rule)
    for number in range(4):
        await kept.once(("shep/PORTAL", str(number)), "d", Work(size=100))
    probe = Work()
    found = [number for number in kept_ids if (await kept.once(("shep/PORTAL", str(number)), "d", probe))[1]]
    assert (found, probe.done) == (kept_ids, 0)


async def test_a_repetition_whose_answer_made_room_for_others_is_refused_and_acts_no_second_time():
    kept, clock = answers(bytes=4 * 15_000_000 + 10_000)
    work = Work(size=15_000_000)
    for number in range(5):
        await kept.once(("shep/PORTAL", str(number)), "d", work)
    with pytest.raises(Refused, match="no longer kept") as raised:
        await kept.once(("shep/PORTAL", "0"), "d", work)
    assert (raised.value.code, work.done) == (FaultCode.WRONG_FORMAT, 5)
    with pytest.raises(Refused, match="other content"):
        await kept.once(("shep/PORTAL", "0"), "other", work)
    clock.advance(timedelta(hours=24))
    assert (await kept.once(("shep/PORTAL", "0"), "d", work))[1] is False


async def test_the_digests_of_answers_that_went_are_bounded_too():
    kept, _ = answers(answers=1, digests=2)
    for number in range(5):
        await kept.once(("shep/PORTAL", str(number)), "d", Work())
    for number in (2, 3):
        with pytest.raises(Refused, match="no longer kept"):
            await kept.once(("shep/PORTAL", str(number)), "d", Work())
    assert (await kept.once(("shep/PORTAL", "0"), "d", Work()))[1] is False


async def test_an_answer_is_forgotten_after_its_age():
    kept, clock = answers(age=timedelta(hours=1))
    work = Work()
    await kept.once(KEY, "d", work)
    clock.advance(timedelta(hours=1))
    assert (await kept.once(KEY, "d", work))[1] is False
    assert repr(kept) == "<RememberedAnswers, 1 of 1034 bytes, 0 at work>"


def test_a_repetition_is_known_by_its_content_not_by_session_date_or_password():
    first = question()
    same = question(session_id="{x}", message_date=DATE + timedelta(1), sender=Sender("PORTAL", "hash"))
    assert content_digest(same) == content_digest(first)
    others = [
        question(service_id="SERVICE_TWO"),
        question(route_id="R"),
        question(payload=None),
        question(payload=Payload(PayloadForm.CDATA, b"<ask/>")),
        question(payload=Payload(PayloadForm.ESCAPED, b"<ask />")),
        question(properties=(Property("a", "b"),)),
    ]
    assert len({content_digest(each) for each in [first, *others]}) == 7
