"""Driving one walk through a running country, and what is read of it afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp

from gateway.catalogue import Channel
from gateway.clock import FollowedClock
from gateway.eds.offline import RevocationRule
from gateway.eds.trust import Anchors
from gateway.results.verification import verify_file
from simulators.gateways import clock_url
from simulators.installation import Installation
from simulators.walk.applicant import ENDED
from simulators.walk.paper import PaperWalk
from simulators.walk.plan import PlannedWalk
from simulators.walk.report import Expected, WalkReport
from simulators.walk.scenario import PortalWalk
from simulators.walk.staff import StaffRoom
from simulators.walk.trails import desk_trail, last_login_event, login_trail, window_trail
from simulators.walk.window_walk import WindowWalk

Say = Callable[[str], None]
_Fetch = Callable[[str], Awaitable[bytes]]


async def walk_once(
    installation: Installation, planned: PlannedWalk, *, say: Say, room: StaffRoom, timed: bool = False
) -> WalkReport:
    """Drive one walk through a running country and report.

    `room` keeps the staff signed in from one walk to the next; `timed` lets every step take nine tenths of its term.
    """
    drive = {Channel.PORTAL: _on_the_portal, Channel.CORPORATION: _at_a_window}.get(planned.channel, _at_a_counter)
    async with aiohttp.ClientSession() as http:
        return await drive(installation, http, room, planned, say=say, timed=timed)


async def _on_the_portal(
    installation: Installation,
    http: aiohttp.ClientSession,
    room: StaffRoom,
    planned: PlannedWalk,
    *,
    say: Say,
    timed: bool,
) -> WalkReport:
    walk = await PortalWalk.of(installation, http, room, planned, say=say, timed=timed)
    walk.applicant.on_event = lambda event: say(_line(event))
    try:
        before = await last_login_event(installation)
        await walk.go()
        state, verification = "refused-authorisation", None
        if walk.number is None:
            trail = await login_trail(installation, after=before)
            for event in trail:
                say(_line(event))
        else:
            number = walk.number
            told = await walk.applicant.trail(number)
            state, trail = told["state"], told["trail"]
            if state in ENDED:
                verification = await _verified(
                    installation, http, planned, lambda name: walk.applicant.document(number, name)
                )
    finally:
        await walk.put_back()
    return WalkReport(planned, walk.number, state, trail, Expected.of(planned), verification, walk.staff.done)


async def _at_a_counter(
    installation: Installation,
    http: aiohttp.ClientSession,
    room: StaffRoom,
    planned: PlannedWalk,
    *,
    say: Say,
    timed: bool,
) -> WalkReport:
    walk = await PaperWalk.of(installation, http, room, planned, say=say, timed=timed)
    try:
        await walk.go()
    finally:
        await walk.put_back()
    number = walk.number
    assert number is not None
    state, trail = await desk_trail(installation, number)
    for event in trail:
        say(_line(event))
    verification = await _verified(installation, http, planned, lambda name: walk.acceptor.download(number, name))
    return WalkReport(planned, number, state, trail, Expected.of(planned), verification, walk.staff.done, walk.receipts)


async def _at_a_window(
    installation: Installation,
    http: aiohttp.ClientSession,
    room: StaffRoom,
    planned: PlannedWalk,
    *,
    say: Say,
    timed: bool,
) -> WalkReport:
    walk = await WindowWalk.of(installation, http, room, planned, say=say, timed=timed)
    try:
        await walk.go()
        number, verification = walk.number, None
        assert number is not None
        state, trail = await window_trail(installation, number)
        for event in trail:
            say(_line(event))
        if planned.decision is not None:
            verification = await _verified(installation, http, planned, lambda name: walk.operator.result(number, name))
    finally:
        await walk.put_back()
    return WalkReport(planned, number, state, trail, Expected.of(planned), verification, walk.acts, walk.receipts)


async def _verified(
    installation: Installation, http: aiohttp.ClientSession, planned: PlannedWalk, fetch: _Fetch
) -> Mapping[str, Any]:
    """Download the document in both forms and check each offline; a bad one of the two is what counts."""
    anchors = Anchors.from_folder(installation.folder / "anchors")
    clock = FollowedClock(clock_url(installation), http)
    await clock.refresh()
    # The refusal that a status out of reach led to was sealed while nobody could say anything of the seal's own key.
    sealed_blind = planned.way is not None and planned.way.name == "condition-2:ocsp-down-until-limit"
    rule = RevocationRule.IF_AVAILABLE if sealed_blind else RevocationRule.REQUIRED
    reports = []
    for name in ("result.xml", "result.pdf"):
        report = await verify_file(await fetch(name), anchors=anchors, clock=clock, revocation=rule)
        reports.append(report.to_json())
    worst = [one for one in reports if one["verdict"] != "valid"]
    return worst[0] if worst else reports[-1]


def _line(event: Mapping[str, Any]) -> str:
    """Return an event as a line of the trail: when (UTC), which step, how it ended."""
    return f"{event['at'][:19]}  {event['flow']:<9} {event['kind']} {event['number']:<3} {event['outcome']}"
