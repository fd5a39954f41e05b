"""Packages that the desk expects by courier: their electronic twins, kept until the clerk marks the paper as received.

The application that the State Corporation's operator signed travels by message all the same, so that nobody types it
twice; but the provider's procedure begins with the package of documents (act 000, lines 73-75), whose receipt the
provider's employee marks in the register (lines 78-81).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

import asyncpg

from gateway.catalogue import Catalogue, Channel
from gateway.courier.errors import RegisterCode, RegisterError
from gateway.courier.register import Register
from gateway.courier.rows import RegisterRows
from gateway.desk.broken import Broken
from gateway.desk.opening import Opened, Taken
from gateway.eds.xml import parse
from gateway.exchange.application import Application, build_application, read_application
from gateway.store import Database, Store
from gateway.store.database import Connection

EXPECTED_PACKAGES: Final = Path(__file__).with_name("sql") / "expected_package.sql"
"""What the desk's schema needs beside the registers."""
OPEN_RECEIVED: Final = "courier.open-received"
"""The job that opens the case of a package whose paper and whose twin are both there."""
LISTED: Final = 200
"""How many expected packages a page shows."""

_COLUMNS = (
    "number, content_key, service, kind, office, department, application, document, files, gateway, correlation_id, "
    "arrived_at, received_at, broken"
)
_KEEP = f"""
INSERT INTO expected_package ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULL, NULL)
ON CONFLICT (number) DO NOTHING
"""  # noqa: S608 (a constant)
_RETURNED = "UPDATE expected_package SET returned_on = $2 WHERE number = ANY($1::text[])"
_NOT_RETURNED = """
UPDATE expected_package SET returned_on = NULL WHERE number = ANY($1::text[]) AND returned_on = $2
"""
_SERVICES = "SELECT number, service FROM expected_package WHERE number = ANY($1::text[])"
_OF_REGISTER = """
SELECT number FROM expected_package JOIN casefile USING (number)
WHERE number = ANY($1::text[]) AND expected_package.department = $2 AND casefile.office = $3
"""


@dataclass(frozen=True, slots=True)
class ExpectedPackage:
    """An electronic twin as it is kept."""

    number: str
    content_key: str
    service: str
    kind: str | None
    office: str
    department: str
    application: str
    document: str
    files: tuple[str, ...]
    gateway: str
    correlation_id: str
    arrived_at: datetime
    received_at: datetime | None
    broken: str | None
    """Why its case can never be opened: the code of `Broken`."""

    @property
    def is_waiting(self) -> bool:
        """Tell whether its case may still be opened."""
        return self.received_at is None and self.broken is None


class CaseOpening(Protocol):
    """Opens the case of a package (`gateway.desk.intake`)."""

    async def open_expected(self, conn: Connection, taken: Taken) -> Opened | None:
        """Open a case in the caller's transaction; None when it is there already, `Broken` when it can never be."""

    async def tell_never_opened(self, conn: Connection, taken: Taken, broken: Broken) -> None:
        """Tell the sender in the caller's transaction that no case is opened of what was taken."""


