"""The simulated НУЦ as its users in Python see it: issue, revoke, hold, expire, and the keys of demo people."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from gateway.store import Store, migrate
from simulators.nca.algorithms import ALGORITHMS
from simulators.nca.certificates import Addresses, Serial, Signer, public_key_info_of
from simulators.nca.chain import Chain, open_chain
from simulators.nca.errors import StatusRefused
from simulators.nca.holders import Holders
from simulators.nca.issuing import Issued, Issuing, to_pem
from simulators.nca.keys import KeysFolder, adopt_keys_of_one_chain
from simulators.nca.ledger import Entry, Issuer, Ledger
from simulators.nca.profile import Profile, utc_second
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
    chains: Mapping[str, Chain]
    ledger: Ledger
    issuings: Mapping[str, Issuing]
    holders: Holders
    responders: Responders
    publication: Publication

    @classmethod
    async def open(cls, store: Store, profile: Profile, keys_folder: Path, base_url: str) -> Authority:
        """Bring the schema up to date and find the chains of the last start; what is absent is made.

        `base_url` is where the HTTP application answers, with its path prefix; it stands in every certificate.
        Raises `AuthorityKeyLost` when the folder's keys are not those of a stored chain.
        """
        await migrate(store.database, MIGRATIONS)
        await asyncio.to_thread(adopt_keys_of_one_chain, keys_folder)
        database, clock = store.database, store.clock
        addresses = Addresses(base_url.rstrip("/"))
        ledger = Ledger(database)
        keys: dict[str, KeysFolder] = {}
        chains: dict[str, Chain] = {}
        issuings: dict[str, Issuing] = {}
        signers: dict[Issuer, Signer] = {}
        for name, own in profile.chains.items():
            keys[name] = KeysFolder(keys_folder / name, ALGORITHMS[own.algorithm])
            chains[name] = await open_chain(
                database, name, ledger=ledger, clock=clock, profile=profile, keys=keys[name], addresses=addresses
            )
            issuings[name] = Issuing(profile, chains[name], addresses, clock)
            signers.update(chains[name].signers)
        responders = Responders(
            database, ledger=ledger, issuings=issuings, keys=keys, profile=profile, base_url=addresses.base_url
        )
        for chain in chains:
            for responder in ResponderName:
                await responders.signer(chain, responder)
        return cls(
            store=store,
            profile=profile,
            addresses=addresses,
            chains=chains,
            ledger=ledger,
            issuings=issuings,
            holders=Holders(database, ledger, issuings, profile, addresses.base_url),
            responders=responders,
            publication=Publication(database, clock, profile.crl, signers),
        )

    def export(self, folder: Path) -> tuple[Path, ...]:
        """Write the authorities' certificates as PEM files into `folder` and return their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        files = []
        for name, certificate in self.ca_files().items():
            path = folder / f"{name}.pem"
            path.write_bytes(to_pem([certificate]))
            files.append(path)
        return tuple(files)

    def ca_files(self) -> dict[str, bytes]:
        """Return the authorities' certificates, DER, by the names under which they are published."""
        return {
            file: certificate
            for name, own in self.profile.chains.items()
            for file, certificate in (
                (own.root.file, self.chains[name].root.certificate),
                (own.issuing.file, self.chains[name].issuing.certificate),
            )
        }

    async def issue(
        self,
        template: str,
        subject: Subject,
        *,
        chain: str | None = None,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
    ) -> Issued:
        """Make a key and issue a certificate for it, under the first chain that has the template unless one is named.

        The validity period may lie wholly in the past: that is how a certificate that has run out is had.
        Raises `UnknownChain`, `UnknownTemplate`, `SubjectUnfit`, `ValidityRefused`.
        """
        name = chain or self.profile.chain_of_template(template)
        self.profile.chain(name).template(template)
        issuing = self.issuings[name]
        key = await issuing.new_key()
        entry = await issuing.make(template, subject, key.public_key_info, not_before=not_before, not_after=not_after)
        async with self.store.database.transaction() as conn:
            await self.ledger.add(conn, entry)
        return issuing.hand_over(entry, key)

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
        self.profile.chain(old.issuer.chain).template(old.template)
        issuing = self.issuings[old.issuer.chain]
        entry = await issuing.make(
            old.template,
            old.subject,
            public_key_info_of(old.certificate),
            not_after=issuing.now(old.template) - timedelta(seconds=1),
            key_is_known=True,
        )
        async with self.store.database.transaction() as conn:
            await self.ledger.change(
                conn,
                serial,
                to=CertificateStatus.REVOKED,
                reason=Reason.SUPERSEDED,
                at=issuing.status_time(),
            )
            await self.ledger.add(conn, entry)
            await self.holders.replace(conn, serial, entry)
        return entry

    async def _change(self, serial: Serial, to: CertificateStatus, reason: Reason | None) -> Entry:
        async with self.store.database.transaction() as conn:
            await self.ledger.change(conn, serial, to=to, reason=reason, at=utc_second(self.store.clock.now()))
        return await self.ledger.get(serial)
