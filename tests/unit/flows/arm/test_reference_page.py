"""The reference page of the flow: every step with its lines, every verdict, and no code that is not there."""

import importlib
import re
from pathlib import Path

from gateway.catalogue import Channel, load_catalogue
from gateway.flows.arm.finding import Verdict, WhyAbsent
from gateway.flows.arm.powers import PowerVerdict

PAGE = (Path(__file__).resolve().parents[4] / "docs/reference/corporation-flow.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| `")]


def test_every_step_has_its_row_with_its_lines():
    services = load_catalogue().services
    flows = [services[one].flow(Channel.CORPORATION) for one in ("unemployed-certificate", "guardianship-certificate")]
    listed = {row[0].strip("`"): (row[1], row[2], row[4]) for row in ROWS if len(row) == 5}
    assert listed == {
        str(first.ref): (str(first.lines), str(second.lines), "" if first.on_fail is None else str(first.on_fail))
        for first, second in zip(flows[0].steps, flows[1].steps, strict=True)
    }


def test_every_verdict_of_process_3_has_its_row():
    listed = {row[0].strip("`") for row in ROWS if len(row) == 3}
    assert listed == {*Verdict, *PowerVerdict} - {PowerVerdict.GOOD}
    absent = next(row[1] for row in ROWS if row[0] == "`absent`")
    assert set(re.findall(r"`([a-z-]+)`", absent)) == set(WhyAbsent)


def test_every_name_of_code_on_the_page_is_there():
    names = re.findall(r"`(gateway\.[a-z0-9_.]+(?:\.[A-Z]\w+(?:\.\w+)?)?)`", PAGE)
    assert names
    for name in names:
        module, *rest = re.split(r"\.(?=[A-Z])", name)
        found = importlib.import_module(module)
        for part in ".".join(rest).split(".") if rest else ():
            found = getattr(found, part)
        assert found
