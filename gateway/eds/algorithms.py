"""Signature and digest algorithms in one registry, found by OID (X.509) or by URI (XML-DSig).

An algorithm of another family is one more entry: everything else in the room asks the registry by name.

Long because it is one thing: the registry, and every family of algorithms beside the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from gateway.eds.codes import Code
from gateway.eds.errors import AlgorithmRefused
from gateway.eds.gost.curves import GOST_2004, GOST_2015_512, Curve
from gateway.eds.gost.digests import gost34311, streebog256, streebog512
from gateway.eds.gost.keys import GostPublicKey, read_public_key

RSA_KEY, EC_KEY, DSA_KEY = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1", "1.2.840.10040.4.1"
GOST_2015_KEY, GOST_2004_KEY = GOST_2015_512.key_algorithm, GOST_2004.key_algorithm
_RSA_LARGEST = 8192
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

    def check_key(self, key_info: bytes) -> None:
        """Check that a key is one, strong enough and of the right curve; raises `AlgorithmRefused`."""

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
    smallest: int = 2048

    def check_key(self, key_info: bytes) -> None:
        """Check that a key is of RSA, not below `smallest` (weak) and not above 8192 bits (a trap)."""
        self._key(key_info)

    def _key(self, key_info: bytes) -> rsa.RSAPublicKey:
        key = _public_key(key_info)
        if not isinstance(key, rsa.RSAPublicKey):
            raise AlgorithmRefused(Code.ALGORITHM_MISMATCH, algorithm=self.name)
        if not self.smallest <= key.key_size <= _RSA_LARGEST:
            raise AlgorithmRefused(Code.ALGORITHM_WEAK, algorithm=self.name, bits=str(key.key_size))
        return key

    def verify(self, key_info: bytes, signature: bytes, data: bytes) -> bool:
        """Check an RSA signature; raises as `check_key` does."""
        key = self._key(key_info)
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

    def check_key(self, key_info: bytes) -> None:
        """Check that a key is on P-256, P-384 or P-521."""
        _curve_key(key_info, self.name)

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


@dataclass(frozen=True, slots=True)
class Dsa:
    """DSA with SHA-1 (FIPS 186-2, keys of 1024 bits), for old material alone; r and s of 20 bytes each in XML."""

    name: str
    oid: str
    uri: str
    digest: Digest
    hash: hashes.HashAlgorithm
    key_algorithm: str = DSA_KEY

    def check_key(self, key_info: bytes) -> None:
        """Check that a key is of DSA and complete: RFC 3279 lets it inherit parameters from its issuer's."""
        self._key(key_info)

    def _key(self, key_info: bytes) -> dsa.DSAPublicKey:
        key = _public_key(key_info)
        if not isinstance(key, dsa.DSAPublicKey):
            raise AlgorithmRefused(Code.ALGORITHM_MISMATCH, algorithm=self.name)
        return key

    def verify(self, key_info: bytes, signature: bytes, data: bytes) -> bool:
        """Check a DSA signature; raises as `check_key` does."""
        key = self._key(key_info)
        try:
            key.verify(signature, data, self.hash)
        except InvalidSignature:
            return False
        return True

    def from_xml(self, key_info: bytes, signature: bytes) -> bytes | None:
        """Make DER of r and s (XML-DSig 1.1 section 6.4.1)."""
        if len(signature) != 40:
            return None
        return encode_dss_signature(int.from_bytes(signature[:20], "big"), int.from_bytes(signature[20:], "big"))

    def to_xml(self, key_info: bytes, signature: bytes) -> bytes:
        """Write r and s side by side."""
        r, s = decode_dss_signature(signature)
        return r.to_bytes(20, "big") + s.to_bytes(20, "big")


@dataclass(frozen=True, slots=True)
class Gost:
    """ГОСТ as Kazakhstan uses it: r and s side by side, little-endian, in X.509, CMS and XML alike."""

    name: str
    oid: str
    uri: str
    digest: Digest
    curve: Curve

    @property
    def key_algorithm(self) -> str:
        """The OID of keys that it works with."""
        return self.curve.key_algorithm

    def check_key(self, key_info: bytes) -> None:
        """Check that a key is a point of this curve."""
        self._key(key_info)

    def _key(self, key_info: bytes) -> GostPublicKey:
        key = read_public_key(key_info)
        if key.curve != self.curve:
            raise AlgorithmRefused(Code.ALGORITHM_MISMATCH, algorithm=self.name)
        return key

    def verify(self, key_info: bytes, signature: bytes, data: bytes) -> bool:
        """Check a ГОСТ signature; 1 to 15 ms. A key on another curve, or no point of its curve, is refused."""
        return self._key(key_info).verify(signature, data)

    def from_xml(self, key_info: bytes, signature: bytes) -> bytes | None:
        """Return the signature when it has the right length: both forms are one."""
        return signature if len(signature) == 2 * self.curve.size else None

    def to_xml(self, key_info: bytes, signature: bytes) -> bytes:
        """Return the signature: both forms are one."""
        return signature


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

    def extended(self, signatures: Iterable[SignatureAlgorithm], digests: Iterable[Digest]) -> Algorithms:
        """Make a registry that has these as well; an entry of the same name takes the place of the old one."""
        made = Algorithms(signatures, digests, weak=self._weak)
        made._signatures = self._signatures | made._signatures
        made._digests = self._digests | made._digests
        return made

    def signature(self, name: str) -> SignatureAlgorithm:
        """Find a signature algorithm by OID or URI; raises `AlgorithmRefused`."""
        found = self._signatures.get(name)
        if found is None:
            raise self._refusal(name)
        return found

    def of_key(self, key_algorithm: str, digest: str) -> SignatureAlgorithm | None:
        """Return what keys of this OID sign with over a digest; `None` when the OID is no key's."""
        fitting = (one for one in self._signatures.values() if one.key_algorithm == key_algorithm)
        return next((one for one in fitting if one.digest.oid == digest), None)

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

    def check_key(self, key_info: bytes, key_algorithm: str) -> None:
        """Check that one of the algorithms could work with a key; raises `AlgorithmRefused`."""
        refusal = AlgorithmRefused(Code.ALGORITHM_UNKNOWN, algorithm=key_algorithm)
        for algorithm in self._signatures.values():
            if algorithm.key_algorithm == key_algorithm:
                try:
                    return algorithm.check_key(key_info)
                except AlgorithmRefused as error:
                    refusal = error
        raise refusal

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

