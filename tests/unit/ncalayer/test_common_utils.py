import base64
import json

import pytest
from asn1crypto import cms

from gateway.eds.canonical import canonical_document
from gateway.eds.roles import KeyPurpose
from gateway.eds.signature_chain import open_chain
from gateway.eds.xmldsig import verify_enveloped
from simulators.ncalayer.connection import Connection
from tests.unit.ncalayer.keys import IIN, person_keys

DATA = base64.b64encode(b"11\n").decode()


async def call(connection: Connection, method: str, *args: object) -> dict[str, object]:
    frame = {"module": "kz.gov.pki.knca.commonUtils", "method": method}
    return json.loads(await connection.answer(json.dumps(frame | ({"args": list(args)} if args else {}))))


async def test_without_hardware_there_are_no_active_tokens(connection):
    assert await call(connection, "getActiveTokens") == {"responseObject": [], "code": "200"}


async def test_key_info_gives_the_certificate_that_the_person_chose(connection, asked):
    asked.key_id = "umit-auth"
    answer = await call(connection, "getKeyInfo", "PKCS12")
    info = answer["responseObject"]
    certificate = person_keys()["umit-auth"].key.certificate
    assert answer["code"] == "200"
    assert info["pem"] == certificate.pem
    assert info["subjectCn"] == "ӘБІЛОВА ҮМІТ"
    assert f"IIN{IIN}" in info["subjectDn"]
    assert info["serialNumber"] == str(certificate.serial)
    assert info["algorithm"] == "RSA"
    assert set(info) == {
        "alias",
        "keyId",
        "algorithm",
        "subjectCn",
        "subjectDn",
        "issuerCn",
        "issuerDn",
        "serialNumber",
        "certNotAfter",
        "certNotBefore",
        "authorityKeyIdentifier",
        "pem",
    }


@pytest.mark.parametrize(
    ("storage", "message"),
    [("", "storageName.param.empty"), ("FLOPPY", "storage.unknown"), ("AKKaztokenStore", "storage.empty")],
)
async def test_a_storage_that_is_not_there_is_named_before_anybody_is_asked(connection, asked, storage, message):
    assert await call(connection, "getKeyInfo", storage) == {"code": "500", "message": message}
    assert asked.questions == []


async def test_signed_xml_verifies_and_names_the_chosen_key(connection):
    answer = await call(connection, "signXml", "PKCS12", "SIGNATURE", "<a>ә\n</a>", "", "")
    (signature,) = verify_enveloped(answer["responseObject"].encode())
    assert signature.certificate == person_keys()["umit-sign"].key.certificate
    assert signature.covered == "<a>ә\n</a>".encode()


async def test_the_key_type_becomes_a_demand_and_any_other_word_none(connection, asked):
    for kind in ("SIGNATURE", "AUTHENTICATION", "123"):
        await call(connection, "signXml", "PKCS12", kind, "<a/>", "", "")
    assert [question.demands.purpose for question in asked.questions] == [KeyPurpose.SIGN, KeyPurpose.AUTH, None]


async def test_several_documents_are_signed_after_one_question(connection, asked):
    answer = await call(connection, "signXmls", "PKCS12", "SIGNATURE", ["<a/>", "<b/>"], "", "")
    assert [verify_enveloped(one.encode())[0].covered for one in answer["responseObject"]] == [b"<a></a>", b"<b></b>"]
    assert len(asked.questions) == 1


@pytest.mark.parametrize(("attach", "content"), [(True, b"11\n"), (False, None)])
async def test_cades_holds_the_data_only_when_it_is_attached(connection, attach, content):
    answer = await call(connection, "createCAdESFromBase64", "PKCS12", "SIGNATURE", DATA, attach)
    signed = cms.ContentInfo.load(base64.b64decode(answer["responseObject"]))["content"]
    assert signed["encap_content_info"]["content"].native == content


async def test_a_cms_over_a_hash_carries_that_hash(connection):
    answer = await call(connection, "createCAdESFromBase64Hash", "PKCS12", "SIGNATURE", DATA)
    signed = cms.ContentInfo.load(base64.b64decode(answer["responseObject"]))["content"]
    attributes = {one["type"].native: one["values"][0].native for one in signed["signer_infos"][0]["signed_attrs"]}
    assert attributes["message_digest"] == b"11\n"
    assert set(attributes) == {"content_type", "message_digest", "signing_time", "signing_certificate_v2"}


async def test_an_empty_hash_fails_without_a_word(connection, asked):
    assert await call(connection, "createCAdESFromBase64Hash", "PKCS12", "123", "") == {"code": "500"}
    assert asked.questions == []


