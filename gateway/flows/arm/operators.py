"""The State Corporation's operators: their accounts, and process 1, in which they log in.

Karaganda act, lines 978-980; Almaty act, lines 197-200. The act calls them operator and, where paper is concerned,
employee (қызметкер): one person at the window.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import asyncpg

from gateway.catalogue.errors import UnknownOffice
from gateway.catalogue.load import Catalogue
from gateway.catalogue.terms import Body
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.identity.numbers import Iin, NumberError
from gateway.identity.passwords import Passwords
from gateway.identity.sessions import PostgresSessions
from gateway.identity.throttle import Throttle
from gateway.journal import PersonHash
from gateway.results.alphabet import unprintable
from gateway.store import Database
from gateway.store.database import Connection


class OperatorRole(StrEnum):
    """What an account may do."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    """Takes applications in as an operator does, and sees the whole department."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Who works at a window of a department; what is asked of the workplace is asked by one of these."""

    id: int
    iin: Iin
    name: str
    department: str
    role: OperatorRole

    @property
    def actor(self) -> str:
        """Return how the journal names the operator: role and account, no personal data."""
        return f"{self.role}:{self.id}"

    @property
    def is_supervisor(self) -> bool:
        """Whether the whole department's work may be seen."""
        return self.role is OperatorRole.SUPERVISOR


_SEED = """
INSERT INTO operator (iin, name, department, role, password_hash) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (iin) DO UPDATE SET name = excluded.name, department = excluded.department, role = excluded.role,
    password_hash = excluded.password_hash, active = true
RETURNING id
"""
_CLOSE_OTHERS = "UPDATE operator SET active = false WHERE active AND iin <> ALL ($1::text[]) RETURNING id"
_COLUMNS = "id, iin, name, department, role"
_SESSION_ACCOUNT = re.compile(r"operator ([0-9]{1,9})")


