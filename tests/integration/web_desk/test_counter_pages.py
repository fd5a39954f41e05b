"""The counter as pages: a clerk's browser enters paper, gets the number and the receipt, and cannot do it twice."""

from __future__ import annotations

import asyncio
import io
import re

import aiohttp
import pytest
from PIL import Image
from pypdf import PdfReader

from gateway.catalogue import Role
from gateway.catalogue.kinds import documents_of, kind_comes_first, kinds_on
from gateway.terminal.pages import MOST_TOGETHER
from gateway.web.desk.counter_sheet import OWN_FIELDS
from gateway.web.messages import untranslated
from gateway.web.terminal.scans import FILE, LIMITS, ON_PAPER
from simulators.walk.answers import answers_for
from tests.integration.desk.counter_paper import COUNTERS, PERSON, hire, pairs
from tests.integration.desk.workplace import CATALOGUE, PASSWORD, PDF, Workplace, iin
from tests.integration.web_desk.conftest import Browser

REGISTRATION = "unemployed-registration"
ASSISTANCE, TARGETED, SPECIALISTS = "local-social-assistance", "targeted-social-assistance", "rural-specialists-support"
# aiohttp's own reading of a part whose end falls across two reads calls what aiohttp has deprecated.
pytestmark = pytest.mark.filterwarnings(r"ignore:unread_data\(\) is deprecated:DeprecationWarning")
OWN_NAMES = {*OWN_FIELDS, "sheet", "version"}


def filled(service_id: str, *, kind: str | None = None) -> dict[str, str]:
    """What a clerk types: the form of the service, the applicant, every document as taken on paper."""
    service = CATALOGUE.service(service_id)
    values = dict(answers_for(service_id, PERSON, kind=kind, channel=COUNTERS[0]))
    return {
        **values,
        "applicant_number": str(PERSON.iin),
        "applicant_name": PERSON.full_name_kk,
        **{f"{ON_PAPER}{one.id}": "yes" for one in documents_of(service, kind)},
    }


async def send(
    browser: Browser,
    action: str,
    values: dict[str, str],
    *,
    files: dict[str, tuple[str, bytes, str]] | None = None,
    to: str | None = None,
    follow: bool = True,
    hidden: dict[str, str] | None = None,
) -> aiohttp.ClientResponse:
    """Send the sheet that the browser shows, as a browser does: multipart, with its hidden fields."""
    form = aiohttp.FormData()
    fields = (hidden or browser.form(action)) | values
    for name, value in fields.items():
        form.add_field(name, value, content_type="text/plain")
    for name, (file_name, content, media_type) in (files or {}).items():
        form.add_field(name, io.BytesIO(content), filename=file_name, content_type=media_type)
    if not files:
        form.add_field("file_none", b"", filename="", content_type="application/octet-stream")
    async with browser.client.post(to or action, data=form, allow_redirects=follow) as answer:
        body = await answer.read()
        browser.status, browser.page = answer.status, body.decode("utf-8", "replace")
        return answer


def scanned(pages: int) -> bytes:
    """A scan of so many pages, as a document scanner gives one."""
    drawn = [Image.new("L", (160, 220), 250 - 40 * page) for page in range(pages)]
    made = io.BytesIO()
    drawn[0].save(made, "TIFF", save_all=True, append_images=drawn[1:])
    return made.getvalue()


def number_on(page: str) -> str:
    found = re.search(r'href="/cases/(72\d{12})"', page)
    assert found, page[:2000]
    return found[1]


async def test_a_paper_is_entered_and_its_number_and_receipt_are_given(new_browser, workplace: Workplace) -> None:
    clerk = await new_browser("clerk")
    assert 'href="/counter"' in clerk.page
    page = await clerk.get("/counter")
    assert f'href="/counter/{ASSISTANCE}"' in page
    assert "guardian-allowance" not in page
    await clerk.get(f"/counter/{ASSISTANCE}?kind=disability")
    values = filled(ASSISTANCE, kind="disability")
    scan = {f"{FILE}income-statement": ("a.tiff", scanned(2), "image/tiff")}
    values.pop(f"{ON_PAPER}income-statement")
    await send(clerk, f"/counter/{ASSISTANCE}", values, files=scan)
    assert clerk.status == 200, clerk.page
    number = number_on(clerk.page)
    assert number in clerk.page
    async with clerk.client.get(f"/cases/{number}/receipt.pdf") as answer:
        assert answer.content_type == "application/pdf"
        assert (await answer.read()).startswith(b"%PDF-")
    (document,) = await workplace.desk.cases.documents(workplace.staff["clerk"], number)
    assert (document.kind, document.name) == ("income-statement", "income-statement.pdf")
    _, content = await workplace.desk.cases.document(workplace.staff["clerk"], number, document.ordinal)
    assert len(PdfReader(io.BytesIO(content)).pages) == 2
    assert number in await clerk.get("/")


