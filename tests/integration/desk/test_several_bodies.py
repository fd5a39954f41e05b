"""Procedures that leave the provider: rural akims, commissions, the district akim who signs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.catalogue import Outcome as Ending
from gateway.catalogue import Role
from gateway.desk import CaseState, DeskCode, DeskError, Search
from gateway.desk.case import Finding
from gateway.desk.cases import CaseAction
from gateway.desk.permissions import Move, may_see, what_may
from gateway.eds.xml import parse
from gateway.results.markup import read_element
from tests.integration.desk.bodies import Bodies, decision_in
from tests.integration.desk.workplace import CATALOGUE

CHILDREN = "child-allowance-under-18"
FUEL = "rural-social-workers-fuel-assistance"
MEMBERSHIP = "tsa-recipient-certificate"
ASSISTANCE = "local-social-assistance"
GUARDIANS = "guardianship-establishment"
PROVIDER, AKIM, COMMISSION = "bukhar-zhyrau-employment", "kokpekti-akim", "bukhar-zhyrau-precinct-commission"


@pytest.fixture
def bodies(workplace) -> Bodies:
    return Bodies(workplace)


async def at_akim(bodies: Bodies, service: str, **how) -> str:
    return await bodies.open(service, "rural-akim", office=PROVIDER, counter=AKIM, **how)


async def test_an_allowance_asked_for_at_the_akims_goes_to_the_commission_and_the_provider_and_back(bodies) -> None:
    """Karaganda, service 2: nine steps of three bodies, of which the akim's executor has three."""
    number = await at_akim(bodies, CHILDREN)
    assert await bodies.walked(number) == [
        ("register", "clerk", AKIM),
        ("resolve", "head", AKIM),
        ("check-documents", "executor", AKIM),
        ("forward", "executor", AKIM),
        ("conclude", "commission", COMMISSION),
        ("forward", "executor", AKIM),
        ("draft", "executor", PROVIDER),
        ("sign", "head", PROVIDER),
        ("forward", "clerk", PROVIDER),
        ("hand-over", "executor", AKIM),
    ]
    case = await bodies.case(number)
    assert case.state is CaseState.CLOSED
    assert case.conclusion is Finding.FAVOURABLE
    assert await bodies.steps(number) == [("procedure", step, "done") for step in range(1, 10)]


async def test_the_akims_executor_stays_assigned_while_others_work(bodies) -> None:
    """Between the akim's steps the case has no executor at the commission, and another one at the provider."""
    number = await at_akim(bodies, CHILDREN)
    akims = await bodies.staff(AKIM, Role.EXECUTOR)
    other = await bodies.staff(AKIM, Role.EXECUTOR, 2)
    assert (await bodies.to(number, "forward")).executor == akims.id
    assert (await bodies.to(number, "conclude")).executor is None
    back = await bodies.to(number, "forward")
    assert back.executor == akims.id
    with pytest.raises(DeskError) as refused:
        await bodies.desk.bodies.forward(other, number, version=back.version)
    assert refused.value.code is DeskCode.NOT_ASSIGNED
    assert (await bodies.to(number, "draft")).executor is None
    assert (await bodies.to(number, "hand-over")).executor == akims.id


async def test_where_no_head_resolves_any_executor_of_the_office_takes_the_work_and_keeps_it(bodies) -> None:
    number = await at_akim(bodies, CHILDREN)
    case = await bodies.to(number, "draft", PROVIDER)
    first, second = await bodies.staff(PROVIDER, Role.EXECUTOR), await bodies.staff(PROVIDER, Role.EXECUTOR, 2)
    for member in (first, second):
        assert number in [one.number for one in (await bodies.desk.lists.inbox(member)).cases]
        assert await bodies.desk.lists.count_waiting(member) == 1
    taken = await bodies.desk.moves.claim(second, number, version=case.version)
    assert taken.executor == second.id
    assert [one.number for one in (await bodies.desk.lists.inbox(first)).cases] == []
    with pytest.raises(DeskError) as refused:
        await bodies.desk.moves.claim(first, number, version=taken.version)
    assert refused.value.code is DeskCode.NOT_ASSIGNED
    released = await bodies.desk.moves.release(second, number, version=taken.version)
    assert released.executor == second.id
    head = await bodies.staff(PROVIDER, Role.HEAD)
    assert Move.ASSIGN in what_may(released, head, CATALOGUE)
    given = await bodies.desk.moves.assign(
        head, number, version=released.version, executor=first.id, reason="Демалыста"
    )
    assert given.executor == first.id


