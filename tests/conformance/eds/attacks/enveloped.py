"""Attacks on an enveloped signature: wrapping, references, transforms, keys and algorithms.

A table with a row for each attack: longer than other modules, because one table is easier to read than its halves.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

from lxml import etree

from gateway.eds.codes import Code
from gateway.eds.signedinfo import DS
from gateway.eds.xmldsig import sign_enveloped
from tests.conformance.eds.attacks.attack import Attack, attacker, honest

DOCUMENT = '<сұраным xmlns="urn:qyzmet:application:1"><iin>850101100012</iin><sum>1000</sum></сұраным>'.encode()
_EVIL = '<сұраным xmlns="urn:qyzmet:application:1"><iin>900101100014</iin><sum>9999</sum>{}</сұраным>'
_SIGNATURE = re.compile(rb"<ds:Signature .*</ds:Signature>", re.DOTALL)
_REFERENCE = re.compile(rb"<ds:Reference .*</ds:Reference>\n", re.DOTALL)
_TRANSFORMS = re.compile(rb"<ds:Transforms>.*</ds:Transforms>", re.DOTALL)
_KEY_INFO = re.compile(rb"<ds:KeyInfo>.*</ds:KeyInfo>", re.DOTALL)
_SIGNED_INFO = re.compile(rb"<ds:SignedInfo>.*</ds:SignedInfo>", re.DOTALL)
_VALUE = re.compile(rb"<ds:SignatureValue>[^<]*</ds:SignatureValue>")
_C14N = b"http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_METHOD = re.compile(rb'<ds:SignatureMethod Algorithm="[^"]*"/>')
_MEGABYTE = 2**20
Change = Callable[[bytes], bytes]


def signed() -> bytes:
    """The honest document."""
    return sign_enveloped(DOCUMENT, honest())


def _parts(data: bytes) -> tuple[str, str]:
    """The document without its declaration and without its signature, and the signature."""
    text = re.sub(rb"<\?xml[^>]*\?>", b"", data)
    found = _SIGNATURE.search(text)
    assert found is not None
    return _SIGNATURE.sub(b"", text).decode(), found[0].decode()


def wrapped(form: str) -> Change:
    """Put the signed document ({0}), its content ({1}) or its signature ({2}) into another document."""

    def change(data: bytes) -> bytes:
        document, signature = _parts(data)
        whole = document.replace("</сұраным>", f"{signature}</сұраным>")
        return form.format(whole, document, signature).encode()

    return change


def _object(content: str) -> Change:
    """A false document whose signature carries the true one in a ds:Object."""

    def change(data: bytes) -> bytes:
        document, signature = _parts(data)
        holder = f"<ds:Object>{content.format(document)}</ds:Object></ds:Signature>"
        return _EVIL.format(signature.replace("</ds:Signature>", holder)).encode()

    return change


def replaced(old: bytes | re.Pattern[bytes], new: bytes) -> Change:
    """Change a place of the document."""

    def change(data: bytes) -> bytes:
        out = old.sub(lambda _: new, data) if isinstance(old, re.Pattern) else data.replace(old, new)
        assert out != data
        return out

    return change


def after(mark: bytes, added: bytes) -> Change:
    """Put something behind a mark."""
    return replaced(mark, mark + added)


def _transform(content: bytes) -> Change:
    return replaced(b"</ds:Transforms>", content + b"</ds:Transforms>")


def _only(content: bytes) -> Change:
    return replaced(_TRANSFORMS, b"<ds:Transforms>" + content + b"</ds:Transforms>")


def _transform_of(algorithm: bytes, inside: bytes = b"") -> bytes:
    return b'<ds:Transform Algorithm="' + algorithm + b'">' + inside + b"</ds:Transform>"


_ENVELOPED = _transform_of(DS.encode() + b"enveloped-signature")
_XSLT = _transform_of(
    b"http://www.w3.org/TR/1999/REC-xslt-19991116",
    b'<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:rt="java.lang.Runtime">'
    b'<xsl:template match="/"><xsl:value-of select="rt:exec(rt:getRuntime(),\'touch /tmp/x\')"/></xsl:template>'
    b"</xsl:stylesheet>",
)
_XPATH = _transform_of(
    b"http://www.w3.org/TR/1999/REC-xpath-19991116", b"<ds:XPath>not(ancestor-or-self::sum)</ds:XPath>"
)
_FILTER = _transform_of(
    b"http://www.w3.org/2002/06/xmldsig-filter2",
    b'<f:XPath xmlns:f="http://www.w3.org/2002/06/xmldsig-filter2" Filter="subtract">//*[local-name()="sum"]</f:XPath>',
)


def _signed_again_without_reference(data: bytes) -> bytes:
    """The attacker's own valid signature over a SignedInfo that refers to nothing."""
    return _resigned(_REFERENCE.sub(b"", _SIGNATURE.sub(_mine(), data)))


