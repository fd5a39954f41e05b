"""A result on paper is handed over by its entry in a register, and not before (act 000, lines 91-93 and 171-174)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gateway.catalogue import Body, Role, Verb
from gateway.courier.errors import RegisterCode, RegisterError
from gateway.desk import Case, CaseState, DeskCode, DeskError, StaffMember
from gateway.exchange.courier_register import RETURN_SERVICE, RegisterMarks, build_marks
from gateway.exchange.response import ResponseOutcome
from gateway.shep.chains import ChainUnknown
from gateway.shep.messages import MessageType
from tests.integration.desk.couriers import ALLOWANCE, ORALMAN, DeskCourier, eventually, pushed, with_inbox
from tests.integration.desk.couriers import handed_over as noted
from tests.integration.desk.windows import CORPORATION, send, taken_in
from tests.integration.desk.workplace import CATALOGUE, Workplace

CHILD, BIRTH, GUARDIANSHIP = "child-allowance-under-18", "birth-registration", "guardianship-establishment"
COURIER = "Қасымов Ерлан"


@pytest.fixture
def oralman(workplace: Workplace) -> DeskCourier:
    return DeskCourier(workplace, ORALMAN)


async def drawn_up(at: DeskCourier, how_many: int = 1) -> list[str]:
    """Cases whose signed results wait for the courier."""
    numbers = await at.twins(how_many)
    await at.received(await at.bring(numbers), *numbers)
    for number in numbers:
        await at.finished(number)
    return numbers


async def given(at: DeskCourier, *numbers: str, by: StaffMember | None = None) -> str:
    member = by or await at.clerk()
    order = {"department": at.department.id, "numbers": numbers, "courier": COURIER}
    return (await at.courier.send(member, **order)).number


async def handed_over(at: DeskCourier, number: str) -> Case:
    """Try to hand a result over by the case's own action."""
    case = await at.bodies.case(number)
    desk, member = at.place.desk, await at.bodies.doer(case)
    act = desk.bodies.forward if case.awaits_verb is Verb.FORWARD else desk.issue.hand_over
    return await act(member, number, version=case.version)


async def test_the_entry_in_the_register_is_the_hand_over_in_trail_and_in_time(oralman: DeskCourier) -> None:
    (number,) = await drawn_up(oralman)
    case = await oralman.bodies.case(number)
    assert (case.state, case.awaits_verb) == (CaseState.OPEN, Verb.HAND_OVER)
    assert oralman.place.response(number) is None
    before = await oralman.bodies.steps(number)
    assert ("process", 4, "done") not in before
    assert ("procedure", 4, "done") not in before
    oralman.place.clock.advance(timedelta(hours=2))
    register = await given(oralman, number)
    case = await oralman.bodies.case(number)
    assert (case.state, case.closed_at) == (CaseState.CLOSED, oralman.place.clock.now())
    steps = await oralman.bodies.steps(number)
    assert steps[len(before) :] == [("procedure", 4, "done"), ("process", 4, "done")]
    entered = next(
        event
        for event in await oralman.bodies.trail(number)
        if (event.step.kind, event.step.number) == ("procedure", 4)
    )
    clerk = await oralman.clerk()
    assert (entered.at, entered.actor) == (oralman.place.clock.now(), clerk.actor)
    assert (entered.step.facts["courier-register"], entered.step.facts["late"]) == (register, False)
    response = oralman.place.response(number)
    assert response is not None
    assert (response.outcome, response.at) == (ResponseOutcome.ISSUED, oralman.place.clock.now())
    actions = await oralman.place.desk.cases.actions(clerk, number)
    assert (actions[-1].verb, actions[-1].staff) == ("hand-over", clerk.id)


async def test_the_step_is_late_when_the_register_is(oralman: DeskCourier) -> None:
    (number,) = await drawn_up(oralman)
    case = await oralman.bodies.case(number)
    assert case.due_at is not None
    (ready,) = await oralman.courier.results(await oralman.clerk())
    assert ready.due_at == case.due_at
    oralman.place.clock.set(case.due_at + timedelta(minutes=1))
    await given(oralman, number)
    assert (await oralman.bodies.stays(number))[-1].late


@pytest.mark.parametrize(
    "service", [ORALMAN, CHILD, *(pytest.param(one, marks=pytest.mark.full) for one in (ALLOWANCE, GUARDIANSHIP))]
)
async def test_without_a_register_nothing_is_handed_over(workplace: Workplace, service: str) -> None:
    at = DeskCourier(workplace, service)
    (number,) = await drawn_up(at)
    with pytest.raises(DeskError) as caught:
        await handed_over(at, number)
    assert caught.value.code is DeskCode.BY_REGISTER
    case = await at.bodies.case(number)
    assert (case.state, await workplace.desk.issue.needs_register(case)) == (CaseState.OPEN, True)
    assert workplace.response(number) is None
    await at.bodies.walked(number)
    assert (await at.bodies.case(number)).state is CaseState.CLOSED
    assert workplace.response(number) is not None


