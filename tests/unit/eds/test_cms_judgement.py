from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.x509 import ocsp

from gateway.clock import ManualClock
from gateway.eds.algorithms import ECDSA_SHA256, SHA256, Algorithms
from gateway.eds.cms.evidence import kept_evidence, revocation_values
from gateway.eds.cms.judgement import verify_signed_cms
from gateway.eds.cms.reader import REVOCATION_VALUES, SIGNATURE_TIMESTAMP, read_cms
from gateway.eds.cms.signing import add_evidence, add_timestamp, add_unsigned, cosign_cms, sign_cms
from gateway.eds.codes import Code, Status
from gateway.eds.der import SEQUENCE, Der, encode, encode_oid
from gateway.eds.errors import AlgorithmRefused, EvidenceUnreadable
from gateway.eds.keys import SoftwareKey
from gateway.eds.policies import is_certificate, may_sign, role_in
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.roles import Role
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.verdict import MomentReason, Verdict
from tests.unit.eds import cms_kit as kit
from tests.unit.eds import pki
from tests.unit.eds.cms_kit import DATA

Asking = Callable[[MemoryFetcher | None], CertificateChecker]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def tsa(nca: pki.Authority) -> SoftwareKey:
    return kit.tsa(nca)


@pytest.fixture
def unrevoked(anchors: Anchors, clock: ManualClock) -> CertificateChecker:
    """Judges path and period only."""
    return CertificateChecker(anchors, None, clock)


@pytest.fixture
def asking(anchors: Anchors, clock: ManualClock) -> Asking:
    """Makes a checker that asks a network, or nobody."""
    return lambda network: CertificateChecker(anchors, RevocationChecker(network, clock), clock)


async def test_good_cms_of_the_right_signer_is_valid(checker: CertificateChecker, key: SoftwareKey) -> None:
    judged = await verify_signed_cms(
        sign_cms(DATA, key, at=pki.NOW), checker, may_sign(), is_certificate(key.certificate)
    )
    assert judged.verdict.valid
    assert (judged.content, judged.verdict.moment_reason) == (DATA, MomentReason.NOW)
    assert judged.signers[0].timestamp is None


async def test_what_cannot_be_judged_has_its_verdict(unrevoked: CertificateChecker, key: SoftwareKey) -> None:
    for data, code in (
        (b"nothing", Code.CMS_UNREADABLE),
        (sign_cms(DATA, key, at=pki.NOW, attached=False), Code.CONTENT_MISSING),
        (kit.message(certificates=[key.certificate]), Code.SIGNATURE_MISSING),
    ):
        judged = await verify_signed_cms(data, unrevoked)
        assert (judged.verdict.code, judged.content, judged.signers) == (code, None, ())
    detached = sign_cms(DATA, key, at=pki.NOW, attached=False)
    assert (await verify_signed_cms(detached, unrevoked, content=DATA)).content == DATA


async def test_large_content_is_checked_off_the_loop(unrevoked: CertificateChecker, key: SoftwareKey) -> None:
    judged = await verify_signed_cms(sign_cms(b"x" * 200_000, key, at=pki.NOW), unrevoked)
    assert judged.verdict.valid


async def test_hash_that_would_take_too_long_settles_nothing(unrevoked: CertificateChecker, key: SoftwareKey) -> None:
    def refuse(data: bytes) -> bytes:
        raise AlgorithmRefused(Code.HASH_TOO_SLOW, size=str(len(data)))

    slow = replace(SHA256, function=refuse)
    algorithms = Algorithms((replace(ECDSA_SHA256, digest=slow),), (slow,), weak=frozenset())
    judged = await verify_signed_cms(kit.message(kit.Signer(key)), unrevoked, algorithms=algorithms)
    assert (judged.verdict.status, judged.verdict.code) == (Status.UNDETERMINED, Code.HASH_TOO_SLOW)


