"""The clock service over HTTP, and the gateway's clock that follows it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from gateway.clock import FollowedClock
from simulators.clock import ClockState, create_app


@pytest.fixture
async def state() -> ClockState:
    return ClockState.open(None)


@pytest.fixture
async def server(state: ClockState) -> AsyncIterator[TestServer]:
    async with TestServer(create_app(state, poll_seconds=1.0), host="127.0.0.1") as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_a_process_that_follows_sees_a_change_at_once(
    server: TestServer, state: ClockState, http: aiohttp.ClientSession
) -> None:
    clock = FollowedClock(str(server.make_url("/clock")), http)
    async with clock.following():
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)
        moved = asyncio.create_task(clock.changed())
        await asyncio.sleep(0.05)
        await state.set(offset_seconds=30 * 86_400)
        await asyncio.wait_for(moved, 2)
        assert abs(clock.now() - datetime.now(UTC) - timedelta(days=30)) < timedelta(seconds=1)


async def test_a_change_is_answered_when_all_who_follow_have_heard_of_it(
    server: TestServer, http: aiohttp.ClientSession
) -> None:
    clocks = [FollowedClock(str(server.make_url("/clock")), http) for _ in range(5)]
    async with contextlib.AsyncExitStack() as stack:
        for clock in clocks:
            await stack.enter_async_context(clock.following())
        await asyncio.sleep(0.1)  # each has its first poll under way; from then on every answer means that it has again
        for days in range(1, 20):
            async with http.put(server.make_url("/clock"), json={"offset_seconds": days * 86_400}) as answer:
                assert answer.status == 200
            assert all(clock.now() - datetime.now(UTC) > timedelta(days=days - 0.5) for clock in clocks)


async def test_who_does_not_ask_again_holds_a_change_up_no_longer_than_a_second(
    server: TestServer, http: aiohttp.ClientSession
) -> None:
    waiting = asyncio.create_task(http.get(server.make_url("/clock"), params={"after": "0"}))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(5), http.put(server.make_url("/clock"), json={"offset_seconds": 60}) as answer:
        assert (await answer.json())["version"] == 1
    (await waiting).release()


async def test_a_long_poll_without_a_change_ends_with_the_same_version(
    server: TestServer, http: aiohttp.ClientSession
) -> None:
    started = time.monotonic()
    async with http.get(server.make_url("/clock"), params={"after": "0"}) as answer:
        assert (await answer.json())["version"] == 0
    assert time.monotonic() - started >= 1.0


async def test_a_follower_of_a_forgotten_version_is_answered_at_once(
    server: TestServer, http: aiohttp.ClientSession
) -> None:
    started = time.monotonic()
    async with http.get(server.make_url("/clock"), params={"after": "17"}) as answer:
        assert (await answer.json())["version"] == 0
    assert time.monotonic() - started < 0.8


async def test_put_sets_the_clock_and_answers_with_it(server: TestServer, http: aiohttp.ClientSession) -> None:
    body = {"simulated": "2030-01-01T00:00:00+05:00", "rate": 0}
    async with http.put(server.make_url("/clock"), json=body) as answer:
        assert answer.status == 200
        said = await answer.json()
    assert said["simulated"] == "2029-12-31T19:00:00+00:00"
    assert (said["rate"], said["version"]) == (0, 1)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        ('{"offset_seconds": 5}', "text/plain", 415, "not-json"),
        ("{", "application/json", 400, "form-invalid"),
        ("[]", "application/json", 400, "form-invalid"),
        ("{}", "application/json", 400, "nothing-asked"),
        ('{"rate": "fast"}', "application/json", 400, "form-invalid"),
        ('{"rate": true}', "application/json", 400, "form-invalid"),
        ('{"rate": 1e999}', "application/json", 400, "form-invalid"),
        ('{"rate": -1}', "application/json", 400, "rate-out-of-bounds"),
        ('{"speed": 2}', "application/json", 400, "form-invalid"),
        ('{"simulated": "2030-01-01T00:00:00"}', "application/json", 400, "form-invalid"),
        ('{"simulated": "soon"}', "application/json", 400, "form-invalid"),
        ('{"simulated": 5}', "application/json", 400, "form-invalid"),
        ('{"offset_seconds": -5}', "application/json", 409, "backwards"),
        ("[" * 5000, "application/json", 413, "too-large"),
        ("[" * 3000, "application/json", 400, "form-invalid"),
    ],
)
async def test_bad_input_is_named_and_changes_nothing(
    server: TestServer,
    state: ClockState,
    http: aiohttp.ClientSession,
    *,
    body: str,
    content_type: str,
    status: int,
    code: str,
) -> None:
    headers = {"Content-Type": content_type}
    async with http.put(server.make_url("/clock"), data=body.encode(), headers=headers) as answer:
        assert answer.status == status
        assert (await answer.json())["error"]["code"] == code
    assert state.version == 0


@pytest.mark.parametrize("after", ["x", "", "1.5", "9" * 40, "٣"])
async def test_a_malformed_version_is_refused(server: TestServer, http: aiohttp.ClientSession, after: str) -> None:
    async with http.get(server.make_url("/clock"), params={"after": after}) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"]["code"] == "version-malformed"


async def test_a_waiting_follower_does_not_hold_up_the_end(state: ClockState, http: aiohttp.ClientSession) -> None:
    running = TestServer(create_app(state), host="127.0.0.1")
    await running.start_server()
    waiting = asyncio.create_task(http.get(running.make_url("/clock"), params={"after": "0"}))
    await asyncio.sleep(0.1)
    started = time.monotonic()
    await running.close()
    assert time.monotonic() - started < 2
    answer = await waiting
    answer.release()
