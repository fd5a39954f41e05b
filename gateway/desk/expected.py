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
from gateway.desk.opening import Opened, Taken
from gateway.eds.xml import parse
from gateway.exchange.application import Application, build_application, read_application
from gateway.store import Store
from gateway.store.database import Connection

EXPECTED_PACKAGES: Final = Path(__file__).with_name("sql") / "expected_package.sql"
"""What the desk's schema needs beside the registers."""
OPEN_RECEIVED: Final = "courier.open-received"
"""The job that opens the case of a package whose paper and whose twin are both there."""
LISTED: Final = 200
"""How many expected packages a page shows."""

_COLUMNS = (
    "number, content_key, service, kind, office, department, application, document, files, gateway, correlation_id, "
    "arrived_at, received_at"
)
_KEEP = f"""
INSERT INTO expected_package ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULL)
ON CONFLICT (number) DO NOTHING
"""  # noqa: S608 (a constant)
_MARKED = "SELECT EXISTS (SELECT FROM courier_package WHERE application = $1 AND NOT own AND mark = 'received')"


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


class CaseOpening(Protocol):
    """Opens the case of a package (`gateway.desk.intake`)."""

    async def open_expected(self, conn: Connection, taken: Taken) -> Opened | None:
        """Open a case in the caller's transaction; None when it is there already."""


class Expected:
    """Keeps twins and opens their cases."""

    def __init__(self, *, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue
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
        if await conn.fetchval(_MARKED, application.number):
            await self._store.jobs.enqueue(conn, OPEN_RECEIVED, {"number": application.number})
        standing: str = await conn.fetchval(
            "SELECT content_key FROM expected_package WHERE number = $1", application.number
        )
        return standing

    async def received(self, conn: Connection, numbers: Iterable[str]) -> None:
        """Have the cases opened of packages that are marked as received in the caller's transaction.

        Each case is opened by a job of its own, so that neither a large package nor a broken one holds the register up.
        One whose twin has not come is opened when it comes.
        """
        for number in sorted(numbers):
            await _hold(conn, number)
            await self._store.jobs.enqueue(conn, OPEN_RECEIVED, {"number": number})

    async def open_received(self, payload: Mapping[str, Any]) -> None:
        """Open the case of a package, once (a job); nothing while its twin has not come."""
        number = payload["number"]
        package = await self.get(number)
        if package is None or package.received_at is not None:
            return
        taken = await self._taken(package)
        async with self._store.database.transaction() as conn:
            await _hold(conn, number)
            if await conn.fetchval("SELECT received_at FROM expected_package WHERE number = $1", number) is None:
                assert self._cases is not None
                await self._cases.open_expected(conn, taken)
                await conn.execute(
                    "UPDATE expected_package SET received_at = $2 WHERE number = $1", number, self._store.clock.now()
                )

    async def returned(self, conn: Connection, numbers: Collection[str], register: str | None) -> None:
        """Note with which register the results of cases went back; None when they were missing there."""
        await conn.execute(
            "UPDATE expected_package SET returned_on = $2 WHERE number = ANY($1::text[])", sorted(numbers), register
        )

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
            f"ORDER BY arrived_at, number LIMIT {LISTED}",
            office,
        )
        return tuple(_package(row) for row in rows)

    async def get(self, number: str) -> ExpectedPackage | None:
        """Return the twin of a package, whether its paper has come or not."""
        row = await self._store.database.fetchrow(
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
