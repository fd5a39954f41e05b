"""`qyzmet walk`: raise a temporary country, walk through services, print the trails live, judge them."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import uvloop

from gateway.catalogue import Channel
from gateway.web.logs import logs_to
from simulators.country import country, temporary_installation
from simulators.walk.answers import catalogue, portal_kinds
from simulators.walk.browser import PageSurprise
from simulators.walk.hand import SigningFailed
from simulators.walk.plan import PlannedWalk, walks_of, whole_round
from simulators.walk.report import WalkReport, walk_once
from simulators.walk.scenario import WalkFailed
from simulators.walk.table import StoppedWalk, as_page, as_text, rows_of
from simulators.walk.ways import WAYS


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the command's arguments."""
    ways = "; ".join(f"{way.name} ({way.what})" for way in WAYS.values())
    services = sorted(service.id for service in catalogue().offered(Channel.PORTAL))
    parser.add_argument("--channel", choices=["portal"], default="portal", help="the channel (portal)")
    parser.add_argument("--service", choices=services, help="the service")
    parser.add_argument("--kind", help="the kind of the service; without it the first that the portal takes")
    parser.add_argument("--fail", action="append", default=[], choices=sorted(WAYS), metavar="WAY", help=ways)
    parser.add_argument(
        "--all",
        action="store_true",
        help="every service and kind on its good path, to a negative result and to a refusal, and for one service of "
        "each flow every way in which a condition fails; with --service everything of that service",
    )
    parser.add_argument("--every-way", action="store_true", help="with --all: every way for every service")
    parser.add_argument("--json", action="store_true", help="for programs: a report, a list of them, with --all both")
    parser.add_argument("--page", type=Path, help="with --all: write the table there as a page of the reference")
    parser.add_argument("--log", type=Path, help="write the log of the country there")


def run(given: argparse.Namespace) -> int:
    """Carry the command out; returns 0 when every trail matches, 1 when one does not, 64 for wrong usage."""
    wrong = _wrong_usage(given)
    walks = [] if wrong else list(_walks(given))
    if not walks:
        sys.stderr.write(f"qyzmet walk: {wrong or f'{given.service} cannot fail in that way'}\n")
        return 64
    with _log_to(given.log or Path(os.devnull)), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        outcomes = runner.run(_walk_all(walks, quiet=given.json))
    rows = rows_of(catalogue(), outcomes)
    good = sum(1 for outcome in outcomes if isinstance(outcome, WalkReport) and outcome.matches)
    if given.json:
        reports = [outcome.to_json() for outcome in outcomes]
        told: Any = reports[0] if len(reports) == 1 else reports
        if given.all:
            told = {"services": [row.to_json() for row in rows], "walks": reports}
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    elif len(outcomes) > 1:
        sys.stdout.write(f"\n{as_text(rows)}\n" if given.all else "\n")
        sys.stdout.write(f"{good} of {len(outcomes)} walks match their flow\n")
    if given.page:
        given.page.write_text(as_page(rows), encoding="utf-8")
    return 0 if good == len(outcomes) else 1


def _wrong_usage(given: argparse.Namespace) -> str | None:
    if not given.all and not given.service:
        return "say which --service, or --all"
    if (given.every_way or given.page) and not given.all:
        return "--every-way and --page go with --all"
    if given.kind is not None:
        if not given.service or given.all:
            return "--kind goes with one --service"
        kinds = portal_kinds(catalogue().service(given.service))
        if given.kind not in kinds:
            named = ", ".join(kind for kind in kinds if kind) or "none"
            return f"the kinds of {given.service} on the portal are: {named}"
    return None


@contextlib.contextmanager
def _log_to(file: Path) -> Iterator[None]:
    """Let the log of the country go to `file`, and leave the logging as it was found."""
    with file.open("w", encoding="utf-8") as log, logs_to(log):
        yield


def _walks(given: argparse.Namespace) -> Iterator[PlannedWalk]:
    if given.all and given.service:
        yield from walks_of(catalogue().service(given.service))
    elif given.all:
        yield from whole_round(catalogue(), every_way=given.every_way)
    else:
        service = catalogue().service(given.service)
        kind = given.kind or portal_kinds(service)[0]
        if not given.fail:
            yield PlannedWalk(service.id, kind)
        for way in WAYS.values():
            if way.name in given.fail and way.fits(service, kind):
                yield PlannedWalk(service.id, kind, way)


async def _walk_all(walks: Sequence[PlannedWalk], *, quiet: bool) -> list[WalkReport | StoppedWalk]:
    """Walk one after another in one country; after a walk that stopped, in a new one."""
    outcomes: list[WalkReport | StoppedWalk] = []
    say = _nothing if quiet else _say
    while len(outcomes) < len(walks):
        async with (
            temporary_installation(os.environ.get("QYZMET_DATABASE_URL")) as installation,
            country(installation),
        ):
            for walk in walks[len(outcomes) :]:
                say(f"{walk.name}{f': {walk.way.what}' if walk.way else ''}", title=True)
                try:
                    report = await walk_once(installation, walk.service, walk.way, say=say, kind=walk.kind)
                except (PageSurprise, SigningFailed, TimeoutError, WalkFailed) as error:
                    say(f"the walk stopped: {error}")
                    outcomes.append(StoppedWalk(walk, str(error)))
                    break
                outcomes.append(report)
                if not quiet:
                    _tell(report)
    return outcomes


def _tell(report: WalkReport) -> None:
    sys.stdout.write(f"  the trail {'matches the flow of the act' if report.matches else 'DOES NOT MATCH'}\n")
    if report.walked != report.expected:
        sys.stdout.write(f"    the act:  {', '.join(report.expected)}\n    walked:   {', '.join(report.walked)}\n")
    if report.walked_procedure != report.expected_procedure:
        asked, walked = ", ".join(report.expected_procedure), ", ".join(report.walked_procedure)
        sys.stdout.write(f"    the procedure: {asked}\n    walked:        {walked}\n")
    if report.verification is not None:
        verdict = report.verification
        sys.stdout.write(
            f"  the document ({report.state}): {verdict['verdict']} ({verdict['code']}), XML and PDF alike\n"
        )


def _say(line: str, *, title: bool = False) -> None:
    sys.stdout.write(f"{line}\n" if title else f"  {line}\n")
    sys.stdout.flush()


def _nothing(_line: str, *, title: bool = False) -> None:
    """Keep silent."""
