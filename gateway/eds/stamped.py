"""For which moment a signature is judged: the one that was given, that of a verified time stamp over it, or now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.eds.algorithms import ALGORITHMS, Algorithms
from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.errors import TimestampRefused
from gateway.eds.evidence import Evidence
from gateway.eds.policies import Policy
from gateway.eds.timestamps import Timestamp, judge_timestamp, verify_timestamp
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import MomentReason, Status, Verdict
from gateway.eds.verification import decide

_A_MATTER_OF_TIME = frozenset(
    {
        Code.CERTIFICATE_EXPIRED,
        Code.ISSUER_EXPIRED,
        Code.CERTIFICATE_REVOKED,
        Code.CERTIFICATE_ON_HOLD,
        Code.ISSUER_REVOKED,
        Code.REVOCATION_UNAVAILABLE,
        Code.REVOCATION_STALE,
        Code.REVOCATION_FORGED,
    }
)
"""What may have been otherwise when the signature was stamped."""


class StampedSignature(Protocol):
    """A cryptographically good signature of any form, with the tokens that came along."""

    @property
    def certificate(self) -> Certificate:
        """The signer's certificate."""

    @property
    def chain(self) -> tuple[Certificate, ...]:
        """Other certificates that came along."""

    @property
    def value(self) -> bytes:
        """What the time stamps are over."""

    @property
    def timestamp_tokens(self) -> tuple[bytes, ...]:
        """The tokens as they came, not checked."""


@dataclass(frozen=True, slots=True)
class JudgedTimestamp:
    """A time stamp over a signature, and whether its authority is trusted."""

    verdict: Verdict
    timestamp: Timestamp | None
    """Absent when the token is broken or about something else."""

    def to_json(self) -> dict[str, object]:
        """Return the time stamp with plain values."""
        return {**(self.timestamp.to_json() if self.timestamp else {}), "trust": self.verdict.to_json()}


def speaking(timestamps: Sequence[JudgedTimestamp]) -> JudgedTimestamp | None:
    """Return the time stamp that speaks for a signature: the earliest trusted one, else the first that is there."""
    trusted = [one for one in timestamps if one.verdict.valid]
    earliest = min(trusted, key=lambda one: one.verdict.judged_at, default=None)
    return earliest or next(iter(timestamps), None)


DECISIVE = frozenset({Code.TIMESTAMP_REFUSED, Code.TIMESTAMP_AHEAD})
"""With these of a time stamp nothing else is asked about the signature."""


@dataclass(frozen=True, slots=True)
class MomentJudge:
    """Judges signatures at the moment that fits; `at` given leaves time stamps out of account."""

    checker: CertificateChecker
    policies: tuple[Policy, ...] = ()
    at: datetime | None = None
    by_timestamp: bool = True
    """Whether a verified time stamp moves the moment; the present counts otherwise."""
    algorithms: Algorithms = ALGORITHMS

    async def judge(
        self, signature: StampedSignature, evidence: Evidence
    ) -> tuple[Verdict, tuple[JudgedTimestamp, ...]]:
        """Return the verdict and the time stamps that were looked at."""
        now, reason = self.at or self.checker.clock.now(), MomentReason.of(self.at)
        if self.at is not None or not self.by_timestamp:
            return await self._judge(signature, evidence, now, reason), ()
        # (1) The time stamps: one that is broken or about something else, or ahead of our clock, is not passed over.
        stamps = tuple([await self._timestamp(token, signature, evidence) for token in signature.timestamp_tokens])
        broken = next((one.verdict for one in stamps if one.verdict.code in DECISIVE), None)
        if broken is not None:
            return Verdict.of(broken.code, at=now, certificate=signature.certificate, facts=broken.facts), stamps
        # (2) The earliest trusted one proves that the signature was there: the certificate is judged for that moment.
        trusted = [one.verdict.judged_at for one in stamps if one.verdict.valid]
        if trusted:
            return await self._judge(signature, evidence, min(trusted), MomentReason.TIMESTAMP), stamps
        # (3) Without one the present counts; while a stamp may still come to be trusted, its absence settles nothing.
        verdict = await self._judge(signature, evidence, now, reason)
        unsettled = next((one.verdict for one in stamps if one.verdict.status is Status.UNDETERMINED), None)
        if unsettled is not None and verdict.code in _A_MATTER_OF_TIME:
            facts = {"now": str(verdict.code), "cause": str(unsettled.code), **unsettled.facts}
            verdict = Verdict.of(Code.TIMESTAMP_UNTRUSTED, at=now, certificate=signature.certificate, facts=facts)
        return verdict, stamps

    async def _judge(
        self, signature: StampedSignature, evidence: Evidence, moment: datetime, reason: MomentReason
    ) -> Verdict:
        trusted = await self.checker.check(
            signature.certificate,
            intermediates=(*signature.chain, *evidence.certificates),
            at=moment,
            stored=evidence.revocation,
        )
        return decide(trusted, signature.certificate, self.policies, moment).judged_for(reason)

    async def _timestamp(self, token: bytes, signature: StampedSignature, evidence: Evidence) -> JudgedTimestamp:
        others = (signature.certificate, *signature.chain, *evidence.certificates)
        try:
            stamp = verify_timestamp(token, signature.value, certificates=others, algorithms=self.algorithms)
        except TimestampRefused as error:
            verdict = Verdict.from_error(error, at=self.checker.clock.now()).judged_for(MomentReason.TIMESTAMP)
            return JudgedTimestamp(verdict, None)
        verdict = await judge_timestamp(stamp, self.checker, intermediates=others, stored=evidence.revocation)
        return JudgedTimestamp(verdict, stamp)
