"""A file of ten megabytes takes no more memory than four times its size, whichever way it goes."""

from pathlib import Path

import pytest

from bench import attachment

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="the peak of a process's memory is read from /proc"
)


@pytest.mark.full
async def test_a_large_file_takes_no_more_memory_than_four_times_its_size():
    ratios = await attachment.measure()
    assert len(ratios) == 6
    assert {way: ratio for way, ratio in ratios.items() if ratio > 4} == {}
