"""Our own check: any signed file in, the full verdict out, with every signer, path and answer about revocation."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from aiohttp import web

from gateway.eds.certificate import Certificate
from gateway.eds.cms.judgement import verify_signed_cms
from gateway.eds.cms.reader import looks_like_cms
from gateway.eds.codes import ROWS, Code
from gateway.eds.errors import EdsError
from gateway.eds.policies import Policy
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import MomentReason, Verdict, worst
from gateway.eds.verification import verify_all_signatures
from gateway.eds.wsse import SOAP, verify_body
from gateway.eds.xml import parse
from gateway.eds.xmldsig import XmlSignature
from gateway.results.errors import DocumentRefused
from gateway.results.markup import read_result
from gateway.results.signers import right_to_sign
from gateway.texts import Text
from gateway.web.checks.bodies import read_bytes
from gateway.web.checks.judging import Checks, for_transport, with_right
from gateway.web.checks.refusals import CheckRefused
from gateway.web.checks.xml import UNREADABLE
from gateway.web.forms import FormLimits, read_form

_ENVELOPE = f"{{{SOAP}}}Envelope"
_MULTIPART = "multipart/form-data"
_MARKS = (b"\xef\xbb\xbf", b"")
_OF_REVOCATION = frozenset({Code.REVOCATION_UNAVAILABLE, Code.REVOCATION_STALE})
_FIELDS = frozenset({"at", "revocation"})


class Revocation(StrEnum):
    """What is asked of the answers about revocation."""

    REQUIRED = "required"
    IF_AVAILABLE = "if-available"
    """Without an answer the rest decides; an answer that is forged or says "revoked" still refuses."""
    NONE = "none"


class Form(StrEnum):
    """What the file was found to be."""

    XML = "xml"
    SOAP = "soap"
    CMS = "cms"


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be judged, and how."""

    file: bytes
    content: bytes | None = None
    at: datetime | None = None
    revocation: Revocation = Revocation.REQUIRED