def _mine() -> bytes:
    found = _SIGNATURE.search(sign_enveloped(DOCUMENT, attacker()))
    assert found is not None
    return found[0]


def _resigned(data: bytes) -> bytes:
    """Compute the value over the SignedInfo as it now is, with the attacker's key."""
    root = etree.fromstring(data)
    signature = root[-1]
    info = etree.tostring(signature[0], method="c14n")
    key = attacker()
    value = key.algorithm.to_xml(key.certificate.key_info, key.sign(info))
    signature[1].text = base64.b64encode(value).decode()
    return etree.tostring(root, encoding="utf-8")


def _foreign_key_info(data: bytes) -> bytes:
    """The honest signature under the attacker's certificate of the same names."""
    certificate = base64.b64encode(attacker().certificate.der)
    return replaced(re.compile(rb"(?<=<ds:X509Certificate>)[^<]*"), certificate)(data)


def _attackers_signature_under_the_honest_certificate(data: bytes) -> bytes:
    certificate = base64.b64encode(honest().certificate.der)
    evil = sign_enveloped(_EVIL.format("").encode(), attacker())
    return replaced(re.compile(rb"(?<=<ds:X509Certificate>)[^<]*"), certificate)(evil)


def _attackers_certificate_before(data: bytes) -> bytes:
    certificate = base64.b64encode(attacker().certificate.der)
    added = b"<ds:X509Certificate>" + certificate + b"</ds:X509Certificate>"
    return data.replace(b"<ds:X509Data>", b"<ds:X509Data>" + added)


def _hmac_with_the_public_key(data: bytes) -> bytes:
    """An HMAC whose key is what everybody knows: the certificate of the signer."""
    import hmac

    changed = _METHOD.sub(b'<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"/>', data)
    info = etree.tostring(etree.fromstring(changed)[-1][0], method="c14n")
    value = hmac.digest(honest().certificate.key_info, info, "sha256")
    return _VALUE.sub(b"<ds:SignatureValue>" + base64.b64encode(value) + b"</ds:SignatureValue>", changed)


def _order_swapped(data: bytes) -> bytes:
    root = etree.fromstring(sign_enveloped(data, attacker()))
    root.insert(2, root[-1])
    return etree.tostring(root, encoding="utf-8")


def _inner_signature_changed(data: bytes) -> bytes:
    twice = sign_enveloped(data, attacker())
    return twice.replace(b"<ds:Signature ", b'<ds:Signature Id="x" ', 1)


def _signature_of_another_document(data: bytes) -> bytes:
    other = sign_enveloped(_EVIL.format("").encode(), honest())
    return _SIGNATURE.sub(lambda _: _SIGNATURE.search(other)[0], data)  # type: ignore[index]


def _value(raw: bytes) -> Change:
    return replaced(_VALUE, b"<ds:SignatureValue>" + base64.b64encode(raw) + b"</ds:SignatureValue>")


