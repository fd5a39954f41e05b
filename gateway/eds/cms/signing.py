"""SignedData written: attached, detached, or over a given digest; signers and time stamps added to what is there.

The attributes are those of CAdES-BES (ETSI EN 319 122-1 section 6). What is already there (certificates, signers, the
content) stays the bytes that it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.eds.algorithms import RSA_KEY, SHA256, SignatureAlgorithm
from gateway.eds.certificate import Certificate
from gateway.eds.cms.evidence import revocation_values
from gateway.eds.cms.reader import (
    CONTENT_TYPE,
    DATA,
    MAX_SIGNERS,
    MESSAGE_DIGEST,
    REVOCATION_VALUES,
    SIGNATURE_TIMESTAMP,
    SIGNED_DATA,
    SIGNING_CERTIFICATE_V2,
    SIGNING_TIME,
    SignedData,
    SignerInfo,
    read_cms,
)
from gateway.eds.cms.verification import covered_content
from gateway.eds.codes import Code
from gateway.eds.der import (
    GENERALIZED_TIME,
    NULL,
    OCTET_STRING,
    SEQUENCE,
    SET,
    UTC_TIME,
    encode,
    encode_integer,
    encode_oid,
)
from gateway.eds.errors import CmsRefused
from gateway.eds.keys import SigningKey
from gateway.eds.timestamping import TimestampClient
from gateway.eds.verdict import Verdict

_SIGNED, _UNSIGNED, _CERTIFICATES, _LISTS, _EXPLICIT = 0xA0, 0xA1, 0xA0, 0xA1, 0xA0


@dataclass(frozen=True, slots=True)
class NewSigner:
    """A signature that was just made, before it stands in a message."""

    der: bytes
    """SignerInfo."""
    value: bytes
    """The signature itself, over which a time stamp is taken."""
    algorithm: SignatureAlgorithm
    certificates: tuple[Certificate, ...]


def new_signer(digest: bytes, key: SigningKey, *, at: datetime, content_type: str = DATA) -> NewSigner:
    """Sign content of which only the digest (by the key's own function) is known; `at` becomes signing-time."""
    method = key.algorithm
    attributes = _attributes(digest, key.certificate, at, content_type)
    value = key.sign(encode(SET, *attributes))
    certificate = key.certificate
    return NewSigner(
        der=encode(
            SEQUENCE,
            encode_integer(1),
            encode(SEQUENCE, certificate.issuer.der, encode_integer(certificate.serial)),
            _with_null(method.digest.oid),
            encode(_SIGNED, *attributes),
            _signature_algorithm(method),
            encode(OCTET_STRING, value),
        ),
        value=value,
        algorithm=method,
        certificates=(certificate, *key.chain),
    )


def message(content: bytes | None, signer: NewSigner, *, content_type: str = DATA) -> bytes:
    """Put a signer into a new SignedData; without content it is detached."""
    attached = () if content is None else (encode(_EXPLICIT, encode(OCTET_STRING, content)),)
    return _content_info(
        encode_integer(1 if content_type == DATA else 3),
        encode(SET, _with_null(signer.algorithm.digest.oid)),
        encode(SEQUENCE, encode_oid(content_type), *attached),
        encode(_CERTIFICATES, *(one.der for one in signer.certificates)),
        encode(SET, signer.der),
    )


def sign_cms(content: bytes, key: SigningKey, *, at: datetime, attached: bool = True) -> bytes:
    """Sign content with CAdES-BES; returns DER."""
    signer = new_signer(key.algorithm.digest(content), key, at=at)
    return message(content if attached else None, signer)


def sign_digest(digest: bytes, key: SigningKey, *, at: datetime) -> bytes:
    """Make a detached signature over content of which only the digest by the key's own function is known."""
    return message(None, new_signer(digest, key, at=at))


def cosign_cms(data: bytes, key: SigningKey, *, at: datetime, content: bytes | None = None) -> bytes:
    """Add a signer beside those that are there (RFC 5652 section 5.1); raises `CmsRefused` or `SignatureRefused`.

    A detached signature needs its `content`. The signers that are there are not checked.
    """
    signed = read_cms(data)
    if len(signed.signers) >= MAX_SIGNERS:
        raise CmsRefused(Code.SIGNATURES_TOO_MANY, signatures=str(len(signed.signers)))
    covered = covered_content(signed, content)
    signer = new_signer(key.algorithm.digest(covered), key, at=at)
    digest = signer.algorithm.digest.oid
    return _again(
        signed,
        [*(one.element.raw for one in signed.signers), signer.der],
        digest=b"" if digest in signed.digests else _with_null(digest),
        certificates=signer.certificates,
    )


def add_timestamp(data: bytes, token: bytes, *, signer: int = 0) -> bytes:
    """Put a token over a signer's value beside it (CAdES-T, 1.2.840.113549.1.9.16.2.14); nothing signed is touched."""
    return add_unsigned(data, SIGNATURE_TIMESTAMP, token, signer=signer)


def add_evidence(data: bytes, *verdicts: Verdict, signer: int = 0) -> bytes:
    """Keep beside a signer what verdicts stood on: its own and its time stamp's (revocation-values, certificates)."""
    kept = add_unsigned(data, REVOCATION_VALUES, revocation_values(verdicts), signer=signer)
    signed = read_cms(kept)
    issuers = tuple(dict.fromkeys(one for verdict in verdicts for one in verdict.path))
    return _again(signed, [one.element.raw for one in signed.signers], certificates=issuers)


def add_unsigned(data: bytes, oid: str, value: bytes, *, signer: int = 0) -> bytes:
    """Add an unsigned attribute (DER value) to one signer; raises `CmsRefused`."""
    signed = read_cms(data)
    if not 0 <= signer < len(signed.signers):
        raise CmsRefused(Code.SIGNATURE_MISSING, signer=str(signer))
    attribute = encode(SEQUENCE, encode_oid(oid), encode(SET, value))
    signers = [one.element.raw for one in signed.signers]
    signers[signer] = _with_unsigned(signed.signers[signer], attribute)
    return _again(signed, signers)


def extract(data: bytes) -> bytes:
    """Return the attached content, checked by nobody yet; raises `CmsRefused` or `SignatureRefused`."""
    return covered_content(read_cms(data), None)


async def stamp_cms(data: bytes, client: TimestampClient) -> bytes:
    """Add a time stamp to every signer that has none; raises `CmsRefused` or `TimestampRefused`.

    A stamp that is there stays: it is the earlier one.
    """
    for place, signer in enumerate(read_cms(data).signers):
        if SIGNATURE_TIMESTAMP not in signer.unsigned_attributes:
            digest = client.digest_for(signer.digest_algorithm)
            data = add_timestamp(data, (await client.stamp(signer.value, digest)).token, signer=place)
    return data


def _attributes(digest: bytes, certificate: Certificate, at: datetime, content_type: str) -> list[bytes]:
    # RFC 5035: the hash algorithm of ESSCertIDv2 is SHA-256 by default and then left out.
    identifier = encode(SEQUENCE, encode(OCTET_STRING, SHA256(certificate.der)))
    values = (
        (CONTENT_TYPE, encode_oid(content_type)),
        (SIGNING_TIME, _time(at)),
        (MESSAGE_DIGEST, encode(OCTET_STRING, digest)),
        (SIGNING_CERTIFICATE_V2, encode(SEQUENCE, encode(SEQUENCE, identifier))),
    )
    # DER orders a SET OF by its encodings (X.690 section 11.6).
    return sorted(encode(SEQUENCE, encode_oid(oid), encode(SET, value)) for oid, value in values)


def _time(at: datetime) -> bytes:
    """Write a time as RFC 5652 section 11.3 demands: UTCTime until 2049."""
    moment = at.astimezone(UTC)
    if 1950 <= moment.year < 2050:
        return encode(UTC_TIME, f"{moment:%y%m%d%H%M%SZ}".encode())
    return encode(GENERALIZED_TIME, f"{moment:%Y%m%d%H%M%SZ}".encode())


def _signature_algorithm(method: SignatureAlgorithm) -> bytes:
    if method.key_algorithm == RSA_KEY:
        # RFC 3370 section 3.2: rsaEncryption with NULL, which every verifier knows.
        return _with_null(RSA_KEY)
    # ECDSA has no parameters (RFC 5754 section 3.3); GOST has NULL, as in every real signature.
    ecdsa = method.oid.startswith("1.2.840.10045.")
    return encode(SEQUENCE, encode_oid(method.oid)) if ecdsa else _with_null(method.oid)


def _with_null(oid: str) -> bytes:
    return encode(SEQUENCE, encode_oid(oid), encode(NULL))


def _with_unsigned(signer: SignerInfo, attribute: bytes) -> bytes:
    parts = list(signer.element)
    there = b""
    if signer.unsigned is not None:
        there = parts.pop().content
    return encode(SEQUENCE, *(part.raw for part in parts), encode(_UNSIGNED, there, attribute))


def _again(
    signed: SignedData,
    signers: list[bytes],
    *,
    digest: bytes = b"",
    certificates: Iterable[Certificate] = (),
) -> bytes:
    """Write SignedData around its own parts and what was added."""
    there = b"" if signed.certificates_element is None else signed.certificates_element.content
    new = [one.der for one in certificates if one not in signed.certificates]
    return _content_info(
        signed.version.raw,
        encode(SET, signed.digest_algorithms.content, digest),
        signed.encapsulated.raw,
        encode(_CERTIFICATES, there, *new) if there or new else b"",
        b"" if signed.lists_element is None else signed.lists_element.raw,
        encode(SET, *signers),
    )


def _content_info(*parts: bytes) -> bytes:
    return encode(SEQUENCE, encode_oid(SIGNED_DATA), encode(_EXPLICIT, encode(SEQUENCE, *parts)))
