from __future__ import annotations

import re
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.eds.canonical import canonical_document
from gateway.eds.codes import Code
from gateway.eds.errors import EdsError, SignatureRefused
from gateway.eds.keys import SoftwareKey
from gateway.eds.signedinfo import DS
from gateway.eds.xmldsig import sign_enveloped, signs_exactly, verify_enveloped, verify_enveloped_element

DOCUMENT = (
    '<сұраным xmlns="urn:qyzmet:application:1" xml:lang="kk"><iin>850101100013</iin>\n <аты>Әсел</аты></сұраным>'
).encode()


def refused(data: bytes) -> Code:
    with pytest.raises(EdsError) as refusal:
        verify_enveloped(data)
    return refusal.value.code


@pytest.mark.parametrize("fixture", ["key", "rsa_key"])
def test_what_is_signed_verifies_and_comes_back(fixture: str, request: pytest.FixtureRequest) -> None:
    key: SoftwareKey = request.getfixturevalue(fixture)
    (signature,) = verify_enveloped(sign_enveloped(DOCUMENT, key))
    assert signature.certificate == key.certificate
    assert signature.covered == canonical_document(DOCUMENT)
    assert signature.document.findtext("{urn:qyzmet:application:1}iin") == "850101100013"
    assert signature.document.find(f"{{{DS}}}Signature") is None


def test_form_is_that_of_ncalayer(rsa_key: SoftwareKey) -> None:
    signed = sign_enveloped(b"<root><name>x</name></root>", rsa_key).decode()
    assert signed.startswith(
        '<?xml version="1.0" encoding="utf-8" standalone="no"?><root><name>x</name>'
        '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">\n<ds:SignedInfo>\n'
        '<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>\n'
        '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>\n<ds:Reference URI="">\n'
        '<ds:Transforms>\n<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>\n'
        '<ds:Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"/>\n'
    )
    assert signed.endswith("</ds:Signature></root>")


def test_signatures_of_several_are_checked_last_first(key: SoftwareKey, rsa_key: SoftwareKey) -> None:
    twice = sign_enveloped(sign_enveloped(DOCUMENT, key), rsa_key)
    last, first = verify_enveloped(twice)
    assert (last.certificate, first.certificate) == (rsa_key.certificate, key.certificate)
    assert first.covered == canonical_document(DOCUMENT)
    assert len(last.document.findall(f"{{{DS}}}Signature")) == 1


def test_earlier_signature_cannot_be_taken_away(key: SoftwareKey, rsa_key: SoftwareKey) -> None:
    twice = etree.fromstring(sign_enveloped(sign_enveloped(DOCUMENT, key), rsa_key))
    twice.remove(twice.findall(f"{{{DS}}}Signature")[0])
    assert refused(etree.tostring(twice, encoding="utf-8")) is Code.DIGEST_MISMATCH


@pytest.mark.parametrize(
    ("before", "after"),
    [("850101100013", "850101100014"), ("Әсел", "Асел"), ("\n ", "\n")],
)
def test_a_changed_document_is_refused(key: SoftwareKey, before: str, after: str) -> None:
    assert refused(sign_enveloped(DOCUMENT, key).replace(before.encode(), after.encode(), 1)) is Code.DIGEST_MISMATCH


def test_a_changed_language_breaks_signedinfo_which_inherits_it(key: SoftwareKey) -> None:
    signed = sign_enveloped(DOCUMENT, key)
    assert refused(signed.replace(b'xml:lang="kk"', b'xml:lang="ru"', 1)) is Code.SIGNATURE_BROKEN


def test_comment_inside_a_text_does_not_change_what_is_read(key: SoftwareKey) -> None:
    split = sign_enveloped(DOCUMENT, key).replace(b"850101100013", b"850101<!-- x -->100013")
    (signature,) = verify_enveloped(split)
    assert signature.document[0].text == "850101100013"


def test_a_comment_added_to_a_signed_draft_is_not_what_was_shown(key: SoftwareKey) -> None:
    signed = sign_enveloped(DOCUMENT, key)
    assert signs_exactly(DOCUMENT, signed, verify_enveloped(signed)[0])
    added = signed.replace(b"850101100013", b"850101<!-- x -->100013")
    assert not signs_exactly(DOCUMENT, added, verify_enveloped(added)[0])
    assert not signs_exactly(DOCUMENT.replace(b"8501", b"8502"), signed, verify_enveloped(signed)[0])