async def test_the_provider_sees_a_case_that_is_elsewhere_and_cannot_touch_it(bodies) -> None:
    number = await at_akim(bodies, CHILDREN)
    clerk = await bodies.staff(PROVIDER, Role.CLERK)
    case = await bodies.desk.cases.get(clerk, number)
    with pytest.raises(DeskError) as refused:
        await bodies.desk.actions.register(clerk, number, version=case.version)
    assert refused.value.code is DeskCode.ELSEWHERE
    assert what_may(case, clerk, CATALOGUE) == frozenset()
    assert (await bodies.desk.lists.inbox(clerk)).cases == ()
    assert [one.number for one in (await bodies.desk.lists.open(clerk)).cases] == [number]
    assert [one.number for one in (await bodies.desk.lists.search(clerk, Search(number=number))).cases] == [number]


async def test_a_body_sees_what_waits_for_it_and_nothing_of_what_does_not(bodies) -> None:
    number = await at_akim(bodies, CHILDREN)
    commission = await bodies.staff(COMMISSION, Role.COMMISSION)
    clerk = await bodies.staff(AKIM, Role.CLERK)
    with pytest.raises(DeskError) as unseen:
        await bodies.desk.cases.get(commission, number)
    assert unseen.value.code is DeskCode.NO_SUCH_CASE
    case = await bodies.to(number, "conclude")
    assert [one.number for one in (await bodies.desk.lists.inbox(commission)).cases] == [number]
    assert [one.number for one in (await bodies.desk.lists.search(commission, Search(number=number))).cases] == [number]
    assert [one.number for one in (await bodies.desk.lists.open(clerk)).cases] == [number]
    assert [one.number for one in (await bodies.desk.lists.search(clerk, Search(number=number[-4:]))).cases] == []
    assert [one.number for one in (await bodies.desk.lists.search(clerk, Search(name="жап"))).cases] == [number]
    done = await bodies.desk.bodies.conclude(
        commission, number, version=case.version, favourable=False, act="Акт", conclusion="Қажет емес"
    )
    assert not may_see(done, commission)
    again = await bodies.desk.bodies.conclude(
        commission, number, version=case.version, favourable=False, act="Акт", conclusion="Қажет емес"
    )
    assert again == done, "the second click of what took the case away is answered as the first"
    with pytest.raises(DeskError):
        await bodies.desk.cases.get(commission, number)
    await bodies.to(number, None)
    assert [one.number for one in (await bodies.desk.lists.closed(clerk)).cases] == [number]


async def test_the_commissions_two_papers_are_in_the_case_and_its_no_binds_nobody(bodies) -> None:
    number = await at_akim(bodies, CHILDREN)
    await bodies.to(number, "conclude")
    await bodies.do(number, favourable=False, act="Отбасы тексерілді", conclusion="Мұқтаж емес")
    head = await bodies.staff(PROVIDER, Role.HEAD)
    papers = await bodies.desk.papers.of(head, number)
    assert [(paper.kind.value, paper.text) for paper in papers] == [
        ("commission-act", "Отбасы тексерілді"),
        ("commission-conclusion", "Мұқтаж емес"),
    ]
    case = await bodies.to(number, "draft")
    assert case.conclusion is Finding.ADVERSE
    await bodies.do(number)
    people = await bodies.desk.cases.people(head, number)
    assert {AKIM, COMMISSION, PROVIDER} == {person.office for person in people.values()}


@pytest.mark.parametrize("words", [{"act": " "}, {"conclusion": ""}])
async def test_a_conclusion_without_its_papers_is_not_taken(bodies, words) -> None:
    number = await at_akim(bodies, CHILDREN)
    before = await bodies.to(number, "conclude")
    with pytest.raises(DeskError) as refused:
        await bodies.do(number, **words)
    assert refused.value.code is DeskCode.TEXT_MISSING
    assert await bodies.case(number) == before


async def test_both_bodies_check_the_documents_where_the_act_has_two_checks(bodies) -> None:
    """Service 17 on the akim's channel: its own order of steps, and a check at either body."""
    number = await at_akim(bodies, FUEL)
    assert await bodies.walked(number) == [
        ("register", "clerk", AKIM),
        ("resolve", "head", AKIM),
        ("check-documents", "executor", AKIM),
        ("forward", "head", AKIM),
        ("check-documents", "executor", PROVIDER),
        ("draft", "executor", PROVIDER),
        ("sign", "head", PROVIDER),
        ("hand-over", "clerk", PROVIDER),
    ]
    assert [step for _, step, _ in await bodies.steps(number)] == [1, 2, 4, 3, 5, 6]


async def test_within_one_step_the_work_goes_from_the_akims_executor_to_the_providers(bodies) -> None:
    number = await at_akim(bodies, ASSISTANCE, kind="disability")
    seen = await bodies.walked(number)
    assert seen[2:6] == [
        ("check-documents", "executor", AKIM),
        ("forward", "executor", AKIM),
        ("check-documents", "executor", PROVIDER),
        ("draft", "executor", PROVIDER),
    ]
    assert [step for _, step, _ in await bodies.steps(number)] == [1, 2, 3, 4, 5]


