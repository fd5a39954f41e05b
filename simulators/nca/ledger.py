"""The ledger: every certificate that was issued, its status, and the changes of that status, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import asyncpg

from gateway.store.database import Connection, Database
from simulators.nca.certificates import Serial
from simulators.nca.errors import StatusRefused, UnknownCertificate
from simulators.nca.status import CertificateStatus, KnownStatus, Reason
from simulators.nca.subject import Subject


class AuthorityName(StrEnum):
    """The two authorities of a chain."""

    ROOT = "root"
    ISSUING = "issuing"


@dataclass(frozen=True, slots=True)
class Issuer:
    """An authority of one of the chains; the ledger writes it as one word, `gost-issuing`."""

    chain: str
    authority: AuthorityName

    @classmethod
    def parse(cls, text: str) -> Issuer:
        """Read what `str` wrote; raises `ValueError`."""
        chain, _, authority = text.rpartition("-")
        return cls(chain, AuthorityName(authority))

    def __str__(self) -> str:
        return f"{self.chain}-{self.authority}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A certificate in the ledger."""

    serial: Serial
    issuer: Issuer
    template: str
    subject: Subject
    certificate: bytes
    not_before: datetime
    not_after: datetime
    issued_at: datetime
    base_url: str
    known: KnownStatus

    def to_json(self) -> dict[str, Any]:
        """Return the entry as the admin API says it."""
        known = self.known
        return {
            "serial": self.serial,
            "issuer": str(self.issuer),
            "chain": self.issuer.chain,
            "template": self.template,
            "subject": self.subject.to_json(),
            "not_before": self.not_before.isoformat(),
            "not_after": self.not_after.isoformat(),
            "issued_at": self.issued_at.isoformat(),
            "status": known.status,
            "reason": known.reason,
            "changed_at": None if known.changed_at is None else known.changed_at.isoformat(),
        }


_ALLOWED = {
    CertificateStatus.REVOKED: (CertificateStatus.GOOD, CertificateStatus.HOLD),
    CertificateStatus.HOLD: (CertificateStatus.GOOD,),
    CertificateStatus.GOOD: (CertificateStatus.HOLD,),
}
"""From which statuses each status is reached; a revocation is never taken back."""


class Ledger:
    """The tables `authority`, `certificate` and `status_change`, which nobody else writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, conn: Connection, entry: Entry) -> None:
        """Enter a certificate that was just issued, its status good."""
        await conn.execute(
            """
            INSERT INTO certificate (serial, issuer, template, subject, der, not_before, not_after, issued_at, base_url)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            entry.serial,
            str(entry.issuer),
            entry.template,
            entry.subject.to_json(),
            entry.certificate,
            entry.not_before,
            entry.not_after,
            entry.issued_at,
            entry.base_url,
        )

    async def get(self, serial: Serial) -> Entry:
        """Return the entry of a certificate; raises `UnknownCertificate`."""
        row = await self._database.fetchrow("SELECT * FROM certificate WHERE serial = $1", serial)
        if row is None:
            raise UnknownCertificate(serial=serial)
        return _entry(row)

    async def statuses(self, issuer: Issuer, serials: Iterable[Serial]) -> dict[Serial, KnownStatus]:
        """Return the statuses of those certificates that `issuer` has issued."""
        rows = await self._database.fetch(
            "SELECT serial, status, reason, changed_at FROM certificate WHERE issuer = $1 AND serial = ANY($2)",
            str(issuer),
            list(serials),
        )
        return {Serial(row["serial"]): _known(row) for row in rows}

    async def search(
        self, *, iin: str | None, bin_: str | None, status: CertificateStatus | None, after: Serial | None, limit: int
    ) -> list[Entry]:
        """Return entries in the order of their serial numbers, at most `limit` beyond `after`."""
        rows = await self._database.fetch(
            """
            SELECT * FROM certificate
            WHERE ($1::text IS NULL OR subject ->> 'iin' = $1) AND ($2::text IS NULL OR subject ->> 'bin' = $2)
              AND ($3::text IS NULL OR status = $3) AND ($4::text IS NULL OR serial > $4)
            ORDER BY serial LIMIT $5
            """,
            iin,
            bin_,
            status,
            after,
            limit,
        )
        return [_entry(row) for row in rows]

    async def change(
        self, conn: Connection, serial: Serial, *, to: CertificateStatus, reason: Reason | None, at: datetime
    ) -> None:
        """Give a certificate another status; raises `UnknownCertificate`, `StatusRefused`."""
        row = await conn.fetchrow("SELECT issuer FROM certificate WHERE serial = $1", serial)
        if row is None:
            raise UnknownCertificate(serial=serial)
        await conn.execute("SELECT 1 FROM authority WHERE name = $1 FOR UPDATE", row["issuer"])
        present = CertificateStatus(
            await conn.fetchval("SELECT status FROM certificate WHERE serial = $1 FOR UPDATE", serial)
        )
        if present not in _ALLOWED[to]:
            raise StatusRefused(serial=serial, present=present.value, asked=to.value)
        await conn.execute(
            "UPDATE certificate SET status = $2, reason = $3, changed_at = $4 WHERE serial = $1",
            serial,
            to,
            reason,
            at,
        )
        await conn.execute(
            """
            INSERT INTO status_change (serial, issuer, from_status, to_status, reason, at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            serial,
            row["issuer"],
            present,
            to,
            reason,
            at,
        )


def _known(row: asyncpg.Record) -> KnownStatus:
    reason = None if row["reason"] is None else Reason(row["reason"])
    return KnownStatus(CertificateStatus(row["status"]), reason, row["changed_at"])


def _entry(row: asyncpg.Record) -> Entry:
    return Entry(
        serial=Serial(row["serial"]),
        issuer=Issuer.parse(row["issuer"]),
        template=row["template"],
        subject=Subject.from_json(row["subject"]),
        certificate=row["der"],
        not_before=row["not_before"],
        not_after=row["not_after"],
        issued_at=row["issued_at"],
        base_url=row["base_url"],
        known=_known(row),
    )