async def test_cancel_is_said_in_the_programs_words(connection, asked):
    asked.key_id = None
    assert await call(connection, "getKeyInfo", "PKCS12") == {"code": "500", "message": "action.canceled"}


async def test_a_password_that_stays_wrong_is_said(connection, asked):
    asked.password = "wrong"
    assert await call(connection, "getKeyInfo", "PKCS12") == {"code": "500", "message": "WRONG_PASSWORD"}


@pytest.mark.parametrize(
    ("method", "args"),
    [
        ("getKeyInfo", (None,)),
        ("getKeyInfo", (1,)),
        ("signXml", ("PKCS12", "S", 555, "", "")),
        ("signXmls", ("PKCS12", "S", "<a/>", "", "")),
        ("signXmls", ("PKCS12", "S", ["<a/>", 1], "", "")),
        ("createCAdESFromBase64", ("PKCS12", "S", "MTEK", 1)),
        ("changeLocale", (2,)),
    ],
)
async def test_an_argument_of_another_type_gets_javas_exception(connection, method, args):
    message = f"java.lang.IllegalArgumentException: argument type mismatch. Method: {method}"
    assert await call(connection, method, *args) == {"code": "500", "message": message}


@pytest.mark.parametrize(
    "xml",
    [
        "<this>is not a valid XML",
        "",
        "x",
        "<a/><b/>",
        "\ud800",
        "<a>\x00</a>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
    ],
)
async def test_what_is_no_safe_xml_is_refused_before_anybody_is_asked(connection, asked, xml):
    answer = await call(connection, "signXml", "PKCS12", "S", xml, "", "")
    assert answer["code"] == "500"
    assert "SAXParseException" in answer["message"]
    assert asked.questions == []


@pytest.mark.parametrize("data", ["%%%", "MTE", "ҚАЗ"])
async def test_what_is_no_base64_is_not_signed(connection, data):
    assert (await call(connection, "createCAdESFromBase64", "PKCS12", "S", data, True))["code"] == "500"


async def test_an_unknown_method_and_a_wrong_number_of_arguments_are_answered(connection):
    assert (await call(connection, "browseKeyStore"))["message"] == (
        "java.lang.NoSuchMethodException: Method: browseKeyStore"
    )
    assert "wrong number of arguments" in (await call(connection, "getKeyInfo"))["message"]


async def test_a_time_stamp_without_an_authority_fails_after_the_choice(connection):
    answer = await call(connection, "createCMSSignatureFromBase64", "PKCS12", "SIGNATURE", DATA, True)
    assert answer["code"] == "500"


async def test_files_of_the_person_are_not_opened(connection):
    answer = await call(connection, "createCAdESFromFile", "PKCS12", "SIGNATURE", "/etc/passwd", True)
    assert answer == {"code": "500", "message": "file.not_found"}
    assert await call(connection, "showFileChooser", "ALL", "") == {"code": "500", "message": "action.canceled"}


async def test_the_dialog_speaks_the_language_that_was_set(connection, asked):
    assert await call(connection, "changeLocale", "kk") == {"code": "200"}
    await call(connection, "getKeyInfo", "PKCS12")
    assert asked.questions[0].locale == "kk"
    assert asked.questions[0].origin == "http://127.0.0.1:8080"


async def test_a_foreign_module_and_a_broken_frame_are_answered_so_that_no_client_hangs(connection):
    unknown = json.loads(await connection.answer('{"module":"kz.digiflow.mobile.extensions","method":"getVersion"}'))
    assert (unknown["status"], unknown["code"]) == (False, "MODULE_NOT_FOUND")
    broken = json.loads(await connection.answer("{"))
    assert (broken["status"], broken["code"]) == (False, "GENERAL_ERROR")


async def test_a_document_that_another_has_signed_is_signed_as_it_is(connection, asked):
    first = (await call(connection, "signXml", "PKCS12", "SIGNATURE", "<a>ә\n</a>", "", ""))["responseObject"]
    asked.key_id = "nurlan-sign"
    second = (await call(connection, "signXml", "PKCS12", "SIGNATURE", first, "", ""))["responseObject"]
    earlier, later = open_chain(second.encode())
    assert [earlier.certificate, later.certificate] == [
        person_keys()[name].key.certificate for name in ("umit-sign", "nurlan-sign")
    ]
    assert earlier.signature.covered == "<a>ә\n</a>".encode()
    assert later.signature.covered == canonical_document(first.encode())
