"""The supervisor's view of the department's day: windows, waiting, volumes by service, refusals by reason.

Nobody outside the department is counted, no applicant is named. A day is one of Almaty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import asyncpg

from gateway.catalogue.load import Catalogue
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.operators import Operator
from gateway.flows.arm.queue_slots import beginning_of, day_of, end_of
from gateway.flows.arm.tickets import TicketState, code_of
from gateway.store import Store

OVERVIEW = Path(__file__).with_name("sql") / "overview.sql"
"""Its indexes, which revision 0007 of the channels' schema brings."""

_STANDING = """
SELECT count(*) AS waiting, min(stands_since) AS since FROM ticket
WHERE department = $1 AND day = $2 AND state = 'waiting' AND stands_since <= $3
"""
_WAITS = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY called_at - stands_since) AS median,
       max(called_at - stands_since) AS longest
FROM ticket WHERE department = $1 AND day = $2 AND called_at IS NOT NULL
"""
_TICKETS = "SELECT state, count(*) AS tickets FROM ticket WHERE department = $1 AND day = $2 GROUP BY state"
_WINDOWS = """
SELECT counter AS at_window, count(*) FILTER (WHERE state = 'finished') AS served,
       max(number) FILTER (WHERE state IN ('called', 'serving')) AS in_hand,
       bool_or(state = 'serving') AS serving, max(last_called_at) AS last_at,
       (array_agg(operator ORDER BY last_called_at DESC))[1] AS operator
FROM ticket WHERE department = $1 AND day = $2 AND counter IS NOT NULL GROUP BY counter
"""
_INTAKES = """
SELECT at_window, count(*) AS intakes, max(created_at) AS last_at,
       (array_agg(operator ORDER BY created_at DESC))[1] AS operator
FROM intake WHERE department = $1 AND created_at >= $2 AND created_at < $3 GROUP BY at_window
"""
_NAMES = "SELECT id, name FROM operator WHERE id = ANY($1::bigint[])"
_SERVICES = """
SELECT application.service,
       count(*) FILTER (WHERE application.state NOT IN ('draft', 'ready', 'not-accepted', 'no-data')) AS taken_in,
       count(*) FILTER (WHERE application.state = 'not-accepted') AS not_accepted,
       count(*) FILTER (WHERE application.state = 'no-data') AS no_data,
       count(*) FILTER (WHERE application.state IN ('draft', 'ready')) AS open
FROM intake JOIN application ON application.number = intake.application
WHERE intake.department = $1 AND intake.created_at >= $2 AND intake.created_at < $3
GROUP BY application.service
"""
_HANDED_OVER = """
SELECT application.service, count(*) AS handed_over
FROM hand_over JOIN application ON application.number = hand_over.application
WHERE hand_over.department = $1 AND hand_over.handed_at >= $2 AND hand_over.handed_at < $3
GROUP BY application.service
"""
_REFUSALS = """
SELECT 'documents-missing' AS kind, application.service, document AS reason, count(*) AS count
FROM intake JOIN application ON application.number = intake.application, unnest(intake.missing) AS document
WHERE intake.department = $1 AND intake.refused_at >= $2 AND intake.refused_at < $3
GROUP BY application.service, document
UNION ALL
SELECT 'consent-refused', application.service, '', count(*)
FROM intake JOIN application ON application.number = intake.application
WHERE intake.department = $1 AND intake.created_at >= $2 AND intake.created_at < $3
  AND application.state = 'not-accepted' AND intake.refused_at IS NULL
GROUP BY application.service
UNION ALL
SELECT 'no-data', application.service, intake.finding->>'verdict', count(*)
FROM intake JOIN application ON application.number = intake.application
WHERE intake.department = $1 AND intake.created_at >= $2 AND intake.created_at < $3 AND application.state = 'no-data'
GROUP BY application.service, intake.finding->>'verdict'
UNION ALL
SELECT 'provider', application.service, coalesce(told.ground, ''), count(*)
FROM issued_document
JOIN intake ON intake.application = issued_document.application
JOIN application ON application.number = issued_document.application
LEFT JOIN LATERAL (
    SELECT event.facts->>'ground' AS ground FROM event
    WHERE event.application = issued_document.application AND event.facts->>'document' = issued_document.number
      AND event.facts ? 'ground'
    LIMIT 1
) AS told ON true
WHERE intake.department = $1 AND issued_document.received_at >= $2 AND issued_document.received_at < $3
  AND issued_document.kind = 'refusal'
