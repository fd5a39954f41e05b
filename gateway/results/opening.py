"""Takes a signed file apart, whatever its form: the good signatures, the evidence beside them, the result document."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from gateway.eds.certificate import Certificate
from gateway.eds.evidence import Evidence, joined, read_all_evidence
from gateway.eds.revocation.evidence import StoredEvidence
from gateway.eds.wsse import SOAP, verify_body
from gateway.eds.xml import parse
from gateway.eds.xmldsig import XmlSignature, verify_enveloped
from gateway.results.container import MAX_XML_BYTES, attached_xml, is_pdf
from gateway.results.document import ResultDocument
from gateway.results.errors import PageError, ResultCode
from gateway.results.markup import ROOT, read_result

_ENVELOPE = re.compile(rb"<(?:[\w.-]{1,40}:)?Envelope[\s>]")
_NOTHING = Evidence(StoredEvidence())


class Form(StrEnum):
    """The form of a signed file."""

    XML = "xml"
    PDF = "pdf"
    WS_SECURITY = "ws-security"
    CMS = "cms"


@dataclass(frozen=True, slots=True)
class GoodSignature:
    """One cryptographically good signature with what was kept beside it."""

    certificate: Certificate
    chain: tuple[Certificate, ...]
    value: bytes
    timestamp_tokens: tuple[bytes, ...]
    evidence: Evidence
    covered: bytes


@dataclass(frozen=True, slots=True)
class OpenedXml:
    """Signed XML taken apart; `document` is there when what was signed is a result of a public service."""

    form: Form
    xml: bytes
    signatures: tuple[GoodSignature, ...]
    enveloped: tuple[XmlSignature, ...] = ()
    document: ResultDocument | None = None


def open_xml(data: bytes, known: Iterable[Certificate] = ()) -> OpenedXml:
    """Open a PDF with its XML, an enveloped document or a SOAP envelope; the cryptography is checked on the way.

    `known` are the certificates that a gateway's answer may name by issuer and serial number. Raises `PageError`,
    `DocumentRefused` or `EdsError`.
    """
    pdf = is_pdf(data)
    xml = attached_xml(data) if pdf else data
    if len(xml) > MAX_XML_BYTES:
        raise PageError(ResultCode.TOO_LARGE, f"{len(xml)} bytes; at most {MAX_XML_BYTES} are read")
    if not pdf and _ENVELOPE.search(xml[:4096]):
        root = parse(xml)
        if root.tag == f"{{{SOAP}}}Envelope":
            body = verify_body(root, tuple(known))
            signature = GoodSignature(body.certificate, (), b"", (), _NOTHING, body.covered)
            return OpenedXml(Form.WS_SECURITY, xml, (signature,))
    enveloped = verify_enveloped(xml)
    # An answer may be about any of the signers, wherever it stands; a time stamp is about the signature that holds it.
    kept = read_all_evidence(xml)
    everything = joined(*(one.evidence for one in kept))
    signatures = tuple(
        GoodSignature(
            certificate=signature.certificate,
            chain=signature.chain,
            value=own.value,
            timestamp_tokens=own.evidence.timestamps,
            evidence=everything,
            covered=signature.covered,
        )
        for signature, own in zip(enveloped, kept, strict=True)
    )
    document = read_result(enveloped[0]) if enveloped[0].document.tag == ROOT else None
    return OpenedXml(Form.PDF if pdf else Form.XML, xml, signatures, enveloped, document)
