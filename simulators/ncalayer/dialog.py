"""The dialog in which the person chooses a key and types its password, one question at a time.

A page asks and waits; the window (a person, or a test over the same control API) answers. Passwords are kept nowhere.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import structlog

from gateway.clock import Clock
from gateway.eds.keys import SigningKey
from simulators.ncalayer.errors import Cancelled, KeyBroken, KeyUnknown, PasswordsSpent, WrongPassword
from simulators.ncalayer.fitness import Demands, Unfit
from simulators.ncalayer.keyring import KeyRing, StoredKey
from simulators.ncalayer.order import LikelySigners, place_of

TRIES = 3
_log = structlog.get_logger(__name__)


class Purpose(StrEnum):
    """What the page wants of the key."""

    KEY_INFO = "key-info"
    SIGN_XML = "sign-xml"
    SIGN_CMS = "sign-cms"
    SIGN_HASH = "sign-hash"
    SIGN_RAW = "sign-raw"


@dataclass(frozen=True, slots=True)
class Question:
    """What a page asks; `documents` are texts for the person to read, `origin` is who asks (None: a local program)."""

    purpose: Purpose
    origin: str | None
    locale: str
    demands: Demands = field(default_factory=Demands)
    documents: tuple[bytes, ...] = field(default=(), repr=False)
    offers_keys: bool = True
    """False when none of the allowed storages is one of this program's."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A key in the list of the dialog; `unfit` says why it cannot be chosen."""

    key: StoredKey
    unfit: Unfit | None


@dataclass
class Pending:
    """A question that waits for its answer."""

    id: str
    question: Question
    answer: asyncio.Future[SigningKey] = field(repr=False)
    tries_left: int = TRIES
    busy: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)


class Outcome(StrEnum):
    """What became of an answer."""

    DONE = "done"
    CANCELLED = "cancelled"
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - a word of the control API
    SPENT = "tries-spent"
    UNFIT = "key-unfit"
    BROKEN = "key-broken"
    NO_SUCH_KEY = "no-such-key"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Reply:
    """An outcome with the tries that are left."""

    outcome: Outcome
    tries_left: int = 0
    unfit: Unfit | None = None


class Chooser(Protocol):
    """Whoever chooses the key for a question."""

    async def choose(self, question: Question) -> SigningKey:
        """Return the open key; raises `Cancelled` or `PasswordsSpent`."""


class Dialog:
    """Questions wait here until the window answers them."""

    def __init__(
        self,
        ring: KeyRing,
        clock: Clock,
        *,
        patience_seconds: float = 600,
        likely: Mapping[str, LikelySigners] | None = None,
    ) -> None:
        """`likely` says of a site, by its origin, who signs there."""
        self._ring = ring
        self._likely = likely or {}
        self._clock = clock
        self._patience = patience_seconds
        self._pending: dict[str, Pending] = {}
        self._changed = asyncio.Event()
        self.version = 0

    @property
    def pending(self) -> Sequence[Pending]:
        """The questions that wait, the oldest first."""
        return list(self._pending.values())

    async def choose(self, question: Question) -> SigningKey:
        """Wait for the person; raises `Cancelled` (also when nobody answers in time) or `PasswordsSpent`."""
        one = Pending(secrets.token_hex(8), question, asyncio.get_running_loop().create_future())
        self._pending[one.id] = one
        self._has_changed()
        try:
            async with asyncio.timeout(self._patience):
                return await one.answer
        except TimeoutError as error:
            raise Cancelled from error
        finally:
            self._pending.pop(one.id, None)
            self._has_changed()

    async def offers(self, question: Question) -> Sequence[Offer]:
        """Return the keys of the dialog's list: those that fit first, of them those of the site's likely signers."""
        if not question.offers_keys:
            return []
        now, likely = self._clock.now(), self._likely.get(question.origin or "")
        offers = [Offer(key, _unfit(question, key, now)) for key in await self._ring.keys()]
        return sorted(offers, key=lambda offer: (offer.unfit is not None, *place_of(offer.key, likely)))

    async def answer(self, question_id: str, key_id: str, password: str) -> Reply:
        """Open the key with the password for the question; after three wrong passwords the question is over."""
        one = self._pending.get(question_id)
        if one is None:
            return Reply(Outcome.GONE)
        async with one.busy:
            if one.answer.done():
                return Reply(Outcome.GONE)
            try:
                return await self._try(one, key_id, password)
            except KeyUnknown:
                return Reply(Outcome.NO_SUCH_KEY, one.tries_left)
            except KeyBroken as error:
                _log.warning("key-broken", key=key_id, reason=str(error))
                return Reply(Outcome.BROKEN, one.tries_left)
            except WrongPassword:
                return self._wrong_password(one)

    def cancel(self, question_id: str) -> Reply:
        """Press Cancel."""
        one = self._pending.get(question_id)
        if one is None or one.answer.done():
            return Reply(Outcome.GONE)
        one.answer.set_exception(Cancelled())
        return Reply(Outcome.CANCELLED)

    async def changed_after(self, version: int, seconds: float) -> None:
        """Return when the list of questions is no longer that of `version`, or after `seconds`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while self.version <= version and (left := deadline - loop.time()) > 0:
            try:
                async with asyncio.timeout(left):
                    await self._changed.wait()
            except TimeoutError:
                return

    async def _try(self, one: Pending, key_id: str, password: str) -> Reply:
        if not one.question.offers_keys:
            raise KeyUnknown(key_id)
        key = await self._ring.open(key_id, password)
        unfit = one.question.demands.why_unfit(key.certificate, self._clock.now())
        if unfit is not None:
            return Reply(Outcome.UNFIT, one.tries_left, unfit)
        if not one.answer.done():
            one.answer.set_result(key)
        return Reply(Outcome.DONE, one.tries_left)

    def _wrong_password(self, one: Pending) -> Reply:
        one.tries_left -= 1
        self._has_changed()
        if one.tries_left > 0:
            return Reply(Outcome.WRONG_PASSWORD, one.tries_left)
        if not one.answer.done():
            one.answer.set_exception(PasswordsSpent())
        return Reply(Outcome.SPENT)

    def _has_changed(self) -> None:
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()


def _unfit(question: Question, key: StoredKey, now: datetime) -> Unfit | None:
    return question.demands.why_unfit(key.certificate, now) if key.certificate else None


class Automatic:
    """Answers without a person: for tests, behind an explicit parameter of the program.

    `select` returns the key's id and password for a question, or None to cancel it.
    """

    def __init__(self, ring: KeyRing, select: Callable[[Question], tuple[str, str] | None]) -> None:
        self._ring = ring
        self._select = select

    async def choose(self, question: Question) -> SigningKey:
        """Return the selected key; raises `Cancelled` or `PasswordsSpent`."""
        selected = self._select(question)
        if selected is None:
            raise Cancelled
        try:
            return await self._ring.open(*selected)
        except WrongPassword as error:
            raise PasswordsSpent from error
