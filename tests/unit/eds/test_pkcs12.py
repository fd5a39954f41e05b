"""PKCS#12 files and PEM with ГОСТ keys: opened by their password alone, and nothing hostile gets through."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.eds import pbe, rc2
from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.codes import Code
from gateway.eds.der import (
    BIT_STRING,
    NULL,
    OCTET_STRING,
    SEQUENCE,
    UTC_TIME,
    Der,
    DerError,
    encode,
    encode_integer,
    encode_oid,
)
from gateway.eds.errors import EdsError, KeyUnreadable
from gateway.eds.gost.curves import GOST_2004, GOST_2015_512, Curve
from gateway.eds.gost.keys import GostPrivateKey
from gateway.eds.keys import SoftwareKey, load_pem, load_pkcs12, signing_key
from gateway.eds.paths import signed_by
from gateway.eds.pkcs12 import open_pkcs12, read_pkcs12, write_pkcs12
from tests.unit.eds import pki

PASSWORD = "Құпия сөз 1"
SIGNATURES = {GOST_2015_512.name: "1.2.398.3.10.1.1.2.3.2", GOST_2004.name: "1.2.398.3.10.1.1.1.2"}


def certificate(key: GostPrivateKey, issuer: GostPrivateKey, cn: str = "СЫНАҚ") -> Certificate:
    """The smallest certificate there can be."""
    identifier = encode(SEQUENCE, encode_oid(SIGNATURES[issuer.curve.name]), encode(NULL))

    def time(moment: datetime) -> bytes:
        return encode(UTC_TIME, f"{moment:%y%m%d%H%M%SZ}".encode())

    tbs = encode(
        SEQUENCE,
        encode_integer(1 + len(cn)),
        identifier,
        pki.name(cn="ИЗДАТЕЛЬ").public_bytes(),
        encode(SEQUENCE, time(pki.NOW - timedelta(days=1)), time(pki.NOW + timedelta(days=300))),
        pki.name(cn=cn).public_bytes(),
        key.public_key_info,
    )
    return read_certificate(encode(SEQUENCE, tbs, identifier, encode(BIT_STRING, b"\0", issuer.sign(tbs))))


@pytest.fixture(scope="module", params=[GOST_2015_512, GOST_2004], ids=["2015", "2004"])
def curve(request: pytest.FixtureRequest) -> Curve:
    return request.param


@pytest.fixture(scope="module")
def issuer(curve: Curve) -> GostPrivateKey:
    return GostPrivateKey.generate(curve)


@pytest.fixture(scope="module")
def gost(curve: Curve, issuer: GostPrivateKey) -> SoftwareKey:
    private = GostPrivateKey.generate(curve)
    above = certificate(issuer, issuer, "ИЗДАТЕЛЬ")
    return signing_key(private, certificate(private, issuer), (above,))


@pytest.fixture(scope="module")
def store(gost: SoftwareKey) -> bytes:
    private = gost._private
    assert isinstance(private, GostPrivateKey)
    return write_pkcs12(
        name="кілт",
        key=private,
        certificate=gost.certificate.der,
        chain=[one.der for one in gost.chain],
        password=PASSWORD,
    )


def test_gost_key_store_opens_with_its_password_only(store: bytes, gost: SoftwareKey) -> None:
    opened = load_pkcs12(store, PASSWORD)
    assert opened.certificate == gost.certificate
    assert opened.chain == gost.chain
    assert opened.algorithm is gost.algorithm
    signature = opened.sign(b"data")
    assert opened.algorithm.verify(gost.certificate.key_info, signature, b"data")
    assert read_pkcs12(store, PASSWORD) == gost._private
    assert open_pkcs12(store, PASSWORD).keys[0].name == "кілт"
    for wrong in ("", PASSWORD + " ", PASSWORD.upper()):
        with pytest.raises(KeyUnreadable) as refusal:
            load_pkcs12(store, wrong)
        assert refusal.value.code is Code.KEY_PASSWORD_WRONG


def test_certificate_of_a_gost_key_is_signed_by_its_issuer_and_by_no_other(gost: SoftwareKey) -> None:
    (above,) = gost.chain
    assert signed_by(gost.certificate, above)
    assert signed_by(above, above)
    assert not signed_by(above, gost.certificate)


def test_gost_key_with_the_certificate_of_another_is_refused(gost: SoftwareKey) -> None:
    (above,) = gost.chain
    with pytest.raises(KeyUnreadable):
        signing_key(gost._private, above)
    private = gost._private
    assert isinstance(private, GostPrivateKey)
    alien = write_pkcs12(name="x", key=private, certificate=above.der, chain=[], password="x")
    with pytest.raises(KeyUnreadable) as refusal:
        load_pkcs12(alien, "x")
    assert refusal.value.code is Code.KEY_UNREADABLE


def test_gost_key_in_pem_is_opened_encrypted_or_not(gost: SoftwareKey) -> None:
    private = gost._private
    assert isinstance(private, GostPrivateKey)
    tail = gost.certificate.pem.encode() + gost.chain[0].pem.encode()

    def pem(label: bytes, der: bytes) -> bytes:
        return b"-----BEGIN %s-----\n%s-----END %s-----\n" % (label, base64.encodebytes(der), label) + tail

    identifier, encrypted = pbe.encrypt(private.to_pkcs8(), PASSWORD)
    hidden = pem(b"ENCRYPTED PRIVATE KEY", encode(SEQUENCE, identifier, encode(OCTET_STRING, encrypted)))
    for opened in (load_pem(pem(b"PRIVATE KEY", private.to_pkcs8())), load_pem(hidden, PASSWORD)):
        assert (opened.certificate, opened.chain) == (gost.certificate, gost.chain)
        assert opened.algorithm.verify(gost.certificate.key_info, opened.sign(b"x"), b"x")
    for password in ("wrong", None):
        with pytest.raises(KeyUnreadable) as refusal:
            load_pem(hidden, password)
        assert refusal.value.code is Code.KEY_PASSWORD_WRONG


@pytest.mark.parametrize("hash_algorithm", [hashes.SHA1(), hashes.SHA256(), hashes.SHA512()], ids=lambda one: one.name)
@pytest.mark.parametrize(
    "encryption", [pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC, pkcs12.PBES.PBESv2SHA256AndAES256CBC]
)
def test_what_cryptography_writes_is_read_to_the_byte(
    key: SoftwareKey, nca: pki.Authority, encryption: pkcs12.PBES, hash_algorithm: hashes.HashAlgorithm
) -> None:
    builder = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(2000)
    builder = builder.key_cert_algorithm(encryption).hmac_hash(hash_algorithm)
    data = pkcs12.serialize_key_and_certificates(
        "атау".encode(),
        key._private,
        x509.load_der_x509_certificate(key.certificate.der),
        [nca.x509],
        builder.build(PASSWORD.encode()),
    )
    opened = open_pkcs12(data, PASSWORD)
    expected = key._private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert [bag.content for bag in opened.keys] == [expected]
    assert [bag.content for bag in opened.certificates] == [key.certificate.der, nca.certificate.der]
    assert opened.keys[0].name == "атау"
    assert opened.keys[0].key_id == opened.certificates[0].key_id
    with pytest.raises(KeyUnreadable) as refusal:
        read_pkcs12(data, PASSWORD)
    assert refusal.value.code is Code.KEY_UNREADABLE
    with pytest.raises(KeyUnreadable) as refusal:
        open_pkcs12(data, "wrong")
    assert refusal.value.code is Code.KEY_PASSWORD_WRONG


def opened_lengths(data: bytes) -> bytes:
    """Write the outer elements as Java's stores do: with open lengths, and octets in several parts."""
    version, content, mac = Der.read(data).children()
    kind, holder = content.children()
    octets = holder.inner().content
    parts = b"".join(encode(OCTET_STRING, octets[start : start + 100]) for start in range(0, len(octets), 100))
    end = b"\0\0"
    split = b"\x24\x80" + parts + end
    inner = b"\x30\x80" + kind.raw + b"\xa0\x80" + split + end + end
    return b"\x30\x80" + version.raw + inner + mac.raw + end


