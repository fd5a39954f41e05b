"""Whoever comes for the applicant, and the power of attorney that the act asks them for."""

from __future__ import annotations

from datetime import date

from gateway.catalogue import Channel, Service
from gateway.catalogue.acceptance import Representation
from gateway.exchange.acceptance import Power, PowerKind
from gateway.results.alphabet import unprintable

LONGEST_POWER_NUMBER = 60


def representation_on(service: Service, channel: Channel) -> Representation:
    """Return how the act lets somebody act for the applicant on a channel; not at all where it says nothing."""
    rules = (one.rule for one in service.powers_of_attorney if channel in one.channels)
    return next(rules, Representation.NONE)


def is_stated(power: Power, today: date) -> bool:
    """Tell whether a power of attorney is stated well: its date, and the number of a notarised one."""
    number = " ".join(power.number.split())
    if len(number) > LONGEST_POWER_NUMBER or unprintable(number):
        return False
    if power.issued_on is None or power.issued_on > today:
        return False
    return bool(number) or power.kind is PowerKind.SIMPLE


def fits(rule: Representation, power: Power, today: date) -> bool:
    """Tell whether a power of attorney of which an application tells is one that the act takes.

    The data of one that no notary certified are not entered where the act says so (Karaganda, lines 1306-1311).
    """
    notarised = power.kind is PowerKind.NOTARISED
    if rule is Representation.NONE or (rule is Representation.NOTARISED and not notarised):
        return False
    if rule is Representation.NOTARISED_DATA and not notarised:
        return power == Power(power.kind)
    return is_stated(power, today)
