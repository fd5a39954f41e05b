"""`qyzmet walk` ends with a status that a program can rely on. The country is left out here."""

import argparse
import contextlib
import json

import pytest

from simulators.walk import command
from simulators.walk.answers import catalogue
from simulators.walk.plan import whole_round
from simulators.walk.report import WalkReport
from simulators.walk.scenario import WalkFailed

STEP = {"flow": "portal", "kind": "process", "number": 1, "outcome": "done"}


def report(service, kind, way, *, expected):
    return WalkReport(
        service=service,
        kind=kind,
        way=way,
        application="71000000000001",
        state="issued",
        trail=[STEP],
        expected=expected,
        expected_procedure=[],
        verification={"verdict": "valid", "code": "ok"},
    )


@pytest.fixture
def walks(monkeypatch):
    """What each walk comes to, in place of a country."""
    told = []

    @contextlib.asynccontextmanager
    async def nothing(*_args):
        yield None

    async def walk_once(_installation, service, way, *, say, kind):
        outcome = told.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return report(service, kind, way, expected=outcome)

    monkeypatch.setattr(command, "temporary_installation", nothing)
    monkeypatch.setattr(command, "country", nothing)
    monkeypatch.setattr(command, "walk_once", walk_once)
    return told


def run(*words):
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return command.run(parser.parse_args(words))


def test_a_trail_that_matches_ends_with_0(walks, capsys):
    walks.append(["process 1 done"])
    assert run("--service", "unemployed-certificate", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["matches"]
    assert told["trail"] == [STEP]


def test_a_trail_that_does_not_match_ends_with_1(walks, capsys):
    walks.append(["process 1 done", "condition 1 passed"])
    assert run("--service", "unemployed-certificate") == 1
    assert "DOES NOT MATCH" in capsys.readouterr().out


def test_a_walk_that_stopped_ends_with_1_and_says_where(walks, capsys):
    walks.append(WalkFailed("the desk is shut"))
    assert run("--service", "unemployed-certificate", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert not told["matches"]
    assert told["stopped"] == "the desk is shut"


def test_one_bad_walk_among_good_ones_ends_with_1_and_the_others_are_walked(walks, capsys):
    walks += [["process 1 done"], WalkFailed("no"), ["process 1 done"]]
    status = run(
        "--service", "unemployed-certificate", "--json",
        "--fail", "condition-1:password", "--fail", "condition-2:revoked", "--fail", "condition-3:absent",
    )  # fmt: skip
    assert status == 1
    assert [one["matches"] for one in json.loads(capsys.readouterr().out)] == [True, False, True]


def test_all_tells_the_walks_and_a_row_for_every_service(walks, capsys):
    planned = list(whole_round(catalogue()))
    walks += [["process 1 done"]] * len(planned)
    assert run("--all", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["service"], one["kind"], one["fail"]) for one in told["walks"]] == [
        (one.service, one.kind, one.way.name if one.way else None) for one in planned
    ]
    assert {one["service"] for one in told["services"]} == {one.service for one in planned}


def test_everything_of_one_service_is_walked_with_all(walks, capsys):
    walks += [["process 1 done"]] * 20
    assert run("--all", "--service", "adoption-candidate-registration", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    ways = {one["fail"] for one in told["walks"]}
    assert {one["service"] for one in told["walks"]} == {"adoption-candidate-registration"}
    assert {None, "negative", "refusal", "condition-3:documents", "condition-1:password"} <= ways


def test_a_person_is_shown_the_table_and_the_page_is_written(walks, capsys, tmp_path):
    walks += [["process 1 done"]] * 20
    page = tmp_path / "walks.md"
    assert run("--all", "--service", "school-meals", "--page", str(page)) == 0
    assert "school-meals  –      1 of 11 and 0 of 4" in capsys.readouterr().out
    assert "| `school-meals` | – | 1 of 11 and 0 of 4 |" in page.read_text(encoding="utf-8")


def test_a_kind_of_the_service_is_walked(walks, capsys):
    walks.append(["process 1 done"])
    assert run("--service", "minor-property-certificates", "--kind", "bank", "--json") == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "bank"


def test_a_walk_that_stopped_is_counted_in_the_table(walks, capsys):
    walks += [WalkFailed("no"), *[["process 1 done"]] * 20]
    assert run("--all", "--service", "school-meals", "--json") == 1
    (row,) = json.loads(capsys.readouterr().out)["services"]
    assert row["matched"] == row["walks"] - 1


def test_wrong_usage_ends_with_64(walks, capsys):
    assert run() == 64
    assert run("--service", "guardianship-certificate", "--fail", "condition-3:absent") == 64
    assert "cannot fail in that way" in capsys.readouterr().err
    assert run("--service", "local-social-assistance", "--kind", "other-category") == 64
    assert "disability, socially-significant-disease" in capsys.readouterr().err
    assert run("--service", "school-meals", "--every-way") == 64
    assert run("--all", "--kind", "bank") == 64
