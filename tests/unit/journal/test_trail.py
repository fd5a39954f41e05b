from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from gateway.journal import Event, Kind, Outcome, Step, follows


@dataclass(frozen=True)
class Stated:
    kind: str
    number: int
    terminal: bool = False
    on_fail: tuple[str, int] | None = None
    on_pass: tuple[str, int] | None = None


PORTAL = (
    Stated("process", 1),
    Stated("condition", 1, on_fail=("process", 2)),
    Stated("process", 2, terminal=True),
    Stated("process", 3),
    Stated("condition", 2, on_fail=("process", 4)),
    Stated("process", 4, terminal=True),
    Stated("process", 5),
    Stated("process", 6),
    Stated("condition", 3, on_fail=("process", 7)),
    Stated("process", 7, terminal=True),
    Stated("process", 8, terminal=True),
)
OUTCOMES = {"": Outcome.DONE, "+": Outcome.PASSED, "-": Outcome.FAILED, "?": Outcome.UNDETERMINED}


def trail(text, flow="portal"):
    """Read a trail written like `p1 c1+ p3`."""
    for place, word in enumerate(text.split()):
        kind = {"p": Kind.PROCESS, "c": Kind.CONDITION, "s": Kind.PROCEDURE}[word[0]]
        step = Step(flow, kind, int(word[1]), OUTCOMES[word[2:]])
        yield Event(place, "10000000000001", step, datetime(2026, 3, 2, tzinfo=UTC), "system")


@pytest.mark.parametrize(
    "walked",
    [
        "p1 c1+ p3 c2+ c2+ p5 p6 c3+ p8",
        "p1 c1+ p3 c2+ p5 p6 s1 s2 s3 c3+ s4 p8",
        "p1 c1+ p3 c2? c2? c2+ c2? c2+ p5 p6 c3? c3? c3+ p8",
        "p1 c1- p2",
        "p1 c1+ p3 c2- p4",
        "p1 c1+ p3 c2+ c2- p4",
        "p1 c1+ p3 c2+ c2? c2- p4",
        "p1 c1+ p3 c2+ p5 p6 c3- p7",
    ],
)
def test_a_path_that_the_act_allows_follows_and_is_complete(walked):
    verdict = follows(trail(walked), PORTAL)
    assert verdict.follows, verdict.problem
    assert verdict.complete


@pytest.mark.parametrize("walked", ["", "p1", "p1 c1+ p3 c2?", "p1 c1+ p3 c2-", "p1 c1+ p3 c2+ p5 p6 c3-"])
def test_a_trail_on_its_way_follows_but_is_not_complete(walked):
    verdict = follows(trail(walked), PORTAL)
    assert verdict.follows
    assert not verdict.complete


@pytest.mark.parametrize(
    ("walked", "problem"),
    [
        ("p1 p3", "process 3 came where condition 1 was due"),
        ("p1 c1+ p2", "process 2 came where process 3 was due"),
        ("p1 c1+ p3 c2- p5", "process 5 came where process 4 was due"),
        ("p1 c1+ p3 c2? p5", "process 5 came where condition 2 was due"),
        ("p1 c1+ p3 c2+ p5 c2+", "condition 2 came where process 6 was due"),
        ("p1 c1+ p3 c2+ p5 p6 c3+ p8 p8", "process 8 comes after the end of the flow"),
        ("p1 c1+ p3 c2- p4 c2+", "condition 2 comes after the end of the flow"),
        ("p1-", "a process cannot be failed"),
        ("p1 c1", "a condition cannot be done"),
        ("p1 c1+ p9", "the flow has no process 9"),
    ],
)
def test_a_path_that_the_act_does_not_know_is_named(walked, problem):
    verdict = follows(trail(walked), PORTAL)
    assert not verdict
    assert verdict.problem == problem


def test_a_step_of_another_flow_is_not_taken_for_one_of_the_portal():
    assert follows(trail("p1 p2 p3", flow="arm"), PORTAL).steps == ()
