"""Revocation lists as the processes of a machine hold them: fetched once, confirmed by each, renewed in time."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from tempfile import TemporaryFile
from typing import IO

import structlog

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.der import DerError
from gateway.eds.errors import EvidenceRefused
from gateway.eds.names import Name
from gateway.eds.revocation import index
from gateway.eds.revocation.cache import FreshCache
from gateway.eds.revocation.crl import Crl, Head, check_issuer, read_head
from gateway.eds.revocation.evidence import Source
from gateway.eds.revocation.fetch import Fetcher
from gateway.eds.revocation.policy import RevocationPolicy
from gateway.eds.revocation.store import ListStore, StoredList, seal

Signers = Callable[[Name], Awaitable[tuple[Certificate, ...]]]
"""Finds the authorities of a name that may sign lists and were judged good; asked when the issuer's key did not."""

_INLINE, _LARGE = 4096, 1024 * 1024
"""Below the first a list is read in place; above the second it is indexed by another process."""
_MAX_SIGNERS = 8
_AGAIN, _MOST = timedelta(seconds=5), timedelta(minutes=5)
_LIFE = 0.8
"""The part of a list's life after which its successor is asked for."""
_WAIT_SECONDS, _LOOK_SECONDS = 60.0, 5.0
_RANDOM = secrets.SystemRandom()
_log = structlog.get_logger(__name__)


async def nobody(_: Name) -> tuple[Certificate, ...]:
    """Know no other signer than the issuer."""
    return ()


