from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import ManualClock
from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code, Status
from gateway.eds.errors import EvidenceRefused
from gateway.eds.keys import SoftwareKey
from gateway.eds.revocation.cache import FreshCache
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.crl import read_crl
from gateway.eds.revocation.evidence import Reason, Source, State, StoredEvidence
from gateway.eds.revocation.fetch import FetchFailed, MemoryFetcher
from gateway.eds.revocation.ocsp import read_response
from gateway.eds.revocation.policy import Order, RevocationPolicy
from gateway.eds.trust import Anchors, CertificateChecker, TrustPolicy
from gateway.eds.verdict import Verdict
from tests.unit.eds import pki

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REVOKED = {"status": ocsp.OCSPCertStatus.REVOKED}
HOLD = REVOKED | {"reason": x509.ReasonFlags.certificate_hold}
Respond = Callable[[pki.Authority, Certificate], Callable[[bytes], bytes]]


@pytest.fixture
def only_leaf(anchors: Anchors, network: MemoryFetcher, clock: ManualClock) -> Callable[..., CertificateChecker]:
    def make(policy: RevocationPolicy | None = None) -> CertificateChecker:
        revocation = RevocationChecker(network, clock, policy)
        return CertificateChecker(anchors, revocation, clock, TrustPolicy(check_issuers=False))

    return make


def respond(**options: object) -> Respond:
    return lambda nca, certificate: nca.answers(certificate, **options)


def raw(make: Callable[[pki.Authority, Certificate], bytes]) -> Respond:
    return lambda nca, certificate: lambda _: make(nca, certificate)


def stranger_signs(nca: pki.Authority, certificate: Certificate) -> Callable[[bytes], bytes]:
    stranger = pki.root("stranger", subject=pki.name(cn="БӨТЕН", c="KZ"))
    return nca.answers(certificate, signer=stranger.responder("stranger ocsp"))


def person_signs(nca: pki.Authority, certificate: Certificate) -> Callable[[bytes], bytes]:
    person = nca.person("no responder")
    return nca.answers(certificate, signer=(person._private, x509.load_der_x509_certificate(person.certificate.der)))


def expired_responder(nca: pki.Authority, certificate: Certificate) -> Callable[[bytes], bytes]:
    signer = nca.responder("expired", not_before=pki.NOW - 20 * DAY, not_after=pki.NOW - DAY)
    return nca.answers(certificate, signer=signer)


def damaged(nca: pki.Authority, certificate: Certificate) -> Callable[[bytes], bytes]:
    answer = nca.answers(certificate, embed=False, signer=(nca.key, nca.x509))

    def flip(request: bytes) -> bytes:
        content = bytearray(answer(request))
        content[-1] ^= 1
        return bytes(content)

    return flip


def flipped_status(nca: pki.Authority, certificate: Certificate) -> Callable[[bytes], bytes]:
    """A "good" cut into an answer that was signed for another status."""
    answer = nca.answers(certificate, **HOLD)

    def forge(request: bytes) -> bytes:
        content = answer(request)
        start = content.index(bytes.fromhex("a116180f"))
        return content[:start] + b"\x80\x00" + b"\x05\x14" + b"\x00" * 20 + content[start + 24 :]

    return forge


def no_nonce(nca: pki.Authority, certificate: Certificate) -> Callable[[bytes], bytes]:
    return lambda _: nca.ocsp(certificate)


def other_nonce(nca: pki.Authority, certificate: Certificate) -> Callable[[bytes], bytes]:
    return lambda _: nca.ocsp(certificate, nonce=b"0123456789abcdef")


def unsigned_error(status: ocsp.OCSPResponseStatus) -> Respond:
    return raw(lambda *_: ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(pki.Encoding.DER))


def another_certificate(nca: pki.Authority, certificate: Certificate) -> Callable[[bytes], bytes]:
    return nca.answers(certificate, about=nca.person("another").certificate)


