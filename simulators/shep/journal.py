"""The journal of a gateway: every message that passed or was refused, whom it speaks of, and why it was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final

from gateway.shep.masking import without_passwords
from gateway.shep.offload import offloaded
from gateway.shep.persons import numbers_in
from gateway.store import Database
from gateway.store.database import Connection
from simulators.shep.gathering import Gathered
from simulators.shep.signature_reason import SignatureReason

KEPT_CHARACTERS: Final = 256 * 1024
MOST_ROWS: Final = 500

_WRITE = """
INSERT INTO journal (at, event, channel, session_id, message_id, correlation_id, service_id, sender_id, party,
                     fault_code, facts, envelope, persons, canonical)
SELECT at, event, channel, session_id, message_id, correlation_id, service_id, sender_id, party,
       fault_code, facts, envelope, string_to_array(persons, ' '), canonical
FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::text[], $10::text[], $11::jsonb[], $12::text[], $13::text[], $14::text[])
     AS line (at, event, channel, session_id, message_id, correlation_id, service_id, sender_id, party,
              fault_code, facts, envelope, persons, canonical)
"""
# Lines that belong to nobody's transaction do not wait for the disk: they survive the death of this process, and may
# be lost when PostgreSQL or the machine dies within the second.
_WRITE_SOON = _WRITE + ", set_config('synchronous_commit', 'off', true)"
_LINE = """
SELECT id, at, event, channel, session_id, message_id, correlation_id, service_id, sender_id, party, fault_code, facts,
       persons
"""
_SEARCH = (
    _LINE
    + """, CASE WHEN $1 THEN envelope END AS envelope, CASE WHEN $1 THEN canonical END AS canonical
FROM journal
WHERE ($2::bigint IS NULL OR id < $2)
  AND ($3::text IS NULL OR message_id = $3) AND ($4::text IS NULL OR session_id = $4)
  AND ($5::text IS NULL OR correlation_id = $5) AND ($6::text IS NULL OR service_id = $6)
  AND ($7::text IS NULL OR event = $7) AND ($8::text IS NULL OR sender_id = $8)
  AND ($9::text IS NULL OR fault_code = $9) AND ($10::text IS NULL OR persons @> ARRAY[$10])
  AND ($11::timestamptz IS NULL OR at >= $11) AND ($12::timestamptz IS NULL OR at < $12)
ORDER BY id DESC LIMIT $13
"""
)
_ONE = _LINE + ", envelope, canonical FROM journal WHERE id = $1"


@dataclass(slots=True)
class Entry:
    """One line, filled in as far as the message could be read; `party` is who stood at the other end.

    `persons` are the IINs and BINs that the line is found by; None for those that its envelope speaks of.
    `canonical` is what a refused signature should have covered, as the gateway sees it.
    """

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
    persons: frozenset[str] | None = field(default=None, repr=False)
    envelope: bytes = field(default=b"", repr=False)
    canonical: bytes = field(default=b"", repr=False)

    def explain(self, reason: SignatureReason) -> None:
        """Take up why a signature was refused."""
        self.facts |= reason.facts
        self.canonical = reason.canonical


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search asks for; what is None is not asked. `person` is an IIN or BIN, `before` an id of the journal."""

    before: int | None = None
    message_id: str | None = None
    session_id: str | None = None
    correlation_id: str | None = None
    service_id: str | None = None
    event: str | None = None
    sender_id: str | None = None
    fault_code: str | None = None
    person: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Journal:
    """The table `journal` of one gateway."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._gathered = Gathered(self._write)

    async def write(self, entry: Entry, at: datetime, conn: Connection | None = None) -> None:
        """Write a line, in the caller's transaction if one is given; no password of a sender is kept."""
        await self.write_all((entry,), at, conn)

    async def write_all(self, entries: Sequence[Entry], at: datetime, conn: Connection | None = None) -> None:
        """Write lines in their order, as `write` does."""
        size = sum(len(entry.envelope) for entry in entries)
        lines = await offloaded(size, lambda: [_line(entry, at) for entry in entries])
        if conn is None:
            await self._gathered.do(lines)
        else:
            await conn.execute(_WRITE, *zip(*lines, strict=True))

    async def _write(self, gathered: Sequence[Sequence[_Line]]) -> Sequence[None]:
        lines = [line for lines in gathered for line in lines]
        await self._database.execute(_WRITE_SOON, *zip(*lines, strict=True))
        return [None] * len(gathered)

    async def search(
        self, *, with_envelopes: bool = False, limit: int = 100, wanted: Wanted | None = None, **named: Any
    ) -> list[dict[str, Any]]:
        """Return the newest lines that agree with everything given, as a `Wanted` or by its fields' names."""
        asked = wanted or Wanted(**named)
        values = (getattr(asked, each.name) for each in fields(Wanted))
        rows = await self._database.fetch(_SEARCH, with_envelopes, *values, min(limit, MOST_ROWS))
        return [_plain(dict(row)) for row in rows]

    async def line(self, number: int) -> dict[str, Any] | None:
        """Return one line with its envelope and canonical bytes, or None."""
        row = await self._database.fetchrow(_ONE, number)
        return None if row is None else _plain(dict(row))


_Line = tuple[Any, ...]


def _line(entry: Entry, at: datetime) -> _Line:
    return (
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
        " ".join(sorted(numbers_in(entry.envelope) if entry.persons is None else entry.persons)),
        readable(entry.canonical) or None,
    )


def readable(envelope: bytes) -> str:
    """Return the envelope as the journal keeps it: cut to `KEPT_CHARACTERS`, passwords masked.

    Bytes of zero are left out, so that UTF-16, which is refused, cannot hide a password from the mask.
    """
    return without_passwords(envelope[:KEPT_CHARACTERS].replace(b"\0", b"")).decode("utf-8", errors="replace")


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "at": row["at"].isoformat()}


def _clean(value: str | None) -> str | None:
    return None if value is None else value[:200].replace("\0", "")
