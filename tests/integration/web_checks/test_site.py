"""The site as its clients and its enemies meet it: over HTTP."""

import asyncio
import base64
import gzip
import io
import json

import aiohttp
import pytest

from gateway.eds.cms.signing import sign_cms
from gateway.eds.codes import Code
from gateway.eds.revocation.fetch import FetchFailed
from gateway.eds.wsse import sign_body
from gateway.eds.xml import parse
from gateway.eds.xmldsig import sign_enveloped
from gateway.web.checks.app import ENDPOINTS, SiteLimits
from gateway.web.logs import logs_to
from tests.unit.eds import pki
from tests.unit.web_checks.conftest import PASSWORD, checks_over, in_base64, pkcs12_of

ENVELOPE = (
    b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><m/></soap:Body></soap:Envelope>'
)
SIGNING = [endpoint.path for endpoint in ENDPOINTS if endpoint.signing]
PATHS = [endpoint.path for endpoint in ENDPOINTS]


async def answered(response, status=200):
    body = await response.json()
    assert response.status == status, body
    if status != 200:
        assert body["status"] == status
        assert body["message"]
    return body


async def test_a_client_of_ncanode_signs_and_verifies_by_changing_the_address(site, key):
    client = await site(signing=True)
    signers = [{"key": pkcs12_of(key), "password": PASSWORD, "keyAlias": None}]
    made = await answered(await client.post("/cms/sign", json={"data": in_base64(b"lol_kek"), "signers": signers}))
    asked = {"cms": made["cms"], "revocationCheck": ["OCSP", "CRL"]}
    answer = await answered(await client.post("/cms/verify", json=asked))
    assert (answer["status"], answer["message"], answer["valid"]) == (200, "OK", True)
    signed = await answered(await client.post("/xml/sign", json={"xml": "<a><b>test</b></a>", "signers": signers}))
    answer = await answered(await client.post("/xml/verify", json={"xml": signed["xml"]}))
    assert answer["signers"][0]["subject"]["iin"] == "850101100013"


async def test_health_is_told_as_by_spring(site):
    client = await site()
    assert await answered(await client.get("/actuator/health")) == {"status": "UP"}


@pytest.mark.parametrize("path", SIGNING)
async def test_nothing_is_signed_unless_the_operator_asked_for_it(site, key, path):
    client = await site()
    fields = {"xml": "<a/>", "data": "QQ==", "key": pkcs12_of(key), "password": PASSWORD}
    fields["signers"] = [{"key": pkcs12_of(key), "password": PASSWORD}]
    body = await answered(await client.post(path, json=fields), 403)
    assert body["details"] == "setting checks.signing"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[1]",
        b"[" * 50_000,
        b'{"xml":1,"xml":2}',
        b'{"certs":NaN}',
        b'{"xml":{"a":1},"certs":"x","cms":[],"data":{},"keys":{},"signers":[7],"certificate":null,"key":[]}',
        b'{"xml":"","cms":"","certs":["' + b"A" * 200_000 + b'"],"keys":[],"signers":[],"certificate":""}',
        b'{"certs":{"0":"x"},"revocationCheck":["SMS"],"xml":"<a/>","cms":"MAA=","keys":[{}],"signers":[{}]}',
        (
            b'{"cms":"%%%%","xml":"\\ud800","certs":[null],"certificate":"x","signature":"%","data":"x",'
            b'"keys":[{"key":"%","password":null}],"signers":[{"key":"%","password":"x"}],"key":"%","password":"x"}'
        ),
    ],
    ids=range(10),
)
async def test_a_hostile_body_is_answered_with_a_structured_refusal(site, path, body):
    client = await site(signing=True)
    response = await client.post(path, data=body, headers={"Content-Type": "application/json"})
    told = await answered(response, 400)
    assert set(told) <= {"status", "message", "details", "code", "reason"}


async def test_bodies_too_large_packed_or_of_another_type_are_refused(site):
    client = await site(limits=SiteLimits(max_body=64 * 1024))
    as_json = {"Content-Type": "application/json"}
    large = json.dumps({"xml": "<a/>" + " " * 100_000}).encode()
    assert (await answered(await client.post("/xml/verify", data=large, headers=as_json), 413))["message"]
    packed = gzip.compress(b'{"xml": "<a/>"}')
    headers = as_json | {"Content-Encoding": "gzip"}
    await answered(await client.post("/xml/verify", data=packed, headers=headers, skip_auto_headers=()), 415)
    await answered(
        await client.post("/xml/verify", data=b'{"xml": "<a/>"}', headers={"Content-Type": "text/plain"}), 415
    )


