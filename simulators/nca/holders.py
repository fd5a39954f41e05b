"""Holders: demo people and systems whose keys the simulated НУЦ makes and keeps as PKCS#12.

A real НУЦ never holds anybody's key; this one hands out the key stores of a simulation.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

import asyncpg

from gateway.store.database import Connection, Database
from simulators.nca.algorithms import ALGORITHMS, PrivateKey
from simulators.nca.certificates import Serial, key_identifier, public_key_info_of
from simulators.nca.errors import HolderRefused, UnknownHolder, UnknownPurpose
from simulators.nca.issuing import Issuing
from simulators.nca.ledger import Entry, Ledger
from simulators.nca.profile import Profile
from simulators.nca.status import CertificateStatus, Reason
from simulators.nca.subject import Subject

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")
_LONGEST_PASSWORD = 128

_STORED = """
SELECT k.serial, k.pkcs12, c.der, c.not_before, c.not_after, c.base_url, c.template, c.status
FROM key_store k JOIN certificate c USING (serial) WHERE k.holder = $1 AND k.purpose = $2
"""
_KEEP = """
INSERT INTO key_store (holder, purpose, serial, pkcs12) VALUES ($1, $2, $3, $4)
ON CONFLICT (holder, purpose) DO UPDATE SET serial = excluded.serial, pkcs12 = excluded.pkcs12
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who gets keys; `kind` is one of the profile's, `published` lets anybody download the key stores."""

    id: str
    kind: str
    subject: Subject
    password: str
    published: bool = True


@dataclass(frozen=True, slots=True)
class KeyStore:
    """A holder's key of one purpose as a PKCS#12 file."""

    holder: str
    purpose: str
    serial: Serial
    certificate: bytes
    pkcs12: bytes
    password: str
    file_name: str


