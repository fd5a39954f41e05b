"""Whether a certificate may be trusted at a moment: its path, its period, its revocation, in this order."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import pairwise

from gateway.clock import Clock
from gateway.eds.algorithms import ALGORITHMS, Algorithms
from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.errors import EvidenceRefused, PathRefused
from gateway.eds.extensions import KEY_USAGE
from gateway.eds.gost.pace import at_its_pace
from gateway.eds.names import Name
from gateway.eds.pathpolicy import ANY_POLICY, PathPolicy
from gateway.eds.paths import Anchors, find_path
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.evidence import NO_EVIDENCE, RevocationEvidence, State, StoredEvidence
from gateway.eds.revocation.scope import points
from gateway.eds.roles import KeyUsage
from gateway.eds.verdict import Verdict

__all__ = ["Anchors", "CertificateChecker", "PathPolicy", "TrustPolicy"]

_CODES = {
    State.REVOKED: Code.CERTIFICATE_REVOKED,
    State.ON_HOLD: Code.CERTIFICATE_ON_HOLD,
    State.NOT_ISSUED: Code.CERTIFICATE_NOT_KNOWN_TO_ISSUER,
}
_DEPTH, _MAX_SIGNERS = 2, 4


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """The settings of trust beside those of revocation."""

    check_issuers: bool = True
    """Whether authorities below the anchor are checked for revocation too."""
    cached_paths: int = 4096
    algorithms: Algorithms = ALGORITHMS
    """The algorithms of the path; `LEGACY_ALGORITHMS` only to judge old material."""
    paths: PathPolicy = ANY_POLICY
    """Which certificate policies are demanded; none by default."""


@dataclass(frozen=True, slots=True)
class _Question:
    given: tuple[Certificate, ...]
    at: datetime
    stored: StoredEvidence
    asking: tuple[Certificate, ...] = ()
    """Signers of lists about whom the question is still open, the last one asked last."""


class CertificateChecker:
    """Judges certificates against the operator's anchors; a path once built is remembered by the digest."""

    def __init__(
        self,
        anchors: Anchors,
        revocation: RevocationChecker | None,
        clock: Clock,
        policy: TrustPolicy | None = None,
    ) -> None:
        self._anchors = anchors
        self._revocation = revocation
        self._clock = clock
        self._policy = policy or TrustPolicy()
        self._paths: OrderedDict[str, tuple[Certificate, ...]] = OrderedDict()

    @property
    def clock(self) -> Clock:
        """The clock that "now" comes from."""
        return self._clock

    @property
    def algorithms(self) -> Algorithms:
        """The algorithms that signatures and certificates may be made with."""
        return self._policy.algorithms

    async def check(
        self,
        certificate: Certificate,
        *,
        intermediates: Iterable[Certificate] = (),
        at: datetime | None = None,
        stored: StoredEvidence = NO_EVIDENCE,
    ) -> Verdict:
        """Judge a certificate for the moment `at` (now when not given); `stored` is evidence kept with a signature."""
        question = _Question(tuple(dict.fromkeys(intermediates)), at or self._clock.now(), stored)
        return await self._judge(certificate, question)

    async def _judge(self, certificate: Certificate, question: _Question) -> Verdict:
        moment, stored = question.at, question.stored
        # (1) The path: first, because the addresses inside a certificate are asked only when its issuer is trusted.
        try:
            path = await self._path(certificate, question.given)
        except PathRefused as refusal:
            return Verdict.from_error(refusal, at=moment, certificate=certificate)
        # (2) The period of the certificate, then of its issuers.
        if (outside := _outside_period(path, moment)) is not None:
            return Verdict.of(outside, at=moment, certificate=certificate, path=path, facts=_period(certificate))
        # (3) Revocation of the certificate, then of the authorities between it and the anchor.
        evidence: list[RevocationEvidence] = []
        if self._revocation is not None:
            signers = partial(self._signers, path[-1], question)
            for place, (subject, issuer) in enumerate(pairwise(path)):
                if place and not self._is_checked(subject):
                    continue
                try:
                    answer = await self._revocation.judge(subject, issuer, at=moment, stored=stored, signers=signers)
                except EvidenceRefused as refusal:
                    facts = {**refusal.facts, "certificate": subject.serial_hex}
                    return Verdict.of(refusal.code, at=moment, certificate=certificate, path=path, facts=facts)
                evidence.append(answer)
                state = answer.state_at(moment)
                if state is not State.GOOD:
                    code = _CODES[state] if place == 0 else Code.ISSUER_REVOKED
                    return Verdict.of(
                        code, at=moment, certificate=certificate, path=path, revocation=answer, facts=_revoked(answer)
                    )
        return Verdict.of(
            Code.OK,
            at=moment,
            certificate=certificate,
            path=path,
            revocation=evidence[0] if evidence else None,
            authorities_revocation=tuple(evidence[1:]),
        )

    async def _signers(self, anchor: Certificate, question: _Question, name: Name) -> tuple[Certificate, ...]:
        """Find who of that name may sign lists under the same anchor and is good itself (RFC 5280 6.3.3 (f))."""
        found: list[Certificate] = []
        for candidate in dict.fromkeys((*self._anchors.trusted, *self._anchors.known, *question.given)):
            if len(found) >= _MAX_SIGNERS or not _may_sign_lists(candidate, name):
                continue
            if candidate in question.asking:
                # Nobody vouches for the list that vouches for him, unless his own issuer sent us to him for it.
                if candidate == question.asking[-1] and _is_his_own_source(candidate):
                    found.append(candidate)
            elif len(question.asking) < _DEPTH:
                further = replace(question, asking=(*question.asking, candidate))
                verdict = await self._judge(candidate, further)
                if verdict.valid and verdict.path[-1] == anchor:
                    found.append(verdict.path[0])
        return tuple(found)

    def _is_checked(self, authority: Certificate) -> bool:
        """Tell whether an authority's revocation is asked: one that the operator holds and names no source is not."""
        assert self._revocation is not None
        known = authority in self._anchors.known
        return self._policy.check_issuers and (self._revocation.names_source(authority) or not known)

    async def _path(self, certificate: Certificate, given: tuple[Certificate, ...]) -> tuple[Certificate, ...]:
        found = self._paths.get(certificate.sha256)
        if found is not None:
            self._paths.move_to_end(certificate.sha256)
            return found
        policy = self._policy
        find = partial(find_path, certificate, self._anchors, given, algorithms=policy.algorithms, policy=policy.paths)
        path = await at_its_pace(certificate.signature_algorithm, find)
        self._paths[certificate.sha256] = path
        while len(self._paths) > self._policy.cached_paths:
            self._paths.popitem(last=False)
        return path


