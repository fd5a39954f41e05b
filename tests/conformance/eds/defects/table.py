"""The whole table, and how a case is judged: as the gateway judges a certificate before anything is signed with it."""

from __future__ import annotations

import base64

from gateway.clock import ManualClock
from gateway.eds.certificate import read_certificate
from gateway.eds.errors import CertificateUnreadable
from gateway.eds.policies import judge
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.verdict import Verdict, worst
from tests.conformance.eds.defects.case import Case, Sample
from tests.conformance.eds.defects.certificates import CERTIFICATES
from tests.conformance.eds.defects.forging import NOW, Land
from tests.conformance.eds.defects.gost import GOST_DEFECTS
from tests.conformance.eds.defects.holders import HOLDERS
from tests.conformance.eds.defects.revocation import REVOCATION
from tests.conformance.eds.defects.tolerated import TOLERATED

DEFECTS: tuple[Case, ...] = CERTIFICATES + HOLDERS + REVOCATION + GOST_DEFECTS

__all__ = ["DEFECTS", "TOLERATED", "pem", "verdict_of"]


async def verdict_of(sample: Sample, land: Land) -> Verdict:
    """Judge a sample at the moment that the land lives in."""
    clock = ManualClock(NOW)
    try:
        certificate = read_certificate(sample.leaf)
        given = [read_certificate(one) for one in sample.given]
        trusted = [read_certificate(one) for one in sample.trusted or (land.root.certificate,)]
    except CertificateUnreadable as error:
        return Verdict.from_error(error, at=NOW)
    revocation = None
    if sample.answers is not None:
        revocation = RevocationChecker(MemoryFetcher(dict(sample.answers)), clock, sample.revocation)
    # The land's own authority is held by the operator, who has nowhere to ask about it.
    known = [read_certificate(land.nca.certificate)]
    checker = CertificateChecker(Anchors.of(trusted, known), revocation, clock)
    found = await checker.check(certificate, intermediates=given)
    return worst((found, judge(certificate, *sample.rules, at=NOW)))


def pem(der: bytes) -> str:
    """Return the certificate in PEM, whatever it is."""
    return f"-----BEGIN CERTIFICATE-----\n{base64.encodebytes(der).decode()}-----END CERTIFICATE-----\n"