async def test_every_signer_has_a_verdict_and_the_worst_decides(
    unrevoked: CertificateChecker, nca: pki.Authority, key: SoftwareKey
) -> None:
    head = nca.person("head", roles=(Role.HEAD,))
    both = cosign_cms(sign_cms(DATA, key, at=pki.NOW), head, at=pki.NOW)
    assert (await verify_signed_cms(both, unrevoked)).verdict.valid
    judged = await verify_signed_cms(both, unrevoked, role_in({Role.HEAD}))
    assert [one.verdict.code for one in judged.signers] == [Code.ROLE_NOT_FIT, Code.OK]
    assert judged.verdict.code is Code.ROLE_NOT_FIT
    assert judged.content == DATA


async def test_one_broken_signature_of_two_leaves_nothing_to_be_read(
    unrevoked: CertificateChecker, key: SoftwareKey, rsa_key: SoftwareKey
) -> None:
    broken = kit.Signer(rsa_key, change=lambda value: bytes(len(value)))
    judged = await verify_signed_cms(kit.message(kit.Signer(key), broken), unrevoked)
    assert [one.verdict.code for one in judged.signers] == [Code.OK, Code.SIGNATURE_BROKEN]
    assert (judged.verdict.code, judged.content) == (Code.SIGNATURE_BROKEN, None)
    assert judged.signers[0].signature is not None
    assert judged.signers[1].signature is None


async def test_moment_and_why_it_was_chosen_are_told(
    unrevoked: CertificateChecker, nca: pki.Authority, tsa: SoftwareKey, clock: ManualClock
) -> None:
    expired = nca.person("expired", not_after=pki.NOW - DAY)
    data = kit.stamped(sign_cms(DATA, expired, at=pki.NOW), tsa, moment=pki.NOW - 2 * DAY)
    (signer,) = (await verify_signed_cms(data, unrevoked)).signers
    assert (signer.verdict.code, signer.verdict.judged_at) == (Code.OK, pki.NOW - 2 * DAY)
    assert signer.verdict.moment_reason is MomentReason.TIMESTAMP
    assert signer.timestamp is not None
    assert signer.timestamp.timestamp is not None
    now = (await verify_signed_cms(data, unrevoked, by_timestamp=False)).verdict
    assert (now.code, now.moment_reason, now.judged_at) == (
        Code.CERTIFICATE_EXPIRED,
        MomentReason.NOW,
        clock.now(),
    )
    given = (await verify_signed_cms(data, unrevoked, at=pki.NOW - HOUR)).verdict
    assert (given.code, given.moment_reason) == (Code.CERTIFICATE_EXPIRED, MomentReason.GIVEN)


async def test_stamp_after_expiry_does_not_revive_a_certificate(
    unrevoked: CertificateChecker, nca: pki.Authority, tsa: SoftwareKey
) -> None:
    expired = nca.person("expired", not_after=pki.NOW - DAY)
    data = kit.stamped(sign_cms(DATA, expired, at=pki.NOW), tsa, moment=pki.NOW - HOUR)
    assert (await verify_signed_cms(data, unrevoked)).verdict.code is Code.CERTIFICATE_EXPIRED


async def test_earliest_trusted_of_several_stamps_counts(
    unrevoked: CertificateChecker, nca: pki.Authority, key: SoftwareKey, tsa: SoftwareKey
) -> None:
    stranger = kit.tsa(pki.root("elsewhere", subject=pki.name(cn="БӨТЕН", c="KZ")), "foreign tsa")
    data = sign_cms(DATA, key, at=pki.NOW)
    for authority, age in ((tsa, 1), (tsa, 3), (stranger, 5)):
        data = kit.stamped(data, authority, moment=pki.NOW - age * HOUR)
    (signer,) = (await verify_signed_cms(data, unrevoked)).signers
    assert signer.verdict.judged_at == pki.NOW - 3 * HOUR
    assert [one.verdict.code for one in signer.timestamps] == [Code.OK, Code.OK, Code.ISSUER_UNKNOWN]
    assert signer.timestamp is signer.timestamps[1]


