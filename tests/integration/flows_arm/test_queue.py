"""The electronic queue: booked on the portal, taken in the hall, called by any window, closed with the day."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.catalogue import load_catalogue
from gateway.flows.arm.bookings import Bookings
from gateway.flows.arm.operators import Operator, OperatorRole
from gateway.flows.arm.queue import Queue
from gateway.flows.arm.queue_errors import QueueCode, QueueError
from gateway.flows.arm.tickets import TICKETS, TicketState
from gateway.identity.numbers import Iin, check_digit
from tests.conftest import ROOT

CATALOGUE = load_catalogue()
HALL, OTHER_HALL = "karaganda-corporation", "temirtau-corporation"
BOOKABLE, NOT_BOOKABLE = "unemployed-certificate", "semey-nuclear-test-victims"
ALMATY_ONLY = "guardianship-certificate"
ACCOUNT, OTHER = 1, 2
WINDOWS = CATALOGUE.office(HALL).windows


def operator(number=1, hall=HALL, role=OperatorRole.OPERATOR):
    first = f"88010110{number:03d}"
    digit = check_digit(first)
    iin = Iin(first + digit) if digit is not None else Iin("880101100128")
    return Operator(number, iin, f"Оператор {number}", hall, role)


@pytest.fixture
async def store(new_store):
    return await new_store("channels", str(TICKETS.relative_to(ROOT)))


@pytest.fixture
def queue(store):
    return Queue(store=store, catalogue=CATALOGUE)


@pytest.fixture
def bookings(store):
    return Bookings(store=store, catalogue=CATALOGUE)


def refusal(code):
    return pytest.raises(QueueError, match=f"^{code}")


def moment(hour, minute=0, day=2):
    """A moment of March 2026 in Almaty, UTC+5; the 2nd is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=5)


async def test_a_ticket_is_taken_called_served_and_finished(queue, clock):
    ticket = await queue.issue(HALL, BOOKABLE)
    assert (ticket.number, ticket.code, ticket.state) == (1, "001", TicketState.WAITING)
    assert (await queue.board(HALL)).waiting == 1
    clock.advance(timedelta(minutes=4))
    called = await queue.call_next(operator(), 3)
    assert (called.id, called.state, called.window, called.called_at) == (ticket.id, "called", 3, clock.now())
    board = await queue.board(HALL)
    assert [(one.code, one.window, one.serving) for one in board.called] == [("001", 3, False)]
    assert board.waiting == 0
    assert (await queue.serve(operator(), ticket.id)).state is TicketState.SERVING
    assert [one.serving for one in (await queue.board(HALL)).called] == [True]
    assert await queue.current(operator(), 3) == await queue.ticket(HALL, ticket.id)
    finished = await queue.finish(operator(), ticket.id)
    assert (finished.state, finished.ended_at) == (TicketState.FINISHED, clock.now())
    assert (await queue.board(HALL)).called == ()
    assert await queue.current(operator(), 3) is None


async def test_nobody_is_called_from_an_empty_queue(queue):
    assert await queue.call_next(operator(), 1) is None


async def test_the_numbers_of_a_hall_run_on_from_one_each_day(queue, clock):
    assert [(await queue.issue(HALL)).number for _ in range(3)] == [1, 2, 3]
    assert (await queue.issue(OTHER_HALL)).number == 1
    clock.set(moment(9, day=3))
    assert (await queue.issue(HALL)).number == 1


async def test_a_booked_ticket_stands_in_the_queue_from_its_time_on_and_not_before(queue, bookings, clock):
    """No accelerated service: who came before the booked time is called before who booked (lines 1180-1182)."""
    booked = await bookings.book(ACCOUNT, HALL, BOOKABLE, moment(10, 15))
    early = await queue.issue(HALL)
    clock.set(moment(10, 14))
    assert [one.id for one in await queue.waiting(HALL)] == [early.id]
    clock.set(moment(10, 15))
    clock.set(moment(10, 20))
    late = await queue.issue(HALL)
    assert [one.id for one in await queue.waiting(HALL)] == [early.id, booked.id, late.id]
    called = [(await queue.call_next(operator(number), number)).id for number in (1, 2, 3)]
    assert called == [early.id, booked.id, late.id]


