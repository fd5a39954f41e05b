from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from gateway.clock import ManualClock
from gateway.eds import pathrules
from gateway.eds.algorithms import Algorithms
from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.codes import Code
from gateway.eds.errors import CertificateUnreadable
from gateway.eds.keys import SoftwareKey
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.evidence import StoredEvidence
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.trust import Anchors, CertificateChecker, PathPolicy, TrustPolicy
from tests.unit.eds import pki


async def code(certificate: Certificate, anchors: Anchors, clock: ManualClock, *given: Certificate) -> Code:
    return (await CertificateChecker(anchors, None, clock).check(certificate, intermediates=given)).code


async def test_good_certificate_is_valid_with_its_path_and_evidence(
    checker: CertificateChecker, key: SoftwareKey, nca: pki.Authority, root: pki.Authority, clock: ManualClock
) -> None:
    verdict = await checker.check(key.certificate)
    assert verdict.code is Code.OK
    assert verdict.valid
    assert verdict.path == (key.certificate, nca.certificate, root.certificate)
    assert verdict.judged_at == clock.now()
    assert verdict.revocation is not None
    assert verdict.revocation.this_update == clock.now()


async def test_period_is_judged_at_the_given_time(
    anchors: Anchors, key: SoftwareKey, clock: ManualClock, nca: pki.Authority
) -> None:
    checker = CertificateChecker(anchors, None, clock)
    after = key.certificate.not_after
    for moment, expected in (
        (key.certificate.not_before - timedelta(seconds=1), Code.CERTIFICATE_NOT_YET_VALID),
        (key.certificate.not_before, Code.OK),
        (after, Code.OK),
        (after + timedelta(seconds=1), Code.CERTIFICATE_EXPIRED),
    ):
        verdict = await checker.check(key.certificate, at=moment)
        assert verdict.code is expected
        assert verdict.judged_at == moment
    clock.set(after + timedelta(days=1))
    assert (await checker.check(key.certificate)).code is Code.CERTIFICATE_EXPIRED


async def test_expired_authority_is_told_apart(root: pki.Authority, clock: ManualClock) -> None:
    short = pki.issuing(root, "short", not_after=pki.NOW + timedelta(days=1))
    certificate = short.person().certificate
    clock.advance(timedelta(days=2))
    anchors = Anchors.of([root.certificate], [short.certificate])
    assert await code(certificate, anchors, clock) is Code.ISSUER_EXPIRED


async def test_unknown_issuer_is_refused(anchors: Anchors, clock: ManualClock) -> None:
    stranger = pki.root("stranger", subject=pki.name(cn="БӨТЕН", c="KZ"))
    assert await code(stranger.person().certificate, anchors, clock) is Code.ISSUER_UNKNOWN
    assert await code(stranger.certificate, anchors, clock) is Code.ISSUER_UNKNOWN


async def test_roots_of_one_name_are_told_apart_by_key(clock: ManualClock) -> None:
    subject = pki.name(cn="НЕГІЗГІ", c="KZ")
    old, new = pki.root("old", subject=subject), pki.root("new", subject=subject)
    certificate = new.person().certificate
    assert await code(certificate, Anchors.of([old.certificate, new.certificate]), clock) is Code.OK
    assert await code(certificate, Anchors.of([old.certificate]), clock) is Code.ISSUER_UNKNOWN


async def test_forged_certificate_with_the_right_names_is_refused(
    anchors: Anchors, nca: pki.Authority, clock: ManualClock
) -> None:
    forger = pki.Authority(nca.subject, pki.private_key("p256", "forger"), nca.certificate)
    forged = forger.issue(pki.name(cn="x"), pki.private_key("p256", "x"), aki=nca.certificate.ski)
    assert await code(forged, anchors, clock) is Code.ISSUER_UNKNOWN


async def test_person_cannot_issue(nca: pki.Authority, anchors: Anchors, clock: ManualClock) -> None:
    person = nca.person("issuer")
    subject = x509.load_der_x509_certificate(person.certificate.der).subject
    false = pki.Authority(subject, person._private, person.certificate)
    assert await code(false.person("child").certificate, anchors, clock, person.certificate) is Code.ISSUER_UNKNOWN


