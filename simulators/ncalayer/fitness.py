"""Which keys the dialog offers for a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.eds.certificate import Certificate
from gateway.eds.roles import KeyPurpose


class Unfit(StrEnum):
    """Why a key is not offered."""

    PURPOSE = "purpose"
    USAGE = "usage"
    IIN = "iin"
    BIN = "bin"
    SERIAL = "serial"
    CHAIN = "chain"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Demands:
    """What a request asks of the key: commonUtils by its keyType, basics by its signerParams."""

    purpose: KeyPurpose | None = None
    usages: frozenset[str] = frozenset()
    iin: str = ""
    bin: str = ""
    serial: str = ""
    """Decimal or hexadecimal, as the page has it."""
    issuers: tuple[Certificate, ...] = ()
    """Certificates of which one must stand above the key; none means any (the real program's own list is the НУЦ's)."""
    live_only: bool = False
    """Refuse a certificate that is not valid at the moment."""

    def why_unfit(self, certificate: Certificate, now: datetime) -> Unfit | None:
        """Return the first demand that the certificate does not meet."""
        unmet = {
            Unfit.PURPOSE: self.purpose is not None and self.purpose not in certificate.purposes,
            Unfit.USAGE: not self.usages <= certificate.extended_usages,
            Unfit.IIN: bool(self.iin) and certificate.subject.iin != self.iin,
            Unfit.BIN: bool(self.bin) and certificate.subject.bin != self.bin,
            Unfit.SERIAL: bool(self.serial) and not _same_serial(self.serial, certificate.serial),
            Unfit.CHAIN: bool(self.issuers) and not any(_stands_above(one, certificate) for one in self.issuers),
            Unfit.EXPIRED: self.live_only and not certificate.not_before <= now <= certificate.not_after,
        }
        return next((reason for reason, is_so in unmet.items() if is_so), None)


def _same_serial(text: str, serial: int) -> bool:
    text = text.strip().replace(":", "").replace(" ", "")
    readings = set()
    for base in (10, 16):
        try:
            readings.add(int(text, base))
        except ValueError:
            continue
    return serial in readings


def _stands_above(issuer: Certificate, certificate: Certificate) -> bool:
    if not issuer.subject.name.same(certificate.issuer):
        return False
    return issuer.ski is None or certificate.aki is None or issuer.ski == certificate.aki
