"""The department's courier: a register is made and sent once, its marks are taken in, results are marked."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from enum import StrEnum

import pytest

from gateway.courier import rows
from gateway.courier.errors import RegisterCode
from gateway.exchange.courier_register import Direction, Mark
from gateway.flows.arm.errors import ArmError
from gateway.shep.chains import ChainUnknown
from tests.integration.flows_arm.department import ALMATY, EDUCATION, Department
from tests.integration.flows_arm.hall import ALLOWANCE, CATALOGUE, NAME, ORALMAN

COURIER = "Қасымов Ерлан"


@pytest.fixture
def at(hall) -> Department:
    return Department(hall)


@pytest.fixture
async def operator(at):
    return await at.operator()


def refusal(code: StrEnum):
    return pytest.raises(ArmError, match=f"^{code}")


def sent_registers(at: Department) -> list[str]:
    return [key for key in at.sent.sent if key.startswith("courier register 74") and not key.endswith("marks")]


async def test_a_package_taken_in_for_the_courier_waits_for_a_register(at, operator):
    number = await at.package(operator)
    (one,) = await at.registers.open_entries(operator)
    assert (one.number, one.office.id, one.service.id, one.applicant_name) == (number, EDUCATION, ALLOWANCE, NAME)
    documents = CATALOGUE.service(ALLOWANCE).documents
    assert (one.documents, one.missing_on) == (len(documents), None)
    assert one.sheets == 1 + 2 + len(documents) - 1
    assert await at.registers.open_entries(await at.operator("karaganda-corporation")) == ()


async def test_what_goes_over_the_gateways_waits_for_no_courier(at, operator):
    await at.hall.accepted(operator, ALLOWANCE)
    assert await at.registers.open_entries(operator) == ()


async def test_a_register_is_made_and_sent_once_however_often_it_is_ordered(at, operator):
    numbers = await at.packages(operator, 2)
    order = (operator, EDUCATION, numbers, f" {COURIER} ")
    made = await at.registers.make(*order, sheets={numbers[0]: 9})
    again = await asyncio.gather(*(at.registers.make(*order) for _ in range(3)))
    assert {one.number for one in again} == {made.number}
    assert sent_registers(at) == [f"courier register {made.number}"]
    sent = at.sent_register(made.number)
    assert (sent.direction, sent.department, sent.office) == (Direction.TO_PROVIDER, ALMATY, EDUCATION)
    assert (sent.made_by, sent.courier) == (operator.name, COURIER)
    assert (sent.entries[0].application, sent.entries[0].sheets) == (numbers[0], 9)
    _, message = at.sent.sent[f"courier register {made.number}"]
    assert message.route_id == CATALOGUE.office(EDUCATION).route_id
    assert made.number.startswith("74")
    assert await at.registers.open_entries(operator) == ()


async def test_making_the_register_is_process_6_once(at, operator):
    (number,) = await at.packages(operator, 1)
    assert "process 6 done" not in await at.hall.trail(number)
    for _ in range(2):
        await at.registers.make(operator, EDUCATION, [number], COURIER)
    assert (await at.hall.trail(number)).count("process 6 done") == 1


async def test_the_register_of_an_oralmans_package_is_processes_1_and_2_of_the_second_list(at, operator):
    """Act 000, lines 156-163."""
    number = await at.package(operator, ORALMAN)
    office = at.hall.office_for(operator, CATALOGUE.service(ORALMAN))
    await at.registers.make(operator, office, [number], COURIER)
    events = await at.hall.rooms.journal.trail(number)
    taken = [event.step.number for event in events if event.step.flow == "corporation-result"]
    assert [one for one in taken if one] == [1, 2]


async def test_a_register_whose_message_cannot_be_put_was_never_made(at, operator, monkeypatch):
    """The process dies with the message: register, process 6 and message stand in one transaction."""
    (number,) = await at.packages(operator, 1)

    async def dies(*_args, **_more):
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(at.sent, "put", dies)
        with pytest.raises(ConnectionError):
            await at.registers.make(operator, EDUCATION, [number], COURIER)
    assert await at.registers.outgoing(operator) == ()
    assert "process 6 done" not in await at.hall.trail(number)
    assert [one.number for one in await at.registers.open_entries(operator)] == [number]


async def test_a_package_goes_with_one_register_at_a_time(at, operator):
    first, second = await at.packages(operator, 2)
    made = await at.registers.make(operator, EDUCATION, [first], COURIER)
    with refusal(RegisterCode.PACKAGE_LISTED) as caught:
        await at.registers.make(operator, EDUCATION, [first, second], COURIER)
    assert made.number in caught.value.text.ru
    assert [one.number for one in await at.registers.open_entries(operator)] == [second]


async def test_two_windows_that_order_at_once_put_no_package_on_two_registers(at, operator):
    numbers = await at.packages(operator, 3)
    other = await at.operator(serial=2)
    await asyncio.gather(
        at.registers.make(operator, EDUCATION, numbers[:2], COURIER),
        at.registers.make(other, EDUCATION, numbers[1:], COURIER),
        return_exceptions=True,
    )
    listed = [one.application for key in sent_registers(at) for one in at.sent_register(key.split()[-1]).entries]
    assert len(listed) == len(set(listed)) == 2


@pytest.mark.full
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"numbers": []}, RegisterCode.EMPTY),
        ({"numbers": ["73999999999999"]}, RegisterCode.PACKAGE_NOT_READY),
        ({"office": "almaty-labour"}, RegisterCode.OFFICE),
        ({"courier": ""}, RegisterCode.COURIER),
        ({"courier": "7"}, RegisterCode.COURIER),
        ({"sheets": 0}, RegisterCode.SHEETS),
    ],
    ids=str,
)
async def test_an_order_that_cannot_be_is_refused_with_advice_and_nothing_is_sent(at, operator, changes, code):
    (number,) = await at.packages(operator, 1)
    order = {"office": EDUCATION, "numbers": [number], "courier": COURIER, "sheets": 5} | changes
    with refusal(code) as caught:
        await at.registers.make(
            operator, order["office"], order["numbers"], order["courier"], sheets={number: order["sheets"]}
        )
    assert caught.value.advice.kk
    assert at.sent.sent == {}


async def test_another_departments_package_is_not_put_on_a_register(at, operator):
    (number,) = await at.packages(operator, 1)
    with refusal(RegisterCode.PACKAGE_NOT_READY):
        await at.registers.make(await at.operator("karaganda-corporation"), EDUCATION, [number], COURIER)


async def test_the_providers_marks_are_taken_in_once_and_a_missing_package_may_go_again(at, operator):
    here, missing = await at.packages(operator, 2)
    made = await at.registers.make(operator, EDUCATION, [here, missing], COURIER)
    for _ in range(2):
        await at.mark_packages(made.number, [here], [missing])
    register = await at.registers.find(operator, made.number)
    assert register.marked_by == "ОМАРОВА ӘСЕЛ"
    assert {one.application: one.mark for one in register.entries} == {here: Mark.RECEIVED, missing: Mark.MISSING}
    (again,) = await at.registers.open_entries(operator)
    assert (again.number, again.missing_on) == (missing, made.number)
    second = await at.registers.make(operator, EDUCATION, [missing], COURIER)
    assert second.number != made.number
    assert await at.notes(missing) == [
        {"courier-register": made.number, "package": "sent"},
        {"courier-register": made.number, "package": "missing"},
        {"courier-register": second.number, "package": "sent"},
    ]


async def test_a_package_that_came_unlisted_waits_for_no_courier_any_more(at, operator):
    listed, forgotten = await at.packages(operator, 2)
    made = await at.registers.make(operator, EDUCATION, [listed], COURIER)
    await at.mark_packages(made.number, [listed], unlisted=[forgotten])
    assert await at.registers.open_entries(operator) == ()
    register = await at.registers.find(operator, made.number)
    assert [one.application for one in register.unlisted] == [forgotten]
    assert await at.notes(forgotten) == [{"courier-register": made.number, "package": "unlisted"}]
    with refusal(RegisterCode.PACKAGE_NOT_READY):
        await at.registers.make(operator, EDUCATION, [forgotten], COURIER)


async def test_a_package_that_came_unlisted_was_sent_with_that_register_all_the_same(at, operator):
    """Process 6 is done by whatever brought the package; it stands at the moment of the register that brought it."""
    listed, forgotten = await at.packages(operator, 2)
    made = await at.registers.make(operator, EDUCATION, [listed], COURIER)
    at.hall.store.clock.advance(timedelta(hours=4))
    for _ in range(2):
        await at.mark_packages(made.number, [listed], unlisted=[forgotten])
    events = await at.hall.rooms.journal.trail(forgotten)
    (sent,) = [event for event in events if (event.step.kind.value, event.step.number) == ("process", 6)]
    assert (sent.at, sent.actor) == (made.made_at, "system")


async def test_marks_that_overtake_the_gateways_receipt_are_kept_and_taken_when_it_is_noted(at, operator):
    """The provider marks at once, while the receipt of the register's message is still on its way here."""
    (number,) = await at.packages(operator, 1)
    made = await at.registers.make(operator, EDUCATION, [number], COURIER)
    with pytest.raises(ChainUnknown):
        await at.mark_packages(made.number, [number], noted=False)
    assert not (await at.registers.find(operator, made.number)).is_marked
    await at.mark_packages(made.number, [number])
    assert (await at.registers.find(operator, made.number)).is_marked