async def test_path_length_holds(nca: pki.Authority, anchors: Anchors, clock: ManualClock) -> None:
    below = pki.issuing(nca, "below", cn="ТӨМЕНГІ ОРТАЛЫҚ")
    assert await code(below.person().certificate, anchors, clock, below.certificate) is Code.PATH_REFUSED


async def test_unknown_critical_extension_is_refused(nca: pki.Authority, anchors: Anchors, clock: ManualClock) -> None:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.398.99.1"), b"\x05\x00")
    certificate = nca.person("critical", extra=((unknown, True),)).certificate
    assert await code(certificate, anchors, clock) is Code.PATH_REFUSED
    tolerated = nca.person("critical", extra=((unknown, False),)).certificate
    assert await code(tolerated, anchors, clock) is Code.OK


async def test_sha1_in_the_path_is_weak(root: pki.Authority, clock: ManualClock) -> None:
    rsa = pki.issuing(root, "rsa nca", kind="rsa2048")
    sha256, sha1 = (bytes.fromhex("2a864886f70d0101" + last) for last in ("0b", "05"))
    weak = read_certificate(rsa.person().certificate.der.replace(sha256, sha1))
    assert await code(weak, Anchors.of([rsa.certificate]), clock) is Code.ALGORITHM_WEAK


async def test_issuer_that_came_with_the_signature_helps_but_is_not_trusted(
    root: pki.Authority, nca: pki.Authority, key: SoftwareKey, clock: ManualClock
) -> None:
    only_root = Anchors.of([root.certificate])
    assert await code(key.certificate, only_root, clock) is Code.ISSUER_UNKNOWN
    assert await code(key.certificate, only_root, clock, nca.certificate) is Code.OK
    assert await code(key.certificate, Anchors.of([]), clock, nca.certificate, root.certificate) is Code.ISSUER_UNKNOWN


async def test_many_false_issuers_do_not_cost_more_than_a_budget(anchors: Anchors, clock: ManualClock) -> None:
    loop = [pki.root(f"loop {number}", subject=pki.name(cn="ШЫР")).certificate for number in range(8)]
    leaf = pki.root("loop leaf", subject=pki.name(cn="ШЫР")).person().certificate
    assert await code(leaf, anchors, clock, *loop) is Code.ISSUER_UNKNOWN


