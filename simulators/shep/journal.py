"""The journal of a gateway: every message that passed or was refused, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from gateway.store import Database
from gateway.store.database import Connection

KEPT_CHARACTERS: Final = 256 * 1024
MOST_ROWS: Final = 500
_PASSWORD: Final = re.compile(
    r"(<(?:[\w.-]{1,40}:)?password\b[^>]{0,200}>).*?(</(?:[\w.-]{1,40}:)?password|\Z)", re.DOTALL | re.IGNORECASE
)

_WRITE = """
INSERT INTO journal (at, event, channel, session_id, message_id, correlation_id, service_id, sender_id, party,
                     fault_code, facts, envelope)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
_SEARCH = """
SELECT id, at, event, channel, session_id, message_id, correlation_id, service_id, sender_id, party, fault_code,
       facts, CASE WHEN $6 THEN envelope END AS envelope
FROM journal
WHERE ($1::text IS NULL OR message_id = $1) AND ($2::text IS NULL OR session_id = $2)
  AND ($3::text IS NULL OR correlation_id = $3) AND ($4::text IS NULL OR service_id = $4)
  AND ($5::text IS NULL OR event = $5)
ORDER BY id DESC LIMIT $7
"""


@dataclass(slots=True)
class Entry:
    """One line, filled in as far as the message could be read; `party` is who stood at the other end."""

    channel: str
    event: str = ""
    session_id: str | None = None
    message_id: str | None = None
    correlation_id: str | None = None
    service_id: str | None = None
    sender_id: str | None = None
    party: str | None = None
    fault_code: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    envelope: bytes = field(default=b"", repr=False)


class Journal:
    """The table `journal` of one gateway."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, entry: Entry, at: datetime, conn: Connection | None = None) -> None:
        """Write a line, in the caller's transaction if one is given; no password of a sender is kept."""
        await (conn or self._database).execute(
            _WRITE,
            at,
            entry.event,
            entry.channel,
            _clean(entry.session_id),
            _clean(entry.message_id),
            _clean(entry.correlation_id),
            _clean(entry.service_id),
            _clean(entry.sender_id),
            entry.party,
            entry.fault_code,
            {key: str(value) for key, value in entry.facts.items()},
            readable(entry.envelope) or None,
        )

    async def search(
        self,
        *,
        message_id: str | None = None,
        session_id: str | None = None,
        correlation_id: str | None = None,
        service_id: str | None = None,
        event: str | None = None,
        with_envelopes: bool = False,
        limit: int = 100,
    ) -> list[dict[str, Any]]:
        """Return the newest lines that agree with everything given."""
        rows = await self._database.fetch(
            _SEARCH,
            message_id,
            session_id,
            correlation_id,
            service_id,
            event,
            with_envelopes,
            min(limit, MOST_ROWS),
        )
        return [{**dict(row), "at": row["at"].isoformat()} for row in rows]


def readable(envelope: bytes) -> str:
    """Return the envelope as the journal keeps it: cut to `KEPT_CHARACTERS`, senders' passwords masked."""
    text = envelope[:KEPT_CHARACTERS].decode("utf-8", errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return _PASSWORD.sub(r"\1***\2", text)


def _clean(value: str | None) -> str | None:
    return None if value is None else value[:200]