async def test_stamp_of_another_signature_makes_it_invalid(
    unrevoked: CertificateChecker, key: SoftwareKey, tsa: SoftwareKey
) -> None:
    data = add_timestamp(sign_cms(DATA, key, at=pki.NOW), kit.token(b"another signature", tsa))
    (signer,) = (await verify_signed_cms(data, unrevoked)).signers
    assert (signer.verdict.status, signer.verdict.code) == (Status.INVALID, Code.TIMESTAMP_REFUSED)
    assert signer.signature is not None
    broken = add_timestamp(sign_cms(DATA, key, at=pki.NOW), b"\x30\x00")
    assert (await verify_signed_cms(broken, unrevoked)).verdict.code is Code.TIMESTAMP_REFUSED


async def test_untrusted_stamp_is_as_none_and_helps_nobody(
    unrevoked: CertificateChecker, nca: pki.Authority, key: SoftwareKey
) -> None:
    stranger = kit.tsa(pki.root("elsewhere", subject=pki.name(cn="БӨТЕН", c="KZ")), "foreign tsa")
    data = kit.stamped(sign_cms(DATA, key, at=pki.NOW), stranger)
    verdict = (await verify_signed_cms(data, unrevoked)).verdict
    assert (verdict.code, verdict.moment_reason) == (Code.OK, MomentReason.NOW)
    expired = nca.person("expired", not_after=pki.NOW - DAY)
    data = kit.stamped(sign_cms(DATA, expired, at=pki.NOW), stranger, moment=pki.NOW - 2 * DAY)
    assert (await verify_signed_cms(data, unrevoked)).verdict.code is Code.CERTIFICATE_EXPIRED


async def test_stamp_whose_authority_cannot_be_checked_yet_leaves_an_expired_signature_undetermined(
    nca: pki.Authority, root: pki.Authority, tsa: SoftwareKey, anchors: Anchors, clock: ManualClock
) -> None:
    expired = nca.person("expired", not_after=pki.NOW - DAY)
    moment = pki.NOW - 2 * DAY
    data = kit.stamped(sign_cms(DATA, expired, at=moment), tsa, moment=moment)
    checker = CertificateChecker(anchors, RevocationChecker(MemoryFetcher(), clock), clock)
    judged = await verify_signed_cms(data, checker)
    assert (judged.verdict.status, judged.verdict.code) == (Status.UNDETERMINED, Code.TIMESTAMP_UNTRUSTED)
    assert judged.verdict.facts["now"] == "certificate-expired"
    # The signer's lack of right is settled whatever the stamp comes to.
    present = nca.person("present")
    data = kit.stamped(sign_cms(DATA, present, at=moment), tsa, moment=moment)
    assert (await verify_signed_cms(data, checker, role_in({Role.HEAD}))).verdict.code is Code.ROLE_NOT_FIT


async def test_signature_stamped_before_the_revocation_stays_valid(
    nca: pki.Authority, root: pki.Authority, key: SoftwareKey, tsa: SoftwareKey, asking: Asking
) -> None:
    def answer(request: bytes) -> bytes:
        asked = ocsp.load_der_ocsp_request(request)
        if asked.serial_number == key.certificate.serial:
            revoked = {"status": ocsp.OCSPCertStatus.REVOKED, "revoked_at": pki.NOW - DAY}
            return nca.answers(key.certificate, **revoked)(request)
        return nca.answers(tsa.certificate)(request)

    network = MemoryFetcher({pki.OCSP_URL: answer, pki.ROOT_CRL_URL: root.crl()})
    checker = asking(network)
    data = sign_cms(DATA, key, at=pki.NOW)
    assert (await verify_signed_cms(data, checker)).verdict.code is Code.CERTIFICATE_REVOKED
    before = kit.stamped(data, tsa, moment=pki.NOW - 2 * DAY)
    assert (await verify_signed_cms(before, checker)).verdict.code is Code.OK
    after = kit.stamped(data, tsa, moment=pki.NOW - HOUR)
    assert (await verify_signed_cms(after, checker)).verdict.code is Code.CERTIFICATE_REVOKED


