"""OpenSSL, which nobody here wrote, reads our CMS and time-stamp requests, and we read its CMS and tokens."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.clock import ManualClock
from gateway.eds.algorithms import SHA256, SHA512, Digest
from gateway.eds.cms.judgement import verify_signed_cms
from gateway.eds.cms.reader import read_cms
from gateway.eds.cms.signing import add_timestamp, cosign_cms, sign_cms, sign_digest
from gateway.eds.cms.verification import verify_cms
from gateway.eds.codes import Code
from gateway.eds.errors import EdsError, TimestampRefused
from gateway.eds.keys import SoftwareKey
from gateway.eds.timestamping import TimestampRequest, read_response
from gateway.eds.timestamps import verify_timestamp
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.verdict import MomentReason
from tests.unit.eds import cms_kit as kit
from tests.unit.eds import pki
from tests.unit.eds.cms_kit import DATA

if shutil.which("openssl") is None:
    pytest.skip("openssl is not installed", allow_module_level=True)

NOW = datetime.now(UTC).replace(microsecond=0)
VALID = {"not_before": NOW - timedelta(days=1), "not_after": NOW + timedelta(days=9)}
KINDS = ["rsa2048", "p256", "p384"]


def openssl(*arguments: str | Path, fails: bool = False) -> bytes:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, timeout=20, check=False)
    assert (done.returncode != 0) is fails, done.stderr.decode()
    return done.stdout


def authority(label: str = "cms") -> pki.Authority:
    return pki.issuing(pki.root(), label)


def person(nca: pki.Authority, kind: str, label: str = "signer") -> SoftwareKey:
    return nca.person(f"{label} {kind}", kind=kind, **VALID)


def keep(folder: Path, key: SoftwareKey, name: str) -> tuple[Path, Path]:
    certificate, private = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_text(key.certificate.pem)
    private.write_bytes(key._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))  # type: ignore[union-attr]
    return certificate, private


def trusted(folder: Path, nca: pki.Authority) -> list[str | Path]:
    (folder / "ca.pem").write_text(nca.certificate.pem + pki.root().certificate.pem)
    return ["-CAfile", folder / "ca.pem", "-purpose", "any", "-cades", "-binary"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("attached", [True, False])
def test_openssl_confirms_what_we_sign(tmp_path: Path, kind: str, attached: bool) -> None:
    nca = authority()
    key = person(nca, kind)
    signatures = [sign_cms(DATA, key, at=NOW, attached=attached)]
    if not attached:
        signatures.append(sign_digest(key.algorithm.digest(DATA), key, at=NOW))
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "other").write_bytes(DATA + b".")
    for data in signatures:
        (tmp_path / "cms.der").write_bytes(data)
        verify = ["cms", "-verify", "-inform", "DER", "-in", tmp_path / "cms.der", *trusted(tmp_path, nca)]
        content = [] if attached else ["-content", tmp_path / "data"]
        assert openssl(*verify, *content) == DATA
        if not attached:
            openssl(*verify, "-content", tmp_path / "other", fails=True)


def test_openssl_confirms_all_the_signers_that_we_add(tmp_path: Path) -> None:
    nca = authority()
    first, *others = (person(nca, kind) for kind in KINDS)
    data = sign_cms(DATA, first, at=NOW)
    for key in others:
        data = cosign_cms(data, key, at=NOW)
    data = add_timestamp(data, kit.token(b"", first))
    (tmp_path / "cms.der").write_bytes(data)
    verify = ["cms", "-verify", "-inform", "DER", "-in", tmp_path / "cms.der", *trusted(tmp_path, nca)]
    assert openssl(*verify, "-signer", tmp_path / "signers.pem") == DATA
    assert (tmp_path / "signers.pem").read_bytes().count(b"BEGIN CERTIFICATE") == 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "options",
    [
        (),
        ("-nodetach",),
        ("-nodetach", "-cades"),
        ("-nodetach", "-keyid"),
        ("-nodetach", "-noattr"),
        ("-nodetach", "-stream"),
        ("-nodetach", "-md", "sha512"),
        ("-nodetach", "-outform", "PEM"),
    ],
)
def test_we_confirm_what_openssl_signs(tmp_path: Path, kind: str, options: tuple[str, ...]) -> None:
    key = person(authority(), kind)
    certificate, private = keep(tmp_path, key, "signer")
    (tmp_path / "data").write_bytes(DATA * 300)
    sign = ["cms", "-sign", "-binary", "-in", tmp_path / "data", "-signer", certificate, "-inkey", private]
    data = openssl(*sign, "-outform", "DER", *options)
    content = None if "-nodetach" in options else DATA * 300
    (signature,) = verify_cms(data, content=content)
    assert (signature.covered, signature.certificate) == (DATA * 300, key.certificate)
    assert (signature.form == "CAdES-BES") is ("-cades" in options)


def test_we_confirm_all_the_signers_of_openssl_and_it_those_that_we_add(tmp_path: Path) -> None:
    nca = authority()
    keys = [person(nca, kind) for kind in KINDS]
    (tmp_path / "data").write_bytes(DATA)
    signers: list[str | Path] = []
    for number, key in enumerate(keys):
        certificate, private = keep(tmp_path, key, str(number))
        signers += ["-signer", certificate, "-inkey", private]
    sign = ["cms", "-sign", "-binary", "-nodetach", "-cades", "-outform", "DER", "-in", tmp_path / "data"]
    data = openssl(*sign, *signers)
    found = verify_cms(data)
    assert {one.certificate for one in found} == {key.certificate for key in keys}
    added = cosign_cms(data, person(nca, "p256", "fourth"), at=NOW)
    (tmp_path / "cms.der").write_bytes(added)
    assert openssl("cms", "-verify", "-inform", "DER", "-in", tmp_path / "cms.der", *trusted(tmp_path, nca)) == DATA
    assert len(verify_cms(added)) == 4


def test_no_changed_bit_of_a_signature_by_openssl_is_accepted(tmp_path: Path) -> None:
    certificate, private = keep(tmp_path, person(authority(), "p256"), "signer")
    (tmp_path / "data").write_bytes(DATA)
    sign = ["cms", "-sign", "-binary", "-nodetach", "-in", tmp_path / "data", "-signer", certificate, "-inkey", private]
    data = openssl(*sign, "-outform", "DER")
    (good,) = verify_cms(data)
    for place in range(len(data)):
        try:
            (found,) = verify_cms(data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :])
        except EdsError:
            continue
        # Without signingCertificateV2 the certificate is bound by its key and name only; the rest is its issuer's.
        assert (found.covered, found.certificate.key_info) == (good.covered, good.certificate.key_info), place
        assert found.signing_time == good.signing_time


@pytest.fixture
def tsa(tmp_path: Path) -> tuple[pki.Authority, Path]:
    """The configuration of openssl as a time-stamping authority."""
    nca = authority()
    certificate, private = keep(tmp_path, kit.tsa(nca, "openssl tsa", kind="rsa2048", **VALID), "tsa")
    (tmp_path / "serial").write_text("01\n")
    (tmp_path / "tsa.cnf").write_text(
        f"[tsa]\ndefault_tsa = t\n[t]\nserial = {tmp_path}/serial\nsigner_cert = {certificate}\n"
        f"signer_key = {private}\nsigner_digest = sha256\ndefault_policy = {kit.TSA_POLICY}\n"
        "digests = sha256, sha512\naccuracy = secs:1\nordering = yes\ntsa_name = yes\ness_cert_id_chain = no\n"
    )
    return nca, tmp_path / "tsa.cnf"


def answer(folder: Path, configuration: Path, request: bytes) -> bytes:
    (folder / "query").write_bytes(request)
    openssl("ts", "-reply", "-config", configuration, "-queryfile", folder / "query", "-out", folder / "reply")
    return (folder / "reply").read_bytes()


@pytest.mark.parametrize("digest", [SHA256, SHA512])
def test_openssl_answers_our_question_and_we_confirm_its_token(
    tmp_path: Path, tsa: tuple[pki.Authority, Path], digest: Digest
) -> None:
    nca, configuration = tsa
    request = TimestampRequest.over(DATA, digest, policy=kit.TSA_POLICY)
    reply = answer(tmp_path, configuration, request.der)
    stamp = read_response(reply, request)
    assert (stamp.policy, stamp.serial, stamp.digest) == (kit.TSA_POLICY, 2, digest)
    assert verify_timestamp(stamp.token, DATA) == stamp
    trusted(tmp_path, nca)
    files = ["-queryfile", tmp_path / "query", "-in", tmp_path / "reply", "-CAfile", tmp_path / "ca.pem"]
    assert b"OK" in openssl("ts", "-verify", *files)
    with pytest.raises(TimestampRefused):
        read_response(reply, TimestampRequest.over(DATA, digest, policy=kit.TSA_POLICY))
    with pytest.raises(TimestampRefused):
        verify_timestamp(stamp.token, DATA + b".")


def test_openssl_refuses_what_we_take_for_a_refusal(tmp_path: Path, tsa: tuple[pki.Authority, Path]) -> None:
    request = TimestampRequest.over(DATA, SHA256, policy="1.2.3.4")
    with pytest.raises(TimestampRefused) as refusal:
        read_response(answer(tmp_path, tsa[1], request.der), request)
    assert refusal.value.code is Code.TIMESTAMP_UNAVAILABLE


def test_openssl_confirms_the_token_that_the_tests_make(tmp_path: Path) -> None:
    nca = authority()
    (tmp_path / "token").write_bytes(kit.token(DATA, kit.tsa(nca, "ours", **VALID), moment=NOW, serial=5))
    (tmp_path / "data").write_bytes(DATA)
    trusted(tmp_path, nca)
    verify = ["ts", "-verify", "-token_in", "-in", tmp_path / "token", "-CAfile", tmp_path / "ca.pem"]
    assert b"OK" in openssl(*verify, "-data", tmp_path / "data")


async def test_signature_stamped_by_openssl_is_judged_for_that_moment(
    tmp_path: Path, tsa: tuple[pki.Authority, Path]
) -> None:
    nca, configuration = tsa
    data = sign_cms(DATA, person(nca, "p256"), at=NOW)
    request = TimestampRequest.over(read_cms(data).signers[0].value, SHA256)
    stamp = read_response(answer(tmp_path, configuration, request.der), request)
    checker = CertificateChecker(Anchors.of([nca.certificate]), None, ManualClock(NOW + timedelta(days=1000)))
    judged = await verify_signed_cms(add_timestamp(data, stamp.token), checker)
    assert (judged.verdict.code, judged.verdict.moment_reason) == (Code.OK, MomentReason.TIMESTAMP)
    assert judged.verdict.judged_at == stamp.moment
    assert (await verify_signed_cms(data, checker)).verdict.code is Code.CERTIFICATE_EXPIRED
