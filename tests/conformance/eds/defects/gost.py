"""Certificates of ГОСТ with one defect each: numbers, points, lengths, parameters and orders of bytes."""

from __future__ import annotations

from collections.abc import Callable

from gateway.eds.codes import Code
from gateway.eds.der import BIT_STRING, OCTET_STRING, SEQUENCE, Der, encode, encode_integer, encode_oid
from gateway.eds.gost.curves import GOST_2004, GOST_2015_512, Curve
from tests.conformance.eds.defects.case import Case, Sample
from tests.conformance.eds.defects.certificates import UNKNOWN
from tests.conformance.eds.defects.forging import CN, FAMILIES, Authority, Land, Signer, name

GOST = ("gost-2015", "gost-2004")
MISMATCH = Code.ALGORITHM_MISMATCH


def curve_of(land: Land) -> Curve:
    """Return the curve of the land's keys."""
    found = FAMILIES[land.family]
    assert found is not None
    return found


def signature(change: Callable[[bytes, Curve], bytes]) -> Callable[[Land], Sample]:
    """A certificate whose signature is changed after it was made."""

    def make(land: Land) -> Sample:
        true = land.nca.signer

        class Changed:
            algorithm = true.algorithm
            key_info = true.key_info

            def sign(self, data: bytes) -> bytes:
                return change(true.sign(data), curve_of(land))

        return Sample(land.person(signer=Changed()), (land.nca.certificate,))

    return make