async def test_marks_that_do_not_fit_the_register_are_not_taken(at, operator):
    first, second = await at.packages(operator, 2)
    made = await at.registers.make(operator, EDUCATION, [first, second], COURIER)
    await at.mark_packages(made.number, [first])
    await at.mark_packages(made.number, [first, second, "73999999999999"])
    await at.mark_packages("74999999999999", [first, second])
    assert not (await at.registers.find(operator, made.number)).is_marked


@pytest.fixture
async def gone(at, operator) -> list[str]:
    """Two packages that the provider has received."""
    numbers = await at.packages(operator, 2)
    made = await at.registers.make(operator, EDUCATION, numbers, COURIER)
    await at.mark_packages(made.number, numbers)
    return numbers


async def test_a_result_is_here_when_its_register_is_marked(at, operator, gone):
    here, missing = gone
    electronic = await at.hall.accepted(operator, ALLOWANCE)
    assert [await at.registers.result_is_here(one) for one in (*gone, electronic)] == [False, False, True]
    number = await at.bring_results(gone)
    (register,) = await at.registers.incoming(operator)
    assert (register.number, register.is_marked) == (number, False)
    marked = await at.mark(operator, number, {here})
    again = await at.mark(operator, number, set(gone))
    assert again == marked
    marks = at.sent_marks(number)
    assert (marks.received, marks.missing, marks.marked_by) == ({here}, {missing}, operator.name)
    assert [await at.registers.result_is_here(one) for one in gone] == [True, False]
    assert {"courier-register": number, "result": "received"} in await at.notes(here)
    assert {"courier-register": number, "result": "missing"} in await at.notes(missing)


