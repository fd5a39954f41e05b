"""Keys of ГОСТ 34.10-2015 (512) and ГОСТ 34.310-2004 as Kazakhstan encodes them: reading, checking, signing.

Byte orders: a public key is `BIT STRING { OCTET STRING { x || y } }`, a signature r || s, all of them little-endian.
There is no check of signatures of the 256-bit variant of ГОСТ 34.10-2015: nobody has shown one.

Signing is for simulators and test keys: it takes a time that depends on the key, so that who can measure it closely
may learn the key. The number k of a signature is derived from key, digest and 64 random bytes by the generator of
RFC 6979 with the additional input of its section 3.6: neither a poor random source nor a fault met twice repeats a k.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from gateway.eds.codes import Code
from gateway.eds.der import BIT_STRING, OCTET_STRING, SEQUENCE, Der, DerError, encode, encode_integer, encode_oid
from gateway.eds.errors import AlgorithmRefused, KeyUnreadable
from gateway.eds.gost.backends import chosen
from gateway.eds.gost.curves import CURVES, GOST_2004, GOST_2015_512, Curve
from gateway.eds.gost.digests import gost34311, streebog512
from gateway.eds.gost.points import combination, fastest_integer, hash_number

_DIGESTS: dict[str, Callable[[bytes], bytes]] = {
    GOST_2015_512.key_algorithm: streebog512,
    GOST_2004.key_algorithm: gost34311,
}


@dataclass(frozen=True, slots=True)
class GostPublicKey:
    """A point that is known to lie on its curve."""

    curve: Curve
    x: int
    y: int

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Tell whether `signature` (r || s, little-endian) is over `data`; raises `AlgorithmRefused` for long data."""
        size, q = self.curve.size, self.curve.q
        if len(signature) != 2 * size:
            return False
        r, s = int.from_bytes(signature[:size], "little"), int.from_bytes(signature[size:], "little")
        if not (0 < r < q and 0 < s < q):
            return False
        digest = _DIGESTS[self.curve.key_algorithm](data)
        return chosen().verifier.verify(self.curve, (self.x, self.y), digest, r, s)

    @property
    def key_info(self) -> bytes:
        """The SubjectPublicKeyInfo."""
        size = self.curve.size
        point = self.x.to_bytes(size, "little") + self.y.to_bytes(size, "little")
        bits = encode(BIT_STRING, b"\x00", encode(OCTET_STRING, point))
        return encode(SEQUENCE, _algorithm_identifier(self.curve), bits)


@lru_cache(maxsize=4096)
def read_public_key(key_info: bytes) -> GostPublicKey:
    """Read a SubjectPublicKeyInfo; raises `AlgorithmRefused` unless curve, hash, lengths and point are as they must be.

    A curve that is not the НУЦ's is `algorithm-weak`, anything malformed `algorithm-mismatch`.
    """
    try:
        identifier, bits = Der.read(key_info).children()
        curve = _curve(identifier)
        point = Der.read(bits.bits()).expect(OCTET_STRING).content
    except (DerError, ValueError, LookupError) as error:
        raise AlgorithmRefused(Code.ALGORITHM_MISMATCH, reason="the key cannot be read") from error
    x, y = int.from_bytes(point[: curve.size], "little"), int.from_bytes(point[curve.size :], "little")
    if len(point) != 2 * curve.size or not curve.holds(x, y):
        raise AlgorithmRefused(Code.ALGORITHM_MISMATCH, reason="the key is no point of its curve", curve=curve.name)
    return GostPublicKey(curve, x, y)


def _curve(identifier: Der) -> Curve:
    """Find the curve that an AlgorithmIdentifier of a key names."""
    algorithm, parameters = identifier.children()
    curve = CURVES.get(algorithm.oid())
    if curve is None:
        raise AlgorithmRefused(Code.ALGORITHM_MISMATCH, algorithm=algorithm.oid())
    names = [one.oid() for one in parameters.children()]
    if names[:1] != [curve.parameter_set]:
        raise AlgorithmRefused(Code.ALGORITHM_WEAK, curve=(names or ["none"])[0])
    if names[1:] != [curve.hash_set]:
        raise AlgorithmRefused(Code.ALGORITHM_MISMATCH, hash=",".join(names[1:])[:200])
    return curve


