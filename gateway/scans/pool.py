"""A few processes that read scans, started when they are needed and ended when they are not.

Each has a thread of the gateway to itself, which waits for it; so nothing here depends on an event loop. Showing a page
goes before reading a file, and of several processes one is never given a long job: a file of a hundred pages
at one window keeps nobody at another from seeing his page.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import structlog

from gateway.scans.errors import ScanCode, ScanRefused
from gateway.scans.frames import Frame
from gateway.scans.limits import IDLE_SECONDS, JOBS_A_PROCESS, MAX_WAITING_BYTES, MEMORY_BYTES
from gateway.scans.worker import Worker, WorkerEnded, WorkerNotStarted, WorkerTooSlow

_log = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class _Job:
    head: Mapping[str, Any]
    parts: Sequence[bytes]
    seconds: float
    long: bool
    done: Future[Frame] = field(default_factory=Future)

    @property
    def size(self) -> int:
        return sum(len(part) for part in self.parts)


class Pool:
    """The processes of one gateway; any thread may submit."""

    def __init__(
        self,
        size: int | None = None,
        *,
        jobs: int = JOBS_A_PROCESS,
        idle: float = IDLE_SECONDS,
        memory: int = MEMORY_BYTES,
        waiting: int = MAX_WAITING_BYTES,
    ) -> None:
        """`size` processes at most, each for so many `jobs` and ended after `idle` seconds without one."""
        self.size = size or max(2, min(8, os.cpu_count() or 2))
        self._jobs, self._idle, self._memory, self._most_waiting = jobs, idle, memory, waiting
        self._changed = threading.Condition()
        self._short: deque[_Job] = deque()
        self._long: deque[_Job] = deque()
        self._threads: set[threading.Thread] = set()
        self._workers: set[Worker] = set()
        self._free = self._long_running = 0
        self._closed = False

    def submit(
        self, head: Mapping[str, Any], parts: Sequence[bytes], *, seconds: float, long: bool = True
    ) -> Future[Frame]:
        """Queue a job; its future raises `ScanRefused`, and so does this when too much waits."""
        job = _Job(head, parts, seconds, long)
        with self._changed:
            if self._closed or ((waiting := self._waiting()) and waiting + job.size > self._most_waiting):
                raise ScanRefused(ScanCode.BUSY, reason="closed" if self._closed else "too much waits")
            (self._long if long else self._short).append(job)
            if self._free < len(self._short) + len(self._long) and len(self._threads) < self.size:
                thread = threading.Thread(target=self._serve, name="scans", daemon=True)
                self._threads.add(thread)
                thread.start()
            self._changed.notify_all()
        return job.done

    def pids(self) -> set[int]:
        """Return the numbers of the processes that run."""
        with self._changed:
            return {worker.pid for worker in self._workers}

    def close(self) -> None:
        """End every process; what waits or runs is refused, and so is what comes."""
        with self._changed:
            self._closed = True
            waiting = [*self._short, *self._long]
            self._short.clear()
            self._long.clear()
            workers, threads = list(self._workers), list(self._threads)
            self._changed.notify_all()
        for job in waiting:
            if job.done.set_running_or_notify_cancel():
                job.done.set_exception(ScanRefused(ScanCode.BUSY, reason="closed"))
        for worker in workers:
            worker.kill()
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(10)

    def _waiting(self) -> int:
        return sum(job.size for job in (*self._short, *self._long))

    def _next(self) -> _Job | None:
        """Wait for a job that may be begun; None when the thread is to end."""
        with self._changed:
            self._free += 1
            try:
                while not self._closed:
                    if self._short:
                        return self._short.popleft()
                    if self._long and self._long_running < max(1, self.size - 1):
                        self._long_running += 1
                        return self._long.popleft()
                    if not self._changed.wait(self._idle) and not self._short and not self._long:
                        break
            finally:
                self._free -= 1
            self._threads.discard(threading.current_thread())
            return None

    def _serve(self) -> None:
        worker: Worker | None = None
        while (job := self._next()) is not None:
            if job.done.set_running_or_notify_cancel():
                worker = self._do(worker, job)
            if job.long:
                with self._changed:
                    self._long_running -= 1
                    self._changed.notify_all()
            if worker is not None and worker.jobs >= self._jobs:
                self._end(worker)
                worker = None
            del job  # what was scanned is not kept while the thread waits
        if worker is not None:
            self._end(worker)

    def _do(self, worker: Worker | None, job: _Job) -> Worker | None:
        """Do the job; return the worker if it is still of use."""
        try:
            worker = worker or self._start()
            answer = worker.ask(job.head, job.parts, job.seconds)
        except WorkerNotStarted as error:
            _log.error("scan-process-not-started", why=str(error))  # the text says all
            job.done.set_exception(ScanRefused(ScanCode.BUSY, reason="no process"))
        except WorkerEnded as error:
            how = "too slow" if isinstance(error, WorkerTooSlow) else "crashed"
            _log.warning("scan-process-ended", how=how, job=job.head.get("do"))
            if worker is not None:
                self._end(worker)
            closed = ScanCode.BUSY if self._closed else ScanCode.UNREADABLE
            job.done.set_exception(ScanRefused(closed, reason=how))
        except BaseException as error:  # noqa: BLE001 - whoever waits is told, whatever it is
            if worker is not None:
                self._end(worker)
            job.done.set_exception(error)
        else:
            job.done.set_result(answer)
            return worker
        return None

    def _start(self) -> Worker:
        worker = Worker(memory=self._memory)
        with self._changed:
            self._workers.add(worker)
            closed = self._closed
        if closed:
            worker.kill()
        return worker

    def _end(self, worker: Worker) -> None:
        with self._changed:
            self._workers.discard(worker)
        worker.end()