async def test_a_booked_ticket_is_not_called_before_its_time_though_nobody_else_waits(queue, bookings, clock):
    await bookings.book(ACCOUNT, HALL, BOOKABLE, moment(10, 15))
    assert await queue.call_next(operator(), 1) is None
    clock.set(moment(10, 15))
    assert await queue.call_next(operator(), 1) is not None


async def test_a_second_press_at_a_window_calls_nobody_else(queue, store):
    """Presses at the same moment, on connections that are open already."""
    await asyncio.gather(*(store.database.execute("SELECT pg_sleep(0.2)") for _ in range(8)))
    tickets = [await queue.issue(HALL) for _ in range(8)]
    called = await asyncio.gather(*(queue.call_next(operator(), 1) for _ in range(8)))
    assert {one.id for one in called} == {tickets[0].id}
    assert len(await queue.waiting(HALL)) == 7


async def test_many_windows_at_once_never_call_one_ticket_twice_and_call_everybody(queue):
    """Twenty windows that press at the same moment, again and again, until the queue is empty."""
    issued = {(await queue.issue(HALL)).id for _ in range(60)}
    called: list[int] = []

    async def work(window):
        member = operator(window)
        while (ticket := await queue.call_next(member, window)) is not None:
            called.append(ticket.id)
            await queue.finish(member, ticket.id)

    await asyncio.gather(*(work(window) for window in range(1, WINDOWS + 1)))
    assert len(called) == len(set(called)) == 60
    assert set(called) == issued


async def test_many_taken_at_once_have_numbers_of_their_own(queue):
    numbers = [ticket.number for ticket in await asyncio.gather(*(queue.issue(HALL) for _ in range(40)))]
    assert sorted(numbers) == list(range(1, 41))


async def test_a_call_and_a_cancellation_at_once_do_not_both_happen(queue, bookings, clock):
    times = [moment(hour, minute) for hour in (11, 12) for minute in (0, 15, 30, 45)]
    booked = [await bookings.book(account, HALL, BOOKABLE, at) for account, at in enumerate(times, 1)]
    clock.set(moment(13))
    calls = [queue.call_next(operator(window), window) for window in range(1, 9)]
    cancellations = [bookings.cancel(ticket.account, ticket.id) for ticket in booked]
    told = await asyncio.gather(*calls, *cancellations, return_exceptions=True)
    called = {one.id for one in told[:8] if one is not None}
    cancelled = {one.id for one in told[8:] if not isinstance(one, QueueError)}
    assert called.isdisjoint(cancelled)
    assert called | cancelled == {ticket.id for ticket in booked}


async def test_who_does_not_come_is_called_again_and_given_up_after_a_bounded_wait(queue, clock):
    ticket = await queue.issue(HALL)
    await queue.call_next(operator(), 1)
    clock.advance(timedelta(minutes=1, seconds=59))
    with refusal(QueueCode.TOO_EARLY):
        await queue.no_show(operator(), ticket.id)
    again = await queue.call_again(operator(), ticket.id)
    assert (again.calls, again.last_called_at) == (2, clock.now())
    assert (await queue.call_again(operator(), ticket.id)).calls == 3
    with refusal(QueueCode.CALLED_ENOUGH):
        await queue.call_again(operator(), ticket.id)
    clock.advance(timedelta(minutes=2))
    assert (await queue.no_show(operator(), ticket.id)).state is TicketState.NO_SHOW
    assert await queue.current(operator(), 1) is None
    with refusal(QueueCode.TICKET_MOVED):
        await queue.serve(operator(), ticket.id)


