"""The port to the network: HTTP with bounds, and a fake in memory that counts its calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Protocol

import aiohttp

from gateway.eds.codes import Code
from gateway.eds.errors import EvidenceRefused


class FetchFailed(EvidenceRefused):
    """Nothing usable came from the address."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(Code.REVOCATION_UNAVAILABLE, url=url, reason=reason)


class Fetcher(Protocol):
    """Brings bytes from an address, or raises `FetchFailed`."""

    async def post(self, url: str, body: bytes, *, content_type: str, max_bytes: int) -> bytes:
        """Send `body` and return the answer."""

    async def get(self, url: str, *, max_bytes: int) -> bytes:
        """Return what lies at the address."""


class HttpFetcher:
    """HTTP by aiohttp: short timeouts, no redirects, nothing larger than asked for."""

    def __init__(self, http: aiohttp.ClientSession, *, timeout_seconds: float = 5.0) -> None:
        self._http = http
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)

    async def post(self, url: str, body: bytes, *, content_type: str, max_bytes: int) -> bytes:
        """Send `body` and return the answer."""
        return await self._ask("POST", url, body, {"Content-Type": content_type}, max_bytes)

    async def get(self, url: str, *, max_bytes: int) -> bytes:
        """Return what lies at the address."""
        return await self._ask("GET", url, None, {}, max_bytes)

    async def _ask(self, method: str, url: str, body: bytes | None, headers: dict[str, str], max_bytes: int) -> bytes:
        try:
            async with self._http.request(
                method, url, data=body, headers=headers, timeout=self._timeout, allow_redirects=False
            ) as answer:
                if answer.status != 200:
                    raise FetchFailed(url, f"HTTP {answer.status}")
                content = bytearray()
                async for part in answer.content.iter_chunked(64 * 1024):
                    content += part
                    if len(content) > max_bytes:
                        raise FetchFailed(url, f"more than {max_bytes} bytes")
                return bytes(content)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise FetchFailed(url, type(error).__name__) from error


Answer = bytes | Exception | Callable[[bytes], bytes]


class MemoryFetcher:
    """Answers from a table; an address that is not in it cannot be reached."""

    def __init__(self, answers: Mapping[str, Answer] | None = None) -> None:
        self.answers: dict[str, Answer] = dict(answers or {})
        self.calls: Counter[str] = Counter()

    async def post(self, url: str, body: bytes, *, content_type: str, max_bytes: int) -> bytes:
        """Answer `body` from the table."""
        return self._answer(url, body, max_bytes)

    async def get(self, url: str, *, max_bytes: int) -> bytes:
        """Answer from the table."""
        return self._answer(url, b"", max_bytes)

    def _answer(self, url: str, body: bytes, max_bytes: int) -> bytes:
        self.calls[url] += 1
        answer = self.answers.get(url, FetchFailed(url, "no such address"))
        if isinstance(answer, Exception):
            raise answer
        content = answer if isinstance(answer, bytes) else answer(body)
        if len(content) > max_bytes:
            raise FetchFailed(url, f"more than {max_bytes} bytes")
        return content
