"""Lists and search: order, pages without gaps, every criterion, and never a case of another office."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain

import pytest

from gateway.desk import CaseState, NumberPart, Search
from gateway.desk.lists import COUNTED, PAGE, STRETCH, STRETCHES, Page
from gateway.desk.search import digits_of
from gateway.identity.numbers import Bin
from tests.integration.desk.filing import file_case
from tests.integration.desk.workplace import ALMATY, APPLICANT, KARAGANDA, OFFICES, WARD

OTHER = OFFICES[ALMATY]


def numbers(page: Page) -> list[str]:
    return [case.number for case in page.cases]


async def walked(ask) -> list[list[str]]:
    """Follow the pages to the last."""
    pages, after = [], ""
    while True:
        page = await ask(after)
        pages.append(numbers(page))
        if page.after is None:
            return pages
        after = page.after


async def found(workplace, search: Search, who: str = "clerk") -> list[str]:
    return numbers(await workplace.desk.lists.search(workplace.staff[who], search))


async def test_the_inbox_has_the_nearest_deadline_first(workplace) -> None:
    late = await file_case(workplace, due=timedelta(days=-2))
    far = await file_case(workplace, due=timedelta(days=3))
    near = await file_case(workplace, due=timedelta(hours=1))
    await file_case(workplace, role="head")
    await file_case(workplace, closed=True)
    page = await workplace.desk.lists.inbox(workplace.staff["clerk"])
    assert numbers(page) == [late, near, far]
    assert page.after is None


async def test_pages_neither_repeat_nor_leave_out_cases_with_one_deadline(workplace) -> None:
    filed = [await file_case(workplace, due=timedelta(hours=place // 70)) for place in range(2 * PAGE + 7)]
    lists, clerk = workplace.desk.lists, workplace.staff["clerk"]
    for ask in (lists.inbox, lists.open):
        pages = await walked(lambda after, ask=ask: ask(clerk, after=after))
        assert [len(page) for page in pages] == [PAGE, PAGE, 7]
        assert list(chain.from_iterable(pages)) == filed


async def test_a_full_last_page_is_the_last(workplace) -> None:
    for _ in range(PAGE):
        await file_case(workplace)
    assert (await workplace.desk.lists.inbox(workplace.staff["clerk"])).after is None


async def test_an_executor_sees_what_is_given_to_them(workplace) -> None:
    own, other = workplace.staff["executor"], workplace.staff["executor-2"]
    mine = await file_case(workplace, role="executor", executor=own.id)
    await file_case(workplace, role="executor", executor=other.id)
    await file_case(workplace, role="head", executor=own.id)
    assert numbers(await workplace.desk.lists.inbox(own)) == [mine]
    assert await workplace.desk.lists.count_waiting(own) == 1


async def test_what_is_overdue_is_listed_whoever_it_waits_for(workplace) -> None:
    executor = workplace.staff["executor"].id
    newer = await file_case(workplace, due=timedelta(minutes=-1))
    older = await file_case(workplace, due=timedelta(days=-3), role="executor", executor=executor)
    await file_case(workplace, due=timedelta(0))
    await file_case(workplace, closed=True, late=True)
    lists, head, now = workplace.desk.lists, workplace.staff["head"], workplace.clock.now()
    assert numbers(await lists.overdue(head, now)) == [older, newer]
    assert await lists.count_overdue(head, now) == 2


async def test_a_count_stops_at_its_bound(workplace) -> None:
    clerk, lists = workplace.staff["clerk"], workplace.desk.lists
    for _ in range(COUNTED):
        await file_case(workplace)
    assert await lists.count_waiting(clerk) == COUNTED
    await file_case(workplace)
    await file_case(workplace)
    assert await lists.count_waiting(clerk) == COUNTED + 1


async def test_closed_cases_come_with_the_last_registered_first(workplace) -> None:
    now = workplace.clock.now()
    filed = [
        await file_case(workplace, closed=True, late=place % 2 == 0, registered=now - timedelta(days=place // 3))
        for place in range(PAGE + 10)
    ]
    await file_case(workplace)
    lists, clerk = workplace.desk.lists, workplace.staff["clerk"]
    pages = await walked(lambda after: lists.closed(clerk, after=after))
    listed = list(chain.from_iterable(pages))
    assert [len(page) for page in pages] == [PAGE, 10]
    assert sorted(listed) == sorted(filed)
    assert set(listed[:3]) == set(filed[:3])


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("26030200000017", NumberPart.BEGINNING),
        ("2603", NumberPart.BEGINNING),
        ("017", NumberPart.END),
        ("26030200000017", NumberPart.END),
    ],
)
async def test_a_number_is_found_by_its_beginning_or_its_end(workplace, typed: str, part: NumberPart) -> None:
    await file_case(workplace, "26030200000017")
    await file_case(workplace, "26040100170260")
    assert await found(workplace, Search(number=typed, part=part)) == ["26030200000017"]


async def test_pages_of_numbers_follow_each_other(workplace) -> None:
    filed = [await file_case(workplace, f"2603{place:010d}") for place in range(PAGE + 3)]
    clerk = workplace.staff["clerk"]
    for part, digits in ((NumberPart.BEGINNING, "2603"), (NumberPart.END, "")):
        search = Search(number=digits, part=part)
        pages = await walked(lambda after, search=search: workplace.desk.lists.search(clerk, search, after=after))
        assert sorted(chain.from_iterable(pages)) == filed
        assert len(pages) == 2


async def test_a_person_is_found_by_the_whole_number_only(workplace) -> None:
    of_person = await file_case(workplace, person=str(WARD))
    organisation = Bin("750340000510")
    of_organisation = await file_case(workplace, person=str(organisation))
    await file_case(workplace)
    assert await found(workplace, Search(person=WARD)) == [of_person]
    assert await found(workplace, Search(person=organisation)) == [of_organisation]


@pytest.mark.parametrize(
    "typed",
    [
        "ӘУЕЗҚЫЗЫ ІҢКӘР-ҒҰН",
        "әуезқызы  іңкәр",
        "Ауезкызы Инкар",
        "АУЕЗКЫЗЫ ИНКАР-ГУН",
        "Әуез",
        "а",
    ],
)
async def test_a_name_is_found_in_any_case_and_spelling(workplace, typed: str) -> None:
    number = await file_case(workplace, name="Әуезқызы Іңкәр-Ғұн Өрісқызы")
    await file_case(workplace, name="Бекова Әуез")
    assert await found(workplace, Search(name=typed)) == [number]


@pytest.mark.parametrize(
    ("stored", "typed"),
    [("ШЁПОТ ИГОРЬ", "шепот игор"), ("Иванов Сергей", "ИВАНОВ СЕРГЕИ"), ("Һажымұқан", "хажымукан"), ("Smith", "SMITH")],
)
async def test_letters_that_are_written_differently_are_one_letter(workplace, stored: str, typed: str) -> None:
    number = await file_case(workplace, name=stored)
    assert await found(workplace, Search(name=typed)) == [number]


async def test_signs_of_patterns_are_letters_like_others(workplace) -> None:
    await file_case(workplace, name="ЖАППАРОВА")
    number = await file_case(workplace, name="100% ЖШС")
    assert await found(workplace, Search(name="%")) == []
    assert await found(workplace, Search(name="_")) == []
    assert await found(workplace, Search(name="{value} ' \\")) == []
    assert await found(workplace, Search(name="100%")) == [number]


async def test_state_service_and_lateness_narrow_each_other(workplace) -> None:
    service = "unemployed-registration"
    wanted = await file_case(workplace, service=service, office=OFFICES[KARAGANDA], late=True, closed=True)
    in_time = await file_case(workplace, service=service, office=OFFICES[KARAGANDA], closed=True)
    still_open = await file_case(workplace, service=service, office=OFFICES[KARAGANDA], late=True)
    of_another = await file_case(workplace, late=True, closed=True)
    for person in (None, APPLICANT):
        for name in ("", "жап"):
            narrow = Search(person=person, name=name, service=service, state=CaseState.CLOSED, late=True)
            assert await found(workplace, narrow) == [wanted]
            of_service = Search(person=person, name=name, service=service)
            assert set(await found(workplace, of_service)) == {wanted, in_time, still_open}
            late = Search(person=person, name=name, late=True)
            assert set(await found(workplace, late)) == {wanted, still_open, of_another}
            everything = Search(person=person, name=name)
            assert len(await found(workplace, everything)) == 4


async def test_person_number_and_name_must_all_hold(workplace) -> None:
    number = await file_case(workplace, "26030200000001")
    assert await found(workplace, Search(person=APPLICANT, number="2603", name="жап")) == [number]
    assert await found(workplace, Search(person=APPLICANT, number="2604", name="жап")) == []
    assert await found(workplace, Search(person=APPLICANT, number="2603", name="бек")) == []
    assert await found(workplace, Search(person=WARD, number="2603", name="жап")) == []


async def test_a_long_search_goes_on_where_it_stopped(workplace) -> None:
    """A case behind more than one stretch of cases that do not fit is found by following the pages."""
    first = await file_case(workplace, "26030100000000")
    columns = (
        "service, office, flow, applicant_number, applicant_name, fields, signed_application, gateway, submitted_at, "
        "registered_at, result_due, state, step, action, awaits_verb, awaits_role, awaits_office, due_at, check_result"
    )
    await workplace.store.database.execute(
        f"INSERT INTO casefile (number, content_key, {columns}) SELECT made, made, {columns} FROM casefile, "
        "(SELECT (26030100000000 + place)::text AS made FROM generate_series(1, $2::int) AS place) AS numbers "
        "WHERE number = $1",
        first,
        2 * STRETCH * STRETCHES + 5,
    )
    wanted = await file_case(workplace, "26039900000000", late=True)
    clerk = workplace.staff["clerk"]
    search = Search(number="2603", late=True)
    pages = await walked(lambda after: workplace.desk.lists.search(clerk, search, after=after))
    assert pages == [[], [], [wanted]]


async def test_another_offices_case_is_in_no_list_and_no_search(workplace) -> None:
    """Every list and every search, with each criterion that the case would meet and from its own place on."""
    overdue = timedelta(days=-1)
    own = await file_case(workplace, "26030200000011", name="БЕКОВ", person=str(WARD))
    theirs = await file_case(workplace, "26030200000012", service=ALMATY, due=overdue, late=True)
    closed = await file_case(workplace, "26030200000013", service=ALMATY, closed=True, late=True)
    lists, now = workplace.desk.lists, workplace.clock.now()
    searches = [
        Search(),
        Search(number=theirs),
        Search(number="2603020000001"),
        Search(number="2", part=NumberPart.END),
        Search(number=closed, part=NumberPart.END),
        Search(person=APPLICANT),
        Search(name="ЖАППАРОВА"),
        Search(service=ALMATY),
        Search(state=CaseState.CLOSED),
        Search(late=True),
        Search(number="2603", late=True),
        Search(name="жап", state=CaseState.OPEN, service=ALMATY, late=True),
    ]
    seen = set()
    for who in ("clerk", "head", "executor"):
        member = workplace.staff[who]
        for page in (lists.inbox(member), lists.open(member), lists.closed(member), lists.overdue(member, now)):
            seen |= set(numbers(await page))
        for search in searches:
            for after in ("", theirs, closed):
                seen |= set(numbers(await lists.search(member, search, after=after)))
        assert await lists.count_overdue(member, now) == 0
    assert seen == {own}
    for search in searches:
        assert own not in await found(workplace, search, "a-head")
    assert await found(workplace, searches[1], "a-head") == [theirs]


@pytest.mark.parametrize(
    "after",
    [
        "~",
        "x~1",
        "2026-03-02T05:00:00~1",
        "0001-01-01T00:00:00+14:00~1",
        "9999-12-31T23:59:59-14:00~1",
        "26030200000011",
        "' OR true --",
        "\x00",
    ],
)
async def test_a_place_that_is_none_begins_the_list_anew(workplace, after: str) -> None:
    number = await file_case(workplace)
    assert numbers(await workplace.desk.lists.inbox(workplace.staff["clerk"], after=after)) == [number]


@pytest.mark.parametrize("after", ["\x00", "' OR true --", "№"])
async def test_a_search_begins_anew_behind_what_is_no_number(workplace, after: str) -> None:
    number = await file_case(workplace)
    page = await workplace.desk.lists.search(workplace.staff["clerk"], Search(name="жап"), after=after)
    assert numbers(page) == [number]


def test_only_ascii_digits_are_digits_of_a_number() -> None:
    assert digits_of(" 2603-02 ٣") == "260302"
    assert len(digits_of("1" * 30)) == 14
