"""The rows of what applicants present after the application; nobody else writes these tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import asyncpg

from gateway.exchange.waiting import Waiting, WaitingEnd
from gateway.flows.attachments import AttachedFiles, StoredAttachment
from gateway.flows.columns import assigned
from gateway.store import Database
from gateway.store.database import Connection

SUPPLEMENTS = Path(__file__).with_name("sql") / "supplement.sql"
"""Their tables, which revision 0004 of the channels' schema brings."""


class SupplementState(StrEnum):
    """Where a supplement stands."""

    OPEN = "open"
    """The provider waits; documents are attached and the certificate is chosen."""
    READY = "ready"
    """The chosen certificate passed; the supplement may be signed."""
    HELD = "held"
    """Signed; the certificate could not be judged and is tried again."""
    SENT = "sent"
    """Stored with the message that carries it to the provider."""
    PRESENTED = "presented"
    """The provider has the documents."""
    LAPSED = "lapsed"
    """The provider waits no longer: the term ran out."""


WAITING = frozenset({SupplementState.OPEN, SupplementState.READY})
OVER = frozenset({SupplementState.PRESENTED, SupplementState.LAPSED})
_ENDS = {WaitingEnd.PRESENTED: SupplementState.PRESENTED, WaitingEnd.LAPSED: SupplementState.LAPSED}


@dataclass(frozen=True, slots=True)
class SupplementRow:
    """A supplement as it stands."""

    application: str
    state: SupplementState
    until: datetime
    documents: tuple[str, ...]
    told: int
    certificate: bytes | None
    draft: bytes | None
    verdict: Mapping[str, Any] | None
    signed: str | None
    signed_at: datetime | None
    hold_until: datetime | None
    sent_at: datetime | None
    refusal: Mapping[str, Any] | None
    files: tuple[StoredAttachment, ...] = ()

    def stands_as(self, seen: SupplementRow) -> bool:
        """Tell whether nobody has moved the supplement since it was seen, nor changed what is signed."""
        return self.state is seen.state and self.draft == seen.draft


_SETTABLE = frozenset(
    ["state", "certificate", "draft", "verdict", "signed", "signed_at", "hold_until", "sent_at", "refusal"]
)


class SupplementRows:
    """The supplements of the portal's applications, at most one of each."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.files = AttachedFiles(database, "supplement_file")

    async def of(self, application: str) -> SupplementRow | None:
        """Return the supplement of an application, if the provider ever waited for one."""
        row = await self._database.fetchrow("SELECT * FROM supplement WHERE application = $1", application)
        return None if row is None else _supplement(row, await self.files.of(application))

    async def lock(self, conn: Connection, application: str) -> SupplementRow | None:
        """Return the supplement and keep it from changing until the transaction ends."""
        row = await conn.fetchrow("SELECT * FROM supplement WHERE application = $1 FOR UPDATE", application)
        return None if row is None else _supplement(row, await self.files.read(conn, application))

    async def waits(self, conn: Connection, application: str, waiting: Waiting, *, told: int) -> None:
        """Note that the provider waits; a word that a later one has overtaken changes nothing."""
        await conn.execute(
            "INSERT INTO supplement (application, state, until, documents, told) VALUES ($1, $2, $3, $4, $5) "
            "ON CONFLICT (application) DO UPDATE SET until = excluded.until, documents = excluded.documents, "
            "told = excluded.told, "
            "state = CASE WHEN supplement.state = ANY ($6) THEN excluded.state ELSE supplement.state END "
            "WHERE supplement.told < excluded.told",
            application,
            SupplementState.OPEN.value,
            waiting.until,
            list(waiting.documents),
            told,
            [state.value for state in OVER],
        )

    async def ended(self, conn: Connection, application: str, end: WaitingEnd, *, told: int, at: datetime) -> None:
        """Note that the provider waits no longer; the word may come before the one that it waits.

        What was signed in the term is on its way when the term runs out, and the provider answers for it.
        """
        await conn.execute(
            "INSERT INTO supplement (application, state, until, documents, told) VALUES ($1, $2, $3, '{}', $4) "
            "ON CONFLICT (application) DO UPDATE SET told = excluded.told, state = CASE WHEN excluded.state = $5 "
            "AND supplement.state = ANY ($6) THEN supplement.state ELSE excluded.state END "
            "WHERE supplement.told < excluded.told",
            application,
            _ENDS[end].value,
            at,
            told,
            SupplementState.LAPSED.value,
            [SupplementState.HELD.value, SupplementState.SENT.value],
        )

    async def set(self, conn: Connection, application: str, **values: Any) -> None:
        """Write the named columns of a locked supplement."""
        columns = assigned(values, _SETTABLE, first=2)
        await conn.execute(
            f"UPDATE supplement SET {columns} WHERE application = $1",  # noqa: S608 (checked above)
            application,
            *values.values(),
        )

    async def reopen(self, conn: Connection, application: str, **values: Any) -> None:
        """Take the choice of the certificate back after a change: what is signed must be what is shown."""
        chosen = {"certificate": None, "draft": None, "verdict": None}
        await self.set(conn, application, state=SupplementState.OPEN.value, **chosen, **values)


def _supplement(row: asyncpg.Record, files: tuple[StoredAttachment, ...]) -> SupplementRow:
    values = dict(row)
    values |= {"state": SupplementState(row["state"]), "documents": tuple(row["documents"])}
    return SupplementRow(**values, files=files)
