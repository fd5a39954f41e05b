"""A question that comes twice is answered once: the port that keeps first answers, and one that keeps them in memory.

Who repeats a question says the same under the same `messageId`; a path may lose an answer, and the sender asks again.
What a repetition shares with the first is its content, not its session, its date or the form of its signature.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from gateway.clock import Clock
from gateway.shep.faults import FaultCode
from gateway.shep.messages import SyncAnswer, SyncQuestion
from gateway.shep.names import MAX_MESSAGE_BYTES
from gateway.shep.refusal import Refused

OTHER_CONTENT = "the messageId was used for other content"
NOT_KEPT = "answered already, the answer is no longer kept"


class FirstAnswers(Protocol):
    """Remembers what was answered to each question."""

    async def once(
        self, key: tuple[str, str], digest: str, work: Callable[[], Awaitable[SyncAnswer]]
    ) -> tuple[SyncAnswer, bool]:
        """Return the answer and whether it is repeated; `work` makes it, at most once at a time for a key.

        `key` is where the question comes from and its messageId. A repetition that comes while the first is at work
        waits for it; what `work` raises passes through, and the next repetition may try anew. Raises `Refused` with
        SCE001 when the key was used with another digest, and when the answer had to make room for later ones: what
        was done once is not done again.
        """


def content_digest(question: SyncQuestion) -> str:
    """Return the hexadecimal SHA-256 of what makes two questions the same: service, chain, route, properties, payload.

    Takes more than a millisecond for a large payload.
    """
    found = hashlib.sha256()
    heading = [question.service_id, question.correlation_id, question.route_id]
    heading += [text for each in question.properties for text in (each.key, each.value)]
    found.update(repr(heading).encode("utf-8"))
    if question.payload is not None:
        found.update(question.payload.form.value.encode())
        found.update(question.payload.xml)
    return found.hexdigest()


@dataclass(frozen=True, slots=True)
class MemoryRule:
    """How much is kept: the oldest answers go first, and every one after `age`.

    Of an answer that went before its age the key and the digest stay, so that a repetition is known; of these too the
    oldest go first when there are more than `digests`.
    """

    answers: int = 10_000
    bytes: int = 4 * MAX_MESSAGE_BYTES
    age: timedelta = timedelta(hours=24)
    digests: int = 100_000


@dataclass(slots=True)
class _Entry:
    digest: str
    began: datetime
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    answer: SyncAnswer | None = None

    @property
    def size(self) -> int:
        payload = None if self.answer is None else self.answer.payload
        return _ENTRY_BYTES + (0 if payload is None else len(payload.xml))


_ENTRY_BYTES = 1024
"""What an answer takes besides its payload, roughly."""


class RememberedAnswers:
    """First answers in this process's memory: for services whose effects bear a repetition after a restart."""

    def __init__(self, clock: Clock, rule: MemoryRule | None = None) -> None:
        self._clock = clock
        self._rule = rule or MemoryRule()
        self._at_work: dict[tuple[str, str], _Entry] = {}
        self._kept: OrderedDict[tuple[str, str], _Entry] = OrderedDict()
        self._gone: OrderedDict[tuple[str, str], tuple[str, datetime]] = OrderedDict()
        self._size = 0

    def __repr__(self) -> str:
        return f"<RememberedAnswers, {len(self._kept)} of {self._size} bytes, {len(self._at_work)} at work>"

    async def once(
        self, key: tuple[str, str], digest: str, work: Callable[[], Awaitable[SyncAnswer]]
    ) -> tuple[SyncAnswer, bool]:
        """Return the answer and whether it is repeated; see `FirstAnswers.once`."""
        self._forget_old()
        while (entry := self._kept.get(key) or self._at_work.get(key)) is not None:
            if entry.digest != digest:
                raise Refused(FaultCode.WRONG_FORMAT, OTHER_CONTENT)
            await entry.finished.wait()
            if entry.answer is not None:
                return entry.answer, True
        self._refuse_gone(key, digest)
        entry = self._at_work[key] = _Entry(digest, self._clock.now())
        try:
            entry.answer = await work()
        finally:
            del self._at_work[key]
            entry.finished.set()
        self._keep(key, entry)
        return entry.answer, False

    def _refuse_gone(self, key: tuple[str, str], digest: str) -> None:
        if key in self._gone:
            raise Refused(FaultCode.WRONG_FORMAT, NOT_KEPT if self._gone[key][0] == digest else OTHER_CONTENT)

    def _keep(self, key: tuple[str, str], entry: _Entry) -> None:
        self._kept[key] = entry
        self._size += entry.size
        while len(self._kept) > self._rule.answers or self._size > self._rule.bytes:
            gone, dropped = self._drop_first()
            self._gone[gone] = dropped.digest, dropped.began
        while len(self._gone) > self._rule.digests:
            self._gone.popitem(last=False)

    def _forget_old(self) -> None:
        """Drop what is too old; entries stand in the order in which they were finished, which is close enough."""
        horizon = self._clock.now() - self._rule.age
        while self._kept and next(iter(self._kept.values())).began <= horizon:
            self._drop_first()
        while self._gone and next(iter(self._gone.values()))[1] <= horizon:
            self._gone.popitem(last=False)

    def _drop_first(self) -> tuple[tuple[str, str], _Entry]:
        key, dropped = self._kept.popitem(last=False)
        self._size -= dropped.size
        return key, dropped
