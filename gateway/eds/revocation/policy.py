"""How revocation is judged: which source first, how old is too old, and what an expired list means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Any

from gateway.eds.algorithms import ALGORITHMS, Algorithms
from gateway.eds.codes import Code
from gateway.eds.errors import EvidenceRefused
from gateway.eds.revocation.evidence import Source

_GRAVITY = {
    Code.REVOCATION_UNAVAILABLE: 0,
    Code.REVOCATION_STALE: 1,
    Code.REVOCATION_FORGED: 2,
    Code.CRL_EXPIRED: 3,
}


class Order(Enum):
    """Which source is asked first; the other is asked when it does not give a confirmed answer."""

    OCSP_FIRST = (Source.OCSP, Source.CRL)
    CRL_FIRST = (Source.CRL, Source.OCSP)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources in their order."""
        return self.value

    @classmethod
    def named(cls, name: str) -> Order:
        """Return the order called `ocsp-first` or `crl-first`."""
        return cls[name.upper().replace("-", "_")]


class Profile(StrEnum):
    """A ready set of rules; none of them takes silence or an old word for a good one."""

    LENIENT = "lenient"
    """A list speaks until its own nextUpdate, an OCSP answer for an hour and without a nonce."""
    STANDARD = "standard"
    STRICT = "strict"
    """As the standard, but an expired list is negative (order 500/НҚ, point 18), not only no answer."""


@dataclass(frozen=True, slots=True)
class RevocationPolicy:
    """The settings of revocation checking; every default fails closed."""

    order: Order = Order.OCSP_FIRST
    fallback: bool = True
    ocsp_max_age: timedelta = timedelta(minutes=5)
    """How long before the judged moment an OCSP answer may have been made."""
    crl_max_age: timedelta = timedelta(hours=25)
    """How long before the judged moment the newest of base and delta CRL may have been made."""
    authority_crl_max_age: timedelta = timedelta(days=200)
    """The same for lists about authorities, which a root issues a few times a year."""
    reuse: timedelta = timedelta(seconds=60)
    """How long an OCSP answer is used again without asking anew; zero asks every time."""
    crl_reuse: timedelta = timedelta(minutes=30)
    """How long a CRL is used again without fetching it anew; nextUpdate comes first."""
    skew: timedelta = timedelta(seconds=60)
    """How far the clock of the authority may be ahead of ours."""
    nonce_required: bool = True
    """Whether an OCSP answer without the nonce that was sent is refused as a possible replay."""
    responder_nocheck: bool = True
    """Whether a delegated OCSP responder must carry ocsp-nocheck (RFC 6960 section 4.2.2.2.1)."""
    expired_crl_is_negative: bool = False
    """Whether a list past its nextUpdate makes the certificate invalid when nobody gives a better answer."""
    ocsp_max_bytes: int = 64 * 1024
    crl_max_bytes: int = 64 * 1024 * 1024
    algorithms: Algorithms = ALGORITHMS
    """The signature algorithms that answers and lists may be signed with."""

    @classmethod
    def of(cls, profile: Profile, **changes: Any) -> RevocationPolicy:
        """Return the rules of a profile with `changes`; a change that is `None` leaves the profile's own value."""
        given = {name: value for name, value in changes.items() if value is not None}
        return replace(_PROFILES[profile], **given)

    def check_times(
        self,
        *,
        source: Source,
        this_update: datetime,
        next_update: datetime | None,
        at: datetime,
        now: datetime,
        authority: bool = False,
    ) -> None:
        """Check that an answer speaks of the moment `at`; raises `EvidenceRefused` when it is stale.

        An answer made after `at` speaks of it as well; one made before may be older by the source's age only.
        """
        code = Code.REVOCATION_STALE
        age = self.authority_crl_max_age if authority else self.crl_max_age
        if source is Source.OCSP:
            age = self.ocsp_max_age
        if this_update > now + self.skew:
            problem = "made in the future"
        elif next_update is not None and next_update < at:
            problem = "its next update has passed"
            if source is Source.CRL and self.expired_crl_is_negative:
                code = Code.CRL_EXPIRED
        elif this_update < at - age:
            problem = "older than the policy allows"
        else:
            return
        raise EvidenceRefused(
            code, source=source, reason=problem, this_update=this_update.isoformat(), at=at.isoformat()
        )


def gravest(refusals: list[EvidenceRefused]) -> EvidenceRefused:
    """Return the refusal that says most of why there is no answer; the first of equals."""
    return max(refusals, key=lambda refusal: _GRAVITY.get(refusal.code, 0))


_PROFILES = {
    Profile.LENIENT: RevocationPolicy(
        ocsp_max_age=timedelta(hours=1),
        crl_max_age=timedelta(days=400),
        authority_crl_max_age=timedelta(days=400),
        nonce_required=False,
    ),
    Profile.STANDARD: RevocationPolicy(),
    Profile.STRICT: RevocationPolicy(expired_crl_is_negative=True),
}
