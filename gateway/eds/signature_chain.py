"""A document that several persons sign in turn: the permit that its executor signs, and after him the head.

Each signs the document as the one before left it, so that the signatures stand one after another at the end of the
root, the last covers those before, and each covers what its signer saw (`gateway.eds.xmldsig`; XML-DSig section 4.5 and
6.6.4: the enveloped-signature transform takes out the signature that holds it, and no other). Evidence and time stamp
of a signature stand inside it, where it does not cover itself, before the next is made, which covers them
(`gateway.eds.evidence`).

A chain is good only whole: as many signatures as are asked for, each by whom it is asked of, in that order, no person
twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.eds.algorithms import ALGORITHMS, Algorithms
from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.errors import EdsError, SignatureRefused
from gateway.eds.evidence import Evidence, joined, read_all_evidence
from gateway.eds.policies import Policy
from gateway.eds.stamped import JudgedTimestamp, MomentJudge, speaking
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import MomentReason, Verdict, worst
from gateway.eds.xmldsig import XmlSignature, verify_enveloped

MAX_SIGNERS = 3
"""No act of the region asks for more than two."""
_COMMENT = b"<!--"

Signer = Sequence[Policy]
"""What one signer must be: rules over the certificate."""


@dataclass(frozen=True, slots=True)
class ChainSignature:
    """One signature of a document, cryptographically good, with the evidence that the document keeps."""

    signature: XmlSignature
    evidence: Evidence
    """Of all signatures: an answer about this signer may stand in a later one. Only the time stamps are its own."""
    value: bytes
    """What time stamps over it are about."""

    @property
    def certificate(self) -> Certificate:
        """The signer's certificate."""
        return self.signature.certificate

    @property
    def chain(self) -> tuple[Certificate, ...]:
        """Other certificates that came along."""
        return self.signature.chain

    @property
    def timestamp_tokens(self) -> tuple[bytes, ...]:
        """The tokens over this signature as they came, not checked."""
        return self.evidence.timestamps


@dataclass(frozen=True, slots=True)
class Link:
    """One signature of a chain and what its check came to."""

    opened: ChainSignature
    verdict: Verdict
    timestamps: tuple[JudgedTimestamp, ...] = ()

    @property
    def signature(self) -> XmlSignature:
        """The signature itself."""
        return self.opened.signature

    @property
    def timestamp(self) -> JudgedTimestamp | None:
        """The time stamp that speaks for the signature."""
        return speaking(self.timestamps)

    @property
    def signed_at(self) -> datetime | None:
        """When it was signed at the latest, where a trusted time stamp says so."""
        stamp = self.timestamp
        return stamp.verdict.judged_at if stamp is not None and stamp.verdict.valid else None


@dataclass(frozen=True, slots=True)
class Chain:
    """The verdict on all signatures of a document together, and each, in the order in which they were made.

    Without links the document itself was refused, and nothing of it may be read.
    """

    verdict: Verdict
    links: tuple[Link, ...] = ()

    @property
    def last(self) -> XmlSignature | None:
        """The signature that covers all others; of the document only what it covers may be read."""
        return self.links[-1].signature if self.links else None


def open_chain(
    document: bytes, *, most: int = MAX_SIGNERS, algorithms: Algorithms = ALGORITHMS
) -> tuple[ChainSignature, ...]:
    """Check a document's signatures from the last inward, return them in the order of signing; raises `EdsError`.

    Cryptography only. More than `most` are refused before any is checked. No signature covers comments (XML-DSig
    section 4.4.3.2), and who signs next would take them for signed: a document with one is refused.
    """
    if _COMMENT in document:
        raise SignatureRefused(Code.DOCUMENT_NOT_AS_SHOWN, found="a comment")
    signatures = verify_enveloped(document, most=min(most, MAX_SIGNERS), algorithms=algorithms)
    kept = read_all_evidence(document)
    opened = []
    for signature, own in zip(signatures, kept, strict=True):
        everything = joined(own.evidence, *(one.evidence for one in kept))
        opened.append(ChainSignature(signature, replace(everything, timestamps=own.evidence.timestamps), own.value))
        _ = signature.document  # parsed here, off the event loop where `verify_chain` calls
    return tuple(reversed(opened))


async def verify_chain(
    document: bytes,
    checker: CertificateChecker,
    *signers: Signer,
    at: datetime | None = None,
    by_timestamp: bool = True,
) -> Chain:
    """Check a document that these signers must have signed in this order: form, cryptography, trust, each one's right.

    Each signature is judged for the moment `at`, else for that of a trusted time stamp over it, else for now.
    """
    if not 0 < len(signers) <= MAX_SIGNERS:
        raise ValueError(f"expected one to {MAX_SIGNERS} signers, found {len(signers)}")
    try:
        opened = await asyncio.to_thread(open_chain, document, most=len(signers), algorithms=checker.algorithms)
    except EdsError as error:
        moment = at or checker.clock.now()
        return Chain(Verdict.from_error(error, at=moment).judged_for(MomentReason.of(at)))
    return await judge_chain(opened, checker, *signers, at=at, by_timestamp=by_timestamp)


async def judge_chain(
    opened: Sequence[ChainSignature],
    checker: CertificateChecker,
    *signers: Signer,
    at: datetime | None = None,
    by_timestamp: bool = True,
) -> Chain:
    """Judge signatures that `open_chain` found good as those of these signers, in this order."""
    # (1) All who must sign have signed, nobody else has, and nobody in another's stead.
    certificates = [one.certificate for one in opened]
    whole = completeness(certificates, len(signers), at=at or checker.clock.now()).judged_for(MomentReason.of(at))
    # (2) Each is judged for itself, the outermost first: trust, then the right to sign in this place, which nobody can
    #     tell while signatures are missing.
    links = []
    for place, one in reversed(list(enumerate(opened))):
        rules = tuple(signers[place]) if len(opened) == len(signers) else ()
        judge = MomentJudge(checker, rules, at=at, by_timestamp=by_timestamp, algorithms=checker.algorithms)
        verdict, timestamps = await judge.judge(one, one.evidence)
        if len(signers) > 1 and not verdict.valid:
            verdict = replace(verdict, facts={**verdict.facts, "signer": str(place + 1)})
        links.append(Link(one, verdict, timestamps))
    # (3) One that is undetermined leaves the whole undetermined; one that is refused refuses it.
    #     Where all is well the last signer's verdict stands for the whole.
    judged = [link.verdict for link in links]
    return Chain(worst(judged if whole.valid else (whole, *judged)), tuple(reversed(links)))


def completeness(certificates: Sequence[Certificate], expected: int, *, at: datetime) -> Verdict:
    """Judge whether as many have signed as must, and no person twice; the certificates are in the order of signing."""
    facts = {"found": str(len(certificates)), "expected": str(expected)}
    if len(certificates) < expected:
        return Verdict.of(Code.SIGNATURES_TOO_FEW, at=at, facts=facts)
    if len(certificates) > expected:
        return Verdict.of(Code.SIGNATURES_TOO_MANY, at=at, facts=facts)
    seen: set[str] = set()
    for certificate in certificates:
        person = certificate.subject.iin or certificate.subject.dn
        if person in seen:
            return Verdict.of(Code.SIGNER_TWICE, at=at, certificate=certificate)
        seen.add(person)
    return Verdict.of(Code.OK, at=at, certificate=certificates[-1])