async def test_a_colleague_at_another_window_cannot_move_a_ticket_but_the_supervisor_can(queue):
    ticket = await queue.issue(HALL)
    await queue.call_next(operator(1), 1)
    for window in (None, 2):
        with refusal(QueueCode.TICKET_OF_ANOTHER):
            await queue.finish(operator(2), ticket.id, window=window)
    with refusal(QueueCode.NO_SUCH_TICKET):
        await queue.finish(operator(3, OTHER_HALL, OperatorRole.SUPERVISOR), ticket.id)
    assert (await queue.finish(operator(4, role=OperatorRole.SUPERVISOR), ticket.id)).state is TicketState.FINISHED


async def test_who_relieves_a_colleague_at_a_window_has_the_ticket_in_hand(queue):
    ticket = await queue.issue(HALL)
    await queue.call_next(operator(1), 1)
    assert (await queue.call_next(operator(2), 1)).id == ticket.id
    assert (await queue.finish(operator(2), ticket.id)).state is TicketState.FINISHED


async def test_who_relieves_a_colleague_moves_the_ticket_that_the_window_has(queue):
    ticket = await queue.issue(HALL)
    await queue.call_next(operator(1), 1)
    again = await queue.call_again(operator(2), ticket.id, window=1)
    assert (again.calls, again.operator) == (2, 2)
    assert (await queue.serve(operator(1), ticket.id, window=1)).operator == 1
    finished = await queue.finish(operator(2), ticket.id, window=1)
    assert (finished.state, finished.operator) == (TicketState.FINISHED, 2)


@pytest.mark.parametrize("window", [0, -1, WINDOWS + 1])
async def test_a_hall_has_no_more_windows_than_the_catalogue_says(queue, window):
    with refusal(QueueCode.NO_SUCH_WINDOW):
        await queue.call_next(operator(), window)


async def test_the_hall_gives_tickets_in_its_hours_only(queue, clock):
    for closed in (moment(8, 59), moment(20), moment(12, day=7), moment(12, day=8)):
        clock.set(closed)
        with refusal(QueueCode.HALL_CLOSED):
            await queue.issue(HALL)
    clock.set(moment(9, day=10))
    assert (await queue.issue(HALL)).number == 1


async def test_a_provider_has_no_hall_and_a_hall_no_service_of_another_city(queue):
    for stranger in ("karaganda-employment", "nowhere", ""):
        with refusal(QueueCode.NO_SUCH_HALL):
            await queue.issue(stranger)
    with refusal(QueueCode.NOT_SERVED_HERE):
        await queue.issue(HALL, ALMATY_ONLY)


async def test_no_more_wait_than_the_windows_serve_in_a_day(queue, store):
    hall = "bukhar-zhyrau-corporation"
    limit = 4 * 44  # four windows from 9:00 to 20:00, a quarter of an hour each
    await store.database.execute(
        "INSERT INTO ticket (department, day, number, issued_at, stands_since, state) "
        "SELECT $1, '2026-03-02', n, now(), now(), 'waiting' FROM generate_series(1, $2::int) n",
        hall,
        limit - 1,
    )
    assert (await queue.issue(hall)).number == limit
    with refusal(QueueCode.QUEUE_FULL):
        await queue.issue(hall)


async def test_only_what_the_act_lets_be_booked_can_be_booked(bookings):
    for service in (NOT_BOOKABLE, ALMATY_ONLY, "no-such-service"):
        with refusal(QueueCode.NOT_BOOKABLE):
            await bookings.book(ACCOUNT, HALL, service, moment(11))
    with refusal(QueueCode.NOT_SERVED_HERE):
        await bookings.book(ACCOUNT, "almaty-corporation", BOOKABLE, moment(11))


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(moment(10), id="this moment"),
        pytest.param(moment(9, 45), id="past"),
        pytest.param(moment(11, 7), id="between two times"),
        pytest.param(moment(8, 45), id="before opening"),
        pytest.param(moment(20), id="at closing"),
        pytest.param(moment(11, day=7), id="Saturday"),
        pytest.param(moment(11, day=9), id="day off for Women's Day"),
        pytest.param(moment(11, day=30), id="too far ahead"),
    ],
)
async def test_only_the_departments_own_times_are_booked(bookings, at):
    with refusal(QueueCode.SLOT_GONE):
        await bookings.book(ACCOUNT, HALL, BOOKABLE, at)