_KZ, _KZ_XML = "1.2.398.3.10.1.", "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:"
STREEBOG512 = Digest("Streebog-512", _KZ + "3.3", _KZ_XML + "gostr34112015-512", streebog512)
STREEBOG256 = Digest("Streebog-256", _KZ + "3.2", _KZ_XML + "gostr34112015-256", streebog256)
GOST34311 = Digest("GOST 34.311-95", _KZ + "3.1", _DSIG_MORE + "gost34311", gost34311)
GOST_2015_512_STREEBOG = Gost(
    "GOST 34.10-2015-512", _KZ + "1.2.3.2", _KZ_XML + "gostr34102015-gostr34112015-512", STREEBOG512, GOST_2015_512
)
GOST_2004_34311 = Gost("GOST 34.310-2004", _KZ + "1.1.2", _DSIG_MORE + "gost34310-gost34311", GOST34311, GOST_2004)
"""The 256-bit variant of ГОСТ 34.10-2015 is left out: there is no signature to learn its byte orders from."""

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
    (
        RSA_SHA256,
        RSA_SHA384,
        RSA_SHA512,
        ECDSA_SHA256,
        ECDSA_SHA384,
        ECDSA_SHA512,
        GOST_2015_512_STREEBOG,
        GOST_2004_34311,
    ),
    (SHA256, SHA384, SHA512, STREEBOG512, STREEBOG256, GOST34311),
    weak=WEAK,
)
"""The registry that the room works with."""


def signs_for(certificate_key_algorithm: str, key_info: bytes) -> SignatureAlgorithm:
    """Choose the algorithm that a key signs with: SHA-256 for RSA, the curve's own strength for ECDSA, ГОСТ's own."""
    if certificate_key_algorithm == RSA_KEY:
        return RSA_SHA256
    if certificate_key_algorithm == EC_KEY:
        _, size = _curve_key(key_info, "ECDSA")
        return {32: ECDSA_SHA256, 48: ECDSA_SHA384, 66: ECDSA_SHA512}[size]
    found = signature_of_key(certificate_key_algorithm)
    if found is None:
        raise AlgorithmRefused(Code.ALGORITHM_UNKNOWN, algorithm=certificate_key_algorithm)
    read_public_key(key_info)
    return found


def signature_of_key(oid: str) -> SignatureAlgorithm | None:
    """Return the one algorithm that a ГОСТ key signs with, by the OID of the key; `None` for any other OID.

    The НУЦ's native library writes the key's OID where CMS wants the signature's.
    """
    return {GOST_2015_KEY: GOST_2015_512_STREEBOG, GOST_2004_KEY: GOST_2004_34311}.get(oid)


_DSIG, _OLDEST_RSA = "http://www.w3.org/2000/09/xmldsig#", 1024
SHA1 = Digest("SHA-1", "1.3.14.3.2.26", _DSIG + "sha1", lambda data: hashlib.sha1(data, usedforsecurity=False).digest())
RSA_SHA1 = RsaPkcs1("RSA-SHA1", _RSA + "5", _DSIG + "rsa-sha1", SHA1, hashes.SHA1(), smallest=_OLDEST_RSA)  # noqa: S303
DSA_SHA1 = Dsa("DSA-SHA1", "1.2.840.10040.4.3", _DSIG + "dsa-sha1", SHA1, hashes.SHA1())  # noqa: S303
ECDSA_SHA1 = Ecdsa("ECDSA-SHA1", "1.2.840.10045.4.1", _DSIG_MORE + "ecdsa-sha1", SHA1, hashes.SHA1())  # noqa: S303

LEGACY_ALGORITHMS = ALGORITHMS.extended(
    (
        replace(RSA_SHA1, uri=_DSIG_MORE + "rsa-sha1"),
        RSA_SHA1,
        DSA_SHA1,
        ECDSA_SHA1,
        *(replace(rsa_sha2, smallest=_OLDEST_RSA) for rsa_sha2 in (RSA_SHA256, RSA_SHA384, RSA_SHA512)),
    ),
    (replace(SHA1, uri=_DSIG_MORE + "sha1"), SHA1),
)
"""The registry with SHA-1, DSA and RSA keys from 1024 bits, to judge old material under a policy that says so."""