def test_store_with_open_lengths_is_read(store: bytes, gost: SoftwareKey) -> None:
    assert load_pkcs12(opened_lengths(store), PASSWORD).certificate == gost.certificate


def test_price_of_opening_is_bounded(store: bytes) -> None:
    written = encode_integer(pbe.ITERATIONS)
    assert store.count(written) == 3
    for count in (0, -1, pbe.MAX_ITERATIONS + 1, 1 << 62):
        with pytest.raises(KeyUnreadable) as refusal:
            open_pkcs12(replaced_count(store, count), PASSWORD)
        assert refusal.value.code is Code.KEY_UNREADABLE
        assert "iterations" in refusal.value.facts["reason"]
    password = pbe.Password("x")
    for _ in range(3):
        password.pay(pbe.MAX_ITERATIONS)
    with pytest.raises(DerError):
        password.pay(1)
    with pytest.raises(KeyUnreadable):
        open_pkcs12(bytes(300_000), PASSWORD)
    with pytest.raises(KeyUnreadable):
        open_pkcs12(store, "x" * 2000)


def replaced_count(store: bytes, count: int) -> bytes:
    version, content, mac = Der.read(store).children()
    info, salt, _ = mac.children()
    return encode(SEQUENCE, version.raw, content.raw, encode(SEQUENCE, info.raw, salt.raw, encode_integer(count)))


