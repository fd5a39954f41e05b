"""Enveloped XML signatures as NCALayer makes them, and their cryptographic check.

Several signatures stand one after another at the end of the root and are checked last in, first out: signature N covers
the document with signatures 1..N-1 inside and without those after it. The covered bytes come back: nothing else of the
document may be trusted.
"""

from __future__ import annotations

import base64
import copy
import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from lxml import etree

from gateway.eds.algorithms import ALGORITHMS, Algorithms, SignatureAlgorithm
from gateway.eds.canonical import Canonicalisation, Method, canonical_document, cut_out
from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.errors import SignatureRefused
from gateway.eds.keys import SigningKey
from gateway.eds.signedinfo import (
    DS,
    ENVELOPED,
    SIGNATURE,
    SignedInfo,
    certificates_in,
    check_digest,
    check_value,
    ds,
    read_signed_info,
)
from gateway.eds.xml import parse, parse_again

MAX_SIGNATURES = 16
MAX_COVERED_BYTES = 64 * 1024 * 1024
"""What all signatures together may cover: each keeps its own copy of the document."""
_DECLARATION = b'<?xml version="1.0" encoding="utf-8" standalone="no"?>'


@dataclass(frozen=True)
class XmlSignature:
    """One signature that is cryptographically good; whether its signer may be trusted is the checker's question."""

    certificate: Certificate
    chain: tuple[Certificate, ...]
    covered: bytes
    signature_method: SignatureAlgorithm

    @cached_property
    def document(self) -> etree._Element:
        """What was covered, parsed from the covered bytes at the first reading: all that may be read as signed."""
        return parse_again(self.covered)


def sign_enveloped(document: bytes, key: SigningKey) -> bytes:
    """Add a signature at the end of the root, in NCALayer's form; earlier signatures stay and are covered.

    Whoever embeds the result into a larger document must do so as text: a signature with URI="" covers the namespaces
    that are in scope at the root.
    """
    root = parse(document, keep_comments=True, keep_instructions=True)
    method = key.algorithm
    covered = Canonicalisation(Method.INCLUSIVE_WITH_COMMENTS).document(root)
    signature = etree.fromstring(
        _TEMPLATE.format(
            ds=DS,
            c14n=Method.INCLUSIVE,
            method=method.uri,
            enveloped=ENVELOPED,
            transform=Method.INCLUSIVE_WITH_COMMENTS,
            digest=method.digest.uri,
            value=base64.b64encode(method.digest(covered)).decode(),
            certificate=lines_of(key.certificate.der),
        )
    )
    root.append(signature)
    data = Canonicalisation(Method.INCLUSIVE).subtree(signature[0])
    signature[1].text = f"\n{lines_of(method.to_xml(key.certificate.key_info, key.sign(data)))}\n"
    return _DECLARATION + etree.tostring(root.getroottree(), encoding="utf-8", xml_declaration=False)


