"""What an applicant does not finish on the portal is forgotten in its time, and nothing else is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.eds.codes import Code
from gateway.flows.errors import ApplicationUnknown
from gateway.flows.kept_drafts import KEPT
from tests.integration.flows.town import ALMATY, ANSWERS, KARAGANDA

DAY = timedelta(days=1)


@pytest.fixture
def forget(town, clock):
    async def now() -> int:
        return await town.rooms.kept_drafts.forget_old(clock.now() - KEPT)

    return now


async def test_a_draft_goes_with_its_documents_and_another_may_be_begun(town, account, key, clock, forget):
    number = await town.ready(ALMATY, account, key)
    database = town.store.database
    assert await database.fetchval("SELECT count(*) FROM attachment") > 0
    await database.execute(
        "INSERT INTO office_choice (application, finding, found_at) VALUES ($1, 'not-asked', $2)", number, clock.now()
    )
    clock.advance(KEPT)
    assert await forget() == 0
    clock.advance(DAY)
    assert await forget() == 1
    for table in ("application", "attachment", "office_choice"):
        assert await database.fetchval(f"SELECT count(*) FROM {table}") == 0, table
    with pytest.raises(ApplicationUnknown):
        await town.rooms.flow.process_3_fill_form(account.id, number, ANSWERS[ALMATY])
    assert await town.rooms.flow.process_3_select_service(account, ALMATY, session="s") != number


async def test_every_change_puts_it_off(town, account, clock, forget):
    number = await town.filled(KARAGANDA, account)
    clock.advance(KEPT - DAY)
    await town.rooms.flow.process_3_fill_form(account.id, number, ANSWERS[KARAGANDA])
    clock.advance(2 * DAY)
    assert await forget() == 0
    (application,) = await town.rooms.cabinet.applications(account.id)
    until = town.rooms.kept_drafts.kept_until(application.state, application.changed_at)
    assert until == clock.now() - 2 * DAY + KEPT


async def test_what_was_sent_refused_or_held_stays(town, account, key, clock, forget):
    sent = await town.accepted(KARAGANDA, account, key)
    town.trust.code = Code.CERTIFICATE_EXPIRED
    refused = await town.ready(ALMATY, account, key)
    clock.advance(10 * KEPT)
    assert await forget() == 0
    found = {one.number: one.state for one in await town.rooms.cabinet.applications(account.id)}
    assert found == {sent: "accepted", refused: "not-confirmed"}
    assert (await town.rooms.cabinet.view(account.id, refused)).document is not None
