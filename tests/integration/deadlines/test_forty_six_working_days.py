"""A procedure of 46 working days under simulated time: the housing loan of rural specialists, at the counter.

The act (003, lines 134-152): 30 minutes, 3 hours, 46 working days, 4 hours, 30 minutes. It is handed in on Monday,
2 March 2026, at 10:00; between that day and the end of the 46 lie Women's Day, Nauryz, and the holidays of May.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.catalogue import Role, Verb
from gateway.desk import CaseState
from tests.integration.paper_work import RURAL

OFFICE = "talgar-agriculture"
ALMATY = ZoneInfo("Asia/Almaty")
MINUTE = timedelta(minutes=1)


def almaty(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ALMATY)


LAST_MOMENT = almaty(5, 14, 18)
"""17 working days are left of March, 22 are April's, and the 46th is the 7th of May's: 4, 5, 6, 8, 12, 13, 14."""


@pytest.fixture
async def handed_in(rooms):
    await rooms.hire(OFFICE)
    return await rooms.accept(RURAL, OFFICE)


async def with_the_executor(rooms, number: str):
    """Register after 20 minutes and resolve at the last moment of the head's 3 hours."""
    rooms.clock.advance(timedelta(minutes=20))
    case = await rooms.do(number)
    assert case.due_at == almaty(3, 2, 14, 20), "10:20 and three hours, with the break from 13 to 14"
    rooms.clock.advance(case.due_at - rooms.clock.now())
    case = await rooms.do(number)
    assert case.awaits_verb is Verb.CHECK_DOCUMENTS
    return case


async def test_every_step_is_due_when_the_calendar_says(rooms, handed_in) -> None:
    assert handed_in.due_at == almaty(3, 2, 10, 30)
    case = await with_the_executor(rooms, handed_in.number)
    assert case.due_at == LAST_MOMENT
    rooms.clock.advance(LAST_MOMENT - rooms.clock.now())
    await rooms.fire()
    await rooms.to(case.number, Verb.SIGN)
    case = await rooms.read(case.number)
    assert case.due_at == almaty(5, 15, 13), "four hours from the closing moment are the next morning's"
    rooms.clock.advance(case.due_at - rooms.clock.now())
    case = await rooms.do(case.number)
    assert case.awaits_verb is Verb.HAND_OVER
    assert case.due_at == almaty(5, 15, 14, 30), "half an hour from the break's first moment"
    rooms.clock.advance(case.due_at - rooms.clock.now())
    case = await rooms.do(case.number)
    assert (case.state, case.late) == (CaseState.CLOSED, False)
    assert rooms.clock.now() <= case.result_due
    steps = await rooms.desk.cases.steps(rooms.member(OFFICE, Role.HEAD), case.number)
    assert [(step.step, step.late) for step in steps] == [(number, False) for number in range(1, 6)]


async def test_the_promise_is_the_sum_of_the_steps(rooms, handed_in) -> None:
    promised = handed_in.result_due.astimezone(ALMATY)
    assert promised == almaty(5, 15, 14, 30)
    shorter = await rooms.accept(RURAL, OFFICE, fields={"benefit_kind": "relocation-allowance"})
    assert shorter.result_due.astimezone(ALMATY).date() == datetime(2026, 4, 14, tzinfo=ALMATY).date()


async def test_at_the_last_moment_nothing_is_late_and_a_minute_later_the_head_sees_it(rooms, handed_in) -> None:
    case = await with_the_executor(rooms, handed_in.number)
    head, executor = rooms.member(OFFICE, Role.HEAD), rooms.member(OFFICE, Role.EXECUTOR)
    lists = rooms.desk.lists

    async def stands() -> tuple[bool, list[str], int]:
        await rooms.fire()
        now = rooms.clock.now()
        overdue = await lists.overdue(head, now)
        late = (await rooms.read(case.number)).late
        return late, [one.number for one in overdue.cases], await lists.count_overdue(head, now)

    rooms.clock.advance(LAST_MOMENT - MINUTE - rooms.clock.now())
    assert await stands() == (False, [], 0)
    rooms.clock.advance(MINUTE)
    assert await stands() == (False, [], 0), "the deadline itself is in time"
    rooms.clock.advance(MINUTE)
    assert await stands() == (True, [case.number], 1)
    assert await stands() == (True, [case.number], 1), "and it is told once"
    trail = await rooms.desk.cases.trail(head, case.number)
    assert [event.step.facts["late-step"] for event in trail if "late-step" in event.step.facts] == [3]
    assert [one.number for one in (await lists.inbox(executor)).cases] == [case.number], "the work stays the executor's"
    await rooms.to(case.number, None)
    steps = await rooms.desk.cases.steps(head, case.number)
    assert [(step.step, step.late) for step in steps] == [(1, False), (2, False), (3, True), (4, False), (5, False)]
    assert (await rooms.read(case.number)).late, "what was late stays marked when it is done"


async def test_a_minute_late_is_late_though_nobody_looked(rooms, handed_in) -> None:
    case = await with_the_executor(rooms, handed_in.number)
    rooms.clock.advance(LAST_MOMENT + MINUTE - rooms.clock.now())
    await rooms.to(case.number, Verb.SIGN)
    steps = await rooms.desk.cases.steps(rooms.member(OFFICE, Role.HEAD), case.number)
    assert [step.late for step in steps if step.step == 3] == [True]
