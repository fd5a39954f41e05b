"""Where a check must not say yes: each weakness that was read in NCANode's source, and what is answered here."""

import base64
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.eds.cms.reader import read_cms
from gateway.eds.cms.signing import add_timestamp, sign_cms
from gateway.eds.der import OCTET_STRING, SEQUENCE, SET, encode, encode_integer, encode_oid
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.trust import Anchors
from gateway.eds.wsse import sign_body
from gateway.eds.xmldsig import sign_enveloped
from gateway.web.checks.judging import Checkers, Checks
from gateway.web.checks.refusals import CheckRefused
from tests.unit.eds import pki
from tests.unit.eds.pki import NOW
from tests.unit.web_checks.conftest import in_base64

ENVELOPE = b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><m>1</m></soap:Body></soap:Envelope>'


def undetermined(answer):
    assert answer["valid"] is False
    assert all(info["valid"] is False for info in answer["signers"])
    return answer["verdict"] == "undetermined" and bool(answer["reason"]["kk"] and answer["reason"]["ru"])


# 1. OCSP


@pytest.mark.parametrize("way", ["stranger", "no responder", "other certificate", "other issuer", "old", "replayed"])
async def test_an_ocsp_answer_that_proves_nothing_makes_no_certificate_valid(ask, network, nca, key, way):
    stranger = pki.root("stranger root").responder("stranger")
    responder = {"usage": ("digital_signature",), "roles": (), "extended": (), "sources": False}
    answers = {
        "stranger": lambda: nca.answers(key.certificate, signer=stranger),
        "no responder": lambda: nca.answers(key.certificate, signer=nca.responder("plain", **responder)),
        "other certificate": lambda: nca.answers(key.certificate, about=nca.person("somebody").certificate),
        "other issuer": lambda: nca.answers(key.certificate, issuer=pki.issuing(pki.root("r2"), "n2")),
        "old": lambda: nca.answers(key.certificate, this_update=NOW - timedelta(days=30)),
        "replayed": lambda: nca.ocsp(key.certificate, nonce=b"0" * 16),
    }
    network.answers[pki.OCSP_URL] = answers[way]()
    assert undetermined(await ask("/x509/info", certs=[in_base64(key.certificate.der)], revocationCheck=["OCSP"]))


# 2. CRL


@pytest.mark.parametrize("way", ["absent", "forged", "other issuer", "over", "no list"])
async def test_a_list_that_proves_nothing_makes_no_certificate_valid(ask, network, nca, key, way):
    answers = {
        "absent": None,
        "forged": nca.crl(key=pki.private_key("p256", "stranger")),
        "other issuer": pki.issuing(pki.root("r2"), "n2", cn="БАСҚА").crl(),
        "over": nca.crl(this_update=NOW - timedelta(days=200), next_update=NOW - timedelta(days=20)),
        "no list": b"<html>404</html>",
    }
    network.answers.pop(pki.CRL_URL)
    if answers[way] is not None:
        network.answers[pki.CRL_URL] = answers[way]
    assert undetermined(await ask("/x509/info", certs=[in_base64(key.certificate.der)], revocationCheck=["CRL"]))


async def test_of_two_sources_that_are_named_each_must_confirm(ask, network, key):
    network.answers.pop(pki.CRL_URL)
    certs = [in_base64(key.certificate.der)]
    assert undetermined(await ask("/x509/info", certs=certs, revocationCheck=["CRL", "OCSP"]))
    assert (await ask("/x509/info", certs=certs, revocationCheck=["OCSP"]))["valid"] is True
    assert (await ask("/x509/info", certs=certs))["valid"] is True


# 3. No source named


async def test_revocation_is_asked_when_the_client_names_no_source(ask, network, nca):
    revoked = nca.person("revoked")
    network.answers.pop(pki.OCSP_URL)
    network.answers[pki.CRL_URL] = nca.crl(((revoked.certificate.serial, None),))
    for more in ({}, {"revocationCheck": []}, {"revocationCheck": None}):
        answer = await ask("/x509/info", certs=[in_base64(revoked.certificate.der)], **more)
        assert (answer["valid"], answer["code"]) == (False, "certificate-revoked")


