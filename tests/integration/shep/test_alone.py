"""A gateway as a program of its own, from a registry file."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509 import load_der_x509_certificate

from simulators.installation import Ports
from tests.unit.shep.pki import key_of, root

EXAMPLE = Path("simulators/shep/example.yaml")


@pytest.fixture
def given(tmp_path, database_url):
    own = key_of("SHEP")
    certificate = load_der_x509_certificate(own.certificate.der)
    secret = BestAvailableEncryption(b"secret")
    (tmp_path / "key.p12").write_bytes(serialize_key_and_certificates(b"shep", own._private, certificate, None, secret))
    (tmp_path / "password").write_text("secret\n", encoding="utf-8")
    (tmp_path / "anchors").mkdir()
    (tmp_path / "anchors" / "root.cer").write_bytes(root().der)
    return {
        "--config": str(EXAMPLE.resolve()),
        "--key": str(tmp_path / "key.p12"),
        "--password-file": str(tmp_path / "password"),
        "--database": database_url,
        "--schema": f"alone_{os.getpid()}",
        "--anchors": str(tmp_path / "anchors"),
        "--port": str(Ports.free().shep),
    }


async def start(given, *more):
    arguments = [word for pair in given.items() for word in pair]
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "simulators.shep", *arguments, *more),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_a_gateway_runs_from_a_registry_file_and_ends_on_a_signal(given):
    import aiohttp

    process = await start(given, "--without-revocation")
    try:
        said = await asyncio.wait_for(process.stdout.readline(), 60)
        assert b"SHEP is ready" in said, await process.stderr.read()
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"http://127.0.0.1:{given['--port']}/admin/registry") as answer,
        ):
            assert (await answer.json())["name"] == "SHEP"
    finally:
        process.terminate()
    assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_what_is_given_wrongly_is_said_in_a_line(given, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("name: SHEP\nsystems:\n  - sender_id: A\n    password: secret\n", encoding="utf-8")
    process = await start({**given, "--config": str(wrong)})
    _, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 2
    assert errors == b"simulators.shep: passwords are kept as password_sha256\n"


@pytest.mark.full
async def test_the_doors_are_published_without_the_admin_api_only(given):
    import aiohttp

    process = await start(given, "--host", "shep.test")
    _, errors = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, b"--admin-port" in errors) == (2, True)
    admin_port = str(Ports.free().rshep)
    process = await start(given, "--without-revocation", "--host", "shep.test", "--admin-port", admin_port)
    try:
        assert b"SHEP is ready" in await asyncio.wait_for(process.stdout.readline(), 60)
        async with aiohttp.ClientSession(headers={"Host": "shep.test"}) as http:
            for port, status in ((given["--port"], 404), (admin_port, 421)):
                async with http.get(f"http://127.0.0.1:{port}/admin/registry") as answer:
                    assert answer.status == status
    finally:
        process.terminate()
    assert await asyncio.wait_for(process.wait(), 30) == 0
