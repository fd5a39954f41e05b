"""Judging without the network: by the evidence that lies in a file and by what is given beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code, Status
from gateway.eds.errors import EvidenceRefused
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.evidence import NO_EVIDENCE, State, StoredEvidence
from gateway.eds.revocation.policy import RevocationPolicy
from gateway.eds.trust import Anchors, CertificateChecker, TrustPolicy
from gateway.eds.verdict import Verdict, worst


class RevocationRule(StrEnum):
    """What is asked of the evidence on revocation."""

    REQUIRED = "required"
    IF_AVAILABLE = "if-available"
    NONE = "none"


class OfflineChecker(CertificateChecker):
    """Judges every source of evidence for itself, so that a kept "good" cannot hide a given "revoked"."""

    def __init__(
        self,
        anchors: Anchors,
        clock: Clock,
        *,
        rule: RevocationRule = RevocationRule.REQUIRED,
        given: StoredEvidence = NO_EVIDENCE,
        policy: TrustPolicy | None = None,
        revocation: RevocationPolicy | None = None,
    ) -> None:
        trust = replace(policy or TrustPolicy(), check_issuers=False)
        super().__init__(anchors, None, clock, trust)
        self._rule = rule
        self._given = given
        self._answers = RevocationChecker(None, clock, revocation)
        self._by_evidence = CertificateChecker(anchors, self._answers, clock, trust)

    async def check(
        self,
        certificate: Certificate,
        *,
        intermediates: Iterable[Certificate] = (),
        at: datetime | None = None,
        stored: StoredEvidence = NO_EVIDENCE,
    ) -> Verdict:
        """Judge a certificate for the moment `at` (now when not given) by `stored` and by what was given beside."""
        moment, others = at or self.clock.now(), tuple(intermediates)
        # (1) Path and period: what they refuse, no evidence can mend.
        trusted = await super().check(certificate, intermediates=others, at=moment)
        if self._rule is RevocationRule.NONE or not trusted.valid:
            return trusted
        # (2) Every source of evidence for itself; one that says "revoked" decides.
        sources = self._sources(stored)
        verdicts = [
            await self._by_evidence.check(certificate, intermediates=others, at=moment, stored=source)
            for source in sources
        ]
        refused = [verdict for verdict in verdicts if verdict.status is Status.INVALID]
        refused += [verdict for source in sources for verdict in await self._refused_issuers(trusted, source, moment)]
        if refused:
            return refused[0]
        # (3) One that says "good" is enough; without one the rule decides.
        confirmed = [verdict for verdict in verdicts if verdict.valid]
        if confirmed:
            return confirmed[0]
        if self._rule is RevocationRule.IF_AVAILABLE:
            return trusted
        if verdicts:
            return worst(verdicts)
        return Verdict.of(Code.REVOCATION_UNAVAILABLE, at=moment, certificate=certificate, path=trusted.path)

    def _sources(self, stored: StoredEvidence) -> list[StoredEvidence]:
        answers = [StoredEvidence(ocsp=(answer,)) for answer in self._given.ocsp]
        # A delta list means something only beside its base, so the lists stay together.
        lists = StoredEvidence(crls=self._given.crls)
        return [source for source in (stored, *answers, lists) if source]

    async def _refused_issuers(self, trusted: Verdict, source: StoredEvidence, at: datetime) -> list[Verdict]:
        """Return a refusal for every authority of the path that the evidence names as revoked."""
        refused: list[Verdict] = []
        for subject, issuer in zip(trusted.path[1:], trusted.path[2:], strict=False):
            try:
                answer = await self._answers.judge(subject, issuer, at=at, stored=source)
            except EvidenceRefused:
                continue
            if answer.state_at(at) is not State.GOOD:
                refused.append(
                    Verdict.of(
                        Code.ISSUER_REVOKED,
                        at=at,
                        certificate=trusted.certificate,
                        path=trusted.path,
                        revocation=answer,
                    )
                )
        return refused
