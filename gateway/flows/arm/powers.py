"""Condition 1 of a power of attorney: is it known to the notary system, and does it let this person act here today.

Karaganda act, lines 994-999; Almaty act, lines 206-217. БНАЖ knows what a notary attested; it is asked only when a
representative came with such a power of attorney.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from gateway.exchange.acceptance import Power, PowerKind
from gateway.identity.numbers import Bin, Iin
from gateway.registries.outcome import Absent, Found
from gateway.registries.powers import PowerOfAttorney, PowerState


class PowerVerdict(StrEnum):
    """What was found of a power of attorney; the values are those of an intake's finding."""

    GOOD = "power-good"
    ABSENT = "power-absent"
    REVOKED = "power-revoked"
    EXPIRED = "power-expired"
    NOT_YET_VALID = "power-not-yet-valid"
    OF_ANOTHER = "power-of-another"
    """It was given by another or to another."""
    OF_ANOTHER_MATTER = "power-of-another-matter"
    """It is for other matters than services of the state."""


_STATES = {
    PowerState.REVOKED: PowerVerdict.REVOKED,
    PowerState.EXPIRED: PowerVerdict.EXPIRED,
    PowerState.NOT_YET_VALID: PowerVerdict.NOT_YET_VALID,
}


def is_asked_about(power: Power) -> bool:
    """Tell whether the notary system can know a power of attorney: only one that a notary attested."""
    return power.kind is PowerKind.NOTARISED and bool(power.number)


def judge_power(
    answer: Found[PowerOfAttorney] | Absent, *, principal: Iin | Bin, representative: Iin, at: datetime
) -> PowerVerdict:
    """Return what the answer means for this application at a moment."""
    if isinstance(answer, Absent):
        return PowerVerdict.ABSENT
    power = answer.value
    # (1) Given by the applicant to whoever came.
    given_by = {str(party.number) for party in power.principals}
    given_to = {str(party.number) for party in power.representatives}
    if str(principal) not in given_by or str(representative) not in given_to:
        return PowerVerdict.OF_ANOTHER
    # (2) In force: by what the registry stated, and by its dates on this day.
    if power.stated is PowerState.REVOKED:
        return PowerVerdict.REVOKED
    state = power.state_at(at)
    if state in _STATES:
        return _STATES[state]
    if power.stated in _STATES:
        return _STATES[power.stated]
    # (3) For a service of the state.
    return PowerVerdict.GOOD if power.covers(principal, representative) else PowerVerdict.OF_ANOTHER_MATTER
