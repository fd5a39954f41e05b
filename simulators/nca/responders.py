"""The keys that answer in the НУЦ's name: the OCSP responder's and the time-stamping authority's.

Their certificates run out like any other; a new key and certificate are made when the clock, moved either way, has
left the validity period, or when the НУЦ has moved to another address.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum

from gateway.store.database import Database
from simulators.nca.algorithms import ALGORITHMS
from simulators.nca.certificates import Serial, Signer, key_identifier, public_key_info_of
from simulators.nca.errors import UnknownCertificate
from simulators.nca.issuing import Issuing
from simulators.nca.keys import KeysFolder
from simulators.nca.ledger import Entry, Ledger
from simulators.nca.profile import OcspProfile, Profile, TsaProfile
from simulators.nca.subject import Subject


class ResponderName(StrEnum):
    """The two responders."""

    OCSP = "ocsp"
    TSA = "tsa"


class Responders:
    """The table `responder`, which nobody else writes."""

    def __init__(
        self, database: Database, *, ledger: Ledger, issuing: Issuing, keys: KeysFolder, profile: Profile, base_url: str
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._issuing = issuing
        self._keys = keys
        self._profile = profile
        self._base_url = base_url
        self._ready: dict[ResponderName, tuple[Entry, Signer]] = {}
        self._lock = asyncio.Lock()

    async def signer(self, name: ResponderName) -> Signer:
        """Return the responder's certificate and key, valid now."""
        ready = self._ready.get(name)
        if ready is not None and self._fits(ready[0]):
            return ready[1]
        async with self._lock:
            ready = self._ready.get(name)
            if ready is None or not self._fits(ready[0]):
                ready = await self._stored(name) or await self._renewed(name)
                self._ready[name] = ready
        return ready[1]

    def _fits(self, entry: Entry) -> bool:
        now = self._issuing.now(entry.template)
        return entry.not_before <= now < entry.not_after and entry.base_url == self._base_url

    async def _stored(self, name: ResponderName) -> tuple[Entry, Signer] | None:
        serial = await self._database.fetchval("SELECT serial FROM responder WHERE name = $1", name)
        if serial is None:
            return None
        try:
            entry = await self._ledger.get(Serial(serial))
        except UnknownCertificate:
            return None
        key = await asyncio.to_thread(self._keys.open, name, bits=self._profile.key_bits.holder)
        same_key = key_identifier(key.public_key_info) == key_identifier(public_key_info_of(entry.certificate))
        if not (same_key and self._fits(entry)):
            return None
        return entry, Signer(entry.certificate, key, ALGORITHMS[self._profile.algorithm])

    async def _renewed(self, name: ResponderName) -> tuple[Entry, Signer]:
        form: OcspProfile | TsaProfile = self._profile.ocsp if name is ResponderName.OCSP else self._profile.tsa
        subject = Subject(common_name=form.subject.common_name, organisation=form.subject.organisation)
        key = await asyncio.to_thread(self._keys.renew, name, bits=self._profile.key_bits.holder)
        entry = await self._issuing.make(form.template, subject, key.public_key_info)
        async with self._database.transaction() as conn:
            await self._ledger.add(conn, entry)
            await conn.execute(
                "INSERT INTO responder (name, serial) VALUES ($1, $2) "
                "ON CONFLICT (name) DO UPDATE SET serial = excluded.serial",
                name,
                entry.serial,
            )
        return entry, Signer(entry.certificate, key, ALGORITHMS[self._profile.algorithm])
