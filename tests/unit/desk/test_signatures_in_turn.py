"""The desk judges each official's signature over the result as the one before left it: with real keys, no store."""

from __future__ import annotations

import functools

import pytest

from gateway.catalogue import Role as Post
from gateway.clock import ManualClock
from gateway.desk.ports import Judged, Signatures, TrustingSignatures
from gateway.desk.signatures import CheckedSignatures
from gateway.eds.canonical import canonical_document
from gateway.eds.codes import Code, Status
from gateway.eds.evidence import read_all_evidence
from gateway.eds.keys import SoftwareKey
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.roles import Role
from gateway.eds.signature_chain import open_chain
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.xmldsig import sign_enveloped
from gateway.identity.numbers import Bin, Iin
from tests.unit.eds import pki

DRAFT = "<рұқсат>5</рұқсат>".encode()
OFFICE, AKIMAT = Bin("991240000013"), Bin("040340003349")
OTHER = Iin("900101100014")
EXECUTOR, HEAD = Iin("850101100012"), Iin("700202100130")


@functools.cache
def nca() -> pki.Authority:
    return pki.issuing(pki.root())


@functools.cache
def key(iin: Iin, role: Role, bin_: Bin = OFFICE) -> SoftwareKey:
    return nca().person(f"{iin} {role}", iin=iin, bin=bin_, roles=(Role.LEGAL_ENTITY, role))


@pytest.fixture
def network() -> MemoryFetcher:
    return MemoryFetcher({pki.CRL_URL: nca().crl(), pki.ROOT_CRL_URL: pki.root().crl()})


@pytest.fixture
def signatures(network: MemoryFetcher) -> CheckedSignatures:
    clock = ManualClock(pki.NOW)
    anchors = Anchors.of([pki.root().certificate], [nca().certificate])
    return CheckedSignatures(CertificateChecker(anchors, RevocationChecker(network, clock), clock))


async def by_executor(signatures: CheckedSignatures, document: bytes = DRAFT) -> tuple[Judged, bytes]:
    """The executor signs; return the judgement and what is kept for the head to sign."""
    signed = sign_enveloped(document, key(EXECUTOR, Role.EMPLOYEE))
    judged = await signatures.of_official(signed, iin=EXECUTOR, bin_=OFFICE, role=Post.EXECUTOR)
    assert judged.keep is not None
    return judged, await judged.keep()


async def test_the_head_signs_what_the_executor_left_and_both_signatures_stay_good(
    signatures: CheckedSignatures,
) -> None:
    judged, first = await by_executor(signatures)
    assert judged.covered == canonical_document(DRAFT)
    signed = sign_enveloped(first, key(HEAD, Role.HEAD))
    judged = await signatures.of_official(signed, iin=HEAD, bin_=OFFICE, earlier=1)
    assert (judged.status, judged.iin, judged.bin) == (Status.VALID, HEAD, OFFICE)
    assert judged.covered == canonical_document(first)
    assert judged.keep is not None
    whole = await judged.keep()
    assert [one.signature.covered for one in open_chain(whole)] == [canonical_document(DRAFT), judged.covered]
    # One list speaks of both, and is kept once: where it was needed first.
    assert [bool(one.evidence.revocation) for one in read_all_evidence(whole)] == [False, True]


@pytest.mark.parametrize(
    ("signer", "role", "code"),
    [
        ((HEAD, Role.EMPLOYEE), Post.HEAD, Code.ROLE_NOT_FIT),
        ((OTHER, Role.HEAD), Post.HEAD, Code.SIGNER_NOT_IIN),
        ((HEAD, Role.HEAD, AKIMAT), Post.HEAD, Code.SIGNER_NOT_BIN),
        ((HEAD, Role.HEAD), Post.EXECUTOR, Code.ROLE_NOT_FIT),
    ],
)
async def test_nobody_signs_in_anothers_place(
    signatures: CheckedSignatures, signer: tuple[object, ...], role: Post, code: Code
) -> None:
    _, first = await by_executor(signatures)
    signed = sign_enveloped(first, key(*signer))  # type: ignore[arg-type]
    judged = await signatures.of_official(signed, iin=HEAD, bin_=OFFICE, role=role, earlier=1)
    assert (judged.code, judged.covered, judged.keep) == (code, None, None)


async def test_one_person_does_not_sign_for_two(signatures: CheckedSignatures) -> None:
    _, first = await by_executor(signatures)
    signed = sign_enveloped(first, key(EXECUTOR, Role.SIGNING_RIGHT))
    judged = await signatures.of_official(signed, iin=EXECUTOR, bin_=OFFICE, earlier=1)
    assert judged.code == Code.SIGNER_TWICE


async def test_as_many_have_signed_before_as_must(signatures: CheckedSignatures) -> None:
    _, first = await by_executor(signatures)
    head = key(HEAD, Role.HEAD)
    judged = await signatures.of_official(sign_enveloped(DRAFT, head), iin=HEAD, bin_=OFFICE, earlier=1)
    assert judged.code == Code.SIGNATURES_TOO_FEW
    judged = await signatures.of_official(sign_enveloped(first, head), iin=HEAD, bin_=OFFICE)
    assert judged.code == Code.SIGNATURES_TOO_MANY


async def test_an_executor_who_is_revoked_before_the_head_signs_stops_the_result(
    signatures: CheckedSignatures, network: MemoryFetcher
) -> None:
    network.answers[pki.CRL_URL] = nca().crl(((key(EXECUTOR, Role.EMPLOYEE).certificate.serial, None),))
    signed = sign_enveloped(sign_enveloped(DRAFT, key(EXECUTOR, Role.EMPLOYEE)), key(HEAD, Role.HEAD))
    judged = await signatures.of_official(signed, iin=HEAD, bin_=OFFICE, earlier=1)
    assert judged.code == Code.CERTIFICATE_REVOKED


async def test_an_authority_that_is_silent_about_one_leaves_it_open(
    signatures: CheckedSignatures, network: MemoryFetcher
) -> None:
    signed = sign_enveloped(sign_enveloped(DRAFT, key(EXECUTOR, Role.EMPLOYEE)), key(HEAD, Role.HEAD))
    network.answers.clear()
    network.answers |= {pki.ROOT_CRL_URL: pki.root().crl()}
    network.answers[pki.OCSP_URL] = nca().answers(key(HEAD, Role.HEAD).certificate)
    judged = await signatures.of_official(signed, iin=HEAD, bin_=OFFICE, earlier=1)
    assert (judged.status, judged.covered) == (Status.UNDETERMINED, None)


async def test_the_fake_counts_signatures_as_the_real_one_does() -> None:
    fake = TrustingSignatures()
    port: Signatures = fake
    once, twice = fake.sign(DRAFT), fake.sign(fake.sign(DRAFT))
    judged = await port.of_official(twice, iin=HEAD, bin_=OFFICE, earlier=1)
    assert judged.covered == canonical_document(once)
    assert (await port.of_official(once, iin=HEAD, bin_=OFFICE)).covered == canonical_document(DRAFT)
    assert (await port.of_official(once, iin=HEAD, bin_=OFFICE, earlier=1)).code == Code.SIGNATURES_TOO_FEW
    assert (await port.of_official(twice, iin=HEAD, bin_=OFFICE)).code == Code.SIGNATURES_TOO_MANY
