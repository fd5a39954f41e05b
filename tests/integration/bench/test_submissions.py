"""The measurement of submissions runs: it knows the portal's pages, the journal's keys and the trust core's calls."""

from __future__ import annotations

import asyncio
import re
import sys

import pytest

pytestmark = [pytest.mark.full, pytest.mark.skipif(sys.platform != "linux", reason="it reads Linux's CPU clocks")]


async def test_a_few_submissions_are_measured_against_their_floor(tmp_path):
    said = tmp_path / "said"
    with said.open("wb") as out:  # not a pipe: the database's server may outlive the bench for a moment and hold it
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench", "--only", "submissions", "--submissions", "5"), stdout=out, stderr=out
        )
    status = await asyncio.wait_for(process.wait(), 400)
    words = said.read_text(encoding="utf-8")
    assert status == 0, words[-3000:]
    assert len(re.findall(r"ratio +[0-9.]+", words)) >= 2, words[-3000:]