async def test_when_nobody_answers_the_reason_is_told_beside_valid_false(ask, network, key):
    network.answers.clear()
    signed = sign_enveloped(b"<a/>", key)
    answer = await ask("/xml/verify", xml=signed.decode())
    assert undetermined(answer)
    assert answer["code"] == answer["signers"][0]["code"] == "revocation-unavailable"
    assert answer["signers"][0]["revocations"] == []


# 4. CMS without anybody who signed it


def cms_without_signers(certificate):
    content = encode(SEQUENCE, encode_oid("1.2.840.113549.1.7.1"), encode(0xA0, encode(OCTET_STRING, b"x")))
    certificates = encode(0xA0, certificate.der)
    body = encode(SEQUENCE, encode_integer(1), encode(SET), content, certificates, encode(SET))
    return encode(SEQUENCE, encode_oid("1.2.840.113549.1.7.2"), encode(0xA0, body))


async def test_a_cms_that_nobody_signed_is_not_valid(ask, key):
    answer = await ask("/cms/verify", cms=in_base64(cms_without_signers(key.certificate)))
    assert (answer["valid"], answer["signers"], answer["code"]) == (False, [], "signature-missing")


async def test_a_cms_without_its_signers_certificate_is_not_valid(ask, key, clock):
    made = sign_cms(b"x", key, at=clock.now())
    taken = _without_certificates(made)
    answer = await ask("/cms/verify", cms=in_base64(taken))
    assert (answer["valid"], answer["code"]) == (False, "signer-certificate-unknown")


def _without_certificates(made):
    signed = read_cms(made)
    parts = (signed.version.raw, signed.digest_algorithms.raw, signed.encapsulated.raw)
    body = encode(SEQUENCE, *parts, encode(SET, *(one.element.raw for one in signed.signers)))
    return encode(SEQUENCE, encode_oid("1.2.840.113549.1.7.2"), encode(0xA0, body))


async def test_a_cms_by_a_key_for_authentication_only_is_not_valid(ask, nca, clock):
    auth = nca.person("auth", usage=pki.AUTH)
    answer = await ask("/cms/verify", cms=in_base64(sign_cms(b"x", auth, at=clock.now())))
    assert (answer["valid"], answer["code"]) == (False, "key-not-for-signing")


# 5. Time stamps


async def test_a_time_stamp_that_is_none_spoils_the_signature_instead_of_being_shown(ask, key, clock):
    made = sign_cms(b"x", key, at=clock.now())
    # A signature of the signer himself in the place of the token: no time-stamping authority ever saw it.
    token = sign_cms(b"whatever", key, at=clock.now())
    answer = await ask("/cms/verify", cms=in_base64(add_timestamp(made, token)))
    assert (answer["valid"], answer["code"]) == (False, "timestamp-refused")
    assert "tsp" not in answer["signers"][0]


# 6. XML: what is covered


async def test_a_signature_under_another_prefix_is_found_and_checked(ask, key):
    signed = sign_enveloped(b"<a><b>1</b></a>", key).decode()
    renamed = signed.replace("ds:", "sig:").replace("xmlns:ds", "xmlns:sig")
    answer = await ask("/xml/verify", xml=renamed)
    assert (answer["valid"], answer["code"]) == (False, "signature-broken")
    wrong = renamed.replace("<b>1</b>", "<b>2</b>")
    assert (await ask("/xml/verify", xml=wrong))["valid"] is False