async def test_a_power_of_attorney_is_no_document_of_a_paper_without_a_representative(
    new_browser, workplace: Workplace
) -> None:
    """Its copy was scanned, or marked as taken, before it was seen that nobody acts for the applicant."""
    clerk, here = await new_browser("clerk"), f"/counter/{REGISTRATION}"
    for scans in ({f"{FILE}power-of-attorney": ("a.tiff", scanned(1), "image/tiff")}, None):
        await clerk.get(here)
        await send(clerk, here, filled(REGISTRATION) | {f"{ON_PAPER}power-of-attorney": "yes"}, files=scans)
        assert clerk.status == 200, clerk.page
        number = number_on(clerk.page)
        assert await workplace.desk.cases.documents(workplace.staff["clerk"], number) == ()
        intake = await workplace.desk.counter.intake(workplace.staff["clerk"], number)
        assert intake is not None
        assert intake.on_paper
        assert "power-of-attorney" not in intake.on_paper


async def test_the_kind_is_asked_first_where_the_form_depends_on_it(new_browser) -> None:
    clerk = await new_browser("clerk")
    assert kind_comes_first(CATALOGUE.service(ASSISTANCE))
    page = await clerk.get(f"/counter/{ASSISTANCE}")
    for kind in kinds_on(CATALOGUE.service(ASSISTANCE), COUNTERS[0]):
        assert f'value="{kind}"' in page
    assert 'name="applicant_number"' not in page
    page = await clerk.get(f"/counter/{ASSISTANCE}?kind=socially-significant-disease")
    assert f'name="{FILE}disease-certificate"' in page
    page = await clerk.get(f"/counter/{ASSISTANCE}?kind=none-of-them&asked=yes")
    assert 'name="applicant_number"' not in page
    assert (clerk.status, 'href="#kind"' in page) == (400, True)


async def test_everything_that_is_wrong_is_said_beside_its_field_at_once(new_browser, workplace: Workplace) -> None:
    clerk = await new_browser("clerk")
    await clerk.get(f"/counter/{TARGETED}")
    values = filled(TARGETED)
    number = values["applicant_number"]
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    values |= {"applicant_number": wrong, "applicant_name": "1", "phone": "12"}
    values.pop(f"{ON_PAPER}family-income")
    await send(clerk, f"/counter/{TARGETED}", values)
    assert clerk.status == 400
    for field in ("applicant_number", "applicant_name", "phone", f"{FILE}family-income"):
        assert f'href="#{field}"' in clerk.page
        assert f'id="{field}-error"' in clerk.page
    assert "бақылау цифры сәйкес келмейді" in clerk.page
    assert await workplace.store.database.fetchval("SELECT count(*) FROM casefile") == 0


