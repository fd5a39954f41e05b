from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateway.clock import ManualClock
from gateway.eds.algorithms import SHA256, SHA512
from gateway.eds.codes import Code
from gateway.eds.der import SEQUENCE, Der, encode, encode_integer, encode_oid
from gateway.eds.errors import TimestampRefused
from gateway.eds.gost.curves import GOST_2015_512
from gateway.eds.keys import SoftwareKey
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.evidence import StoredEvidence
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.timestamping import QUERY_TYPE, TimestampClient, TimestampRequest, read_response
from gateway.eds.timestamps import judge_timestamp, verify_timestamp
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.verdict import MomentReason
from tests.unit.eds import cms_kit as kit
from tests.unit.eds import pki

URL = "http://nca.test/tsp"
STAMPED = b"the value of a signature"


@pytest.fixture(scope="module")
def tsa(nca: pki.Authority) -> SoftwareKey:
    return kit.tsa(nca)


def refusal(call: Callable[[], object]) -> TimestampRefused:
    with pytest.raises(TimestampRefused) as found:
        call()
    return found.value


def test_token_as_the_real_authority_gives_it_is_read(tsa: SoftwareKey) -> None:
    stamp = verify_timestamp(kit.token(STAMPED, tsa), STAMPED)
    assert (stamp.moment, stamp.policy, stamp.digest) == (pki.NOW, kit.TSA_POLICY, SHA256)
    assert (stamp.serial, stamp.serial_hex, stamp.certificate) == (-5, "-5", tsa.certificate)
    assert stamp.to_json()["serial"] == "-5"


def test_token_about_other_bytes_is_refused(tsa: SoftwareKey) -> None:
    error = refusal(lambda: verify_timestamp(kit.token(STAMPED, tsa), STAMPED + b"."))
    assert (error.code, error.facts["reason"]) == (Code.TIMESTAMP_REFUSED, "the time stamp is about something else")


def test_every_broken_token_is_refused_by_name(tsa: SoftwareKey, nca: pki.Authority, key: SoftwareKey) -> None:
    critical = encode(0xA1, encode(SEQUENCE, encode_oid("1.2.3"), b"\x01\x01\xff", b"\x04\x00"))
    for token in (
        b"",
        b"\x30\x00",
        kit.token(STAMPED, tsa, named=False),
        kit.token(STAMPED, tsa, signers=2),
        kit.token(STAMPED, tsa, embed=False),
        kit.token(STAMPED, tsa, version=2),
        kit.token(STAMPED, tsa, serial=1 << 600),
        kit.token(STAMPED, tsa, more=critical),
        kit.token(STAMPED, tsa, digest_oid="1.3.14.3.2.26", hashed=b"\x00" * 20),
        kit.token(STAMPED, tsa, digest_oid="1.2.3.4"),
        kit.token(STAMPED, tsa, content_type="1.2.840.113549.1.7.1"),
        kit.token(STAMPED, tsa) + b"\x00" * 70_000,
        kit.message(kit.Signer(key, STAMPED), content=STAMPED),
    ):
        assert refusal(lambda token=token: verify_timestamp(token, STAMPED)).code is Code.TIMESTAMP_REFUSED


def test_no_changed_bit_of_what_is_signed_is_accepted(tsa: SoftwareKey) -> None:
    token = kit.token(STAMPED, tsa)
    good = verify_timestamp(token, STAMPED)
    for place in range(len(token)):
        changed = token[:place] + bytes((token[place] ^ 1,)) + token[place + 1 :]
        try:
            found = verify_timestamp(changed, STAMPED)
        except TimestampRefused:
            continue
        assert (found.signature.covered, found.certificate) == (good.signature.covered, good.certificate), place


def test_accuracy_ordering_and_name_of_the_authority_may_stand_in_the_token(tsa: SoftwareKey) -> None:
    more = encode(SEQUENCE, encode_integer(1)) + b"\x01\x01\xff"
    name = encode(0xA0, encode(0xA4, tsa.certificate.subject.name.der))
    extension = encode(0xA1, encode(SEQUENCE, encode_oid("1.2.3"), b"\x04\x00"))
    assert verify_timestamp(kit.token(STAMPED, tsa, more=more + name + extension), STAMPED)


def test_certificate_that_is_not_in_the_token_may_be_given(tsa: SoftwareKey) -> None:
    assert verify_timestamp(kit.token(STAMPED, tsa, embed=False), STAMPED, certificates=[tsa.certificate])


def test_gost_token_is_checked_as_any_other(nca: pki.Authority) -> None:
    key = kit.gost_person(nca, GOST_2015_512, "gost tsa")
    assert verify_timestamp(kit.token(STAMPED, key), STAMPED).moment == pki.NOW
    assert refusal(lambda: verify_timestamp(kit.token(STAMPED, key), b"other")).code is Code.TIMESTAMP_REFUSED


def test_request_holds_the_digest_the_nonce_and_asks_for_the_certificate() -> None:
    request = TimestampRequest.over(STAMPED, SHA256, policy=kit.TSA_POLICY)
    version, imprint, policy, nonce, wanted = Der.read(request.der).children()
    assert version.integer() == 1
    assert imprint.children()[1].content == SHA256(STAMPED)
    assert policy.oid() == kit.TSA_POLICY
    assert nonce.integer() == request.nonce
    assert wanted.boolean()
    assert TimestampRequest.over(STAMPED, SHA256).nonce != request.nonce


