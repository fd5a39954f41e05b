"""ds:Signature as a strict form: what is read from it, what is refused, and the check of its value.

XML-DSig is a language; here only the sentences that Kazakhstan's systems say are understood. Anything else (several
references, Manifest, XPath, XSLT, outside URIs, parameters inside algorithms) is refused by name.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from lxml import etree

from gateway.eds.algorithms import ALGORITHMS, Algorithms, Digest, SignatureAlgorithm
from gateway.eds.canonical import Canonicalisation, Method
from gateway.eds.certificate import MAX_CERTIFICATE_BYTES, Certificate, read_certificate
from gateway.eds.codes import Code
from gateway.eds.errors import AlgorithmRefused, CertificateUnreadable, SignatureRefused

DS = "http://www.w3.org/2000/09/xmldsig#"
ENVELOPED = DS + "enveloped-signature"
SIGNATURE = f"{{{DS}}}Signature"
_EXCLUSIVE_NAMESPACE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_INCLUSIVE_NAMESPACES = f"{{{_EXCLUSIVE_NAMESPACE}}}InclusiveNamespaces"
_MAX_VALUE, _MAX_DIGEST, _MAX_PREFIXES = 16 * 1024, 1024, 32
_PREFIX = re.compile(r"[A-Za-z_#][\w.-]{0,63}")


@dataclass(frozen=True, slots=True)
class Reference:
    """The one ds:Reference: what it points to, how that is brought to bytes, and their digest."""

    uri: str
    transforms: tuple[str | Canonicalisation, ...]
    digest: Digest
    digest_value: bytes


@dataclass(frozen=True, slots=True)
class SignedInfo:
    """ds:SignedInfo, read."""

    element: etree._Element
    canonicalisation: Canonicalisation
    method: SignatureAlgorithm
    reference: Reference
    value: bytes


def ds(name: str) -> str:
    """Return the qualified name of an XML-DSig element."""
    return f"{{{DS}}}{name}"


def read_signed_info(signature: etree._Element, algorithms: Algorithms = ALGORITHMS) -> SignedInfo:
    """Read a ds:Signature; raises `SignatureRefused` for every form but the expected one."""
    # (1) SignedInfo, SignatureValue, KeyInfo, then only Objects, which sign nothing and are not looked at.
    children = list(signature)
    if [child.tag for child in children[:3]] != [ds("SignedInfo"), ds("SignatureValue"), ds("KeyInfo")]:
        raise SignatureRefused(Code.SIGNATURE_FORM, element="Signature")
    if any(child.tag != ds("Object") for child in children[3:]):
        raise SignatureRefused(Code.SIGNATURE_FORM, element="Signature")
    info = children[0]
    # (2) Exactly one Reference: with none nothing is signed, with several a reader takes the wrong one.
    references = [child for child in info if child.tag == ds("Reference")]
    if len(references) != 1:
        raise SignatureRefused(Code.REFERENCE_REFUSED, references=str(len(references)))
    if [child.tag for child in info] != [ds("CanonicalizationMethod"), ds("SignatureMethod"), ds("Reference")]:
        raise SignatureRefused(Code.SIGNATURE_FORM, element="SignedInfo")
    try:
        method = algorithms.signature(_algorithm(info[1]))
        canonicalisation = _canonicalisation(info[0], Code.CANONICALISATION_REFUSED)
        reference = _reference(info[2], algorithms)
        return SignedInfo(info, canonicalisation, method, reference, base64_text(children[1], _MAX_VALUE))
    except AlgorithmRefused as error:
        raise SignatureRefused(error.code, **error.facts) from error


def check_value(info: SignedInfo, certificate: Certificate) -> None:
    """Check ds:SignatureValue over SignedInfo with the certificate's key; raises `SignatureRefused`."""
    if info.method.key_algorithm != certificate.key_algorithm:
        raise SignatureRefused(Code.ALGORITHM_MISMATCH, algorithm=info.method.uri, key=certificate.key_algorithm)
    data = info.canonicalisation.subtree(info.element)
    try:
        value = info.method.from_xml(certificate.key_info, info.value)
        good = value is not None and info.method.verify(certificate.key_info, value, data)
    except AlgorithmRefused as error:
        raise SignatureRefused(error.code, **error.facts) from error
    if not good:
        raise SignatureRefused(Code.SIGNATURE_BROKEN, certificate=certificate.serial_hex)


