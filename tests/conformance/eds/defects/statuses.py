"""CRLs and OCSP answers written byte by byte."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from gateway.eds.der import BIT_STRING, ENUMERATED, OCTET_STRING, SEQUENCE, Der, encode, encode_integer, encode_oid
from tests.conformance.eds.defects.forging import (
    AKI,
    DAY,
    DIGITAL_SIGNATURE,
    EKU,
    KEY_USAGE,
    NO_CHECK,
    NOW,
    NULL,
    OCSP_SIGNING,
    Authority,
    Extension,
    Land,
    Signer,
    extension_list,
    generalized,
    key_id,
    name,
    oid_list,
    usage,
    utc,
)

NUMBER, DELTA, REASON = "2.5.29.20", "2.5.29.27", "2.5.29.21"
REVOKED, HOLD, REMOVED = 1, 6, 8
GOOD, UNKNOWN = encode(0x80), encode(0x82)
NONCE = "1.3.6.1.5.5.7.48.1.2"
SHA256 = encode(SEQUENCE, encode_oid("2.16.840.1.101.3.4.2.1"), NULL)


def revoked(when: datetime = NOW - 2 * DAY, reason: int | None = None) -> bytes:
    """Write the status of a revoked certificate."""
    return encode(0xA1, generalized(when), b"" if reason is None else encode(0xA0, _enumerated(reason)))


def _enumerated(number: int) -> bytes:
    return encode(ENUMERATED, bytes((number,)))


def serial_of(certificate: bytes) -> bytes:
    """Return the INTEGER of a certificate's serial number."""
    fields = Der.read(certificate).children()[0].children()
    return fields[1].raw if fields[0].tag == 0xA0 else fields[0].raw


def entry(serial: bytes, reason: int | None = None, extensions: Iterable[tuple[str, Extension]] = ()) -> bytes:
    """Write an entry of a list."""
    said = () if reason is None else ((REASON, (False, _enumerated(reason))),)
    both = (*said, *extensions)
    return encode(SEQUENCE, serial, utc(NOW - 2 * DAY), extension_list(both) if both else b"")


def crl(
    issuer: Authority,
    *entries: bytes,
    signer: Signer | None = None,
    this_update: datetime = NOW - timedelta(hours=1),
    next_update: datetime | None = NOW + 30 * DAY,
    number: int = 14,
    base: int | None = None,
    more: Iterable[tuple[str, Extension]] = (),
    inner: bytes | None = None,
    outer: bytes | None = None,
    authority_key: bytes | None = None,
) -> bytes:
    """Write a list, signed by `signer` or by its issuer."""
    by = signer or issuer.signer
    extensions: list[tuple[str, Extension]] = [
        (AKI, (False, encode(SEQUENCE, encode(0x80, authority_key or key_id(by.key_info))))),
        (NUMBER, (False, encode_integer(number))),
        *more,
    ]
    if base is not None:
        extensions.append((DELTA, (True, encode_integer(base))))
    algorithm = inner or by.algorithm
    tbs = encode(
        SEQUENCE,
        encode_integer(1),
        algorithm,
        issuer.name,
        utc(this_update),
        b"" if next_update is None else utc(next_update),
        encode(SEQUENCE, *entries) if entries else b"",
        encode(0xA0, extension_list(extensions)),
    )
    return encode(SEQUENCE, tbs, outer or algorithm, encode(BIT_STRING, b"\x00", by.sign(tbs)))


def responder(issuer: Authority, land: Land, label: str = "responder", **changes: object) -> Authority:
    """Let the issuer certify a key for answering."""
    signer = land.key(label)
    subject = name(("2.5.4.3", f"OCSP {label}"), ("2.5.4.6", "KZ"))
    extensions: dict[str, Extension] = {
        KEY_USAGE: usage(DIGITAL_SIGNATURE),
        EKU: oid_list(OCSP_SIGNING),
        NO_CHECK: (False, NULL),
    }
    extensions |= changes.pop("extensions", {})  # type: ignore[arg-type]
    certificate = issuer.certifies(
        subject=subject, key_info=signer.key_info, extensions=extensions, serial=encode_integer(501), **changes
    )
    return Authority(subject, signer, certificate)


def nonce_of(request: bytes) -> bytes:
    """Return the value of the nonce extension of a question."""
    *_, extensions = Der.read(request).children()[0].children()
    return extensions.inner().children()[0].children()[-1].content


def single(
    issuer: Authority,
    serial: bytes,
    status: bytes = GOOD,
    *,
    this_update: datetime = NOW,
    next_update: datetime | None = None,
    more: Iterable[tuple[str, Extension]] = (),
    issuer_key: bytes | None = None,
) -> bytes:
    """Write the answer about one certificate."""
    bits = Der.read(issuer_key or issuer.signer.key_info).children()[1].bits()
    digests = (encode(OCTET_STRING, hashlib.sha256(data).digest()) for data in (issuer.name, bits))
    named = encode(SEQUENCE, SHA256, *digests, serial)
    later = b"" if next_update is None else encode(0xA0, generalized(next_update))
    more = tuple(more)
    return encode(
        SEQUENCE, named, status, generalized(this_update), later, encode(0xA1, extension_list(more)) if more else b""
    )


def ocsp(
    by: Authority,
    *answers: bytes,
    nonce: bytes | None,
    produced_at: datetime = NOW,
    embedded: tuple[bytes, ...] | None = None,
    more: Iterable[tuple[str, Extension]] = (),
    algorithm: bytes | None = None,
    spoil: bool = False,
    status: int = 0,
) -> bytes:
    """Write an answer, signed by `by`; `spoil` changes a bit of the signature."""
    extensions = (*(() if nonce is None else ((NONCE, (False, nonce)),)), *more)
    tbs = encode(
        SEQUENCE,
        encode(0xA1, by.name),
        generalized(produced_at),
        encode(SEQUENCE, *answers),
        encode(0xA1, extension_list(extensions)) if extensions else b"",
    )
    signature = bytearray(by.signer.sign(tbs))
    if spoil:
        signature[7] ^= 1
    certificates = (by.certificate,) if embedded is None else embedded
    basic = encode(
        SEQUENCE,
        tbs,
        algorithm or by.signer.algorithm,
        encode(BIT_STRING, b"\x00", bytes(signature)),
        encode(0xA0, encode(SEQUENCE, *certificates)) if certificates else b"",
    )
    body = encode(SEQUENCE, encode_oid("1.3.6.1.5.5.7.48.1.1"), encode(OCTET_STRING, basic))
    return encode(SEQUENCE, _enumerated(status), encode(0xA0, body))


def silence(status: int) -> bytes:
    """Write an answer that only says why there is none."""
    return encode(SEQUENCE, _enumerated(status))