def _algorithm_identifier(curve: Curve) -> bytes:
    names = encode(SEQUENCE, encode_oid(curve.parameter_set), encode_oid(curve.hash_set))
    return encode(SEQUENCE, encode_oid(curve.key_algorithm), names)


@dataclass(frozen=True)
class GostPrivateKey:
    """A private key in memory: a number between 0 and the order of the curve."""

    curve: Curve
    number: int = field(repr=False)

    def __post_init__(self) -> None:
        if not 0 < self.number < self.curve.q:
            raise KeyUnreadable(Code.KEY_UNREADABLE, reason="the private key is out of range")

    @classmethod
    def generate(cls, curve: Curve) -> GostPrivateKey:
        """Make a new key from the system's random source."""
        return cls(curve, secrets.randbelow(curve.q - 1) + 1)

    @classmethod
    def from_pkcs8(cls, der: bytes) -> GostPrivateKey:
        """Read a PrivateKeyInfo whose octets are the number, little-endian (RFC 9215 section 4); `KeyUnreadable` else.

        The octets may stand in an octet string of their own, as some programs write them.
        """
        try:
            _, identifier, octets, *_ = Der.read(der).children()
            curve = _curve(identifier)
            content = octets.expect(OCTET_STRING).content
            if len(content) != curve.size:
                content = Der.read(content).expect(OCTET_STRING).content
        except AlgorithmRefused as error:
            raise KeyUnreadable(Code.KEY_UNREADABLE, **error.facts) from error
        except (DerError, ValueError, LookupError) as error:
            raise KeyUnreadable(Code.KEY_UNREADABLE, reason="the private key cannot be read") from error
        if len(content) != curve.size:
            raise KeyUnreadable(Code.KEY_UNREADABLE, reason="the private key has a wrong length")
        return cls(curve, int.from_bytes(content, "little"))

    def to_pkcs8(self) -> bytes:
        """Write a PrivateKeyInfo (RFC 5208); the octets are the number, little-endian."""
        octets = encode(OCTET_STRING, self.number.to_bytes(self.curve.size, "little"))
        return encode(SEQUENCE, encode_integer(0), _algorithm_identifier(self.curve), octets)

    @cached_property
    def public_key(self) -> GostPublicKey:
        """The public key; 2 to 10 ms the first time."""
        point = combination(self.curve, fastest_integer(), self.number)
        assert point is not None
        return GostPublicKey(self.curve, *point)

    @property
    def public_key_info(self) -> bytes:
        """The SubjectPublicKeyInfo."""
        return self.public_key.key_info

    def sign(self, data: bytes) -> bytes:
        """Return r || s, little-endian, over `data`; 2 to 10 ms. Raises `AlgorithmRefused` for long data."""
        curve, digest = self.curve, _DIGESTS[self.curve.key_algorithm](data)
        for k in self._secret_numbers(digest):
            point = combination(curve, fastest_integer(), k)
            assert point is not None
            r = point[0] % curve.q
            s = (r * self.number + k * hash_number(curve, digest)) % curve.q
            if r and s:
                return r.to_bytes(curve.size, "little") + s.to_bytes(curve.size, "little")
        raise AssertionError("the generator has no end")

    def _secret_numbers(self, digest: bytes) -> Iterator[int]:
        """Generate candidates for k (RFC 6979 section 3.2 over HMAC-SHA-512, with additional input as in 3.6)."""
        size = self.curve.size
        seed = self.number.to_bytes(size, "big") + digest + secrets.token_bytes(64)
        key, value = bytes(64), b"\x01" * 64
        for mark in (b"\x00", b"\x01"):
            key = hmac.digest(key, value + mark + seed, "sha512")
            value = hmac.digest(key, value, "sha512")
        while True:
            value = hmac.digest(key, value, "sha512")
            k = int.from_bytes(value[:size], "big")
            if 0 < k < self.curve.q:
                yield k
            key = hmac.digest(key, value + b"\x00", "sha512")
            value = hmac.digest(key, value, "sha512")


def is_gost_key(pkcs8: bytes) -> bool:
    """Tell whether a PrivateKeyInfo names one of the ГОСТ algorithms."""
    try:
        return Der.read(pkcs8).children()[1].children()[0].oid() in CURVES
    except (DerError, LookupError):
        return False
