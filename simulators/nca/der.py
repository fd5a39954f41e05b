"""DER put together from parts that are already encoded (X.690).

Whatever was signed or comes from a key stays the bytes it was: nothing is decoded and encoded again, so keys and
signatures of any algorithm pass through.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from asn1crypto import core

from gateway.eds.der import Der

NULL: Final = b"\x05\x00"


def tagged(tag: int, content: bytes) -> bytes:
    """Return `content` behind a one-byte tag and its length."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def sequence(*parts: bytes) -> bytes:
    """SEQUENCE."""
    return tagged(0x30, b"".join(parts))


def set_of(*parts: bytes) -> bytes:
    """SET OF, its members in the order that DER demands."""
    return tagged(0x31, b"".join(sorted(parts)))


def explicit(number: int, *parts: bytes) -> bytes:
    """A constructed context tag around whole values."""
    return tagged(0xA0 | number, b"".join(parts))


def integer(value: int) -> bytes:
    """INTEGER."""
    encoded: bytes = core.Integer(value).dump()
    return encoded


def enumerated(value: int) -> bytes:
    """ENUMERATED of a small value."""
    return tagged(0x0A, bytes((value,)))


def boolean(value: bool) -> bytes:
    """BOOLEAN."""
    return b"\x01\x01\xff" if value else b"\x01\x01\x00"


def oid(dotted: str) -> bytes:
    """OBJECT IDENTIFIER."""
    encoded: bytes = core.ObjectIdentifier(dotted).dump()
    return encoded


def octet_string(content: bytes) -> bytes:
    """OCTET STRING."""
    return tagged(0x04, content)


def bit_string(content: bytes) -> bytes:
    """BIT STRING of whole bytes."""
    return tagged(0x03, b"\x00" + content)


def generalized_time(moment: datetime) -> bytes:
    """GeneralizedTime in UTC without a fraction of a second."""
    return tagged(0x18, moment.strftime("%Y%m%d%H%M%SZ").encode())


def time(moment: datetime) -> bytes:
    """Time of RFC 5280 section 4.1.2.5: UTCTime through 2049, GeneralizedTime after."""
    if moment.year < 2050:
        return tagged(0x17, moment.strftime("%y%m%d%H%M%SZ").encode())
    return generalized_time(moment)


def extension(dotted: str, value: bytes, *, critical: bool = False) -> bytes:
    """Extension of RFC 5280 section 4.1; FALSE is the default and is left out."""
    return sequence(oid(dotted), boolean(True) if critical else b"", octet_string(value))


def signed(body: bytes, algorithm: bytes, signature: bytes) -> bytes:
    """SIGNED: the body with its algorithm and signature, as certificates and revocation lists are."""
    return sequence(body, algorithm, bit_string(signature))


def public_key_bits(public_key_info: bytes) -> bytes:
    """Return the bits of a SubjectPublicKeyInfo, of which key identifiers are the SHA-1."""
    _, bits = Der.read(public_key_info).children()
    return bits.bits()


def serial_number_of(certificate: bytes) -> int:
    """Return a certificate's serial number."""
    return _fields(certificate)[0].integer()


def issuer_of(certificate: bytes) -> bytes:
    """Return the DER of a certificate's issuer, as it stands there."""
    return _fields(certificate)[2].raw


def subject_of(certificate: bytes) -> bytes:
    """Return the DER of a certificate's subject, as it stands there."""
    return _fields(certificate)[4].raw


def public_key_info_of(certificate: bytes) -> bytes:
    """Return the DER SubjectPublicKeyInfo of a certificate, as it stands there."""
    return _fields(certificate)[5].raw


def _fields(certificate: bytes) -> list[Der]:
    """Return TBSCertificate from the serial number on (RFC 5280 section 4.1); all certificates here have version 3."""
    return Der.read(certificate).children()[0].children()[1:]
