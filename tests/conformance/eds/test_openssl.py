"""OpenSSL, which nobody here wrote, answers our OCSP questions, and its answers and lists are understood."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.clock import ManualClock
from gateway.eds.codes import Code
from gateway.eds.revocation import ocsp
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.trust import Anchors, CertificateChecker, TrustPolicy
from tests.unit.eds import pki

if shutil.which("openssl") is None:
    pytest.skip("openssl is not installed", allow_module_level=True)


def openssl(*arguments: str) -> str:
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_openssl_reads_our_question(tmp_path: Path) -> None:
    nca = pki.issuing(pki.root())
    certificate = nca.person("asked").certificate
    (tmp_path / "q.der").write_bytes(ocsp.build_request(certificate, nca.certificate, b"0123456789abcdef"))
    text = openssl("ocsp", "-reqin", str(tmp_path / "q.der"), "-text")
    assert "Hash Algorithm: sha256" in text
    assert certificate.serial_hex in text
    assert "Nonce" in text


@pytest.mark.parametrize(
    ("mark", "code"),
    [
        ("V\t{end}\t\t{serial}\tunknown\t/CN=x\n", Code.OK),
        ("R\t{end}\t{gone},superseded\t{serial}\tunknown\t/CN=x\n", Code.CERTIFICATE_REVOKED),
        ("R\t{end}\t{gone},certificateHold\t{serial}\tunknown\t/CN=x\n", Code.CERTIFICATE_ON_HOLD),
        ("", Code.REVOCATION_UNAVAILABLE),
    ],
)
@pytest.mark.parametrize("kind", ["rsa2048", "p256"])
async def test_we_understand_what_openssl_answers(tmp_path: Path, kind: str, mark: str, code: Code) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    nca = pki.issuing(pki.root(), f"openssl {kind}", kind=kind)
    certificate = nca.person("asked", not_before=now - timedelta(days=1), not_after=now + timedelta(days=9)).certificate
    serial = f"{certificate.serial:x}".upper()
    line = mark.format(
        serial=serial if len(serial) % 2 == 0 else "0" + serial,
        end=f"{now + timedelta(days=9):%y%m%d%H%M%SZ}",
        gone=f"{now - timedelta(hours=1):%y%m%d%H%M%SZ}",
    )
    (tmp_path / "index.txt").write_text(line)
    (tmp_path / "nca.pem").write_text(nca.certificate.pem)
    key, responder = nca.responder(not_before=now - timedelta(days=1), not_after=now + timedelta(days=9))
    (tmp_path / "ocsp.pem").write_bytes(
        responder.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )

    def answer(request: bytes) -> bytes:
        (tmp_path / "q.der").write_bytes(request)
        openssl(
            "ocsp", "-index", str(tmp_path / "index.txt"), "-CA", str(tmp_path / "nca.pem"), "-rsigner",
            str(tmp_path / "ocsp.pem"), "-reqin", str(tmp_path / "q.der"), "-respout", str(tmp_path / "a.der"),
        )  # fmt: skip
        return (tmp_path / "a.der").read_bytes()

    clock = ManualClock(now)
    revocation = RevocationChecker(MemoryFetcher({pki.OCSP_URL: answer}), clock)
    checker = CertificateChecker(Anchors.of([nca.certificate]), revocation, clock, TrustPolicy(check_issuers=False))
    assert (await checker.check(certificate)).code is code
