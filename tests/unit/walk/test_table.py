"""The table of a round counts what the trails say, not what was planned."""

from simulators.walk.answers import catalogue
from simulators.walk.officials import Decision
from simulators.walk.plan import PlannedWalk
from simulators.walk.report import WalkReport
from simulators.walk.table import StoppedWalk, as_page, as_text, rows_of

SERVICE = "minor-property-certificates"


def report(steps, *, kind="bank", expected=None, decision=None):
    trail = [
        {"flow": "portal", "kind": kind_, "number": int(number), "outcome": outcome}
        for kind_, number, outcome in (step.split() for step in steps)
    ]
    flow = [step for step in steps if not step.startswith("procedure")]
    return WalkReport(
        service=SERVICE,
        kind=kind,
        way=None,
        application=None,
        state="issued",
        trail=trail,
        expected=flow if expected is None else expected,
        expected_procedure=[step for step in steps if step.startswith("procedure")],
        verification=None,
        decision=decision,
    )


REPORTS = [
    report(["process 1 done", "condition 1 passed", "procedure 1 done", "procedure 2 done"]),
    report(["process 1 done", "condition 1 failed", "process 2 done"], kind="pension-fund"),
    report(["process 1 done", "condition 2 failed"], expected=["process 1 done"]),
    StoppedWalk(PlannedWalk(SERVICE, "bank"), "the desk is shut"),
]


def test_a_step_that_ran_in_several_walks_counts_once_and_a_walk_that_strayed_or_stopped_does_not_match():
    (row,) = rows_of(catalogue(), REPORTS)
    assert row.to_json() == {
        "service": SERVICE,
        "kinds": ["bank", "pension-fund"],
        "flow": {"run": 4, "of": 11},
        "procedure": {"run": 2, "of": 4},
        "conditions_failed": [1, 2],
        "results": [],
        "walks": 4,
        "matched": 2,
    }


def test_the_documents_of_the_walks_are_named_once():
    issued = Decision.issue(SERVICE, "bank")
    (row,) = rows_of(catalogue(), [report(["process 8 done"], decision=issued)] * 2)
    assert row.results == ["bank-certificate"]


def test_the_page_names_what_the_terminal_counts():
    rows = rows_of(catalogue(), REPORTS)
    cells = ["bank, pension-fund", "4 of 11 and 2 of 4", "1, 2", "", "2 of 4"]
    assert f"| `{SERVICE}` | {' | '.join(cells)} |" in as_page(rows)
    assert "4 walks through 1 of the services" in as_page(rows)
    shown = as_text(rows).splitlines()[1].split("  ")
    assert [cell.strip() for cell in shown if cell.strip()] == [
        SERVICE,
        "2",
        "4 of 11 and 2 of 4",
        "1, 2",
        "0",
        "2 of 4",
    ]
