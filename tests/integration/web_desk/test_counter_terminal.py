"""The counter is a terminal as the windows are: what is typed and scanned is kept, pages are worked, receipts found."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from gateway.catalogue import Body, Role
from gateway.clock import ManualClock
from gateway.desk import StaffMember
from gateway.web.desk import make_desk_app
from tests.integration.desk.counter_paper import PERSON, hire
from tests.integration.desk.workplace import CATALOGUE, PASSWORD, Workplace
from tests.integration.web_desk.conftest import Browser
from tests.integration.web_desk.test_counter_pages import FILE, ON_PAPER, TARGETED, filled, number_on, scanned, send

pytestmark = pytest.mark.filterwarnings(r"ignore:unread_data\(\) is deprecated:DeprecationWarning")
ACTION = f"/counter/{TARGETED}"
INCOME = "family-income"
KAZAKH_ROW = str.maketrans("1234567890", '"әіңғ,.үұқ')


async def autosave(browser: Browser, typed: dict[str, str], *, version: int = 0, sheet: str = "") -> tuple[int, dict]:
    """Send what is typed as the page's script does."""
    hidden = browser.form(ACTION)
    headers = {"X-CSRF-Token": hidden["_csrf"], "Accept": "application/json"}
    address = f"{ACTION}/{sheet or hidden['sheet']}/typed"
    async with browser.client.post(address, json={"version": version, "typed": typed}, headers=headers) as answer:
        return answer.status, await answer.json()


async def scan(browser: Browser, pages: int = 2, *, document: str = INCOME, **values: str) -> None:
    """Attach a scan, as choosing a file does."""
    files = {f"{FILE}{document}": ("a.tiff", scanned(pages), "image/tiff")}
    await send(browser, ACTION, {"do": f"add:{document}", **values}, files=files)
    assert browser.status == 200, browser.page


def images(browser: Browser) -> list[str]:
    return re.findall(r'<img src="([^"]+)"', browser.page)


def buttons(browser: Browser, verb: str) -> list[str]:
    return re.findall(rf'name="do" value="({verb}:[^"]+)"', browser.page)


async def registered(browser: Browser) -> str:
    """Take a paper in whose documents stay on paper, and return its number."""
    await browser.get(ACTION)
    await send(browser, ACTION, filled(TARGETED))
    assert browser.status == 200, browser.page
    return number_on(browser.page)


async def test_what_is_typed_is_kept_between_the_keys_and_is_there_in_another_browser(new_browser) -> None:
    clerk = await new_browser("clerk")
    await clerk.get(ACTION)
    sheet = clerk.form(ACTION)["sheet"]
    assert await autosave(clerk, {"applicant_name": "Әлия", "phone": "12", "nobody": "x"}) == (200, {"version": 1})
    assert await autosave(clerk, {"applicant_name": "Әлия"}, version=1) == (200, {"version": 2})
    again = await new_browser("clerk")
    page = await again.get("/counter")
    assert f'href="{ACTION}/{sheet}"' in page
    page = await again.get(f"{ACTION}/{sheet}")
    assert 'value="Әлия"' in page
    assert again.form(ACTION)["version"] == "2"


async def test_two_terminals_do_not_write_over_each_other(new_browser) -> None:
    first, second = await new_browser("clerk"), await new_browser("clerk")
    await first.get(ACTION)
    sheet = first.form(ACTION)["sheet"]
    await autosave(first, {"applicant_name": "Әлия"})
    await second.get(f"{ACTION}/{sheet}")
    assert (await autosave(second, {"applicant_name": "Сәуле"}, version=1))[0] == 200
    status, told = await autosave(first, {"applicant_name": "Дана"}, version=1)
    assert (status, told["error"]["code"]) == (409, "counter-changed-elsewhere")
    # Whose answer was lost sends the same again and learns the version.
    assert await autosave(second, {"applicant_name": "Сәуле"}, version=1) == (200, {"version": 2})
    await send(first, ACTION, filled(TARGETED) | {"applicant_name": "Дана"})
    assert first.status == 400
    assert "басқа" in first.page
    assert 'value="Дана"' in first.page


async def test_a_stale_terminal_cannot_refuse_away_what_another_typed(new_browser, workplace: Workplace) -> None:
    first, second = await new_browser("clerk"), await new_browser("clerk")
    await first.get(ACTION)
    sheet = first.form(ACTION)["sheet"]
    await autosave(first, {"applicant_name": "Әлия"})
    for browser in (first, second):
        await browser.get(f"{ACTION}/{sheet}")
    await autosave(second, {"applicant_name": "Сәуле"}, version=1)
    await send(first, ACTION, {"applicant_name": "Дана"}, to=f"{ACTION}/refuse")
    assert first.status == 400
    assert 'value="Дана"' in first.page
    assert 'value="Сәуле"' in await second.get(f"{ACTION}/{sheet}")
    assert await workplace.store.database.fetchval("SELECT count(*) FROM event") == 0