def same_serial_of_another_issuer(nca: pki.Authority, certificate: Certificate) -> Callable[[bytes], bytes]:
    other = pki.root("stranger", subject=pki.name(cn="БӨТЕН", c="KZ"))
    return nca.answers(certificate, issuer=other)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("responder", "code"),
    [
        (respond(), Code.OK),
        (respond(responder_by=ocsp.OCSPResponderEncoding.HASH), Code.OK),
        (respond(algorithm=hashes.SHA1()), Code.OK),
        (respond(next_update=pki.NOW + HOUR), Code.OK),
        (lambda nca, certificate: nca.answers(certificate, signer=(nca.key, nca.x509), embed=False), Code.OK),
        (respond(**REVOKED), Code.CERTIFICATE_REVOKED),
        (respond(**HOLD), Code.CERTIFICATE_ON_HOLD),
        (respond(**HOLD, revoked_at=EPOCH), Code.CERTIFICATE_NOT_KNOWN_TO_ISSUER),
        (respond(status=ocsp.OCSPCertStatus.UNKNOWN), Code.REVOCATION_UNAVAILABLE),
        (respond(this_update=pki.NOW - HOUR), Code.REVOCATION_STALE),
        (respond(this_update=pki.NOW + HOUR), Code.REVOCATION_STALE),
        (respond(this_update=pki.NOW - 2 * HOUR, next_update=pki.NOW - HOUR), Code.REVOCATION_STALE),
        (stranger_signs, Code.REVOCATION_FORGED),
        (person_signs, Code.REVOCATION_FORGED),
        (expired_responder, Code.REVOCATION_FORGED),
        (respond(embed=False), Code.REVOCATION_FORGED),
        (damaged, Code.REVOCATION_FORGED),
        (no_nonce, Code.REVOCATION_FORGED),
        (other_nonce, Code.REVOCATION_FORGED),
        (unsigned_error(ocsp.OCSPResponseStatus.TRY_LATER), Code.REVOCATION_UNAVAILABLE),
        (unsigned_error(ocsp.OCSPResponseStatus.INTERNAL_ERROR), Code.REVOCATION_UNAVAILABLE),
        (unsigned_error(ocsp.OCSPResponseStatus.UNAUTHORIZED), Code.REVOCATION_UNAVAILABLE),
        (another_certificate, Code.REVOCATION_UNAVAILABLE),
        (same_serial_of_another_issuer, Code.REVOCATION_UNAVAILABLE),
        (raw(lambda *_: b""), Code.REVOCATION_UNAVAILABLE),
        (raw(lambda *_: b"<html>not OCSP</html>"), Code.REVOCATION_UNAVAILABLE),
        (raw(lambda *_: b"\x30\x03\x0a\x01\x00"), Code.REVOCATION_UNAVAILABLE),
        (raw(lambda *_: b"x" * 100_000), Code.REVOCATION_UNAVAILABLE),
    ],
)
async def test_ocsp_answer_comes_to_its_code(
    *,
    only_leaf: Callable[..., CertificateChecker],
    network: MemoryFetcher,
    nca: pki.Authority,
    key: SoftwareKey,
    responder: Respond,
    code: Code,
) -> None:
    network.answers = {pki.OCSP_URL: responder(nca, key.certificate)}
    verdict = await only_leaf().check(key.certificate)
    assert verdict.code is code
    assert (verdict.status is Status.UNDETERMINED) is code.startswith("revocation")


async def test_status_cut_into_a_signed_answer_never_counts(
    only_leaf: Callable[..., CertificateChecker], network: MemoryFetcher, nca: pki.Authority, key: SoftwareKey
) -> None:
    network.answers = {pki.OCSP_URL: flipped_status(nca, key.certificate)}
    assert (await only_leaf().check(key.certificate)).status is Status.UNDETERMINED


async def test_nothing_within_reach_is_undetermined(
    only_leaf: Callable[..., CertificateChecker], network: MemoryFetcher, key: SoftwareKey
) -> None:
    network.answers = {}
    verdict = await only_leaf().check(key.certificate)
    assert (verdict.status, verdict.code) == (Status.UNDETERMINED, Code.REVOCATION_UNAVAILABLE)
    assert network.calls == {pki.OCSP_URL: 1, pki.CRL_URL: 1}


