"""Certificate revocation lists (RFC 5280 section 5): base and delta, read without encoding anything anew.

The lists of 2026 differ between their inner and outer AlgorithmIdentifier by a NULL, which libraries refuse: here the
algorithms are compared by their OID.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import cast

from gateway.eds import extensions
from gateway.eds.algorithms import ALGORITHMS, Algorithms
from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.der import GENERALIZED_TIME, INTEGER, SEQUENCE, UTC_TIME, Der, DerError, header
from gateway.eds.errors import AlgorithmRefused, EvidenceRefused
from gateway.eds.names import Name
from gateway.eds.revocation import index
from gateway.eds.revocation.evidence import Reason, Source
from gateway.eds.revocation.index import Entries, Entry
from gateway.eds.revocation.scope import ISSUING_POINT, IssuingPoint, read_issuing_point
from gateway.eds.roles import KeyUsage

_NUMBER, _DELTA = "2.5.29.20", "2.5.29.27"
_HASHES_VIEWS = "1.2.840."
_UNDERSTOOD = frozenset({_NUMBER, _DELTA, ISSUING_POINT, extensions.AUTHORITY_KEY_IDENTIFIER, extensions.FRESHEST_CRL})


@dataclass(frozen=True, slots=True)
class Head:
    """A list without its entries, which is all that is needed to confirm who signed it."""

    source: index.Source
    size: int
    """The list is the first bytes of `source`; what a stored file holds after them is no part of it."""
    signed: tuple[int, int]
    listed: tuple[int, int]
    """Where the signed part and the entries stand."""
    algorithm: str
    signature: bytes
    issuer: Name
    this_update: datetime
    next_update: datetime | None
    number: int | None
    base_number: int | None
    """Set in a delta."""
    authority_key: bytes | None
    issuing_point: IssuingPoint | None
    delta_urls: tuple[str, ...]

    @property
    def raw(self) -> bytes:
        """The whole list, copied."""
        return bytes(memoryview(self.source)[: self.size])

    @property
    def indirect(self) -> bool:
        """Whether certificates of other issuers may be on the list."""
        return self.issuing_point is not None and self.issuing_point.indirect


@dataclass(frozen=True, slots=True)
class Crl(Head):
    """One list."""

    entries: Entries

    @classmethod
    def of(cls, head: Head, image: bytes | memoryview | None = None) -> Crl:
        """Add the entries by their index, made here when it is not given; raises `EvidenceRefused`."""
        given = {field.name: getattr(head, field.name) for field in fields(Head)}
        try:
            if image is None:
                image = index.build(cast("bytes", head.source), *head.listed, indirect=head.indirect)
            return cls(**given, entries=Entries(head.source, image))
        except (DerError, ValueError, LookupError) as error:
            raise _unreadable(error) from error

    def find(self, serial: int, issuer: Name | None = None) -> tuple[datetime, Reason | None] | None:
        """Return when and why a certificate of `issuer` (the list's own when not given) was put on the list.

        Of several entries the one that condemns counts. Raises `EvidenceRefused` for an entry without time.
        """
        found = self.entries.find(serial)
        if not found:
            return None
        wanted = issuer or self.issuer
        if len(found) == 1 and not self.entries.of_several_issuers:
            entry = found[0][1] if wanted.same(self.issuer) else None
        else:
            entry = self._gravest(found, wanted)
        if entry is None:
            return None
        try:
            return entry.revoked_at(), entry.reason
        except DerError as error:
            raise _unreadable(error) from error

    def _gravest(self, found: list[tuple[int, Entry]], issuer: Name) -> Entry | None:
        own = [entry for place, entry in found if (self.entries.issuer_at(place) or self.issuer).same(issuer)]
        condemning = [entry for entry in own if entry.reason is not Reason.REMOVE_FROM_CRL]
        lasting = [entry for entry in condemning if entry.reason is not Reason.CERTIFICATE_HOLD]
        return next(iter(lasting or condemning or own), None)


def read_crl(data: bytes) -> Crl:
    """Read a list in DER; raises `EvidenceRefused`. About a microsecond an entry: a large one belongs in a process."""
    return Crl.of(read_head(data))


def read_head(source: index.Source, size: int | None = None) -> Head:
    """Read a list but for its entries; raises `EvidenceRefused`."""
    try:
        return _read(source, len(source) if size is None else size)
    except (DerError, ValueError, LookupError) as error:
        raise _unreadable(error) from error


def check_issuer(crl: Head, issuer: Certificate, algorithms: Algorithms = ALGORITHMS) -> None:
    """Check that the authority signed the list; raises `EvidenceRefused`. The lock is not held while it is hashed."""
    problem = None
    if not crl.issuer.same(issuer.subject.name):
        problem = "another issuer"
    elif crl.authority_key is not None and issuer.ski is not None and crl.authority_key != issuer.ski:
        problem = "another key of the issuer"
    elif KeyUsage.CRL_SIGN not in issuer.key_usage and extensions.KEY_USAGE in issuer.extensions:
        # RFC 5280 section 6.3.3 (f) asks it of a certificate that says what its key is for.
        problem = "the issuer may not sign lists"
    else:
        try:
            if not algorithms.verify(
                crl.algorithm,
                key_info=issuer.key_info,
                key_algorithm=issuer.key_algorithm,
                signature=crl.signature,
                data=_signed(crl),
            ):
                problem = "the signature is broken"
        except AlgorithmRefused as error:
            if error.code is Code.HASH_TOO_SLOW:
                raise EvidenceRefused(Code.REVOCATION_UNAVAILABLE, source=Source.CRL, **error.facts) from error
            problem = str(error)
    if problem is not None:
        raise EvidenceRefused(Code.REVOCATION_FORGED, source=Source.CRL, reason=problem)


def _signed(crl: Head) -> bytes:
    view = memoryview(crl.source)[slice(*crl.signed)]
    # RSA and ECDSA hash a view as well as bytes; the C libraries of ГОСТ want bytes of their own.
    return cast("bytes", view) if crl.algorithm.startswith(_HASHES_VIEWS) else bytes(view)


def _read(source: index.Source, size: int) -> Head:
    tag, body, end = header(cast("bytes", source), 0, size)
    if end != size:
        raise DerError("bytes after the end")
    tbs, algorithm, signature = Der(cast("bytes", source), 0, body, end, tag).children()
    parts = tbs.children()
    if parts[0].tag == INTEGER:
        parts = parts[1:]
    inner, name, this_update, *optional = parts
    oid = algorithm.children()[0].oid()
    if inner.children()[0].oid() != oid:
        raise DerError("two different algorithms")
    next_update: datetime | None = None
    listed = (0, 0)
    found: dict[str, extensions.Extension] = {}
    for part in optional:
        if part.tag in {UTC_TIME, GENERALIZED_TIME}:
            next_update = part.time()
        elif part.tag == SEQUENCE:
            listed = part.body, part.end
        elif part.tag == 0xA0:
            found = _extensions(part.inner())

    def number(oid: str) -> int | None:
        return Der.read(found[oid].value).integer() if oid in found else None

    issuer = Name.read(name)
    key, point = found.get(extensions.AUTHORITY_KEY_IDENTIFIER), found.get(ISSUING_POINT)
    freshest = found.get(extensions.FRESHEST_CRL)
    return Head(
        source=source,
        size=size,
        signed=(tbs.start, tbs.end),
        listed=listed,
        algorithm=oid,
        signature=signature.bits(),
        issuer=issuer,
        this_update=this_update.time(),
        next_update=next_update,
        number=number(_NUMBER),
        base_number=number(_DELTA),
        authority_key=extensions.authority_key_identifier(key.value) if key else None,
        issuing_point=read_issuing_point(point.value, issuer) if point else None,
        delta_urls=extensions.distribution_points(freshest.value) if freshest else (),
    )


def _extensions(element: Der) -> dict[str, extensions.Extension]:
    found = extensions.read_extensions(element)
    for name, extension in found.items():
        if extension.critical and name not in _UNDERSTOOD:
            raise DerError(f"critical extension {name} is not understood")
    return found


def _unreadable(error: Exception) -> EvidenceRefused:
    return EvidenceRefused(Code.REVOCATION_UNAVAILABLE, source=Source.CRL, reason=str(error)[:200])