@pytest.mark.parametrize(
    "sent",
    [
        {"typed": {"a": 1}, "version": 0},
        *(
            pytest.param(one, marks=pytest.mark.full)
            for one in ({"typed": [], "version": 0}, {"typed": {}, "version": -1})
        ),
        pytest.param([], marks=pytest.mark.full),
    ],
)
async def test_what_no_script_of_ours_sends_is_refused(new_browser, sent) -> None:
    clerk = await new_browser("clerk")
    await clerk.get(ACTION)
    hidden = clerk.form(ACTION)
    headers = {"X-CSRF-Token": hidden["_csrf"], "Accept": "application/json"}
    async with clerk.client.post(f"{ACTION}/{hidden['sheet']}/typed", json=sent, headers=headers) as answer:
        assert answer.status == 400


@pytest.mark.parametrize(
    ("sent", "media_type"),
    [
        (b"[" * 60_000, "application/json"),
        (b'{"typed": {}, "version": ' + b"9" * 5_000 + b"}", "application/json"),
        (b"{}", "application/json; charset=no-such"),
    ],
    ids=["deep", "a number without end", "no such charset"],
)
async def test_what_no_reader_of_json_can_take_is_refused(new_browser, sent, media_type) -> None:
    clerk = await new_browser("clerk")
    await clerk.get(ACTION)
    hidden = clerk.form(ACTION)
    headers = {"X-CSRF-Token": hidden["_csrf"], "Accept": "application/json", "Content-Type": media_type}
    async with clerk.client.post(f"{ACTION}/{hidden['sheet']}/typed", data=sent, headers=headers) as answer:
        assert answer.status == 400


async def test_a_value_too_long_to_be_kept_says_so(new_browser) -> None:
    clerk = await new_browser("clerk")
    await clerk.get(ACTION)
    status, told = await autosave(clerk, {"applicant_name": "Ә" * 4001})
    assert (status, told["error"]["code"]) == (409, "counter-too-long")
    assert "4000" in told["error"]["advice"]


async def test_pages_are_shown_turned_scanned_again_and_taken_away(new_browser) -> None:
    clerk = await new_browser("clerk")
    await clerk.get(ACTION)
    await scan(clerk, 3, applicant_name="Әлия")
    assert 'value="Әлия"' in clerk.page
    shown = images(clerk)
    assert len(shown) == 3
    async with clerk.client.get(shown[0].split("?")[0]) as answer:
        assert (answer.status, answer.content_type) == (200, "image/jpeg")
    await send(clerk, ACTION, {"do": buttons(clerk, "rotate")[1]})
    assert "?r=90&" in images(clerk)[1]
    again = {f"page_{INCOME}_3": ("b.tiff", scanned(1), "image/tiff")}
    before = images(clerk)[2]
    await send(clerk, ACTION, {"do": buttons(clerk, "replace")[2]}, files=again)
    assert images(clerk)[2] != before
    gone = buttons(clerk, "remove")[0]
    await send(clerk, ACTION, {"do": gone})
    assert len(images(clerk)) == 2
    assert "?r=90&" in images(clerk)[0]
    await send(clerk, ACTION, {"do": gone})
    assert clerk.status == 400
    assert f'href="#{FILE}{INCOME}"' in clerk.page
    assert len(images(clerk)) == 2


async def test_what_was_scanned_goes_with_the_paper_and_the_entry_ends(new_browser, workplace: Workplace) -> None:
    clerk = await new_browser("clerk")
    await clerk.get(ACTION)
    sheet = clerk.form(ACTION)["sheet"]
    await scan(clerk)
    values = filled(TARGETED)
    values.pop(f"{ON_PAPER}{INCOME}")
    hidden = clerk.form(ACTION)
    await send(clerk, ACTION, values)
    number = number_on(clerk.page)
    (document,) = await workplace.desk.cases.documents(workplace.staff["clerk"], number)
    assert document.kind == INCOME
    left = await workplace.store.database.fetchrow(
        "SELECT typed, (SELECT count(*) FROM paper_page) AS pages FROM paper_entry WHERE sheet = $1", sheet
    )
    assert dict(left) == {"typed": {}, "pages": 0}
    assert sheet not in await clerk.get("/counter")
    # The same sheet again, under another token of the form or opened anew, leads to its application.
    answer = await send(clerk, ACTION, values, follow=False, hidden=hidden | {"_once": "another-token-of-this-form"})
    assert answer.headers["Location"] == f"/cases/{number}/accepted"
    assert number in await clerk.get(f"{ACTION}/{sheet}")
    assert await workplace.store.database.fetchval("SELECT count(*) FROM casefile") == 1


