"""Signature and digest algorithms in one registry, found by OID (X.509) or by URI (XML-DSig).

An algorithm of another family is one more entry: everything else in the room asks the registry by name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from gateway.eds.codes import Code
from gateway.eds.errors import AlgorithmRefused

RSA_KEY, EC_KEY = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1"
_RSA_BITS = range(2048, 8193)
_CURVES = {"secp256r1": 32, "secp384r1": 48, "secp521r1": 66}


@dataclass(frozen=True, slots=True)
class Digest:
    """A hash function with its names."""

    name: str
    oid: str
    uri: str
    function: Callable[[bytes], bytes]

    def __call__(self, data: bytes) -> bytes:
        """Return the digest of `data`."""
        return self.function(data)


class SignatureAlgorithm(Protocol):
    """A way of signing: what X.509 calls it, what XML-DSig calls it, and how it is checked."""

    @property
    def name(self) -> str:
        """The name in messages."""

    @property
    def oid(self) -> str:
        """The OID in certificates, CRLs and OCSP answers."""

    @property
    def uri(self) -> str:
        """The URI in ds:SignatureMethod."""

    @property
    def digest(self) -> Digest:
        """The hash that the signature is made over."""

    @property
    def key_algorithm(self) -> str:
        """The OID of keys that it works with."""

    def verify(self, key_info: bytes, signature: bytes, data: bytes) -> bool:
        """Tell whether `signature`, in the form of X.509, is over `data`; raises `AlgorithmRefused` for a bad key."""

    def from_xml(self, key_info: bytes, signature: bytes) -> bytes | None:
        """Bring a ds:SignatureValue to the form of X.509; `None` when it cannot be one."""

    def to_xml(self, key_info: bytes, signature: bytes) -> bytes:
        """Bring a signature of X.509 form to that of ds:SignatureValue."""


@dataclass(frozen=True, slots=True)
class RsaPkcs1:
    """RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2)."""

    name: str
    oid: str
    uri: str
    digest: Digest
    hash: hashes.HashAlgorithm
    key_algorithm: str = RSA_KEY

    def verify(self, key_info: bytes, signature: bytes, data: bytes) -> bool:
        """Check an RSA signature; keys outside 2048–8192 bits are refused as weak or as a trap."""
        key = _public_key(key_info)
        if not isinstance(key, rsa.RSAPublicKey):
            raise AlgorithmRefused(Code.ALGORITHM_MISMATCH, algorithm=self.name)
        if key.key_size not in _RSA_BITS:
            raise AlgorithmRefused(Code.ALGORITHM_WEAK, algorithm=self.name, bits=str(key.key_size))
        try:
            key.verify(signature, data, padding.PKCS1v15(), self.hash)
        except InvalidSignature:
            return False
        return True

    def from_xml(self, key_info: bytes, signature: bytes) -> bytes | None:
        """Return the signature: both forms are one."""
        return signature

    def to_xml(self, key_info: bytes, signature: bytes) -> bytes:
        """Return the signature: both forms are one."""
        return signature


@dataclass(frozen=True, slots=True)
class Ecdsa:
    """ECDSA on a NIST curve; DER in X.509, r and s side by side in XML (RFC 4050 as XML-DSig 1.1 section 6.4.3)."""

    name: str
    oid: str
    uri: str
    digest: Digest
    hash: hashes.HashAlgorithm
    key_algorithm: str = EC_KEY

    def verify(self, key_info: bytes, signature: bytes, data: bytes) -> bool:
        """Check an ECDSA signature on P-256, P-384 or P-521."""
        key, _ = _curve_key(key_info, self.name)
        try:
            key.verify(signature, data, ec.ECDSA(self.hash))
        except InvalidSignature:
            return False
        return True

    def from_xml(self, key_info: bytes, signature: bytes) -> bytes | None:
        """Make DER of r and s, each as long as the field."""
        _, size = _curve_key(key_info, self.name)
        if len(signature) != 2 * size:
            return None
        return encode_dss_signature(int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big"))

    def to_xml(self, key_info: bytes, signature: bytes) -> bytes:
        """Write r and s side by side."""
        _, size = _curve_key(key_info, self.name)
        r, s = decode_dss_signature(signature)
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")


@lru_cache(maxsize=4096)
def _public_key(key_info: bytes) -> object:
    try:
        return load_der_public_key(key_info)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise AlgorithmRefused(Code.ALGORITHM_MISMATCH, reason="the key cannot be read") from error


def _curve_key(key_info: bytes, name: str) -> tuple[ec.EllipticCurvePublicKey, int]:
    key = _public_key(key_info)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise AlgorithmRefused(Code.ALGORITHM_MISMATCH, algorithm=name)
    size = _CURVES.get(key.curve.name)
    if size is None:
        raise AlgorithmRefused(Code.ALGORITHM_WEAK, algorithm=name, curve=key.curve.name)
    return key, size


class Algorithms:
    """The algorithms that are accepted, and the names of those that are known to be weak."""

    def __init__(
        self, signatures: Iterable[SignatureAlgorithm], digests: Iterable[Digest], *, weak: frozenset[str]
    ) -> None:
        self._signatures = {name: item for item in signatures for name in (item.oid, item.uri)}
        self._digests = {name: item for item in digests for name in (item.oid, item.uri)}
        self._weak = weak

    def signature(self, name: str) -> SignatureAlgorithm:
        """Find a signature algorithm by OID or URI; raises `AlgorithmRefused`."""
        found = self._signatures.get(name)
        if found is None:
            raise self._refusal(name)
        return found

    def digest(self, name: str) -> Digest:
        """Find a digest by OID or URI; raises `AlgorithmRefused`."""
        found = self._digests.get(name)
        if found is None:
            raise self._refusal(name)
        return found

    def verify(self, name: str, *, key_info: bytes, key_algorithm: str, signature: bytes, data: bytes) -> bool:
        """Check a signature of X.509 form whose algorithm has the OID `name`."""
        algorithm = self.signature(name)
        if algorithm.key_algorithm != key_algorithm:
            raise AlgorithmRefused(Code.ALGORITHM_MISMATCH, algorithm=name, key=key_algorithm)
        return algorithm.verify(key_info, signature, data)

    def _refusal(self, name: str) -> AlgorithmRefused:
        return AlgorithmRefused(
            Code.ALGORITHM_WEAK if name in self._weak else Code.ALGORITHM_UNKNOWN, algorithm=name[:200]
        )


def _hash(name: str) -> Callable[[bytes], bytes]:
    return lambda data: hashlib.new(name, data).digest()


_XMLENC, _DSIG_MORE = "http://www.w3.org/2001/04/xmlenc#", "http://www.w3.org/2001/04/xmldsig-more#"
SHA256 = Digest("SHA-256", "2.16.840.1.101.3.4.2.1", _XMLENC + "sha256", lambda data: hashlib.sha256(data).digest())
SHA384 = Digest("SHA-384", "2.16.840.1.101.3.4.2.2", _DSIG_MORE + "sha384", _hash("sha384"))
SHA512 = Digest("SHA-512", "2.16.840.1.101.3.4.2.3", _XMLENC + "sha512", _hash("sha512"))

_RSA, _ECDSA = "1.2.840.113549.1.1.", "1.2.840.10045.4.3."
RSA_SHA256 = RsaPkcs1("RSA-SHA256", _RSA + "11", _DSIG_MORE + "rsa-sha256", SHA256, hashes.SHA256())
RSA_SHA384 = RsaPkcs1("RSA-SHA384", _RSA + "12", _DSIG_MORE + "rsa-sha384", SHA384, hashes.SHA384())
RSA_SHA512 = RsaPkcs1("RSA-SHA512", _RSA + "13", _DSIG_MORE + "rsa-sha512", SHA512, hashes.SHA512())
ECDSA_SHA256 = Ecdsa("ECDSA-SHA256", _ECDSA + "2", _DSIG_MORE + "ecdsa-sha256", SHA256, hashes.SHA256())
ECDSA_SHA384 = Ecdsa("ECDSA-SHA384", _ECDSA + "3", _DSIG_MORE + "ecdsa-sha384", SHA384, hashes.SHA384())
ECDSA_SHA512 = Ecdsa("ECDSA-SHA512", _ECDSA + "4", _DSIG_MORE + "ecdsa-sha512", SHA512, hashes.SHA512())

WEAK = frozenset(
    {
        _RSA + "4",
        _RSA + "5",
        "1.2.840.10045.4.1",
        "1.2.840.10040.4.3",
        "1.3.14.3.2.26",
        "1.2.840.113549.2.5",
        "http://www.w3.org/2000/09/xmldsig#sha1",
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        _DSIG_MORE + "sha1",
        _DSIG_MORE + "rsa-sha1",
        _DSIG_MORE + "rsa-md5",
        _DSIG_MORE + "md5",
        _DSIG_MORE + "ecdsa-sha1",
    }
)
"""SHA-1, MD5 and DSA by every name they are met under, two of them the НУЦ's own misspellings."""

ALGORITHMS = Algorithms(
    (RSA_SHA256, RSA_SHA384, RSA_SHA512, ECDSA_SHA256, ECDSA_SHA384, ECDSA_SHA512),
    (SHA256, SHA384, SHA512),
    weak=WEAK,
)
"""The registry that the room works with."""


def signs_for(certificate_key_algorithm: str, key_info: bytes) -> SignatureAlgorithm:
    """Choose the algorithm that a key signs with: the curve's own strength for ECDSA, SHA-256 for RSA."""
    if certificate_key_algorithm == RSA_KEY:
        return RSA_SHA256
    if certificate_key_algorithm == EC_KEY:
        _, size = _curve_key(key_info, "ECDSA")
        return {32: ECDSA_SHA256, 48: ECDSA_SHA384, 66: ECDSA_SHA512}[size]
    raise AlgorithmRefused(Code.ALGORITHM_UNKNOWN, algorithm=certificate_key_algorithm)