async def test_other_addresses_and_methods_are_answered_in_the_same_form(site):
    client = await site()
    await answered(await client.get("/nothing"), 404)
    response = await client.get("/xml/verify")
    assert response.headers["Allow"] == "POST"
    await answered(response, 405)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in response.headers


async def test_a_page_of_another_origin_is_refused_unless_it_is_named(site):
    client = await site()
    preflight = {"Origin": "https://evil.test", "Access-Control-Request-Method": "POST"}
    await answered(await client.options("/xml/verify", headers=preflight), 403)
    response = await client.post("/xml/verify", json={"xml": "<a/>"}, headers={"Origin": "https://evil.test"})
    assert "Access-Control-Allow-Origin" not in response.headers
    await answered(response, 403)
    named = await site(origins=["https://egov.test"])
    response = await named.options("/xml/verify", headers=preflight | {"Origin": "https://egov.test"})
    assert (response.status, response.headers["Access-Control-Allow-Origin"]) == (204, "https://egov.test")
    response = await named.post("/xml/verify", json={"xml": "<a/>"}, headers={"Origin": "https://egov.test"})
    assert response.headers["Access-Control-Allow-Origin"] == "https://egov.test"
    response = await named.post("/xml/verify", json={}, headers={"Origin": "https://egov.test"})
    assert response.headers["Access-Control-Allow-Origin"] == "https://egov.test"
    await answered(response, 400)
    await answered(await named.options("/xml/verify", headers=preflight), 403)
    for_all = await site(origins=["*"])
    response = await for_all.options("/xml/verify", headers=preflight)
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "host", ["evil.test", "evil.test:14579", "127.0.0.1.evil.test", "", "[", "127.0.0.1@evil.test"]
)
async def test_a_name_that_was_bound_to_loopback_by_somebody_else_is_not_served(site, host):
    client = await site()
    response = await client.get("/actuator/health", headers={"Host": host})
    assert response.status in {400, 403}


@pytest.mark.parametrize("host", ["127.0.0.1:14579", "localhost", "LOCALHOST:1", "[::1]:14579"])
async def test_the_names_of_loopback_are_served(site, host):
    client = await site()
    assert (await client.get("/actuator/health", headers={"Host": host})).status == 200


async def test_on_another_address_only_the_hosts_that_are_named_are_served(site):
    everybody = await site(host="0.0.0.0")
    assert (await everybody.get("/actuator/health", headers={"Host": "checks.test"})).status == 200
    named = await site(host="0.0.0.0", hosts=["checks.test"])
    assert (await named.get("/actuator/health", headers={"Host": "checks.test:8"})).status == 200
    assert (await named.get("/actuator/health", headers={"Host": "evil.test"})).status == 403


async def test_keys_passwords_and_documents_never_reach_the_log(site, key):
    log = io.StringIO()
    with logs_to(log):
        client = await site(signing=True)
        secret = {"key": pkcs12_of(key, password="Hunter2Hunter2"), "password": "Hunter2Hunter2"}
        wrong = secret | {"password": "WrongHunter3"}
        for signer in (secret, wrong, secret | {"keyAlias": ["WrongHunter3"]}):
            await client.post("/xml/sign", json={"xml": "<a>850101100013</a>", "signers": [signer]})
            await client.post("/pkcs12/info", json={"keys": [signer]})
            await client.post("/wsse/sign", json={"xml": "<a/>", **signer})
    written = log.getvalue()
    assert '"route": "/xml/sign"' in written
    for hidden in ("Hunter2", "Hunter3", secret["key"][:60], "850101100013"):
        assert hidden not in written


class Slow:
    """A network that answers nobody before its gate is opened."""

    def __init__(self):
        self.gate = asyncio.Event()

    async def post(self, url, body, **more):
        await self.gate.wait()
        raise FetchFailed(url, "slow")

    async def get(self, url, **more):
        await self.gate.wait()
        raise FetchFailed(url, "slow")


async def test_more_requests_than_fit_are_told_to_come_again(site, key, hierarchy, clock):
    slow = Slow()
    client = await site(checks_over(*hierarchy, slow, clock), limits=SiteLimits(concurrency=1))
    asked = {"certs": [in_base64(key.certificate.der)]}
    tasks = [asyncio.create_task(client.post("/x509/info", json=asked)) for _ in range(5)]
    done, inside = await asyncio.wait(tasks, timeout=2)
    assert [(one.result().status, one.result().headers["Retry-After"]) for one in done] == [(503, "1")] * 3
    assert (await client.get("/actuator/health")).status == 200
    slow.gate.set()
    for task in inside:
        answer = await answered(await task)
        assert (answer["valid"], answer["verdict"]) == (False, "undetermined")


