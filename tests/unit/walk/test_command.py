"""`qyzmet walk` ends with a status that a program can rely on. The country is left out here."""

import argparse
import contextlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from gateway.clock import ClockReading
from simulators.walk import command
from simulators.walk.answers import catalogue
from simulators.walk.plan import CHANNELS, whole_round
from simulators.walk.report import Expected, WalkReport
from simulators.walk.scenario import WalkFailed

STEP = {"flow": "portal", "kind": "process", "number": 1, "outcome": "done"}
NOW = datetime(2026, 1, 5, tzinfo=UTC)


def report(planned, *, matches):
    expected = Expected.of(planned)
    walked = ["process 1 done"] if expected.flows else []
    object.__setattr__(expected, "steps", walked if matches else ["process 1 done", "condition 1 passed"])
    object.__setattr__(expected, "procedure", [])
    decision = planned.decision
    document = {"ground": decision.ground, "title": {"kk": decision.result.title.kk}} if decision else None
    return WalkReport(
        planned=planned,
        application="71000000000001",
        state=expected.state,
        trail=[{**STEP, "flow": next(iter(expected.flows), "")}],
        expected=expected,
        verification={"verdict": "valid", "code": "ok", "document": document},
        acts=list(expected.acts),
        receipts=list(expected.receipts),
    )


class Country:
    """What each walk comes to in place of a country, how many were raised, and how far their clocks went."""

    def __init__(self):
        self.told, self.timed, self.raised, self.ahead = [], [], 0, timedelta()

    @contextlib.asynccontextmanager
    async def country(self, *_args):
        self.raised += 1
        self.ahead = timedelta()
        yield None

    async def walk_once(self, _installation, planned, *, say, room, timed):
        outcome = self.told.pop(0) if self.told else True
        if isinstance(outcome, Exception):
            raise outcome
        self.timed.append((planned, timed))
        self.ahead += timedelta(days=100) if timed else timedelta()
        return report(planned, matches=outcome)

    async def clock(self):
        return ClockReading(NOW, NOW + self.ahead, 1.0, 1)


@pytest.fixture
def walks(monkeypatch):
    made = Country()

    @contextlib.asynccontextmanager
    async def nothing(*_args):
        yield None

    class Room:
        def __init__(self, *_args):
            pass

        async def close(self):
            pass

    class Levers(Room):
        async def clock(self):
            return await made.clock()

    monkeypatch.setattr(command, "temporary_installation", nothing)
    monkeypatch.setattr(command, "country", made.country)
    monkeypatch.setattr(command, "walk_once", made.walk_once)
    monkeypatch.setattr(command, "StaffRoom", Room)
    monkeypatch.setattr(command, "Levers", Levers)
    return made


def run(*words):
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return command.run(parser.parse_args(words))


def test_a_trail_that_matches_ends_with_0(walks, capsys):
    assert run("--service", "unemployed-certificate", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["matches"]
    assert told["trail"] == [STEP]


def test_a_trail_that_does_not_match_ends_with_1_and_what_differs_is_told(walks, capsys):
    walks.told.append(False)
    assert run("--service", "unemployed-certificate") == 1
    told = capsys.readouterr().out
    assert "DOES NOT MATCH" in told
    assert "flow: the act:  process 1 done, condition 1 passed" in told


def test_a_walk_that_stopped_ends_with_1_and_says_where(walks, capsys):
    walks.told.append(WalkFailed("the desk is shut"))
    assert run("--service", "unemployed-certificate", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert not told["matches"]
    assert told["stopped"] == "the desk is shut"


def test_one_bad_walk_among_good_ones_ends_with_1_and_the_others_are_walked_in_a_new_country(walks, capsys):
    walks.told += [True, WalkFailed("no"), True]
    status = run(
        "--service", "unemployed-certificate", "--json",
        "--fail", "condition-1:password", "--fail", "condition-2:revoked", "--fail", "condition-3:absent",
    )  # fmt: skip
    assert status == 1
    assert [one["matches"] for one in json.loads(capsys.readouterr().out)] == [True, False, True]
    assert walks.raised == 2


def test_all_tells_the_walks_and_a_row_for_every_pair(walks, capsys):
    planned = list(whole_round(catalogue()))
    assert run("--all", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["service"], one["channel"], one["kind"], one["fail"]) for one in told["walks"]] == [
        (one.service, one.channel, one.kind, one.way.name if one.way else None) for one in planned
    ]
    assert len(told["pairs"]) == 67
    assert {one["channel"] for one in told["pairs"]} == set(CHANNELS)


def test_time_passes_on_the_good_paths_alone_and_no_country_grows_too_old(walks):
    assert run("--all", "--service", "foreign-labour-permit", "--json") == 0
    assert {planned.way is None: timed for planned, timed in walks.timed} == {True: True, False: False}
    timed = sum(timed for _, timed in walks.timed)
    assert walks.raised == -(-timed // 3)


def test_a_single_walk_takes_its_time_when_it_is_asked_to(walks):
    assert run("--service", "school-meals", "--json") == 0
    assert run("--service", "school-meals", "--in-its-time", "--json") == 0
    assert [timed for _, timed in walks.timed] == [False, True]


def test_everything_of_one_service_is_walked_with_all(walks, capsys):
    assert run("--all", "--service", "adoption-candidate-registration", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    ways = {(one["channel"], one["fail"]) for one in told["walks"]}
    assert {one["service"] for one in told["walks"]} == {"adoption-candidate-registration"}
    assert {("portal", None), ("portal", "condition-3:documents"), ("provider-office", "documents")} <= ways


def test_a_person_is_shown_the_table_and_the_page_is_written(walks, capsys, tmp_path):
    page = tmp_path / "walks.md"
    assert run("--all", "--service", "school-meals", "--channel", "portal", "--page", str(page)) == 0
    assert "school-meals  portal   –      1 of 11 and 0 of 4" in capsys.readouterr().out
    assert "| `school-meals` | portal | – | 1 of 11 and 0 of 4 |" in page.read_text(encoding="utf-8")


def test_a_kind_and_a_channel_of_the_service_are_walked(walks, capsys):
    assert run("--service", "minor-property-certificates", "--kind", "bank", "--json") == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "bank"
    words = ("--service", "local-social-assistance", "--channel", "rural-akim", "--kind", "other-category", "--json")
    assert run(*words) == 0
    assert json.loads(capsys.readouterr().out)["channel"] == "rural-akim"


def test_a_walk_that_stopped_is_counted_in_the_table(walks, capsys):
    walks.told.append(WalkFailed("no"))
    assert run("--all", "--service", "school-meals", "--channel", "provider-office", "--json") == 1
    (row,) = json.loads(capsys.readouterr().out)["pairs"]
    assert row["matched"] == row["walks"] - 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "say which --service, or --all"),
        (("--service", "guardianship-certificate", "--fail", "condition-3:absent"), "cannot fail in that way"),
        (("--service", "local-social-assistance", "--kind", "other-category"), "disability, socially-significant"),
        (("--service", "oralman-status"), "the act opens for oralman-status: provider-office"),
        (("--service", "school-meals", "--channel", "rural-akim"), "portal, provider-office"),
        (("--service", "school-meals", "--every-way"), "--every-way and --page go with --all"),
        (("--all", "--kind", "bank"), "--kind goes with one --service"),
    ],
)
def test_wrong_usage_ends_with_64(walks, capsys, words, told):
    assert run(*words) == 64
    assert told in capsys.readouterr().err
