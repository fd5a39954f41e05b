"""Checks a signed file without the network: the document, its signers, and what the page of a PDF shows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.clock import Clock
from gateway.eds.codes import Code, Status
from gateway.eds.errors import EdsError, XmlRefused
from gateway.eds.evidence import Evidence, read_evidence
from gateway.eds.policies import judge, may_sign
from gateway.eds.revocation.evidence import StoredEvidence
from gateway.eds.trust import Anchors
from gateway.eds.verdict import Verdict, worst
from gateway.eds.xmldsig import XmlSignature, verify_enveloped
from gateway.results.comparison import PageMatch, compare_page
from gateway.results.container import MAX_XML_BYTES, attached_xml, is_pdf
from gateway.results.document import ResultDocument
from gateway.results.errors import DocumentRefused, PageError, ResultCode
from gateway.results.markup import ROOT, read_result
from gateway.results.page import page_of
from gateway.results.pdf import page_pdf
from gateway.results.report import VerificationReport
from gateway.results.signers import RevocationRule, SignerJudge, signer_policies

_SKEW = timedelta(minutes=1)
_UNREADABLE = frozenset({Code.XML_MALFORMED, Code.XML_ENCODING})
_PAGE_VERDICTS = {
    PageMatch.DIFFERENT: (Status.INVALID, ResultCode.PAGE_DIFFERS),
    PageMatch.SAME_TEXT: (Status.UNDETERMINED, ResultCode.PAGE_UNKNOWN),
}


@dataclass(frozen=True, slots=True)
class _Signed:
    """A file taken apart: the signed bytes, its good signatures, and the document when it is a result."""

    xml: bytes
    signatures: tuple[XmlSignature, ...]
    evidence: Evidence
    document: ResultDocument | None


async def verify_file(
    data: bytes,
    *,
    anchors: Anchors,
    clock: Clock,
    revocation: RevocationRule = RevocationRule.REQUIRED,
    at: datetime | None = None,
    ocsps: Iterable[bytes] = (),
    crls: Iterable[bytes] = (),
) -> VerificationReport:
    """Check a signed XML document or the PDF that carries one; never raises for what the file holds.

    Judged for the moment `at`; without it, for the moment at which the document says it was issued, which nothing but
    its signer vouches for; for other documents, for now. `ocsps` and `crls` are beside the evidence in the file.
    """
    moment = at or clock.now()
    if not anchors.trusted:
        return _refusal(ResultCode.NO_ANCHORS, moment, status=Status.UNDETERMINED)
    # (1) The signed document: from the PDF, or the file itself; arithmetic of the signature; the schema.
    signed = await asyncio.to_thread(_open, data, moment)
    if isinstance(signed, VerificationReport):
        return signed
    time = "given" if at else "now"
    if signed.document is not None and at is None:
        moment, time = signed.document.issued_at, "claimed"
    # (2) The signers: path, period, revocation, and, for a result, whose key it must be.
    given = StoredEvidence(tuple(ocsps), tuple(crls))
    signer_judge = SignerJudge(anchors, clock, revocation, given)
    signers = tuple([await signer_judge.judge(one, signed.evidence, moment) for one in signed.signatures])
    decided = worst((*signers, _right(signed, moment)))
    report = VerificationReport(
        verdict=decided.status,
        code=str(decided.code),
        judged_at=moment,
        signers=signers,
        document=signed.document,
        facts={"revocation": _evidence_used(revocation, signers), "time": time},
    )
    # (3) A date that has not come yet.
    if signed.document is not None and signed.document.issued_at > clock.now() + _SKEW:
        report = _weigh(report, Status.UNDETERMINED, ResultCode.FUTURE)
    # (4) The page.
    return await asyncio.to_thread(_with_page, report, data, signed) if is_pdf(data) else report


def _open(data: bytes, moment: datetime) -> _Signed | VerificationReport:
    try:
        xml = _signed_xml(data)
        signatures = verify_enveloped(xml)
        document = read_result(signatures[0]) if signatures[0].document.tag == ROOT else None
        return _Signed(xml, signatures, read_evidence(xml), document)
    except PageError as error:
        status = Status.UNDETERMINED if error.code is ResultCode.TOO_LARGE else Status.INVALID
        return _refusal(error.code, moment, status=status, reason=error.text)
    except DocumentRefused as error:
        return _refusal(error.code, moment, reason=error.text)
    except EdsError as error:
        reason = ", ".join(f"{name}={value}" for name, value in error.facts.items())
        return _refusal(_code_of(error), moment, reason=reason)


def _signed_xml(data: bytes) -> bytes:
    xml = attached_xml(data) if is_pdf(data) else data
    if len(xml) > MAX_XML_BYTES:
        raise PageError(ResultCode.TOO_LARGE, f"{len(xml)} bytes; at most {MAX_XML_BYTES} are read")
    return xml


def _code_of(error: EdsError) -> ResultCode | Code:
    if isinstance(error, XmlRefused) and error.code in _UNREADABLE:
        return ResultCode.NOT_XML
    return ResultCode.NOT_SIGNED if error.code is Code.SIGNATURE_MISSING else error.code


def _refusal(
    code: ResultCode | Code, moment: datetime, *, status: Status = Status.INVALID, reason: str = ""
) -> VerificationReport:
    facts = {"reason": reason} if reason else {}
    return VerificationReport(verdict=status, code=str(code), judged_at=moment, facts=facts)


def _right(signed: _Signed, moment: datetime) -> Verdict:
    """Hold the signers against what the document demands: of a result, one must be whom it names as its issuer."""
    policies = (may_sign(),) if signed.document is None else signer_policies(signed.document)
    verdicts = [judge(signature.certificate, *policies, at=moment) for signature in signed.signatures]
    return next((verdict for verdict in verdicts if verdict.valid), verdicts[0])


def _evidence_used(rule: RevocationRule, signers: Sequence[Verdict]) -> str:
    if rule is RevocationRule.NONE:
        return "not-asked"
    return "checked" if all(verdict.revocation is not None for verdict in signers) else "no-evidence"


def _with_page(report: VerificationReport, data: bytes, signed: _Signed) -> VerificationReport:
    if signed.document is None:
        return _weigh(report, Status.INVALID, ResultCode.NOT_RESULT)
    page = page_of(signed.document, signed.signatures, signed.xml)
    try:
        made_anew = page_pdf(signed.document, signed.signatures, signed.xml)
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