def test_document_with_comments_and_instructions_is_signed_and_kept(key: SoftwareKey) -> None:
    document = b"<?style x?><!-- a --><r><!-- b -->1<?p q?>2</r><!-- c --><?end z?>"
    signed = sign_enveloped(document, key)
    assert b"<!-- b -->" in signed
    (signature,) = verify_enveloped(signed)
    assert signature.covered == b"<?style x?>\n<r>1<?p q?>2</r>\n<?end z?>"
    assert signature.document.text == "12"


def test_instruction_added_to_a_text_is_a_change(key: SoftwareKey) -> None:
    assert refused(sign_enveloped(DOCUMENT, key).replace(b"850101100013", b"850101<?x?>100013")) is Code.DIGEST_MISMATCH


def wrap(signed: bytes, form: str) -> bytes:
    return form.format(re.sub(r"<\?xml[^>]*\?>", "", signed.decode())).encode()


@pytest.mark.parametrize(
    "form",
    [
        "<evil>{}</evil>",
        "<evil><iin>1</iin>{}</evil>",
        '<сұраным xmlns="urn:qyzmet:application:1"><iin>1</iin><hidden>{}</hidden></сұраным>',
    ],
)
def test_signed_document_wrapped_into_another_is_refused(key: SoftwareKey, form: str) -> None:
    assert refused(wrap(sign_enveloped(DOCUMENT, key), form)) is Code.SIGNATURE_MISPLACED


def test_signature_lifted_to_a_new_root_is_refused(key: SoftwareKey) -> None:
    signed = etree.fromstring(sign_enveloped(b"<r><iin>850101100013</iin></r>", key))
    signature = signed[-1]
    evil = etree.fromstring("<evil><iin>1</iin></evil>")
    evil.append(signed)
    evil.append(signature)
    assert refused(etree.tostring(evil, encoding="utf-8")) is Code.DIGEST_MISMATCH


def test_content_after_the_signature_is_refused(key: SoftwareKey) -> None:
    signed = sign_enveloped(DOCUMENT, key).replace("</сұраным>".encode(), "<iin>1</iin></сұраным>".encode())
    assert refused(signed) is Code.SIGNATURE_MISPLACED


def test_document_hidden_in_an_object_is_not_what_comes_back(key: SoftwareKey) -> None:
    signed = sign_enveloped(DOCUMENT, key).replace(
        b"</ds:Signature>", b"<ds:Object><iin>1</iin></ds:Object></ds:Signature>"
    )
    (signature,) = verify_enveloped(signed)
    assert b"<iin>1<" not in signature.covered


