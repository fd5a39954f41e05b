"""A country whose parts are processes that can be killed, and the eyes that count what became of an application."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import yaml

from gateway.store.embedded import EmbeddedPostgres
from simulators.installation import Installation, Ports
from simulators.participants import write_settings
from simulators.supervisor import ORDER, Supervisor
from simulators.walk.applicant import Applicant, at_the_portal
from simulators.walk.levers import Levers
from simulators.walk.staff import OfficeStaff

HEARTBEAT = "PT2S"
"""How soon the jobs of a dead process are taken over by the next one."""
APPLICANTS = {"unemployed-certificate": "applicant-karaganda", "guardianship-certificate": "applicant-almaty"}
_NOT_PUT = """
SELECT count(*) FROM channels.application WHERE accepted_at IS NOT NULL AND channel = 'portal'
    AND NOT EXISTS (SELECT FROM channels.outbox WHERE outbox.key = 'application ' || application.number)
"""
_REGISTERED = "SELECT count(*) FROM desk.casefile WHERE number = $1"
_PROCESS = "SELECT count(*) FROM {}.event WHERE application = $1 AND kind = 'process' AND number = $2"


class Land:
    """The running country."""

    def __init__(
        self,
        installation: Installation,
        supervisor: Supervisor,
        http: aiohttp.ClientSession,
        server: EmbeddedPostgres,
        database: asyncpg.Pool,
    ) -> None:
        self.installation = installation
        self.server = server
        self.supervisor = supervisor
        self.http = http
        self.database = database
        self.levers = Levers(installation, http)

    async def kill(self, *names: str) -> None:
        """End parts as kill -9 does."""
        await asyncio.gather(*(self.supervisor.kill(name) for name in names))

    async def start(self, *names: str) -> None:
        """Start parts again, side by side."""
        await asyncio.gather(*(self.supervisor.start(name) for name in names))

    async def lose_database(self) -> None:
        """End the database server as a power cut does."""
        await asyncio.to_thread(self.server.crash)

    async def start_database(self) -> None:
        """Start the database server again; it recovers what was committed. One that runs stays as it is."""
        await asyncio.to_thread(self.server.start)

    async def recover(self) -> None:
        """Bring everything back that a test has left broken."""
        await self.start_database()
        await self.start(*(name for name in ORDER if not self.supervisor.alive(name)))
        await self.levers.put_back()

    def applicant(self, service: str) -> contextlib.AbstractAsyncContextManager[Applicant]:
        """Let the usual applicant of a service sign in."""
        return at_the_portal(self.installation, self.http, APPLICANTS[service])

    async def submit(self, applicant: Applicant, service: str) -> str:
        """Fill in, sign and send: when this returns the portal has said that it accepted."""
        number = await applicant.fill_in(service)
        await applicant.choose_certificate(number)
        page = await applicant.sign_and_send(number)
        assert page.url.endswith("/sent"), page.text[:300]
        return number

    async def count(self, sql: str, *args: Any) -> int:
        """Return the number that a query gives, over everybody's schemas."""
        found: int = await self.database.fetchval(sql, *args)
        return found

    async def numbers(self, sql: str, among: list[str]) -> set[str]:
        """Return those of some applications' numbers that a query gives."""
        return {row["number"] for row in await self.database.fetch(sql)} & set(among)

    async def until(self, sql: str, *args: Any, is_: Callable[[int], bool] = bool, seconds: float = 60) -> int:
        """Look until the number that a query gives is as it must be, and return it.

        The clock of the country is moved on meanwhile, so that what waits for its next try does not wait long.
        """
        end, nudge = time.monotonic() + seconds, time.monotonic() + 2
        while not is_(found := await self.count(sql, *args)):
            if time.monotonic() > end:
                raise TimeoutError(f"{sql} {args} stays {found}")
            if time.monotonic() > nudge and self.supervisor.alive("world"):
                await self.levers.advance(timedelta(seconds=30))
                nudge = time.monotonic() + 2
            await asyncio.sleep(0.05)
        return found

    async def registered_once(self, number: str) -> None:
        """Wait until the application is registered at the desk and the portal knows; then it must be so once."""
        await self.until(_REGISTERED, number)
        await self.until(_PROCESS.format("channels"), number, 6)
        await self.settled()
        assert await self.count(_REGISTERED, number) == 1
        assert await self.count(_PROCESS.format("desk"), number, 6) == 1
        assert await self.count(_PROCESS.format("channels"), number, 6) == 1

    async def settled(self) -> None:
        """Wait until no application is held, none waits for its files to be uploaded, and no message is on its way."""
        await self.until(_NOT_PUT, is_=lambda found: found == 0)
        for table, waiting in (
            ("channels.application", "held"),
            ("channels.outbox", "waiting"),
            ("shep.message", "ON_DELIVERY"),
            ("rshep.message", "ON_DELIVERY"),
            ("desk.inbox", "received"),
            ("desk.outbox", "waiting"),
            ("channels.inbox", "received"),
        ):
            await self.until(f"SELECT count(*) FROM {table} WHERE state = '{waiting}'", is_=lambda found: found == 0)

    async def to_the_end(self, applicant: Applicant, service: str, number: str) -> None:
        """Let the provider work and the applicant receive the result, once."""
        await self.provide(service, number)
        await self.until("SELECT count(*) FROM channels.issued_document WHERE application = $1", number)
        await self.issued_once(applicant, number)

    async def provide(self, service: str, number: str) -> None:
        """Let the provider's staff lead the case to its result and hand it over."""
        office = await OfficeStaff.of(self.installation, service, self.http)
        try:
            await office.work(service, number)
        finally:
            await office.close()

    async def issued_once(self, applicant: Applicant, number: str) -> None:
        """The trail is whole and has each process once; the result can be downloaded."""
        told = await applicant.wait_for(number, lambda told: told["state"] == "issued")
        processes = [one["number"] for one in told["trail"] if one["kind"] == "process"]
        assert processes == [1, 3, 5, 6, 8]
        assert await applicant.document(number, "result.xml")


@contextlib.asynccontextmanager
async def land() -> AsyncIterator[Land]:
    """Raise the country as processes; everything is ended when the context is left, however that is.

    Its database server is its own, so that it can be killed as well.
    """
    with tempfile.TemporaryDirectory(prefix="qyzmet-land-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        await asyncio.to_thread(folder.chmod, 0o755)  # the server's own user must reach its data
        server = EmbeddedPostgres(folder)
        url = await asyncio.to_thread(server.start)
        try:
            installation = await asyncio.to_thread(lambda: Installation.at(folder, ports=Ports.free(), admin_url=url))
            async with (
                aiohttp.ClientSession() as http,
                Supervisor(folder) as supervisor,
                asyncpg.create_pool(url, min_size=0, max_size=2) as database,
            ):
                installation.save()
                await _quick_heartbeat(Path(await write_settings(installation)))
                await supervisor.start_all()
                yield Land(installation, supervisor, http, server, database)
        finally:
            await asyncio.to_thread(server.stop)


async def _quick_heartbeat(settings_file: Path) -> None:
    settings = yaml.safe_load(await asyncio.to_thread(settings_file.read_text, "utf-8"))
    for participant in ("channels", "desk"):
        settings[participant]["heartbeat_timeout"] = HEARTBEAT
    await asyncio.to_thread(settings_file.write_text, yaml.safe_dump(settings, allow_unicode=True), "utf-8")