async def test_scans_stay_when_something_else_is_wrong(new_browser, workplace: Workplace) -> None:
    clerk = await new_browser("clerk")
    await clerk.get(f"/counter/{TARGETED}")
    values = filled(TARGETED) | {"phone": "12"}
    values.pop(f"{ON_PAPER}family-income")
    files = {f"{FILE}family-income": ("a.tiff", scanned(2), "image/tiff")}
    await send(clerk, f"/counter/{TARGETED}", values, files=files)
    assert clerk.status == 400
    assert 'href="#phone"' in clerk.page
    assert 'href="#file_family-income"' not in clerk.page
    assert len(re.findall(r"<img src=", clerk.page)) == 2
    await send(clerk, f"/counter/{TARGETED}", values | {"phone": filled(TARGETED)["phone"]})
    (document,) = await workplace.desk.cases.documents(workplace.staff["clerk"], number_on(clerk.page))
    assert document.kind == "family-income"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"MZ".ljust(100, b"0"), "application/pdf"),
        (b"", "application/pdf"),
        (b"%PDF-1.7".ljust(16_000_000, b"0"), "application/pdf"),
        (PDF, "text/html"),
    ],
    ids=["content", "empty", "over the page's size", "type"],
)
async def test_a_file_that_is_not_taken_is_named(
    new_browser, workplace: Workplace, content: bytes, media_type: str
) -> None:
    clerk = await new_browser("clerk")
    await clerk.get(f"/counter/{TARGETED}")
    files = {f"{FILE}family-income": ("скан\u202e.pdf", content, media_type)}
    await send(clerk, f"/counter/{TARGETED}", filled(TARGETED), files=files)
    assert clerk.status == 400
    assert 'href="#file_family-income"' in clerk.page
    assert await workplace.store.database.fetchval("SELECT count(*) FROM casefile") == 0


async def test_a_double_press_and_a_repeated_sending_make_one_case(new_browser, workplace: Workplace) -> None:
    clerk = await new_browser("clerk")
    action = f"/counter/{TARGETED}"
    await clerk.get(action)
    hidden, values = clerk.form(action), filled(TARGETED)
    pressed = await asyncio.gather(*(send(clerk, action, values, follow=False, hidden=hidden) for _ in range(3)))
    assert {answer.status for answer in pressed} == {303}
    assert len({answer.headers["Location"] for answer in pressed}) == 1
    # The same sheet under another token of the form: what a lost answer or a restart of the site leaves.
    again = await send(clerk, action, values, follow=False, hidden=hidden | {"_once": "another-token-of-this-form"})
    assert again.headers["Location"] == pressed[0].headers["Location"]
    assert await workplace.store.database.fetchval("SELECT count(*) FROM casefile") == 1


async def test_missing_documents_are_refused_with_an_event_and_no_case(new_browser, workplace: Workplace) -> None:
    clerk = await new_browser("clerk")
    action = f"/counter/{TARGETED}"
    await clerk.get(action)
    values = filled(TARGETED)
    values.pop(f"{ON_PAPER}family-income")
    assert f'formaction="{action}/refuse"' in clerk.page
    hidden = clerk.form(action)
    await send(clerk, action, values, to=f"{action}/refuse")
    assert clerk.status == 200
    assert "бас тарту тіркелді" in clerk.page
    await send(clerk, action, values, to=f"{action}/refuse", hidden=hidden)
    counted = await workplace.store.database.fetchrow(
        "SELECT (SELECT count(*) FROM casefile) AS cases, (SELECT count(*) FROM event) AS events"
    )
    assert dict(counted) == {"cases": 0, "events": 1}


async def test_nothing_missing_is_no_reason_to_refuse(new_browser) -> None:
    clerk = await new_browser("clerk")
    action = f"/counter/{TARGETED}"
    await clerk.get(action)
    await send(clerk, action, filled(TARGETED), to=f"{action}/refuse")
    assert clerk.status == 400
    assert "негіз жоқ" in clerk.page


async def test_a_representative_is_asked_for_only_where_the_act_lets_one_come(
    new_browser, workplace: Workplace
) -> None:
    clerk = await new_browser("clerk")
    assert 'name="representative_iin"' not in await clerk.get("/counter/unemployed-registration")
    action = f"/counter/{TARGETED}"
    assert 'name="representative_iin"' in await clerk.get(action)
    values = filled(TARGETED) | {
        "representative": "yes",
        "representative_name": "Өтегенов Қайрат",
        "power_kind": "simple",
    }
    await send(clerk, action, values | {"representative_iin": "1"})
    assert 'id="representative_iin-error"' in clerk.page
    await send(clerk, action, values | {"representative_iin": str(PERSON.iin), "power_date": "01.02.2026"})
    assert 'id="representative_iin-error"' in clerk.page
    values["representative_iin"] = str(iin("75010150001"))
    await send(clerk, action, values | {"power_date": "31.02.2026"})
    assert 'id="power_date-error"' in clerk.page
    await send(clerk, action, values | {"power_date": "01.02.2026"})
    assert clerk.status == 200, clerk.page
    intake = await workplace.desk.counter.intake(workplace.staff["clerk"], number_on(clerk.page))
    assert intake is not None
    assert intake.representative is not None
    assert intake.representative.name == "Өтегенов Қайрат"