REFERENCE = re.compile(rb"<ds:Reference .*</ds:Reference>\n", re.DOTALL)
KEY_INFO = re.compile(rb"<ds:KeyInfo>.*</ds:KeyInfo>", re.DOTALL)
RSA, ECDSA = (f"http://www.w3.org/2001/04/xmldsig-more#{name}-sha256".encode() for name in ("rsa", "ecdsa"))
C14N = b"http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda data: REFERENCE.sub(b"", data), Code.REFERENCE_REFUSED),
        (lambda data: REFERENCE.sub(lambda found: found[0] * 2, data), Code.REFERENCE_REFUSED),
        (lambda data: data.replace(b' URI=""', b' URI="http://x.test/a.xml"'), Code.REFERENCE_REFUSED),
        (lambda data: data.replace(b' URI=""', b' URI="file:///etc/passwd"'), Code.REFERENCE_REFUSED),
        (lambda data: data.replace(b' URI=""', b' URI="#id"'), Code.REFERENCE_REFUSED),
        (lambda data: data.replace(b' URI=""', b' URI="#xpointer(/)"'), Code.REFERENCE_REFUSED),
        (lambda data: data.replace(b' URI=""', b""), Code.REFERENCE_REFUSED),
        (lambda data: data.replace(b"sig#enveloped-signature", b"sig#manifest"), Code.TRANSFORM_REFUSED),
        (
            lambda data: data.replace(C14N + b"#WithComments", b"http://www.w3.org/TR/1999/REC-xslt-19991116"),
            Code.TRANSFORM_REFUSED,
        ),
        (
            lambda data: data.replace(C14N + b"#WithComments", b"http://www.w3.org/TR/1999/REC-xpath-19991116"),
            Code.TRANSFORM_REFUSED,
        ),
        (
            lambda data: data.replace(C14N + b"#WithComments", b"http://www.w3.org/2000/09/xmldsig#base64"),
            Code.TRANSFORM_REFUSED,
        ),
        (
            lambda data: data.replace(b"</ds:Transforms>", b'<ds:Transform Algorithm="x"/></ds:Transforms>'),
            Code.TRANSFORM_REFUSED,
        ),
        (
            lambda data: data.replace(C14N + b'"/>\n<ds:SignatureMethod', b'x"/>\n<ds:SignatureMethod'),
            Code.CANONICALISATION_REFUSED,
        ),
        (
            lambda data: data.replace(ECDSA, b"http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
            Code.ALGORITHM_UNKNOWN,
        ),
        (
            lambda data: data.replace(ECDSA, b"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"),
            Code.ALGORITHM_UNKNOWN,
        ),
        (lambda data: data.replace(ECDSA, b"http://www.w3.org/2000/09/xmldsig#rsa-sha1"), Code.ALGORITHM_WEAK),
        (
            lambda data: data.replace(ECDSA, b"http://www.w3.org/2001/04/xmldsig-more#rsa-sha1"),
            Code.ALGORITHM_WEAK,
        ),
        (lambda data: data.replace(b"xmlenc#sha256", b"xmldsig-more#sha1"), Code.ALGORITHM_WEAK),
        (lambda data: data.replace(ECDSA, RSA), Code.ALGORITHM_MISMATCH),
        (
            lambda data: data.replace(
                ECDSA + b'"/>', ECDSA + b'"><ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>'
            ),
            Code.SIGNATURE_FORM,
        ),
        (lambda data: KEY_INFO.sub(b"", data), Code.SIGNATURE_FORM),
        (lambda data: KEY_INFO.sub(b"<ds:KeyInfo/>", data), Code.KEY_REFERENCE_REFUSED),
        (
            lambda data: KEY_INFO.sub(b"<ds:KeyInfo><ds:KeyName>x</ds:KeyName></ds:KeyInfo>", data),
            Code.KEY_REFERENCE_REFUSED,
        ),
        (
            lambda data: data.replace(b"<ds:KeyInfo>", b"<ds:KeyInfo><ds:KeyValue/>"),
            Code.KEY_REFERENCE_REFUSED,
        ),
        (
            lambda data: data.replace(b"<ds:KeyInfo>", b'<ds:KeyInfo><ds:RetrievalMethod URI="http://x.test/cert"/>'),
            Code.KEY_REFERENCE_REFUSED,
        ),
        (
            lambda data: data.replace(b"<ds:X509Certificate>\nMII", b"<ds:X509Certificate>\nAAA"),
            Code.CERTIFICATE_UNREADABLE,
        ),
        (lambda data: data.replace(b"<ds:SignatureValue>", b"<ds:SignatureValue>%%"), Code.SIGNATURE_FORM),
        (lambda data: data.replace(b"<ds:SignatureValue>", b"<ds:SignatureValue><x/>"), Code.SIGNATURE_FORM),
        (
            lambda data: data.replace(b"<ds:SignatureValue>", b"<ds:SignatureValue>" + b" \n" * 2**21),
            Code.XML_TOO_COMPLEX,
        ),
        (
            lambda data: data.replace(b"<ds:SignatureValue>", b"<ds:SignatureValue>" + b" \n" * 2**13),
            Code.SIGNATURE_FORM,
        ),
        (lambda data: data.replace(b"<ds:DigestValue>", b"<ds:DigestValue>" + b"\n" * 2**14), Code.SIGNATURE_FORM),
        (
            lambda data: data.replace(b"<ds:X509Certificate>", b"<ds:X509Certificate>" + b"&#10;" * 2**17),
            Code.SIGNATURE_FORM,
        ),
        (lambda data: data.replace(b"</ds:SignedInfo>", b"<x/></ds:SignedInfo>"), Code.SIGNATURE_FORM),
        (lambda data: re.sub(rb"<ds:Signature .*</ds:Signature>", b"", data, flags=re.DOTALL), Code.SIGNATURE_MISSING),
        (
            lambda data: re.sub(rb"<ds:Signature .*</ds:Signature>", lambda m: m[0] * 17, data, flags=re.DOTALL),
            Code.SIGNATURES_TOO_MANY,
        ),
    ],
)
def test_every_other_form_is_refused_by_its_code(key: SoftwareKey, change, code: Code) -> None:
    signed = sign_enveloped(DOCUMENT, key)
    changed = change(signed)
    assert changed != signed
    assert refused(changed) is code


def test_certificate_of_another_in_keyinfo_is_refused(key: SoftwareKey, nca) -> None:
    import base64

    other = nca.person("stranger").certificate
    signed = KEY_INFO.sub(
        b"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>"
        + base64.b64encode(other.der)
        + b"</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
        sign_enveloped(DOCUMENT, key),
    )
    assert refused(signed) is Code.SIGNATURE_BROKEN


