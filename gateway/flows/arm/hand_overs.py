"""The rows of what was handed over at a window, against the receipt; nobody else writes this table.

A row begins when the receipt is scanned: from then the term of handing over runs. What was shown is kept as its kind
and the last four digits, nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import asyncpg

from gateway.store import Database
from gateway.store.database import Connection

HANDED_OVER = Path(__file__).with_name("sql") / "handing_over.sql"
"""The table, which revision 0007 of the channels' schema brings."""
WAITING_RESULTS = Path(__file__).with_name("sql") / "waiting_results.sql"
"""What waits to be handed over, which revision 0011 of the channels' schema brings."""


class Recipient(StrEnum):
    """Who receives a result."""

    APPLICANT = "applicant"
    REPRESENTATIVE = "representative"


class IdentityKind(StrEnum):
    """What is shown at the window: the identity card by the acts, another document by who has none."""

    IDENTITY_CARD = "identity-card"
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence-permit"
    """Of a foreigner, or the certificate of a person without citizenship."""


@dataclass(frozen=True, slots=True)
class HandOverRow:
    """A scanned receipt, and what was handed over against it once it was."""

    application: str
    department: str
    scanned_at: datetime
    operator: int
    document: str | None
    recipient: Recipient | None
    identity_kind: IdentityKind | None
    identity_last4: str | None
    power: Mapping[str, Any] | None
    handed_at: datetime | None


_SCANNED = """
INSERT INTO hand_over (application, department, scanned_at, operator) VALUES ($1, $2, $3, $4)
ON CONFLICT (application) DO UPDATE SET department = excluded.department, scanned_at = excluded.scanned_at,
    operator = excluded.operator
WHERE hand_over.handed_at IS NULL
"""
_HANDED = """
UPDATE hand_over SET operator = $2, document = $3, recipient = $4, identity_kind = $5, identity_last4 = $6,
    power = $7, handed_at = $8
WHERE application = $1 AND handed_at IS NULL
"""


class HandOvers:
    """What was handed over."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, number: str) -> HandOverRow | None:
        """Return the row of an application's receipt, once it was scanned."""
        return _row(await self._database.fetchrow("SELECT * FROM hand_over WHERE application = $1", number))

    async def lock(self, conn: Connection, number: str) -> HandOverRow | None:
        """Return it and keep it from changing until the transaction ends."""
        return _row(await conn.fetchrow("SELECT * FROM hand_over WHERE application = $1 FOR UPDATE", number))

    async def scanned(
        self, number: str, *, department: str, operator: int, at: datetime, conn: Connection | None = None
    ) -> None:
        """Note that a receipt was scanned; one that was served already stays as it is."""
        await (conn or self._database).execute(_SCANNED, number, department, at, operator)

    async def handed(
        self,
        conn: Connection,
        number: str,
        *,
        operator: int,
        document: str,
        recipient: Recipient,
        identity_kind: IdentityKind,
        identity_last4: str,
        power: Mapping[str, Any] | None,
        at: datetime,
    ) -> None:
        """Note what was handed over, to whom, and what was shown."""
        shown = None if power is None else dict(power)
        await conn.execute(
            _HANDED, number, operator, document, recipient.value, identity_kind.value, identity_last4, shown, at
        )


def _row(row: asyncpg.Record | None) -> HandOverRow | None:
    if row is None:
        return None
    values = dict(row)
    recipient, kind = values.pop("recipient"), values.pop("identity_kind")
    return HandOverRow(
        **values,
        recipient=None if recipient is None else Recipient(recipient),
        identity_kind=None if kind is None else IdentityKind(kind),
    )
