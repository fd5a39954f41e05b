"""The port to `eds`: certificates and signed documents judged by the operator's trust settings."""

from __future__ import annotations

from gateway.eds.certificate import Certificate
from gateway.eds.keeping import EvidenceKeeper
from gateway.eds.policies import Policy
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import Verdict
from gateway.eds.verification import verify_certificate, verify_signed_xml
from gateway.eds.xmldsig import XmlSignature
from gateway.results.signers import Demanded, JudgedResult, verify_result


class EdsChecks:
    """Judges by a `CertificateChecker`; what is accepted is kept by an `EvidenceKeeper`."""

    def __init__(self, checker: CertificateChecker, keeper: EvidenceKeeper | None = None) -> None:
        self._checker = checker
        self._keeper = keeper or EvidenceKeeper(checker)

    async def certificate(self, certificate: Certificate, *policies: Policy) -> Verdict:
        """Judge a certificate now."""
        return await verify_certificate(certificate, self._checker, *policies)

    async def signed_xml(self, data: bytes, *policies: Policy) -> tuple[Verdict, XmlSignature | None]:
        """Judge a signed document now."""
        return await verify_signed_xml(data, self._checker, *policies)

    async def result(self, signed: bytes, demanded: Demanded) -> JudgedResult:
        """Judge a signed result by those who must have signed it."""
        return await verify_result(signed, self._checker, demanded)

    async def keep(self, signed: bytes, verdict: Verdict, *earlier: Verdict) -> bytes:
        """Return an accepted document with the evidence that it was accepted by."""
        return await self._keeper.keep(signed, verdict, *earlier)