async def test_a_person_has_one_open_booking_of_a_service(queue, bookings, clock):
    first = await bookings.book(ACCOUNT, HALL, BOOKABLE, moment(11))
    with refusal(QueueCode.ALREADY_BOOKED):
        await bookings.book(ACCOUNT, OTHER_HALL, BOOKABLE, moment(12))
    other_service = await bookings.book(ACCOUNT, HALL, "unemployed-registration", moment(12))
    assert [one.id for one in await bookings.of_person(ACCOUNT)] == [first.id, other_service.id]
    await bookings.cancel(ACCOUNT, first.id)
    again = await bookings.book(ACCOUNT, OTHER_HALL, BOOKABLE, moment(12))
    clock.set(moment(12))
    member = operator(1, OTHER_HALL)
    await queue.call_next(member, 1)
    with refusal(QueueCode.ALREADY_BOOKED):
        await bookings.book(ACCOUNT, HALL, BOOKABLE, moment(15))
    await queue.finish(member, again.id)
    assert (await bookings.book(ACCOUNT, HALL, BOOKABLE, moment(15))).state is TicketState.WAITING


async def test_of_many_who_want_the_last_places_no_more_get_one_than_there_are(bookings):
    """Half of the windows are booked ahead; ten of twenty at one time."""
    tries = [bookings.book(account, HALL, BOOKABLE, moment(11)) for account in range(1, 31)]
    told = await asyncio.gather(*tries, return_exceptions=True)
    assert len([one for one in told if not isinstance(one, Exception)]) == WINDOWS // 2
    assert {one.code for one in told if isinstance(one, Exception)} == {QueueCode.SLOT_GONE}
    slots = (await bookings.times(HALL))[date(2026, 3, 2)]
    assert {slot.at: slot.free for slot in slots}[moment(11)] == 0
    assert {slot.at: slot.free for slot in slots}[moment(11, 15)] == WINDOWS // 2


async def test_one_person_pressing_many_times_at_once_books_once(bookings):
    tries = [bookings.book(ACCOUNT, hall, BOOKABLE, moment(11)) for hall in (HALL, OTHER_HALL) for _ in range(10)]
    told = await asyncio.gather(*tries, return_exceptions=True)
    assert len([one for one in told if not isinstance(one, Exception)]) == 1
    assert len(await bookings.of_person(ACCOUNT)) == 1


async def test_a_cancelled_booking_gives_its_place_back_and_is_called_by_nobody(queue, bookings, clock):
    ticket = await bookings.book(ACCOUNT, HALL, BOOKABLE, moment(11))
    with refusal(QueueCode.NO_SUCH_TICKET):
        await bookings.cancel(OTHER, ticket.id)
    assert (await bookings.cancel(ACCOUNT, ticket.id)).state is TicketState.CANCELLED
    with refusal(QueueCode.TICKET_MOVED):
        await bookings.cancel(ACCOUNT, ticket.id)
    slots = (await bookings.times(HALL))[date(2026, 3, 2)]
    assert {slot.at: slot.free for slot in slots}[moment(11)] == WINDOWS // 2
    clock.set(moment(11))
    assert await queue.call_next(operator(), 1) is None


async def test_the_times_are_of_ten_working_days_and_within_the_hours(bookings):
    times = await bookings.times(HALL)
    assert list(times) == [date(2026, 3, day) for day in (2, 3, 4, 5, 6, 10, 11, 12, 13, 16)]
    assert (times[date(2026, 3, 3)][0].at, times[date(2026, 3, 3)][-1].at) == (moment(9, day=3), moment(19, 45, day=3))
    assert times[date(2026, 3, 2)][0].at == moment(10, 15)


