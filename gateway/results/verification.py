"""Checks a signed file without the network: the document, its signers, and what the page of a PDF shows."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.cms.judgement import verify_signed_cms
from gateway.eds.cms.reader import looks_like_cms
from gateway.eds.codes import Code, Status
from gateway.eds.errors import EdsError, EvidenceUnreadable, XmlRefused
from gateway.eds.offline import OfflineChecker, RevocationRule
from gateway.eds.package import is_package, read_package
from gateway.eds.policies import Policy, judge, may_sign
from gateway.eds.revocation.evidence import StoredEvidence
from gateway.eds.stamped import DECISIVE, JudgedTimestamp, MomentJudge, speaking
from gateway.eds.trust import Anchors
from gateway.eds.verdict import Verdict, worst
from gateway.results.comparison import PageMatch, compare_page
from gateway.results.errors import DocumentRefused, PageError, ResultCode
from gateway.results.opening import Form, GoodSignature, OpenedXml, open_xml
from gateway.results.page import page_of
from gateway.results.pdf import page_pdf
from gateway.results.report import VerificationReport
from gateway.results.signers import right_to_sign

_SKEW = timedelta(minutes=1)
_UNREADABLE = frozenset({Code.XML_MALFORMED, Code.XML_ENCODING})
_PAGE_VERDICTS = {
    PageMatch.DIFFERENT: (Status.INVALID, ResultCode.PAGE_DIFFERS),
    PageMatch.SAME_TEXT: (Status.UNDETERMINED, ResultCode.PAGE_UNKNOWN),
}


async def verify_file(
    data: bytes,
    *,
    anchors: Anchors,
    clock: Clock,
    content: bytes | None = None,
    revocation: RevocationRule = RevocationRule.REQUIRED,
    at: datetime | None = None,
    ocsps: Iterable[bytes] = (),
    crls: Iterable[bytes] = (),
) -> VerificationReport:
    """Check signed XML, the PDF that carries it, a SOAP envelope, a CMS, or an evidence package with one of them.

    Never raises for what the file holds. `content` is what a detached CMS is over; `ocsps` and `crls` are beside the
    evidence in the file. Judged for the moment `at`; else for that of a trusted time stamp; else, for a result, for
    the moment at which it says it was issued, which nothing but its signer vouches for; else for now.
    """
    moment = at or clock.now()
    if not anchors.trusted:
        return _refusal(ResultCode.NO_ANCHORS, moment, status=Status.UNDETERMINED)
    given, certificates = StoredEvidence(tuple(ocsps), tuple(crls)), tuple[Certificate, ...]()
    # (1) A package is its signed file with evidence given beside it.
    if is_package(data):
        try:
            package = await asyncio.to_thread(read_package, data)
        except EvidenceUnreadable as error:
            return _refusal(error.code, moment, reason=_facts(error))
        data, content = package.signed, package.content if content is None else content
        kept = package.evidence
        given = StoredEvidence((*given.ocsp, *kept.revocation.ocsp), (*given.crls, *kept.revocation.crls))
        certificates = kept.certificates
    checker = OfflineChecker(
        Anchors.of(anchors.trusted, (*anchors.known, *certificates)), clock, rule=revocation, given=given
    )
    check = _FileCheck(checker, revocation, at)
    if await asyncio.to_thread(looks_like_cms, data):
        return await check.cms(data, content)
    return await check.xml(data, (*anchors.known, *anchors.trusted, *certificates))


class _FileCheck:
    """One file against one checker."""

    def __init__(self, checker: OfflineChecker, revocation: RevocationRule, at: datetime | None) -> None:
        self._checker = checker
        self._rule = revocation
        self._at = at
        self._moment = at or checker.clock.now()

    async def cms(self, data: bytes, content: bytes | None) -> VerificationReport:
        """Check a CMS: every signer must be good, trusted and allowed to sign."""
        judgement = await verify_signed_cms(data, self._checker, may_sign(), content=content, at=self._at)
        signers = tuple(signer.verdict for signer in judgement.signers)
        decided = judgement.verdict
        facts = {"revocation": _evidence_used(self._rule, signers), "time": str(decided.moment_reason)}
        if not signers and decided.facts:
            facts["reason"] = ", ".join(f"{name}={value}" for name, value in decided.facts.items())
        return VerificationReport(
            verdict=decided.status,
            code=str(decided.code),
            judged_at=decided.judged_at,
            form=Form.CMS,
            signers=signers,
            timestamps=tuple(signer.timestamp for signer in judgement.signers),
            content=_content(judgement.content),
            facts=facts,
        )

    async def xml(self, data: bytes, known: Sequence[Certificate]) -> VerificationReport:
        """Check signed XML: the signature's arithmetic and the schema, the signers, then the page of a PDF."""
        opened = await asyncio.to_thread(self._open, data, known)
        if isinstance(opened, VerificationReport):
            return opened
        judged = [await self._judge(one, opened) for one in opened.signatures]
        signers = tuple(verdict for verdict, _, _ in judged)
        decided = worst((*signers, _right(opened, signers[0].judged_at)))
        report = VerificationReport(
            verdict=decided.status,
            code=str(decided.code),
            judged_at=signers[0].judged_at,
            form=opened.form,
            signers=signers,
            timestamps=tuple(stamp for _, stamp, _ in judged),
            content=_content(opened.signatures[0].covered),
            document=opened.document,
            facts={"revocation": _evidence_used(self._rule, signers), "time": judged[0][2]},
        )
        # A date that has not come yet.
        if opened.document is not None and opened.document.issued_at > self._checker.clock.now() + _SKEW:
            report = _weigh(report, Status.UNDETERMINED, ResultCode.FUTURE)
        return await asyncio.to_thread(_with_page, report, data, opened) if opened.form is Form.PDF else report

    async def _judge(self, signature: GoodSignature, opened: OpenedXml) -> tuple[Verdict, JudgedTimestamp | None, str]:
        """Judge one signer, and say which moment it was judged for."""
        verdict, stamps = await MomentJudge(self._checker, at=self._at).judge(signature, signature.evidence)
        settled = any(one.verdict.valid or one.verdict.code in DECISIVE for one in stamps)
        if self._at is None and not settled and opened.document is not None:
            claimed = MomentJudge(self._checker, at=opened.document.issued_at)
            verdict, _ = await claimed.judge(signature, signature.evidence)
            return verdict, speaking(stamps), "claimed"
        return verdict, speaking(stamps), str(verdict.moment_reason)

    def _open(self, data: bytes, known: Sequence[Certificate]) -> OpenedXml | VerificationReport:
        try:
            return open_xml(data, known)
        except PageError as error:
            status = Status.UNDETERMINED if error.code is ResultCode.TOO_LARGE else Status.INVALID
            return _refusal(error.code, self._moment, status=status, reason=error.text)
        except DocumentRefused as error:
            return _refusal(error.code, self._moment, reason=error.text)
        except EdsError as error:
            return _refusal(_code_of(error), self._moment, reason=_facts(error))


