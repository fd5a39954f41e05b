"""Real material of the НУЦ: paths, lists, OCSP answers and signed XML verify, and with a bit changed do not.

The files are reference data outside the repository; without them these tests are skipped.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from gateway.clock import ManualClock
from gateway.eds.algorithms import GOST_2015_KEY, RSA_KEY
from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.codes import Code
from gateway.eds.errors import CertificateUnreadable, EdsError, EvidenceRefused, SignatureRefused
from gateway.eds.paths import signed_by
from gateway.eds.revocation import ocsp
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.crl import check_issuer, read_crl
from gateway.eds.revocation.evidence import State, StoredEvidence
from gateway.eds.revocation.policy import RevocationPolicy
from gateway.eds.roles import KeyPurpose, Role
from gateway.eds.signedinfo import DS
from gateway.eds.trust import Anchors, CertificateChecker, TrustPolicy
from gateway.eds.verification import verify_signed_xml
from gateway.eds.xml import parse
from gateway.eds.xmldsig import verify_enveloped

SHARED = Path(os.environ.get("QYZMET_SHARED", Path(__file__).resolve().parents[4] / "shared"))
FOLDER = SHARED / "protocols" / "nca"
SIGNED = [
    "pers_active/RSA256_*.xml",
    "pers_active/AUTH_RSA256_*.xml",
    "org_active/AUTH_RSA256_*.xml",
    "org_active/GOSTKNCA_*.xml",
]

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the real material is not here (QYZMET_SHARED)")


def material(path: str) -> bytes:
    found = next(FOLDER.glob(path))
    return found.read_bytes()


def certificate(path: str) -> Certificate:
    return read_certificate(material(path))


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]


def test_every_real_certificate_is_read() -> None:
    found = [
        read_certificate(path.read_bytes())
        for path in sorted(FOLDER.rglob("*"))
        if path.suffix in {".cer", ".crt", ".pem"}
    ]
    assert len(found) >= 20
    people = [one for one in found if one.subject.iin == "123456789011"]
    assert len(people) >= 6
    assert all(one.roles & {Role.INDIVIDUAL, Role.HEAD} for one in people)
    assert all(bool(one.subject.bin) is (Role.LEGAL_ENTITY in one.roles) for one in people)
    for one in people:
        assert one.purposes in ({KeyPurpose.SIGN}, {KeyPurpose.AUTH})
        assert one.subject.surname == "ТЕСТОВ"
        assert one.ocsp_urls == ("http://test.pki.gov.kz/ocsp/",)
        assert len(one.crl_urls) == len(one.delta_crl_urls) == 1


def test_four_byte_key_identifier_of_2018_and_two_addresses_in_one_are_read() -> None:
    old = certificate("prod_ca/nca_rsa.pem")
    assert old.ski == bytes.fromhex("5b6a7411")
    assert old.crl_urls == ("http://crl.root.gov.kz/rsa.crl", "http://crl1.root.gov.kz/rsa.crl")


@pytest.mark.parametrize(
    "names",
    [
        ("nca_rsa_2022.cer", "root_rsa_2020.cer", "root_rsa.pem"),
        ("ucgo_gost.cer", "root_gost_2020.cer", "root_gost.pem"),
        ("nca_gost_2022.pem", "root_gost_2022.pem", "root_gost_2020.cer"),
    ],
)
async def test_production_path_of_2022_leads_to_its_root_and_not_to_a_namesake(names: tuple[str, ...]) -> None:
    issuing, new, old = (certificate(f"prod_ca/{name}") for name in names)
    clock = ManualClock(datetime(2026, 3, 2, tzinfo=UTC))
    verdict = await CertificateChecker(Anchors.of([old, new]), None, clock).check(issuing)
    assert (verdict.code, verdict.path) == (Code.OK, (issuing, new))
    assert (await CertificateChecker(Anchors.of([old]), None, clock).check(issuing)).code is Code.ISSUER_UNKNOWN


@pytest.mark.parametrize("family", ["rsa", "gost"])
async def test_production_path_of_2018_is_valid_in_its_time_only(family: str) -> None:
    issuing, root = certificate(f"prod_ca/nca_{family}.pem"), certificate(f"prod_ca/root_{family}.pem")
    checker = CertificateChecker(Anchors.of([root]), None, ManualClock(datetime(2026, 3, 2, tzinfo=UTC)))
    assert (await checker.check(issuing, at=datetime(2022, 1, 1, tzinfo=UTC))).code is Code.OK
    assert (await checker.check(issuing)).code is Code.CERTIFICATE_EXPIRED


@pytest.mark.parametrize(
    ("name", "issuer"),
    [
        ("prod_ca/nca_rsa_2022.cer", "prod_ca/root_rsa_2020.cer"),
        ("prod_ca/nca_rsa.pem", "prod_ca/root_rsa.pem"),
        ("ncanode/individual_valid_sign_2004_rsa.cer", "ncanode/nca_rsa_test.crt"),
        ("danikarik/org_active/AUTH_RSA256_*.cer", "ncanode/nca_rsa_test.crt"),
        ("danikarik/org_active/GOSTKNCA_*.cer", "ncanode/nca_gost_test.crt"),
        ("prod_ca/nca_gost_2022.pem", "prod_ca/root_gost_2022.pem"),
        ("prod_ca/tsa_2025_2028.cer", "prod_ca/nca_gost_2022.pem"),
    ],
)
def test_certificate_with_a_bit_changed_is_not_signed_by_its_issuer(name: str, issuer: str) -> None:
    good, above = certificate(name), certificate(issuer)
    assert signed_by(good, above)
    read = 0
    for place in range(len(good.der) - 500, len(good.der), 50):
        try:
            changed = read_certificate(flipped(good.der, place))
        except CertificateUnreadable:
            continue
        assert not signed_by(changed, above)
        read += 1
    assert read >= 5


@pytest.mark.parametrize("path", SIGNED)
def test_real_signed_xml_verifies_and_any_changed_bit_does_not(path: str) -> None:
    data = material(f"danikarik/{path}")
    (signature,) = verify_enveloped(data)
    assert signature.certificate == certificate("danikarik/" + path.replace(".xml", ".cer"))
    assert signature.covered == b"<root><name>NCANode</name></root>"
    assert signature.document.findtext("name") == "NCANode"
    start, end = data.index(b"<root>"), data.index(b"<ds:X509Data>")
    for place in range(start, end, 7):
        try:
            (changed,) = verify_enveloped(flipped(data, place))
        except EdsError:
            continue
        # Only what is outside the signed bytes may change: unread white space in SignatureValue.
        assert changed.covered == signature.covered


def test_gost_signature_over_a_real_document_with_an_rsa_one_verifies_and_so_does_the_one_below() -> None:
    data = material("ncanode_xml/xmlservice_1.xml")
    second, first = verify_enveloped(data)
    assert second.certificate.key_algorithm == GOST_2015_KEY
    assert (first.certificate.key_algorithm, first.covered) == (RSA_KEY, b"<a><b>test</b></a>")
    assert b"SignatureValue" in second.covered
    root = parse(data)
    root.remove(root.findall(f"{{{DS}}}Signature")[-1])
    (alone,) = verify_enveloped(etree.tostring(root))
    assert alone.covered == first.covered


def test_real_document_of_two_signatures_with_the_gost_one_changed_is_refused() -> None:
    data = material("ncanode_xml/xmlservice_1.xml")
    start = data.rindex(b"SignatureValue>", 0, data.rindex(b"</ds:SignatureValue>")) + len(b"SignatureValue>")
    for place in range(start + 2, start + 60, 7):
        changed = data[:place] + (b"A" if data[place : place + 1] != b"A" else b"B") + data[place + 1 :]
        with pytest.raises(SignatureRefused) as refusal:
            verify_enveloped(changed)
        assert refusal.value.code is Code.SIGNATURE_BROKEN


async def test_real_signed_xml_is_judged_in_its_time() -> None:
    issuing = certificate("ncanode/nca_rsa_test.crt")
    checker = CertificateChecker(Anchors.of([issuing]), None, ManualClock(datetime(2026, 3, 2, tzinfo=UTC)))
    data = material("danikarik/pers_active/RSA256_*.xml")
    verdict, signature = await verify_signed_xml(data, checker, at=datetime(2020, 6, 1, tzinfo=UTC))
    assert verdict.code is Code.OK
    assert signature is not None
    assert (await verify_signed_xml(data, checker))[0].code is Code.CERTIFICATE_EXPIRED


def test_real_list_is_signed_by_its_issuer_and_with_a_bit_changed_is_not() -> None:
    issuing, data = certificate("ncanode/nca_rsa_test.crt"), material("ncanode/nca_rsa_test.crl")
    crl = read_crl(data)
    check_issuer(crl, issuing)
    assert crl.number == 9
    assert len(crl.entries) > 3
    found = crl.find(0x474C38696D8677A2C8B6E40345A8B04168C0905C)
    assert found is not None
    assert found[0] == datetime(2021, 4, 1, 6, 56, 52, tzinfo=UTC)
    for place in range(40, len(data), len(data) // 40):
        with pytest.raises(EvidenceRefused):
            check_issuer(read_crl(flipped(data, place)), issuing)


async def test_real_list_judges_a_real_certificate() -> None:
    issuing = certificate("ncanode/nca_rsa_test.crt")
    signer = certificate("ncanode/individual_valid_sign_2004_rsa.cer")
    clock = ManualClock(datetime(2026, 3, 2, tzinfo=UTC))
    checker = CertificateChecker(
        Anchors.of([issuing]), RevocationChecker(None, clock), clock, TrustPolicy(check_issuers=False)
    )
    kept = StoredEvidence(crls=(material("ncanode/nca_rsa_test.crl"),))
    at = datetime(2022, 3, 29, 12, tzinfo=UTC)
    assert (await checker.check(signer, at=at, stored=kept)).code is Code.OK
    assert (await checker.check(signer, at=at + timedelta(days=200), stored=kept)).code is Code.REVOCATION_STALE


def test_real_ocsp_answer_is_confirmed_and_with_a_bit_changed_is_not() -> None:
    issuing = certificate("ncanode/nca_rsa_test.crt")
    (signature,) = verify_enveloped(material("ncanode_xml/xmlservice_0.xml"))
    data = material("ncanode/ocsp_response_individual_sign_2004.bin")
    # The answer was asked for eight months after the certificate expired, which the room does not take as proof; here
    # only its form and signature are the question.
    moment = datetime(2022, 9, 2, 16, 53, 59, tzinfo=UTC)

    def read(answer: bytes, moment: datetime = moment, nonce: bytes | None = None) -> State:
        return ocsp.read_response(
            answer, certificate=signature.certificate, issuer=issuing, at=moment, now=moment, policy=RevocationPolicy(),
            nonce=nonce,
        ).state  # fmt: skip

    with pytest.raises(EvidenceRefused) as refusal:
        read(data)
    assert refusal.value.code is Code.REVOCATION_STALE
    assert "expired" in refusal.value.facts["reason"]
    for place in range(60, len(data) - 1, len(data) // 60):
        with pytest.raises(EvidenceRefused) as refusal:
            read(flipped(data, place))
        assert "expired" not in str(refusal.value) or refusal.value.code is not Code.REVOCATION_STALE, place