def _may_sign_lists(candidate: Certificate, name: Name) -> bool:
    usage = KeyUsage.CRL_SIGN in candidate.key_usage or KEY_USAGE not in candidate.extensions
    return usage and candidate.subject.name.same(name)


def _is_his_own_source(candidate: Certificate) -> bool:
    """Tell whether a certificate names its holder as the one who lists its revocation (cRLIssuer of its points)."""
    try:
        return any(name.same(candidate.subject.name) for point in points(candidate) for name in point.issuers)
    except (ValueError, LookupError):
        return False


def _outside_period(path: tuple[Certificate, ...], moment: datetime) -> Code | None:
    certificate, *issuers = path
    if moment < certificate.not_before:
        return Code.CERTIFICATE_NOT_YET_VALID
    if moment > certificate.not_after:
        return Code.CERTIFICATE_EXPIRED
    if any(not issuer.not_before <= moment <= issuer.not_after for issuer in issuers):
        return Code.ISSUER_EXPIRED
    return None


def _period(certificate: Certificate) -> dict[str, str]:
    return {"not_before": certificate.not_before.isoformat(), "not_after": certificate.not_after.isoformat()}


def _revoked(answer: RevocationEvidence) -> dict[str, str]:
    facts = {"source": str(answer.source)}
    if answer.revoked_at is not None:
        facts["revoked_at"] = answer.revoked_at.isoformat()
    if answer.reason is not None:
        facts["reason"] = answer.reason.name.lower().replace("_", "-")
    return facts