async def test_client_asks_and_checks_the_answer(tsa: SoftwareKey) -> None:
    fetcher = MemoryFetcher({URL: kit.responder(tsa)})
    stamp = await TimestampClient(fetcher, URL, policy=kit.TSA_POLICY).stamp(STAMPED, SHA256)
    assert verify_timestamp(stamp.token, STAMPED) == stamp
    assert QUERY_TYPE == "application/timestamp-query"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"nonce": 7}, Code.TIMESTAMP_REFUSED),
        ({"nonce": None}, Code.TIMESTAMP_REFUSED),
        ({"policy": "1.2.3"}, Code.TIMESTAMP_REFUSED),
        ({"hashed": SHA256(b"other")}, Code.TIMESTAMP_REFUSED),
        ({"digest_oid": SHA512.oid}, Code.TIMESTAMP_REFUSED),
    ],
)
async def test_answer_to_another_question_is_refused(tsa: SoftwareKey, options: dict[str, object], code: Code) -> None:
    client = TimestampClient(MemoryFetcher({URL: kit.responder(tsa, **options)}), URL, policy=kit.TSA_POLICY)
    with pytest.raises(TimestampRefused) as found:
        await client.stamp(STAMPED, SHA256)
    assert found.value.code is code


async def test_refusal_of_the_authority_is_told_in_its_words(tsa: SoftwareKey) -> None:
    words = encode(SEQUENCE, encode(0x0C, b"no such policy"))
    said = encode(SEQUENCE, encode(SEQUENCE, encode_integer(2), words, b"\x03\x02\x04\x10"))
    client = TimestampClient(MemoryFetcher({URL: said}), URL)
    with pytest.raises(TimestampRefused) as found:
        await client.stamp(STAMPED, SHA256)
    assert found.value.code is Code.TIMESTAMP_UNAVAILABLE
    assert found.value.facts == {"status": "2", "said": "no such policy", "failure": "0410"}
    request = TimestampRequest.over(STAMPED, SHA256)
    for answer in (b"", b"nonsense", b"x" * 70_000, kit.granted(b""), kit.granted(kit.token(STAMPED, tsa), status=2)):
        assert refusal(lambda answer=answer: read_response(answer, request)).code is Code.TIMESTAMP_UNAVAILABLE


async def test_authority_is_judged_at_the_moment_it_gave(
    nca: pki.Authority, anchors: Anchors, clock: ManualClock
) -> None:
    expired = kit.tsa(nca, not_after=pki.NOW - timedelta(days=1))
    checker = CertificateChecker(anchors, None, clock)
    stamp = verify_timestamp(kit.token(STAMPED, expired, moment=pki.NOW - timedelta(days=2)), STAMPED)
    verdict = await judge_timestamp(stamp, checker)
    assert (verdict.code, verdict.judged_at, verdict.moment_reason) == (Code.OK, stamp.moment, MomentReason.TIMESTAMP)
    late = verify_timestamp(kit.token(STAMPED, expired, moment=pki.NOW), STAMPED)
    assert (await judge_timestamp(late, checker)).code is Code.CERTIFICATE_EXPIRED


async def test_moment_in_the_future_is_no_moment(tsa: SoftwareKey, anchors: Anchors, clock: ManualClock) -> None:
    checker = CertificateChecker(anchors, None, clock)
    for ahead, code in ((timedelta(seconds=50), Code.OK), (timedelta(seconds=70), Code.TIMESTAMP_AHEAD)):
        stamp = verify_timestamp(kit.token(STAMPED, tsa, moment=clock.now() + ahead), STAMPED)
        assert (await judge_timestamp(stamp, checker)).code is code


@pytest.mark.parametrize(
    "options",
    [
        {"critical": False},
        {"usages": [ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CLIENT_AUTH]},
        {"usages": [ExtendedKeyUsageOID.OCSP_SIGNING]},
        {"usages": []},
        {"usage": ("key_encipherment",)},
    ],
)
async def test_certificate_that_is_for_more_than_time_stamps_is_refused(
    nca: pki.Authority, anchors: Anchors, clock: ManualClock, options: dict[str, object]
) -> None:
    key = kit.tsa(nca, **options)
    stamp = verify_timestamp(kit.token(STAMPED, key), STAMPED)
    verdict = await judge_timestamp(stamp, CertificateChecker(anchors, None, clock))
    assert verdict.code is Code.TIMESTAMP_REFUSED


async def test_revoked_or_foreign_authority_is_not_trusted(
    nca: pki.Authority, root: pki.Authority, tsa: SoftwareKey, anchors: Anchors, clock: ManualClock
) -> None:
    stamp = verify_timestamp(kit.token(STAMPED, tsa), STAMPED)
    revoked = MemoryFetcher(
        {
            pki.OCSP_URL: nca.answers(tsa.certificate, status=ocsp.OCSPCertStatus.REVOKED),
            pki.ROOT_CRL_URL: root.crl(),
        }
    )
    checker = CertificateChecker(anchors, RevocationChecker(revoked, clock), clock)
    assert (await judge_timestamp(stamp, checker)).code is Code.CERTIFICATE_REVOKED
    foreign = CertificateChecker(Anchors.of([pki.root("elsewhere").certificate]), None, clock)
    assert (await judge_timestamp(stamp, foreign)).code is Code.ISSUER_UNKNOWN
    offline = CertificateChecker(anchors, RevocationChecker(None, clock), clock)
    assert (await judge_timestamp(stamp, offline)).code is Code.REVOCATION_UNAVAILABLE
    kept = StoredEvidence(ocsp=(nca.ocsp(tsa.certificate),), crls=(root.crl(),))
    assert (await judge_timestamp(stamp, offline, stored=kept)).code is Code.OK
