"""The first page of a window says until when an open intake is kept, and says it of nothing else."""

from datetime import timedelta

import pytest

from gateway.flows.arm.errors import ArmCode
from tests.integration.flows_arm.decided import Results
from tests.integration.flows_arm.hall import CERTIFICATE


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", "01.04.2026 күніне дейін сақталады"),
        ("ru", "Хранится до 01.04.2026"),
        ("en", "Kept until 01.04.2026"),
    ],
)
async def test_the_list_says_until_when_a_draft_is_kept(browser, hall, language, words):
    results = await Results.build(hall)
    await results.taken_in("73999999999999", state="held")
    page = await browser.get(f"/?lang={language}")
    assert "73999999999999" in page
    assert "01.04.2026" not in page
    await results.taken_in("73000000000001", state="draft", operator=results.colleague)
    page = await browser.get("/")
    (row,) = [row for row in page.split("<tr>") if ">73000000000001</a>" in row]
    assert words in row
    assert page.count("01.04.2026") == 1


async def test_what_is_still_typed_into_a_forgotten_draft_is_refused_in_words(browser, hall, clock):
    number = await browser.begin(CERTIFICATE)
    await browser.get(f"/intakes/{number}/form")
    form = browser.form(f"/intakes/{number}/form")
    assert await hall.rooms.kept_drafts.forget_old(clock.now() + timedelta(seconds=1)) == 1
    headers = {"X-CSRF-Token": form["_csrf"], "Accept": "application/json"}
    sent = {"version": int(form["version"]), "typed": {"applicant_name": "Жарты Ат"}}
    async with browser.client.post(f"/intakes/{number}/typed", json=sent, headers=headers) as answer:
        assert answer.status == 404
        assert (await answer.json())["error"]["code"] == ArmCode.NO_SUCH_INTAKE
    page = await browser.send(f"/intakes/{number}/form", form | sent["typed"])
    assert browser.status == 404
    assert ArmCode.NO_SUCH_INTAKE in page
    assert number not in await browser.get("/")