async def test_what_came_over_the_gateways_is_handed_over_as_before(workplace: Workplace) -> None:
    at = DeskCourier(workplace, ALLOWANCE)
    number = await send(workplace, taken_in(workplace, ALLOWANCE))
    await at.bodies.to(number, Verb.HAND_OVER)
    await handed_over(at, number)
    assert (await at.bodies.case(number)).state is CaseState.CLOSED
    with pytest.raises(RegisterError, match=RegisterCode.PACKAGE_NOT_READY):
        await given(at, number)


async def test_where_the_state_corporation_collects_the_case_ends_with_the_signature(workplace: Workplace) -> None:
    """Almaty region, birth registration, lines 145-155: the register only accompanies what is collected."""
    at = DeskCourier(workplace, BIRTH)
    (number,) = await drawn_up(at)
    assert (await at.bodies.case(number)).state is CaseState.CLOSED
    assert workplace.response(number) is not None
    (ready,) = await at.courier.results(await at.clerk())
    assert (ready.number, ready.verb, ready.due_at) == (number, None, None)
    await given(at, number)
    assert await at.courier.results(await at.clerk()) == ()


async def test_the_executor_gives_it_to_the_courier_where_the_act_has_the_executor_hand_over(workplace) -> None:
    """Almaty act, lines 476-479."""
    at = DeskCourier(workplace, GUARDIANSHIP)
    (number,) = await drawn_up(at)
    clerk, executor = await at.clerk(), await at.bodies.doer(await at.bodies.case(number))
    assert executor.role is Role.EXECUTOR
    assert (at.courier.may_send(executor), at.courier.may_work(executor)) == (True, False)
    assert await at.courier.results(clerk) == ()
    with pytest.raises(RegisterError, match=RegisterCode.PACKAGE_NOT_READY):
        await given(at, number, by=clerk)
    colleague = await at.bodies.staff(at.office.id, Role.EXECUTOR, 2)
    assert await at.courier.results(colleague) == ()
    register = await given(at, number, by=executor)
    assert (await at.courier.register(executor, register)).made_by == executor.name
    assert (await at.bodies.case(number)).state is CaseState.CLOSED
    with pytest.raises(RegisterError, match=RegisterCode.ROLE):
        await at.courier.scan(executor, register, number)


async def test_who_gives_nothing_to_a_courier_may_not(workplace: Workplace) -> None:
    at = DeskCourier(workplace, ORALMAN)
    (number,) = await drawn_up(at)
    for role in (Role.EXECUTOR, Role.HEAD):
        member = await at.bodies.staff(at.office.id, role)
        assert not at.courier.may_send(member)
        with pytest.raises(RegisterError, match=RegisterCode.ROLE):
            await given(at, number, by=member)
        with pytest.raises(RegisterError, match=RegisterCode.ROLE):
            await at.courier.results(member)
    assert (await at.bodies.case(number)).state is CaseState.OPEN


async def test_one_order_given_by_two_hands_over_each_result_once(oralman: DeskCourier) -> None:
    numbers = await drawn_up(oralman, 2)
    other = await oralman.bodies.staff(oralman.office.id, Role.CLERK, 2)
    made = await asyncio.gather(given(oralman, *numbers), given(oralman, *numbers, by=other))
    assert len(set(made)) == 1
    for number in numbers:
        acted = await oralman.place.desk.cases.actions(other, number)
        assert [one.verb for one in acted].count("hand-over") == 1
        assert len([key for key in oralman.place.sent.sent if key == f"{number} response"]) == 1


async def test_a_register_whose_message_cannot_be_put_has_handed_nothing_over(oralman, monkeypatch) -> None:
    (number,) = await drawn_up(oralman)
    put = oralman.place.sent.put

    async def dies_at_the_end(conn, *, key: str, **message: object) -> bool:
        if key.endswith(" response"):
            raise ConnectionError
        return bool(await put(conn, key=key, **message))

    with monkeypatch.context() as broken:
        broken.setattr(oralman.place.sent, "put", dies_at_the_end)
        with pytest.raises(ConnectionError):
            await given(oralman, number)
    assert (await oralman.bodies.case(number)).state is CaseState.OPEN
    assert await oralman.courier.outgoing(await oralman.clerk()) == ()
    assert [one.number for one in await oralman.courier.results(await oralman.clerk())] == [number]


