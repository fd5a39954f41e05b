"""Publication of revocation lists: when a list is made anew, with which number, and against which base.

Full and delta list are published together: after every change of a status, and when the last ones are an hour old.
Once a day the full list becomes the base; a delta list holds what has changed since that base, so that it completes
any full list from the base on (RFC 5280 section 5.2.4).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

import asyncpg

from gateway.clock import Clock
from gateway.store.database import Connection, Database
from simulators.nca.certificates import Serial, Signer
from simulators.nca.crl import ListEntry, ListKind, revocation_list
from simulators.nca.ledger import AuthorityName, Issuer
from simulators.nca.profile import CrlProfile, DeltaNumbering, utc_second
from simulators.nca.status import CertificateStatus, Reason

_FULL_ENTRIES = """
SELECT serial, status, reason, changed_at FROM certificate
WHERE issuer = $1 AND status <> 'good' AND not_after > $2 ORDER BY serial
"""
_DELTA_ENTRIES = """
SELECT serial, status, reason, changed_at FROM certificate
WHERE serial IN (SELECT serial FROM status_change WHERE issuer = $1 AND number > $2) ORDER BY serial
"""
_BASE = """
SELECT number, at_change FROM crl
WHERE issuer = $1 AND kind = 'full' AND is_base AND this_update <= $2 AND this_update > $3
ORDER BY number DESC LIMIT 1
"""
_LAST = "SELECT * FROM crl WHERE issuer = $1 AND kind = $2 ORDER BY number DESC LIMIT 1"
_LAST_CHANGE = "SELECT coalesce(max(number), 0) FROM status_change WHERE issuer = $1"
_INSERT = """
INSERT INTO crl (issuer, kind, number, base_number, is_base, at_change, this_update, next_update, der)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_FORGET = """
DELETE FROM crl WHERE issuer = $1 AND (kind = 'delta' AND number < $2 OR kind = 'full' AND number < $3)
"""


class Publication:
    """The table `crl`, which nobody else writes."""

    def __init__(self, database: Database, clock: Clock, profile: CrlProfile, signers: Mapping[Issuer, Signer]) -> None:
        self._database = database
        self._clock = clock
        self._profile = profile
        self._signers = signers

    async def current(self, issuer: Issuer, kind: ListKind) -> bytes:
        """Return the list that is in force now, published first if need be."""
        row = await self._database.fetchrow(_LAST, str(issuer), kind)
        change = await self._database.fetchval(_LAST_CHANGE, str(issuer))
        if row is None or not self._is_current(row, change):
            await self.publish(issuer)
            row = await self._database.fetchrow(_LAST, str(issuer), kind)
        if row is None:
            raise LookupError(f"{issuer} publishes no {kind} list")
        content: bytes = row["der"]
        return content

    async def stale(self, issuer: Issuer, kind: ListKind) -> bytes:
        """Return a list of today's entries signed for a period that is over; it is not kept."""
        now = utc_second(self._clock.now())
        valid = self._valid(kind)
        entries = await self._database.fetch(_FULL_ENTRIES, str(issuer), now)
        row = await self._database.fetchrow(_LAST, str(issuer), kind)
        return await asyncio.to_thread(
            revocation_list,
            self._signers[issuer],
            [_list_entry(entry) for entry in entries],
            number=1 if row is None else row["number"],
            base_number=1 if kind is ListKind.DELTA else None,
            this_update=now - valid - timedelta(days=1),
            next_update=now - timedelta(days=1),
        )

    async def publish(self, issuer: Issuer) -> int:
        """Publish new lists now, whatever the age of the last ones, and return the number of the full list."""
        profile = self._profile
        base_age = timedelta(hours=profile.base_every_hours)
        async with self._database.transaction() as conn:
            counters = await conn.fetchrow("SELECT * FROM authority WHERE name = $1 FOR UPDATE", str(issuer))
            if counters is None:
                raise LookupError(f"there is no authority {issuer}")
            now = utc_second(self._clock.now())
            change: int = await conn.fetchval(_LAST_CHANGE, str(issuer))
            number = counters["crl_number"] + 1
            delta = number if profile.delta_numbering is DeltaNumbering.SHARED else counters["delta_number"] + 1
            base = await conn.fetchrow(_BASE, str(issuer), now, now - base_age)
            base_number, base_change = (number, change) if base is None else (base["number"], base["at_change"])

            full_entries = await conn.fetch(_FULL_ENTRIES, str(issuer), now - 2 * base_age)
            await self._sign(
                conn,
                issuer,
                ListKind.FULL,
                rows=full_entries,
                number=number,
                base_number=None,
                is_base=base is None,
                change=change,
                now=now,
            )
            if issuer.authority is AuthorityName.ISSUING:
                delta_entries = await conn.fetch(_DELTA_ENTRIES, str(issuer), base_change)
                await self._sign(
                    conn,
                    issuer,
                    ListKind.DELTA,
                    rows=delta_entries,
                    number=delta,
                    base_number=base_number,
                    is_base=False,
                    change=change,
                    now=now,
                )
            await conn.execute(_FORGET, str(issuer), delta, base_number)
            await conn.execute(
                "UPDATE authority SET crl_number = $2, delta_number = $3 WHERE name = $1", str(issuer), number, delta
            )
        return int(number)

    async def _sign(
        self,
        conn: Connection,
        issuer: Issuer,
        kind: ListKind,
        *,
        rows: list[asyncpg.Record],
        number: int,
        base_number: int | None,
        is_base: bool,
        change: int,
        now: datetime,
    ) -> None:
        next_update = now + self._valid(kind)
        content = await asyncio.to_thread(
            revocation_list,
            self._signers[issuer],
            [_list_entry(row) for row in rows],
            number=number,
            base_number=base_number,
            this_update=now,
            next_update=next_update,
        )
        await conn.execute(_INSERT, str(issuer), kind, number, base_number, is_base, change, now, next_update, content)

    def _is_current(self, row: asyncpg.Record, change: int) -> bool:
        age = self._clock.now() - row["this_update"]
        return bool(
            row["at_change"] == change and timedelta(0) <= age < timedelta(hours=self._profile.publish_every_hours)
        )

    def _valid(self, kind: ListKind) -> timedelta:
        days = self._profile.full_valid_days if kind is ListKind.FULL else self._profile.delta_valid_days
        return timedelta(days=days)


def _list_entry(row: asyncpg.Record) -> ListEntry:
    reason = None if row["reason"] is None else Reason(row["reason"])
    if row["status"] == CertificateStatus.GOOD:
        reason = Reason.REMOVE_FROM_CRL
    return ListEntry(Serial(row["serial"]), row["changed_at"], reason)