async def test_certificate_without_sources_is_undetermined(
    only_leaf: Callable[..., CertificateChecker], nca: pki.Authority
) -> None:
    verdict = await only_leaf().check(nca.person("no sources", sources=False).certificate)
    assert verdict.code is Code.REVOCATION_UNAVAILABLE


def crl_only(network: MemoryFetcher, base: bytes, delta: bytes | None = None) -> None:
    network.answers = {pki.CRL_URL: base} | ({pki.DELTA_URL: delta} if delta else {})


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (None, Code.CERTIFICATE_REVOKED),
        (x509.ReasonFlags.superseded, Code.CERTIFICATE_REVOKED),
        (x509.ReasonFlags.certificate_hold, Code.CERTIFICATE_ON_HOLD),
    ],
)
async def test_list_is_asked_when_ocsp_does_not_answer(
    *,
    only_leaf: Callable[..., CertificateChecker],
    network: MemoryFetcher,
    nca: pki.Authority,
    key: SoftwareKey,
    reason: x509.ReasonFlags | None,
    code: Code,
) -> None:
    crl_only(network, nca.crl(((1, None), (key.certificate.serial, reason))))
    verdict = await only_leaf().check(key.certificate)
    assert verdict.code is code
    assert verdict.revocation is not None
    assert verdict.revocation.source is Source.CRL
    crl_only(network, nca.crl(((1, None),)))
    assert (await only_leaf().check(key.certificate)).code is Code.OK


def forged_list(nca: pki.Authority) -> bytes:
    return nca.crl(key=pki.private_key("p256", "forger"))


def list_of_another(nca: pki.Authority) -> bytes:
    return pki.root("stranger", subject=pki.name(cn="БӨТЕН", c="KZ")).crl()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (forged_list, Code.REVOCATION_FORGED),
        (list_of_another, Code.REVOCATION_FORGED),
        (lambda nca: nca.crl(next_update=pki.NOW - timedelta(minutes=1)), Code.REVOCATION_STALE),
        (lambda nca: nca.crl(this_update=pki.NOW - 3 * DAY), Code.REVOCATION_STALE),
        (lambda nca: nca.crl(this_update=pki.NOW + DAY), Code.REVOCATION_STALE),
        (lambda nca: nca.crl(base=3), Code.REVOCATION_UNAVAILABLE),
        (lambda nca: nca.crl()[:-3], Code.REVOCATION_UNAVAILABLE),
        (lambda nca: b"", Code.REVOCATION_UNAVAILABLE),
    ],
)
async def test_bad_list_is_undetermined_by_its_code(
    *,
    only_leaf: Callable[..., CertificateChecker],
    network: MemoryFetcher,
    nca: pki.Authority,
    key: SoftwareKey,
    make: Callable[[pki.Authority], bytes],
    code: Code,
) -> None:
    crl_only(network, make(nca))
    assert (await only_leaf().check(key.certificate)).code is code


async def test_delta_is_laid_over_the_base(
    only_leaf: Callable[..., CertificateChecker], network: MemoryFetcher, nca: pki.Authority
) -> None:
    certificate = nca.person("delta", delta=True).certificate
    serial, hold = certificate.serial, x509.ReasonFlags.certificate_hold
    empty, held = nca.crl(number=14), nca.crl(((serial, hold),), number=14)
    # The real delta has a lower number of its own than the base.
    revoking = nca.crl(((serial, None),), number=10, base=14, this_update=pki.NOW - timedelta(minutes=5))
    lifting = nca.crl(((serial, x509.ReasonFlags.remove_from_crl),), number=15, base=14)
    of_later_base = nca.crl(((serial, None),), number=30, base=20)
    older = nca.crl(((serial, None),), number=15, base=14, this_update=pki.NOW - 2 * HOUR)
    for base, delta, expected in (
        (empty, revoking, Code.CERTIFICATE_REVOKED),
        (held, lifting, Code.OK),
        (held, None, Code.CERTIFICATE_ON_HOLD),
        (held, forged_list(nca), Code.CERTIFICATE_ON_HOLD),
        (empty, of_later_base, Code.OK),
        (empty, older, Code.OK),
    ):
        crl_only(network, base, delta)
        assert (await only_leaf().check(certificate)).code is expected


