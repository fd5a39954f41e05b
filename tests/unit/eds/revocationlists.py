"""Revocation lists written byte by byte, with any entries and extensions, signed or not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.eds.der import (
    BIT_STRING,
    ENUMERATED,
    INTEGER,
    OCTET_STRING,
    SEQUENCE,
    Der,
    encode,
    encode_integer,
    encode_oid,
)
from tests.unit.eds import pki

CRITICAL = encode(0x01, b"\xff")


def extension(oid: str, value: bytes, *, critical: bool = False) -> bytes:
    return encode(SEQUENCE, encode_oid(oid), CRITICAL if critical else b"", encode(OCTET_STRING, value))


def reason(code: int) -> bytes:
    return extension("2.5.29.21", encode(ENUMERATED, bytes((code,))))


def invalidity(moment: bytes = b"20260101000000Z") -> bytes:
    return extension("2.5.29.24", encode(0x18, moment))


def issued_by(name: bytes) -> bytes:
    """A certificateIssuer of an entry."""
    return extension("2.5.29.29", encode(SEQUENCE, encode(0xA4, name)), critical=True)


def entry(serial: bytes, *extensions: bytes, time: bytes = encode(0x17, b"260301050000Z")) -> bytes:
    return encode(SEQUENCE, encode(INTEGER, serial), time, encode(SEQUENCE, *extensions) if extensions else b"")


def issuing_point(*parts: bytes) -> bytes:
    return extension("2.5.29.28", encode(SEQUENCE, *parts), critical=True)


def points(*parts: bytes) -> bytes:
    """The value of cRLDistributionPoints with one point."""
    return encode(SEQUENCE, encode(SEQUENCE, *parts))


def full_name(*names: bytes) -> bytes:
    return encode(0xA0, encode(0xA0, *names))


def uri(text: str) -> bytes:
    return encode(0x86, text.encode())


def revocation_list(
    authority: pki.Authority,
    entries: Iterable[bytes] = (),
    *,
    number: int | None = 14,
    base: int | None = None,
    this_update: datetime = pki.NOW - timedelta(hours=1),
    next_update: datetime | None = pki.NOW + timedelta(days=30),
    extensions: tuple[bytes, ...] = (),
) -> bytes:
    """A list of an authority with an ECDSA or RSA key."""
    name = authority.certificate.subject.name.der
    rsa_key = isinstance(authority.key, rsa.RSAPrivateKey)
    oid = "1.2.840.113549.1.1.11" if rsa_key else "1.2.840.10045.4.3.2"
    algorithm = encode(SEQUENCE, encode_oid(oid), b"\x05\x00" if rsa_key else b"")
    own = [extension("2.5.29.20", encode_integer(number))] if number is not None else []
    if base is not None:
        own.append(extension("2.5.29.27", encode_integer(base), critical=True))
    listed = b"".join(entries)
    body = encode(
        SEQUENCE,
        encode_integer(1),
        algorithm,
        name,
        time(this_update),
        time(next_update) if next_update is not None else b"",
        encode(SEQUENCE, listed) if listed else b"",
        encode(0xA0, encode(SEQUENCE, *own, *extensions)) if own or extensions else b"",
    )
    if isinstance(authority.key, rsa.RSAPrivateKey):
        signature = authority.key.sign(body, padding.PKCS1v15(), hashes.SHA256())
    else:
        signature = authority.key.sign(body, ec.ECDSA(hashes.SHA256()))
    return encode(SEQUENCE, body, algorithm, encode(BIT_STRING, b"\x00", signature))


def time(moment: datetime) -> bytes:
    return encode(0x17, moment.astimezone(UTC).strftime("%y%m%d%H%M%SZ").encode())


def serials(count: int) -> list[bytes]:
    """Serial numbers as the НУЦ makes them: twenty bytes of a digest, the highest bit cleared."""
    return [
        bytes((digest[0] & 0x7F | 1,)) + digest[1:]
        for digest in (hashlib.sha1(number.to_bytes(4, "big")).digest() for number in range(count))
    ]


def large_list(authority: pki.Authority, count: int) -> bytes:
    """A list of many entries; a reason stands in two of three, as in the real ones."""
    return revocation_list(
        authority,
        (
            b"\x30\x25\x02\x14" + serial + b"\x17\x0d260301050000Z"
            if place % 3 == 0
            else b"\x30\x33\x02\x14" + serial + b"\x17\x0d260301050000Z\x30\x0c" + reason(1 + place % 5)
            for place, serial in enumerate(serials(count))
        ),
    )


def parts(data: bytes) -> list[Der]:
    return Der.read(data).children()


def der_of(authority: pki.Authority) -> bytes:
    return authority.x509.public_bytes(Encoding.DER)
