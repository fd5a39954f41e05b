"""Certificate revocation lists (RFC 5280 section 5): base and delta, read without encoding anything anew.

The lists of 2026 differ between their inner and outer AlgorithmIdentifier by a NULL, which libraries refuse: here the
algorithms are compared by their OID.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.eds import extensions
from gateway.eds.algorithms import ALGORITHMS
from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.der import (
    ENUMERATED,
    GENERALIZED_TIME,
    INTEGER,
    SEQUENCE,
    UTC_TIME,
    Der,
    DerError,
    header,
    moment,
)
from gateway.eds.errors import AlgorithmRefused, EvidenceRefused
from gateway.eds.names import Name
from gateway.eds.revocation.evidence import Reason, RevocationEvidence, Source, State
from gateway.eds.revocation.policy import RevocationPolicy
from gateway.eds.roles import KeyUsage

_NUMBER, _DELTA, _REASON, _INVALIDITY = "2.5.29.20", "2.5.29.27", "2.5.29.21", "2.5.29.24"
_UNDERSTOOD = frozenset({_NUMBER, _DELTA, extensions.AUTHORITY_KEY_IDENTIFIER})


@dataclass(frozen=True, slots=True)
class Crl:
    """One list; `base_number` is set in a delta."""

    raw: bytes
    tbs: bytes
    algorithm: str
    signature: bytes
    issuer: Name
    this_update: datetime
    next_update: datetime | None
    number: int | None
    base_number: int | None
    authority_key: bytes | None
    entries: Mapping[int, tuple[int, bytes, Reason | None]]
    """Serial number → tag and content of the revocation time, and the reason."""

    def find(self, serial: int) -> tuple[datetime, Reason | None] | None:
        """Return when and why a certificate was put on the list; raises `EvidenceRefused` for an entry without time."""
        found = self.entries.get(serial)
        if found is None:
            return None
        try:
            return moment(found[0], found[1]), found[2]
        except DerError as error:
            raise EvidenceRefused(Code.REVOCATION_UNAVAILABLE, source=Source.CRL, reason=str(error)) from error


def read_crl(data: bytes) -> Crl:
    """Read a list in DER; raises `EvidenceRefused`. About a microsecond an entry: a large one belongs in a thread."""
    try:
        return _read(data)
    except (DerError, ValueError, LookupError) as error:
        raise EvidenceRefused(Code.REVOCATION_UNAVAILABLE, source=Source.CRL, reason=str(error)[:200]) from error


def check_issuer(crl: Crl, issuer: Certificate) -> None:
    """Check that the authority signed the list; raises `EvidenceRefused`."""
    problem = None
    if not crl.issuer.same(issuer.subject.name):
        problem = "another issuer"
    elif crl.authority_key is not None and issuer.ski is not None and crl.authority_key != issuer.ski:
        problem = "another key of the issuer"
    elif KeyUsage.CRL_SIGN not in issuer.key_usage:
        problem = "the issuer may not sign lists"
    else:
        try:
            if not ALGORITHMS.verify(
                crl.algorithm,
                key_info=issuer.key_info,
                key_algorithm=issuer.key_algorithm,
                signature=crl.signature,
                data=crl.tbs,
            ):
                problem = "the signature is broken"
        except AlgorithmRefused as error:
            problem = str(error)
    if problem is not None:
        raise EvidenceRefused(Code.REVOCATION_FORGED, source=Source.CRL, reason=problem)


def judge(
    certificate: Certificate,
    base: Crl,
    delta: Crl | None,
    *,
    at: datetime,
    now: datetime,
    policy: RevocationPolicy,
) -> RevocationEvidence:
    """Say what confirmed lists say of a certificate for the moment `at`; raises `EvidenceRefused` when stale."""
    if base.base_number is not None:
        raise EvidenceRefused(Code.REVOCATION_UNAVAILABLE, source=Source.CRL, reason="a delta instead of a base list")
    if delta is not None and not _fits(base, delta):
        delta = None
    newest = delta or base
    policy.check_times(
        source=Source.CRL,
        this_update=newest.this_update,
        next_update=newest.next_update,
        at=at,
        now=now,
        authority=certificate.is_authority,
    )
    # The base may be older than the policy's age when a delta is newer, but never past its own next update.
    if base.next_update is not None and base.next_update < at:
        raise EvidenceRefused(Code.REVOCATION_STALE, source=Source.CRL, reason="the base list's next update has passed")
    found = base.find(certificate.serial)
    if delta is not None:
        change = delta.find(certificate.serial)
        if change is not None:
            found = None if change[1] is Reason.REMOVE_FROM_CRL else change
    if found is None and newest.this_update > certificate.not_after:
        raise EvidenceRefused(
            Code.REVOCATION_STALE, source=Source.CRL, reason="made after the certificate expired, it may be left out"
        )
    revoked_at, reason = found or (None, None)
    state = State.GOOD
    if found is not None:
        state = State.ON_HOLD if reason is Reason.CERTIFICATE_HOLD else State.REVOKED
    return RevocationEvidence(
        source=Source.CRL,
        state=state,
        this_update=newest.this_update,
        next_update=newest.next_update,
        produced_at=newest.this_update,
        signer=base.issuer.rfc4514,
        raw=(base.raw, delta.raw) if delta else (base.raw,),
        revoked_at=revoked_at,
        reason=reason,
    )


def _fits(base: Crl, delta: Crl) -> bool:
    """Tell whether a delta may be laid over the base (RFC 5280 section 5.2.4).

    The real delta has a CRLNumber of its own that is lower than the base's, so the condition on it is left out and the
    delta must be no older than the base instead.
    """
    return (
        delta.base_number is not None
        and base.number is not None
        and base.number >= delta.base_number
        and delta.this_update >= base.this_update
    )


def _read(data: bytes) -> Crl:
    tbs, algorithm, signature = Der.read(data).children()
    fields = tbs.children()
    if fields[0].tag == INTEGER:
        fields = fields[1:]
    inner, issuer, this_update, *optional = fields
    oid = algorithm.children()[0].oid()
    if inner.children()[0].oid() != oid:
        raise DerError("two different algorithms")
    next_update: datetime | None = None
    entries: Mapping[int, tuple[int, bytes, Reason | None]] = {}
    found: dict[str, extensions.Extension] = {}
    for part in optional:
        if part.tag in {UTC_TIME, GENERALIZED_TIME}:
            next_update = part.time()
        elif part.tag == SEQUENCE:
            entries = _entries(part)
        elif part.tag == 0xA0:
            found = extensions.read_extensions(part.inner())
    for name, extension in found.items():
        if extension.critical and name not in _UNDERSTOOD:
            raise DerError(f"critical extension {name} is not understood")

    def number(name: str) -> int | None:
        return Der.read(found[name].value).integer() if name in found else None

    key = found.get(extensions.AUTHORITY_KEY_IDENTIFIER)
    return Crl(
        raw=data,
        tbs=tbs.raw,
        algorithm=oid,
        signature=signature.bits(),
        issuer=Name.read(issuer),
        this_update=this_update.time(),
        next_update=next_update,
        number=number(_NUMBER),
        base_number=number(_DELTA),
        authority_key=extensions.authority_key_identifier(key.value) if key else None,
        entries=entries,
    )


def _entries(element: Der) -> dict[int, tuple[int, bytes, Reason | None]]:
    source, position, end = element.source, element.body, element.end
    entries: dict[int, tuple[int, bytes, Reason | None]] = {}
    while position < end:
        tag, body, position = header(source, position, end)
        number_tag, number_body, number_end = header(source, body, position)
        if tag != SEQUENCE or number_tag != INTEGER:
            raise DerError("bad entry")
        time_tag, time_body, time_end = header(source, number_end, position)
        reason = _reason(Der(source, time_end, time_end, position, SEQUENCE)) if time_end < position else None
        serial = int.from_bytes(source[number_body:number_end], "big", signed=True)
        entries[serial] = (time_tag, source[time_body:time_end], reason)
    return entries


def _reason(rest: Der) -> Reason | None:
    found = extensions.read_extensions(rest.inner())
    for name, extension in found.items():
        if extension.critical and name not in {_REASON, _INVALIDITY}:
            raise DerError(f"critical extension {name} of an entry is not understood")
    if _REASON not in found:
        return None
    return Reason(int.from_bytes(Der.read(found[_REASON].value).expect(ENUMERATED).content, "big"))
