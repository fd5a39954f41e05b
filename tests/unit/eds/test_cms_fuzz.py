"""Whatever bytes come, only the room's own errors go out."""

from __future__ import annotations

import base64

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.eds.cms.evidence import kept_evidence
from gateway.eds.cms.reader import looks_like_cms, read_cms
from gateway.eds.cms.signing import cosign_cms, sign_cms
from gateway.eds.cms.verification import verify_cms
from gateway.eds.errors import EdsError
from gateway.eds.keys import SoftwareKey
from gateway.eds.timestamping import TimestampRequest, read_response
from gateway.eds.timestamps import verify_timestamp
from tests.unit.eds import cms_kit as kit
from tests.unit.eds import pki

FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
EDITS = st.lists(st.tuples(st.integers(0, 1 << 16), st.binary(min_size=1, max_size=4)), min_size=1, max_size=4)


def edited(data: bytes, edits: list[tuple[int, bytes]]) -> bytes:
    changed = bytearray(data)
    for place, piece in edits:
        start = place % len(changed)
        changed[start : start + len(piece)] = piece
    return bytes(changed)


def all_readings(data: bytes, key: SoftwareKey) -> None:
    request = TimestampRequest(key.algorithm.digest, b"", None)
    for read in (
        lambda: verify_cms(data, content=kit.DATA),
        lambda: [kept_evidence(read_cms(data), signer) for signer in read_cms(data).signers],
        lambda: verify_timestamp(data, b"stamped"),
        lambda: read_response(data, request),
        lambda: cosign_cms(data, key, at=pki.NOW),
        lambda: looks_like_cms(data),
    ):
        try:
            read()
        except EdsError:
            continue


@FUZZ
@given(data=st.binary(max_size=200))
def test_any_bytes(key: SoftwareKey, data: bytes) -> None:
    for form in (data, b"\x30\x80" + data, b"0" + data, base64.b64encode(data)):
        all_readings(form, key)


@FUZZ
@given(edits=EDITS)
def test_changed_cms(key: SoftwareKey, nca: pki.Authority, edits: list[tuple[int, bytes]]) -> None:
    data = sign_cms(kit.DATA, key, at=pki.NOW)
    unsigned = [kit.attribute("1.2.840.113549.1.9.16.2.24", b"\x30\x02\xa1\x00")]
    for good in (data, kit.message(kit.Signer(key, unsigned=unsigned), lists=[nca.crl()])):
        all_readings(edited(good, edits), key)


@FUZZ
@given(edits=EDITS)
def test_changed_token(key: SoftwareKey, edits: list[tuple[int, bytes]]) -> None:
    token = kit.token(b"stamped", key)
    all_readings(edited(token, edits), key)
    all_readings(edited(kit.granted(token), edits), key)
