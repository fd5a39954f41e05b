"""The processes that read scans: they may crash, hang and swell, and nobody else notices."""

import asyncio
import concurrent.futures
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import uvloop

from gateway.scans import ScanCode, ScanRefused, read_pages, reading
from gateway.scans.pool import Pool
from gateway.scans.worker import Worker, WorkerEnded, WorkerNotStarted, WorkerTooSlow
from tests.integration.scans.bombs import forms_that_double, noise
from tests.unit.scans.material import pdf, picture, saved

ROOT = Path(__file__).resolve().parents[3]
SMALL = saved(picture(), "JPEG")
NewPool = Callable[..., Pool]


@pytest.fixture
def new_pool() -> Iterator[NewPool]:
    made: list[Pool] = []

    def make(size: int = 1, **more: object) -> Pool:
        made.append(Pool(size, **more))
        return made[-1]

    yield make
    for pool in made:
        pool.close()


def _read(pool: Pool, content: bytes = SMALL, seconds: float = 60, *, long: bool = True) -> "concurrent.futures.Future":
    return pool.submit({"do": "read"}, [content], seconds=seconds, long=long)


def _gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):  # gone before it was opened, or before it was read
        return True
    return state == "Z"


def _wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def _code(future: "concurrent.futures.Future") -> ScanCode:
    with pytest.raises(ScanRefused) as refused:
        future.result(90)
    return refused.value.code


def test_no_process_runs_before_the_first_scan_and_one_serves_the_next(new_pool: NewPool) -> None:
    pool = new_pool(2)
    assert pool.pids() == set()
    _read(pool).result(60)
    first = pool.pids()
    assert len(first) == 1
    for _ in range(3):
        _read(pool).result(60)
    assert pool.pids() == first


def test_a_process_is_replaced_after_its_number_of_jobs(new_pool: NewPool) -> None:
    pool = new_pool(jobs=2)
    seen = []
    for _ in range(4):
        _read(pool).result(60)
        seen.append(pool.pids())
    _wait_until(lambda: not pool.pids())
    assert seen[0] != seen[2]


def test_an_idle_process_is_ended(new_pool: NewPool) -> None:
    pool = new_pool(idle=0.3)
    _read(pool).result(60)
    (pid,) = pool.pids()
    _wait_until(lambda: not pool.pids() and _gone(pid))
    assert _read(pool).result(60)


def test_a_killed_process_refuses_its_scan_and_the_next_is_read(new_pool: NewPool) -> None:
    pool = new_pool()
    _read(pool).result(60)
    (pid,) = pool.pids()
    os.kill(pid, signal.SIGKILL)
    assert _code(_read(pool)) is ScanCode.UNREADABLE
    assert _gone(pid)
    assert _read(pool).result(60)[0]["pages"]


def test_a_scan_that_takes_too_long_is_ended_with_its_process(new_pool: NewPool) -> None:
    pool = new_pool(memory=4_000_000_000)
    _read(pool).result(60)
    (pid,) = pool.pids()
    began = time.monotonic()
    assert _code(_read(pool, forms_that_double(40), seconds=1)) is ScanCode.UNREADABLE
    assert time.monotonic() - began < 20
    assert _gone(pid)


def test_a_scan_that_takes_too_much_memory_is_refused_and_the_next_is_read(new_pool: NewPool) -> None:
    pool = new_pool(memory=500_000_000)
    assert _code(_read(pool, forms_that_double(30), seconds=60)) is ScanCode.UNREADABLE
    assert _read(pool).result(60)[0]["pages"]


