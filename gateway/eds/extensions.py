"""X.509 extensions, read as tolerantly as the real certificates of the НУЦ need."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.eds.der import BIT_STRING, BOOLEAN, INTEGER, OCTET_STRING, OID, SEQUENCE, Der, DerError
from gateway.eds.roles import KeyUsage

SUBJECT_KEY_IDENTIFIER, KEY_USAGE, ALTERNATIVE_NAME = "2.5.29.14", "2.5.29.15", "2.5.29.17"
BASIC_CONSTRAINTS, CRL_POINTS, POLICIES = "2.5.29.19", "2.5.29.31", "2.5.29.32"
AUTHORITY_KEY_IDENTIFIER, EXTENDED_USAGE, FRESHEST_CRL = "2.5.29.35", "2.5.29.37", "2.5.29.46"
AUTHORITY_ACCESS, OCSP_NO_CHECK = "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.48.1.5"
_ACCESS_OCSP, _ACCESS_ISSUERS = "1.3.6.1.5.5.7.48.1", "1.3.6.1.5.5.7.48.2"
_URI, _EMAIL, _KEY_ID, _FULL_NAME = 0x86, 0x81, 0x80, 0xA0


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension: whether it is critical, and its value."""

    critical: bool
    value: bytes


def read_extensions(element: Der) -> dict[str, Extension]:
    """Read a sequence of extensions; the same one twice is refused (RFC 5280 section 4.2)."""
    found: dict[str, Extension] = {}
    for item in element.children():
        parts = item.children()
        if not 2 <= len(parts) <= 3:
            raise DerError("bad extension")
        oid = parts[0].expect(OID).oid()
        if oid in found:
            raise DerError("the same extension twice")
        critical = len(parts) == 3 and parts[1].expect(BOOLEAN).boolean()
        found[oid] = Extension(critical, parts[-1].expect(OCTET_STRING).content)
    return found


def key_usage(value: bytes) -> KeyUsage:
    """Read the bits of keyUsage."""
    content = Der.read(value).expect(BIT_STRING).content
    if not 1 <= len(content) <= 3:
        raise DerError("bad key usage")
    usage = KeyUsage(0)
    for place in range(min(9, (len(content) - 1) * 8)):
        if content[1 + place // 8] & (0x80 >> place % 8):
            usage |= KeyUsage(1 << place)
    return usage


def basic_constraints(value: bytes) -> tuple[bool, int | None]:
    """Return whether the holder is an authority, and how long a path below it may be."""
    authority, length = False, None
    for part in Der.read(value).expect(SEQUENCE):
        if part.tag == BOOLEAN:
            authority = part.boolean()
        elif part.tag == INTEGER:
            length = part.integer()
            if length < 0:
                raise DerError("negative path length")
    return authority, length


def oids(value: bytes) -> frozenset[str]:
    """Read a sequence of object identifiers."""
    return frozenset(item.oid() for item in Der.read(value).expect(SEQUENCE))


def policies(value: bytes) -> frozenset[str]:
    """Read the identifiers of certificatePolicies."""
    return frozenset(item.children()[0].oid() for item in Der.read(value).expect(SEQUENCE))


def authority_key_identifier(value: bytes) -> bytes | None:
    """Read the keyIdentifier; the names beside it in the 2018 certificates are not needed."""
    return next((part.content for part in Der.read(value).expect(SEQUENCE) if part.tag == _KEY_ID), None)


def distribution_points(value: bytes) -> tuple[str, ...]:
    """Read the addresses of CRLs; a malformed URI of the 2018 authorities holds two of them."""
    found: list[str] = []
    for point in Der.read(value).expect(SEQUENCE):
        for part in point:
            if part.tag == 0xA0:
                for name in part:
                    if name.tag == _FULL_NAME:
                        found.extend(uri for item in name if item.tag == _URI for uri in _addresses(item.content))
    return tuple(dict.fromkeys(found))


def access_addresses(value: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the addresses of OCSP and of the issuer's certificate; repetitions are dropped."""
    ocsp: list[str] = []
    issuers: list[str] = []
    for description in Der.read(value).expect(SEQUENCE):
        method, location = description.children()
        if location.tag == _URI:
            target = {_ACCESS_OCSP: ocsp, _ACCESS_ISSUERS: issuers}.get(method.oid())
            if target is not None:
                target.extend(_addresses(location.content))
    return tuple(dict.fromkeys(ocsp)), tuple(dict.fromkeys(issuers))


def email(value: bytes) -> str | None:
    """Read the rfc822Name of the subject's alternative names."""
    for name in Der.read(value).expect(SEQUENCE):
        if name.tag == _EMAIL:
            return name.content.decode("ascii", "replace")
    return None


def _addresses(uri: bytes) -> list[str]:
    words = re.split(r"\s+", uri.decode("ascii", "replace").strip())
    return [
        word.removeprefix("URL=") for word in words if word.removeprefix("URL=").startswith(("http://", "https://"))
    ]
