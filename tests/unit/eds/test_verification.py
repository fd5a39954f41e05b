from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.clock import ManualClock
from gateway.eds import verification
from gateway.eds.algorithms import GOST_2015_512_STREEBOG, LEGACY_ALGORITHMS, RSA_SHA1
from gateway.eds.canonical import canonical_document
from gateway.eds.codes import Code, Status
from gateway.eds.errors import EvidenceUnreadable, SignatureRefused
from gateway.eds.evidence import add_ocsp, keep_evidence, read_evidence
from gateway.eds.gost import backends
from gateway.eds.keys import SoftwareKey
from gateway.eds.policies import is_certificate, may_sign, role_in
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.roles import Role
from gateway.eds.trust import Anchors, CertificateChecker, TrustPolicy
from gateway.eds.verification import verify_all_signatures, verify_certificate, verify_signed_xml
from gateway.eds.xmldsig import XmlSignature, sign_enveloped, verify_enveloped
from tests.unit.eds import pki

DRAFT = "<сұраным><iin>850101100013</iin></сұраным>".encode()


async def test_good_document_of_the_right_signer_is_valid(checker: CertificateChecker, key: SoftwareKey) -> None:
    verdict, signature = await verify_signed_xml(
        sign_enveloped(DRAFT, key), checker, may_sign(), is_certificate(key.certificate), role_in({Role.INDIVIDUAL})
    )
    assert verdict.valid
    assert verdict.revocation is not None
    assert signature is not None
    assert signature.covered == canonical_document(DRAFT)


async def test_wrong_signer_is_refused_even_while_revocation_is_undetermined(
    checker: CertificateChecker, key: SoftwareKey, network: MemoryFetcher
) -> None:
    network.answers.clear()
    signed = sign_enveloped(DRAFT, key)
    verdict, signature = await verify_signed_xml(signed, checker)
    assert verdict.status is Status.UNDETERMINED
    assert signature is not None
    verdict, _ = await verify_signed_xml(signed, checker, role_in({Role.HEAD}))
    assert verdict.code is Code.ROLE_NOT_FIT
    assert (await verify_certificate(key.certificate, checker, role_in({Role.HEAD}))).code is Code.ROLE_NOT_FIT
    assert (await verify_certificate(key.certificate, checker)).code is Code.REVOCATION_UNAVAILABLE


async def test_trust_is_told_before_the_signers_right(checker: CertificateChecker, nca: pki.Authority) -> None:
    expired = nca.person("expired person", not_after=pki.NOW - timedelta(days=1))
    verdict, _ = await verify_signed_xml(sign_enveloped(DRAFT, expired), checker, role_in({Role.HEAD}))
    assert verdict.code is Code.CERTIFICATE_EXPIRED


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"not xml", Code.XML_MALFORMED), (DRAFT, Code.SIGNATURE_MISSING), (b"<!DOCTYPE a><a/>", Code.XML_DOCTYPE)],
)
async def test_what_is_no_signed_document_has_its_verdict(checker: CertificateChecker, data: bytes, code: Code) -> None:
    verdict, signature = await verify_signed_xml(data, checker)
    assert (verdict.status, verdict.code, signature) == (Status.INVALID, code, None)


async def test_second_signature_is_not_silently_accepted(checker: CertificateChecker, key: SoftwareKey) -> None:
    twice = sign_enveloped(sign_enveloped(DRAFT, key), key)
    verdict, signature = await verify_signed_xml(twice, checker)
    assert (verdict.code, signature) == (Code.SIGNATURES_TOO_MANY, None)
    checked = await verify_all_signatures(twice, checker)
    assert [verdict.code for verdict, _ in checked] == [Code.OK, Code.OK]


async def test_large_document_is_checked_off_the_loop(checker: CertificateChecker, key: SoftwareKey) -> None:
    large = b"<a>" + b"x" * 200_000 + b"</a>"
    verdict, _ = await verify_signed_xml(sign_enveloped(large, key), checker)
    assert verdict.valid


async def test_document_with_its_evidence_is_checked_offline_in_years(
    nca: pki.Authority, root: pki.Authority, key: SoftwareKey, clock: ManualClock
) -> None:
    signed = sign_enveloped(DRAFT, key)
    kept = add_ocsp(signed, [nca.ocsp(key.certificate)], crls=[root.crl()], certificates=[nca.certificate])
    assert verify_enveloped(kept)[0].covered == canonical_document(DRAFT)
    evidence = read_evidence(kept)
    assert (len(evidence.revocation.ocsp), len(evidence.revocation.crls)) == (1, 1)
    assert evidence.certificates == (nca.certificate,)
    signed_at = clock.now()
    clock.advance(timedelta(days=3000))
    offline = CertificateChecker(Anchors.of([root.certificate]), RevocationChecker(None, clock), clock)
    verdict, _ = await verify_signed_xml(kept, offline, at=signed_at)
    assert verdict.code is Code.OK
    verdict, _ = await verify_signed_xml(signed, offline, at=signed_at)
    assert verdict.code is Code.REVOCATION_UNAVAILABLE
    verdict, _ = await verify_signed_xml(kept, offline)
    assert verdict.code is Code.CERTIFICATE_EXPIRED


