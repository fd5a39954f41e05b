"""`qyzmet walk` ends with a status that a program can rely on. The country is left out here."""

import argparse
import contextlib
import json

import pytest

from simulators.walk import command
from simulators.walk.report import WalkReport
from simulators.walk.scenario import WalkFailed

STEP = {"flow": "portal", "kind": "process", "number": 1, "outcome": "done"}


def report(service, way, *, expected):
    return WalkReport(
        service=service,
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

    async def walk_once(_installation, service, way, *, say):
        outcome = told.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return report(service, way, expected=outcome)

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


def test_all_walks_every_service_and_every_way_that_fits_it(walks, capsys):
    walks += [["process 1 done"]] * 26
    assert run("--all", "--json") == 0
    walked = {(one["service"], one["fail"]) for one in json.loads(capsys.readouterr().out)}
    assert len(walked) == 26
    assert ("guardianship-certificate", "condition-3:absent") not in walked


def test_wrong_usage_ends_with_64(walks, capsys):
    assert run() == 64
    assert run("--service", "guardianship-certificate", "--fail", "condition-3:absent") == 64
    assert "cannot fail in that way" in capsys.readouterr().err
