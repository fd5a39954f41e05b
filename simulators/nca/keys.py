"""The folders of the НУЦ's own keys, one a chain: one PKCS#8 file a key, readable by the owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from simulators.nca.algorithms import KeyAlgorithm, PrivateKey
from simulators.nca.errors import AuthorityKeyLost

_OWNER_ONLY_FOLDER = 0o700
_OWNER_ONLY_FILE = 0o600


class KeysFolder:
    """Keys by name. All methods touch the disk; making a key takes up to seconds: run them in a thread."""

    def __init__(self, folder: Path, algorithm: KeyAlgorithm) -> None:
        self._folder = folder
        self._algorithm = algorithm

    def open(self, name: str, *, bits: int) -> PrivateKey:
        """Return the key called `name`, made now if it is absent; raises `AuthorityKeyLost`."""
        try:
            pem = self._path(name).read_bytes()
        except FileNotFoundError:
            return self.renew(name, bits=bits)
        try:
            return self._algorithm.load(pem)
        except ValueError as error:
            raise AuthorityKeyLost(key=name, reason=str(error)) from error

    def renew(self, name: str, *, bits: int) -> PrivateKey:
        """Make a new key and put it in the place of the one called `name`, whole or not at all."""
        key = self._algorithm.generate(bits)
        self._folder.mkdir(parents=True, exist_ok=True, mode=_OWNER_ONLY_FOLDER)
        fresh = self._folder / f".{name}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY_FILE), "wb") as file:
            file.write(key.to_pem())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path(name))
        return key

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.pem"


def adopt_keys_of_one_chain(folder: Path) -> None:
    """Move the keys of an installation that knew one chain, RSA, to that chain's own folder."""
    own = folder / "rsa"
    for name in ("root", "issuing", "ocsp", "tsa"):
        before, now = folder / f"{name}.pem", own / f"{name}.pem"
        if before.exists() and not now.exists():
            own.mkdir(exist_ok=True, mode=_OWNER_ONLY_FOLDER)
            before.rename(now)
