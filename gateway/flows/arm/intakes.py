"""The rows of what was taken in at a window, beside the application itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from gateway.exchange.acceptance import Representative, SentBy
from gateway.flows.applications import (
    COLUMNS,
    WHOLE,
    ApplicationRow,
    State,
    WholeApplication,
    row_of,
    whole_of,
)
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.operators import Operator
from gateway.flows.columns import assigned
from gateway.store import Database
from gateway.store.database import Connection

ARM = Path(__file__).with_name("sql") / "arm.sql"
"""The tables, which revision 0006 of the channels' schema brings; the pages scanned are `gateway.terminal.pages`'s."""
OPEN_AT_WINDOWS = Path(__file__).with_name("sql") / "open_at_windows.sql"
"""The index of the lists of what is open or held, which revision 0010 of the channels' schema brings."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What was taken in at a window, as it stands."""

    application: str
    department: str
    operator: int
    """Who holds it."""
    window: int
    ticket: int | None
    version: int
    """Of what is typed: whoever writes names the one that was seen."""
    typed: Mapping[str, str]
    """Exactly as it stands on the screen, valid or not."""
    representative: Representative | None
    consent_at: datetime | None
    finding: Mapping[str, Any] | None
    """What process 3 found: `verdict`, `registry`, and the names as found."""
    on_paper: tuple[str, ...]
    """The documents that were marked as handed in on paper."""
    medium: SentBy | None
    created_at: datetime
    refused_at: datetime | None
    missing: tuple[str, ...] | None
    """The documents for which acceptance was refused."""

    @property
    def verdict(self) -> str | None:
        """The verdict of process 3, if it was taken."""
        return None if self.finding is None else str(self.finding["verdict"])


@dataclass(frozen=True, slots=True)
class IntakeRow:
    """An intake in a list."""

    number: str
    service: str
    applicant_name: str
    state: State
    operator: int
    operator_name: str
    window: int
    ticket: int | None
    created_at: datetime
    changed_at: datetime


_SETTABLE = frozenset(
    ["operator", "at_window", "version", "typed", "representative", "consent_at", "finding", "on_paper", "medium"]
) | frozenset(["refused_at", "missing"])
_COLUMNS = """
intake.application, intake.department, intake.operator, intake.at_window, intake.ticket, intake.version, intake.typed,
intake.representative, intake.consent_at, intake.finding, intake.on_paper, intake.medium,
intake.created_at AS intake_created_at, intake.refused_at, intake.missing
"""
_BOTH = "FROM application JOIN intake ON intake.application = application.number WHERE application.number = $1"
_SEEN = f"SELECT {WHOLE}, {_COLUMNS} {_BOTH}"
_LOCKED = f"SELECT {COLUMNS}, {_COLUMNS} {_BOTH} FOR UPDATE"
"""Both rows as they stand once they are locked, however long that took."""
_LIST = """
SELECT application.number, application.service, application.applicant_name, application.state, intake.operator,
       operator.name AS operator_name, intake.at_window AS window, intake.ticket, intake.created_at,
       application.changed_at
FROM intake JOIN application ON application.number = intake.application JOIN operator ON operator.id = intake.operator
"""
_OPEN = (
    _LIST
    + """
WHERE intake.department = $1 AND application.channel = 'corporation' AND application.state IN ('draft', 'ready')
ORDER BY (intake.operator = $2) DESC, application.changed_at DESC, application.number LIMIT $3
"""
)
_HELD = (
    _LIST
    + """
WHERE intake.department = $1 AND application.channel = 'corporation' AND application.state = 'held'
ORDER BY application.number LIMIT $2
"""
)
_SERVICE = f"SELECT application.service, intake.department {_BOTH}"
_KEEP = """
WITH open AS (
    SELECT number FROM application WHERE number = $1 AND state = 'draft' AND certificate IS NULL AND draft IS NULL
        AND verdict IS NULL FOR UPDATE
), kept AS (
    UPDATE intake SET typed = intake.typed || $5::jsonb, version = intake.version + 1 FROM open
    WHERE intake.application = open.number AND intake.operator = $2 AND intake.department = $3
        AND intake.version = $4 AND NOT intake.typed @> $5::jsonb
    RETURNING intake.application
)
UPDATE application SET changed_at = $6 FROM kept WHERE application.number = kept.application
"""


