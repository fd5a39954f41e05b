"""What clients of NCANode send and read, field by field."""

import base64
from dataclasses import replace

import pytest
from lxml import etree

from gateway.eds.names import Name
from gateway.eds.roles import Role
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped
from gateway.web.checks.certificates import java_dn
from gateway.web.checks.refusals import CheckRefused
from gateway.web.checks.requests import Pkcs12Request
from tests.unit.eds import pki
from tests.unit.web_checks.conftest import PASSWORD, in_base64, pkcs12_of

DOCUMENT = '<?xml version="1.0" encoding="utf-8"?><a><b>test</b></a>'
ENVELOPE = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
    "<soap:Body><m><iin>850101100013</iin></m></soap:Body></soap:Envelope>"
)


def signer(key, **more):
    return {"key": pkcs12_of(key), "password": PASSWORD, **more}


async def test_x509_info_answers_with_the_fields_and_spellings_of_ncanode(ask, key):
    answer = await ask("/x509/info", certs=[in_base64(key.certificate.der)], revocationCheck=["OCSP", "CRL"])
    assert (answer["status"], answer["message"], answer["valid"]) == (200, "OK", True)
    (info,) = answer["signers"]
    certificate = key.certificate
    assert info | {"verdict": "valid", "code": "ok"} == info
    assert info["revocations"] == [
        {"revoked": False, "by": "CRL", "revocationTime": None, "reason": None},
        {"revoked": False, "by": "OCSP", "revocationTime": None, "reason": "OK"},
    ]
    assert info["notBefore"] == certificate.not_before.strftime("%Y-%m-%dT%H:%M:%S.000+00:00")
    assert info["keyUsage"] == "SIGN"
    assert info["serialNumber"] == f"{certificate.serial:x}"
    assert info["signAlg"] == "SHA256withECDSA"
    assert info["keyUser"] == ["INDIVIDUAL"]
    assert base64.b64decode(info["publicKey"]) == certificate.key_info
    assert base64.b64decode(info["signature"]) == certificate.signature
    assert info["subject"] == {
        "commonName": "СЫНАҚОВ СЫНАҚ",
        "lastName": "СЫНАҚҰЛЫ",
        "surName": "СЫНАҚОВ",
        "organization": 'ММ "СЫНАҚ"',
        "iin": "850101100013",
        "bin": "850940000012",
        "country": "KZ",
        "dn": 'OU=BIN850940000012, O="ММ \\"СЫНАҚ\\"", GIVENNAME=СЫНАҚҰЛЫ, C=KZ, SERIALNUMBER=IIN850101100013, '
        "SURNAME=СЫНАҚОВ, CN=СЫНАҚОВ СЫНАҚ",
    }
    assert info["issuer"] == {
        "commonName": "ҰЛТТЫҚ СЫНАҚ ОРТАЛЫҒЫ",
        "country": "KZ",
        "dn": "C=KZ, CN=ҰЛТТЫҚ СЫНАҚ ОРТАЛЫҒЫ",
    }


def test_a_name_is_written_as_java_writes_it():
    name = Name(b"", (("2.5.4.3", "ТЕСТОВ ТЕСТ"), ("2.5.4.10", 'АО "ТЕСТ"'), ("1.2.3", "a  b")))
    assert java_dn(name) == 'OID.1.2.3="a  b", O="АО \\"ТЕСТ\\"", CN=ТЕСТОВ ТЕСТ'


async def test_a_head_is_told_as_ceo_before_organization(ask, nca):
    head = nca.person("head", roles=(Role.LEGAL_ENTITY, Role.HEAD), sources=False)
    answer = await ask("/x509/info", certs=[in_base64(head.certificate.der)])
    assert answer["signers"][0]["keyUser"] == ["CEO", "ORGANIZATION"]


async def test_a_certificate_that_cannot_be_read_is_null_in_its_place(ask, key):
    answer = await ask("/x509/info", certs=["MAA=", in_base64(key.certificate.der), "%%%"])
    assert [one is None for one in answer["signers"]] == [True, False, True]
    assert (answer["valid"], answer["code"]) == (False, "certificate-unreadable")
    assert (await ask("/x509/info", certs=[]))["valid"] is False


async def test_certificates_come_in_base64_with_white_space_and_in_pem(ask, key):
    text = in_base64(key.certificate.der)
    answer = await ask("/x509/info", certs=[f"{text[:70]}\r\n {text[70:]}\n", key.certificate.pem])
    assert answer["valid"] is True


