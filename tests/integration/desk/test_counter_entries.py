"""An unfinished entry of a counter ends once, as it was seen, and by the counter that it belongs to alone."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from gateway.catalogue import Role
from gateway.desk import StaffMember
from gateway.desk.entry_errors import EntryCode, EntryError
from gateway.desk.paper import Paper
from tests.integration.desk.counter_paper import a_paper, hire
from tests.integration.desk.workplace import Workplace

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
