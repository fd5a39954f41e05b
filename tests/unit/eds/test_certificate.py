from __future__ import annotations

import base64

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from gateway.eds.certificate import read_certificate, read_certificates
from gateway.eds.codes import Code
from gateway.eds.errors import CertificateUnreadable, KeyUnreadable
from gateway.eds.keys import SoftwareKey, load_pem, load_pkcs12, signing_key
from gateway.eds.roles import KeyPurpose, KeyUsage, Role
from tests.unit.eds import pki

PASSWORD = "Сынақ-123"


def test_profile_of_an_official_is_read(nca: pki.Authority) -> None:
    key = nca.person("head", bin="750140000012", roles=(Role.LEGAL_ENTITY, Role.HEAD), delta=True)
    certificate = key.certificate
    assert (certificate.subject.iin, certificate.subject.bin) == ("850101100013", "750140000012")
    assert certificate.subject.surname == "СЫНАҚОВ"
    assert certificate.subject.given_name == "СЫНАҚҰЛЫ"
    assert certificate.subject.organisation == 'ММ "СЫНАҚ"'
    assert certificate.roles == {Role.LEGAL_ENTITY, Role.HEAD}
    assert certificate.purposes == {KeyPurpose.SIGN}
    assert certificate.issuer_dn == "C=KZ,CN=ҰЛТТЫҚ СЫНАҚ ОРТАЛЫҒЫ"
    assert certificate.ocsp_urls == (pki.OCSP_URL,)
    assert certificate.crl_urls == (pki.CRL_URL,)
    assert certificate.delta_crl_urls == (pki.DELTA_URL,)
    assert certificate.ski == nca.issue(pki.name(cn="x"), pki.private_key("p256", "head")).ski
    assert certificate.aki == nca.certificate.ski
    assert not certificate.is_authority
    assert nca.certificate.is_authority
    assert nca.certificate.path_length == 0
    assert KeyUsage.CRL_SIGN in nca.certificate.key_usage


@pytest.mark.parametrize(
    ("usage", "purposes"),
    [
        (pki.SIGN, {KeyPurpose.SIGN}),
        (pki.AUTH, {KeyPurpose.AUTH}),
        (pki.BOTH, {KeyPurpose.SIGN, KeyPurpose.AUTH}),
        (("digital_signature",), set()),
        (("content_commitment",), set()),
        (None, set()),
    ],
)
def test_purposes_follow_key_usage(
    nca: pki.Authority, usage: tuple[str, ...] | None, purposes: set[KeyPurpose]
) -> None:
    assert nca.person("usage", usage=usage).certificate.purposes == purposes


def test_one_certificate_is_read_from_der_pem_and_base64(key: SoftwareKey) -> None:
    certificate = key.certificate
    for data in (certificate.der, certificate.pem.encode(), base64.encodebytes(certificate.der)):
        assert read_certificate(data) == certificate
    both = certificate.pem.encode() * 2
    assert read_certificates(both) == (certificate, certificate)


def test_numbers_of_a_wrong_form_are_no_numbers(nca: pki.Authority) -> None:
    subject = pki.name(cn="x", serial="IIN12345", ou="BIN12345678901x")
    certificate = nca.issue(subject, pki.private_key("p256", "numbers"))
    assert (certificate.subject.iin, certificate.subject.bin) == (None, None)


def test_malformed_distribution_point_of_2018_holds_two_addresses(nca: pki.Authority) -> None:
    url = "http://a.test/gost.crl               URL=http://b.test/gost.crl"
    certificate = nca.issue(pki.name(cn="x"), pki.private_key("p256", "cdp"), crl_url=url)
    assert certificate.crl_urls == ("http://a.test/gost.crl", "http://b.test/gost.crl")


def test_addresses_that_are_not_http_are_not_asked(nca: pki.Authority) -> None:
    certificate = nca.issue(
        pki.name(cn="x"), pki.private_key("p256", "cdp"), crl_url="file:///etc/passwd", ocsp_url="ldap://x.test"
    )
    assert (certificate.crl_urls, certificate.ocsp_urls) == ((), ())


@pytest.mark.parametrize("data", [b"", b"0", b"0\x82", b"not a certificate", b"\x30\x03\x02\x01\x01", b"A" * 200_000])
def test_what_is_no_certificate_is_refused(data: bytes) -> None:
    with pytest.raises(CertificateUnreadable) as refusal:
        read_certificate(data)
    assert refusal.value.code is Code.CERTIFICATE_UNREADABLE


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=15))
def test_any_issuer_name_is_recognised_as_it_is_written(nca: pki.Authority, value: str) -> None:
    from gateway.eds.der import Der
    from gateway.eds.names import Name

    name = Name.read(Der.read(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, value)]).public_bytes()))
    assert name.written_as(name.rfc4514)
    assert not name.written_as(name.rfc4514 + ",C=KZ")


def test_names_are_compared_without_case_and_runs_of_spaces() -> None:
    from gateway.eds.der import Der
    from gateway.eds.names import Name

    one, other = (Name.read(Der.read(pki.name(cn=cn, c="KZ").public_bytes())) for cn in ("A  b", "a B"))
    assert one.same(other)
    assert one.written_as('cn="a  B" , c=kz')
    assert one.written_as("2.5.4.3=A b,OID.2.5.4.6=KZ")
    assert not one.written_as("CN=A b")
    assert not one.written_as("nonsense")


def pkcs12(key: SoftwareKey, chain: tuple[x509.Certificate, ...] = ()) -> bytes:
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
    from cryptography.hazmat.primitives.serialization import pkcs12 as container

    return container.serialize_key_and_certificates(
        b"GOST512",
        key._private,
        x509.load_der_x509_certificate(key.certificate.der),
        chain,
        BestAvailableEncryption(PASSWORD.encode()),
    )


def test_pkcs12_opens_with_its_password_only(key: SoftwareKey, nca: pki.Authority) -> None:
    opened = load_pkcs12(pkcs12(key, (nca.x509,)), PASSWORD)
    assert opened.certificate == key.certificate
    assert opened.chain == (nca.certificate,)
    assert opened.sign(b"x")
    with pytest.raises(KeyUnreadable) as refusal:
        load_pkcs12(pkcs12(key), "wrong")
    assert refusal.value.code is Code.KEY_PASSWORD_WRONG


@pytest.mark.parametrize("data", [b"", b"nonsense", b"0" * 300_000])
def test_what_is_no_key_file_is_refused(data: bytes) -> None:
    for load in (lambda: load_pkcs12(data, "x"), lambda: load_pem(data)):
        with pytest.raises(KeyUnreadable):
            load()


def test_pem_holds_the_key_and_its_certificates(rsa_key: SoftwareKey, nca: pki.Authority) -> None:
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    plain = rsa_key._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    certificates = (rsa_key.certificate.pem + nca.certificate.pem).encode()
    opened = load_pem(plain + certificates)
    assert (opened.certificate, opened.chain) == (rsa_key.certificate, (nca.certificate,))
    locked = rsa_key._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"right"))
    assert load_pem(locked + certificates, "right").certificate == rsa_key.certificate
    for password in ("wrong", None):
        with pytest.raises(KeyUnreadable) as refusal:
            load_pem(locked + certificates, password)
        assert refusal.value.code is Code.KEY_PASSWORD_WRONG


def test_key_and_certificate_of_two_people_are_not_joined(key: SoftwareKey, rsa_key: SoftwareKey) -> None:
    with pytest.raises(KeyUnreadable):
        signing_key(key._private, rsa_key.certificate)


def test_private_key_is_not_shown(key: SoftwareKey) -> None:
    assert "rivate" not in repr(key)
