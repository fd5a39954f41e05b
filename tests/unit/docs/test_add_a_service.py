"""The how-to adds a service by data alone: its blocks, put where it says, are a catalogue with one service more."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from gateway.catalogue import Channel, Outcome, load_catalogue
from gateway.catalogue.load import FOLDER

PAGE = (Path(__file__).resolve().parents[3] / "docs/how-to/add-a-service.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```yaml (\S+)\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "catalogue"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    with (copy / "acts.yaml").open("a", encoding="utf-8") as acts:
        acts.write(BLOCKS["acts.yaml"])
    (copy / "services/reduced-fare-card.yaml").write_text(BLOCKS["services/reduced-fare-card.yaml"], encoding="utf-8")
    return copy


def test_the_blocks_make_one_service_more(folder: Path) -> None:
    before, after = load_catalogue(), load_catalogue(folder)
    assert set(after.services) - set(before.services) == {"reduced-fare-card"}
    service = after.service("reduced-fare-card")
    assert after.act_of(service).id == "example-2020-1"
    assert service.procedure(Channel.PROVIDER_OFFICE).path(Channel.PROVIDER_OFFICE)[2].duration.value == 3
    assert {result.outcome for result in service.results} == {Outcome.ISSUED, Outcome.REFUSED}


def test_it_is_offered_where_an_office_provides_it(folder: Path) -> None:
    assert not load_catalogue(folder).offers("reduced-fare-card", Channel.PROVIDER_OFFICE)
    offices = folder / "offices.yaml"
    text = offices.read_text(encoding="utf-8")
    added = text.replace("    services:\n", "    services:\n      - reduced-fare-card\n", 1)
    offices.write_text(added, encoding="utf-8")
    assert load_catalogue(folder).offers("reduced-fare-card", Channel.PROVIDER_OFFICE)