async def test_a_refusal_and_a_deletion_leave_nothing_of_an_entry(new_browser, workplace: Workplace) -> None:
    clerk = await new_browser("clerk")
    count = "SELECT count(*) FROM paper_entry"
    await clerk.get(ACTION)
    await scan(clerk)
    values = filled(TARGETED)
    values.pop(f"{ON_PAPER}family-composition")
    await send(clerk, ACTION, values, to=f"{ACTION}/refuse")
    assert await workplace.store.database.fetchval(count) == 0
    await clerk.get(ACTION)
    await scan(clerk)
    assert await workplace.store.database.fetchval(count) == 1
    await clerk.get("/counter")
    (discard,) = re.findall(rf'action="({ACTION}/[^"]+/discard)"', clerk.page)
    await clerk.post(discard)
    assert await workplace.store.database.fetchval(count) == 0
    assert "жойылды" in clerk.page


@pytest.mark.parametrize(
    ("language", "sheet_says", "list_says"),
    [
        ("kk", "Тіркелмеген өтініш {} күніне дейін сақталады, содан кейін жойылады", "Сақталу мерзімі"),
        ("ru", "Незарегистрированное заявление хранится до {}, затем удаляется", "Хранится до"),
    ],
)
async def test_sheet_and_list_say_until_when_an_entry_is_kept_and_a_change_puts_it_off(
    new_browser, clock: ManualClock, language: str, sheet_says: str, list_says: str
) -> None:
    clerk = await new_browser("clerk")
    await clerk.get(f"/counter?lang={language}")
    await clerk.get(ACTION)
    assert sheet_says.format("01.04.2026") in clerk.page, "a new sheet says it as well"
    await scan(clerk)
    sheet = clerk.form(ACTION)["sheet"]
    clock.advance(timedelta(days=1))
    assert sheet_says.format("01.04.2026") in await clerk.get(f"{ACTION}/{sheet}")
    await clerk.get("/counter")
    assert list_says in clerk.page
    assert "<td>01.04.2026</td>" in clerk.page
    await clerk.get(f"{ACTION}/{sheet}")
    await scan(clerk)
    assert sheet_says.format("02.04.2026") in await clerk.get(f"{ACTION}/{sheet}")


async def test_only_the_counter_where_it_was_begun_goes_on_with_an_entry(new_browser, workplace: Workplace) -> None:
    clerk = await new_browser("clerk")
    await clerk.get(ACTION)
    await scan(clerk)
    sheet, picture = clerk.form(ACTION)["sheet"], images(clerk)[0].split("?")[0]
    akims = (one.id for one in CATALOGUE.offices.values() if one.body is Body.RURAL_AKIM)
    akim = next(one for one in akims if TARGETED in _taken_at(workplace, one))
    member = await hire(workplace.desk, akim, Role.CLERK)
    other = await new_browser()
    await other.get("/sign-in")
    await other.post("/sign-in", iin=str(member.iin), password=PASSWORD)
    assert sheet not in await other.get("/counter")
    for address in (f"{ACTION}/{sheet}", picture):
        await other.get(address)
        assert other.status == 404, address
    await other.get(ACTION)
    status, told = await autosave(other, {"applicant_name": "Әлия"}, version=1, sheet=sheet)
    assert (status, told["error"]["code"]) == (404, "counter-no-such-entry")
    head = await new_browser("head")
    await head.get(f"{ACTION}/{sheet}")
    assert head.status == 403


def _taken_at(workplace: Workplace, office: str) -> set[str]:
    clerk = StaffMember(0, PERSON.iin, "", office, Role.CLERK)
    return {service.id for service in workplace.desk.counter.services(clerk)}


@pytest.mark.parametrize(
    "typed", ["kazakh", *(pytest.param(one, marks=pytest.mark.full) for one in ("{}", "\x02{}\r", "72 "))]
)
async def test_a_scanned_receipt_leads_to_its_application(new_browser, typed: str) -> None:
    clerk = await new_browser("clerk")
    number = await registered(clerk)
    if typed == "72 ":
        typed = f"{number[:4]} {number[4:]}"
    code = f"]C1{number}".translate(KAZAKH_ROW) if typed == "kazakh" else typed.format(number)
    await clerk.get("/search")
    await clerk.post("/find", code=re.sub(r"[\x00-\x1f]", "", code))
    assert clerk.status == 200
    assert f'action="/cases/{number}/register"' in clerk.page