@pytest.mark.parametrize("kind", ["rsa1024", "k256"])
def test_weak_keys_are_refused(nca, kind: str) -> None:
    from tests.unit.eds import pki

    certificate = nca.issue(pki.name(cn="weak"), pki.private_key(kind, "weak"))
    import base64

    signed = sign_enveloped(DOCUMENT, nca.person("rsa person", kind="rsa2048") if kind == "rsa1024" else nca.person())
    changed = KEY_INFO.sub(
        b"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>"
        + base64.b64encode(certificate.der)
        + b"</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
        signed,
    )
    assert refused(changed) is Code.ALGORITHM_WEAK


def test_business_signature_is_checked_inside_a_message(key: SoftwareKey) -> None:
    data = '<data xmlns:cs="urn:cs" xmlns:xsi="urn:xsi" xsi:type="cs:Response"><person><iin>1</iin></person></data>'
    signed = re.sub(rb"<\?xml[^>]*\?>", b"", sign_enveloped(data.encode(), key)).decode()
    for envelope in (
        "<S:Envelope xmlns:S='urn:soap'><S:Body>{}</S:Body></S:Envelope>",
        "<S:Envelope xmlns:S='urn:soap' xmlns:xsi='urn:xsi'><S:Body>{}</S:Body></S:Envelope>",
    ):
        message = etree.fromstring(envelope.format(signed))
        (signature,) = verify_enveloped_element(message[0][0])
        assert signature.document.findtext("person/iin") == "1"
    message = etree.fromstring(f"<a>{signed.replace('<iin>1', '<iin>2')}</a>")
    with pytest.raises(SignatureRefused) as refusal:
        verify_enveloped_element(message[0])
    assert refusal.value.code is Code.DIGEST_MISMATCH


def test_business_signature_over_all_namespaces_in_scope_is_checked(key: SoftwareKey) -> None:
    data = '<data xmlns:S="urn:soap" xmlns:xsi="urn:xsi"><iin>1</iin></data>'
    signed = re.sub(rb"<\?xml[^>]*\?>", b"", sign_enveloped(data.encode(), key)).decode()
    bare = signed.replace(' xmlns:S="urn:soap" xmlns:xsi="urn:xsi"', "", 1)
    message = etree.fromstring(f'<S:Body xmlns:S="urn:soap" xmlns:xsi="urn:xsi">{bare}</S:Body>')
    (signature,) = verify_enveloped_element(message[0])
    assert signature.document.findtext("iin") == "1"


# Trees with names, namespaces, attributes and texts of every kind.
NAMES = st.sampled_from(["a", "b", "p:a", "q:b", "сұраным"])
TEXTS = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn"), include_characters="\t\n\r"),
    max_size=12,
)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    namespaces = {"p": "urn:p", "q": "urn:q"}

    def element(depth: int) -> etree._Element:
        prefix, _, local = draw(NAMES).rpartition(":")
        default = draw(st.sampled_from([None, None, "urn:d"]))
        nsmap: dict[str | None, str] = dict(namespaces)
        tag = f"{{{namespaces[prefix]}}}{local}" if prefix else local
        if default and not prefix:
            nsmap[None] = default
            tag = f"{{{default}}}{local}"
        node = etree.Element(tag, nsmap=nsmap)
        for attribute in draw(st.lists(st.sampled_from([*string.ascii_lowercase[:4], "{urn:p}x"]), max_size=3)):
            node.set(attribute, draw(TEXTS))
        node.text = draw(TEXTS)
        for _ in range(draw(st.integers(0, 3 if depth < 3 else 0))):
            child = element(depth + 1)
            child.tail = draw(TEXTS)
            node.append(child)
        return node

    return etree.tostring(element(0), encoding="utf-8")


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(document=documents())
def test_any_document_signs_and_verifies_to_itself(key: SoftwareKey, document: bytes) -> None:
    (signature,) = verify_enveloped(sign_enveloped(document, key))
    assert signature.covered == canonical_document(document)
    assert canonical_document(etree.tostring(signature.document, encoding="utf-8")) == signature.covered


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_damaged_document_verifies_to_the_same_bytes_or_is_refused(signed_once: bytes, data: st.DataObject) -> None:
    damaged = bytearray(signed_once)
    for place in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=3)):
        damaged[place] = data.draw(st.integers(0, 255))
    try:
        (signature,) = verify_enveloped(bytes(damaged))
    except EdsError:
        return
    assert signature.covered == canonical_document(DOCUMENT)


@pytest.fixture(scope="module")
def signed_once(key: SoftwareKey) -> bytes:
    return sign_enveloped(DOCUMENT, key)