def test_store_without_a_mac_is_refused(store: bytes) -> None:
    version, content, _ = Der.read(store).children()
    with pytest.raises(KeyUnreadable) as refusal:
        open_pkcs12(encode(SEQUENCE, version.raw, content.raw), PASSWORD)
    assert refusal.value.code is Code.KEY_UNREADABLE


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_changed_store_is_opened_whole_or_refused_with_an_error_of_the_room(store: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(store) - 1))
    changed = store[:place] + bytes((data.draw(st.integers(0, 255)),)) + store[place + 1 :]
    try:
        opened = open_pkcs12(changed, PASSWORD)
    except EdsError:
        return
    assert opened == open_pkcs12(store, PASSWORD)


@settings(deadline=None)
@given(data=st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail_otherwise(data: bytes) -> None:
    with pytest.raises(KeyUnreadable):
        open_pkcs12(data, "x")
    with pytest.raises(KeyUnreadable):
        load_pkcs12(b"\x30" + data, "x")


@pytest.mark.parametrize(
    ("key", "clear", "encrypted"),
    [  # RFC 2268 section 5, of which those whose effective bits are those of the key
        ("ffffffffffffffff", "ffffffffffffffff", "278b27e42e2f0d49"),
        ("3000000000000000", "1000000000000001", "30649edf9be7d2c2"),
        ("88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "2269552ab0f85ca6"),
    ],
)
def test_rc2_gives_the_answers_of_the_rfc(key: str, clear: str, encrypted: str) -> None:
    assert rc2.decrypt(bytes.fromhex(key), bytes(8), bytes.fromhex(encrypted)).hex() == clear


@settings(deadline=None)
@given(data=st.binary(max_size=120))
def test_no_algorithm_identifier_makes_decryption_fail_otherwise(data: bytes) -> None:
    for oid in ("1.2.840.113549.1.5.13", "1.2.840.113549.1.12.1.3", "1.2.840.113549.1.12.1.6", "1.2.3"):
        try:
            identifier = Der.read(encode(SEQUENCE, encode_oid(oid), data))
            pbe.decrypt(identifier, bytes(24), pbe.Password("x", iterations_left=1000))
        except (DerError, ValueError):
            continue
