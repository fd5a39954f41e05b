"""The one call by which portal and desk check a signed document, and the longer form for several signatures.

What several persons must have signed in turn is checked by `gateway.eds.signature_chain`.
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from gateway.eds.algorithms import GOST_2004_34311, GOST_2015_512_STREEBOG, Algorithms
from gateway.eds.certificate import Certificate
from gateway.eds.errors import EdsError
from gateway.eds.evidence import Evidence, read_joined_evidence
from gateway.eds.gost.pace import takes_long
from gateway.eds.policies import Policy, judge
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import MomentReason, Verdict, worst
from gateway.eds.xmldsig import MAX_SIGNATURES, XmlSignature, verify_enveloped

_INLINE_BYTES = 64 * 1024
_GOST_URIS = tuple(one.uri.encode() for one in (GOST_2015_512_STREEBOG, GOST_2004_34311))


async def verify_signed_xml(
    data: bytes, checker: CertificateChecker, *policies: Policy, at: datetime | None = None
) -> tuple[Verdict, XmlSignature | None]:
    """Check a document that must carry exactly one signature: form, cryptography, trust, then the signer's right.

    The signature comes back whenever it is cryptographically good, whatever the verdict; of the document only its
    `document` and `covered` may be read. Evidence kept inside the signature is used where it speaks of `at`.
    """
    moment, reason = at or checker.clock.now(), MomentReason.of(at)
    try:
        (signature,), evidence = await _read(data, checker.algorithms, most=1)
    except EdsError as error:
        return Verdict.from_error(error, at=moment).judged_for(reason), None
    verdict = await _judge(signature, checker, policies, evidence, moment)
    return verdict.judged_for(reason), signature


async def verify_all_signatures(
    data: bytes, checker: CertificateChecker, *, at: datetime | None = None
) -> tuple[tuple[Verdict, XmlSignature], ...]:
    """Check every signature of a document, the last one first; raises `EdsError` when one is cryptographically bad."""
    moment, reason = at or checker.clock.now(), MomentReason.of(at)
    signatures, evidence = await _read(data, checker.algorithms)
    judged = [(await _judge(signature, checker, (), evidence, moment), signature) for signature in signatures]
    return tuple((verdict.judged_for(reason), signature) for verdict, signature in judged)


async def verify_certificate(
    certificate: Certificate, checker: CertificateChecker, *policies: Policy, at: datetime | None = None
) -> Verdict:
    """Check a certificate before anything is signed with it, as it will be checked afterwards."""
    moment = at or checker.clock.now()
    verdict = decide(await checker.check(certificate, at=moment), certificate, policies, moment)
    return verdict.judged_for(MomentReason.of(at))


async def _judge(
    signature: XmlSignature,
    checker: CertificateChecker,
    policies: tuple[Policy, ...],
    evidence: Evidence,
    moment: datetime,
) -> Verdict:
    trusted = await checker.check(
        signature.certificate,
        intermediates=(*signature.chain, *evidence.certificates),
        at=moment,
        stored=evidence.revocation,
    )
    return decide(trusted, signature.certificate, policies, moment)


def decide(trusted: Verdict, certificate: Certificate, policies: tuple[Policy, ...], moment: datetime) -> Verdict:
    """Join trust in a certificate with its holder's right to sign.

    An established "no" about the right decides even while revocation is undetermined.
    """
    return worst((trusted, judge(certificate, *policies, at=moment)))


async def _read(
    data: bytes, algorithms: Algorithms, *, most: int = MAX_SIGNATURES
) -> tuple[tuple[XmlSignature, ...], Evidence]:
    if len(data) <= _INLINE_BYTES and not _takes_long(data):
        return verify_enveloped(data, most=most, algorithms=algorithms), read_joined_evidence(data)
    return await asyncio.to_thread(_read_large, data, algorithms, most)


def _takes_long(data: bytes) -> bool:
    """Whether the document has ГОСТ signatures on a machine without the C libraries."""
    return any(mark in data for mark in _GOST_URIS) and takes_long()


def _read_large(data: bytes, algorithms: Algorithms, most: int) -> tuple[tuple[XmlSignature, ...], Evidence]:
    signatures = verify_enveloped(data, most=most, algorithms=algorithms)
    for signature in signatures:
        _ = signature.document  # parsed here, not on the event loop
    return signatures, read_joined_evidence(data)
