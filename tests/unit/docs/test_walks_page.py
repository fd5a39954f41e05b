"""The published table of walks names every pair of service and channel, and none that strayed from its act."""

import re
from collections import Counter
from pathlib import Path

import pytest

from gateway.catalogue import Channel
from simulators.walk.answers import catalogue, kinds_of
from simulators.walk.plan import pairs, whole_round
from simulators.walk.table import HEADINGS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "walks.md"
PLANNED = Counter((walk.service, walk.channel) for walk in whole_round(catalogue()))


def rows():
    """The cells of the page's table by service and channel."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {(row[0].strip("`"), Channel(row[1])): dict(zip(HEADINGS, row, strict=True)) for row in cells}


def test_every_pair_has_its_row() -> None:
    assert rows().keys() == {(service.id, channel) for service, channel in pairs(catalogue())}


@pytest.mark.parametrize(("service", "channel"), list(pairs(catalogue())), ids=lambda one: getattr(one, "id", one))
def test_every_walk_of_a_round_was_walked_matched_and_left_no_step_and_no_result_out(service, channel) -> None:
    row = rows()[(service.id, channel)]
    assert row["walks"] == f"{PLANNED[(service.id, channel)]} of {PLANNED[(service.id, channel)]}"
    for steps in re.findall(r"([0-9]+) of ([0-9]+)", row["steps run"]):
        assert steps[0] == steps[1]
    kinds = kinds_of(service, channel)
    assert set(row["results"].split(", ")) == {one.id for kind in kinds for one in service.results_on(channel, kind)}
    assert row["kinds"] == (", ".join(kind for kind in kinds if kind) or "–")