async def test_old_base_with_a_new_delta_is_fresh(
    only_leaf: Callable[..., CertificateChecker], network: MemoryFetcher, nca: pki.Authority
) -> None:
    certificate = nca.person("delta", delta=True).certificate
    base = nca.crl(this_update=pki.NOW - 20 * DAY)
    crl_only(network, base, nca.crl(number=15, base=14))
    assert (await only_leaf().check(certificate)).code is Code.OK
    crl_only(network, base)
    assert (await only_leaf().check(certificate)).code is Code.REVOCATION_STALE


async def test_order_and_fallback_are_policy(
    only_leaf: Callable[..., CertificateChecker], network: MemoryFetcher, nca: pki.Authority, key: SoftwareKey
) -> None:
    await only_leaf(RevocationPolicy(order=Order.CRL_FIRST)).check(key.certificate)
    assert network.calls == {pki.CRL_URL: 1}
    network.answers[pki.CRL_URL] = FetchFailed(pki.CRL_URL, "down")
    assert (await only_leaf(RevocationPolicy(order=Order.CRL_FIRST)).check(key.certificate)).valid
    strict = only_leaf(RevocationPolicy(order=Order.CRL_FIRST, fallback=False))
    assert (await strict.check(key.certificate)).code is Code.REVOCATION_UNAVAILABLE


async def test_answer_without_nonce_is_policy(
    only_leaf: Callable[..., CertificateChecker], network: MemoryFetcher, nca: pki.Authority, key: SoftwareKey
) -> None:
    network.answers = {pki.OCSP_URL: nca.ocsp(key.certificate)}
    assert (await only_leaf(RevocationPolicy(nonce_required=False)).check(key.certificate)).valid


async def test_ocsp_answer_is_used_again_for_a_while(
    only_leaf: Callable[..., CertificateChecker],
    network: MemoryFetcher,
    key: SoftwareKey,
    clock: ManualClock,
    nca: pki.Authority,
) -> None:
    checker = only_leaf()

    def answer(request: bytes) -> bytes:
        return nca.answers(key.certificate, this_update=clock.now())(request)

    network.answers[pki.OCSP_URL] = answer
    for _ in range(3):
        assert (await checker.check(key.certificate)).valid
    assert network.calls[pki.OCSP_URL] == 1
    clock.advance(timedelta(seconds=61))
    assert (await checker.check(key.certificate)).valid
    assert network.calls[pki.OCSP_URL] == 2
    every_time = only_leaf(RevocationPolicy(reuse=timedelta(0)))
    for _ in range(2):
        await every_time.check(key.certificate)
    assert network.calls[pki.OCSP_URL] == 4


async def test_list_is_fetched_once_until_it_must_be_renewed(
    only_leaf: Callable[..., CertificateChecker],
    network: MemoryFetcher,
    nca: pki.Authority,
    key: SoftwareKey,
    clock: ManualClock,
) -> None:
    crl_only(network, nca.crl(next_update=pki.NOW + timedelta(minutes=10)))
    checker = only_leaf()
    for _ in range(3):
        assert (await checker.check(key.certificate)).valid
    assert network.calls[pki.CRL_URL] == 1
    clock.advance(timedelta(minutes=11))
    assert (await checker.check(key.certificate)).code is Code.REVOCATION_STALE
    assert network.calls[pki.CRL_URL] == 2


async def test_many_who_wait_ask_once(
    anchors: Anchors, nca: pki.Authority, key: SoftwareKey, clock: ManualClock
) -> None:
    class Slow(MemoryFetcher):
        async def post(self, url: str, body: bytes, *, content_type: str, max_bytes: int) -> bytes:
            await asyncio.sleep(0.01)
            return await super().post(url, body, content_type=content_type, max_bytes=max_bytes)

    network = Slow({pki.OCSP_URL: nca.answers(key.certificate)})
    checker = CertificateChecker(anchors, RevocationChecker(network, clock), clock, TrustPolicy(check_issuers=False))
    verdicts = await asyncio.gather(*(checker.check(key.certificate) for _ in range(20)))
    assert all(verdict.valid for verdict in verdicts)
    assert network.calls[pki.OCSP_URL] == 1


