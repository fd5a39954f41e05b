"""What came of an application: the document that ended it, what the cabinet tells, and what was not accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import asyncpg

from gateway.exchange.wording import PickUp, Wording
from gateway.store import Database
from gateway.store.database import Connection


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """The document that ended an application."""

    application: str
    number: str
    kind: str
    authority: str
    sha256: str
    pdf: str
    verdict: Mapping[str, Any]
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """What the cabinet tells after a step."""

    after: str
    at: datetime
    result_due: datetime | None = None
    pick_up: PickUp | None = None
    message: Wording | None = None


_DOCUMENT = """
SELECT application, number, kind, authority, sha256, pdf, verdict, received_at FROM issued_document
"""
_WAITS = """
UPDATE issued_document SET waits_at = intake.department FROM intake
WHERE issued_document.application = $1 AND intake.application = $1 AND NOT EXISTS (
    SELECT FROM hand_over WHERE hand_over.application = $1 AND hand_over.handed_at IS NOT NULL)
"""


class Outcomes:
    """The documents and notices of applications."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_document(self, conn: Connection, document: IssuedDocument) -> None:
        """Store the document that ends an application; a second one of the same application changes nothing."""
        await conn.execute(
            "INSERT INTO issued_document (application, number, kind, authority, sha256, pdf, verdict, "
            "received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (application) DO NOTHING",
            document.application,
            document.number,
            document.kind,
            document.authority,
            document.sha256,
            document.pdf,
            dict(document.verdict),
            document.received_at,
        )

    async def wait_at_the_windows(self, conn: Connection, number: str) -> None:
        """Note that the document waits for its applicant at the department that took the application in."""
        await conn.execute(_WAITS, number)

    async def handed_over(self, conn: Connection, number: str) -> None:
        """Note that the document waits no longer: the applicant has it."""
        await conn.execute("UPDATE issued_document SET waits_at = NULL WHERE application = $1", number)

    async def document_of(self, number: str) -> IssuedDocument | None:
        """Return the document that ended an application."""
        row = await self._database.fetchrow(f"{_DOCUMENT} WHERE application = $1", number)
        return None if row is None else IssuedDocument(**row)

    async def document_by_number(self, document_number: str) -> IssuedDocument | None:
        """Return an issued document by its own number, for the public verification page."""
        row = await self._database.fetchrow(f"{_DOCUMENT} WHERE number = $1", document_number)
        return None if row is None else IssuedDocument(**row)

    async def tell(self, conn: Connection, number: str, notice: Notice) -> None:
        """Store what the cabinet tells after a step; the last word about a step stands."""
        pick_up = notice.pick_up
        await conn.execute(
            "INSERT INTO notice (application, after, at, result_due, pick_up_day, pick_up_time, place_kk, place_ru, "
            "message_kk, message_ru) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
            "ON CONFLICT (application, after) DO UPDATE SET at = excluded.at, "
            "result_due = COALESCE(excluded.result_due, notice.result_due), "
            "pick_up_day = COALESCE(excluded.pick_up_day, notice.pick_up_day), "
            "pick_up_time = COALESCE(excluded.pick_up_time, notice.pick_up_time), "
            "place_kk = COALESCE(excluded.place_kk, notice.place_kk), "
            "place_ru = COALESCE(excluded.place_ru, notice.place_ru), "
            "message_kk = COALESCE(excluded.message_kk, notice.message_kk), "
            "message_ru = COALESCE(excluded.message_ru, notice.message_ru)",
            number,
            notice.after,
            notice.at,
            notice.result_due,
            pick_up.day if pick_up else None,
            pick_up.time if pick_up else None,
            pick_up.place.kk if pick_up else None,
            pick_up.place.ru if pick_up else None,
            notice.message.kk if notice.message else None,
            notice.message.ru if notice.message else None,
        )

    async def notices(self, number: str) -> tuple[Notice, ...]:
        """Return what the cabinet tells about an application, in the order of the steps' times."""
        rows = await self._database.fetch("SELECT * FROM notice WHERE application = $1 ORDER BY at, after", number)
        return tuple(_notice(row) for row in rows)

    async def refuse_response(
        self, conn: Connection, *, number: str, code: str, facts: Mapping[str, Any], sha256: str, at: datetime
    ) -> None:
        """Keep for the staff what came in the provider's name and was not accepted."""
        await conn.execute(
            "INSERT INTO refused_response (application, code, facts, sha256, at) VALUES ($1, $2, $3, $4, $5) "
            "ON CONFLICT (application, sha256) DO NOTHING",
            number,
            code,
            dict(facts),
            sha256,
            at,
        )


def _notice(row: asyncpg.Record) -> Notice:
    day: date | None = row["pick_up_day"]
    at_time: time | None = row["pick_up_time"]
    pick_up = None
    if day is not None and at_time is not None:
        pick_up = PickUp(day, at_time, Wording(row["place_kk"] or "", row["place_ru"] or ""))
    message = Wording(row["message_kk"], row["message_ru"]) if row["message_kk"] else None
    return Notice(row["after"], row["at"], row["result_due"], pick_up, message)
