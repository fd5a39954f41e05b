"""What a door's process takes for a bad body, beside the body's own size."""

import asyncio
import contextlib
import re
import sys
from pathlib import Path

import pytest

from gateway.shep.messages import Payload, PayloadForm
from gateway.shep.participant import ASK_PATH
from gateway.shep.seal import seal
from gateway.shep.sync_channel import write_question
from tests.integration.shep.bad_input import OVER, envelope, raw, raw_request
from tests.unit.shep.messages import question
from tests.unit.shep.pki import key_of

ROOT = Path(__file__).resolve().parents[3]
MIB = 1024 * 1024
PIECE = b"x" * MIB
CLOSE = "Connection: close"

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="the peak of a process's memory is read from /proc"
)


@contextlib.asynccontextmanager
async def serving(*arguments):
    command = (sys.executable, "-m", "tests.integration.shep.bad_input_server", *arguments)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        line = await process.stdout.readline()
        while not line.strip().isdigit():
            line = await process.stdout.readline()
            assert line
        # The log goes to the same pipe: it is read on, lest the server wait for it.
        reading = asyncio.create_task(process.stdout.read())
        yield process.pid, int(re.sub(rb"\D", b"", line))
    finally:
        process.stdin.close()
        await process.wait()
        await reading


class Peak:
    """The most memory that a process takes from now on, beyond what it has now, in bytes."""

    def __init__(self, pid):
        self._folder = Path(f"/proc/{pid}")
        (self._folder / "clear_refs").write_text("5")
        self._before = self._read("VmRSS")

    def _read(self, name):
        return int(re.search(rf"{name}:\s+(\d+)", (self._folder / "status").read_text())[1]) * 1024

    @property
    def growth(self):
        return self._read("VmHWM") - self._before


async def test_an_announced_giant_costs_nothing_and_a_creeping_one_no_more_than_the_limit():
    async with serving() as (pid, port):
        await raw(port, raw_request(ASK_PATH, envelope(), CLOSE))
        peak = Peak(pid)
        lines = (f"Content-Length: {100 * OVER}", CLOSE)
        assert b"the limit is" in await raw(port, raw_request(ASK_PATH, b"", *lines, length=False), *[PIECE] * 50)
        assert peak.growth < 4 * MIB
        peak = Peak(pid)
        chunk = b"%x\r\n%s\r\n" % (MIB, PIECE)
        head = raw_request(ASK_PATH, b"", "Transfer-Encoding: chunked", CLOSE, length=False)
        assert b"more than" in await raw(port, head, *[chunk] * 40)
        assert peak.growth < 2 * OVER


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param(b"x" * MIB, id="text"),
        pytest.param(b"\xff" * MIB, id="no text", marks=pytest.mark.full),
        pytest.param(b"&#1234;" * 9000 + b"x" * (MIB - 63000), id="references", marks=pytest.mark.full),
        pytest.param((b"<a/>" + b"x" * 400) * 2595, id="elements", marks=pytest.mark.full),
    ],
)
async def test_a_large_body_costs_no_more_than_four_of_its_size(piece):
    whole = envelope(b"<a>" + piece * 15 + b"</a>")
    async with serving() as (pid, port):
        await raw(port, raw_request(ASK_PATH, envelope(), CLOSE))
        peak = Peak(pid)
        assert b"HTTP/1.1 500" in await raw(port, raw_request(ASK_PATH, whole, CLOSE))
        assert peak.growth < 4 * len(whole)


async def test_forty_large_messages_at_once_cost_no_more_than_the_budget_allows():
    budget = 6 * MIB
    payload = Payload(PayloadForm.TYPED, b"<data><x>" + b"x" * 2 * MIB + b"</x></data>")
    asked = [
        await seal(write_question(question(message_id=f"m-{number}", payload=payload)), key_of("SHEP"))
        for number in range(40)
    ]
    async with serving(str(budget)) as (pid, port):
        await raw(port, raw_request(ASK_PATH, asked[0], CLOSE))
        peak = Peak(pid)
        answers = await asyncio.gather(*(raw(port, raw_request(ASK_PATH, each, CLOSE)) for each in asked))
        growth = peak.growth
        assert b"SCE006" in await raw(port, raw_request(ASK_PATH, asked[1], CLOSE))
    # Each has a signature that is verified before its signer turns out to be a stranger.
    worked_on = [answer for answer in answers if b"SCE006" in answer]
    assert worked_on
    assert all(b"SCE909" in answer for answer in answers if answer not in worked_on)
    assert growth < 8 * budget
