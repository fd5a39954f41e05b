"""Papers that the staff write into a case: acts, conclusions, minutes, resolutions, letters, marks of what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.desk.cases import Cases
from gateway.desk.staff import StaffMember
from gateway.store import Database
from gateway.store.database import Connection


class PaperKind(StrEnum):
    """What a paper is."""

    INSPECTION_ACT = "inspection-act"
    COMMISSION_ACT = "commission-act"
    """The act of the precinct commission's inspection of the household."""
    COMMISSION_CONCLUSION = "commission-conclusion"
    MINUTES = "minutes"
    """Of the commission's session, with its recommendation."""
    RESOLUTION = "resolution"
    """The head's decision that is not the result yet."""
    LETTER = "letter"
    """To the applicant."""
    REGISTER_ENTRY = "register-entry"
    """The number under which the applicant was entered in a state register."""
    FILE_SENT = "file-sent"
    """Under which reference the file went to the body that pays."""


@dataclass(frozen=True, slots=True)
class CasePaper:
    """A paper with its author's account."""

    ordinal: int
    kind: PaperKind
    staff: int
    at: datetime
    text: str


_WRITE = """
INSERT INTO case_paper (number, ordinal, kind, staff, at, text)
VALUES ($1, 1 + (SELECT count(*) FROM case_paper WHERE number = $1), $2, $3, $4, $5) RETURNING ordinal
"""
_OF_CASE = "SELECT ordinal, kind, staff, at, text FROM case_paper WHERE number = $1 ORDER BY ordinal"


class Papers:
    """The papers of cases."""

    def __init__(self, database: Database, cases: Cases) -> None:
        self._database = database
        self._cases = cases

    async def write(
        self, conn: Connection, number: str, kind: PaperKind, text: str, *, author: StaffMember, at: datetime
    ) -> int:
        """Add a paper to a case that the caller's transaction has locked, and return its ordinal."""
        ordinal: int = await conn.fetchval(_WRITE, number, kind.value, author.id, at, text)
        return ordinal

    async def of(self, member: StaffMember, number: str) -> tuple[CasePaper, ...]:
        """Return a case's papers; raises `DeskError` NO_SUCH_CASE for a case that the member's office does not see."""
        await self._cases.get(member, number)
        rows = await self._database.fetch(_OF_CASE, number)
        return tuple(
            CasePaper(row["ordinal"], PaperKind(row["kind"]), row["staff"], row["at"], row["text"]) for row in rows
        )
