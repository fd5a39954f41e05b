"""What the site stands on: who is believed, where revocation is asked, and which keys may have signed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.policies import Objection, Policy, judge, may_sign
from gateway.eds.revocation.checker import RevocationChecker, Signers
from gateway.eds.revocation.evidence import NO_EVIDENCE, RevocationEvidence, StoredEvidence
from gateway.eds.revocation.fetch import Fetcher
from gateway.eds.revocation.lists import nobody
from gateway.eds.revocation.policy import Order
from gateway.eds.roles import ExtendedUsage, KeyPurpose
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.verdict import Verdict, worst
from gateway.web.checks.requests import CheckingRequest, RevocationSource


class ChosenSource(RevocationChecker):
    """Asks the one source that a client names about the signer, and both as ever about authorities and time stamps.

    The client chose for the signer: an issuing authority of the НУЦ is in the root's list and has no responder.
    """

    def __init__(self, standard: RevocationChecker, fetcher: Fetcher, clock: Clock, source: RevocationSource) -> None:
        order = Order.OCSP_FIRST if source is RevocationSource.OCSP else Order.CRL_FIRST
        super().__init__(fetcher, clock, replace(standard.policy, order=order, fallback=False))
        self.lists = standard.lists
        self._standard = standard

    async def judge(
        self,
        certificate: Certificate,
        issuer: Certificate,
        *,
        at: datetime,
        stored: StoredEvidence = NO_EVIDENCE,
        signers: Signers = nobody,
    ) -> RevocationEvidence:
        """Return a confirmed answer of the source; raises `EvidenceRefused` when there is none."""
        if certificate.is_authority or ExtendedUsage.TIME_STAMPING in certificate.extended_usages:
            return await self._standard.judge(certificate, issuer, at=at, stored=stored, signers=signers)
        return await super().judge(certificate, issuer, at=at, stored=stored, signers=signers)


@dataclass(frozen=True, slots=True)
class Checkers:
    """One checker for each way of asking about revocation; they share their anchors."""

    standard: CertificateChecker
    """The policy of the gateway: one source, and the other when it is silent."""
    ocsp: CertificateChecker
    crl: CertificateChecker
    unasked: CertificateChecker
    """Path and periods only."""

    @classmethod
    def over(cls, anchors: Anchors, revocation: RevocationChecker, fetcher: Fetcher, clock: Clock) -> Checkers:
        """Make them from the gateway's own way of asking; fetched lists are one store for all."""

        def only(source: RevocationSource) -> CertificateChecker:
            return CertificateChecker(anchors, ChosenSource(revocation, fetcher, clock, source), clock)

        return cls(
            standard=CertificateChecker(anchors, revocation, clock),
            ocsp=only(RevocationSource.OCSP),
            crl=only(RevocationSource.CRL),
            unasked=CertificateChecker(anchors, None, clock),
        )


@dataclass(frozen=True, slots=True)
class Stamping:
    """Where time stamps are taken."""

    url: str
    fetcher: Fetcher
    policy: str | None = None
    """The policy (OID) that is asked for when the client names none; without it the authority chooses."""


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks that the site offers."""

    checkers: Checkers
    clock: Clock
    always_ask: bool = True
    """Ask about revocation when the client names no source; NCANode then asks nobody."""
    authentication_keys: bool = False
    """Whether a document signed with a key for authentication only is good."""
    stamping: Stamping | None = None

    def chosen(self, request: CheckingRequest) -> tuple[CertificateChecker, ...]:
        """Return the checkers for the sources that the client names; each of them must confirm."""
        named = {RevocationSource.CRL: self.checkers.crl, RevocationSource.OCSP: self.checkers.ocsp}
        found = tuple(checker for source, checker in named.items() if source in request.revocation_check)
        return found or ((self.checkers.standard,) if self.always_ask else (self.checkers.unasked,))

    @property
    def signer_policy(self) -> Policy:
        """What the key under a document must be for."""
        return _for_either if self.authentication_keys else may_sign()


async def verdicts_of(
    certificate: Certificate,
    checkers: Sequence[CertificateChecker],
    *policies: Policy,
    intermediates: Iterable[Certificate] = (),
    at: datetime | None = None,
) -> tuple[Verdict, ...]:
    """Judge a certificate by each of the checkers, then its holder's right."""
    given = tuple(intermediates)
    trusted = [await checker.check(certificate, intermediates=given, at=at) for checker in checkers]
    return tuple(with_right(verdict, certificate, *policies) for verdict in trusted)


def with_right(verdict: Verdict, certificate: Certificate, *policies: Policy) -> Verdict:
    """Hold a judged certificate against the rules; an objection decides even while revocation is undetermined."""
    return worst((verdict, judge(certificate, *policies, at=verdict.judged_at)))


def for_transport(certificate: Certificate) -> Objection | None:
    """Demand of a system's key that it be for signing or for authentication: messages are signed with either."""
    return _for_either(certificate)


def _for_either(certificate: Certificate) -> Objection | None:
    return None if certificate.purposes & frozenset(KeyPurpose) else Objection(Code.KEY_NOT_FOR_SIGNING)
