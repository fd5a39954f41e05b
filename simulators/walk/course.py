"""One case on its way through the bodies: each step in its time, the session held, the applicant's condition met."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway.catalogue import Channel, CountedFrom, Duration, Office, ProcedureStep, Service, Verb
from gateway.clock import ALMATY
from simulators.walk.answers import catalogue
from simulators.walk.decision import Decision
from simulators.walk.law import Turn, expected_turns
from simulators.walk.levers import Levers
from simulators.walk.officials import Official
from simulators.walk.plan import PlannedWalk
from simulators.walk.staff import Staff

_ZONE = ZoneInfo(ALMATY)
_SHARE = 0.9
"""How much of a step's term passes before the step is done."""
_SESSION = time(11, 0)
_WORKING_DAYS_TO_SESSION = 3
_GIVES = (f"{Verb.HAND_OVER} ", f"{Verb.FORWARD} ")
_AFTER = timedelta(minutes=10)
"""How long after a moment one comes to look."""


@dataclass
class Course:
    """The way of one case; `timed` lets each step take nine tenths of its term, so that none is late.

    `bring` is how the applicant brings what the procedure's condition asks for, where the applicant does it alone. What
    the State Corporation does before and after is done at its windows. With `by_register` the provider's last act is
    left, if it gives the result away: it is the entry in a courier's register, and stands in `given`.
    """

    planned: PlannedWalk
    office: Office
    staff: Staff
    levers: Levers
    say: Callable[[str], None]
    timed: bool = False
    bring: Callable[[], Awaitable[None]] | None = None
    by_register: bool = False
    given: str | None = field(init=False, default=None)
    service: Service = field(init=False)
    decision: Decision = field(init=False)
    turns: Sequence[Turn] = field(init=False)
    _submitted: datetime | None = None
    _step: ProcedureStep | None = None
    _session: datetime | None = None
    _acts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read off the catalogue who does what; an application that no body decides has no course."""
        assert self.planned.decision is not None
        self.service, self.decision = catalogue().service(self.planned.service), self.planned.decision
        turns = expected_turns(self.service, self.planned.channel, self.planned.kind, self.decision)
        self.turns = [turn for turn in turns if not turn.is_corporations]
        if self.by_register and self.turns[-1].act.startswith(_GIVES):
            *self.turns, last = self.turns
            self.given = last.act

    async def run(self, number: str) -> None:
        """Lead the case to its hand-over; raises `PageSurprise` when nobody may do anything more."""
        self._submitted = (await self.levers.clock()).simulated
        self._acts = [turn.act for turn in self._staff_turns(self.turns)]
        for position, turn in enumerate(self.turns):
            if turn.step.kind == "condition":
                before = len(self._staff_turns(self.turns[:position]))
                await self._work(number, until=before)
                await self._condition(turn)
        await self._work(number, until=len(self._acts) if self.planned.channel is Channel.CORPORATION else None)

    def _staff_turns(self, turns: Sequence[Turn]) -> list[Turn]:
        met = self.decision.submitted
        return [turn for turn in turns if not turn.is_applicants and (met or turn.step.kind == "step")]

    async def _work(self, number: str, *, until: int | None = None) -> None:
        async def before(official: Official, act: str) -> Mapping[str, str]:
            return await self._before(official, act, number)

        await self.staff.work(number, self.decision, until=until, expected=self._acts, before=before)

    async def _condition(self, turn: Turn) -> None:
        """Let the applicant bring what is asked for in time, or let the time run out."""
        self._step = turn.step
        term = turn.step.term(self.planned.channel, self.planned.kind)
        due = self._due(term, (await self.levers.clock()).simulated)
        if not self.decision.submitted:
            await self.levers.until(due + _AFTER)
            self.say(f"the applicant brought nothing: the {term.value} {term.unit} are over")
            return
        if self.timed:
            await self._pass_share(due)
        if turn.is_applicants and self.bring is not None:
            await self.bring()
            self.say("the applicant brought what was asked for")

    async def _before(self, official: Official, act: str, number: str) -> Mapping[str, str]:
        """Let the time of the step pass, and give what the act's form needs."""
        verb = Verb(act.partition(" ")[0])
        done = len(self.staff.done)
        step = self._staff_turns(self.turns)[done].step if done < len(self._acts) else None
        if step is not None and verb is Verb.DRAFT and self._is_extended(step):
            await self._extend(official, number, step)
        elif step is not None and step is not self._step and self.timed:
            await self._take_time(step)
        self._step = step
        if verb is Verb.CONVENE:
            return await self._convene()
        if verb is Verb.RECOMMEND and self._session is not None:
            await self.levers.until(self._session + _AFTER)
        return {}

    def _is_extended(self, step: ProcedureStep) -> bool:
        event = self.decision.extended
        return event is not None and any(term.when == event for term in step.terms)

    async def _extend(self, official: Official, number: str, step: ProcedureStep) -> None:
        """Apply the longer term, and let the step's own term pass."""
        assert self.decision.extended is not None
        started = (await self.levers.clock()).simulated
        await official.extend(number, self.decision.extended)
        await self.levers.until(self._due(step.term(self.planned.channel, self.planned.kind), started) + _AFTER)
        self.say(f"the term was extended ({self.decision.extended}), and the step's own is over")

    async def _take_time(self, step: ProcedureStep) -> None:
        term = step.term(self.planned.channel, self.planned.kind)
        if term.counted_from is CountedFrom.BEFORE_SESSION or any(one.verb is Verb.RECOMMEND for one in step.actions):
            return
        started = (await self.levers.clock()).simulated
        total = self.service.total(self.planned.channel, self.planned.kind)
        ends = [self._due(one, started) for one in (term, total) if one is not None]
        await self._pass_share(min(ends))

    async def _pass_share(self, due: datetime) -> None:
        now = (await self.levers.clock()).simulated
        await self.levers.until(now + (due - now) * _SHARE)

    def _due(self, term: Duration, started: datetime) -> datetime:
        start = self._submitted if term.counted_from is CountedFrom.SUBMISSION and self._submitted else started
        return catalogue().calendar.deadline(start, term, self.office.hours)

    async def _convene(self) -> Mapping[str, str]:
        day = (await self.levers.clock()).simulated.astimezone(_ZONE).date()
        for _ in range(_WORKING_DAYS_TO_SESSION):
            day = catalogue().calendar.next_working_day(day)
        self._session = datetime.combine(day, _SESSION, _ZONE)
        return {"session_date": f"{day:%d.%m.%Y}", "session_time": f"{_SESSION:%H:%M}"}