class Intakes:
    """What was taken in; nobody else writes this table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        conn: Connection,
        *,
        number: str,
        department: str,
        operator: int,
        window: int,
        ticket: int | None,
        typed: Mapping[str, str],
        at: datetime,
    ) -> None:
        """Insert a new intake of an application that the transaction has inserted."""
        await conn.execute(
            "INSERT INTO intake (application, department, operator, at_window, ticket, typed, created_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7)",
            number,
            department,
            operator,
            window,
            ticket,
            dict(typed),
            at,
        )

    async def seen(self, number: str) -> tuple[WholeApplication, Intake] | None:
        """Return an application with its intake."""
        row = await self._database.fetchrow(_SEEN, number)
        return None if row is None else (whole_of(row), _intake(row))

    async def service_of(self, number: str) -> tuple[str, str] | None:
        """Return of which service an application is, and in which department it was taken in."""
        row = await self._database.fetchrow(_SERVICE, number)
        return None if row is None else (row["service"], row["department"])

    async def lock(self, conn: Connection, number: str) -> tuple[ApplicationRow, Intake]:
        """Return an application with its intake, and keep both from changing until the transaction ends.

        Raises `ArmError`.
        """
        row = await conn.fetchrow(_LOCKED, number)
        if row is None:
            raise ArmError(ArmCode.NO_SUCH_INTAKE)
        return row_of(row), _intake(row)

    async def keep(self, number: str, operator: Operator, version: int, typed: Mapping[str, str], at: datetime) -> bool:
        """Write what was typed over what stood there, in one statement; tell whether it was written.

        It is written only into a draft that this operator holds, of which nothing was fixed to be signed, and whose
        version is the one that was seen; what stands already is not written again.
        """
        return (
            await self._database.execute(_KEEP, number, operator.id, operator.department, version, dict(typed), at)
            == "UPDATE 1"
        )

    async def set(self, conn: Connection, number: str, **values: Any) -> None:
        """Write the named columns of a locked intake; the window is `at_window`."""
        columns = assigned(values, _SETTABLE, first=2)
        await conn.execute(
            f"UPDATE intake SET {columns} WHERE application = $1",  # noqa: S608 (checked above)
            number,
            *values.values(),
        )

    async def open_of(self, department: str, operator: int, *, limit: int = 200) -> tuple[IntakeRow, ...]:
        """Return the drafts of a department, the operator's own first, each the last changed first."""
        return tuple(_row(row) for row in await self._database.fetch(_OPEN, department, operator, limit))

    async def held_of(self, department: str, *, limit: int = 200) -> tuple[IntakeRow, ...]:
        """Return what was signed in a department and is held, since the certificate's status is not known."""
        return tuple(_row(row) for row in await self._database.fetch(_HELD, department, limit))


def _intake(row: asyncpg.Record) -> Intake:
    given, medium, missing = row["representative"], row["medium"], row["missing"]
    return Intake(
        application=row["application"],
        department=row["department"],
        operator=row["operator"],
        window=row["at_window"],
        ticket=row["ticket"],
        version=row["version"],
        typed=row["typed"],
        representative=None if given is None else Representative.from_json(given),
        consent_at=row["consent_at"],
        finding=row["finding"],
        on_paper=tuple(row["on_paper"]),
        medium=None if medium is None else SentBy(medium),
        created_at=row["intake_created_at"],
        refused_at=row["refused_at"],
        missing=None if missing is None else tuple(missing),
    )


def _row(row: asyncpg.Record) -> IntakeRow:
    return IntakeRow(**{**dict(row), "state": State(row["state"])})
