from __future__ import annotations

import copy
import re
from collections.abc import Callable

import pytest
from lxml import etree

from gateway.eds.codes import Code
from gateway.eds.errors import SignatureRefused
from gateway.eds.keys import SoftwareKey
from gateway.eds.wsse import SOAP, WSSE, WSU, KeyReference, sign_body, verify_body
from gateway.eds.xml import parse
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped_element

ENVELOPE = f"""<S:Envelope xmlns:S="{SOAP}" xmlns:unused="urn:unused"><S:Header/><S:Body>
<t:SendMessage xmlns:t="http://bip.bee.kz/SyncChannel/v10/Types"><request xmlns=""><iin>850101100013</iin></request>
</t:SendMessage></S:Body></S:Envelope>""".encode()


def signed(key: SoftwareKey, reference: KeyReference = KeyReference.KEY_IDENTIFIER) -> etree._Element:
    return parse(sign_body(parse(ENVELOPE), key, reference))


def refused(envelope: etree._Element, *known: object) -> Code:
    with pytest.raises(SignatureRefused) as refusal:
        verify_body(envelope, known)  # type: ignore[arg-type]
    return refusal.value.code


@pytest.mark.parametrize("fixture", ["key", "rsa_key"])
def test_clients_form_verifies_with_the_certificate_inside(fixture: str, request: pytest.FixtureRequest) -> None:
    key: SoftwareKey = request.getfixturevalue(fixture)
    envelope = signed(key)
    found = verify_body(envelope)
    assert found.certificate == key.certificate
    assert found.body.tag == f"{{{SOAP}}}Body"
    assert found.body.findtext(".//iin") == "850101100013"
    assert b"urn:unused" not in found.covered
    text = etree.tostring(envelope).decode()
    assert re.search(r'wsu:Id="id-[0-9a-f-]{36}"', text)
    assert "BinarySecurityToken" not in text
    assert 'mustUnderstand="1"' in text


def test_gateways_form_names_a_certificate_that_must_be_known(key: SoftwareKey, rsa_key: SoftwareKey) -> None:
    envelope = signed(key, KeyReference.ISSUER_SERIAL)
    text = etree.tostring(envelope, encoding="unicode")
    assert re.search(r'Id="SIG-.*Id="KI-.*Id="STR-', text, re.DOTALL)
    assert key.certificate.pem.splitlines()[1] not in text
    assert verify_body(envelope, [rsa_key.certificate, key.certificate]).certificate == key.certificate
    assert refused(envelope, rsa_key.certificate) is Code.SIGNER_CERTIFICATE_UNKNOWN
    assert refused(envelope) is Code.SIGNER_CERTIFICATE_UNKNOWN


def test_issuer_name_is_understood_in_either_order(key: SoftwareKey) -> None:
    envelope = signed(key, KeyReference.ISSUER_SERIAL)
    name = envelope.find(".//{*}X509IssuerName")
    assert name is not None
    name.text = ", ".join(reversed((name.text or "").split(",")))
    assert verify_body(envelope, [key.certificate]).certificate == key.certificate


def test_signing_again_replaces_the_header_of_the_hop_before(key: SoftwareKey, rsa_key: SoftwareKey) -> None:
    again = parse(sign_body(signed(key), rsa_key, KeyReference.ISSUER_SERIAL))
    assert verify_body(again, [rsa_key.certificate]).certificate == rsa_key.certificate
    assert len(again.findall(f".//{{{WSSE}}}Security")) == 1


def test_the_envelope_that_was_given_is_not_changed(key: SoftwareKey) -> None:
    envelope = parse(ENVELOPE)
    sign_body(envelope, key)
    assert etree.tostring(envelope) == etree.tostring(parse(ENVELOPE))


def test_envelope_without_header_gets_one(key: SoftwareKey) -> None:
    assert verify_body(parse(sign_body(parse(ENVELOPE.replace(b"<S:Header/>", b"")), key))).certificate


def test_comment_inside_a_text_does_not_change_what_is_read(key: SoftwareKey) -> None:
    raw = sign_body(parse(ENVELOPE), key).replace(b"850101100013", b"850101<!-- x -->100013")
    assert verify_body(etree.fromstring(raw)).body.findtext(".//iin") == "850101100013"


def body_of(envelope: etree._Element) -> etree._Element:
    found = envelope.find(f"{{{SOAP}}}Body")
    assert found is not None
    return found


def header_of(envelope: etree._Element) -> etree._Element:
    found = envelope.find(f"{{{SOAP}}}Header")
    assert found is not None
    return found


def evil_body(identifier: str | None = None) -> etree._Element:
    body = etree.Element(f"{{{SOAP}}}Body")
    if identifier is not None:
        body.set(f"{{{WSU}}}Id", identifier)
    etree.SubElement(body, "iin").text = "1"
    return body


def second_body_before(envelope: etree._Element) -> None:
    body_of(envelope).addprevious(evil_body("evil"))


def second_body_after(envelope: etree._Element) -> None:
    body_of(envelope).addnext(evil_body())


def body_moved_into_header(envelope: etree._Element) -> None:
    body = body_of(envelope)
    etree.SubElement(header_of(envelope), "wrapper").append(body)
    envelope.append(evil_body("evil"))


def body_moved_into_header_and_renamed(envelope: etree._Element) -> None:
    body = body_of(envelope)
    body.tag = "wrapper"
    header_of(envelope).append(body)
    envelope.append(evil_body("evil"))


def body_moved_into_new_body(envelope: etree._Element) -> None:
    body = body_of(envelope)
    outside = evil_body("evil")
    body.tag = "wrapper"
    outside.append(body)
    envelope.append(outside)