async def test_failures_are_not_remembered_and_memory_is_bounded() -> None:
    cache: FreshCache[int, int] = FreshCache(2)
    numbers = itertools.count()

    async def fail() -> int:
        raise FetchFailed("http://x.test", "down")

    async def make() -> int:
        return next(numbers)

    with pytest.raises(FetchFailed):
        await cache.get(1, lambda _: True, fail)
    assert [await cache.get(key, lambda _: True, make) for key in (1, 2, 3, 3, 1)] == [0, 1, 2, 2, 3]
    assert len(cache) == 2


async def test_who_stops_waiting_does_not_stop_the_others() -> None:
    cache: FreshCache[int, int] = FreshCache(2)
    started = asyncio.Event()

    async def make() -> int:
        started.set()
        await asyncio.sleep(0.01)
        return 7

    first = asyncio.ensure_future(cache.get(1, lambda _: True, make))
    await started.wait()
    second = asyncio.ensure_future(cache.get(1, lambda _: True, make))
    first.cancel()
    assert await second == 7


async def judge_at(
    only_leaf: Callable[..., CertificateChecker],
    certificate: Certificate,
    at: datetime,
    *ocsps: bytes,
    crls: tuple[bytes, ...] = (),
) -> Verdict:
    return await only_leaf().check(certificate, at=at, stored=StoredEvidence(ocsps, crls))


async def test_kept_answer_is_judged_without_asking_anyone(
    only_leaf: Callable[..., CertificateChecker],
    network: MemoryFetcher,
    nca: pki.Authority,
    key: SoftwareKey,
    clock: ManualClock,
) -> None:
    network.answers = {}
    signed_at = clock.now()
    kept = nca.ocsp(key.certificate, this_update=signed_at)
    clock.advance(timedelta(days=3650))
    assert (await judge_at(only_leaf, key.certificate, signed_at, kept)).valid
    assert (await judge_at(only_leaf, key.certificate, signed_at, crls=(nca.crl(),))).valid
    assert not network.calls
    # An old answer says nothing about today, nor a forged one about any day.
    assert (await judge_at(only_leaf, key.certificate, signed_at + HOUR, kept)).code is Code.REVOCATION_STALE
    stranger = pki.root("stranger", subject=pki.name(cn="БӨТЕН", c="KZ"))
    forged = nca.ocsp(key.certificate, signer=stranger.responder("stranger ocsp"))
    assert (await judge_at(only_leaf, key.certificate, signed_at, forged)).code is Code.REVOCATION_FORGED


async def test_the_signers_own_answer_does_not_carry_a_certificate_through_an_outage(
    only_leaf: Callable[..., CertificateChecker],
    network: MemoryFetcher,
    nca: pki.Authority,
    key: SoftwareKey,
    clock: ManualClock,
) -> None:
    network.answers = {}
    fresh, listed = nca.ocsp(key.certificate, this_update=clock.now()), nca.crl()
    assert (await judge_at(only_leaf, key.certificate, clock.now(), fresh)).code is Code.REVOCATION_UNAVAILABLE
    told = await judge_at(only_leaf, key.certificate, clock.now(), crls=(listed,))
    assert told.code is Code.REVOCATION_UNAVAILABLE


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (REVOKED, Code.OK),
        (REVOKED | {"reason": x509.ReasonFlags.superseded}, Code.OK),
        (REVOKED | {"reason": x509.ReasonFlags.key_compromise}, Code.CERTIFICATE_REVOKED),
        (HOLD, Code.OK),
    ],
)
async def test_later_revocation_does_not_reach_back_unless_the_key_was_stolen(
    *,
    only_leaf: Callable[..., CertificateChecker],
    nca: pki.Authority,
    key: SoftwareKey,
    network: MemoryFetcher,
    options: dict[str, object],
    code: Code,
) -> None:
    network.answers = {}
    answer = nca.ocsp(key.certificate, revoked_at=pki.NOW - HOUR, **options)  # type: ignore[arg-type]
    assert (await judge_at(only_leaf, key.certificate, pki.NOW - 2 * HOUR, answer)).code is code
    expected = Code.CERTIFICATE_ON_HOLD if options == HOLD else Code.CERTIFICATE_REVOKED
    assert (await judge_at(only_leaf, key.certificate, pki.NOW, answer)).code is expected


