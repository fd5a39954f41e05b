"""A chain: its root and issuing authority, made at the first start and found again at every later one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from gateway.clock import Clock
from gateway.store.database import Connection, Database
from simulators.nca.algorithms import ALGORITHMS, PrivateKey
from simulators.nca.certificates import (
    Addresses,
    Signer,
    authority_certificate,
    key_identifier,
    public_key_info_of,
    random_serial,
)
from simulators.nca.errors import AuthorityKeyLost
from simulators.nca.keys import KeysFolder
from simulators.nca.ledger import AuthorityName, Entry, Issuer, Ledger
from simulators.nca.profile import ChainProfile, Profile, utc_second
from simulators.nca.status import CertificateStatus, KnownStatus
from simulators.nca.subject import Subject

_log = structlog.get_logger(__name__)

ISSUING_TEMPLATE = "issuing-authority"
"""How the ledger names what the issuing authority's own certificate was made by."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Both authorities of the chain called `name`, ready to sign."""

    name: str
    root: Signer
    issuing: Signer

    @property
    def certificates(self) -> tuple[bytes, bytes]:
        """The certificates from the issuing authority up to the root, DER."""
        return self.issuing.certificate, self.root.certificate

    @property
    def signers(self) -> Mapping[Issuer, Signer]:
        """Both by name."""
        return {
            Issuer(self.name, AuthorityName.ROOT): self.root,
            Issuer(self.name, AuthorityName.ISSUING): self.issuing,
        }


async def open_chain(
    database: Database,
    name: str,
    *,
    ledger: Ledger,
    clock: Clock,
    profile: Profile,
    keys: KeysFolder,
    addresses: Addresses,
) -> Chain:
    """Return the stored chain called `name`, made anew where it is absent; raises `AuthorityKeyLost`.

    When the НУЦ has moved to another address, the issuing authority's certificate is issued again for the same key,
    since it names the address; the root names none and stays.
    """
    bits, own = profile.key_bits.authority, profile.chain(name)
    root_name, issuing_name = Issuer(name, AuthorityName.ROOT), Issuer(name, AuthorityName.ISSUING)
    root_key, issuing_key = await asyncio.gather(
        asyncio.to_thread(keys.open, "root", bits=bits), asyncio.to_thread(keys.open, "issuing", bits=bits)
    )
    algorithm = ALGORITHMS[own.algorithm]
    async with database.transaction() as conn:
        await conn.execute("LOCK TABLE authority IN EXCLUSIVE MODE")
        rows = {Issuer.parse(row["name"]): row for row in await conn.fetch("SELECT * FROM authority")}

        stored = rows.get(root_name)
        if stored is None:
            certificate = authority_certificate(
                profile=own.root, key=root_key, algorithm=algorithm, issuer=None, issuer_pointers=None
            )
            await _keep(conn, root_name, certificate, addresses)
        else:
            certificate = _of_key(stored["certificate"], root_key, root_name)
        root = Signer(certificate, root_key, algorithm)

        stored = rows.get(issuing_name)
        if stored is None or stored["base_url"] != addresses.base_url:
            if stored is not None:
                _of_key(stored["certificate"], issuing_key, issuing_name)
                _log.warning("nca-moved", chain=name, before=stored["base_url"], now=addresses.base_url)
            certificate = authority_certificate(
                profile=own.issuing,
                key=issuing_key,
                algorithm=algorithm,
                issuer=root,
                issuer_pointers=(addresses.crl(own.root.file), addresses.certificate(own.root.file)),
                serial=None if stored is None else random_serial(),
            )
            await _keep(conn, issuing_name, certificate, addresses)
            issuing = Signer(certificate, issuing_key, algorithm)
            await ledger.add(conn, _entry(own, issuing, root_name, addresses=addresses, clock=clock))
        else:
            certificate = _of_key(stored["certificate"], issuing_key, issuing_name)
            issuing = Signer(certificate, issuing_key, algorithm)
    return Chain(name, root, issuing)


async def _keep(conn: Connection, name: Issuer, certificate: bytes, addresses: Addresses) -> None:
    await conn.execute(
        """
        INSERT INTO authority (name, certificate, base_url) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET certificate = excluded.certificate, base_url = excluded.base_url
        """,
        str(name),
        certificate,
        addresses.base_url,
    )


def _of_key(certificate: bytes, key: PrivateKey, name: Issuer) -> bytes:
    if key_identifier(public_key_info_of(certificate)) != key_identifier(key.public_key_info):
        raise AuthorityKeyLost(key=str(name), reason="the stored certificate has another public key")
    return certificate


def _entry(profile: ChainProfile, issuing: Signer, by: Issuer, *, addresses: Addresses, clock: Clock) -> Entry:
    return Entry(
        serial=issuing.serial,
        issuer=by,
        template=ISSUING_TEMPLATE,
        subject=Subject(common_name=profile.issuing.common_name),
        certificate=issuing.certificate,
        not_before=profile.issuing.not_before,
        not_after=profile.issuing.not_after,
        issued_at=utc_second(clock.now()),
        base_url=addresses.base_url,
        known=KnownStatus(CertificateStatus.GOOD),
    )
