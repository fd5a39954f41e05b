"""Attacks on a signed SOAP message: wrapping of the Body, identifiers, the Security header and the key's reference."""

from __future__ import annotations

import base64
import copy
import re
from collections.abc import Callable

from lxml import etree

from gateway.eds.codes import Code
from gateway.eds.signedinfo import DS
from gateway.eds.wsse import SOAP, WSSE, WSU, KeyReference, sign_body
from gateway.eds.xml import parse
from tests.conformance.eds.attacks.attack import Attack, attacker, honest

_BODY = (
    '<t:SendMessage xmlns:t="http://bip.bee.kz/SyncChannel/v10/Types"><request xmlns="">{}</request></t:SendMessage>'
)
_FORM = f'<S:Envelope xmlns:S="{SOAP}"><S:Header/><S:Body>{{}}</S:Body></S:Envelope>'
MESSAGE = _FORM.format(_BODY.format("<iin>850101100012</iin>")).encode()
INCLUDING = _FORM.format(
    _BODY.format('<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:evil@attacker.test"/>')
).encode()
_ID = f"{{{WSU}}}Id"
_PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#"
_MEGABYTE = 2**20
Change = Callable[[etree._Element], None]


def signed(message: bytes = MESSAGE, reference: KeyReference = KeyReference.KEY_IDENTIFIER) -> bytes:
    """The honest message."""
    return sign_body(parse(message), honest(), reference)


def tree(change: Change) -> Callable[[bytes], bytes]:
    """An attack on the tree of the message."""

    def make(data: bytes) -> bytes:
        envelope = etree.fromstring(data)
        change(envelope)
        return etree.tostring(envelope, encoding="utf-8")

    return make


def text(pattern: str, replacement: str) -> Callable[[bytes], bytes]:
    """An attack on the text of the message."""

    def make(data: bytes) -> bytes:
        out = re.sub(pattern.encode(), lambda _: replacement.encode(), data, flags=re.DOTALL)
        assert out != data
        return out

    return make


def by_issuer(change: Change) -> Callable[[bytes], bytes]:
    """An attack on the form that names the certificate by issuer and serial number."""
    return lambda _: tree(change)(signed(reference=KeyReference.ISSUER_SERIAL))


def find(envelope: etree._Element, name: str) -> etree._Element:
    """The first element of a local name."""
    return next(element for element in envelope.iter() if etree.QName(element).localname == name)


def evil(identifier: str) -> etree._Element:
    """A Body of the attacker's."""
    body = etree.Element(f"{{{SOAP}}}Body", {_ID: identifier})
    body.append(etree.fromstring(_BODY.format("<iin>900101100014</iin>")))
    return body


def _wrap(place: Callable[[etree._Element, etree._Element], None], *, rename: bool, keep_id: bool = False) -> Change:
    """Move the signed Body to some place and put a false one where it stood."""

    def change(envelope: etree._Element) -> None:
        body = find(envelope, "Body")
        identifier = str(body.get(_ID))
        false = evil(identifier if keep_id else "evil")
        envelope.replace(body, false)
        if rename:
            body.tag = "Wrapper"
        place(envelope, body)

    return change


def _into_header(envelope: etree._Element, body: etree._Element) -> None:
    find(envelope, "Header").append(body)


def _into_security(envelope: etree._Element, body: etree._Element) -> None:
    find(envelope, "Security").append(body)


def _into_object(envelope: etree._Element, body: etree._Element) -> None:
    etree.SubElement(find(envelope, "Signature"), f"{{{DS}}}Object").append(body)


def _into_false_body(envelope: etree._Element, body: etree._Element) -> None:
    find(envelope, "Body").append(body)


def _behind(envelope: etree._Element, body: etree._Element) -> None:
    envelope.append(body)


def _before(envelope: etree._Element, body: etree._Element) -> None:
    envelope.insert(0, body)


def _whole_envelope_inside(envelope: etree._Element) -> None:
    inner = copy.deepcopy(envelope)
    body = find(envelope, "Body")
    body.clear()
    body.append(inner)


def _copied_id(tag: str, attribute: str) -> Change:
    def change(envelope: etree._Element) -> None:
        identifier = str(find(envelope, "Body").get(_ID))
        etree.SubElement(find(envelope, "Header"), tag).set(attribute, identifier)

    return change


