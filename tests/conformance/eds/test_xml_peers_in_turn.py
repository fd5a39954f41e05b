"""Signed in turn: xmlsec1, xmlsec and signxml agree on every signature, and no attack on one is healed by another.

A peer looks at one signature. The outermost it finds in the whole document; an inner one in what the signature outside
it covers, which is the document as the next signer got it.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest
from cryptography import x509
from lxml import etree

from gateway.clock import ManualClock
from gateway.eds.canonical import canonical_document
from gateway.eds.codes import Code, Status
from gateway.eds.errors import EdsError, SignatureRefused
from gateway.eds.evidence import add_ocsp
from gateway.eds.keys import SoftwareKey
from gateway.eds.policies import may_sign
from gateway.eds.signature_chain import open_chain, verify_chain
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.xml import parse
from gateway.eds.xmldsig import sign_enveloped
from tests.conformance.eds.attacks import documents, enveloped
from tests.conformance.eds.attacks.attack import Attack, attacker, honest
from tests.conformance.eds.programs import run
from tests.conformance.eds.test_xml_peers import DOCUMENTS, FOR_SIGNXML, private_pem, xmlsec_verifies
from tests.unit.eds import pki

WITHOUT_COMMENTS = [document for document in DOCUMENTS if b"<!--" not in document]
_VALUES = re.compile(rb"<ds:(DigestValue|SignatureValue)>.*?</ds:\1>", re.DOTALL)
_CERTIFICATE = re.compile(rb"<ds:X509Data>.*?</ds:X509Data>", re.DOTALL)


@pytest.fixture(scope="module", params=["rsa2048", "p256"])
def keys(request: pytest.FixtureRequest) -> tuple[SoftwareKey, ...]:
    nca = pki.issuing(pki.root())
    iins = ("850101100013", "700202100130", "900101100014")
    return tuple(nca.person(f"peer {request.param} {iin}", kind=request.param, iin=iin) for iin in iins)


def left_by_each(document: bytes, keys: tuple[SoftwareKey, ...]) -> list[bytes]:
    """Sign in turn and return what each left, evidence in his signature included, for the next to sign."""
    left = []
    for key in keys:
        document = add_ocsp(sign_enveloped(document, key), [b"an answer"], certificates=[key.certificate])
        left.append(document)
    return left


def accepted_by_xmlsec1(program: str, signed: bytes, key: SoftwareKey, folder: Path) -> bool:
    """Ask about the last signature of the root; the peer is given the key, the path is not its question here."""
    (folder / "cert.pem").write_text(key.certificate.pem)
    (folder / "signed.xml").write_bytes(signed)
    good, said = run(
        program, "--verify", "--enabled-key-data", "rsa,ecdsa,ec,key-name", "--pubkey-cert-pem",
        str(folder / "cert.pem"), "--node-xpath", "/*/*[last()]", str(folder / "signed.xml"),
    )  # fmt: skip
    assert good or "fail" in said.lower() or "invalid" in said.lower(), said
    return good


@pytest.mark.parametrize("document", WITHOUT_COMMENTS)
def test_xmlsec1_accepts_every_signature_of_what_we_sign_in_turn(
    xmlsec1: str, keys: tuple[SoftwareKey, ...], document: bytes, tmp_path: Path
) -> None:
    left = left_by_each(document, keys)
    for signed, key in zip(left, keys, strict=True):
        assert accepted_by_xmlsec1(xmlsec1, signed, key, tmp_path)
    opened = open_chain(left[-1])
    assert [one.certificate for one in opened] == [key.certificate for key in keys]
    for one, before, key in zip(opened[1:], left, keys, strict=False):
        assert one.signature.covered == canonical_document(before)
        assert accepted_by_xmlsec1(xmlsec1, one.signature.covered, key, tmp_path)


def test_xmlsec1_and_we_refuse_what_was_changed_in_an_earlier_signature(
    xmlsec1: str, keys: tuple[SoftwareKey, ...], tmp_path: Path
) -> None:
    *_, last = left_by_each(DOCUMENTS[3], keys)
    changed = last.replace(b"</ds:Signature>", b"<ds:Object/></ds:Signature>", 1)
    assert not accepted_by_xmlsec1(xmlsec1, changed, keys[-1], tmp_path)
    with pytest.raises(SignatureRefused) as refused:
        open_chain(changed)
    assert refused.value.code is Code.DIGEST_MISMATCH


@pytest.mark.parametrize("document", WITHOUT_COMMENTS)
def test_we_accept_a_second_signature_that_xmlsec1_makes(
    xmlsec1: str, keys: tuple[SoftwareKey, ...], document: bytes, tmp_path: Path
) -> None:
    (first, *_) = left_by_each(document, keys[:1])
    start = (whole := sign_enveloped(first, keys[1])).rindex(b"<ds:Signature ")
    blank = _CERTIFICATE.sub(b"<ds:X509Data/>", _VALUES.sub(rb"<ds:\1/>", whole[start:]))
    (tmp_path / "template.xml").write_bytes(whole[:start] + blank)
    (tmp_path / "key.pem").write_bytes(private_pem(keys[1]))
    (tmp_path / "cert.pem").write_text(keys[1].certificate.pem)
    out = tmp_path / "out.xml"
    good, said = run(
        xmlsec1, "--sign", "--privkey-pem", f"{tmp_path}/key.pem,{tmp_path}/cert.pem", "--node-xpath",
        "/*/*[last()]", "--output", str(out), str(tmp_path / "template.xml"),
    )  # fmt: skip
    assert good, said
    earlier, later = open_chain(out.read_bytes())
    assert (earlier.certificate, later.certificate) == (keys[0].certificate, keys[1].certificate)
    assert earlier.signature.covered == canonical_document(document)
    assert later.signature.covered == canonical_document(first)


@pytest.mark.parametrize("document", FOR_SIGNXML)
def test_signxml_accepts_the_first_signature_in_what_the_second_covers(
    keys: tuple[SoftwareKey, ...], document: bytes
) -> None:
    from signxml import SignatureConfiguration, XMLVerifier

    _, second = open_chain(left_by_each(document, keys[:2])[-1])
    certificate = x509.load_der_x509_certificate(keys[0].certificate.der)
    found = XMLVerifier().verify(
        second.signature.covered, x509_cert=certificate, expect_config=SignatureConfiguration(require_x509=True)
    )
    assert found.signed_data == canonical_document(document)


@pytest.mark.parametrize("document", FOR_SIGNXML)
def test_we_accept_a_first_signature_that_signxml_makes(keys: tuple[SoftwareKey, ...], document: bytes) -> None:
    from signxml import CanonicalizationMethod, SignatureMethod, XMLSigner, methods

    rsa = keys[0].algorithm.name == "RSA-SHA256"
    signer = XMLSigner(
        method=methods.enveloped,
        signature_algorithm=SignatureMethod.RSA_SHA256 if rsa else SignatureMethod.ECDSA_SHA256,
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    first = signer.sign(etree.fromstring(document), key=keys[0]._private, cert=keys[0].certificate.pem)
    earlier, later = open_chain(sign_enveloped(etree.tostring(first, encoding="utf-8"), keys[1]))
    assert (earlier.certificate, later.certificate) == (keys[0].certificate, keys[1].certificate)


def test_xmlsec_library_accepts_every_signature(keys: tuple[SoftwareKey, ...]) -> None:
    xmlsec = pytest.importorskip("xmlsec", reason="the xmlsec wheel is not installed")
    for document in WITHOUT_COMMENTS:
        for signed, key in zip(left_by_each(document, keys), keys, strict=True):
            xmlsec_verifies(xmlsec, parse(signed, keep_instructions=True), key)


def named(attacks: tuple[Attack, ...]) -> list[object]:
    return [pytest.param(attack, id=attack.name) for attack in attacks]


ATTACKS = named(enveloped.ENVELOPED + documents.DOCUMENTS)


@pytest.mark.parametrize("attack", ATTACKS)
async def test_no_attack_passes_where_two_must_sign(attack: Attack) -> None:
    """Neither on a document that both have signed, nor on the first signature before an honest second one is made."""
    checker = CertificateChecker(Anchors.of([pki.root().certificate]), None, ManualClock(pki.NOW))
    attacked = attack.make(enveloped.signed())
    tried = [attacked]
    # Some are no XML that could be signed at all.
    with contextlib.suppress(EdsError):
        tried.append(sign_enveloped(attacked, honest()))
    for document in tried:
        chain = await verify_chain(document, checker, (may_sign(),), (may_sign(),))
        assert chain.verdict.status is Status.INVALID
        # Nothing of it is read, or the honest second signature alone is good, and one of two is not enough.
        assert not chain.links or chain.verdict.code is Code.SIGNATURES_TOO_FEW


async def test_the_attackers_signature_around_the_honest_one_is_the_attackers() -> None:
    nca = pki.issuing(pki.root())
    checker = CertificateChecker(Anchors.of([pki.root().certificate], [nca.certificate]), None, ManualClock(pki.NOW))
    document = sign_enveloped(enveloped.signed(), attacker())
    chain = await verify_chain(document, checker, (may_sign(),), (may_sign(),))
    assert chain.verdict.status is Status.INVALID
    assert [link.signature.certificate for link in chain.links] == [honest().certificate, attacker().certificate]
    assert chain.links[1].verdict.code is Code.ISSUER_UNKNOWN
