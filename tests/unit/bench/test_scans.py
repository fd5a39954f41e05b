"""The floors of the scans do what they say, and what is printed are ratios."""

import pytest

from bench import report
from bench.scans import Job, Scans, _decode, _draw
from tests.unit.scans.material import pdf, picture, saved


def test_the_floors_go_through_every_page() -> None:
    assert _draw(pdf(3)) == 3
    assert _draw(pdf(2), 100) == 2
    assert _decode(saved(picture("1"), "TIFF", save_all=True, append_images=[picture("1")] * 3)) == 4
    assert _decode(saved(picture(), "JPEG")) == 1


def test_ratios_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    job = Job("read", 1.0, 10, ours=300.0, floor=200.0, floor_label="pdfium draws each", throughput=75.0)
    assert (job.ratio, job.floor_throughput) == (1.5, 50.0)
    report.scans(Scans((job,), 2, 300.0, 50.0, 90.0))
    printed = capsys.readouterr().out
    assert "ratio  1.50" in printed
    assert "75.0 pages a second,  1.50 of the bare loop" in printed
