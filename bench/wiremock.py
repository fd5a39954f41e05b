"""WireMock of npm's package `wiremock`, which carries the jar: one canned answer to whatever is posted."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from bench.parts import cpu_of

FOLDER: Final = Path(__file__).parent
_READY_SECONDS: Final = 60
_HEAP: Final = "-Xmx256m"
_THREADS: Final = 24


class Absent(Exception):
    """WireMock cannot run here; the sentence says why."""


@dataclass(frozen=True)
class Wiremock:
    """A WireMock that runs."""

    port: int
    pid: int

    def cpu(self) -> float:
        """CPU seconds since its start."""
        return cpu_of(self.pid)


def version() -> str:
    """Return the version that `bench/package.json` pins."""
    pinned: str = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))["dependencies"]["wiremock"]
    return pinned


@contextlib.asynccontextmanager
async def running(answer: bytes) -> AsyncIterator[Wiremock]:
    """Run it until the context ends; raises `Absent`."""
    java, jar = _java(), _jar()
    with tempfile.TemporaryDirectory(prefix="qyzmet-wiremock-") as folder:
        _write_stub(Path(folder), answer)
        port = _free_port()
        process = await asyncio.create_subprocess_exec(
            *(java, _HEAP, "-jar", str(jar), "--bind-address", "127.0.0.1", "--port", str(port)),
            *("--root-dir", folder, "--container-threads", str(_THREADS), "--use-chunked-encoding", "never"),
            *("--no-request-journal", "--disable-banner", "--disable-gzip"),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await _until_it_answers(process, port)
            yield Wiremock(port, process.pid)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await asyncio.wait_for(process.wait(), 30)


def _java() -> str:
    found = shutil.which("java")
    if found is None:
        raise Absent("Java is not here")
    return found


def _jar() -> Path:
    jar = FOLDER / "node_modules" / "wiremock" / "build" / f"wiremock-standalone-{version()}.jar"
    if not jar.exists():
        raise Absent("npm's wiremock is not installed: `make bench` does it, where npm is")
    return jar


def _write_stub(folder: Path, answer: bytes) -> None:
    (folder / "mappings").mkdir()
    (folder / "__files").mkdir()
    (folder / "__files" / "answer.xml").write_bytes(answer)
    stub = {
        "request": {"method": "POST", "urlPattern": ".*"},
        "response": {
            "status": 200,
            "headers": {"Content-Type": "text/xml; charset=utf-8"},
            "bodyFileName": "answer.xml",
        },
    }
    (folder / "mappings" / "soap.json").write_text(json.dumps(stub), encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


async def _until_it_answers(process: asyncio.subprocess.Process, port: int) -> None:
    async with aiohttp.ClientSession() as http, asyncio.timeout(_READY_SECONDS):
        while process.returncode is None:
            try:
                async with http.post(f"http://127.0.0.1:{port}/", data=b"<ready/>") as said:
                    if said.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.2)
    raise Absent(f"java ended with {process.returncode}")