def _code_of(error: EdsError) -> ResultCode | Code:
    if isinstance(error, XmlRefused) and error.code in _UNREADABLE:
        return ResultCode.NOT_XML
    return ResultCode.NOT_SIGNED if error.code is Code.SIGNATURE_MISSING else error.code


def _facts(error: EdsError) -> str:
    return ", ".join(f"{name}={value}" for name, value in error.facts.items())


def _refusal(
    code: ResultCode | Code, moment: datetime, *, status: Status = Status.INVALID, reason: str = ""
) -> VerificationReport:
    facts = {"reason": reason} if reason else {}
    return VerificationReport(verdict=status, code=str(code), judged_at=moment, facts=facts)


def _content(covered: bytes | None) -> dict[str, str]:
    return {} if covered is None else {"bytes": str(len(covered)), "sha256": hashlib.sha256(covered).hexdigest()}


def _right(opened: OpenedXml, moment: datetime) -> Verdict:
    """Hold the signers against what the document demands: of a result, those whom it names must all have signed it.

    A transport signature says who sent a message and grants nothing, so of its key nothing is demanded.
    """
    if opened.document is not None:
        in_order = [signature.certificate for signature in reversed(opened.signatures)]
        return right_to_sign(opened.document, in_order, at=moment)
    policies: tuple[Policy, ...] = () if opened.form is Form.WS_SECURITY else (may_sign(),)
    verdicts = [judge(signature.certificate, *policies, at=moment) for signature in opened.signatures]
    return next((verdict for verdict in verdicts if verdict.valid), verdicts[0])


def _evidence_used(rule: RevocationRule, signers: Sequence[Verdict]) -> str:
    if rule is RevocationRule.NONE:
        return "not-asked"
    return "checked" if signers and all(verdict.revocation is not None for verdict in signers) else "no-evidence"


def _with_page(report: VerificationReport, data: bytes, opened: OpenedXml) -> VerificationReport:
    if opened.document is None:
        return _weigh(report, Status.INVALID, ResultCode.NOT_RESULT)
    page = page_of(opened.document, opened.enveloped, opened.xml)
    try:
        made_anew = page_pdf(opened.document, opened.enveloped, opened.xml)
        match, differences = compare_page(data, made_anew, page)
    except PageError as error:
        facts = {**report.facts, "page": error.text}
        return _weigh(replace(report, facts=facts), Status.UNDETERMINED, ResultCode.PAGE_UNKNOWN)
    report = replace(report, page=match, differences=differences)
    return _weigh(report, *_PAGE_VERDICTS[match]) if match in _PAGE_VERDICTS else report


def _weigh(report: VerificationReport, status: Status, code: ResultCode) -> VerificationReport:
    """Put a further finding in: an established "no" stays, and "undetermined" only takes a "yes" away."""
    if report.verdict is Status.INVALID or (report.verdict is status):
        return report
    return replace(report, verdict=status, code=str(code))
