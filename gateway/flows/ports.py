"""What the portal's flow needs from outside itself, as narrow ports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.eds.certificate import Certificate
from gateway.eds.policies import Policy
from gateway.eds.verdict import Verdict
from gateway.eds.xmldsig import XmlSignature
from gateway.flows.applications import ApplicationRow, WholeApplication
from gateway.flows.supplement_rows import SupplementRow
from gateway.results.signers import Demanded, JudgedResult
from gateway.store.database import Connection


class SignatureChecks(Protocol):
    """Judges certificates and signed documents."""

    async def certificate(self, certificate: Certificate, *policies: Policy) -> Verdict:
        """Judge validity period, path and revocation of a certificate, and whether it fits the policies."""

    async def signed_xml(self, data: bytes, *policies: Policy) -> tuple[Verdict, XmlSignature | None]:
        """Judge a signed document; without a cryptographically good signature there is only the verdict."""

    async def result(self, signed: bytes, demanded: Demanded) -> JudgedResult:
        """Judge a signed result by those who must have signed it."""

    async def keep(self, signed: bytes, verdict: Verdict, *earlier: Verdict) -> bytes:
        """Return an accepted document with the evidence that it was accepted by; `earlier` of signatures before."""


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """A signed result document with its page."""

    number: str
    kind: str
    authority: str
    xml: bytes
    pdf: bytes


class Refusals(Protocol):
    """Makes the document of process 4."""

    async def seal(self, application: ApplicationRow, verdict: Verdict, *, at: datetime) -> SealedDocument:
        """Return the refusal in the words of the verdict, sealed by the channels' system key."""


class Parcel(Protocol):
    """What was prepared to be sent; only who prepared it looks inside."""


class Dispatch(Protocol):
    """Hands accepted applications, and what is presented after them, over to the gateway."""

    async def prepare(self, application: WholeApplication, signed: bytes) -> Parcel:
        """Make what is to be sent, before the transaction."""

    async def prepare_supplement(
        self, application: ApplicationRow, supplement: SupplementRow, signed: bytes, *, presented_at: datetime
    ) -> Parcel:
        """Make what is to be sent of a supplement, before the transaction."""

    async def send(self, conn: Connection, parcel: Parcel) -> None:
        """Put the outgoing message, or the job that makes it, in the caller's transaction."""
