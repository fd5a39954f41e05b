"""What is the same in signing an application and what is presented after it: the certificate, the signed document.

What was signed with a certificate whose status cannot be established is held and judged again until a limit.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.codes import ROWS, Code
from gateway.eds.errors import CertificateUnreadable
from gateway.eds.policies import may_sign
from gateway.eds.roles import KeyPurpose
from gateway.eds.verdict import Verdict
from gateway.eds.xmldsig import XmlSignature, signs_exactly
from gateway.flows.applications import ApplicationRow
from gateway.flows.errors import FlowCode, FlowError
from gateway.flows.ports import SignatureChecks
from gateway.flows.registration import number_is
from gateway.store import Store
from gateway.store.database import Connection

NOT_SIGNED: dict[str, Any] = {"signed": None, "signed_at": None, "hold_until": None}
"""The columns of what goes back to its applicant, to be signed anew."""


def held(verdict: Verdict, signed: str, *, at: datetime, until: datetime) -> dict[str, Any]:
    """Return the columns of what was signed at a moment and is held until a limit; `signed` is its digest."""
    return {"verdict": verdict.to_json(), "signed": signed, "signed_at": at, "hold_until": until}


async def schedule_recheck(
    store: Store, conn: Connection, job: str, number: str, *, until: datetime, attempt: int
) -> None:
    """Set the timer by which a held document is judged again, at the limit for the last time."""
    due_at = min(store.clock.now() + recheck_delay(attempt), until)
    payload = {"number": number, "attempt": attempt}
    await store.timers.schedule(conn, name=job, key=number, due_at=due_at, payload=payload)


def recheck_delay(attempt: int) -> timedelta:
    """Return the wait before an undecided certificate is checked again: 15 s · 2^attempt, at most 15 minutes."""
    return min(timedelta(seconds=15 * 2 ** min(attempt, 10)), timedelta(minutes=15))


def signing_certificate(chosen: bytes) -> Certificate:
    """Read the certificate that a person chose to sign with; raises `FlowError` for one that is not for signing."""
    try:
        certificate = read_certificate(chosen)
    except CertificateUnreadable as error:
        raise FlowError(FlowCode.CERTIFICATE_NOT_FIT, text=error.text, advice=error.advice) from error
    if KeyPurpose.SIGN not in certificate.purposes:
        raise FlowError(FlowCode.CERTIFICATE_NOT_FIT, advice=ROWS[Code.KEY_NOT_FOR_SIGNING].advice)
    return certificate


async def judge_certificate(signatures: SignatureChecks, application: ApplicationRow, chosen: bytes) -> Verdict:
    """Judge a chosen certificate: validity period, revocation, key usage, IIN or BIN of the application."""
    return await signatures.certificate(read_certificate(chosen), number_is(application.applicant), may_sign())


async def judge_signed(
    signatures: SignatureChecks, application: ApplicationRow, signed: bytes
) -> tuple[Verdict, XmlSignature | None]:
    """Judge what the applicant signed, by the same as the certificate before it."""
    return await signatures.signed_xml(signed, number_is(application.applicant), may_sign())


def check_signed(
    verdict: Verdict, signature: XmlSignature | None, signed: bytes, *, draft: bytes, certificate: bytes
) -> None:
    """Hold a signed document against what was shown; raises `FlowError`. Trust in the signer is judged apart."""
    # (1) The signature is cryptographically good.
    if signature is None:
        raise not_accepted(verdict.code)
    # (2) What was signed is exactly what was shown.
    if not signs_exactly(draft, signed, signature):
        raise not_accepted(Code.DOCUMENT_NOT_AS_SHOWN)
    # (3) The signer is the certificate that was chosen.
    if signature.certificate.der != certificate:
        raise not_accepted(Code.NOT_THE_CHOSEN_CERTIFICATE)


def not_accepted(code: Code) -> FlowError:
    """Return why a signed document is not accepted, in the words of the check."""
    row = ROWS[code]
    return FlowError(FlowCode.SIGNED_DOCUMENT, text=row.text, advice=row.advice, reason=code.value)
