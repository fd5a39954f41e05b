"""Every service on every channel on its good path and in its other ways: the trail is what its act asks for.

The walks share a country: each puts back what it changed (a spoiled key is renewed, a fault is ended). The clock alone
goes on, so that the country is theirs, and a new one is raised before its keys grow old.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
import pytest_asyncio

from simulators.country import country, temporary_installation
from simulators.walk.answers import catalogue
from simulators.walk.levers import Levers
from simulators.walk.plan import PlannedWalk, whole_round
from simulators.walk.report import WalkReport
from simulators.walk.staff import StaffRoom
from simulators.walk.walking import walk_once

pytestmark = pytest.mark.asyncio(loop_scope="module")

SAMPLE = {
    "foreign-labour-permit employer-issue good",
    "child-allowance-under-18 rural-akim good",
    "rural-specialists-support provider-office housing-loan good",
    "unemployed-certificate corporation window:absent",
    "oralman-status-almaty corporation window:courier-mismatch",
}
IN_ITS_TIME = {
    "foreign-labour-permit employer-issue good",
    "child-allowance-under-18 rural-akim good",
    "rural-specialists-support provider-office housing-loan good",
}
"""Walks in which each step takes nine tenths of its term: a commission and the applicant's 20 days, akims, 46 days."""
OLD = timedelta(days=270)


class Land:
    """A country with its staff signed in; another one when its clock has gone too far."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._stack = contextlib.AsyncExitStack()
        self._raised = False

    async def walk(self, planned: PlannedWalk, told: list[str]) -> WalkReport:
        if self._raised:
            clock = await self._levers.clock()
            if clock.simulated - clock.real > OLD:
                await self.close()
        if not self._raised:
            await self._raise()
        timed = planned.name in IN_ITS_TIME
        return await walk_once(self._installation, planned, say=told.append, room=self._room, timed=timed)

    async def _raise(self) -> None:
        self._installation = await self._stack.enter_async_context(temporary_installation(self._database_url))
        await self._stack.enter_async_context(country(self._installation))
        http = await self._stack.enter_async_context(aiohttp.ClientSession())
        self._room, self._levers = StaffRoom(self._installation, http), Levers(self._installation, http)
        self._stack.push_async_callback(self._room.close)
        self._raised = True

    async def close(self) -> None:
        await self._stack.aclose()
        self._raised = False


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def land(database_url: str) -> AsyncIterator[Land]:
    land = Land(database_url)
    yield land
    await land.close()


def table():
    walks = {walk.name: walk for walk in whole_round(catalogue())}
    assert walks.keys() >= SAMPLE >= IN_ITS_TIME
    for name, walk in walks.items():
        yield pytest.param(walk, marks=() if name in SAMPLE else pytest.mark.full, id=name.replace(" ", "-"))


@pytest.mark.parametrize("planned", list(table()))
async def test_the_trail_is_what_the_act_asks_for(land, planned):
    told: list[str] = []
    report = await land.walk(planned, told)
    assert report.differences == {}
    assert report.matches
    assert told, "the walk was silent"
