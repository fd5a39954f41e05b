"""Results that wait for the courier: of cases whose packages came by courier, finished and not on their way back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.catalogue import Catalogue, Office, Service
from gateway.store import Database
from gateway.store.database import Connection

LISTED: Final = 200
"""How many results of one department a page shows."""

_RESULTS = """
SELECT casefile.number, casefile.service, casefile.applicant_name, casefile.closed_at, casefile.gateway,
       expected_package.department, (
           SELECT max(register) FROM courier_package WHERE application = casefile.number AND own AND mark = 'missing'
       ) AS missing_on
FROM expected_package JOIN casefile USING (number)
WHERE expected_package.received_at IS NOT NULL AND expected_package.returned_on IS NULL
  AND casefile.state = 'closed' AND casefile.office = $1
"""
_OF_OFFICE = f"""
SELECT * FROM (
    SELECT ready.*, row_number() OVER (PARTITION BY department ORDER BY closed_at, number) AS place
    FROM ({_RESULTS}) AS ready
) AS placed
WHERE place <= {LISTED} ORDER BY closed_at, number
"""  # noqa: S608 (constants)


@dataclass(frozen=True, slots=True)
class ReadyResult:
    """A result that the courier is to take to the department that took the application in."""

    number: str
    service: Service
    applicant_name: str
    closed_at: datetime
    gateway: str
    department: Office
    missing_on: str | None
    """The last register in which the department marked it as missing."""


class ReadyResults:
    """Reads them; the rows are those of cases, twins and registers."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue

    async def of_office(self, office: str) -> tuple[ReadyResult, ...]:
        """Return the results of an office, the oldest first, at most `LISTED` for each department."""
        rows = await self._database.fetch(_OF_OFFICE, office)
        return tuple(self._result(row) for row in rows)

    async def among(self, conn: Connection, office: str, numbers: Collection[str]) -> dict[str, ReadyResult]:
        """Return those of the named results that wait, by number, in the caller's transaction."""
        rows = await conn.fetch(f"{_RESULTS} AND casefile.number = ANY($2::text[])", office, list(numbers))
        return {row["number"]: self._result(row) for row in rows}

    def _result(self, row: Mapping[str, Any]) -> ReadyResult:
        return ReadyResult(
            number=row["number"],
            service=self._catalogue.service(row["service"]),
            applicant_name=row["applicant_name"],
            closed_at=row["closed_at"],
            gateway=row["gateway"],
            department=self._catalogue.office(row["department"]),
            missing_on=row["missing_on"],
        )
