"""Signed CMS judged: form, cryptography, time stamp, trust, the signer's right; a verdict for every signer.

The moment is the one that the caller gave; else that of a verified time stamp over the signature; else the present.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from gateway.eds.algorithms import ALGORITHMS, Algorithms
from gateway.eds.certificate import Certificate
from gateway.eds.cms.evidence import kept_evidence
from gateway.eds.cms.reader import SignedData, SignerInfo, read_cms
from gateway.eds.cms.verification import CmsSignature, covered_content, verify_signer
from gateway.eds.errors import EdsError
from gateway.eds.evidence import Evidence
from gateway.eds.policies import Policy
from gateway.eds.revocation.evidence import StoredEvidence
from gateway.eds.stamped import JudgedTimestamp, MomentJudge, speaking
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import MomentReason, Verdict, worst

_INLINE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class JudgedSigner:
    """One signer: the verdict, and the signature whenever it is cryptographically good."""

    verdict: Verdict
    signature: CmsSignature | None = None
    timestamps: tuple[JudgedTimestamp, ...] = ()

    @property
    def timestamp(self) -> JudgedTimestamp | None:
        """The time stamp that speaks for the signature: the earliest trusted one, else the first that is there."""
        return speaking(self.timestamps)

    def to_json(self) -> dict[str, object]:
        """Return the signer with plain values."""
        signature = self.signature
        return {
            **self.verdict.to_json(),
            "form": signature.form if signature else None,
            "algorithm": signature.signature_method.name if signature else None,
            "signing_time": signature.signing_time.isoformat() if signature and signature.signing_time else None,
            "timestamp": self.timestamp.to_json() if self.timestamp else None,
        }


@dataclass(frozen=True, slots=True)
class CmsJudgement:
    """The verdict that decides, and how each signer came to his."""

    verdict: Verdict
    signers: tuple[JudgedSigner, ...] = ()

    @property
    def content(self) -> bytes | None:
        """What every signer signed; nothing when one of the signatures is cryptographically bad."""
        covered = [signer.signature.covered if signer.signature else None for signer in self.signers]
        return covered[0] if covered and None not in covered else None

    def to_json(self) -> dict[str, object]:
        """Return everything with plain values, without the content."""
        return {**self.verdict.to_json(), "signers": [signer.to_json() for signer in self.signers]}


async def verify_signed_cms(
    data: bytes,
    checker: CertificateChecker,
    *policies: Policy,
    content: bytes | None = None,
    at: datetime | None = None,
    by_timestamp: bool = True,
    certificates: Iterable[Certificate] = (),
    algorithms: Algorithms = ALGORITHMS,
) -> CmsJudgement:
    """Check a CMS with all its signers; every one of them is held against the policies, and the worst decides.

    `content` is what a detached signature is over. Evidence kept inside is used where it speaks of the moment. No
    error escapes: what cannot be read has its verdict.
    """
    given, moment, reason = tuple(certificates), at or checker.clock.now(), MomentReason.of(at)
    try:
        read = await _off_the_loop(data, content, lambda: _read(data, content, given, algorithms))
    except EdsError as error:
        return CmsJudgement(Verdict.from_error(error, at=moment).judged_for(reason))
    judge = MomentJudge(checker, policies, at, by_timestamp=by_timestamp, algorithms=algorithms)
    signers = tuple([await _judged(one, judge, moment, reason) for one in read])
    return CmsJudgement(worst(signer.verdict for signer in signers), signers)


@dataclass(frozen=True, slots=True)
class _Checked:
    """A signer after the cryptographic check: good with what is kept beside it, or refused."""

    signature: CmsSignature | None
    evidence: Evidence
    refusal: EdsError | None = None


def _read(
    data: bytes, content: bytes | None, given: tuple[Certificate, ...], algorithms: Algorithms
) -> tuple[_Checked, ...]:
    signed = read_cms(data)
    covered = covered_content(signed, content)
    return tuple(_check(signed, signer, covered, given, algorithms) for signer in signed.signers)


def _check(
    signed: SignedData, signer: SignerInfo, covered: bytes, given: tuple[Certificate, ...], algorithms: Algorithms
) -> _Checked:
    try:
        signature = verify_signer(signed, signer, covered, certificates=given, algorithms=algorithms)
        return _Checked(signature, kept_evidence(signed, signer))
    except EdsError as error:
        return _Checked(None, Evidence(StoredEvidence()), error)


async def _judged(checked: _Checked, judge: MomentJudge, moment: datetime, reason: MomentReason) -> JudgedSigner:
    # A bad signature stays bad at every moment.
    if checked.signature is None:
        assert checked.refusal is not None
        return JudgedSigner(Verdict.from_error(checked.refusal, at=moment).judged_for(reason))
    verdict, stamps = await judge.judge(checked.signature, checked.evidence)
    return JudgedSigner(verdict, checked.signature, stamps)


async def _off_the_loop(
    data: bytes, content: bytes | None, read: Callable[[], tuple[_Checked, ...]]
) -> tuple[_Checked, ...]:
    if len(data) + len(content or b"") <= _INLINE_BYTES:
        return read()
    return await asyncio.to_thread(read)