async def test_the_days_end_closes_what_is_open_and_forgets_who_booked(queue, bookings, clock, store):
    booked = await bookings.book(ACCOUNT, HALL, BOOKABLE, moment(11))
    served, called, waiting = [await queue.issue(HALL) for _ in range(3)]
    await queue.call_next(operator(1), 1)
    await queue.finish(operator(1), served.id)
    await queue.call_next(operator(2), 2)
    tomorrow = await bookings.book(OTHER, HALL, BOOKABLE, moment(11, day=3))
    clock.set(moment(0, day=3) - timedelta(seconds=1))
    await bookings.close_days()
    assert (await queue.ticket(HALL, waiting.id)).state is TicketState.WAITING
    clock.set(moment(0, day=3))
    assert await store.timers.fire_due() == 1
    await bookings.close_days()
    states = {one.id: await queue.ticket(HALL, one.id) for one in (booked, served, called, waiting, tomorrow)}
    assert [states[one.id].state for one in (booked, served, called, waiting)] == [
        "closed",
        "finished",
        "closed",
        "closed",
    ]
    assert states[booked.id].account is None
    assert states[tomorrow.id].account == OTHER
    assert states[tomorrow.id].state is TicketState.WAITING
    clock.set(moment(9, day=3))
    assert await queue.call_next(operator(1), 1) is None


async def test_yesterdays_open_booking_hinders_no_new_one_though_no_worker_ran(bookings, clock):
    await bookings.book(ACCOUNT, HALL, BOOKABLE, moment(11))
    clock.set(moment(9, day=4))
    assert await bookings.of_person(ACCOUNT) == ()
    assert (await bookings.book(ACCOUNT, HALL, BOOKABLE, moment(11, day=4))).state is TicketState.WAITING


async def test_the_worker_closes_the_day(store, bookings, queue, clock):
    bookings.listen()
    ticket = await queue.issue(HALL)
    async with store.working():
        clock.set(moment(0, 1, day=3))
        for _ in range(100):
            if (await queue.ticket(HALL, ticket.id)).state is TicketState.CLOSED:
                return
            await asyncio.sleep(0.1)
    pytest.fail("the day was not closed")


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("issue"), st.just(0)),
        st.tuples(st.just("book"), st.integers(min_value=1, max_value=8)),
        st.tuples(st.just("wait"), st.integers(min_value=0, max_value=20)),
        st.tuples(st.just("call"), st.just(0)),
    ),
    min_size=6,
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
async def test_whatever_happens_who_stands_longest_is_called_and_nobody_is_passed_over(
    queue, bookings, clock, store, steps
):
    """By the rule written anew: the place in the queue is the time that was booked, or else the time of coming."""
    await store.database.execute("TRUNCATE ticket")
    clock.set(moment(10))
    standing: dict[int, tuple[datetime, datetime, int]] = {}

    async def call():
        due = sorted(place for place in standing.values() if place[0] <= clock.now())
        called = await queue.call_next(operator(), 1)
        assert (called and called.id) == (due[0][2] if due else None)
        if called:
            del standing[called.id]
            await queue.finish(operator(), called.id)

    for account, (step, value) in enumerate(steps, 1):
        now, at = clock.now(), moment(10) + timedelta(minutes=15 * value)
        if step == "wait":
            clock.advance(timedelta(minutes=value))
        elif step == "call":
            await call()
        elif step == "issue":
            ticket = await queue.issue(HALL)
            standing[ticket.id] = (now, now, ticket.id)
        elif at > now:
            ticket = await bookings.book(account, HALL, BOOKABLE, at)
            standing[ticket.id] = (at, now, ticket.id)
    clock.set(moment(19))
    while standing:
        await call()
    assert await queue.call_next(operator(), 1) is None
