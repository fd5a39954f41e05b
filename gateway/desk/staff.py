"""Accounts of the staff, of the providers and of the bodies that work for them, and their logging in."""

from __future__ import annotations

import math
from dataclasses import dataclass

import asyncpg

from gateway.catalogue import Role
from gateway.desk.errors import DeskCode, DeskError
from gateway.identity.numbers import Iin, NumberError
from gateway.identity.passwords import Passwords
from gateway.identity.throttle import Throttle
from gateway.journal import PersonHash
from gateway.store import Database
from gateway.store.database import Connection


@dataclass(frozen=True, slots=True)
class StaffMember:
    """An employee of one office in one role; what is asked of the desk is asked by one of these."""

    id: int
    iin: Iin
    name: str
    office: str
    role: Role

    @property
    def actor(self) -> str:
        """Return how the journal names the member: role and account, no personal data."""
        return f"{self.role}:{self.id}"


_SEED = """
INSERT INTO staff (iin, name, office, role, password_hash) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (iin) DO UPDATE SET name = excluded.name, office = excluded.office, role = excluded.role
RETURNING id
"""
_COLUMNS = "id, iin, name, office, role"


class Staff:
    """The staff of all offices that this desk serves."""

    def __init__(self, database: Database, passwords: Passwords, throttle: Throttle, persons: PersonHash) -> None:
        self._database = database
        self._passwords = passwords
        self._throttle = throttle
        self._persons = persons

    async def seed(
        self,
        *,
        iin: Iin,
        name: str,
        office: str,
        role: Role,
        password: str | None = None,
        password_hash: str | None = None,
    ) -> StaffMember:
        """Make an account, or bring name, office and role of an existing one up to date (its password stays).

        A new account needs its password, or the argon2id hash of it; raises `ValueError` without either.
        """
        kept: str | None = await self._database.fetchval("SELECT password_hash FROM staff WHERE iin = $1", str(iin))
        stored = kept or password_hash
        if stored is None:
            if password is None:
                raise ValueError("a new account needs a password or the hash of one")
            stored = await self._passwords.hash(password)
        staff_id = await self._database.fetchval(_SEED, str(iin), name, office, role.value, stored)
        return StaffMember(staff_id, iin, name, office, role)

    async def log_in(self, typed_iin: str, password: str, *, source: str) -> StaffMember:
        """Return the member whose IIN and password these are.

        Raises `DeskError` LOGIN_REFUSED, the same for an unknown IIN and a wrong password, or LOGIN_DELAYED. The
        delays of `gateway.identity.throttle` grow by account and by source, on real time.
        """
        iin = _iin_or_none(typed_iin)
        account = "staff " + self._persons.of(iin or typed_iin[:64])
        wait = await self._throttle.attempt(account=account, source=source)
        if wait.total_seconds() > 0:
            raise DeskError(DeskCode.LOGIN_DELAYED, seconds=math.ceil(wait.total_seconds()))
        row = None if iin is None else await self._row(iin)
        if not await self._passwords.verify(None if row is None else row["password_hash"], password) or row is None:
            raise DeskError(DeskCode.LOGIN_REFUSED)
        async with self._database.transaction() as conn:
            await self._throttle.succeeded(conn, account=account, source=source)
        return read_member(row)

    async def member(self, staff_id: int) -> StaffMember | None:
        """Return an active member as the account stands now; a session asks this at every request."""
        row = await self._database.fetchrow(f"SELECT {_COLUMNS} FROM staff WHERE id = $1 AND active", staff_id)  # noqa: S608 (a constant)
        return None if row is None else read_member(row)

    async def executors(self, acting: StaffMember) -> tuple[StaffMember, ...]:
        """Return the executors of the acting member's own office."""
        rows = await self._database.fetch(
            f"SELECT {_COLUMNS} FROM staff WHERE office = $1 AND role = $2 AND active ORDER BY name, id",  # noqa: S608 (a constant)
            acting.office,
            Role.EXECUTOR.value,
        )
        return tuple(read_member(row) for row in rows)

    async def names(self, acting: StaffMember) -> dict[int, str]:
        """Return the names of the acting member's colleagues, by account."""
        rows = await self._database.fetch("SELECT id, name FROM staff WHERE office = $1", acting.office)
        return {row["id"]: row["name"] for row in rows}

    async def _row(self, iin: Iin) -> asyncpg.Record | None:
        return await self._database.fetchrow(
            f"SELECT {_COLUMNS}, password_hash FROM staff WHERE iin = $1 AND active",  # noqa: S608 (a constant)
            str(iin),
        )


async def executor_of(conn: Connection, office: str, staff_id: int) -> StaffMember:
    """Return an active executor of the office; raises `DeskError` NO_SUCH_EXECUTOR."""
    row = await conn.fetchrow(
        f"SELECT {_COLUMNS} FROM staff WHERE id = $1 AND office = $2 AND role = $3 AND active",  # noqa: S608 (a constant)
        staff_id,
        office,
        Role.EXECUTOR.value,
    )
    if row is None:
        raise DeskError(DeskCode.NO_SUCH_EXECUTOR)
    return read_member(row)


def read_member(row: asyncpg.Record) -> StaffMember:
    """Return the member that a row of the table describes."""
    return StaffMember(row["id"], Iin(row["iin"]), row["name"], row["office"], Role(row["role"]))


def _iin_or_none(typed: str) -> Iin | None:
    try:
        return Iin.parse(typed)
    except NumberError:
        return None
