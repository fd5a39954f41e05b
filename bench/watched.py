"""A part whose event loop is watched: `python -m bench.watched NAME FOLDER`.

Every turn of the loop that takes the processor for more than a millisecond is kept with the place where the code was
then. uvloop gives no hold for this, so the part runs on asyncio's own loop; the times are the code's, not the loop's.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

FILE = "QYZMET_BENCH_STALLS"
LIMIT = 0.001
_LOOK_EVERY = 0.0004
_HERE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Stall:
    """A turn of the loop; `at` is the machine's monotonic clock, `cpu` seconds of the processor."""

    at: float
    cpu: float
    place: str


class Watch:
    """Times the turns; a second thread looks where the long ones are."""

    def __init__(self) -> None:
        self.kept: list[Stall] = []
        self._turn = 0
        self._since: float | None = None
        self._places: Counter[str] = Counter()
        self._main = threading.get_ident()

    def install(self) -> None:
        """Begin."""
        sys.setswitchinterval(_LOOK_EVERY)
        threading.Thread(target=self._look, daemon=True).start()
        original: Callable[[asyncio.Handle], None] = asyncio.Handle._run  # noqa: SLF001

        def run(handle: asyncio.Handle) -> None:
            self._turn += 1
            began = time.thread_time()
            self._since = time.monotonic()
            original(handle)
            self._since = None
            cpu = time.thread_time() - began
            if cpu > LIMIT:
                seen = self._places.most_common(1)
                self.kept.append(Stall(time.monotonic(), cpu, seen[0][0] if seen else "not seen"))
            self._places.clear()

        setattr(asyncio.Handle, "_run", run)  # noqa: B010 - a method of the library's

    def _look(self) -> None:
        while True:
            time.sleep(_LOOK_EVERY)
            since, turn = self._since, self._turn
            if since is None or time.monotonic() - since < LIMIT / 2:
                continue
            frame = sys._current_frames().get(self._main)  # noqa: SLF001
            place = _place(frame)
            if place and self._turn == turn:
                self._places[place] += 1


def _place(frame: FrameType | None) -> str:
    """Name the innermost function of ours, or the innermost of all."""
    ours = frame
    while ours is not None and "/gateway/" not in ours.f_code.co_filename:
        ours = ours.f_back
    found = ours or frame
    return _name(found) if found is not None else ""


def _name(frame: FrameType) -> str:
    file = Path(frame.f_code.co_filename)
    short = file.relative_to(_HERE) if file.is_relative_to(_HERE) else file
    parts = short.parts
    if "site-packages" in parts:
        parts = parts[parts.index("site-packages") + 1 :]
    return f"{'/'.join(parts[-3:])}:{frame.f_code.co_name}"


def main() -> None:
    """Run the part; write what was kept when it ends."""
    import uvloop

    from simulators.part import main as run_part

    uvloop.new_event_loop = asyncio.new_event_loop  # type: ignore[assignment]
    watch = Watch()
    watch.install()
    try:
        run_part()
    finally:
        rows = [(one.at, one.cpu, one.place) for one in watch.kept]
        Path(os.environ[FILE]).write_text(json.dumps(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
