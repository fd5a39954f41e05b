from datetime import UTC, datetime, timedelta

from gateway.clock import ManualClock
from gateway.shep.breaker import PROBE_REST, Breaker, BreakerRule, BreakerState

NOW = datetime(2026, 3, 2, tzinfo=UTC)
REST = timedelta(seconds=15)


def a_breaker(failures=2):
    clock = ManualClock(NOW)
    return Breaker(BreakerRule(failures=failures, rest=REST), clock), clock


def fail(breaker, times=1):
    for _ in range(times):
        assert breaker.enter()
        breaker.failed()


def test_failures_in_a_row_open_it_and_an_answer_between_them_starts_the_count_anew():
    breaker, _ = a_breaker()
    fail(breaker)
    assert breaker.enter()
    breaker.succeeded()
    fail(breaker)
    assert breaker.state is BreakerState.CLOSED
    fail(breaker)
    assert breaker.state is BreakerState.OPEN
    assert not breaker.enter()
    assert breaker.rest_left() == REST


def test_after_the_rest_one_probe_passes_and_the_others_wait_for_its_outcome():
    breaker, clock = a_breaker()
    fail(breaker, 2)
    clock.advance(REST)
    assert breaker.state is BreakerState.HALF_OPEN
    assert breaker.enter()
    assert not breaker.enter()
    assert breaker.rest_left() == PROBE_REST


def test_a_probe_that_fails_opens_it_for_another_rest_and_one_that_succeeds_closes_it():
    breaker, clock = a_breaker()
    fail(breaker, 2)
    clock.advance(REST)
    fail(breaker)
    assert breaker.rest_left() == REST
    clock.advance(REST)
    assert breaker.enter()
    breaker.succeeded()
    assert (breaker.state, breaker.rest_left()) == (BreakerState.CLOSED, None)
    fail(breaker)
    assert breaker.state is BreakerState.CLOSED


def test_a_probe_that_tells_nothing_leaves_the_way_to_the_next_one():
    breaker, clock = a_breaker()
    fail(breaker, 2)
    clock.advance(REST)
    assert breaker.enter()
    breaker.left()
    assert breaker.state is BreakerState.HALF_OPEN
    assert breaker.enter()


def test_failures_that_were_on_their_way_when_it_opened_do_not_prolong_the_rest():
    breaker, clock = a_breaker()
    assert all([breaker.enter(), breaker.enter(), breaker.enter()])
    breaker.failed()
    breaker.failed()
    clock.advance(timedelta(seconds=10))
    breaker.failed()
    assert breaker.rest_left() == timedelta(seconds=5)


def test_a_clock_that_is_moved_back_does_not_make_the_rest_longer():
    breaker, clock = a_breaker()
    fail(breaker, 2)
    clock.advance(-timedelta(days=400))
    assert breaker.rest_left() == REST
    clock.advance(REST)
    assert breaker.enter()


def test_it_says_how_it_stands():
    breaker, _ = a_breaker()
    fail(breaker, 2)
    assert repr(breaker) == "<Breaker open, 2 failures in a row, rest 0:00:15>"
