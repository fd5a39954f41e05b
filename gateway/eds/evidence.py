"""Evidence inside a signed document: the answers that the signature was judged by, for those who check it in years.

They stand in the XAdES form (ETSI EN 319 132-1, RevocationValues and CertificateValues) in a ds:Object of the last
signature. An enveloped signature does not cover itself, so it stays valid; an earlier signature is covered by the later
ones and is not touched. Where several persons sign in turn, each signature therefore gets its evidence before the next
one is made, and what comes to light about an earlier signer afterwards goes into the last.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from lxml import etree

from gateway.eds.canonical import Canonicalisation, Method
from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.codes import Code
from gateway.eds.errors import CertificateUnreadable, EvidenceUnreadable, SignatureRefused
from gateway.eds.revocation.evidence import Source, StoredEvidence
from gateway.eds.signedinfo import SIGNATURE, base64_text, ds
from gateway.eds.verdict import Verdict
from gateway.eds.xml import parse

XADES = "http://uri.etsi.org/01903/v1.3.2#"
_One = TypeVar("_One")
_MAX_VALUES = 32
_MAX_VALUE_CHARACTERS = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was kept with a signature."""

    revocation: StoredEvidence
    certificates: tuple[Certificate, ...] = ()
    timestamps: tuple[bytes, ...] = ()
    """Tokens over the signature (RFC 3161), as they came."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands in one signature of a document, and what its time stamps are over."""

    evidence: Evidence
    value: bytes
    """ds:SignatureValue in exclusive C14N, as `stamped_value` gives it for the last signature."""


def evidence_of(*verdicts: Verdict, timestamps: Iterable[bytes] = ()) -> Evidence:
    """Return everything that valid verdicts stood on: answers, lists, issuers' certificates; each once."""
    answers = [
        answer
        for verdict in verdicts
        for answer in (verdict.revocation, *verdict.authorities_revocation)
        if answer is not None
    ]
    ocsp = dict.fromkeys(raw for answer in answers if answer.source is Source.OCSP for raw in answer.raw)
    crls = dict.fromkeys(raw for answer in answers if answer.source is Source.CRL for raw in answer.raw)
    issuers = dict.fromkeys(issuer for verdict in verdicts for issuer in verdict.path[1:])
    return Evidence(StoredEvidence(tuple(ocsp), tuple(crls)), tuple(issuers), tuple(timestamps))


def keep_evidence(signed_xml: bytes, *verdicts: Verdict, timestamps: Iterable[bytes] = ()) -> bytes:
    """Keep in the last signature everything that valid verdicts stood on, and time stamps over its value.

    What stands in a signature of the document already is not repeated.
    """
    found, there = evidence_of(*verdicts, timestamps=timestamps), read_joined_evidence(signed_xml)
    ocsp = _without(found.revocation.ocsp, there.revocation.ocsp)
    crls = _without(found.revocation.crls, there.revocation.crls)
    certificates = _without(found.certificates, there.certificates)
    if not (ocsp or crls or certificates or found.timestamps):
        return signed_xml
    return add_ocsp(signed_xml, ocsp, crls=crls, certificates=certificates, timestamps=found.timestamps)


def stamped_value(signed_xml: bytes) -> bytes:
    """Return what a time stamp over the last signature is about: ds:SignatureValue in exclusive C14N (EN 319 132-1)."""
    signature = _last_signature(parse(signed_xml))
    if signature is None:
        raise SignatureRefused(Code.SIGNATURE_MISSING)
    return _stamped(signature)


def add_ocsp(
    signed_xml: bytes,
    ocsp_responses: Iterable[bytes],
    *,
    crls: Iterable[bytes] = (),
    certificates: Iterable[Certificate] = (),
    timestamps: Iterable[bytes] = (),
) -> bytes:
    """Keep OCSP answers (and lists, issuers' certificates, time stamps) in the last signature; it stays valid."""
    root = parse(signed_xml, keep_comments=True, keep_instructions=True)
    signature = _last_signature(root)
    if signature is None:
        raise SignatureRefused(Code.SIGNATURE_MISSING)
    identifier = signature.get("Id")
    if identifier is None:
        value = signature.find(ds("SignatureValue"))
        text = "" if value is None else "".join((value.text or "").split())
        identifier = f"signature-{hashlib.sha256(text.encode()).hexdigest()[:32]}"
        signature.set("Id", identifier)
    holder = etree.SubElement(signature, ds("Object"))
    qualifying = etree.SubElement(
        holder, _xades("QualifyingProperties"), {"Target": f"#{identifier}"}, nsmap={"xades": XADES}
    )
    unsigned = etree.SubElement(qualifying, _xades("UnsignedProperties"))
    properties = etree.SubElement(unsigned, _xades("UnsignedSignatureProperties"))
    for token in timestamps:
        stamp = etree.SubElement(properties, _xades("SignatureTimeStamp"))
        etree.SubElement(stamp, ds("CanonicalizationMethod"), {"Algorithm": str(Method.EXCLUSIVE)})
        _write(stamp, "EncapsulatedTimeStamp", [token])
    kept = [certificate.der for certificate in certificates]
    if kept:
        _write(etree.SubElement(properties, _xades("CertificateValues")), "EncapsulatedX509Certificate", kept)
    revocation = etree.SubElement(properties, _xades("RevocationValues"))
    lists = list(crls)
    if lists:
        _write(etree.SubElement(revocation, _xades("CRLValues")), "EncapsulatedCRLValue", lists)
    answers = list(ocsp_responses)
    if answers:
        _write(etree.SubElement(revocation, _xades("OCSPValues")), "EncapsulatedOCSPValue", answers)
    return etree.tostring(root.getroottree(), encoding="utf-8", xml_declaration=True)


