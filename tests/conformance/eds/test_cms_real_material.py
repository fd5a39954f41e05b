"""Real CMS and time stamps of the НУЦ and its SDK: they verify, and with a bit changed nothing else does.

The files are reference data outside the repository; without them these tests are skipped.
"""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.clock import ManualClock
from gateway.eds.algorithms import LEGACY_ALGORITHMS
from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.cms.judgement import verify_signed_cms
from gateway.eds.cms.reader import read_cms
from gateway.eds.cms.signing import cosign_cms, extract
from gateway.eds.cms.verification import verify_cms
from gateway.eds.codes import Code
from gateway.eds.der import Der
from gateway.eds.errors import EdsError, TimestampRefused
from gateway.eds.timestamps import judge_timestamp, verify_token
from gateway.eds.trust import Anchors, CertificateChecker
from tests.unit.eds import pki

SHARED = Path(os.environ.get("QYZMET_SHARED", Path(__file__).resolve().parents[4] / "shared"))
FOLDER = SHARED / "protocols" / "nca"
CONTENTS = {
    "ncanode_cms/cmsint_0.der": b"lol_kek",
    "ncanode_cms/signed_cms_one_signer.der": b"test123",
    "ncanode_cms/signed_cms.der": b"test123",
    "ncanode_cms/signed_detached_cms.der": b"test123",
    "danikarik/pers_active/RSA256_*.cms": b"asdasd",
    "danikarik/pers_active/AUTH_RSA256_*.cms": b"asdasd",
    "danikarik/org_active/AUTH_RSA256_*.cms": b"asdasd",
    "danikarik/org_active/GOSTKNCA_*.cms": b"asdasd",
}
ISSUERS = [
    "ncanode/nca_rsa_test.crt",
    "ncanode/nca_gost_test.crt",
    "test_ca/nca_gost2022_test.cer",
]

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the real material is not here (QYZMET_SHARED)")


def material(path: str) -> bytes:
    return next(FOLDER.glob(path)).read_bytes()


def certificate(path: str) -> Certificate:
    return read_certificate(material(path))


def der(path: str) -> bytes:
    data = material(path)
    return data if data[:1] == b"\x30" else base64.b64decode(data)


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]


@pytest.mark.parametrize("path", CONTENTS)
def test_real_cms_verifies_and_covers_what_it_says(path: str) -> None:
    content = CONTENTS[path]
    signatures = verify_cms(material(path), content=content)
    assert len(signatures) == (2 if "signed_cms.der" in path or "detached" in path else 1)
    assert all((one.covered, one.form) == (content, "CMS") for one in signatures)
    with pytest.raises(EdsError) as refusal:
        verify_cms(material(path), content=content + b".")
    assert refusal.value.code is Code.DIGEST_MISMATCH
    if path.endswith(".cms"):
        assert signatures[0].certificate == certificate(path.replace(".cms", ".cer"))


@pytest.mark.parametrize("path", CONTENTS)
def test_real_cms_with_a_bit_changed_says_nothing_else(path: str) -> None:
    content, data = CONTENTS[path], der(path)
    detached = content if "detached" in path else None
    good = [(one.covered, one.certificate.key_info, one.signing_time) for one in verify_cms(data, content=detached)]
    signers = read_cms(data).signers
    signed = range(signers[0].element.start, len(data))
    step = 1 if "RSA" in path else 5
    # The first member of a signer is its version, which nobody signs; changed to another known one it is still read.
    for place in range(0, len(data), step):
        try:
            found = verify_cms(flipped(data, place), content=detached)
        except EdsError:
            continue
        assert place not in signed or _unsigned_part(data, place), place
        assert [(one.covered, one.certificate.key_info, one.signing_time) for one in found] == good, place


def _unsigned_part(data: bytes, place: int) -> bool:
    """Whether a byte belongs to the algorithms' NULL parameters or names, which no signature covers."""
    for signer in read_cms(data).signers:
        if signer.element.start <= place < signer.element.end:
            parts = list(signer.element)
            signed = next(part for part in parts if part.tag == 0xA0)
            return not any(part.start <= place < part.end for part in (signed, parts[-1]))
    return False


