"""The clock's state: it moves, is kept, and refuses what would mislead."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.clock import ClockReading, ManualClock
from simulators.clock import ClockFileInvalid, ClockRefused, ClockState
from simulators.clock.state import FASTEST, LATEST, to_json

REAL = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


@pytest.fixture
def real() -> ManualClock:
    return ManualClock(REAL)


async def test_an_untouched_clock_shows_real_time(real: ManualClock) -> None:
    state = ClockState.open(None, real)
    real.advance(timedelta(minutes=7))
    assert state.reading() == ClockReading(real.now(), real.now(), 1.0, 0)


async def test_an_offset_is_measured_from_real_time(real: ManualClock) -> None:
    state = ClockState.open(None, real)
    await state.set(offset_seconds=3600)
    await state.set(offset_seconds=7200)
    real.advance(timedelta(seconds=5))
    assert state.reading().simulated == REAL + timedelta(seconds=7205)
    assert state.version == 2


async def test_a_rate_runs_from_the_moment_it_was_set(real: ManualClock) -> None:
    state = ClockState.open(None, real)
    await state.set(simulated=REAL + timedelta(days=10))
    await state.set(rate=60)
    real.advance(timedelta(minutes=1))
    assert state.reading().simulated == REAL + timedelta(days=10, hours=1)
    await state.set(rate=0)
    real.advance(timedelta(days=1))
    assert state.reading().simulated == REAL + timedelta(days=10, hours=1)


async def test_time_goes_backwards_only_when_that_is_said(real: ManualClock) -> None:
    state = ClockState.open(None, real)
    await state.set(offset_seconds=100)
    with pytest.raises(ClockRefused) as refused:
        await state.set(offset_seconds=0)
    assert refused.value.code == "backwards"
    assert state.version == 1
    await state.set(offset_seconds=0, allow_backwards=True)
    assert state.reading().simulated == REAL


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "nothing-asked"),
        ({"offset_seconds": 1.0, "simulated": REAL}, "asked-twice"),
        ({"offset_seconds": 1e300}, "time-out-of-bounds"),
        ({"offset_seconds": -1e300}, "time-out-of-bounds"),
        ({"simulated": datetime(2101, 1, 1, tzinfo=UTC)}, "time-out-of-bounds"),
        ({"rate": -1.0}, "rate-out-of-bounds"),
        ({"rate": FASTEST * 2}, "rate-out-of-bounds"),
    ],
)
async def test_what_is_refused_changes_nothing(real: ManualClock, change: dict[str, object], code: str) -> None:
    state = ClockState.open(None, real)
    with pytest.raises(ClockRefused) as refused:
        await state.set(**change)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert state.reading() == ClockReading(REAL, REAL, 1.0, 0)


async def test_a_second_start_finds_the_clock_where_it_would_be(real: ManualClock, tmp_path: Path) -> None:
    file = tmp_path / "data" / "clock.json"
    await ClockState.open(file, real).set(offset_seconds=86_400, rate=2)
    real.advance(timedelta(hours=1))
    again = ClockState.open(file, real)
    assert again.reading().simulated == REAL + timedelta(days=1, hours=2)
    assert again.version == 1
    assert [path.name for path in file.parent.iterdir()] == ["clock.json"]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"real": 1}', "\x00", '{"real":"2026-03-02T05:00:00+00:00"}'])
def test_a_spoilt_file_is_named_and_not_overwritten(real: ManualClock, tmp_path: Path, content: str) -> None:
    file = tmp_path / "clock.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ClockFileInvalid, match="remove it"):
        ClockState.open(file, real)
    assert file.read_text(encoding="utf-8") == content


def test_a_file_with_a_naive_time_is_refused(real: ManualClock, tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    file.write_text(json.dumps({**to_json(ClockReading(REAL, REAL, 1.0, 0)), "real": "2026-03-02T05:00:00"}))
    with pytest.raises(ClockFileInvalid):
        ClockState.open(file, real)


async def test_a_fast_clock_stops_at_the_end_of_its_range(real: ManualClock) -> None:
    state = ClockState.open(None, real)
    await state.set(rate=FASTEST)
    real.advance(timedelta(days=365))
    assert state.reading().simulated == LATEST


async def test_a_fast_clock_starts_again_after_a_long_pause(real: ManualClock, tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    await ClockState.open(file, real).set(rate=FASTEST)
    real.advance(timedelta(days=365))
    assert ClockState.open(file, real).reading().simulated == LATEST
