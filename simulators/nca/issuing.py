"""Issuing: from a template, a subject and a key to an entry of the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.clock import Clock, RealClock
from gateway.eds.certificate import read_certificate
from simulators.nca.algorithms import ALGORITHMS, KeyAlgorithm, PrivateKey
from simulators.nca.certificates import (
    Addresses,
    Serial,
    holder_certificate,
    key_identifier,
    random_serial,
    serial_of,
)
from simulators.nca.chain import Chain
from simulators.nca.errors import ValidityRefused
from simulators.nca.ledger import AuthorityName, Entry, Issuer
from simulators.nca.profile import Profile, utc_second
from simulators.nca.status import CertificateStatus, KnownStatus
from simulators.nca.subject import Subject


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with its key, handed to whom it was issued; the НУЦ does not keep the key."""

    serial: Serial
    certificate: bytes
    chain: tuple[bytes, ...]
    private_key: PrivateKey

    def pkcs12(self, password: str) -> bytes:
        """Return the key store with key, certificate and chain (slow by design: run it in a thread)."""
        name = key_identifier(self.private_key.public_key_info).hex()
        return self.private_key.pkcs12(name=name, certificate=self.certificate, chain=self.chain, password=password)

    def certificates_pem(self) -> bytes:
        """Return certificate and issuing authority as PEM, as TLS servers read them."""
        return to_pem((self.certificate, *self.chain[:-1]))


def to_pem(certificates: Sequence[bytes]) -> bytes:
    """Return DER certificates as one PEM text."""
    return "".join(read_certificate(one).pem for one in certificates).encode()


class Issuing:
    """A chain's issuing authority at work; it makes entries and leaves it to the caller to put them into the ledger."""

    def __init__(self, profile: Profile, chain: Chain, addresses: Addresses, clock: Clock) -> None:
        self._profile = profile
        self._own = profile.chain(chain.name)
        self._chain = chain
        self._addresses = addresses
        self._clock = clock
        self._real_clock = RealClock()

    @property
    def chain(self) -> str:
        """The name of the chain."""
        return self._chain.name

    @property
    def algorithm(self) -> KeyAlgorithm:
        """The algorithm of the chain's keys."""
        return ALGORITHMS[self._own.algorithm]

    def now(self, template: str) -> datetime:
        """Return the present moment for certificates of a template: real for TLS, simulated for all others."""
        real = self._own.template(template).real_time
        return utc_second((self._real_clock if real else self._clock).now())

    def status_time(self) -> datetime:
        """Return the moment at which a status changes now."""
        return utc_second(self._clock.now())

    async def new_key(self) -> PrivateKey:
        """Make a holder's key in a thread."""
        return await asyncio.to_thread(self.algorithm.generate, self._profile.key_bits.holder)

    async def make(
        self,
        template: str,
        subject: Subject,
        public_key_info: bytes,
        *,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        key_is_known: bool = False,
    ) -> Entry:
        """Make a certificate; raises `UnknownTemplate`, `SubjectUnfit`, `ValidityRefused`.

        The validity period begins now and lasts as long as the template says, unless it is given. A key that has a
        certificate already (`key_is_known`) gets a random serial number, where numbers are taken from keys.
        """
        form = self._own.template(template)
        length = timedelta(days=form.validity_days)
        if not_before is None:
            not_before = self.now(template) if not_after is None else not_after - length
        start = utc_second(not_before)
        end = utc_second(not_after or start + length)
        own = self._own.issuing
        if not (own.not_before <= start < end <= own.not_after):
            raise ValidityRefused(not_before=start.isoformat(), not_after=end.isoformat())
        certificate = await asyncio.to_thread(
            holder_certificate,
            profile=self._profile,
            chain=self._own,
            template=form,
            subject=subject,
            validity=(start, end),
            public_key_info=public_key_info,
            issuer=self._chain.issuing,
            addresses=self._addresses,
            serial=random_serial() if key_is_known else None,
        )
        return Entry(
            serial=serial_of(certificate),
            issuer=Issuer(self._chain.name, AuthorityName.ISSUING),
            template=template,
            subject=subject,
            certificate=certificate,
            not_before=start,
            not_after=end,
            issued_at=self.status_time(),
            base_url=self._addresses.base_url,
            known=KnownStatus(CertificateStatus.GOOD),
        )

    def hand_over(self, entry: Entry, key: PrivateKey) -> Issued:
        """Put an entry's certificate together with its key and chain."""
        return Issued(entry.serial, entry.certificate, self._chain.certificates, key)