async def test_documents_returned_to_the_akim_are_judged_anew_when_they_come_again(bodies) -> None:
    number = await at_akim(bodies, FUEL)
    case = await bodies.to(number, "draft")
    executor = await bodies.doer(case)
    assert Move.RETURN in what_may(case, executor, CATALOGUE)
    back = await bodies.desk.moves.send_back(executor, number, version=case.version, reason="Құжат жетіспейді")
    assert (back.awaits_verb, back.awaits_office) == ("forward", AKIM)
    await bodies.do(number)
    again = await bodies.case(number)
    assert (again.awaits_verb, again.awaits_office) == ("check-documents", PROVIDER)


async def test_the_akims_certificate_is_wholly_the_akims(bodies) -> None:
    """Service 3: the akim's own journal, number, document and signature."""
    number = await at_akim(bodies, MEMBERSHIP)
    seen = await bodies.walked(number)
    assert {office for _, _, office in seen} == {AKIM}
    case = await bodies.case(number)
    assert case.signatures == 1
    assert case.journal_number == "2026-1"
    akim = CATALOGUE.office(AKIM)
    assert str(case.result_number).startswith(akim.bin[-4:])
    head = await bodies.staff(AKIM, Role.HEAD)
    document = read_element(parse((await bodies.desk.cases.signed_result(head, number)).removesuffix(b"<!--signed-->")))
    assert (str(document.provider.bin), str(document.issuer.bin)) == (akim.bin, akim.bin)


async def test_the_providers_head_cannot_sign_the_akims_certificate(bodies) -> None:
    number = await at_akim(bodies, MEMBERSHIP)
    case = await bodies.to(number, "sign")
    head = await bodies.staff(PROVIDER, Role.HEAD)
    with pytest.raises(DeskError) as refused:
        await bodies.desk.issue.sign(head, number, version=case.version, signed=b"<a/>")
    assert refused.value.code is DeskCode.ELSEWHERE


@pytest.mark.parametrize(("district", "akim"), [("medeu", "almaty-medeu-akim"), ("turksib", "almaty-turksib-akim")])
async def test_an_order_is_signed_by_the_akim_of_the_childs_district_and_a_refusal_by_the_head(
    bodies, district, akim
) -> None:
    number = await bodies.open(GUARDIANS, "portal", office="almaty-education", fields={"district": district})
    seen = await bodies.walked(number)
    assert ("sign", "head", akim) in seen
    assert ("sign", "head", "almaty-education") not in seen
    head = await bodies.staff("almaty-education", Role.HEAD)
    document = read_element(parse((await bodies.desk.cases.signed_result(head, number)).removesuffix(b"<!--signed-->")))
    assert str(document.issuer.bin) == CATALOGUE.office(akim).bin
    assert str(document.provider.bin) == CATALOGUE.office("almaty-education").bin

    refused = await bodies.open(GUARDIANS, "portal", office="almaty-education", fields={"district": district})
    case = await bodies.to(refused, "draft")
    await bodies.do(refused, decision=decision_in(case, Ending.REFUSED))
    assert ("sign", "head", "almaty-education") in await bodies.walked(refused)


async def test_a_lateness_of_another_body_is_told_as_its_own(bodies) -> None:
    number = await at_akim(bodies, CHILDREN)
    await bodies.to(number, "conclude")
    bodies.place.clock.advance(timedelta(days=10))
    await bodies.desk.deadlines.mark_late({"number": number, "ordinal": 4})
    notes = [event.step.facts for event in await bodies.trail(number) if "late-step" in event.step.facts]
    assert notes == [{"late-step": 4, "office": COMMISSION}]
    now = bodies.place.clock.now()
    for office, role, seen in ((PROVIDER, "head", True), (COMMISSION, "commission", True), (AKIM, "head", False)):
        member = await bodies.staff(office, role)
        overdue = await bodies.desk.lists.overdue(member, now)
        assert ([one.number for one in overdue.cases] == [number]) is seen, office
        assert await bodies.desk.lists.count_overdue(member, now) == int(seen)


async def test_a_step_ends_with_the_working_day_of_the_office_that_does_it(bodies) -> None:
    number = await at_akim(bodies, CHILDREN)
    case = await bodies.to(number, "conclude")
    closes = CATALOGUE.office(COMMISSION).hours.closes
    assert case.due_at is not None
    local = case.due_at + timedelta(hours=5)
    assert (local.hour, local.minute) == (closes.hour, closes.minute)


async def test_who_did_what_is_kept_of_every_body(bodies) -> None:
    number = await at_akim(bodies, CHILDREN)
    await bodies.to(number, None)
    head = await bodies.staff(PROVIDER, Role.HEAD)
    actions: tuple[CaseAction, ...] = await bodies.desk.cases.actions(head, number)
    people = await bodies.desk.cases.people(head, number)
    assert [people[action.staff].office for action in actions] == [
        *[AKIM] * 4,
        COMMISSION,
        AKIM,
        *[PROVIDER] * 3,
        AKIM,
    ]
