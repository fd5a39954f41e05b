"""The openssl program accepts what the НУЦ says, and refuses what it should."""

from __future__ import annotations

import asyncio
import os
import shutil
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from gateway.clock import ManualClock
from gateway.identity.numbers import Bin, Iin
from simulators.nca import Holder, Issued, Reason, Subject
from simulators.nca.issuing import to_pem

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="the program openssl is not installed")

AIGUL = Subject.person(surname="Әбенова", name="Айгүл", patronymic="Қанатқызы", iin=Iin("900101200010"))
OFFICIAL = Subject.person(
    surname="Серікбаев",
    name="Нұрлан",
    iin=Iin("800615100018"),
    organisation='ГУ "Отдел занятости"',
    bin=Bin("740140000016"),
)


@dataclass
class Told:
    status: int
    text: str


Openssl = Callable[..., Awaitable[Told]]


@pytest.fixture
def openssl(tmp_path: Path) -> Openssl:
    """Run openssl in a folder of its own, without anybody's proxy."""
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}

    async def run(*arguments: str) -> Told:
        process = await asyncio.create_subprocess_exec(
            "openssl",
            *arguments,
            cwd=tmp_path,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await asyncio.wait_for(process.communicate(), 30)
        return Told(process.returncode or 0, output.decode(errors="replace"))

    return run


@pytest.fixture
def folder(tmp_path: Path, nca: Any) -> Path:
    nca.authority.export(tmp_path)
    return tmp_path


async def issue(
    nca: Any, folder: Path, name: str, template: str = "individual-sign", subject: Subject = AIGUL
) -> Issued:
    issued: Issued = await nca.authority.issue(template, subject, chain="rsa")
    (folder / f"{name}.pem").write_bytes(to_pem([issued.certificate]))
    return issued


async def fetch(nca: Any, url: str, file: Path) -> None:
    async with nca.http.get(f"{nca.url}/{url}") as answer:
        assert answer.status == 200
        content = await answer.read()
    await asyncio.to_thread(file.write_bytes, content)


CHAIN = ("-CAfile", "root_rsa.pem", "-untrusted", "nca_rsa.pem")
OCSP_TRUST = ("-CAfile", "root_rsa.pem", "-verify_other", "nca_rsa.pem", "-issuer", "nca_rsa.pem")


@pytest.mark.parametrize(
    ("template", "subject"),
    [
        ("individual-sign", AIGUL),
        ("individual-auth", AIGUL),
        ("official_head-sign", OFFICIAL),
        ("tls-server", Subject.loopback()),
    ],
)
async def test_openssl_verifies_the_path(
    nca: Any, openssl: Openssl, folder: Path, template: str, subject: Subject
) -> None:
    await issue(nca, folder, "leaf", template, subject)
    told = await openssl("verify", "-x509_strict", *CHAIN, "leaf.pem")
    assert told.text == "leaf.pem: OK\n"


@pytest.mark.parametrize("algorithm", ["-sha1", "-sha256"])
async def test_openssl_verifies_ocsp_answers(nca: Any, openssl: Openssl, folder: Path, algorithm: str) -> None:
    first = await issue(nca, folder, "first")
    await issue(nca, folder, "second")
    ask = (
        "ocsp",
        *OCSP_TRUST,
        algorithm,
        "-cert",
        "first.pem",
        algorithm,
        "-cert",
        "second.pem",
        "-url",
        f"{nca.url}/ocsp",
    )
    told = await openssl(*ask)
    assert "Response verify OK" in told.text
    assert "first.pem: good" in told.text
    assert "second.pem: good" in told.text
    assert "WARNING" not in told.text  # neither about the nonce nor about the times

    await nca.authority.revoke(first.serial, Reason.KEY_COMPROMISE)
    told = await openssl(*ask)
    assert "Response verify OK" in told.text
    assert "first.pem: revoked" in told.text
    assert "Reason: keyCompromise" in told.text
    assert "second.pem: good" in told.text


async def test_openssl_sees_hold_unhold_and_a_stranger(nca: Any, openssl: Openssl, folder: Path) -> None:
    issued = await issue(nca, folder, "leaf")
    ask = ("ocsp", *OCSP_TRUST, "-cert", "leaf.pem", "-url", f"{nca.url}/ocsp")
    await nca.authority.hold(issued.serial)
    assert "Reason: certificateHold" in (await openssl(*ask)).text
    await nca.authority.unhold(issued.serial)
    assert "leaf.pem: good" in (await openssl(*ask)).text
    told = await openssl("ocsp", *OCSP_TRUST, "-serial", "0x4242", "-url", f"{nca.url}/ocsp")
    assert "Response verify OK" in told.text
    assert "0x4242: revoked" in told.text
    assert "Revocation Time: Jan  1 00:00:00 1970 GMT" in told.text


async def test_openssl_refuses_a_broken_ocsp_signature_and_a_wrong_nonce(
    nca: Any, openssl: Openssl, folder: Path
) -> None:
    await issue(nca, folder, "leaf")
    ask = ("ocsp", *OCSP_TRUST, "-cert", "leaf.pem", "-url", f"{nca.url}/ocsp")
    for fault, words in (("broken-signature", "Response Verify Failure"), ("wrong-nonce", "Nonce Verify error")):
        async with nca.http.put(f"{nca.url}/admin/faults", json={"ocsp": fault}) as answer:
            assert answer.status == 200
        assert words in (await openssl(*ask)).text


async def test_openssl_verifies_all_lists(nca: Any, openssl: Openssl, folder: Path) -> None:
    issued = await issue(nca, folder, "leaf")
    await nca.authority.revoke(issued.serial)
    for name, authority in (("root_rsa", "root_rsa"), ("nca_rsa", "nca_rsa"), ("nca_d_rsa", "nca_rsa")):
        await fetch(nca, f"crl/{name}.crl", folder / f"{name}.crl")
        told = await openssl(
            "crl", "-inform", "DER", "-in", f"{name}.crl", "-CAfile", f"{authority}.pem", "-noout", "-text"
        )
        assert "verify OK" in told.text
        assert ("Delta CRL Indicator: critical" in told.text) is (name == "nca_d_rsa")
        assert (issued.serial.upper() in told.text) is (name == "nca_rsa")


async def verified_with_lists(openssl: Openssl, *lists: str, deltas: bool = False) -> str:
    options = [part for name in lists for part in ("-CRLfile", name)]
    flags = ("-crl_check_all", "-extended_crl", *(("-use_deltas",) if deltas else ()))
    return (await openssl("verify", *flags, *CHAIN, *options, "leaf.pem")).text


async def crl_pem(nca: Any, openssl: Openssl, folder: Path, name: str, file: str) -> None:
    await fetch(nca, f"crl/{name}.crl", folder / f"{file}.der")
    told = await openssl("crl", "-inform", "DER", "-in", f"{file}.der", "-out", f"{file}.pem")
    assert told.status == 0, told.text


async def test_openssl_refuses_a_revoked_certificate_by_the_full_list(nca: Any, openssl: Openssl, folder: Path) -> None:
    issued = await issue(nca, folder, "leaf")
    await crl_pem(nca, openssl, folder, "root_rsa", "root_crl")
    await crl_pem(nca, openssl, folder, "nca_rsa", "before")
    assert "leaf.pem: OK" in await verified_with_lists(openssl, "root_crl.pem", "before.pem")
    await nca.authority.revoke(issued.serial)
    await crl_pem(nca, openssl, folder, "nca_rsa", "after")
    assert "certificate revoked" in await verified_with_lists(openssl, "root_crl.pem", "after.pem")


async def test_openssl_completes_an_old_full_list_by_the_delta(
    nca: Any, openssl: Openssl, folder: Path, clock: ManualClock
) -> None:
    issued = await issue(nca, folder, "leaf")
    await crl_pem(nca, openssl, folder, "root_rsa", "root_crl")
    await crl_pem(nca, openssl, folder, "nca_rsa", "base")
    await nca.authority.hold(issued.serial)
    await crl_pem(nca, openssl, folder, "nca_rsa", "held")
    await crl_pem(nca, openssl, folder, "nca_d_rsa", "held_delta")
    told = await verified_with_lists(openssl, "root_crl.pem", "base.pem", "held_delta.pem", deltas=True)
    assert "certificate revoked" in told

    await nca.authority.unhold(issued.serial)
    await crl_pem(nca, openssl, folder, "nca_d_rsa", "lifted_delta")
    told = await verified_with_lists(openssl, "root_crl.pem", "held.pem", "lifted_delta.pem", deltas=True)
    assert "leaf.pem: OK" in told
    assert "certificate revoked" in await verified_with_lists(openssl, "root_crl.pem", "held.pem")


async def test_openssl_verifies_time_stamps(nca: Any, openssl: Openssl, folder: Path) -> None:
    (folder / "document").write_bytes("өтініш".encode())
    for digest, extra in (("-sha256", ("-cert",)), ("-sha1", ("-cert", "-no_nonce")), ("-sha512", ("-cert",))):
        assert (await openssl("ts", "-query", "-data", "document", digest, *extra, "-out", "query")).status == 0
        await stamp(nca, folder)
        verify = ("ts", "-verify", "-in", "reply", "-CAfile", "root_rsa.pem", "-untrusted", "nca_rsa.pem")
        assert "Verification: OK" in (await openssl(*verify, "-queryfile", "query")).text
        assert "Verification: OK" in (await openssl(*verify, "-data", "document")).text
    told = await openssl("ts", "-reply", "-in", "reply", "-text")
    assert "Status: Granted." in told.text
    assert "Policy OID: 1.2.398.3.3.2.6.2" in told.text
    assert "Accuracy: unspecified" in told.text
    (folder / "document").write_bytes("басқа".encode())
    assert "Verification: FAILED" in (await openssl(*verify, "-data", "document")).text


async def test_openssl_reads_why_no_time_stamp_was_given(nca: Any, openssl: Openssl, folder: Path) -> None:
    (folder / "document").write_bytes(b"x")
    for extra, words in (
        (("-sha256", "-tspolicy", "1.2.3.4"), "policy is not supported by the tsa"),
        (("-md5",), "unrecognized or unsupported algorithm"),
    ):
        told = await openssl("ts", "-query", "-data", "document", *extra, "-out", "query")
        assert told.status == 0, told.text
        await stamp(nca, folder)
        told = await openssl("ts", "-reply", "-in", "reply", "-text")
        assert "Status: Rejected." in told.text
        assert words in told.text.lower()


async def stamp(nca: Any, folder: Path) -> None:
    headers = {"Content-Type": "application/timestamp-query"}
    async with nca.http.post(f"{nca.url}/tsp", data=(folder / "query").read_bytes(), headers=headers) as answer:
        assert answer.status == 200
        assert answer.content_type == "application/timestamp-reply"
        (folder / "reply").write_bytes(await answer.read())


async def test_openssl_opens_a_downloaded_key_store(nca: Any, openssl: Openssl, folder: Path) -> None:
    await nca.authority.holders.enrol(Holder("aigul", "individual", AIGUL, "Qwerty12", chain="rsa"))
    await fetch(nca, "people/aigul.p12", folder / "aigul.p12")
    told = await openssl("pkcs12", "-in", "aigul.p12", "-passin", "pass:Qwerty12", "-nodes", "-out", "key.pem")
    assert told.status == 0, told.text
    content = (folder / "key.pem").read_text()
    assert content.count("BEGIN CERTIFICATE") == 3
    assert content.count("BEGIN PRIVATE KEY") == 1
    told = await openssl("verify", *CHAIN, "key.pem")
    assert "key.pem: OK" in told.text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_tls_client_that_trusts_the_root_believes_the_loopback_server(
    nca: Any, folder: Path, host: str, clock: ManualClock
) -> None:
    clock.advance(timedelta(days=5000))  # simulated time does not matter to TLS
    issued = await issue(nca, folder, "tls", "tls-server", Subject.loopback())
    (folder / "chain.pem").write_bytes(issued.certificates_pem())
    (folder / "tls.key").write_bytes(issued.private_key.to_pem())
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "chain.pem", folder / "tls.key")
    client = ssl.create_default_context(cafile=str(folder / "root_rsa.pem"))
    client.verify_flags |= ssl.VERIFY_X509_STRICT

    async def greet(_request: web.Request) -> web.Response:
        return web.Response(text="сәлем")

    app = web.Application()
    app.router.add_get("/", greet)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server)
    await site.start()
    port = runner.addresses[0][1]
    async with nca.http.get(f"https://{host}:{port}/", ssl=client) as answer:
        assert await answer.text() == "сәлем"
    await runner.cleanup()
