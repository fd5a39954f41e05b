"""OCSP (RFC 6960): the question, and an answer that counts only when an authorised responder signed it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.eds.algorithms import SHA256
from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.codes import Code
from gateway.eds.der import (
    ENUMERATED,
    NULL,
    OCTET_STRING,
    SEQUENCE,
    Der,
    DerError,
    encode,
    encode_integer,
    encode_oid,
)
from gateway.eds.errors import AlgorithmRefused, CertificateUnreadable, EvidenceRefused
from gateway.eds.extensions import KEY_USAGE, OCSP_NO_CHECK, Extension, read_extensions
from gateway.eds.names import Name
from gateway.eds.pathrules import not_understood, signed_by
from gateway.eds.revocation.evidence import Reason, RevocationEvidence, Source, State
from gateway.eds.revocation.policy import RevocationPolicy
from gateway.eds.roles import ExtendedUsage, KeyUsage

CONTENT_TYPE = "application/ocsp-request"
_BASIC, _NONCE, _CUTOFF = "1.3.6.1.5.5.7.48.1.1", "1.3.6.1.5.5.7.48.1.2", "1.3.6.1.5.5.7.48.1.6"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_CERTIFICATES, _MAX_ANSWERS = 8, 64
_SHA1 = "1.3.14.3.2.26"
_MAY_SIGN = KeyUsage.DIGITAL_SIGNATURE | KeyUsage.NON_REPUDIATION


def build_request(certificate: Certificate, issuer: Certificate, nonce: bytes) -> bytes:
    """Ask for one certificate, named by SHA-256, with a nonce."""
    name, key = _issuer_hashes(issuer, SHA256)
    algorithm = encode(SEQUENCE, encode_oid(SHA256.oid), encode(NULL))
    identifier = encode(
        SEQUENCE,
        algorithm,
        encode(OCTET_STRING, name),
        encode(OCTET_STRING, key),
        encode_integer(certificate.serial),
    )
    extension = encode(SEQUENCE, encode_oid(_NONCE), encode(OCTET_STRING, encode(OCTET_STRING, nonce)))
    requests = encode(SEQUENCE, encode(SEQUENCE, identifier))
    return encode(SEQUENCE, encode(SEQUENCE, requests, encode(0xA2, encode(SEQUENCE, extension))))


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    this_update: datetime
    next_update: datetime | None
    revoked_at: datetime | None
    reason: Reason | None
    kept_since: datetime | None
    """The archive cutoff: certificates that expired after it are still known (RFC 6960 section 4.4.4)."""


@dataclass(frozen=True, slots=True)
class _Basic:
    tbs: bytes
    responder_name: Name | None
    responder_key: bytes | None
    produced_at: datetime
    singles: list[Der]
    extensions: dict[str, Extension]
    algorithm: str
    signature: bytes
    certificates: tuple[Certificate, ...]


def read_response(
    data: bytes,
    *,
    certificate: Certificate,
    issuer: Certificate,
    at: datetime,
    now: datetime,
    policy: RevocationPolicy,
    nonce: bytes | None = None,
) -> RevocationEvidence:
    """Confirm an OCSP answer about `certificate` for the moment `at`; raises `EvidenceRefused`.

    `nonce` is the one that was sent; kept answers are judged without.
    """
    try:
        # (1) The responder says that it answers at all; its errors are not signed and mean nothing else.
        basic = _read_basic(data, policy)
        # (2) The one answer about this certificate, by name and key of its issuer and by serial number.
        answer = _answer_about(basic, certificate, issuer, policy)
    except (DerError, ValueError, LookupError, CertificateUnreadable) as error:
        raise EvidenceRefused(Code.REVOCATION_UNAVAILABLE, source=Source.OCSP, reason=str(error)[:200]) from error
    # (3) Who signed: the issuer itself, or whom the issuer certified for it.
    responder = _authorised(basic, issuer, at, policy)
    # (4) The signature.
    _check_signature(basic, responder, policy)
    # (5) The nonce, against a replay.
    _check_nonce(basic, nonce, policy)
    # (6) The times.
    policy.check_times(
        source=Source.OCSP, this_update=answer.this_update, next_update=answer.next_update, at=at, now=now
    )
    _check_production(basic, answer, now, policy)
    if (answer.kept_since or answer.this_update) > certificate.not_after:
        raise EvidenceRefused(
            Code.REVOCATION_STALE, source=Source.OCSP, reason="made after the certificate expired, it may be forgotten"
        )
    # (7) What it says.
    return RevocationEvidence(
        source=Source.OCSP,
        state=_state(answer),
        this_update=answer.this_update,
        next_update=answer.next_update,
        produced_at=basic.produced_at,
        signer=responder.subject.dn,
        raw=(data,),
        revoked_at=answer.revoked_at,
        reason=answer.reason,
    )


def _read_basic(data: bytes, policy: RevocationPolicy) -> _Basic:
    if len(data) > policy.ocsp_max_bytes:
        raise DerError("answer too large")
    status, *rest = Der.read(data).children()
    code = int.from_bytes(status.expect(ENUMERATED).content, "big")
    if code != 0 or not rest:
        raise DerError(f"the responder answered with status {code}")
    kind, body = rest[0].inner().children()
    if kind.oid() != _BASIC:
        raise DerError("not a basic answer")
    tbs, algorithm, signature, *optional = Der.read(body.expect(OCTET_STRING).content).children()
    fields = tbs.children()
    if fields[0].tag == 0xA0:
        if fields[0].inner().integer() != 0:
            raise DerError("a version that is not known")
        fields = fields[1:]
    responder, produced_at, singles, *more = fields
    found = read_extensions(more[0].inner()) if more else {}
    for oid, extension in found.items():
        if extension.critical and oid != _NONCE:
            raise DerError(f"critical extension {oid} is not understood")
    embedded = optional[0].inner().children() if optional else []
    if len(embedded) > _MAX_CERTIFICATES:
        raise DerError("too many certificates")
    return _Basic(
        tbs=tbs.raw,
        responder_name=Name.read(responder.inner()) if responder.tag == 0xA1 else None,
        responder_key=responder.inner().expect(OCTET_STRING).content if responder.tag == 0xA2 else None,
        produced_at=produced_at.time(),
        singles=singles.children(),
        extensions=found,
        algorithm=algorithm.children()[0].oid(),
        signature=signature.bits(),
        certificates=tuple(read_certificate(item.raw) for item in embedded),
    )


def _answer_about(basic: _Basic, certificate: Certificate, issuer: Certificate, policy: RevocationPolicy) -> _Answer:
    if len(basic.singles) > _MAX_ANSWERS:
        raise DerError("too many answers")
    found = [single for single in basic.singles if _names(single.children()[0], certificate, issuer, policy)]
    if len(found) != 1:
        raise DerError(f"{len(found)} answers about this certificate")
    _, status, this_update, *optional = found[0].children()
    next_update: datetime | None = None
    kept_since: datetime | None = None
    for part in optional:
        if part.tag == 0xA0:
            next_update = part.inner().time()
        elif part.tag == 0xA1:
            further = read_extensions(part.inner())
            if any(extension.critical and oid != _CUTOFF for oid, extension in further.items()):
                raise DerError("a critical extension is not understood")
            kept_since = Der.read(further[_CUTOFF].value).time() if _CUTOFF in further else None
    revoked_at: datetime | None = None
    reason: Reason | None = None
    number = status.tag & 0x1F
    if number not in {0, 1}:
        raise DerError("the responder does not know the certificate")
    if number == 1:
        time, *why = list(status)
        revoked_at = time.time()
        if why:
            reason = Reason(int.from_bytes(why[0].inner().expect(ENUMERATED).content, "big"))
    return _Answer(number, this_update.time(), next_update, revoked_at, reason, kept_since)


def _names(identifier: Der, certificate: Certificate, issuer: Certificate, policy: RevocationPolicy) -> bool:
    algorithm, name, key, serial = identifier.children()
    if serial.integer() != certificate.serial:
        return False
    oid = algorithm.children()[0].oid()
    try:
        # CertID only names the certificate, so SHA-1 is no weakness in it.
        function = _sha1 if oid == _SHA1 else policy.algorithms.digest(oid)
    except AlgorithmRefused:
        return False
    return (name.content, key.content) == _issuer_hashes(issuer, function)


def _issuer_hashes(issuer: Certificate, function: Callable[[bytes], bytes]) -> tuple[bytes, bytes]:
    return function(issuer.subject.name.der), function(issuer.key_bits)


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _authorised(basic: _Basic, issuer: Certificate, at: datetime, policy: RevocationPolicy) -> Certificate:
    """Find the responder's certificate (RFC 6960 section 4.2.2.2); raises `EvidenceRefused`."""
    problem = "the responder is not authorised"
    for candidate in (issuer, *basic.certificates):
        if not _is_responder(basic, candidate):
            continue
        if candidate == issuer:
            return issuer
        objection = next(_objections(candidate, issuer, basic, at, policy), None)
        if objection is None:
            return candidate
        problem = objection
    raise EvidenceRefused(Code.REVOCATION_FORGED, source=Source.OCSP, reason=problem)


