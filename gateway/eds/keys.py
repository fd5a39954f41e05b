"""Signing keys: the port, and keys held in memory, read from PKCS#12 or PEM."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
)

from gateway.eds import pbe
from gateway.eds.algorithms import Ecdsa, RsaPkcs1, SignatureAlgorithm, signs_for
from gateway.eds.certificate import Certificate, read_certificate, read_certificates
from gateway.eds.codes import Code
from gateway.eds.der import OCTET_STRING, Der, DerError
from gateway.eds.errors import EdsError, KeyUnreadable
from gateway.eds.gost.keys import GostPrivateKey, is_gost_key
from gateway.eds.pkcs12 import open_pkcs12

MAX_KEY_FILE_BYTES = 256 * 1024
_PEM_KEY = re.compile(rb"-----BEGIN (ENCRYPTED )?PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END ")


class SigningKey(Protocol):
    """A private key with its certificate; where the key lies is its own affair."""

    @property
    def certificate(self) -> Certificate:
        """The certificate of the key."""

    @property
    def chain(self) -> tuple[Certificate, ...]:
        """The certificates above it that came with the key."""

    @property
    def algorithm(self) -> SignatureAlgorithm:
        """The algorithm that `sign` uses."""

    def sign(self, data: bytes) -> bytes:
        """Return the signature over `data` in the form of X.509."""


@dataclass(frozen=True, slots=True)
class SoftwareKey:
    """An RSA, ECDSA or ГОСТ key in memory."""

    certificate: Certificate
    chain: tuple[Certificate, ...]
    algorithm: SignatureAlgorithm
    _private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | GostPrivateKey

    def sign(self, data: bytes) -> bytes:
        """Sign `data`; 0.3 ms for RSA-2048, 2 to 10 ms for ГОСТ."""
        if isinstance(self._private, GostPrivateKey):
            return self._private.sign(data)
        if isinstance(self._private, rsa.RSAPrivateKey):
            assert isinstance(self.algorithm, RsaPkcs1)
            return self._private.sign(data, padding.PKCS1v15(), self.algorithm.hash)
        assert isinstance(self.algorithm, Ecdsa)
        return self._private.sign(data, ec.ECDSA(self.algorithm.hash))

    def __repr__(self) -> str:
        return f"<SoftwareKey of {self.certificate!r}>"


def signing_key(private: object, certificate: Certificate, chain: tuple[Certificate, ...] = ()) -> SoftwareKey:
    """Join a private key with its certificate; raises `KeyUnreadable` when they are not a pair.

    The key is one of `cryptography`, RSA or ECDSA, or a `GostPrivateKey`.
    """
    if not isinstance(private, GostPrivateKey | rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise KeyUnreadable(Code.KEY_UNREADABLE, reason="only RSA, ECDSA and GOST keys are supported")
    if _public(private) != certificate.key_info:
        raise KeyUnreadable(Code.KEY_UNREADABLE, reason="the certificate is of another key")
    try:
        algorithm = signs_for(certificate.key_algorithm, certificate.key_info)
    except EdsError as error:
        raise KeyUnreadable(Code.KEY_UNREADABLE, **error.facts) from error
    return SoftwareKey(certificate, chain, algorithm, private)


def load_pkcs12(data: bytes, password: str) -> SigningKey:
    """Open a PKCS#12 file; takes tens of milliseconds (key derivation), so call it in a thread.

    The file names its own price for the derivation, so it is opened here, where that is bounded.
    """
    if len(data) > MAX_KEY_FILE_BYTES:
        raise KeyUnreadable(Code.KEY_UNREADABLE, size=str(len(data)))
    opened = open_pkcs12(data, password)
    if not opened.keys or not opened.certificates:
        raise KeyUnreadable(Code.KEY_UNREADABLE, reason="the file holds no key with a certificate")
    private = _private(opened.keys[0].content)
    certificates = [read_certificate(bag.content) for bag in opened.certificates]
    own = next((one for one in certificates if one.key_info == _public(private)), None)
    if own is None:
        raise KeyUnreadable(Code.KEY_UNREADABLE, reason="the certificate is of another key")
    return signing_key(private, own, tuple(one for one in certificates if one != own))


def load_pem(data: bytes, password: str | None = None) -> SigningKey:
    """Open a PEM file with a private key and its certificate, then those above it."""
    if len(data) > MAX_KEY_FILE_BYTES:
        raise KeyUnreadable(Code.KEY_UNREADABLE, size=str(len(data)))
    found = _PEM_KEY.search(data)
    private = _private(_pkcs8(found, password)) if found is not None else _traditional(data, password)
    certificate, *chain = read_certificates(data)
    return signing_key(private, certificate, tuple(chain))


def _pkcs8(found: re.Match[bytes], password: str | None) -> bytes:
    """Return PrivateKeyInfo, decrypted when it is encrypted."""
    try:
        der = base64.b64decode(found[2])
        if not found[1]:
            if password:
                raise KeyUnreadable(Code.KEY_PASSWORD_WRONG, reason="the key is not encrypted")
            return der
        identifier, encrypted = Der.read(der).children()
        return pbe.decrypt(identifier, encrypted.expect(OCTET_STRING).content, pbe.Password(password or ""))
    except (DerError, ValueError, LookupError) as error:
        code = Code.KEY_PASSWORD_WRONG if found[1] else Code.KEY_UNREADABLE
        raise KeyUnreadable(code, reason=str(error)[:200]) from error


def _traditional(data: bytes, password: str | None) -> object:
    """Read a key of openssl's own PEM forms; their derivation is one round of MD5."""
    try:
        return load_pem_private_key(data, password.encode() if password else None)
    except TypeError as error:
        raise KeyUnreadable(Code.KEY_PASSWORD_WRONG) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnreadable(Code.KEY_PASSWORD_WRONG if password else Code.KEY_UNREADABLE) from error


def _private(pkcs8: bytes) -> object:
    if is_gost_key(pkcs8):
        return GostPrivateKey.from_pkcs8(pkcs8)
    try:
        return load_der_private_key(pkcs8, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnreadable(Code.KEY_UNREADABLE, reason="the key's algorithm is not supported") from error


def _public(private: object) -> bytes | None:
    """Return SubjectPublicKeyInfo; nothing for a key of a family that does not sign here."""
    if isinstance(private, GostPrivateKey):
        return private.public_key_info
    if isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        return private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return None
