import asyncio
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from gateway.clock import ManualClock
from simulators.ncalayer import Ncalayer, NcalayerSettings
from tests.unit.ncalayer.keys import NOW, PASSWORD, authority, ring, tls_files

ROOT = Path(__file__).resolve().parents[3]
MODULES = ROOT / "node_modules"


@pytest.fixture(scope="session")
def node():
    """The path of Node, with the client's modules installed."""
    found = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip("no Node on this machine")
    if not (MODULES / "ncalayer-js-client").exists() or not (MODULES / "ws").exists():
        pytest.skip("ncalayer-js-client is not installed: `python -m gateway.web.vendor`")
    return found


@pytest.fixture
def openssl():
    found = shutil.which("openssl")
    if found is None:
        pytest.skip("no openssl on this machine")
    return found


def select(question):
    """Cancel what says so, else sign with the applicant's key for signing."""
    if any(b"cancel" in document for document in question.documents):
        return None
    if any(b"wrong password" in document for document in question.documents):
        return "umit-sign", "wrong"
    return "umit-sign", PASSWORD


@pytest.fixture
async def layer(tmp_path):
    chain, key = tls_files()
    (tmp_path / "tls.pem").write_bytes(chain)
    (tmp_path / "tls.key").write_bytes(key)
    (tmp_path / "ca.pem").write_bytes(authority().pem)
    settings = NcalayerSettings(
        origins=frozenset(),
        tls_certificate=tmp_path / "tls.pem",
        tls_key=tmp_path / "tls.key",
        wss_port=0,
        plain_port=0,
    )
    async with Ncalayer(ring(), settings, clock=ManualClock(NOW), select=select).running() as addresses:
        yield addresses


@pytest.fixture
def run_client(node, tmp_path):
    """Run calls in the real client; returns what each of them gave."""

    async def run(url, *calls, trusted=True):
        environment = {"PATH": os.environ["PATH"], "NODE_PATH": str(MODULES)}
        if trusted:
            environment["NODE_EXTRA_CA_CERTS"] = str(tmp_path / "ca.pem")
        script = Path(__file__).with_name("client.js")
        process = await asyncio.create_subprocess_exec(
            node,
            str(script),
            url,
            json.dumps(calls),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(), 30)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise
        if process.returncode:
            raise RuntimeError(err.decode())
        return json.loads(out)

    return run


@pytest.fixture
def run_openssl(openssl):
    """Run openssl; returns its standard output, fails with its words."""

    async def run(*arguments):
        process = await asyncio.create_subprocess_exec(
            openssl, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out

    return run
