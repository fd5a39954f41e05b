from __future__ import annotations

import pytest

from gateway.clock import ManualClock
from gateway.eds.algorithms import ECDSA_SHA256
from gateway.eds.errors import EvidenceUnreadable
from gateway.eds.evidence import read_evidence, stamped_value
from gateway.eds.keeping import EvidenceKeeper
from gateway.eds.keys import SoftwareKey
from gateway.eds.offline import OfflineChecker
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.timestamping import TimestampClient
from gateway.eds.timestamps import judge_timestamp, verify_timestamp
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.verification import verify_signed_xml
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped
from tests.unit.eds import cms_kit as kit
from tests.unit.eds import pki

DOCUMENT = '<application xmlns="urn:x"><text>өтініш</text></application>'.encode()
TSA_URL = "http://nca.test/tsp"


@pytest.fixture
def tsa(nca: pki.Authority) -> SoftwareKey:
    return kit.tsa(nca)


@pytest.fixture
def by_crl(root: pki.Authority, nca: pki.Authority, tsa: SoftwareKey) -> MemoryFetcher:
    """A network whose OCSP is silent: lists speak, and the authority of time stamps answers."""
    return MemoryFetcher(
        {pki.CRL_URL: nca.crl(), pki.ROOT_CRL_URL: root.crl(), TSA_URL: kit.responder(tsa, moment=pki.NOW)}
    )


async def kept(key: SoftwareKey, checker: CertificateChecker, keeper: EvidenceKeeper) -> bytes:
    signed = sign_enveloped(DOCUMENT, key)
    verdict, _ = await verify_signed_xml(signed, checker)
    assert verdict.valid
    return await keeper.keep(signed, verdict)


async def test_what_is_kept_is_enough_without_the_network(
    key: SoftwareKey, anchors: Anchors, by_crl: MemoryFetcher, clock: ManualClock
) -> None:
    checker = CertificateChecker(anchors, RevocationChecker(by_crl, clock), clock)
    client = TimestampClient(by_crl, TSA_URL)
    document = await kept(key, checker, EvidenceKeeper(checker, client))
    evidence = read_evidence(document)
    assert evidence.revocation.crls
    assert evidence.certificates
    (token,) = evidence.timestamps
    stamp = verify_timestamp(token, stamped_value(document))
    offline = OfflineChecker(Anchors.of(anchors.trusted), clock)
    assert (
        await judge_timestamp(stamp, offline, intermediates=evidence.certificates, stored=evidence.revocation)
    ).valid
    verdict, signature = await verify_signed_xml(document, offline)
    assert verdict.valid
    assert signature is not None
    assert signature.covered == verify_enveloped(sign_enveloped(DOCUMENT, key))[0].covered


async def test_a_silent_authority_of_time_stamps_holds_nothing_up(
    key: SoftwareKey, checker: CertificateChecker
) -> None:
    keeper = EvidenceKeeper(checker, TimestampClient(MemoryFetcher(), TSA_URL))
    evidence = read_evidence(await kept(key, checker, keeper))
    assert evidence.timestamps == ()
    assert evidence.revocation.ocsp


async def test_a_stamp_of_an_untrusted_authority_is_not_kept(key: SoftwareKey, checker: CertificateChecker) -> None:
    stranger = kit.tsa(pki.issuing(pki.root("other root"), "other nca"), "other tsa")
    client = TimestampClient(MemoryFetcher({TSA_URL: kit.responder(stranger)}), TSA_URL)
    assert read_evidence(await kept(key, checker, EvidenceKeeper(checker, client))).timestamps == ()


async def test_a_stamp_over_another_canonical_form_is_no_evidence(
    key: SoftwareKey, anchors: Anchors, by_crl: MemoryFetcher, clock: ManualClock
) -> None:
    checker = CertificateChecker(anchors, RevocationChecker(by_crl, clock), clock)
    document = await kept(key, checker, EvidenceKeeper(checker, TimestampClient(by_crl, TSA_URL)))
    head, tail = document.rsplit(b"http://www.w3.org/2001/10/xml-exc-c14n#", 1)
    with pytest.raises(EvidenceUnreadable):
        read_evidence(head + b"http://www.w3.org/TR/2001/REC-xml-c14n-20010315" + tail)


def test_the_stamped_value_does_not_change_when_evidence_is_added(key: SoftwareKey) -> None:
    from gateway.eds.evidence import add_ocsp

    signed = sign_enveloped(DOCUMENT, key)
    assert stamped_value(signed) == stamped_value(add_ocsp(signed, [b"\x30\x00"]))
    assert key.algorithm == ECDSA_SHA256
