"""Documents signed with ГОСТ keys: signed and verified like any other, and undetermined where hashing is too slow."""

from __future__ import annotations

import pytest

from gateway.clock import ManualClock
from gateway.eds.codes import Code, Status
from gateway.eds.errors import EdsError
from gateway.eds.gost import backends, digests
from gateway.eds.gost.curves import Curve
from gateway.eds.gost.keys import GostPrivateKey
from gateway.eds.keys import SoftwareKey, signing_key
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.verification import verify_signed_xml
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped
from tests.unit.eds.test_pkcs12 import certificate


@pytest.fixture
def key(curve: Curve) -> SoftwareKey:
    private = GostPrivateKey.generate(curve)
    return signing_key(private, certificate(private, private))


def test_document_signed_with_a_gost_key_verifies_and_a_changed_one_does_not(key: SoftwareKey) -> None:
    signed = sign_enveloped("<a><b>сынақ</b></a>".encode(), key)
    (signature,) = verify_enveloped(signed)
    assert signature.certificate == key.certificate
    assert signature.covered == "<a><b>сынақ</b></a>".encode()
    assert key.algorithm.uri.encode() in signed
    assert key.algorithm.digest.uri.encode() in signed
    with pytest.raises(EdsError) as refusal:
        verify_enveloped(signed.replace("сынақ".encode(), "сынак".encode()))
    assert refusal.value.code is Code.DIGEST_MISMATCH


async def test_large_document_is_undetermined_where_there_is_no_c_hash(key: SoftwareKey, clock: ManualClock) -> None:
    if not backends.fastest().hashes.fast:
        pytest.skip("no C library here to sign so large a document with")
    signed = sign_enveloped(b"<a>" + b"x" * digests.MAX_SLOW_BYTES + b"</a>", key)
    checker = CertificateChecker(Anchors.of([key.certificate]), None, clock)
    assert (await verify_signed_xml(signed, checker))[1] is not None
    with backends.using(hashes="python"):
        verdict, signature = await verify_signed_xml(signed, checker)
    assert (verdict.code, verdict.status, signature) == (Code.HASH_TOO_SLOW, Status.UNDETERMINED, None)
