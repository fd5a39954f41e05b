"""Who may sign an OCSP answer, what it must name, and whose times count (RFC 6960 sections 2.4, 3.2 and 4.2.2.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ocsp as library

from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.der import GENERALIZED_TIME, OCTET_STRING, SEQUENCE, Der, encode, encode_integer, encode_oid
from gateway.eds.errors import EvidenceRefused
from gateway.eds.revocation.evidence import RevocationEvidence, State
from gateway.eds.revocation.ocsp import read_response
from gateway.eds.revocation.policy import RevocationPolicy
from tests.unit.eds import pki

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
POLICY = RevocationPolicy()


@pytest.fixture
def person(nca: pki.Authority) -> Certificate:
    return nca.person().certificate


@pytest.fixture
def read(nca: pki.Authority, person: Certificate) -> Callable[..., RevocationEvidence]:
    """Read an answer about the person now, unless a test says otherwise."""

    def confirm(data: bytes, **options: Any) -> RevocationEvidence:
        facts = {"certificate": person, "issuer": nca.certificate, "at": pki.NOW, "now": pki.NOW, "policy": POLICY}
        return read_response(data, **(facts | options))

    return confirm


def refusal(read: Callable[..., RevocationEvidence], data: bytes, **options: Any) -> tuple[Code, str]:
    with pytest.raises(EvidenceRefused) as refused:
        read(data, **options)
    return refused.value.code, refused.value.facts["reason"]


@pytest.mark.parametrize("by", [library.OCSPResponderEncoding.NAME, library.OCSPResponderEncoding.HASH])
def test_responder_is_found_by_name_and_by_key(
    nca: pki.Authority, person: Certificate, read: Any, by: library.OCSPResponderEncoding
) -> None:
    assert read(nca.ocsp(person, responder_by=by)).state is State.GOOD
    assert read(nca.ocsp(person, responder_by=by, signer=(nca.key, nca.x509), embed=False)).state is State.GOOD


@pytest.mark.parametrize("function", [hashes.SHA1, hashes.SHA256, hashes.SHA384, hashes.SHA512])
def test_certificate_is_named_with_any_hash_that_is_known(
    nca: pki.Authority, person: Certificate, read: Any, function: type[hashes.HashAlgorithm]
) -> None:
    assert read(nca.ocsp(person, algorithm=function())).state is State.GOOD


def test_certificate_named_with_an_unknown_hash_is_not_this_one(
    nca: pki.Authority, person: Certificate, read: Any
) -> None:
    code, _ = refusal(read, nca.ocsp(person, algorithm=hashes.SHA224()))
    assert code is Code.REVOCATION_UNAVAILABLE


EMPTY = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.5.5.7.48.1.5"), b"")


def test_nocheck_of_the_older_responders_is_empty(nca: pki.Authority, person: Certificate, read: Any) -> None:
    assert read(nca.ocsp(person, signer=nca.responder("empty", extra=((EMPTY, False),)))).state is State.GOOD


def test_responder_that_may_itself_be_revoked_is_refused_unless_the_policy_says_otherwise(
    nca: pki.Authority, person: Certificate, read: Any
) -> None:
    answer = nca.ocsp(person, signer=nca.responder("no nocheck", extra=()))
    assert refusal(read, answer) == (
        Code.REVOCATION_FORGED,
        "the responder's own revocation would have to be asked",
    )
    assert read(answer, policy=replace(POLICY, responder_nocheck=False)).state is State.GOOD


UNKNOWN = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.398.99.1"), b"\x05\x00"), True)
NO_CHECK = (x509.OCSPNoCheck(), False)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"usage": ("key_encipherment",)}, "the responder's key is not for signing"),
        ({"extended": ()}, "the responder's certificate is not for signing answers"),
        ({"extra": (NO_CHECK, UNKNOWN)}, "a critical extension of the responder's certificate is not understood"),
        ({"not_after": pki.NOW - MINUTE}, "the responder's certificate was not valid"),
        ({"not_before": pki.NOW + MINUTE}, "the responder's certificate was not valid"),
        ({"issuer_name": pki.name(cn="БӨТЕН")}, "the responder's certificate is not of this issuer"),
    ],
)
def test_responder_with_a_defect_is_not_authorised(
    nca: pki.Authority, person: Certificate, read: Any, options: dict[str, Any], reason: str
) -> None:
    assert refusal(read, nca.ocsp(person, signer=nca.responder(reason, **options))) == (Code.REVOCATION_FORGED, reason)


def test_responder_without_key_usage_may_sign(nca: pki.Authority, person: Certificate, read: Any) -> None:
    assert read(nca.ocsp(person, signer=nca.responder("no usage", usage=None))).state is State.GOOD


def test_responder_certified_by_another_key_of_that_name_is_not_authorised(
    nca: pki.Authority, root: pki.Authority, person: Certificate, read: Any
) -> None:
    namesake = pki.issuing(root, "namesake")
    _, reason = refusal(read, nca.ocsp(person, signer=namesake.responder("of the namesake")))
    assert reason == "the responder's certificate is not of this issuer"


def test_responder_must_be_valid_at_the_judged_moment_too(nca: pki.Authority, person: Certificate, read: Any) -> None:
    answer = nca.ocsp(person, signer=nca.responder("soon over", not_after=pki.NOW + MINUTE))
    assert read(answer, at=pki.NOW + MINUTE, now=pki.NOW + MINUTE).state is State.GOOD
    later = pki.NOW + 2 * MINUTE
    assert refusal(read, answer, at=later, now=later) == (
        Code.REVOCATION_FORGED,
        "the responder's certificate was not valid",
    )


def test_responder_certified_after_the_judged_moment_speaks_of_it(
    nca: pki.Authority, person: Certificate, read: Any
) -> None:
    answer = nca.ocsp(person, signer=nca.responder("young", not_before=pki.NOW - MINUTE))
    assert read(answer, at=pki.NOW - DAY).state is State.GOOD


@pytest.mark.parametrize(
    ("made_at", "reason"),
    [(pki.NOW + 2 * MINUTE, "made in the future"), (pki.NOW - 2 * MINUTE, "made before what it says")],
)
def test_answer_made_at_an_impossible_moment_is_refused(
    nca: pki.Authority, person: Certificate, read: Any, made_at: datetime, reason: str
) -> None:
    assert refusal(read, nca.ocsp(person, made_at=made_at)) == (Code.REVOCATION_STALE, reason)


def test_next_update_before_this_one_is_refused(nca: pki.Authority, person: Certificate, read: Any) -> None:
    key, certificate = nca.responder()
    next_update = encode(0xA0, _time(pki.NOW - MINUTE))
    answer = nca.ocsp(person, signer=(key, certificate))
    answer = pki.changed(answer, key, lambda fields: _single(fields, next_update))
    assert refusal(read, answer, at=pki.NOW - 2 * MINUTE) == (
        Code.REVOCATION_STALE,
        "its next update comes before this one",
    )


def _time(moment: datetime) -> bytes:
    return encode(GENERALIZED_TIME, moment.strftime("%Y%m%d%H%M%SZ").encode())


def _single(fields: list[Der], *more: bytes) -> list[bytes]:
    """The fields of an answer, the one single answer in it with more at its end."""
    (single,) = fields[2].children()
    return [*(one.raw for one in fields[:2]), encode(SEQUENCE, encode(SEQUENCE, single.content, *more))]


def _extension(oid: str, value: bytes) -> bytes:
    return encode(0xA1, encode(SEQUENCE, encode(SEQUENCE, encode_oid(oid), encode(OCTET_STRING, value))))


def test_archive_cutoff_says_that_what_expired_is_still_known(nca: pki.Authority, read: Any) -> None:
    over = nca.person("over", not_after=pki.NOW - DAY).certificate
    key, certificate = nca.responder()
    plain = nca.ocsp(over, signer=(key, certificate))
    assert refusal(read, plain, certificate=over, at=pki.NOW)[0] is Code.REVOCATION_STALE
    for since, good in ((pki.NOW - 2 * DAY, True), (pki.NOW, False)):
        cutoff = _extension("1.3.6.1.5.5.7.48.1.6", _time(since))
        answer = pki.changed(plain, key, lambda fields, cutoff=cutoff: _single(fields, cutoff))  # type: ignore[misc]
        if good:
            assert read(answer, certificate=over).state is State.GOOD
        else:
            assert refusal(read, answer, certificate=over)[0] is Code.REVOCATION_STALE


def test_answer_of_another_version_is_not_read(nca: pki.Authority, person: Certificate, read: Any) -> None:
    key, certificate = nca.responder()
    version = encode(0xA0, encode_integer(1))
    answer = pki.changed(
        nca.ocsp(person, signer=(key, certificate)), key, lambda fields: [version, *(one.raw for one in fields)]
    )
    assert refusal(read, answer)[0] is Code.REVOCATION_UNAVAILABLE


def test_never_issued_is_told_from_revoked(nca: pki.Authority, person: Certificate, read: Any) -> None:
    epoch = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    hold = x509.ReasonFlags.certificate_hold
    revoked = library.OCSPCertStatus.REVOKED
    for at, reason, state in (
        (epoch, hold, State.NOT_ISSUED),
        (epoch, None, State.REVOKED),
        (pki.NOW - DAY, hold, State.ON_HOLD),
        (pki.NOW - DAY, None, State.REVOKED),
    ):
        assert read(nca.ocsp(person, status=revoked, revoked_at=at, reason=reason)).state is state
