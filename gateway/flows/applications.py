"""The rows of applications: every query asks whose application it is, and nobody else writes these tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import asyncpg

from gateway.catalogue.terms import Channel
from gateway.flows.attachments import ATTACHED, AttachedFiles, StoredAttachment, attached_in
from gateway.flows.columns import assigned
from gateway.flows.errors import ApplicationUnknown, FlowCode, FlowError
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
    CANCELLED = "cancelled"
    """The decision lost its force, because the applicant did not present what it asked for."""
    ISSUED = "issued"
    """Process 8: the result is there; an applicant of the State Corporation still has to receive it."""
    NO_DATA = "no-data"
    """The State Corporation's process 4: the state databases have no data, or no power of attorney that is good."""
    NOT_ACCEPTED = "not-accepted"
    """The State Corporation did not take it in: documents were missing, or the applicant did not consent."""


EDITABLE = frozenset({State.DRAFT, State.READY})
ENDED = frozenset(
    {State.NOT_CONFIRMED, State.REFUSED, State.CANCELLED, State.ISSUED, State.NO_DATA, State.NOT_ACCEPTED}
)
NOBODY = 0
"""The account of an application that nobody's account holds: one of the State Corporation."""


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application as it stands."""

    number: str
    account: int
    """Whose it is on the portal; `NOBODY` for one that was taken in at a window of the State Corporation."""
    channel: Channel
    service: str
    office: str
    applicant_number: str
    """Empty until the operator has entered it."""
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

    @property
    def applicant(self) -> Iin | Bin:
        """Return whose application it is; raises `NumberError` before that was entered."""
        return parse_number(self.applicant_number)

    def stands_as(self, seen: ApplicationRow) -> bool:
        """Tell whether nobody has moved the application since it was seen, nor changed what is signed."""
        return self.state is seen.state and self.draft == seen.draft


@dataclass(frozen=True, slots=True)
class WholeApplication(ApplicationRow):
    """An application with what is attached to it."""

    attachments: tuple[StoredAttachment, ...]


COLUMNS = """
application.number, coalesce(application.account, 0) AS account, application.channel, application.service,
application.office, application.applicant_number, application.applicant_name, application.state, application.fields,
application.created_at, application.changed_at, application.certificate, application.draft, application.verdict,
application.signed, application.signed_at, application.hold_until, application.accepted_at, application.result_due
"""
"""What `row_of` reads."""
WHOLE = f"{COLUMNS}, {ATTACHED}"
"""What `whole_of` reads; of a row that is locked while it is read, the attachments would be those before the lock."""
_NAMES = tuple(ApplicationRow.__dataclass_fields__)
_SETTABLE = frozenset(
    [
        "office",
        "applicant_number",
        "applicant_name",
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
    """The applications of the portal and of the State Corporation."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.files = AttachedFiles(database, "attachment")

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

    async def add_intake(
        self, conn: Connection, *, number: str, service: str, office: str, fields: Mapping[str, str], at: datetime
    ) -> None:
        """Insert a new draft of the State Corporation, whose applicant is not entered yet."""
        await conn.execute(
            "INSERT INTO application (number, channel, service, office, applicant_number, applicant_name, state, "
            "fields, created_at, changed_at) VALUES ($1, $2, $3, $4, '', '', $5, $6, $7, $7)",
            number,
            Channel.CORPORATION.value,
            service,
            office,
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

    async def of(self, account: int, number: str) -> WholeApplication:
        """Return an application of this account; raises `ApplicationUnknown` for any other."""
        row = await self._database.fetchrow(
            f"SELECT {WHOLE} FROM application WHERE number = $1 AND account = $2",  # noqa: S608 (a constant)
            number,
            account,
        )
        if row is None:
            raise ApplicationUnknown
        return whole_of(row)

    async def by_number(self, number: str) -> WholeApplication | None:
        """Return an application for the system's own work (jobs, messages of the desk)."""
        row = await self._database.fetchrow(
            f"SELECT {WHOLE} FROM application WHERE number = $1",  # noqa: S608 (a constant)
            number,
        )
        return None if row is None else whole_of(row)

    async def list_of(self, account: int, *, limit: int = 100) -> tuple[ApplicationRow, ...]:
        """Return the account's applications, the last changed first, without their attachments."""
        rows = await self._database.fetch(
            f"SELECT {COLUMNS} FROM application WHERE account = $1 "  # noqa: S608 (a constant)
            "ORDER BY changed_at DESC, number DESC LIMIT $2",
            account,
            limit,
        )
        return tuple(row_of(row) for row in rows)

    async def lock(self, conn: Connection, number: str) -> ApplicationRow:
        """Return the application as it stands and keep it from changing until the transaction ends."""
        row = await conn.fetchrow(
            f"SELECT {COLUMNS} FROM application WHERE number = $1 FOR UPDATE",  # noqa: S608 (a constant)
            number,
        )
        if row is None:
            raise ApplicationUnknown
        return row_of(row)

    async def lock_whole(self, conn: Connection, number: str) -> WholeApplication:
        """Lock an application and return it with what is attached to it, as it stands once it is locked."""
        return await self.whole(conn, await self.lock(conn, number))

    async def whole(self, conn: Connection, locked: ApplicationRow) -> WholeApplication:
        """Return a locked application with what is attached to it."""
        attachments = await self.files.read(conn, locked.number)
        return WholeApplication(**{name: getattr(locked, name) for name in _NAMES}, attachments=attachments)

    async def lock_draft(self, conn: Connection, account: int, number: str) -> WholeApplication:
        """Lock a draft of this account; raises `ApplicationUnknown`, and `FlowError` NOT_EDITABLE once it is sent."""
        application = await self.lock_whole(conn, number)
        if application.account != account:
            raise ApplicationUnknown
        if application.state not in EDITABLE:
            raise FlowError(FlowCode.NOT_EDITABLE)
        return application

    async def set(self, conn: Connection, number: str, at: datetime, **values: Any) -> None:
        """Write the named columns of a locked application."""
        columns = assigned(values, _SETTABLE, first=3)
        await conn.execute(
            f"UPDATE application SET changed_at = $2, {columns} WHERE number = $1",  # noqa: S608 (checked above)
            number,
            at,
            *values.values(),
        )

    async def reopen(self, conn: Connection, number: str, at: datetime, **values: Any) -> None:
        """Change a locked draft and take the choice of the certificate back: what is signed must be what is shown."""
        opened = {"state": State.DRAFT.value, "certificate": None, "draft": None, "verdict": None}
        await self.set(conn, number, at, **opened, **values)


def row_of(row: asyncpg.Record) -> ApplicationRow:
    """Return the application in a row that has `COLUMNS`, whatever stands beside them."""
    return ApplicationRow(**_read(row))


def whole_of(row: asyncpg.Record) -> WholeApplication:
    """Return the application in a row that has `WHOLE`, whatever stands beside it."""
    return WholeApplication(**_read(row), attachments=attached_in(row))


def _read(row: asyncpg.Record) -> dict[str, Any]:
    read = {"state": State(row["state"]), "channel": Channel(row["channel"])}
    return {name: row[name] for name in _NAMES} | read
