"""The rows of applications: every query asks whose application it is, and nobody else writes these tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import asyncpg

from gateway.exchange.application import Attachment
from gateway.flows.errors import ApplicationUnknown
from gateway.identity.accounts import Account
from gateway.identity.numbers import Bin, Iin, parse_number
from gateway.store import Database
from gateway.store.database import Connection


class State(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    """Process 3 is under way."""
    READY = "ready"
    """Condition 2 passed on the chosen certificate; the draft may be signed."""
    HELD = "held"
    """Signed; condition 2 could not be decided on what was signed and is tried again."""
    ACCEPTED = "accepted"
    """Process 5 is done: stored with the message that carries it to the provider."""
    REGISTERED = "registered"
    """Process 6: the provider's desk has it."""
    NOT_REGISTERED = "not-registered"
    """The provider's desk could not take what arrived; a copy that arrives whole is registered all the same."""
    NOT_CONFIRMED = "not-confirmed"
    """Process 4: refused because the ЭЦҚ was not confirmed."""
    REFUSED = "refused"
    """Refused by the provider (process 7, or a reasoned refusal)."""
    ISSUED = "issued"
    """Process 8: the result is there."""


EDITABLE = frozenset({State.DRAFT, State.READY})
ENDED = frozenset({State.NOT_CONFIRMED, State.REFUSED, State.ISSUED})


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
        """Return the attachment as the signed application names it."""
        return Attachment(self.document, self.name, self.media_type, self.size, self.sha256)


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application as it stands."""

    number: str
    account: int
    service: str
    office: str
    applicant: Iin | Bin
    applicant_name: str
    state: State
    fields: Mapping[str, str]
    created_at: datetime
    changed_at: datetime
    certificate: bytes | None
    draft: bytes | None
    verdict: Mapping[str, Any] | None
    signed: str | None
    signed_at: datetime | None
    hold_until: datetime | None
    accepted_at: datetime | None
    result_due: datetime | None
    attachments: tuple[StoredAttachment, ...] = ()


_COLUMNS = (
    "number, account, service, office, applicant_number, applicant_name, state, fields, created_at, changed_at, "
    "certificate, draft, verdict, signed, signed_at, hold_until, accepted_at, result_due"
)
_SETTABLE = frozenset(
    [
        "office",
        "state",
        "fields",
        "certificate",
        "draft",
        "verdict",
        "signed",
        "signed_at",
        "hold_until",
        "accepted_at",
        "result_due",
    ]
)


class Applications:
    """The applications of the portal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        conn: Connection,
        *,
        number: str,
        account: Account,
        service: str,
        office: str,
        fields: Mapping[str, str],
        at: datetime,
    ) -> None:
        """Insert a new draft of an account's holder."""
        await conn.execute(
            "INSERT INTO application (number, account, service, office, applicant_number, applicant_name, state, "
            "fields, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
            number,
            account.id,
            service,
            office,
            str(account.number),
            account.name,
            State.DRAFT.value,
            dict(fields),
            at,
        )

    async def lock_open_draft(self, conn: Connection, account: int, service: str) -> str | None:
        """Return the number of the account's open draft for a service; two requests at once wait for each other."""
        await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, $2))", service, account)
        number: str | None = await conn.fetchval(
            "SELECT number FROM application WHERE account = $1 AND service = $2 AND state IN ('draft', 'ready') "
            "ORDER BY created_at LIMIT 1",
            account,
            service,
        )
        return number

    async def of(self, account: int, number: str) -> ApplicationRow:
        """Return an application of this account; raises `ApplicationUnknown` for any other."""
        row = await self._database.fetchrow(
            f"SELECT {_COLUMNS} FROM application WHERE number = $1 AND account = $2",  # noqa: S608 (a constant)
            number,
            account,
        )
        if row is None:
            raise ApplicationUnknown
        return _application(row, await self._attachments(number))

    async def by_number(self, number: str) -> ApplicationRow | None:
        """Return an application for the system's own work (jobs, messages of the desk)."""
        row = await self._database.fetchrow(
            f"SELECT {_COLUMNS} FROM application WHERE number = $1",  # noqa: S608 (a constant)
            number,
        )
        return None if row is None else _application(row, await self._attachments(number))

    async def list_of(self, account: int, *, limit: int = 100) -> tuple[ApplicationRow, ...]:
        """Return the account's applications, the last changed first, without their attachments."""
        rows = await self._database.fetch(
            f"SELECT {_COLUMNS} FROM application WHERE account = $1 "  # noqa: S608 (a constant)
            "ORDER BY changed_at DESC, number DESC LIMIT $2",
            account,
            limit,
        )
        return tuple(_application(row, ()) for row in rows)

    async def lock(self, conn: Connection, number: str) -> ApplicationRow:
        """Return the application as it stands and keep it from changing until the transaction ends."""
        row = await conn.fetchrow(
            f"SELECT {_COLUMNS} FROM application WHERE number = $1 FOR UPDATE",  # noqa: S608 (a constant)
            number,
        )
        if row is None:
            raise ApplicationUnknown
        attached = await conn.fetch("SELECT * FROM attachment WHERE application = $1 ORDER BY document", number)
        return _application(row, tuple(_attachment(one) for one in attached))

    async def set(self, conn: Connection, number: str, at: datetime, **values: Any) -> None:
        """Write the named columns of a locked application."""
        unknown = values.keys() - _SETTABLE
        if unknown:
            raise ValueError(f"not columns to be set: {sorted(unknown)}")
        columns = ", ".join(f"{name} = ${place}" for place, name in enumerate(values, 3))
        await conn.execute(
            f"UPDATE application SET changed_at = $2, {columns} WHERE number = $1",  # noqa: S608 (checked above)
            number,
            at,
            *values.values(),
        )

    async def attach(self, conn: Connection, number: str, attachment: StoredAttachment) -> None:
        """Attach a document, in place of an earlier one of its kind."""
        await conn.execute(
            "INSERT INTO attachment (application, document, name, media_type, size, sha256) "
            "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (application, document) DO UPDATE "
            "SET name = excluded.name, media_type = excluded.media_type, size = excluded.size, "
            "sha256 = excluded.sha256, file_identifier = NULL",
            number,
            attachment.document,
            attachment.name,
            attachment.media_type,
            attachment.size,
            attachment.sha256,
        )

    async def detach(self, conn: Connection, number: str, document: str) -> None:
        """Take an attached document away."""
        await conn.execute("DELETE FROM attachment WHERE application = $1 AND document = $2", number, document)

    async def note_stored(self, conn: Connection, number: str, document: str, file_identifier: str) -> None:
        """Remember where the temporary store keeps an attachment."""
        await conn.execute(
            "UPDATE attachment SET file_identifier = $3 WHERE application = $1 AND document = $2",
            number,
            document,
            file_identifier,
        )

    async def _attachments(self, number: str) -> tuple[StoredAttachment, ...]:
        rows = await self._database.fetch("SELECT * FROM attachment WHERE application = $1 ORDER BY document", number)
        return tuple(_attachment(row) for row in rows)


def _attachment(row: asyncpg.Record) -> StoredAttachment:
    return StoredAttachment(
        row["document"], row["name"], row["media_type"], row["size"], row["sha256"], row["file_identifier"]
    )


def _application(row: asyncpg.Record, attachments: tuple[StoredAttachment, ...]) -> ApplicationRow:
    values = dict(row)
    applicant = parse_number(values.pop("applicant_number"))
    return ApplicationRow(**{**values, "state": State(values["state"])}, applicant=applicant, attachments=attachments)
