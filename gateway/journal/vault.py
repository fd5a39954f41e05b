"""What lies in the journal is sealed: AES-256-GCM, several keys for their rotation, each seal bound to its row.

A sealed value is, byte for byte: 1 (the version), 4 bytes that name the key, a random nonce of 12, the ciphertext, its
tag of 16. What is encrypted begins with one byte that says whether the rest was compressed. The associated data are
the first five bytes and the place of the value, so that a value moved to another row does not open there.

No XML begins with a byte of the value 1, which is how a value that was stored before there were keys is told from a
sealed one. Such a value is not opened: nothing in the database can tell it from one that was put there since, so an
operator seals it once (`qyzmet journal rekey --plain`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
LARGEST_BYTES: Final = 32 * 1024 * 1024
"""Nothing larger is sealed, and nothing is unpacked to more: twice the largest envelope."""

_VERSION: Final = b"\x01"
_NAME_BYTES: Final = 4
_HEAD_BYTES: Final = len(_VERSION) + _NAME_BYTES
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_AS_IT_IS: Final = b"\x00"
_COMPRESSED: Final = b"\x01"
_WORTH_COMPRESSING: Final = 256
_FAST: Final = 1


class VaultCode(StrEnum):
    """Why a value was not sealed or opened."""

    KEY_UNKNOWN = "journal-key-unknown"
    """The value was sealed with a key that is not among the settings' `journal_keys`."""
    NOT_SEALED = "journal-not-sealed"
    """The value lies in clear: from before there were keys, or put there by somebody who has none."""
    BROKEN = "journal-seal-broken"
    """The value was changed, cut, or moved from another row."""
    TOO_LARGE = "journal-value-too-large"
    """The value is larger than anything that the journal keeps."""


class VaultError(Exception):
    """A value was not sealed or opened; `facts` never hold any of it."""

    def __init__(self, code: VaultCode, **facts: Any) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code.value + "".join(f", {name}: {value}" for name, value in facts.items()))

    @property
    def mends_itself(self) -> bool:
        """Whether the value opens once the operator has given the key, or sealed what lay in clear."""
        return self.code in {VaultCode.KEY_UNKNOWN, VaultCode.NOT_SEALED}

    def to_json(self) -> dict[str, Any]:
        """Return the error for a row or a program."""
        return {"code": self.code.value, "facts": {name: str(value) for name, value in self.facts.items()}}


class KeyRefused(ValueError):
    """A key of the settings is not 32 bytes in base64."""

    def __init__(self) -> None:
        super().__init__(f"a journal key is {KEY_BYTES} random bytes in base64, as `qyzmet journal key` makes them")


def read_key(text: str) -> bytes:
    """Return the key that `text` holds in base64; raises `KeyRefused`, which does not repeat it."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise KeyRefused from None
    if len(key) != KEY_BYTES or len(set(key)) == 1:
        raise KeyRefused
    return key


def new_key() -> str:
    """Make a key for the settings."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode("ascii")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value lies: the schema and table, and what makes its row unique there."""

    schema: str
    table: str
    key: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """Return the place so that no two places have the same bytes: each part after its length."""
        parts = [part.encode("utf-8", "surrogatepass") for part in (self.schema, self.table, *self.key)]
        return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


class Vault:
    """Seals with the first of its keys and opens with any."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ValueError("a vault needs a key")
        self._ciphers: dict[bytes, AESGCM] = {}
        for key in keys:
            if len(key) != KEY_BYTES:
                raise KeyRefused
            self._ciphers.setdefault(_name_of(key), AESGCM(key))
        if len(self._ciphers) < len(set(keys)):
            raise ValueError("two journal keys have the same name: make another")
        self._newest = _name_of(keys[0])

    @classmethod
    def of(cls, keys: Iterable[str]) -> Self:
        """Make a vault of the settings' keys, the newest first; raises `KeyRefused`."""
        return cls([read_key(key) for key in keys])

    def __repr__(self) -> str:
        return f"<Vault {self.newest}, {len(self._ciphers)} keys>"

    @property
    def newest(self) -> str:
        """The name of the key that seals, 8 hex digits."""
        return self._newest.hex()

    @property
    def older(self) -> tuple[str, ...]:
        """The names of the other keys."""
        return tuple(name.hex() for name in self._ciphers if name != self._newest)

    def seal(self, content: bytes, place: Place) -> bytes:
        """Return `content` compressed where that is worth it, and encrypted for `place`; raises `VaultError`."""
        if len(content) > LARGEST_BYTES:
            raise VaultError(VaultCode.TOO_LARGE, limit=LARGEST_BYTES)
        head, nonce = _VERSION + self._newest, os.urandom(_NONCE_BYTES)
        return head + nonce + self._ciphers[self._newest].encrypt(nonce, _packed(content), head + place.to_bytes())

    def open(self, sealed: bytes, place: Place) -> bytes:
        """Return what was sealed for `place`; raises `VaultError`."""
        head, rest = sealed[:_HEAD_BYTES], memoryview(sealed)[_HEAD_BYTES:]
        if not is_sealed(sealed) or len(rest) <= _NONCE_BYTES + _TAG_BYTES:
            raise VaultError(VaultCode.BROKEN, table=place.table)
        cipher = self._ciphers.get(head[len(_VERSION) :])
        if cipher is None:
            raise VaultError(VaultCode.KEY_UNKNOWN, key=key_name(sealed), table=place.table)
        try:
            packed = cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], head + place.to_bytes())
        except InvalidTag:
            raise VaultError(VaultCode.BROKEN, table=place.table) from None
        return _unpacked(packed, place)


def is_sealed(value: bytes) -> bool:
    """Whether a stored value is a sealed one, and not from the time before there were keys."""
    return value[:1] == _VERSION


def key_name(sealed: bytes) -> str:
    """Return the name of the key that a value was sealed with, 8 hex digits."""
    return sealed[len(_VERSION) : _HEAD_BYTES].hex()


def sealed_head(name: str) -> bytes:
    """Return the bytes with which every value begins that the key of this name sealed."""
    return _VERSION + bytes.fromhex(name)


def _name_of(key: bytes) -> bytes:
    return hmac.new(key, b"qyzmet journal key", hashlib.sha256).digest()[:_NAME_BYTES]


def _packed(content: bytes) -> bytes:
    if len(content) >= _WORTH_COMPRESSING:
        compressed = zlib.compress(content, _FAST)
        if len(compressed) < len(content):
            return _COMPRESSED + compressed
    return _AS_IT_IS + content


def _unpacked(packed: bytes, place: Place) -> bytes:
    if packed[:1] == _AS_IT_IS:
        return packed[1:]
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(packed[1:], LARGEST_BYTES + 1)
    except zlib.error:
        raise VaultError(VaultCode.BROKEN, table=place.table) from None
    if len(content) > LARGEST_BYTES:
        raise VaultError(VaultCode.TOO_LARGE, limit=LARGEST_BYTES)
    if not unpacking.eof:
        raise VaultError(VaultCode.BROKEN, table=place.table)
    return content
