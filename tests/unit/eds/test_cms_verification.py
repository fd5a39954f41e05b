from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace

import pytest

from gateway.eds.algorithms import SHA256
from gateway.eds.cms import reader
from gateway.eds.cms.reader import read_cms
from gateway.eds.cms.verification import verify_cms
from gateway.eds.codes import Code
from gateway.eds.der import OCTET_STRING, SEQUENCE, SET, encode, encode_integer, encode_oid
from gateway.eds.errors import CmsRefused, EdsError, SignatureRefused
from gateway.eds.gost.curves import GOST_2004, GOST_2015_512, Curve
from gateway.eds.keys import SoftwareKey
from tests.unit.eds import cms_kit as kit
from tests.unit.eds import pki
from tests.unit.eds.cms_kit import DATA, Signer, message

RSA_KEY = "1.2.840.113549.1.1.1"


def refusal(data: bytes, **options: object) -> Code:
    with pytest.raises(EdsError) as found:
        verify_cms(data, **options)  # type: ignore[arg-type]
    assert isinstance(found.value, CmsRefused | SignatureRefused)
    return found.value.code


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa2048"])
def test_good_signature_gives_back_what_it_covers(nca: pki.Authority, kind: str) -> None:
    key = nca.person(f"cms {kind}", kind=kind)
    (signature,) = verify_cms(message(Signer(key)))
    assert (signature.covered, signature.certificate, signature.form) == (DATA, key.certificate, "CMS")
    assert signature.signing_time == pki.NOW
    (detached,) = verify_cms(message(Signer(key), content=None), content=DATA)
    assert detached.covered == DATA


def test_pem_base64_and_open_lengths_are_read_as_der_is(key: SoftwareKey) -> None:
    data = message(Signer(key))
    text = base64.encodebytes(data)
    for label in (b"CMS", b"PKCS7"):
        assert verify_cms(b"-----BEGIN %b-----\n%b-----END %b-----\n" % (label, text, label))[0].covered == DATA
    assert verify_cms(text)[0].covered == DATA
    assert verify_cms(opened(data))[0].covered == DATA


def opened(data: bytes) -> bytes:
    """The same with the outer lengths left open, and the content in two parts."""
    signed = read_cms(data)
    assert signed.content is not None

    def indefinite(tag: int, *parts: bytes) -> bytes:
        return bytes((tag, 0x80)) + b"".join(parts) + b"\x00\x00"

    halves = (encode(OCTET_STRING, signed.content[:3]), encode(OCTET_STRING, signed.content[3:]))
    content = indefinite(SEQUENCE, encode_oid(signed.content_type), indefinite(0xA0, indefinite(0x24, *halves)))
    certificates = indefinite(0xA0, *(one.der for one in signed.certificates))
    signers = encode(SET, *(one.element.raw for one in signed.signers))
    body = indefinite(SEQUENCE, signed.version.raw, signed.digest_algorithms.raw, content, certificates, signers)
    return indefinite(SEQUENCE, encode_oid(reader.SIGNED_DATA), indefinite(0xA0, body))


@pytest.mark.parametrize(
    "broken",
    [lambda data: data[:-1], lambda data: data[:-2], lambda data: data + b"\x00", lambda data: b"\x30\x80" * 40],
)
def test_open_lengths_that_are_never_closed_are_refused(key: SoftwareKey, broken: Callable[[bytes], bytes]) -> None:
    assert refusal(broken(opened(message(Signer(key))))) is Code.CMS_UNREADABLE


@pytest.mark.parametrize("data", [b"", b"\x30", b"not base64!", b"-----BEGIN CMS-----", b"\x30\x03\x02\x01\x05"])
def test_what_is_no_cms_is_unreadable(data: bytes) -> None:
    assert refusal(data) is Code.CMS_UNREADABLE


def test_another_content_info_is_no_signature() -> None:
    enveloped = encode(SEQUENCE, encode_oid("1.2.840.113549.1.7.3"), encode(0xA0, encode(SEQUENCE)))
    assert refusal(enveloped) is Code.CMS_FORM


def test_no_signer_is_no_signature_and_too_many_are_refused(key: SoftwareKey) -> None:
    assert refusal(message(certificates=[key.certificate])) is Code.SIGNATURE_MISSING
    one = Signer(key).der
    assert len(verify_cms(message(*[one] * 16, certificates=[key.certificate]))) == 16
    assert refusal(message(*[one] * 17, certificates=[key.certificate])) is Code.SIGNATURES_TOO_MANY


def test_content_must_be_there_and_be_the_signed_one(key: SoftwareKey) -> None:
    assert refusal(message(Signer(key), content=None)) is Code.CONTENT_MISSING
    assert refusal(message(Signer(key), content=None), content=DATA + b".") is Code.DIGEST_MISMATCH
    assert refusal(message(Signer(key), content=DATA + b".")) is Code.DIGEST_MISMATCH
    assert refusal(message(Signer(key)), content=DATA + b".") is Code.DIGEST_MISMATCH
    assert verify_cms(message(Signer(key)), content=DATA)