WRAPPING = (
    Attack("wrapped-in-another-root", Code.SIGNATURE_MISPLACED, wrapped("<evil>{0}</evil>")),
    Attack(
        "wrapped-in-a-root-of-the-same-name", Code.SIGNATURE_MISPLACED, wrapped(_EVIL.format("<hidden>{0}</hidden>"))
    ),
    Attack("content-before-a-signature-that-stays", Code.SIGNATURE_BROKEN, wrapped("<evil>{1}{2}</evil>")),
    Attack("content-behind-the-signature", Code.SIGNATURE_MISPLACED, wrapped("<evil>{2}{1}</evil>")),
    Attack("false-document-with-the-true-one-inside", Code.DIGEST_MISMATCH, wrapped(_EVIL.format("{1}{2}"))),
    Attack("true-document-in-an-object", Code.DIGEST_MISMATCH, _object("{}")),
    Attack("true-document-in-a-manifest", Code.DIGEST_MISMATCH, _object("<ds:Manifest>{}</ds:Manifest>")),
    Attack(
        "signature-inside-a-signature",
        Code.SIGNATURE_FORM,
        wrapped(_EVIL.format(f'<d:Signature xmlns:d="{DS}">{{2}}</d:Signature>')),
    ),
    Attack(
        "signature-of-another-namespace", Code.SIGNATURE_MISSING, replaced(b'2000/09/xmldsig#"', b'2000/09/xmldsig"')
    ),
    Attack(
        "element-behind-the-signature",
        Code.SIGNATURE_MISPLACED,
        replaced("</сұраным>".encode(), "<sum>1</sum></сұраным>".encode()),
    ),
    Attack("text-behind-the-signature", Code.DIGEST_MISMATCH, replaced("</сұраным>".encode(), "9</сұраным>".encode())),
    Attack("instruction-in-a-text", Code.DIGEST_MISMATCH, replaced(b"850101100012", b"850101<?x?>100012")),
    Attack(
        "instruction-before-the-root",
        Code.DIGEST_MISMATCH,
        replaced("<сұраным".encode(), '<?xml-stylesheet href="x"?><сұраным'.encode()),
    ),
    Attack(
        "text-changed-behind-a-comment",
        Code.DIGEST_MISMATCH,
        replaced(b"850101100012", b"9001011<!-- 850101100012 -->00014"),
    ),
    Attack("namespace-of-the-root-changed", Code.SIGNATURE_BROKEN, replaced(b"application:1", b"application:2")),
    Attack(
        "attribute-added-to-the-root", Code.DIGEST_MISMATCH, replaced(b'application:1"', b'application:1" sum="9999"')
    ),
    Attack(
        "language-added-to-the-root",
        Code.SIGNATURE_BROKEN,
        replaced(b'application:1"', b'application:1" xml:lang="ru"'),
    ),
    Attack("signature-of-another-document", Code.DIGEST_MISMATCH, _signature_of_another_document),
    Attack("signatures-in-another-order", Code.DIGEST_MISMATCH, _order_swapped),
    Attack("earlier-signature-changed", Code.DIGEST_MISMATCH, _inner_signature_changed),
    Attack("no-signature", Code.SIGNATURE_MISSING, replaced(_SIGNATURE, b"")),
    Attack(
        "seventeen-signatures", Code.SIGNATURES_TOO_MANY, lambda data: _SIGNATURE.sub(lambda found: found[0] * 17, data)
    ),
)

REFERENCES = (
    Attack("no-reference", Code.REFERENCE_REFUSED, replaced(_REFERENCE, b"")),
    Attack("no-reference-signed-by-the-attacker", Code.REFERENCE_REFUSED, _signed_again_without_reference),
    Attack("two-references", Code.REFERENCE_REFUSED, lambda data: _REFERENCE.sub(lambda found: found[0] * 2, data)),
    Attack(
        "two-thousand-references",
        Code.REFERENCE_REFUSED,
        lambda data: _REFERENCE.sub(lambda found: found[0] * 2000, data),
    ),
    *(
        Attack(f"reference-to-{what}", Code.REFERENCE_REFUSED, replaced(b' URI=""', b' URI="' + uri + b'"'))
        for what, uri in {
            "http": b"http://attacker.test/a.xml",
            "https": b"https://attacker.test/a.xml",
            "file": b"file:///etc/passwd",
            "ftp": b"ftp://attacker.test/a",
            "data": b"data:text/xml,%3Ca/%3E",
            "attachment": b"cid:part1@attacker.test",
            "identifier": b"#id",
            "empty-identifier": b"#",
            "xpointer-root": b"#xpointer(/)",
            "xpointer-identifier": b"#xpointer(id('x'))",
            "relative": b"other.xml",
            "space": b" ",
            "megabyte": b"x" * _MEGABYTE,
        }.items()
    ),
    Attack("reference-without-uri", Code.REFERENCE_REFUSED, replaced(b' URI=""', b"")),
    Attack("reference-uri-in-a-namespace", Code.REFERENCE_REFUSED, replaced(b' URI=""', b' ds:URI=""')),
    Attack("manifest-instead-of-a-reference", Code.REFERENCE_REFUSED, replaced(_REFERENCE, b"<ds:Manifest/>")),
)

