"""ГОСТ keys of both generations on both sides of a gateway: system, gateway, peer and provider."""

from datetime import timedelta

import pytest
from lxml import etree

from gateway.eds.certificate import read_certificate
from gateway.eds.der import (
    BIT_STRING,
    NULL,
    OCTET_STRING,
    SEQUENCE,
    UTC_TIME,
    Der,
    encode,
    encode_integer,
    encode_oid,
)
from gateway.eds.gost.curves import GOST_2004, GOST_2015_512
from gateway.eds.gost.keys import GostPrivateKey
from gateway.eds.keys import signing_key
from gateway.shep.envelope import open_envelope
from tests.integration.shep.wire import ASK, request
from tests.integration.shep.world import QUESTION_SERVICE, a_world
from tests.unit.eds import pki
from tests.unit.shep.pki import START

SIGNED_BY = {GOST_2015_512.name: "1.2.398.3.10.1.1.2.3.2", GOST_2004.name: "1.2.398.3.10.1.1.1.2"}
METHODS = {GOST_2015_512.name: "gostr34102015-gostr34112015-512", GOST_2004.name: "gost34310-gost34311"}
BOOLEAN_TRUE, EXPLICIT_0, EXPLICIT_3 = b"\x01\x01\xff", 0xA0, 0xA3


def extension(oid, value):
    return encode(SEQUENCE, encode_oid(oid), BOOLEAN_TRUE, encode(OCTET_STRING, value))


def certificate(name, key, issuer_name, issuer, *, authority=False):
    """Issue a certificate of version 3, as small as a path may have it."""
    identifier = encode(SEQUENCE, encode_oid(SIGNED_BY[issuer.curve.name]), encode(NULL))
    times = [START - timedelta(days=1), START + timedelta(days=600)]
    basic = encode(SEQUENCE, BOOLEAN_TRUE) if authority else encode(SEQUENCE)
    usage = b"\x03\x02\x01\x06" if authority else b"\x03\x02\x06\xc0"
    tbs = encode(
        SEQUENCE,
        encode(EXPLICIT_0, encode_integer(2)),
        encode_integer(1 + len(name.encode())),
        identifier,
        pki.name(cn=issuer_name).public_bytes(),
        encode(SEQUENCE, *(encode(UTC_TIME, f"{each:%y%m%d%H%M%SZ}".encode()) for each in times)),
        pki.name(cn=name).public_bytes(),
        key.public_key_info,
        encode(EXPLICIT_3, encode(SEQUENCE, extension("2.5.29.19", basic), extension("2.5.29.15", usage))),
    )
    return read_certificate(encode(SEQUENCE, tbs, identifier, encode(BIT_STRING, b"\0", issuer.sign(tbs))))


@pytest.fixture(params=[GOST_2015_512, GOST_2004], ids=["2015", "2004"])
async def gost(request, database_url, clock, new_store):
    """A world whose every key is ГОСТ."""
    authority = GostPrivateKey.generate(request.param)
    root = certificate("НУЦ ГОСТ", authority, "НУЦ ГОСТ", authority, authority=True)
    assert Der.read(root.der)
    keys = {}
    for number, name in enumerate(("SHEP", "RSHEP", "PORTAL", "DESK", "GBDFL")):
        private = GostPrivateKey.generate(request.param)
        own = certificate(f"{name}{'.' * number}", private, "НУЦ ГОСТ", authority)
        keys[name] = signing_key(private, own, (root,))
    parts = {"database_url": database_url, "clock": clock, "new_store": new_store}
    async with a_world(**parts, keys=keys, anchors=[root]) as world:
        world.method = METHODS[request.param.name]
        yield world


async def test_a_question_passes_both_gateways_and_the_answer_names_its_key_by_issuer_and_serial(gost):
    answer = await gost.client("DESK", "RSHEP", timeout=30).ask(QUESTION_SERVICE, ASK)
    assert answer.payload == gost.reply.payload
    envelope = open_envelope(answer.envelope).envelope
    assert next(envelope.iter("{*}SignatureMethod")).get("Algorithm").endswith(gost.method)
    assert next(envelope.iter("{*}X509SerialNumber")).text == str(gost.key("RSHEP").certificate.serial)
    assert next(envelope.iter("{*}KeyIdentifier"), None) is None
    assert b"X509Certificate" not in etree.tostring(envelope)


async def test_a_message_of_a_gost_system_is_accepted_and_its_receipt_believed(gost):
    receipt = await gost.client("PORTAL", timeout=30).send(request("R_ALMATY_EDU"))
    assert (await gost.client("PORTAL", timeout=30).status(receipt.message_id)).state == "ON_DELIVERY"
