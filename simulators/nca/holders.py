"""Holders: demo people and systems whose keys the simulated НУЦ makes and keeps as PKCS#12.

A real НУЦ never holds anybody's key; this one hands out the key stores of a simulation.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import asyncpg

from gateway.store.database import Connection, Database
from simulators.nca.algorithms import PrivateKey
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
    """Who gets keys; `kind` is one of the profile's, `published` lets anybody download the key stores.

    `chain` is that of the certificates; enrolled without one, a holder keeps the chain of before, and a new one gets
    the profile's first that knows the kind.
    """

    id: str
    kind: str
    subject: Subject
    password: str
    published: bool = True
    chain: str | None = None


@dataclass(frozen=True, slots=True)
class KeyStore:
    """A holder's key as a PKCS#12 file; `purpose` is the one that names it, whatever else the key serves."""

    holder: str
    purpose: str
    serial: Serial
    certificate: bytes
    pkcs12: bytes
    password: str
    file_name: str


class Holders:
    """The tables `holder` and `key_store`, which nobody else writes."""

    def __init__(
        self, database: Database, ledger: Ledger, issuings: Mapping[str, Issuing], profile: Profile, base_url: str
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._issuings = issuings
        self._profile = profile
        self._base_url = base_url

    async def enrol(self, holder: Holder) -> None:
        """Enter a holder, or change one; raises `HolderRefused`, `SubjectUnfit`, `UnknownChain`.

        Keys are made when first asked for. Enrolling the same again keeps the keys; a changed holder gets new ones.
        """
        if not _ID.fullmatch(holder.id):
            raise HolderRefused(field="id", reason="lower-case letters, digits, - and _, at most 61")
        if not (0 < len(holder.password) <= _LONGEST_PASSWORD and holder.password.isprintable()):
            raise HolderRefused(field="password", reason="empty, too long or not printable")
        async with self._database.transaction() as conn:
            row = await conn.fetchrow("SELECT * FROM holder WHERE id = $1 FOR UPDATE", holder.id)
            before = None if row is None else _holder(row)
            chain = holder.chain or self._chain_of(holder.kind, before)
            for purpose in self.purposes(holder.kind, chain):
                holder.subject.name(self._profile.chain(chain).template(f"{holder.kind}-{purpose}"))
            enrolled = replace(holder, chain=chain)
            if before is not None and replace(before, published=holder.published) != enrolled:
                for purpose in self._purposes_known(before):
                    await self._retire(conn, before, purpose)
                await conn.execute("DELETE FROM key_store WHERE holder = $1", holder.id)
            await conn.execute(
                """
                INSERT INTO holder (id, kind, subject, password, published, chain) VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, subject = excluded.subject,
                    password = excluded.password, published = excluded.published, chain = excluded.chain
                """,
                holder.id,
                holder.kind,
                holder.subject.to_json(),
                holder.password,
                holder.published,
                chain,
            )

    def purposes(self, kind: str, chain: str | None = None) -> tuple[str, ...]:
        """Return the purposes of the keys of a kind of holder under a chain, its first one if none is given.

        Raises `HolderRefused`, `UnknownChain`.
        """
        name = chain or self._profile.chain_of_kind(kind)
        kinds = self._profile.chain(name).kinds
        if kind not in kinds:
            raise HolderRefused(field="kind", reason="not in the profile", chain=name, kinds=sorted(kinds))
        return kinds[kind]

    def purposes_of(self, holder: Holder) -> tuple[str, ...]:
        """Return the purposes of a holder's keys; the first one is signing, for people."""
        return self.purposes(holder.kind, holder.chain)

    def algorithm_of(self, holder: Holder) -> str:
        """Return the word of the profile for the algorithm of a holder's keys."""
        return self._profile.chain(holder.chain or self._profile.chain_of_kind(holder.kind)).algorithm.value

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
            holder, own = await self._lock(conn, holder_id, purpose)
            row = await conn.fetchrow(_STORED, holder_id, own)
            if row is not None and self._is_usable(holder, row):
                return self._key_store(holder, own, Serial(row["serial"]), row["der"], row["pkcs12"])
            return await self._make(conn, holder, own)

    async def renew(self, holder_id: str, purpose: str) -> KeyStore:
        """Make a new key and certificate, and revoke the old one as superseded; raises as `key_store` does."""
        async with self._database.transaction() as conn:
            return await self._make(conn, *await self._lock(conn, holder_id, purpose))

    async def replace(self, conn: Connection, old: Serial, entry: Entry) -> None:
        """Put another certificate for the same key into the key stores that hold `old`."""
        rows = await conn.fetch(
            "SELECT k.*, h.password FROM key_store k JOIN holder h ON h.id = k.holder WHERE k.serial = $1", old
        )
        for row in rows:
            algorithm = self._issuings[entry.issuer.chain].algorithm
            key = await asyncio.to_thread(algorithm.load_pkcs12, row["pkcs12"], row["password"])
            pkcs12 = await self._pkcs12(entry, key, row["password"])
            await conn.execute(_KEEP, row["holder"], row["purpose"], entry.serial, pkcs12)

    async def _lock(self, conn: Connection, holder_id: str, purpose: str) -> tuple[Holder, str]:
        """Return the holder with the purpose that names the key which serves `purpose`."""
        row = await conn.fetchrow("SELECT * FROM holder WHERE id = $1 FOR UPDATE", holder_id)
        if row is None:
            raise UnknownHolder(id=holder_id[:61])
        holder = _holder(row)
        own = self._profile.chain(holder.chain or "").serving(holder.kind, purpose)
        if own is None:
            raise UnknownPurpose(id=holder_id, purpose=purpose[:20])
        return holder, own

    def _chain_of(self, kind: str, before: Holder | None) -> str:
        if before is not None and before.chain in self._profile.chains:
            chain = before.chain
            if kind in self._profile.chains[chain].kinds:
                return chain
        return self._profile.chain_of_kind(kind)

    def _purposes_known(self, holder: Holder) -> tuple[str, ...]:
        chain = self._profile.chains.get(holder.chain or "")
        return chain.kinds.get(holder.kind, ()) if chain else ()

    def _issuing(self, holder: Holder) -> Issuing:
        return self._issuings[holder.chain or ""]

    async def _make(self, conn: Connection, holder: Holder, purpose: str) -> KeyStore:
        await self._retire(conn, holder, purpose)
        issuing = self._issuing(holder)
        key = await issuing.new_key()
        entry = await issuing.make(f"{holder.kind}-{purpose}", holder.subject, key.public_key_info)
        pkcs12 = await self._pkcs12(entry, key, holder.password)
        await self._ledger.add(conn, entry)
        await conn.execute(_KEEP, holder.id, purpose, entry.serial, pkcs12)
        return self._key_store(holder, purpose, entry.serial, entry.certificate, pkcs12)

    async def _retire(self, conn: Connection, holder: Holder, purpose: str) -> None:
        row = await conn.fetchrow(_STORED, holder.id, purpose)
        if row is not None and row["status"] != CertificateStatus.REVOKED:
            await self._ledger.change(
                conn,
                Serial(row["serial"]),
                to=CertificateStatus.REVOKED,
                reason=Reason.SUPERSEDED,
                at=self._issuing(holder).status_time(),
            )

    async def _pkcs12(self, entry: Entry, key: PrivateKey, password: str) -> bytes:
        return await asyncio.to_thread(self._issuings[entry.issuer.chain].hand_over(entry, key).pkcs12, password)

    def _is_usable(self, holder: Holder, row: asyncpg.Record) -> bool:
        now = self._issuing(holder).now(row["template"])
        run_out = (
            self._profile.chain(holder.chain or "").template(row["template"]).real_time and row["not_after"] <= now
        )
        return bool(row["base_url"] == self._base_url and row["not_before"] <= now and not run_out)

    def _key_store(self, holder: Holder, purpose: str, serial: Serial, certificate: bytes, pkcs12: bytes) -> KeyStore:
        prefix = ("AUTH_" if purpose == "auth" else "") + self._issuing(holder).algorithm.file_prefix
        name = f"{prefix}_{key_identifier(public_key_info_of(certificate)).hex()}.p12"
        return KeyStore(holder.id, purpose, serial, certificate, pkcs12, holder.password, name)


def _holder(row: asyncpg.Record) -> Holder:
    subject = Subject.from_json(row["subject"])
    return Holder(row["id"], row["kind"], subject, row["password"], row["published"], row["chain"])
