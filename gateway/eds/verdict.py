"""The verdict: one of three values, why, against what, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from gateway.eds.certificate import Certificate
from gateway.eds.codes import ROWS, Code, Status
from gateway.eds.errors import EdsError
from gateway.eds.revocation.evidence import RevocationEvidence
from gateway.texts import Text

__all__ = ["Code", "MomentReason", "Status", "Verdict", "worst"]

_SEVERITY = {Status.VALID: 0, Status.UNDETERMINED: 1, Status.INVALID: 2}


class MomentReason(StrEnum):
    """Why a verdict speaks of its moment."""

    NOW = "now"
    GIVEN = "given"
    TIMESTAMP = "timestamp"

    @classmethod
    def of(cls, at: datetime | None) -> MomentReason:
        """Tell a moment that the caller gave from the present."""
        return cls.NOW if at is None else cls.GIVEN


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check came to; `judged_at` is the moment for which it holds."""

    status: Status
    code: Code
    judged_at: datetime
    certificate: Certificate | None = None
    revocation: RevocationEvidence | None = None
    path: tuple[Certificate, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    authorities_revocation: tuple[RevocationEvidence, ...] = ()
    """The answers about the authorities of the path, to be kept beside the certificate's own."""
    moment_reason: MomentReason = MomentReason.NOW

    @classmethod
    def of(
        cls,
        code: Code,
        *,
        at: datetime,
        certificate: Certificate | None = None,
        revocation: RevocationEvidence | None = None,
        path: tuple[Certificate, ...] = (),
        facts: Mapping[str, str] | None = None,
        authorities_revocation: tuple[RevocationEvidence, ...] = (),
    ) -> Verdict:
        """Make the verdict that a code stands for."""
        return cls(
            ROWS[code].status, code, at, certificate, revocation, path, dict(facts or {}), authorities_revocation
        )

    @classmethod
    def from_error(cls, error: EdsError, *, at: datetime, certificate: Certificate | None = None) -> Verdict:
        """Make the verdict that an error of the room stands for."""
        return cls.of(error.code, at=at, certificate=certificate, facts=error.facts)

    def judged_for(self, reason: MomentReason) -> Verdict:
        """Return the same verdict with the reason for its moment."""
        return self if self.moment_reason is reason else replace(self, moment_reason=reason)

    @property
    def valid(self) -> bool:
        """Whether the answer is yes; undetermined is no yes."""
        return self.status is Status.VALID

    @property
    def text(self) -> Text:
        """What the verdict says, for a person."""
        return ROWS[self.code].text

    @property
    def advice(self) -> Text:
        """What to do about it, for a person."""
        return ROWS[self.code].advice

    def to_json(self) -> dict[str, object]:
        """Return the verdict with plain values."""
        return {
            "verdict": str(self.status),
            "code": str(self.code),
            "text": _languages(self.text),
            "advice": _languages(self.advice),
            "judged_at": self.judged_at.isoformat(),
            "moment_reason": str(self.moment_reason),
            "certificate": _certificate(self.certificate) if self.certificate else None,
            "path": [_certificate(certificate) for certificate in self.path],
            "revocation": self.revocation.to_json() if self.revocation else None,
            "authorities_revocation": [answer.to_json() for answer in self.authorities_revocation],
            "facts": dict(self.facts),
        }


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict that decides: invalid before undetermined before valid, the earliest of equals."""
    found = list(verdicts)
    if not found:
        raise ValueError("there is no verdict without a check")
    return max(found, key=lambda verdict: _SEVERITY[verdict.status])


def _languages(text: Text) -> dict[str, str]:
    return {"kk": text.kk, "ru": text.ru, "en": text.en}


def _certificate(certificate: Certificate) -> dict[str, object]:
    return {
        "serial": certificate.serial_hex,
        "subject": certificate.subject.dn,
        "issuer": certificate.issuer_dn,
        "iin": certificate.subject.iin,
        "bin": certificate.subject.bin,
        "name": certificate.subject.common_name,
        "organisation": certificate.subject.organisation,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "purposes": sorted(certificate.purposes),
        "roles": sorted(role.name.lower().replace("_", "-") for role in certificate.roles),
        "sha256": certificate.sha256,
    }
