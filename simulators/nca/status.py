"""The status of a certificate and the reasons for which it changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CertificateStatus(StrEnum):
    """What the ledger says of a certificate; that it has run out is said by its validity period alone."""

    GOOD = "good"
    REVOKED = "revoked"
    HOLD = "hold"


class Reason(StrEnum):
    """CRLReason of RFC 5280 section 5.3.1, as far as a person's certificate can have it."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "key_compromise"
    AFFILIATION_CHANGED = "affiliation_changed"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessation_of_operation"
    CERTIFICATE_HOLD = "certificate_hold"
    REMOVE_FROM_CRL = "remove_from_crl"
    PRIVILEGE_WITHDRAWN = "privilege_withdrawn"

    @property
    def code(self) -> int:
        """The value of the ASN.1 enumeration."""
        return _CODES[self]


REVOCATION_REASONS = frozenset(Reason) - {Reason.CERTIFICATE_HOLD, Reason.REMOVE_FROM_CRL}
"""The reasons that `revoke` takes."""

_CODES = {
    Reason.UNSPECIFIED: 0,
    Reason.KEY_COMPROMISE: 1,
    Reason.AFFILIATION_CHANGED: 3,
    Reason.SUPERSEDED: 4,
    Reason.CESSATION_OF_OPERATION: 5,
    Reason.CERTIFICATE_HOLD: 6,
    Reason.REMOVE_FROM_CRL: 8,
    Reason.PRIVILEGE_WITHDRAWN: 9,
}


@dataclass(frozen=True, slots=True)
class KnownStatus:
    """A status with the moment and the reason of its last change; both are None for what never changed."""

    status: CertificateStatus
    reason: Reason | None = None
    changed_at: datetime | None = None
