"""Signatures of ГОСТ: what is signed verifies on every back end, and nothing else does."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.eds.algorithms import (
    ALGORITHMS,
    GOST_2004_34311,
    GOST_2015_512_STREEBOG,
    RSA_KEY,
    signature_of_key,
    signs_for,
)
from gateway.eds.codes import Code
from gateway.eds.der import BIT_STRING, INTEGER, NULL, OCTET_STRING, SEQUENCE, encode, encode_integer, encode_oid
from gateway.eds.errors import AlgorithmRefused, KeyUnreadable
from gateway.eds.gost import backends, keys, native, points
from gateway.eds.gost.backends import Verifier
from gateway.eds.gost.curves import CURVES, GOST_2004, GOST_2015_512, Curve
from gateway.eds.gost.keys import GostPrivateKey, GostPublicKey, read_public_key
from tests.unit.eds.gost.textbook import Textbook

INTEGERS = [int] if points.fastest_integer() is int else [int, points.fastest_integer()]
# RFC 7091 appendix A.1.
EXAMPLE = Textbook(
    p=0x8000000000000000000000000000000000000000000000000000000000000431,
    a=7,
    b=0x5FBFF498AA938CE739B8E022FBAFEF40563F6E6A3472FC2A514C0CE9DAE23B7E,
    q=0x8000000000000000000000000000000150FE8A1892976154C59CFC193ACCF5B3,
    x=2,
    y=0x8E2A8A0E65147D4BD6316030E16D19C85C97F0A9CA267122B96ABBCEA7E8FC8,
)
# RFC 7836 appendix B, the keys of the key agreement with 512 bits: numbers and points from the lowest byte up.
RFC7836 = [
    (
        (
            "c990ecd972fce84ec4db022778f50fcac726f46708384b8d458304962d7147f8"
            "c2db41cef22c90b102f2968404f9b9be6d47c79692d81826b32b8daca43cb667"
        ),
        (
            "aab0eda4abff21208d18799fb9a8556654ba783070eba10cb9abb253ec56dcf5"
            "d3ccba6192e464e6e5bcb6dea137792f2431f6c897eb1b3c0cc14327b1adc0a7"
            "914613a3074e363aedb204d38d3563971bd8758e878c9db11403721b48002d38"
            "461f92472d40ea92f9958c0ffa4c93756401b97f89fdbe0b5e46e4a4631cdb5a"
        ),
    ),
    (
        (
            "48c859f7b6f11585887cc05ec6ef1390cfea739b1a18c0d4662293ef63b79e3b"
            "8014070b44918590b4b996acfea4edfbbbcccc8c06edd8bf5bda92a51392d0db"
        ),
        (
            "192fe183b9713a077253c72c8735de2ea42a3dbc66ea317838b65fa32523cd5e"
            "fca974eda7c863f4954d1147f1f2b25c395fce1c129175e876d132e94ed5a651"
            "04883b414c9b592ec4dc84826f07d0b6d9006dda176ce48c391e3f97d102e03b"
            "b598bf132a228a45f7201aba08fc524a2d77e43a362ab022ad4028f75bde3b79"
        ),
    ),
]


def textbook(curve: Curve) -> Textbook:
    return Textbook(curve.p, curve.a, curve.b, curve.q, curve.x, curve.y)


@pytest.fixture(scope="module")
def pairs() -> dict[str, GostPrivateKey]:
    return {curve.name: GostPrivateKey.generate(curve) for curve in CURVES.values()}


@pytest.fixture
def key(pairs: dict[str, GostPrivateKey], curve: Curve) -> GostPrivateKey:
    return pairs[curve.name]


def test_oracle_gives_the_signature_of_the_rfc() -> None:
    e = 0x2DFBC1B372D89A1188C09C52E0EEC61FCE52032AB1022E8E67ECE6672B043EE5
    private = 0x7A929ADE789BB9BE10ED359DD39A72C11B60961F49397EEE1D19CE9891EC3B28
    r, s = EXAMPLE.sign(private, 0x77105C9B20BCD3122823C8CF6FCC7B956DE33814E95B7FE64FED924594DCEAB3, e)
    assert r == 0x41AA28D2F1AB148280CD9ED56FEDA41974053554A42767B83AD043FD39DC0493
    assert s == 0x1456C64BA4642A1653C235A98A60249BCD6D3F746B631DF928014F6C5BF9C40
    assert EXAMPLE.verify(EXAMPLE.multiply(private, (EXAMPLE.x, EXAMPLE.y)), e, r, s)


@pytest.mark.parametrize(("private", "public"), RFC7836)
def test_public_keys_are_those_of_the_rfc(private: str, public: str) -> None:
    key = GostPrivateKey(GOST_2015_512, int.from_bytes(bytes.fromhex(private), "little"))
    assert key.public_key_info.hex().endswith(public)


@pytest.mark.parametrize("integer", INTEGERS)
def test_arithmetic_agrees_with_the_textbook(curve: Curve, integer: points.Integer) -> None:
    oracle, base = textbook(curve), (curve.x, curve.y)
    assert curve.holds(*base)
    assert oracle.multiply(curve.q, base) is None
    other = oracle.multiply(secrets.randbelow(curve.q), base)
    assert other is not None
    special = (0, 1, 2, 3, 127, 128, 129, curve.q - 2, curve.q - 1, curve.q, secrets.randbelow(curve.q))
    for scalar in special:
        assert points.combination(curve, integer, scalar) == oracle.multiply(scalar, base)
    for one, two in zip(special, reversed(special), strict=True):
        expected = oracle.add(oracle.multiply(one, base), oracle.multiply(two, other))
        assert points.combination(curve, integer, one, two, other) == expected


@pytest.mark.parametrize("integer", INTEGERS)
def test_equal_opposite_and_infinite_points_are_added_rightly(curve: Curve, integer: points.Integer) -> None:
    base, opposite = (curve.x, curve.y), (curve.x, curve.p - curve.y)
    twice = textbook(curve).add(base, base)
    assert points.combination(curve, integer, 1, 1, base) == twice
    assert points.combination(curve, integer, 1, 1, opposite) is None
    assert points.combination(curve, integer, 5, 5, opposite) is None
    assert points.combination(curve, integer, 5, 3, opposite) == twice


def test_signature_verifies_on_every_back_end_and_a_changed_bit_does_not(
    verifier: Verifier, key: GostPrivateKey
) -> None:
    for data in (b"", b"a", bytes(1000)):
        signature = key.sign(data)
        assert len(signature) == 2 * key.curve.size
        assert key.public_key.verify(signature, data)
        assert not key.public_key.verify(signature, data + b"\0")
        for place in range(0, 8 * len(signature), 61):
            changed = bytearray(signature)
            changed[place // 8] ^= 1 << place % 8
            assert not key.public_key.verify(bytes(changed), data)
        assert not GostPrivateKey.generate(key.curve).public_key.verify(signature, data)


def test_byte_orders_of_other_countries_are_not_accepted(verifier: Verifier, key: GostPrivateKey) -> None:
    signature, size = key.sign(b"data"), key.curve.size
    r, s = signature[:size], signature[size:]
    for wrong in (s + r, r[::-1] + s[::-1], s[::-1] + r[::-1], signature[::-1]):
        assert not key.public_key.verify(wrong, b"data")


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_every_back_end_and_the_textbook_judge_random_signatures_alike(data: st.DataObject) -> None:
    curve = data.draw(st.sampled_from(list(CURVES.values())))
    oracle = textbook(curve)
    number = st.integers(1, curve.q - 1)
    private, k = data.draw(number), data.draw(number)
    digest = data.draw(st.binary(min_size=curve.size, max_size=curve.size))
    e = points.hash_number(curve, digest)
    r, s = oracle.sign(private, k, e)
    if data.draw(st.booleans()):
        s = data.draw(number)
    public = oracle.multiply(private, (curve.x, curve.y))
    assert public is not None
    expected = bool(r and s) and oracle.verify(public, e, r, s)
    for one in backends.available_verifiers():
        assert one.verify(curve, public, digest, r, s) is expected, one.name


def test_digest_of_zero_counts_as_one_on_every_back_end(curve: Curve) -> None:
    oracle, base = textbook(curve), (curve.x, curve.y)
    public = oracle.multiply(12345, base)
    assert public is not None
    r, s = oracle.sign(12345, 67890, 1)
    for digest in (bytes(curve.size), curve.q.to_bytes(curve.size, "little"), b"\1" + bytes(curve.size - 1)):
        for one in backends.available_verifiers():
            assert one.verify(curve, public, digest, r, s), one.name


def test_r_and_s_out_of_range_are_refused_before_any_back_end_sees_them(key: GostPrivateKey) -> None:
    size, q = key.curve.size, key.curve.q
    top = (1 << 8 * size) - 1
    good = int.from_bytes(key.sign(b"x")[:size], "little")
    never = backends.Verifier("never", lambda *arguments: pytest.fail("a hostile number came through"))
    chosen = backends.Backends(backends.fastest().hashes, never)
    token = backends._asked.set(chosen)
    try:
        for r, s in ((0, good), (good, 0), (0, 0), (q, good), (good, q), (q + 1, good), (top, top), (good, top)):
            signature = r.to_bytes(size, "little") + s.to_bytes(size, "little")
            assert not key.public_key.verify(signature, b"x")
        for length in (0, 1, size, 2 * size - 1, 2 * size + 1, 4 * size):
            assert not key.public_key.verify(b"\1" * length, b"x")
    finally:
        backends._asked.reset(token)


@pytest.mark.parametrize("number", [0, -1])
def test_private_key_out_of_range_is_refused(curve: Curve, number: int) -> None:
    for wrong in (number, curve.q - number):
        with pytest.raises(KeyUnreadable):
            GostPrivateKey(curve, wrong)


def test_poor_random_source_does_not_give_the_key_away(monkeypatch: pytest.MonkeyPatch, key: GostPrivateKey) -> None:
    monkeypatch.setattr(keys.secrets, "token_bytes", bytes)
    size = key.curve.size
    one, other = key.sign(b"one"), key.sign(b"other")
    assert one[:size] != other[:size]
    assert key.sign(b"one") == one
    monkeypatch.undo()
    assert key.sign(b"one")[:size] != one[:size]


def test_repr_of_a_private_key_does_not_show_it(key: GostPrivateKey) -> None:
    assert str(key.number) not in repr(key)


def key_info(
    curve: Curve, point: bytes, *, key: str | None = None, parameters: bytes | None = None, unused: bytes = b"\0"
) -> bytes:
    if parameters is None:
        parameters = encode(SEQUENCE, encode_oid(curve.parameter_set), encode_oid(curve.hash_set))
    identifier = encode(SEQUENCE, encode_oid(key or curve.key_algorithm), parameters)
    return encode(SEQUENCE, identifier, encode(BIT_STRING, unused, encode(OCTET_STRING, point)))


def point_bytes(curve: Curve, x: int, y: int) -> bytes:
    return x.to_bytes(curve.size, "little") + y.to_bytes(curve.size, "little")


def test_public_key_is_read_as_it_is_written(key: GostPrivateKey) -> None:
    public = read_public_key(key.public_key_info)
    assert public == key.public_key
    assert public.key_info == key_info(key.curve, point_bytes(key.curve, public.x, public.y))


def test_point_that_is_not_on_the_curve_is_refused(curve: Curve) -> None:
    good = point_bytes(curve, curve.x, curve.y)
    assert read_public_key(key_info(curve, good)) == GostPublicKey(curve, curve.x, curve.y)
    hostile = [
        point_bytes(curve, 0, 0),
        point_bytes(curve, curve.y, curve.x),
        point_bytes(curve, curve.x, curve.y ^ 1),
        point_bytes(curve, curve.p, curve.y),
        point_bytes(curve, curve.x + curve.p, curve.y) if curve.x + curve.p < 1 << 8 * curve.size else bytes(3),
        point_bytes(curve, (1 << 8 * curve.size) - 1, (1 << 8 * curve.size) - 1),
        good[::-1],
        good[:-1],
        good + b"\0",
        b"",
        b"\4" + good,
    ]
    for point in hostile:
        with pytest.raises(AlgorithmRefused) as refusal:
            read_public_key(key_info(curve, point))
        assert refusal.value.code is Code.ALGORITHM_MISMATCH


def test_key_with_other_parameters_is_refused(curve: Curve) -> None:
    point = point_bytes(curve, curve.x, curve.y)

    def names(*oids: str) -> bytes:
        return encode(SEQUENCE, *(encode_oid(oid) for oid in oids))

    weak = [names("1.2.643.7.1.2.1.2.2", curve.hash_set), names(), names(curve.hash_set, curve.parameter_set)]
    for parameters in weak:
        with pytest.raises(AlgorithmRefused) as refusal:
            read_public_key(key_info(curve, point, parameters=parameters))
        assert refusal.value.code is Code.ALGORITHM_WEAK
    strange = [
        names(curve.parameter_set),
        names(curve.parameter_set, "1.2.398.3.10.1.3.2"),
        names(curve.parameter_set, curve.hash_set, curve.hash_set),
        encode(NULL),
        b"",
        encode(INTEGER, b"\1"),
    ]
    for parameters in strange:
        with pytest.raises(AlgorithmRefused) as refusal:
            read_public_key(key_info(curve, point, parameters=parameters))
        assert refusal.value.code is Code.ALGORITHM_MISMATCH
    for made in (
        key_info(curve, point, key="1.2.398.3.10.1.1.2.1"),
        key_info(curve, point, unused=b"\1"),
        key_info(curve, point) + b"\0",
        b"",
        b"\x30\x80",
    ):
        with pytest.raises(AlgorithmRefused) as refusal:
            read_public_key(made)
        assert refusal.value.code is Code.ALGORITHM_MISMATCH


@settings(deadline=None)
@given(data=st.binary(max_size=300))
def test_no_bytes_make_the_key_reader_fail_otherwise(data: bytes) -> None:
    with pytest.raises(AlgorithmRefused):
        read_public_key(data)
    with pytest.raises(KeyUnreadable):
        GostPrivateKey.from_pkcs8(data)


def test_private_key_is_read_as_it_is_written(key: GostPrivateKey) -> None:
    der = key.to_pkcs8()
    assert GostPrivateKey.from_pkcs8(der) == key
    assert keys.is_gost_key(der)
    assert der.endswith(key.number.to_bytes(key.curve.size, "little"))
    for wrong in (der[:-1], der + b"\0", der.replace(encode_oid(key.curve.key_algorithm), encode_oid(RSA_KEY))):
        with pytest.raises(KeyUnreadable):
            GostPrivateKey.from_pkcs8(wrong)
        assert not keys.is_gost_key(wrong)


def test_private_key_in_an_octet_string_of_its_own_is_read(key: GostPrivateKey) -> None:
    number = encode(OCTET_STRING, key.number.to_bytes(key.curve.size, "little"))
    parameters = encode(SEQUENCE, encode_oid(key.curve.parameter_set), encode_oid(key.curve.hash_set))
    identifier = encode(SEQUENCE, encode_oid(key.curve.key_algorithm), parameters)
    der = encode(SEQUENCE, encode_integer(0), identifier, encode(OCTET_STRING, number))
    assert GostPrivateKey.from_pkcs8(der) == key
    for content in (b"", b"\0" * (key.curve.size - 1), encode(OCTET_STRING, b"1"), bytes(key.curve.size)):
        with pytest.raises(KeyUnreadable):
            GostPrivateKey.from_pkcs8(encode(SEQUENCE, encode_integer(0), identifier, encode(OCTET_STRING, content)))


@pytest.mark.parametrize("algorithm", [GOST_2015_512_STREEBOG, GOST_2004_34311], ids=lambda one: one.name)
def test_registry_finds_the_algorithm_by_every_name_and_checks_with_it(algorithm: object) -> None:
    assert algorithm in {GOST_2015_512_STREEBOG, GOST_2004_34311}
    for name in (algorithm.oid, algorithm.uri):
        assert ALGORITHMS.signature(name) is algorithm
    for name in (algorithm.digest.oid, algorithm.digest.uri):
        assert ALGORITHMS.digest(name) is algorithm.digest
    assert signature_of_key(algorithm.key_algorithm) is algorithm
    assert signature_of_key(RSA_KEY) is None
    key = GostPrivateKey.generate(algorithm.curve)
    assert signs_for(algorithm.key_algorithm, key.public_key_info) is algorithm
    signature = key.sign(b"data")
    assert algorithm.from_xml(key.public_key_info, signature) == signature
    assert algorithm.to_xml(key.public_key_info, signature) == signature
    assert algorithm.from_xml(key.public_key_info, signature[:-1]) is None
    asked = {"key_info": key.public_key_info, "key_algorithm": algorithm.key_algorithm, "data": b"data"}
    assert ALGORITHMS.verify(algorithm.oid, signature=signature, **asked)
    assert not ALGORITHMS.verify(algorithm.oid, signature=signature[::-1], **asked)


def test_key_of_one_generation_does_not_check_for_the_other() -> None:
    old = GostPrivateKey.generate(GOST_2004)
    with pytest.raises(AlgorithmRefused) as refusal:
        GOST_2015_512_STREEBOG.verify(old.public_key_info, bytes(128), b"")
    assert refusal.value.code is Code.ALGORITHM_MISMATCH


def test_check_of_a_library_that_says_yes_or_no_to_everything_is_not_trusted(curve: Curve) -> None:
    assert not native._agrees(lambda *arguments: True, curve)
    assert not native._agrees(lambda *arguments: False, curve)
    assert native._agrees(points.verifier(int), curve)