def verify_enveloped(
    document: bytes, *, most: int = MAX_SIGNATURES, algorithms: Algorithms = ALGORITHMS
) -> tuple[XmlSignature, ...]:
    """Check every signature of a document, the last one first; raises `SignatureRefused` or `XmlRefused`.

    Cryptography only: certificate path, revocation and role are judged apart. More signatures than `most` are refused
    before any is checked: anybody may sign with a key of his own.
    """
    size = max(len(document), 1)
    most = min(most, max(MAX_COVERED_BYTES // size, 1))
    return _verify(parse(document, keep_instructions=True), most, algorithms)


def signs_exactly(draft: bytes, signed: bytes, signature: XmlSignature) -> bool:
    """Tell whether `signed` is the draft with a signature, and nothing besides.

    No signature of an enveloped document covers comments (XML-DSig section 4.4.3.2), so none may have been added: who
    reads the file in an editor would take them for signed. A draft has none.
    """
    return signature.covered == canonical_document(draft) and b"<!--" not in signed


def verify_enveloped_element(element: etree._Element) -> tuple[XmlSignature, ...]:
    """Check the signatures of an element inside a larger message, cut out as a document of its own.

    This is the business signature of ГБД ФЛ over `<data>`. Signers differ in what they counted as its namespaces: all
    that are in scope, or those that the element itself declares or uses. Both are tried, the covered bytes say which.
    """
    try:
        return _verify(cut_out(element))
    except SignatureRefused as refusal:
        if refusal.code not in {Code.DIGEST_MISMATCH, Code.SIGNATURE_BROKEN}:
            raise
        alone = etree.tostring(copy.deepcopy(element), with_tail=False, encoding="utf-8")
        return _verify(parse_again(alone, keep_instructions=True))


def _verify(
    root: etree._Element, most: int = MAX_SIGNATURES, algorithms: Algorithms = ALGORITHMS
) -> tuple[XmlSignature, ...]:
    # (1) Signatures are the last children of the root and of nothing else: a signature that was moved deeper together
    #     with the document it belongs to proves nothing about the new root. Deeper ones are content.
    signatures = list(root.iterchildren(SIGNATURE))
    if not signatures:
        nested = next(root.iter(SIGNATURE), None) is not None
        raise SignatureRefused(Code.SIGNATURE_MISPLACED if nested else Code.SIGNATURE_MISSING)
    if len(signatures) > most:
        raise SignatureRefused(Code.SIGNATURES_TOO_MANY, signatures=str(len(signatures)))
    last = list(islice(root.iterchildren("*", reversed=True), len(signatures)))
    if last != signatures[::-1]:
        raise SignatureRefused(Code.SIGNATURE_MISPLACED)
    # (2) Last in, first out.
    return tuple(_verify_last(root, signature, algorithms) for signature in reversed(signatures))


def _verify_last(root: etree._Element, signature: etree._Element, algorithms: Algorithms) -> XmlSignature:
    # (3) The form: one reference to this document, the enveloped transform, at most one canonicalisation after it.
    info = read_signed_info(signature, algorithms)
    if info.reference.uri != "":
        raise SignatureRefused(Code.REFERENCE_REFUSED, uri=info.reference.uri[:200])
    canonicalisation = _after_enveloped(info)
    # (4) The signer's certificate comes in X509Data; no other way of naming a key is listened to.
    chain = _signer(signature[2])
    # (5) The value over SignedInfo, before the document is canonicalised.
    check_value(info, chain[0])
    # (6) The digest over the document without this signature.
    _take_out(signature)
    covered = canonicalisation.document(root)
    check_digest(info, info.reference.digest(covered))
    # (7) What was covered, and nothing else of the document, goes on.
    return XmlSignature(chain[0], chain[1:], covered, info.method)


def _after_enveloped(info: SignedInfo) -> Canonicalisation:
    first, *rest = info.reference.transforms or ("",)
    if first != ENVELOPED:
        raise SignatureRefused(Code.TRANSFORM_REFUSED, algorithm="no enveloped-signature")
    if not rest:
        return Canonicalisation(Method.INCLUSIVE)
    if not isinstance(rest[0], Canonicalisation):
        raise SignatureRefused(Code.TRANSFORM_REFUSED, algorithm="enveloped-signature twice")
    return rest[0]


def _signer(key_info: etree._Element) -> tuple[Certificate, ...]:
    if [child.tag for child in key_info] != [ds("X509Data")]:
        raise SignatureRefused(Code.KEY_REFERENCE_REFUSED)
    return certificates_in(key_info[0])


def _take_out(signature: etree._Element) -> None:
    """Remove the signature and nothing else: the white space after it was there before."""
    parent, before, tail = signature.getparent(), signature.getprevious(), signature.tail
    assert parent is not None
    signature.tail = None
    parent.remove(signature)
    if not tail:
        return
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail


def lines_of(data: bytes) -> str:
    """Write base64 in lines of 76, as NCALayer does."""
    return base64.encodebytes(data).decode().rstrip("\n")


_TEMPLATE = re.sub(
    r"\n\s*",
    "\n",
    """<ds:Signature xmlns:ds="{ds}">
    <ds:SignedInfo>
    <ds:CanonicalizationMethod Algorithm="{c14n}"/>
    <ds:SignatureMethod Algorithm="{method}"/>
    <ds:Reference URI="">
    <ds:Transforms>
    <ds:Transform Algorithm="{enveloped}"/>
    <ds:Transform Algorithm="{transform}"/>
    </ds:Transforms>
    <ds:DigestMethod Algorithm="{digest}"/>
    <ds:DigestValue>{value}</ds:DigestValue>
    </ds:Reference>
    </ds:SignedInfo>
    <ds:SignatureValue/>
    <ds:KeyInfo>
    <ds:X509Data>
    <ds:X509Certificate>
    {certificate}
    </ds:X509Certificate>
    </ds:X509Data>
    </ds:KeyInfo>
    </ds:Signature>""",
)
