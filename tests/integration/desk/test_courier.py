"""The courier at the desk: packages are expected, found, marked once, opened; results go back with their register."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from gateway.catalogue import Role, Verb
from gateway.courier import rows
from gateway.courier.errors import RegisterCode, RegisterError
from gateway.courier.numbering import sender_code
from gateway.desk import CaseState, courier_results
from gateway.desk.broken import Broken, BrokenCode
from gateway.exchange.acceptance import SentBy
from gateway.exchange.courier_register import Direction, ListedPackage, Mark
from gateway.exchange.notification import StepKind
from tests.integration.desk.couriers import ALLOWANCE, ORALMAN, DeskCourier
from tests.integration.desk.windows import send, taken_in
from tests.integration.desk.workplace import CATALOGUE, PDF, Workplace
from tests.unit.results.printed import barcodes_of, holds, text_of

STRANGER = "73999999999999"


@pytest.fixture
def at(workplace: Workplace) -> DeskCourier:
    return DeskCourier(workplace)


def refusal(code: RegisterCode):
    return pytest.raises(RegisterError, match=f"^{code}")


async def marks_sent(at: DeskCourier) -> int:
    return len([key for key in at.place.sent.sent if key.endswith(" marks")])


async def test_a_twin_opens_nothing_and_tells_nothing_until_the_paper_is_marked(at: DeskCourier) -> None:
    (number,) = await at.twins(1)
    await at.work_off()
    assert await at.opened() == set()
    assert at.place.sent.sent == {}
    assert [one.number for one in await at.courier.expected(await at.clerk())] == [number]


async def test_marking_opens_the_case_and_the_procedures_time_begins_then(at: DeskCourier) -> None:
    (number,) = await at.twins(1)
    register = await at.bring([number])
    at.place.clock.advance(timedelta(days=1))
    marked_at = at.place.clock.now()
    await at.received(register, number)
    case = await at.bodies.case(number)
    step = CATALOGUE.service(ALLOWANCE).procedure(case.channel).step(case.position.step)
    assert (case.counter, case.awaits_verb, case.registered_at) == (at.department.id, Verb.REGISTER, marked_at)
    assert case.due_at == CATALOGUE.calendar.deadline(marked_at, step.duration, at.office.hours)
    registration = CATALOGUE.service(ALLOWANCE).flow(case.channel).registration_step()
    assert [(one.kind, one.step_number) for one in at.place.notices(number)] == [
        (StepKind(registration.kind.value), registration.number)
    ]
    assert await at.courier.expected(await at.clerk()) == ()


async def test_the_case_holds_what_the_operator_signed_with_its_documents(at: DeskCourier) -> None:
    app = at.package()
    await send(at.place, app)
    register = await at.bring([app.number])
    await at.received(register, app.number)
    member = await at.bodies.staff(at.office.id, Role.HEAD)
    documents = await at.place.desk.cases.documents(member, app.number)
    assert [(one.kind, one.sha256) for one in documents] == [(one.document, one.sha256) for one in app.attachments]
    _, content = await at.place.desk.cases.document(member, app.number, 1)
    assert content == PDF + app.attachments[0].document.encode()
    assert b"<!--signed-->" in await at.place.desk.cases.signed_application(member, app.number)
    intake = await at.place.store.database.fetchval("SELECT intake FROM casefile WHERE number = $1", app.number)
    assert app.acceptance is not None
    assert intake == app.acceptance.to_json()


async def test_the_marks_go_back_in_the_registers_chain_with_what_was_missing_and_what_came_unlisted(at) -> None:
    here, missing, unlisted = await at.twins(3)
    register = await at.bring([here, missing])
    await at.received(register, here, unlisted, missing=True)
    marks = at.marks(register)
    assert (marks.received, marks.missing, marks.unlisted) == ({here}, {missing}, {unlisted})
    assert (marks.marked_by, marks.marked_at) == ((await at.clerk()).name, at.place.clock.now())
    assert await at.opened() == {here, unlisted}
    assert [one.number for one in await at.courier.expected(await at.clerk())] == [missing]
    assert await at.notes(here) == [{"courier-register": register, "package": "received"}]
    assert await at.notes(missing) == [{"courier-register": register, "package": "missing"}]
    assert await at.notes(unlisted) == [{"courier-register": register, "package": "unlisted"}]


async def test_a_missing_package_is_received_with_a_later_register(at: DeskCourier) -> None:
    (number,) = await at.twins(1)
    first = await at.bring([number])
    await at.received(first, missing=True)
    second = await at.bring([number])
    await at.received(second, number)
    assert await at.opened() == {number}
    assert (at.marks(first).missing, at.marks(second).received) == ({number}, {number})


async def test_nothing_is_marked_as_missing_before_the_clerk_says_so(at: DeskCourier) -> None:
    here, missing = await at.twins(2)
    register = await at.bring([here, missing])
    clerk = await at.clerk()
    await at.courier.scan(clerk, register, here)
    with refusal(RegisterCode.UNCONFIRMED) as caught:
        await at.courier.close(clerk, register)
    assert "1" in caught.value.text.kk
    found = await at.courier.register(clerk, register)
    assert (found.is_marked, [one.application for one in found.found]) == (False, [here])
    assert await marks_sent(at) == 0
    assert await at.opened() == set()


async def test_scans_are_kept_one_by_one_and_can_be_taken_back(at: DeskCourier) -> None:
    first, second, unlisted = await at.twins(3)
    register = await at.bring([first, second])
    clerk = await at.clerk()
    await at.courier.scan(clerk, register, f"]C1{first}\r")
    await at.courier.scan(clerk, register, first)
    await at.courier.scan(clerk, register, unlisted)
    found = await at.courier.register(clerk, register)
    assert [one.application for one in (*found.found, *found.unlisted)] == [first, unlisted]
    await at.courier.unscan(clerk, register, first)
    found = await at.courier.unscan(clerk, register, unlisted)
    assert (found.found, found.unlisted) == ((), ())


async def test_a_register_marked_twice_or_by_two_clerks_at_once_is_marked_once(at: DeskCourier) -> None:
    numbers = await at.twins(3)
    register = await at.bring(numbers)
    clerk = await at.clerk()
    other = await at.bodies.staff(at.office.id, Role.CLERK, 2)
    for number in numbers:
        await at.courier.scan(clerk, register, number)
    both = await asyncio.gather(at.courier.close(clerk, register), at.courier.close(other, register))
    at.place.clock.advance(timedelta(hours=1))
    again = await at.courier.close(other, register)
    assert {one.marked_by for one in both} == {again.marked_by}
    assert again.marked_at == both[0].marked_at
    await at.work_off()
    assert await at.opened() == set(numbers)
    assert await marks_sent(at) == 1
    for number in numbers:
        assert len(await at.notes(number)) == 1


async def test_a_marked_register_takes_no_more_scans(at: DeskCourier) -> None:
    (number,) = await at.twins(1)
    register = await at.bring([number])
    await at.received(register, missing=True)
    clerk = await at.clerk()
    for act in (at.courier.scan, at.courier.unscan):
        with refusal(RegisterCode.MARKED):
            await act(clerk, register, number)
    assert await at.opened() == set()


async def test_a_register_that_comes_twice_is_one_and_keeps_its_marks(at: DeskCourier) -> None:
    (number,) = await at.twins(1)
    register = await at.bring([number])
    await at.received(register, number)
    await at.bring([number], register)
    clerk = await at.clerk()
    (one,) = await at.courier.incoming(clerk)
    assert one.entries[0].mark is Mark.RECEIVED


@pytest.mark.full
@pytest.mark.parametrize(
    "changes",
    [
        {"direction": Direction.TO_CORPORATION},
        {"office": "no-such-office"},
        {"department": "no-such-department"},
        {"department": "almaty-education"},
        {"department": "karaganda-corporation"},
        {"office": "almaty-corporation"},
    ],
    ids=str,
)
async def test_a_register_that_cannot_be_for_this_desk_is_not_kept(at: DeskCourier, changes) -> None:
    number = await at.bring([STRANGER], **changes)
    assert await at.place.store.database.fetchval("SELECT count(*) FROM courier_register") == 0
    with refusal(RegisterCode.UNKNOWN):
        await at.courier.find(await at.clerk(), number)


async def test_paper_that_comes_before_its_twin_is_marked_and_opened_when_the_twin_is_there(at: DeskCourier) -> None:
    app = at.package()
    register = await at.bring([app.number])
    await at.received(register, app.number)
    assert at.marks(register).received == {app.number}
    assert await at.opened() == set()
    await send(at.place, app)
    await at.work_off()
    assert await at.opened() == {app.number}
    await send(at.place, app)
    await at.work_off()
    assert len(at.place.notices(app.number)) == 1


async def test_twin_and_mark_at_the_same_moment_never_leave_a_case_unopened(at: DeskCourier) -> None:
    clerk = await at.clerk()
    apps = [at.package() for _ in range(8)]
    for app in apps:
        register = await at.bring([app.number])
        await at.courier.scan(clerk, register, app.number)
        await asyncio.gather(send(at.place, app), at.courier.close(clerk, register))
    await at.work_off()
    assert await at.opened() == {app.number for app in apps}


async def test_another_content_under_an_expected_number_is_refused_and_told(at: DeskCourier) -> None:
    app = at.package()
    await send(at.place, app)
    await send(at.place, replace(app, applicant_name="БАСҚА АДАМ"))
    (notice,) = at.place.notices(app.number)
    assert notice.facts["code"] == BrokenCode.NUMBER_TAKEN
    register = await at.bring([app.number])
    await at.received(register, app.number)
    assert (await at.bodies.case(app.number)).applicant_name == app.applicant_name


async def test_an_electronic_application_is_opened_at_once_and_expects_no_courier(at: DeskCourier) -> None:
    number = await send(at.place, taken_in(at.place, ALLOWANCE, acceptance={"medium": SentBy.ELECTRONIC}))
    assert await at.opened() == {number}
    assert await at.courier.expected(await at.clerk()) == ()


async def test_a_package_nobody_expects_or_that_is_another_offices_is_refused_and_nothing_changes(at) -> None:
    (mine,) = await at.twins(1)
    register = await at.bring([mine])
    (theirs,) = await DeskCourier(at.place, "child-allowance-under-18").twins(1)
    clerk = await at.clerk()
    with refusal(RegisterCode.PACKAGE_UNKNOWN):
        await at.courier.scan(clerk, register, STRANGER)
    with refusal(RegisterCode.PACKAGE_ELSEWHERE) as caught:
        await at.courier.scan(clerk, register, theirs)
    assert CATALOGUE.office("karaganda-employment").name.kk in caught.value.text.kk
    assert (await at.courier.register(clerk, register)).unlisted == ()


@pytest.mark.parametrize("code", ["", "123", "жоқ", "7400000000000012"])
async def test_a_code_that_was_not_read_is_refused(at: DeskCourier, code: str) -> None:
    (number,) = await at.twins(1)
    register = await at.bring([number])
    clerk = await at.clerk()
    with refusal(RegisterCode.NOT_A_NUMBER):
        await at.courier.scan(clerk, register, code)
    with refusal(RegisterCode.NOT_A_NUMBER):
        await at.courier.find(clerk, code)


async def test_a_package_received_already_is_not_received_again(at: DeskCourier) -> None:
    first, second = await at.twins(2)
    done = await at.bring([first])
    await at.received(done, first)
    register = await at.bring([second])
    with refusal(RegisterCode.PACKAGE_RECEIVED):
        await at.courier.scan(await at.clerk(), register, first)


async def test_a_package_that_came_with_another_register_is_not_missing_in_its_own(at: DeskCourier) -> None:
    first, swapped = await at.twins(2)
    one, other = await at.bring([first]), await at.bring([swapped])
    await at.received(one, first, swapped)
    await at.received(other)
    assert (at.marks(one).unlisted, at.marks(other).received) == ({swapped}, {swapped})
    assert await at.opened() == {first, swapped}


async def test_only_the_clerk_of_the_office_works_with_its_registers(at: DeskCourier) -> None:
    (number,) = await at.twins(1)
    register = await at.bring([number])
    for role in (Role.HEAD, Role.EXECUTOR):
        member = await at.bodies.staff(at.office.id, role)
        assert not at.courier.may_work(member)
        with refusal(RegisterCode.ROLE):
            await at.courier.incoming(member)
        with refusal(RegisterCode.ROLE):
            await at.courier.scan(member, register, number)
    stranger = await at.clerk("karaganda-employment")
    for act in (
        at.courier.register(stranger, register),
        at.courier.scan(stranger, register, number),
        at.courier.close(stranger, register, missing=[number]),
        at.courier.printed(stranger, register),
    ):
        with refusal(RegisterCode.ELSEWHERE):
            await act
    assert await at.courier.expected(stranger) == ()
    assert not (await at.courier.register(await at.clerk(), register)).is_marked


async def test_a_mark_whose_message_cannot_be_put_has_changed_nothing(at: DeskCourier, monkeypatch) -> None:
    """The process dies with the message: marks, cases and message stand in one transaction."""
    (number,) = await at.twins(1)
    register = await at.bring([number])
    clerk = await at.clerk()
    await at.courier.scan(clerk, register, number)

    async def dies(*_args: object, **_more: object) -> bool:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(at.place.sent, "put", dies)
        with pytest.raises(ConnectionError):
            await at.courier.close(clerk, register)
    await at.work_off()
    found = await at.courier.register(clerk, register)
    assert (found.is_marked, [one.application for one in found.found]) == (False, [number])
    assert await at.opened() == set()
    assert await at.notes(number) == []
    await at.received(register)
    assert await at.opened() == {number}


async def test_results_of_courier_cases_wait_for_the_courier_when_they_are_signed(at: DeskCourier) -> None:
    electronic = await send(at.place, taken_in(at.place, ALLOWANCE))
    first, second = await at.twins(2)
    register = await at.bring([first, second])
    await at.received(register, first, second)
    clerk = await at.clerk()
    assert await at.courier.results(clerk) == ()
    for number in (electronic, first):
        await at.finished(number)
    (ready,) = await at.courier.results(clerk)
    assert (ready.number, ready.department.id, ready.service.id) == (first, at.department.id, ALLOWANCE)
    assert (await at.bodies.case(first)).awaits_verb is Verb.HAND_OVER
    assert (await at.bodies.case(electronic)).state is CaseState.CLOSED


@pytest.fixture
async def ready(at: DeskCourier) -> list[str]:
    """Two results that wait for the courier."""
    numbers = await at.twins(2)
    await at.received(await at.bring(numbers), *numbers)
    for number in numbers:
        await at.finished(number)
    return numbers


async def test_a_register_of_results_is_sent_once_over_the_gateway_the_packages_came_from(at, ready) -> None:
    clerk = await at.clerk()
    order = {"department": at.department.id, "numbers": ready, "courier": " Қасымов  Ерлан "}
    made = await at.courier.send(clerk, **order, sheets={ready[0]: 4})
    again = await asyncio.gather(*(at.courier.send(clerk, **order) for _ in range(3)))
    assert {one.number for one in again} == {made.number}
    sent = at.returned(made.number)
    assert (sent.direction, sent.department, sent.office) == (
        Direction.TO_CORPORATION,
        at.department.id,
        at.office.id,
    )
    assert (sent.courier, sent.made_by) == ("Қасымов Ерлан", clerk.name)
    assert sent.entries == (ListedPackage(ready[0], 1, 4), ListedPackage(ready[1], 1, 1))
    assert made.number.startswith("75")
    assert await at.courier.results(clerk) == ()
    assert len([key for key in at.place.sent.sent if key.startswith("courier register 75")]) == 1


async def test_a_result_that_did_not_arrive_waits_for_the_courier_again(at, ready) -> None:
    clerk = await at.clerk()
    made = await at.courier.send(clerk, department=at.department.id, numbers=ready, courier="Ерлан")
    here, missing = ready
    await at.mark_results(made.number, [here], [missing])
    await at.mark_results(made.number, [here, missing])
    (again,) = await at.courier.results(clerk)
    assert (again.number, again.missing_on) == (missing, made.number)
    second = await at.courier.send(clerk, department=at.department.id, numbers=[missing], courier="Ерлан")
    assert second.number != made.number
    await at.mark_results(second.number, [missing])
    assert await at.courier.results(clerk) == ()
    assert [note["result"] for note in await at.notes(missing) if "result" in note] == [
        "sent",
        "missing",
        "sent",
        "received",
    ]


async def test_marks_that_are_not_of_the_register_are_not_taken(at, ready) -> None:
    clerk = await at.clerk()
    made = await at.courier.send(clerk, department=at.department.id, numbers=ready, courier="Ерлан")
    await at.mark_results(made.number, ready[:1])
    await at.mark_results(made.number, [*ready, STRANGER])
    await at.mark_results("75999999999999", ready)
    assert not (await at.courier.register(clerk, made.number)).is_marked


@pytest.mark.full
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"numbers": []}, RegisterCode.EMPTY),
        ({"numbers": [STRANGER]}, RegisterCode.PACKAGE_NOT_READY),
        ({"department": "karaganda-corporation"}, RegisterCode.OFFICE),
        ({"courier": "  "}, RegisterCode.COURIER),
        ({"courier": "12345"}, RegisterCode.COURIER),
        ({"courier": "Е" * 201}, RegisterCode.COURIER),
        ({"sheets": 0}, RegisterCode.SHEETS),
        ({"sheets": 10_000}, RegisterCode.SHEETS),
    ],
    ids=str,
)
async def test_an_order_that_cannot_be_is_refused_and_nothing_is_sent(at, ready, changes, code) -> None:
    clerk = await at.clerk()
    order = {"department": at.department.id, "numbers": ready, "courier": "Ерлан"} | changes
    if "sheets" in changes:
        order["sheets"] = dict.fromkeys(ready, changes["sheets"])
    with refusal(code):
        await at.courier.send(clerk, **order)
    assert not [key for key in at.place.sent.sent if key.startswith("courier register 75")]
    assert len(await at.courier.results(clerk)) == 2


async def test_marks_that_overtake_each_other_put_no_received_result_back(at, ready) -> None:
    clerk = await at.clerk()
    orders = [{"department": at.department.id, "numbers": [one], "courier": "Ерлан"} for one in ready]
    first, second = [await at.courier.send(clerk, **order) for order in orders]
    await at.mark_results(second.number, ready[1:], unlisted=ready[:1])
    await at.mark_results(first.number, [], ready[:1])
    assert await at.courier.results(clerk) == ()


async def test_marks_in_another_chain_are_not_taken(at, ready) -> None:
    clerk = await at.clerk()
    made = await at.courier.send(clerk, department=at.department.id, numbers=ready, courier="Ерлан")
    await at.mark_results(made.number, ready, chain="a stranger's")
    assert not (await at.courier.register(clerk, made.number)).is_marked
    await at.mark_results(made.number, ready)
    assert (await at.courier.register(clerk, made.number)).is_marked


async def test_marks_of_strange_applications_change_nothing_of_theirs(at, ready) -> None:
    clerk = await at.clerk()
    other = DeskCourier(at.place, "child-allowance-under-18")
    theirs = await other.twins(1)
    made = await at.courier.send(clerk, department=at.department.id, numbers=ready, courier="Ерлан")
    await at.mark_results(made.number, ready, unlisted=[*theirs, STRANGER])
    assert (await at.courier.register(clerk, made.number)).unlisted == ()
    assert [await at.notes(one) for one in (*theirs, STRANGER)] == [[], []]


async def test_results_of_one_department_do_not_hide_anothers(at, ready, monkeypatch) -> None:
    query = courier_results._OF_MEMBER.replace("place <= 200", "place <= 1")
    assert query != courier_results._OF_MEMBER
    monkeypatch.setattr(courier_results, "_OF_MEMBER", query)
    await at.place.store.database.execute(
        "UPDATE expected_package SET department = 'talgar-corporation' WHERE number = $1", ready[1]
    )
    assert {one.number for one in await at.courier.results(await at.clerk())} == set(ready)


async def test_a_number_that_is_taken_is_passed_over_and_the_sender_stands_in_it(at, ready) -> None:
    clerk = await at.clerk()
    code = sender_code(at.office.bin)
    await at.place.store.database.execute(
        "INSERT INTO courier_register (number, own, direction, department, office, made_at, made_by, courier) "
        "SELECT '75' || $1 || lpad(serial::text, 8, '0'), true, 'to-corporation', 'd', 'o', now(), 'm', 'c' "
        "FROM generate_series(1, 3) AS serial",
        code,
    )
    made = await at.courier.send(clerk, department=at.department.id, numbers=ready, courier="Ерлан")
    assert made.number == f"75{code}00000004"
    assert f"courier register {made.number}" in at.place.sent.sent


async def test_another_register_under_a_known_number_is_told_in_the_log_and_not_kept(at: DeskCourier) -> None:
    first, second = await at.twins(2)
    number = await at.bring([first])
    with capture_logs() as logs:
        await at.bring([second], number)
    assert [(one["event"], one["log_level"]) for one in logs] == [("register-number-taken", "error")]
    (one,) = await at.courier.incoming(await at.clerk())
    assert [entry.application for entry in one.entries] == [first]


async def test_a_register_of_no_series_of_its_direction_is_not_kept(at: DeskCourier) -> None:
    await at.bring(await at.twins(1), "75000000000009")
    assert await at.courier.incoming(await at.clerk()) == ()


async def test_every_unmarked_register_is_listed_the_oldest_first(at: DeskCourier, monkeypatch) -> None:
    monkeypatch.setattr(rows, "PAGE", 1)
    numbers = await at.twins(3)
    brought = [await at.bring([one]) for one in numbers]
    assert [one.number for one in await at.courier.unmarked(await at.clerk())] == brought


async def test_paper_marked_at_another_office_opens_nothing(at: DeskCourier) -> None:
    other = DeskCourier(at.place, "child-allowance-under-18")
    app = at.package()
    wrong = await other.bring([app.number])
    await other.received(wrong, app.number)
    await send(at.place, app)
    await at.work_off()
    assert await at.opened() == set()
    await at.received(await at.bring([app.number]), app.number)
    assert await at.opened() == {app.number}


async def test_missing_packages_are_confirmed_by_their_numbers(at: DeskCourier) -> None:
    first, second = await at.twins(2)
    register = await at.bring([first, second])
    with refusal(RegisterCode.UNCONFIRMED):
        await at.courier.close(await at.clerk(), register, missing=[first])
    await at.received(register, first, missing=True)


async def test_an_electronic_application_of_other_content_does_not_open_an_expected_number(at: DeskCourier) -> None:
    app = at.package()
    await send(at.place, app)
    assert app.acceptance is not None
    await send(at.place, replace(app, acceptance=replace(app.acceptance, medium=SentBy.ELECTRONIC)))
    assert await at.opened() == set()
    (notice,) = at.place.notices(app.number)
    assert notice.facts["code"] == BrokenCode.NUMBER_TAKEN


async def test_a_package_whose_case_can_never_be_opened_is_told_of_once_and_expected_no_more(at, monkeypatch) -> None:
    (number,) = await at.twins(1)

    async def never(*_args: object) -> None:
        raise Broken(BrokenCode.NUMBER_TAKEN, "another case's", number=number)

    monkeypatch.setattr(at.place.desk.intake, "open_expected", never)
    await at.received(await at.bring([number]), number)
    await at.courier._expected.open_received({"number": number})
    (notice,) = at.place.notices(number)
    assert (notice.facts["code"], notice.flow) == (BrokenCode.NUMBER_TAKEN, "corporation")
    assert await at.courier.expected(await at.clerk()) == ()


async def test_a_result_on_its_way_is_not_put_on_a_second_register(at, ready) -> None:
    clerk = await at.clerk()
    await at.courier.send(clerk, department=at.department.id, numbers=ready[:1], courier="Ерлан")
    with refusal(RegisterCode.PACKAGE_LISTED):
        await at.courier.send(clerk, department=at.department.id, numbers=ready, courier="Ерлан")
    assert [one.number for one in await at.courier.results(clerk)] == ready[1:]


async def test_another_office_learns_nothing_of_a_result_on_its_way(at, ready) -> None:
    """Whoever names a number that is not theirs is told that it is not ready here, not on which register it went."""
    order = {"department": at.department.id, "numbers": ready[:1], "courier": "Ерлан"}
    made = await at.courier.send(await at.clerk(), **order)
    stranger = await at.clerk("temirtau-employment")
    with refusal(RegisterCode.PACKAGE_NOT_READY) as refused:
        await at.courier.send(stranger, **order)
    assert made.number not in str(refused.value.text)


async def test_the_status_of_an_oralman_goes_by_courier_there_and_back(workplace: Workplace) -> None:
    """Act 000, lines 78-93: taken in with the mark, resolved, drawn up, signed and given to the courier."""
    at = DeskCourier(workplace, ORALMAN)
    (number,) = await at.twins(1)
    await at.received(await at.bring([number]), number)
    walked = await at.bodies.walked(number)
    assert [verb for verb, _, _ in walked] == [
        "register",
        "resolve",
        "check-documents",
        "draft",
        "sign",
        "hand-over",
    ]
    made = await at.courier.send(await at.clerk(), department=at.department.id, numbers=[number], courier="Ерлан")
    assert [one.application for one in at.returned(made.number).entries] == [number]


async def test_the_second_copy_is_printed_with_the_mark_and_read_back_from_the_paper(at: DeskCourier) -> None:
    """Act 000, lines 81 and 162-163: the mark of receipt stands in the register, whose copy goes back."""
    here, missing, unlisted = await at.twins(3)
    register = await at.bring([here, missing])
    clerk = await at.clerk()
    before = await at.courier.printed(clerk, register)
    await at.received(register, here, unlisted, missing=True)
    after = await at.courier.printed(clerk, register)
    assert not holds(text_of(before), unlisted)
    for words in (register, here, missing, unlisted, clerk.name, at.department.name.kk, at.office.name.ru):
        assert holds(text_of(after), words), words
    assert all(holds(text_of(after), word) for word in ("алынды", "отсутствует", "не значится в реестре"))
    assert {text for page in barcodes_of(after, dpi=300) for text in page} >= {register}
    assert await at.courier.printed(clerk, register) == after


async def test_each_result_of_a_register_has_a_label_that_a_scanner_reads(at, ready) -> None:
    clerk = await at.clerk()
    made = await at.courier.send(clerk, department=at.department.id, numbers=ready, courier="Ерлан")
    labels = await at.courier.labels(clerk, made.number)
    assert {text for page in barcodes_of(labels, dpi=300) for text in page} == set(ready)