async def test_a_number_that_is_none_of_the_offices_says_what_to_do(new_browser) -> None:
    clerk = await new_browser("clerk")
    for code, told in (("", "сканерлеңіз"), ("880101100127", "14 цифрлы"), ("72999999999999", "Қолхаттағы нөмірді")):
        await clerk.get("/")
        await clerk.post("/find", code=code)
        assert clerk.status == 400
        assert 'id="scan-error"' in clerk.page
        assert told in clerk.page


async def test_whoever_takes_no_papers_in_has_no_terminal(new_browser) -> None:
    for who in ("head", "executor"):
        member = await new_browser(who)
        assert 'action="/find"' not in member.page
        assert 'action="/lock"' not in member.page


async def test_an_idle_screen_locks_and_comes_back_to_the_same_sheet_with_what_was_typed(
    aiohttp_client, workplace: Workplace
) -> None:
    now = ManualClock(workplace.desk.now())
    client = await aiohttp_client(make_desk_app(workplace.desk, real_time=now))
    clerk = Browser(client)
    await clerk.sign_in(workplace, "clerk")
    await clerk.get(ACTION)
    sheet, here = clerk.form(ACTION)["sheet"], clerk.form(ACTION)
    for _ in range(2):
        now.advance(timedelta(minutes=9))  # somebody types, as the page's script tells
        async with client.post("/awake", json={}, headers={"X-CSRF-Token": here["_csrf"]}) as answer:
            assert answer.status == 204
    now.advance(timedelta(minutes=11))
    await send(clerk, ACTION, {"applicant_name": "Әлия"}, hidden=here)
    assert 'action="/locked"' in clerk.page
    assert (await autosave_locked(clerk, here, sheet)) == 423
    await clerk.get(f"/locked?next={ACTION}/{sheet}")
    await clerk.post("/locked", password="wrong")
    assert clerk.status == 400
    await clerk.post("/locked", password=PASSWORD)
    assert clerk.status == 200
    assert clerk.form(ACTION)["sheet"] == sheet
    assert 'value="Әлия"' in clerk.page


async def autosave_locked(browser: Browser, hidden: dict[str, str], sheet: str) -> int:
    headers = {"X-CSRF-Token": hidden["_csrf"], "Accept": "application/json"}
    sent = {"version": 0, "typed": {"phone": "1"}}
    async with browser.client.post(f"{ACTION}/{sheet}/typed", json=sent, headers=headers) as answer:
        return answer.status


async def test_a_double_press_of_an_incomplete_paper_adds_its_scan_once(new_browser, workplace: Workplace) -> None:
    clerk = await new_browser("clerk")
    await clerk.get(ACTION)
    hidden, files = clerk.form(ACTION), {f"{FILE}{INCOME}": ("a.tiff", scanned(1), "image/tiff")}
    for status in (400, 303):
        answer = await send(clerk, ACTION, {"phone": ""}, files=files, follow=False, hidden=hidden)
        assert answer.status == status
    assert await workplace.store.database.fetchval("SELECT count(*) FROM paper_page") == 1


async def test_a_double_press_with_scans_makes_one_case(new_browser, workplace: Workplace) -> None:
    clerk = await new_browser("clerk")
    await clerk.get(ACTION)
    await scan(clerk)
    hidden, values = clerk.form(ACTION), filled(TARGETED)
    hidden_again = hidden | {"_once": "another-token-of-this-form"}
    answers = await asyncio.gather(
        send(clerk, ACTION, values, follow=False, hidden=hidden),
        send(clerk, ACTION, values, follow=False, hidden=hidden_again),
    )
    assert len({answer.headers.get("Location") for answer in answers if answer.status == 303}) == 1
    assert await workplace.store.database.fetchval("SELECT count(*) FROM casefile") == 1


async def test_an_entry_deleted_by_a_double_press_is_deleted_once_and_both_see_the_list(new_browser) -> None:
    clerk = await new_browser("clerk")
    await clerk.get(ACTION)
    sheet = clerk.form(ACTION)["sheet"]
    await autosave(clerk, {"applicant_name": "Әлия"})
    await clerk.get("/counter")
    address = f"{ACTION}/{sheet}/discard"
    form = clerk.form(address)

    async def press() -> tuple[int, str | None]:
        async with clerk.client.post(address, data=form, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location")

    assert await asyncio.gather(press(), press()) == [(303, "/counter")] * 2
    assert address not in await clerk.get("/counter")