GROUP BY application.service, coalesce(told.ground, '')
ORDER BY 1, 4 DESC, 2, 3
"""


class RefusalKind(StrEnum):
    """Who refused what, at which step."""

    DOCUMENTS_MISSING = "documents-missing"
    """The window did not take the application in; the reason is a document that was missing."""
    CONSENT_REFUSED = "consent-refused"
    NO_DATA = "no-data"
    """Process 4; the reason is what process 3 found."""
    PROVIDER = "provider"
    """The provider refused; the reason is the ground of the act."""


@dataclass(frozen=True, slots=True)
class WindowRow:
    """A window that worked today: who is at it, the ticket in hand, and what it has done."""

    window: int
    operator_name: str
    ticket_code: str | None
    serving: bool
    served: int
    intakes: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """The applications of one service that the windows began today, and the results handed over today."""

    service: str
    taken_in: int = 0
    not_accepted: int = 0
    no_data: int = 0
    open: int = 0
    handed_over: int = 0


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """How often something was refused today for one reason."""

    kind: RefusalKind
    service: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class DayOverview:
    """The department's day."""

    day: date
    windows: tuple[WindowRow, ...]
    all_windows: int
    """How many the department has."""
    waiting: int
    longest_waiting: timedelta | None
    """Of those who stand in the queue now."""
    median_wait: timedelta | None
    """Of those who were called today, from their place in the queue to the first call."""
    longest_wait: timedelta | None
    tickets: Mapping[TicketState, int]
    services: tuple[ServiceRow, ...]
    refusals: tuple[RefusalRow, ...]


class Overview:
    """Reads; changes nothing."""

    def __init__(self, *, store: Store, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._database = store.database
        self._clock = store.clock

    async def of(self, supervisor: Operator) -> DayOverview:
        """Return today's work of the supervisor's department; raises `ArmError` WRONG_ROLE for anybody else."""
        if not supervisor.is_supervisor:
            raise ArmError(ArmCode.WRONG_ROLE)
        now, department = self._clock.now(), supervisor.department
        day = day_of(now)
        span = department, beginning_of(day), end_of(day)
        waits = await self._row(_WAITS, department, day)
        standing = await self._row(_STANDING, department, day, now)
        tickets = await self._database.fetch(_TICKETS, department, day)
        return DayOverview(
            day=day,
            windows=await self._windows(department, day),
            all_windows=self._catalogue.office(department).windows or 0,
            waiting=standing["waiting"],
            longest_waiting=None if standing["since"] is None else now - standing["since"],
            median_wait=waits["median"],
            longest_wait=waits["longest"],
            tickets={TicketState(row["state"]): row["tickets"] for row in tickets},
            services=await self._services(*span),
            refusals=tuple(
                RefusalRow(**{**dict(row), "kind": RefusalKind(row["kind"])})
                for row in await self._database.fetch(_REFUSALS, *span)
            ),
        )

    async def _windows(self, department: str, day: date) -> tuple[WindowRow, ...]:
        called = await self._database.fetch(_WINDOWS, department, day)
        taken = await self._database.fetch(_INTAKES, department, beginning_of(day), end_of(day))
        windows: dict[int, dict[str, Any]] = {row["at_window"]: dict(row) for row in called}
        for row in taken:
            one = windows.setdefault(row["at_window"], {"in_hand": None, "serving": False, "served": 0})
            one["intakes"] = row["intakes"]
            if "last_at" not in one or row["last_at"] > one["last_at"]:
                one |= {"last_at": row["last_at"], "operator": row["operator"]}
        names = await self._names({one["operator"] for one in windows.values()})
        return tuple(
            WindowRow(
                window=window,
                operator_name=names.get(one["operator"], ""),
                ticket_code=None if one["in_hand"] is None else code_of(one["in_hand"]),
                serving=one["serving"],
                served=one["served"],
                intakes=one.get("intakes", 0),
                last_at=one["last_at"],
            )
            for window, one in sorted(windows.items())
        )

    async def _services(self, department: str, begins: datetime, ends: datetime) -> tuple[ServiceRow, ...]:
        found = {row["service"]: dict(row) for row in await self._database.fetch(_SERVICES, department, begins, ends)}
        for row in await self._database.fetch(_HANDED_OVER, department, begins, ends):
            found.setdefault(row["service"], {"service": row["service"]})["handed_over"] = row["handed_over"]
        return tuple(ServiceRow(**found[service]) for service in sorted(found))

    async def _names(self, operators: set[int]) -> Mapping[int, str]:
        return {row["id"]: row["name"] for row in await self._database.fetch(_NAMES, sorted(operators))}

    async def _row(self, sql: str, *args: Any) -> asyncpg.Record:
        row = await self._database.fetchrow(sql, *args)
        assert row is not None
        return row
