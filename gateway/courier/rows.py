"""The rows of registers; nothing else writes these tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import asyncpg

from gateway.courier.numbering import register_number
from gateway.courier.register import End, Entry, Register
from gateway.exchange.courier_register import CourierRegister, Direction, Mark, RegisterMarks
from gateway.store import Database
from gateway.store.database import Connection

PAGE = 100
"""How many registers a list of the last ones shows."""

_COLUMNS = (
    "number, own, direction, department, office, made_at, made_by, courier, gateway, correlation_id, marked_at, "
    "marked_by"
)
_ADD = """
INSERT INTO courier_register (number, own, direction, department, office, made_at, made_by, courier, gateway,
                              correlation_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (number) DO NOTHING RETURNING number
"""
_ADD_PACKAGE = """
INSERT INTO courier_package (register, application, own, ordinal, documents, sheets) VALUES ($1, $2, $3, $4, $5, $6)
"""
_BESIDE = """
INSERT INTO courier_package (register, application, own, ordinal, documents, sheets, listed, scanned, mark)
SELECT $1, $2, $3, coalesce(max(ordinal), 0) + 1, 0, 0, false, $4, $5 FROM courier_package WHERE register = $1
ON CONFLICT (register, application) DO NOTHING
"""
_ENTRIES = """
SELECT register, application, documents, sheets, listed, scanned, mark FROM courier_package
WHERE register = ANY($1::text[]) ORDER BY register, ordinal
"""
_MARK = """
UPDATE courier_package SET scanned = false, mark = CASE WHEN application = ANY($2::text[]) THEN 'received'
                                                        ELSE 'missing' END
WHERE register = $1 AND listed
"""
_MARK_BESIDE = "UPDATE courier_package SET scanned = false, mark = 'received' WHERE register = $1 AND NOT listed"
_ADOPT = """
UPDATE courier_register SET correlation_id = $3
WHERE number = $1 AND gateway = $2 AND NOT own AND correlation_id <> $3 RETURNING number
"""
_RECEIVED = """
SELECT EXISTS (
    SELECT FROM courier_package JOIN courier_register ON courier_register.number = courier_package.register
    WHERE application = $1 AND courier_package.own = $2 AND mark = 'received' AND department = $3
      AND ($4::text IS NULL OR office = $4)
)
"""
_TAKEN = """
SELECT application, register FROM courier_package JOIN courier_register ON courier_register.number = register
WHERE courier_package.own AND listed AND application = ANY($1::text[]) AND mark IS DISTINCT FROM 'missing'
"""


class RegisterRows:
    """Registers of one participant."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def next_number(self, conn: Connection, direction: Direction, code: str) -> str:
        """Return a number of fourteen digits that was never given before; `code` is the sender's."""
        serial: int = await conn.fetchval("SELECT nextval('courier_register_number')")
        return register_number(direction, code, serial)

    async def add(
        self,
        conn: Connection,
        register: CourierRegister,
        *,
        gateway: str | None = None,
        correlation_id: str | None = None,
    ) -> bool:
        """Insert a register that was made here, or that came over `gateway`; False when its number is known."""
        own = gateway is None
        added = await conn.fetchval(
            _ADD,
            register.number,
            own,
            register.direction.value,
            register.department,
            register.office,
            register.made_at,
            register.made_by,
            register.courier,
            gateway,
            correlation_id,
        )
        if added is None:
            return False
        for ordinal, entry in enumerate(register.entries, start=1):
            await conn.execute(
                _ADD_PACKAGE, register.number, entry.application, own, ordinal, entry.documents, entry.sheets
            )
        return True

    async def adopt(self, conn: Connection, number: str, *, gateway: str, correlation_id: str) -> bool:
        """Let the marks of a register that came again go back in its last chain: its sender knows that one alone.

        False when it is the same chain, or another gateway.
        """
        return await conn.fetchval(_ADOPT, number, gateway, correlation_id) is not None

    async def get(self, number: str) -> Register | None:
        """Return a register."""
        row = await self._database.fetchrow(
            f"SELECT {_COLUMNS} FROM courier_register WHERE number = $1",  # noqa: S608 (a constant)
            number,
        )
        return None if row is None else (await self._with_entries([row]))[0]

    async def lock(self, conn: Connection, number: str) -> Register | None:
        """Return a register and keep it from changing until the transaction ends."""
        row = await conn.fetchrow(
            f"SELECT {_COLUMNS} FROM courier_register WHERE number = $1 FOR UPDATE",  # noqa: S608 (a constant)
            number,
        )
        if row is None:
            return None
        return _register(row, await conn.fetch(_ENTRIES, [number]))

    async def last(self, end: End, place: str, *, own: bool) -> tuple[Register, ...]:
        """Return the last registers made at an end of the courier's way, or those that came there, the newest first."""
        rows = await self._database.fetch(
            f"SELECT {_COLUMNS} FROM courier_register WHERE {end} = $1 AND own = $2 "  # noqa: S608 (constants)
            f"ORDER BY made_at DESC, number DESC LIMIT {PAGE}",
            place,
            own,
        )
        return await self._with_entries(rows)

    async def unmarked(self, end: End, place: str) -> tuple[Register, ...]:
        """Return every register that came to an end of the courier's way and is not marked, the oldest first."""
        rows = await self._database.fetch(
            f"SELECT {_COLUMNS} FROM courier_register "  # noqa: S608 (constants)
            f"WHERE {end} = $1 AND NOT own AND marked_at IS NULL ORDER BY made_at, number",
            place,
        )
        return await self._with_entries(rows)

    async def scan(self, conn: Connection, register: Register, application: str) -> None:
        """Note that a package was found, listed or not."""
        if register.entry(application) is None:
            await conn.execute(_BESIDE, register.number, application, register.own, True, None)
        else:
            await conn.execute(
                "UPDATE courier_package SET scanned = true WHERE register = $1 AND application = $2",
                register.number,
                application,
            )

    async def unscan(self, conn: Connection, register: Register, application: str) -> None:
        """Take back that a package was found; one that is not listed disappears from the register."""
        await conn.execute(
            "DELETE FROM courier_package WHERE register = $1 AND application = $2 AND NOT listed",
            register.number,
            application,
        )
        await conn.execute(
            "UPDATE courier_package SET scanned = false WHERE register = $1 AND application = $2",
            register.number,
            application,
        )

    async def mark(self, conn: Connection, register: Register, marks: RegisterMarks) -> None:
        """Write the marks of a locked register that has none."""
        for application in sorted(marks.unlisted):
            await conn.execute(_BESIDE, register.number, application, register.own, False, Mark.RECEIVED.value)
        await conn.execute(_MARK, register.number, sorted(marks.received))
        await conn.execute(_MARK_BESIDE, register.number)
        await conn.execute(
            "UPDATE courier_register SET marked_at = $2, marked_by = $3 WHERE number = $1",
            register.number,
            marks.marked_at,
            marks.marked_by,
        )

    async def on_registers(
        self, conn: Connection, applications: Sequence[str], *, end: End, place: str
    ) -> dict[str, str]:
        """Return by application the register made at an end of the courier's way that lists it, on its way or received.

        Not where it lay beside one.
        """
        rows = await conn.fetch(f"{_TAKEN} AND {end} = $2", list(applications), place)
        return {row["application"]: row["register"] for row in rows}

    async def is_received(
        self, conn: Connection | Database, application: str, *, own: bool, department: str, office: str | None = None
    ) -> bool:
        """Tell whether a package was marked as received on a register of this department, and of this office.

        `own` says whether the register was made here or came. Without an `office` any will do.
        """
        found: bool = await conn.fetchval(_RECEIVED, application, own, department, office)
        return found

    async def _with_entries(self, rows: Sequence[asyncpg.Record]) -> tuple[Register, ...]:
        entries: dict[str, list[asyncpg.Record]] = {row["number"]: [] for row in rows}
        for entry in await self._database.fetch(_ENTRIES, list(entries)):
            entries[entry["register"]].append(entry)
        return tuple(_register(row, entries[row["number"]]) for row in rows)


def _register(row: asyncpg.Record, entries: Sequence[asyncpg.Record]) -> Register:
    values: dict[str, Any] = dict(row)
    return Register(
        **{**values, "direction": Direction(values["direction"])}, entries=tuple(_entry(one) for one in entries)
    )


def _entry(row: asyncpg.Record) -> Entry:
    values: dict[str, Any] = {name: value for name, value in row.items() if name != "register"}
    mark = values.pop("mark")
    return Entry(**values, mark=None if mark is None else Mark(mark))
