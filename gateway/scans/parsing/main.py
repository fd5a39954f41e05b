"""The process that reads scans: it gives away what it does not need, then takes one job after another from its pipe.

The gateway starts it with nothing but the limit of memory and takes it down when it will not answer; when the gateway
is gone, its pipe ends and so does this.
"""

from __future__ import annotations

import signal
import sys
from typing import BinaryIO

from gateway.scans.parsing import sandbox

_MOST_ASKED = 64_000_000


def main() -> None:
    """Run until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sandbox.limit(int(sys.argv[2]))
    from gateway.scans import frames
    from gateway.scans.parsing import jobs

    jobs.warm()
    confined = sandbox.confine()
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    frames.write(answers, {"ready": True, "confined": confined})
    while _serve(asked, answers):
        pass


def _serve(asked: BinaryIO, answers: BinaryIO) -> bool:
    from gateway.scans import frames
    from gateway.scans.parsing import jobs

    got = frames.read(asked, _MOST_ASKED)
    if got is None:
        return False
    head, parts = got
    sandbox.allow_seconds(float(head["seconds"]))
    frames.write(answers, *jobs.done(head, parts))
    return True