async def test_a_bare_signature_is_over_the_text_itself(ask, key):
    value = in_base64(key.sign("Сәлем".encode()))
    asked = {"certificate": in_base64(key.certificate.der), "signature": value}
    assert (await ask("/x509/verify", **asked, data="Сәлем"))["valid"] is True
    answer = await ask("/x509/verify", **asked, data="Салем")
    assert (answer["valid"], answer["code"], answer["signers"][0]["valid"]) == (False, "signature-broken", False)


async def test_a_signed_document_is_signed_and_verified_with_several_signers_the_last_first(ask, nca, key):
    other = nca.person("other", iin="900101100015", sources=False)
    signed = await ask("/xml/sign", xml=DOCUMENT, signers=[signer(key, keyAlias=None), signer(other, referenceUri="")])
    assert signed["status"] == 200
    answer = await ask("/xml/verify", xml=signed["xml"], revocationCheck=[])
    assert [one["subject"]["iin"] for one in answer["signers"]] == ["900101100015", "850101100013"]


async def test_clear_signatures_and_trim_xml_do_what_their_names_say(ask, key):
    before = sign_enveloped(b"<a>\n  <b> x </b>\n</a>", key).decode()
    signed = await ask("/xml/sign", xml=before, signers=[signer(key)], clearSignatures=True, trimXml=True)
    (signature,) = verify_enveloped(signed["xml"].encode())
    assert signature.covered == b"<a><b> x </b></a>"


async def test_a_document_that_declares_another_encoding_is_read_as_the_text_that_it_is(ask, key):
    signed = sign_enveloped("<a>Қазақстан</a>".encode(), key).decode()
    declared = signed.replace('encoding="utf-8"', 'encoding="windows-1251"')
    assert declared != signed
    assert (await ask("/xml/verify", xml=f"\n {declared}"))["valid"] is True


async def test_part_of_a_document_is_not_signed(ask, key):
    with pytest.raises(CheckRefused, match="whole document"):
        await ask("/xml/sign", xml=DOCUMENT, signers=[signer(key, referenceUri="#b")])


async def test_a_soap_message_is_signed_and_verified(ask, key):
    signed = await ask("/wsse/sign", xml=ENVELOPE, **signer(key), trimXml=True)
    answer = await ask("/wsse/verify", xml=signed["xml"])
    assert (answer["valid"], len(answer["signers"])) == (True, 1)
    spoiled = signed["xml"].replace("850101100013", "900101100015")
    assert (await ask("/wsse/verify", xml=spoiled))["code"] == "digest-mismatch"


@pytest.mark.parametrize("path", ["/xml/verify", "/wsse/verify"])
async def test_an_unsigned_document_is_not_valid_and_has_no_signers(ask, path):
    answer = await ask(path, xml=ENVELOPE)
    assert (answer["status"], answer["valid"], answer["signers"]) == (200, False, [])
    assert answer["code"] == "signature-missing"
    with pytest.raises(CheckRefused, match="Cannot read XML"):
        await ask(path, xml="<a>")


async def test_a_key_file_tells_its_certificate_and_its_names(ask, key):
    answer = await ask("/pkcs12/info", keys=[signer(key)], revocationCheck=["OCSP"])
    assert (answer["valid"], answer["signers"][0]["subject"]["iin"]) == (True, "850101100013")
    assert (await ask("/pkcs12/aliases", keys=[signer(key), signer(key)]))["aliases"] == [["alias"], ["alias"]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"password": "wrong"}, r"signers\[0\]: Key reading error: Password incorrect\."),
        ({"key": "%%%"}, r"signers\[0\]: Key reading error: Invalid Base64 format"),
        ({"key": "AAAA"}, r"signers\[0\]: Key reading error: Invalid format\."),
        ({"keyAlias": "x"}, r"signers\[0\]: Key reading error: Key does not have 'x' alias"),
    ],
)
async def test_a_key_that_cannot_be_opened_is_told_in_the_words_of_ncanode(ask, key, change, message):
    for path, fields in (("/pkcs12/info", {"keys"}), ("/xml/sign", {"signers", "xml"})):
        values = {"xml": DOCUMENT, "keys": [signer(key) | change], "signers": [signer(key) | change]}
        with pytest.raises(CheckRefused, match=message) as refused:
            await ask(path, **{name: values[name] for name in fields})
        assert refused.value.status == 400
        assert PASSWORD not in str(refused.value.to_json())


