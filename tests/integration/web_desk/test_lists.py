"""The pages of lists, search and reports as the staff's browsers have them."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from gateway.desk.lists import COUNTED, PAGE
from tests.integration.desk.filing import file_case
from tests.integration.desk.workplace import ALMATY, APPLICANT, KARAGANDA, WARD

ASKED = {"number": "", "part": "beginning", "person": "", "name": "", "service": "", "state": "", "late": ""}


def shown(page: str) -> list[str]:
    return re.findall(r'href="/cases/(\d{14})"', page)


async def search(browser, **asked: str) -> list[str]:
    await browser.get("/search")
    await browser.post("/search", **{**ASKED, **asked})
    assert browser.status == 200
    return shown(browser.page)


async def test_the_head_sees_what_is_overdue_first_and_nothing_twice(new_browser, workplace) -> None:
    own_late = await file_case(workplace, role="head", due=timedelta(days=-1))
    of_clerk = await file_case(workplace, role="clerk", due=timedelta(days=-2))
    own = await file_case(workplace, role="head")
    await file_case(workplace, role="clerk")
    head = await new_browser("head")
    page = await head.get("/")
    assert shown(page) == [of_clerk, own_late, own]
    overdue, tasks = page.index("Мекемеде мерзімі өткен өтініштер: 2"), page.index("Мерзімі өтпеген тапсырмалар")
    assert overdue < page.index(own_late) < tasks < page.index(own)
    clerk = await new_browser("clerk")
    assert "Мекемеде мерзімі өткен" not in await clerk.get("/")
    assert shown(clerk.page)[0] == of_clerk


async def test_tasks_are_paged_and_counted_up_to_a_bound(new_browser, workplace) -> None:
    filed = [await file_case(workplace) for _ in range(2 * PAGE + 1)]
    clerk = await new_browser("clerk")
    listed, address = [], "/"
    for length in (PAGE, PAGE, 1):
        page = await clerk.get(address)
        assert len(shown(page)) == length
        assert f"{COUNTED}+" in page
        listed += shown(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = html.unescape(following[1]) if following else ""
    assert address == ""
    assert listed == filed


@pytest.mark.parametrize("state", ["open", "overdue", "closed"])
async def test_lists_of_the_office_are_apart_by_state(new_browser, workplace, state: str) -> None:
    filed = {
        "open": await file_case(workplace),
        "overdue": await file_case(workplace, due=timedelta(days=-1)),
        "closed": await file_case(workplace, closed=True),
    }
    expected = {"open": {filed["open"], filed["overdue"]}, "overdue": {filed["overdue"]}, "closed": {filed["closed"]}}
    clerk = await new_browser("clerk")
    assert set(shown(await clerk.get(f"/cases?state={state}"))) == expected[state]


async def test_a_search_finds_by_each_field(new_browser, workplace) -> None:
    number = await file_case(workplace, "26030200000017", name="Қасымов Ғани", person=str(WARD), late=True)
    other = await file_case(workplace, "26040200000028", name="Иванов Иван", closed=True)
    clerk = await new_browser("clerk")
    for asked in (
        {"number": "2603"},
        {"number": "0017", "part": "end"},
        {"person": str(WARD)},
        {"name": "касымов гани"},
        {"state": "open"},
        {"late": "yes"},
    ):
        assert await search(clerk, **asked) == [number]
    assert set(await search(clerk, service=KARAGANDA)) == {number, other}
    assert await search(clerk, name="касымов", late="no") == []
    assert "Өтініштер табылмады" in clerk.page


async def test_what_was_typed_stays_and_what_is_wrong_is_said(new_browser, workplace) -> None:
    clerk = await new_browser("clerk")
    await clerk.get("/search")
    await clerk.post("/search", **{**ASKED, "person": "900515100039", "number": "№", "name": "Қасым"})
    assert clerk.status == 400
    assert 'value="900515100039"' in clerk.page
    assert "Өтініш нөмірінің цифрларын енгізіңіз" in clerk.page
    assert 'value="Қасым"' in clerk.page


async def test_a_search_goes_on_without_personal_data_in_an_address(new_browser, workplace) -> None:
    filed = [await file_case(workplace, name="ҚАСЫМОВ") for _ in range(PAGE + 1)]
    clerk = await new_browser("clerk")
    first = await search(clerk, name="касым")
    more = re.findall(r'<form method="post" action="/search".*?</form>', clerk.page, re.DOTALL)[1]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', more))
    assert fields["name"] == "касым"
    async with clerk.client.post("/search", data=clerk.form("/search") | fields) as answer:
        rest = shown(await answer.text())
        assert answer.url.query_string == ""
    assert first + rest == filed


async def test_another_offices_case_is_on_no_page(new_browser, workplace) -> None:
    theirs = await file_case(
        workplace, "26030200000077", service=ALMATY, name="ЖАППАРОВА", due=timedelta(days=-1), late=True
    )
    for who in ("clerk", "head", "executor"):
        browser = await new_browser(who)
        paths = ["/", "/cases", "/cases?state=overdue", "/cases?state=closed", f"/cases?q={theirs}"]
        if who == "head":
            paths += ["/reports", "/reports?month=2026-03"]
        for path in paths:
            page = await browser.get(path)
            assert browser.status == 200
            assert shown(page) == []
        for asked in (
            {},
            {"number": theirs},
            {"number": "77", "part": "end"},
            {"person": str(APPLICANT)},
            {"name": "жаппарова"},
            {"service": ALMATY},
            {"state": "open", "late": "yes"},
            {"after": theirs},
        ):
            assert await search(browser, **asked) == []
            assert "ЖАППАРОВА" not in browser.page
    assert await search(await new_browser("a-clerk"), number=theirs) == [theirs]


async def test_a_service_of_another_office_is_not_offered(new_browser, workplace) -> None:
    clerk = await new_browser("clerk")
    page = await clerk.get("/search")
    assert f'value="{KARAGANDA}"' in page
    assert f'value="{ALMATY}"' not in page


async def test_the_report_of_a_month_is_the_heads(new_browser, workplace) -> None:
    number = await file_case(workplace, closed=True, late=True)
    await file_case(workplace)
    now = workplace.clock.now()
    await workplace.store.database.execute(
        "INSERT INTO case_step (number, ordinal, step, started_at, due_at, late) VALUES ($1, 1, 2, $2, $2, true)",
        number,
        now,
    )
    head = await new_browser("head")
    page = await head.get("/reports")
    rows = [re.findall(r"numeric\">([^<]*)<", row) for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL)]
    assert [row for row in rows if row and row[0].isdigit()] == [
        ["2", "1", "1", "1", "0"],
        ["2", "1", "1", "1", "0"],
        ["1", "1", "100%"],
    ]
    assert "тіркелмеген" in await head.get("/reports?month=2026-01")
    for spoilt in ("2026-13", "x", "9999-01", "0001-01", "2026-04"):
        assert "03.2026" in await head.get(f"/reports?month={spoilt}")
        assert head.status == 200
    for who in ("clerk", "executor"):
        other = await new_browser(who)
        assert 'href="/reports"' not in other.page
        await other.get("/reports")
        assert other.status == 403
        assert "desk-wrong-role" in other.page


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
async def test_the_pages_speak_one_language(new_browser, workplace, language: str) -> None:
    await file_case(workplace, due=timedelta(days=-1), late=True)
    head = await new_browser("head")
    for path in ("/", "/cases?state=overdue", "/search", "/reports"):
        page = await head.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert head.status == 200
        assert f'<html lang="{language}"' in page


async def test_strangers_are_sent_to_sign_in(new_browser, workplace) -> None:
    browser = await new_browser()
    for path in ("/search", "/reports"):
        assert 'action="/sign-in"' in await browser.get(path)


async def test_the_head_sees_whose_executor_has_left_and_gives_the_work_to_another(new_browser, workplace) -> None:
    gone, stays = workplace.staff["executor"], workplace.staff["executor-2"]
    number = await file_case(workplace, role="executor", executor=gone.id)
    own = await file_case(workplace, role="head")
    executor, head = await new_browser("executor"), await new_browser("head")
    assert "Басқа орындаушы қажет" not in await head.get("/")
    assert shown(await executor.get("/")) == [number]
    await workplace.desk.staff.close_others(one.iin for one in workplace.staff.values() if one != gone)
    page = await head.get("/")
    assert shown(page) == [number, own]
    assert page.index("Басқа орындаушы қажет: 1") < page.index(number)
    assert shown(await head.get("/cases?state=to-give")) == [number]
    page = await head.get(f"/cases/{number}")
    assert f"{gone.name} – мұнда енді орындаушы емес" in page
    await head.post(f"/cases/{number}/assign", new_executor=str(stays.id), assign_reason="Жұмыстан шықты")
    assert head.status == 200
    assert "мұнда енді орындаушы емес" not in head.page
    assert shown(await head.get("/")) == [own]
    await executor.get("/")
    assert 'action="/sign-in"' in executor.page
    assert number not in executor.page
