"""Whose keys a result must be signed with, in which order, and the check of a result by it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.catalogue import Outcome, ResultKind
from gateway.catalogue import Role as Post
from gateway.eds.certificate import Certificate
from gateway.eds.errors import EdsError
from gateway.eds.policies import Policy, bin_is, judge, may_sign, role_in
from gateway.eds.roles import Role
from gateway.eds.signature_chain import Chain, Link, completeness, judge_chain, open_chain
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import MomentReason, Verdict, worst
from gateway.identity.numbers import Bin
from gateway.results.document import Authority, DocumentSigner, Kind, Office, ResultDocument, Statement
from gateway.results.errors import DocumentRefused, ResultCode
from gateway.results.markup import read_result

HEADS = frozenset({Role.HEAD, Role.SIGNING_RIGHT})
"""Who may sign in a body's name: its head, or whom the head gave the right to sign."""
EMPLOYEES = frozenset({Role.EMPLOYEE, Role.SIGNING_RIGHT})
"""Who may sign as a body's employee; the head's key says that its holder is the head."""


@dataclass(frozen=True, slots=True)
class ExpectedSigner:
    """Who must sign in one place: an official of this body, with a certificate in one of the roles."""

    bin: Bin
    roles: frozenset[Role]

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The rules over the certificate."""
        return bin_is(self.bin), role_in(self.roles), may_sign()


@dataclass(frozen=True, slots=True)
class SignerFinding:
    """One signer of a result as a person is shown him."""

    certificate: Certificate
    verdict: Verdict
    signed_at: datetime | None
    """The moment of a trusted time stamp over the signature; without one nobody vouches for the time."""
    named: DocumentSigner | None = None
    """Whom the result itself names for this place."""

    @property
    def office(self) -> Office | None:
        """The office that the result names."""
        return None if self.named is None else self.named.office

    @property
    def role(self) -> Post | None:
        """The official's role there."""
        return None if self.named is None else self.named.role


@dataclass(frozen=True, slots=True)
class JudgedResult:
    """A result and what the check of its signatures came to; without a document nothing of the file may be shown.

    `refusal` is set when the signatures are good as arithmetic, but what they cover is no result; the verdict is then
    of the signatures alone.
    """

    verdict: Verdict
    document: ResultDocument | None = None
    chain: Chain | None = None
    signers: tuple[SignerFinding, ...] = ()
    refusal: DocumentRefused | None = None

    @property
    def valid(self) -> bool:
        """Whether it is a result, signed by all who must sign it."""
        return self.document is not None and self.verdict.valid


Demanded = Callable[[ResultDocument], Sequence[ExpectedSigner]]
"""Says who must have signed a result; raises `DocumentRefused` for one that it does not know."""


def certificate_roles(post: Post) -> frozenset[Role]:
    """Return the roles that fit the signature of an official in this post of a body."""
    return HEADS if post is Post.HEAD else EMPLOYEES


def named_signers(document: ResultDocument) -> tuple[ExpectedSigner, ...]:
    """Return who must sign by what the document itself says, in order.

    It says nothing where the issuer's head signs alone; the portal's own refusal is sealed by the portal's system.
    """
    if document.authority is Authority.PORTAL:
        return (ExpectedSigner(document.issuer.bin, frozenset({Role.INFORMATION_SYSTEM})),)
    if not document.signers:
        return (ExpectedSigner(document.issuer.bin, HEADS),)
    return tuple(ExpectedSigner(one.office.bin, certificate_roles(one.role)) for one in document.signers)


def result_policies(expected: Sequence[ExpectedSigner]) -> tuple[tuple[Policy, ...], ...]:
    """Return the rules over each signer's certificate, in the order of signing."""
    return tuple(one.policies for one in expected)


def right_to_sign(document: ResultDocument, certificates: Sequence[Certificate], *, at: datetime) -> Verdict:
    """Judge whether those who signed, in this order, are all whom the document names, each in his place.

    Of a document that names nobody, one of them must be an official of its issuer.
    """
    rules = result_policies(named_signers(document))
    if not document.signers:
        verdicts = [judge(certificate, *rules[0], at=at) for certificate in certificates]
        return next((verdict for verdict in verdicts if verdict.valid), verdicts[-1])
    whole = completeness(certificates, len(rules), at=at)
    if not whole.valid:
        return whole
    return worst(judge(one, *policies, at=at) for one, policies in zip(certificates, rules, strict=True))


def result_of(document: ResultDocument, results: Sequence[ResultKind]) -> ResultKind | None:
    """Return which of a service's results a document is, by its kind and title; a refusal also by its ground."""
    if document.kind is Kind.REFUSAL:
        refusals = [one for one in results if one.outcome is Outcome.REFUSED]
        code = None if document.ground is None else document.ground.code
        return next((one for one in refusals if code in one.grounds), next(iter(refusals), None))
    return next(
        (one for one in results if one.outcome is not Outcome.REFUSED and Statement.of(one.title) == document.title),
        None,
    )


async def verify_result(
    signed: bytes, checker: CertificateChecker, demanded: Demanded, *, at: datetime | None = None
) -> JudgedResult:
    """Check a signed result against those who must sign it, whom `demanded` names for the document that was signed."""
    # (1) The signatures as arithmetic: until they are good, nothing of the document is read.
    try:
        opened = await asyncio.to_thread(open_chain, signed, algorithms=checker.algorithms)
    except EdsError as error:
        verdict = Verdict.from_error(error, at=at or checker.clock.now())
        return JudgedResult(verdict.judged_for(MomentReason.of(at)))
    # (2) What the last signature covers is a result, and whoever knows its service says who must sign it.
    try:
        document = read_result(opened[-1].signature)
        expected = tuple(demanded(document))
        _check_names(document, expected)
    except DocumentRefused as refusal:
        chain = await judge_chain(opened, checker, *((may_sign(),) for _ in opened), at=at)
        return JudgedResult(chain.verdict, chain=chain, refusal=refusal)
    # (3) Each signature is by whom it must be, and may be trusted.
    chain = await judge_chain(opened, checker, *result_policies(expected), at=at)
    return JudgedResult(chain.verdict, document, chain, findings(document, chain.links))


def findings(document: ResultDocument, links: Sequence[Link]) -> tuple[SignerFinding, ...]:
    """Return who signed, in order, with the office and post that the document names for each place."""
    named = document.signers if len(document.signers) == len(links) else ()
    return tuple(
        SignerFinding(
            certificate=link.signature.certificate,
            verdict=link.verdict,
            signed_at=link.signed_at,
            named=named[place] if named else None,
        )
        for place, link in enumerate(links)
    )


def _check_names(document: ResultDocument, expected: Sequence[ExpectedSigner]) -> None:
    """A document that names its signers, or must be signed by several, names those who must sign it."""
    if (document.signers or len(expected) > 1) and named_signers(document) != tuple(expected):
        raise DocumentRefused(ResultCode.CONTRADICTION, "it names other signers than must sign it", where="signers")