class Operators:
    """The accounts of all departments."""

    def __init__(
        self,
        *,
        database: Database,
        catalogue: Catalogue,
        passwords: Passwords,
        throttle: Throttle,
        persons: PersonHash,
    ) -> None:
        self._database = database
        self._catalogue = catalogue
        self._passwords = passwords
        self._throttle = throttle
        self._persons = persons
        self._sessions = PostgresSessions(database)

    async def seed(
        self,
        *,
        iin: Iin,
        name: str,
        department: str,
        role: OperatorRole = OperatorRole.OPERATOR,
        password: str | None = None,
        password_hash: str | None = None,
        reset: bool = False,
    ) -> Operator:
        """Make an account, or bring name, department and role of an existing one up to date, and open it if closed.

        The password of an existing account stays, unless `reset` gives it another one: then its sessions end. The same
        one again changes nothing, so that a file that is read at every start does not put everybody out.

        Raises `ValueError` for a new account with neither a password nor the argon2id hash of one, for a department
        that is none of the State Corporation, and for a name that no document can print: the provider would refuse what
        this operator signs.
        """
        self._check_department(department)
        if unprintable(name):
            raise ValueError(f"a name that no document can print: {name}")
        kept: str | None = await self._database.fetchval("SELECT password_hash FROM operator WHERE iin = $1", str(iin))
        stored = kept
        if kept is None or (reset and not await self._is_kept(kept, password, password_hash)):
            stored = password_hash or (None if password is None else await self._passwords.hash(password))
        if stored is None:
            raise ValueError("a new account needs a password or the hash of one")
        async with self._database.transaction() as conn:
            account = await conn.fetchval(_SEED, str(iin), name, department, role.value, stored)
            if stored != kept:
                await self._sessions.end_all(conn, session_account(account))
        return Operator(account, iin, name, department, role)

    async def close_others(self, named: Iterable[Iin]) -> int:
        """Close the accounts of all who are not named, end their sessions, and return how many were closed.

        What they did stays under their names; their open drafts wait for a colleague to take them over.
        """
        async with self._database.transaction() as conn:
            closed = await conn.fetch(_CLOSE_OTHERS, [str(iin) for iin in named])
            for row in closed:
                await self._sessions.end_all(conn, session_account(row["id"]))
        return len(closed)

    async def log_in(self, typed_iin: str, password: str, *, source: str) -> Operator:
        """Return the operator whose IIN and password these are.

        Raises `ArmError` LOGIN_REFUSED, the same for an unknown IIN and a wrong password, or LOGIN_DELAYED. The delays
        of `gateway.identity.throttle` grow by account and by source, on real time.
        """
        iin = _iin_or_none(typed_iin)
        account = self._throttled(iin, typed_iin)
        wait = await self._throttle.attempt(account=account, source=source)
        if wait.total_seconds() > 0:
            raise ArmError(ArmCode.LOGIN_DELAYED, seconds=math.ceil(wait.total_seconds()))
        row = None if iin is None else await self._row(iin)
        if not await self._passwords.verify(None if row is None else row["password_hash"], password) or row is None:
            raise ArmError(ArmCode.LOGIN_REFUSED)
        async with self._database.transaction() as conn:
            await self._throttle.succeeded(conn, account=account, source=source)
        return _operator(row)

    async def verify(self, operator: Operator, password: str) -> bool:
        """Tell whether a password is the operator's, to unlock a session; tries are delayed as when logging in.

        Raises `ArmError` LOGIN_DELAYED.
        """
        account = self._throttled(operator.iin, "")
        wait = await self._throttle.attempt(account=account, source=f"unlock {operator.id}")
        if wait.total_seconds() > 0:
            raise ArmError(ArmCode.LOGIN_DELAYED, seconds=math.ceil(wait.total_seconds()))
        row = await self._row(operator.iin)
        if not await self._passwords.verify(None if row is None else row["password_hash"], password) or row is None:
            return False
        async with self._database.transaction() as conn:
            await self._throttle.succeeded(conn, account=account, source=f"unlock {operator.id}")
        return True

    async def member(self, account: int) -> Operator | None:
        """Return an active operator as the account stands now; a session asks this at every request."""
        row = await self._database.fetchrow(
            f"SELECT {_COLUMNS} FROM operator WHERE id = $1 AND active",  # noqa: S608 (a constant)
            account,
        )
        return None if row is None else _operator(row)

    async def of_id(self, account: int) -> Operator:
        """Return an operator whether the account is active or not; raises `LookupError`."""
        row = await self._database.fetchrow(
            f"SELECT {_COLUMNS} FROM operator WHERE id = $1",  # noqa: S608 (a constant)
            account,
        )
        if row is None:
            raise LookupError(f"operator {account}")
        return _operator(row)

    async def name_of(self, asked: Connection | Database, account: int) -> str:
        """Return an operator's name; inside a transaction its own connection is asked."""
        name: str = await asked.fetchval("SELECT name FROM operator WHERE id = $1", account)
        return name

    async def of_department(self, department: str) -> tuple[Operator, ...]:
        """Return the active operators of a department, by name."""
        rows = await self._database.fetch(
            f"SELECT {_COLUMNS} FROM operator WHERE department = $1 AND active ORDER BY name, id",  # noqa: S608 (a constant)
            department,
        )
        return tuple(_operator(row) for row in rows)

    def _check_department(self, department: str) -> None:
        try:
            office = self._catalogue.office(department)
        except UnknownOffice as error:
            raise ValueError(f"not a department of the State Corporation: {department}") from error
        if office.body is not Body.CORPORATION:
            raise ValueError(f"not a department of the State Corporation: {department}")

    async def _is_kept(self, kept: str, password: str | None, password_hash: str | None) -> bool:
        """Tell whether a password, or the hash of one, is what an account has already."""
        if password is None:
            return password_hash is None or password_hash == kept
        return await self._passwords.verify(kept, password)

    def _throttled(self, iin: Iin | None, typed: str) -> str:
        return "operator " + self._persons.of(iin or typed[:64])

    async def _row(self, iin: Iin) -> asyncpg.Record | None:
        return await self._database.fetchrow(
            f"SELECT {_COLUMNS}, password_hash FROM operator WHERE iin = $1 AND active",  # noqa: S608 (a constant)
            str(iin),
        )


def session_account(account: int) -> str:
    """Return what the sessions of an operator's account are known by, beside those of the portal's applicants."""
    return f"operator {account}"


def account_in(session: str) -> int | None:
    """Return the operator's account by which `session_account` knows a session; None for anybody else's."""
    known = _SESSION_ACCOUNT.fullmatch(session)
    return None if known is None else int(known[1])


def _operator(row: asyncpg.Record) -> Operator:
    return Operator(row["id"], Iin(row["iin"]), row["name"], row["department"], OperatorRole(row["role"]))


def _iin_or_none(typed: str) -> Iin | None:
    try:
        return Iin.parse(typed)
    except NumberError:
        return None