async def test_silence_after_expiry_proves_nothing(
    only_leaf: Callable[..., CertificateChecker], network: MemoryFetcher, nca: pki.Authority, clock: ManualClock
) -> None:
    certificate = nca.person("gone", not_after=pki.NOW - DAY).certificate
    crl_only(network, nca.crl())
    assert (await only_leaf().check(certificate, at=pki.NOW - 2 * DAY)).code is Code.REVOCATION_STALE


def test_reason_and_time_of_an_entry_are_read(nca: pki.Authority) -> None:
    crl = read_crl(nca.crl(((7, x509.ReasonFlags.key_compromise), (8, None))))
    assert crl.find(7) == (pki.NOW - DAY, Reason.KEY_COMPROMISE)
    assert crl.find(8) == (pki.NOW - DAY, None)
    assert crl.find(9) is None


async def test_list_whose_algorithm_identifiers_differ_by_a_null_is_read(
    only_leaf: Callable[..., CertificateChecker], network: MemoryFetcher, root: pki.Authority, clock: ManualClock
) -> None:
    from cryptography.hazmat.primitives.asymmetric import padding

    from gateway.eds.der import SEQUENCE, Der, encode

    rsa = pki.issuing(root, "rsa nca", kind="rsa2048")
    tbs, algorithm, _ = Der.read(rsa.crl(((7, None),))).children()
    bare = encode(SEQUENCE, algorithm.children()[0].raw)
    fields = [bare if place == 1 else field.raw for place, field in enumerate(tbs.children())]
    changed = encode(SEQUENCE, *fields)
    signature = rsa.key.sign(changed, padding.PKCS1v15(), hashes.SHA256())  # type: ignore[call-arg, union-attr]
    mismatched = encode(SEQUENCE, changed, algorithm.raw, encode(3, b"\x00", signature))
    crl_only(network, mismatched)
    checker = CertificateChecker(
        Anchors.of([rsa.certificate]), RevocationChecker(network, clock), clock, TrustPolicy(check_issuers=False)
    )
    assert (await checker.check(rsa.person("of rsa").certificate)).code is Code.OK
    assert (await checker.check(rsa.person("of rsa", serial=7).certificate)).code is Code.CERTIFICATE_REVOKED


def test_responder_needs_the_ocsp_signing_usage_not_a_role(nca: pki.Authority) -> None:
    _, certificate = nca.responder()
    usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [ExtendedKeyUsageOID.OCSP_SIGNING]


async def test_list_about_authorities_may_be_months_old(
    anchors: Anchors, network: MemoryFetcher, root: pki.Authority, key: SoftwareKey, clock: ManualClock
) -> None:
    for age, code in ((100, Code.OK), (300, Code.REVOCATION_STALE)):
        network.answers[pki.ROOT_CRL_URL] = root.crl(this_update=pki.NOW - age * DAY)
        checker = CertificateChecker(anchors, RevocationChecker(network, clock), clock)
        assert (await checker.check(key.certificate)).code is code


@pytest.fixture(scope="module")
def answer_once(nca: pki.Authority, key: SoftwareKey) -> bytes:
    return nca.ocsp(key.certificate)


@given(data=st.data())
def test_a_damaged_answer_is_refused_or_says_the_same(
    answer_once: bytes, nca: pki.Authority, key: SoftwareKey, data: st.DataObject
) -> None:
    damaged = bytearray(answer_once)
    for place in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=3)):
        damaged[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(EvidenceRefused):
        evidence = read_response(
            bytes(damaged),
            certificate=key.certificate,
            issuer=nca.certificate,
            at=pki.NOW,
            now=pki.NOW,
            policy=RevocationPolicy(),
        )
        assert (evidence.state, evidence.this_update) == (State.GOOD, pki.NOW)