TRANSFORMS = (
    Attack("transform-xslt", Code.TRANSFORM_REFUSED, _transform(_XSLT)),
    Attack("transform-xslt-alone", Code.TRANSFORM_REFUSED, _only(_XSLT)),
    Attack(
        "transform-xslt-second", Code.TRANSFORM_REFUSED, _only(_ENVELOPED.replace(b"></ds:Transform>", b"/>") + _XSLT)
    ),
    Attack("transform-xpath", Code.TRANSFORM_REFUSED, _only(_XPATH)),
    Attack("transform-xpath-filter", Code.TRANSFORM_REFUSED, _only(_FILTER)),
    Attack("transform-base64", Code.TRANSFORM_REFUSED, _only(_transform_of(DS.encode() + b"base64"))),
    Attack("transform-decrypt", Code.TRANSFORM_REFUSED, _only(_transform_of(b"http://www.w3.org/2002/07/decrypt#XML"))),
    Attack("transform-none", Code.TRANSFORM_REFUSED, _only(b"")),
    Attack("transform-canonicalisation-alone", Code.TRANSFORM_REFUSED, _only(_transform_of(_C14N))),
    Attack("transform-enveloped-twice", Code.TRANSFORM_REFUSED, _only(_ENVELOPED * 2)),
    Attack("transform-ten-thousand-times", Code.TRANSFORM_REFUSED, _only(_ENVELOPED * 10_000)),
    Attack(
        "transform-with-parameters",
        Code.SIGNATURE_FORM,
        _only(_transform_of(DS.encode() + b"enveloped-signature", b"<x/>")),
    ),
    Attack(
        "transform-prefixes-for-inclusive-c14n",
        Code.TRANSFORM_REFUSED,
        _only(
            _ENVELOPED
            + _transform_of(
                _C14N, b'<e:InclusiveNamespaces xmlns:e="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="a"/>'
            )
        ),
    ),
    Attack(
        "transform-with-100000-prefixes",
        Code.TRANSFORM_REFUSED,
        _only(
            _ENVELOPED
            + _transform_of(
                b"http://www.w3.org/2001/10/xml-exc-c14n#",
                b'<e:InclusiveNamespaces xmlns:e="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="'
                + b"a " * 100_000
                + b'"/>',
            )
        ),
    ),
    Attack(
        "canonicalisation-unknown",
        Code.CANONICALISATION_REFUSED,
        replaced(_C14N + b'"/>\n<ds:SignatureMethod', b'urn:none"/>\n<ds:SignatureMethod'),
    ),
    Attack(
        "canonicalisation-by-xslt",
        Code.CANONICALISATION_REFUSED,
        replaced(
            _C14N + b'"/>\n<ds:SignatureMethod', b'http://www.w3.org/TR/1999/REC-xslt-19991116"/>\n<ds:SignatureMethod'
        ),
    ),
    Attack(
        "canonicalisation-missing",
        Code.SIGNATURE_FORM,
        replaced(re.compile(rb"<ds:CanonicalizationMethod[^>]*/>"), b""),
    ),
)


def _method(uri: str, inside: bytes = b"") -> Change:
    return replaced(
        _METHOD, b'<ds:SignatureMethod Algorithm="' + uri.encode() + b'">' + inside + b"</ds:SignatureMethod>"
    )