async def test_whoever_takes_no_papers_in_has_no_counter(new_browser, workplace: Workplace) -> None:
    for who in ("head", "executor"):
        member = await new_browser(who)
        assert 'href="/counter"' not in member.page
        await member.get("/counter")
        assert member.status == 403
    clerk = await new_browser("clerk")
    await clerk.get("/counter/guardian-allowance")
    assert clerk.status == 403
    await clerk.get("/counter/no-such-service")
    assert clerk.status == 403
    head = await new_browser("head")
    token = head.form("/sign-out")["_csrf"]
    await head.get(f"/counter/{TARGETED}")
    assert head.status == 403
    hidden = {"_csrf": token, "_once": "a-token-of-a-head", "sheet": "a-sheet-of-a-head", "version": "0"}
    await send(head, f"/counter/{TARGETED}", filled(TARGETED), hidden=hidden)
    assert head.status == 403
    assert await workplace.store.database.fetchval("SELECT count(*) FROM casefile") == 0


async def test_strangers_and_other_offices_get_no_receipt(new_browser, workplace: Workplace) -> None:
    clerk = await new_browser("clerk")
    await clerk.get(f"/counter/{TARGETED}")
    await send(clerk, f"/counter/{TARGETED}", filled(TARGETED))
    number = number_on(clerk.page)
    stranger, other = await new_browser(), await new_browser("a-clerk")
    for path in (f"/cases/{number}/receipt.pdf", f"/cases/{number}/accepted"):
        assert 'action="/sign-in"' in await stranger.get(path)
        await other.get(path)
        assert other.status == 404


async def test_a_sheet_without_the_sessions_token_is_refused(new_browser) -> None:
    clerk = await new_browser("clerk")
    action = f"/counter/{TARGETED}"
    await clerk.get(action)
    await send(clerk, action, filled(TARGETED), hidden=clerk.form(action) | {"_csrf": "another"})
    assert clerk.status == 403


async def test_every_service_of_every_counter_shows_its_sheet_in_each_language(
    new_browser, workplace: Workplace
) -> None:
    staff: dict[tuple[str, Role], Browser] = {}
    for pair in pairs():
        counter = CATALOGUE.counters_of(pair.service.id, pair.channel)[0]
        role = pair.service.procedure(pair.channel, pair.kind).path(pair.channel)[0].actions[0].role
        if (counter.id, role) not in staff:
            member = await hire(workplace.desk, counter.id, role)
            browser = await new_browser()
            await browser.get("/sign-in")
            await browser.post("/sign-in", iin=str(member.iin), password=PASSWORD)
            staff[counter.id, role] = browser
        query = f"?kind={pair.kind}" if pair.kind and kind_comes_first(pair.service) else ""
        page = await staff[counter.id, role].get(f"/counter/{pair.service.id}{query}")
        assert staff[counter.id, role].status == 200, pair
        assert 'name="sheet"' in page, pair
        for document in documents_of(pair.service, pair.kind):
            assert f'name="{FILE}{document.id}"' in page, (pair, document.id)


def test_no_field_of_any_form_is_called_as_a_field_of_the_sheet_is() -> None:
    for service in CATALOGUE.services.values():
        for field in service.form:
            assert field.id not in OWN_NAMES
            assert not field.id.startswith((FILE, ON_PAPER))


def test_the_sheet_takes_as_many_files_as_any_service_asks_for() -> None:
    for service in CATALOGUE.services.values():
        assert len(service.documents) <= LIMITS.max_files
        assert all(document.max_bytes <= LIMITS.max_file_bytes for document in service.documents)
        fields = len(service.form) + 2 * len(service.documents) + len(OWN_NAMES)
        assert fields + MOST_TOGETHER < LIMITS.max_fields


def test_everything_the_counters_pages_say_is_translated() -> None:
    own = ("counter", "macros/fields.html")
    assert [one for one in untranslated() if any(name in one.message.file for name in own)] == []
