import base64
import json

import pytest
from asn1crypto import cms, pem

from gateway.eds.xmldsig import verify_enveloped
from simulators.ncalayer.fitness import Unfit
from tests.unit.ncalayer.keys import BIN, HEAD, IIN, NOW, authority, person_keys

DATA = base64.b64encode(b"11\n").decode()


async def call(connection, **changes):
    arguments = {
        "allowedStorages": ["PKCS12"],
        "format": "cms",
        "data": DATA,
        "signingParams": {},
        "signerParams": {"extKeyUsageOids": []},
        "locale": "ru",
    } | changes
    frame = {"module": "kz.gov.pki.knca.basics", "method": "sign", "args": arguments}
    return json.loads(await connection.answer(json.dumps(frame)))


def read_pem(text):
    kind, _headers, der = pem.unarmor(text.encode())
    assert kind == "CMS"
    return cms.ContentInfo.load(der)["content"]


async def test_one_xml_document_comes_back_as_an_array(connection):
    answer = await call(connection, format="xml", data="<a>ә</a>")
    assert answer["status"] is True
    (document,) = answer["body"]["result"]
    assert verify_enveloped(document.encode())[0].covered == "<a>ә</a>".encode()


async def test_one_cms_comes_back_as_a_string_and_several_as_an_array(connection):
    one = (await call(connection))["body"]["result"]
    assert isinstance(one, str)
    assert one.startswith("-----BEGIN CMS-----\n")
    assert one.endswith("-----END CMS-----\n")
    several = (await call(connection, data=[DATA, DATA]))["body"]["result"]
    assert [text.startswith("-----BEGIN CMS-----") for text in several] == [True, True]


@pytest.mark.parametrize(
    ("parameters", "content"),
    [
        ({}, DATA.encode()),
        ({"decode": True}, b"11\n"),
        ({"decode": True, "encapsulate": True}, b"11\n"),
        ({"decode": True, "encapsulate": False}, None),
        ({"decode": True, "digested": True, "encapsulate": False}, None),
    ],
)
async def test_the_signing_parameters_say_what_is_signed_and_whether_it_is_inside(connection, parameters, content):
    signed = read_pem((await call(connection, signingParams=parameters))["body"]["result"])
    assert signed["encap_content_info"]["content"].native == content


async def test_output_cert_gives_the_certificate_beside_the_signatures(connection):
    result = (await call(connection, signingParams={"outputCert": True}))["body"]["result"]
    assert result["certificate"] == person_keys()["umit-sign"].key.certificate.pem
    assert len(result["signatures"]) == 1


async def test_a_raw_signature_is_over_the_bytes_themselves(connection):
    result = (await call(connection, format="raw", signingParams={"decode": True}))["body"]["result"]
    certificate = person_keys()["umit-sign"].key.certificate
    signature = base64.b64decode(result["signatures"][0])
    from gateway.eds.algorithms import RSA_SHA256

    assert RSA_SHA256.verify(certificate.key_info, signature, b"11\n")


async def test_cancel_is_a_success_without_a_result(connection, asked):
    asked.key_id = None
    assert await call(connection) == {"body": {}, "status": True}


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "pdf"},
        {"format": None},
        {"data": None},
        {"data": []},
        {"data": [1]},
        {"data": ["a"] * 101},
        {"signingParams": 555},
        {"signingParams": {"decode": "yes"}},
        {"signingParams": {"tsaProfile": "x"}},
        {"signerParams": []},
        {"signerParams": {"extKeyUsageOids": "1.2"}},
        {"signerParams": {"chain": ["not a certificate"]}},
        {"allowedStorages": ["FLOPPY"]},
        {"logo": "A" * 50_001},
        {"locale": 7},
    ],
)
async def test_malformed_arguments_are_an_invocation_error_and_nobody_is_asked(connection, asked, changes):
    answer = await call(connection, **changes)
    assert (answer["status"], answer["code"]) == (False, "INVOCATION_ERROR")
    assert answer["details"]
    assert asked.questions == []


async def test_the_words_of_a_wrong_member_are_those_of_org_json(connection):
    answer = await call(connection, signingParams=555)
    assert answer == {
        "code": "INVOCATION_ERROR",
        "details": 'org.json.JSONException: JSONObject["signingParams"] is not a JSONObject.',
        "message": "An invoked method threw an exception.",
        "status": False,
    }


async def test_arguments_that_are_no_object_and_other_methods_are_answered(connection):
    for frame in (
        {"module": "kz.gov.pki.knca.basics", "method": "sign", "args": []},
        {"module": "kz.gov.pki.knca.basics", "method": "unsign", "args": {}},
    ):
        assert json.loads(await connection.answer(json.dumps(frame)))["code"] == "INVOCATION_ERROR"


async def test_a_time_stamp_that_cannot_be_had_is_a_general_error(connection):
    answer = await call(connection, signingParams={"tsaProfile": {}})
    assert (answer["status"], answer["code"]) == (False, "GENERAL_ERROR")


async def test_the_signer_parameters_decide_which_keys_fit(connection, asked):
    serial = person_keys()["umit-sign"].key.certificate.serial_hex
    cases = {
        "umit-sign": [
            ({"iin": IIN}, None),
            ({"iin": "000000000000"}, Unfit.IIN),
            ({"bin": BIN}, Unfit.BIN),
            ({"extKeyUsageOids": [HEAD]}, Unfit.USAGE),
            ({"serialNumber": serial}, None),
            ({"serialNumber": serial.lower()}, None),
            ({"serialNumber": str(int(serial, 16))}, None),
            ({"serialNumber": "17"}, Unfit.SERIAL),
            ({"serialNumber": "zz"}, Unfit.SERIAL),
            ({"chain": []}, None),
            ({"chain": None}, None),
            ({"chain": [authority().pem.decode()]}, None),
            ({"chain": [authority("БАСҚА ОРТАЛЫҚ").pem.decode()]}, Unfit.CHAIN),
        ],
        "umit-expired": [({"iin": IIN}, Unfit.EXPIRED)],
        "nurlan-sign": [({"bin": BIN, "extKeyUsageOids": [HEAD]}, None)],
    }
    for key_id, rows in cases.items():
        certificate = person_keys()[key_id].key.certificate
        for parameters, expected in rows:
            await call(connection, signerParams=parameters)
            assert asked.questions[-1].demands.why_unfit(certificate, NOW) is expected, parameters


async def test_an_expired_key_fits_when_the_page_allows_it(connection, asked):
    await call(connection, signingParams={"allowExpired": True})
    assert asked.questions[-1].demands.why_unfit(person_keys()["umit-expired"].key.certificate, NOW) is None


async def test_storages_that_are_not_there_leave_the_dialog_without_keys(connection, asked):
    await call(connection, allowedStorages=["AKKaztokenStore"])
    assert asked.questions[-1].offers_keys is False