def test_where_no_process_can_be_started_the_operator_may_try_again(
    new_pool: NewPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = new_pool()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert _code(_read(pool)) is ScanCode.BUSY
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    assert _code(_read(pool)) is ScanCode.BUSY
    monkeypatch.undo()
    assert _read(pool).result(60)


def test_a_page_is_shown_while_long_files_are_read(new_pool: NewPool) -> None:
    pool = new_pool(2)
    done: list[str] = []
    longs = [_read(pool, noise(12)) for _ in range(4)]
    for future in longs:
        future.add_done_callback(lambda _: done.append("long"))
    shown = pool.submit(
        {"do": "preview", "type": "image/jpeg", "rotation": 0, "width": 100}, [SMALL], seconds=60, long=False
    )
    shown.add_done_callback(lambda _: done.append("shown"))
    concurrent.futures.wait([shown, *longs], timeout=120)
    assert done.index("shown") <= 1
    assert all("pages" in future.result()[0] for future in longs)


def test_too_much_at_once_is_refused_and_what_waits_is_not_lost(new_pool: NewPool) -> None:
    pool = new_pool(waiting=3 * len(SMALL))
    first = _read(pool, noise(4))
    _wait_until(lambda: not pool._long)
    waiting = [_read(pool) for _ in range(3)]
    with pytest.raises(ScanRefused) as refused:
        _read(pool)
    assert refused.value.code is ScanCode.BUSY
    assert all(future.result(60) for future in (first, *waiting))


def test_who_went_away_is_not_served(new_pool: NewPool) -> None:
    pool = new_pool()
    first, second, third = _read(pool, noise(3)), _read(pool), _read(pool)
    assert second.cancel()
    assert first.result(60)
    assert third.result(60)
    assert second.cancelled()


def test_closing_refuses_what_waits_and_what_runs_and_leaves_no_process(new_pool: NewPool) -> None:
    pool = new_pool()
    _read(pool).result(60)
    pids = pool.pids()
    running = _read(pool, forms_that_double(28), seconds=60)
    waiting = _read(pool)
    _wait_until(lambda: len(pool._long) == 1)
    pool.close()
    assert _code(running) is ScanCode.BUSY
    assert _code(waiting) is ScanCode.BUSY
    assert all(map(_gone, pids))
    with pytest.raises(ScanRefused):
        _read(pool)


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_the_event_loop_is_never_held_up(new_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    async def look() -> tuple[int, float]:
        late, ended = 0.0, asyncio.Event()

        async def tick() -> None:
            nonlocal late
            while not ended.is_set():
                began = time.thread_time()
                await asyncio.sleep(0.005)
                late = max(late, time.thread_time() - began)

        ticking = asyncio.create_task(tick())
        pages = await asyncio.gather(*(read_pages(noise(4), "application/pdf") for _ in range(4)))
        ended.set()
        await ticking
        return sum(map(len, pages)), late

    with asyncio.Runner(loop_factory=new_loop) as runner:
        count, late = runner.run(look())
    assert count == 16
    assert late < 0.1  # of the loop's own thread


def test_the_processes_serve_one_loop_after_another() -> None:
    for new_loop in (asyncio.new_event_loop, uvloop.new_event_loop, asyncio.new_event_loop):
        with asyncio.Runner(loop_factory=new_loop) as runner:
            assert runner.run(read_pages(SMALL, "image/jpeg"))
    assert len(reading.processes()) >= 1
    reading.close()


def test_many_threads_may_ask(new_pool: NewPool) -> None:
    pool = new_pool(2)
    found = []
    threads = [threading.Thread(target=lambda: found.append(_read(pool).result(90))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert len(found) == 20
    assert len(pool.pids()) <= 2


def test_the_process_knows_nothing_of_the_gateways_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QYZMET_PASSWORD", "SECRET")
    worker = Worker()
    try:
        environment = subprocess.run(["ps", "eww", str(worker.pid)], capture_output=True, text=True, check=False)
        assert "SECRET" not in environment.stdout
    finally:
        worker.end()


def test_an_answer_without_sense_ends_the_process() -> None:
    worker = Worker()
    with pytest.raises(WorkerEnded):
        worker.ask({"do": "read", "seconds": "x"} | {"more": 1}, [SMALL], float("nan"))
    assert _gone(worker.pid)


def test_a_process_that_does_not_answer_in_time_is_told_from_one_that_crashed() -> None:
    worker = Worker(memory=4_000_000_000)
    with pytest.raises(WorkerTooSlow):
        worker.ask({"do": "read"}, [forms_that_double(40)], 0.5)
    assert _gone(worker.pid)


def test_too_little_memory_to_start_is_said_at_once() -> None:
    with pytest.raises(WorkerNotStarted):
        Worker(memory=30_000_000)


def test_with_the_gateway_its_processes_end() -> None:
    code = (
        "import asyncio, os, sys\n"
        "from gateway.scans import read_pages, reading\n"
        "asyncio.run(read_pages(bytes.fromhex(sys.argv[1]), 'image/jpeg'))\n"
        "print(*reading.processes(), flush=True)\n"
        "os._exit(9) if sys.argv[2] == 'dies' else None"
    )
    for how in ("dies", "ends"):
        run = subprocess.run(
            [sys.executable, "-W", "error", "-c", code, SMALL.hex(), how],
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
            cwd=ROOT,
        )
        assert run.returncode == (9 if how == "dies" else 0), run.stderr
        assert not run.stderr
        pids = [int(pid) for pid in run.stdout.split()]
        assert pids
        for pid in pids:
            _wait_until(partial(_gone, pid))


def test_a_forked_process_starts_readers_of_its_own() -> None:
    code = (
        "import asyncio, os, sys\n"
        "from gateway.scans import read_pages, reading\n"
        "scan = bytes.fromhex(sys.argv[1])\n"
        "asyncio.run(read_pages(scan, 'image/jpeg'))\n"
        "mine = reading.processes()\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    asyncio.run(read_pages(scan, 'image/jpeg'))\n"
        "    ok = not mine & reading.processes()\n"
        "    reading.close()\n"
        "    os._exit(0 if ok else 1)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
        "assert asyncio.run(read_pages(scan, 'image/jpeg')) and reading.processes() == mine\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, SMALL.hex()], capture_output=True, text=True, check=False, timeout=90, cwd=ROOT
    )
    assert run.returncode == 0, run.stderr


def test_a_hundred_pages_come_through() -> None:
    pages = asyncio.run(read_pages(pdf(100), "application/pdf"))
    assert len(pages) == 100
