"""What is known of a certificate's status: the answer itself, its source and its times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum


class Source(StrEnum):
    """Where an answer came from."""

    OCSP = "ocsp"
    CRL = "crl"


class State(StrEnum):
    """What an answer says of the certificate."""

    GOOD = "good"
    REVOKED = "revoked"
    ON_HOLD = "on-hold"
    NOT_ISSUED = "not-issued"


class Reason(Enum):
    """Why a certificate was revoked (RFC 5280 section 5.3.1)."""

    UNSPECIFIED = 0
    KEY_COMPROMISE = 1
    CA_COMPROMISE = 2
    AFFILIATION_CHANGED = 3
    SUPERSEDED = 4
    CESSATION_OF_OPERATION = 5
    CERTIFICATE_HOLD = 6
    REMOVE_FROM_CRL = 8
    PRIVILEGE_WITHDRAWN = 9
    AA_COMPROMISE = 10


@dataclass(frozen=True, slots=True)
class RevocationEvidence:
    """One confirmed answer, with the bytes that let anyone confirm it again."""

    source: Source
    state: State
    this_update: datetime
    next_update: datetime | None
    produced_at: datetime
    signer: str
    raw: Sequence[bytes]
    """The OCSP response, or the base CRL and after it the delta."""
    revoked_at: datetime | None = None
    reason: Reason | None = None
    url: str | None = None

    def state_at(self, moment: datetime) -> State:
        """Return what the answer says for an earlier moment.

        A revocation counts from its own time on, but a compromised key counts always; a hold counts from its time on.
        """
        if self.revoked_at is None or moment >= self.revoked_at:
            return self.state
        if self.state is State.REVOKED and self.reason not in {Reason.KEY_COMPROMISE, Reason.CA_COMPROMISE}:
            return State.GOOD
        return State.GOOD if self.state is State.ON_HOLD else self.state

    def to_json(self) -> dict[str, object]:
        """Return the answer with plain values, without the bytes."""
        return {
            "source": str(self.source),
            "state": str(self.state),
            "this_update": self.this_update.isoformat(),
            "next_update": self.next_update.isoformat() if self.next_update else None,
            "produced_at": self.produced_at.isoformat(),
            "signer": self.signer,
            "revoked_at": self.revoked_at.isoformat() if self.revoked_at else None,
            "reason": self.reason.name.lower().replace("_", "-") if self.reason else None,
            "url": self.url,
        }


@dataclass(frozen=True, slots=True)
class StoredEvidence:
    """Answers that were kept with a signature, to be judged without asking anyone."""

    ocsp: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ocsp or self.crls)


NO_EVIDENCE = StoredEvidence()
"""Nothing was kept."""
