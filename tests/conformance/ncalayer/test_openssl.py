import asyncio
import base64
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from asn1crypto import cms, pem
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.eds.algorithms import SHA256
from simulators.ncalayer import HttpTimestamper, cades
from simulators.ncalayer.errors import TimestampUnavailable
from simulators.ncalayer.keyring import open_pkcs12
from tests.unit.ncalayer.keys import NOW, PASSWORD, SIGNING, authority, issue, name_of, person_keys, rsa_key

DATA = "Өтініш\n".encode()


def verification(tmp_path, *more):
    (tmp_path / "ca.pem").write_bytes(authority().pem)
    at = str(int(NOW.timestamp()))
    return ["-CAfile", str(tmp_path / "ca.pem"), "-purpose", "any", "-attime", at, "-cades", "-binary", *more]


@pytest.mark.parametrize("key_id", ["umit-sign", "umit-curve"])
@pytest.mark.parametrize("attached", [True, False])
async def test_openssl_accepts_our_cades_signature(tmp_path, run_openssl, key_id, attached):
    key = open_pkcs12(person_keys()[key_id].content, PASSWORD)
    info = cades.sign(cades.Content.of(DATA, key.algorithm, attached=attached), key, NOW).message()
    (tmp_path / "cms.der").write_bytes(info)
    (tmp_path / "data").write_bytes(DATA)
    content = [] if attached else ["-content", str(tmp_path / "data")]
    arguments = verification(tmp_path, *content)
    out = await run_openssl("cms", "-verify", "-inform", "DER", "-in", str(tmp_path / "cms.der"), *arguments)
    assert out == DATA
    assert key.certificate.der in info


async def test_openssl_accepts_a_signature_over_a_hash_with_the_data_that_was_hashed(tmp_path, run_openssl):
    key = open_pkcs12(person_keys()["umit-sign"].content, PASSWORD)
    info = cades.sign(cades.Content(SHA256(DATA)), key, NOW).message()
    (tmp_path / "cms.der").write_bytes(info)
    (tmp_path / "data").write_bytes(DATA)
    arguments = verification(tmp_path, "-content", str(tmp_path / "data"))
    assert await run_openssl("cms", "-verify", "-inform", "DER", "-in", str(tmp_path / "cms.der"), *arguments) == DATA


async def test_openssl_refuses_our_signature_over_other_data(tmp_path, run_openssl):
    key = open_pkcs12(person_keys()["umit-sign"].content, PASSWORD)
    info = cades.sign(cades.Content.of(DATA, key.algorithm, attached=False), key, NOW).message()
    (tmp_path / "cms.der").write_bytes(info)
    (tmp_path / "data").write_bytes(DATA + b".")
    arguments = verification(tmp_path, "-content", str(tmp_path / "data"))
    with pytest.raises(AssertionError, match=r"[Vv]erification failure"):
        await run_openssl("cms", "-verify", "-inform", "DER", "-in", str(tmp_path / "cms.der"), *arguments)


async def test_the_pem_form_is_read_back_whole():
    key = open_pkcs12(person_keys()["umit-sign"].content, PASSWORD)
    info = cades.sign(cades.Content.of(DATA, key.algorithm, attached=True), key, NOW).message()
    assert pem.unarmor(cades.as_pem(info).encode())[2] == info
    assert base64.b64decode(cades.as_base64(info)) == info


@pytest.fixture
async def tsa(tmp_path, openssl):
    """openssl as a time-stamping authority behind HTTP."""
    key = rsa_key(8)
    until = NOW + timedelta(days=900)
    extended = ["1.3.6.1.5.5.7.3.8"]
    certificate = issue(
        key.public_key(), name_of(cn="TSA"), usage=SIGNING, extended=extended, until=until, critical=True
    )
    (tmp_path / "tsa.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (tmp_path / "tsa.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "serial").write_text("01\n")
    (tmp_path / "tsa.cnf").write_text(
        "[tsa]\ndefault_tsa = t\n[t]\n"
        f"serial = {tmp_path}/serial\nsigner_cert = {tmp_path}/tsa.pem\nsigner_key = {tmp_path}/tsa.key\n"
        "signer_digest = sha256\ndefault_policy = 1.2.398.3.3.2.6.4\ndigests = sha256\n"
    )

    async def answer(request):
        (tmp_path / "query").write_bytes(await request.read())
        process = await asyncio.create_subprocess_exec(
            *(openssl, "ts", "-reply", "-config", str(tmp_path / "tsa.cnf")),
            *("-queryfile", str(tmp_path / "query"), "-out", str(tmp_path / "reply")),
            stderr=asyncio.subprocess.DEVNULL,
        )
        await process.wait()
        return web.Response(body=(tmp_path / "reply").read_bytes(), content_type="application/timestamp-reply")

    app = web.Application()
    app.router.add_post("/tsp", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/tsp"
    await runner.cleanup()


async def test_a_time_stamp_by_openssl_goes_into_our_signature_unchanged(tmp_path, run_openssl, tsa):
    key = open_pkcs12(person_keys()["umit-sign"].content, PASSWORD)
    signed = cades.sign(cades.Content.of(DATA, key.algorithm, attached=True), key, NOW)
    async with aiohttp.ClientSession() as http:
        token = await HttpTimestamper(tsa, http).token(signed.value, key.algorithm.digest)
    stamped = signed.message(token)
    assert token in stamped
    read = cms.ContentInfo.load(stamped)["content"]["signer_infos"][0]
    assert read["unsigned_attrs"][0]["type"].dotted == "1.2.840.113549.1.9.16.2.14"
    (tmp_path / "cms.der").write_bytes(stamped)
    arguments = verification(tmp_path)
    assert await run_openssl("cms", "-verify", "-inform", "DER", "-in", str(tmp_path / "cms.der"), *arguments) == DATA


async def test_an_authority_that_answers_nonsense_is_unavailable(tsa):
    async with aiohttp.ClientSession() as http:
        for url in (tsa + "/nowhere", "http://127.0.0.1:1/tsp"):
            with pytest.raises(TimestampUnavailable):
                await HttpTimestamper(url, http).token(b"signature", SHA256)
