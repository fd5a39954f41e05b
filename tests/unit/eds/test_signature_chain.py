"""Documents that several persons sign in turn: good only whole, in their order, each signature for itself."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from cryptography.x509 import ocsp
from lxml import etree

from gateway.clock import ManualClock
from gateway.eds.canonical import canonical_document
from gateway.eds.codes import Code, Status
from gateway.eds.errors import SignatureRefused
from gateway.eds.evidence import keep_evidence, read_all_evidence
from gateway.eds.keeping import EvidenceKeeper
from gateway.eds.keys import SoftwareKey
from gateway.eds.offline import OfflineChecker
from gateway.eds.policies import Policy, bin_is, may_sign, role_in
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.roles import Role
from gateway.eds.signature_chain import MAX_SIGNERS, Chain, open_chain, verify_chain
from gateway.eds.timestamping import TimestampClient
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.verdict import MomentReason
from gateway.eds.verification import verify_signed_xml
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped
from gateway.identity.numbers import Bin
from tests.unit.eds import cms_kit as kit
from tests.unit.eds import pki

DRAFT = '<рұқсат xmlns="urn:p"><жұмыс xml:lang="kk">5</жұмыс></рұқсат>'.encode()
BIN = Bin("991240000013")
TSA_URL = "http://nca.test/tsp"
Rules = Sequence[Policy]


@pytest.fixture(scope="module")
def executor(nca: pki.Authority) -> SoftwareKey:
    return nca.person("executor", iin="850101100013", bin=str(BIN), roles=(Role.LEGAL_ENTITY, Role.EMPLOYEE))


@pytest.fixture(scope="module")
def head(nca: pki.Authority) -> SoftwareKey:
    return nca.person("head", iin="700202100130", bin=str(BIN), roles=(Role.LEGAL_ENTITY, Role.HEAD))


@pytest.fixture(scope="module")
def third(nca: pki.Authority) -> SoftwareKey:
    return nca.person("third", iin="900101100014", bin=str(BIN), roles=(Role.LEGAL_ENTITY, Role.HEAD))


@pytest.fixture(scope="module")
def pair(executor: SoftwareKey, head: SoftwareKey) -> tuple[SoftwareKey, SoftwareKey]:
    """Who sign a permit, in their order."""
    return executor, head


BY_EXECUTOR: Rules = (bin_is(BIN), role_in({Role.EMPLOYEE, Role.SIGNING_RIGHT}), may_sign())
BY_HEAD: Rules = (bin_is(BIN), role_in({Role.HEAD, Role.SIGNING_RIGHT}), may_sign())


@pytest.fixture
def network(root: pki.Authority, nca: pki.Authority) -> MemoryFetcher:
    """Lists answer for everybody; OCSP is silent."""
    return MemoryFetcher({pki.CRL_URL: nca.crl(), pki.ROOT_CRL_URL: root.crl()})


def signed_by(*keys: SoftwareKey, document: bytes = DRAFT) -> bytes:
    for key in keys:
        document = sign_enveloped(document, key)
    return document


def signatures_of(document: bytes) -> list[bytes]:
    return re.findall(rb"<ds:Signature .*?</ds:Signature>", document, re.DOTALL)


async def judged(document: bytes, checker: CertificateChecker, *signers: Rules) -> Chain:
    return await verify_chain(document, checker, *(signers or (BY_EXECUTOR, BY_HEAD)))


async def test_each_signer_covers_what_the_one_before_left(
    checker: CertificateChecker, executor: SoftwareKey, head: SoftwareKey
) -> None:
    once = signed_by(executor)
    chain = await judged(signed_by(head, document=once), checker)
    assert chain.verdict.code is Code.OK
    assert [link.signature.certificate for link in chain.links] == [executor.certificate, head.certificate]
    assert [link.signature.covered for link in chain.links] == [canonical_document(DRAFT), canonical_document(once)]
    assert chain.verdict.certificate == head.certificate
    assert chain.last is not None
    assert executor.certificate == verify_enveloped(chain.last.covered)[0].certificate


async def test_one_signer_is_a_chain_of_one(checker: CertificateChecker, head: SoftwareKey) -> None:
    chain = await judged(signed_by(head), checker, BY_HEAD)
    assert chain.verdict.valid
    assert len(chain.links) == 1


async def test_the_order_counts(checker: CertificateChecker, executor: SoftwareKey, head: SoftwareKey) -> None:
    chain = await judged(signed_by(head, executor), checker)
    assert chain.verdict.code is Code.ROLE_NOT_FIT
    assert [link.verdict.code for link in chain.links] == [Code.ROLE_NOT_FIT, Code.ROLE_NOT_FIT]
    assert [link.verdict.facts["signer"] for link in chain.links] == ["1", "2"]


@pytest.mark.parametrize("who", ["executor", "head"])
async def test_one_of_two_is_not_enough(
    checker: CertificateChecker, executor: SoftwareKey, head: SoftwareKey, who: str
) -> None:
    chain = await judged(signed_by({"executor": executor, "head": head}[who]), checker)
    assert chain.verdict.code is Code.SIGNATURES_TOO_FEW
    assert chain.verdict.facts == {"found": "1", "expected": "2"}
    assert [link.verdict.code for link in chain.links] == [Code.OK]


async def test_one_person_is_not_two(checker: CertificateChecker, nca: pki.Authority, head: SoftwareKey) -> None:
    other_key = nca.person(
        "head's other key", iin="700202100130", bin=str(BIN), roles=(Role.LEGAL_ENTITY, Role.EMPLOYEE)
    )
    for first in (other_key, head):
        chain = await judged(signed_by(first, head), checker, (may_sign(),), BY_HEAD)
        assert chain.verdict.code is Code.SIGNER_TWICE


async def test_a_signature_too_many_is_refused(
    checker: CertificateChecker, executor: SoftwareKey, head: SoftwareKey, third: SoftwareKey
) -> None:
    chain = await judged(signed_by(executor, head, third), checker)
    assert (chain.verdict.code, chain.links, chain.last) == (Code.SIGNATURES_TOO_MANY, (), None)


async def test_two_signatures_where_one_is_expected_stay_refused(
    checker: CertificateChecker, executor: SoftwareKey, head: SoftwareKey
) -> None:
    document = signed_by(executor, head)
    verdict, signature = await verify_signed_xml(document, checker)
    assert (verdict.code, signature) == (Code.SIGNATURES_TOO_MANY, None)
    assert (await judged(document, checker, BY_HEAD)).verdict.code is Code.SIGNATURES_TOO_MANY


async def test_of_another_body_is_refused(
    checker: CertificateChecker, nca: pki.Authority, executor: SoftwareKey
) -> None:
    akim = nca.person("akim", iin="700202100130", bin="040340003349", roles=(Role.LEGAL_ENTITY, Role.HEAD))
    chain = await judged(signed_by(executor, akim), checker)
    assert chain.verdict.code is Code.SIGNER_NOT_BIN
    assert (await judged(signed_by(executor, akim), checker, BY_EXECUTOR, (bin_is(Bin("040340003349")),))).verdict.valid


@pytest.mark.parametrize("place", [0, 1])
async def test_one_revoked_refuses_the_whole(
    checker: CertificateChecker,
    network: MemoryFetcher,
    nca: pki.Authority,
    pair: tuple[SoftwareKey, SoftwareKey],
    place: int,
) -> None:
    network.answers[pki.CRL_URL] = nca.crl(((pair[place].certificate.serial, None),))
    chain = await judged(signed_by(*pair), checker)
    assert chain.verdict.code is Code.CERTIFICATE_REVOKED
    assert chain.verdict.facts["signer"] == str(place + 1)
    assert [link.verdict.valid for link in chain.links] == [place == 1, place == 0]


@pytest.mark.parametrize("place", [0, 1])
async def test_one_undetermined_leaves_the_whole_undetermined(
    checker: CertificateChecker,
    network: MemoryFetcher,
    nca: pki.Authority,
    pair: tuple[SoftwareKey, SoftwareKey],
    place: int,
) -> None:
    del network.answers[pki.CRL_URL]
    network.answers[pki.OCSP_URL] = nca.answers(pair[1 - place].certificate)
    chain = await judged(signed_by(*pair), checker)
    assert chain.verdict.status is Status.UNDETERMINED
    assert chain.verdict.facts["signer"] == str(place + 1)
    assert [link.verdict.status is Status.UNDETERMINED for link in chain.links] == [place == 0, place == 1]


async def test_who_is_refused_decides_over_who_is_undetermined(
    checker: CertificateChecker, network: MemoryFetcher, nca: pki.Authority, executor: SoftwareKey, head: SoftwareKey
) -> None:
    del network.answers[pki.CRL_URL]
    network.answers[pki.OCSP_URL] = nca.answers(executor.certificate, status=ocsp.OCSPCertStatus.REVOKED)
    assert (await judged(signed_by(executor, head), checker)).verdict.code is Code.CERTIFICATE_REVOKED


def _inner_value(document: bytes) -> bytes:
    """Another value under the inner signature."""
    first = signatures_of(document)[0]
    value = re.search(rb"<ds:SignatureValue>\s*([^<]+?)\s*</ds:SignatureValue>", first)
    assert value is not None
    other = base64.b64encode(bytes(reversed(base64.b64decode(value[1]))))
    return document.replace(value[1], other)


def _inner_evidence(document: bytes) -> bytes:
    """Something in an Object of the inner signature after the outer one was made: the outer one covers it."""
    return document.replace(b"</ds:Signature>", b"<ds:Object><x/></ds:Object></ds:Signature>", 1)


def _swapped(document: bytes) -> bytes:
    first, last = signatures_of(document)
    return document.replace(first, b"@").replace(last, first).replace(b"@", last)


def _moved_in(document: bytes) -> bytes:
    """The inner signature goes into the content."""
    first, _ = signatures_of(document)
    return document.replace(first, b"").replace("</жұмыс>".encode(), first + "</жұмыс>".encode())


def _moved_apart(document: bytes) -> bytes:
    """An element between the two signatures."""
    first, _ = signatures_of(document)
    return document.replace(first, first + b"<x/>")


def _text_between(document: bytes) -> bytes:
    first, _ = signatures_of(document)
    return document.replace(first, first + b" 9")


def _moved_into_an_object(document: bytes) -> bytes:
    """The inner signature goes into an Object of the outer one, which covers nothing of itself."""
    first, last = signatures_of(document)
    holder = b"<ds:Object>" + first + b"</ds:Object></ds:Signature>"
    return document.replace(first, b"").replace(last, last.replace(b"</ds:Signature>", holder))


def _without_the_inner(document: bytes) -> bytes:
    return document.replace(signatures_of(document)[0], b"")


def _content_changed(document: bytes) -> bytes:
    return document.replace(b">5<", b">6<")


def _one_for_two(document: bytes) -> bytes:
    """The same signature twice."""
    first, last = signatures_of(document)
    return document.replace(last, first)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_inner_value, Code.DIGEST_MISMATCH),
        (_inner_evidence, Code.DIGEST_MISMATCH),
        (_swapped, Code.DIGEST_MISMATCH),
        (_moved_in, Code.DIGEST_MISMATCH),
        (_moved_apart, Code.SIGNATURE_MISPLACED),
        (_text_between, Code.DIGEST_MISMATCH),
        (_moved_into_an_object, Code.DIGEST_MISMATCH),
        (_without_the_inner, Code.DIGEST_MISMATCH),
        (_content_changed, Code.DIGEST_MISMATCH),
        (_one_for_two, Code.DIGEST_MISMATCH),
        (lambda document: document.replace(b">5<", b">5<!-- 6 --><"), Code.DOCUMENT_NOT_AS_SHOWN),
    ],
)
async def test_nothing_may_be_changed_afterwards(
    checker: CertificateChecker,
    executor: SoftwareKey,
    head: SoftwareKey,
    change: Callable[[bytes], bytes],
    code: Code,
) -> None:
    document = signed_by(executor, head)
    changed = change(document)
    assert changed != document
    chain = await judged(changed, checker)
    assert (chain.verdict.code, chain.verdict.status, chain.links) == (code, Status.INVALID, ())


async def test_an_outer_signature_does_not_heal_a_changed_inner_one(
    checker: CertificateChecker, executor: SoftwareKey, head: SoftwareKey
) -> None:
    changed = signed_by(executor).replace(b">5<", b">6<")
    chain = await judged(signed_by(head, document=changed), checker)
    assert (chain.verdict.code, chain.links) == (Code.DIGEST_MISMATCH, ())


async def test_two_signatures_beside_each_other_are_no_chain(
    checker: CertificateChecker, executor: SoftwareKey, head: SoftwareKey
) -> None:
    """Both over the draft alone: the second signer did not see what the first had signed."""
    beside = signed_by(executor).replace("</рұқсат>".encode(), signatures_of(signed_by(head))[0] + "</рұқсат>".encode())
    assert (await judged(beside, checker)).verdict.code is Code.DIGEST_MISMATCH


def test_no_more_signatures_than_any_act_asks_for_are_checked(executor: SoftwareKey) -> None:
    with pytest.raises(SignatureRefused) as refused:
        open_chain(signed_by(*[executor] * (MAX_SIGNERS + 1)), most=99)
    assert refused.value.code is Code.SIGNATURES_TOO_MANY


async def test_nobody_or_a_crowd_is_a_mistake_of_the_caller(checker: CertificateChecker, head: SoftwareKey) -> None:
    for signers in ((), (BY_HEAD,) * (MAX_SIGNERS + 1)):
        with pytest.raises(ValueError, match="signers"):
            await verify_chain(signed_by(head), checker, *signers)


async def kept_by_each(checker: CertificateChecker, keeper: EvidenceKeeper, *keys: SoftwareKey) -> bytes:
    """Sign in turn as at the desk: the evidence of each is kept before the next signs."""
    document = DRAFT
    for number, key in enumerate(keys, start=1):
        document = sign_enveloped(document, key)
        chain = await verify_chain(document, checker, *[(may_sign(),)] * number)
        assert chain.verdict.valid, chain.verdict
        document = await keeper.keep(document, chain.verdict)
    return document


async def test_evidence_of_each_stands_in_its_own_signature_and_breaks_none(
    checker: CertificateChecker, executor: SoftwareKey, head: SoftwareKey, clock: ManualClock, anchors: Anchors
) -> None:
    document = await kept_by_each(checker, EvidenceKeeper(checker), executor, head)
    last, first = read_all_evidence(document)
    assert first.evidence.revocation.crls
    # What the first signature holds is not repeated in the last; each is judged by what the whole document holds.
    assert not set(first.evidence.revocation.crls) & set(last.evidence.revocation.crls)
    at = clock.now()
    clock.advance(timedelta(days=3000))
    offline = OfflineChecker(Anchors.of(anchors.trusted), clock)
    chain = await verify_chain(document, offline, BY_EXECUTOR, BY_HEAD, at=at)
    assert chain.verdict.code is Code.OK
    assert {link.verdict.moment_reason for link in chain.links} == {MomentReason.GIVEN}
    assert chain.links[0].signature.covered == canonical_document(DRAFT)


async def test_evidence_kept_later_about_an_earlier_signer_counts_for_him(
    checker: CertificateChecker, executor: SoftwareKey, head: SoftwareKey, clock: ManualClock, anchors: Anchors
) -> None:
    document = signed_by(executor, head)
    chain = await judged(document, checker)
    kept = keep_evidence(document, *(link.verdict for link in chain.links))
    offline = OfflineChecker(Anchors.of(anchors.trusted), clock)
    assert (await judged(document, offline)).verdict.code is not Code.OK
    assert (await judged(kept, offline)).verdict.code is Code.OK


async def test_a_time_stamp_is_about_the_signature_that_holds_it(
    nca: pki.Authority,
    root: pki.Authority,
    anchors: Anchors,
    pair: tuple[SoftwareKey, SoftwareKey],
    clock: ManualClock,
) -> None:
    """Stamped when the certificates were good, the chain stays good after one of them is revoked and both expired."""
    authority = kit.tsa(nca)
    network = MemoryFetcher(
        {pki.CRL_URL: nca.crl(), pki.ROOT_CRL_URL: root.crl(), TSA_URL: kit.responder(authority, moment=pki.NOW)}
    )
    checker = CertificateChecker(anchors, RevocationChecker(network, clock), clock)
    keeper = EvidenceKeeper(checker, TimestampClient(network, TSA_URL))
    document = await kept_by_each(checker, keeper, *pair)
    last, first = read_all_evidence(document)
    assert first.evidence.timestamps != last.evidence.timestamps
    assert first.value != last.value
    clock.advance(timedelta(days=1))
    network.answers[pki.CRL_URL] = nca.crl(
        ((pair[0].certificate.serial, None),), this_update=clock.now(), revoked_at=clock.now()
    )
    chain = await judged(document, checker)
    assert chain.verdict.code is Code.OK
    assert [link.signed_at for link in chain.links] == [pki.NOW, pki.NOW]
    clock.advance(timedelta(days=3000))
    chain = await judged(document, OfflineChecker(Anchors.of(anchors.trusted), clock))
    assert chain.verdict.code is Code.OK
    assert {link.verdict.moment_reason for link in chain.links} == {MomentReason.TIMESTAMP}
    # Unstamped, the present counts.
    chain = await judged(signed_by(*pair), OfflineChecker(Anchors.of(anchors.trusted), clock))
    assert chain.verdict.code is not Code.OK


async def test_a_time_stamp_of_one_signature_says_nothing_of_another(
    nca: pki.Authority, anchors: Anchors, root: pki.Authority, executor: SoftwareKey, head: SoftwareKey
) -> None:
    clock = ManualClock(pki.NOW)
    authority = kit.tsa(nca)
    network = MemoryFetcher(
        {pki.CRL_URL: nca.crl(), pki.ROOT_CRL_URL: root.crl(), TSA_URL: kit.responder(authority, moment=pki.NOW)}
    )
    checker = CertificateChecker(anchors, RevocationChecker(network, clock), clock)
    keeper = EvidenceKeeper(checker, TimestampClient(network, TSA_URL))
    first = await kept_by_each(checker, keeper, executor)
    (kept,) = read_all_evidence(first)
    second = keep_evidence(sign_enveloped(first, head), timestamps=kept.evidence.timestamps)
    chain = await judged(second, checker)
    assert chain.verdict.code is Code.TIMESTAMP_REFUSED
    assert chain.verdict.facts["signer"] == "2"


async def test_a_document_with_a_declaration_and_instructions_is_signed_in_turn(
    checker: CertificateChecker, executor: SoftwareKey, head: SoftwareKey
) -> None:
    document = '<?xml version="1.0" encoding="windows-1251"?>\n<?style x?><a>\n  <b>Ж</b>\n</a>'.encode("cp1251")
    chain = await judged(signed_by(executor, head, document=document), checker)
    assert chain.verdict.code is Code.OK
    assert etree.fromstring(chain.links[0].signature.covered).findtext("b") == "Ж"
