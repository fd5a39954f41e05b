"""Time-stamp tokens (RFC 3161): one counts only for the bytes that it stamps, and only when its authority is trusted.

As the НУЦ gives them: no accuracy, no name of the authority, serial numbers that may be negative, and the authority's
certificate named by SHA-1 (ESSCertID).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.eds.algorithms import ALGORITHMS, Algorithms, Digest
from gateway.eds.certificate import Certificate
from gateway.eds.cms.evidence import kept_evidence
from gateway.eds.cms.reader import members, read_cms
from gateway.eds.cms.verification import CmsSignature, covered_content, verify_signer
from gateway.eds.codes import Code
from gateway.eds.der import (
    GENERALIZED_TIME,
    INTEGER,
    OCTET_STRING,
    SEQUENCE,
    Der,
    DerError,
    encode,
)
from gateway.eds.errors import EdsError, TimestampRefused
from gateway.eds.evidence import Evidence
from gateway.eds.extensions import EXTENDED_USAGE, read_extensions
from gateway.eds.revocation.evidence import StoredEvidence
from gateway.eds.roles import ExtendedUsage, KeyUsage
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import MomentReason, Verdict

TST_INFO = "1.2.840.113549.1.9.16.1.4"
MAX_TOKEN_BYTES = 64 * 1024
_MAX_NUMBER_BYTES = 64
_EXTENSIONS = 0xA1
_EXPLICIT_EXTENSIONS = 0xA3
_SKEW = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A token that is cryptographically good and about the bytes that it was held against."""

    token: bytes
    serial: int
    policy: str
    moment: datetime
    """genTime: what the authority says; trusted only after `judge_timestamp`."""
    digest: Digest
    nonce: int | None
    signature: CmsSignature
    evidence: Evidence

    @property
    def certificate(self) -> Certificate:
        """The certificate of the authority."""
        return self.signature.certificate

    @property
    def serial_hex(self) -> str:
        """The serial number in upper-case hexadecimal; the real ones may be negative."""
        return f"{self.serial:X}" if self.serial >= 0 else f"-{-self.serial:X}"

    def to_json(self) -> dict[str, object]:
        """Return the token with plain values."""
        return {
            "serial": self.serial_hex,
            "moment": self.moment.isoformat(),
            "policy": self.policy,
            "digest": self.digest.name,
            "authority": self.certificate.subject.dn,
            "authority_serial": self.certificate.serial_hex,
        }


@dataclass(frozen=True, slots=True)
class _Info:
    policy: str
    digest: str
    imprint: bytes
    serial: int
    moment: datetime
    nonce: int | None


def verify_timestamp(
    token: bytes,
    stamped: bytes,
    *,
    certificates: Iterable[Certificate] = (),
    algorithms: Algorithms = ALGORITHMS,
) -> Timestamp:
    """Check a token over `stamped`: for CAdES-T the signature's own bytes; raises `TimestampRefused`.

    Cryptography only; the authority is trusted or not by `judge_timestamp`.
    """
    return verify_token(token, lambda digest: digest(stamped), certificates, algorithms)


async def judge_timestamp(
    timestamp: Timestamp,
    checker: CertificateChecker,
    *,
    intermediates: Iterable[Certificate] = (),
    stored: StoredEvidence | None = None,
) -> Verdict:
    """Judge the authority at the moment that it gave: its certificate is for time stamps only, and trusted then."""
    certificate, moment = timestamp.certificate, timestamp.moment
    # (1) A clock that is ahead of ours is no proof of anything yet.
    if moment > checker.clock.now() + _SKEW:
        return _verdict(Code.TIMESTAMP_AHEAD, timestamp, {"moment": moment.isoformat()})
    # (2) RFC 3161 section 2.3: exactly one extended key usage, timeStamping, and it is critical.
    if not _for_timestamps_only(certificate):
        return _verdict(Code.TIMESTAMP_REFUSED, timestamp, {"reason": "the certificate is not for time stamps only"})
    # (3) Path and revocation at that moment.
    own = timestamp.evidence
    kept = StoredEvidence(
        (*own.revocation.ocsp, *(stored.ocsp if stored else ())),
        (*own.revocation.crls, *(stored.crls if stored else ())),
    )
    verdict = await checker.check(
        certificate,
        intermediates=(*timestamp.signature.chain, *own.certificates, *intermediates),
        at=moment,
        stored=kept,
    )
    return verdict.judged_for(MomentReason.TIMESTAMP)


