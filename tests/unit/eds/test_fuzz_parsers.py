"""Every parser, fed with what is almost right: it answers or raises the room's own error, and does not hang.

Few examples in the default run; `-m full` has many more.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.eds.certificate import Certificate, read_certificate, read_certificates
from gateway.eds.cms.signing import cosign_cms, extract, message, new_signer, sign_cms
from gateway.eds.cms.verification import verify_cms
from gateway.eds.der import GENERALIZED_TIME, INTEGER, OCTET_STRING, SEQUENCE, Der, encode, encode_integer, encode_oid
from gateway.eds.errors import EdsError
from gateway.eds.evidence import Evidence, add_ocsp, read_evidence
from gateway.eds.gost.curves import GOST_2015_512
from gateway.eds.gost.keys import GostPrivateKey
from gateway.eds.keys import SoftwareKey, load_pem, load_pkcs12
from gateway.eds.package import EvidencePackage, read_package, write_package
from gateway.eds.pkcs12 import write_pkcs12
from gateway.eds.revocation import crl as lists
from gateway.eds.revocation.evidence import StoredEvidence
from gateway.eds.revocation.ocsp import read_response
from gateway.eds.revocation.policy import RevocationPolicy
from gateway.eds.timestamps import TST_INFO, verify_timestamp
from gateway.eds.wsse import SOAP, KeyReference, sign_body, verify_body
from gateway.eds.xml import parse
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped
from tests.conformance.eds.defects.forging import NOW, Land
from tests.unit.eds import mutations, pki

PASSWORD = "Qwerty12"
HANG = timedelta(seconds=20)
FEW, MANY = 40, 1500
DOCUMENT = b'<r xmlns="urn:r" xml:lang="kk"><iin>850101100012</iin></r>'
MESSAGE = f'<S:Envelope xmlns:S="{SOAP}"><S:Header/><S:Body><iin>850101100012</iin></S:Body></S:Envelope>'.encode()


@lru_cache(maxsize=1)
def land() -> Land:
    return Land("gost-2015")


@lru_cache(maxsize=4)
def person(kind: str = "p256") -> SoftwareKey:
    return pki.issuing(pki.root()).person(f"fuzz {kind}", kind=kind)


@lru_cache(maxsize=1)
def nca() -> pki.Authority:
    return pki.issuing(pki.root())


def certificates() -> tuple[bytes, ...]:
    return person("rsa2048").certificate.der, nca().certificate.der, land().person()


def crl() -> bytes:
    return nca().crl(((5, x509.ReasonFlags.key_compromise), (6, None)), base=13)


def ocsp() -> bytes:
    return nca().ocsp(person().certificate, nonce=bytes(16))


@lru_cache(maxsize=1)
def key_files() -> tuple[bytes, ...]:
    key = person()
    certificate = x509.load_der_x509_certificate(key.certificate.der)
    encryption = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(100).build(PASSWORD.encode())
    gost = GostPrivateKey.generate(GOST_2015_512)
    theirs = land().nca.certifies(key_info=gost.public_key_info)
    return (
        serialize_key_and_certificates(b"x", key._private, certificate, None, encryption),  # type: ignore[arg-type]
        write_pkcs12(name="x", key=gost, certificate=theirs, chain=(), password=PASSWORD),
    )


def pem() -> bytes:
    key = person()
    private = key._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[union-attr]
    return private + key.certificate.pem.encode()


@lru_cache(maxsize=1)
def cms() -> tuple[bytes, ...]:
    one = sign_cms(b"content", person(), at=NOW)
    return one, sign_cms(b"content", person(), at=NOW, attached=False), cosign_cms(one, person("rsa2048"), at=NOW)


@lru_cache(maxsize=1)
def token() -> bytes:
    digest = person().algorithm.digest
    imprint = encode(SEQUENCE, encode(SEQUENCE, encode_oid(digest.oid)), encode(OCTET_STRING, digest(b"stamped")))
    moment = encode(GENERALIZED_TIME, b"20260302050000Z")
    info = encode(SEQUENCE, encode_integer(1), encode_oid("1.2.398.3.3.2.6.4"), imprint, encode_integer(-7), moment)
    return message(info, new_signer(digest(info), person(), at=NOW, content_type=TST_INFO), content_type=TST_INFO)


def _read_crl(data: bytes) -> object:
    found = lists.read_crl(data)
    lists.check_issuer(found, nca().certificate)
    found.find(5)
    return found


def _read_ocsp(data: bytes) -> object:
    return read_response(
        data, certificate=person().certificate, issuer=nca().certificate, at=NOW, now=NOW, policy=RevocationPolicy()
    )


def _read_key(data: bytes) -> object:
    return load_pkcs12(data, PASSWORD)


def _read_cms(data: bytes) -> object:
    with contextlib.suppress(EdsError):
        extract(data)
    return verify_cms(data, content=b"content")


def _certificate(data: bytes) -> Certificate:
    found = read_certificate(data)
    # What is worked out when it is asked for must not raise either.
    assert isinstance(found.subject.dn, str)
    assert isinstance(found.issuer.written_as(found.issuer_dn), bool)
    assert isinstance(hash(found), int)
    return found


def as_pem(data: bytes) -> bytes:
    return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(data) + b"-----END CERTIFICATE-----\n"


Parser = tuple[Callable[[bytes], object], Callable[[], st.SearchStrategy[bytes]]]
PARSERS: dict[str, Parser] = {
    "certificate": (_certificate, lambda: mutations.der(*certificates())),
    "certificates in PEM": (read_certificates, lambda: mutations.der(*certificates()).map(as_pem)),
    "list": (_read_crl, lambda: mutations.der(crl())),
    "OCSP answer": (_read_ocsp, lambda: mutations.der(ocsp())),
    "enveloped signature": (
        verify_enveloped,
        lambda: mutations.xml(sign_enveloped(DOCUMENT, person()), sign_enveloped(DOCUMENT, person("rsa2048"))),
    ),
    "SOAP message": (
        lambda data: verify_body(parse(data), [person().certificate]),
        lambda: mutations.xml(*(sign_body(parse(MESSAGE), person(), reference) for reference in KeyReference)),
    ),
    "evidence": (
        read_evidence,
        lambda: mutations.xml(
            add_ocsp(sign_enveloped(DOCUMENT, person()), [b"x"], crls=[b"y"], certificates=[nca().certificate])
        ),
    ),
    "PKCS#12": (_read_key, lambda: mutations.der(*key_files())),
    "key in PEM": (load_pem, lambda: bytes_of(pem())),
    "CMS": (_read_cms, lambda: mutations.der(*cms())),
    "time stamp": (lambda data: verify_timestamp(data, b"stamped"), lambda: mutations.der(token())),
    "evidence package": (read_package, lambda: bytes_of(package())),
    "any bytes": (lambda data: [feed(data) for feed in every()], lambda: st.binary(max_size=300)),
}


def every() -> list[Callable[[bytes], object]]:
    return [_quiet(parser) for name, (parser, _) in PARSERS.items() if name != "any bytes"]


def _quiet(parser: Callable[[bytes], object]) -> Callable[[bytes], object]:
    def feed(data: bytes) -> object:
        with contextlib.suppress(EdsError):
            return parser(data)
        return None

    return feed


@st.composite
def bytes_of(draw: st.DrawFn, sample: bytes) -> bytes:
    data = bytearray(sample)
    for place in draw(st.lists(st.integers(0, len(data) - 1), min_size=1, max_size=4)):
        data[place] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.integers(0, 4)) == 0 else data)


@lru_cache(maxsize=1)
def package() -> bytes:
    evidence = Evidence(StoredEvidence((ocsp(),), (crl(),)), (nca().certificate,))
    return write_package(EvidencePackage("a.xml", sign_enveloped(DOCUMENT, person()), evidence))


def test_the_samples_are_read_before_they_are_spoilt() -> None:
    verify_timestamp(token(), b"stamped")
    for one in cms():
        verify_cms(one, content=b"content")
    for one in key_files():
        load_pkcs12(one, PASSWORD)
    _read_crl(crl())
    _read_ocsp(ocsp())
    load_pem(pem())
    read_package(package())
    for one in certificates():
        _certificate(one)


@pytest.mark.parametrize("sample", [0, 1])
def test_a_key_file_does_not_say_how_long_it_keeps_us_busy(sample: int) -> None:
    root = mutations.opened(Der.read(key_files()[sample]))
    for node in root.walk():
        if node.tag == INTEGER and int.from_bytes(node.content, "big") >= 100:
            node.content = b"\x7f\xff\xff\xff"
    with pytest.raises(EdsError):
        load_pkcs12(root.written(), PASSWORD)


def fuzz(name: str, examples: int) -> None:
    parser, strategy = PARSERS[name]

    @settings(max_examples=examples, deadline=HANG, suppress_health_check=list(HealthCheck), database=None)
    @given(strategy())
    def feed(data: bytes) -> None:
        with contextlib.suppress(EdsError):
            parser(data)

    feed()


@pytest.mark.parametrize("name", PARSERS)
def test_what_is_almost_right_is_read_or_refused_and_nothing_else(name: str) -> None:
    fuzz(name, FEW)


@pytest.mark.full
@pytest.mark.parametrize("name", PARSERS)
def test_much_that_is_almost_right_is_read_or_refused_and_nothing_else(name: str) -> None:
    fuzz(name, MANY)
