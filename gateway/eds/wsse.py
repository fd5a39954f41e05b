"""WS-Security as ЭҮШ uses it: one signature over the Body, no timestamp, no token but the certificate.

Clients put the whole certificate into a KeyIdentifier; the gateway answers with WSS4J's default identifiers and names
its certificate by issuer and serial number only, so that the receiver must already hold it.
"""

from __future__ import annotations

import base64
import copy
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from lxml import etree

from gateway.eds.algorithms import ALGORITHMS, Algorithms, Digest
from gateway.eds.canonical import Canonicalisation, Method
from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.errors import SignatureRefused
from gateway.eds.keys import SigningKey
from gateway.eds.signedinfo import (
    DS,
    SIGNATURE,
    Reference,
    check_digest,
    check_value,
    ds,
    embedded_certificate,
    read_signed_info,
)
from gateway.eds.xml import parse_again
from gateway.eds.xmldsig import lines_of

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE, WSU = _OASIS + "wssecurity-secext-1.0.xsd", _OASIS + "wssecurity-utility-1.0.xsd"
_X509V3, _BASE64 = _OASIS + "x509-token-profile-1.0#X509v3", _OASIS + "soap-message-security-1.0#Base64Binary"
_ENVELOPE, _HEADER, _BODY = f"{{{SOAP}}}Envelope", f"{{{SOAP}}}Header", f"{{{SOAP}}}Body"
_SECURITY, _ID = f"{{{WSSE}}}Security", f"{{{WSU}}}Id"
_EXCLUSIVE = Canonicalisation(Method.EXCLUSIVE)
# lxml would write ns0 for a namespace that no ancestor declares.
etree.register_namespace("wsu", WSU)
_SAME_ID = etree.XPath("count(//@*[translate(local-name(), 'ID', 'id') = 'id'][. = $value])")


class KeyReference(Enum):
    """How the signer's certificate is named."""

    KEY_IDENTIFIER = "key-identifier"
    ISSUER_SERIAL = "issuer-serial"


@dataclass(frozen=True, slots=True)
class BodySignature:
    """A Body whose signature is cryptographically good.

    `source` is the Body as it stood in the envelope: a business signature inside it is checked there, because it counts
    the namespaces around it.
    """

    certificate: Certificate
    source: etree._Element
    covered: bytes

    @property
    def body(self) -> etree._Element:
        """The Body parsed anew from the covered bytes."""
        return parse_again(self.covered)