def test_signer_is_found_by_key_identifier_and_among_given_certificates(key: SoftwareKey, rsa_key: SoftwareKey) -> None:
    by_ski = Signer(key, by_ski=True, version=3)
    assert verify_cms(message(by_ski, certificates=[rsa_key.certificate, key.certificate]))
    without = message(Signer(key), certificates=[])
    assert refusal(without) is Code.SIGNER_CERTIFICATE_UNKNOWN
    assert verify_cms(without, certificates=[key.certificate])[0].certificate == key.certificate
    assert refusal(message(Signer(key), certificates=[rsa_key.certificate])) is Code.SIGNER_CERTIFICATE_UNKNOWN


def test_namesake_certificate_with_another_key_does_not_confirm(nca: pki.Authority, key: SoftwareKey) -> None:
    serial = key.certificate.serial
    other = nca.person("namesake", serial=serial)
    assert refusal(message(Signer(key), certificates=[other.certificate])) is Code.SIGNATURE_BROKEN
    (found,) = verify_cms(message(Signer(key), certificates=[other.certificate, key.certificate]))
    assert found.certificate == key.certificate
    rsa = nca.person("rsa namesake", kind="rsa2048", serial=serial)
    assert refusal(message(Signer(key), certificates=[rsa.certificate])) is Code.ALGORITHM_MISMATCH


@pytest.mark.parametrize("missing", ["content_type", "message_digest"])
def test_mandatory_attribute_may_not_be_missing_or_doubled(key: SoftwareKey, missing: str) -> None:
    usual = Signer(key).usual
    without = [value for name, value in usual.items() if name != missing]
    assert refusal(message(Signer(key, attributes=without))) is Code.CMS_FORM
    twice = [*usual.values(), usual[missing]]
    assert refusal(message(Signer(key, attributes=twice))) is Code.CMS_FORM
    assert refusal(message(Signer(key, attributes=[]))) is Code.CMS_FORM


def test_signed_content_type_must_be_the_contents(key: SoftwareKey) -> None:
    signer = Signer(key)
    usual = signer.usual | {"content_type": kit.attribute(reader.CONTENT_TYPE, encode_oid("1.2.3.4"))}
    assert refusal(message(replace(signer, attributes=list(usual.values())))) is Code.CMS_FORM


def test_token_of_another_protocol_is_no_signature_under_a_document(key: SoftwareKey) -> None:
    assert refusal(kit.token(DATA, key)) is Code.CMS_FORM


def test_signing_time_that_is_no_time_is_refused(key: SoftwareKey) -> None:
    signer = Signer(key)
    usual = signer.usual | {"signing_time": kit.attribute(reader.SIGNING_TIME, encode(0x17, b"yesterday"))}
    assert refusal(message(replace(signer, attributes=list(usual.values())))) is Code.CMS_FORM


def test_broken_signature_and_changed_attributes_are_told(key: SoftwareKey, rsa_key: SoftwareKey) -> None:
    signer = Signer(rsa_key, change=lambda value: value[:-1] + bytes((value[-1] ^ 1,)))
    assert refusal(message(signer)) is Code.SIGNATURE_BROKEN
    changed = message(Signer(key)).replace(b"260302050000Z", b"260302050001Z")
    assert refusal(changed) is Code.SIGNATURE_BROKEN


def test_digest_must_be_that_of_the_signature(key: SoftwareKey) -> None:
    assert refusal(message(Signer(key, digest_oid="2.16.840.1.101.3.4.2.3"))) is Code.ALGORITHM_MISMATCH


@pytest.mark.parametrize(
    ("digest", "signature", "code"),
    [
        ("1.3.14.3.2.26", "", Code.ALGORITHM_WEAK),
        ("1.2.3.4", "", Code.ALGORITHM_UNKNOWN),
        ("", "1.2.3.4", Code.ALGORITHM_UNKNOWN),
        ("", "1.2.840.10045.4.1", Code.ALGORITHM_WEAK),
        ("", "1.2.840.113549.1.1.11", Code.ALGORITHM_MISMATCH),
    ],
)
def test_only_known_algorithms_that_fit_are_taken(key: SoftwareKey, digest: str, signature: str, code: Code) -> None:
    assert refusal(message(Signer(key, digest_oid=digest, signature_oid=signature))) is code


def test_oid_of_the_key_stands_for_the_signature_algorithm(key: SoftwareKey, rsa_key: SoftwareKey) -> None:
    assert verify_cms(message(Signer(rsa_key, signature_oid=RSA_KEY)))
    assert verify_cms(message(Signer(key, signature_oid="1.2.840.10045.2.1")))