def halves(value: bytes) -> tuple[bytes, bytes]:
    """Return r and s as they stand."""
    return value[: len(value) // 2], value[len(value) // 2 :]


def _number(value: int, curve: Curve) -> bytes:
    return value.to_bytes(curve.size, "little")


def _plus_q(value: bytes, curve: Curve) -> bytes:
    """Write s + q: the same number modulo q, if it fits at all."""
    r, s = halves(value)
    return r + _number((int.from_bytes(s, "little") + curve.q) % (1 << 8 * curve.size), curve)


def _negated(value: bytes, curve: Curve) -> bytes:
    """Write q - s, which ECDSA would accept."""
    r, s = halves(value)
    return r + _number(curve.q - int.from_bytes(s, "little"), curve)


def _der(value: bytes, curve: Curve) -> bytes:
    return encode(SEQUENCE, *(encode_integer(int.from_bytes(part, "little")) for part in halves(value)))


def key_info(
    change: Callable[[bytes, Curve], bytes], parameters: tuple[str, ...] | None = None
) -> Callable[[Land], bytes]:
    """Write the key of a person with another point or other parameters."""

    def make(land: Land) -> bytes:
        curve = curve_of(land)
        algorithm, bits = Der.read(land.key("person").key_info).children()
        point = change(Der.read(bits.bits()).content, curve)
        named = algorithm.raw
        if parameters is not None:
            named = encode(SEQUENCE, encode_oid(curve.key_algorithm), encode(SEQUENCE, *map(encode_oid, parameters)))
        return encode(SEQUENCE, named, encode(BIT_STRING, b"\x00", encode(OCTET_STRING, point)))

    return make


def holder(make: Callable[[Land], bytes]) -> Callable[[Land], Sample]:
    """A person's certificate of a key that is wrong."""
    return lambda land: Sample(land.person(key_info=make(land)), (land.nca.certificate,))


def issuer(make: Callable[[Land], bytes]) -> Callable[[Land], Sample]:
    """A certificate of an authority whose key is wrong."""

    def sample(land: Land) -> Sample:
        below = land.root.establishes(name((CN, "ҚАТЕ КІЛТ")), land.key("person"), key_info=make(land))
        signed = Authority(below.name, _Posing(land.key("person"), make(land)))
        return Sample(signed.certifies(key_info=land.key("person").key_info), (below.certificate,))

    return sample


class _Posing:
    def __init__(self, true: Signer, info: bytes) -> None:
        self.algorithm = true.algorithm
        self.key_info = info
        self.sign = true.sign


def _same(point: bytes, curve: Curve) -> bytes:
    return point


def _off_curve(point: bytes, curve: Curve) -> bytes:
    return point[:-1] + bytes((point[-1] ^ 1,))


def _big_endian(point: bytes, curve: Curve) -> bytes:
    x, y = halves(point)
    return x[::-1] + y[::-1]


def _not_reduced(point: bytes, curve: Curve) -> bytes:
    """Write x = 2^n - 1, which is above the field's prime."""
    return b"\xff" * curve.size + halves(point)[1]


_OTHER = {GOST_2015_512.name: GOST_2004, GOST_2004.name: GOST_2015_512}


def _other_hash(land: Land) -> bytes:
    curve = curve_of(land)
    return key_info(_same, (curve.parameter_set, _OTHER[curve.name].hash_set))(land)


def _family_of_another(land: Land) -> Sample:
    """A signature that says that it is of the other ГОСТ."""
    other = Land("gost-2004" if land.family == "gost-2015" else "gost-2015")
    return Sample(land.person(inner=other.nca.signer.algorithm), (land.nca.certificate,))


SIGNATURES = (
    Case(
        "gost-signature-one-bit-wrong",
        UNKNOWN,
        signature(lambda it, curve: it[:9] + bytes((it[9] ^ 4,)) + it[10:]),
        GOST,
    ),
    Case("gost-signature-r-is-zero", UNKNOWN, signature(lambda it, curve: bytes(curve.size) + halves(it)[1]), GOST),
    Case("gost-signature-s-is-zero", UNKNOWN, signature(lambda it, curve: halves(it)[0] + bytes(curve.size)), GOST),
    Case("gost-signature-all-zeros", UNKNOWN, signature(lambda it, curve: bytes(2 * curve.size)), GOST),
    Case("gost-signature-r-is-q", UNKNOWN, signature(lambda it, curve: _number(curve.q, curve) + halves(it)[1]), GOST),
    Case("gost-signature-s-is-q", UNKNOWN, signature(lambda it, curve: halves(it)[0] + _number(curve.q, curve)), GOST),
    Case("gost-signature-s-plus-q", UNKNOWN, signature(_plus_q), GOST),
    Case("gost-signature-s-negated", UNKNOWN, signature(_negated), GOST),
    Case("gost-signature-all-ones", UNKNOWN, signature(lambda it, curve: b"\xff" * 2 * curve.size), GOST),
    Case("gost-signature-big-endian", UNKNOWN, signature(lambda it, curve: it[::-1]), GOST),
    Case("gost-signature-halves-big-endian", UNKNOWN, signature(_big_endian), GOST),
    Case("gost-signature-s-before-r", UNKNOWN, signature(lambda it, curve: b"".join(reversed(halves(it)))), GOST),
    Case("gost-signature-a-byte-short", UNKNOWN, signature(lambda it, curve: it[:-1]), GOST),
    Case("gost-signature-a-byte-long", UNKNOWN, signature(lambda it, curve: it + b"\x00"), GOST),
    Case("gost-signature-in-der", UNKNOWN, signature(_der), GOST),
    Case("gost-signature-of-the-other-family", UNKNOWN, _family_of_another, GOST),
)

_KEYS: tuple[tuple[str, Code, Callable[[Land], bytes]], ...] = (
    ("off-the-curve", MISMATCH, key_info(_off_curve)),
    ("big-endian", MISMATCH, key_info(_big_endian)),
    ("of-zeros", MISMATCH, key_info(lambda point, curve: bytes(len(point)))),
    ("not-reduced", MISMATCH, key_info(_not_reduced)),
    ("a-byte-short", MISMATCH, key_info(lambda point, curve: point[:-1])),
    ("a-byte-long", MISMATCH, key_info(lambda point, curve: point + b"\x00")),
    ("of-another-curve", Code.ALGORITHM_WEAK, key_info(_same, ("1.2.643.7.1.2.1.2.2", "1.2.398.3.10.1.3.3"))),
    ("with-another-hash", MISMATCH, _other_hash),
    ("without-parameters", Code.ALGORITHM_WEAK, key_info(_same, ())),
)

KEYS = (
    *(Case(f"gost-leaf-key-{what}", code, holder(make), GOST) for what, code, make in _KEYS),
    *(
        # A namesake of the issuer whose key does not fit is passed over.
        Case(f"gost-issuer-key-{what}", UNKNOWN if code is MISMATCH else code, issuer(make), GOST)
        for what, code, make in _KEYS
    ),
)

GOST_DEFECTS = SIGNATURES + KEYS