async def test_everything_that_a_verdict_stood_on_is_kept(
    checker: CertificateChecker, root: pki.Authority, key: SoftwareKey, clock: ManualClock
) -> None:
    signed = sign_enveloped(DRAFT, key)
    signed_at = clock.now()
    verdict, _ = await verify_signed_xml(signed, checker)
    kept = keep_evidence(signed, verdict)
    clock.advance(timedelta(days=3000))
    offline = CertificateChecker(Anchors.of([root.certificate]), RevocationChecker(None, clock), clock)
    verdict, _ = await verify_signed_xml(kept, offline, at=signed_at)
    assert verdict.code is Code.OK
    assert verdict.authorities_revocation


def test_evidence_goes_into_the_last_signature_and_breaks_none(key: SoftwareKey, nca: pki.Authority) -> None:
    twice = sign_enveloped(sign_enveloped(DRAFT, key), key)
    kept = add_ocsp(add_ocsp(twice, [nca.ocsp(key.certificate)]), [nca.ocsp(key.certificate)])
    assert len(verify_enveloped(kept)) == 2
    assert len(read_evidence(kept).revocation.ocsp) == 2


def test_evidence_without_a_signature_has_no_place() -> None:
    with pytest.raises(SignatureRefused):
        add_ocsp(DRAFT, [b"x"])
    assert not read_evidence(DRAFT).revocation


def test_unreadable_evidence_is_refused(key: SoftwareKey, nca: pki.Authority) -> None:
    kept = add_ocsp(sign_enveloped(DRAFT, key), [b"x"], certificates=[nca.certificate])
    with pytest.raises(EvidenceUnreadable):
        read_evidence(kept.replace(b"OCSPValue>eA==", b"OCSPValue>%%%"))
    with pytest.raises(EvidenceUnreadable):
        read_evidence(kept.replace(b"X509Certificate>MII", b"X509Certificate>AAA"))


async def test_false_evidence_does_not_replace_the_real_answer(
    checker: CertificateChecker, key: SoftwareKey, network: MemoryFetcher, nca: pki.Authority
) -> None:
    stranger = pki.root("stranger", subject=pki.name(cn="БӨТЕН", c="KZ"))
    kept = add_ocsp(sign_enveloped(DRAFT, key), [nca.ocsp(key.certificate, signer=stranger.responder("false"))])
    verdict, _ = await verify_signed_xml(kept, checker)
    assert verdict.valid
    assert network.calls[pki.OCSP_URL] == 1


async def test_old_algorithm_is_good_only_under_a_policy_that_names_it(
    anchors: Anchors, rsa_key: SoftwareKey, clock: ManualClock
) -> None:
    signed = sign_enveloped(DRAFT, replace(rsa_key, algorithm=RSA_SHA1))
    verdict, signature = await verify_signed_xml(signed, CertificateChecker(anchors, None, clock))
    assert (verdict.code, signature) == (Code.ALGORITHM_WEAK, None)
    legacy = CertificateChecker(anchors, None, clock, TrustPolicy(algorithms=LEGACY_ALGORITHMS))
    verdict, signature = await verify_signed_xml(signed, legacy)
    assert verdict.valid
    assert signature is not None
    assert signature.signature_method.name == "RSA-SHA1"


@pytest.mark.parametrize(("hashes", "verifier"), [("python", None), (None, "python"), ("python", "python")])
async def test_gost_signatures_are_checked_off_the_event_loop_without_c_libraries(
    monkeypatch: pytest.MonkeyPatch, checker: CertificateChecker, hashes: str | None, verifier: str | None
) -> None:
    seen: list[int] = []

    def verify(data: bytes, **given: Any) -> tuple[XmlSignature, ...]:
        seen.append(threading.get_ident())
        return verify_enveloped(data, **given)

    monkeypatch.setattr(verification, "verify_enveloped", verify)
    uri = GOST_2015_512_STREEBOG.uri.encode()
    with backends.using(hashes=hashes, verifier=verifier):
        await verify_signed_xml(b'<a b="' + uri + b'"/>', checker)
        await verify_signed_xml(b"<a/>", checker)
    assert [one != threading.get_ident() for one in seen] == [True, False]
