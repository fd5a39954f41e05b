"""Encryption with a password: PBES2 (RFC 8018) and the older ways of PKCS#12 (RFC 7292 appendices B and C)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from gateway.eds import rc2
from gateway.eds.cms.ber import octets
from gateway.eds.der import NULL, OCTET_STRING, OID, SEQUENCE, Der, DerError, encode, encode_integer, encode_oid

ITERATIONS = 20_000
"""What is written; PKCS#12 files of the НУЦ are opened many times a day."""
MAX_ITERATIONS = 1_000_000
MAX_SALT = 1024
KEY, VECTOR, MAC = 1, 2, 3
"""What a key is derived for (RFC 7292 appendix B.3)."""

_PBES2, _PBKDF2 = "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12"
_HMAC_SHA256, _AES256 = "1.2.840.113549.2.9", "2.16.840.1.101.3.4.1.42"
_HMACS = {
    "1.2.840.113549.2.7": "sha1",
    _HMAC_SHA256: "sha256",
    "1.2.840.113549.2.10": "sha384",
    "1.2.840.113549.2.11": "sha512",
}
_CIPHERS: dict[str, tuple[type[AES | TripleDES], int]] = {
    "2.16.840.1.101.3.4.1.2": (AES, 16),
    "2.16.840.1.101.3.4.1.22": (AES, 24),
    _AES256: (AES, 32),
    "1.2.840.113549.3.7": (TripleDES, 24),
}
_PKCS12 = "1.2.840.113549.1.12.1."
_DES_SIZES = {_PKCS12 + "3": 24, _PKCS12 + "4": 16}
_RC2_SIZES = {_PKCS12 + "5": 16, _PKCS12 + "6": 5}


@dataclass(slots=True)
class Password:
    """A password with the work that a file may still ask for: keys are derived at the file's price, not at any."""

    text: str
    iterations_left: int = field(default=3 * MAX_ITERATIONS)

    def pay(self, iterations: int) -> int:
        """Return the number of iterations; raises `DerError` when it is out of bounds."""
        if not 0 < iterations <= MAX_ITERATIONS:
            raise DerError("bad number of iterations")
        self.iterations_left -= iterations
        if self.iterations_left < 0:
            raise DerError("too many iterations in all")
        return iterations


def decrypt(identifier: Der, data: bytes, password: Password) -> bytes:
    """Decrypt what an AlgorithmIdentifier describes; raises `DerError`, also when the password is wrong."""
    algorithm, parameters = identifier.children()
    name = algorithm.oid()
    if name == _PBES2:
        return _decrypt_pbes2(parameters, data, password)
    salt_element, count = parameters.children()
    salt, iterations = _salt(salt_element), password.pay(count.integer())
    if (size := _DES_SIZES.get(name)) is not None:
        key, vector = (
            pkcs12_key("sha1", password.text, salt, use, iterations, n) for use, n in ((KEY, size), (VECTOR, 8))
        )
        return _unpadded(_cbc(TripleDES, (key + key)[:24], vector, data), 8)
    if (size := _RC2_SIZES.get(name)) is not None:
        key, vector = (
            pkcs12_key("sha1", password.text, salt, use, iterations, n) for use, n in ((KEY, size), (VECTOR, 8))
        )
        if len(data) % rc2.BLOCK:
            raise DerError("a block is cut short")
        return _unpadded(rc2.decrypt(key, vector, data), 8)
    raise DerError(f"encryption {name} is not supported")


def encrypt(data: bytes, password: str, *, iterations: int = ITERATIONS) -> tuple[bytes, bytes]:
    """Encrypt with PBES2 (PBKDF2 of HMAC-SHA-256, AES-256-CBC); returns the AlgorithmIdentifier and the ciphertext."""
    salt, vector = secrets.token_bytes(16), secrets.token_bytes(16)
    key = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations, 32)
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(AES(key), modes.CBC(vector)).encryptor()
    ciphertext = encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()
    derivation = encode(
        SEQUENCE,
        encode(OCTET_STRING, salt),
        encode_integer(iterations),
        encode(SEQUENCE, encode_oid(_HMAC_SHA256), encode(NULL)),
    )
    parameters = encode(
        SEQUENCE,
        encode(SEQUENCE, encode_oid(_PBKDF2), derivation),
        encode(SEQUENCE, encode_oid(_AES256), encode(OCTET_STRING, vector)),
    )
    return encode(SEQUENCE, encode_oid(_PBES2), parameters), ciphertext


def pkcs12_key(hash_name: str, password: str, salt: bytes, use: int, iterations: int, size: int) -> bytes:  # noqa: PLR0917
    """Derive key material for one `use` as RFC 7292 appendix B.2; about a second for a million iterations."""
    function = getattr(hashlib, hash_name)
    block, wide = function().block_size, password.encode("utf-16-be") + b"\0\0"

    def filled(data: bytes) -> bytes:
        length = -(-len(data) // block) * block
        return (data * (length // len(data) + 1))[:length] if data else b""

    mixed, derived = filled(salt) + filled(wide), b""
    while len(derived) < size:
        digest = bytes((use,)) * block + mixed
        for _ in range(iterations):
            digest = function(digest).digest()
        derived += digest
        adding = int.from_bytes(filled(digest)[:block], "big") + 1
        mixed = b"".join(
            (int.from_bytes(mixed[start : start + block], "big") + adding & (1 << 8 * block) - 1).to_bytes(block, "big")
            for start in range(0, len(mixed), block)
        )
    return derived[:size]


def _decrypt_pbes2(parameters: Der, data: bytes, password: Password) -> bytes:
    derivation, scheme = parameters.children()
    kind, settings = derivation.children()
    if kind.oid() != _PBKDF2:
        raise DerError("only PBKDF2 is supported")
    salt, count, *optional = settings.children()
    hash_name = "sha1"
    for item in optional:
        if item.tag == SEQUENCE:
            found = _HMACS.get(item.children()[0].expect(OID).oid())
            if found is None:
                raise DerError("unknown function of PBKDF2")
            hash_name = found
    algorithm, vector = scheme.children()
    cipher = _CIPHERS.get(algorithm.oid())
    if cipher is None:
        raise DerError(f"cipher {algorithm.oid()} is not supported")
    kind_of_cipher, size = cipher
    iterations = password.pay(count.integer())
    key = hashlib.pbkdf2_hmac(hash_name, password.text.encode(), _salt(salt), iterations, size)
    return _unpadded(
        _cbc(kind_of_cipher, key, vector.expect(OCTET_STRING).content, data), kind_of_cipher.block_size // 8
    )


def _salt(element: Der) -> bytes:
    salt = octets(element)
    if not 0 < len(salt) <= MAX_SALT:
        raise DerError("bad salt")
    return salt


def _cbc(kind: Callable[[bytes], AES | TripleDES], key: bytes, vector: bytes, data: bytes) -> bytes:
    try:
        decryptor = Cipher(kind(key), modes.CBC(vector)).decryptor()
        return decryptor.update(data) + decryptor.finalize()
    except ValueError as error:
        raise DerError("wrong sizes of what is encrypted") from error


def _unpadded(data: bytes, block: int) -> bytes:
    remover = padding.PKCS7(8 * block).unpadder()
    try:
        return remover.update(data) + remover.finalize()
    except ValueError as error:
        raise DerError("wrong padding") from error
