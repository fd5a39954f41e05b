"""`/x509/*` and `/pkcs12/*`: certificates judged, bare signatures checked, key files looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from gateway.eds.algorithms import ALGORITHMS, SignatureAlgorithm, signs_for
from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.codes import ROWS, Code, Status
from gateway.eds.errors import AlgorithmRefused, CertificateUnreadable
from gateway.eds.verdict import Verdict, worst
from gateway.web.checks.answers import OK, AliasesAnswer, CertificateInfo, Reason, VerificationAnswer
from gateway.web.checks.bodies import decode_base64
from gateway.web.checks.certificates import describe
from gateway.web.checks.judging import Checks, verdicts_of
from gateway.web.checks.keys import aliases_of, open_keys
from gateway.web.checks.requests import Pkcs12Request, X509InfoRequest, X509VerifyRequest

_MAX_SIGNATURE = 8 * 1024


async def info(checks: Checks, request: X509InfoRequest) -> VerificationAnswer:
    """Judge certificates as of now; one that cannot be read is null in its place."""
    checkers = checks.chosen(request)
    described: list[CertificateInfo | None] = []
    found: list[Verdict] = []
    message = "OK"
    for place, text in enumerate(request.certs):
        try:
            certificate = _certificate(text)
        except CertificateUnreadable as error:
            described.append(None)
            found.append(Verdict.from_error(error, at=checks.clock.now()))
            message = f"Certificate #{place} cannot be read"
            continue
        verdicts = await verdicts_of(certificate, checkers)
        described.append(describe(certificate, verdicts))
        found += verdicts
    decisive = worst(found) if found else Verdict.of(Code.CERTIFICATE_UNREADABLE, at=checks.clock.now())
    return verification(decisive, described, message=message)


async def verify(checks: Checks, request: X509VerifyRequest) -> VerificationAnswer:
    """Check a bare signature over the UTF-8 bytes of the data, then the certificate and that it may sign."""
    value = decode_base64(request.signature, "signature", limit=_MAX_SIGNATURE)
    try:
        certificate = _certificate(request.certificate)
    except CertificateUnreadable as error:
        return verification(
            Verdict.from_error(error, at=checks.clock.now()), [None], message="Certificate #0 cannot be read"
        )
    data = request.data.encode()
    try:
        good = await asyncio.to_thread(lambda: _method(certificate).verify(certificate.key_info, value, data))
    except AlgorithmRefused as error:
        return _broken(Verdict.from_error(error, at=checks.clock.now(), certificate=certificate), certificate)
    if not good:
        broken = Verdict.of(Code.SIGNATURE_BROKEN, at=checks.clock.now(), certificate=certificate)
        return _broken(broken, certificate)
    verdicts = await verdicts_of(certificate, checks.chosen(request), checks.signer_policy)
    return verification(worst(verdicts), [describe(certificate, verdicts)])


async def pkcs12_info(checks: Checks, request: Pkcs12Request) -> VerificationAnswer:
    """Open key files and judge their certificates as of now."""
    keys = await asyncio.to_thread(open_keys, request.keys)
    checkers = checks.chosen(request)
    found: list[Verdict] = []
    described: list[CertificateInfo | None] = []
    for key in keys:
        verdicts = await verdicts_of(key.certificate, checkers, intermediates=key.chain)
        described.append(describe(key.certificate, verdicts))
        found += verdicts
    return verification(worst(found), described)


async def pkcs12_aliases(_checks: Checks, request: Pkcs12Request) -> AliasesAnswer:
    """Tell the names of the keys in key files."""
    return AliasesAnswer(**OK, aliases=await asyncio.to_thread(aliases_of, request.keys))


def verification(
    verdict: Verdict, signers: Sequence[CertificateInfo | None], *, message: str = "OK"
) -> VerificationAnswer:
    """Make the answer of a check; valid only when the verdict is."""
    return VerificationAnswer(
        status=200,
        message=message,
        valid=verdict.status is Status.VALID,
        signers=list(signers),
        verdict=verdict.status,
        code=verdict.code,
        reason=Reason.of(ROWS[verdict.code].text),
    )


def _broken(verdict: Verdict, certificate: Certificate) -> VerificationAnswer:
    return verification(verdict, [describe(certificate, [verdict])])


def _certificate(text: str) -> Certificate:
    try:
        return read_certificate(text.encode())
    except UnicodeEncodeError as error:
        raise CertificateUnreadable(reason="no text") from error


def _method(certificate: Certificate) -> SignatureAlgorithm:
    """Choose the algorithm: that of the certificate's own signature, as NCANode does, when the key can use it."""
    try:
        found = ALGORITHMS.signature(certificate.signature_algorithm)
    except AlgorithmRefused:
        found = None
    if found is not None and found.key_algorithm == certificate.key_algorithm:
        return found
    return signs_for(certificate.key_algorithm, certificate.key_info)
