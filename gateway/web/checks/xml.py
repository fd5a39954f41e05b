"""`/xml/*` and `/wsse/*`: signed documents and signed SOAP messages, checked and made."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from lxml import etree

from gateway.eds.codes import Code
from gateway.eds.errors import EdsError, XmlRefused
from gateway.eds.keys import SigningKey
from gateway.eds.signedinfo import SIGNATURE
from gateway.eds.verdict import Verdict, worst
from gateway.eds.verification import verify_all_signatures
from gateway.eds.wsse import sign_body, verify_body
from gateway.eds.xml import parse
from gateway.eds.xmldsig import sign_enveloped
from gateway.web.checks.answers import OK, CertificateInfo, VerificationAnswer, XmlAnswer
from gateway.web.checks.certificates import describe
from gateway.web.checks.judging import Checks, for_transport, verdicts_of, with_right
from gateway.web.checks.keys import open_key, open_keys
from gateway.web.checks.refusals import CANNOT_READ_XML, CheckRefused
from gateway.web.checks.requests import WsseSignRequest, XmlSignRequest, XmlVerifyRequest
from gateway.web.checks.x509 import verification

UNREADABLE = frozenset({Code.XML_MALFORMED, Code.XML_ENCODING, Code.XML_TOO_LARGE})
"""What is no document at all; anything else that is refused is a document with a bad signature."""
_ENCODING = re.compile(r"""(<\?xml\s[^>]{0,200}?encoding\s*=\s*)(["'])[A-Za-z0-9._-]{1,40}\2""")


async def verify(checks: Checks, request: XmlVerifyRequest) -> VerificationAnswer:
    """Check every signature of a document, the last one first."""
    first, *others = checks.chosen(request)
    try:
        data = await asyncio.to_thread(xml_bytes, request.xml)
        judged = await verify_all_signatures(data, first)
    except EdsError as error:
        return _refused(checks, error)
    described: list[CertificateInfo | None] = []
    found: list[Verdict] = []
    for trusted, signature in judged:
        certificate = signature.certificate
        more = await verdicts_of(certificate, others, checks.signer_policy, intermediates=signature.chain)
        verdicts = (with_right(trusted, certificate, checks.signer_policy), *more)
        described.append(describe(certificate, verdicts))
        found += verdicts
    return verification(worst(found), described)


async def verify_message(checks: Checks, request: XmlVerifyRequest) -> VerificationAnswer:
    """Check the signature over the Body of a SOAP message."""
    try:
        signature = await asyncio.to_thread(lambda: verify_body(parse(xml_bytes(request.xml))))
    except EdsError as error:
        return _refused(checks, error)
    verdicts = await verdicts_of(signature.certificate, checks.chosen(request), for_transport)
    return verification(worst(verdicts), [describe(signature.certificate, verdicts)])


async def sign(_checks: Checks, request: XmlSignRequest) -> XmlAnswer:
    """Sign a document, one signer after another, each covering those before."""
    if any(signer.reference_uri for signer in request.signers):
        raise CheckRefused("referenceUri: only the whole document is signed")
    return XmlAnswer(**OK, xml=await asyncio.to_thread(_sign, request))


async def sign_message(_checks: Checks, request: WsseSignRequest) -> XmlAnswer:
    """Sign the Body of a SOAP message as ЭҮШ expects it."""
    return XmlAnswer(**OK, xml=await asyncio.to_thread(_sign_message, request))


def xml_bytes(text: str) -> bytes:
    """Write the text of a document as UTF-8, whatever encoding its declaration claims: in JSON it has none."""
    try:
        return (
            _ENCODING.sub(r"\1\2utf-8\2", text.strip(), count=1).encode()
            if text.lstrip()[:5] == "<?xml"
            else text.strip().encode()
        )
    except UnicodeEncodeError as error:
        raise CheckRefused(CANNOT_READ_XML) from error


def _refused(checks: Checks, error: EdsError) -> VerificationAnswer:
    if isinstance(error, XmlRefused) and error.code in UNREADABLE:
        raise CheckRefused.of(error, CANNOT_READ_XML)
    return verification(Verdict.from_error(error, at=checks.clock.now()), [])


def _sign(request: XmlSignRequest) -> str:
    root = _read(request.xml)
    if request.clear_signatures:
        for signature in root.findall(SIGNATURE):
            _take_out(signature)
    if request.trim_xml:
        _trim(root)
    keys: Sequence[SigningKey] = open_keys(request.signers)
    document = etree.tostring(root.getroottree(), encoding="utf-8")
    for key in keys:
        document = sign_enveloped(document, key)
    return document.decode()


def _sign_message(request: WsseSignRequest) -> str:
    envelope = _read(request.xml)
    if request.trim_xml:
        _trim(envelope)
    key = open_key(request)
    try:
        return sign_body(envelope, key).decode()
    except EdsError as error:
        raise CheckRefused.of(error, "The message cannot be signed") from error


def _read(text: str) -> etree._Element:
    try:
        return parse(xml_bytes(text), keep_comments=True, keep_instructions=True)
    except EdsError as error:
        raise CheckRefused.of(error, CANNOT_READ_XML) from error


def _take_out(signature: etree._Element) -> None:
    parent, before, tail = signature.getparent(), signature.getprevious(), signature.tail or ""
    assert parent is not None
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    signature.tail = None
    parent.remove(signature)


def _trim(root: etree._Element) -> None:
    """Take out text that is white space only, as NCANode's trimXml does."""
    for element in root.iter():
        if isinstance(element.tag, str) and element.text is not None and not element.text.strip():
            element.text = None
        if element is not root and element.tail is not None and not element.tail.strip():
            element.tail = None
