"""What a walk tells: the trail, how it compares with the law, and the verdict on the result."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import asyncpg

from gateway.catalogue import Channel
from gateway.clock import FollowedClock
from gateway.eds.offline import RevocationRule
from gateway.eds.trust import Anchors
from gateway.results.verification import verify_file
from simulators.gateways import clock_url
from simulators.installation import Installation
from simulators.walk.applicant import ENDED
from simulators.walk.law import expected_procedure, expected_steps, walked_procedure, walked_steps
from simulators.walk.officials import Decision
from simulators.walk.scenario import Walk
from simulators.walk.ways import Way


@dataclass(frozen=True)
class WalkReport:
    """The outcome of one walk."""

    service: str
    kind: str | None
    way: Way | None
    application: str | None
    state: str
    trail: list[dict[str, Any]]
    expected: list[str]
    expected_procedure: list[str]
    verification: Mapping[str, Any] | None
    decision: Decision | None = None
    """What the provider had to decide, when the application comes there."""

    @property
    def walked(self) -> list[str]:
        """The numbered steps of the flow as they stand in the trail."""
        return walked_steps(self.trail)

    @property
    def walked_procedure(self) -> list[str]:
        """The steps inside the provider as they stand in the trail."""
        return walked_procedure(self.trail)

    @property
    def matches(self) -> bool:
        """Whether the trail is what the catalogue says, and the document that ends it (if one does) is valid."""
        return (
            self.walked == self.expected
            and self.walked_procedure == self.expected_procedure
            and (self.application is None or self.verification is not None)
            and (self.verification is None or self.verification["verdict"] == "valid")
            and (self.decision is None or self._is_decided(self.decision))
        )

    def _is_decided(self, decision: Decision) -> bool:
        """Tell whether the document says what was decided: a refusal its ground, any other result its title."""
        document = (self.verification or {}).get("document") or {"ground": None, "title": {"kk": None}}
        if decision.ground is not None:
            return bool(document["ground"] == decision.ground)
        return document["ground"] is None and bool(document["title"]["kk"] == decision.result.title.kk)

    def to_json(self) -> dict[str, Any]:
        """Return the report for programs."""
        return {
            "service": self.service,
            "kind": self.kind,
            "channel": "portal",
            "fail": self.way.name if self.way else None,
            "application": self.application,
            "state": self.state,
            "matches": self.matches,
            "result": self.decision.result.id if self.decision else None,
            "expected": self.expected,
            "walked": self.walked,
            "procedure": {"expected": self.expected_procedure, "walked": self.walked_procedure},
            "trail": self.trail,
            "verification": self.verification,
        }


async def walk_once(
    installation: Installation,
    service: str,
    way: Way | None,
    *,
    say: Callable[[str], None],
    kind: str | None = None,
) -> WalkReport:
    """Drive one walk through a running country and report; without `kind` it is the first that the portal takes."""
    async with aiohttp.ClientSession() as http:
        walk = await Walk.of(installation, http, service, way, say=say, kind=kind)
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
            await walk.put_back()
            await walk.applicant.browser.close()
    law, kind = walk.service, walk.kind
    return WalkReport(
        service=service,
        kind=kind,
        way=way,
        application=walk.number,
        state=state,
        trail=trail,
        expected=expected_steps(law.flow(Channel.PORTAL, kind), failing=walk.failing),
        expected_procedure=expected_procedure(law, Channel.PORTAL, kind, failing=walk.failing),
        verification=verification,
        decision=walk.decision,
    )


async def _verified(walk: Walk, state: str, http: aiohttp.ClientSession) -> Mapping[str, Any] | None:
    """Download the document in both forms and check each offline; a bad one of the two is what counts."""
    if walk.number is None or state not in ENDED:
        return None
    anchors = Anchors.from_folder(walk.installation.folder / "anchors")
    clock = FollowedClock(clock_url(walk.installation), http)
    await clock.refresh()
    # The refusal that a status out of reach led to was sealed while nobody could say anything of the seal's own key.
    sealed_blind = walk.way is not None and walk.way.name == "condition-2:ocsp-down-until-limit"
    rule = RevocationRule.IF_AVAILABLE if sealed_blind else RevocationRule.REQUIRED
    reports = []
    for name in ("result.xml", "result.pdf"):
        report = await verify_file(
            await walk.applicant.document(walk.number, name),
            anchors=anchors,
            clock=clock,
            revocation=rule,
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
