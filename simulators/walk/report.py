"""What a walk tells: the trail, how it compares with the law, and the verdict on the result."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import asyncpg

from gateway.catalogue import load_catalogue
from gateway.clock import FollowedClock
from gateway.eds.trust import Anchors
from gateway.results.signers import RevocationRule
from gateway.results.verification import verify_file
from simulators.gateways import clock_url
from simulators.installation import Installation
from simulators.walk.law import expected_steps, walked_steps
from simulators.walk.scenario import Walk, Way


@dataclass(frozen=True)
class WalkReport:
    """The outcome of one walk."""

    service: str
    way: Way | None
    application: str | None
    state: str
    trail: list[dict[str, Any]]
    expected: list[str]
    walked: list[str]
    verification: Mapping[str, Any] | None

    @property
    def matches(self) -> bool:
        """Whether the trail is what the catalogue's flow says, and the result (if any) is valid."""
        return self.walked == self.expected and (self.verification is None or self.verification["verdict"] == "valid")

    def to_json(self) -> dict[str, Any]:
        """Return the report for programs."""
        return {
            "service": self.service,
            "channel": "portal",
            "fail": self.way.name if self.way else None,
            "application": self.application,
            "state": self.state,
            "matches": self.matches,
            "expected": self.expected,
            "walked": self.walked,
            "trail": self.trail,
            "verification": self.verification,
        }


async def walk_once(
    installation: Installation, service: str, way: Way | None, *, say: Callable[[str], None]
) -> WalkReport:
    """Drive one walk through a running country and report."""
    async with aiohttp.ClientSession() as http:
        walk = await Walk.of(installation, http, service, way, say)
        walk.applicant.on_event = lambda event: say(_line(event))
        try:
            await walk.prepare()
            before = await _last_login_event(installation)
            await walk.go()
            state, trail = "refused-authorisation", []
            verification = None
            if walk.number is None:
                trail = await _login_trail(installation, after=before)
                for event in trail:
                    say(_line(event))
            else:
                told = await walk.applicant.trail(walk.number)
                state, trail = told["state"], told["trail"]
                verification = await _verified(walk, state, http)
        finally:
            await walk.applicant.browser.close()
    flow = next(one for one in load_catalogue().service(service).flows if one.id == "portal")
    return WalkReport(
        service=service,
        way=way,
        application=walk.number,
        state=state,
        trail=trail,
        expected=expected_steps(flow, failing=way.fails if way else None),
        walked=walked_steps(trail),
        verification=verification,
    )


async def _verified(walk: Walk, state: str, http: aiohttp.ClientSession) -> Mapping[str, Any] | None:
    """Download the document in both forms and check each offline; a bad one of the two is what counts."""
    if state not in ("issued", "refused", "not-confirmed"):
        return None
    base = f"{walk.installation.address('portal')}/cabinet/{walk.number}"
    anchors = Anchors.from_folder(walk.installation.folder / "anchors")
    clock = FollowedClock(clock_url(walk.installation), http)
    await clock.refresh()
    reports = []
    for name in ("result.xml", "result.pdf"):
        report = await verify_file(
            await walk.applicant.browser.download(f"{base}/{name}"),
            anchors=anchors,
            clock=clock,
            revocation=RevocationRule.IF_AVAILABLE if state == "not-confirmed" else RevocationRule.REQUIRED,
        )
        reports.append(report.to_json())
    worst = [one for one in reports if one["verdict"] != "valid"]
    return worst[0] if worst else reports[-1]


def _line(event: Mapping[str, Any]) -> str:
    """Return an event as a line of the trail: when (UTC), which step, how it ended."""
    return f"{event['at'][:19]}  {event['flow']:<9} {event['kind']} {event['number']:<3} {event['outcome']}"


@contextlib.asynccontextmanager
async def _database(installation: Installation) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(installation.admin_url)
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
    try:
        yield connection
    finally:
        await connection.close()


async def _last_login_event(installation: Installation) -> int:
    async with _database(installation) as connection:
        return int(await connection.fetchval("SELECT coalesce(max(id), 0) FROM channels.event"))


async def _login_trail(installation: Installation, *, after: int) -> list[dict[str, Any]]:
    """Read the events of a refused authorisation, which no cabinet shows, as the operator of the portal could."""
    async with _database(installation) as connection:
        rows = await connection.fetch(
            "SELECT flow, kind, number, outcome, at, actor, facts FROM channels.event"
            " WHERE application IS NULL AND id > $1 ORDER BY id",
            after,
        )
    return [{**dict(row), "at": row["at"].isoformat()} for row in rows]