def _objections(
    candidate: Certificate, issuer: Certificate, basic: _Basic, at: datetime, policy: RevocationPolicy
) -> Iterator[str]:
    """Yield why a certificate that came with the answer is no delegated responder's; nothing if it is."""
    try:
        if not candidate.issuer.same(issuer.subject.name) or not signed_by(candidate, issuer, policy.algorithms):
            yield "the responder's certificate is not of this issuer"
    except AlgorithmRefused as error:
        yield str(error)
    if ExtendedUsage.OCSP_SIGNING not in candidate.extended_usages:
        yield "the responder's certificate is not for signing answers"
    if KEY_USAGE in candidate.extensions and not candidate.key_usage & _MAY_SIGN:
        yield "the responder's key is not for signing"
    if policy.responder_nocheck and OCSP_NO_CHECK not in candidate.extensions:
        # Its value is NULL, and nothing at all in the older certificates of the НУЦ.
        yield "the responder's own revocation would have to be asked"
    if not_understood(candidate):
        yield "a critical extension of the responder's certificate is not understood"
    if not candidate.not_before <= basic.produced_at or max(basic.produced_at, at) > candidate.not_after:
        yield "the responder's certificate was not valid"


def _is_responder(basic: _Basic, certificate: Certificate) -> bool:
    if basic.responder_name is not None:
        return basic.responder_name.same(certificate.subject.name)
    return basic.responder_key == _sha1(certificate.key_bits)