def test_signature_without_attributes_covers_the_content_itself(key: SoftwareKey) -> None:
    (signature,) = verify_cms(message(Signer(key, bare=True)))
    assert (signature.covered, signature.signing_time) == (DATA, None)
    assert refusal(message(Signer(key, bare=True), content=DATA + b".")) is Code.SIGNATURE_BROKEN


def test_signed_attributes_of_one_message_are_not_the_content_of_another(key: SoftwareKey) -> None:
    attributes = encode(SET, *Signer(key).usual.values())
    assert refusal(message(Signer(key, attributes, bare=True), content=attributes)) is Code.CMS_FORM


@pytest.mark.parametrize("function", ["sha256", "sha512"])
def test_certificate_named_by_the_attributes_must_be_the_one_used(
    nca: pki.Authority, key: SoftwareKey, function: str
) -> None:
    other = nca.person("other", serial=key.certificate.serial).certificate
    signer = Signer(key)

    def with_names(*names: bytes) -> bytes:
        return message(replace(signer, attributes=[*signer.usual.values(), *names]))

    (good,) = verify_cms(with_names(kit.ess_v2(key.certificate, function=function, issuer=key.certificate)))
    assert good.form == "CAdES-BES"
    assert verify_cms(with_names(kit.ess_v1(key.certificate), kit.ess_v2(key.certificate)))
    for bad in (
        [kit.ess_v2(other, function=function)],
        [kit.ess_v1(other)],
        [kit.ess_v1(key.certificate), kit.ess_v2(other)],
        [kit.ess_v2(key.certificate, issuer=nca.certificate)],
    ):
        assert refusal(with_names(*bad)) is Code.KEY_REFERENCE_REFUSED
    assert refusal(with_names(kit.ess_v2(key.certificate), kit.ess_v2(key.certificate))) is Code.CMS_FORM
    assert refusal(with_names(kit.ess_v2(key.certificate, function="sha1"))) is Code.ALGORITHM_WEAK


def test_embedded_certificate_that_cannot_be_read_is_told(key: SoftwareKey) -> None:
    data = message(Signer(key))
    start = data.index(key.certificate.der)
    broken = data[: start + 8] + b"\x05" + data[start + 9 :]
    assert refusal(broken) is Code.CERTIFICATE_UNREADABLE


def test_attribute_certificates_beside_the_others_are_passed_over(key: SoftwareKey) -> None:
    data = message(Signer(key))
    element = encode(0xA0, key.certificate.der)
    assert data.count(element) == 1
    signed = read_cms(data)
    body = encode(
        SEQUENCE,
        signed.version.raw,
        signed.digest_algorithms.raw,
        signed.encapsulated.raw,
        encode(0xA0, encode(0xA2, b"\x02\x01\x00"), key.certificate.der),
        encode(SET, signed.signers[0].element.raw),
    )
    assert verify_cms(encode(SEQUENCE, encode_oid(reader.SIGNED_DATA), encode(0xA0, body)))


@pytest.mark.parametrize("version", [0, 2, 4])
def test_signer_of_an_unknown_version_is_refused(key: SoftwareKey, version: int) -> None:
    assert refusal(message(Signer(key, version=version))) is Code.CMS_UNREADABLE


def test_number_of_elements_is_bounded_before_they_are_kept(key: SoftwareKey) -> None:
    many = [kit.attribute("1.2.3.4", encode_integer(1))] * 100
    assert refusal(message(Signer(key, unsigned=many))) is Code.CMS_UNREADABLE
    stamps = [kit.attribute(reader.SIGNATURE_TIMESTAMP, encode_integer(1))] * 5
    assert refusal(message(Signer(key, unsigned=stamps))) is Code.CMS_FORM
    assert refusal(message(Signer(key), lists=[encode(SEQUENCE)] * 100)) is Code.CMS_UNREADABLE


@pytest.mark.parametrize("curve", [GOST_2015_512, GOST_2004])
@pytest.mark.parametrize("as_key", [False, True])
def test_gost_signature_is_read_also_with_the_native_sdks_habit(nca: pki.Authority, curve: Curve, as_key: bool) -> None:
    key = kit.gost_person(nca, curve)
    oid = key.certificate.key_algorithm if as_key else ""
    (signature,) = verify_cms(message(Signer(key, signature_oid=oid)))
    assert (signature.covered, signature.certificate) == (DATA, key.certificate)
    assert refusal(message(Signer(key, signature_oid=oid), content=DATA + b".")) is Code.DIGEST_MISMATCH
    assert refusal(message(Signer(key, signature_oid=oid, digest_oid=SHA256.oid))) in {
        Code.ALGORITHM_MISMATCH,
        Code.ALGORITHM_UNKNOWN,
    }