def read_evidence(signed_xml: bytes) -> Evidence:
    """Read what is kept in the last signature; raises `EvidenceUnreadable`. Nothing of it is trusted yet."""
    if XADES.encode() not in signed_xml:
        return Evidence(StoredEvidence())
    signature = _last_signature(parse(signed_xml))
    return Evidence(StoredEvidence()) if signature is None else _evidence_in(signature)


def read_all_evidence(signed_xml: bytes) -> tuple[Kept, ...]:
    """Read what is kept in each signature, the last one first; raises `EvidenceUnreadable`. Nothing is trusted yet."""
    return tuple(
        Kept(_evidence_in(signature), _stamped(signature))
        for signature in reversed(parse(signed_xml).findall(SIGNATURE))
    )


def joined(*kept: Evidence) -> Evidence:
    """Return revocation answers and certificates of several signatures as one, each once; their time stamps stay out.

    A time stamp is about one signature; an answer is about whomever it names, wherever it stands.
    """
    return Evidence(
        StoredEvidence(
            tuple(dict.fromkeys(answer for one in kept for answer in one.revocation.ocsp)),
            tuple(dict.fromkeys(listed for one in kept for listed in one.revocation.crls)),
        ),
        tuple(dict.fromkeys(certificate for one in kept for certificate in one.certificates)),
    )


def read_joined_evidence(signed_xml: bytes) -> Evidence:
    """Read what is kept in all signatures as one; raises `EvidenceUnreadable`. Nothing of it is trusted yet."""
    if XADES.encode() not in signed_xml:
        return Evidence(StoredEvidence())
    return joined(*map(_evidence_in, reversed(parse(signed_xml).findall(SIGNATURE))))


def _evidence_in(signature: etree._Element) -> Evidence:
    properties = "/".join(
        (ds("Object"), *map(_xades, ("QualifyingProperties", "UnsignedProperties", "UnsignedSignatureProperties")))
    )
    ocsp = _read(signature, properties, "RevocationValues", "OCSPValues", "EncapsulatedOCSPValue")
    crls = _read(signature, properties, "RevocationValues", "CRLValues", "EncapsulatedCRLValue")
    found = _read(signature, properties, "CertificateValues", "EncapsulatedX509Certificate")
    try:
        certificates = tuple(read_certificate(der) for der in found)
    except CertificateUnreadable as error:
        raise EvidenceUnreadable(**error.facts) from error
    return Evidence(StoredEvidence(ocsp, crls), certificates, _timestamps(signature, properties))


def _stamped(signature: etree._Element) -> bytes:
    value = signature.find(ds("SignatureValue"))
    if value is None:
        raise SignatureRefused(Code.SIGNATURE_MISSING)
    return Canonicalisation(Method.EXCLUSIVE).subtree(value)


def _without(found: Iterable[_One], there: Iterable[_One]) -> tuple[_One, ...]:
    known = set(there)
    return tuple(one for one in found if one not in known)


def _timestamps(signature: etree._Element, properties: str) -> tuple[bytes, ...]:
    """Read the tokens; one over another canonical form of the value cannot be checked here and is no evidence."""
    for stamp in signature.findall(f"{properties}/{_xades('SignatureTimeStamp')}"):
        method = stamp.find(ds("CanonicalizationMethod"))
        if method is None or method.get("Algorithm") != Method.EXCLUSIVE:
            raise EvidenceUnreadable(element="SignatureTimeStamp")
    return _read(signature, properties, "SignatureTimeStamp", "EncapsulatedTimeStamp")


def _last_signature(root: etree._Element) -> etree._Element | None:
    signatures = root.findall(SIGNATURE)
    return signatures[-1] if signatures else None


def _xades(name: str) -> str:
    return f"{{{XADES}}}{name}"


def _write(parent: etree._Element, name: str, values: Sequence[bytes]) -> None:
    for value in values:
        etree.SubElement(parent, _xades(name)).text = base64.b64encode(value).decode()


def _read(signature: etree._Element, properties: str, *names: str) -> tuple[bytes, ...]:
    elements = signature.findall("/".join((properties, *map(_xades, names))))
    if len(elements) > _MAX_VALUES:
        raise EvidenceUnreadable(values=str(len(elements)))
    try:
        return tuple(base64_text(element, _MAX_VALUE_CHARACTERS) for element in elements)
    except SignatureRefused as error:
        raise EvidenceUnreadable(element=names[-1]) from error
