"""Accounts of the portal by IIN or BIN.

A registration becomes an account only when the holder of the number has signed a document with the server's nonce, so
that nobody registers another. This room keeps the rows; the signature is judged in `gateway.flows.registration`.
A number that is registered already may be registered again in the same way: that sets a new password.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
from lxml import etree

from gateway.clock import Clock, RealClock
from gateway.identity.numbers import Bin, Iin, parse_number
from gateway.store import Database
from gateway.store.database import Connection

REGISTRATION_NAMESPACE = "urn:qyzmet:registration:1"


@dataclass(frozen=True, slots=True)
class Account:
    """A registered person or organisation; `name` is the certificate's common name at registration."""

    id: int
    number: Iin | Bin
    name: str
    password_hash: str


@dataclass(frozen=True, slots=True)
class Registration:
    """A registration that waits for its signature; `document` is what the holder of the number signs."""

    nonce: str
    number: Iin | Bin
    document: bytes


class RegistrationGone(LookupError):
    """The registration's nonce is unknown, used, expired, or was given to another session."""


def build_registration(number: Iin | Bin, *, nonce: str, portal: str, at: datetime) -> bytes:
    """Return the canonical `urn:qyzmet:registration:1` document that confirms a registration when it is signed."""
    root = etree.fromstring(f'<registration xmlns="{REGISTRATION_NAMESPACE}"/>')
    for name, value in (
        ("purpose", "Порталда тіркелу / Регистрация на портале"),
        ("portal", portal),
        ("number", str(number)),
        ("nonce", nonce),
        ("at", at.strftime("%Y-%m-%dT%H:%M:%SZ")),
    ):
        etree.SubElement(root, f"{{{REGISTRATION_NAMESPACE}}}{name}").text = value
    return etree.tostring(root, method="c14n")


_CONFIRM = """
INSERT INTO account (number, name, password_hash, certificate, created_at, confirmed_at)
VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT (number) DO UPDATE
SET name = excluded.name, password_hash = excluded.password_hash, certificate = excluded.certificate,
    confirmed_at = excluded.confirmed_at
RETURNING id, number, name, password_hash
"""


class Accounts:
    """The accounts of the portal and the registrations that are to become accounts."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        real_time: Clock | None = None,
        portal: str,
        nonce_lifetime: timedelta = timedelta(minutes=15),
    ) -> None:
        self._database = database
        self._clock = clock
        self._real_time = real_time or RealClock()
        self._portal = portal
        self._nonce_lifetime = nonce_lifetime

    async def find(self, number: Iin | Bin) -> Account | None:
        """Return the account of a number."""
        row = await self._database.fetchrow(
            "SELECT id, number, name, password_hash FROM account WHERE number = $1", str(number)
        )
        return None if row is None else _account(row)

    async def by_id(self, account_id: int) -> Account | None:
        """Return the account that a session names."""
        row = await self._database.fetchrow(
            "SELECT id, number, name, password_hash FROM account WHERE id = $1", account_id
        )
        return None if row is None else _account(row)

    async def begin(self, number: Iin | Bin, *, password_hash: str, session: str) -> Registration:
        """Make the document to be signed; its nonce is good once, for a short time, in this session only."""
        nonce = secrets.token_hex(32)
        document = build_registration(number, nonce=nonce, portal=self._portal, at=self._clock.now())
        now = self._real_time.now()
        async with self._database.transaction() as conn:
            await conn.execute("DELETE FROM registration WHERE expires_at < $1 OR session = $2", now, session)
            await conn.execute(
                "INSERT INTO registration (nonce, number, session, password_hash, document, expires_at) "
                "VALUES ($1, $2, $3, $4, $5, $6)",
                nonce,
                str(number),
                session,
                password_hash,
                document,
                now + self._nonce_lifetime,
            )
        return Registration(nonce, number, document)

    async def waiting(self, *, session: str) -> Registration | None:
        """Return the registration that waits for a signature in this session."""
        row = await self._database.fetchrow(
            "SELECT nonce, number, document FROM registration WHERE session = $1 AND NOT used AND expires_at > $2",
            session,
            self._real_time.now(),
        )
        return None if row is None else Registration(row["nonce"], parse_number(row["number"]), row["document"])

    async def confirm(self, conn: Connection, *, nonce: str, session: str, name: str, certificate: str) -> Account:
        """Use up the nonce and make the account (or give it its new password); raises `RegistrationGone`.

        To be called only after the signature was found good and the signer's number is the registration's.
        `certificate` is the SHA-256 of the signer's certificate.
        """
        row = await conn.fetchrow(
            "UPDATE registration SET used = true WHERE nonce = $1 AND session = $2 AND NOT used AND expires_at > $3 "
            "RETURNING number, password_hash",
            nonce,
            session,
            self._real_time.now(),
        )
        if row is None:
            raise RegistrationGone(nonce)
        made = await conn.fetchrow(_CONFIRM, row["number"], name, row["password_hash"], certificate, self._clock.now())
        return _account(made)

    async def rehash(self, account: Account, password_hash: str) -> None:
        """Store the same password hashed with today's parameters."""
        await self._database.execute(
            "UPDATE account SET password_hash = $2 WHERE id = $1 AND password_hash = $3",
            account.id,
            password_hash,
            account.password_hash,
        )


def _account(row: asyncpg.Record) -> Account:
    return Account(row["id"], parse_number(row["number"]), row["name"], row["password_hash"])
