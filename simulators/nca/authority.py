"""The simulated НУЦ as its users in Python see it: issue, revoke, hold, expire, and the keys of demo people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from gateway.store import Store, migrate
from simulators.nca.algorithms import ALGORITHMS
from simulators.nca.certificates import Addresses, Serial, public_key_info_of
from simulators.nca.chain import Chain, open_chain
from simulators.nca.errors import StatusRefused
from simulators.nca.holders import Holders
from simulators.nca.issuing import Issued, Issuing, to_pem
from simulators.nca.keys import KeysFolder
from simulators.nca.ledger import Entry, Ledger
from simulators.nca.profile import Profile
from simulators.nca.publication import Publication
from simulators.nca.responders import ResponderName, Responders
from simulators.nca.status import REVOCATION_REASONS, CertificateStatus, Reason
from simulators.nca.subject import Subject

MIGRATIONS = Path(__file__).with_name("migrations")


@dataclass(frozen=True, slots=True)
class Authority:
    """The whole НУЦ over its store and its folder of keys."""

    store: Store
    profile: Profile
    addresses: Addresses
    chain: Chain
    ledger: Ledger
    issuing: Issuing
    holders: Holders
    responders: Responders
    publication: Publication

    @classmethod
    async def open(cls, store: Store, profile: Profile, keys_folder: Path, base_url: str) -> Authority:
        """Bring the schema up to date and find the chain of the last start, or make the first one.

        `base_url` is where the HTTP application answers, with its path prefix; it stands in every certificate.
        Raises `AuthorityKeyLost` when the folder's keys are not those of the stored chain.
        """
        await migrate(store.database, MIGRATIONS)
        database, clock = store.database, store.clock
        addresses = Addresses(base_url.rstrip("/"))
        keys = KeysFolder(keys_folder, ALGORITHMS[profile.algorithm])
        ledger = Ledger(database)
        chain = await open_chain(database, ledger=ledger, clock=clock, profile=profile, keys=keys, addresses=addresses)
        issuing = Issuing(profile, chain, addresses, clock)
        responders = Responders(
            database, ledger=ledger, issuing=issuing, keys=keys, profile=profile, base_url=addresses.base_url
        )
        for name in ResponderName:
            await responders.signer(name)
        return cls(
            store=store,
            profile=profile,
            addresses=addresses,
            chain=chain,
            ledger=ledger,
            issuing=issuing,
            holders=Holders(database, ledger, issuing, profile, addresses.base_url),
            responders=responders,
            publication=Publication(database, clock, profile.crl, chain.signers),
        )

    @property
    def root_certificate(self) -> bytes:
        """The root's certificate, DER: the trust anchor."""
        return self.chain.root.certificate

    @property
    def issuing_certificate(self) -> bytes:
        """The issuing authority's certificate, DER."""
        return self.chain.issuing.certificate

    def export(self, folder: Path) -> tuple[Path, ...]:
        """Write both authorities' certificates as PEM files into `folder` and return their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        files = []
        for name, certificate in self.ca_files().items():
            path = folder / f"{name}.pem"
            path.write_bytes(to_pem([certificate]))
            files.append(path)
        return tuple(files)

    def ca_files(self) -> dict[str, bytes]:
        """Return the authorities' certificates by the names under which they are published."""
        return {
            self.profile.root.file: self.root_certificate,
            self.profile.issuing.file: self.issuing_certificate,
        }

    async def issue(
        self,
        template: str,
        subject: Subject,
        *,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
    ) -> Issued:
        """Make a key and issue a certificate for it; raises `UnknownTemplate`, `SubjectUnfit`, `ValidityRefused`.

        The validity period may lie wholly in the past: that is how a certificate that has run out is had.
        """
        self.profile.template(template)
        key = await self.issuing.new_key()
        entry = await self.issuing.make(
            template, subject, key.public_key_info, not_before=not_before, not_after=not_after
        )
        async with self.store.database.transaction() as conn:
            await self.ledger.add(conn, entry)
        return self.issuing.hand_over(entry, key)

    async def revoke(self, serial: Serial, reason: Reason = Reason.UNSPECIFIED) -> Entry:
        """Revoke for good; raises `UnknownCertificate`, `StatusRefused`."""
        if reason not in REVOCATION_REASONS:
            raise StatusRefused(serial=serial, reason=reason.value, allowed=sorted(REVOCATION_REASONS))
        return await self._change(serial, CertificateStatus.REVOKED, reason)

    async def hold(self, serial: Serial) -> Entry:
        """Suspend; raises `UnknownCertificate`, `StatusRefused`."""
        return await self._change(serial, CertificateStatus.HOLD, Reason.CERTIFICATE_HOLD)

    async def unhold(self, serial: Serial) -> Entry:
        """Lift a suspension; raises `UnknownCertificate`, `StatusRefused`."""
        return await self._change(serial, CertificateStatus.GOOD, None)

    async def expire(self, serial: Serial) -> Entry:
        """Let the holder's certificate have run out, and return the certificate that has.

        What is signed cannot be shortened: a certificate for the same key and subject, whose period ended one second
        ago, takes the old one's place in the holder's key store, and the old one is revoked as superseded.
        Raises `UnknownCertificate`; `StatusRefused` for what is revoked; `UnknownTemplate` for an authority's own.
        """
        old = await self.ledger.get(serial)
        self.profile.template(old.template)
        entry = await self.issuing.make(
            old.template,
            old.subject,
            public_key_info_of(old.certificate),
            not_after=self.issuing.now(old.template) - timedelta(seconds=1),
        )
        async with self.store.database.transaction() as conn:
            await self.ledger.change(
                conn,
                serial,
                to=CertificateStatus.REVOKED,
                reason=Reason.SUPERSEDED,
                at=self.issuing.status_time(),
            )
            await self.ledger.add(conn, entry)
            await self.holders.replace(conn, serial, entry)
        return entry

    async def _change(self, serial: Serial, to: CertificateStatus, reason: Reason | None) -> Entry:
        async with self.store.database.transaction() as conn:
            await self.ledger.change(conn, serial, to=to, reason=reason, at=self.issuing.status_time())
        return await self.ledger.get(serial)