async def read_question(request: web.Request, *, max_bytes: int) -> Question:
    """Read the request: a form with `file` and `content`, or the file itself with the rest in the query."""
    if request.content_type != _MULTIPART:
        _refuse_unknown(request.query.keys())
        return _question(await read_bytes(request), None, request.query.get("at"), request.query.get("revocation"))
    limits = FormLimits(max_fields=4, max_files=2, max_file_bytes=max_bytes // 2)
    form = await read_form(request, limits)
    _refuse_unknown(name for name in form.fields if name not in {"file", "content"})
    files: dict[str, bytes] = {name: form.raw(name).encode() for name in ("file", "content") if form.raw(name)}
    for upload in form.files:
        if upload.field_name not in {"file", "content"} or upload.field_name in files:
            raise CheckRefused(f"{upload.field_name[:100]}: not expected, or there twice")
        if upload.too_large:
            raise CheckRefused(f"{upload.field_name}: too large", status=413)
        files[upload.field_name] = upload.content
    return _question(files.get("file", b""), files.get("content"), form.get("at"), form.get("revocation"))


async def judge(checks: Checks, question: Question) -> dict[str, Any]:
    """Judge a file; raises `CheckRefused` when it is no signed file of a known form."""
    found = await asyncio.to_thread(_form_of, question.file)
    if found is Form.CMS:
        answer = await _cms(checks, question)
    elif found is Form.SOAP:
        answer = await _soap(checks, question)
    else:
        answer = await _xml(checks, question)
    return {"form": str(found), "asked_revocation": str(question.revocation), **answer}


def all_codes() -> dict[str, Any]:
    """Return the closed list of codes with their texts."""
    return {
        "codes": [
            {
                "code": str(code),
                "verdict": str(row.status),
                "text": _languages(row.text),
                "advice": _languages(row.advice),
            }
            for code, row in ROWS.items()
        ]
    }


async def _xml(checks: Checks, question: Question) -> dict[str, Any]:
    try:
        judged = await verify_all_signatures(question.file, _checker(checks, question), at=question.at)
    except EdsError as error:
        return _refused(checks, question, error)
    verdicts = []
    signers = []
    for trusted, signature in judged:
        verdict = await _without_answers(checks, question, trusted, signature.certificate, signature.chain)
        verdict = with_right(verdict, signature.certificate, checks.signer_policy).judged_for(trusted.moment_reason)
        verdicts.append(verdict)
        signers.append({**verdict.to_json(), "covered": _covered(signature.covered)})
    verdicts += _of_named_signers([signature for _, signature in judged], verdicts[0])
    return {**worst(verdicts).to_json(), "signers": signers}


def _of_named_signers(signatures: Sequence[XmlSignature], last: Verdict) -> list[Verdict]:
    """Hold the signers of a result against those whom it names itself; what is no result demands nobody."""
    try:
        document = read_result(signatures[0])
    except DocumentRefused:
        return []
    if not document.signers:
        return []
    right = right_to_sign(document, [one.certificate for one in reversed(signatures)], at=last.judged_at)
    return [right.judged_for(last.moment_reason)]


async def _soap(checks: Checks, question: Question) -> dict[str, Any]:
    try:
        signature = await asyncio.to_thread(lambda: verify_body(parse(question.file)))
    except EdsError as error:
        return _refused(checks, question, error)
    trusted = await _checker(checks, question).check(signature.certificate, at=question.at)
    verdict = await _without_answers(checks, question, trusted, signature.certificate, ())
    verdict = with_right(verdict, signature.certificate, for_transport).judged_for(MomentReason.of(question.at))
    signer = {**verdict.to_json(), "covered": _covered(signature.covered)}
    return {**verdict.to_json(), "signers": [signer]}


async def _cms(checks: Checks, question: Question) -> dict[str, Any]:
    policies: tuple[Policy, ...] = (checks.signer_policy,)
    judgement = await verify_signed_cms(
        question.file, _checker(checks, question), *policies, content=question.content, at=question.at
    )
    if question.revocation is Revocation.IF_AVAILABLE and judgement.verdict.code in _OF_REVOCATION:
        judgement = await verify_signed_cms(
            question.file, checks.checkers.unasked, *policies, content=question.content, at=question.at
        )
    answer = judgement.to_json()
    for signer, told in zip(judgement.signers, answer["signers"], strict=True):  # type: ignore[call-overload]
        told["covered"] = _covered(signer.signature.covered) if signer.signature is not None else None
    return answer


def _checker(checks: Checks, question: Question) -> CertificateChecker:
    return checks.checkers.unasked if question.revocation is Revocation.NONE else checks.checkers.standard


async def _without_answers(
    checks: Checks, question: Question, verdict: Verdict, certificate: Certificate, chain: tuple[Certificate, ...]
) -> Verdict:
    if question.revocation is not Revocation.IF_AVAILABLE or verdict.code not in _OF_REVOCATION:
        return verdict
    return await checks.checkers.unasked.check(certificate, intermediates=chain, at=question.at)


def _refused(checks: Checks, question: Question, error: EdsError) -> dict[str, Any]:
    verdict = Verdict.from_error(error, at=question.at or checks.clock.now())
    return {**verdict.judged_for(MomentReason.of(question.at)).to_json(), "signers": []}


def _form_of(data: bytes) -> Form:
    start = next(data[len(mark) :].lstrip()[:1] for mark in _MARKS if data.startswith(mark))
    if start == b"<":
        try:
            return Form.SOAP if parse(data).tag == _ENVELOPE else Form.XML
        except EdsError as error:
            if error.code in UNREADABLE:
                raise CheckRefused.of(error, "The file is not a signed file of a known form") from error
            return Form.XML
    if looks_like_cms(data):
        return Form.CMS
    missing = ROWS[Code.SIGNATURE_MISSING].text
    raise CheckRefused("The file is not a signed file of a known form", code=Code.SIGNATURE_MISSING, text=missing)


def _question(file: bytes, content: bytes | None, at: str | None, revocation: str | None) -> Question:
    if not file:
        raise CheckRefused("file: must not be empty")
    try:
        rule = Revocation(revocation or Revocation.REQUIRED)
    except ValueError as error:
        raise CheckRefused(f"revocation: one of {', '.join(Revocation)}") from error
    return Question(file, content, _moment(at) if at else None, rule)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise CheckRefused("at: a moment as in ISO 8601") from error


def _refuse_unknown(names: Any) -> None:
    """Refuse what is not understood: a misspelt `revocation` must not be passed over."""
    unknown = sorted(set(names) - _FIELDS)
    if unknown:
        raise CheckRefused(f"{unknown[0][:100]}: not known")


def _covered(data: bytes) -> dict[str, object]:
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _languages(text: Text) -> dict[str, str]:
    return {"kk": text.kk, "ru": text.ru, "en": text.en}
