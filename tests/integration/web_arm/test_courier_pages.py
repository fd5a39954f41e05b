"""The registers' pages at a window: found by their numbers, none hidden before it is marked, sheets counted."""

from __future__ import annotations

import html

import pytest

from gateway.courier import rows
from gateway.courier.errors import RegisterCode, RegisterError
from tests.integration.flows_arm.department import ALMATY, EDUCATION, Department

COURIER = "Қасымов Ерлан"
STRANGER = "73999999999999"


@pytest.fixture
def at(hall) -> Department:
    return Department(hall)


@pytest.fixture
async def operator(at):
    return await at.operator(ALMATY)


@pytest.fixture
async def gone(at, operator) -> list[str]:
    """Three packages that the provider has received."""
    numbers = await at.packages(operator, 3)
    made = await at.registers.make(operator, EDUCATION, numbers, COURIER)
    await at.mark_packages(made.number, numbers)
    return numbers


def says(browser, code: RegisterCode, **facts: object) -> bool:
    error = RegisterError(code, **facts)
    return error.text.kk in browser.page and error.advice.kk in browser.page


async def test_no_register_that_waits_for_its_mark_is_hidden_by_newer_ones(at, gone, browser, monkeypatch):
    brought = [await at.bring_results([one], f"7500000000000{place}") for place, one in enumerate(gone)]
    monkeypatch.setattr(rows, "PAGE", 1)
    page = await browser.get("/registers")
    assert all(f'href="/registers/{one}"' in page for one in brought)
    await at.mark(await at.operator(ALMATY), brought[2], {gone[2]})
    page = await browser.get("/registers")
    assert page.index(brought[0]) < page.index(brought[1]) < page.index(brought[2])


async def test_a_register_is_opened_by_its_barcode_or_its_number(at, gone, browser):
    number = await at.bring_results(gone[:1])
    for code in (f"]C1{number}\r\n", number):
        await browser.get("/registers")
        await browser.post("/registers/open", code=code)
        assert browser.path == f"/registers/{number}"


@pytest.mark.parametrize(
    ("code", "refused"),
    [("", RegisterCode.NOT_A_NUMBER), ("7400", RegisterCode.NOT_A_NUMBER), ("74999999999999", RegisterCode.UNKNOWN)],
)
async def test_a_number_of_no_register_says_what_to_do(browser, code, refused):
    await browser.get("/registers")
    await browser.post("/registers/open", code=code)
    assert browser.status == 400
    assert says(browser, refused, number=code)


async def test_another_departments_register_says_where_it_belongs(at, gone, new_browser, hall):
    number = await at.bring_results(gone)
    stranger = await new_browser(await hall.operator("karaganda-corporation"))
    await stranger.get("/registers")
    await stranger.post("/registers/open", code=number)
    assert stranger.status == 400
    assert hall.rooms.catalogue.office(ALMATY).name.kk in html.unescape(stranger.page)
    assert gone[0] not in stranger.page
    for path in (f"/registers/{number}", f"/registers/{number}.pdf", f"/registers/{number}/labels.pdf"):
        await stranger.get(path)
        assert stranger.status in (403, 404, 409)
        assert gone[0] not in stranger.page


@pytest.mark.parametrize(
    "sheets", ["0", *(pytest.param(one, marks=pytest.mark.full) for one in ("-1", "үш", "99999", "1.5"))]
)
async def test_sheets_that_are_no_number_are_not_taken_for_the_proposal(at, browser, operator, sheets):
    (number,) = await at.packages(operator, 1)
    await browser.get("/registers")
    await browser.post("/registers", package=number, courier=COURIER, **{f"sheets_{number}": sheets})
    assert browser.status == 400
    assert await at.registers.outgoing(operator) == ()
    await browser.post("/registers", package=number, courier=COURIER, **{f"sheets_{number}": "12"})
    (made,) = await at.registers.outgoing(operator)
    assert made.entries[0].sheets == 12


async def test_a_result_beside_the_register_and_a_missing_one_are_told_apart_and_kept(at, gone, browser):
    listed, missing, beside = gone
    number = await at.bring_results([listed, missing])
    await browser.get(f"/registers/{number}")
    for one in (listed, beside):
        await browser.post(f"/registers/{number}/scan", code=one)
        assert browser.status == 200
    await browser.post(f"/registers/{number}/scan", code=STRANGER)
    assert says(browser, RegisterCode.PACKAGE_UNKNOWN, number=STRANGER)
    await browser.post(f"/registers/{number}/close")
    assert browser.status == 400
    assert says(browser, RegisterCode.UNCONFIRMED, count=1)
    await browser.post(f"/registers/{number}/close", missing_confirmed="yes")
    assert browser.status == 200
    marked = await at.registers.find(await at.operator(ALMATY), number)
    assert [one.application for one in marked.missing] == [missing]
    assert [one.application for one in marked.unlisted] == [beside]
    await browser.get(f"/registers/{number}")
    assert f"/registers/{number}/scan" not in browser.page


async def test_a_scan_of_a_marked_register_changes_nothing_and_says_so(at, gone, browser, operator):
    number = await at.bring_results(gone[:2])
    await browser.get(f"/registers/{number}")
    form = browser.form(f"/registers/{number}/scan")
    await at.mark(operator, number, {gone[0]})
    await browser.send(f"/registers/{number}/scan", {**form, "code": gone[1]})
    assert browser.status >= 400
    assert RegisterError(RegisterCode.MARKED, number=number).text.kk in browser.page
    assert not await at.registers.result_is_here(gone[1])
