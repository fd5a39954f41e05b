"""How revocation is judged: which source first, and how old is too old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from gateway.eds.codes import Code
from gateway.eds.errors import EvidenceRefused
from gateway.eds.revocation.evidence import Source


class Order(Enum):
    """Which source is asked first; the other is asked when it does not give a confirmed answer."""

    OCSP_FIRST = (Source.OCSP, Source.CRL)
    CRL_FIRST = (Source.CRL, Source.OCSP)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources in their order."""
        return self.value


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
    ocsp_max_bytes: int = 64 * 1024
    crl_max_bytes: int = 64 * 1024 * 1024

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
        age = self.authority_crl_max_age if authority else self.crl_max_age
        if source is Source.OCSP:
            age = self.ocsp_max_age
        if this_update > now + self.skew:
            problem = "made in the future"
        elif next_update is not None and next_update < at:
            problem = "its next update has passed"
        elif this_update < at - age:
            problem = "older than the policy allows"
        else:
            return
        raise EvidenceRefused(
            Code.REVOCATION_STALE, source=source, reason=problem, this_update=this_update.isoformat(), at=at.isoformat()
        )
