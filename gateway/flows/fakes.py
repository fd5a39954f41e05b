"""Fakes of the flow's ports, for tests and demonstrations of what stands above them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.errors import EdsError
from gateway.eds.policies import Policy, judge
from gateway.eds.revocation.evidence import NO_EVIDENCE, StoredEvidence
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.verdict import Verdict, worst
from gateway.eds.xmldsig import XmlSignature, verify_enveloped
from gateway.flows.applications import ApplicationRow, WholeApplication
from gateway.flows.ports import Parcel, SealedDocument
from gateway.flows.supplement_rows import SupplementRow
from gateway.results.signers import Demanded, JudgedResult, verify_result
from gateway.store.database import Connection


@dataclass
class GivenTrust:
    """Checks signatures and policies truly, but takes trust and revocation as told: `code` for every certificate."""

    clock: Clock
    code: Code = Code.OK
    checked: list[str] = field(default_factory=list)

    async def certificate(self, certificate: Certificate, *policies: Policy) -> Verdict:
        """Judge a certificate by the policies and by `code`."""
        self.checked.append(certificate.sha256)
        at = self.clock.now()
        told = Verdict.of(self.code, at=at, certificate=certificate)
        return worst((told, judge(certificate, *policies, at=at)))

    async def signed_xml(self, data: bytes, *policies: Policy) -> tuple[Verdict, XmlSignature | None]:
        """Check the signature, then judge its certificate."""
        try:
            (signature,) = verify_enveloped(data)
        except (EdsError, ValueError) as error:
            code = error.code if isinstance(error, EdsError) else Code.SIGNATURES_TOO_MANY
            return Verdict.of(code, at=self.clock.now()), None
        return await self.certificate(signature.certificate, *policies), signature

    async def result(self, signed: bytes, demanded: Demanded) -> JudgedResult:
        """Check the signatures and who made them truly."""
        return await verify_result(signed, _ToldChecker(self), demanded)

    async def keep(self, signed: bytes, verdict: Verdict, *earlier: Verdict) -> bytes:
        """Return the document as it is: nothing was asked, so there is nothing to keep."""
        return signed


class _ToldChecker(CertificateChecker):
    """Takes every certificate's trust as told."""

    def __init__(self, told: GivenTrust) -> None:
        super().__init__(Anchors.of(()), None, told.clock)
        self._told = told

    async def check(
        self,
        certificate: Certificate,
        *,
        intermediates: Iterable[Certificate] = (),
        at: datetime | None = None,
        stored: StoredEvidence = NO_EVIDENCE,
    ) -> Verdict:
        """Answer as told."""
        self._told.checked.append(certificate.sha256)
        return Verdict.of(self._told.code, at=at or self.clock.now(), certificate=certificate)


@dataclass
class PlainRefusals:
    """Refusals without seal or page."""

    async def seal(self, application: ApplicationRow, verdict: Verdict, *, at: datetime) -> SealedDocument:
        """Return a document that holds the verdict's code."""
        xml = f"<refusal>{verdict.code.value}</refusal>".encode()
        return SealedDocument(f"{application.number}-4", "refusal", "portal", xml, b"%PDF-")


@dataclass
class SentApplications:
    """Keeps what was sent, in the order of the transactions."""

    sent: list[str] = field(default_factory=list)

    async def prepare(self, application: WholeApplication, signed: bytes) -> Parcel:
        """Return the number."""
        return application.number

    async def prepare_supplement(
        self, application: ApplicationRow, supplement: SupplementRow, signed: bytes, *, presented_at: datetime
    ) -> Parcel:
        """Return the number and the moment."""
        return f"supplement {application.number} {presented_at.isoformat()}"

    async def send(self, conn: Connection, parcel: Parcel) -> None:
        """Keep the number."""
        self.sent.append(str(parcel))
