import asyncio
import contextlib
from datetime import UTC, datetime, timedelta

import pytest

from gateway.clock import ManualClock
from gateway.shep.errors import GatewayError, RemoteServiceError, ShepErrorCode, TransportError, UnknownGatewayError
from gateway.shep.faults import Fault, FaultCode
from gateway.shep.messages import Status, SyncAnswer
from gateway.shep.pressure import BreakerRule, Pressure, PressureRule

NOW = datetime(2026, 3, 2, tzinfo=UTC)
REST = timedelta(seconds=15)
UNREACHABLE = TransportError(ShepErrorCode.UNREACHABLE)
TIMED_OUT = TransportError(ShepErrorCode.TIMED_OUT)


def fault(code, *, signed=True):
    return GatewayError(Fault.of(code, NOW), signed=signed)


def a_pressure(**changes):
    clock = ManualClock(NOW)
    rule = {"slots": 2, "waiting": 1, "breaker": BreakerRule(failures=2, rest=REST)}
    return Pressure(PressureRule(**{**rule, **changes}), clock), clock


def attempt(pressure, service, error=None, *, slow_is_gateway=False):
    with contextlib.suppress(type(error) if error else ()), pressure.attempt(service, slow_is_gateway=slow_is_gateway):
        if error:
            raise error


def code_of(pressure, service):
    with pytest.raises(TransportError) as raised:
        pressure.check(service)
    return raised.value.code, raised.value.facts["breaker"], raised.value.retry_after


@pytest.mark.parametrize("error", [fault(FaultCode.SERVICE_UNAVAILABLE), TIMED_OUT])
def test_a_service_that_does_not_answer_is_left_alone_and_the_others_are_asked_on(error):
    pressure, _ = a_pressure()
    for _ in range(2):
        attempt(pressure, "GBDFL", error)
    assert code_of(pressure, "GBDFL") == (ShepErrorCode.CIRCUIT_OPEN, "GBDFL", REST)
    pressure.check("GBDUL")
    assert pressure.gateway.rest_left() is None


@pytest.mark.parametrize(
    ("error", "slow_is_gateway"),
    [(UNREACHABLE, False), (TransportError(ShepErrorCode.CUT), False), (TIMED_OUT, True)],
)
def test_a_gateway_that_does_not_answer_is_left_alone_whatever_the_service(error, slow_is_gateway):
    pressure, _ = a_pressure()
    attempt(pressure, "GBDFL", error, slow_is_gateway=slow_is_gateway)
    attempt(pressure, "GBDUL", error, slow_is_gateway=slow_is_gateway)
    assert code_of(pressure, "ENIS") == (ShepErrorCode.CIRCUIT_OPEN, "gateway", REST)


@pytest.mark.parametrize(
    "error",
    [
        RemoteServiceError(SyncAnswer("1", NOW, Status("SCSE001", "нет данных"), None)),
        fault(FaultCode.WRONG_FORMAT),
        fault(FaultCode.NO_RIGHT),
        fault(FaultCode.INTERNAL),
        UnknownGatewayError(ShepErrorCode.ANSWER_MALFORMED),
    ],
    ids=lambda error: error.outcome,
)
def test_a_refusal_is_an_answer_and_opens_nothing(error):
    pressure, _ = a_pressure()
    for _ in range(5):
        attempt(pressure, "GBDFL", error)
    pressure.check("GBDFL")


def test_an_attempt_that_is_given_up_tells_nothing_and_does_not_keep_the_probes_place():
    pressure, clock = a_pressure()
    for _ in range(2):
        attempt(pressure, "GBDFL", UNREACHABLE)
    clock.advance(REST)
    with contextlib.suppress(asyncio.CancelledError), pressure.attempt("GBDFL"):
        raise asyncio.CancelledError
    attempt(pressure, "GBDFL")
    assert repr(pressure) == "<Pressure 0 busy, 0 waiting, gateway closed, shut {}>"


async def test_so_many_at_once_so_many_waiting_and_the_next_is_turned_away():
    pressure, _ = a_pressure()
    leave = asyncio.Event()

    async def stay():
        async with pressure.slot():
            await leave.wait()

    tasks = [asyncio.create_task(stay()) for _ in range(3)]
    await asyncio.sleep(0)
    assert repr(pressure).startswith("<Pressure 2 busy, 1 waiting")
    with pytest.raises(TransportError) as raised:
        async with pressure.slot():
            raise AssertionError
    assert raised.value.code is ShepErrorCode.TOO_BUSY
    assert raised.value.retry_after
    leave.set()
    await asyncio.gather(*tasks)
    async with pressure.slot():
        assert repr(pressure).startswith("<Pressure 1 busy, 0 waiting")


async def test_a_slot_is_not_waited_for_longer_than_an_exchange_may_take():
    pressure, _ = a_pressure(slots=1)
    async with pressure.slot():
        with pytest.raises(TransportError, match="too-busy"):
            async with pressure.slot(seconds=0.01):
                raise AssertionError
    async with pressure.slot(seconds=0.01):
        pass