def sign_body(
    envelope: etree._Element,
    key: SigningKey,
    reference: KeyReference = KeyReference.KEY_IDENTIFIER,
    *,
    digest: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """Return the envelope with its Body signed; a Security header of an earlier hop is replaced.

    Where marks stand for parts of the Body, `digest` digests its canonical form as if it were whole; what is returned
    has the marks still.
    """
    digest = digest or key.algorithm.digest
    signed = copy.deepcopy(envelope)
    header, body = _header_and_body(signed)
    if header is None:
        header = etree.Element(_HEADER)
        signed.insert(0, header)
    for earlier in header.findall(_SECURITY):
        header.remove(earlier)
    identifier = f"id-{uuid.uuid4()}"
    for name in [name for name in body.attrib if etree.QName(name).localname.lower() == "id"]:
        del body.attrib[name]
    body.set(_ID, identifier)
    security = etree.SubElement(header, _SECURITY, {f"{{{SOAP}}}mustUnderstand": "1"}, nsmap={"wsse": WSSE, "wsu": WSU})
    form = _CLIENT_FORM if reference is KeyReference.KEY_IDENTIFIER else _GATEWAY_FORM
    signature = etree.fromstring(
        form.format(
            ds=DS,
            wsse=WSSE,
            wsu=WSU,
            c14n=Method.EXCLUSIVE,
            method=key.algorithm.uri,
            digest=key.algorithm.digest.uri,
            value=base64.b64encode(digest(_EXCLUSIVE.subtree(body))).decode(),
            body=identifier,
            x509v3=_X509V3,
            base64=_BASE64,
            certificate=base64.b64encode(key.certificate.der).decode(),
            serial=key.certificate.serial,
            one=uuid.uuid4(),
            two=uuid.uuid4(),
            three=uuid.uuid4(),
        )
    )
    security.append(signature)
    for issuer in signature.iter(ds("X509IssuerName")):
        issuer.text = key.certificate.issuer_dn
    value = key.algorithm.to_xml(key.certificate.key_info, key.sign(_EXCLUSIVE.subtree(signature[0])))
    signature[1].text = f"\n{lines_of(value)}\n"
    return etree.tostring(signed, encoding="utf-8", xml_declaration=True)


def verify_body(
    envelope: etree._Element,
    known: Sequence[Certificate] = (),
    *,
    algorithms: Algorithms = ALGORITHMS,
    digest: Callable[[bytes, Digest], bytes] | None = None,
) -> BodySignature:
    """Check the signature over the Body; `known` are the certificates that issuer and serial number may name.

    Cryptography only: whether the certificate is the sender's, and whether it may be trusted, is judged apart. Where
    marks stand for parts of the Body, `digest` digests its canonical form as if it were whole; what comes back has the
    marks still. Raises `SignatureRefused`.
    """
    # (1) One Envelope at the root, at most one Header, one Body, nothing else: no second Body to be read by others.
    header, body = _header_and_body(envelope)
    if sum(1 for _ in envelope.iter(_ENVELOPE, _HEADER, _BODY)) != 2 + (header is not None):
        raise SignatureRefused(Code.ENVELOPE_FORM, element="a second Envelope, Header or Body")
    # (2) One Security in the Header, one Signature in the whole Header and right inside Security.
    security = list(envelope.iter(_SECURITY))
    if not security:
        raise SignatureRefused(Code.SIGNATURE_MISSING)
    if header is None or len(security) != 1 or security[0].getparent() is not header:
        raise SignatureRefused(Code.ENVELOPE_FORM, element="Security")
    signatures = list(header.iter(SIGNATURE))
    if not signatures:
        raise SignatureRefused(Code.SIGNATURE_MISSING)
    if len(signatures) != 1 or signatures[0].getparent() is not security[0]:
        raise SignatureRefused(Code.SIGNATURE_MISPLACED)
    signature = signatures[0]
    # (3) The form, and the reference: an id that one attribute of the message has, the wsu:Id of THE Body.
    info = read_signed_info(signature, algorithms)
    if not info.canonicalisation.method.exclusive:
        raise SignatureRefused(Code.CANONICALISATION_REFUSED, algorithm=info.canonicalisation.method)
    canonicalisation = _body_canonicalisation(info.reference)
    _check_reference(envelope, body, info.reference)
    # (4) The signer's certificate.
    certificate = _signer(signature[2], known)
    # (5) The value over SignedInfo, then the digest over the Body.
    check_value(info, certificate)
    covered = canonicalisation.subtree(body)
    check_digest(info, digest(covered, info.reference.digest) if digest else info.reference.digest(covered))
    return BodySignature(certificate, body, covered)


def _header_and_body(envelope: etree._Element) -> tuple[etree._Element | None, etree._Element]:
    if envelope.tag != _ENVELOPE or envelope.getparent() is not None:
        raise SignatureRefused(Code.ENVELOPE_FORM, element="Envelope")
    parts = [child for child in envelope if isinstance(child.tag, str)]
    tags = [part.tag for part in parts]
    if tags == [_BODY]:
        return None, parts[0]
    if tags == [_HEADER, _BODY]:
        return parts[0], parts[1]
    raise SignatureRefused(Code.ENVELOPE_FORM, element="Header and Body")


def _body_canonicalisation(reference: Reference) -> Canonicalisation:
    if len(reference.transforms) != 1:
        raise SignatureRefused(Code.TRANSFORM_REFUSED, transforms=str(len(reference.transforms)))
    transform = reference.transforms[0]
    if not isinstance(transform, Canonicalisation) or not transform.method.exclusive:
        raise SignatureRefused(Code.TRANSFORM_REFUSED, algorithm=str(transform)[:200])
    return transform


def _check_reference(envelope: etree._Element, body: etree._Element, reference: Reference) -> None:
    identifier = reference.uri.removeprefix("#")
    if not reference.uri.startswith("#") or not identifier or len(identifier) > 200:
        raise SignatureRefused(Code.REFERENCE_REFUSED, uri=reference.uri[:200])
    if _SAME_ID(envelope, value=identifier) != 1:
        raise SignatureRefused(Code.IDS_NOT_UNIQUE, id=identifier)
    if body.get(_ID) != identifier:
        raise SignatureRefused(Code.BODY_NOT_COVERED, id=identifier)


def _signer(key_info: etree._Element, known: Sequence[Certificate]) -> Certificate:
    if [child.tag for child in key_info] != [f"{{{WSSE}}}SecurityTokenReference"] or len(key_info[0]) != 1:
        raise SignatureRefused(Code.KEY_REFERENCE_REFUSED)
    token = key_info[0][0]
    if token.tag == f"{{{WSSE}}}KeyIdentifier":
        if token.get("ValueType") != _X509V3 or token.get("EncodingType", _BASE64) != _BASE64:
            raise SignatureRefused(Code.KEY_REFERENCE_REFUSED, type=str(token.get("ValueType"))[:200])
        return embedded_certificate(token)
    if token.tag == ds("X509Data") and [child.tag for child in token] == [ds("X509IssuerSerial")]:
        return _known(token[0], known)
    raise SignatureRefused(Code.KEY_REFERENCE_REFUSED)


def _known(issuer_serial: etree._Element, known: Sequence[Certificate]) -> Certificate:
    if [child.tag for child in issuer_serial] != [ds("X509IssuerName"), ds("X509SerialNumber")]:
        raise SignatureRefused(Code.KEY_REFERENCE_REFUSED)
    issuer, serial = issuer_serial[0].text or "", (issuer_serial[1].text or "").strip()
    for certificate in known:
        if str(certificate.serial) == serial and certificate.issuer.written_as(issuer):
            return certificate
    raise SignatureRefused(Code.SIGNER_CERTIFICATE_UNKNOWN, issuer=issuer[:200], serial=serial[:64])


_SIGNED_INFO = """<ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="{c14n}"/>
<ds:SignatureMethod Algorithm="{method}"/>
<ds:Reference URI="#{body}">
<ds:Transforms>
<ds:Transform Algorithm="{c14n}"/>
</ds:Transforms>
<ds:DigestMethod Algorithm="{digest}"/>
<ds:DigestValue>{value}</ds:DigestValue>
</ds:Reference>
</ds:SignedInfo>
<ds:SignatureValue/>
"""
_CLIENT_FORM = (
    '<ds:Signature xmlns:ds="{ds}">\n'
    + _SIGNED_INFO
    + '<ds:KeyInfo>\n<wsse:SecurityTokenReference xmlns:wsse="{wsse}">'
    '<wsse:KeyIdentifier EncodingType="{base64}" ValueType="{x509v3}">{certificate}</wsse:KeyIdentifier>'
    "</wsse:SecurityTokenReference>\n</ds:KeyInfo>\n</ds:Signature>"
)
_GATEWAY_FORM = (
    '<ds:Signature xmlns:ds="{ds}" Id="SIG-{one}">' + _SIGNED_INFO.replace("\n", "") + '<ds:KeyInfo Id="KI-{two}">'
    '<wsse:SecurityTokenReference xmlns:wsse="{wsse}" xmlns:wsu="{wsu}" wsu:Id="STR-{three}">'
    "<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName/><ds:X509SerialNumber>{serial}</ds:X509SerialNumber>"
    "</ds:X509IssuerSerial></ds:X509Data></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>"
)
