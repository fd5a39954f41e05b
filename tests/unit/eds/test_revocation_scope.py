"""What a list speaks about: points, kinds of certificates, reasons; what is not covered is never good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography import x509

from gateway.clock import ManualClock
from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.der import SET, Der, encode
from gateway.eds.errors import EvidenceRefused
from gateway.eds.names import Name
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.crl import Crl, check_issuer, read_crl
from gateway.eds.revocation.evidence import State, StoredEvidence
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.revocation.policy import Order, Profile, RevocationPolicy
from gateway.eds.revocation.status import judge
from tests.unit.eds import pki
from tests.unit.eds import revocationlists as lists

URI = lists.uri(pki.CRL_URL)
OTHER_URI = lists.uri("http://nca.test/other.crl")
DAY = timedelta(days=1)


def state(certificate: Certificate, *found: bytes) -> State:
    policy = RevocationPolicy()
    return judge(certificate, map(read_crl, found), at=pki.NOW, now=pki.NOW, policy=policy).state


def refused(certificate: Certificate, *found: bytes) -> str:
    with pytest.raises(EvidenceRefused) as refusal:
        state(certificate, *found)
    assert refusal.value.code is Code.REVOCATION_UNAVAILABLE
    return refusal.value.facts["reason"]


def serial(certificate: Certificate) -> bytes:
    return certificate.serial.to_bytes(20, "big")


def with_points(nca: pki.Authority, value: bytes, label: str) -> Certificate:
    extra = ((x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.31"), value), False),)
    return nca.person(label, sources=False, extra=extra).certificate


def relative(text: str) -> bytes:
    """A nameRelativeToCRLIssuer in its DistributionPointName."""
    name = Der.read(pki.name(cn=text).public_bytes())
    return encode(0xA0, encode(0xA1, name.children()[0].expect(SET).content))


@pytest.mark.parametrize(
    ("point", "about"),
    [
        ((), True),
        ((lists.full_name(URI),), True),
        ((lists.full_name(OTHER_URI, URI),), True),
        ((lists.full_name(OTHER_URI),), False),
        ((encode(0x81, b"\xff"),), True),
        ((encode(0x82, b"\xff"),), False),
        ((encode(0x85, b"\xff"),), False),
        ((encode(0x82, b"\x00"),), True),
        ((encode(0x83, b"\x01\x06"),), False),
    ],
)
def test_list_speaks_only_about_what_its_issuing_point_says(
    nca: pki.Authority, key: object, point: tuple[bytes, ...], *, about: bool
) -> None:
    certificate = nca.person("of the point").certificate
    found = lists.revocation_list(nca, extensions=(lists.issuing_point(*point),))
    if about:
        assert state(certificate, found) is State.GOOD
    else:
        assert refused(certificate, found)


def test_list_of_authorities_speaks_about_authorities_only(root: pki.Authority, nca: pki.Authority) -> None:
    only_authorities = lists.revocation_list(root, extensions=(lists.issuing_point(encode(0x82, b"\xff")),))
    only_users = lists.revocation_list(root, extensions=(lists.issuing_point(encode(0x81, b"\xff")),))
    assert state(nca.certificate, only_authorities) is State.GOOD
    assert refused(nca.certificate, only_users)


def test_relative_name_of_a_point_continues_the_issuers_name(nca: pki.Authority) -> None:
    certificate = with_points(nca, lists.points(relative("Б")), "relative")
    assert (
        state(certificate, lists.revocation_list(nca, extensions=(lists.issuing_point(relative("б")),))) is State.GOOD
    )
    assert refused(certificate, lists.revocation_list(nca, extensions=(lists.issuing_point(relative("В")),)))


def test_good_needs_every_reason_and_revoked_needs_one(nca: pki.Authority) -> None:
    certificate = nca.person("reasons").certificate
    keys = lists.issuing_point(encode(0x83, b"\x05\x60"))
    others = lists.issuing_point(encode(0x83, b"\x07\x1f\x80"))
    some = lists.revocation_list(nca, extensions=(keys,))
    rest = lists.revocation_list(nca, extensions=(others,))
    assert refused(certificate, some) == refused(certificate, rest) == "the lists do not speak about every reason"
    assert state(certificate, some, rest) is State.GOOD
    revoking = lists.revocation_list(nca, [lists.entry(serial(certificate), lists.reason(1))], extensions=(keys,))
    assert state(certificate, revoking) is State.REVOKED
    assert state(certificate, rest, revoking) is State.REVOKED


@pytest.mark.parametrize("part", [encode(0x86, b"\xff"), encode(0xA0, encode(0x04, b"")), encode(0xA0)])
def test_issuing_point_that_is_not_understood_is_no_evidence(nca: pki.Authority, part: bytes) -> None:
    with pytest.raises(EvidenceRefused):
        read_crl(lists.revocation_list(nca, extensions=(lists.issuing_point(part),)))


@pytest.fixture(scope="module")
def foreign() -> pki.Authority:
    return pki.root("list maker", subject=pki.name(cn="ТІЗІМ", c="KZ"))


@pytest.fixture(scope="module")
def of_foreign(nca: pki.Authority, foreign: pki.Authority) -> Certificate:
    issuer = encode(0xA2, encode(0xA4, foreign.certificate.subject.name.der))
    return with_points(nca, lists.points(lists.full_name(URI), issuer), "indirect")


INDIRECT = lists.issuing_point(lists.full_name(URI), encode(0x84, b"\xff"))


def test_entries_of_an_indirect_list_belong_to_the_issuer_that_they_name(
    nca: pki.Authority, foreign: pki.Authority, of_foreign: Certificate
) -> None:
    number, own = serial(of_foreign), nca.certificate.subject.name.der
    other = pki.name(cn="БАСҚА").public_bytes()

    def made(*entries: bytes) -> bytes:
        return lists.revocation_list(foreign, entries, extensions=(INDIRECT,))

    assert state(of_foreign, made()) is State.GOOD
    assert state(of_foreign, made(lists.entry(number))) is State.GOOD
    assert state(of_foreign, made(lists.entry(number, lists.issued_by(own)))) is State.REVOKED
    assert state(of_foreign, made(lists.entry(b"\x01", lists.issued_by(own)), lists.entry(number))) is State.REVOKED
    named = made(lists.entry(b"\x01", lists.issued_by(own)), lists.entry(number, lists.issued_by(other)))
    assert state(of_foreign, named) is State.GOOD


def test_list_of_another_issuer_counts_only_when_the_certificate_names_it_and_it_says_so(
    nca: pki.Authority, foreign: pki.Authority, of_foreign: Certificate
) -> None:
    assert refused(of_foreign, lists.revocation_list(foreign))
    assert refused(nca.person("direct").certificate, lists.revocation_list(foreign, extensions=(INDIRECT,)))


async def test_another_signer_is_asked_for_and_counts_only_when_vouched_for(
    nca: pki.Authority, foreign: pki.Authority, of_foreign: Certificate, clock: ManualClock
) -> None:
    asked: list[Name] = []

    async def signers(name: Name) -> tuple[Certificate, ...]:
        asked.append(name)
        return (foreign.certificate,) if name.same(foreign.certificate.subject.name) else ()

    network = MemoryFetcher({pki.CRL_URL: lists.revocation_list(foreign, extensions=(INDIRECT,))})
    policy = RevocationPolicy(order=Order.CRL_FIRST)
    checker = RevocationChecker(network, clock, policy)
    answer = await checker.judge(of_foreign, nca.certificate, at=clock.now(), signers=signers)
    assert answer.state is State.GOOD
    assert asked
    # What one caller vouched for does not speak to another who does not.
    with pytest.raises(EvidenceRefused) as refusal:
        await checker.judge(of_foreign, nca.certificate, at=clock.now())
    assert refusal.value.code is Code.REVOCATION_FORGED


async def test_new_key_of_the_issuer_may_sign_the_list_when_vouched_for(
    nca: pki.Authority, root: pki.Authority, clock: ManualClock
) -> None:
    other = pki.issuing(root, "nca of the next key")
    kept = StoredEvidence(crls=(lists.revocation_list(other),))
    checker, certificate = RevocationChecker(None, clock), nca.person("key rolled").certificate

    async def signers(name: Name) -> tuple[Certificate, ...]:
        return (nca.certificate, other.certificate)

    answer = await checker.judge(certificate, nca.certificate, at=clock.now(), stored=kept, signers=signers)
    assert answer.state is State.GOOD
    with pytest.raises(EvidenceRefused):
        await checker.judge(certificate, nca.certificate, at=clock.now(), stored=kept)


def test_signer_without_the_right_to_sign_lists_is_refused(nca: pki.Authority, root: pki.Authority) -> None:
    mute = pki.issuing(root, "mute", usage=("key_cert_sign",))
    with pytest.raises(EvidenceRefused, match="may not sign"):
        check_issuer(read_crl(lists.revocation_list(mute)), mute.certificate)


def test_newest_of_several_bases_decides_and_each_takes_its_own_delta(nca: pki.Authority) -> None:
    certificate = nca.person("several").certificate
    number = serial(certificate)
    hold = lists.entry(number, lists.reason(6))
    old = lists.revocation_list(nca, [hold], number=3, this_update=pki.NOW - 3 * timedelta(hours=1))
    new = lists.revocation_list(nca, number=4)
    assert state(certificate, old, new) is State.GOOD
    assert state(certificate, old) is State.ON_HOLD
    lifting = lists.revocation_list(nca, [lists.entry(number, lists.reason(8))], number=5, base=3)
    of_later = lists.revocation_list(nca, [hold], number=9, base=8)
    of_others = lists.revocation_list(
        nca, [hold], number=9, base=3, extensions=(lists.issuing_point(encode(0x81, b"\xff")),)
    )
    assert state(certificate, old, lifting, of_later, of_others) is State.GOOD
    assert refused(certificate, lifting) == "a delta instead of a base list"


def test_of_two_entries_the_one_that_condemns_counts(nca: pki.Authority) -> None:
    made: Callable[..., Crl] = lambda *codes: read_crl(  # noqa: E731
        lists.revocation_list(nca, [lists.entry(b"\x05", lists.reason(code)) for code in codes])
    )
    found = [made(8, 1), made(1, 8), made(6, 1), made(8, 6)]
    assert [crl.find(5)[1].value for crl in found] == [1, 1, 1, 6]  # type: ignore[index, union-attr]


@pytest.mark.parametrize(
    ("profile", "age", "left", "code"),
    [
        (Profile.STANDARD, 2 * DAY, -DAY, Code.REVOCATION_STALE),
        (Profile.LENIENT, 2 * DAY, -DAY, Code.REVOCATION_STALE),
        (Profile.STRICT, 2 * DAY, -DAY, Code.CRL_EXPIRED),
        (Profile.STANDARD, 2 * DAY, DAY, Code.REVOCATION_STALE),
        (Profile.STRICT, 2 * DAY, DAY, Code.REVOCATION_STALE),
        (Profile.LENIENT, 2 * DAY, DAY, None),
    ],
)
async def test_what_an_old_list_means_is_the_profiles(
    *,
    nca: pki.Authority,
    clock: ManualClock,
    profile: Profile,
    age: timedelta,
    left: timedelta,
    code: Code | None,
) -> None:
    listed = lists.revocation_list(nca, this_update=pki.NOW - age, next_update=pki.NOW + left)
    certificate = nca.person("profile").certificate
    policy = RevocationPolicy.of(profile, order=Order.CRL_FIRST, crl_reuse=None)
    online = RevocationChecker(MemoryFetcher({pki.CRL_URL: listed}), clock, policy)
    offline = RevocationChecker(None, clock, policy)
    for checker, stored in ((online, StoredEvidence()), (offline, StoredEvidence(crls=(listed,)))):
        if code is None:
            assert (
                await checker.judge(certificate, nca.certificate, at=clock.now(), stored=stored)
            ).state is State.GOOD
            continue
        with pytest.raises(EvidenceRefused) as refusal:
            await checker.judge(certificate, nca.certificate, at=clock.now(), stored=stored)
        assert refusal.value.code is code


async def test_expired_list_that_somebody_brought_condemns_nobody_while_others_can_be_asked(
    nca: pki.Authority, clock: ManualClock
) -> None:
    policy = RevocationPolicy.of(Profile.STRICT)
    old = lists.revocation_list(nca, next_update=pki.NOW - timedelta(minutes=1))
    with pytest.raises(EvidenceRefused) as refusal:
        await RevocationChecker(MemoryFetcher(), clock, policy).judge(
            nca.person("brought").certificate, nca.certificate, at=clock.now(), stored=StoredEvidence(crls=(old,))
        )
    assert refusal.value.code is Code.REVOCATION_STALE