def _check_production(basic: _Basic, answer: _Answer, now: datetime, policy: RevocationPolicy) -> None:
    """Check that the order of the answer's own times is possible (RFC 6960 section 2.4)."""
    if basic.produced_at > now + policy.skew:
        problem = "made in the future"
    elif basic.produced_at < answer.this_update - policy.skew:
        problem = "made before what it says"
    elif answer.next_update is not None and answer.next_update < answer.this_update:
        problem = "its next update comes before this one"
    else:
        return
    raise EvidenceRefused(Code.REVOCATION_STALE, source=Source.OCSP, reason=problem)


def _check_signature(basic: _Basic, responder: Certificate, policy: RevocationPolicy) -> None:
    try:
        good = policy.algorithms.verify(
            basic.algorithm,
            key_info=responder.key_info,
            key_algorithm=responder.key_algorithm,
            signature=basic.signature,
            data=basic.tbs,
        )
    except AlgorithmRefused as error:
        raise EvidenceRefused(Code.REVOCATION_FORGED, source=Source.OCSP, **error.facts) from error
    if not good:
        raise EvidenceRefused(Code.REVOCATION_FORGED, source=Source.OCSP, reason="the signature is broken")


def _check_nonce(basic: _Basic, nonce: bytes | None, policy: RevocationPolicy) -> None:
    if nonce is None:
        return
    given = basic.extensions.get(_NONCE)
    if given is None:
        if policy.nonce_required:
            raise EvidenceRefused(Code.REVOCATION_FORGED, source=Source.OCSP, reason="no nonce in the answer")
    elif given.value not in {nonce, encode(OCTET_STRING, nonce)}:
        raise EvidenceRefused(Code.REVOCATION_FORGED, source=Source.OCSP, reason="the nonce is another one")


def _state(answer: _Answer) -> State:
    if answer.status == 0:
        return State.GOOD
    # RFC 6960 section 2.2: "revoked, 1970-01-01, certificateHold" is the answer about what was never issued.
    if answer.revoked_at == _EPOCH and answer.reason is Reason.CERTIFICATE_HOLD:
        return State.NOT_ISSUED
    return State.ON_HOLD if answer.reason is Reason.CERTIFICATE_HOLD else State.REVOKED
