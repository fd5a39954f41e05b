"""OpenSSL's key stores are read, and it reads the certificates of ours."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.eds.codes import Code
from gateway.eds.errors import KeyUnreadable
from gateway.eds.gost.curves import GOST_2015_512
from gateway.eds.gost.keys import GostPrivateKey
from gateway.eds.pkcs12 import open_pkcs12, write_pkcs12
from tests.unit.eds import pki

if shutil.which("openssl") is None:
    pytest.skip("openssl is not installed", allow_module_level=True)


def openssl(*arguments: str | Path) -> str:
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["-legacy"],
        ["-macalg", "sha512"],
        ["-legacy", "-keypbe", "PBE-SHA1-RC2-128", "-certpbe", "PBE-SHA1-2DES"],
        ["-keypbe", "aes-128-cbc", "-certpbe", "aes-192-cbc", "-iter", "1"],
        ["-keypbe", "DES-EDE3-CBC", "-certpbe", "NONE"],
    ],
    ids=lambda options: " ".join(options) or "default",
)
def test_stores_of_openssl_are_read_to_the_byte(tmp_path: Path, options: list[str]) -> None:
    key = pki.issuing(pki.root()).person("openssl store")
    private = key._private
    clear = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(clear + key.certificate.pem.encode())
    store = tmp_path / "key.p12"
    openssl("pkcs12", "-export", "-in", tmp_path / "key.pem", "-out", store, "-passout", "pass:abc", *options)
    opened = open_pkcs12(store.read_bytes(), "abc")
    assert opened.keys[0].content == private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert opened.certificates[0].content == key.certificate.der
    with pytest.raises(KeyUnreadable) as refusal:
        open_pkcs12(store.read_bytes(), "abd")
    assert refusal.value.code is Code.KEY_PASSWORD_WRONG


def test_openssl_opens_our_store_with_its_password(tmp_path: Path) -> None:
    certificate = pki.issuing(pki.root()).person("openssl store").certificate
    store = tmp_path / "key.p12"
    key = GostPrivateKey.generate(GOST_2015_512)
    store.write_bytes(write_pkcs12(name="x", key=key, certificate=certificate.der, chain=[], password="abc"))
    shown = openssl("pkcs12", "-in", store, "-nokeys", "-passin", "pass:abc")
    assert certificate.pem.splitlines()[1] in shown
