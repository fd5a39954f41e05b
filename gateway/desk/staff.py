"""Accounts of the staff, of the providers and of the bodies that work for them, and their logging in."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import asyncpg

from gateway.catalogue import Role
from gateway.desk.errors import DeskCode, DeskError
from gateway.identity.numbers import Iin, NumberError
from gateway.identity.passwords import Passwords
from gateway.identity.sessions import PostgresSessions
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
    active: bool = True
    """Whether the account is open; of one that is closed, what it did stays under its name."""

    def is_executor_at(self, office: str) -> bool:
        """Tell whether the member still does the executors' work of an office."""
        return self.active and self.role is Role.EXECUTOR and self.office == office

    @property
    def actor(self) -> str:
        """Return how the journal names the member: role and account, no personal data."""
        return f"{self.role}:{self.id}"


_SEED = """
INSERT INTO staff (iin, name, office, role, password_hash) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (iin) DO UPDATE SET name = excluded.name, office = excluded.office, role = excluded.role, active = true
RETURNING id
"""
_CLOSE_OTHERS = "UPDATE staff SET active = false WHERE active AND iin <> ALL ($1::text[]) RETURNING id, office"
_GIVE_BACK = """
UPDATE casefile SET claimed_by = NULL, version = version + 1
WHERE state = 'open' AND awaits_office = ANY ($1::text[]) AND claimed_by = ANY ($2::bigint[])
"""
_COLUMNS = "id, iin, name, office, role, active"


class Staff:
    """The staff of all offices that this desk serves."""

    def __init__(self, database: Database, passwords: Passwords, throttle: Throttle, persons: PersonHash) -> None:
        self._database = database
        self._passwords = passwords
        self._throttle = throttle
        self._persons = persons
        self._sessions = PostgresSessions(database)

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
        """Make an account, or bring name, office and role of an existing one up to date, and open it if closed.

        The password of an existing account stays. What a member had claimed at another office or in another role is
        free again. A new account needs its password, or the argon2id hash of it; raises `ValueError` without either.
        """
        kept = await self._database.fetchrow(
            "SELECT id, office, role, password_hash FROM staff WHERE iin = $1", str(iin)
        )
        stored: str | None = password_hash if kept is None else kept["password_hash"]
        if stored is None:
            if password is None:
                raise ValueError("a new account needs a password or the hash of one")
            stored = await self._passwords.hash(password)
        async with self._database.transaction() as conn:
            staff_id = await conn.fetchval(_SEED, str(iin), name, office, role.value, stored)
            if kept is not None and (kept["office"], kept["role"]) != (office, role.value):
                await conn.execute(_GIVE_BACK, [kept["office"]], [staff_id])
        return StaffMember(staff_id, iin, name, office, role)

    async def close_others(self, named: Iterable[Iin]) -> int:
        """Close the accounts of all who are not named, end their sessions, and return how many were closed.

        What they did stays under their names, what they had claimed is free again, and what they are the executors of
        waits for the head to give it to others (`gateway.desk.lists`).
        """
        async with self._database.transaction() as conn:
            closed = await conn.fetch(_CLOSE_OTHERS, [str(iin) for iin in named])
            for row in closed:
                await self._sessions.end_all(conn, str(row["id"]))
            if closed:
                await conn.execute(_GIVE_BACK, [row["office"] for row in closed], [row["id"] for row in closed])
        return len(closed)

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

    async def verify(self, member: StaffMember, password: str) -> bool:
        """Tell whether a password is the member's, to unlock a screen; tries are delayed as when logging in.

        Raises `DeskError` LOGIN_DELAYED.
        """
        account, source = "staff " + self._persons.of(member.iin), f"unlock {member.id}"
        wait = await self._throttle.attempt(account=account, source=source)
        if wait.total_seconds() > 0:
            raise DeskError(DeskCode.LOGIN_DELAYED, seconds=math.ceil(wait.total_seconds()))
        row = await self._row(member.iin)
        if not await self._passwords.verify(None if row is None else row["password_hash"], password) or row is None:
            return False
        async with self._database.transaction() as conn:
            await self._throttle.succeeded(conn, account=account, source=source)
        return True

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
    return StaffMember(row["id"], Iin(row["iin"]), row["name"], row["office"], Role(row["role"]), row["active"])


def _iin_or_none(typed: str) -> Iin | None:
    try:
        return Iin.parse(typed)
    except NumberError:
        return None
