"""What xmlsec1 signs and accepts and we refuse, each with the reason: we are stricter on purpose."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from gateway.eds.codes import Code
from gateway.eds.errors import EdsError
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped
from tests.conformance.eds.programs import run
from tests.unit.eds import pki


@dataclass(frozen=True)
class Refused:
    """A signature that xmlsec1 makes and finds good, and that we do not accept; `why` is the reason."""

    change: Callable[[bytes], bytes]
    code: Code
    why: str


_DSIG, _MORE = "http://www.w3.org/2000/09/xmldsig#", "http://www.w3.org/2001/04/xmldsig-more#"
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


def _swap(before: str, after: str) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert before.encode() in data
        return data.replace(before.encode(), after.encode())

    return change


def _doubled(data: bytes) -> bytes:
    return re.sub(rb"<ds:Reference .*</ds:Reference>\n", lambda found: found[0] * 2, data, flags=re.DOTALL)


def _first_in_the_root(data: bytes) -> bytes:
    root = etree.fromstring(data)
    root.insert(0, root[-1])
    return etree.tostring(root)


def _deeper(data: bytes) -> bytes:
    root = etree.fromstring(data)
    root[0].append(root[-1])
    return etree.tostring(root)


def _by_name(data: bytes) -> bytes:
    return re.sub(rb"<ds:X509Data>.*</ds:X509Data>", b"<ds:KeyName>peer</ds:KeyName>", data, flags=re.DOTALL)


XPATH = (
    '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>'
    "not(ancestor-or-self::ds:Signature)</ds:XPath></ds:Transform>"
)
THEY_ACCEPT = {
    "rsa-sha1": Refused(_swap(_MORE + "rsa-sha256", _DSIG + "rsa-sha1"), Code.ALGORITHM_WEAK, "SHA-1 is forgeable"),
    "digest-sha1": Refused(
        _swap("http://www.w3.org/2001/04/xmlenc#sha256", _DSIG + "sha1"), Code.ALGORITHM_WEAK, "SHA-1 is forgeable"
    ),
    "digest-sha224": Refused(
        _swap("http://www.w3.org/2001/04/xmlenc#sha256", _MORE + "sha224"),
        Code.ALGORITHM_UNKNOWN,
        "no system of Kazakhstan uses it",
    ),
    "c14n-1.1": Refused(
        _swap(_C14N + "#WithComments", "http://www.w3.org/2006/12/xml-c14n11"),
        Code.TRANSFORM_REFUSED,
        "one canonicalisation more is one door more; nobody makes it",
    ),
    "xpath": Refused(
        _swap(f'<ds:Transform Algorithm="{_DSIG}enveloped-signature"/>', XPATH),
        Code.TRANSFORM_REFUSED,
        "an expression can leave out whatever it likes",
    ),
    "two-references": Refused(_doubled, Code.REFERENCE_REFUSED, "a reader takes the wrong one for what was signed"),
    "no-digest-of-the-whole": Refused(
        _swap(' URI=""', " URI=\"#xpointer(id('part'))\""), Code.REFERENCE_REFUSED, "only a part would be signed"
    ),
    "signature-first": Refused(
        _first_in_the_root, Code.SIGNATURE_MISPLACED, "signatures stand one after another at the end, last in first out"
    ),
    "signature-deeper": Refused(_deeper, Code.SIGNATURE_MISPLACED, "wrapping moves a signature together with its text"),
    "key-by-name": Refused(_by_name, Code.KEY_REFERENCE_REFUSED, "only a certificate says whose the key is"),
    "doctype": Refused(
        _swap("<form", "<!DOCTYPE form><form"), Code.XML_DOCTYPE, "nothing here has a DTD, and a DTD changes a document"
    ),
}


@pytest.mark.parametrize("name", THEY_ACCEPT)
def test_what_we_refuse_and_xmlsec1_accepts_is_refused_for_a_reason(xmlsec1: str, name: str, tmp_path: Path) -> None:
    case = THEY_ACCEPT[name]
    key = pki.issuing(pki.root()).person("peer rsa2048", kind="rsa2048")
    document = b'<form><part Id="part">1</part></form>'
    blank = re.sub(
        rb"<ds:(DigestValue|SignatureValue)>.*?</ds:\1>", rb"<ds:\1/>", sign_enveloped(document, key), flags=re.DOTALL
    )
    (tmp_path / "template.xml").write_bytes(case.change(blank))
    (tmp_path / "key.pem").write_bytes(key._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    out = tmp_path / "out.xml"
    options = ("--id-attr:Id", "part", "--pubkey-cert-pem:peer", str(tmp_path / "cert.pem"))
    (tmp_path / "cert.pem").write_text(key.certificate.pem)
    good, said = run(
        xmlsec1, "--sign", "--privkey-pem:peer", str(tmp_path / "key.pem"), "--id-attr:Id", "part", "--output",
        str(out), str(tmp_path / "template.xml"),
    )  # fmt: skip
    if not good and "disabled" in said:
        pytest.skip("this build of xmlsec1 has the algorithm switched off")
    assert good, said
    good, said = run(xmlsec1, "--verify", "--enabled-key-data", "rsa,key-name", *options, str(out))
    assert good, said
    with pytest.raises(EdsError) as refusal:
        verify_enveloped(out.read_bytes())
    assert (refusal.value.code, bool(case.why)) == (case.code, True)
