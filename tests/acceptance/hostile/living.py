"""The country under attack, seen from outside: its addresses, its process, its rows."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import asyncpg

from simulators.installation import Installation

ROOT = Path(__file__).resolve().parents[3]
_PROGRAM = Path(__file__).with_name("country_process.py")
_SCHEMAS = ("channels", "desk", "nca", "shep", "rshep", "tempstorage")
_PASSING = re.compile(r"session|form_once|throttle|timer|journal|message_log|.*_pgqueuer.*")
"""Tables that a refused request may touch: counters of attempts, sessions, the journals of messages."""
SOON = aiohttp.ClientTimeout(total=30)


@dataclass(frozen=True)
class Raw:
    """An answer as its bytes came."""

    status: int
    head: str
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    def header(self, name: str) -> str:
        """A header's value, or nothing."""
        found = re.search(rf"(?im)^{re.escape(name)}:[ \t]*(.*?)\r?$", self.head)
        return found[1] if found else ""


class Country:
    """A running country; `country` of conftest starts it."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
        self.process = process
        self.installation = Installation.load(folder)
        self.log = log

    def at(self, part: str) -> str:
        """The base address of a part."""
        return self.installation.address(part)

    def port(self, part: str) -> int:
        """The port of a part."""
        port: int = getattr(self.installation.ports, part)
        return port

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.poll() is None

    def memory(self) -> int:
        """The most memory (MiB) the process has taken since `forget_memory`."""
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())
        assert found is not None
        return int(found[1]) // 1024

    def forget_memory(self) -> None:
        """Measure the peak of memory from here on (proc(5), clear_refs)."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    async def rows(self) -> Mapping[str, str]:
        """A digest of the content of every table that a refused request must leave alone."""
        connection = await asyncpg.connect(self.installation.admin_url)
        try:
            names = await connection.fetch(
                "SELECT table_schema AS schema, table_name AS name FROM information_schema.tables "
                "WHERE table_schema = ANY($1) ORDER BY 1, 2",
                list(_SCHEMAS),
            )
            return {
                f"{row['schema']}.{row['name']}": await self._digest(connection, f"{row['schema']}.{row['name']}")
                for row in names
                if not _PASSING.fullmatch(row["name"])
            }
        finally:
            await connection.close()

    @staticmethod
    async def _digest(connection: asyncpg.Connection, table: str) -> str:
        rows = await connection.fetch(f"SELECT md5(one::text) AS digest FROM {table} AS one ORDER BY 1")
        return f"{len(rows)} rows {hashlib.md5(''.join(row['digest'] for row in rows).encode()).hexdigest()[:8]}"

    @contextlib.asynccontextmanager
    async def unchanged(self) -> AsyncIterator[None]:
        """Whatever happens inside leaves every row as it was."""
        before = await self.quiet()
        yield
        await asyncio.sleep(0.3)  # a job that should not have been queued would run now
        after = await self.rows()
        changed = {name: (before.get(name), rows) for name, rows in after.items() if before.get(name) != rows}
        assert not changed

    async def quiet(self) -> Mapping[str, str]:
        """The rows, once what was under way before has come to rest."""
        before = await self.rows()
        for _ in range(40):
            await asyncio.sleep(0.25)
            after = await self.rows()
            if after == before:
                return after
            before = after
        raise TimeoutError("the country does not come to rest")

    async def forgive(self) -> None:
        """Forget the attempts to log in that were counted."""
        connection = await asyncpg.connect(self.installation.admin_url)
        try:
            await connection.execute("DELETE FROM channels.throttle; DELETE FROM desk.throttle")
        finally:
            await connection.close()

    async def fetch(self, sql: str, *values: object) -> list[asyncpg.Record]:
        """Ask the database as its administrator."""
        connection = await asyncpg.connect(self.installation.admin_url)
        try:
            return list(await connection.fetch(sql, *values))
        finally:
            await connection.close()

    async def raw(self, part: str, data: bytes, *, patience: float = 20) -> Raw:
        """Send bytes as they are and read the answer to its end; the connection is closed by either side."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port(part))
        try:
            with contextlib.suppress(ConnectionError):
                writer.write(data)
                await asyncio.wait_for(writer.drain(), patience)
            answer = await asyncio.wait_for(_read(reader), patience)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, TimeoutError):
                await asyncio.wait_for(writer.wait_closed(), 5)
        head, _, body = answer.partition(b"\r\n\r\n")
        text = head.decode("latin-1")
        return Raw(int(text.split(" ", 2)[1]) if text.startswith("HTTP/") else 0, text, body)

    def request(self, part: str, line: str, *headers: str, body: bytes = b"") -> bytes:
        """Write an HTTP request that closes its connection."""
        head = [line + " HTTP/1.1", f"Host: 127.0.0.1:{self.port(part)}", "Connection: close", *headers]
        if body and not any(one.lower().startswith(("content-length", "transfer-encoding")) for one in headers):
            head.append(f"Content-Length: {len(body)}")
        return "\r\n".join(head).encode("latin-1", "surrogateescape") + b"\r\n\r\n" + body

    @contextlib.asynccontextmanager
    async def answering(self, *, within: float = 1.5, memory: int = 120) -> AsyncIterator[None]:
        """Whatever happens inside, others are answered `within` seconds, in no more than `memory` MiB more."""
        before = self._resident()
        self.forget_memory()
        done, worst = asyncio.Event(), 0.0

        async def watch() -> None:
            nonlocal worst
            async with aiohttp.ClientSession(timeout=SOON) as http:
                while not done.is_set():
                    started = time.perf_counter()
                    async with http.get(f"{self.at('portal')}/favicon.ico") as answer:
                        assert answer.status == 200
                    worst = max(worst, time.perf_counter() - started)
                    await asyncio.sleep(0.02)

        watching = asyncio.create_task(watch())
        try:
            yield
            await asyncio.sleep(0.2)
        finally:
            done.set()
            await watching
        assert worst < within
        assert self.memory() < before + memory

    def _resident(self) -> int:
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())
        assert found is not None
        return int(found[1]) // 1024


async def _read(reader: asyncio.StreamReader) -> bytes:
    data = bytearray()
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(65536):
            data += chunk
            if len(data) > 4 * 1024 * 1024:
                break
    return bytes(data)


@contextlib.contextmanager
def running_country(admin_url: str, log: Path) -> Iterator[Country]:
    """Start a country as a process of its own and end it afterwards."""
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, str(_PROGRAM), admin_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"},
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, log.read_text()[-3000:]
        yield Country(process, Path(json.loads(line)["folder"]), log)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