def _id_moves(attribute: str, name: str = "Body") -> Change:
    def change(envelope: etree._Element) -> None:
        identifier = str(find(envelope, "Body").attrib.pop(_ID))
        find(envelope, name).set(attribute, identifier)

    return change


def _set(name: str, attribute: str, value: str) -> Change:
    return lambda envelope: find(envelope, name).set(attribute, value)


def _said(name: str, value: str) -> Change:
    def change(envelope: etree._Element) -> None:
        find(envelope, name).text = value

    return change


def _again(name: str) -> Change:
    def change(envelope: etree._Element) -> None:
        element = find(envelope, name)
        element.addnext(copy.deepcopy(element))

    return change


def _moved(name: str, to: str) -> Change:
    return lambda envelope: find(envelope, to).append(find(envelope, name))


def _gone(name: str) -> Change:
    def change(envelope: etree._Element) -> None:
        element = find(envelope, name)
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)

    return change


def _token(content: str) -> Change:
    def change(envelope: etree._Element) -> None:
        reference = find(envelope, "SecurityTokenReference")
        reference.clear()
        reference.append(etree.fromstring(content.format(wsse=WSSE, wsu=WSU, ds=DS, profile=_PROFILE)))

    return change


def _only_the_timestamp(envelope: etree._Element) -> None:
    timestamp = etree.SubElement(find(envelope, "Security"), f"{{{WSU}}}Timestamp")
    timestamp.set(_ID, str(find(envelope, "Body").attrib.pop(_ID)))
    find(envelope, "Body").set(_ID, "id-body")


def _attackers_key(envelope: etree._Element) -> None:
    find(envelope, "KeyIdentifier").text = base64.b64encode(attacker().certificate.der).decode()


def _other_content(envelope: etree._Element) -> None:
    find(envelope, "iin").text = "900101100014"


def _header_and_body_swapped(envelope: etree._Element) -> None:
    envelope.append(find(envelope, "Header"))


FORM, MISPLACED, NOT_COVERED = Code.ENVELOPE_FORM, Code.SIGNATURE_MISPLACED, Code.BODY_NOT_COVERED
KEY = Code.KEY_REFERENCE_REFUSED

WRAPPING = (
    Attack("body-moved-into-header", FORM, tree(_wrap(_into_header, rename=False))),
    Attack("body-moved-into-header-renamed", NOT_COVERED, tree(_wrap(_into_header, rename=True))),
    Attack("body-moved-into-header-same-id", Code.IDS_NOT_UNIQUE, tree(_wrap(_into_header, rename=True, keep_id=True))),
    Attack("body-moved-into-security", NOT_COVERED, tree(_wrap(_into_security, rename=True))),
    Attack("body-moved-into-object", NOT_COVERED, tree(_wrap(_into_object, rename=True))),
    Attack("body-moved-into-object-same-id", Code.IDS_NOT_UNIQUE, tree(_wrap(_into_object, rename=True, keep_id=True))),
    Attack("body-moved-into-false-body", FORM, tree(_wrap(_into_false_body, rename=False))),
    Attack("body-moved-into-false-body-renamed", NOT_COVERED, tree(_wrap(_into_false_body, rename=True))),
    Attack("body-behind-a-false-one", FORM, tree(_wrap(_behind, rename=False))),
    Attack("body-before-a-false-one", FORM, tree(_wrap(_before, rename=False))),
    Attack("body-behind-a-false-one-renamed", FORM, tree(_wrap(_behind, rename=True))),
    Attack("envelope-inside-the-body", FORM, tree(_whole_envelope_inside)),
    Attack(
        "envelope-inside-another-root",
        FORM,
        lambda data: b"<evil>" + re.sub(rb"<\?xml[^>]*\?>", b"", data) + b"</evil>",
    ),
    Attack("envelope-of-soap-1.2", FORM, text(re.escape(SOAP), "http://www.w3.org/2003/05/soap-envelope")),
    Attack("header-behind-the-body", FORM, tree(_header_and_body_swapped)),
    Attack("body-missing", FORM, tree(_gone("Body"))),
    Attack("body-changed", Code.DIGEST_MISMATCH, tree(_other_content)),
    Attack("body-attribute-added", Code.DIGEST_MISMATCH, tree(_set("Body", "x", "1"))),
)

