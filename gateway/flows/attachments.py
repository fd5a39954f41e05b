"""The documents attached to an application, or to what is presented after it: a table of each, of the same columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import asyncpg

from gateway.exchange.application import Attachment
from gateway.store import Database
from gateway.store.database import Connection

ATTACHED = """
(SELECT coalesce(json_agg(file ORDER BY file.document), '[]') FROM attachment AS file
 WHERE file.application = application.number) AS attachments
"""
"""The documents attached to an application as a column of its row, for `attached_in`."""
_OF = "SELECT * FROM {0} WHERE application = $1 ORDER BY document"
_ATTACH = """
INSERT INTO {0} (application, document, name, media_type, size, sha256) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (application, document) DO UPDATE SET name = excluded.name, media_type = excluded.media_type,
    size = excluded.size, sha256 = excluded.sha256, file_identifier = NULL
"""
_DETACH = "DELETE FROM {0} WHERE application = $1 AND document = $2"
_NOTE_STORED = "UPDATE {0} SET file_identifier = $4 WHERE application = $1 AND document = $2 AND sha256 = $3"


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """An attached document; `file_identifier` is its place in the temporary store, when it travels by it."""

    document: str
    name: str
    media_type: str
    size: int
    sha256: str
    file_identifier: str | None = None

    def named(self) -> Attachment:
        """Return the attachment as the signed document names it."""
        return Attachment(self.document, self.name, self.media_type, self.size, self.sha256)


class AttachedFiles:
    """The rows of one of the two tables; nobody else writes them."""

    def __init__(self, database: Database, table: Literal["attachment", "supplement_file"]) -> None:
        self._database = database
        self._table = table

    async def of(self, number: str) -> tuple[StoredAttachment, ...]:
        """Return the documents attached under an application's number."""
        return _attachments(await self._database.fetch(_OF.format(self._table), number))

    async def read(self, conn: Connection, number: str) -> tuple[StoredAttachment, ...]:
        """Return them as they stand in the caller's transaction."""
        return _attachments(await conn.fetch(_OF.format(self._table), number))

    async def attach(self, conn: Connection, number: str, file: StoredAttachment) -> None:
        """Attach a document, in place of an earlier one of its kind."""
        values = (file.document, file.name, file.media_type, file.size, file.sha256)
        await conn.execute(_ATTACH.format(self._table), number, *values)

    async def detach(self, conn: Connection, number: str, document: str) -> None:
        """Take an attached document away."""
        await conn.execute(_DETACH.format(self._table), number, document)

    async def note_stored(self, conn: Connection, number: str, file: StoredAttachment, identifier: str) -> None:
        """Remember where the temporary store keeps a document, unless another has taken its place."""
        await conn.execute(_NOTE_STORED.format(self._table), number, file.document, file.sha256, identifier)


def attached_in(row: asyncpg.Record) -> tuple[StoredAttachment, ...]:
    """Return the attached documents of a row that was asked for with `ATTACHED`."""
    return _attachments(row["attachments"])


def _attachments(rows: Iterable[Mapping[str, Any]]) -> tuple[StoredAttachment, ...]:
    return tuple(
        StoredAttachment(
            row["document"], row["name"], row["media_type"], row["size"], row["sha256"], row["file_identifier"]
        )
        for row in rows
    )
