"""Key algorithms behind a port: a chain's algorithm is a word of its profile."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from gateway.eds.errors import EdsError
from gateway.eds.gost.curves import GOST_2015_512
from gateway.eds.gost.digests import streebog512
from gateway.eds.gost.keys import GostPrivateKey
from gateway.eds.pkcs12 import read_pkcs12, write_pkcs12
from simulators.nca import der
from simulators.nca.profile import AlgorithmName

_ITERATIONS = 2_000
"""Of the derivations of a key store, which is handed out with its password."""
_PEM_BEGIN, _PEM_END = b"-----BEGIN PRIVATE KEY-----", b"-----END PRIVATE KEY-----"


class PrivateKey(Protocol):
    """A key that signs, and that can be written to a file."""

    @property
    def public_key_info(self) -> bytes:
        """The DER SubjectPublicKeyInfo."""

    def sign(self, data: bytes) -> bytes:
        """Return the signature value of `data` by the algorithm's own hash."""

    def to_pem(self) -> bytes:
        """Return the key in PKCS#8, not encrypted."""

    def pkcs12(self, *, name: str, certificate: bytes, chain: Sequence[bytes], password: str) -> bytes:
        """Return a PKCS#12 key store (slow by design: run it in a thread)."""


class KeyAlgorithm(Protocol):
    """Makes and reads keys, and says how their signatures are named in ASN.1."""

    @property
    def file_prefix(self) -> str:
        """How the НУЦ begins the names of key store files of this algorithm."""

    @property
    def signature_identifier(self) -> bytes:
        """The DER AlgorithmIdentifier of signatures."""

    @property
    def digest_identifier(self) -> bytes:
        """The DER AlgorithmIdentifier of the hash that signatures use."""

    def digest(self, data: bytes) -> bytes:
        """Return the hash of `data` that belongs to `digest_identifier`."""

    def generate(self, bits: int) -> PrivateKey:
        """Make a new key of `bits`, where the algorithm has several sizes (slow: run it in a thread)."""

    def load(self, pem: bytes) -> PrivateKey:
        """Read a key that `to_pem` wrote; raises `ValueError`."""

    def load_pkcs12(self, data: bytes, password: str) -> PrivateKey:
        """Read the key out of a key store (slow: run it in a thread); raises `ValueError`."""


class RsaKey:
    """An RSA key that signs with PKCS#1 v1.5 and SHA-256."""

    def __init__(self, private: rsa.RSAPrivateKey) -> None:
        self.private = private
        self._public_key_info = private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def public_key_info(self) -> bytes:
        """The DER SubjectPublicKeyInfo."""
        return self._public_key_info

    def sign(self, data: bytes) -> bytes:
        """Return the PKCS#1 v1.5 signature of `data` with SHA-256."""
        return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())

    def to_pem(self) -> bytes:
        """Return the key in PKCS#8, not encrypted."""
        return self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def pkcs12(self, *, name: str, certificate: bytes, chain: Sequence[bytes], password: str) -> bytes:
        """Return a PKCS#12 key store with the chain inside."""
        return pkcs12.serialize_key_and_certificates(
            name.encode(),
            self.private,
            x509.load_der_x509_certificate(certificate),
            [x509.load_der_x509_certificate(one) for one in chain],
            serialization.BestAvailableEncryption(password.encode()),
        )


class Rsa:
    """RSA with SHA-256."""

    file_prefix = "RSA256"
    signature_identifier = der.sequence(der.oid("1.2.840.113549.1.1.11"), der.NULL)
    digest_identifier = der.sequence(der.oid("2.16.840.1.101.3.4.2.1"), der.NULL)

    def digest(self, data: bytes) -> bytes:
        """Return the SHA-256 of `data`."""
        return hashlib.sha256(data).digest()

    def generate(self, bits: int) -> RsaKey:
        """Make a new RSA key."""
        return RsaKey(rsa.generate_private_key(public_exponent=65537, key_size=bits))

    def load(self, pem: bytes) -> RsaKey:
        """Read an RSA key in PKCS#8; raises `ValueError`."""
        # The file is our own and the public key is compared with the certificate: the slow check (0.2 s) is left out.
        return _rsa(serialization.load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True))

    def load_pkcs12(self, data: bytes, password: str) -> RsaKey:
        """Read the RSA key out of a key store; raises `ValueError`."""
        return _rsa(pkcs12.load_key_and_certificates(data, password.encode())[0])


def _rsa(key: object) -> RsaKey:
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("not an RSA key")
    return RsaKey(key)


class GostKey:
    """A key of GOST 34.10-2015 (512) that signs with Streebog-512; a signature takes 2 to 10 ms."""

    def __init__(self, private: GostPrivateKey) -> None:
        self.private = private

    @cached_property
    def public_key_info(self) -> bytes:
        """The DER SubjectPublicKeyInfo."""
        return self.private.public_key_info

    def sign(self, data: bytes) -> bytes:
        """Return r || s over `data`, little-endian."""
        return self.private.sign(data)

    def to_pem(self) -> bytes:
        """Return the key in PKCS#8, not encrypted."""
        body = base64.encodebytes(self.private.to_pkcs8())
        return b"%s\n%s%s\n" % (_PEM_BEGIN, body, _PEM_END)

    def pkcs12(self, *, name: str, certificate: bytes, chain: Sequence[bytes], password: str) -> bytes:
        """Return a PKCS#12 key store with the chain inside."""
        return write_pkcs12(
            name=name,
            key=self.private,
            certificate=certificate,
            chain=chain,
            password=password,
            iterations=_ITERATIONS,
        )


class Gost:
    """GOST 34.10-2015 (512) with Streebog-512, under the OIDs of Kazakhstan."""

    file_prefix = "GOST512"
    signature_identifier = der.sequence(der.oid("1.2.398.3.10.1.1.2.3.2"), der.NULL)
    digest_identifier = der.sequence(der.oid("1.2.398.3.10.1.3.3"), der.NULL)

    def digest(self, data: bytes) -> bytes:
        """Return the Streebog-512 of `data`; raises `AlgorithmRefused` for long data where hashing is slow."""
        return streebog512(data)

    def generate(self, bits: int) -> GostKey:
        """Make a new key; all have the same size, whatever `bits` says."""
        key = GostKey(GostPrivateKey.generate(GOST_2015_512))
        key.public_key_info  # noqa: B018 - derived here, in the caller's thread
        return key

    def load(self, pem: bytes) -> GostKey:
        """Read a key that `to_pem` wrote; raises `ValueError`."""
        text = pem.strip()
        if not (text.startswith(_PEM_BEGIN) and text.endswith(_PEM_END)):
            raise ValueError("not a PKCS#8 key in PEM")
        try:
            content = base64.b64decode(b"".join(text[len(_PEM_BEGIN) : -len(_PEM_END)].split()), validate=True)
            return GostKey(GostPrivateKey.from_pkcs8(content))
        except EdsError as error:
            raise ValueError("not a GOST key") from error

    def load_pkcs12(self, data: bytes, password: str) -> GostKey:
        """Read the GOST key out of a key store; raises `ValueError`."""
        try:
            return GostKey(read_pkcs12(data, password))
        except EdsError as error:
            raise ValueError("not a PKCS12 key store with a GOST key") from error


ALGORITHMS: dict[AlgorithmName, KeyAlgorithm] = {AlgorithmName.GOST: Gost(), AlgorithmName.RSA: Rsa()}