# Our own endpoint


async def test_our_own_check_tells_the_whole_verdict_of_any_signed_file(site, key, clock):
    client = await site()
    files = {
        "xml": sign_enveloped(b"<a/>", key),
        "soap": sign_body(parse(ENVELOPE), key),
        "cms": sign_cms(b"x", key, at=clock.now()),
    }
    for form, data in files.items():
        answer = await answered(await client.post("/api/v1/verify", data=data))
        assert (answer["verdict"], answer["code"], answer["form"]) == ("valid", "ok", form)
        (signer,) = answer["signers"]
        assert signer["certificate"]["iin"] == "850101100013"
        assert signer["revocation"]["source"] == "ocsp"
        assert len(signer["path"]) == 3
        assert signer["covered"]["bytes"] > 0


async def test_a_detached_cms_comes_with_its_content_in_a_form(site, key, clock):
    client = await site()
    detached = sign_cms(b"content", key, at=clock.now(), attached=False)
    form = aiohttp.FormData()
    form.add_field("file", detached, filename="a.cms")
    form.add_field("content", b"content", filename="a.txt")
    form.add_field("revocation", "none")
    answer = await answered(await client.post("/api/v1/verify", data=form))
    assert (answer["verdict"], answer["asked_revocation"]) == ("valid", "none")
    assert answer["signers"][0]["revocation"] is None
    answer = await answered(await client.post("/api/v1/verify", data=base64.encodebytes(detached)))
    assert (answer["verdict"], answer["code"]) == ("undetermined", str(Code.CONTENT_MISSING))


async def test_the_moment_and_the_rule_of_revocation_are_asked_for(site, key, network):
    client = await site()
    signed = sign_enveloped(b"<a/>", key)
    answer = await answered(await client.post("/api/v1/verify?at=2020-01-01T00:00:00Z", data=signed))
    assert (answer["code"], answer["moment_reason"]) == ("certificate-not-yet-valid", "given")
    network.answers.clear()
    answers = {
        rule: (await answered(await client.post(f"/api/v1/verify?revocation={rule}", data=signed)))["verdict"]
        for rule in ("required", "if-available", "none")
    }
    assert answers == {"required": "undetermined", "if-available": "valid", "none": "valid"}


async def test_a_revoked_signer_stays_revoked_when_revocation_is_asked_if_available(site, key, network, hierarchy):
    network.answers[pki.OCSP_URL] = hierarchy[1].answers(key.certificate, status=pki.ocsp.OCSPCertStatus.REVOKED)
    client = await site()
    answer = await answered(
        await client.post("/api/v1/verify?revocation=if-available", data=sign_enveloped(b"<a/>", key))
    )
    assert answer["code"] == "certificate-revoked"


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", b""),
        ("", b"hello"),
        ("", b"%PDF-1.7"),
        ("", b"<a>"),
        ("", b"\x30\x03\x02\x01\x01"),
        ("?at=yesterday", b"<a/>"),
        ("?at=9999-12-31T23:59:59-23:59", b"<a/>"),
        ("?revocation=off", b"<a/>"),
        ("?revokation=none", b"<a/>"),
    ],
)
async def test_what_is_no_signed_file_or_no_question_is_refused(site, query, body):
    client = await site()
    await answered(await client.post(f"/api/v1/verify{query}", data=body), 400)


async def test_a_form_that_is_not_understood_is_refused(site, key):
    client = await site(limits=SiteLimits(max_body=256 * 1024))
    signed = sign_enveloped(b"<a/>", key)
    for fields, status in (
        ([("file", signed), ("file", signed)], 400),
        ([("files", signed)], 400),
        ([("file", b"x" * 200_000)], 413),
    ):
        form = aiohttp.FormData()
        for name, value in fields:
            form.add_field(name, value, filename="x")
        await answered(await client.post("/api/v1/verify", data=form), status)
    body, headers = b"--x\r\nnothing", {"Content-Type": "multipart/form-data; boundary=x"}
    await answered(await client.post("/api/v1/verify", data=body, headers=headers), 400)


async def test_an_unsigned_document_is_invalid_and_a_refused_one_tells_its_reason(site):
    client = await site()
    answer = await answered(await client.post("/api/v1/verify", data=b"<a/>"))
    assert (answer["verdict"], answer["code"], answer["signers"]) == ("invalid", "signature-missing", [])
    answer = await answered(await client.post("/api/v1/verify", data=b"<!DOCTYPE a><a/>"))
    assert answer["code"] == "xml-doctype"
