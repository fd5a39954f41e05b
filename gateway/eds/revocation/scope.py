"""What a list speaks about: points of certificates and issuing points of lists (RFC 5280 section 6.3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from gateway.eds import extensions
from gateway.eds.certificate import Certificate
from gateway.eds.der import BIT_STRING, SEQUENCE, SET, Der, DerError, encode
from gateway.eds.names import Name

ISSUING_POINT = "2.5.29.28"
ALL_REASONS = frozenset(range(1, 9))
"""Bits of ReasonFlags; the first is not used."""
_DIRECTORY_NAME, _MAX_POINTS = 0xA4, 32

GeneralName = tuple[int, object]
"""The tag, and the content: normalised for a directoryName, bytes for the others."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where a certificate says that its revocation is published, and by whom."""

    names: frozenset[GeneralName]
    reasons: frozenset[int]
    issuers: tuple[Name, ...]
    """Who signs the list there (cRLIssuer) when it is not the certificate's own issuer."""


@dataclass(frozen=True, slots=True)
class IssuingPoint:
    """What a list says about its own scope (section 5.2.5)."""

    names: frozenset[GeneralName]
    only_users: bool
    only_authorities: bool
    only_attributes: bool
    reasons: frozenset[int]
    indirect: bool
    der: bytes


@lru_cache(maxsize=1024)
def points(certificate: Certificate) -> tuple[Point, ...]:
    """Return the distribution points of a certificate, and last the one that every issuer has; raises `DerError`."""
    found: list[Point] = []
    extension = certificate.extensions.get(extensions.CRL_POINTS)
    if extension is not None:
        elements = Der.read(extension.value).children()
        if len(elements) > _MAX_POINTS:
            raise DerError("too many distribution points")
        found.extend(_point(element, certificate.issuer) for element in elements)
    own = Point(frozenset({(_DIRECTORY_NAME, certificate.issuer.normal)}), ALL_REASONS, ())
    return (*found, own)


def read_issuing_point(value: bytes, issuer: Name) -> IssuingPoint:
    """Read issuingDistributionPoint of a list; raises `DerError`."""
    names: frozenset[GeneralName] = frozenset()
    reasons, flags = ALL_REASONS, dict.fromkeys((0x81, 0x82, 0x84, 0x85), False)
    for part in Der.read(value).expect(SEQUENCE):
        if part.tag == 0xA0:
            names = _names(part.inner(), issuer)
        elif part.tag == 0x83:
            reasons = _reasons(part)
        elif part.tag in flags:
            flags[part.tag] = part.content != b"\x00"
        else:
            raise DerError("unknown part of the issuing distribution point")
    return IssuingPoint(
        names=names,
        only_users=flags[0x81],
        only_authorities=flags[0x82],
        only_attributes=flags[0x85],
        reasons=reasons,
        indirect=flags[0x84],
        der=value,
    )


def covered(certificate: Certificate, point: Point, *, issuer: Name, issuing: IssuingPoint | None) -> frozenset[int]:
    """Return the reasons for which a list speaks about a certificate at one of its points; none when it does not."""
    # (b)(1) Who made the list.
    if point.issuers:
        if issuing is None or not issuing.indirect or not any(issuer.same(name) for name in point.issuers):
            return frozenset()
    elif not issuer.same(certificate.issuer):
        return frozenset()
    if issuing is None:
        return point.reasons
    # (b)(2)(i) Whether it is the list of this point.
    wanted = point.names or frozenset[GeneralName]((_DIRECTORY_NAME, name.normal) for name in point.issuers)
    if issuing.names and not issuing.names & wanted:
        return frozenset()
    # (b)(2)(ii) to (iv) Whether certificates of this kind are on it.
    other = issuing.only_authorities if not certificate.is_authority else issuing.only_users
    if other or issuing.only_attributes:
        return frozenset()
    return point.reasons & issuing.reasons


def _point(element: Der, issuer: Name) -> Point:
    reasons, name = ALL_REASONS, None
    issuers: tuple[Name, ...] = ()
    for part in element.expect(SEQUENCE):
        if part.tag == 0xA0:
            name = part.inner()
        elif part.tag == 0x81:
            reasons = _reasons(part)
        elif part.tag == 0xA2:
            issuers = tuple(Name.read(one.inner()) for one in part if one.tag == _DIRECTORY_NAME)
            if not issuers:
                raise DerError("the issuer of the list has no name")
    above = issuers[0] if issuers else issuer
    return Point(_names(name, above) if name is not None else frozenset(), reasons, issuers)


def _names(element: Der, issuer: Name) -> frozenset[GeneralName]:
    """Read a DistributionPointName; the relative one continues the name of the list's issuer."""
    if element.tag == 0xA0:
        return frozenset(
            (one.tag, Name.read(one.inner()).normal if one.tag == _DIRECTORY_NAME else one.content) for one in element
        )
    if element.tag != 0xA1:
        raise DerError("unknown form of a distribution point")
    relative = Name.read(Der.read(encode(SEQUENCE, encode(SET, element.content))))
    return frozenset({(_DIRECTORY_NAME, (*issuer.normal, *relative.normal))})


def _reasons(element: Der) -> frozenset[int]:
    content = Der.read(encode(BIT_STRING, element.content)).content
    if not 1 <= len(content) <= 3:
        raise DerError("bad reasons")
    bits = range((len(content) - 1) * 8)
    return frozenset(bit for bit in bits if content[1 + bit // 8] & (0x80 >> bit % 8)) & ALL_REASONS