async def test_everything_that_the_verdicts_stood_on_is_kept_and_checked_offline_in_years(
    nca: pki.Authority, root: pki.Authority, key: SoftwareKey, tsa: SoftwareKey, clock: ManualClock
) -> None:
    def answer(request: bytes) -> bytes:
        asked = ocsp.load_der_ocsp_request(request).serial_number
        return nca.answers(key.certificate if asked == key.certificate.serial else tsa.certificate)(request)

    network = MemoryFetcher({pki.OCSP_URL: answer, pki.ROOT_CRL_URL: root.crl()})
    online = CertificateChecker(
        Anchors.of([root.certificate], [nca.certificate]), RevocationChecker(network, clock), clock
    )
    data = kit.stamped(sign_cms(DATA, key, at=pki.NOW), tsa, moment=pki.NOW - timedelta(minutes=1))
    (signer,) = (await verify_signed_cms(data, online)).signers
    assert signer.verdict.valid
    assert signer.timestamp is not None
    kept = add_evidence(data, signer.verdict, signer.timestamp.verdict)
    clock.advance(timedelta(days=3000))
    offline = CertificateChecker(Anchors.of([root.certificate]), RevocationChecker(None, clock), clock)
    judged = await verify_signed_cms(kept, offline)
    assert (judged.verdict.code, judged.verdict.moment_reason) == (Code.OK, MomentReason.TIMESTAMP)
    assert not (await verify_signed_cms(data, offline)).verdict.valid


async def test_answers_in_the_field_of_lists_are_used(
    nca: pki.Authority, root: pki.Authority, key: SoftwareKey, anchors: Anchors, clock: ManualClock
) -> None:
    response = encode(0xA1, encode_oid("1.3.6.1.5.5.7.16.2"), nca.ocsp(key.certificate))
    other = encode(0xA1, encode_oid("1.2.3"), encode(SEQUENCE))
    data = kit.message(kit.Signer(key), lists=[root.crl(), other, response])
    offline = CertificateChecker(anchors, RevocationChecker(None, clock), clock)
    assert (await verify_signed_cms(data, offline)).verdict.code is Code.OK
    assert (await verify_signed_cms(kit.message(kit.Signer(key)), offline)).verdict.status is Status.UNDETERMINED


def test_whole_responses_where_basic_ones_belong_are_read(nca: pki.Authority, key: SoftwareKey) -> None:
    whole = nca.ocsp(key.certificate)
    basic = Der.read(Der.read(whole).children()[1].inner().children()[1].content).raw
    for value in (whole, basic):
        values = encode(SEQUENCE, encode(0xA1, encode(SEQUENCE, value)))
        signed = read_cms(add_unsigned(kit.message(kit.Signer(key)), REVOCATION_VALUES, values))
        assert kept_evidence(signed, signed.signers[0]).revocation.ocsp == (whole,)
    assert revocation_values((Verdict.of(Code.OK, at=pki.NOW),)) == b"\x30\x00"


async def test_unreadable_evidence_is_told(unrevoked: CertificateChecker, key: SoftwareKey) -> None:
    data = add_unsigned(kit.message(kit.Signer(key)), REVOCATION_VALUES, b"\x04\x01x")
    signed = read_cms(data)
    with pytest.raises(EvidenceUnreadable):
        kept_evidence(signed, signed.signers[0])
    assert (await verify_signed_cms(data, unrevoked)).verdict.code is Code.EVIDENCE_UNREADABLE


async def test_judgement_renders_as_json(unrevoked: CertificateChecker, key: SoftwareKey, tsa: SoftwareKey) -> None:
    data = kit.stamped(sign_cms(DATA, key, at=pki.NOW), tsa)
    found = json.loads(json.dumps((await verify_signed_cms(data, unrevoked)).to_json()))
    assert (found["verdict"], found["moment_reason"]) == ("valid", "timestamp")
    (signer,) = found["signers"]
    assert (signer["form"], signer["algorithm"]) == ("CAdES-T", "ECDSA-SHA256")
    assert signer["timestamp"]["policy"] == kit.TSA_POLICY
    assert signer["timestamp"]["trust"]["code"] == "ok"
    broken = add_unsigned(kit.message(kit.Signer(key)), SIGNATURE_TIMESTAMP, b"\x30\x00")
    assert json.dumps((await verify_signed_cms(broken, unrevoked)).to_json())
