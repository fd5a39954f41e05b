"""A load over loopback that costs little itself: questions on connections that stay open, each answer looked at."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, cast

CONNECTIONS: Final = 16
_TOO_LONG_SECONDS: Final = 120
_LARGEST_HEAD: Final = 16 * 1024
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d{1,9})\r\n", re.IGNORECASE)


class AnswerWrong(RuntimeError):
    """An answer was not what every question must have."""


@dataclass(frozen=True)
class Aim:
    """Where to, with what: `body` holds `placeholder` once, where each question has an id of its own."""

    host: str
    port: int
    path: str
    body: bytes
    placeholder: bytes
    expected: bytes
    """What every answer holds."""

    def question(self) -> bytes:
        """Return a question with a new id of the placeholder's length, head and all."""
        mark = uuid.uuid4().hex.encode()[: len(self.placeholder)]
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nContent-Type: text/xml; charset=utf-8\r\n"
            f'SOAPAction: ""\r\nContent-Length: {len(self.body)}\r\n\r\n'
        )
        return head.encode() + self.body.replace(self.placeholder, mark)


@dataclass(frozen=True)
class Run:
    """What a load came to; times in milliseconds, from a question's first byte to its answer's last."""

    answers: int
    seconds: float
    waits: Sequence[float]

    @property
    def a_second(self) -> float:
        """How many answers a second."""
        return self.answers / self.seconds

    def wait(self, share: float) -> float:
        """Return the wait that this share of the questions did not exceed."""
        ordered = sorted(self.waits)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


class _Connection(asyncio.Protocol):
    """Asks one question after another until there is none left."""

    def __init__(self, questions: Iterator[bytes], expected: bytes, waits: list[float]) -> None:
        self._questions = questions
        self._expected = expected
        self._waits = waits
        self._received = bytearray()
        self._whole = 0
        self._asked = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._received += data
        try:
            if not self._whole:
                self._whole = _length(self._received)
            if self._whole and len(self._received) >= self._whole:
                self._take()
        except AnswerWrong as error:
            self._end(error)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(AnswerWrong(f"the connection was lost: {exc}"))

    def _ask(self) -> None:
        question = next(self._questions, None)
        if question is None:
            self._end(None)
            return
        self._asked = time.perf_counter()
        self._transport.write(question)

    def _take(self) -> None:
        self._waits.append(1000 * (time.perf_counter() - self._asked))
        if len(self._received) > self._whole or self._expected not in self._received:
            raise AnswerWrong(f"not the answer that is expected: {bytes(self._received[:2000])!r}")
        self._received.clear()
        self._whole = 0
        self._ask()

    def _end(self, error: AnswerWrong | None) -> None:
        if not self.done.done():
            if error is None:
                self.done.set_result(None)
            else:
                self.done.set_exception(error)
        self._transport.close()


def _length(received: bytearray) -> int:
    """Return how long the answer with its head is, 0 while the head is not whole; raises `AnswerWrong`."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        if len(received) > _LARGEST_HEAD:
            raise AnswerWrong("a head without end")
        return 0
    length = _LENGTH.search(received, 0, end + 2)
    if not received.startswith(b"HTTP/1.1 200 ") or length is None:
        raise AnswerWrong(f"not 200 with a length: {bytes(received[:2000])!r}")
    return end + 4 + int(length[1])


async def load(aim: Aim, answers: int, *, connections: int = CONNECTIONS) -> Run:
    """Ask so many questions, made beforehand; raises `AnswerWrong`."""
    waits: list[float] = []
    questions = iter([aim.question() for _ in range(answers)])
    loop = asyncio.get_running_loop()
    opened: list[tuple[asyncio.Transport, _Connection]] = []
    began = time.perf_counter()
    try:
        async with asyncio.timeout(_TOO_LONG_SECONDS):
            for _ in range(connections):
                made = await loop.create_connection(
                    lambda: _Connection(questions, aim.expected, waits), aim.host, aim.port
                )
                opened.append(made)
            await asyncio.gather(*(protocol.done for _, protocol in opened))
        return Run(len(waits), time.perf_counter() - began, waits)
    finally:
        for transport, _ in opened:
            transport.abort()
        await asyncio.gather(*(protocol.done for _, protocol in opened), return_exceptions=True)