async def test_data_is_signed_attached_joined_by_another_signer_and_taken_out(ask, nca, key):
    data = in_base64(b"lol_kek")
    other = nca.person("other", iin="900101100015", sources=False)
    made = await ask("/cms/sign", data=data, signers=[signer(key)], tsaPolicy=None)
    answer = await ask("/cms/verify", cms=made["cms"], revocationCheck=["OCSP"])
    assert (answer["valid"], answer["signers"][0]["certificates"][0]["valid"]) == (True, True)
    assert "tsp" not in answer["signers"][0]
    joined = await ask("/cms/sign/add", cms=made["cms"], signers=[signer(other)])
    answer = await ask("/cms/verify", cms=joined["cms"])
    assert len(answer["signers"]) == 2
    assert (await ask("/cms/extract", cms=joined["cms"]))["data"] == data


async def test_a_detached_signature_needs_its_data(ask, key):
    data = in_base64(b"lol_kek")
    made = (await ask("/cms/sign", data=data, signers=[signer(key), signer(key)], detached=True))["cms"]
    assert (await ask("/cms/verify", cms=made, data=data))["valid"] is True
    assert (await ask("/cms/verify", cms=made))["code"] == "content-missing"
    assert (await ask("/cms/verify", cms=made, data=in_base64(b"other")))["code"] == "digest-mismatch"
    with pytest.raises(CheckRefused, match="CMS doesn't have signed content"):
        await ask("/cms/extract", cms=made)
    with pytest.raises(CheckRefused, match="Data must be specified for detached CMS"):
        await ask("/cms/sign/add", cms=made, signers=[signer(key)])
    joined = (await ask("/cms/sign/add", cms=made, data=data, signers=[signer(key)]))["cms"]
    assert len((await ask("/cms/verify", cms=joined, data=data))["signers"]) == 3


async def test_a_cms_in_pem_as_ncalayer_gives_it_is_read(ask, key):
    made = (await ask("/cms/sign", data=in_base64(b"x"), signers=[signer(key)]))["cms"]
    lines = "\n".join(made[place : place + 64] for place in range(0, len(made), 64))
    assert (await ask("/cms/verify", cms=f"-----BEGIN CMS-----\n{lines}\n-----END CMS-----\n"))["valid"] is True


async def test_without_an_address_of_the_authority_no_time_stamp_is_promised(ask, key):
    with pytest.raises(CheckRefused, match="withTsp"):
        await ask("/cms/sign", data=in_base64(b"x"), signers=[signer(key)], withTsp=True)


async def test_fields_that_are_not_known_are_passed_over_and_numbers_stand_for_strings(ask, nca):
    key = nca.person("numeric", sources=False)
    entry = {"key": pkcs12_of(key, password="123456"), "password": 123456, "somethingNew": {"a": []}}
    signed = await ask("/xml/sign", xml=DOCUMENT, signers=[entry], trimXml=None, xadesLevel=None)
    assert etree.fromstring(signed["xml"].encode()).tag == "a"


async def test_a_certificate_is_described_whatever_the_verdict(ask, nca, network):
    revoked = nca.person("revoked")
    network.answers[pki.OCSP_URL] = nca.answers(
        revoked.certificate, status=pki.ocsp.OCSPCertStatus.REVOKED, reason=pki.x509.ReasonFlags.key_compromise
    )
    answer = await ask("/x509/info", certs=[in_base64(revoked.certificate.der)], revocationCheck=["OCSP"])
    (info,) = answer["signers"]
    assert (answer["valid"], info["valid"], info["code"]) == (False, False, "certificate-revoked")
    assert info["revocations"] == [
        {
            "revoked": True,
            "by": "OCSP",
            "revocationTime": "2026-03-01T05:00:00.000+00:00",
            "reason": "KEY_COMPROMISE",
        }
    ]


async def test_a_key_for_authentication_signs_no_document_unless_the_operator_lets_it(ask, checks, nca):
    auth = nca.person("auth", usage=pki.AUTH, sources=False)
    signed = sign_enveloped(b"<a/>", auth).decode()
    lenient = replace(checks, authentication_keys=True, always_ask=False)
    strict = replace(checks, always_ask=False)
    answer = await ask("/xml/verify", by=strict, xml=signed)
    assert (answer["code"], answer["signers"][0]["keyUsage"]) == ("key-not-for-signing", "AUTH")
    assert (await ask("/xml/verify", by=lenient, xml=signed))["valid"] is True
    message = (await ask("/wsse/sign", xml=ENVELOPE, **signer(auth)))["xml"]
    assert (await ask("/wsse/verify", by=strict, xml=message))["valid"] is True


def test_a_request_never_shows_its_key_or_password(key):
    request = Pkcs12Request.model_validate({"keys": [signer(key)]})
    shown = f"{request!r} {request} {request.keys[0]!r} {[request]}"
    assert PASSWORD not in shown
    assert pkcs12_of(key)[:40] not in shown