IDENTIFIERS = (
    Attack("id-twice", Code.IDS_NOT_UNIQUE, tree(_copied_id("x", _ID))),
    Attack("id-twice-as-plain-id", Code.IDS_NOT_UNIQUE, tree(_copied_id("x", "Id"))),
    Attack("id-twice-as-capital-id", Code.IDS_NOT_UNIQUE, tree(_copied_id("x", "ID"))),
    Attack("id-twice-as-small-id", Code.IDS_NOT_UNIQUE, tree(_copied_id("x", "id"))),
    Attack(
        "id-twice-as-xml-id", Code.IDS_NOT_UNIQUE, tree(_copied_id("x", "{http://www.w3.org/XML/1998/namespace}id"))
    ),
    Attack("id-twice-in-a-strange-namespace", Code.IDS_NOT_UNIQUE, tree(_copied_id("x", "{urn:evil}Id"))),
    Attack("id-of-the-envelope", NOT_COVERED, tree(_id_moves(_ID, "Envelope"))),
    Attack("id-of-the-header", NOT_COVERED, tree(_id_moves(_ID, "Header"))),
    Attack("id-of-what-is-in-the-body", NOT_COVERED, tree(_id_moves(_ID, "SendMessage"))),
    Attack("id-of-no-namespace", NOT_COVERED, tree(_id_moves("Id"))),
    Attack("id-of-xml", NOT_COVERED, tree(_id_moves("{http://www.w3.org/XML/1998/namespace}id"))),
    Attack("id-of-nobody", Code.IDS_NOT_UNIQUE, tree(_id_moves("name"))),
    *(
        Attack(f"reference-to-{what}", code, tree(_set("Reference", "URI", uri)))
        for what, code, uri in (
            ("the-document", Code.REFERENCE_REFUSED, ""),
            ("nothing", Code.REFERENCE_REFUSED, "#"),
            ("an-address", Code.REFERENCE_REFUSED, "http://attacker.test/"),
            ("an-attachment", Code.REFERENCE_REFUSED, "cid:a@attacker.test"),
            ("an-xpointer", Code.IDS_NOT_UNIQUE, "#xpointer(//*)"),
            ("a-quote", Code.IDS_NOT_UNIQUE, "#'] | //*['"),
            ("a-long-name", Code.REFERENCE_REFUSED, "#" + "x" * 100_000),
        )
    ),
    Attack("reference-twice", Code.REFERENCE_REFUSED, tree(_again("Reference"))),
    Attack("reference-missing", Code.REFERENCE_REFUSED, tree(_gone("Reference"))),
    Attack("timestamp-signed-instead", NOT_COVERED, tree(_only_the_timestamp)),
)

HEADERS = (
    Attack("security-twice", FORM, tree(_again("Security"))),
    Attack("security-in-the-body", FORM, tree(_moved("Security", "Body"))),
    Attack("security-missing", Code.SIGNATURE_MISSING, tree(_gone("Security"))),
    Attack("signature-missing", Code.SIGNATURE_MISSING, tree(_gone("Signature"))),
    Attack("signature-twice", MISPLACED, tree(_again("Signature"))),
    Attack("signature-beside-security", MISPLACED, tree(_moved("Signature", "Header"))),
    Attack("signature-in-the-body-alone", Code.SIGNATURE_MISSING, tree(_moved("Signature", "Body"))),
    Attack("header-missing", Code.SIGNATURE_MISSING, tree(_gone("Header"))),
)

