"""The load of the State Corporation's windows: when what is due, what counts as late, lost or taken twice."""

from __future__ import annotations

import asyncio
import itertools
import re
import sys

import pytest

from bench import window_browser, window_clients
from bench.window_clients import Windows
from bench.window_found import ACCEPTS, Asked, Found, Phase, Taken, Waits
from bench.window_people import adults
from bench.window_plan import JITTER, SCANNED_OF, Due, Plan, Visit, departments_with_flow, seats, timetable, visits
from bench.windows import Size, WindowsLoad, compare
from gateway.catalogue import load_catalogue

OVER = {Phase.READY: 10.0, Phase.ALONE: 20.0, Phase.RAMP: 30.0, Phase.WORK: 40.0}


def load_of(found, **wrong):
    told = {"lost": frozenset(), "again": frozenset()} | {name: frozenset(value) for name, value in wrong.items()}
    return WindowsLoad(
        size=Size(), found=found, cpu={}, at_rest={}, of_one={}, stalls=(), stalled_in=0, to_desk=Waits([]), **told
    )


def test_every_window_begins_once_in_each_period_and_they_stand_evenly_over_it():
    moments = timetable(200, period=60, seconds=120)
    assert len(moments) == 200
    assert all(len(own) == 3 for own in moments)
    evenly = [min(own) for own in moments]
    for second in range(0, 60, 6):
        begun = sum(second <= one < second + 6 for one in evenly)
        assert 10 <= begun <= 30 or second == 0, second
    for own in moments:
        for earlier, later in itertools.pairwise(own):
            assert 60 * (1 - JITTER) < later - earlier < 60 * (1 + JITTER)


class Hours:
    """Time that passes only when somebody waits."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now

    async def sleep(self, seconds):
        self.now += seconds


class Slow:
    """A window at which every intake takes nearly three periods."""

    def __init__(self, hours):
        self._hours = hours

    async def take_in(self, visit, pace, scan):
        await self._hours.sleep(170)
        return visit.service


async def test_a_slow_server_does_not_lower_the_load_but_makes_windows_late(monkeypatch):
    hours = Hours()
    for module in (window_browser, window_clients):
        monkeypatch.setattr(module, "time", hours)
        monkeypatch.setattr(module, "asyncio", hours)
    dues = tuple(Due(60 * place, Visit(f"visit {place}", {}, "", (), None, "")) for place in range(5))
    work = Windows(Plan("", "", (), (), (), 0, (dues,), period=60, seconds=180))
    await work._work(Slow(hours), dues, hours.now)
    assert [one.number for one in work._taken] == ["visit 0", "visit 1", "visit 2", "", ""]
    assert [one.late for one in work._taken] == [0, 110, 220, 330, 270]
    assert [one.error[:11] for one in work._taken] == ["", "", "", "never begun", "never begun"]


def test_an_applicant_waits_at_the_windows_of_departments_that_ask_the_state_databases():
    catalogue = load_catalogue()
    departments = departments_with_flow(catalogue)
    placed = seats(departments, 200)
    assert {department for department, _ in placed} == {one.id for one in departments}
    assert all(1 <= window <= catalogue.office(department).windows for department, window in placed)
    with_documents, scanned, people = 0, 0, adults()
    for one in departments:
        for visit in itertools.islice(visits(catalogue, one.id, iter(people)), 30):
            assert visit.medium == "electronic"
            assert visit.typed["applicant_number"]
            with_documents += bool(visit.on_paper or visit.scanned)
            scanned += bool(visit.scanned)
    assert scanned == pytest.approx(with_documents / SCANNED_OF, rel=0.15)


def test_waits_are_of_their_phase_and_kind_alone():
    asked = [Asked(ACCEPTS, 10 + place, place / 1000, 303) for place in range(30)]
    found = Found((*asked, Asked("GET /", 35, 9, 200)), (), OVER)
    assert (found.waits(Phase.ALONE, ACCEPTS).of(0.5), len(found.waits(Phase.ALONE, ACCEPTS))) == (5, 10)
    assert (found.waits(Phase.WORK, ACCEPTS).of(0.95), len(found.waits(Phase.WORK, ACCEPTS))) == (29, 10)
    assert len(found.waits(Phase.WORK)) == 11
    assert found.labels() == ["GET /", ACCEPTS]
    assert load_of(found).ratio == pytest.approx(29 / 5)


def test_what_failed_was_lost_or_came_twice_is_a_problem():
    good = Found((), (Taken(Phase.WORK, "service", 31, 0.0, number="1"),), OVER)
    bad = Found((), (Taken(Phase.WORK, "service", 31, 2.5, error="409"),), OVER)
    assert load_of(good).problems == []
    assert bad.late == (2.5,)
    assert len(load_of(bad).problems) == 1
    assert len(load_of(good, lost="1").problems) == len(load_of(good, again="2").problems) == 1


@pytest.mark.parametrize(
    ("registered", "lost", "again"),
    [
        ({"1": 1, "2": 1}, set(), set()),
        ({"1": 1}, {"2"}, set()),
        ({"1": 1, "2": 2}, set(), {"2"}),
        ({"1": 1, "2": 1, "3": 1}, set(), {"3"}),
    ],
)
def test_the_desk_has_each_accepted_application_once_and_no_other(registered, lost, again):
    assert compare({"1", "2"}, registered) == (lost, again)


@pytest.mark.full
@pytest.mark.skipif(sys.platform != "linux", reason="it reads Linux's CPU clocks")
async def test_three_windows_take_in_applications_that_all_come_to_the_desk(tmp_path):
    said = tmp_path / "said"
    sizes = ("--windows", "3", "--period", "8", "--seconds", "8", "--alone", "3")
    with said.open("wb") as out:  # not a pipe: the database's server may outlive the bench for a moment and hold it
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench", "--only", "windows", *sizes), stdout=out, stderr=out
        )
    status = await asyncio.wait_for(process.wait(), 600)
    words = said.read_text(encoding="utf-8")
    assert status == 0, words[-3000:]
    told = re.search(r"accepted in all (\d+), failed 0, at the desk never 0, more than once 0;", words)
    assert told is not None, words[-3000:]
    assert int(told[1]) == 3 + 3 + 3 * 2
    assert float(re.search(r"\n +ratio +([0-9.]+)", words)[1]) > 0
    for asked in ("typed", "sign", "form", "documents"):
        assert f"POST /intakes/…/{asked} " in words, words[-3000:]