@dataclass(frozen=True, slots=True)
class _Held:
    """A confirmed list: renewed from `renew_at` on when there is time, from `ask_at` on before it is used again."""

    crl: Crl
    signer: Certificate
    signers: Signers
    fetched_at: datetime
    renew_at: datetime
    ask_at: datetime
    failures: int = 0


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which list: an address, and the issuer whose certificates it is asked about."""

    url: str
    issuer: Certificate


class Lists:
    """The lists that were asked for, in memory and in the folder."""

    def __init__(
        self,
        fetcher: Fetcher,
        clock: Clock,
        policy: RevocationPolicy,
        store: ListStore | None = None,
        *,
        size: int = 16,
    ) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self._policy = policy
        self._store = store
        self._held: FreshCache[_Asked, _Held] = FreshCache(size)
        self._forgotten_at: datetime | None = None

    async def get(self, url: str, issuer: Certificate, signers: Signers = nobody) -> Crl:
        """Return the confirmed list of an address, fetched when nobody has a fresh one; raises `EvidenceRefused`.

        While a new one cannot be had the old one is returned: whether it may still be believed is judged by its times.
        """
        asked = _Asked(url, issuer)
        held = await self._held.get(asked, self._fresh, partial(self._make, asked, signers, self._fresh))
        if held.signer != issuer and held.signer not in await signers(held.crl.issuer):
            raise EvidenceRefused(
                Code.REVOCATION_FORGED, source=Source.CRL, reason="its signer is not accepted any more"
            )
        return held.crl

    def forget(self) -> None:
        """Forget every list, also those of the folder."""
        self._held.clear()
        self._forgotten_at = self._clock.now()

    @contextlib.asynccontextmanager
    async def renewing(self) -> AsyncIterator[None]:
        """Renew what is held before it expires, for as long as the context is open."""
        task = asyncio.create_task(self._renew_always(), name="revocation lists")
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def renew(self) -> None:
        """Renew every list whose time has come; failures are logged and tried again later."""
        for asked, held in self._held.items():
            try:
                await self._held.get(asked, self._early, partial(self._make, asked, held.signers, self._early))
            except EvidenceRefused as refusal:
                _log.warning("crl-not-renewed", url=asked.url, reason=str(refusal)[:200])

    async def _renew_always(self) -> None:
        while True:
            await self.renew()
            # Not all processes at the same moment.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._clock.changed(), _LOOK_SECONDS * _RANDOM.uniform(0.5, 1.5))

    def _fresh(self, held: _Held) -> bool:
        return held.fetched_at <= self._clock.now() < held.ask_at

    def _early(self, held: _Held) -> bool:
        return held.fetched_at <= self._clock.now() < held.renew_at

    async def _make(self, asked: _Asked, signers: Signers, enough: Callable[[_Held], bool]) -> _Held:
        held = self._held.peek(asked)
        if self._store is None:
            return await self._renewed(asked, signers, held)
        held = await self._from_store(asked, signers, held)
        if held is not None and enough(held):
            return held
        try:
            async with self._store.locked(asked.url, asked.issuer.sha256, seconds=_WAIT_SECONDS) as waited:
                if waited:
                    held = await self._from_store(asked, signers, held)
                    if held is not None and enough(held):
                        return held
                return await self._renewed(asked, signers, held)
        except OSError as error:
            _log.warning("crl-folder", error=type(error).__name__)
            return await self._renewed(asked, signers, held)

    async def _renewed(self, asked: _Asked, signers: Signers, held: _Held | None) -> _Held:
        """Fetch a list; the old one stays when there is no better."""
        try:
            data = await self._fetcher.get(asked.url, max_bytes=self._policy.crl_max_bytes)
            head = read_head(data)
            signer = await confirm(head, asked.issuer, signers, self._policy)
            _check_not_older(head, held)
            fetched_at = self._clock.now()
            return self._hold(await self._kept(asked, head, fetched_at), signer, signers, fetched_at)
        except EvidenceRefused as refusal:
            if held is None:
                raise
            _log.warning("crl-not-renewed", url=asked.url, reason=str(refusal)[:200])
            later = self._clock.now() + min(_AGAIN * 2 ** min(held.failures, 10), _MOST)
            return replace(held, renew_at=later, ask_at=max(held.ask_at, later), failures=held.failures + 1)

    def _hold(self, crl: Crl, signer: Certificate, signers: Signers, fetched_at: datetime) -> _Held:
        reuse = self._policy.crl_reuse
        ask_at = fetched_at + reuse
        renew_at = fetched_at + reuse * _RANDOM.uniform(0.7, 0.9)
        if crl.next_update is not None:
            ask_at = min(ask_at, crl.next_update)
            renew_at = min(renew_at, crl.this_update + (crl.next_update - crl.this_update) * _LIFE)
        # One that is born old is asked for again, but not at every question.
        soonest = fetched_at + min(_AGAIN, reuse)
        return _Held(crl, signer, signers, fetched_at, max(renew_at, soonest), max(ask_at, soonest))

    async def _kept(self, asked: _Asked, head: Head, fetched_at: datetime) -> Crl:
        """Index a confirmed list, and put it into the folder for the other processes."""
        if self._store is None:
            return await indexed(head)
        try:
            return await asyncio.to_thread(_write, self._store, asked, head, fetched_at)
        except OSError as error:
            _log.warning("crl-not-stored", url=asked.url, error=type(error).__name__)
            return await indexed(head)

    async def _from_store(self, asked: _Asked, signers: Signers, held: _Held | None) -> _Held | None:
        """Return what lies in the folder when it is newer than what is held, confirmed anew."""
        assert self._store is not None
        stored = await asyncio.to_thread(self._store.load, asked.url, asked.issuer.sha256)
        if stored is None or not self._news(stored, held):
            return held
        try:
            head = read_head(stored.pages, stored.size)
            if held is not None and head.this_update < held.crl.this_update:
                return held
            signer = await confirm(head, asked.issuer, signers, self._policy)
            crl = await asyncio.to_thread(_load, stored, head)
        except EvidenceRefused as refusal:
            _log.warning("crl-of-folder-refused", url=asked.url, reason=str(refusal)[:200])
            return held
        return self._hold(crl, signer, signers, stored.fetched_at)

    def _news(self, stored: StoredList, held: _Held | None) -> bool:
        if self._forgotten_at is not None and stored.fetched_at <= self._forgotten_at:
            return False
        return stored.fetched_at <= self._clock.now() and (held is None or stored.fetched_at > held.fetched_at)


async def confirm(head: Head, issuer: Certificate, signers: Signers, policy: RevocationPolicy) -> Certificate:
    """Return who signed a list: the issuer, or another authority that `signers` vouches for; raises `EvidenceRefused`.

    Another key of the issuer may have signed it (RFC 5280 section 6.3.3 (f)), another name only an indirect list.
    """
    refusal = EvidenceRefused(Code.REVOCATION_FORGED, source=Source.CRL, reason="another issuer")
    own = head.issuer.same(issuer.subject.name)
    if own:
        try:
            await _checked(head, issuer, policy)
        except EvidenceRefused as error:
            refusal = error
        else:
            return issuer
    if own or head.indirect:
        for candidate in (await signers(head.issuer))[:_MAX_SIGNERS]:
            try:
                await _checked(head, candidate, policy)
            except EvidenceRefused as error:
                refusal = error
            else:
                return candidate
    raise refusal


def _check_not_older(head: Head, held: _Held | None) -> None:
    """Refuse a replay: addresses are plain HTTP, and an older list is signed as well as a newer one."""
    if held is not None and head.this_update < held.crl.this_update:
        raise EvidenceRefused(Code.REVOCATION_FORGED, source=Source.CRL, reason="older than the list before it")


async def indexed(head: Head) -> Crl:
    """Add the entries of a confirmed list without holding up the event loop; raises `EvidenceRefused`."""
    return Crl.of(head) if head.size < _INLINE else await asyncio.to_thread(_indexed, head)


async def _checked(head: Head, signer: Certificate, policy: RevocationPolicy) -> None:
    if head.size < _INLINE:
        check_issuer(head, signer, policy.algorithms)
    else:
        await asyncio.to_thread(check_issuer, head, signer, policy.algorithms)


def _indexed(head: Head) -> Crl:
    if head.size < _LARGE:
        return Crl.of(head)
    with TemporaryFile() as file:
        file.write(memoryview(head.source)[: head.size])
        file.flush()
        return Crl.of(head, _image(head, file))


def _image(head: Head, file: IO[bytes]) -> bytes:
    """Index a list that stands at the beginning of a file."""
    try:
        if head.size >= _LARGE:
            return index.build_elsewhere(file, *head.listed, indirect=head.indirect)
        return index.build(head.raw, *head.listed, indirect=head.indirect)
    except (DerError, ValueError, LookupError) as error:
        raise EvidenceRefused(Code.REVOCATION_UNAVAILABLE, source=Source.CRL, reason=str(error)[:200]) from error


def _write(store: ListStore, asked: _Asked, head: Head, fetched_at: datetime) -> Crl:
    with store.writing(asked.url, asked.issuer.sha256) as file:
        file.write(memoryview(head.source)[: head.size])
        file.flush()
        image = _image(head, file)
        # The pages of the very file that was written, whatever its name leads to later.
        stored = seal(file, head.size, image, fetched_at)
    if head.size < _LARGE or stored is None:
        return Crl.of(head, image)
    return Crl.of(read_head(stored.pages, stored.size), stored.image)


def _load(stored: StoredList, head: Head) -> Crl:
    """Index a list of the folder anew; the file's own index is used when it is the same, to share its pages."""
    if head.size < _LARGE:
        return Crl.of(read_head(head.raw))
    with TemporaryFile() as file:
        file.write(memoryview(stored.pages)[: stored.size])
        file.flush()
        image = _image(head, file)
    return Crl.of(head, stored.image if _same(stored.image, image) else image)


def _same(one: bytes | memoryview, other: bytes | memoryview) -> bool:
    """Compare without holding the lock, as comparing views of fifty megabytes would."""
    return len(one) == len(other) and hashlib.sha256(one).digest() == hashlib.sha256(other).digest()