FORMS = (
    Attack(
        "transform-enveloped", Code.TRANSFORM_REFUSED, tree(_set("Transform", "Algorithm", DS + "enveloped-signature"))
    ),
    Attack(
        "transform-xslt",
        Code.TRANSFORM_REFUSED,
        tree(_set("Transform", "Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116")),
    ),
    Attack(
        "transform-xpath",
        Code.TRANSFORM_REFUSED,
        tree(_set("Transform", "Algorithm", "http://www.w3.org/TR/1999/REC-xpath-19991116")),
    ),
    Attack(
        "transform-inclusive",
        Code.TRANSFORM_REFUSED,
        tree(_set("Transform", "Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315")),
    ),
    Attack(
        "transform-of-a-token-reference",
        Code.TRANSFORM_REFUSED,
        tree(
            _set(
                "Transform",
                "Algorithm",
                _PROFILE.replace("x509-token-profile", "soap-message-security") + "STR-Transform",
            )
        ),
    ),
    Attack(
        "transform-of-an-attachment",
        Code.TRANSFORM_REFUSED,
        tree(
            _set(
                "Transform",
                "Algorithm",
                "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Content-Signature-Transform",
            )
        ),
    ),
    Attack("transform-twice", Code.TRANSFORM_REFUSED, tree(_again("Transform"))),
    Attack("transform-missing", Code.TRANSFORM_REFUSED, tree(_gone("Transform"))),
    Attack(
        "canonicalisation-inclusive",
        Code.CANONICALISATION_REFUSED,
        tree(_set("CanonicalizationMethod", "Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315")),
    ),
    Attack("algorithm-hmac", Code.ALGORITHM_UNKNOWN, tree(_set("SignatureMethod", "Algorithm", DS + "hmac-sha1"))),
    Attack("algorithm-rsa-sha-1", Code.ALGORITHM_WEAK, tree(_set("SignatureMethod", "Algorithm", DS + "rsa-sha1"))),
    Attack(
        "algorithm-of-another-key",
        Code.ALGORITHM_MISMATCH,
        tree(_set("SignatureMethod", "Algorithm", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")),
    ),
    Attack("digest-sha-1", Code.ALGORITHM_WEAK, tree(_set("DigestMethod", "Algorithm", DS + "sha1"))),
    Attack("digest-padded", Code.SIGNATURE_FORM, tree(_said("DigestValue", "A" * _MEGABYTE))),
    Attack("value-padded", Code.XML_TOO_COMPLEX, tree(_said("SignatureValue", "\n" * 12 * _MEGABYTE))),
    Attack(
        "value-of-zeros", Code.SIGNATURE_BROKEN, tree(_said("SignatureValue", base64.b64encode(bytes(64)).decode()))
    ),
)

KEYS = (
    Attack("key-of-the-attacker", Code.SIGNATURE_BROKEN, tree(_attackers_key)),
    Attack("key-of-another-type", KEY, tree(_set("KeyIdentifier", "ValueType", "urn:SAML"))),
    Attack("key-of-another-encoding", KEY, tree(_set("KeyIdentifier", "EncodingType", "urn:hex"))),
    Attack("key-twice", KEY, tree(_again("KeyIdentifier"))),
    Attack("key-missing", KEY, tree(_gone("KeyIdentifier"))),
    Attack("key-reference-twice", KEY, tree(_again("SecurityTokenReference"))),
    Attack("key-padded", Code.SIGNATURE_FORM, tree(_said("KeyIdentifier", "A" * _MEGABYTE))),
    Attack("key-is-no-certificate", Code.CERTIFICATE_UNREADABLE, tree(_said("KeyIdentifier", "AAAA"))),
    Attack("key-by-direct-reference", KEY, tree(_token('<w:Reference xmlns:w="{wsse}" URI="#token"/>'))),
    Attack(
        "key-by-outside-reference", KEY, tree(_token('<w:Reference xmlns:w="{wsse}" URI="http://attacker.test/k"/>'))
    ),
    Attack("key-embedded", KEY, tree(_token('<w:Embedded xmlns:w="{wsse}"/>'))),
    Attack("key-by-name", KEY, tree(_token('<d:KeyName xmlns:d="{ds}">x</d:KeyName>'))),
    Attack("key-by-x509-data", KEY, tree(_token('<d:X509Data xmlns:d="{ds}"><d:X509Certificate/></d:X509Data>'))),
    Attack("issuer-of-another", Code.SIGNER_CERTIFICATE_UNKNOWN, by_issuer(_said("X509IssuerName", "CN=x"))),
    Attack(
        "issuer-of-a-megabyte",
        Code.SIGNER_CERTIFICATE_UNKNOWN,
        by_issuer(_said("X509IssuerName", "CN=" + "\\" * _MEGABYTE)),
    ),
    Attack("issuer-missing", KEY, by_issuer(_gone("X509IssuerName"))),
    Attack("serial-of-another", Code.SIGNER_CERTIFICATE_UNKNOWN, by_issuer(_said("X509SerialNumber", "5"))),
    Attack(
        "serial-of-a-megabyte", Code.SIGNER_CERTIFICATE_UNKNOWN, by_issuer(_said("X509SerialNumber", "9" * _MEGABYTE))
    ),
    Attack("serial-twice", KEY, by_issuer(_again("X509SerialNumber"))),
    Attack("issuer-serial-twice", KEY, by_issuer(_again("X509IssuerSerial"))),
)

SOAP_ATTACKS = WRAPPING + IDENTIFIERS + HEADERS + FORMS + KEYS