async def test_results_are_scanned_one_by_one_and_what_is_missing_must_be_confirmed(at, operator, gone):
    here, other = gone
    number = await at.bring_results(gone)
    await at.registers.scan(operator, number, f"{here}\n")
    with refusal(RegisterCode.UNCONFIRMED):
        await at.registers.close(operator, number)
    assert f"courier register {number} marks" not in at.sent.sent
    await at.registers.scan(operator, number, other)
    await at.registers.unscan(operator, number, other)
    closed = await at.registers.close(operator, number, missing=[other])
    assert [one.application for one in closed.missing] == [other]


async def test_a_result_that_came_unlisted_is_received_and_told(at, operator, gone):
    listed, forgotten = gone
    number = await at.bring_results([listed])
    await at.mark(operator, number, {listed}, {forgotten})
    assert at.sent_marks(number).unlisted == {forgotten}
    assert await at.registers.result_is_here(forgotten)


async def test_a_package_that_still_waits_for_a_courier_is_no_result(at, operator, gone):
    waiting, missing = await at.packages(operator, 2)
    sent = await at.registers.make(operator, EDUCATION, [missing], COURIER)
    await at.mark_packages(sent.number, [], missing=[missing])
    number = await at.bring_results(gone)
    for one in (waiting, missing):
        with refusal(RegisterCode.PACKAGE_NOT_SENT):
            await at.registers.scan(operator, number, one)
    (register,) = await at.registers.incoming(operator)
    assert register.unlisted == ()
    open_now = {one.number for one in await at.registers.open_entries(operator)}
    assert open_now >= {waiting, missing}


async def test_a_result_that_is_nobodys_or_another_departments_is_refused(at, operator, gone):
    number = await at.bring_results(gone)
    elsewhere = await at.operator("karaganda-corporation")
    with refusal(RegisterCode.PACKAGE_UNKNOWN):
        await at.registers.scan(operator, number, "73999999999999")
    with refusal(RegisterCode.PACKAGE_UNKNOWN):
        await at.registers.scan(operator, number, await at.hall.accepted(operator, ALLOWANCE))
    for act in (
        at.registers.find(elsewhere, number),
        at.registers.scan(elsewhere, number, gone[0]),
        at.mark(elsewhere, number, set(gone)),
        at.registers.printed(elsewhere, number),
    ):
        with refusal(RegisterCode.ELSEWHERE):
            await act
    assert f"courier register {number} marks" not in at.sent.sent


@pytest.mark.parametrize(
    "changes",
    [
        {"direction": Direction.TO_PROVIDER},
        {"department": "no-such-department"},
        {"department": EDUCATION},
        {"office": ALMATY},
    ],
    ids=str,
)
async def test_a_register_that_cannot_be_for_the_corporation_is_not_kept(at, operator, changes):
    number = await at.bring_results(["73000000000001"], **changes)
    with refusal(RegisterCode.UNKNOWN):
        await at.registers.find(operator, number)


async def test_a_register_of_results_that_comes_twice_is_one(at, operator, gone):
    number = await at.bring_results(gone)
    await at.mark(operator, number, set(gone))
    await at.bring_results(gone, number)
    assert (await at.registers.find(operator, number)).is_marked
    assert len(await at.registers.incoming(operator)) == 1


async def test_every_unmarked_register_of_results_is_listed_however_many_came_after_it(at, operator, gone, monkeypatch):
    monkeypatch.setattr(rows, "PAGE", 1)
    brought = [await at.bring_results([one], f"7500000000000{place}") for place, one in enumerate(gone)]
    assert [one.number for one in await at.registers.unmarked(operator)] == brought
    assert len(await at.registers.incoming(operator)) == 1
    await at.mark(operator, brought[0], {gone[0]})
    assert [one.number for one in await at.registers.unmarked(operator)] == brought[1:]
    assert await at.registers.unmarked(await at.operator("karaganda-corporation")) == ()


@pytest.mark.parametrize("code", ["", "әәә", "7400000000001", "740000000000012"])
async def test_a_code_that_was_not_read_is_refused(at, operator, code):
    with refusal(RegisterCode.NOT_A_NUMBER):
        await at.registers.find(operator, code)