async def test_a_result_that_a_colleague_has_in_hand_stops_the_whole_register(oralman: DeskCourier) -> None:
    first, second = await drawn_up(oralman, 2)
    other = await oralman.bodies.staff(oralman.office.id, Role.CLERK, 2)
    case = await oralman.bodies.case(second)
    await oralman.place.desk.moves.claim(other, second, version=case.version)
    with pytest.raises(DeskError) as caught:
        await given(oralman, first, second)
    assert (caught.value.code, other.name in caught.value.text.kk) == (DeskCode.TAKEN, True)
    assert {(await oralman.bodies.case(one)).state for one in (first, second)} == {CaseState.OPEN}
    await given(oralman, first, second, by=other)


async def test_a_result_that_was_found_beside_a_register_is_still_entered_in_one(oralman: DeskCourier) -> None:
    """The clerk put it in the bag and forgot the entry: the next register hands it over, nothing is stuck."""
    listed, forgotten = await drawn_up(oralman, 2)
    first = await given(oralman, listed)
    await oralman.mark_results(first, [listed], unlisted=[forgotten])
    (ready,) = await oralman.courier.results(await oralman.clerk())
    assert (ready.number, ready.beside) == (forgotten, first)
    assert (await oralman.bodies.case(forgotten)).state is CaseState.OPEN
    second = await given(oralman, forgotten)
    await oralman.mark_results(second, [forgotten])
    assert (await oralman.bodies.case(forgotten)).state is CaseState.CLOSED
    assert await oralman.courier.results(await oralman.clerk()) == ()


async def test_a_result_that_did_not_arrive_is_carried_again_and_handed_over_once(oralman: DeskCourier) -> None:
    (number,) = await drawn_up(oralman)
    first = await given(oralman, number)
    await oralman.mark_results(first, [], [number])
    (ready,) = await oralman.courier.results(await oralman.clerk())
    assert (ready.missing_on, ready.verb) == (first, None)
    await given(oralman, number)
    assert (await oralman.bodies.steps(number)).count(("procedure", 4, "done")) == 1
    assert len([key for key in oralman.place.sent.sent if key == f"{number} response"]) == 1


async def test_marks_that_overtake_the_gateways_receipt_are_kept_and_taken_when_it_is_noted(oralman) -> None:
    (number,) = await drawn_up(oralman)
    register = await given(oralman, number)
    with pytest.raises(ChainUnknown):
        await oralman.mark_results(register, [number], noted=False)
    assert not (await oralman.courier.register(await oralman.clerk(), register)).is_marked
    await oralman.mark_results(register, [number])
    assert (await oralman.courier.register(await oralman.clerk(), register)).is_marked


async def test_the_inbox_tries_overtaking_marks_again_until_the_receipt_is_noted(oralman: DeskCourier) -> None:
    """Nothing is lost in the reversed order: the message waits in the inbox and is then done."""
    (number,) = await drawn_up(oralman)
    register, store, clerk = await given(oralman, number), oralman.place.store, await oralman.clerk()
    inbox = await with_inbox(store)
    oralman.courier.listen(inbox)
    now = oralman.place.clock.now()
    marks = build_marks(RegisterMarks(register, now, "Оператор", frozenset({number})))
    message = pushed(marks, RETURN_SERVICE, MessageType.RESPONSE, chain=register, at=now)
    await noted(store, register, gateway="rshep", chain=None)

    async def tried() -> bool:
        return bool(await store.database.fetchval("SELECT attempts = 1 FROM inbox"))

    async def done() -> bool:
        oralman.place.clock.advance(timedelta(minutes=1))
        return bool(await store.database.fetchval("SELECT state = 'done' FROM inbox"))

    async with store.working():
        await inbox.receive(message, gateway="rshep")
        await eventually(tried)
        assert not (await oralman.courier.register(clerk, register)).is_marked
        await noted(store, register, gateway="rshep", chain=register)
        await eventually(done)
    assert (await oralman.courier.register(clerk, register)).is_marked


async def test_a_marked_register_that_comes_again_in_another_chain_has_its_marks_sent_there_too(oralman) -> None:
    """The receipt of the first sending was lost, so that the sender knows the chain of the second alone."""
    here, missing = await oralman.twins(2)
    register = await oralman.bring([here, missing])
    await oralman.received(register, here, missing=True)
    for _ in range(2):
        await oralman.bring_again(register, chain="another")
    assert oralman.marks(register, again_in="another") == oralman.marks(register)


def test_every_last_action_by_courier_is_one_that_a_register_does() -> None:
    """Where a procedure ended in another action its results would never leave the desk."""
    for service in CATALOGUE.services.values():
        if not service.opens(CORPORATION):
            continue
        for kind in service.kind_ids or (None,):
            path = service.procedure(CORPORATION, kind).path(CORPORATION)
            acts = [
                act.verb
                for step in path
                for act in step.acts(CORPORATION, kind)
                if (act.body or step.body_on(CORPORATION)) is not Body.CORPORATION
            ]
            assert acts[-1] in (Verb.HAND_OVER, Verb.FORWARD, Verb.SIGN), service.id