async def test_content_that_no_signature_covers_is_not_valid(ask, key):
    signed = sign_enveloped(b"<a><b>1</b></a>", key).decode()
    root = etree.fromstring(signed.encode())
    wrapped = "<a><b>2</b>" + etree.tostring(root[-1], encoding="unicode") + "</a>"
    inside = f"<evil><b>2</b>{etree.tostring(root, encoding='unicode')}</evil>"
    after = signed.replace("</a>", "<b>2</b></a>")
    for document in (wrapped, inside, after):
        answer = await ask("/xml/verify", xml=document)
        assert (answer["valid"], answer["signers"]) == (False, [])


async def test_a_doctype_is_refused_with_its_reason(ask, key):
    signed = sign_enveloped(b"<a/>", key).decode()
    document = signed.replace("<a>", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>', 1)
    answer = await ask("/xml/verify", xml=document)
    assert (answer["valid"], answer["code"]) == (False, "xml-doctype")


async def test_a_message_whose_body_is_not_what_was_signed_is_not_valid(ask, key):
    signed = etree.fromstring(sign_body(etree.fromstring(ENVELOPE), key))
    header, body = signed
    moved = etree.SubElement(header, "moved")
    signed.remove(body)
    moved.append(body)
    evil = etree.SubElement(signed, body.tag)
    etree.SubElement(evil, "m").text = "2"
    answer = await ask("/wsse/verify", xml=etree.tostring(signed, encoding="unicode"))
    assert (answer["valid"], answer["signers"]) == (False, [])


async def test_a_message_with_a_second_signature_is_not_valid_by_the_first(ask, key):
    signed = etree.fromstring(sign_body(etree.fromstring(ENVELOPE), key))
    security = signed[0][0]
    security.append(etree.fromstring(etree.tostring(security[0])))
    assert (await ask("/wsse/verify", xml=etree.tostring(signed, encoding="unicode")))["valid"] is False


# 7. Anchors


async def test_an_authority_in_the_folder_that_leads_to_no_anchor_is_not_believed(ask, nca, key, checks):
    nobody = MemoryFetcher()
    revocation = RevocationChecker(nobody, checks.clock)
    orphaned = Checks(Checkers.over(Anchors.of([], [nca.certificate]), revocation, nobody, checks.clock), checks.clock)
    answer = await ask("/x509/info", by=orphaned, certs=[in_base64(key.certificate.der)])
    assert (answer["valid"], answer["code"]) == (False, "issuer-unknown")


async def test_a_namesake_of_the_authority_issues_nothing_that_is_valid(ask, nca):
    namesake = pki.Authority(nca.subject, pki.private_key("p256", "namesake"), nca.certificate)
    forged = namesake.person("forged", iin="900101100015")
    assert (await ask("/x509/info", certs=[in_base64(forged.certificate.der)]))["valid"] is False


# 8. Keys and passwords: tests/integration/web_checks/test_site.py


async def test_a_refusal_over_a_key_tells_neither_key_nor_password(ask):
    secret = base64.b64encode(b"not a key file but very secret").decode()
    with pytest.raises(CheckRefused) as refused:
        await ask("/pkcs12/info", keys=[{"key": secret, "password": "Hunter2Hunter2"}])
    assert "Hunter2" not in str(refused.value.to_json())
    assert secret not in str(refused.value.to_json())


# 9. An algorithm that is not known


async def test_an_algorithm_that_is_not_known_is_never_called_valid(ask, nca):
    old = x509.CertificateBuilder(
        issuer_name=nca.subject,
        subject_name=pki.name(cn="ЕСКІ", serial="IIN850101100013"),
        public_key=pki.private_key("rsa2048", "old").public_key(),
        serial_number=77,
        not_valid_before=NOW - timedelta(days=1),
        not_valid_after=NOW + timedelta(days=1),
    ).sign(nca.key, hashes.SHA3_256())
    answer = await ask("/x509/info", certs=[in_base64(old.public_bytes(Encoding.DER))])
    (info,) = answer["signers"]
    assert (answer["valid"], info["valid"], answer["code"]) == (False, False, "algorithm-unknown")
    assert "verified" not in answer
