"""One process that reads scans, as the gateway sees it: started, asked, killed."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

from gateway.scans import frames
from gateway.scans.limits import MAX_KEPT_BYTES, MEMORY_BYTES, START_SECONDS

_ROOT = Path(__file__).resolve().parents[2]
_START = "import sys; sys.path.insert(0, sys.argv[1]); from gateway.scans.parsing.main import main; main()"
_ENVIRONMENT = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "MALLOC_ARENA_MAX": "1"}
"""All that it is told: settings and passwords of the gateway's environment stay outside."""


class WorkerEnded(Exception):
    """The process ended without an answer, or answered nonsense; it is gone."""


class WorkerTooSlow(WorkerEnded):
    """The process was killed since it took too long."""


class WorkerNotStarted(Exception):
    """No process could be started: the machine's trouble, not the scan's."""


class Worker:
    """A running process; one thread at a time may use it."""

    def __init__(self, *, memory: int = MEMORY_BYTES) -> None:
        """Start the process and wait until it is ready; raises `WorkerNotStarted`."""
        self.jobs = 0
        command = [sys.executable, "-I", "-c", _START, str(_ROOT), str(memory)]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=_ENVIRONMENT,
                start_new_session=True,
            )
        except OSError as error:
            raise WorkerNotStarted(str(error)) from error
        try:
            head, _ = self._answer(START_SECONDS)
        except WorkerEnded as error:
            raise WorkerNotStarted(str(error)) from error
        self.confined: bool = head.get("confined") is True

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def ask(self, head: Mapping[str, Any], parts: Sequence[bytes], seconds: float) -> frames.Frame:
        """Give a job and return the answer; raises `WorkerEnded`, after which the worker is of no more use."""
        self.jobs += 1
        return self._answer(seconds, dict(head) | {"seconds": seconds}, parts)

    def kill(self) -> None:
        """Kill the process, also while another thread waits for its answer; that thread then calls `end`."""
        self._process.kill()

    def end(self) -> None:
        """Kill the process and wait until it is gone."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._process.wait()

    def _answer(
        self, seconds: float, head: Mapping[str, Any] | None = None, parts: Sequence[bytes] = ()
    ) -> frames.Frame:
        late = threading.Event()
        timer = threading.Timer(seconds, self._kill, (late,))
        timer.daemon = True
        timer.start()
        try:
            answer = self._exchange(head, parts)
        except (OSError, ValueError, frames.BrokenFrame) as error:
            self.end()
            raise (WorkerTooSlow if late.is_set() else WorkerEnded)(str(error)) from error
        finally:
            timer.cancel()
        return answer

    def _exchange(self, head: Mapping[str, Any] | None, parts: Sequence[bytes]) -> frames.Frame:
        asked, answers = cast("BinaryIO", self._process.stdin), cast("BinaryIO", self._process.stdout)
        if head is not None:
            frames.write(asked, head, parts)
        answer = frames.read(answers, MAX_KEPT_BYTES)
        if answer is None:
            raise frames.BrokenFrame("ended")
        return answer

    def _kill(self, late: threading.Event) -> None:
        late.set()
        self._process.kill()
