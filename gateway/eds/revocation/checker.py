"""Asks OCSP and CRL about one certificate in the order of the policy, and remembers the answers."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.errors import EvidenceRefused
from gateway.eds.revocation import crl as crls
from gateway.eds.revocation import ocsp
from gateway.eds.revocation.cache import FreshCache
from gateway.eds.revocation.crl import Crl
from gateway.eds.revocation.evidence import RevocationEvidence, Source, State, StoredEvidence
from gateway.eds.revocation.fetch import Fetcher
from gateway.eds.revocation.policy import RevocationPolicy

_Ask = Callable[[Certificate, Certificate, datetime], Awaitable[RevocationEvidence]]
_LARGE = 64 * 1024
_NO_EVIDENCE = StoredEvidence()
_GRAVITY = {Code.REVOCATION_UNAVAILABLE: 0, Code.REVOCATION_STALE: 1, Code.REVOCATION_FORGED: 2}


@dataclass(frozen=True, slots=True)
class _FetchedCrl:
    crl: Crl
    fetched_at: datetime


class RevocationChecker:
    """The status of certificates; without a fetcher only kept evidence is judged."""

    def __init__(
        self,
        fetcher: Fetcher | None,
        clock: Clock,
        policy: RevocationPolicy | None = None,
        *,
        cached_answers: int = 10_000,
        cached_lists: int = 16,
    ) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self.policy = policy or RevocationPolicy()
        self._answers: FreshCache[tuple[str, int], RevocationEvidence] = FreshCache(cached_answers)
        self._lists: FreshCache[tuple[str, str], _FetchedCrl] = FreshCache(cached_lists)

    async def judge(
        self,
        certificate: Certificate,
        issuer: Certificate,
        *,
        at: datetime,
        stored: StoredEvidence = _NO_EVIDENCE,
    ) -> RevocationEvidence:
        """Return a confirmed answer for the moment `at`; raises `EvidenceRefused` when there is none."""
        refusals: list[EvidenceRefused] = []
        # (1) About the past what was kept with the signature speaks first. About the present it is heard last, and by
        #     whoever could ask only when it speaks against the signer, who chose it: a list from before the revocation
        #     would otherwise carry a revoked key through an outage.
        past = at < self._clock.now() - self.policy.ocsp_max_age
        sources = self.policy.order.sources if self._fetcher is not None else ()
        online: list[_Ask] = [self._ask_ocsp if source is Source.OCSP else self._ask_crl for source in sources]
        asked = online if self.policy.fallback else online[:1]
        kept: list[_Ask] = [partial(self._judge_stored, stored)] if stored else []
        # (2) A source that gives no confirmed answer is passed over.
        for ask in (*kept, *asked) if past else (*asked, *kept):
            try:
                answer = await ask(certificate, issuer, at)
            except EvidenceRefused as refusal:
                refusals.append(refusal)
                continue
            if past or ask in asked or self._fetcher is None or answer.state_at(at) is not State.GOOD:
                return answer
            refusals.append(EvidenceRefused(Code.REVOCATION_UNAVAILABLE, source="kept", reason="the signer's own word"))
        # (3) No answer: never valid, and the gravest reason is told.
        if not refusals:
            raise EvidenceRefused(Code.REVOCATION_UNAVAILABLE, reason="nobody may be asked and nothing was kept")
        gravest = max(refusals, key=lambda refusal: _GRAVITY[refusal.code])
        said = {refusal.facts.get("source", "network"): str(refusal)[:300] for refusal in refusals}
        raise EvidenceRefused(gravest.code, **said)

    def forget(self) -> None:
        """Forget every answer and list, as after a revocation that must be seen at once."""
        self._answers.clear()
        self._lists.clear()

    def names_source(self, certificate: Certificate) -> bool:
        """Tell whether the certificate says where its status can be asked."""
        return bool(certificate.ocsp_urls or certificate.crl_urls)

    async def _ask_ocsp(self, certificate: Certificate, issuer: Certificate, at: datetime) -> RevocationEvidence:
        def fresh(evidence: RevocationEvidence) -> bool:
            now = self._clock.now()
            try:
                self.policy.check_times(
                    source=Source.OCSP,
                    this_update=evidence.this_update,
                    next_update=evidence.next_update,
                    at=at,
                    now=now,
                )
            except EvidenceRefused:
                return False
            return now - self.policy.reuse < evidence.this_update

        async def ask() -> RevocationEvidence:
            refusal = EvidenceRefused(Code.REVOCATION_UNAVAILABLE, source=Source.OCSP, reason="no address")
            for url in certificate.ocsp_urls[:2]:
                try:
                    return await self._ask_responder(url, certificate, issuer, at)
                except EvidenceRefused as error:
                    refusal = error
            raise refusal

        return await self._answers.get((issuer.sha256, certificate.serial), fresh, ask)

    async def _ask_responder(
        self, url: str, certificate: Certificate, issuer: Certificate, at: datetime
    ) -> RevocationEvidence:
        assert self._fetcher is not None
        nonce = secrets.token_bytes(16)
        data = await self._fetcher.post(
            url,
            ocsp.build_request(certificate, issuer, nonce),
            content_type=ocsp.CONTENT_TYPE,
            max_bytes=self.policy.ocsp_max_bytes,
        )
        return ocsp.read_response(
            data,
            certificate=certificate,
            issuer=issuer,
            at=at,
            now=self._clock.now(),
            policy=self.policy,
            nonce=nonce,
        )

    async def _ask_crl(self, certificate: Certificate, issuer: Certificate, at: datetime) -> RevocationEvidence:
        base = await self._fetch_first(certificate.crl_urls, issuer)
        delta: Crl | None = None
        if certificate.delta_crl_urls:
            try:
                delta = await self._fetch_first(certificate.delta_crl_urls, issuer)
            except EvidenceRefused:
                # Without its delta the base still speaks, within its own times.
                delta = None
        return crls.judge(certificate, base, delta, at=at, now=self._clock.now(), policy=self.policy)

    async def _fetch_first(self, urls: tuple[str, ...], issuer: Certificate) -> Crl:
        refusal = EvidenceRefused(Code.REVOCATION_UNAVAILABLE, source=Source.CRL, reason="no address")
        for url in urls[:3]:
            try:
                return await self._fetch_list(url, issuer)
            except EvidenceRefused as error:
                refusal = error
        raise refusal

    async def _fetch_list(self, url: str, issuer: Certificate) -> Crl:
        def fresh(found: _FetchedCrl) -> bool:
            now = self._clock.now()
            ahead = found.crl.next_update is None or now < found.crl.next_update
            return ahead and found.fetched_at <= now < found.fetched_at + self.policy.crl_reuse

        async def fetch() -> _FetchedCrl:
            assert self._fetcher is not None
            data = await self._fetcher.get(url, max_bytes=self.policy.crl_max_bytes)
            confirmed = await _confirmed(data, issuer)
            return _FetchedCrl(confirmed, self._clock.now())

        return (await self._lists.get((url, issuer.sha256), fresh, fetch)).crl

    async def _judge_stored(
        self, stored: StoredEvidence, certificate: Certificate, issuer: Certificate, at: datetime
    ) -> RevocationEvidence:
        refusal = EvidenceRefused(Code.REVOCATION_UNAVAILABLE, source="kept", reason="nothing about this certificate")
        now = self._clock.now()
        for data in stored.ocsp:
            try:
                return ocsp.read_response(
                    data, certificate=certificate, issuer=issuer, at=at, now=now, policy=self.policy
                )
            except EvidenceRefused as error:
                refusal = max(refusal, error, key=lambda one: _GRAVITY[one.code])
        confirmed: list[Crl] = []
        for data in stored.crls:
            try:
                found = crls.read_crl(data)
                crls.check_issuer(found, issuer)
                confirmed.append(found)
            except EvidenceRefused as error:
                refusal = max(refusal, error, key=lambda one: _GRAVITY[one.code])
        delta = next((found for found in confirmed if found.base_number is not None), None)
        for base in confirmed:
            if base.base_number is None:
                try:
                    return crls.judge(certificate, base, delta, at=at, now=now, policy=self.policy)
                except EvidenceRefused as error:
                    refusal = error
        raise EvidenceRefused(refusal.code, **{**refusal.facts, "source": "kept"})


async def _confirmed(data: bytes, issuer: Certificate) -> Crl:
    def confirm() -> Crl:
        found = crls.read_crl(data)
        crls.check_issuer(found, issuer)
        return found

    return confirm() if len(data) < _LARGE else await asyncio.to_thread(confirm)