def same_id_twice(envelope: etree._Element) -> None:
    body = body_of(envelope)
    copied = copy.deepcopy(body)
    copied.tag = "wrapper"
    header_of(envelope).append(copied)
    body[0].clear()


def same_id_as_plain_attribute(envelope: etree._Element) -> None:
    body = body_of(envelope)
    body[0].set("ID", str(body.get(f"{{{WSU}}}Id")))


def id_taken_over_by_an_ancestor(envelope: etree._Element) -> None:
    body = body_of(envelope)
    envelope.set(f"{{{WSU}}}Id", str(body.attrib.pop(f"{{{WSU}}}Id")))


def id_without_namespace(envelope: etree._Element) -> None:
    body = body_of(envelope)
    body.set("Id", str(body.attrib.pop(f"{{{WSU}}}Id")))


def second_security(envelope: etree._Element) -> None:
    header = header_of(envelope)
    header.append(copy.deepcopy(header[0]))


def second_signature(envelope: etree._Element) -> None:
    security = header_of(envelope)[0]
    security.append(copy.deepcopy(security[0]))


def signature_outside_security(envelope: etree._Element) -> None:
    header = header_of(envelope)
    header.append(header[0][0])


def security_inside_body(envelope: etree._Element) -> None:
    body_of(envelope).append(header_of(envelope)[0])


def no_security(envelope: etree._Element) -> None:
    header_of(envelope).clear()


def root_is_no_envelope(envelope: etree._Element) -> None:
    envelope.tag = "{urn:evil}Envelope"


def changed_content(envelope: etree._Element) -> None:
    element = body_of(envelope).find(".//iin")
    assert element is not None
    element.text = "1"


def set_attribute(path: str, name: str, value: str) -> Callable[[etree._Element], None]:
    def change(envelope: etree._Element) -> None:
        element = envelope.find(".//{*}" + path)
        assert element is not None
        element.set(name, value)

    return change


@pytest.mark.parametrize(
    ("attack", "code"),
    [
        (second_body_before, Code.ENVELOPE_FORM),
        (second_body_after, Code.ENVELOPE_FORM),
        (body_moved_into_header, Code.ENVELOPE_FORM),
        (body_moved_into_header_and_renamed, Code.BODY_NOT_COVERED),
        (body_moved_into_new_body, Code.BODY_NOT_COVERED),
        (same_id_twice, Code.IDS_NOT_UNIQUE),
        (same_id_as_plain_attribute, Code.IDS_NOT_UNIQUE),
        (id_taken_over_by_an_ancestor, Code.BODY_NOT_COVERED),
        (id_without_namespace, Code.BODY_NOT_COVERED),
        (second_security, Code.ENVELOPE_FORM),
        (second_signature, Code.SIGNATURE_MISPLACED),
        (signature_outside_security, Code.SIGNATURE_MISPLACED),
        (security_inside_body, Code.ENVELOPE_FORM),
        (no_security, Code.SIGNATURE_MISSING),
        (root_is_no_envelope, Code.ENVELOPE_FORM),
        (changed_content, Code.DIGEST_MISMATCH),
        (set_attribute("Reference", "URI", ""), Code.REFERENCE_REFUSED),
        (set_attribute("Reference", "URI", "http://x.test/"), Code.REFERENCE_REFUSED),
        (set_attribute("Reference", "URI", "#other"), Code.IDS_NOT_UNIQUE),
        (
            set_attribute("Transform", "Algorithm", "http://www.w3.org/2000/09/xmldsig#enveloped-signature"),
            Code.TRANSFORM_REFUSED,
        ),
        (
            set_attribute("Transform", "Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116"),
            Code.TRANSFORM_REFUSED,
        ),
        (set_attribute("DigestMethod", "Algorithm", "http://www.w3.org/2000/09/xmldsig#sha1"), Code.ALGORITHM_WEAK),
        (set_attribute("KeyIdentifier", "ValueType", "urn:SAML"), Code.KEY_REFERENCE_REFUSED),
    ],
)
def test_attack_is_refused_by_its_code(key: SoftwareKey, attack: Callable[[etree._Element], None], code: Code) -> None:
    envelope = signed(key)
    attack(envelope)
    assert refused(parse(etree.tostring(envelope))) is code


def test_signature_over_the_timestamp_only_is_refused(key: SoftwareKey) -> None:
    envelope = signed(key)
    body = body_of(envelope)
    timestamp = etree.SubElement(header_of(envelope)[0], f"{{{WSU}}}Timestamp")
    timestamp.set(f"{{{WSU}}}Id", str(body.attrib.pop(f"{{{WSU}}}Id")))
    body.set(f"{{{WSU}}}Id", "id-body")
    assert refused(parse(etree.tostring(envelope))) is Code.BODY_NOT_COVERED


def test_business_signature_is_checked_where_it_stood(key: SoftwareKey, rsa_key: SoftwareKey) -> None:
    data = '<data xmlns:cs="urn:cs" xmlns:xsi="urn:xsi" xsi:type="cs:Response"><iin>7</iin></data>'
    business = re.sub(rb"<\?xml[^>]*\?>", b"", sign_enveloped(data.encode(), rsa_key))
    envelope = ENVELOPE.replace(b"<iin>850101100013</iin>", business)
    found = verify_body(parse(sign_body(parse(envelope), key)))
    element = found.source.find(".//data")
    assert element is not None
    (signature,) = verify_enveloped_element(element)
    assert signature.certificate == rsa_key.certificate