class Expected:
    """Keeps twins and opens their cases."""

    def __init__(self, *, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue
        self._rows = RegisterRows(store.database)
        self._cases: CaseOpening | None = None
        store.jobs.on(OPEN_RECEIVED, self.open_received)

    def opens_by(self, cases: CaseOpening) -> None:
        """Name who opens the cases: the intake, which in its turn hands the twins over."""
        self._cases = cases

    async def expect(self, conn: Connection, taken: Taken) -> str:
        """Keep a twin in the caller's transaction; return the content key under which its number now stands.

        Where the paper was marked as received before, the case is opened by a job.
        """
        application = taken.application
        assert taken.counter is not None
        assert taken.gateway is not None
        await _hold(conn, application.number)
        blobs = self._store.blobs
        files = [
            await blobs.put(conn, content, media_type=attachment.media_type)
            for attachment, content in zip(application.attachments, taken.files, strict=True)
        ]
        await conn.execute(
            _KEEP,
            application.number,
            taken.content_key,
            taken.service.id,
            taken.kind,
            taken.office.id,
            taken.counter.id,
            await blobs.put(conn, build_application(application), media_type="application/xml"),
            await blobs.put(conn, taken.document, media_type="application/xml"),
            files,
            taken.gateway,
            taken.correlation_id,
            self._store.clock.now(),
        )
        if await self._is_marked(conn, application.number, taken.counter.id, taken.office.id):
            await self._store.jobs.enqueue(conn, OPEN_RECEIVED, {"number": application.number})
        standing = await self.standing(conn, application.number)
        assert standing is not None
        return standing

    async def standing(self, conn: Connection, number: str) -> str | None:
        """Return the content key of the twin kept by a number, and keep another from coming in this transaction."""
        await _hold(conn, number)
        key: str | None = await conn.fetchval("SELECT content_key FROM expected_package WHERE number = $1", number)
        return key

    async def received(self, conn: Connection, numbers: Iterable[str]) -> None:
        """Have the cases opened of packages that are marked as received in the caller's transaction.

        Each case is opened by a job of its own, so that neither a large package nor a broken one holds the register up.
        One whose twin has not come is opened when it comes.
        """
        for number in sorted(numbers):
            await _hold(conn, number)
            await self._store.jobs.enqueue(conn, OPEN_RECEIVED, {"number": number})

    async def open_received(self, payload: Mapping[str, Any]) -> None:
        """Open the case of a package, once (a job); nothing while its twin has not come to where the paper is.

        Of a case that can never be opened its sender is told, and the twin is expected no more.
        """
        number = payload["number"]
        package = await self.get(number)
        if package is None or not package.is_waiting:
            return
        taken = await self._taken(package)
        try:
            async with self._store.database.transaction() as conn:
                await self._open(conn, package, taken)
        except Broken as broken:
            async with self._store.database.transaction() as conn:
                await self._give_up(conn, taken, broken)

    async def returned(self, conn: Connection, numbers: Collection[str], register: str) -> None:
        """Note with which register the results of cases went back."""
        await conn.execute(_RETURNED, sorted(numbers), register)

    async def not_returned(self, conn: Connection, numbers: Collection[str], register: str) -> None:
        """Note that results were missing in a register; one that went back with another in the meantime stays gone."""
        await conn.execute(_NOT_RETURNED, sorted(numbers), register)

    async def of_register(self, conn: Connection, register: Register, numbers: Collection[str]) -> Collection[str]:
        """Return those of the numbers whose package came from the register's department to a case of its office."""
        rows = await conn.fetch(_OF_REGISTER, sorted(numbers), register.department, register.office)
        return {row["number"] for row in rows}

    async def check(self, conn: Connection, number: str, *, office: str, department: str, listed: bool) -> None:
        """Refuse a package that is another office's, or that is neither listed nor expected; raises `RegisterError`."""
        row = await conn.fetchrow("SELECT office, department FROM expected_package WHERE number = $1", number)
        if row is None:
            if not listed:
                raise RegisterError(RegisterCode.PACKAGE_UNKNOWN, number=number)
        elif row["office"] != office:
            name = self._catalogue.office(row["office"]).name
            raise RegisterError(RegisterCode.PACKAGE_ELSEWHERE, number=number, name=name)
        elif row["department"] != department:
            name = self._catalogue.office(row["department"]).name
            raise RegisterError(RegisterCode.PACKAGE_ELSEWHERE, number=number, name=name)

    async def waiting(self, office: str) -> tuple[ExpectedPackage, ...]:
        """Return the packages of an office that have not come yet, the oldest first."""
        rows = await self._store.database.fetch(
            f"SELECT {_COLUMNS} FROM expected_package WHERE office = $1 AND received_at IS NULL "  # noqa: S608 (constants)
            f"AND broken IS NULL ORDER BY arrived_at, number LIMIT {LISTED}",
            office,
        )
        return tuple(_package(row) for row in rows)

    async def get(self, number: str) -> ExpectedPackage | None:
        """Return the twin of a package, whether its paper has come or not."""
        return await self._get(self._store.database, number)

    async def _get(self, place: Connection | Database, number: str) -> ExpectedPackage | None:
        row = await place.fetchrow(
            f"SELECT {_COLUMNS} FROM expected_package WHERE number = $1",  # noqa: S608 (a constant)
            number,
        )
        return None if row is None else _package(row)

    async def among(self, numbers: Collection[str]) -> tuple[ExpectedPackage, ...]:
        """Return the twins of the named packages, as far as they have come."""
        rows = await self._store.database.fetch(
            f"SELECT {_COLUMNS} FROM expected_package WHERE number = ANY($1::text[])",  # noqa: S608 (a constant)
            list(numbers),
        )
        return tuple(_package(row) for row in rows)

    async def services_of(self, numbers: Collection[str]) -> Mapping[str, str]:
        """Return the services of the named packages by number, as far as their twins have come."""
        rows = await self._store.database.fetch(_SERVICES, list(numbers))
        return {row["number"]: row["service"] for row in rows}

    async def _open(self, conn: Connection, package: ExpectedPackage, taken: Taken) -> None:
        await _hold(conn, package.number)
        now = await self._get(conn, package.number)
        assert now is not None
        if not now.is_waiting or not await self._is_marked(conn, now.number, now.department, now.office):
            return
        assert self._cases is not None
        await self._cases.open_expected(conn, taken)
        await conn.execute(
            "UPDATE expected_package SET received_at = $2 WHERE number = $1", package.number, self._store.clock.now()
        )

    async def _give_up(self, conn: Connection, taken: Taken, broken: Broken) -> None:
        assert self._cases is not None
        number = taken.application.number
        given_up = await conn.fetchval(
            "UPDATE expected_package SET broken = $2 WHERE number = $1 AND received_at IS NULL AND broken IS NULL "
            "RETURNING number",
            number,
            broken.code.value,
        )
        if given_up is not None:
            await self._cases.tell_never_opened(conn, taken, broken)

    async def _is_marked(self, conn: Connection, number: str, department: str, office: str) -> bool:
        """Tell whether the paper is there: marked as received at the very office that the twin is for."""
        return await self._rows.is_received(conn, number, own=False, department=department, office=office)

    async def _taken(self, package: ExpectedPackage) -> Taken:
        blobs = self._store.blobs
        return Taken(
            application=_application(await blobs.get(package.application)),
            document=await blobs.get(package.document),
            files=tuple([await blobs.get(digest) for digest in package.files]),
            content_key=package.content_key,
            service=self._catalogue.service(package.service),
            kind=package.kind,
            office=self._catalogue.office(package.office),
            channel=Channel.CORPORATION,
            gateway=package.gateway,
            correlation_id=package.correlation_id,
            counter=self._catalogue.office(package.department),
        )


async def _hold(conn: Connection, number: str) -> None:
    """Keep twin and paper of one package from coming at the same moment, unseen by one another."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('package ' || $1, 0))", number)


def _application(content: bytes) -> Application:
    return read_application(parse(content))


def _package(row: asyncpg.Record) -> ExpectedPackage:
    return ExpectedPackage(**{**row, "files": tuple(row["files"])})
