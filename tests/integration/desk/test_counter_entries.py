"""An unfinished entry of a counter ends once, as it was seen, and by the counter that it belongs to alone."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image

from gateway.catalogue import Role
from gateway.catalogue.kinds import documents_of
from gateway.desk import StaffMember
from gateway.desk.entries import KEPT
from gateway.desk.entry_errors import EntryCode, EntryError
from gateway.desk.paper import Paper
from gateway.journal import Forgetting, Retention
from gateway.journal.retention import RETENTION
from tests.integration.desk.counter_paper import a_paper, hire
from tests.integration.desk.couriers import eventually
from tests.integration.desk.workplace import CATALOGUE, Workplace

ASSISTANCE, TARGETED = "local-social-assistance", "targeted-social-assistance"
KARAGANDA, OTHER = "karaganda-employment", "temirtau-employment"


@pytest.fixture
async def clerk(workplace: Workplace) -> StaffMember:
    return workplace.staff["clerk"]


async def kept(workplace: Workplace, member: StaffMember, paper: Paper) -> Paper:
    """The paper as it stands once its entry was begun: under its first version."""
    version = await workplace.desk.counter.entries.keep(
        member, paper.service, paper.sheet, {"applicant_name": paper.applicant_name}, 0
    )
    return replace(paper, version=version)


async def cases(workplace: Workplace) -> int:
    count: int = await workplace.store.database.fetchval("SELECT count(*) FROM casefile")
    return count


async def refusals(workplace: Workplace) -> int:
    count: int = await workplace.store.database.fetchval("SELECT count(*) FROM event WHERE session LIKE 'refused %'")
    return count


def lacking(paper: Paper) -> Paper:
    """The paper without any of its documents."""
    return replace(paper, documents=(), on_paper=())


async def test_an_entry_sent_with_different_words_from_two_terminals_at_once_becomes_one_case(workplace, clerk) -> None:
    paper = await kept(workplace, clerk, a_paper(ASSISTANCE, KARAGANDA))
    papers = [replace(paper, fields={**paper.fields, "family_size": str(size)}) for size in range(2, 6)]
    found = await asyncio.gather(*(workplace.desk.counter.accept(clerk, one) for one in papers))
    assert len({case.number for case in found}) == 1
    assert await cases(workplace) == 1


async def test_what_another_terminal_typed_meanwhile_is_not_lost_with_the_registration(workplace, clerk) -> None:
    paper, entries = await kept(workplace, clerk, a_paper(ASSISTANCE, KARAGANDA)), workplace.desk.counter.entries
    await entries.keep(clerk, paper.service, paper.sheet, {"applicant_name": "Дана"}, paper.version)
    with pytest.raises(EntryError) as error:
        await workplace.desk.counter.accept(clerk, paper)
    assert error.value.code is EntryCode.CHANGED
    assert await cases(workplace) == 0
    entry = await entries.find(clerk, paper.service, paper.sheet)
    assert entry is not None
    assert entry.typed == {"applicant_name": "Дана"}


async def test_another_counter_cannot_refuse_an_entry_away(workplace, clerk) -> None:
    paper = await kept(workplace, clerk, a_paper(TARGETED, KARAGANDA))
    stranger = await hire(workplace.desk, OTHER, Role.CLERK)
    with pytest.raises(EntryError) as error:
        await workplace.desk.counter.refuse(stranger, replace(lacking(paper), office=OTHER))
    assert error.value.code is EntryCode.NO_SUCH_ENTRY
    assert await workplace.desk.counter.entries.find(clerk, paper.service, paper.sheet) is not None
    assert await refusals(workplace) == 0


async def test_what_was_registered_meanwhile_is_not_refused_as_well(workplace, clerk) -> None:
    paper = await kept(workplace, clerk, a_paper(TARGETED, KARAGANDA))
    await workplace.desk.counter.accept(clerk, paper)
    with pytest.raises(EntryError) as error:
        await workplace.desk.counter.refuse(clerk, lacking(paper))
    assert error.value.code is EntryCode.REGISTERED
    assert await refusals(workplace) == 0


NIGHT = timedelta(days=1)
"""A day is over, and three o'clock of a night is in it."""


