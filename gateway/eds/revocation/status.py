"""What confirmed lists, taken together, say of a certificate (RFC 5280 section 6.3.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import overload

from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.der import DerError
from gateway.eds.errors import EvidenceRefused
from gateway.eds.revocation.crl import Crl
from gateway.eds.revocation.evidence import Reason, RevocationEvidence, Source, State
from gateway.eds.revocation.policy import RevocationPolicy, gravest
from gateway.eds.revocation.scope import ALL_REASONS, covered, points

_LARGE = 1024 * 1024


class RawLists(Sequence[bytes]):
    """The bytes of large lists, copied only when somebody keeps them."""

    def __init__(self, lists: Iterable[Crl]) -> None:
        self._lists = tuple(lists)

    def __len__(self) -> int:
        return len(self._lists)

    @overload
    def __getitem__(self, place: int) -> bytes: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[bytes]: ...

    def __getitem__(self, place: int | slice) -> bytes | Sequence[bytes]:
        return RawLists(self._lists[place]) if isinstance(place, slice) else self._lists[place].raw


def judge(
    certificate: Certificate, lists: Iterable[Crl], *, at: datetime, now: datetime, policy: RevocationPolicy
) -> RevocationEvidence:
    """Say what confirmed lists say of a certificate for the moment `at`; raises `EvidenceRefused`.

    Any number of base lists and deltas may be given, in any order: the newest are heard first. What is not about this
    certificate is passed over; "good" needs lists that together speak about every reason.
    """
    ordered = sorted(lists, key=lambda crl: crl.this_update, reverse=True)
    bases = [crl for crl in ordered if crl.base_number is None]
    refusals: list[EvidenceRefused] = []
    good: list[RevocationEvidence] = []
    reasons: frozenset[int] = frozenset()
    for base, about in _about(certificate, bases):
        if about <= reasons:
            continue
        delta = next((crl for crl in ordered if _fits(base, crl)), None)
        try:
            evidence = _standing(certificate, base, delta, at=at, now=now, policy=policy)
        except EvidenceRefused as refusal:
            refusals.append(refusal)
            continue
        if evidence.state is not State.GOOD:
            return evidence
        good.append(evidence)
        reasons |= about
        if reasons == ALL_REASONS:
            return _together(good)
    if not refusals:
        problem = "nothing about this certificate"
        if good:
            problem = "the lists do not speak about every reason"
        elif ordered and not bases:
            problem = "a delta instead of a base list"
        refusals.append(EvidenceRefused(Code.REVOCATION_UNAVAILABLE, source=Source.CRL, reason=problem))
    raise gravest(refusals)


def _about(certificate: Certificate, bases: Sequence[Crl]) -> Iterator[tuple[Crl, frozenset[int]]]:
    """Return the lists about a certificate, point after point, with the reasons they speak about."""
    try:
        named = points(certificate)
    except (DerError, ValueError, LookupError) as error:
        raise EvidenceRefused(Code.REVOCATION_UNAVAILABLE, source=Source.CRL, reason=str(error)[:200]) from error
    for point in named:
        for base in bases:
            about = covered(certificate, point, issuer=base.issuer, issuing=base.issuing_point)
            if about:
                yield base, about


def _standing(
    certificate: Certificate,
    base: Crl,
    delta: Crl | None,
    *,
    at: datetime,
    now: datetime,
    policy: RevocationPolicy,
) -> RevocationEvidence:
    newest = delta or base
    # The base may be older than the policy's age when a delta is newer, but never past its own next update.
    for crl, age_of in ((newest, newest), (base, newest)):
        policy.check_times(
            source=Source.CRL,
            this_update=age_of.this_update,
            next_update=crl.next_update,
            at=at,
            now=now,
            authority=certificate.is_authority,
        )
    found = base.find(certificate.serial, certificate.issuer)
    if delta is not None:
        change = delta.find(certificate.serial, certificate.issuer)
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
        raw=_raw((base, delta) if delta else (base,)),
        revoked_at=revoked_at,
        reason=reason,
    )


def _raw(lists: tuple[Crl, ...]) -> Sequence[bytes]:
    return RawLists(lists) if any(crl.size > _LARGE for crl in lists) else tuple(crl.raw for crl in lists)


def _together(good: Sequence[RevocationEvidence]) -> RevocationEvidence:
    """Make one answer of several lists: it is as old as the oldest of them."""
    first = min(good, key=lambda evidence: evidence.this_update)
    if len(good) == 1:
        return first
    ends = [evidence.next_update for evidence in good if evidence.next_update is not None]
    raw = tuple(dict.fromkeys(part for evidence in good for part in evidence.raw))
    return replace(first, next_update=min(ends, default=None), raw=raw)


def _fits(base: Crl, delta: Crl) -> bool:
    """Tell whether a delta may be laid over the base (RFC 5280 sections 5.2.4 and 6.3.3 (c)).

    The real delta has a CRLNumber of its own that is lower than the base's, so the condition on it is left out and the
    delta must be no older than the base instead.
    """
    scopes = [crl.issuing_point.der if crl.issuing_point else b"" for crl in (base, delta)]
    return (
        delta.base_number is not None
        and base.number is not None
        and base.number >= delta.base_number
        and delta.this_update >= base.this_update
        and delta.issuer.same(base.issuer)
        and delta.authority_key == base.authority_key
        and scopes[0] == scopes[1]
    )
