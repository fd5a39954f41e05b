"""Staff who leave: their accounts and sessions end, what they had claimed is free, and their work waits for another."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.catalogue import Role, Verb
from gateway.desk import DeskCode, DeskError
from gateway.desk.lists import COUNTED, PAGE
from gateway.desk.permissions import Move, what_may
from gateway.identity.sessions import PostgresSessions
from tests.integration.desk.filing import file_case
from tests.integration.desk.workplace import ALMATY, KARAGANDA, OFFICES, PASSWORD, Workplace

HERE = OFFICES[KARAGANDA]
REASON = "Қызметкер жұмыстан шықты"


async def leave(place: Workplace, *who: str) -> int:
    """Let some of the staff leave: the file names all the others."""
    return await place.desk.staff.close_others(one.iin for name, one in place.staff.items() if name not in who)


async def numbers_to_give(place: Workplace, who: str = "head") -> list[str]:
    return [one.number for one in (await place.desk.lists.to_give(place.staff[who])).cases]


async def move(place: Workplace, who: str, *, office: str, role: Role) -> None:
    member = place.staff[who]
    place.staff[who] = await place.desk.staff.seed(iin=member.iin, name=member.name, office=office, role=role)


@pytest.fixture
async def drafting(workplace: Workplace) -> str:
    """A case that its executor has claimed."""
    number = await workplace.submit(KARAGANDA)
    await workplace.ask(number)
    case = await workplace.to(number, "draft")
    await workplace.desk.moves.claim(workplace.staff["executor"], number, version=case.version)
    return number


async def test_whoever_has_left_cannot_come_in_and_all_their_sessions_end(workplace) -> None:
    gone, stays = workplace.staff["executor"], workplace.staff["executor-2"]
    sessions = PostgresSessions(workplace.store.database)
    until = datetime.now(UTC) + timedelta(hours=1)
    for digest, member in (("a" * 64, gone), ("b" * 64, gone), ("c" * 64, stays)):
        await sessions.create(digest, {}, account=str(member.id), expires_at=until)
    assert await leave(workplace, "executor") == 1
    assert await leave(workplace, "executor") == 0
    assert [await sessions.load(digest * 64) for digest in "abc"] == [None, None, {}]
    assert await workplace.desk.staff.member(gone.id) is None
    with pytest.raises(DeskError) as caught:
        await workplace.desk.staff.log_in(str(gone.iin), PASSWORD, source="::1")
    assert caught.value.code is DeskCode.LOGIN_REFUSED
    assert await workplace.desk.staff.log_in(str(stays.iin), PASSWORD, source="::2") == stays
    assert [one.id for one in await workplace.desk.staff.executors(workplace.staff["head"])] == [stays.id]


async def test_whoever_is_named_again_comes_in_with_the_old_password(workplace) -> None:
    member = workplace.staff["executor"]
    await leave(workplace, "executor")
    again = await workplace.desk.staff.seed(iin=member.iin, name=member.name, office=member.office, role=member.role)
    assert again == member
    assert await workplace.desk.staff.log_in(str(member.iin), PASSWORD, source="::1") == member


async def test_what_a_leaver_had_claimed_is_free_and_a_page_of_before_is_out_of_date(workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    await workplace.ask(number)
    case = await workplace.case(number)
    case = await workplace.desk.moves.claim(workplace.staff["clerk"], number, version=case.version)
    await leave(workplace, "clerk")
    freed = await workplace.case(number, "head")
    assert (case.claimed_by, freed.claimed_by) == (workplace.staff["clerk"].id, None)
    colleague = workplace.staff["clerk-2"]
    with pytest.raises(DeskError) as caught:
        await workplace.desk.actions.register(colleague, number, version=case.version)
    assert caught.value.code is DeskCode.CHANGED
    done = await workplace.desk.actions.register(colleague, number, version=freed.version)
    assert done.awaits_verb is Verb.RESOLVE


async def test_the_head_gives_a_leavers_work_to_another_executor(workplace, drafting) -> None:
    assert await numbers_to_give(workplace) == []
    await leave(workplace, "executor")
    assert await numbers_to_give(workplace) == [drafting]
    head, other = workplace.staff["head"], workplace.staff["executor-2"]
    assert await workplace.desk.lists.count_to_give(head) == 1
    case = await workplace.case(drafting, "head")
    assert (case.executor, case.claimed_by) == (workplace.staff["executor"].id, None)
    assert Move.ASSIGN in what_may(case, head)
    with pytest.raises(DeskError) as caught:
        await workplace.desk.moves.assign(
            head, drafting, version=case.version, executor=workplace.staff["executor"].id, reason=REASON
        )
    assert caught.value.code is DeskCode.NO_SUCH_EXECUTOR
    case = await workplace.desk.moves.assign(head, drafting, version=case.version, executor=other.id, reason=REASON)
    assert await numbers_to_give(workplace) == []
    drafted = await workplace.desk.actions.draft(
        other, drafting, version=case.version, decision=workplace.decision(case)
    )
    assert drafted.awaits_verb is Verb.SIGN


async def test_who_did_what_stays_under_a_leavers_name(workplace, drafting) -> None:
    await leave(workplace, "executor")
    gone = workplace.staff["executor"]
    people = await workplace.desk.cases.people(workplace.staff["head"], drafting)
    assert people[gone.id] == replace(gone, active=False)
    assert not people[gone.id].is_executor_at(HERE)


@pytest.mark.parametrize(
    ("office", "role"), [(OFFICES[ALMATY], Role.EXECUTOR), (HERE, Role.CLERK)], ids=["another-office", "another-role"]
)
async def test_work_of_whoever_went_to_another_office_or_role_needs_another_executor(
    workplace, drafting, office: str, role: Role
) -> None:
    await move(workplace, "executor", office=office, role=role)
    assert await numbers_to_give(workplace) == [drafting]
    assert (await workplace.case(drafting, "head")).claimed_by is None
    await move(workplace, "executor", office=HERE, role=Role.EXECUTOR)
    assert await numbers_to_give(workplace) == []


async def test_a_new_name_of_a_member_leaves_what_they_claimed(workplace, drafting) -> None:
    member = workplace.staff["executor"]
    await workplace.desk.staff.seed(iin=member.iin, name="Жаңа Аты", office=member.office, role=member.role)
    assert (await workplace.case(drafting)).claimed_by == member.id


async def test_only_the_office_where_the_work_is_sees_that_it_needs_another_executor(workplace, drafting) -> None:
    await leave(workplace, "executor")
    assert await numbers_to_give(workplace, "a-head") == []
    assert await workplace.desk.lists.count_to_give(workplace.staff["a-head"]) == 0
    assert await numbers_to_give(workplace) == [drafting]


async def test_work_of_nobody_and_of_who_stays_needs_no_other_executor(workplace) -> None:
    gone, stays = workplace.staff["executor"].id, workplace.staff["executor-2"].id
    filed = [await file_case(workplace, role="executor", executor=executor) for executor in (None, stays, gone)]
    await file_case(workplace, role="head", executor=gone)
    await file_case(workplace, role="executor", executor=gone, closed=True)
    await leave(workplace, "executor")
    assert await numbers_to_give(workplace) == filed[-1:]


async def test_a_leavers_work_is_paged_by_deadline_and_counted_up_to_a_bound(workplace) -> None:
    gone = [workplace.staff[who].id for who in ("executor", "executor-2")]
    filed = [
        await file_case(workplace, role="executor", executor=gone[serial % 2], due=timedelta(hours=serial))
        for serial in range(2 * PAGE + 1)
    ]
    await leave(workplace, "executor", "executor-2")
    head, after, listed = workplace.staff["head"], "", []
    for length in (PAGE, PAGE, 1):
        page = await workplace.desk.lists.to_give(head, after=after)
        assert len(page.cases) == length
        listed += [one.number for one in page.cases]
        after = page.after or ""
    assert (listed, after) == (filed, "")
    assert await workplace.desk.lists.count_to_give(head) == COUNTED + 1


async def test_what_the_applicant_must_bring_is_recorded_by_another_executor(workplace) -> None:
    gone, other, head = (workplace.staff[who] for who in ("executor", "executor-2", "head"))
    number = await file_case(workplace, role="executor", executor=gone.id)
    await workplace.store.database.execute(
        "UPDATE casefile SET awaits_verb = 'submit', awaits_role = 'applicant', step_kind = 'condition' "
        "WHERE number = $1",
        number,
    )
    await leave(workplace, "executor")
    assert await numbers_to_give(workplace) == [number]
    case = await workplace.case(number, "head")
    assert Move.ASSIGN in what_may(case, head)
    given = await workplace.desk.moves.assign(head, number, version=case.version, executor=other.id, reason=REASON)
    assert given.executor == other.id
    assert Verb.SUBMIT in what_may(given, other)
    assert await numbers_to_give(workplace) == []


@pytest.mark.parametrize("named", [(), ("clerk", "head")])
async def test_everybody_whom_the_file_does_not_name_is_closed_at_once(workplace, named: Collection[str]) -> None:
    closed = await leave(workplace, *(set(workplace.staff) - set(named)))
    assert closed == len(workplace.staff) - len(named)
    active = {name for name, one in workplace.staff.items() if await workplace.desk.staff.member(one.id)}
    assert active == set(named)
