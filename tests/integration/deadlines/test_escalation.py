"""Late work is marked and shown first to the head: from one minute after the deadline, and not one minute before.

It is so on the head's page, for whatever step and whoever is late, also at a body beside the provider that has no head
of its own: the provider decides, and its head answers for the term.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from gateway.catalogue import Role, Verb
from tests.integration.paper_work import CHILD, RURAL

TALGAR, KARAGANDA, COMMISSION = "talgar-agriculture", "karaganda-employment", "karaganda-precinct-commission"
MINUTE = timedelta(minutes=1)
OVERDUE = "Мекемеде мерзімі өткен өтініштер"


def shown(page: str) -> list[str]:
    return re.findall(r'href="/cases/(\d{14})"', page)


async def head_page(rooms, new_browser, office: str) -> str:
    """The inbox of an office's head, signed in anew."""
    rooms.place.staff[f"head of {office}"] = rooms.member(office, Role.HEAD)
    browser = await new_browser(f"head of {office}")
    return await browser.get("/")


@pytest.mark.parametrize("verb", [Verb.REGISTER, Verb.RESOLVE, Verb.CHECK_DOCUMENTS, Verb.SIGN, Verb.HAND_OVER])
async def test_each_step_is_escalated_a_minute_after_its_deadline_and_not_before(rooms, verb) -> None:
    await rooms.hire(TALGAR)
    head, lists = rooms.member(TALGAR, Role.HEAD), rooms.desk.lists
    case = await rooms.to((await rooms.accept(RURAL, TALGAR)).number, verb)
    for offset, expected in ((-MINUTE, []), (timedelta(0), []), (MINUTE, [case.number])):
        rooms.clock.advance(case.due_at + offset - rooms.clock.now())
        await rooms.fire()
        overdue = await lists.overdue(head, rooms.clock.now())
        assert [one.number for one in overdue.cases] == expected
        assert (await rooms.read(case.number)).late is bool(expected)
    steps = await rooms.desk.cases.steps(head, case.number)
    assert [step.late for step in steps] == [*[False] * (len(steps) - 1), True]


async def test_the_heads_page_shows_the_late_first_and_marks_it(rooms, new_browser) -> None:
    await rooms.hire(TALGAR)
    late = (await rooms.accept(RURAL, TALGAR)).number
    in_time = (await rooms.accept(RURAL, TALGAR)).number
    await rooms.to(late, Verb.CHECK_DOCUMENTS)
    await rooms.to(in_time, Verb.RESOLVE)
    case = await rooms.read(late)
    rooms.clock.advance(case.due_at + MINUTE - rooms.clock.now())
    await rooms.fire()
    await rooms.to((await rooms.accept(RURAL, TALGAR)).number, Verb.RESOLVE)
    page = await head_page(rooms, new_browser, TALGAR)
    assert OVERDUE in page
    listed = shown(page)
    assert {late, in_time} <= set(listed[:2]), "both have run past their deadlines"
    assert page.index(OVERDUE) < page.index(late)
    assert len(listed) == 3
    assert len(set(listed)) == 3


async def test_a_minute_before_the_page_knows_of_nothing_late(rooms, new_browser) -> None:
    await rooms.hire(TALGAR)
    case = await rooms.to((await rooms.accept(RURAL, TALGAR)).number, Verb.CHECK_DOCUMENTS)
    rooms.clock.advance(case.due_at - MINUTE - rooms.clock.now())
    await rooms.fire()
    assert OVERDUE not in await head_page(rooms, new_browser, TALGAR)


async def test_what_is_late_at_the_commission_is_shown_to_the_providers_head(rooms, new_browser) -> None:
    for office in (KARAGANDA, COMMISSION):
        await rooms.hire(office)
    case = await rooms.to((await rooms.accept(CHILD, KARAGANDA)).number, Verb.CONCLUDE)
    assert case.awaits_office == COMMISSION
    head = rooms.member(KARAGANDA, Role.HEAD)
    rooms.clock.advance(case.due_at + MINUTE - rooms.clock.now())
    await rooms.fire()
    assert (await rooms.read(case.number)).late
    overdue = await rooms.desk.lists.overdue(head, rooms.clock.now())
    assert [one.number for one in overdue.cases] == [case.number]
    assert case.number in shown(await head_page(rooms, new_browser, KARAGANDA))


async def test_time_of_another_office_is_none_of_ours(rooms) -> None:
    for office in (TALGAR, KARAGANDA):
        await rooms.hire(office)
    case = await rooms.accept(RURAL, TALGAR)
    rooms.clock.advance(timedelta(days=2))
    await rooms.fire()
    assert (await rooms.read(case.number)).late
    other = await rooms.desk.lists.overdue(rooms.member(KARAGANDA, Role.HEAD), rooms.clock.now())
    assert other.cases == ()
