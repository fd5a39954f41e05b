"""The cabinet says until when a draft is kept, and says it of nothing else."""

from datetime import timedelta

import pytest

from gateway.flows.kept_drafts import KEPT
from tests.integration.flows.town import ALMATY, IIN, KARAGANDA


@pytest.mark.parametrize(
    "told",
    [
        ("kk", "01.04.2026 күніне дейін сақталады, содан кейін жойылады"),
        ("ru", "Хранится до 01.04.2026, затем удаляется"),
        ("en", "Kept until 01.04.2026, then deleted"),
    ],
)
async def test_the_list_says_until_when_a_draft_is_kept(town, account, key, sign_in, told):
    language, words = told
    await town.accepted(ALMATY, account, key)
    browser, _ = await sign_in(IIN)
    page = await browser.get("/cabinet", params={"lang": language})
    assert words not in page.words()
    await town.filled(KARAGANDA, account)
    page = await browser.get("/cabinet")
    assert page.words().count(words) == 1


async def test_a_draft_that_was_forgotten_is_not_there_any_more(town, account, sign_in, clock):
    number = await town.filled(KARAGANDA, account)
    clock.advance(KEPT + timedelta(days=1))
    await town.rooms.kept_drafts.forget_old(clock.now() - KEPT)
    browser, _ = await sign_in(IIN)
    assert number not in (await browser.get("/cabinet")).words()
    assert (await browser.get(f"/applications/{number}/form")).status == 404
