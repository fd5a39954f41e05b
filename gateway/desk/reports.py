"""How much came to the office in a month and how its terms were kept, for the head.

A report is of the applications that were registered at the desk in the month: what became of them, and of their steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Self
from zoneinfo import ZoneInfo

from gateway.catalogue import Channel, Role
from gateway.clock import ALMATY
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.staff import StaffMember
from gateway.store import Database

_ZONE = ZoneInfo(ALMATY)

_BY_SERVICE = """
SELECT service,
       count(*)                                            AS registered,
       count(*) FILTER (WHERE state = 'closed')            AS finished,
       count(*) FILTER (WHERE state = 'closed' AND late)   AS finished_late,
       count(*) FILTER (WHERE state = 'open' AND late)     AS open_late
FROM casefile
WHERE office = $1 AND registered_at >= $2 AND registered_at < $3
GROUP BY service ORDER BY service
"""
_BY_STEP = """
SELECT casefile.service, case_step.step, count(*) AS stays, count(*) FILTER (WHERE case_step.late) AS late,
       casefile.channel, casefile.kind
FROM casefile JOIN case_step ON case_step.number = casefile.number
WHERE casefile.office = $1 AND casefile.registered_at >= $2 AND casefile.registered_at < $3
  AND case_step.step_kind = 'step'
GROUP BY casefile.service, casefile.channel, casefile.kind, case_step.step
ORDER BY casefile.service, casefile.channel, casefile.kind, case_step.step
"""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in the time of Almaty."""

    year: int
    number: int

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """Return the month of a moment."""
        local = moment.astimezone(_ZONE)
        return cls(local.year, local.month)

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `2026-03`; raises `ValueError`."""
        day = date.fromisoformat(f"{text}-01")
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    def before(self, months: int = 1) -> Month:
        """Return the month so many months earlier; with a negative number, later."""
        year, number = divmod(self.year * 12 + self.number - 1 - months, 12)
        return Month(year, number + 1)

    @property
    def begins(self) -> datetime:
        """The month's first moment."""
        return datetime.combine(date(self.year, self.number, 1), time(), _ZONE)


@dataclass(frozen=True, slots=True)
class ServiceVolume:
    """The applications of one service that were registered in the month; late is what overran a step at least once."""

    service: str
    registered: int
    finished: int
    finished_late: int
    open_late: int

    @property
    def open(self) -> int:
        """How many are still in work."""
        return self.registered - self.finished


@dataclass(frozen=True, slots=True)
class StepVolume:
    """How often those applications stood at a step, and how often longer than its term.

    Channel and kind say of which procedure of the service the step is.
    """

    service: str
    step: int
    stays: int
    late: int
    channel: Channel = Channel.PORTAL
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One month of one office."""

    month: Month
    services: tuple[ServiceVolume, ...]
    steps: tuple[StepVolume, ...]


class Reports:
    """Reports of the acting head's own office."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def month(self, member: StaffMember, month: Month) -> Report:
        """Return a month's report; raises `DeskError` WRONG_ROLE for anybody but the head."""
        if member.role is not Role.HEAD:
            raise DeskError(DeskCode.WRONG_ROLE, awaited=str(Role.HEAD))
        bounds = member.office, month.begins, month.before(-1).begins
        services = await self._database.fetch(_BY_SERVICE, *bounds)
        steps = await self._database.fetch(_BY_STEP, *bounds)
        return Report(
            month,
            tuple(ServiceVolume(**row) for row in services),
            tuple(StepVolume(**{**row, "channel": Channel(row["channel"])}) for row in steps),
        )
