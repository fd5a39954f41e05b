"""The table of a round counts what the trails say, not what was planned."""

import pytest

from simulators.walk.answers import catalogue
from simulators.walk.plan import CHANNELS, PlannedWalk, walks_of
from simulators.walk.report import Expected, WalkReport
from simulators.walk.table import StoppedWalk, as_page, as_text, rows_of

PORTAL, OFFICE, AKIM, WINDOW = CHANNELS
SERVICE = "minor-property-certificates"


def report(steps, walk, *, strays=False):
    expected = Expected.of(walk)
    told, flow = (step.split() for step in steps), next(iter(expected.flows), "")
    trail = [
        {"flow": flow, "kind": kind, "number": int(number), "outcome": outcome, "facts": {}}
        for kind, number, outcome in told
    ]
    whole = WalkReport(walk, None, expected.state, trail, expected, None, list(expected.acts), list(expected.receipts))
    if not strays:
        object.__setattr__(expected, "steps", whole.walked)
        object.__setattr__(expected, "procedure", whole.walked_procedure)
    return whole


BANK, PENSION = PlannedWalk(SERVICE, "bank"), PlannedWalk(SERVICE, "pension-fund")
REPORTS = [
    report(["process 1 done", "condition 1 passed", "procedure 1 done", "procedure 2 done"], BANK),
    report(["process 1 done", "condition 1 failed", "process 2 done"], PENSION),
    report(["process 1 done", "condition 2 failed"], BANK, strays=True),
    StoppedWalk(BANK, "the desk is shut"),
]


def test_a_step_that_ran_in_several_walks_counts_once_and_a_walk_that_strayed_or_stopped_does_not_match():
    (row,) = rows_of(catalogue(), REPORTS)
    assert row.to_json() == {
        "service": SERVICE,
        "channel": "portal",
        "kinds": ["bank", "pension-fund"],
        "flow": {"run": 4, "of": 11},
        "procedure": {"run": 2, "of": 4},
        "conditions_failed": ["1", "2"],
        "results": ["bank-certificate", "pension-fund-certificate"],
        "walks": 4,
        "matched": 2,
    }


@pytest.mark.parametrize(
    ("service", "channel", "flow", "procedure"),
    [
        ("foreign-labour-permit", PORTAL, 11, 12),
        ("foreign-labour-permit", OFFICE, 0, 16),
        ("child-allowance-under-18", AKIM, 0, 9),
        ("child-allowance-under-18", OFFICE, 0, 7),
        ("birth-registration", PORTAL, 3, 5),
    ],
)
def test_the_steps_of_a_pair_are_those_of_all_its_flows_and_procedures(service, channel, flow, procedure):
    walk = next(walks_of(catalogue().service(service), channel))
    (row,) = rows_of(catalogue(), [StoppedWalk(walk, "")])
    assert (row.flow_steps, row.procedure_steps) == (flow, procedure)


def test_the_condition_of_a_procedure_is_a_step_of_its_own_that_may_fail():
    permit = catalogue().service("foreign-labour-permit")
    lapsed = next(walk for walk in walks_of(permit, OFFICE) if walk.way is not None and walk.way.name == "lapsed")
    (row,) = rows_of(catalogue(), [report(["procedure 1 done", "procedure 1 failed"], lapsed)])
    assert len(row.procedure) == 2
    assert row.cells()[4] == "1 of the procedure"
    assert row.cells()[3] == "2 of 16"


def test_each_channel_of_a_service_has_its_row():
    service = catalogue().service("school-meals")
    walks = [next(walks_of(service, channel)) for channel in (PORTAL, OFFICE)]
    rows = rows_of(catalogue(), [StoppedWalk(walk, "") for walk in walks])
    assert [row.channel for row in rows] == [PORTAL, OFFICE]


def test_the_page_names_what_the_terminal_counts():
    rows = rows_of(catalogue(), REPORTS)
    page = as_page(rows)
    cells = [
        "portal",
        "bank, pension-fund",
        "4 of 11 and 2 of 4",
        "1, 2",
        "bank-certificate, pension-fund-certificate",
        "2 of 4",
    ]
    assert f"| `{SERVICE}` | {' | '.join(cells)} |" in page
    assert "4 walks through 1 pairs" in page
    shown = as_text(rows).splitlines()[1].split("  ")
    assert [cell.strip() for cell in shown if cell.strip()] == [
        SERVICE, "portal", "2", "4 of 11 and 2 of 4", "1, 2", "2", "2 of 4",
    ]  # fmt: skip


def test_the_steps_of_two_lists_of_one_channel_are_different_steps():
    walk = next(walks_of(catalogue().service("oralman-status-almaty"), WINDOW))
    expected = Expected.of(walk)
    trail = [{"flow": flow, "kind": "process", "number": 1, "outcome": "done", "facts": {}} for flow in expected.flows]
    (row,) = rows_of(catalogue(), [WalkReport(walk, None, expected.state, trail, expected)])
    assert row.cells()[3] == "2 of 9 and 0 of 4"
