"""The keys of the cast: issued by the simulated НУЦ, written where the programs of the installation look for them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from gateway.store.provision import role_password
from simulators import integrator
from simulators.installation import Installation
from simulators.nca import Authority, Holder, Subject
from simulators.population.cast import ORGANISATIONS, PEOPLE, SYSTEMS, CastPerson, CastSystem, KeyChain

KEY_PASSWORD = "Qwerty12"  # noqa: S105 (as on the test keys that the real НУЦ hands out)
"""The password of every demo person's key."""


async def hand_out_keys(authority: Authority, installation: Installation) -> None:
    """Write the anchors, the systems' PKCS#12 and the people's, making what is missing.

    Raises what the НУЦ raises. The first time this makes a key or two for everybody; afterwards they are found again.
    """
    anchors = installation.folder / "anchors"
    for file, certificate in authority.ca_files().items():
        _write(anchors / f"{file}.cer", certificate)
    for before in ("root", "nca"):
        (anchors / f"{before}.cer").unlink(missing_ok=True)
    await asyncio.gather(*(_system(authority, installation, system) for system in SYSTEMS.values()))
    people = [person for person in PEOPLE.values() if person.holds_keys]
    await asyncio.gather(*(_person(authority, installation, person) for person in people))
    await _integrator(authority, installation)


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
    holder = Holder(
        f"system-{system.id}", system.template.value, subject, password, published=False, chain=system.chain.value
    )
    await authority.holders.enrol(holder)
    store = await authority.holders.key_store(holder.id, "sign")
    _write(installation.folder / "keys" / f"{system.id}.p12", store.pkcs12, secret=True)
    _write(installation.folder / "gateways" / f"{system.id}.cer", store.certificate)


async def _integrator(authority: Authority, installation: Installation) -> None:
    """Write what the integrator signs with: a system's RSA key, and the GOST key of its organisation's head."""
    organisation = integrator.ORGANISATION
    subject = Subject(common_name=integrator.NAME, organisation=organisation.name_ru, bin=organisation.bin)
    await authority.holders.enrol(Holder("integrator", "system", subject, KEY_PASSWORD, published=False, chain="rsa"))
    for algorithm, holder in (("rsa", "integrator"), ("gost", integrator.HEAD.id)):
        store = await authority.holders.key_store(holder, "sign")
        file = integrator.key_file(installation.folder, algorithm)
        file.parent.mkdir(exist_ok=True)
        _write(file, store.pkcs12, secret=True)
        _write(file.with_suffix(".cer"), store.certificate)


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
    # Who had RSA keys before people were given GOST ones keeps them, in the state in which they are.
    chain = None if person.chain is KeyChain.GOST else person.chain.value
    await authority.holders.enrol(Holder(person.id, person.template.value, subject, KEY_PASSWORD, chain=chain))
    purposes = authority.holders.purposes_of(await authority.holders.get(person.id))
    for purpose in ("sign", "auth"):
        file = installation.folder / "people" / f"{person.id}-{purpose}"
        if purpose not in purposes:
            for ending in (".p12", ".cer"):
                file.with_suffix(ending).unlink(missing_ok=True)
            continue
        store = await authority.holders.key_store(person.id, purpose)
        _write(file.with_suffix(".p12"), store.pkcs12, secret=True)
        _write(file.with_suffix(".cer"), store.certificate)


def _write(file: Path, content: bytes, *, secret: bool = False) -> None:
    if secret:
        file.touch(mode=0o600)
    file.write_bytes(content)
