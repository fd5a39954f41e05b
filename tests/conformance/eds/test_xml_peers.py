"""xmlsec1 and signxml, which nobody here wrote, agree with us on RSA and ECDSA signatures in XML, both ways."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from gateway.eds.canonical import canonical_document
from gateway.eds.errors import SignatureRefused
from gateway.eds.keys import SoftwareKey
from gateway.eds.wsse import SOAP, sign_body, verify_body
from gateway.eds.xml import parse
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped
from tests.conformance.eds.programs import run
from tests.unit.eds import pki

# Inherited namespaces and xml:* attributes, entities, carriage returns, comments, instructions, several prefixes.
DOCUMENTS = [
    b"<a/>",
    (
        '<сұраным xmlns="urn:d" xmlns:u="urn:unused" xml:lang="kk">'
        '<аты b="2" a="1">Ә&#13;\r\n&lt;&amp;"</аты></сұраным>'
    ).encode(),
    b'<?style x?><!-- c --><p:r xmlns:p="urn:p"><q xmlns="urn:q" p:z="&#9;"/>1<!-- d -->2<?in side?>3</p:r><!-- e -->',
    b'<r xmlns="urn:1"><a xmlns=""><b xmlns="urn:2" xml:space="preserve">  </b></a><![CDATA[<x>&]]></r>',
]
ENVELOPE = f"""<S:Envelope xmlns:S="{SOAP}" xmlns:unused="urn:unused"><S:Header/><S:Body>
<t:m xmlns:t="urn:t" xml:lang="kk">
<request xmlns="" a="&#13;">Ә &amp; <![CDATA[<x/>]]></request></t:m></S:Body></S:Envelope>""".encode()


@pytest.fixture(scope="module", params=["rsa2048", "p256", "p384"])
def key(request: pytest.FixtureRequest) -> SoftwareKey:
    return pki.issuing(pki.root()).person(f"peer {request.param}", kind=request.param)


def verified_by_xmlsec1(program: str, signed: bytes, key: SoftwareKey, folder: Path, *options: str) -> bool:
    (folder / "cert.pem").write_text(key.certificate.pem)
    (folder / "signed.xml").write_bytes(signed)
    # The peer is given the key: the path is not its question here.
    key_data = ("--enabled-key-data", "rsa,ecdsa,ec,key-name", "--pubkey-cert-pem", str(folder / "cert.pem"))
    good, said = run(program, "--verify", *key_data, *options, str(folder / "signed.xml"))
    assert good or "fail" in said.lower() or "invalid" in said.lower(), said
    return good


@pytest.mark.parametrize("document", DOCUMENTS)
def test_xmlsec1_accepts_what_we_sign_and_refuses_a_change(
    xmlsec1: str, key: SoftwareKey, document: bytes, tmp_path: Path
) -> None:
    signed = sign_enveloped(document, key)
    assert verified_by_xmlsec1(xmlsec1, signed, key, tmp_path)
    root = parse(signed, keep_instructions=True)
    root.set("changed", "yes")
    changed = etree.tostring(root.getroottree(), encoding="utf-8")
    assert not verified_by_xmlsec1(xmlsec1, changed, key, tmp_path)
    with pytest.raises(SignatureRefused):
        verify_enveloped(changed)


def test_xmlsec1_accepts_the_body_that_we_sign(xmlsec1: str, key: SoftwareKey, tmp_path: Path) -> None:
    signed = sign_body(parse(ENVELOPE), key)
    assert verified_by_xmlsec1(xmlsec1, signed, key, tmp_path, "--id-attr:Id", f"{SOAP}:Body")
    changed = signed.replace("Ә".encode(), b"A")
    assert not verified_by_xmlsec1(xmlsec1, changed, key, tmp_path, "--id-attr:Id", f"{SOAP}:Body")


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize(
    "transform",
    ["http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments", "http://www.w3.org/2001/10/xml-exc-c14n#"],
)
def test_we_accept_what_xmlsec1_signs(
    xmlsec1: str, key: SoftwareKey, document: bytes, transform: str, tmp_path: Path
) -> None:
    template = re.sub(
        rb"<ds:(DigestValue|SignatureValue)>.*?</ds:\1>", rb"<ds:\1/>", sign_enveloped(document, key), flags=re.DOTALL
    )
    template = re.sub(rb"<ds:X509Data>.*</ds:X509Data>", b"<ds:X509Data/>", template, flags=re.DOTALL)
    template = template.replace(b"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments", transform.encode())
    (tmp_path / "template.xml").write_bytes(template)
    (tmp_path / "key.pem").write_bytes(key._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "cert.pem").write_text(key.certificate.pem)
    out = tmp_path / "out.xml"
    good, said = run(
        xmlsec1, "--sign", "--privkey-pem", f"{tmp_path}/key.pem,{tmp_path}/cert.pem", "--output", str(out),
        str(tmp_path / "template.xml"),
    )  # fmt: skip
    assert good, said
    (signature,) = verify_enveloped(out.read_bytes())
    assert signature.certificate == key.certificate
    if "exc" not in transform:
        assert signature.covered == canonical_document(document)


# signxml neither reads element names outside ASCII nor lets SignedInfo inherit xml:lang, as C14N 1.0 has it and
# xmlsec1 does: it gets documents without them.
FOR_SIGNXML = [
    DOCUMENTS[3],
    '<form xmlns="urn:d" xmlns:u="urn:unused"><name b="2" a="1">Ә&#13;\r\n&lt;&amp;"</name></form>'.encode(),
]


@pytest.mark.parametrize("document", FOR_SIGNXML)
def test_signxml_accepts_what_we_sign(key: SoftwareKey, document: bytes) -> None:
    from cryptography import x509
    from signxml import SignatureConfiguration, XMLVerifier
    from signxml.exceptions import InvalidDigest

    certificate = x509.load_der_x509_certificate(key.certificate.der)
    signed = sign_enveloped(document, key)
    found = XMLVerifier().verify(signed, x509_cert=certificate, expect_config=SignatureConfiguration(require_x509=True))
    assert found.signed_data == canonical_document(document)
    root = etree.fromstring(signed)
    root.set("changed", "yes")
    with pytest.raises(InvalidDigest):
        XMLVerifier().verify(etree.tostring(root, encoding="utf-8"), x509_cert=certificate)


@pytest.mark.parametrize("document", FOR_SIGNXML)
def test_we_accept_what_signxml_signs(key: SoftwareKey, document: bytes) -> None:
    from signxml import CanonicalizationMethod, SignatureMethod, XMLSigner, methods

    algorithm = {
        "RSA-SHA256": SignatureMethod.RSA_SHA256,
        "ECDSA-SHA256": SignatureMethod.ECDSA_SHA256,
        "ECDSA-SHA384": SignatureMethod.ECDSA_SHA384,
    }[key.algorithm.name]
    for method in (
        CanonicalizationMethod.CANONICAL_XML_1_0,
        CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    ):
        signer = XMLSigner(method=methods.enveloped, signature_algorithm=algorithm, c14n_algorithm=method)
        signed = signer.sign(etree.fromstring(document), key=key._private, cert=key.certificate.pem)
        data = etree.tostring(signed, encoding="utf-8")
        (signature,) = verify_enveloped(data)
        assert signature.certificate == key.certificate
        with pytest.raises(SignatureRefused):
            verify_enveloped(data.replace("Ә".encode(), b"A").replace(b">  <", b"> <"))


def test_xmlsec_library_accepts_the_body_that_we_sign(key: SoftwareKey) -> None:
    xmlsec = pytest.importorskip("xmlsec", reason="the xmlsec wheel is not installed")
    root = etree.fromstring(sign_body(parse(ENVELOPE), key))
    body = root.find(f"{{{SOAP}}}Body")
    signature = root.find(".//{http://www.w3.org/2000/09/xmldsig#}Signature")
    context = xmlsec.SignatureContext()
    context.register_id(
        body, "Id", "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
    )
    context.key = xmlsec.Key.from_memory(key.certificate.pem, xmlsec.constants.KeyDataFormatCertPem)
    context.verify(signature)
    assert verify_body(parse(etree.tostring(root))).certificate == key.certificate


def test_xmlsec_library_accepts_the_document_that_we_sign_and_refuses_a_change(key: SoftwareKey) -> None:
    xmlsec = pytest.importorskip("xmlsec", reason="the xmlsec wheel is not installed")
    for document in DOCUMENTS:
        root = etree.fromstring(sign_enveloped(document, key))
        xmlsec_verifies(xmlsec, root, key)
        root.set("changed", "yes")
        with pytest.raises(xmlsec.Error):
            xmlsec_verifies(xmlsec, root, key)


def xmlsec_verifies(xmlsec: Any, root: etree._Element, key: SoftwareKey) -> None:
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(key.certificate.pem, xmlsec.constants.KeyDataFormatCertPem)
    context.verify(root[-1])


def private_pem(key: SoftwareKey) -> bytes:
    return key._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def method_of(xmlsec: Any, key: SoftwareKey) -> Any:
    return {
        "RSA-SHA256": xmlsec.constants.TransformRsaSha256,
        "ECDSA-SHA256": xmlsec.constants.TransformEcdsaSha256,
        "ECDSA-SHA384": xmlsec.constants.TransformEcdsaSha384,
    }[key.algorithm.name]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_we_accept_what_the_xmlsec_library_signs(key: SoftwareKey, document: bytes) -> None:
    xmlsec = pytest.importorskip("xmlsec", reason="the xmlsec wheel is not installed")
    root = etree.fromstring(document)
    signature = xmlsec.template.create(root, xmlsec.constants.TransformInclC14N, method_of(xmlsec, key), ns="ds")
    reference = xmlsec.template.add_reference(signature, xmlsec.constants.TransformSha256, uri="")
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
    root.append(signature)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(private_pem(key), xmlsec.constants.KeyDataFormatPem)
    context.key.load_cert_from_memory(key.certificate.pem, xmlsec.constants.KeyDataFormatPem)
    context.sign(signature)
    # xmlsec puts the certificate into the element that stands for X509Data, as it is or below an X509Certificate.
    (found,) = verify_enveloped(etree.tostring(root.getroottree(), encoding="utf-8"))
    assert found.certificate == key.certificate


def test_we_accept_the_body_that_xmlsec1_signs(xmlsec1: str, key: SoftwareKey, tmp_path: Path) -> None:
    template = re.sub(
        rb"<ds:(DigestValue|SignatureValue)>.*?</ds:\1>", rb"<ds:\1/>", sign_body(parse(ENVELOPE), key), flags=re.DOTALL
    )
    (tmp_path / "template.xml").write_bytes(template)
    (tmp_path / "key.pem").write_bytes(private_pem(key))
    out = tmp_path / "out.xml"
    good, said = run(
        xmlsec1, "--sign", "--privkey-pem", str(tmp_path / "key.pem"), "--id-attr:Id", f"{SOAP}:Body",
        "--output", str(out), str(tmp_path / "template.xml"),
    )  # fmt: skip
    assert good, said
    found = verify_body(parse(out.read_bytes()))
    assert found.certificate == key.certificate
    with pytest.raises(SignatureRefused):
        verify_body(parse(out.read_bytes().replace("Ә".encode(), b"A")))
