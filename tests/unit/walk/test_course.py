"""A case goes its way in its time: no step late, the session held, the applicant's condition met or run out."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.catalogue import Verb
from gateway.clock import ClockReading
from simulators.walk.answers import catalogue, kinds_of
from simulators.walk.course import Course
from simulators.walk.law import expected_acts
from simulators.walk.plan import CHANNELS, PlannedWalk, pairs, walks_of
from simulators.walk.roles import roles_for

PORTAL, OFFICE, AKIM, WINDOW = CHANNELS
STARTED = datetime(2026, 2, 3, 5, 0, tzinfo=UTC)
"""A Tuesday, ten in the morning in Almaty."""


class Clock:
    """The levers, as far as time goes."""

    def __init__(self):
        self.now = STARTED

    async def clock(self):
        return ClockReading(STARTED, self.now, 1.0, 1)

    async def until(self, moment):
        self.now = max(self.now, moment)


class Desk:
    """A desk where everybody does what the act says, with the moment of each act and what its form was given."""

    def __init__(self, clock, acts):
        self.clock, self.acts, self.done, self.told = clock, acts, [], []

    async def work(self, number, decision, *, until=None, expected=(), before=None):
        assert list(expected) == self.acts
        for act in self.acts[len(self.done) : until]:
            given = await before(self, act)
            self.told.append((act, self.clock.now, dict(given)))
            self.done.append(act)

    async def extend(self, number, event):
        self.told.append((f"extend {event}", self.clock.now, {}))

    def when(self, act):
        return next(moment for name, moment, _ in self.told if name.startswith(act))

    def given(self, act):
        return next(given for name, _, given in self.told if name.startswith(act))


def course(planned, *, timed, bring=None):
    service, channel, kind = catalogue().service(planned.service), planned.channel, planned.kind
    acts, clock, said = expected_acts(service, channel, kind, planned.decision), Clock(), []
    desk = Desk(clock, [act for act in acts if not act.endswith("@corporation")])
    office = roles_for(service, channel, kind).office
    return Course(planned, office, desk, clock, said.append, timed=timed, bring=bring), desk, said


def planned(service, channel, way=None, kind=None):
    for walk in walks_of(catalogue().service(service), channel):
        if (walk.way.name if walk.way else None) == way and kind in (None, walk.kind):
            return walk
    raise LookupError(way)


GOOD = [
    PlannedWalk(service.id, kind, None, channel)
    for service, channel in pairs(catalogue())
    for kind in kinds_of(service, channel)
]


@pytest.mark.parametrize("walk", GOOD, ids=[walk.name for walk in GOOD])
async def test_every_act_of_every_procedure_is_done_whether_or_not_time_passes(walk):
    brought = []

    async def bring():
        brought.append(True)

    for timed in (False, True):
        way, desk, _ = course(walk, timed=timed, bring=bring)
        await way.run("72000000000001")
        assert desk.done == desk.acts
    assert len(brought) in (0, 2)


async def test_each_step_takes_nine_tenths_of_its_term():
    way, desk, _ = course(planned("rural-specialists-support", OFFICE, kind="housing-loan"), timed=True)
    await way.run("72000000000001")
    due = catalogue().calendar.deadline(STARTED, _term(1), _hours("talgar-agriculture"))
    assert desk.when("register") == STARTED + (due - STARTED) * 0.9
    taken = desk.when("draft") - desk.when("resolve")
    assert timedelta(days=50) < taken < timedelta(days=70), "46 working days"
    assert desk.when("check-documents") == desk.when("draft"), "one step, one term"


async def test_steps_in_their_terms_keep_the_total_of_the_service_too():
    way, desk, _ = course(planned("foreign-labour-permit", OFFICE, kind="worker-issue"), timed=True)
    await way.run("72000000000001")
    assert desk.when("hand-over") < datetime(2026, 2, 9, 13, tzinfo=UTC), "five calendar days end on a Sunday"
    assert desk.when("hand-over") > STARTED + timedelta(days=4)


async def test_without_time_nothing_moves_the_clock():
    way, desk, _ = course(planned("rural-specialists-support", OFFICE), timed=False)
    await way.run("72000000000001")
    assert {moment for _, moment, _ in desk.told} == {STARTED}


async def test_the_commission_sits_at_the_session_that_the_head_set():
    way, desk, _ = course(planned("foreign-labour-permit", OFFICE, kind="employer-issue"), timed=False)
    await way.run("72000000000001")
    assert desk.given("convene") == {"session_date": "06.02.2026", "session_time": "11:00"}
    assert desk.when("summon") == STARTED
    assert desk.when("recommend") == datetime(2026, 2, 6, 6, 10, tzinfo=UTC)


async def test_the_applicant_brings_before_anybody_goes_on():
    told = []

    async def bring():
        told.append(list(desk.done))

    way, desk, _ = course(planned("foreign-labour-permit", PORTAL, kind="employer-issue"), timed=False, bring=bring)
    await way.run("71000000000001")
    assert [acts[-1] for acts in told] == ["inform executor@provider"]


async def test_who_brings_nothing_lets_the_twenty_working_days_pass():
    way, desk, said = course(planned("foreign-labour-permit", OFFICE, "lapsed"), timed=False)
    await way.run("72000000000001")
    waited = desk.when("draft") - desk.when("inform")
    assert timedelta(days=26) < waited < timedelta(days=32)
    assert any("20 working-days" in line for line in said)
    assert not any(act.startswith(Verb.SUBMIT) for act in desk.done)


@pytest.mark.parametrize(
    ("service", "event", "least", "most"),
    [
        ("local-social-assistance", "documents-incomplete", 8, 20),
        ("semey-nuclear-test-victims", "further-inquiries-or-inspections", 26, 58),
    ],
)
async def test_an_extended_step_is_done_after_its_own_term_and_within_the_longer_one(service, event, least, most):
    way, desk, _ = course(planned(service, OFFICE, "extended"), timed=False)
    await way.run("72000000000001")
    assert timedelta(days=least) < desk.when("draft") - desk.when(f"extend {event}") < timedelta(days=most)
    assert desk.when("check-documents") == STARTED


def _term(number):
    service = catalogue().service("rural-specialists-support")
    return service.procedure(OFFICE, "housing-loan").step(number).duration


def _hours(office):
    return catalogue().office(office).hours
