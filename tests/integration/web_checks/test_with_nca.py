"""NCANode's clients against the site, and the site against a НУЦ that answers: both chains, faults, time stamps."""

import base64
from datetime import timedelta

import aiohttp
import pytest

from gateway.app import checks as serve_checks
from gateway.eds.certificate import read_certificate
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import HttpFetcher
from gateway.eds.trust import Anchors
from gateway.identity.numbers import Bin, Iin
from gateway.settings import Checks as ChecksSettings
from gateway.settings import Settings, TrustSettings
from gateway.web.checks.judging import Checkers, Checks, Stamping
from simulators.nca import Fault, Service, Subject
from tests.unit.web_checks.conftest import PASSWORD, in_base64

HEAD = Subject.person(
    surname="Серікбаев", name="Нұрлан", iin=Iin("800615100018"), organisation="Бөлім", bin=Bin("740140000016")
)
ENVELOPE = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><m>1</m></s:Body></s:Envelope>'


@pytest.fixture(params=["gost", "rsa"])
def chain(request):
    return request.param


@pytest.fixture
async def client(nca, site, clock):
    chains = nca.authority.chains.values()
    anchors = Anchors.of(
        [read_certificate(one.root.certificate) for one in chains],
        [read_certificate(one.issuing.certificate) for one in chains],
    )
    fetcher = HttpFetcher(nca.http)
    checkers = Checkers.over(anchors, RevocationChecker(fetcher, clock), fetcher, clock)
    return await site(Checks(checkers, clock, stamping=Stamping(f"{nca.url}/tsp/", fetcher)), signing=True)


@pytest.fixture
def call(client):
    async def post(path, **fields):
        response = await client.post(path, json=fields)
        body = await response.json()
        assert response.status == 200, body
        return body

    return post


@pytest.fixture
async def head(nca, chain):
    issued = await nca.authority.issue("head-sign", HEAD, chain=chain)
    return issued, {"key": base64.b64encode(issued.pkcs12(PASSWORD)).decode(), "password": PASSWORD}


async def test_a_key_of_the_nca_is_described_and_signs_whatever_a_client_asks(call, head, chain):
    issued, signer = head
    (info,) = (await call("/pkcs12/info", keys=[signer], revocationCheck=["OCSP", "CRL"]))["signers"]
    assert (info["valid"], info["keyUsage"], info["keyUser"]) == (True, "SIGN", ["CEO", "ORGANIZATION"])
    assert info["signAlg"] == {"gost": "ECGOST3410-2015-512", "rsa": "SHA256WithRSAEncryption"}[chain]
    assert (info["subject"]["bin"], info["subject"]["organization"]) == ("740140000016", "Бөлім")
    assert int(info["serialNumber"], 16) == int(issued.serial, 16)
    assert [one["by"] for one in info["revocations"]] == ["CRL", "OCSP"]
    (aliases,) = (await call("/pkcs12/aliases", keys=[signer]))["aliases"]
    assert (await call("/xml/sign", xml="<a/>", signers=[signer | {"keyAlias": aliases[0]}]))["status"] == 200
    signed = await call("/xml/sign", xml="<a><b>1</b></a>", signers=[signer, signer])
    answer = await call("/xml/verify", xml=signed["xml"], revocationCheck=["OCSP"])
    assert (answer["valid"], len(answer["signers"])) == (True, 2)
    message = await call("/wsse/sign", xml=ENVELOPE, **signer)
    assert (await call("/wsse/verify", xml=message["xml"], revocationCheck=["CRL"]))["valid"] is True


async def test_a_revoked_signer_is_refused_whichever_source_is_named(nca, call, head):
    issued, signer = head
    signed = (await call("/xml/sign", xml="<a/>", signers=[signer]))["xml"]
    await nca.authority.revoke(issued.serial)
    for named in ([], ["OCSP"], ["CRL"], ["OCSP", "CRL"]):
        answer = await call("/xml/verify", xml=signed, revocationCheck=named)
        assert (answer["valid"], answer["code"]) == (False, "certificate-revoked")
        assert all(one["revoked"] for one in answer["signers"][0]["revocations"])


