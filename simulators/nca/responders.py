"""The keys that answer in the НУЦ's name: the OCSP responder and the time-stamping authority of each chain.

Their certificates run out like any other; a new key and certificate are made when the clock, moved either way, has
left the validity period, or when the НУЦ has moved to another address.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from enum import StrEnum

from gateway.store.database import Database
from simulators.nca.certificates import Serial, Signer, key_identifier, public_key_info_of
from simulators.nca.errors import UnknownCertificate
from simulators.nca.issuing import Issuing
from simulators.nca.keys import KeysFolder
from simulators.nca.ledger import Entry, Ledger
from simulators.nca.profile import OcspProfile, Profile, TsaProfile
from simulators.nca.subject import Subject


class ResponderName(StrEnum):
    """The two responders of a chain."""

    OCSP = "ocsp"
    TSA = "tsa"


class Responders:
    """The table `responder`, which nobody else writes."""

    def __init__(
        self,
        database: Database,
        *,
        ledger: Ledger,
        issuings: Mapping[str, Issuing],
        keys: Mapping[str, KeysFolder],
        profile: Profile,
        base_url: str,
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._issuings = issuings
        self._keys = keys
        self._profile = profile
        self._base_url = base_url
        self._ready: dict[tuple[str, ResponderName], tuple[Entry, Signer]] = {}
        self._lock = asyncio.Lock()

    async def signer(self, chain: str, name: ResponderName) -> Signer:
        """Return the certificate and key of a chain's responder, valid now."""
        ready = self._ready.get((chain, name))
        if ready is not None and self._fits(ready[0]):
            return ready[1]
        async with self._lock:
            ready = self._ready.get((chain, name))
            if ready is None or not self._fits(ready[0]):
                ready = await self._stored(chain, name) or await self._renewed(chain, name)
                self._ready[chain, name] = ready
        return ready[1]

    def _fits(self, entry: Entry) -> bool:
        now = self._issuings[entry.issuer.chain].now(entry.template)
        return entry.not_before <= now < entry.not_after and entry.base_url == self._base_url

    async def _stored(self, chain: str, name: ResponderName) -> tuple[Entry, Signer] | None:
        serial = await self._database.fetchval("SELECT serial FROM responder WHERE name = $1", f"{chain}-{name}")
        if serial is None:
            return None
        try:
            entry = await self._ledger.get(Serial(serial))
        except UnknownCertificate:
            return None
        key = await asyncio.to_thread(self._keys[chain].open, name, bits=self._profile.key_bits.holder)
        same_key = key_identifier(key.public_key_info) == key_identifier(public_key_info_of(entry.certificate))
        if not (same_key and self._fits(entry)):
            return None
        return entry, Signer(entry.certificate, key, self._issuings[chain].algorithm)

    async def _renewed(self, chain: str, name: ResponderName) -> tuple[Entry, Signer]:
        own = self._profile.chain(chain)
        form: OcspProfile | TsaProfile = own.ocsp if name is ResponderName.OCSP else own.tsa
        subject = Subject(common_name=form.subject.common_name, organisation=form.subject.organisation)
        key = await asyncio.to_thread(self._keys[chain].renew, name, bits=self._profile.key_bits.holder)
        entry = await self._issuings[chain].make(form.template, subject, key.public_key_info)
        async with self._database.transaction() as conn:
            await self._ledger.add(conn, entry)
            await conn.execute(
                "INSERT INTO responder (name, serial) VALUES ($1, $2) "
                "ON CONFLICT (name) DO UPDATE SET serial = excluded.serial",
                f"{chain}-{name}",
                entry.serial,
            )
        return entry, Signer(entry.certificate, key, self._issuings[chain].algorithm)
