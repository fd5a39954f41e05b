"""Debian's GOST engine of OpenSSL, which nobody here wrote, agrees about keys, signatures and hashes.

It knows Russia's OIDs and layout alone: keys are rewritten for it, and a signature is turned round as a whole. Its
GOST 34.11-94 has another S-box than Kazakhstan's, so that signatures of ГОСТ 34.310-2004 are checked by their digests.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.eds.der import BIT_STRING, OCTET_STRING, SEQUENCE, encode, encode_integer, encode_oid
from gateway.eds.gost import backends, digests
from gateway.eds.gost.curves import GOST_2004, GOST_2015_512, Curve
from gateway.eds.gost.keys import GostPrivateKey


@dataclass(frozen=True)
class Russian:
    """What Russia calls the algorithm of a curve (RFC 9215, RFC 4491)."""

    key: str
    parameter_set: str
    hash_set: str


RUSSIAN = {
    GOST_2015_512.name: Russian("1.2.643.7.1.1.1.2", "1.2.643.7.1.2.1.2.1", "1.2.643.7.1.1.2.3"),
    GOST_2004.name: Russian("1.2.643.2.2.19", "1.2.643.2.2.35.1", "1.2.643.2.2.30.1"),
}
MESSAGES = [b"", b"a", bytes(range(256)) * 9]


def openssl(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], capture_output=True, timeout=20, check=False)


if shutil.which("openssl") is None or openssl("engine", "gost").returncode != 0:
    pytest.skip("OpenSSL's GOST engine is not installed (libengine-gost-openssl)", allow_module_level=True)


def identifier(curve: Curve) -> bytes:
    names = RUSSIAN[curve.name]
    return encode(
        SEQUENCE,
        encode_oid(names.key),
        encode(SEQUENCE, encode_oid(names.parameter_set), encode_oid(names.hash_set)),
    )


def public_file(folder: Path, key: GostPrivateKey) -> Path:
    size = key.curve.size
    point = key.public_key.x.to_bytes(size, "little") + key.public_key.y.to_bytes(size, "little")
    bits = encode(BIT_STRING, b"\0", encode(OCTET_STRING, point))
    (folder / "public.der").write_bytes(encode(SEQUENCE, identifier(key.curve), bits))
    return folder / "public.der"


def private_file(folder: Path, key: GostPrivateKey) -> Path:
    octets = encode(OCTET_STRING, key.number.to_bytes(key.curve.size, "little"))
    (folder / "private.der").write_bytes(encode(SEQUENCE, encode_integer(0), identifier(key.curve), octets))
    return folder / "private.der"


def digest(curve: Curve, data: bytes) -> bytes:
    return digests.streebog512(data) if curve is GOST_2015_512 else digests.gost34311(data)


@pytest.fixture(params=[GOST_2015_512, GOST_2004], ids=["2015", "2004"])
def key(request: pytest.FixtureRequest) -> GostPrivateKey:
    return GostPrivateKey.generate(request.param)


@pytest.mark.parametrize("data", MESSAGES, ids=len)
def test_engine_accepts_our_signature_and_no_changed_one(tmp_path: Path, key: GostPrivateKey, data: bytes) -> None:
    public, file, turned = public_file(tmp_path, key), tmp_path / "digest", tmp_path / "signature"
    file.write_bytes(digest(key.curve, data))
    signature = key.sign(data)[::-1]

    def accepted() -> bool:
        done = openssl(
            "pkeyutl", "-engine", "gost", "-verify", "-pubin", "-keyform", "DER", "-inkey", public,
            "-in", file, "-sigfile", turned,
        )  # fmt: skip
        return done.returncode == 0 and b"Verified Successfully" in done.stdout

    turned.write_bytes(signature)
    assert accepted()
    turned.write_bytes(signature[:-1] + bytes((signature[-1] ^ 1,)))
    assert not accepted()
    turned.write_bytes(signature[::-1])
    assert not accepted()


@pytest.mark.parametrize("data", MESSAGES, ids=len)
def test_every_back_end_accepts_what_the_engine_signs(tmp_path: Path, key: GostPrivateKey, data: bytes) -> None:
    (tmp_path / "digest").write_bytes(digest(key.curve, data))
    done = openssl(
        "pkeyutl", "-engine", "gost", "-sign", "-keyform", "DER", "-inkey", private_file(tmp_path, key),
        "-in", tmp_path / "digest", "-out", tmp_path / "signature",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    signature = (tmp_path / "signature").read_bytes()[::-1]
    for one in backends.available_verifiers():
        with backends.using(verifier=one.name):
            assert key.public_key.verify(signature, data), one.name
            assert not key.public_key.verify(signature, data + b"\0"), one.name


def test_engine_derives_the_same_public_key(tmp_path: Path, key: GostPrivateKey) -> None:
    done = openssl(
        "pkey", "-engine", "gost", "-inform", "DER", "-in", private_file(tmp_path, key), "-pubout", "-outform", "DER"
    )
    assert done.returncode == 0, done.stderr
    size = key.curve.size
    assert done.stdout.endswith(key.public_key.x.to_bytes(size, "little") + key.public_key.y.to_bytes(size, "little"))


@pytest.mark.parametrize("data", MESSAGES, ids=len)
@pytest.mark.parametrize("hashes", [one.name for one in backends.available_hashes()])
def test_engine_gives_the_same_streebog(tmp_path: Path, hashes: str, data: bytes) -> None:
    (tmp_path / "data").write_bytes(data)
    with backends.using(hashes=hashes):
        for name, ours in (("md_gost12_512", digests.streebog512(data)), ("md_gost12_256", digests.streebog256(data))):
            done = openssl("dgst", "-engine", "gost", f"-{name}", "-binary", tmp_path / "data")
            assert done.stdout == ours, done.stderr


def test_engine_verifies_a_message_of_2015_with_its_own_hash(tmp_path: Path) -> None:
    key = GostPrivateKey.generate(GOST_2015_512)
    (tmp_path / "data").write_bytes(b"message")
    (tmp_path / "signature").write_bytes(key.sign(b"message")[::-1])
    done = openssl(
        "dgst", "-engine", "gost", "-md_gost12_512", "-keyform", "DER", "-verify", public_file(tmp_path, key),
        "-signature", tmp_path / "signature", tmp_path / "data",
    )  # fmt: skip
    assert b"Verified OK" in done.stdout, done.stderr
