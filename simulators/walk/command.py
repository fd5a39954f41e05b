"""`qyzmet walk`: raise a temporary country, walk through services, print the trails live, judge them."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from gateway.catalogue import Channel
from gateway.web.logs import logs_to
from simulators.country import country, temporary_installation
from simulators.installation import Installation
from simulators.walk.answers import catalogue, kinds_of
from simulators.walk.browser import PageSurprise
from simulators.walk.hand import SigningFailed
from simulators.walk.levers import Levers
from simulators.walk.plan import CHANNELS, PlannedWalk, pairs, walks_of, whole_round
from simulators.walk.report import WalkReport
from simulators.walk.scenario import WalkFailed
from simulators.walk.staff import StaffRoom
from simulators.walk.table import StoppedWalk, as_page, as_text, rows_of
from simulators.walk.walking import walk_once
from simulators.walk.ways import WAYS

Outcome = WalkReport | StoppedWalk
_KEYS_LAST = timedelta(days=270)
"""How far one country's clock is moved on: the certificates of its systems are valid for a year."""
_STOPS = (PageSurprise, SigningFailed, TimeoutError, WalkFailed, LookupError, aiohttp.ClientError)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the command's arguments."""
    ways = "; ".join(f"{way.name} ({way.what})" for way in WAYS.values())
    services = sorted({service.id for service, _ in pairs(catalogue())})
    channels = [channel.value for channel in CHANNELS]
    parser.add_argument("--channel", choices=channels, help="the channel; without it the portal, with --all every one")
    parser.add_argument("--service", choices=services, help="the service")
    parser.add_argument("--kind", help="the kind of the service; without it the first that the channel takes")
    parser.add_argument("--fail", action="append", default=[], choices=sorted(WAYS), metavar="WAY", help=ways)
    parser.add_argument(
        "--all",
        action="store_true",
        help="every service on every channel: each kind to each of its results, each condition failing, each thing "
        "that may be decided; with --service everything of that service",
    )
    parser.add_argument("--every-way", action="store_true", help="with --all: every way for every service")
    parser.add_argument("--in-its-time", action="store_true", help="let each step take nine tenths of its term")
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
    started = time.monotonic()
    with _log_to(given.log or Path(os.devnull)), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        outcomes = runner.run(_walk_all(walks, quiet=given.json, timed=given.all or given.in_its_time))
    rows = rows_of(catalogue(), outcomes)
    good = sum(1 for outcome in outcomes if outcome.matches)
    if given.json:
        reports = [outcome.to_json() for outcome in outcomes]
        told: Any = reports[0] if len(reports) == 1 else reports
        if given.all:
            told = {"pairs": [row.to_json() for row in rows], "walks": reports}
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    elif len(outcomes) > 1:
        sys.stdout.write(f"\n{as_text(rows)}\n" if given.all else "\n")
        for outcome in outcomes:
            if not outcome.matches:
                sys.stdout.write(f"not as the act asks: {outcome.planned.name}\n")
        seconds = time.monotonic() - started
        sys.stdout.write(f"{good} of {len(outcomes)} walks match their act ({seconds:.0f} s)\n")
    if given.page:
        given.page.write_text(as_page(rows), encoding="utf-8")
    return 0 if good == len(outcomes) else 1


def _wrong_usage(given: argparse.Namespace) -> str | None:
    if not given.all and not given.service:
        return "say which --service, or --all"
    if (given.every_way or given.page) and not given.all:
        return "--every-way and --page go with --all"
    channel = Channel(given.channel) if given.channel else Channel.PORTAL
    if given.service and (given.channel or not given.all):
        service = catalogue().service(given.service)
        if not service.opens(channel):
            opened = ", ".join(one.value for law, one in pairs(catalogue()) if law.id == service.id)
            return f"the act opens for {given.service}: {opened}"
        if given.kind is not None and given.kind not in kinds_of(service, channel):
            named = ", ".join(kind for kind in kinds_of(service, channel) if kind) or "none"
            return f"the kinds of {given.service} on the channel {channel} are: {named}"
    if given.kind is not None and (given.all or not given.service):
        return "--kind goes with one --service"
    return None


@contextlib.contextmanager
def _log_to(file: Path) -> Iterator[None]:
    """Let the log of the country go to `file`, and leave the logging as it was found."""
    with file.open("w", encoding="utf-8") as log, logs_to(log):
        yield


def _walks(given: argparse.Namespace) -> Iterator[PlannedWalk]:
    channels = (Channel(given.channel),) if given.channel else CHANNELS
    if given.all and given.service:
        for service, channel in pairs(catalogue(), *channels):
            if service.id == given.service:
                yield from walks_of(service, channel)
    elif given.all:
        yield from whole_round(catalogue(), every_way=given.every_way, channels=channels)
    else:
        service, channel = catalogue().service(given.service), channels[0]
        kind = given.kind or kinds_of(service, channel)[0]
        if not given.fail:
            yield PlannedWalk(service.id, kind, None, channel)
        for way in WAYS.values():
            if way.name in given.fail and way.fits(service, channel, kind):
                yield PlannedWalk(service.id, kind, way, channel)


async def _walk_all(walks: Sequence[PlannedWalk], *, quiet: bool, timed: bool) -> list[Outcome]:
    """Walk one after another in one country; when a walk stopped, or its keys grow old, in a new one."""
    outcomes: list[Outcome] = []
    while len(outcomes) < len(walks):
        sys.stderr.write("Raising a country to walk through; this takes a minute.\n")
        async with (
            temporary_installation(os.environ.get("QYZMET_DATABASE_URL")) as installation,
            country(installation),
        ):
            await _walk_on(installation, walks, outcomes, quiet=quiet, timed=timed)
    return outcomes


async def _walk_on(
    installation: Installation, walks: Sequence[PlannedWalk], outcomes: list[Outcome], *, quiet: bool, timed: bool
) -> None:
    say = _nothing if quiet else _say
    async with aiohttp.ClientSession() as http:
        room, levers = StaffRoom(installation, http), Levers(installation, http)
        try:
            for walk in walks[len(outcomes) :]:
                say(f"{walk.name}{f': {walk.way.what}' if walk.way else ''}", title=True)
                try:
                    report = await walk_once(installation, walk, say=say, room=room, timed=timed and walk.way is None)
                except _STOPS as error:
                    say(f"the walk stopped: {error}")
                    outcomes.append(StoppedWalk(walk, str(error)))
                    return
                outcomes.append(report)
                if not quiet:
                    _tell(report)
                clock = await levers.clock()
                if clock.simulated - clock.real > _KEYS_LAST:
                    return
        finally:
            await room.close()


def _tell(report: WalkReport) -> None:
    sys.stdout.write(f"  the trail {'matches the act' if report.matches else 'DOES NOT MATCH'}\n")
    for name, (asked, found) in report.differences.items():
        sys.stdout.write(f"    {name}: the act:  {_told(asked)}\n    {' ' * len(name)}  walked:   {_told(found)}\n")
    if report.verification is not None:
        verdict = report.verification
        sys.stdout.write(
            f"  the document ({report.state}): {verdict['verdict']} ({verdict['code']}), XML and PDF alike\n"
        )


def _told(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _say(line: str, *, title: bool = False) -> None:
    sys.stdout.write(f"{line}\n" if title else f"  {line}\n")
    sys.stdout.flush()


def _nothing(_line: str, *, title: bool = False) -> None:
    """Keep silent."""
