"""`qyzmet walk`: raise a temporary country, walk through a service, print the trail live, judge it."""

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

from gateway.web.logs import logs_to
from simulators.country import country, temporary_installation
from simulators.walk.browser import PageSurprise
from simulators.walk.hand import SigningFailed
from simulators.walk.report import WalkReport, walk_once
from simulators.walk.scenario import APPLICANTS, WAYS, WalkFailed, Way


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the command's arguments."""
    ways = "; ".join(f"{way.name} ({way.what})" for way in WAYS.values())
    parser.add_argument("--channel", choices=["portal"], default="portal", help="the channel (portal)")
    parser.add_argument("--service", choices=sorted(APPLICANTS), help="the service")
    parser.add_argument("--fail", action="append", default=[], choices=sorted(WAYS), metavar="WAY", help=ways)
    parser.add_argument("--all", action="store_true", help="every service, its good path and every way to fail")
    parser.add_argument("--json", action="store_true", help="for programs: one report, or a list of them")
    parser.add_argument("--log", type=Path, help="write the log of the country there")


def run(given: argparse.Namespace) -> int:
    """Carry the command out; returns 0 when every trail matches, 1 when one does not, 64 for wrong usage."""
    if not given.all and not given.service:
        sys.stderr.write("qyzmet walk: say which --service, or --all\n")
        return 64
    walks = list(_walks(given))
    if not walks:
        sys.stderr.write(f"qyzmet walk: {given.service} cannot fail in that way\n")
        return 64
    with _log_to(given.log or Path(os.devnull)), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        reports = runner.run(_walk_all(walks, quiet=given.json))
    if given.json:
        rows = [report.to_json() if isinstance(report, WalkReport) else report for report in reports]
        sys.stdout.write(json.dumps(rows[0] if len(rows) == 1 else rows, ensure_ascii=False, indent=2) + "\n")
    good = sum(1 for report in reports if isinstance(report, WalkReport) and report.matches)
    if not given.json and len(reports) > 1:
        sys.stdout.write(f"\n{good} of {len(reports)} walks match their flow\n")
    return 0 if good == len(reports) else 1


@contextlib.contextmanager
def _log_to(file: Path) -> Iterator[None]:
    """Let the log of the country go to `file`, and leave the logging as it was found."""
    with file.open("w", encoding="utf-8") as log, logs_to(log):
        yield


def _walks(given: argparse.Namespace) -> Iterator[tuple[str, Way | None]]:
    for service in [given.service] if given.service else sorted(APPLICANTS):
        fitting = [way for way in WAYS.values() if service in way.services]
        if given.all or not given.fail:
            yield service, None
        for way in fitting:
            if given.all or way.name in given.fail:
                yield service, way


async def _walk_all(walks: Sequence[tuple[str, Way | None]], *, quiet: bool) -> list[WalkReport | dict[str, Any]]:
    reports: list[WalkReport | dict[str, Any]] = []
    for service, way in walks:
        say = _nothing if quiet else _say
        say(f"{service}: {f'{way.name} — {way.what}' if way else 'the good path'}")
        try:
            async with (
                temporary_installation(os.environ.get("QYZMET_DATABASE_URL")) as installation,
                country(installation),
            ):
                report = await walk_once(installation, service, way, say=say)
        except (PageSurprise, SigningFailed, TimeoutError, WalkFailed) as error:
            say(f"  the walk stopped: {error}")
            reports.append(
                {"service": service, "fail": way.name if way else None, "matches": False, "stopped": str(error)}
            )
            continue
        reports.append(report)
        if not quiet:
            _tell(report)
    return reports


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


def _say(line: str) -> None:
    sys.stdout.write(f"  {line}\n" if line.split(":", maxsplit=1)[0] not in APPLICANTS else f"{line}\n")
    sys.stdout.flush()


def _nothing(_line: str) -> None:
    """Keep silent."""