def test_detached_real_cms_needs_its_content() -> None:
    with pytest.raises(EdsError) as refusal:
        verify_cms(material("ncanode_cms/signed_detached_cms.der"))
    assert refusal.value.code is Code.CONTENT_MISSING


async def test_real_cms_is_judged_in_its_time() -> None:
    anchors = Anchors.of(certificate(path) for path in ISSUERS)
    checker = CertificateChecker(anchors, None, ManualClock(datetime(2026, 3, 2, tzinfo=UTC)))
    for path in ("danikarik/pers_active/RSA256_*.cms", "danikarik/org_active/GOSTKNCA_*.cms"):
        (signature,) = verify_cms(material(path))
        assert signature.signing_time is not None
        judged = await verify_signed_cms(material(path), checker, at=signature.signing_time)
        assert (judged.verdict.code, judged.content) == (Code.OK, b"asdasd")
        assert (await verify_signed_cms(material(path), checker)).verdict.code is Code.CERTIFICATE_EXPIRED
    at = datetime(2022, 9, 27, 21, 17, 59, tzinfo=UTC)
    judged = await verify_signed_cms(material("ncanode_cms/signed_cms.der"), checker, at=at)
    # The second signer's certificate had expired eight months before.
    assert [one.verdict.code for one in judged.signers] == [Code.OK, Code.CERTIFICATE_EXPIRED]


def test_signer_is_added_to_a_real_cms_and_the_real_ones_stay_good() -> None:
    key = pki.issuing(pki.root()).person("cosigner")
    both = cosign_cms(material("ncanode_cms/signed_cms.der"), key, at=pki.NOW)
    assert len(verify_cms(both)) == 3
    assert extract(both) == b"test123"


def imprint_of(token: bytes) -> bytes:
    content = read_cms(token).content
    assert content is not None
    return Der.read(content).children()[2].children()[1].content


async def test_real_time_stamp_is_confirmed_at_its_moment() -> None:
    token = material("ncanode/tsp_token.bin")
    with pytest.raises(TimestampRefused) as refusal:
        verify_token(token, lambda _digest: imprint_of(token))
    # Its imprint is SHA-1: only an explicit policy takes it.
    assert refusal.value.facts["cause"] == Code.ALGORITHM_WEAK
    stamp = verify_token(token, lambda _digest: imprint_of(token), algorithms=LEGACY_ALGORITHMS)
    assert stamp.moment == datetime(2022, 9, 18, 13, 20, 14, tzinfo=UTC)
    assert stamp.policy == "1.2.398.3.3.2.6.1"
    assert material("ncanode/tsp_response.bin").endswith(token)
    checker = CertificateChecker(
        Anchors.of([certificate("ncanode/nca_gost_test.crt")]), None, ManualClock(stamp.moment + timedelta(days=2000))
    )
    assert (await judge_timestamp(stamp, checker)).code is Code.OK
    with pytest.raises(TimestampRefused):
        verify_token(token, lambda digest: digest(b"something else"), algorithms=LEGACY_ALGORITHMS)


def test_real_time_stamp_with_a_bit_changed_says_nothing_else() -> None:
    token = material("ncanode/tsp_token.bin")
    imprint = imprint_of(token)
    good = verify_token(token, lambda _digest: imprint, algorithms=LEGACY_ALGORITHMS)
    for place in range(0, len(token), 5):
        try:
            found = verify_token(flipped(token, place), lambda _digest: imprint, algorithms=LEGACY_ALGORITHMS)
        except TimestampRefused:
            continue
        assert found.signature.covered == good.signature.covered, place
        assert found.certificate.key_info == good.certificate.key_info, place


def test_certificate_of_the_production_authority_is_for_time_stamps_only() -> None:
    from gateway.eds.timestamps import _for_timestamps_only

    assert _for_timestamps_only(certificate("prod_ca/tsa_2025_2028.cer"))
    assert not _for_timestamps_only(certificate("ncanode/individual_valid_sign_2004_rsa.cer"))