async def test_path_is_built_once_and_memory_is_bounded(
    anchors: Anchors, nca: pki.Authority, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gateway.eds.trust as room

    built: list[Certificate] = []
    original = room.find_path

    def counting(certificate: Certificate, *rest: Any, **settings: Any) -> tuple[Certificate, ...]:
        built.append(certificate)
        return original(certificate, *rest, **settings)

    monkeypatch.setattr(room, "find_path", counting)
    checker = CertificateChecker(anchors, None, clock, TrustPolicy(cached_paths=2))
    one, two, three = (nca.person("same key", iin=f"85010110001{digit}").certificate for digit in "123")
    for certificate in (one, one, two, three, one):
        assert (await checker.check(certificate)).valid
    assert built == [one, two, three, one]
    assert len(checker._paths) == 2


async def test_revoked_authority_condemns_what_it_issued(
    *,
    anchors: Anchors,
    root: pki.Authority,
    nca: pki.Authority,
    network: MemoryFetcher,
    key: SoftwareKey,
    clock: ManualClock,
) -> None:
    network.answers[pki.ROOT_CRL_URL] = root.crl(((nca.certificate.serial, None),))
    checker = CertificateChecker(anchors, RevocationChecker(network, clock), clock)
    assert (await checker.check(key.certificate)).code is Code.ISSUER_REVOKED
    lenient = CertificateChecker(anchors, RevocationChecker(network, clock), clock, TrustPolicy(check_issuers=False))
    assert (await lenient.check(key.certificate)).code is Code.OK


async def test_addresses_of_an_untrusted_certificate_are_not_asked(
    checker: CertificateChecker, network: MemoryFetcher
) -> None:
    stranger = pki.root("stranger", subject=pki.name(cn="БӨТЕН", c="KZ"))
    await checker.check(stranger.person().certificate)
    assert not network.calls


def test_folder_holds_anchors_and_known_issuers(tmp_path: Path, root: pki.Authority, nca: pki.Authority) -> None:
    (tmp_path / "root.cer").write_bytes(root.certificate.der)
    (tmp_path / "nca.pem").write_text(nca.certificate.pem)
    (tmp_path / "README.txt").write_text("not a certificate")
    anchors = Anchors.from_folder(tmp_path)
    assert (anchors.trusted, anchors.known) == ((root.certificate,), (nca.certificate,))
    (tmp_path / "broken.cer").write_bytes(b"nonsense")
    with pytest.raises(CertificateUnreadable):
        Anchors.from_folder(tmp_path)


async def test_signature_of_an_authority_is_checked_once_for_all_whom_it_certified(
    nca: pki.Authority, anchors: Anchors, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[bytes] = []
    verify = Algorithms.verify

    def counted(algorithms: Algorithms, name: str, **facts: Any) -> bool:
        checked.append(facts["data"])
        return verify(algorithms, name, **facts)

    pathrules._verified.cache_clear()
    monkeypatch.setattr(Algorithms, "verify", counted)
    people = [nca.person(serial=900 + number).certificate for number in range(3)]
    for person in people:
        assert await code(person, anchors, clock) is Code.OK
    assert sorted(checked) == sorted([nca.certificate.tbs, *(person.tbs for person in people)])


def crl_signer(
    nca: pki.Authority, label: str, *, subject: x509.Name | None = None, **options: Any
) -> tuple[pki.PrivateKey, Certificate]:
    """A key for lists apart from the key for certificates, certified by the authority."""
    key = pki.private_key("p256", label)
    options = {"usage": ("crl_sign",), "roles": (), "extended": (), "sources": False} | options
    return key, nca.issue(subject or nca.subject, key, **options)


async def test_list_signed_by_the_authoritys_other_key_counts(nca: pki.Authority, root: pki.Authority) -> None:
    clock = ManualClock(pki.NOW)
    person = nca.person().certificate
    key, signer = crl_signer(nca, "lists")
    lists = pki.Authority(nca.subject, key, signer)
    # The authority's own key speaks of the signer only, the signer's key of the people.
    own = nca.crl(this_update=pki.NOW - timedelta(hours=2))
    checker = CertificateChecker(
        Anchors.of([root.certificate], [nca.certificate]), RevocationChecker(None, clock), clock
    )

    async def judged(*kept: bytes, given: tuple[Certificate, ...] = (signer,)) -> Code:
        stored = StoredEvidence(crls=(root.crl(), *kept))
        return (await checker.check(person, intermediates=given, stored=stored)).code

    revoked = lists.crl(((person.serial, None),))
    assert await judged(own, lists.crl()) is Code.OK
    assert await judged(own, revoked) is Code.CERTIFICATE_REVOKED
    assert await judged(own, revoked, given=()) is Code.OK  # nobody knows that key
    assert await judged(lists.crl()) is not Code.OK  # the signer does not vouch for himself
    assert await judged(nca.crl(((signer.serial, None),), this_update=pki.NOW - timedelta(hours=2)), revoked) is Code.OK


async def test_key_without_the_usage_signs_no_lists(nca: pki.Authority, root: pki.Authority) -> None:
    clock = ManualClock(pki.NOW)
    person = nca.person().certificate
    key, signer = crl_signer(nca, "no lists", usage=("digital_signature",))
    kept = StoredEvidence(crls=(root.crl(), pki.Authority(nca.subject, key, signer).crl()))
    checker = CertificateChecker(
        Anchors.of([root.certificate], [nca.certificate]), RevocationChecker(None, clock), clock
    )
    verdict = await checker.check(person, intermediates=(signer,), stored=kept)
    assert verdict.code is Code.REVOCATION_FORGED


async def test_certificate_policies_are_demanded_when_the_settings_say_so(
    anchors: Anchors, key: SoftwareKey, clock: ManualClock
) -> None:
    demanded = TrustPolicy(paths=PathPolicy(acceptable=frozenset({"1.2.398.3.3.2"}), require_explicit=True))
    verdict = await CertificateChecker(anchors, None, clock, demanded).check(key.certificate)
    assert verdict.code is Code.PATH_REFUSED