async def scanned(workplace: Workplace, member: StaffMember, paper: Paper) -> None:
    """Scan a page of the paper's first document."""
    page = io.BytesIO()
    Image.new("RGB", (620, 877), "white").save(page, "JPEG")
    (document, *_) = documents_of(CATALOGUE.service(paper.service), None)
    entries, file = workplace.desk.counter.entries, {"name": "scan.jpg", "media_type": "image/jpeg"}
    problem = await entries.scan(member, paper.service, paper.sheet, document.id, content=page.getvalue(), **file)
    assert problem is None


async def nights_work_is_done(workplace: Workplace) -> bool:
    database = workplace.store.database
    next_night = "SELECT due_at > $1 FROM timer WHERE name = $2"
    waiting = f"SELECT count(*) FROM {database.schema}_pgqueuer"
    is_set = await database.fetchval(next_night, workplace.clock.now(), RETENTION)
    return bool(is_set) and await database.fetchval(waiting) == 0


async def entries_and_pages(workplace: Workplace) -> tuple[list[str], int]:
    database = workplace.store.database
    sheets = [row["sheet"] for row in await database.fetch("SELECT sheet FROM paper_entry ORDER BY sheet")]
    return sheets, await database.fetchval("SELECT count(*) FROM paper_page")


async def test_thirty_days_after_its_last_change_an_unfinished_entry_is_deleted_with_its_pages(
    workplace, clerk, clock
) -> None:
    entries, began = workplace.desk.counter.entries, clock.now()
    old, touched, registered = (
        replace(a_paper(ASSISTANCE, KARAGANDA), sheet=f"a-sheet-of-a-counter-{name}")
        for name in ("old", "touched", "in")
    )
    for paper in (old, touched):
        await kept(workplace, clerk, paper)
        await scanned(workplace, clerk, paper)
    await workplace.desk.counter.accept(clerk, await kept(workplace, clerk, registered))
    (row,) = [one for one in await entries.open(clerk) if one.sheet == old.sheet]
    found = await entries.find(clerk, ASSISTANCE, old.sheet)
    assert found is not None
    assert row.kept_until == found.kept_until == began + KEPT
    retention = Retention(workplace.store, [Forgetting("unfinished entries", KEPT, entries.forget_old)])
    await retention.begin()
    clock.advance(timedelta(days=2))
    await scanned(workplace, clerk, touched)
    async with workplace.store.working():
        clock.set(began + KEPT - timedelta(hours=1))
        await eventually(lambda: nights_work_is_done(workplace))
        assert await entries_and_pages(workplace) == (sorted([old.sheet, registered.sheet, touched.sheet]), 3)
        clock.set(began + KEPT + NIGHT)
        await eventually(lambda: nights_work_is_done(workplace))
        assert await entries_and_pages(workplace) == (sorted([registered.sheet, touched.sheet]), 2)
        clock.advance(2 * NIGHT)
        await eventually(lambda: nights_work_is_done(workplace))
    assert await entries_and_pages(workplace) == ([registered.sheet], 0)
    assert await entries.number_of(clerk, ASSISTANCE, registered.sheet), "the same sheet still makes no second case"


async def test_an_entry_that_somebody_is_changing_just_now_is_not_deleted(workplace, clerk, clock) -> None:
    paper = await kept(workplace, clerk, a_paper(ASSISTANCE, KARAGANDA))
    entries = workplace.desk.counter.entries
    clock.advance(KEPT + NIGHT)
    async with workplace.store.database.transaction() as conn:
        await conn.fetchrow("SELECT * FROM paper_entry WHERE sheet = $1 FOR UPDATE", paper.sheet)
        assert await entries.forget_old(clock.now() - KEPT) == 0
    assert await entries.forget_old(clock.now() - KEPT) == 1


async def test_what_stands_on_a_screen_of_a_deleted_entry_may_be_kept_anew(workplace, clerk, clock) -> None:
    paper = await kept(workplace, clerk, a_paper(ASSISTANCE, KARAGANDA))
    entries = workplace.desk.counter.entries
    clock.advance(KEPT + NIGHT)
    await entries.forget_old(clock.now() - KEPT)
    assert await entries.keep(clerk, ASSISTANCE, paper.sheet, {"applicant_name": "Дана"}, paper.version) == 1
    found = await entries.find(clerk, ASSISTANCE, paper.sheet)
    assert found is not None
    assert (dict(found.typed), found.pages) == ({"applicant_name": "Дана"}, ())
