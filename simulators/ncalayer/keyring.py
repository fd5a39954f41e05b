"""Where the keys lie: the port, a ring in memory, and a folder of PKCS#12 files."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gateway.eds.algorithms import EC_KEY, GOST_2004_KEY, GOST_2015_KEY, RSA_KEY
from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.codes import Code
from gateway.eds.errors import CertificateUnreadable, KeyUnreadable
from gateway.eds.keys import SigningKey, load_pkcs12
from simulators.ncalayer.errors import KeyBroken, KeyUnknown, WrongPassword

MAX_KEYS = 2000
_NAMES = {RSA_KEY: "RSA", EC_KEY: "EC", GOST_2015_KEY: "ECGOST3410-2015", GOST_2004_KEY: "ECGOST34310"}


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key as the dialog lists it; `certificate` is None where it is known only once the key is open."""

    id: str
    owner: str
    certificate: Certificate | None = None

    @property
    def algorithm(self) -> str:
        """The algorithm's name as getKeyInfo gives it, or empty."""
        return algorithm_name(self.certificate) if self.certificate else ""


def algorithm_name(certificate: Certificate) -> str:
    """Return the key algorithm's name as Java programs with the НУЦ's library have it, or its OID."""
    return _NAMES.get(certificate.key_algorithm, certificate.key_algorithm)


class KeyRing(Protocol):
    """The person's keys."""

    async def keys(self) -> Sequence[StoredKey]:
        """Return what can be chosen from."""

    async def open(self, key_id: str, password: str) -> SigningKey:
        """Open a key; raises `KeyUnknown`, `WrongPassword` or `KeyBroken`."""


@dataclass(frozen=True, slots=True)
class Pkcs12:
    """A PKCS#12 file in memory."""

    key: StoredKey
    content: bytes = field(repr=False)


class MemoryKeyRing:
    """Keys in memory, as PKCS#12 files that are opened with their passwords."""

    def __init__(self, files: Iterable[Pkcs12] = ()) -> None:
        self._files = {file.key.id: file for file in files}

    def add(self, file: Pkcs12) -> None:
        """Put a key in, or replace the one of the same id."""
        self._files[file.key.id] = file

    async def keys(self) -> Sequence[StoredKey]:
        """Return the keys in the order in which they came."""
        return [file.key for file in self._files.values()]

    async def open(self, key_id: str, password: str) -> SigningKey:
        """Open a key in a thread: its derivation takes tens of milliseconds."""
        file = self._files.get(key_id)
        if file is None:
            raise KeyUnknown(key_id)
        return await asyncio.to_thread(open_pkcs12, file.content, password)


class FolderKeyRing:
    """Every `*.p12` of a folder; `<name>.pem` or `<name>.cer` beside it tells its certificate before it is open.

    The folder is read anew each time, so that keys issued meanwhile appear. A key's id is its file's name without
    the ending.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keys(self) -> Sequence[StoredKey]:
        """Return the keys in the order of their names."""
        return await asyncio.to_thread(self._listed)

    async def open(self, key_id: str, password: str) -> SigningKey:
        """Open a key; only ids that `keys` gave name a file."""
        return await asyncio.to_thread(self._opened, key_id, password)

    def _listed(self) -> list[StoredKey]:
        files = sorted(self._folder.glob("*.p12"))[:MAX_KEYS]
        return [self._described(file) for file in files]

    def _described(self, file: Path) -> StoredKey:
        certificate = _certificate_beside(file)
        owner = certificate.subject.common_name if certificate else None
        return StoredKey(file.stem, owner or file.stem, certificate)

    def _opened(self, key_id: str, password: str) -> SigningKey:
        file = next((one for one in self._folder.glob("*.p12") if one.stem == key_id), None)
        if file is None:
            raise KeyUnknown(key_id)
        return open_pkcs12(file.read_bytes(), password)


def _certificate_beside(file: Path) -> Certificate | None:
    for ending in (".pem", ".cer"):
        beside = file.with_suffix(ending)
        if beside.exists():
            try:
                return read_certificate(beside.read_bytes())
            except CertificateUnreadable:
                return None
    return None


def open_pkcs12(content: bytes, password: str) -> SigningKey:
    """Open a PKCS#12 file, with this room's errors."""
    try:
        return load_pkcs12(content, password)
    except KeyUnreadable as error:
        if error.code is Code.KEY_PASSWORD_WRONG:
            raise WrongPassword from error
        raise KeyBroken(str(error)) from error


def key_id_of(certificate: Certificate) -> str:
    """Return the 40 hex digits by which NCALayer names a key: SKI or SHA-1 of its bits (RFC 5280 4.2.1.2)."""
    return (certificate.ski or hashlib.sha1(certificate.key_bits, usedforsecurity=False).digest()).hex()