class Holders:
    """The tables `holder` and `key_store`, which nobody else writes."""

    def __init__(self, database: Database, ledger: Ledger, issuing: Issuing, profile: Profile, base_url: str) -> None:
        self._database = database
        self._ledger = ledger
        self._issuing = issuing
        self._profile = profile
        self._base_url = base_url

    async def enrol(self, holder: Holder) -> None:
        """Enter a holder, or change one; raises `HolderRefused`, `SubjectUnfit`.

        Keys are made when first asked for. Enrolling the same again keeps the keys; a changed holder gets new ones.
        """
        if not _ID.fullmatch(holder.id):
            raise HolderRefused(field="id", reason="lower-case letters, digits, - and _, at most 61")
        if not (0 < len(holder.password) <= _LONGEST_PASSWORD and holder.password.isprintable()):
            raise HolderRefused(field="password", reason="empty, too long or not printable")
        for purpose in self.purposes(holder.kind):
            holder.subject.name(self._profile.template(f"{holder.kind}-{purpose}"))
        facts = (holder.kind, holder.subject.to_json(), holder.password)
        async with self._database.transaction() as conn:
            before = await conn.fetchrow("SELECT * FROM holder WHERE id = $1 FOR UPDATE", holder.id)
            if before is not None and (before["kind"], before["subject"], before["password"]) != facts:
                for purpose in self._profile.kinds.get(before["kind"], ()):
                    await self._retire(conn, holder.id, purpose)
                await conn.execute("DELETE FROM key_store WHERE holder = $1", holder.id)
            await conn.execute(
                """
                INSERT INTO holder (id, kind, subject, password, published) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, subject = excluded.subject,
                    password = excluded.password, published = excluded.published
                """,
                holder.id,
                *facts,
                holder.published,
            )

    def purposes(self, kind: str) -> tuple[str, ...]:
        """Return the purposes of the keys of a kind of holder; raises `HolderRefused`."""
        try:
            return self._profile.kinds[kind]
        except KeyError:
            raise HolderRefused(field="kind", reason="not in the profile", kinds=sorted(self._profile.kinds)) from None

    async def get(self, holder_id: str) -> Holder:
        """Return a holder; raises `UnknownHolder`."""
        row = await self._database.fetchrow("SELECT * FROM holder WHERE id = $1", holder_id)
        if row is None:
            raise UnknownHolder(id=holder_id[:61])
        return _holder(row)

    async def all(self, *, published_only: bool = True) -> list[Holder]:
        """Return the holders in the order of their ids."""
        rows = await self._database.fetch("SELECT * FROM holder WHERE published OR NOT $1 ORDER BY id", published_only)
        return [_holder(row) for row in rows]

    async def key_store(self, holder_id: str, purpose: str) -> KeyStore:
        """Return a holder's key store, made now if need be; raises `UnknownHolder`, `UnknownPurpose`.

        One whose certificate names another address of the НУЦ, or begins in what is now the future, is made anew;
        one that has run out is not, as in life (except for TLS).
        """
        async with self._database.transaction() as conn:
            holder = await self._lock(conn, holder_id, purpose)
            row = await conn.fetchrow(_STORED, holder_id, purpose)
            if row is not None and self._is_usable(row):
                return self._key_store(holder, purpose, Serial(row["serial"]), row["der"], row["pkcs12"])
            return await self._make(conn, holder, purpose)

    async def renew(self, holder_id: str, purpose: str) -> KeyStore:
        """Make a new key and certificate, and revoke the old one as superseded; raises as `key_store` does."""
        async with self._database.transaction() as conn:
            return await self._make(conn, await self._lock(conn, holder_id, purpose), purpose)

    async def replace(self, conn: Connection, old: Serial, entry: Entry) -> None:
        """Put another certificate for the same key into the key stores that hold `old`."""
        rows = await conn.fetch(
            "SELECT k.*, h.password FROM key_store k JOIN holder h ON h.id = k.holder WHERE k.serial = $1", old
        )
        for row in rows:
            algorithm = ALGORITHMS[self._profile.algorithm]
            key = await asyncio.to_thread(algorithm.load_pkcs12, row["pkcs12"], row["password"])
            pkcs12 = await self._pkcs12(entry, key, row["password"])
            await conn.execute(_KEEP, row["holder"], row["purpose"], entry.serial, pkcs12)

    async def _lock(self, conn: Connection, holder_id: str, purpose: str) -> Holder:
        row = await conn.fetchrow("SELECT * FROM holder WHERE id = $1 FOR UPDATE", holder_id)
        if row is None:
            raise UnknownHolder(id=holder_id[:61])
        if purpose not in self._profile.kinds.get(row["kind"], ()):
            raise UnknownPurpose(id=holder_id, purpose=purpose[:20])
        return _holder(row)

    async def _make(self, conn: Connection, holder: Holder, purpose: str) -> KeyStore:
        await self._retire(conn, holder.id, purpose)
        key = await self._issuing.new_key()
        entry = await self._issuing.make(f"{holder.kind}-{purpose}", holder.subject, key.public_key_info)
        pkcs12 = await self._pkcs12(entry, key, holder.password)
        await self._ledger.add(conn, entry)
        await conn.execute(_KEEP, holder.id, purpose, entry.serial, pkcs12)
        return self._key_store(holder, purpose, entry.serial, entry.certificate, pkcs12)

    async def _retire(self, conn: Connection, holder_id: str, purpose: str) -> None:
        row = await conn.fetchrow(_STORED, holder_id, purpose)
        if row is not None and row["status"] != CertificateStatus.REVOKED:
            await self._ledger.change(
                conn,
                Serial(row["serial"]),
                to=CertificateStatus.REVOKED,
                reason=Reason.SUPERSEDED,
                at=self._issuing.status_time(),
            )

    async def _pkcs12(self, entry: Entry, key: PrivateKey, password: str) -> bytes:
        return await asyncio.to_thread(self._issuing.hand_over(entry, key).pkcs12, password)

    def _is_usable(self, row: asyncpg.Record) -> bool:
        now = self._issuing.now(row["template"])
        run_out = self._profile.template(row["template"]).real_time and row["not_after"] <= now
        return bool(row["base_url"] == self._base_url and row["not_before"] <= now and not run_out)

    def _key_store(self, holder: Holder, purpose: str, serial: Serial, certificate: bytes, pkcs12: bytes) -> KeyStore:
        prefix = ("AUTH_" if purpose == "auth" else "") + ALGORITHMS[self._profile.algorithm].file_prefix
        name = f"{prefix}_{key_identifier(public_key_info_of(certificate)).hex()}.p12"
        return KeyStore(holder.id, purpose, serial, certificate, pkcs12, holder.password, name)


def _holder(row: asyncpg.Record) -> Holder:
    return Holder(row["id"], row["kind"], Subject.from_json(row["subject"]), row["password"], row["published"])