def verify_token(
    token: bytes,
    imprint: Callable[[Digest], bytes],
    certificates: Iterable[Certificate] = (),
    algorithms: Algorithms = ALGORITHMS,
) -> Timestamp:
    """Check a token over what has this imprint by the digest that the token names; raises `TimestampRefused`."""
    try:
        return _verify(token, imprint, tuple(certificates), algorithms)
    except TimestampRefused:
        raise
    except EdsError as error:
        raise TimestampRefused(Code.TIMESTAMP_REFUSED, cause=str(error.code), **error.facts) from error
    except (DerError, ValueError, LookupError) as error:
        raise TimestampRefused(Code.TIMESTAMP_REFUSED, reason=str(error)[:200]) from error


def _verify(
    token: bytes, imprint: Callable[[Digest], bytes], certificates: tuple[Certificate, ...], algorithms: Algorithms
) -> Timestamp:
    # (1) The form: one signer over TSTInfo.
    if len(token) > MAX_TOKEN_BYTES:
        raise DerError("token too large")
    signed = read_cms(token)
    if len(signed.signers) != 1:
        raise DerError(f"{len(signed.signers)} signers of a time stamp")
    content = covered_content(signed, None, content_type=TST_INFO)
    info = _read_info(content)
    # (2) It is about these bytes and no others.
    digest = algorithms.digest(info.digest)
    if not hmac.compare_digest(info.imprint, imprint(digest)):
        raise TimestampRefused(Code.TIMESTAMP_REFUSED, reason="the time stamp is about something else")
    # (3) The signature, whose attributes must name the authority's certificate (section 2.4.2).
    signature = verify_signer(signed, signed.signers[0], content, certificates=certificates, algorithms=algorithms)
    if not signature.names_certificate:
        raise DerError("the authority's certificate is not named")
    return Timestamp(
        token=token,
        serial=info.serial,
        policy=info.policy,
        moment=info.moment,
        digest=digest,
        nonce=info.nonce,
        signature=signature,
        evidence=kept_evidence(signed, signed.signers[0]),
    )


def _read_info(content: bytes) -> _Info:
    """Read TSTInfo (section 2.4.2)."""
    version, policy, imprint, serial, moment, *rest = members(Der.read(content), 10)
    if version.integer() != 1:
        raise DerError("unknown version of a time stamp")
    algorithm, hashed = members(imprint, 2)
    nonce: int | None = None
    for field in rest:
        if field.tag == INTEGER:
            nonce = read_number(field)
        elif field.tag == _EXTENSIONS and any(one.critical for one in read_extensions(_as_sequence(field)).values()):
            raise DerError("a critical extension is not understood")
    return _Info(
        policy=policy.oid(),
        digest=members(algorithm, 2)[0].oid(),
        imprint=hashed.expect(OCTET_STRING).content,
        serial=read_number(serial),
        moment=moment.expect(GENERALIZED_TIME).time(),
        nonce=nonce,
    )


def _as_sequence(field: Der) -> Der:
    return Der.read(encode(SEQUENCE, field.content))


def read_number(element: Der) -> int:
    """Read an INTEGER of at most 64 bytes; raises `DerError`."""
    if element.end - element.body > _MAX_NUMBER_BYTES:
        raise DerError("number too long")
    return element.integer()


def _for_timestamps_only(certificate: Certificate) -> bool:
    if certificate.extended_usages != {ExtendedUsage.TIME_STAMPING}:
        return False
    usage = certificate.key_usage
    if usage and not usage & (KeyUsage.DIGITAL_SIGNATURE | KeyUsage.NON_REPUDIATION):
        return False
    fields = Der.read(certificate.tbs).children()
    extensions = next(field for field in fields if field.tag == _EXPLICIT_EXTENSIONS)
    return read_extensions(extensions.inner())[EXTENDED_USAGE].critical


def _verdict(code: Code, timestamp: Timestamp, facts: dict[str, str]) -> Verdict:
    verdict = Verdict.of(code, at=timestamp.moment, certificate=timestamp.certificate, facts=facts)
    return verdict.judged_for(MomentReason.TIMESTAMP)