_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
KEYS = (
    Attack("key-of-the-attacker", Code.SIGNATURE_BROKEN, _foreign_key_info),
    Attack(
        "signed-by-the-attacker-under-the-honest-certificate",
        Code.SIGNATURE_BROKEN,
        _attackers_signature_under_the_honest_certificate,
    ),
    Attack("attackers-certificate-before-the-honest-one", Code.SIGNATURE_BROKEN, _attackers_certificate_before),
    Attack(
        "key-value-beside-the-certificate",
        Code.KEY_REFERENCE_REFUSED,
        after(b"<ds:KeyInfo>", b"<ds:KeyValue><ds:RSAKeyValue/></ds:KeyValue>"),
    ),
    Attack(
        "key-value-alone", Code.KEY_REFERENCE_REFUSED, replaced(_KEY_INFO, b"<ds:KeyInfo><ds:KeyValue/></ds:KeyInfo>")
    ),
    Attack(
        "key-by-name",
        Code.KEY_REFERENCE_REFUSED,
        replaced(_KEY_INFO, b"<ds:KeyInfo><ds:KeyName>x</ds:KeyName></ds:KeyInfo>"),
    ),
    Attack(
        "key-from-elsewhere",
        Code.KEY_REFERENCE_REFUSED,
        after(b"<ds:KeyInfo>", b'<ds:RetrievalMethod URI="http://attacker.test/k"/>'),
    ),
    Attack("key-info-empty", Code.KEY_REFERENCE_REFUSED, replaced(_KEY_INFO, b"<ds:KeyInfo/>")),
    Attack("key-info-missing", Code.SIGNATURE_FORM, replaced(_KEY_INFO, b"")),
    Attack("key-info-twice", Code.SIGNATURE_FORM, lambda data: _KEY_INFO.sub(lambda found: found[0] * 2, data)),
    Attack(
        "certificates-nine",
        Code.KEY_REFERENCE_REFUSED,
        lambda data: re.sub(
            rb"<ds:X509Certificate>.*</ds:X509Certificate>", lambda found: found[0] * 9, data, flags=re.DOTALL
        ),
    ),
    Attack(
        "certificate-of-zeros",
        Code.CERTIFICATE_UNREADABLE,
        replaced(re.compile(rb"(?<=<ds:X509Certificate>)[^<]*"), base64.b64encode(b"\x30\x80" * 4000)),
    ),
    Attack("hmac-with-the-public-key", Code.ALGORITHM_UNKNOWN, _hmac_with_the_public_key),
    Attack("hmac-sha-1", Code.ALGORITHM_UNKNOWN, _method(DS + "hmac-sha1")),
    Attack(
        "hmac-of-one-bit",
        Code.SIGNATURE_FORM,
        _method(_MORE + "ecdsa-sha256", b"<ds:HMACOutputLength>1</ds:HMACOutputLength>"),
    ),
    Attack("rsa-sha-1", Code.ALGORITHM_WEAK, _method(DS + "rsa-sha1")),
    Attack("rsa-md5", Code.ALGORITHM_WEAK, _method(_MORE + "rsa-md5")),
    Attack("dsa-sha-1", Code.ALGORITHM_WEAK, _method(DS + "dsa-sha1")),
    Attack("ecdsa-sha-1", Code.ALGORITHM_WEAK, _method(_MORE + "ecdsa-sha1")),
    Attack("algorithm-of-another-key", Code.ALGORITHM_MISMATCH, _method(_MORE + "rsa-sha256")),
    Attack("algorithm-none", Code.ALGORITHM_UNKNOWN, _method("none")),
    Attack("algorithm-empty", Code.ALGORITHM_UNKNOWN, _method("")),
    Attack(
        "digest-sha-1", Code.ALGORITHM_WEAK, replaced(b"http://www.w3.org/2001/04/xmlenc#sha256", DS.encode() + b"sha1")
    ),
    Attack(
        "digest-unknown", Code.ALGORITHM_UNKNOWN, replaced(b"http://www.w3.org/2001/04/xmlenc#sha256", b"urn:crc32")
    ),
    Attack("value-empty", Code.SIGNATURE_BROKEN, _value(b"")),
    Attack("value-of-zeros", Code.SIGNATURE_BROKEN, _value(bytes(64))),
    Attack("value-of-ones", Code.SIGNATURE_BROKEN, _value(b"\xff" * 64)),
    Attack("value-a-byte-long", Code.SIGNATURE_BROKEN, _value(bytes(65))),
    Attack("value-with-an-element", Code.SIGNATURE_FORM, after(b"<ds:SignatureValue>", b"<x/>")),
    Attack("value-with-an-instruction", Code.SIGNATURE_FORM, after(b"<ds:SignatureValue>", b"<?x?>")),
    Attack("value-missing", Code.SIGNATURE_FORM, replaced(_VALUE, b"")),
    Attack("signed-info-twice", Code.SIGNATURE_FORM, lambda data: _SIGNED_INFO.sub(lambda found: found[0] * 2, data)),
    Attack(
        "signed-info-behind-the-value",
        Code.SIGNATURE_FORM,
        lambda data: _VALUE.sub(
            lambda _: _SIGNED_INFO.search(data)[0], _SIGNED_INFO.sub(lambda _: _VALUE.search(data)[0], data)
        ),
    ),  # type: ignore[index]
    Attack("signed-info-with-a-stranger", Code.SIGNATURE_FORM, replaced(b"</ds:SignedInfo>", b"<x/></ds:SignedInfo>")),
)

ENVELOPED = WRAPPING + REFERENCES + TRANSFORMS + KEYS