async def test_a_responder_that_cannot_be_believed_leaves_nothing_valid(nca, call, head):
    _, signer = head
    signed = (await call("/xml/sign", xml="<a/>", signers=[signer]))["xml"]
    for fault in (Fault.DOWN, Fault.STALE, Fault.BROKEN_SIGNATURE, Fault.WRONG_NONCE, Fault.MALFORMED):
        nca.faults.set(Service.OCSP, fault)
        answer = await call("/xml/verify", xml=signed, revocationCheck=["OCSP"])
        assert (answer["valid"], answer["verdict"]) == (False, "undetermined"), fault
        assert answer["reason"]["ru"]
    assert (await call("/xml/verify", xml=signed))["valid"] is True


async def test_a_stamped_signature_outlives_the_revocation_of_its_key_and_one_without_a_stamp_does_not(
    nca, call, head, clock, chain
):
    issued, signer = head
    data = in_base64(b"lol_kek")
    policy = {"tsaPolicy": "TSA_GOST2015_POLICY"} if chain == "gost" else {}
    stamped = (await call("/cms/sign", data=data, signers=[signer], withTsp=True, **policy))["cms"]
    plain = (await call("/cms/sign", data=data, signers=[signer]))["cms"]
    (told,) = (await call("/cms/verify", cms=stamped))["signers"]
    assert told["tsp"]["genTime"] == clock.now().strftime("%Y-%m-%dT%H:%M:%S.000+00:00")
    assert told["tsp"]["policy"] == {"gost": "1.2.398.3.3.2.6.4", "rsa": "1.2.398.3.3.2.6.2"}[chain]
    assert told["tsp"]["tspHashAlgorithm"] == {"gost": "GOST3411-2015-512", "rsa": "SHA256"}[chain]
    assert len(told["tsp"]["hash"]) in {64, 128}
    clock.advance(timedelta(hours=2))
    await nca.authority.revoke(issued.serial)
    answer = await call("/cms/verify", cms=stamped, revocationCheck=["OCSP"])
    assert (answer["valid"], answer["signers"][0]["certificates"][0]["valid"]) == (True, True)
    answer = await call("/cms/verify", cms=plain, revocationCheck=["OCSP"])
    assert (answer["valid"], answer["code"]) == (False, "certificate-revoked")


async def test_a_signer_who_joins_is_stamped_and_the_stamp_that_was_there_stays(call, head, clock):
    _, signer = head
    first = (await call("/cms/sign", data=in_base64(b"x"), signers=[signer], withTsp=True))["cms"]
    before = (await call("/cms/verify", cms=first))["signers"][0]["tsp"]
    clock.advance(timedelta(minutes=10))
    joined = (await call("/cms/sign/add", cms=first, signers=[signer], withTsp=True))["cms"]
    answer = await call("/cms/verify", cms=joined)
    assert answer["valid"] is True
    assert answer["signers"][0]["tsp"] == before
    assert answer["signers"][1]["tsp"]["genTime"] > before["genTime"]


async def test_a_stamping_authority_that_is_down_is_told_as_a_bad_gateway(nca, client, head):
    nca.faults.set(Service.TSP, Fault.DOWN)
    fields = {"data": in_base64(b"x"), "signers": [head[1]], "withTsp": True}
    response = await client.post("/cms/sign", json=fields)
    body = await response.json()
    assert (response.status, body["status"], body["code"]) == (502, 502, "timestamp-unavailable")


async def test_the_site_is_served_from_settings_alone(nca, tmp_path, unused_tcp_port):
    folder = tmp_path / "anchors"
    folder.mkdir()
    for name, chain in nca.authority.chains.items():
        (folder / f"{name}.cer").write_bytes(chain.root.certificate)
    settings = Settings(trust=TrustSettings(anchors=folder), checks=ChecksSettings(port=unused_tcp_port))
    url = f"http://127.0.0.1:{unused_tcp_port}"
    async with serve_checks(settings), aiohttp.ClientSession() as http:
        async with http.get(f"{url}/v3/api-docs") as answer:
            assert (await answer.json())["openapi"] == "3.1.0"
        async with http.get(f"{url}/api/v1/codes") as answer:
            assert (await answer.json())["codes"]
        async with http.post(f"{url}/x509/info", json={"certs": ["MAA="]}) as answer:
            assert (await answer.json())["valid"] is False
        packed = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        async with http.post(f"{url}/x509/info", data=b"\x1f\x8b", headers=packed) as answer:
            assert answer.status == 415
