"""Whether the signers of a file may be trusted: path, period and revocation, and whose key it must be."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gateway.clock import Clock
from gateway.eds.codes import Code, Status
from gateway.eds.errors import EvidenceRefused
from gateway.eds.evidence import Evidence
from gateway.eds.policies import Policy, bin_is, may_sign, role_in
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.evidence import State, StoredEvidence
from gateway.eds.roles import Role
from gateway.eds.trust import Anchors, CertificateChecker, TrustPolicy
from gateway.eds.verdict import Verdict, worst
from gateway.eds.xmldsig import XmlSignature
from gateway.results.document import Authority, ResultDocument


class RevocationRule(StrEnum):
    """What is asked of the evidence on revocation."""

    REQUIRED = "required"
    IF_AVAILABLE = "if-available"
    NONE = "none"


def signer_policies(document: ResultDocument) -> tuple[Policy, ...]:
    """Return what the signer of a result must be: an official of the issuer who may sign, or the portal's system."""
    if document.authority is Authority.PORTAL:
        return bin_is(document.issuer.bin), role_in({Role.INFORMATION_SYSTEM}), may_sign()
    return bin_is(document.issuer.bin), role_in({Role.HEAD, Role.SIGNING_RIGHT}), may_sign()


@dataclass(frozen=True, slots=True)
class SignerJudge:
    """Judges signers without the network, by the evidence in the file and the evidence given beside it."""

    anchors: Anchors
    clock: Clock
    rule: RevocationRule
    given: StoredEvidence = field(default_factory=StoredEvidence)

    async def judge(self, signature: XmlSignature, evidence: Evidence, at: datetime) -> Verdict:
        """Judge one signer by each source apart, so that a kept "good" cannot hide a given "revoked"."""
        policy = TrustPolicy(check_issuers=False)
        certificate = signature.certificate
        intermediates = (*signature.chain, *evidence.certificates)
        # (1) Path and period: what they refuse, no evidence can mend.
        without = CertificateChecker(self.anchors, None, self.clock, policy)
        trusted = await without.check(certificate, intermediates=intermediates, at=at)
        if self.rule is RevocationRule.NONE or not trusted.valid:
            return trusted
        # (2) Every source of evidence for itself; one that says "revoked" decides.
        revocation = RevocationChecker(None, self.clock)
        checker = CertificateChecker(self.anchors, revocation, self.clock, policy)
        sources = self._sources(evidence)
        verdicts = [
            await checker.check(certificate, intermediates=intermediates, at=at, stored=source) for source in sources
        ]
        refused = [verdict for verdict in verdicts if verdict.status is Status.INVALID]
        refused += [
            verdict for source in sources for verdict in await _refused_issuers(trusted, revocation, source, at)
        ]
        if refused:
            return refused[0]
        # (3) One that says "good" is enough; without one the rule decides.
        confirmed = [verdict for verdict in verdicts if verdict.valid]
        if confirmed:
            return confirmed[0]
        if self.rule is RevocationRule.IF_AVAILABLE:
            return trusted
        if verdicts:
            return worst(verdicts)
        return Verdict.of(Code.REVOCATION_UNAVAILABLE, at=at, certificate=certificate, path=trusted.path)

    def _sources(self, evidence: Evidence) -> list[StoredEvidence]:
        answers = [StoredEvidence(ocsp=(answer,)) for answer in self.given.ocsp]
        # A delta list means something only beside its base, so the lists stay together.
        lists = StoredEvidence(crls=self.given.crls)
        return [source for source in (evidence.revocation, *answers, lists) if source]


async def _refused_issuers(
    trusted: Verdict, revocation: RevocationChecker, source: StoredEvidence, at: datetime
) -> list[Verdict]:
    """Return a refusal for every authority of the path that the evidence names as revoked."""
    refused: list[Verdict] = []
    for subject, issuer in zip(trusted.path[1:], trusted.path[2:], strict=False):
        try:
            answer = await revocation.judge(subject, issuer, at=at, stored=source)
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
