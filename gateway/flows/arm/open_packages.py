"""Packages that wait for a courier: taken in on paper, signed, and not on their way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.catalogue import Catalogue, Office, Service
from gateway.store import Database
from gateway.store.database import Connection

LISTED: Final = 200
"""How many are shown."""

_OPEN = """
SELECT application.number, application.service, application.office, application.applicant_name,
       application.accepted_at, intake.on_paper,
       (SELECT array_agg(document) FROM attachment WHERE attachment.application = application.number) AS attached,
       (SELECT count(*) FROM scan_page WHERE scan_page.application = application.number) AS pages,
       (SELECT max(register) FROM courier_package
        WHERE courier_package.application = application.number AND own AND mark = 'missing') AS missing_on
FROM intake JOIN application ON application.number = intake.application
WHERE intake.department = $1 AND intake.medium = 'courier' AND application.state IN ('accepted', 'not-registered')
  AND NOT EXISTS (
      SELECT FROM courier_package
      WHERE courier_package.application = application.number AND own AND mark IS DISTINCT FROM 'missing'
  )
"""


@dataclass(frozen=True, slots=True)
class OpenPackage:
    """A package that waits for a courier."""

    number: str
    office: Office
    service: Service
    applicant_name: str
    documents: int
    sheets: int
    """Pages scanned, one for each document that is on paper alone, and the application: a proposal to be counted."""
    accepted_at: datetime
    missing_on: str | None
    """The last register in which the provider marked it as missing."""


class OpenPackages:
    """Reads them; the rows are those of intakes and registers."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue

    async def of_department(self, department: str) -> tuple[OpenPackage, ...]:
        """Return the packages of a department, the oldest first."""
        rows = await self._database.fetch(
            f"{_OPEN} ORDER BY application.accepted_at, application.number LIMIT {LISTED}", department
        )
        return tuple(self._package(row) for row in rows)

    async def among(self, conn: Connection, department: str, numbers: Collection[str]) -> dict[str, OpenPackage]:
        """Return those of the named packages that wait, by number, in the caller's transaction."""
        rows = await conn.fetch(f"{_OPEN} AND application.number = ANY($2::text[])", department, list(numbers))
        return {row["number"]: self._package(row) for row in rows}

    def _package(self, row: Mapping[str, Any]) -> OpenPackage:
        attached, on_paper = set(row["attached"] or ()), set(row["on_paper"])
        return OpenPackage(
            number=row["number"],
            office=self._catalogue.office(row["office"]),
            service=self._catalogue.service(row["service"]),
            applicant_name=row["applicant_name"],
            documents=len(attached | on_paper),
            sheets=1 + row["pages"] + len(on_paper - attached),
            accepted_at=row["accepted_at"],
            missing_on=row["missing_on"],
        )
