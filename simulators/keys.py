"""The keys of the cast: issued by the simulated НУЦ, written where the programs of the installation look for them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from gateway.store.provision import role_password
from simulators.installation import Installation
from simulators.nca import Authority, Holder, Subject
from simulators.population.cast import ORGANISATIONS, PEOPLE, SYSTEMS, CastPerson, CastSystem

KEY_PASSWORD = "Qwerty12"  # noqa: S105 (as on the test keys that the real НУЦ hands out)
"""The password of every demo person's key."""


async def hand_out_keys(authority: Authority, installation: Installation) -> None:
    """Write the anchors, the systems' PKCS#12 and the people's, making what is missing.

    Raises what the НУЦ raises. The first time this makes some forty RSA keys; afterwards they are found again.
    """
    _write(installation.folder / "anchors" / "root.cer", authority.root_certificate)
    _write(installation.folder / "anchors" / "nca.cer", authority.issuing_certificate)
    await asyncio.gather(*(_system(authority, installation, system) for system in SYSTEMS.values()))
    people = [person for person in PEOPLE.values() if person.holds_keys]
    await asyncio.gather(*(_person(authority, installation, person) for person in people))


async def tls_files(authority: Authority, installation: Installation) -> tuple[Path, Path]:
    """Issue the certificate by which the simulated NCALayer is reached over TLS; return certificate and key files."""
    certificate, key = installation.folder / "keys" / "ncalayer.pem", installation.folder / "keys" / "ncalayer.key"
    issued = await authority.issue("tls-server", Subject.loopback())
    certificate.write_bytes(issued.certificates_pem())
    key.touch(mode=0o600)
    key.write_bytes(issued.private_key.to_pem())
    return certificate, key


def system_password(installation: Installation, system: str) -> str:
    """Return the password of a system's key, and of the system at the gateways."""
    return role_password(installation.secret, f"system {system}")[:32]


async def _system(authority: Authority, installation: Installation, system: CastSystem) -> None:
    organisation = ORGANISATIONS[system.organisation]
    subject = Subject(common_name=system.name, organisation=organisation.name_ru, bin=organisation.bin)
    password = system_password(installation, system.id)
    holder = Holder(f"system-{system.id}", system.template.value, subject, password, published=False)
    await authority.holders.enrol(holder)
    store = await authority.holders.key_store(holder.id, "sign")
    _write(installation.folder / "keys" / f"{system.id}.p12", store.pkcs12, secret=True)
    _write(installation.folder / "gateways" / f"{system.id}.cer", store.certificate)


async def _person(authority: Authority, installation: Installation, person: CastPerson) -> None:
    organisation = ORGANISATIONS[person.organisation] if person.organisation else None
    subject = Subject.person(
        surname=person.name.surname,
        name=person.name.given,
        patronymic=person.name.patronymic,
        iin=person.iin,
        organisation=organisation.name_kk if organisation else None,
        bin=organisation.bin if organisation else None,
    )
    holder = Holder(person.id, person.template.value, subject, KEY_PASSWORD)
    await authority.holders.enrol(holder)
    for purpose in ("sign", "auth"):
        store = await authority.holders.key_store(person.id, purpose)
        file = installation.folder / "people" / f"{person.id}-{purpose}"
        _write(file.with_suffix(".p12"), store.pkcs12, secret=True)
        _write(file.with_suffix(".cer"), store.certificate)


def _write(file: Path, content: bytes, *, secret: bool = False) -> None:
    if secret:
        file.touch(mode=0o600)
    file.write_bytes(content)
