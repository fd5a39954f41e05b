"""One GOST key does what two RSA keys did: it signs XML, CMS and bare bytes, and is offered for either purpose."""

import base64
import json

import pytest
from asn1crypto import cms, pem

from gateway.clock import ManualClock
from gateway.eds.algorithms import GOST_2015_512_STREEBOG
from gateway.eds.cms.reader import read_cms
from gateway.eds.gost import backends
from gateway.eds.xmldsig import verify_enveloped
from gateway.texts import Language
from simulators.ncalayer.connection import Connection
from simulators.ncalayer.dialog import Automatic, Dialog, Purpose, Question
from simulators.ncalayer.fitness import Demands, Unfit
from simulators.ncalayer.keyring import MemoryKeyRing
from simulators.ncalayer.program import Caller, Program
from simulators.ncalayer.timestamps import NoTimestamper
from simulators.ncalayer.window import described_key
from simulators.ncalayer.wording import words
from tests.unit.ncalayer.keys import CLIENT, EMAIL, INDIVIDUAL, NOW, PASSWORD, gost_key

DATA = base64.b64encode(b"11\n").decode()


@pytest.fixture
def key():
    return gost_key().key.certificate


@pytest.fixture
def connection():
    chooser = Automatic(MemoryKeyRing([gost_key()]), lambda _question: ("umit-gost", PASSWORD))
    program = Program(chooser, ManualClock(NOW), NoTimestamper())
    return Connection(program, Caller("http://127.0.0.1:8080"), version="1.4")


async def common(connection, method, *args):
    frame = {"module": "kz.gov.pki.knca.commonUtils", "method": method, "args": args}
    return json.loads(await connection.answer(json.dumps(frame)))


async def basics(connection, **changes):
    arguments = {"allowedStorages": ["PKCS12"], "data": DATA, "signingParams": {}, "signerParams": {}, "locale": "ru"}
    frame = {"module": "kz.gov.pki.knca.basics", "method": "sign", "args": arguments | changes}
    return json.loads(await connection.answer(json.dumps(frame)))


async def test_the_key_info_names_the_algorithm_as_the_real_library_does(connection, key):
    answer = (await common(connection, "getKeyInfo", "PKCS12"))["responseObject"]
    assert answer["algorithm"] == "ECGOST3410-2015"
    assert answer["pem"] == key.pem
    assert answer["alias"] == key.ski.hex()


@pytest.mark.parametrize("kind", ["SIGNATURE", "AUTHENTICATION", ""])
async def test_xml_is_signed_whichever_key_type_is_asked_for(connection, key, kind):
    signed = (await common(connection, "signXml", "PKCS12", kind, "<a>ә</a>", "", ""))["responseObject"]
    (signature,) = verify_enveloped(signed.encode())
    assert signature.covered == "<a>ә</a>".encode()
    assert signature.certificate == key
    assert GOST_2015_512_STREEBOG.uri in signed


async def test_a_cms_has_the_hash_and_signature_of_gost(connection, key):
    answer = await basics(connection, format="cms", signingParams={"decode": True})
    der = pem.unarmor(answer["body"]["result"].encode())[2]
    (signer,) = cms.ContentInfo.load(der)["content"]["signer_infos"]
    assert signer["digest_algorithm"]["algorithm"].dotted == "1.2.398.3.10.1.3.3"
    signed = signer["signed_attrs"].dump()
    algorithm = GOST_2015_512_STREEBOG
    assert algorithm.verify(key.key_info, signer["signature"].native, b"\x31" + signed[1:])
    assert read_cms(der) is not None


async def test_a_raw_signature_is_over_the_bytes_themselves(connection, key):
    result = (await basics(connection, format="raw", signingParams={"decode": True}))["body"]["result"]
    (signature,) = result["signatures"]
    assert GOST_2015_512_STREEBOG.verify(key.key_info, base64.b64decode(signature), b"11\n")
    assert result["certificate"] == key.pem


async def test_what_is_too_long_to_hash_without_a_c_library_is_refused_in_words(connection):
    with backends.using(hashes="python"):
        answer = await basics(connection, format="raw", data="x" * 300_000)
    assert answer["status"] is False
    assert "hash" in answer["details"].lower()


def test_the_key_fits_demands_for_either_purpose_but_not_for_another_usage(key):
    for purpose in key.purposes:
        assert Demands(purpose=purpose).why_unfit(key, NOW) is None
    assert len(key.purposes) == 2
    assert Demands(usages=frozenset({EMAIL, INDIVIDUAL})).why_unfit(key, NOW) is None
    assert Demands(usages=frozenset({CLIENT})).why_unfit(key, NOW) is Unfit.USAGE


async def test_the_dialog_lists_the_key_with_its_algorithm():
    dialog = Dialog(MemoryKeyRing([gost_key()]), ManualClock(NOW))
    (offer,) = await dialog.offers(Question(Purpose.SIGN_XML, None, "kk"))
    assert (offer.key.algorithm, offer.unfit) == ("ECGOST3410-2015", None)
    shown = described_key(offer)
    assert (shown["algorithm"], shown["purpose"]) == ("ГОСТ 34.10-2015", "both")
    assert words(Language.KK)[shown["purpose"]] == "қол қою және аутентификация"
