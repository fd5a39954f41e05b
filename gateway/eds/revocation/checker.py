"""Asks OCSP and CRL about one certificate in the order of the policy, and remembers the answers."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from functools import partial

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.errors import EvidenceRefused
from gateway.eds.gost.pace import at_its_pace
from gateway.eds.revocation import ocsp, status
from gateway.eds.revocation.cache import FreshCache
from gateway.eds.revocation.crl import Crl, read_head
from gateway.eds.revocation.evidence import NO_EVIDENCE, RevocationEvidence, Source, State, StoredEvidence
from gateway.eds.revocation.fetch import Fetcher
from gateway.eds.revocation.lists import Lists, Signers, confirm, indexed, nobody
from gateway.eds.revocation.policy import RevocationPolicy, gravest
from gateway.eds.revocation.store import ListStore

__all__ = ["RevocationChecker", "Signers"]

_Ask = Callable[[Certificate, Certificate, datetime], Awaitable[RevocationEvidence]]
_MAX_ADDRESSES, _MAX_KEPT = 6, 32


class RevocationChecker:
    """The status of certificates; without a fetcher only kept evidence is judged."""

    def __init__(
        self,
        fetcher: Fetcher | None,
        clock: Clock,
        policy: RevocationPolicy | None = None,
        *,
        store: ListStore | None = None,
        cached_answers: int = 10_000,
        cached_lists: int = 16,
    ) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self.policy = policy or RevocationPolicy()
        self._answers: FreshCache[tuple[str, int], RevocationEvidence] = FreshCache(cached_answers)
        self.lists = Lists(fetcher, clock, self.policy, store, size=cached_lists) if fetcher is not None else None

    async def judge(
        self,
        certificate: Certificate,
        issuer: Certificate,
        *,
        at: datetime,
        stored: StoredEvidence = NO_EVIDENCE,
        signers: Signers = nobody,
    ) -> RevocationEvidence:
        """Return a confirmed answer for the moment `at`; raises `EvidenceRefused` when there is none.

        `signers` finds who may have signed a list instead of the issuer's own key.
        """
        refusals: list[EvidenceRefused] = []
        # (1) About the past what was kept with the signature speaks first. About the present it is heard last, and by
        #     whoever could ask only when it speaks against the signer, who chose it: a list from before the revocation
        #     would otherwise carry a revoked key through an outage.
        past = at < self._clock.now() - self.policy.ocsp_max_age
        sources = self.policy.order.sources if self._fetcher is not None else ()
        ask_crl: _Ask = partial(self._ask_crl, signers)
        online: list[_Ask] = [self._ask_ocsp if source is Source.OCSP else ask_crl for source in sources]
        asked = online if self.policy.fallback else online[:1]
        kept: list[_Ask] = [partial(self._judge_stored, stored, signers)] if stored else []
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
        said = {refusal.facts.get("source", "network"): str(refusal)[:300] for refusal in refusals}
        raise EvidenceRefused(gravest(refusals).code, **said)

    def forget(self) -> None:
        """Forget every answer and list, as after a revocation that must be seen at once."""
        self._answers.clear()
        if self.lists is not None:
            self.lists.forget()

    @contextlib.asynccontextmanager
    async def renewing(self) -> AsyncIterator[None]:
        """Renew the lists in use before they expire, for as long as the context is open."""
        async with self.lists.renewing() if self.lists is not None else contextlib.nullcontext():
            yield

    def names_source(self, certificate: Certificate) -> bool:
        """Tell whether the certificate says where its status can be asked."""
        return bool(certificate.ocsp_urls or certificate.crl_urls)

    async def _ask_ocsp(self, certificate: Certificate, issuer: Certificate, at: datetime) -> RevocationEvidence:
        refusal = EvidenceRefused(Code.REVOCATION_UNAVAILABLE, source=Source.OCSP, reason="no address")
        if not certificate.ocsp_urls:
            raise refusal

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
            said = refusal
            for url in certificate.ocsp_urls[:2]:
                try:
                    return await self._ask_responder(url, certificate, issuer, at)
                except EvidenceRefused as error:
                    said = error
            raise said

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
        read = partial(
            ocsp.read_response,
            data,
            certificate=certificate,
            issuer=issuer,
            at=at,
            now=self._clock.now(),
            policy=self.policy,
            nonce=nonce,
        )
        return await at_its_pace(issuer.key_algorithm, read)

    async def _ask_crl(
        self, signers: Signers, certificate: Certificate, issuer: Certificate, at: datetime
    ) -> RevocationEvidence:
        assert self.lists is not None
        refusals: list[EvidenceRefused] = []
        found: list[Crl] = []
        for url in certificate.crl_urls[:_MAX_ADDRESSES]:
            try:
                base = await self.lists.get(url, issuer, signers)
                found.append(base)
                found.extend(await self._deltas(certificate.delta_crl_urls or base.delta_urls, issuer, signers))
                return status.judge(certificate, found, at=at, now=self._clock.now(), policy=self.policy)
            except EvidenceRefused as error:
                # Another address may hold a newer list, or the one about the other reasons.
                refusals.append(error)
        if not refusals:
            raise EvidenceRefused(Code.REVOCATION_UNAVAILABLE, source=Source.CRL, reason="no address")
        raise gravest(refusals)

    async def _deltas(self, urls: tuple[str, ...], issuer: Certificate, signers: Signers) -> tuple[Crl, ...]:
        assert self.lists is not None
        for url in urls[:_MAX_ADDRESSES]:
            try:
                return (await self.lists.get(url, issuer, signers),)
            except EvidenceRefused:
                continue
        # Without its delta the base still speaks, within its own times.
        return ()

    async def _judge_stored(
        self, stored: StoredEvidence, signers: Signers, certificate: Certificate, issuer: Certificate, at: datetime
    ) -> RevocationEvidence:
        refusals: list[EvidenceRefused] = []
        now = self._clock.now()
        for data in stored.ocsp[:_MAX_KEPT]:
            try:
                read = partial(ocsp.read_response, data, certificate=certificate, issuer=issuer, at=at, now=now)
                return await at_its_pace(issuer.key_algorithm, partial(read, policy=self.policy))
            except EvidenceRefused as error:
                refusals.append(error)
        confirmed: list[Crl] = []
        for data in stored.crls[:_MAX_KEPT]:
            try:
                head = read_head(data)
            except EvidenceRefused as error:
                refusals.append(error)
                continue
            try:
                await confirm(head, issuer, signers, self.policy)
                confirmed.append(await indexed(head))
            except EvidenceRefused as error:
                # What was kept holds lists of other authorities too; only one of this name may be a forgery.
                if head.issuer.same(issuer.subject.name):
                    refusals.append(error)
        if confirmed:
            try:
                return status.judge(certificate, confirmed, at=at, now=now, policy=self.policy)
            except EvidenceRefused as error:
                refusals.append(error)
        silence = EvidenceRefused(Code.REVOCATION_UNAVAILABLE, reason="nothing about this certificate")
        worst = gravest([*refusals, silence])
        # Who could ask does not condemn by an old list that somebody brought.
        old = worst.code is Code.CRL_EXPIRED and self._fetcher is not None
        code = Code.REVOCATION_STALE if old else worst.code
        raise EvidenceRefused(code, **{**worst.facts, "source": "kept"})
