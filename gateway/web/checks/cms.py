"""`/cms/*`: signatures in CMS, checked with their time stamps, made, joined by further signers, and opened."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence

from gateway.eds.cms.judgement import CmsJudgement, JudgedSigner, verify_signed_cms
from gateway.eds.cms.reader import read_cms
from gateway.eds.cms.signing import add_timestamp, cosign_cms, sign_cms
from gateway.eds.codes import Code
from gateway.eds.errors import EdsError, TimestampRefused
from gateway.eds.keys import SigningKey
from gateway.eds.timestamping import TimestampClient
from gateway.eds.verdict import worst
from gateway.web.checks.answers import (
    OK,
    CmsAnswer,
    CmsSigner,
    CmsVerificationAnswer,
    DataAnswer,
    Reason,
    TspInfo,
    java_time,
)
from gateway.web.checks.bodies import decode_base64
from gateway.web.checks.certificates import describe
from gateway.web.checks.judging import Checks
from gateway.web.checks.keys import open_keys
from gateway.web.checks.refusals import CheckRefused
from gateway.web.checks.requests import CmsCreateRequest, CmsVerifyRequest

MAX_CONTENT = 64 * 1024 * 1024
_HASHES = {"GOST 34.311-95": "GOST34311", "Streebog-512": "GOST3411-2015-512"}


async def verify(checks: Checks, request: CmsVerifyRequest) -> CmsVerificationAnswer:
    """Check every signer at the moment of its time stamp, without a trusted one as of now."""
    data = _cms(request.cms)
    content = await _content(request.data) if request.data else None
    judged = [
        await verify_signed_cms(data, checker, checks.signer_policy, content=content)
        for checker in checks.chosen(request)
    ]
    verdict = worst([one.verdict for one in judged])
    if verdict.code is Code.CMS_UNREADABLE:
        raise CheckRefused("CMS cannot be read", code=verdict.code, text=verdict.text)
    return CmsVerificationAnswer(
        **OK,
        valid=verdict.valid,
        signers=_signers(judged),
        verdict=verdict.status,
        code=verdict.code,
        reason=Reason.of(verdict.text),
    )


async def extract(_checks: Checks, request: CmsVerifyRequest) -> DataAnswer:
    """Return the content of an attached CMS; nothing of it is checked."""
    data = _cms(request.cms)
    try:
        content = (await asyncio.to_thread(read_cms, data)).content
    except EdsError as error:
        raise CheckRefused.of(error, "CMS cannot be read") from error
    if content is None:
        raise CheckRefused("CMS doesn't have signed content", code=Code.CONTENT_MISSING)
    return DataAnswer(**OK, data=await asyncio.to_thread(_encoded, content))


async def sign(checks: Checks, request: CmsCreateRequest) -> CmsAnswer:
    """Sign data by every signer."""
    if not request.data:
        raise CheckRefused("data: must not be empty")
    content = await _content(request.data)
    stamps = _client(checks, request)
    keys = await asyncio.to_thread(open_keys, request.signers)
    made = await asyncio.to_thread(_sign, content, keys, checks, attached=not request.detached)
    return await _answer(made, keys, stamps, first=0)


async def add(checks: Checks, request: CmsCreateRequest) -> CmsAnswer:
    """Add signers beside those of a CMS, which stays attached or detached as it was."""
    if not request.cms:
        raise CheckRefused("CMS argument not specified")
    data = _cms(request.cms)
    try:
        signed = await asyncio.to_thread(read_cms, data)
    except EdsError as error:
        raise CheckRefused.of(error, "CMS cannot be read") from error
    content = None
    if signed.content is None:
        if not request.data:
            raise CheckRefused("Data must be specified for detached CMS", code=Code.CONTENT_MISSING)
        content = await _content(request.data)
    stamps = _client(checks, request)
    keys = await asyncio.to_thread(open_keys, request.signers)
    made = await asyncio.to_thread(_add, data, content, keys, checks)
    return await _answer(made, keys, stamps, first=len(signed.signers))


async def _content(text: str) -> bytes:
    return await asyncio.to_thread(decode_base64, text, "data", limit=MAX_CONTENT)


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _cms(text: str) -> bytes:
    """Take base64 or PEM as text; the reader decodes either."""
    try:
        data = text.strip().encode("ascii")
    except UnicodeEncodeError as error:
        raise CheckRefused("cms: not valid Base64") from error
    return data


def _signers(judged: Sequence[CmsJudgement]) -> list[CmsSigner]:
    by_place = zip(*(one.signers for one in judged), strict=False)
    return [_signer(signers) for signers in by_place]


def _signer(judged: Sequence[JudgedSigner]) -> CmsSigner:
    signature = next((one.signature for one in judged if one.signature is not None), None)
    if signature is None:
        return CmsSigner(certificates=[])
    described = describe(signature.certificate, [one.verdict for one in judged])
    stamped = next((one.timestamp for one in judged if one.timestamp is not None), None)
    if stamped is None or stamped.timestamp is None or not stamped.verdict.valid:
        # A time stamp that is broken or not trusted is not shown as if it were one.
        return CmsSigner(certificates=[described])
    stamp = stamped.timestamp
    tsp = TspInfo(
        serial_number=f"{stamp.serial:x}",
        gen_time=java_time(stamp.moment),
        policy=stamp.policy,
        tsa=None,
        tsp_hash_algorithm=_HASHES.get(stamp.digest.name, stamp.digest.name.replace("-", "")),
        hash=stamp.digest(signature.value).hex(),
    )
    return CmsSigner(certificates=[described], tsp=tsp)


def _sign(content: bytes, keys: Sequence[SigningKey], checks: Checks, *, attached: bool) -> bytes:
    first, *others = keys
    try:
        made = sign_cms(content, first, at=checks.clock.now(), attached=attached)
        for key in others:
            made = cosign_cms(made, key, at=checks.clock.now(), content=content)
    except EdsError as error:
        raise CheckRefused.of(error, "The data cannot be signed") from error
    return made


def _add(data: bytes, content: bytes | None, keys: Sequence[SigningKey], checks: Checks) -> bytes:
    try:
        for key in keys:
            data = cosign_cms(data, key, at=checks.clock.now(), content=content)
    except EdsError as error:
        raise CheckRefused.of(error, "The signer cannot be added") from error
    return data


def _client(checks: Checks, request: CmsCreateRequest) -> TimestampClient | None:
    if not request.with_tsp:
        return None
    if checks.stamping is None:
        raise CheckRefused("withTsp: no address of a time-stamping authority is set (trust.tsa_url)")
    policy = request.tsa_policy.oid if request.tsa_policy else checks.stamping.policy
    return TimestampClient(checks.stamping.fetcher, checks.stamping.url, policy=policy)


async def _answer(made: bytes, keys: Sequence[SigningKey], stamps: TimestampClient | None, *, first: int) -> CmsAnswer:
    """Stamp the signers that were just made, and only those: an earlier stamp stays as it is."""
    if stamps is not None:
        for place, key in enumerate(keys, start=first):
            value = read_cms(made).signers[place].value
            try:
                stamp = await stamps.stamp(value, key.algorithm.digest)
            except TimestampRefused as error:
                raise CheckRefused.of(error, "No time stamp was obtained", status=502) from error
            made = add_timestamp(made, stamp.token, signer=place)
    return CmsAnswer(**OK, cms=await asyncio.to_thread(_encoded, made))