def check_digest(info: SignedInfo, digest: bytes) -> None:
    """Check that the digest in the reference is this one; raises `SignatureRefused`."""
    if digest != info.reference.digest_value:
        raise SignatureRefused(Code.DIGEST_MISMATCH)


def certificates_in(data: etree._Element) -> tuple[Certificate, ...]:
    """Read the certificates of a ds:X509Data, the signer's first."""
    found = [child for child in data if child.tag == ds("X509Certificate")]
    if not 1 <= len(found) <= 8:
        raise SignatureRefused(Code.KEY_REFERENCE_REFUSED, certificates=str(len(found)))
    return tuple(embedded_certificate(element) for element in found)


def embedded_certificate(element: etree._Element) -> Certificate:
    """Read a certificate in base64 out of an element."""
    try:
        return read_certificate(base64_text(element, 2 * MAX_CERTIFICATE_BYTES))
    except CertificateUnreadable as error:
        raise SignatureRefused(error.code, **error.facts) from error


def base64_text(element: etree._Element, limit: int) -> bytes:
    """Read base64 with white space in it, bounded before it is decoded."""
    text = element.text or ""
    if len(element) or len(text) > limit:
        raise SignatureRefused(Code.SIGNATURE_FORM, element=_local(element))
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureRefused(Code.SIGNATURE_FORM, element=_local(element)) from error


def _reference(element: etree._Element, algorithms: Algorithms) -> Reference:
    uri = element.get("URI")
    if uri is None or set(map(str, element.attrib)) - {"URI", "Id", "Type"}:
        raise SignatureRefused(Code.REFERENCE_REFUSED, uri=str(uri))
    children = list(element)
    if [child.tag for child in children] != [ds("Transforms"), ds("DigestMethod"), ds("DigestValue")]:
        raise SignatureRefused(Code.SIGNATURE_FORM, element="Reference")
    transforms: list[str | Canonicalisation] = []
    for transform in children[0]:
        if transform.tag != ds("Transform") or len(transforms) == 2:
            raise SignatureRefused(Code.TRANSFORM_REFUSED)
        if transform.get("Algorithm") == ENVELOPED:
            _algorithm(transform)
            transforms.append(ENVELOPED)
        else:
            transforms.append(_canonicalisation(transform, Code.TRANSFORM_REFUSED))
    digest = algorithms.digest(_algorithm(children[1]))
    return Reference(uri, tuple(transforms), digest, base64_text(children[2], _MAX_DIGEST))


def _algorithm(element: etree._Element) -> str:
    """Return the Algorithm of an element that has nothing else."""
    name = element.get("Algorithm")
    if name is None or len(element) or len(element.attrib) != 1 or (element.text or "").strip():
        raise SignatureRefused(Code.SIGNATURE_FORM, element=_local(element))
    return name


def _canonicalisation(element: etree._Element, code: Code) -> Canonicalisation:
    name = element.get("Algorithm") or ""
    try:
        method = Method(name)
    except ValueError:
        raise SignatureRefused(code, algorithm=name[:200]) from None
    if not len(element):
        return Canonicalisation(Method(_algorithm(element)))
    if not method.exclusive or len(element) != 1 or element[0].tag != _INCLUSIVE_NAMESPACES or len(element[0]):
        raise SignatureRefused(code, algorithm=name)
    prefixes = (element[0].get("PrefixList") or "").split()
    if len(prefixes) > _MAX_PREFIXES or not all(_PREFIX.fullmatch(prefix) for prefix in prefixes):
        raise SignatureRefused(code, algorithm=name)
    return Canonicalisation(method, tuple(prefixes))


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname
